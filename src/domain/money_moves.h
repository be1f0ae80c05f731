/*
 * money_moves.h - a payment's and a refund's move with its event, inside an open transaction under the hold's lock.
 * Internal to domain/: payments, settle, refunds.
 */
#ifndef FOYER_DOMAIN_MONEY_MOVES_H
#define FOYER_DOMAIN_MONEY_MOVES_H

#include "domain/payments.h"

struct payment_full {		/* a payment under lock */
	int64_t id, hold, booking;
	struct span state, provider, session, capture;
	struct money amount;
	int64_t captured, kept;
	bool live;
};

bool lock_payment(struct db *, int64_t show, int64_t payment, struct payment_full *);
/* The move if the table allows it; false (logged there) if not, and nothing was written. */
bool payment_move(struct db *, struct arena *, int64_t show, struct payment_full *, const char *to, const char *reason);
struct refund_row {		/* a refund under lock, after its payment's */
	int64_t id;
	struct span state, reason;
	struct money amount;
	int attempt;
	bool named;		/* the provider gave it a number: what became of it there, we were told */
};
bool lock_refund(struct db *, struct arena *, int64_t show, int64_t refund, struct refund_row *, struct payment_full *);
/* The event of a refund that is in a new state: REFUND_DONE … */
void refund_tell(struct db *, struct arena *, int64_t show, const char *type, int64_t refund, int64_t payment, struct money, struct span reason);
/* Writes a refund attempt (its number from 1) that is due now. */
void refund_make(struct db *, struct arena *, int64_t show, int64_t refund, int64_t payment, struct money, struct span reason, int attempt);
/* What the house keeps of a captured payment beyond its tickets grows by so much (below 0: what it gives beyond them). */
void payment_keep(struct db *, int64_t show, int64_t payment, int64_t minor);
/* How many refunds of a payment are pending or need a human; and what all refunds that count sum up to. Under the payment's lock. */
int64_t refunds_open(struct db *, int64_t show, int64_t payment);
int64_t refunds_sum(struct db *, int64_t show, int64_t payment);
/* Show, buyer, hold and payments locked in order, for whoever knows a payment. */
struct hold_row;
struct sale;
bool lock_by_payment(struct db *, struct arena *, int64_t show, int64_t payment, struct sale *, struct hold_row *, struct payment_full *);
/* Stores a provider's event; false if this very event was stored before (or the database failed). */
bool event_add(struct db *, int64_t show, int64_t payment, struct span provider, struct span id, struct span type, struct span body);

#endif
