/*
 * hold_notices.h - what a buyer is told of a hold outside of its page: an address to write to before anything is paid, and the warning
 * that its end is near. Neither changes whose the seats are or until when.
 */
#ifndef FOYER_DOMAIN_HOLD_NOTICES_H
#define FOYER_DOMAIN_HOLD_NOTICES_H

#include "db/db.h"
#include "domain/outcome.h"

#define ADDRESSES_MOST 3		/* of one hold: given once, changed twice. Each makes a letter. */
#define WARN_SECONDS 120		/* before the promised end */
#define WARN_LEAST_SECONDS 10		/* with less left, nobody could do anything about it */

/*
 * Whom to write to about an active hold; the letter is an event of the same transaction. OK also where it is that address already, and
 * nobody is written to again. LIMIT: no more changes. EXPIRED, PAID, NOT_FOUND (another buyer's, too): nothing was changed.
 */
enum outcome hold_address_give(struct db *, struct arena *, int64_t show, int64_t hold, int64_t buyer, struct span email);

struct hold_address {
	struct span email;		/* the booking's where payment was tried, else the hold's; empty: none is known */
	bool good;			/* links in letters to it are; false: an earlier letter to another address had the same */
	int generation;			/* of these links */
	bool tried;			/* payment was */
};
enum outcome hold_address_read(struct db *, int64_t show, int64_t hold, struct hold_address *);
/* The hold that a letter is about: that one, or what took its place, if its letters go to the same address. */
struct hold;
enum outcome hold_of_letter(struct db *, struct arena *, int64_t show, int64_t hold, struct hold *, struct hold_address *);
/* The newest event HOLD_ADDRESS_GIVEN of it: letters because of earlier ones are out of date. */
int64_t hold_address_newest(struct db *, int64_t show, int64_t hold);
/* Whether the same buyer took other seats of this show after that hold, which are theirs now. *next: the newest such hold. */
bool hold_followed(struct db *, int64_t show, int64_t hold, int64_t buyer, int64_t *next);

/* -- for the reaper ----------------------------------------------------------------------------------------------------------- */

struct hold_id;
/* Holds whose end is near and whose buyers were not told so, the nearest first. */
size_t holds_to_warn(struct db *, struct arena *, size_t most, struct hold_id **list);
/*
 * Tells of the end once, however many try; decided on what the locking reads return. CHANGED: it was told, is paid, given back, extended
 * or over meanwhile, or money is being taken for it.
 */
enum outcome hold_warn(struct db *, struct arena *, int64_t show, int64_t hold);

/* Forgets addresses of holds that ended a week ago and were not paid; a small batch each time. */
void hold_addresses_forget(struct db *, struct arena *);

#endif
