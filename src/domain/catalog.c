/* catalog.c - cities, titles, and which days have what. The shows themselves are read in shows.c. Never decides about a seat. */
#include "base/base.h"

#include "db/db.h"
#include "domain/catalog.h"
#include "domain/days.h"
#include "domain/outcome.h"
#include "domain/search.h"

#define CITY_COLUMNS "SELECT city_id, slug, name, currency, zone FROM cities"

STATEMENT(cities_all, GLOBAL, "itttt", CITY_COLUMNS " ORDER BY sort, name");
STATEMENT(city_find, GLOBAL, "itttt", CITY_COLUMNS " WHERE slug = ?");
STATEMENT(city_tonight, GLOBAL, "i", "SELECT COUNT(*) FROM shows WHERE city_id = ? AND local_date BETWEEN ? AND ? AND listed "
    "AND starts_at > UTC_TIMESTAMP(3) AND starts_at < ?");
STATEMENT(city_next, GLOBAL, "d", "SELECT starts_at FROM shows WHERE city_id = ? AND local_date >= ? AND listed "
    "AND starts_at > UTC_TIMESTAMP(3) ORDER BY local_date, starts_at LIMIT 1");
STATEMENT(days_count, GLOBAL, "ti", "SELECT CAST(w.local_date AS CHAR), COUNT(*) FROM shows w JOIN events e ON e.event_id = w.event_id "
    "WHERE w.city_id = ? AND w.local_date BETWEEN ? AND ? AND w.listed AND w.starts_at > UTC_TIMESTAMP(3) AND " BROWSE_FILTERS
    " GROUP BY w.local_date");
STATEMENT(event_days_count, GLOBAL, "ti", "SELECT CAST(local_date AS CHAR), COUNT(*) FROM shows WHERE event_id = ? AND city_id = ? "
    "AND local_date BETWEEN ? AND ? AND listed AND starts_at > UTC_TIMESTAMP(3) GROUP BY local_date");
STATEMENT(genres_here, GLOBAL, "t", "SELECT DISTINCT e.genre FROM shows w JOIN events e ON e.event_id = w.event_id "
    "WHERE w.city_id = ? AND w.local_date BETWEEN ? AND ? AND w.listed AND w.starts_at > UTC_TIMESTAMP(3) AND e.genre <> '' "
    "ORDER BY e.genre");
STATEMENT(languages_here, GLOBAL, "t", "SELECT DISTINCT e.language FROM shows w JOIN events e ON e.event_id = w.event_id "
    "WHERE w.city_id = ? AND w.local_date BETWEEN ? AND ? AND w.listed AND w.starts_at > UTC_TIMESTAMP(3) AND e.language <> '' "
    "ORDER BY e.language");
STATEMENT(event_find, GLOBAL, "itttttttitd", "SELECT event_id, slug, kind, title, genre, language, certificate, synopsis, minutes, poster, "
    "released FROM events WHERE slug = ?");

/* -- cities ---------------------------------------------------------------------------------------------------------------- */

/* The start of the next day's small hours: what begins before then is still tonight. */
static int64_t
night_end(const struct zone *zone)
{
	struct moment now = { clock_now(), zone };
	struct civil c = moment_civil(now);

	if (c.hour >= NIGHT_ENDS)
		c.day++;
	c.hour = NIGHT_ENDS;
	c.minute = c.second = 0;
	return civil_ms(c, zone);
}

static void
city_fill(struct rows *row, struct city *c)
{
	*c = (struct city){ .id = row_int(row, 0), .slug = row_text(row, 1), .name = row_text(row, 2), .currency = row_text(row, 3),
		.zone = zone_named(row_text(row, 4)) };
	if (!c->zone)
		BUG("city=" PRSPAN " has a zone that this system does not know", ARGSPAN(c->slug));
}

static void
city_soon(struct db *db, struct arena *a, struct city *c)
{
	struct span yesterday = day_of(a, c->zone, -1), tomorrow = day_of(a, c->zone, 1);
	struct rows *row = db_row(db, &city_tonight, c->id, yesterday, tomorrow, at_ms(night_end(c->zone)));

	c->tonight = row ? row_int(row, 0) : 0;
	if (c->tonight)
		return;
	row = db_row(db, &city_next, c->id, yesterday);
	c->next_ms = row ? row_int(row, 0) : 0;
}

enum outcome
cities_read(struct db *db, struct arena *a, struct city **list, size_t *n)
{
	struct rows *rows = db_select(db, &cities_all);

	*list = ARENA_ARRAY(a, struct city, rows_count(rows));
	for (*n = 0; rows_next(rows); (*n)++)
		city_fill(rows, &(*list)[*n]);
	for (size_t i = 0; i < *n; i++)
		city_soon(db, a, &(*list)[i]);
	return outcome_of_reads(db);
}

enum outcome
city_by_slug(struct db *db, struct arena *a, struct span slug, struct city *c)
{
	struct rows *row = db_row(db, &city_find, slug);

	(void)a;
	if (!row)
		return db_failed(db) ? outcome_of_reads(db) : OUTCOME_NOT_FOUND;
	city_fill(row, c);
	return OUTCOME_OK;
}

/* -- days ------------------------------------------------------------------------------------------------------------------ */

static void
days_begin(struct arena *a, const struct city *city, struct day_count days[14])
{
	for (int i = 0; i < 14; i++)
		days[i] = (struct day_count){ .date = day_of(a, city->zone, i), .noon = { day_noon(city->zone, i), city->zone } };
}

static enum outcome
days_fill(struct db *db, struct rows *rows, struct day_count days[14])
{
	while (rows_next(rows)) {
		struct span date = row_text(rows, 0);

		for (int i = 0; i < 14; i++)
			if (span_eq(days[i].date, date))
				days[i].shows = row_int(rows, 1);
	}
	return outcome_of_reads(db);
}

enum outcome
city_days(struct db *db, struct arena *a, const struct city *city, const struct browse *b, struct day_count days[14])
{
	struct span ids = SPAN_NONE;

	days_begin(a, city, days);
	if (b->words.n && !(ids = search_events(db, a, b->words, city->id, days[0].date)).n)
		return outcome_of_reads(db);
	return days_fill(db, db_select(db, &days_count, city->id, days[0].date, days[13].date, BROWSE_VALUES(b, ids)), days);
}

enum outcome
event_days(struct db *db, struct arena *a, const struct event *e, const struct city *city, struct day_count days[14])
{
	days_begin(a, city, days);
	return days_fill(db, db_select(db, &event_days_count, e->id, city->id, days[0].date, days[13].date), days);
}

static size_t
words_of(struct arena *a, struct rows *rows, struct span **list)
{
	size_t n = 0;

	*list = ARENA_ARRAY(a, struct span, rows_count(rows));
	while (rows_next(rows))
		(*list)[n++] = row_text(rows, 0);
	return n;
}

enum outcome
city_choices(struct db *db, struct arena *a, const struct city *city, struct span **genres, size_t *n_genres,
    struct span **languages, size_t *n_languages)
{
	struct span first = day_of(a, city->zone, 0), last = day_of(a, city->zone, 13);

	*n_genres = words_of(a, db_select(db, &genres_here, city->id, first, last), genres);
	*n_languages = words_of(a, db_select(db, &languages_here, city->id, first, last), languages);
	return outcome_of_reads(db);
}

/* -- titles ---------------------------------------------------------------------------------------------------------------- */

enum outcome
event_by_slug(struct db *db, struct arena *a, struct span slug, struct event *e)
{
	struct rows *row = db_row(db, &event_find, slug);

	(void)a;
	if (!row)
		return db_failed(db) ? outcome_of_reads(db) : OUTCOME_NOT_FOUND;
	*e = (struct event){ .id = row_int(row, 0), .slug = row_text(row, 1), .kind = row_text(row, 2), .title = row_text(row, 3),
		.genre = row_text(row, 4), .language = row_text(row, 5), .certificate = row_text(row, 6), .synopsis = row_text(row, 7),
		.minutes = row_int(row, 8), .poster = row_text(row, 9), .released_ms = row_int(row, 10) };
	return OUTCOME_OK;
}
