/* refunds.h - money that goes back: a row an attempt, each with its own key, until the provider says yes or a human must look. */
#ifndef FOYER_DOMAIN_REFUNDS_H
#define FOYER_DOMAIN_REFUNDS_H

#include "base/money.h"
#include "domain/outcome.h"

struct refund {
	int64_t show, id, payment;
	enum { REFUND_ROW_PENDING, REFUND_ROW_DONE, REFUND_ROW_FAILED, REFUND_ROW_HUMAN } state;
	struct money amount;
	struct span provider, session, capture, key, provider_refund, reason;
	struct span body;	/* what is sent, unchanged, each time; empty until the first claim */
	bool unsure;		/* a call was made whose answer was lost: look for it before asking again */
	int tries;
	int64_t done_ms;	/* 0: not yet */
	int64_t created_ms;
};

/* For the reaper. Claiming stores the body and moves due_at on, so that only one caller asks at a time; false: somebody else has it, or it is done. */
size_t refunds_due(struct db *, struct arena *, size_t most, struct refund **list);
bool refund_claim(struct db *, const struct refund *);
/* Not before so long from now: the provider asked for it. */
void refund_put_off(struct db *, const struct refund *, int64_t ms);
/* What the provider said. Accepted but pending there: the id is kept and it is asked about again. */
enum outcome refund_accepted(struct db *, struct arena *, const struct refund *, struct span provider_refund, bool done);
enum outcome refund_unsure(struct db *, struct arena *, const struct refund *);
/* again: one more attempt as a new row with a new key; else "needs a human". */
enum outcome refund_failed(struct db *, struct arena *, const struct refund *, struct span why, bool again);
/* A webhook about a refund of ours: by our own refund id ("<show>-<refund>"), done or failed. With its event, as in settle. */
enum outcome refund_reported(struct db *, struct arena *, int64_t show, int64_t refund, bool done, struct span provider_refund,
    struct span why, struct span provider, struct span event_id, struct span event_type, struct span event_body);

/* -- by the house (refunds_given.c) and at the provider (refunds_seen.c) ------------------------------------------------------- */

/*
 * Money back without any ticket being given back, or for tickets that were given back earlier. OK: the refund (id made by the caller) is
 * due. LIMIT: more than what is left of the payment, which *left says. NOT_FOUND: no captured payment.
 */
enum outcome refund_give(struct db *, struct arena *, int64_t show, int64_t payment, int64_t refund, int64_t minor, struct span reason,
    struct money *left);
/* A refund that needs a human: it was given another way (words tell how), or is to be asked for anew. next: a new id. */
enum outcome refund_by_hand(struct db *, struct arena *, int64_t show, int64_t refund, int64_t next, struct span words);
enum outcome refund_again(struct db *, struct arena *, int64_t show, int64_t refund, int64_t next);

struct refund_seen {
	int64_t show, payment;
	struct span id;			/* the provider's */
	struct money amount;
	bool failed;			/* the money came back to us */
	struct span provider, event_id, event_type, event_body;
};
/* A refund that carries no reference of ours: one that we know by its id, or one made at the provider's own pages, recorded as done. */
enum outcome refund_seen(struct db *, struct arena *, const struct refund_seen *);

enum outcome refund_read(struct db *, struct arena *, int64_t show, int64_t refund, struct refund *);
/* Every attempt for a payment, oldest first. */
size_t refunds_of_payment(struct db *, struct arena *, int64_t show, int64_t payment, struct refund **list);
/* The newest attempt for a payment; NOT_FOUND: none. */
enum outcome refund_of_payment(struct db *, struct arena *, int64_t show, int64_t payment, struct refund *);

#endif
