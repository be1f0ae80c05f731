/* browse.h - what the pages of a city and of a title have in common: the strip of days, facts in a line, how a show sells. */
#ifndef FOYER_PAGES_BROWSE_H
#define FOYER_PAGES_BROWSE_H

#include "domain/catalog.h"
#include "http/http.h"
#include "views/city.h"		/* struct day_fields, near_fields */

#define DAYS 14
#define NEAREST 3

struct top_fields top_of_city(struct arena *, const struct city *);

/* `date` of the query: "" is left empty. 0, or 400 with what is wrong. */
int date_of_query(struct request *, struct response *, struct span *date);
/* The noon of such a date in the city, which prints the day. */
struct moment noon_of(struct span date, const struct city *);

/* "path?a=b" grows by one more parameter, percent-encoded; an empty value is left out. */
void query_add(struct buf *, const char *name, struct span value);
#define PATH_MAX_BYTES (4 * KiB)

/* How a day's address begins: query_add(&path, "date", …) makes it whole. */
struct day_links {
	struct span before;	/* "/london?q=ox" or "/london" */
	struct span date;	/* the one shown */
};
struct day_fields *days_fill(struct arena *, const struct day_count days[DAYS], const struct day_links *);
/* Up to NEAREST other days that have shows, the nearest to the one shown first, told in their order. */
size_t nearest_fill(struct arena *, const struct day_count days[DAYS], const struct day_links *, struct near_fields **list);

/* "Drama · 112 min · 12A", and the language where asked for. */
struct span event_facts(struct arena *, const struct event *, bool with_language);
struct span poster_path(struct arena *, const struct event *);
struct span show_path(struct arena *, const struct show *);
bool after_midnight(const struct show *);	/* it starts in the small hours of its date */

/* At most one of few, sold_out, not_yet, closed. */
struct sale_face {
	bool few, sold_out, not_yet, closed;
};
struct sale_face sale_face(const struct show *);

#endif
