/* programme_seats.c - see programme_seats.h. */
#include "base/base.h"

#include "db/db.h"
#include "domain/json_text.h"
#include "domain/programme_seats.h"

STATEMENT(hall_put, GLOBAL, "", "INSERT INTO halls (venue_id, slug, name, kind, layout_version, sort) SELECT * FROM (SELECT ? AS venue_id, "
    "? AS slug, ? AS name, ? AS kind, 0 AS layout_version, ? AS sort) new_row ON DUPLICATE KEY UPDATE venue_id = new_row.venue_id, "
    "name = new_row.name, kind = new_row.kind, sort = new_row.sort");
STATEMENT(hall_find, GLOBAL, "ii", "SELECT hall_id, layout_version FROM halls WHERE slug = ?");
STATEMENT(hall_layout, GLOBAL, "", "UPDATE halls SET layout_version = ?, seat_count = ?, by_section = ? WHERE hall_id = ?");
STATEMENT(section_put, GLOBAL, "", "INSERT INTO sections (hall_id, slug, name, tier, step_free, sort) SELECT * FROM (SELECT ? AS hall_id, "
    "? AS slug, ? AS name, ? AS tier, ? AS step_free, ? AS sort) new_row ON DUPLICATE KEY UPDATE name = new_row.name, "
    "tier = new_row.tier, step_free = new_row.step_free, sort = new_row.sort");
STATEMENT(section_find, GLOBAL, "i", "SELECT section_id FROM sections WHERE hall_id = ? AND slug = ?");
STATEMENT(layout_seats, GLOBAL, "iittiit", "SELECT seat_id, section_id, row_label, number, plan_row, plan_col, kind FROM seats "
    "WHERE hall_id = ? AND layout_version = ? ORDER BY seat_id");
STATEMENT(seats_put, GLOBAL, "", "INSERT INTO seats (hall_id, layout_version, section_id, row_label, number, plan_row, plan_col, kind) "
    "SELECT ?, ?, j.section_id, j.row_label, j.number, j.plan_row, j.plan_col, j.kind FROM JSON_TABLE(?, '$[*]' COLUMNS ("
    "place FOR ORDINALITY, section_id INT PATH '$[0]', row_label VARCHAR(8) PATH '$[1]', number VARCHAR(8) PATH '$[2]', "
    "plan_row INT PATH '$[3]', plan_col INT PATH '$[4]', kind VARCHAR(12) PATH '$[5]')) AS j ORDER BY j.place");

static const char *const kinds[] = { "standard", "wheelchair", "companion", "restricted" };

static struct span
seats_json_table(struct arena *a, const struct programme_hall *h)
{
	struct buf b;

	buf_init(&b, a, 4 * MiB);
	for (size_t i = 0; i < h->n_seats; i++) {
		const struct programme_seat *s = &h->seats[i];

		buf_fmt(&b, "%c[%" PRId64 ",", i ? ',' : '[', h->sections[s->section].id);
		json_text(&b, s->row);
		buf_fmt(&b, ",\"%d\",%d,%d,\"%s\"]", s->number, s->plan_row, s->plan_col, kinds[s->kind]);
	}
	buf_byte(&b, ']');
	return buf_view(&b);
}

/* Reads the stored layout into the drawing's ids; false where the two differ. */
static bool
same_layout(struct db *db, struct programme_hall *h)
{
	struct rows *rows = db_select(db, &layout_seats, h->id, h->layout_version);
	bool same = rows_count(rows) == h->n_seats;
	int64_t number;

	for (size_t i = 0; rows_next(rows); i++) {
		struct programme_seat *s = &h->seats[i];

		same = same && row_int(rows, 1) == h->sections[s->section].id && span_eq(row_text(rows, 2), s->row) &&
		    span_int(row_text(rows, 3), 0, INT32_MAX, &number) && number == s->number && row_int(rows, 4) == s->plan_row &&
		    row_int(rows, 5) == s->plan_col && span_is(row_text(rows, 6), kinds[s->kind]);
		if (same)
			s->id = row_int(rows, 0);
	}
	return same;
}

static void
write_sections(struct db *db, struct programme_hall *h)
{
	for (size_t i = 0; i < h->n_sections; i++) {
		struct programme_section *s = &h->sections[i];
		struct rows *row;

		db_change(db, &section_put, h->id, s->slug, s->name, s->tier, s->step_free, i);
		row = db_row(db, &section_find, h->id, s->slug);
		s->id = row ? row_int(row, 0) : 0;
		if (row)
			rows_done(row);
	}
}

void
programme_write_hall(struct db *db, struct arena *a, struct programme_hall *h, size_t sort)
{
	struct rows *row;

	db_change(db, &hall_put, h->venue->id, h->slug, h->name, h->kind, sort);
	row = db_row(db, &hall_find, h->slug);
	h->id = row ? row_int(row, 0) : 0;
	h->layout_version = row ? row_int(row, 1) : 0;
	if (row)
		rows_done(row);
	write_sections(db, h);
	if (db_failed(db) || (h->layout_version && same_layout(db, h)))
		return;
	h->layout_version++;
	db_change(db, &seats_put, h->id, h->layout_version, seats_json_table(a, h));
	db_change(db, &hall_layout, h->layout_version, h->n_seats, h->n_seats > HALL_WHOLE_SEATS, h->id);
	if (!same_layout(db, h) && !db_failed(db))
		BUG("hall " PRSPAN " is not stored as it was drawn", ARGSPAN(h->slug));
}
