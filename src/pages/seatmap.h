/*
 * seatmap.h - the plan of a hall as a form: the view that the public map, its refusals (holdask.c) and the private map of a hold
 * (holdseats.c) have in common. Filling only reads; the caller sets the face (lost, alone, changing, …) and prints.
 */
#ifndef FOYER_PAGES_SEATMAP_H
#define FOYER_PAGES_SEATMAP_H

#include "domain/catalog.h"
#include "domain/holds.h"
#include "http/http.h"
#include "views/seatmap.h"

struct seatmap_ask {
	int64_t show;
	const struct show *known;	/* the same show where it was read already; NULL: it is read here */
	/* For a hall that is shown by sections, which one: this, or that of this seat, or (both 0) the one with most room. */
	int64_t section, near;
	int64_t own_hold;	/* its seats are marked as the buyer's and count as free; 0: none */
	const int64_t *chosen;	/* ticked where they are free */
	size_t n_chosen;
	/* A refusal's map may be a second old (recent.h), but for these seats, which were just seen to be gone. NULL: read it now. */
	const struct seat_set *lost;
};

struct seatmap_page {
	struct show show;
	struct seatmap map;
	struct seatmap_view view;
};

/*
 * Everything of the view but the faces of a refusal or a change; action leads to POST /shows/{show}/hold. NOT_FOUND: no such show, or
 * no such section in its hall.
 */
enum outcome seatmap_fill(struct request *, const struct seatmap_ask *, struct seatmap_page *);

#endif
