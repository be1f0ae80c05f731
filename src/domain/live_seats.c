/* live_seats.c - see live_seats.h. */
#include "base/base.h"

#include "db/db.h"
#include "domain/live_seats.h"
#include "domain/outcome.h"

#define SEAT_NOW "SELECT seat_id, " SEAT_STATUS_NOW ", version, expires_at, UTC_TIMESTAMP(3) FROM show_seats WHERE show_id = ?"

STATEMENT(live_hall, SHOW, "iiidd", SEAT_NOW " ORDER BY seat_id");
STATEMENT(live_named, SHOW, "iiidd", SEAT_NOW " AND seat_id IN (SELECT j.seat FROM JSON_TABLE(?, '$[*].seats[*]' "
    "COLUMNS (seat INT PATH '$')) AS j) ORDER BY seat_id");

static struct live_seat *
seat_add(struct rows *rows, struct live_seats *l)
{
	struct live_seat *s = &l->list[l->n++];

	*s = (struct live_seat){ row_int(rows, 0), (enum seat_status)row_int(rows, 1), row_int(rows, 2), row_int(rows, 3) };
	l->at_ms = row_int(rows, 4);
	return s;
}

enum outcome
live_seats_read(struct db *db, struct arena *a, int64_t show, struct live_seats *l)
{
	struct rows *rows = db_select(db, &live_hall, show);

	*l = (struct live_seats){ .total = (int64_t)rows_count(rows) };
	l->list = ARENA_ARRAY(a, struct live_seat, rows_count(rows));
	while (rows_next(rows)) {
		struct live_seat *s = seat_add(rows, l);
		bool is_free = s->status == SEAT_FREE;

		l->free += is_free;
		/* grows when a hold runs out, which no row tells, and grows on when that seat is then released or taken by another */
		l->version += s->version * 2 + (is_free && s->free_at_ms);
		l->n -= is_free && s->version == 0;
	}
	if (!db_failed(db) && !l->total)
		return OUTCOME_NOT_FOUND;
	return outcome_of_reads(db);
}

enum outcome
live_seats_named(struct db *db, struct arena *a, int64_t show, struct span payloads, struct live_seats *l)
{
	struct rows *rows = db_select(db, &live_named, show, payloads);

	*l = (struct live_seats){ .list = ARENA_ARRAY(a, struct live_seat, rows_count(rows)) };
	while (rows_next(rows))
		seat_add(rows, l);
	return outcome_of_reads(db);
}

void
live_seats_print(struct buf *b, const struct live_seats *l)
{
	static const char *const words[] = { "free", "held", "sold", "blocked" };	/* as enum seat_status */

	BUF_LIT(b, "\"seats\":[");
	for (size_t i = 0; i < l->n; i++) {
		const struct live_seat *s = &l->list[i];

		buf_fmt(b, "%s[%" PRId64 ",\"%s\",%" PRId64, i ? "," : "", s->id, words[s->status], s->version);
		if (s->status == SEAT_HELD)
			buf_fmt(b, ",%" PRId64, s->free_at_ms);
		buf_byte(b, ']');
	}
	buf_byte(b, ']');
}
