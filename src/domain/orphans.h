/*
 * orphans.h - the rule against single seats left over (design.md 5): a choice is refused only if it makes a new single free seat
 * and another choice of that size in that row would not. Wheelchair places and companion seats do not count.
 */
#ifndef FOYER_DOMAIN_ORPHANS_H
#define FOYER_DOMAIN_ORPHANS_H

#include "domain/holds.h"

#define ORPHAN_ROW_MAX 128

struct orphan_seat {
	int64_t id;
	int plan_col;
	bool counts;		/* not a wheelchair place or companion seat */
	bool free;		/* before the choice; the buyer's own count as free */
	bool chosen;
};

struct orphan_verdict {
	bool refused;
	int64_t single;		/* a seat that would be left alone */
	/* Places in the row given: another choice of that size, and this choice with the single seat; -1 / false where there is none. */
	int instead_from, instead_n;
	bool take_too;
};

/* One row, in plan_col order. most: how many seats the buyer may have in this row at the most. */
struct orphan_verdict orphan_check(const struct orphan_seat *row, size_t n, size_t most);
/* How many new single seats this choice makes. */
size_t orphans_made(const struct orphan_seat *row, size_t n);

#endif
