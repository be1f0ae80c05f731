/*
 * best.h - "find seats for me": seats together, best first, in one section. Planned on a plain reading; where rivals keep taking
 * what was planned, decided at last on the locked section.
 */
#ifndef FOYER_DOMAIN_BEST_H
#define FOYER_DOMAIN_BEST_H

#include "domain/holds.h"

struct best_plan {
	const struct seatmap *map;	/* the plan of the hall; who is free is read anew under lock */
	int64_t section;
	int n;
	bool orphan_rule;
};

/* n seats together from what the map says is free; from_rank: which of the good choices, 0 the best. False: there is none. */
bool best_plan_free(const struct best_plan *, size_t from_rank, struct seat_set *);
/* Locks the section's seats in key order and plans on what is free then. Inside a transaction, at the place of lock_seats. */
bool best_from_locked(struct db *, struct arena *, int64_t show, struct best_plan *, struct seat_set *);

/* holds.c: the rest of taking a hold, the seats chosen by best_from_locked. */
enum outcome hold_take_best_locked(struct db *, struct arena *, const struct hold_ask *, struct best_plan *, struct hold_result *);

#endif
