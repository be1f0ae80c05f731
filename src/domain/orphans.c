/* orphans.c - pure arithmetic on one row of seats; no database. */
#include "base/base.h"

#include "db/db.h"
#include "domain/outcome.h"
#include "domain/orphans.h"

/* Neighbours stand two half seats apart: more is an aisle. */
static bool
neighbours(const struct orphan_seat *row, size_t left, size_t right)
{
	return row[right].plan_col - row[left].plan_col <= 2;
}

static bool
free_then(const struct orphan_seat *s, bool after)
{
	return s->counts && s->free && !(after && s->chosen);
}

static bool
alone(const struct orphan_seat *row, size_t n, size_t i, bool after)
{
	if (!free_then(&row[i], after))
		return false;
	if (i > 0 && neighbours(row, i - 1, i) && free_then(&row[i - 1], after))
		return false;
	return !(i + 1 < n && neighbours(row, i, i + 1) && free_then(&row[i + 1], after));
}

static int
first_orphan(const struct orphan_seat *row, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (alone(row, n, i, true) && !alone(row, n, i, false))
			return (int)i;
	return -1;
}

size_t
orphans_made(const struct orphan_seat *row, size_t n)
{
	size_t made = 0;

	for (size_t i = 0; i < n; i++)
		made += alone(row, n, i, true) && !alone(row, n, i, false);
	return made;
}

/* Could k seats from i on be taken together? */
static bool
run_free(const struct orphan_seat *row, size_t n, size_t i, size_t k)
{
	if (i + k > n)
		return false;
	for (size_t j = i; j < i + k; j++)
		if (!row[j].free || !row[j].counts || (j > i && !neighbours(row, j - 1, j)))
			return false;
	return true;
}

/* The nearest run of k that leaves no new single seat, or -1. */
static int
better_run(const struct orphan_seat *row, size_t n, size_t k, int near)
{
	struct orphan_seat other[ORPHAN_ROW_MAX];
	int best = -1;

	memcpy(other, row, n * sizeof(*row));
	for (size_t i = 0; i + k <= n; i++) {
		int away = abs((int)i - near);

		if (!run_free(row, n, i, k) || (best >= 0 && away >= abs(best - near)))
			continue;
		for (size_t j = 0; j < n; j++)
			other[j].chosen = j >= i && j < i + k;
		if (first_orphan(other, n) < 0)
			best = (int)i;
	}
	return best;
}

struct orphan_verdict
orphan_check(const struct orphan_seat *row, size_t n, size_t most)
{
	struct orphan_verdict v = { .instead_from = -1 };
	struct orphan_seat more[ORPHAN_ROW_MAX];
	int single, first = -1;
	size_t k = 0;

	if (n > ORPHAN_ROW_MAX)
		return v;
	for (size_t i = 0; i < n; i++)
		if (row[i].chosen && row[i].counts) {
			first = first < 0 ? (int)i : first;
			k++;
		}
	single = first_orphan(row, n);
	if (single < 0 || k == 0)
		return v;
	v.instead_from = better_run(row, n, k, first);
	if (v.instead_from < 0)
		return v;
	v.refused = true;
	v.single = row[single].id;
	v.instead_n = (int)k;
	memcpy(more, row, n * sizeof(*row));
	more[single].chosen = true;
	v.take_too = k + 1 <= most && first_orphan(more, n) < 0;
	return v;
}
