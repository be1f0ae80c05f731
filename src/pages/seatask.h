/*
 * seatask.h - what a form asks for in a hall, and the map again where it cannot be had: every refusal names the seats, keeps the
 * rest ticked, and says that nothing is held or charged. Shared by a new hold (holdask.c) and a changed one (holdseats.c).
 */
#ifndef FOYER_PAGES_SEATASK_H
#define FOYER_PAGES_SEATASK_H

#include "domain/holds.h"
#include "http/http.h"

struct seat_ask {
	int64_t show;
	const struct hold *changing;	/* the hold whose seats shall be others; NULL: a new hold */
	int64_t ids[FIELDS_MAX];	/* as sent, all different; perhaps more than a hold may have */
	size_t n;
	int64_t best;			/* so many seats together, wherever: then there are no ids; 0: the ids */
	int64_t section;		/* of the best ones, or the one whose map was looked at; 0: any */
};

/* Reads `seat` repeated, or `best` with `section`, for ask->show. 0, or 400 with a page that says what is wrong. */
int seat_ask_read(struct request *, struct response *, struct seat_ask *);

/* hold_take for the ids, which says LIMIT itself where there are none or too many. */
enum outcome seat_ask_take(struct request *, const struct seat_ask *, int64_t buyer, bool add, struct hold_result *);

/* The page for every outcome but OK. */
int seat_ask_refuse(struct request *, struct response *, const struct seat_ask *, enum outcome, const struct hold_result *);

/* -- askmap.c ------------------------------------------------------------------------------------------------------------- */

struct seatmap_page;
/* The map with the ask's seats ticked but for those just seen to be gone (NULL: none); a private one where a hold is changed. */
enum outcome seat_ask_map(struct request *, const struct seat_ask *, const struct seat_set *lost, struct seatmap_page *);
/* What was asked for and can still be had, as far as that reading of the hall knows. */
struct seat_set seat_ask_kept(const struct seat_ask *, const struct seatmap *, const struct seat_set *lost);
const struct seat *seat_on_map(const struct seatmap *, int64_t id);	/* NULL: it is in another section, or in no such hall */

#endif
