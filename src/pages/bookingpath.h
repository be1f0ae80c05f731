/* bookingpath.h - the booking that a page's address names. Whoever has the address has the tickets: it opens in any browser. */
#ifndef FOYER_PAGES_BOOKINGPATH_H
#define FOYER_PAGES_BOOKINGPATH_H

#include "domain/bookings.h"
#include "domain/catalog.h"
#include "http/http.h"

/* 0, or the status to answer with. A booking that was never paid has no tickets, so its address leads nowhere. */
int booking_of_path(struct request *, struct response *, struct booking *, struct show *);
struct span booking_link(struct request *, const struct booking *);	/* its token */

#endif
