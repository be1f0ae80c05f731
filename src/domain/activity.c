/* activity.c - see activity.h. */
#include "base/base.h"

#include "base/fault.h"
#include "domain/activity.h"
#include "domain/catalog.h"
#include "domain/days.h"
#include "domain/seats.h"

const char *const activity_types[] = { "SEAT_HELD", "SEAT_RELEASED", "BOOKING_PENDING", "BOOKING_CONFIRMED", "BOOKING_CANCELLED",
	"BOOKING_REDUCED", "PAYMENT_FAILED", "REFUND_DONE" };
const size_t n_activity_types = ARRAY_LEN(activity_types);

STATEMENT(activity_put, DIRECTORY, "", "INSERT INTO activity (event_id, show_id, type, happened_at, seat_count, reason) VALUES (?, ?, ?, ?, "
    "COALESCE(JSON_LENGTH(?, '$.seats'), JSON_LENGTH(?, '$.tickets'), 0), COALESCE(LEFT(JSON_UNQUOTE(JSON_EXTRACT(?, '$.reason')), 20), '')) "
    "ON DUPLICATE KEY UPDATE type = type");
STATEMENT(activity_newest, DIRECTORY, "i", "SELECT event_id FROM activity ORDER BY event_id DESC LIMIT ?");
STATEMENT(activity_drop, DIRECTORY, "", "DELETE FROM activity WHERE event_id < ? ORDER BY event_id LIMIT 1000");
STATEMENT(activity_list, DIRECTORY, "iittid", "SELECT show_id, event_id, type, reason, seat_count, happened_at FROM activity ORDER BY event_id DESC LIMIT ?");
STATEMENT(activity_show, GLOBAL, "ttt", "SELECT e.title, c.name, w.zone FROM shows w JOIN events e ON e.event_id = w.event_id "
    "JOIN cities c ON c.city_id = w.city_id WHERE w.show_id = ? AND w.listed");
STATEMENT(activity_today, GLOBAL, "i", "SELECT show_id FROM shows WHERE city_id = ? AND local_date = ? AND listed AND starts_at > UTC_TIMESTAMP(3)");
STATEMENT(activity_seats, SHOW, "iii", "SELECT CAST(SUM(t.status = 'confirmed') AS SIGNED), CAST(SUM(t.status = 'held' AND NOT " SEAT_IS_FREE
    ") AS SIGNED), CAST(SUM(" SEAT_IS_FREE ") AS SIGNED) FROM show_seats t JOIN show_sales s ON s.show_id = ? AND s.state = 'on_sale' "
    "WHERE t.show_id = ? HAVING COUNT(*) > 0");

TRANSACTION(activity_tx, "activity");

struct adding {
	const struct delivery *list;
	size_t n;
};

static enum tx_end
add_body(struct db *db, void *context)
{
	const struct adding *w = context;
	struct rows *rows;
	int64_t last = 0;
	size_t n = 0;

	for (size_t i = 0; i < w->n; i++) {
		const struct delivery *d = &w->list[i];

		db_change(db, &activity_put, d->event, d->show, d->type, at_ms(d->at_ms), d->payload, d->payload, d->payload);
	}
	rows = db_select(db, &activity_newest, ACTIVITY_KEPT);
	for (; rows_next(rows); n++)
		last = row_int(rows, 0);
	if (n == ACTIVITY_KEPT)
		db_change(db, &activity_drop, last);
	return TX_COMMIT;
}

enum outcome
activity_add(struct db *db, const struct delivery *list, size_t n)
{
	struct adding w = { list, n };
	enum tx_result r = tx_run(db, &activity_tx, add_body, &w);

	return r == TX_DONE ? OUTCOME_OK : outcome_of_tx(r);
}

/* False: the public knows no such show. */
static bool
show_words(struct db *db, const struct activity *before, size_t n, struct activity *a)
{
	struct rows *row;

	for (size_t i = 0; i < n; i++)
		if (before[i].show == a->show) {
			a->title = before[i].title;
			a->city = before[i].city;
			a->at.zone = before[i].at.zone;
			return true;
		}
	if (!(row = db_row(db, &activity_show, a->show)))
		return false;
	a->title = row_text(row, 0);
	a->city = row_text(row, 1);
	a->at.zone = zone_named(row_text(row, 2));
	rows_done(row);
	return true;
}

enum outcome
activity_read(struct db *db, struct arena *arena, size_t most, struct activity **list, size_t *n)
{
	struct rows *rows = db_select(db, &activity_list, most);

	*list = ARENA_ARRAY(arena, struct activity, rows_count(rows));
	*n = 0;
	while (rows_next(rows)) {
		struct activity *a = &(*list)[*n];

		*a = (struct activity){ .show = row_int(rows, 0), .event = row_int(rows, 1), .type = row_text(rows, 2), .reason = row_text(rows, 3),
			.seats = row_int(rows, 4), .at = { row_int(rows, 5), NULL } };
		*n += show_words(db, *list, *n, a);
	}
	return outcome_of_reads(db);
}

static void
count_show(struct db *db, int64_t show, struct activity_now *now)
{
	struct rows *row = db_row(db, &activity_seats, show, show);

	if (!row)
		return;
	now->shows++;
	now->sold += row_int(row, 0);
	now->held += row_int(row, 1);
	now->free += row_int(row, 2);
	rows_done(row);
}

enum outcome
activity_now(struct db *db, struct arena *a, struct activity_now *now)
{
	struct city *cities;
	size_t n;
	enum outcome o = cities_read(db, a, &cities, &n);

	*now = (struct activity_now){ 0 };
	for (size_t i = 0; o == OUTCOME_OK && i < n; i++) {
		struct rows *rows = db_select(db, &activity_today, cities[i].id, day_of(a, cities[i].zone, 0));

		while (rows_next(rows))
			count_show(db, row_int(rows, 0), now);
		o = outcome_of_reads(db);
	}
	return o;
}
