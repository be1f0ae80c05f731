/* hold.h - the checkout page of a hold, in all its states: shared by GET and by what leads back to it with something to say. */
#ifndef FOYER_PAGES_HOLD_H
#define FOYER_PAGES_HOLD_H

#include "domain/holds.h"
#include "http/http.h"

#define NAME_MAX_CHARS 100	/* of the name on the tickets, as in hold.html */

struct hold_says {
	bool declined, came_back, extended, swapped, way_down;	/* notices, as in hold.html */
	bool typed;			/* email, name and way are what was sent; else what is known from an earlier try */
	struct span email, name, way;
	bool email_wrong, name_wrong, way_wrong;
	struct span mobile;		/* likewise */
	bool mobile_wrong, mobile_abroad, texted;	/* abroad: wrong, for no texts go there; texted: a number was just taken down */
	bool told;			/* a letter about these seats is on its way */
	bool tell_wrong, tell_full;	/* none is: that is no address; it was changed often enough */
	struct span tell;		/* what was typed for it */
};

/* Prints it; status is what goes out with it where the hold can still be paid. One that is over or paid leads elsewhere instead. */
int hold_page(struct request *, struct response *, const struct hold *, const struct hold_says *, int status);

/*
 * The answer for one that has ended unpaid: how its money stands, where any was taken or may be, else that it is over. own: this browser
 * may see the buyer's other holds.
 */
int hold_ended(struct request *, struct response *, const struct hold *, bool own);

/* holdreach.c: texts are sent, and this is the browser that took the hold: only that one is asked for a number. */
bool mobile_asked(struct request *, const struct hold *);
/*
 * The number for texts as it was typed, and in *phone as it can be sent to; none is fine. Where nobody was asked, it is none. False: it is
 * no number, or of a country where no texts go, and says->mobile_wrong.
 */
bool mobile_read(struct request *, const struct hold *, struct hold_says *, struct span *phone);

/* over.c: the page of a hold that has ended without a booking. 410. */
int over_page(struct request *, struct response *, const struct hold *);

#endif
