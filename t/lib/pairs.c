/* pairs.c - see pairs.h. Greedy: each case begins with a pair that has not met, and takes the values that let most new pairs meet. */
#include "t/lib/pairs.h"

struct table {
	const size_t *sizes;
	size_t n, offset[PAIRS_DIMENSIONS], values;
	bool *met;			/* [values][values], of values counted through all dimensions */
};

static bool *
pair(struct table *t, size_t d, size_t v, size_t e, size_t w)
{
	return &t->met[(t->offset[d] + v) * t->values + t->offset[e] + w];
}

static size_t
new_pairs(struct table *t, const struct pairs_case *c, size_t filled, size_t d, size_t v)
{
	size_t n = 0;

	for (size_t e = 0; e < t->n; e++)
		if (e != d && (filled & (size_t)1 << e))
			n += !*pair(t, d, v, e, c->at[e]);
	return n;
}

static bool
first_unmet(struct table *t, struct pairs_case *c, size_t *filled)
{
	for (size_t d = 0; d < t->n; d++)
		for (size_t e = d + 1; e < t->n; e++)
			for (size_t v = 0; v < t->sizes[d]; v++)
				for (size_t w = 0; w < t->sizes[e]; w++)
					if (!*pair(t, d, v, e, w)) {
						c->at[d] = v;
						c->at[e] = w;
						*filled = (size_t)1 << d | (size_t)1 << e;
						return true;
					}
	return false;
}

static void
fill(struct table *t, struct pairs_case *c, size_t filled, size_t turn)
{
	for (size_t d = 0; d < t->n; d++) {
		size_t best = 0, most = 0;

		if (filled & (size_t)1 << d)
			continue;
		for (size_t i = 0; i < t->sizes[d]; i++) {
			size_t v = (i + turn) % t->sizes[d], n = new_pairs(t, c, filled, d, v) + 1;

			if (n > most) {
				most = n;
				best = v;
			}
		}
		c->at[d] = best;
		filled |= (size_t)1 << d;
	}
	for (size_t d = 0; d < t->n; d++)
		for (size_t e = 0; e < t->n; e++)
			if (d != e)
				*pair(t, d, c->at[d], e, c->at[e]) = true;
}

size_t
pairs_make(struct arena *a, const size_t *sizes, size_t dimensions, struct pairs_case **list)
{
	struct table t = { .sizes = sizes, .n = dimensions };
	size_t most = 1, n = 0, filled = 0;

	for (size_t d = 0; d < dimensions; d++) {
		t.offset[d] = t.values;
		t.values += sizes[d];
		most *= sizes[d];
	}
	t.met = ARENA_ARRAY(a, bool, t.values * t.values);
	*list = ARENA_ARRAY(a, struct pairs_case, most);
	while (n < most && first_unmet(&t, &(*list)[n], &filled)) {
		fill(&t, &(*list)[n], filled, n);
		n++;
	}
	return n;
}

size_t
pairs_all(struct arena *a, const size_t *sizes, size_t dimensions, struct pairs_case **list)
{
	size_t most = 1;

	for (size_t d = 0; d < dimensions; d++)
		most *= sizes[d];
	*list = ARENA_ARRAY(a, struct pairs_case, most);
	for (size_t i = 0; i < most; i++) {
		size_t rest = i;

		for (size_t d = 0; d < dimensions; d++) {
			(*list)[i].at[d] = rest % sizes[d];
			rest /= sizes[d];
		}
	}
	return most;
}
