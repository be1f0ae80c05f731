/* locks.c - see locks.h. Every statement here names its show; seats are always read and written by primary key. */
#include "base/base.h"

#include "db/db.h"
#include "domain/outcome.h"
#include "domain/locks.h"
#include "domain/outbox.h"
#include "domain/states.h"

#define SALE_COLUMNS "SELECT state, currency, hold_seconds, extend_seconds, longest_seconds, seats_a_hold, holds_a_buyer, " \
    "orphan_rule, sales_from, sales_until, UTC_TIMESTAMP(3), UTC_TIMESTAMP(3) < sales_from, UTC_TIMESTAMP(3) >= sales_until, " \
    "COALESCE(companions_open_at <= UTC_TIMESTAMP(3), 0) FROM show_sales WHERE show_id = ?"

STATEMENT(sale_plain, SHOW, "ttiiiiiidddiii", SALE_COLUMNS);
STATEMENT(sale_lock, SHOW, "ttiiiiiidddiii", SALE_COLUMNS " LOCK IN SHARE MODE");
STATEMENT(buyer_lock, SHOW, "", "INSERT INTO hold_buyers (show_id, buyer_id, touched) VALUES (?, ?, 0) "
    "ON DUPLICATE KEY UPDATE touched = touched + 1");
STATEMENT(hold_lock, SHOW, "ittdddiii", "SELECT buyer_id, state, reason, expires_at, seats_until, longest_until, extensions, "
    "expires_at <= UTC_TIMESTAMP(3), seats_until <= UTC_TIMESTAMP(3) FROM holds WHERE show_id = ? AND hold_id = ? FOR UPDATE");
STATEMENT(payments_lock, SHOW, "ittii", "SELECT payment_id, state, provider, amount_minor, by_token FROM payments "
    "FORCE INDEX (by_hold) WHERE show_id = ? AND hold_id = ? ORDER BY payment_id FOR UPDATE");
#ifdef FOYER_TEST_SKIP_ROW_LOCK
#define SEAT_LOCK ""		/* only in the storm's negative control */
#else
#define SEAT_LOCK " FOR UPDATE"
#endif
STATEMENT(seats_lock, SHOW, "iiiiii", "SELECT seat_id, section_id, COALESCE(hold_id, 0), " SEAT_IS_FREE ", status = 'held', version "
    "FROM show_seats FORCE INDEX (PRIMARY) WHERE show_id = ? AND seat_id IN " IN_24 " ORDER BY seat_id" SEAT_LOCK);
STATEMENT(booking_lock, SHOW, "it", "SELECT booking_id, state FROM bookings WHERE show_id = ? AND hold_id = ? FOR UPDATE");
STATEMENT(hold_seats_ids, SHOW, "i", "SELECT seat_id FROM hold_seats WHERE show_id = ? AND hold_id = ? ORDER BY seat_id");
STATEMENT(seats_free, SHOW, "", "UPDATE show_seats FORCE INDEX (PRIMARY) SET status = 'available', hold_id = NULL, expires_at = NULL, "
    "version = version + 1 WHERE show_id = ? AND hold_id = ? AND seat_id IN " IN_8);
STATEMENT(hold_finish, SHOW, "", "UPDATE holds SET state = ?, reason = ?, ended_at = UTC_TIMESTAMP(3) "
    "WHERE show_id = ? AND hold_id = ? AND state = 'active'");
STATEMENT(booking_fail, SHOW, "", "UPDATE bookings SET state = 'failed', ended_at = UTC_TIMESTAMP(3) "
    "WHERE show_id = ? AND booking_id = ? AND state = 'pending'");
STATEMENT(ask_hurry_all, SHOW, "", "UPDATE payments FORCE INDEX (by_hold) SET ask_at = UTC_TIMESTAMP(3), asks = 0 WHERE show_id = ? AND hold_id = ? "
    "AND state IN ('created', 'open', 'capturing')");
STATEMENT(booking_seats_cancel, SHOW, "", "UPDATE booking_seats SET state = 'cancelled' "
    "WHERE show_id = ? AND booking_id = ? AND state = 'pending'");

static bool
sale_fill(struct rows *row, struct sale *s)
{
	if (!row)
		return false;
	*s = (struct sale){
		.state = row_text(row, 0), .currency = row_text(row, 1), .hold_ms = row_int(row, 2) * 1000,
		.extend_ms = row_int(row, 3) * 1000, .longest_ms = row_int(row, 4) * 1000, .seats_a_hold = (int)row_int(row, 5),
		.holds_a_buyer = (int)row_int(row, 6), .orphan_rule = row_int(row, 7), .from_ms = row_int(row, 8),
		.until_ms = row_int(row, 9), .now_ms = row_int(row, 10), .early = row_int(row, 11), .late = row_int(row, 12),
		.companions_open = row_int(row, 13),
	};
	s->open = span_is(s->state, "on_sale") && !s->early && !s->late;
	rows_done(row);
	return true;
}

bool
sale_read(struct db *db, int64_t show, struct sale *s)
{
	return sale_fill(db_row(db, &sale_plain, show), s);
}

bool
lock_show(struct db *db, int64_t show, struct sale *s)
{
	return sale_fill(db_row(db, &sale_lock, show), s);
}

void
lock_buyer(struct db *db, int64_t show, int64_t buyer)
{
	db_change(db, &buyer_lock, show, buyer);
}

bool
lock_hold(struct db *db, int64_t show, int64_t hold, struct hold_row *h)
{
	struct rows *row = db_row(db, &hold_lock, show, hold);

	if (!row)
		return false;
	*h = (struct hold_row){ .id = hold, .buyer = row_int(row, 0), .state = row_text(row, 1), .reason = row_text(row, 2),
		.expires_ms = row_int(row, 3), .until_ms = row_int(row, 4), .longest_ms = row_int(row, 5),
		.extensions = (int)row_int(row, 6), .over = row_int(row, 7), .seats_over = row_int(row, 8) };
	rows_done(row);
	return true;
}

size_t
lock_payments(struct db *db, struct arena *a, int64_t show, int64_t hold, struct payment_row **out)
{
	struct rows *rows = db_select(db, &payments_lock, show, hold);
	size_t n = 0;

	*out = ARENA_ARRAY(a, struct payment_row, rows_count(rows));
	while (rows_next(rows))
		(*out)[n++] = (struct payment_row){ row_int(rows, 0), row_int(rows, 3), row_text(rows, 1), row_text(rows, 2),
			row_int(rows, 4) };
	return n;
}

size_t
lock_seats(struct db *db, int64_t show, const int64_t *ids, size_t n, struct seat_row out[LOCK_MAX_SEATS])
{
	struct value values[1 + LOCK_MAX_SEATS];
	struct rows *rows;
	size_t found = 0;

	if (n == 0 || n > LOCK_MAX_SEATS) {
		if (n)
			BUG("%zu seats to lock at once", n);
		return 0;
	}
	values[0] = value_int_(show);
	for (size_t i = 0; i < LOCK_MAX_SEATS; i++)
		values[1 + i] = value_int_(at_(ids, n, i));
	rows = db_select_values(db, &seats_lock, values, ARRAY_LEN(values));
	while (rows_next(rows) && found < LOCK_MAX_SEATS)
		out[found++] = (struct seat_row){ .id = row_int(rows, 0), .section = row_int(rows, 1), .hold = row_int(rows, 2),
			.free = row_int(rows, 3), .held = row_int(rows, 4), .version = row_int(rows, 5) };
	return found;
}

bool
lock_booking(struct db *db, int64_t show, int64_t hold, struct booking_row *b)
{
	struct rows *row = db_row(db, &booking_lock, show, hold);

	if (!row)
		return false;
	*b = (struct booking_row){ row_int(row, 0), row_text(row, 1) };
	rows_done(row);
	return true;
}

size_t
hold_seat_ids(struct db *db, int64_t show, int64_t hold, int64_t ids[HOLD_MAX_SEATS])
{
	struct rows *rows = db_select(db, &hold_seats_ids, show, hold);
	size_t n = 0;

	while (rows_next(rows) && n < HOLD_MAX_SEATS)
		ids[n++] = row_int(rows, 0);
	rows_done(rows);
	return n;
}

static int64_t
version_of(const struct seats_told *t, int64_t seat)
{
	for (size_t i = 0; i < t->n_rows; i++)
		if (t->rows[i].id == seat)
			return t->rows[i].version * 2 + t->up;
	BUG("seat=%" PRId64 " is told of but was not locked", seat);
	return 0;
}

struct span
seats_json(struct arena *a, struct seats_told t)
{
	struct buf b;

	buf_init(&b, a, 4 * KiB);
	buf_fmt(&b, "{\"%s\":%" PRId64 ",\"seats\":[", t.key, t.id);
	for (size_t i = 0; i < t.n; i++)
		buf_fmt(&b, "%s%" PRId64, i ? "," : "", t.ids[i]);
	if (t.rows)
		buf_text(&b, "],\"versions\":[");
	for (size_t i = 0; t.rows && i < t.n; i++)
		buf_fmt(&b, "%s%" PRId64, i ? "," : "", version_of(&t, t.ids[i]));
	buf_byte(&b, ']');
	if (t.reason)
		buf_fmt(&b, ",\"reason\":\"%s\"", t.reason);
	if (t.back)
		buf_fmt(&b, ",\"back\":%" PRId64, t.back->minor);
	buf_byte(&b, '}');
	return buf_view(&b);
}

void
seats_let_go(struct db *db, struct arena *a, int64_t show, int64_t hold, struct seat_row *rows, size_t n, const char *reason)
{
	struct seats_told t = { .key = "hold", .id = hold, .rows = rows, .n_rows = n, .up = SEATS_CHANGED, .reason = reason };
	int64_t ids[LOCK_MAX_SEATS];

	t.ids = ids;
	for (size_t i = 0; i < n; i++)
		if (rows[i].held && rows[i].hold == hold)
			ids[t.n++] = rows[i].id;
	if (t.n == 0)
		return;
	if (db_change(db, &seats_free, show, hold, AT_8(ids, t.n)) != (int64_t)t.n && !db_failed(db))
		db_refuse(db, "show=%" PRId64 " hold=%" PRId64 " lets go of other than its %zu locked seats", show, hold, t.n);
	outbox_add(db, show, "SEAT_RELEASED", hold, seats_json(a, t));
	for (size_t i = 0; i < n; i++)
		rows[i].version += rows[i].held && rows[i].hold == hold;
}

static bool
among(int64_t id, const int64_t *ids, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (ids[i] == id)
			return true;
	return false;
}

void
seats_tell_expired(struct db *db, struct arena *a, int64_t show, const int64_t *except, size_t n_except, const struct seat_row *rows,
    size_t n)
{
	int64_t told[LOCK_MAX_SEATS];
	size_t n_told = 0;

	for (size_t i = 0; i < n; i++) {
		int64_t ids[LOCK_MAX_SEATS], hold = rows[i].hold;
		size_t k = 0;

		if (!rows[i].held || among(hold, except, n_except) || among(hold, told, n_told))
			continue;
		for (size_t j = i; j < n; j++)
			if (rows[j].held && rows[j].hold == hold)
				ids[k++] = rows[j].id;
		outbox_add(db, show, "SEAT_RELEASED", hold, seats_json(a, (struct seats_told){ .key = "hold", .id = hold, .ids = ids, .n = k,
		    .rows = rows, .n_rows = n, .up = SEATS_EXPIRED, .reason = "expired" }));
		told[n_told++] = hold;
	}
}

void
payments_hurry(struct db *db, int64_t show, int64_t hold)
{
	db_change(db, &ask_hurry_all, show, hold);
}

void
booking_fail_if_over(struct db *db, struct arena *a, int64_t show, int64_t hold, const char *reason)
{
	struct payment_row *payments;
	struct booking_row b;
	size_t n = lock_payments(db, a, show, hold, &payments);

	for (size_t i = 0; i < n; i++)
		if (span_is(payments[i].state, "created") || span_is(payments[i].state, "open") ||
		    span_is(payments[i].state, "capturing")) {
			payments_hurry(db, show, hold);	/* nothing good can come of it: to be closed soon */
			return;
		}
	if (!lock_booking(db, show, hold, &b) || !span_is(b.state, "pending"))
		return;
	db_change(db, &booking_fail, show, b.id);
	db_change(db, &booking_seats_cancel, show, b.id);
	outbox_add(db, show, "BOOKING_FAILED", b.id,
	    arena_fmt(a, "{\"hold\":%" PRId64 ",\"reason\":\"%s\"}", hold, reason));
}

void
hold_end(struct db *db, struct arena *a, int64_t show, const struct hold_row *h, const char *state, const char *reason)
{
	if (!move_find(THING_HOLD, h->state, state) || db_change(db, &hold_finish, state, reason, show, h->id) != 1)
		return;
	outbox_add(db, show, "BOOKING_RELEASED", h->id, arena_fmt(a, "{\"hold\":%" PRId64 ",\"reason\":\"%s\"}", h->id, reason));
	booking_fail_if_over(db, a, show, h->id, reason);
}
