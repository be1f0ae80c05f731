/*
 * show_move.h - a published show begins at another time. Tickets stay valid: they name the show and not its hour. What the catalogue says
 * changes first, then the sale's own row, then each buyer is told: steps of their own (design.md 4), each of which leaves alone what was
 * done. So after a crash the same call again finishes it, and nobody is told twice.
 */
#ifndef FOYER_DOMAIN_SHOW_MOVE_H
#define FOYER_DOMAIN_SHOW_MOVE_H

#include "base/clock.h"
#include "domain/outcome.h"

struct show_move {
	struct moment from, to;		/* from: the start that its buyers knew */
	size_t told;			/* bookings whose buyers are told by this call */
	const char *no;			/* where the answer is CLOSED or CHANGED: why, for an operator */
};

/*
 * local: "2026-12-01 19:30" on the wall clock of the show's city. CLOSED: it cannot be moved, or not to then. NOT_FOUND: there is no such
 * show, or it was never published. CHANGED: another call moved it to another time meanwhile, and that one stands. The end of its sale moves
 * with it, and so do companion seats' opening and the time to give tickets back.
 */
enum outcome show_move(struct db *, struct arena *, int64_t show, struct span local, struct show_move *);
/* When it was to begin before it was moved the last time. NOT_FOUND: it never was. */
enum outcome show_moved_from(struct db *, int64_t show, int64_t *from_ms);
/* Whether the show of a booking was moved since it was bought; *from_ms: when it was to begin before. */
bool booking_moved(struct db *, int64_t show, int64_t booking, int64_t *from_ms);

#endif
