/* show_move.c - see show_move.h. */
#include "base/base.h"

#include "base/fault.h"
#include "domain/outbox.h"
#include "domain/show_move.h"

#define AT_ONCE 100		/* buyers told in one transaction */
#define FARTHEST_DAYS 800

STATEMENT(move_find, GLOBAL, "dtd", "SELECT starts_at, zone, UTC_TIMESTAMP(3) FROM shows WHERE show_id = ? AND listed");
STATEMENT(move_listed, GLOBAL, "d", "SELECT starts_at FROM shows WHERE show_id = ?");
STATEMENT(move_listing, GLOBAL, "", "UPDATE shows SET starts_at = ?, starts_local = ?, local_date = ? WHERE show_id = ?");
#define MOVED_SALE "SELECT state, starts_at, moved_from IS NOT NULL, COALESCE(moved_from, starts_at) FROM show_sales WHERE show_id = ?"
STATEMENT(move_sale_plain, SHOW, "tdid", MOVED_SALE);
STATEMENT(move_sale_own, SHOW, "tdid", MOVED_SALE " FOR UPDATE");
STATEMENT(move_sale_share, SHOW, "tdid", MOVED_SALE " LOCK IN SHARE MODE");
/* From left to right: what stands first still sees the old start. */
STATEMENT(move_sale, SHOW, "", "UPDATE show_sales SET moved_from = starts_at, moved_at = UTC_TIMESTAMP(3), "
    "sales_until = TIMESTAMPADD(SECOND, ?, sales_until), companions_open_at = TIMESTAMPADD(SECOND, ?, companions_open_at), starts_at = ? "
    "WHERE show_id = ?");
STATEMENT(move_untold, SHOW, "i", "SELECT b.booking_id FROM bookings b JOIN show_sales s ON s.show_id = ? WHERE b.show_id = ? "
    "AND b.booking_id > ? AND b.state = 'confirmed' AND b.confirmed_at <= s.moved_at AND (b.told_start IS NULL OR b.told_start <> s.starts_at) "
    "ORDER BY b.booking_id LIMIT 100");
STATEMENT(move_known, SHOW, "d", "SELECT s.moved_from FROM bookings b JOIN show_sales s ON s.show_id = ? WHERE b.show_id = ? "
    "AND b.booking_id = ? AND b.confirmed_at <= s.moved_at AND s.moved_from <> s.starts_at");
STATEMENT(move_told, SHOW, "", "UPDATE bookings SET told_start = ? WHERE show_id = ? AND booking_id = ? AND state = 'confirmed' "
    "AND (told_start IS NULL OR told_start <> ?)");

TRANSACTION(move_listing_tx, "move_listing");
TRANSACTION(move_sale_tx, "move_sale");
TRANSACTION(move_tell_tx, "move_tell");

struct moving {
	struct arena *arena;
	int64_t show, to_ms;
	struct span to_local, to_date;	/* as the database has them */
	struct show_move *result;
	enum outcome outcome;

	struct span state;		/* of the sale, as it was read last */
	int64_t from_ms, now_ms, moved_from_ms;
	bool was_moved;
	int64_t bookings[AT_ONCE];
	size_t n;
	size_t told;			/* of them, in this run */
};

static enum outcome
no(struct moving *m, const char *why)
{
	m->result->no = why;
	return OUTCOME_CLOSED;
}

static bool
sale_fill(struct rows *row, struct moving *m)
{
	if (!row)
		return false;
	m->state = row_text(row, 0);
	m->from_ms = row_int(row, 1);
	m->was_moved = row_int(row, 2);
	m->moved_from_ms = row_int(row, 3);
	rows_done(row);
	return true;
}

static bool
is_cancelled(const struct moving *m)
{
	return span_is(m->state, "cancelling") || span_is(m->state, "cancelled");
}

static enum outcome
run(struct db *db, const struct transaction *tx, enum tx_end (*body)(struct db *, void *), struct moving *m)
{
	enum tx_result r;

	m->outcome = OUTCOME_OK;
	r = tx_run(db, tx, body, m);
	if (r == TX_DUPLICATE)
		return no(m, "another show begins in its hall then");
	return r == TX_DONE ? m->outcome : outcome_of_tx(r);
}

static enum tx_end
end_with(struct moving *m, enum outcome o)
{
	m->outcome = o;
	return o == OUTCOME_OK ? TX_COMMIT : TX_ROLLBACK;
}

/* -- when ------------------------------------------------------------------------------------------------------------------- */

/* "2026-12-01 19:30"; an hour that the clocks skip is none. */
static bool
read_local(struct moving *m, struct span text, const struct zone *zone)
{
	struct span rest = span_trim(text), day = span_cut(&rest, ' '), hour = span_cut(&rest, ':');
	struct civil c, back;
	int64_t hours, minutes;

	if (!date_parse(day, &c) || hour.n != 2 || rest.n != 2 || !span_int(hour, 0, 23, &hours) || !span_int(rest, 0, 59, &minutes))
		return false;
	c.hour = (int)hours;
	c.minute = (int)minutes;
	c.second = 0;
	m->to_ms = civil_ms(c, zone);
	back = moment_civil((struct moment){ m->to_ms, zone });
	m->to_date = arena_copy(m->arena, day);
	m->to_local = arena_fmt(m->arena, PRSPAN " %02d:%02d:00.000", ARGSPAN(day), c.hour, c.minute);
	return back.hour == c.hour && back.minute == c.minute;
}

static enum outcome
check(struct db *db, struct moving *m, struct span local)
{
	struct rows *row = db_row(db, &move_find, m->show);
	const struct zone *zone;
	int64_t listed_ms;

	if (!row)
		return db_failed(db) ? outcome_of_reads(db) : OUTCOME_NOT_FOUND;
	listed_ms = row_int(row, 0);
	zone = zone_named(row_text(row, 1));
	m->now_ms = row_int(row, 2);
	rows_done(row);
	if (!sale_fill(db_row(db, &move_sale_plain, m->show), m) || span_is(m->state, "draft"))
		return db_failed(db) ? outcome_of_reads(db) : OUTCOME_NOT_FOUND;
	if (is_cancelled(m))
		return no(m, "it is cancelled");
	if (span_is(m->state, "ended") || listed_ms <= m->now_ms)
		return no(m, "it has begun, or is over");
	if (!read_local(m, local, zone))
		return no(m, "there is no such time in its city; a time is written like 2026-12-01 19:30");
	if (m->to_ms <= m->now_ms || m->to_ms > m->now_ms + (int64_t)FARTHEST_DAYS * 86400000)
		return no(m, "that time is past, or too far ahead");
	m->result->to = (struct moment){ m->to_ms, zone };
	return OUTCOME_OK;
}

/* -- the steps --------------------------------------------------------------------------------------------------------------- */

static enum tx_end
listing_body(struct db *db, void *context)
{
	struct moving *m = context;
	int64_t local_ms;

	if (!sql_time_parse(m->to_local, &local_ms)) {
		BUG("show=%" PRId64 " its new time cannot be read again", m->show);
		return end_with(m, OUTCOME_BROKEN);
	}
	db_change(db, &move_listing, at_ms(m->to_ms), at_ms(local_ms), m->to_date, m->show);
	return end_with(m, OUTCOME_OK);
}

/*
 * With the sale's row locked. Of several who move the show at once, the one who wrote the listing last comes here after that: only this
 * one sets the sale, so both say the same in the end.
 */
static bool
is_listed(struct db *db, const struct moving *m)
{
	struct rows *row = db_row(db, &move_listed, m->show);
	bool same;

	if (!row)
		return false;
	same = row_int(row, 0) == m->to_ms;
	rows_done(row);
	return same;
}

static enum tx_end
sale_body(struct db *db, void *context)
{
	struct moving *m = context;
	int64_t seconds;

	if (!sale_fill(db_row(db, &move_sale_own, m->show), m))
		return end_with(m, OUTCOME_NOT_FOUND);
	if (is_cancelled(m))
		return end_with(m, no(m, "it was cancelled meanwhile"));
	if (!is_listed(db, m)) {
		m->result->no = "somebody else moves it at this moment; look at when it begins now, and move it again if need be";
		return end_with(m, OUTCOME_CHANGED);
	}
	seconds = (m->to_ms - m->from_ms) / 1000;
	if (seconds)		/* none: an earlier call has come as far as this */
		db_change(db, &move_sale, seconds, seconds, at_ms(m->to_ms), m->show);
	return end_with(m, OUTCOME_OK);
}

static enum tx_end
tell_body(struct db *db, void *context)
{
	struct moving *m = context;

	m->told = 0;
	if (!sale_fill(db_row(db, &move_sale_share, m->show), m))
		return end_with(m, OUTCOME_NOT_FOUND);
	if (is_cancelled(m))
		return end_with(m, no(m, "it was cancelled meanwhile"));
	for (size_t i = 0; i < m->n; i++) {
		if (db_change(db, &move_told, at_ms(m->from_ms), m->show, m->bookings[i], at_ms(m->from_ms)) != 1)
			continue;
		FAULT_DB(db, "move.told");
		outbox_add(db, m->show, "SHOW_MOVED", m->bookings[i], arena_fmt(m->arena, "{\"from\":%" PRId64 ",\"to\":%" PRId64 "}",
		    m->moved_from_ms, m->from_ms));
		m->told++;
	}
	return end_with(m, OUTCOME_OK);
}

/* Whoever bought before the show was moved the last time, and does not know yet. */
static enum outcome
tell_all(struct db *db, struct moving *m)
{
	int64_t after = 0;
	enum outcome o = OUTCOME_OK;

	do {
		struct rows *rows = db_select(db, &move_untold, m->show, m->show, after);

		for (m->n = 0; m->n < AT_ONCE && rows_next(rows); m->n++)
			after = m->bookings[m->n] = row_int(rows, 0);
		rows_done(rows);
		if (m->n)
			o = run(db, &move_tell_tx, tell_body, m);
		if (o == OUTCOME_OK && m->n)
			m->result->told += m->told;
	} while (o == OUTCOME_OK && m->n == AT_ONCE);
	return o == OUTCOME_OK ? outcome_of_reads(db) : o;
}

enum outcome
show_move(struct db *db, struct arena *a, int64_t show, struct span local, struct show_move *result)
{
	struct moving m = { .arena = a, .show = show, .result = result };
	enum outcome o;

	*result = (struct show_move){ .told = 0 };
	o = check(db, &m, local);
	if (o == OUTCOME_OK && m.from_ms != m.to_ms)	/* an earlier move that was not told of to its end */
		o = tell_all(db, &m);
	if (o == OUTCOME_OK)
		o = run(db, &move_listing_tx, listing_body, &m);
	FAULT_DB(db, "move.listed");
	if (o == OUTCOME_OK)
		o = run(db, &move_sale_tx, sale_body, &m);
	if (o == OUTCOME_OK)
		o = tell_all(db, &m);
	if (o == OUTCOME_OK && sale_fill(db_row(db, &move_sale_plain, show), &m))
		result->from = (struct moment){ m.moved_from_ms, result->to.zone };
	if (o == OUTCOME_OK)
		log_info("show.moved", "show=%" PRId64 " told=%zu", show, result->told);
	return o;
}

enum outcome
show_moved_from(struct db *db, int64_t show, int64_t *from_ms)
{
	struct moving m = { .show = show };

	if (!sale_fill(db_row(db, &move_sale_plain, show), &m) || !m.was_moved)
		return db_failed(db) ? outcome_of_reads(db) : OUTCOME_NOT_FOUND;
	*from_ms = m.moved_from_ms;
	return OUTCOME_OK;
}

bool
booking_moved(struct db *db, int64_t show, int64_t booking, int64_t *from_ms)
{
	struct rows *row = db_row(db, &move_known, show, show, booking);

	if (!row)
		return false;
	*from_ms = row_int(row, 0);
	rows_done(row);
	return true;
}
