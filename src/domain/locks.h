/*
 * locks.h - the locking reads of a show's sale, to be called in this order (design.md 5): lock_show, lock_buyer, lock_hold(s),
 * lock_payments, lock_seats, lock_booking. Only inside a transaction; what they return is what may be decided on.
 * Internal to domain/: holds, payments, settle, refunds.
 */
#ifndef FOYER_DOMAIN_LOCKS_H
#define FOYER_DOMAIN_LOCKS_H

#include "domain/holds.h"

#define LOCK_MAX_SEATS 24	/* a new hold and two that it replaces: a buyer has no more (sales_holds) */

/* "?, ?, …" for one hold's seats and for all that one transaction may lock; short lists repeat their last id. */
#define IN_8 "(?, ?, ?, ?, ?, ?, ?, ?)"
#define IN_24 "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
#define AT_8(ids, n) at_(ids, n, 0), at_(ids, n, 1), at_(ids, n, 2), at_(ids, n, 3), at_(ids, n, 4), at_(ids, n, 5), \
	at_(ids, n, 6), at_(ids, n, 7)

static inline int64_t
at_(const int64_t *ids, size_t n, size_t i)
{
	return n == 0 ? 0 : ids[i < n ? i : n - 1];
}

struct sale {
	struct span state, currency;
	bool open;			/* on sale now */
	bool early, late;		/* before, after its sales window */
	bool companions_open;
	int64_t now_ms, from_ms, until_ms;
	int64_t hold_ms, extend_ms, longest_ms;
	int seats_a_hold, holds_a_buyer;
	bool orphan_rule;
};

struct hold_row {
	int64_t id, buyer;
	struct span state, reason;
	int64_t expires_ms, until_ms, longest_ms;
	int extensions;
	bool over;			/* expires_at has passed */
	bool seats_over;		/* seats_until has passed */
};

struct seat_row {
	int64_t id, section, hold;	/* hold 0: none */
	bool free;
	bool held;			/* status is held, whoever's and however old */
	int64_t version;		/* of the seat's row */
};

struct payment_row {
	int64_t id, amount;
	struct span state, provider;
	bool by_token;
};

bool sale_read(struct db *, int64_t show, struct sale *);	/* plainly, no lock */
bool lock_show(struct db *, int64_t show, struct sale *);	/* shared */
void lock_buyer(struct db *, int64_t show, int64_t buyer);
bool lock_hold(struct db *, int64_t show, int64_t hold, struct hold_row *);
size_t lock_payments(struct db *, struct arena *, int64_t show, int64_t hold, struct payment_row **);
/* ids in any order, at most LOCK_MAX_SEATS; rows come in id order. Returns how many exist. */
size_t lock_seats(struct db *, int64_t show, const int64_t *ids, size_t n, struct seat_row rows[LOCK_MAX_SEATS]);
/* The booking of a hold; false: none yet. */
struct booking_row {
	int64_t id;
	struct span state;
};
bool lock_booking(struct db *, int64_t show, int64_t hold, struct booking_row *);

/* The seats a hold took, whether it still has them or not. */
size_t hold_seat_ids(struct db *, int64_t show, int64_t hold, int64_t ids[HOLD_MAX_SEATS]);

/* -- moves, each with its event ------------------------------------------------------------------------------------------- */

/*
 * {"hold":…,"seats":[…],"versions":[…],"reason":"…"}. A seat's version in an event is twice that of its row after the change, so that
 * there is one between for a hold that ran out, which changes no row. `up`: how much it is above twice the version that was locked.
 */
struct seats_told {
	const char *key;		/* of the id: hold or booking */
	int64_t id;
	const int64_t *ids;		/* of the seats */
	size_t n;
	const struct seat_row *rows;	/* as they were locked, these seats among them; NULL: no versions are told */
	size_t n_rows;
	int up;
	const char *reason;		/* NULL: left out */
	const struct money *back;	/* what goes back for them; NULL: left out */
};
#define SEATS_EXPIRED 1			/* and nothing was written */
#define SEATS_CHANGED 2			/* version + 1 */
#define SEATS_CHANGED_TWICE 4
struct span seats_json(struct arena *, struct seats_told);
/* Those of these locked seats that still carry the hold become available; their rows here have the new version then. */
void seats_let_go(struct db *, struct arena *, int64_t show, int64_t hold, struct seat_row *rows, size_t n, const char *reason);
/* Locked seats that carry another's expired hold: their release is told before they are taken. */
void seats_tell_expired(struct db *, struct arena *, int64_t show, const int64_t *except, size_t n_except, const struct seat_row *rows,
    size_t n);
/* active -> released or expired; and its pending booking fails unless a payment could still come. */
void hold_end(struct db *, struct arena *, int64_t show, const struct hold_row *, const char *state, const char *reason);
/* Those that are unfinished, of a hold that is over or paid: the reaper asks about them at once. */
void payments_hurry(struct db *, int64_t show, int64_t hold);
/* pending -> failed if the hold is not active and no payment of it is created, open or capturing. Call under the hold's lock. */
void booking_fail_if_over(struct db *, struct arena *, int64_t show, int64_t hold, const char *reason);

#endif
