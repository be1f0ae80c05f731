/* cancel.c - see cancel.h. Lock order as everywhere: show, buyer, hold, payments, seats by id, booking. */
#include "base/base.h"

#include "base/fault.h"
#include "domain/cancel.h"
#include "domain/money_moves.h"
#include "domain/locks.h"
#include "domain/outbox.h"
#include "domain/states.h"

STATEMENT(cancel_terms_plain, SHOW, "iiidi", "SELECT cancel_hours IS NOT NULL, COALESCE(UTC_TIMESTAMP(3) <= "
    "TIMESTAMPADD(HOUR, -cancel_hours, starts_at), 0), cancel_hours IS NULL, TIMESTAMPADD(HOUR, -COALESCE(cancel_hours, 0), starts_at), "
    "cancel_fee_minor FROM show_sales WHERE show_id = ?");
STATEMENT(cancel_whose, SHOW, "ii", "SELECT b.hold_id, p.payment_id FROM bookings b JOIN payments p ON p.show_id = ? "
    "AND p.hold_id = b.hold_id AND p.booking_id = b.booking_id AND p.state IN ('paid', 'refund_due', 'refunded') "
    "WHERE b.show_id = ? AND b.booking_id = ? AND b.state IN ('confirmed', 'cancelled') ORDER BY p.state = 'paid' DESC, p.settled_at LIMIT 1");
STATEMENT(cancel_tickets, SHOW, "iiii", "SELECT seat_id, state = 'live', checked_in_at IS NOT NULL, price_minor + fee_minor FROM booking_seats "
    "WHERE show_id = ? AND booking_id = ? ORDER BY seat_id FOR UPDATE");
STATEMENT(cancel_known, SHOW, "i", "SELECT amount_minor FROM refunds WHERE show_id = ? AND refund_id = ?");
STATEMENT(cancel_seats_free, SHOW, "", "UPDATE show_seats FORCE INDEX (PRIMARY) SET status = 'available', booking_id = NULL, "
    "version = version + 1 WHERE show_id = ? AND booking_id = ? AND seat_id IN " IN_8);
STATEMENT(cancel_dead, SHOW, "", "UPDATE booking_seats SET state = 'cancelled', cancelled_at = UTC_TIMESTAMP(3) "
    "WHERE show_id = ? AND booking_id = ? AND state = 'live' AND seat_id IN " IN_8);
STATEMENT(cancel_booking_end, SHOW, "", "UPDATE bookings SET state = 'cancelled', ended_at = UTC_TIMESTAMP(3) "
    "WHERE show_id = ? AND booking_id = ? AND state = 'confirmed'");

TRANSACTION(cancel_tx, "cancel");

enum outcome
cancel_terms_read(struct db *db, int64_t show, struct cancel_terms *t)
{
	struct rows *row = db_row(db, &cancel_terms_plain, show);

	*t = (struct cancel_terms){ .allowed = false };
	if (!row)
		return db_failed(db) ? outcome_of_reads(db) : OUTCOME_NOT_FOUND;
	t->allowed = row_int(row, 0);
	t->in_time = row_int(row, 1);
	t->until_ms = row_int(row, 2) ? 0 : row_int(row, 3);
	t->fee_minor = row_int(row, 4);
	rows_done(row);
	return outcome_of_reads(db);
}

struct cancelling {
	const struct cancel_ask *ask;
	struct arena *arena;
	struct cancel_result *result;
	enum outcome outcome;
	struct sale sale;
	struct hold_row hold;
	struct payment_full p;
	struct booking_row booking;
	struct cancel_terms terms;
	struct seat_row rows[LOCK_MAX_SEATS];	/* of all that were held, locked */
	size_t n_rows;
	int64_t ids[HOLD_MAX_SEATS], fee;	/* the tickets to cancel; what their terms keep */
	size_t n, live;				/* how many those are, of how many that are live */
	int64_t value;				/* what they cost */
	int64_t back, keep;			/* of it */
};

static enum tx_end
end_with(struct cancelling *c, enum outcome o, bool write)
{
	c->outcome = o;
	return write ? TX_COMMIT : TX_ROLLBACK;
}

static bool
wanted(const struct cancel_ask *ask, int64_t seat)
{
	for (size_t i = 0; i < ask->n; i++)
		if (ask->seats[i] == seat)
			return true;
	return ask->n == 0;
}

/* The booking's tickets, locked: those that are to be cancelled and their price. CHANGED: one of them cannot be. */
static enum outcome
choose(struct db *db, struct cancelling *c)
{
	struct rows *rows = db_select(db, &cancel_tickets, c->ask->show, c->ask->booking);
	size_t known = 0;
	bool dead = false;

	c->n = c->live = 0;
	c->value = c->fee = 0;
	while (rows_next(rows)) {
		int64_t seat = row_int(rows, 0), price = row_int(rows, 3);
		bool live = row_int(rows, 1);

		c->live += live;
		if (!wanted(c->ask, seat) || c->n == HOLD_MAX_SEATS || (!live && c->ask->n == 0))
			continue;
		known++;
		dead |= !live || row_int(rows, 2);	/* whoever is inside has used it */
		c->ids[c->n++] = seat;
		c->value += price;
		c->fee += c->terms.fee_minor < price ? c->terms.fee_minor : price;
	}
	if (known < c->ask->n)
		return OUTCOME_NOT_FOUND;
	return dead || c->n == 0 ? OUTCOME_CHANGED : OUTCOME_OK;
}

/* A run after a lost COMMIT finds its own refund. Without one (all is kept) it finds dead tickets: CHANGED, which is true too. */
static bool
done_before(struct db *db, struct cancelling *c)
{
	struct rows *row = db_row(db, &cancel_known, c->ask->show, c->ask->refund);

	if (!row)
		return false;
	c->result->back.minor = row_int(row, 0);
	c->result->again = true;
	rows_done(row);
	return true;
}

static enum outcome
terms_of(struct db *db, struct cancelling *c)
{
	enum outcome o;

	if (!c->ask->by_buyer)
		return OUTCOME_OK;
	o = cancel_terms_read(db, c->ask->show, &c->terms);
	if (o == OUTCOME_OK && (!c->terms.in_time || !(span_is(c->sale.state, "on_sale") || span_is(c->sale.state, "paused"))))
		return OUTCOME_CLOSED;
	return o;
}

static void
free_tickets(struct db *db, struct cancelling *c)
{
	int64_t show = c->ask->show, n = (int64_t)c->n;

	if ((db_change(db, &cancel_seats_free, show, c->booking.id, AT_8(c->ids, c->n)) != n ||
	    db_change(db, &cancel_dead, show, c->booking.id, AT_8(c->ids, c->n)) != n) && !db_failed(db))
		db_refuse(db, "show=%" PRId64 " booking=%" PRId64 " gives back other than its %zu locked tickets", show, c->booking.id, c->n);
	outbox_add(db, show, "SEAT_RELEASED", c->p.hold, seats_json(c->arena, (struct seats_told){ .key = "booking", .id = c->booking.id,
	    .ids = c->ids, .n = c->n, .rows = c->rows, .n_rows = c->n_rows, .up = SEATS_CHANGED, .reason = "cancelled" }));
	FAULT_DB(db, "cancel.seats_free");
}

/* The money of these tickets: what is kept, and what goes back, unless it did so before. */
static void
divide(struct db *db, struct cancelling *c)
{
	int64_t keep = c->ask->by_buyer ? c->fee : c->ask->keep_minor, left = c->p.captured - refunds_sum(db, c->ask->show, c->p.id);

	c->back = keep < c->value ? c->value - keep : 0;
	if (c->back > left)
		c->back = left;
	c->keep = c->value - c->back;
	c->result->back = money_of(c->back, span_of(c->p.amount.code));
	c->result->kept = money_of(c->keep, span_of(c->p.amount.code));
	c->result->cancelled = c->n;
	c->result->left = c->live - c->n;
}

static void
give_back(struct db *db, struct cancelling *c)
{
	if (c->keep)
		payment_keep(db, c->ask->show, c->p.id, c->keep);
	if (c->back)
		refund_make(db, c->arena, c->ask->show, c->ask->refund, c->p.id, c->result->back, SPAN("given_back"), 1);
	if (c->live == c->n && refunds_open(db, c->ask->show, c->p.id) > 0)
		payment_move(db, c->arena, c->ask->show, &c->p, "refund_due", "given_back");
}

static void
tell(struct db *db, struct cancelling *c)
{
	int64_t show = c->ask->show;
	bool all = c->live == c->n;

	if (all)
		db_change(db, &cancel_booking_end, show, c->booking.id);
	outbox_add(db, show, all ? "BOOKING_CANCELLED" : "BOOKING_REDUCED", c->booking.id,
	    seats_json(c->arena, (struct seats_told){ .key = "hold", .id = c->p.hold, .ids = c->ids, .n = c->n,
	    .back = &c->result->back }));
}

static enum tx_end
cancel_body(struct db *db, void *context)
{
	struct cancelling *c = context;
	const struct cancel_ask *ask = c->ask;
	int64_t held[HOLD_MAX_SEATS], payment;
	struct rows *row = db_row(db, &cancel_whose, ask->show, ask->show, ask->booking);
	enum outcome o;

	memset(c->result, 0, sizeof(*c->result));
	if (!row)
		return end_with(c, OUTCOME_NOT_FOUND, false);
	payment = row_int(row, 1);
	rows_done(row);
	if (!lock_by_payment(db, c->arena, ask->show, payment, &c->sale, &c->hold, &c->p))
		return end_with(c, OUTCOME_NOT_FOUND, false);
	if (done_before(db, c))
		return end_with(c, OUTCOME_OK, false);
	o = terms_of(db, c);
	if (o != OUTCOME_OK)
		return end_with(c, o, false);
	c->n_rows = lock_seats(db, ask->show, held, hold_seat_ids(db, ask->show, c->p.hold, held), c->rows);
	if (!lock_booking(db, ask->show, c->p.hold, &c->booking) || !span_is(c->booking.state, "confirmed") || !span_is(c->p.state, "paid"))
		return end_with(c, OUTCOME_CHANGED, false);
	o = choose(db, c);
	divide(db, c);
	if (o == OUTCOME_OK && ask->by_buyer && !ask->dry && ask->expect_minor != c->back)
		o = OUTCOME_CHANGED;
	if (o != OUTCOME_OK || ask->dry)
		return end_with(c, o, false);
	free_tickets(db, c);
	give_back(db, c);
	tell(db, c);
	return end_with(c, OUTCOME_OK, true);
}

enum outcome
booking_cancel(struct db *db, struct arena *a, const struct cancel_ask *ask, struct cancel_result *result)
{
	struct cancelling c = { .ask = ask, .arena = a, .result = result };
	enum tx_result r = tx_run(db, &cancel_tx, cancel_body, &c);

	if (r != TX_DONE)
		return outcome_of_tx(r);
	if (!ask->dry)
		log_info("booking.cancel", "show=%" PRId64 " booking=%" PRId64 " outcome=%s tickets=%zu by=%s", ask->show, ask->booking,
	    outcome_name(c.outcome), c.outcome == OUTCOME_OK ? result->cancelled : 0, ask->by_buyer ? "buyer" : "house");
	return c.outcome;
}
