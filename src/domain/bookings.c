/* bookings.c - what was bought, for the pages that show it. Reads only, but for the wish to be mailed the link again. */
#include "base/base.h"

#include <strings.h>

#include "db/db.h"
#include "domain/bookings.h"
#include "domain/outbox.h"
#include "domain/outcome.h"

#define BOOKING_COLUMNS "SELECT booking_id, hold_id, buyer_id, state, generation, ref, email, name, total_minor, currency, " \
    "confirmed_at FROM bookings "

STATEMENT(booking_plain, SHOW, "iiitiittitd", BOOKING_COLUMNS "WHERE show_id = ? AND booking_id = ?");
STATEMENT(booking_by_hold, SHOW, "iiitiittitd", BOOKING_COLUMNS "WHERE show_id = ? AND hold_id = ?");
STATEMENT(booking_by_ref, SHOW, "iiitiittitd", BOOKING_COLUMNS "WHERE show_id = ? AND ref = ? AND state <> 'pending'");
STATEMENT(booking_tickets, SHOW, "iiiitid", "SELECT b.seat_id, b.serial, b.price_minor + b.fee_minor, b.state = 'live', "
    "COALESCE(p.name, b.price_type), b.fee_minor, b.cancelled_at FROM booking_seats b "
    "LEFT JOIN show_seats s ON s.show_id = ? AND s.seat_id = b.seat_id "
    "LEFT JOIN show_prices p ON p.show_id = ? AND p.section_id = s.section_id AND p.price_type = b.price_type "
    "WHERE b.show_id = ? AND b.booking_id = ? ORDER BY b.seat_id");

TRANSACTION(booking_link_tx, "booking_link");

static void
fill(struct rows *row, struct arena *a, int64_t show, struct booking *b)
{
	static const char *const states[] = { "pending", "confirmed", "failed", "cancelled" };
	struct span state = row_text(row, 3);

	*b = (struct booking){ .show = show, .id = row_int(row, 0), .hold = row_int(row, 1), .buyer = row_int(row, 2),
		.generation = (int)row_int(row, 4), .email = row_text(row, 6), .name = row_text(row, 7),
		.total = money_of(row_int(row, 8), row_text(row, 9)), .confirmed_ms = row_int(row, 10),
		.reference = arena_copy(a, span_of(reference_print(show, row_int(row, 5)).text)) };
	for (size_t i = 0; i < ARRAY_LEN(states); i++)
		if (span_is(state, states[i]))
			b->state = i;
}

static void
read_tickets(struct db *db, struct arena *a, struct booking *b)
{
	struct rows *rows = db_select(db, &booking_tickets, b->show, b->show, b->show, b->id);
	struct seat_words words[HOLD_MAX_SEATS];
	int64_t ids[HOLD_MAX_SEATS];
	size_t known;

	b->tickets = ARENA_ARRAY(a, struct ticket, HOLD_MAX_SEATS);
	for (; b->n < HOLD_MAX_SEATS && rows_next(rows); b->n++) {
		ids[b->n] = row_int(rows, 0);
		b->tickets[b->n] = (struct ticket){ .seat = ids[b->n], .serial = row_int(rows, 1),
			.price = { .minor = row_int(rows, 2) }, .live = row_int(rows, 3), .price_name = row_text(rows, 4),
			.fee = { .minor = row_int(rows, 5) }, .cancelled_ms = row_int(rows, 6) };
		memcpy(b->tickets[b->n].price.code, b->total.code, sizeof(b->total.code));
		memcpy(b->tickets[b->n].fee.code, b->total.code, sizeof(b->total.code));
	}
	rows_done(rows);
	known = seat_words_read(db, ids, b->n, words);
	for (size_t i = 0; i < b->n; i++)
		for (size_t k = 0; k < known; k++)
			if (words[k].id == b->tickets[i].seat) {
				b->tickets[i].row = words[k].row;
				b->tickets[i].number = words[k].number;
				b->tickets[i].section_name = words[k].section_name;
				b->tickets[i].kind = words[k].kind;
			}
}

static enum outcome
finish(struct db *db, struct arena *a, int64_t show, struct rows *row, struct booking *b)
{
	if (!row)
		return db_failed(db) ? outcome_of_reads(db) : OUTCOME_NOT_FOUND;
	fill(row, a, show, b);
	read_tickets(db, a, b);
	return outcome_of_reads(db);
}

enum outcome
booking_read(struct db *db, struct arena *a, int64_t show, int64_t booking, struct booking *b)
{
	return finish(db, a, show, db_row(db, &booking_plain, show, booking), b);
}

enum outcome
booking_of_hold(struct db *db, struct arena *a, int64_t show, int64_t hold, struct booking *b)
{
	return finish(db, a, show, db_row(db, &booking_by_hold, show, hold), b);
}

enum outcome
booking_by_reference(struct db *db, struct arena *a, struct span reference, struct booking *b)
{
	int64_t show, ref;

	if (!reference_read(reference, &show, &ref))
		return OUTCOME_NOT_FOUND;
	return finish(db, a, show, db_row(db, &booking_by_ref, show, ref), b);
}

enum outcome
booking_find(struct db *db, struct arena *a, struct span reference, struct span email, struct booking *b)
{
	enum outcome o = booking_by_reference(db, a, reference, b);

	email = span_trim(email);
	if (o == OUTCOME_OK && (email.n != b->email.n || strncasecmp(email.p, b->email.p, email.n) != 0))
		return OUTCOME_NOT_FOUND;
	return o;
}

struct link_wish {
	struct arena *arena;
	const struct booking *booking;
};

static enum tx_end
write_link_wish(struct db *db, void *context)
{
	struct link_wish *w = context;

	outbox_add(db, w->booking->show, "BOOKING_LINK", w->booking->id, arena_fmt(w->arena, "{\"booking\":%" PRId64 "}", w->booking->id));
	return TX_COMMIT;
}

enum outcome
booking_link_wanted(struct db *db, struct arena *a, const struct booking *b)
{
	struct link_wish w = { a, b };
	enum tx_result r = tx_run(db, &booking_link_tx, write_link_wish, &w);

	return r == TX_DONE ? OUTCOME_OK : outcome_of_tx(r);
}
