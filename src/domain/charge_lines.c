/* charge_lines.c - what an order was charged beside its tickets, read from its seats and the versions they were held under. */
#include "base/base.h"

#include "db/db.h"
#include "domain/charges.h"

#define ROW "SELECT s.seat_id, s.price_minor, s.fee_minor, c.kind, c.name, c.flat_minor, c.millionths, c.included FROM "
#define ROW_TYPES "iiittiii"

STATEMENT(hold_charge_rows, SHOW, ROW_TYPES, ROW "hold_seats s LEFT JOIN show_charges c ON c.show_id = ? AND c.version = s.charges "
    "WHERE s.show_id = ? AND s.hold_id = ? ORDER BY s.seat_id, c.sort");
STATEMENT(booking_charge_rows, SHOW, ROW_TYPES, ROW "booking_seats s LEFT JOIN show_charges c ON c.show_id = ? AND c.version = s.charges "
    "WHERE s.show_id = ? AND s.booking_id = ? ORDER BY s.seat_id, c.sort");

struct charged {
	int64_t id, price, fee;
	struct charge charges[CHARGES_MAX];
	size_t n;
};

/* Seats of one order may stand under two versions: what has one name and rate in both is one line. */
static struct charge_line *
line_of(struct arena *a, struct charge_lines *lines, const struct charge *c)
{
	struct span rate = c->millionths ? charge_rate(a, c->millionths) : SPAN_NONE;

	for (size_t i = 0; i < lines->n; i++) {
		struct charge_line *l = &lines->list[i];

		if (l->kind == c->kind && l->included == c->included && span_eq(l->name, c->name) && span_eq(l->rate, rate))
			return l;
	}
	lines->list[lines->n] = (struct charge_line){ .kind = c->kind, .name = c->name, .rate = rate, .included = c->included };
	return &lines->list[lines->n++];
}

static void
add_seat(struct arena *a, struct charge_lines *lines, int64_t show, const struct charged *s)
{
	int64_t parts[CHARGES_MAX];

	if (charges_apply(s->charges, s->n, s->price, parts) != s->fee)
		BUG("show=%" PRId64 " seat=%" PRId64 " was charged other than its version says", show, s->id);
	lines->tickets += s->price;
	for (size_t i = 0; i < s->n; i++)
		line_of(a, lines, &s->charges[i])->minor += parts[i];
}

static enum outcome
read_lines(struct db *db, struct arena *a, int64_t show, struct rows *rows, struct charge_lines *lines)
{
	struct charged seat = { 0 };

	*lines = (struct charge_lines){ .list = ARENA_ARRAY(a, struct charge_line, rows_count(rows)) };
	while (rows_next(rows)) {
		if (seat.id && seat.id != row_int(rows, 0)) {
			add_seat(a, lines, show, &seat);
			seat.n = 0;
		}
		seat.id = row_int(rows, 0);
		seat.price = row_int(rows, 1);
		seat.fee = row_int(rows, 2);
		if (!row_null(rows, 3) && seat.n < CHARGES_MAX)
			seat.charges[seat.n++] = (struct charge){ .kind = span_is(row_text(rows, 3), "tax") ? CHARGE_TAX : CHARGE_FEE,
				.name = row_text(rows, 4), .flat = row_int(rows, 5), .millionths = row_int(rows, 6),
				.included = row_int(rows, 7) };
	}
	if (seat.id)
		add_seat(a, lines, show, &seat);
	return outcome_of_reads(db);
}

enum outcome
hold_charges(struct db *db, struct arena *a, int64_t show, int64_t hold, struct charge_lines *lines)
{
	return read_lines(db, a, show, db_select(db, &hold_charge_rows, show, show, hold), lines);
}

enum outcome
booking_charges(struct db *db, struct arena *a, int64_t show, int64_t booking, struct charge_lines *lines)
{
	return read_lines(db, a, show, db_select(db, &booking_charge_rows, show, show, booking), lines);
}
