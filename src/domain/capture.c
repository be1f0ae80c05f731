/* capture.c - see capture.h. */
#include "base/base.h"

#include "base/crypto.h"
#include "base/fault.h"
#include "domain/capture.h"
#include "domain/money_moves.h"
#include "domain/outbox.h"
#include "domain/retake.h"

STATEMENT(claim_lock, SHOW, "ii", "SELECT claimed_by <> 0 AND claimed_at > TIMESTAMPADD(MICROSECOND, ?, UTC_TIMESTAMP(3)), claimed_by "
    "FROM payments WHERE show_id = ? AND payment_id = ? FOR UPDATE");
STATEMENT(claim_note, SHOW, "", "UPDATE payments SET claimed_at = UTC_TIMESTAMP(3), claimed_by = ? WHERE show_id = ? AND payment_id = ?");
/* When it was claimed stays: until when its seats are kept follows from that. */
STATEMENT(claim_drop, SHOW, "", "UPDATE payments SET claimed_by = 0 WHERE show_id = ? AND payment_id = ? AND state = 'capturing'");
STATEMENT(claim_seats, SHOW, "", "UPDATE show_seats FORCE INDEX (PRIMARY) SET status = 'held', hold_id = ?, expires_at = ?, "
    "booking_id = NULL, version = version + 1 WHERE show_id = ? AND seat_id IN " IN_8);
STATEMENT(claim_hold, SHOW, "", "UPDATE holds SET seats_until = ? WHERE show_id = ? AND hold_id = ? AND state = 'active'");

TRANSACTION(claim_tx, "claim");

struct claim {
	struct arena *arena;
	int64_t show, payment;
	int64_t by;			/* made once, so that a run after a lost COMMIT knows its own claim */
	enum outcome outcome;
	struct sale sale;
	struct hold_row hold;
	struct payment_full p;
	struct retake seats;
};

static enum tx_end
end_with(struct claim *c, enum outcome o, bool write)
{
	c->outcome = o;
	return write ? TX_COMMIT : TX_ROLLBACK;
}

/* Claimed by somebody who may still be at it: us, or another. */
static bool
taken(struct db *db, const struct claim *c, bool *by_us)
{
	struct rows *row = db_row(db, &claim_lock, (int64_t)-CAPTURE_STALE_MS * 1000, c->show, c->payment);
	bool fresh = row && row_int(row, 0);

	*by_us = row && row_int(row, 1) == c->by;
	if (row)
		rows_done(row);
	return fresh;
}

static bool
paid_already(struct db *db, struct claim *c)
{
	struct payment_row *all;
	size_t n = lock_payments(db, c->arena, c->show, c->p.hold, &all);

	for (size_t i = 0; i < n; i++)
		if (all[i].id != c->payment && span_is(all[i].state, "paid"))
			return true;
	return false;
}

/* The seats may be kept longer than was promised, so that nobody pays for what went to somebody else in these very seconds. */
static void
keep(struct db *db, struct claim *c)
{
	int64_t until = c->sale.now_ms + CAPTURE_KEEP_MS;

	if (until < c->hold.until_ms)
		until = c->hold.until_ms;
	retake_tell(db, c->arena, c->show, c->hold.id, &c->seats);
	if (db_change(db, &claim_seats, c->hold.id, at_ms(until), c->show, AT_8(c->seats.ids, c->seats.n_ids)) !=
	    (int64_t)c->seats.n_ids && !db_failed(db))
		db_refuse(db, "show=%" PRId64 " payment=%" PRId64 " other than its %zu locked seats changed", c->show, c->payment, c->seats.n_ids);
	db_change(db, &claim_hold, at_ms(until), c->show, c->hold.id);
	outbox_add(db, c->show, "SEAT_KEPT", c->hold.id, seats_json(c->arena, (struct seats_told){ .key = "hold", .id = c->hold.id,
	    .ids = c->seats.ids, .n = c->seats.n_ids, .rows = c->seats.rows, .n_rows = c->seats.n_rows, .up = SEATS_CHANGED }));
}

/* gone: a seat of it was taken by somebody else, so its time is up as well. */
static enum tx_end
refuse(struct db *db, struct claim *c, bool gone)
{
	bool claimed = span_is(c->p.state, "capturing");

	payment_move(db, c->arena, c->show, &c->p, claimed ? "failed" : "closed", "over");
	if (gone && c->hold.seats_over) {
		seats_let_go(db, c->arena, c->show, c->hold.id, c->seats.rows, c->seats.n_rows, "expired");
		hold_end(db, c->arena, c->show, &c->hold, "expired", "expired");
	} else if (!span_is(c->hold.state, "active")) {
		booking_fail_if_over(db, c->arena, c->show, c->p.hold, "unpaid");
	}
	return end_with(c, OUTCOME_EXPIRED, true);
}

static enum tx_end
claim_body(struct db *db, void *context)
{
	struct claim *c = context;
	bool by_us;

	if (!lock_by_payment(db, c->arena, c->show, c->payment, &c->sale, &c->hold, &c->p))
		return end_with(c, OUTCOME_NOT_FOUND, false);
	if (!span_is(c->p.state, "open") && !span_is(c->p.state, "capturing"))
		return end_with(c, OUTCOME_CHANGED, false);
	if (taken(db, c, &by_us))
		return end_with(c, by_us ? OUTCOME_OK : OUTCOME_CAPTURING, false);
	if (!span_is(c->hold.state, "active") || (!span_is(c->sale.state, "on_sale") && !span_is(c->sale.state, "paused")) ||
	    paid_already(db, c))
		return refuse(db, c, false);
	if (!retake_lock(db, c->show, c->hold.id, &c->seats))
		return refuse(db, c, true);
	keep(db, c);
	FAULT_DB(db, "claim.seats_kept");
	if (span_is(c->p.state, "open"))
		payment_move(db, c->arena, c->show, &c->p, "capturing", "");
	db_change(db, &claim_note, c->by, c->show, c->payment);
	return end_with(c, OUTCOME_OK, true);
}

enum outcome
payment_claim(struct db *db, struct arena *a, int64_t show, int64_t payment)
{
	struct claim c = { .arena = a, .show = show, .payment = payment, .by = id_new() };
	enum tx_result r = tx_run(db, &claim_tx, claim_body, &c);

	if (r == TX_DONE)
		log_info("payment.claim", "show=%" PRId64 " payment=%" PRId64 " outcome=%s", show, payment, outcome_name(c.outcome));
	return r == TX_DONE ? c.outcome : outcome_of_tx(r);
}

void
payment_unclaim(struct db *db, int64_t show, int64_t payment)
{
	db_change(db, &claim_drop, show, payment);
}
