/*
 * shows.c - lists of shows, and how each one's sale stands. What a show is comes from the catalogue, how it sells from its own
 * tables, by one statement a show: the two are never joined in SQL, so that shows can live apart one day.
 */
#include "base/base.h"

#include "db/db.h"
#include "domain/days.h"
#include "domain/outcome.h"
#include "domain/search.h"
#include "domain/seats.h"

#define FEW_PERCENT 10

#define SHOW_TYPES "iiiiidtttiitti" "ittttttttt" "ttttttid"
#define SHOW_COLUMNS "SELECT w.show_id, w.event_id, w.hall_id, w.layout_version, w.city_id, w.starts_at, CAST(w.local_date AS CHAR), " \
	"w.zone, w.currency, w.price_min, w.price_max, h.name, h.kind, h.by_section, " \
	"v.venue_id, v.slug, v.name, v.address, v.map_url, v.phone, v.access_note, c.slug, c.name, e.slug, " \
	"e.kind, e.title, e.genre, e.language, e.certificate, e.poster, e.minutes, e.released " \
	"FROM shows w JOIN events e ON e.event_id = w.event_id JOIN halls h ON h.hall_id = w.hall_id " \
	"JOIN venues v ON v.venue_id = h.venue_id JOIN cities c ON c.city_id = w.city_id "
#define TO_COME " AND w.listed AND w.starts_at > UTC_TIMESTAMP(3) "
#define BY_TITLE " ORDER BY e.title, e.event_id, v.sort, v.venue_id, w.starts_at, w.show_id LIMIT 400"
#define BY_VENUE " ORDER BY v.sort, v.venue_id, w.starts_at, w.show_id LIMIT 400"

STATEMENT(show_find, GLOBAL, SHOW_TYPES, SHOW_COLUMNS "WHERE w.show_id = ? AND w.listed");
STATEMENT(shows_of_day, GLOBAL, SHOW_TYPES, SHOW_COLUMNS "WHERE w.city_id = ? AND w.local_date = ?" TO_COME "AND " BROWSE_FILTERS BY_TITLE);
STATEMENT(shows_from_day, GLOBAL, SHOW_TYPES, SHOW_COLUMNS "WHERE w.city_id = ? AND w.local_date >= ?" TO_COME "AND " BROWSE_FILTERS
    BY_TITLE);
STATEMENT(event_shows_of_day, GLOBAL, SHOW_TYPES, SHOW_COLUMNS "WHERE w.event_id = ? AND w.city_id = ? AND w.local_date = ?" TO_COME
    BY_VENUE);
STATEMENT(event_shows_from_day, GLOBAL, SHOW_TYPES, SHOW_COLUMNS "WHERE w.event_id = ? AND w.city_id = ? AND w.local_date >= ?" TO_COME
    BY_VENUE);
STATEMENT(show_sale, SHOW, "tddiiiiii", "SELECT s.state, s.sales_from, s.sales_until, s.seats_a_hold, UTC_TIMESTAMP(3) < s.sales_from, "
    "UTC_TIMESTAMP(3) >= s.sales_until, t.total, t.free, t.held FROM show_sales s JOIN (SELECT COUNT(*) AS total, "
    "SUM(" SEAT_IS_FREE ") AS free, SUM(status = 'held' AND expires_at > UTC_TIMESTAMP(3)) AS held FROM show_seats WHERE show_id = ?) t "
    "WHERE s.show_id = ?");

struct span
day_of(struct arena *a, const struct zone *zone, int ahead)
{
	struct civil c = moment_civil((struct moment){ day_noon(zone, ahead), zone });

	return arena_fmt(a, "%04d-%02d-%02d", c.year, c.month, c.day);
}

int64_t
day_noon(const struct zone *zone, int ahead)
{
	struct civil c = moment_civil((struct moment){ clock_now(), zone });

	c.day += ahead;
	c.hour = 12;
	c.minute = c.second = 0;
	return civil_ms(c, zone);
}

static const int part_begins[] = { [MORNING] = 5, [AFTERNOON] = 12, [EVENING] = 17, [NIGHT] = 21, [NIGHT + 1] = 24 + NIGHT_ENDS };

int64_t
part_first(enum part_of_day part)
{
	return part == ANY_TIME ? 0 : part_begins[part] - NIGHT_ENDS;
}

int64_t
part_last(enum part_of_day part)
{
	return part == ANY_TIME ? 23 : part_begins[part + 1] - NIGHT_ENDS - 1;
}

/* The order of SHOW_COLUMNS. */
static void
show_fill(struct rows *r, struct show *s)
{
	struct span currency = row_text(r, 8);

	*s = (struct show){ .id = row_int(r, 0), .hall_id = row_int(r, 2), .layout_version = row_int(r, 3), .city_id = row_int(r, 4),
		.starts = { row_int(r, 5), zone_named(row_text(r, 7)) }, .starts_utc_ms = row_int(r, 5), .local_date = row_text(r, 6),
		.price_min = money_of(row_int(r, 9), currency), .price_max = money_of(row_int(r, 10), currency),
		.hall_name = row_text(r, 11), .hall_kind = row_text(r, 12), .by_section = row_int(r, 13), .venue_id = row_int(r, 14),
		.venue_slug = row_text(r, 15), .venue_name = row_text(r, 16), .address = row_text(r, 17), .map_url = row_text(r, 18),
		.venue_phone = row_text(r, 19), .access_note = row_text(r, 20), .city_slug = row_text(r, 21), .city_name = row_text(r, 22) };
	s->event = (struct event){ .id = row_int(r, 1), .slug = row_text(r, 23), .kind = row_text(r, 24), .title = row_text(r, 25),
		.genre = row_text(r, 26), .language = row_text(r, 27), .certificate = row_text(r, 28), .poster = row_text(r, 29),
		.minutes = row_int(r, 30), .released_ms = row_int(r, 31) };
}

static enum availability
availability_of(struct span state, bool early, bool late, int64_t free, int64_t total)
{
	if (span_is(state, "cancelling") || span_is(state, "cancelled"))
		return SHOW_CANCELLED;
	if (span_is(state, "ended") || late)
		return SHOW_OVER;
	if (!span_is(state, "on_sale"))
		return SHOW_PAUSED;
	if (early)
		return SHOW_NOT_YET;
	if (free == 0)
		return SHOW_SOLD_OUT;
	return free * 100 < total * FEW_PERCENT ? SHOW_FEW : SHOW_FREE;
}

static void
sale_fill(struct db *db, struct show *s)
{
	struct rows *r = db_row(db, &show_sale, s->id, s->id);

	s->availability = SHOW_PAUSED;	/* listed, but its sale was never set up */
	if (!r)
		return;
	s->sales_from_ms = row_int(r, 1);
	s->sales_until_ms = row_int(r, 2);
	s->seats_a_hold = (int)row_int(r, 3);
	s->total = row_int(r, 6);
	s->free = row_int(r, 7);
	s->in_baskets = row_int(r, 8);
	s->availability = availability_of(row_text(r, 0), row_int(r, 4), row_int(r, 5), s->free, s->total);
}

static enum outcome
shows_fill(struct db *db, struct arena *a, struct rows *rows, struct show **list, size_t *n)
{
	*list = ARENA_ARRAY(a, struct show, rows_count(rows));
	for (*n = 0; rows_next(rows); (*n)++)
		show_fill(rows, &(*list)[*n]);
	for (size_t i = 0; i < *n; i++)
		sale_fill(db, &(*list)[i]);
	return outcome_of_reads(db);
}

enum outcome
shows_browse(struct db *db, struct arena *a, const struct city *city, const struct browse *b, struct show **list, size_t *n)
{
	/* A show of last night may still be to come. */
	struct span from = b->date.n ? b->date : day_of(a, city->zone, -1);
	const struct statement *st = b->date.n ? &shows_of_day : &shows_from_day;
	struct span ids = SPAN_NONE;

	*n = 0;
	*list = NULL;
	if (b->words.n && !(ids = search_events(db, a, b->words, city->id, from)).n)
		return outcome_of_reads(db);
	return shows_fill(db, a, db_select(db, st, city->id, from, BROWSE_VALUES(b, ids)), list, n);
}

enum outcome
event_shows(struct db *db, struct arena *a, const struct event *e, const struct city *city, struct span date, struct show **list, size_t *n)
{
	struct span from = date.n ? date : day_of(a, city->zone, -1);

	return shows_fill(db, a, db_select(db, date.n ? &event_shows_of_day : &event_shows_from_day, e->id, city->id, from), list, n);
}

enum outcome
show_read(struct db *db, struct arena *a, int64_t show, struct show *s)
{
	struct rows *row = db_row(db, &show_find, show);

	(void)a;
	if (!row)
		return db_failed(db) ? outcome_of_reads(db) : OUTCOME_NOT_FOUND;
	show_fill(row, s);
	sale_fill(db, s);
	return outcome_of_reads(db);
}
