/*
 * payments.h - a payment's life up to the provider's word: begun, opened, closed. What a captured payment means for seats is
 * settle.h. No network here: flows/ asks the provider between these transactions.
 */
#ifndef FOYER_DOMAIN_PAYMENTS_H
#define FOYER_DOMAIN_PAYMENTS_H

#include "base/money.h"
#include "domain/outcome.h"

enum payment_state { PAYMENT_CREATED, PAYMENT_OPEN, PAYMENT_CAPTURING, PAYMENT_PAID, PAYMENT_FAILED, PAYMENT_CLOSED,
	PAYMENT_REFUND_DUE, PAYMENT_REFUNDED };

struct payment {
	int64_t show, id, hold, booking;
	struct span provider;
	enum payment_state state;
	struct money amount;
	bool live;
	struct span key, body;		/* what is sent, unchanged, each time */
	struct span session, url, capture;
	struct span reason;		/* refund_due, refunded: late, second, amount, cancelled, unknown */
	bool pending;			/* the bank is still checking */
	int64_t created_ms, asked_ms, now_ms;
	enum { BOOKING_PENDING, BOOKING_CONFIRMED, BOOKING_FAILED, BOOKING_CANCELLED } booking_state;
	int booking_generation;
	struct span email;
};

struct payment_begin {
	int64_t show, hold, buyer;
	int64_t payment, booking;	/* new ids, made by the caller */
	struct span provider, email, name;
	struct money amount;		/* of the hold as the caller read it */
	bool live;
	bool pays_late;			/* money may come after its end, and then the provider is asked for a while */
	bool by_token;			/* no page: charged to a means of payment that was brought along */
	struct span key, body;
};

/*
 * Booking pending, payment created, seats kept at least 5 minutes more (within the absolute end and 2 minutes of grace).
 * OK: *payment is the id to go on with: the new one, or the one that is already created or open with this provider, amount and way.
 * CHANGED: the amount is not the hold's any more. CLOSED + *payment: that payment must be closed first (another one).
 */
enum outcome payment_begin(struct db *, struct arena *, const struct payment_begin *, int64_t *payment);
/* created -> open. Harmless when repeated; OUTCOME_CHANGED if it moved on meanwhile. */
enum outcome payment_opened(struct db *, struct arena *, int64_t show, int64_t payment, struct span session, struct span url);
/* created, open -> closed or failed: the provider says that it cannot be paid any more. Ends the booking if its hold is over. */
enum outcome payment_ended(struct db *, struct arena *, int64_t show, int64_t payment, enum payment_state ended, struct span reason);
enum outcome payment_read(struct db *, struct arena *, int64_t show, int64_t payment, struct payment *);
/* The payment that tells most about a hold: one that took money, else the newest. NOT_FOUND: none was begun. */
enum outcome payment_of_hold(struct db *, struct arena *, int64_t show, int64_t hold, struct payment *);
/* At most one question in `every_ms` a payment: true if this caller may ask now (it is noted). */
bool payment_ask_now(struct db *, int64_t show, int64_t payment, int64_t every_ms);

struct payment_id {
	int64_t show, payment;
};
/* The payments of a hold that are created, open or capturing. */
size_t payments_unfinished(struct db *, struct arena *, int64_t show, int64_t hold, struct payment_id **list);
/* For the reaper: payments that are due to be asked about, each for this caller alone: unfinished, or ended but paid late. Then again later and later. */
size_t payments_to_ask(struct db *, struct arena *, size_t most, struct payment_id **list);
/* There is news of it: the reaper asks at once. */
void payment_hurry(struct db *, int64_t show, int64_t payment);
/* Our payment by an id of the provider's, its session or its capture (directory); false if unknown. The id is noted after commit. */
void payment_note(struct db *, struct span provider, struct span id, int64_t show, int64_t payment);
bool payment_by_session(struct db *, struct span provider, struct span session, struct payment_id *);

/* The reference that goes to the provider and comes back: "<show>-<payment>". */
struct span payment_reference(struct arena *, int64_t show, int64_t payment);
bool payment_reference_read(struct span, struct payment_id *);

#endif
