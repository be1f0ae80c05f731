/*
 * cancel.h - giving tickets back: their seats are free for others in the same transaction. What comes back of the money is a
 * separate act: a refund row that is asked for afterwards, or none. Whatever is kept is noted with the payment, so that the books add up.
 */
#ifndef FOYER_DOMAIN_CANCEL_H
#define FOYER_DOMAIN_CANCEL_H

#include "base/money.h"
#include "domain/outcome.h"
#include "domain/seats.h"

/* What the show's own terms say to a buyer who wants to give tickets back now. Plain read, for showing. */
struct cancel_terms {
	bool allowed;			/* the show takes tickets back from buyers */
	bool in_time;			/* and it is not too late for it */
	int64_t until_ms;		/* that late; 0: not allowed */
	int64_t fee_minor;		/* kept a seat, or the seat's price where that is less */
};
enum outcome cancel_terms_read(struct db *, int64_t show, struct cancel_terms *);

struct cancel_ask {
	int64_t show, booking;
	int64_t seats[HOLD_MAX_SEATS];
	size_t n;			/* 0: every ticket that is still live */
	bool by_buyer;			/* the show's terms decide when and what is kept; else keep_minor does */
	int64_t keep_minor;		/* of the whole; at most what the tickets cost */
	int64_t expect_minor;		/* by_buyer: what they were told comes back */
	bool dry;			/* only tell what would come of it: nothing is changed, nothing expected */
	int64_t refund;			/* a new id for the refund, made by the caller */
};

struct cancel_result {
	struct money back, kept;
	size_t cancelled, left;		/* tickets */
	bool again;			/* this very act was done before: nothing was changed now */
};

/*
 * OK. CLOSED: the terms do not allow it (any more). NOT_FOUND: no such booking or ticket. CHANGED: a ticket was cancelled or used
 * meanwhile, or other money would come back than was told. All or nothing. Never more comes back than is left of the payment.
 */
enum outcome booking_cancel(struct db *, struct arena *, const struct cancel_ask *, struct cancel_result *);

#endif
