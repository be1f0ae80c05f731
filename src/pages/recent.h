/*
 * recent.h - a show and its map as this worker read them within the last second, for pages that refuse: when ten thousand people are
 * told "taken", each gets a map as old as the public one may be, and not one of its own. Never to decide on, and never for a buyer's
 * own seats. What these return lives as long as the request.
 */
#ifndef FOYER_PAGES_RECENT_H
#define FOYER_PAGES_RECENT_H

#include "domain/catalog.h"
#include "domain/holds.h"
#include "http/http.h"

enum outcome recent_show(struct request *, int64_t show, struct show *);
/* lost: seats of which this request knows better; they are shown as held by others. */
enum outcome recent_map(struct request *, int64_t show, int64_t section, const struct seat_set *lost, struct seatmap *);

#endif
