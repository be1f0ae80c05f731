/*
 * settle.h - one idempotent function for the webhook, the browser's return, the reaper and the API: what the provider says about a
 * payment becomes tickets, or a refund that is due, in one transaction with its event.
 */
#ifndef FOYER_DOMAIN_SETTLE_H
#define FOYER_DOMAIN_SETTLE_H

#include "base/money.h"
#include "domain/payments.h"

enum settle_fact { SETTLE_PAID, SETTLE_FAILED, SETTLE_CLOSED, SETTLE_PENDING };

struct settle_ask {
	int64_t show, payment;
	enum settle_fact fact;
	struct money amount;		/* what the provider says it took */
	struct span session, capture;
	bool live;
	/* The webhook event that says so, stored in the same transaction; provider empty: none (we asked ourselves). */
	struct span provider, event_id, event_type, event_body;
};

enum settled {
	SETTLED_CONFIRMED,		/* tickets, now or already */
	SETTLED_REFUND,			/* captured, no tickets: refund due, under way or done */
	SETTLED_WAITING,		/* not paid (yet); nothing or little changed */
	SETTLED_ENDED,			/* failed or closed */
	SETTLED_MISMATCH,		/* amount, currency, mode or session is not ours: "needs attention", captured money refunded */
};

/* NOT_FOUND: no such payment (a webhook is then stored by event_keep). */
enum outcome settle(struct db *, struct arena *, const struct settle_ask *, enum settled *);

/* How often this process made tickets, and refunds that are due, since it began; for its metrics. */
struct settle_counts {
	uint64_t confirmed, refunds;
};
struct settle_counts settle_counts(void);

/* Stores a signed event that moves no payment (unknown type, fits nothing). show 0: it fits no show of ours. Twice is harmless. */
enum outcome event_keep(struct db *, struct arena *, int64_t show, int64_t payment, struct span provider, struct span id,
    struct span type, struct span body, struct span attention);

#endif
