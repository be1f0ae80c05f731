/* hold_read.c - holds as pages and the reaper see them: plain reads, nothing is decided here. */
#include "base/base.h"

#include "domain/holds.h"
#include "domain/locks.h"
#include "domain/publish.h"

STATEMENT(hold_plain, SHOW, "ittiidddidd", "SELECT buyer_id, state, reason, generation, extensions, expires_at, longest_until, "
    "UTC_TIMESTAMP(3), expires_at <= UTC_TIMESTAMP(3), seats_until, created_at FROM holds WHERE show_id = ? AND hold_id = ?");
STATEMENT(hold_lines, SHOW, "ititii", "SELECT h.seat_id, h.price_type, s.section_id, p.name, h.price_minor, h.fee_minor "
    "FROM hold_seats h JOIN show_seats s ON s.show_id = ? AND s.seat_id = h.seat_id "
    "JOIN show_prices p ON p.show_id = ? AND p.section_id = s.section_id AND p.price_type = h.price_type "
    "WHERE h.show_id = ? AND h.hold_id = ? ORDER BY h.seat_id");
STATEMENT(seat_names, GLOBAL, "ittttt", "SELECT s.seat_id, s.row_label, s.number, s.kind, n.name, n.slug FROM seats s "
    "JOIN sections n ON n.section_id = s.section_id WHERE s.seat_id IN " IN_8 " ORDER BY s.seat_id");
STATEMENT(sale_extend, SHOW, "it", "SELECT extend_seconds, currency FROM show_sales WHERE show_id = ?");
STATEMENT(choices, SHOW, "itti", "SELECT section_id, price_type, name, minor + extra_minor FROM show_prices WHERE show_id = ? "
    "AND sort < ? ORDER BY section_id, sort");
STATEMENT(buyer_show_list, DIRECTORY, "i", "SELECT show_id FROM buyer_shows WHERE buyer_id = ? ORDER BY at DESC LIMIT 20");
STATEMENT(buyer_hold_list, SHOW, "iiidi", "SELECT h.hold_id, h.generation, COALESCE(b.booking_id, 0), h.expires_at, h.seat_count "
    "FROM holds h LEFT JOIN bookings b ON b.show_id = ? AND b.hold_id = h.hold_id AND b.state IN ('confirmed', 'cancelled') "
    "WHERE h.show_id = ? AND h.buyer_id = ? AND (b.booking_id IS NOT NULL OR (h.state = 'active' AND h.expires_at > UTC_TIMESTAMP(3))) "
    "ORDER BY h.hold_id DESC LIMIT 20");
/* The lists are short, so what cannot be ended now must not stand on them: one whose money is being taken may be so for days. */
STATEMENT(due_list, SCATTER, "ii", "SELECT h.show_id, h.hold_id FROM holds h WHERE h.state = 'active' AND h.seats_until <= UTC_TIMESTAMP(3) "
    "AND NOT EXISTS (SELECT 1 FROM payments p WHERE p.show_id = h.show_id AND p.hold_id = h.hold_id AND p.state = 'capturing') "
    "ORDER BY h.seats_until LIMIT ?");
STATEMENT(ending_list, SCATTER, "ii", "SELECT h.show_id, h.hold_id FROM holds h WHERE h.state = 'active' AND h.seats_until > UTC_TIMESTAMP(3) "
    "AND h.seats_until <= TIMESTAMPADD(SECOND, 600, UTC_TIMESTAMP(3)) AND h.expires_at <= UTC_TIMESTAMP(3) "
    "AND EXISTS (SELECT 1 FROM payments p WHERE p.show_id = h.show_id AND p.hold_id = h.hold_id "
    "AND p.state IN ('created', 'open', 'capturing')) ORDER BY h.seats_until LIMIT ?");

static enum seat_kind
kind_of(struct span text)
{
	return span_is(text, "wheelchair") ? SEAT_WHEELCHAIR : span_is(text, "companion") ? SEAT_COMPANION :
	    span_is(text, "restricted") ? SEAT_RESTRICTED : SEAT_STANDARD;
}

static enum hold_state
state_of(struct span text)
{
	return span_is(text, "active") ? HOLD_ACTIVE : span_is(text, "confirmed") ? HOLD_CONFIRMED :
	    span_is(text, "released") ? HOLD_RELEASED : HOLD_EXPIRED;
}

static void
read_lines(struct db *db, struct arena *a, struct hold *h, struct span currency)
{
	struct rows *rows = db_select(db, &hold_lines, h->show, h->show, h->show, h->id);
	int64_t ids[HOLD_MAX_SEATS], total = 0;

	h->seats = ARENA_ARRAY(a, struct hold_seat, HOLD_MAX_SEATS);
	while (h->n < HOLD_MAX_SEATS && rows_next(rows)) {
		struct hold_seat *s = &h->seats[h->n];

		*s = (struct hold_seat){ .seat = row_int(rows, 0), .price_type = row_text(rows, 1), .section = row_int(rows, 2),
			.price_name = row_text(rows, 3), .price_minor = row_int(rows, 4), .fee_minor = row_int(rows, 5),
			.row = SPAN_NONE, .number = SPAN_NONE, .section_name = SPAN_NONE };
		total += s->price_minor + s->fee_minor;
		ids[h->n++] = s->seat;
	}
	rows_done(rows);
	h->total = money_of(total, currency);
	if (!h->n)
		return;
	rows = db_select(db, &seat_names, AT_8(ids, h->n));
	while (rows_next(rows))
		for (size_t i = 0; i < h->n; i++)
			if (h->seats[i].seat == row_int(rows, 0)) {
				h->seats[i].row = row_text(rows, 1);
				h->seats[i].number = row_text(rows, 2);
				h->seats[i].kind = kind_of(row_text(rows, 3));
				h->seats[i].section_name = row_text(rows, 4);
			}
}

enum outcome
hold_read(struct db *db, struct arena *a, int64_t show, int64_t hold, int64_t buyer, struct hold *h)
{
	struct rows *row = db_row(db, &hold_plain, show, hold);
	struct rows *sale;
	int64_t extend_ms, reach;
	struct span currency;
	int extensions;

	if (!row || (buyer && row_int(row, 0) != buyer))
		return db_failed(db) ? outcome_of_reads(db) : OUTCOME_NOT_FOUND;
	*h = (struct hold){ .show = show, .id = hold, .buyer = row_int(row, 0), .state = state_of(row_text(row, 1)),
		.reason = row_text(row, 2), .generation = (int)row_int(row, 3), .expires_ms = row_int(row, 5),
		.longest_ms = row_int(row, 6), .now_ms = row_int(row, 7), .taken_ms = row_int(row, 10) };
	h->over = h->state == HOLD_ACTIVE && row_int(row, 8);
	extensions = (int)row_int(row, 4);
	rows_done(row);
	sale = db_row(db, &sale_extend, show);
	if (!sale)
		return db_failed(db) ? outcome_of_reads(db) : OUTCOME_NOT_FOUND;
	extend_ms = row_int(sale, 0) * 1000;
	currency = row_text(sale, 1);
	rows_done(sale);
	reach = h->expires_ms + extend_ms < h->longest_ms ? h->expires_ms + extend_ms : h->longest_ms;
	if (extensions < EXTENSIONS_MAX && reach > h->expires_ms) {
		h->extensions_left = EXTENSIONS_MAX - extensions;
		h->extend_to_ms = reach;
	}
	read_lines(db, a, h, currency);
	return outcome_of_reads(db);
}

struct span
hold_seat_names(struct arena *a, const struct hold *h)
{
	struct buf b;

	buf_init(&b, a, SEAT_NAMES_MAX);
	for (size_t i = 0; i < h->n; i++)
		seat_names_add(&b, h->seats[i].row, h->seats[i].number);
	return buf_view(&b);
}

enum outcome
hold_choices(struct db *db, struct arena *a, const struct hold *h, struct price_choice **list, size_t *n)
{
	struct rows *rows = db_select(db, &choices, h->show, NO_LONGER_TOLD);

	*n = 0;
	*list = ARENA_ARRAY(a, struct price_choice, rows_count(rows));
	while (rows_next(rows)) {
		int64_t section = row_int(rows, 0);

		for (size_t i = 0; i < h->n; i++)
			if (h->seats[i].section == section) {
				(*list)[(*n)++] = (struct price_choice){ section, row_text(rows, 1), row_text(rows, 2), row_int(rows, 3) };
				break;
			}
	}
	return outcome_of_reads(db);
}

enum outcome
buyer_holds(struct db *db, struct arena *a, int64_t buyer, struct buyer_hold **list, size_t *n)
{
	struct rows *shows = db_select(db, &buyer_show_list, buyer);

	*n = 0;
	*list = ARENA_ARRAY(a, struct buyer_hold, rows_count(shows) * 20);
	while (rows_next(shows)) {
		int64_t show = row_int(shows, 0);
		struct rows *rows = db_select(db, &buyer_hold_list, show, show, buyer);

		while (rows_next(rows))
			(*list)[(*n)++] = (struct buyer_hold){ .show = show, .hold = row_int(rows, 0), .generation = (int)row_int(rows, 1),
				.booking = row_int(rows, 2), .expires_ms = row_int(rows, 3), .n = (size_t)row_int(rows, 4) };
	}
	return outcome_of_reads(db);
}

static size_t
list_holds(struct db *db, struct arena *a, const struct statement *st, size_t most, struct hold_id **list)
{
	struct rows *rows = db_select_values(db, st, (struct value[]){ value_int_((int64_t)most) }, 1);
	size_t n = 0;

	*list = ARENA_ARRAY(a, struct hold_id, most);
	while (rows_next(rows) && n < most)
		(*list)[n++] = (struct hold_id){ row_int(rows, 0), row_int(rows, 1) };
	rows_done(rows);
	return n;
}

size_t
holds_due(struct db *db, struct arena *a, size_t most, struct hold_id **list)
{
	return list_holds(db, a, &due_list, most, list);
}

size_t
holds_ending(struct db *db, struct arena *a, size_t most, struct hold_id **list)
{
	return list_holds(db, a, &ending_list, most, list);
}
