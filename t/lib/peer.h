/*
 * peer.h - for tests of src/psp: a provider's server in a child process, that answers what the test says, misbehaves on order, and
 * keeps the request it got; and messages as they arrive at a webhook. No word of it comes from the code under test.
 */
#ifndef FOYER_T_PEER_H
#define FOYER_T_PEER_H

#include "base/base.h"

#include <sys/types.h>

#include "psp/psp.h"

#define PEER_TIMEOUT_MS 300	/* for psp_timeout_ms */

/* Shared with the child. Replies are used one after another, the last again and again. */
struct peer_script {
	char replies[4][16 * KiB];
	int next;
	int requests;
	char request[16 * KiB];		/* the newest */
	enum { ANSWER, HANG_UP, HANG, HALF, FLOOD } how;
};

struct peer {
	struct arena *arena;
	struct peer_script *script;
	struct span url;		/* "http://127.0.0.1:41234" */
	pid_t server;
	int gate_open, gate_now, gate_entered;
	int64_t gate_wait_ms;		/* what the newest call was asked to wait */
	bool gate_answered;
};

void peer_open(struct peer *);
void peer_close(struct peer *);
void peer_gate(struct peer *, struct psp *);	/* its calls are counted here, and stopped while gate_open is 0 */
/* Orders the i-th reply; 0 forgets all before. more: header lines with their ends. */
void peer_reply(struct peer *, int i, int status, const char *more, const char *body);
void peer_assert_sent(struct peer *, const char *piece);
/* The whole newest request: its first line without the version, the header lines that are not the same for every call, its body. */
void peer_assert_sent_all(struct peer *, const char *line, const char *headers, const char *body);

/* A message at our webhook: names and values by turns, NULL at the end. */
struct delivery peer_delivery(const char *const *headers, struct span body, int64_t now_ms);

#endif
