/*
 * webhooks.h - telling the merchant. Each event is posted to the webhook URL of its provider, signed anew at every attempt, again
 * after 1 s, 2 s, 4 s … 30 s until an answer is 2xx or an hour has passed. Events whose delivery had not ended are taken up again at
 * start.
 */
#ifndef FOYER_SANDBOX_WEBHOOKS_H
#define FOYER_SANDBOX_WEBHOOKS_H

#include "sandbox/sandbox.h"

struct webhooks *webhooks_new(struct sandbox *);	/* takes up what the store still wants delivered */
void webhooks_free(struct webhooks *);

/* `sent` is posted (a reference of its own is taken), attempts are noted in the record. first: before the request at hand is answered. */
void webhooks_add(struct webhooks *, const char *id, json_t *record, json_t *sent, const struct order *trick, bool first);
/* An event the provider never made, signed with another secret; sent once. */
void webhooks_forge(struct webhooks *, const char *id, struct scope, json_t *event);
void webhooks_hurry(struct webhooks *);			/* every waiting attempt is due now */

/* Starts what is due, reads what came. When the next attempt is due: ms from now, or most. */
int64_t webhooks_run(struct webhooks *, int64_t now_ms, int64_t most);
/* Waits for any of the connections, for `socks`, or for the time to pass. */
void webhooks_wait(struct webhooks *, const int *socks, size_t n, int64_t ms);

#endif
