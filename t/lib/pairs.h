/*
 * pairs.h - of several dimensions, cases such that any two values of any two dimensions meet in one of them: most of what goes wrong
 * needs two things to come together. The same cases each time.
 */
#ifndef FOYER_T_PAIRS_H
#define FOYER_T_PAIRS_H

#include "base/base.h"

#define PAIRS_DIMENSIONS 6

struct pairs_case {
	size_t at[PAIRS_DIMENSIONS];	/* the value's place in each dimension */
};

/* sizes: how many values each dimension has. Returns the number of cases; the list lives in the arena. */
size_t pairs_make(struct arena *, const size_t *sizes, size_t dimensions, struct pairs_case **list);
/* Every combination there is. */
size_t pairs_all(struct arena *, const size_t *sizes, size_t dimensions, struct pairs_case **list);

#endif
