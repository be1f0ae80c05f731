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
	int64_t section;		/* of the best ones; 0: any */
};

/* Reads `seat` repeated, or `best` with `section`. 0, or 400 with what is wrong. */
int seat_ask_read(struct request *, struct response *, struct seat_ask *);

/* hold_take for the ids, which says LIMIT itself where there are none or too many. */
enum outcome seat_ask_take(struct request *, const struct seat_ask *, int64_t buyer, bool add, struct hold_result *);

/* The page for every outcome but OK. */
int seat_ask_refuse(struct request *, struct response *, const struct seat_ask *, enum outcome, const struct hold_result *);

struct seatmap_page;
/* Turns a filled map into the private one of a hold. */
void seat_ask_private(struct request *, const struct hold *, struct seatmap_page *);

#endif
