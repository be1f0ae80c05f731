/* best.c - see best.h. Wheelchair places and companion seats are never given here. */
#include "base/base.h"

#include "base/crypto.h"
#include "domain/best.h"
#include "domain/locks.h"
#include "domain/orphans.h"

#define PLANS 5			/* plain plans before the section is locked */
#define CANDIDATES_MAX 512
#define SCATTER 16		/* after a loss, rivals spread over so many good choices */

STATEMENT(section_lock, SHOW, "ii", "SELECT seat_id, " SEAT_IS_FREE " FROM show_seats FORCE INDEX (PRIMARY) "
    "WHERE show_id = ? AND seat_id BETWEEN ? AND ? ORDER BY seat_id FOR UPDATE");

struct candidate {
	size_t first;		/* place in the map */
	int penalty;
};

static bool
usable(const struct seat *s)
{
	return s->kind != SEAT_WHEELCHAIR && s->kind != SEAT_COMPANION;
}

static bool
next_to(const struct seat *left, const struct seat *right)
{
	return left->section == right->section && span_eq(left->row, right->row) && right->plan_col - left->plan_col <= 2;
}

static bool
run_free(const struct seatmap *m, size_t first, int n)
{
	for (size_t i = first; i < first + (size_t)n; i++)
		if (i >= m->n || m->seats[i].status != SEAT_FREE || !usable(&m->seats[i]) ||
		    (i > first && !next_to(&m->seats[i - 1], &m->seats[i])))
			return false;
	return true;
}

struct extent {
	int first_row, last_row, first_col, last_col;
};

static struct extent
extent_of(const struct seatmap *m, const struct section *section)
{
	struct extent e = { 1 << 20, 0, 1 << 20, 0 };

	for (size_t i = 0; i < m->n; i++) {
		const struct seat *s = &m->seats[i];

		if (s->section != section)
			continue;
		e.first_row = s->plan_row < e.first_row ? s->plan_row : e.first_row;
		e.last_row = s->plan_row > e.last_row ? s->plan_row : e.last_row;
		e.first_col = s->plan_col < e.first_col ? s->plan_col : e.first_col;
		e.last_col = s->plan_col > e.last_col ? s->plan_col : e.last_col;
	}
	return e;
}

static bool
leaves_single(const struct seatmap *m, size_t first, int n)
{
	struct orphan_seat row[ORPHAN_ROW_MAX];
	size_t start = first, k = 0;

	while (start > 0 && m->seats[start - 1].section == m->seats[first].section &&
	    span_eq(m->seats[start - 1].row, m->seats[first].row))
		start--;
	for (size_t i = start; i < m->n && k < ORPHAN_ROW_MAX && m->seats[i].section == m->seats[first].section &&
	    span_eq(m->seats[i].row, m->seats[first].row); i++)
		row[k++] = (struct orphan_seat){ .id = m->seats[i].id, .plan_col = m->seats[i].plan_col, .counts = usable(&m->seats[i]),
			.free = m->seats[i].status == SEAT_FREE, .chosen = i >= first && i < first + (size_t)n };
	return orphans_made(row, k) > 0;
}

/*
 * Lower is better: the dearest tier's section first, then near the middle of the row, then near a row two thirds back; a run that
 * leaves a single seat or has a restricted view comes after all that do not.
 */
static int
penalty(const struct best_plan *p, size_t first)
{
	const struct seatmap *m = p->map;
	const struct seat *a = &m->seats[first], *b = &m->seats[first + (size_t)p->n - 1];
	struct extent e = extent_of(m, a->section);
	int middle = abs(a->plan_col + b->plan_col - e.first_col - e.last_col);
	int row = abs(3 * (a->plan_row - e.first_row) - 2 * (e.last_row - e.first_row));
	int sum = a->section->tier * 2000 + middle * 2 + row * 3;

	for (size_t i = first; i < first + (size_t)p->n; i++)
		sum += m->seats[i].kind == SEAT_RESTRICTED ? 500 : 0;
	return sum + (leaves_single(m, first, p->n) ? (p->orphan_rule ? 20000 : 1000) : 0);
}

static int
by_penalty(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;

	return x->penalty != y->penalty ? (x->penalty > y->penalty) - (x->penalty < y->penalty) :
	    (x->first > y->first) - (x->first < y->first);
}

bool
best_plan_free(const struct best_plan *p, size_t from_rank, struct seat_set *out)
{
	struct candidate list[CANDIDATES_MAX];
	size_t n = 0;

	for (size_t i = 0; i < p->map->n && n < CANDIDATES_MAX; i++)
		if ((!p->section || p->map->seats[i].section->id == p->section) && run_free(p->map, i, p->n))
			list[n++] = (struct candidate){ i, penalty(p, i) };
	if (n == 0)
		return false;
	qsort(list, n, sizeof(list[0]), by_penalty);
	from_rank %= n;
	out->n = (size_t)p->n;
	for (size_t i = 0; i < out->n; i++)
		out->ids[i] = p->map->seats[list[from_rank].first + i].id;
	return true;
}

bool
best_from_locked(struct db *db, struct arena *a, int64_t show, struct best_plan *p, struct seat_set *out)
{
	struct seatmap now = *p->map;
	struct best_plan locked = *p;
	int64_t low = INT64_MAX, high = 0;
	struct rows *rows;
	size_t at = 0;

	now.seats = ARENA_ARRAY(a, struct seat, now.n);
	for (size_t i = 0; i < now.n; i++) {
		now.seats[i] = p->map->seats[i];
		now.seats[i].status = SEAT_SOLD;
		if (now.seats[i].section->id == p->section) {
			low = now.seats[i].id < low ? now.seats[i].id : low;
			high = now.seats[i].id > high ? now.seats[i].id : high;
		}
	}
	rows = db_select(db, &section_lock, show, low, high);
	while (rows_next(rows)) {
		while (at < now.n && now.seats[at].id < row_int(rows, 0))
			at++;
		if (at < now.n && now.seats[at].id == row_int(rows, 0) && row_int(rows, 1))
			now.seats[at].status = SEAT_FREE;
	}
	locked.map = &now;
	return best_plan_free(&locked, 0, out);
}

/* Every section by itself, best tier first: the last word, under lock. */
static enum outcome
decide_locked(struct db *db, struct arena *a, struct hold_ask *ask, const struct best_plan *p, struct hold_result *result)
{
	for (int tier = 1; tier <= 4; tier++)
		for (size_t i = 0; i < p->map->n_sections; i++) {
			const struct section *s = &p->map->sections[i];
			struct best_plan one = *p;
			enum outcome o;

			if (s->tier != tier || (p->section && p->section != s->id))
				continue;
			one.section = s->id;
			o = hold_take_best_locked(db, a, ask, &one, result);
			if (o != OUTCOME_NO_ROOM)
				return o;
		}
	return OUTCOME_NO_ROOM;
}

enum outcome
hold_best(struct db *db, struct arena *a, int64_t show, int64_t buyer, int64_t section, int n, struct hold_result *result)
{
	struct hold_ask ask = { .show = show, .buyer = buyer };
	struct best_plan plan = { .section = section, .n = n };
	struct seatmap map;
	struct sale sale;
	enum outcome o = OUTCOME_OK;

	memset(result, 0, sizeof(*result));
	result->sales_state = SPAN_NONE;
	if (!sale_read(db, show, &sale))
		return db_failed(db) ? outcome_of_reads(db) : OUTCOME_NOT_FOUND;
	plan.orphan_rule = sale.orphan_rule;
	if (n < 1 || n > sale.seats_a_hold) {
		result->limit = sale.seats_a_hold;
		return OUTCOME_LIMIT;
	}
	for (size_t try = 0; try < PLANS; try++) {
		o = seatmap_read(db, a, show, section, 0, &map);
		if (o != OUTCOME_OK)
			return o;
		plan.map = &map;
		if (!best_plan_free(&plan, try ? random_below(SCATTER) : 0, &ask.seats))
			return OUTCOME_NO_ROOM;
		o = hold_take(db, a, &ask, result);
		if (o == OUTCOME_SINGLE)
			break;
		if (o != OUTCOME_TAKEN)
			return o;
	}
	ask.seats.n = 0;
	return decide_locked(db, a, &ask, &plan, result);
}
