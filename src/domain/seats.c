/*
 * seats.c - the plan of a hall and what is free in a show, read apart (they may live on different servers one day) and joined
 * here. Plain reads only: nothing in this file may decide who gets a seat.
 */
#include "base/base.h"

#include "base/money.h"
#include "db/db.h"
#include "domain/outcome.h"
#include "domain/publish.h"
#include "domain/seats.h"

#define PLAN "SELECT s.seat_id, s.section_id, s.row_label, s.number, s.plan_row, s.plan_col, s.kind FROM shows w " \
	"JOIN seats s ON s.hall_id = w.hall_id AND s.layout_version = w.layout_version WHERE w.show_id = ?"

/* Grows when a hold runs out, which no row tells, and grows on when that seat is then released or taken by another. */
#define SEATS_VERSION "(version * 2 + (status = 'held' AND expires_at <= UTC_TIMESTAMP(3)))"

STATEMENT(plan_sections, GLOBAL, "ittii", "SELECT c.section_id, c.slug, c.name, c.tier, c.step_free FROM shows w "
    "JOIN sections c ON c.hall_id = w.hall_id WHERE w.show_id = ? AND (? = 0 OR c.section_id = ?) ORDER BY c.sort, c.section_id");
STATEMENT(plan_hall, GLOBAL, "iittiit", PLAN " ORDER BY s.seat_id");
STATEMENT(plan_section, GLOBAL, "iittiit", PLAN " AND s.section_id = ? ORDER BY s.seat_id");
STATEMENT(plan_boxes, GLOBAL, "iiiii", "SELECT s.section_id, MIN(s.plan_row), MAX(s.plan_row), MIN(s.plan_col), MAX(s.plan_col) FROM shows w "
    "JOIN seats s ON s.hall_id = w.hall_id AND s.layout_version = w.layout_version WHERE w.show_id = ? GROUP BY s.section_id");
STATEMENT(status_hall, SHOW, "iiii", "SELECT seat_id, " SEAT_STATUS_NOW ", COALESCE(hold_id, 0), " SEATS_VERSION " FROM show_seats WHERE show_id = ? "
    "ORDER BY seat_id");
STATEMENT(status_section, SHOW, "iiii", "SELECT seat_id, " SEAT_STATUS_NOW ", COALESCE(hold_id, 0), " SEATS_VERSION " FROM show_seats WHERE show_id = ? "
    "AND section_id = ? ORDER BY seat_id");
STATEMENT(status_counts, SHOW, "iiii", "SELECT section_id, SUM(" SEAT_IS_FREE "), COUNT(*), SUM(" SEATS_VERSION ") FROM show_seats "
    "WHERE show_id = ? GROUP BY section_id");
STATEMENT(section_prices, SHOW, "iiit", "SELECT p.section_id, MIN(p.minor + p.extra_minor), "
    "MAX(CASE WHEN p.sort = 0 THEN p.minor + p.extra_minor ELSE 0 END), s.currency FROM show_prices p "
    "JOIN show_sales s ON s.show_id = ? WHERE p.show_id = ? AND p.sort < ? GROUP BY p.section_id, s.currency");
STATEMENT(seat_words_find, GLOBAL, "itttti", "SELECT s.seat_id, s.row_label, s.number, s.kind, c.name, s.section_id FROM seats s "
    "JOIN sections c ON c.section_id = s.section_id WHERE s.seat_id IN (?, ?, ?, ?, ?, ?, ?, ?) ORDER BY s.seat_id");

enum seat_kind
seat_kind_of(struct span word)
{
	static const char *const words[] = { "standard", "wheelchair", "companion", "restricted" };

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (span_is(word, words[i]))
			return (enum seat_kind)i;
	BUG("seat kind \"" PRSPAN "\"", ARGSPAN(word));
	return SEAT_STANDARD;
}

/* Plans have few sections, and seats come section by section: the one asked for last is mostly the one. */
static struct section *
section_find(struct seatmap *map, int64_t id, struct section *last)
{
	if (last && last->id == id)
		return last;
	for (size_t i = 0; i < map->n_sections; i++)
		if (map->sections[i].id == id)
			return &map->sections[i];
	return NULL;
}

static void
read_sections(struct db *db, struct arena *a, int64_t show, int64_t section, struct seatmap *map)
{
	struct rows *rows = db_select(db, &plan_sections, show, section, section);

	map->sections = ARENA_ARRAY(a, struct section, rows_count(rows));
	while (rows_next(rows))
		map->sections[map->n_sections++] = (struct section){ .id = row_int(rows, 0), .slug = row_text(rows, 1),
			.name = row_text(rows, 2), .tier = (int)row_int(rows, 3), .step_free = row_int(rows, 4) };
	if (!map->n_sections)
		return;
	rows = db_select(db, &section_prices, show, show, NO_LONGER_TOLD);
	while (rows_next(rows)) {
		struct section *s = section_find(map, row_int(rows, 0), NULL);

		if (!s)
			continue;
		s->price_from = money_of(row_int(rows, 1), row_text(rows, 3));
		s->price = money_of(row_int(rows, 2), row_text(rows, 3));
	}
}

static void
read_plan(struct db *db, struct arena *a, int64_t show, int64_t section, struct seatmap *map)
{
	struct rows *rows = section ? db_select(db, &plan_section, show, section) : db_select(db, &plan_hall, show);
	struct section *last = NULL;

	map->seats = ARENA_ARRAY(a, struct seat, rows_count(rows));
	while (rows_next(rows)) {
		struct seat *s = &map->seats[map->n];

		last = section_find(map, row_int(rows, 1), last);
		if (!last)
			continue;
		*s = (struct seat){ .id = row_int(rows, 0), .section = last, .row = row_text(rows, 2), .number = row_text(rows, 3),
			.plan_row = (int)row_int(rows, 4), .plan_col = (int)row_int(rows, 5), .kind = seat_kind_of(row_text(rows, 6)),
			.status = SEAT_BLOCKED };	/* until the show says otherwise */
		last->total++;
		map->n++;
	}
}

/* Both lists are in id order. A seat of the show that the plan does not have is no seat. */
static void
join_status(struct db *db, int64_t show, int64_t section, int64_t own_hold, struct seatmap *map)
{
	struct rows *rows = section ? db_select(db, &status_section, show, section) : db_select(db, &status_hall, show);
	struct section *last = NULL;
	size_t i = 0;

	while (rows_next(rows)) {
		int64_t id = row_int(rows, 0);
		struct seat *s;

		map->version += row_int(rows, 3);
		while (i < map->n && map->seats[i].id < id)
			i++;
		if (i == map->n || map->seats[i].id != id)
			continue;
		s = &map->seats[i];
		s->status = (enum seat_status)row_int(rows, 1);
		s->own = own_hold && row_int(rows, 2) == own_hold;
		if (s->status != SEAT_FREE && !s->own)
			continue;
		last = section_find(map, s->section->id, last);
		last->free++;
		map->free++;
	}
}

enum outcome
seatmap_read(struct db *db, struct arena *a, int64_t show, int64_t section, int64_t own_hold, struct seatmap *map)
{
	*map = (struct seatmap){ 0 };
	read_sections(db, a, show, section, map);
	if (map->n_sections) {
		read_plan(db, a, show, section, map);
		join_status(db, show, section, own_hold, map);
	}
	if (!db_failed(db) && !map->n)
		return OUTCOME_NOT_FOUND;
	return outcome_of_reads(db);
}

static void
read_boxes(struct db *db, int64_t show, struct seatmap *map)
{
	struct rows *rows = db_select(db, &plan_boxes, show);

	while (rows_next(rows)) {
		struct section *s = section_find(map, row_int(rows, 0), NULL);

		if (!s)
			continue;
		s->first_row = (int)row_int(rows, 1);
		s->last_row = (int)row_int(rows, 2);
		s->first_col = (int)row_int(rows, 3);
		s->last_col = (int)row_int(rows, 4);
	}
}

enum outcome
sections_read(struct db *db, struct arena *a, int64_t show, struct seatmap *map)
{
	struct rows *rows;

	*map = (struct seatmap){ 0 };
	read_sections(db, a, show, 0, map);
	read_boxes(db, show, map);
	rows = db_select(db, &status_counts, show);
	while (rows_next(rows)) {
		struct section *s = section_find(map, row_int(rows, 0), NULL);

		if (!s)
			continue;
		s->free = row_int(rows, 1);
		s->total = row_int(rows, 2);
		map->free += s->free;
		map->version += row_int(rows, 3);
	}
	if (!db_failed(db) && !map->n_sections)
		return OUTCOME_NOT_FOUND;
	return outcome_of_reads(db);
}

struct span
seat_name(struct arena *a, const struct seat *s)
{
	return arena_fmt(a, PRSPAN PRSPAN, ARGSPAN(s->row), ARGSPAN(s->number));
}

void
seat_names_add(struct buf *b, struct span row, struct span number)
{
	if (b->n)
		BUF_LIT(b, ", ");
	buf_span(b, row);
	if (row.n && row.p[row.n - 1] >= '0' && row.p[row.n - 1] <= '9')
		buf_byte(b, '-');
	buf_span(b, number);
}

static int64_t
id_at(const int64_t *ids, size_t n, size_t i)
{
	return i < n ? ids[i] : 0;
}

size_t
seat_words_read(struct db *db, const int64_t *ids, size_t n, struct seat_words words[HOLD_MAX_SEATS])
{
	struct rows *rows = db_select(db, &seat_words_find, id_at(ids, n, 0), id_at(ids, n, 1), id_at(ids, n, 2), id_at(ids, n, 3),
	    id_at(ids, n, 4), id_at(ids, n, 5), id_at(ids, n, 6), id_at(ids, n, 7));
	size_t found = 0;

	while (rows_next(rows))
		words[found++] = (struct seat_words){ .id = row_int(rows, 0), .row = row_text(rows, 1), .number = row_text(rows, 2),
			.kind = seat_kind_of(row_text(rows, 3)), .section_name = row_text(rows, 4), .section = row_int(rows, 5) };
	return found;
}
