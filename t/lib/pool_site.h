/* pool_site.h - a master and workers of a small site of their own in a folder of their own, asked over their sockets as by nginx. */
#ifndef FOYER_T_POOL_SITE_H
#define FOYER_T_POOL_SITE_H

#include "base/base.h"

#include <setjmp.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "t/lib/fastcgi_client.h"
#include "http/pool.h"

#define PATIENCE_MS 15000

struct site {
	struct arena *arena;
	char dir[64], sock[96], log[96], broken[96];	/* broken: while this file exists, no worker can start */
	struct pool_plan plan;				/* may be changed before site_start() */
	pid_t master;
};

int site_open(void **state);		/* cmocka's set-up: two workers, but nothing runs yet */
int site_close(void **state);
void site_launch(struct site *);	/* the master; does not wait for anything */
void site_start(struct site *);		/* and waits until it answers */
int site_end(struct site *);		/* waits; the master's exit code, -1 where it did not end by itself */

void site_ask(struct site *, const char *uri, struct fastcgi_answer *);
pid_t site_who(struct site *);		/* the worker that answered "/who", 0 for none */
int64_t site_metric(struct site *, const char *line);	/* "foyer_holds_taken_total"; -1 if it is not told */
bool site_log_says(struct site *, const char *words);
void rest(int64_t ms);

/* Asks again and again, as slowly as tests can bear, until the condition holds. */
#define wait_until(condition) do { \
	int64_t end_ = clock_steady() + PATIENCE_MS; \
	bool holds_; \
	while (!(holds_ = (condition)) && clock_steady() < end_) \
		rest(10); \
	assert_true(holds_); \
} while (0)

#endif
