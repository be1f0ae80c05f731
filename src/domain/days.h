/*
 * days.h - calendar days of a city, and the filters of browsing as SQL. Internal to catalog.c and shows.c: both must mean the same
 * shows when one counts them and the other lists them.
 */
#ifndef FOYER_DOMAIN_DAYS_H
#define FOYER_DOMAIN_DAYS_H

#include "domain/catalog.h"

#define NIGHT_ENDS 5	/* o'clock: a show that starts before it belongs to the night */

struct span day_of(struct arena *, const struct zone *, int ahead);	/* "2026-11-21": today and so many days */
int64_t day_noon(const struct zone *, int ahead);			/* ms */

/* On shows w and events e; hours are counted from NIGHT_ENDS on. */
#define BROWSE_FILTERS "(? = '' OR e.genre = ?) AND (? = '' OR e.language = ?) AND (? = '' OR FIND_IN_SET(w.event_id, ?)) " \
	"AND (HOUR(w.starts_local) + 19) % 24 BETWEEN ? AND ?"
/* ids: of search_events, empty for no words. */
#define BROWSE_VALUES(b, ids) (b)->genre, (b)->genre, (b)->language, (b)->language, ids, ids, part_first((b)->time), part_last((b)->time)

int64_t part_first(enum part_of_day);	/* hours after NIGHT_ENDS, both ends in */
int64_t part_last(enum part_of_day);

#endif
