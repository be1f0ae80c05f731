/* advice.c - see advice.h. Never writes. */
#include "base/base.h"

#include "domain/advice.h"
#include "domain/locks.h"
#include "domain/orphans.h"

#define NEAR_MAX 512		/* seats in the rows of one wish */

STATEMENT(wish_status, SHOW, "iiii", "SELECT seat_id, " SEAT_IS_FREE ", COALESCE(hold_id, 0), status = 'held' "
    "FROM show_seats FORCE INDEX (PRIMARY) WHERE show_id = ? AND seat_id IN " IN_8);
STATEMENT(buyer_active, SHOW, "i", "SELECT hold_id FROM holds WHERE show_id = ? AND buyer_id = ? AND state = 'active' "
    "AND seats_until > UTC_TIMESTAMP(3)");
/* The rows first, then their seats: half the work of joining every wished seat with its whole row. */
STATEMENT(wish_rows, GLOBAL, "iittii", "SELECT n.seat_id, n.section_id, n.row_label, n.kind, n.plan_col, n.plan_row "
    "FROM (SELECT DISTINCT hall_id, layout_version, section_id, row_label FROM seats WHERE seat_id IN " IN_8 ") w "
    "JOIN seats n ON n.hall_id = w.hall_id AND n.layout_version = w.layout_version AND n.section_id = w.section_id "
    "AND n.row_label = w.row_label ORDER BY n.section_id, n.row_label, n.plan_col");
STATEMENT(near_status, SHOW, "iii", "SELECT seat_id, " SEAT_IS_FREE ", COALESCE(hold_id, 0) FROM show_seats FORCE INDEX (PRIMARY) "
    "WHERE show_id = ? AND seat_id BETWEEN ? AND ? ORDER BY seat_id");

struct near_seat {
	int64_t section;
	struct span row;
	bool companion, wheelchair;
	struct orphan_seat s;
};

struct wish {
	const struct hold_ask *ask;
	int64_t own[4];			/* the buyer's holds that still have seats: these count as free */
	size_t n_own;
	struct near_seat *near;
	size_t n_near;
};

static bool
wanted(const struct hold_ask *ask, int64_t id)
{
	for (size_t i = 0; i < ask->seats.n; i++)
		if (ask->seats.ids[i] == id)
			return true;
	return false;
}

static bool
is_own(const struct wish *w, int64_t hold)
{
	for (size_t i = 0; i < w->n_own; i++)
		if (w->own[i] == hold)
			return true;
	return false;
}

static void
read_own(struct db *db, struct wish *w)
{
	struct rows *rows;

	if (w->ask->newcomer)
		return;
	rows = db_select(db, &buyer_active, w->ask->show, w->ask->buyer);
	while (w->n_own < ARRAY_LEN(w->own) && rows_next(rows))
		w->own[w->n_own++] = row_int(rows, 0);
	rows_done(rows);
}

static enum outcome
visibly_gone(struct db *db, struct wish *w, struct hold_result *result)
{
	const struct seat_set *s = &w->ask->seats;
	struct rows *rows = db_select(db, &wish_status, w->ask->show, AT_8(s->ids, s->n));
	int64_t ids[HOLD_MAX_SEATS], holds[HOLD_MAX_SEATS];
	size_t found = 0, gone = 0;

	for (; rows_next(rows); found++)
		if (!row_int(rows, 1) && gone < HOLD_MAX_SEATS) {
			ids[gone] = row_int(rows, 0);
			holds[gone++] = row_int(rows, 3) ? row_int(rows, 2) : 0;
		}
	if (db_failed(db))
		return outcome_of_reads(db);
	if (found != s->n)
		return OUTCOME_NOT_FOUND;
	if (!gone)
		return OUTCOME_OK;
	read_own(db, w);
	for (size_t i = 0; i < gone; i++)
		if (!holds[i] || !is_own(w, holds[i]))
			result->lost.ids[result->lost.n++] = ids[i];
	return result->lost.n ? OUTCOME_TAKEN : outcome_of_reads(db);
}

static bool
read_near(struct db *db, struct arena *a, struct wish *w)
{
	const struct seat_set *s = &w->ask->seats;
	struct rows *rows = db_select(db, &wish_rows, AT_8(s->ids, s->n));
	size_t n = rows_count(rows);

	if (n > NEAR_MAX) {
		rows_done(rows);
		return false;
	}
	w->near = ARENA_ARRAY(a, struct near_seat, n);
	while (rows_next(rows)) {
		struct near_seat *near = &w->near[w->n_near++];
		struct span kind = row_text(rows, 3);

		near->section = row_int(rows, 1);
		near->row = row_text(rows, 2);
		near->companion = span_is(kind, "companion");
		near->wheelchair = span_is(kind, "wheelchair");
		near->s = (struct orphan_seat){ .id = row_int(rows, 0), .plan_col = (int)row_int(rows, 4),
			.counts = !near->companion && !near->wheelchair };
		near->s.chosen = wanted(w->ask, near->s.id);
	}
	return !db_failed(db);
}

static bool
companion_alone(const struct wish *w)
{
	bool companion = false, wheelchair = false;

	for (size_t i = 0; i < w->n_near; i++) {
		companion |= w->near[i].s.chosen && w->near[i].companion;
		wheelchair |= w->near[i].s.chosen && w->near[i].wheelchair;
	}
	return companion && !wheelchair;
}

static void
read_near_status(struct db *db, struct wish *w)
{
	int64_t low = INT64_MAX, high = 0;
	struct rows *rows;

	for (size_t i = 0; i < w->n_near; i++) {
		low = w->near[i].s.id < low ? w->near[i].s.id : low;
		high = w->near[i].s.id > high ? w->near[i].s.id : high;
	}
	rows = db_select(db, &near_status, w->ask->show, low, high);
	while (rows_next(rows))
		for (size_t i = 0; i < w->n_near; i++)
			if (w->near[i].s.id == row_int(rows, 0))
				w->near[i].s.free = row_int(rows, 1) || is_own(w, row_int(rows, 2));
}

/* The whole wish again, with this row's part changed. */
static void
fix_of(const struct wish *w, size_t from, size_t n, const struct orphan_verdict *v, bool instead, struct seat_set *fix)
{
	fix->n = 0;
	for (size_t i = 0; i < w->n_near; i++) {
		bool here = i >= from && i < from + n;
		size_t at = i - from;
		bool take = w->near[i].s.chosen;

		if (here && instead && w->near[i].s.counts)
			take = at >= (size_t)v->instead_from && at < (size_t)(v->instead_from + v->instead_n);
		else if (here && !instead)
			take |= w->near[i].s.id == v->single;
		if (take && fix->n < HOLD_MAX_SEATS)
			fix->ids[fix->n++] = w->near[i].s.id;
	}
}

static enum outcome
single_left(struct wish *w, int most, struct hold_result *result)
{
	struct orphan_seat row[ORPHAN_ROW_MAX];

	for (size_t from = 0, n; from < w->n_near; from += n) {
		struct orphan_verdict v;

		for (n = 0; from + n < w->n_near && w->near[from + n].section == w->near[from].section &&
		    span_eq(w->near[from + n].row, w->near[from].row); n++)
			if (n < ORPHAN_ROW_MAX)
				row[n] = w->near[from + n].s;
		v = orphan_check(row, n, n + (size_t)most - w->ask->seats.n);
		if (!v.refused)
			continue;
		result->lost.ids[0] = v.single;
		result->lost.n = 1;
		fix_of(w, from, n, &v, true, &result->fixes[0]);
		if (v.take_too && w->ask->seats.n < (size_t)most)
			fix_of(w, from, n, &v, false, &result->fixes[1]);
		return OUTCOME_SINGLE;
	}
	return OUTCOME_OK;
}

enum outcome
advice_on_hold(struct db *db, struct arena *a, const struct hold_ask *ask, struct hold_result *result)
{
	struct wish w = { .ask = ask };
	struct sale sale;
	enum outcome o;

	if (ask->seats.n == 0)
		return OUTCOME_NOT_FOUND;
	o = visibly_gone(db, &w, result);
	if (o != OUTCOME_OK)
		return o;
	if (!sale_read(db, ask->show, &sale))
		return db_failed(db) ? outcome_of_reads(db) : OUTCOME_NOT_FOUND;
	if (!sale.open)
		return OUTCOME_OK;	/* the transaction says why */
	if (!read_near(db, a, &w))
		return db_failed(db) ? outcome_of_reads(db) : OUTCOME_OK;
	if (companion_alone(&w) && !sale.companions_open && !ask->add)
		return OUTCOME_COMPANION;
	if (!sale.orphan_rule)
		return OUTCOME_OK;
	if (!w.n_own)
		read_own(db, &w);
	read_near_status(db, &w);
	if (db_failed(db))
		return outcome_of_reads(db);
	return single_left(&w, sale.seats_a_hold, result);
}
