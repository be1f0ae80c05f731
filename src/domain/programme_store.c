/* programme_store.c - see programme_store.h. The halls' seats are in programme_seats.c. */
#include "base/base.h"

#include "db/db.h"
#include "domain/outcome.h"
#include "domain/programme_seats.h"
#include "domain/programme_store.h"
#include "domain/publish.h"

#define DAY_MS ((int64_t)86400000)
#define AT_ONCE_MS ((int64_t)946684800000)	/* 2000-01-01: the sale has begun long ago, however often this is loaded */

TRANSACTION(load_catalogue_tx, "load.catalogue");
TRANSACTION(load_shows_tx, "load.shows");
TRANSACTION(list_shows_tx, "load.list");

STATEMENT(recall_cities, GLOBAL, "itttt", "SELECT city_id, slug, name, zone, currency FROM cities ORDER BY city_id");
STATEMENT(recall_venues, GLOBAL, "ittt", "SELECT v.venue_id, v.slug, v.name, c.slug FROM venues v JOIN cities c ON c.city_id = v.city_id "
    "ORDER BY v.venue_id");
STATEMENT(recall_halls, GLOBAL, "itttiti", "SELECT h.hall_id, h.slug, h.name, v.slug, h.layout_version, h.kind, h.seat_count FROM halls h "
    "JOIN venues v ON v.venue_id = h.venue_id ORDER BY h.hall_id");
STATEMENT(recall_sections, GLOBAL, "itti", "SELECT c.section_id, c.slug, c.name, c.tier FROM sections c JOIN halls h "
    "ON h.hall_id = c.hall_id WHERE c.hall_id = ? AND EXISTS (SELECT 1 FROM seats s WHERE s.hall_id = c.hall_id "
    "AND s.layout_version = h.layout_version AND s.section_id = c.section_id) ORDER BY c.sort, c.section_id");
STATEMENT(recall_events, GLOBAL, "ittti", "SELECT event_id, slug, title, kind, minutes FROM events ORDER BY event_id");
STATEMENT(recall_shows, GLOBAL, "itidi", "SELECT w.show_id, e.slug, e.minutes, w.starts_at, NOT w.listed FROM shows w "
    "JOIN events e ON e.event_id = w.event_id WHERE w.hall_id = ? AND w.starts_at > ?");

STATEMENT(city_put, GLOBAL, "", "INSERT INTO cities (slug, name, zone, currency, sort) SELECT * FROM (SELECT ? AS slug, ? AS name, "
    "? AS zone, ? AS currency, ? AS sort) new_row ON DUPLICATE KEY UPDATE name = new_row.name, zone = new_row.zone, "
    "currency = new_row.currency, sort = new_row.sort");
STATEMENT(city_id, GLOBAL, "i", "SELECT city_id FROM cities WHERE slug = ?");
STATEMENT(venue_put, GLOBAL, "", "INSERT INTO venues (city_id, slug, name, address, map_url, phone, access_note, sort) SELECT * FROM "
    "(SELECT ? AS city_id, ? AS slug, ? AS name, ? AS address, ? AS map_url, ? AS phone, ? AS access_note, ? AS sort) new_row "
    "ON DUPLICATE KEY UPDATE city_id = new_row.city_id, name = new_row.name, address = new_row.address, map_url = new_row.map_url, "
    "phone = new_row.phone, access_note = new_row.access_note, sort = new_row.sort");
STATEMENT(venue_id, GLOBAL, "i", "SELECT venue_id FROM venues WHERE slug = ?");
STATEMENT(event_put, GLOBAL, "", "INSERT INTO events (slug, kind, title, genre, language, minutes, certificate, released, synopsis, poster) "
    "SELECT * FROM (SELECT ? AS slug, ? AS kind, ? AS title, ? AS genre, ? AS language, ? AS minutes, ? AS certificate, ? AS released, "
    "? AS synopsis, ? AS poster) new_row ON DUPLICATE KEY UPDATE kind = new_row.kind, title = new_row.title, genre = new_row.genre, "
    "language = new_row.language, minutes = new_row.minutes, certificate = new_row.certificate, released = new_row.released, "
    "synopsis = new_row.synopsis, poster = new_row.poster");
STATEMENT(event_id, GLOBAL, "i", "SELECT event_id FROM events WHERE slug = ?");
/* Found first, so that loading again uses up no numbers: they must last (sql/001). */
STATEMENT(show_add, GLOBAL, "", "INSERT INTO shows (event_id, hall_id, layout_version, city_id, starts_at, starts_local, local_date, zone, "
    "currency) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)");
STATEMENT(show_change, GLOBAL, "", "UPDATE shows SET price_min = ?, price_max = ? WHERE show_id = ?");
STATEMENT(show_number, GLOBAL, "ii", "SELECT show_id, layout_version FROM shows WHERE hall_id = ? AND starts_at = ?");
STATEMENT(show_list, GLOBAL, "", "UPDATE shows SET listed = TRUE WHERE show_id = ? AND NOT listed");

struct loading {
	struct programme *p;
	struct arena *arena;
	int64_t now_ms;
};

/* -- what the database has already --------------------------------------------------------------------------------------- */

/* The thing of this slug: of the file, or one more that is only recalled. Its id is set. */
#define RECALL(p, list, count, slug_, id_) ({ \
	typeof(list) found_ = NULL; \
	for (size_t i_ = 0; i_ < (count); i_++) \
		if (span_eq((list)[i_].slug, (slug_))) \
			found_ = &(list)[i_]; \
	if (!found_) { \
		found_ = PROGRAMME_ADD((p), (list), (count)); \
		*found_ = (typeof(*found_)){ .slug = (slug_) }; \
	} \
	found_->id = (id_); \
	found_; \
})

static void
recall_places(struct db *db, struct programme *p)
{
	struct rows *rows = db_select(db, &recall_cities);

	while (rows_next(rows)) {
		struct programme_city *c = RECALL(p, p->cities, p->n_cities, row_text(rows, 1), row_int(rows, 0));

		if (c->at.line)
			continue;
		c->name = row_text(rows, 2);
		c->zone_name = row_text(rows, 3);
		c->zone = zone_named(c->zone_name);
		c->currency = row_text(rows, 4);
	}
	rows = db_select(db, &recall_venues);
	while (rows_next(rows)) {
		struct programme_venue *v = RECALL(p, p->venues, p->n_venues, row_text(rows, 1), row_int(rows, 0));

		if (v->at.line)
			continue;
		v->name = row_text(rows, 2);
		v->city_slug = row_text(rows, 3);
	}
}

static void
recall_hall_sections(struct db *db, struct programme *p, struct programme_hall *h)
{
	struct rows *rows = db_select(db, &recall_sections, h->id);

	while (rows_next(rows))
		*PROGRAMME_ADD(p, h->sections, h->n_sections) = (struct programme_section){ .id = row_int(rows, 0),
			.slug = row_text(rows, 1), .name = row_text(rows, 2), .tier = row_int(rows, 3) };
}

static void
recall_halls_and_events(struct db *db, struct programme *p)
{
	struct rows *rows = db_select(db, &recall_halls);

	while (rows_next(rows)) {
		struct programme_hall *h = RECALL(p, p->halls, p->n_halls, row_text(rows, 1), row_int(rows, 0));

		h->layout_version = row_int(rows, 4);
		if (h->at.line)
			continue;
		h->name = row_text(rows, 2);
		h->venue_slug = row_text(rows, 3);
		h->n_seats = (size_t)row_int(rows, 6);
		recall_hall_sections(db, p, h);
	}
	rows = db_select(db, &recall_events);
	while (rows_next(rows)) {
		struct programme_event *e = RECALL(p, p->events, p->n_events, row_text(rows, 1), row_int(rows, 0));

		if (e->at.line)
			continue;
		e->title = row_text(rows, 2);
		e->minutes = row_int(rows, 4);
	}
}

static void
recall_busy(struct db *db, struct programme *p, int64_t now_ms)
{
	for (size_t i = 0; i < p->n_halls; i++) {
		struct rows *rows = db_select(db, &recall_shows, p->halls[i].id, at_ms(now_ms - DAY_MS));

		while (rows_next(rows))
			*PROGRAMME_ADD(p, p->busy, p->n_busy) = (struct programme_busy){ p->halls[i].slug, row_text(rows, 1),
				row_int(rows, 0), row_int(rows, 3), row_int(rows, 2), row_int(rows, 4) };
	}
}

/* -- the catalogue ------------------------------------------------------------------------------------------------------- */

static int64_t
number_of(struct db *db, const struct statement *find, struct span slug)
{
	struct rows *row = db_row(db, find, slug);
	int64_t id = row ? row_int(row, 0) : 0;

	if (row)
		rows_done(row);
	return id;
}

static void
write_places(struct db *db, struct programme *p)
{
	for (size_t i = 0; i < p->n_cities; i++) {
		struct programme_city *c = &p->cities[i];

		if (!c->at.line)
			continue;
		db_change(db, &city_put, c->slug, c->name, c->zone_name, c->currency, i);
		c->id = number_of(db, &city_id, c->slug);
	}
	for (size_t i = 0; i < p->n_venues; i++) {
		struct programme_venue *v = &p->venues[i];

		if (!v->at.line)
			continue;
		db_change(db, &venue_put, v->city->id, v->slug, v->name, v->address, v->map, v->phone, v->access, i);
		v->id = number_of(db, &venue_id, v->slug);
	}
}

/* The day "today" is where the programme plays; titles belong to no city, so the first one's. */
static struct value
released_value(const struct loading *w, const struct programme_event *e)
{
	const struct zone *zone = w->p->n_cities ? w->p->cities[0].zone : NULL;
	struct civil c;

	if (!e->has_released)
		return NO_VALUE;
	c = moment_civil((struct moment){ programme_moment(&e->released, 12 * 60, zone, w->now_ms), zone });
	return value_span_(arena_fmt(w->arena, "%04d-%02d-%02d", c.year, c.month, c.day));
}

static void
write_events(struct db *db, struct loading *w)
{
	for (size_t i = 0; i < w->p->n_events; i++) {
		struct programme_event *e = &w->p->events[i];

		if (!e->at.line)
			continue;
		db_change(db, &event_put, e->slug, e->kind, e->title, e->genre, e->language, e->minutes, e->certificate,
		    released_value(w, e), e->synopsis, e->poster);
		e->id = number_of(db, &event_id, e->slug);
	}
}

static enum tx_end
catalogue_body(struct db *db, void *context)
{
	struct loading *w = context;

	write_places(db, w->p);
	write_events(db, w);
	for (size_t i = 0; i < w->p->n_halls; i++)
		if (w->p->halls[i].at.line)
			programme_write_hall(db, w->arena, &w->p->halls[i], i);
	return TX_COMMIT;
}

/* -- the shows ----------------------------------------------------------------------------------------------------------- */

static void
price_range(const struct programme_show *s, int64_t *least, int64_t *most)
{
	*least = INT32_MAX;
	*most = 0;
	for (size_t i = 0; i < s->hall->n_sections; i++)
		for (size_t t = 0; t < s->prices->n_types; t++) {
			int64_t minor = programme_price(s->prices, s->hall->sections[i].tier, t);

			*least = minor < *least ? minor : *least;
			*most = minor > *most ? minor : *most;
		}
}

static void
find_show(struct db *db, struct programme_start *start)
{
	struct rows *row = db_row(db, &show_number, start->show->hall->id, at_ms(start->starts_ms));

	start->id = row ? row_int(row, 0) : 0;
	start->layout_version = row ? row_int(row, 1) : 0;
	if (row)
		rows_done(row);
}

static void
write_show(struct db *db, struct loading *w, struct programme_start *start)
{
	const struct programme_show *s = start->show;
	const struct programme_city *city = s->hall->venue->city;
	struct civil c = moment_civil((struct moment){ start->starts_ms, city->zone });
	int64_t local_ms = start->starts_ms + c.offset * (int64_t)1000, least, most;

	find_show(db, start);
	if (!start->id) {
		db_change(db, &show_add, s->event->id, s->hall->id, s->hall->layout_version, city->id, at_ms(start->starts_ms),
		    at_ms(local_ms), arena_fmt(w->arena, "%04d-%02d-%02d", c.year, c.month, c.day), city->zone_name, city->currency);
		find_show(db, start);
	}
	price_range(s, &least, &most);
	db_change(db, &show_change, least, most, start->id);
}

static enum tx_end
shows_body(struct db *db, void *context)
{
	struct loading *w = context;

	for (size_t i = 0; i < w->p->n_starts; i++)
		write_show(db, w, &w->p->starts[i]);
	return TX_COMMIT;
}

static enum tx_end
list_body(struct db *db, void *context)
{
	struct loading *w = context;

	for (size_t i = 0; i < w->p->n_starts; i++)
		if (!w->p->starts[i].show->draft)
			db_change(db, &show_list, w->p->starts[i].id);
	return TX_COMMIT;
}

static size_t
prices_of(const struct programme_show *s, struct publication_price *prices)
{
	size_t n = 0;

	for (size_t i = 0; i < s->hall->n_sections; i++)
		for (size_t t = 0; t < s->prices->n_types; t++)
			prices[n++] = (struct publication_price){ s->hall->sections[i].id, s->prices->types[t], s->prices->type[t]->name,
				s->prices->minor[s->hall->sections[i].tier][t], (int)t };
	return n;
}

static enum outcome
publish_start(struct db *db, struct loading *w, const struct programme_start *start)
{
	const struct programme_show *s = start->show;
	const struct zone *zone = s->hall->venue->city->zone;
	struct publication_price *prices = ARENA_ARRAY(w->arena, struct publication_price, s->hall->n_sections * PROGRAMME_TYPES);
	struct publication p = { .show = start->id, .hall = s->hall->id, .layout_version = start->layout_version, .draft = s->draft,
		.currency = s->prices->currency, .starts_ms = start->starts_ms,
		.hold_seconds = s->hold_seconds, .extend_seconds = s->extend_seconds, .longest_seconds = s->longest_seconds,
		.seats_a_hold = s->seats_a_hold, .holds_a_buyer = s->holds_a_buyer, .orphan_rule = !s->singles_allowed,
		.cancels = s->cancel_at.line > 0, .cancel_hours = s->cancel_hours, .cancel_fee_minor = s->cancel_fee,
		.charges = s->prices->charges, .n_charges = s->prices->n_charges, .prices = prices };

	p.sales_from_ms = programme_edge_ms(&s->sales_from, p.starts_ms, AT_ONCE_MS, zone, w->now_ms);
	p.sales_until_ms = programme_edge_ms(&s->sales_until, p.starts_ms, p.starts_ms, zone, w->now_ms);
	p.companions_open_ms = programme_edge_ms(&s->companions_open, p.starts_ms, 0, zone, w->now_ms);
	p.n_prices = prices_of(s, prices);
	return show_publish(db, w->arena, &p);
}

static enum outcome
write_shows(struct db *db, struct loading *w)
{
	enum tx_result r = tx_run(db, &load_shows_tx, shows_body, w);
	enum outcome o = OUTCOME_OK;

	if (r != TX_DONE)
		return outcome_of_tx(r);
	for (size_t i = 0; i < w->p->n_starts && o == OUTCOME_OK; i++)
		o = publish_start(db, w, &w->p->starts[i]);
	if (o != OUTCOME_OK)
		return o;
	r = tx_run(db, &list_shows_tx, list_body, w);
	return r == TX_DONE ? OUTCOME_OK : outcome_of_tx(r);
}

enum outcome
programme_prepare(struct db *db, struct programme *p, int64_t now_ms, struct programme_counts *counts)
{
	*counts = (struct programme_counts){ .halls = p->n_halls, .events = p->n_events };
	recall_places(db, p);
	recall_halls_and_events(db, p);
	recall_busy(db, p, now_ms);
	if (db_failed(db))
		return outcome_of_reads(db);
	programme_check(p);
	if (!p->n_errors)
		programme_schedule(p, now_ms);
	if (p->n_errors)
		return OUTCOME_NOT_FOUND;
	for (size_t i = 0; i < p->n_starts; i++) {
		*(p->starts[i].id ? &counts->known_shows : &counts->new_shows) += 1;
		counts->seats += p->starts[i].id ? 0 : p->starts[i].show->hall->n_seats;
	}
	counts->past_shows = p->n_past;
	return OUTCOME_OK;
}

enum outcome
programme_write(struct db *db, struct arena *a, struct programme *p, int64_t now_ms)
{
	struct loading w = { p, a, now_ms };
	enum tx_result r = tx_run(db, &load_catalogue_tx, catalogue_body, &w);

	return r == TX_DONE ? write_shows(db, &w) : outcome_of_tx(r);
}

enum outcome
programme_load(struct db *db, struct arena *a, struct programme *p, int64_t now_ms, struct programme_counts *counts)
{
	enum outcome o = programme_prepare(db, p, now_ms, counts);

	return o == OUTCOME_OK ? programme_write(db, a, p, now_ms) : o;
}
