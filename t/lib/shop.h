/*
 * shop.h - the stand-in provider as callers, buyers and merchants meet it: the program itself through a real nginx with the site's own
 * sandbox.conf, and the test as the shop that takes the webhooks. FOYER_SANDBOX names the program (./foyer-sandbox), srcdir the source.
 */
#ifndef FOYER_T_SHOP_H
#define FOYER_T_SHOP_H

#include "base/base.h"

#include <sys/types.h>

struct shop {
	struct arena *arena;
	char dir[64];
	const char *url, *webhooks;
	const char *bearer;		/* PayPal's token, once asked for */
	int merchant;			/* where webhooks arrive */
	pid_t nginx, sandbox;
};

struct reply {
	long status;			/* 0: no answer */
	struct buf head, body;
};

int shop_open(void **state);		/* a setup: struct shop */
int shop_close(void **state);
struct shop *shop_of(void **state);	/* skips the test where there is no nginx */
void shop_restart(struct shop *);	/* the stand-in */

/* With the credentials of the provider whose path it is. body NULL: GET. key NULL: no idempotency key. */
struct reply shop_call(struct shop *, const char *path, const char *body, const char *key);
const char *shop_said(struct shop *, const struct reply *, const char *member);		/* a text of a JSON answer, copied; "" if none */
void shop_order(struct shop *, const char *orders);
/* A payment that was just opened: its id, and the path of the buyer's page. provider: "stripe" */
const char *shop_opens(struct shop *, const char *provider, const char *reference, const char **page);
const char *shop_captures(struct shop *, const char *order);	/* PayPal's; the status that its capture has */

/* A child makes one call; aside_ended_well: it ended as wanted. */
pid_t shop_aside(struct shop *, const char *path, const char *body, const char *key, long wanted);
bool aside_ended_well(pid_t pid);

#define TAKEN "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
#define BUSY "HTTP/1.1 503 Busy\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"

struct hook {
	bool truly;			/* its signature holds, by the arithmetic of the provider that it came from */
	const char *provider, *type, *id, *head, *body;
	int64_t age;			/* of what was signed, seconds; 0 where no time is */
};
/* The next webhook within ms, answered; type NULL: none came. */
struct hook shop_hook(struct shop *, int ms, const char *answer);
struct hook shop_hook_of(struct shop *, const char *type, const char *answer);		/* the next of that type; others are taken */

#endif
