/*
 * holds.h - who gets a seat. All or nothing, decided on what the locking reads return; nothing here is ever half done.
 * Lock order: show_sales (shared), hold_buyers, hold, its payments, seats by id, booking.
 */
#ifndef FOYER_DOMAIN_HOLDS_H
#define FOYER_DOMAIN_HOLDS_H

#include "domain/seats.h"

#define EXTENSIONS_MAX 3		/* times that a buyer may have some minutes more */

struct seat_set {
	int64_t ids[HOLD_MAX_SEATS];
	size_t n;
};

enum hold_state { HOLD_ACTIVE, HOLD_CONFIRMED, HOLD_RELEASED, HOLD_EXPIRED };

struct hold_seat {
	int64_t seat, section;
	struct span row, number, section_name;
	enum seat_kind kind;
	struct span price_type, price_name;
	int64_t price_minor, fee_minor;		/* fee: what the charges add */
};

struct price_choice {
	int64_t section;
	struct span type, name;
	int64_t minor;		/* all charges in */
};

struct hold {
	int64_t show, id, buyer;
	enum hold_state state;		/* as stored; over says what counts */
	bool over;			/* active and expires_at has passed */
	struct span reason;		/* of a released hold: buyer, replaced, staff */
	int generation;
	int64_t taken_ms, expires_ms, longest_ms;	/* when it was taken, the promised end, the absolute end */
	int64_t now_ms;			/* the database's clock at reading */
	int extensions_left;
	int64_t extend_to_ms;		/* what one more extension would reach; 0: none left */
	struct hold_seat *seats;
	size_t n;
	struct money total;		/* all charges in: what is paid (charges.h tells what is in it) */
};

struct hold_ask {
	int64_t show, buyer;
	int64_t replaces;	/* a hold whose place the new one takes (change seats); 0: whichever of the buyer's overlaps */
	bool newcomer;		/* the buyer's id was drawn just now: there is nothing of theirs to look for */
	bool add;		/* the seats join the buyer's newest active hold (a second section, no script) */
	struct seat_set seats;
};

struct hold_result {
	int64_t hold;			/* OUTCOME_OK: the hold, new or the same as before */
	int64_t buyer_hold;		/* OUTCOME_LIMIT: a hold of theirs to go to; 0 if the ask itself is too large */
	int limit;			/* OUTCOME_LIMIT: the number that stands against it */
	struct seat_set lost;		/* OUTCOME_TAKEN, OUTCOME_SINGLE: the seats it failed on (single: the lonely one) */
	struct seat_set fixes[2];	/* OUTCOME_SINGLE: choices that would be accepted; n 0 where there is none */
	int64_t sales_from_ms, sales_until_ms;	/* OUTCOME_CLOSED: when it is or was on sale; 0 unknown */
	struct span sales_state;	/* OUTCOME_CLOSED: "early", "late", "paused", "cancelled" */
};

enum outcome hold_take(struct db *, struct arena *, const struct hold_ask *, struct hold_result *);
/* n seats together, best first; section 0: any. wheelchair places and companion seats are never given here. */
enum outcome hold_best(struct db *, struct arena *, int64_t show, int64_t buyer, int64_t section, int n, struct hold_result *);

/* NOT_FOUND also where it is another buyer's (buyer 0: do not ask, for staff and return links). */
enum outcome hold_read(struct db *, struct arena *, int64_t show, int64_t hold, int64_t buyer, struct hold *);
struct span hold_seat_names(struct arena *, const struct hold *);	/* "C7, C8" */
/* Price types that the show has for the sections of this hold. */
enum outcome hold_choices(struct db *, struct arena *, const struct hold *, struct price_choice **list, size_t *n);

enum outcome hold_extend(struct db *, struct arena *, int64_t show, int64_t hold, int64_t buyer);
enum outcome hold_release(struct db *, struct arena *, int64_t show, int64_t hold, int64_t buyer);
/* These two answer CAPTURING while a payment is unfinished: what a buyer may be paying for does not change; close it first. */
/* Takes one seat out; the last one releases the hold. */
enum outcome hold_remove(struct db *, struct arena *, int64_t show, int64_t hold, int64_t buyer, int64_t seat);
/* types[i] for seats[i]; an unknown type or seat: NOT_FOUND, nothing changed. */
enum outcome hold_price(struct db *, struct arena *, int64_t show, int64_t hold, int64_t buyer, const int64_t *seats,
    const struct span *types, size_t n);

/* The buyer's shows with a hold or booking that may still matter, newest first (directory), then each show's holds. */
struct buyer_hold {
	int64_t show, hold, booking;	/* booking 0: none confirmed */
	int generation, booking_generation;
	int64_t expires_ms;
	size_t n;
};
enum outcome buyer_holds(struct db *, struct arena *, int64_t buyer, struct buyer_hold **list, size_t *n);

/* For the reaper: the show and id of holds whose seats may be free to others, oldest first; then each by itself. */
struct hold_id {
	int64_t show, hold;
};
/* seats_until has passed, and no money is being taken for them */
size_t holds_due(struct db *, struct arena *, size_t most, struct hold_id **list);
/* the promised end has passed, the seats are still kept, and a payment is unfinished */
size_t holds_ending(struct db *, struct arena *, size_t most, struct hold_id **list);
/* now_closed: its payments are known to be closed, so the seats go at the promised end already. */
enum outcome hold_expire(struct db *, struct arena *, int64_t show, int64_t hold, bool now_closed);

#endif
