/*
 * settle.c - money and tickets meet here, once. Whatever comes first (webhook, return, reaper) does the work, whoever comes later
 * gets the same answer. Money that was captured leaves this file as tickets or as a refund row, in the same transaction.
 */
#include "base/base.h"

#include "base/crypto.h"
#include "base/fault.h"
#include "domain/attention.h"
#include "domain/locks.h"
#include "domain/money_moves.h"
#include "domain/outbox.h"
#include "domain/retake.h"
#include "domain/settle.h"
#include "domain/states.h"

STATEMENT(capture_note, SHOW, "", "UPDATE payments SET capture = IF(? = '', capture, ?), captured_minor = ?, pending_at = NULL, "
    "captured_at = COALESCE(captured_at, UTC_TIMESTAMP(3)), "
    "session = IF(session = '', ?, session) WHERE show_id = ? AND payment_id = ?");
STATEMENT(pending_note, SHOW, "", "UPDATE payments SET pending_at = COALESCE(pending_at, UTC_TIMESTAMP(3)), "
    "capture = IF(? = '', capture, ?) WHERE show_id = ? AND payment_id = ?");
/* By two: where the seats are taken again for this, that they are held is told of the version between. */
STATEMENT(seats_confirm, SHOW, "", "UPDATE show_seats FORCE INDEX (PRIMARY) SET status = 'confirmed', hold_id = NULL, expires_at = NULL, "
    "booking_id = ?, version = version + 2 WHERE show_id = ? AND seat_id IN " IN_8);
STATEMENT(tickets_live, SHOW, "", "UPDATE booking_seats SET state = 'live' WHERE show_id = ? AND booking_id = ? AND state = 'pending'");
STATEMENT(tickets_sold, SHOW, "iii", "SELECT t.seat_id, s.section_id, t.price_minor + t.fee_minor FROM booking_seats t "
    "JOIN show_seats s ON s.show_id = ? AND s.seat_id = t.seat_id WHERE t.show_id = ? AND t.booking_id = ? ORDER BY t.seat_id");
STATEMENT(booking_confirm, SHOW, "", "UPDATE bookings SET state = 'confirmed', confirmed_at = UTC_TIMESTAMP(3) "
    "WHERE show_id = ? AND booking_id = ? AND state = 'pending'");
STATEMENT(hold_confirm, SHOW, "", "UPDATE holds SET state = 'confirmed', ended_at = UTC_TIMESTAMP(3) "
    "WHERE show_id = ? AND hold_id = ? AND state = 'active'");

TRANSACTION(settle_payment_tx, "settle");
TRANSACTION(keep_event_tx, "event");

static struct settle_counts counts;

struct settle_counts
settle_counts(void)
{
	return counts;
}

struct settling {
	const struct settle_ask *ask;
	struct arena *arena;
	int64_t refund;			/* id for a refund row, made once */
	bool never_confirm;		/* the UNIQUE key refused a ticket: money back, whatever the locks said */
	bool confirmed, refunded;	/* by this very transaction */
	enum outcome outcome;
	enum settled settled;

	struct sale sale;
	struct hold_row hold;
	struct payment_full p;
	struct booking_row booking;
	struct retake seats;
};

static enum tx_end
end_with(struct settling *s, enum settled settled, bool write)
{
	s->outcome = OUTCOME_OK;
	s->settled = settled;
	return write ? TX_COMMIT : TX_ROLLBACK;
}

static enum settled
settled_before(const struct settling *s)
{
	if (span_is(s->p.state, "paid"))
		return SETTLED_CONFIRMED;
	if (span_is(s->p.state, "refund_due") || span_is(s->p.state, "refunded"))
		return SETTLED_REFUND;
	return span_is(s->p.state, "failed") || span_is(s->p.state, "closed") ? SETTLED_ENDED : SETTLED_WAITING;
}

/* Captured, and no tickets can or may come of it. */
static enum tx_end
give_back(struct db *db, struct settling *s, const char *reason)
{
	struct money took = s->ask->amount;

	if (!payment_move(db, s->arena, s->ask->show, &s->p, "refund_due", reason))
		return end_with(s, settled_before(s), true);
	refund_make(db, s->arena, s->ask->show, s->refund, s->ask->payment, took, span_of(reason), 1);
	if (!span_is(s->hold.state, "active"))
		booking_fail_if_over(db, s->arena, s->ask->show, s->p.hold, reason);
	s->refunded = true;
	log_warn("settle.refund_due", "show=%" PRId64 " payment=%" PRId64 " reason=%s", s->ask->show, s->ask->payment, reason);
	return end_with(s, SETTLED_REFUND, true);
}

/* Word of another provider, of the other mode or of another session is no word about this payment. */
static const char *
about_another(const struct settling *s)
{
	const struct settle_ask *a = s->ask;

	if (a->provider.n && !span_eq(a->provider, s->p.provider))
		return "provider";
	if (a->live != s->p.live)
		return "mode";
	if (a->session.n && s->p.session.n && !span_eq(a->session, s->p.session))
		return "session";
	return NULL;
}

/* What the provider says it took must be what we asked for; else it is stored for a human, and real money goes back. */
static const char *
mismatch(const struct settling *s)
{
	const struct money *took = &s->ask->amount;
	const char *what = about_another(s);

	if (!what && (took->minor != s->p.amount.minor || strcmp(took->code, s->p.amount.code) != 0))
		what = "amount";
	return what;
}

static enum tx_end
take_mismatch(struct db *db, struct settling *s, const char *what)
{
	attention_add(db, s->ask->show, "payment", s->p.provider, arena_fmt(s->arena, "%" PRId64, s->ask->payment), s->ask->payment,
	    arena_fmt(s->arena, "paid, but the provider reports another %s", what));
	log_warn("settle.mismatch", "show=%" PRId64 " payment=%" PRId64 " what=%s", s->ask->show, s->ask->payment, what);
	/* a test event or another session's is not money on this payment */
	if (strcmp(what, "amount") == 0)
		give_back(db, s, "amount");
	return end_with(s, SETTLED_MISMATCH, true);
}

/* With all that a report of sales is made of: "tickets" is [seat, section, price with all charges] of each. */
static struct span
confirmed_json(struct db *db, struct settling *s)
{
	struct rows *rows = db_select(db, &tickets_sold, s->ask->show, s->ask->show, s->booking.id);
	const char *before = "[";
	struct buf b;

	buf_init(&b, s->arena, 4 * KiB);
	buf_fmt(&b, "{\"hold\":%" PRId64 ",\"total\":%" PRId64 ",\"currency\":\"%s\",\"channel\":\"" CHANNEL_WEB "\",\"tickets\":",
	    s->p.hold, s->p.amount.minor, s->p.amount.code);
	for (; rows_next(rows); before = ",")
		buf_fmt(&b, "%s[%" PRId64 ",%" PRId64 ",%" PRId64 "]", before, row_int(rows, 0), row_int(rows, 1), row_int(rows, 2));
	buf_text(&b, "]}");
	return buf_view(&b);
}

static enum tx_end
confirm(struct db *db, struct settling *s)
{
	int64_t show = s->ask->show, n = (int64_t)s->seats.n_ids;

	if (!move_find(THING_BOOKING, s->booking.state, "confirmed"))
		return give_back(db, s, "late");
	retake_tell(db, s->arena, show, s->p.hold, &s->seats);
	if (db_change(db, &seats_confirm, s->booking.id, show, AT_8(s->seats.ids, s->seats.n_ids)) != n && !db_failed(db))
		db_refuse(db, "show=%" PRId64 " booking=%" PRId64 " other than its %" PRId64 " locked seats changed", show, s->booking.id, n);
	FAULT_DB(db, "settle.seats_sold");
	if (db_change(db, &tickets_live, show, s->booking.id) != n && !db_failed(db))
		db_refuse(db, "show=%" PRId64 " booking=%" PRId64 " has not a ticket for each seat", show, s->booking.id);
	db_change(db, &booking_confirm, show, s->booking.id);
	if (span_is(s->hold.state, "active"))
		db_change(db, &hold_confirm, show, s->p.hold);
	outbox_add(db, show, "SEAT_SOLD", s->p.hold, seats_json(s->arena, (struct seats_told){ .key = "booking", .id = s->booking.id,
	    .ids = s->seats.ids, .n = s->seats.n_ids, .rows = s->seats.rows, .n_rows = s->seats.n_rows, .up = SEATS_CHANGED_TWICE }));
	outbox_add(db, show, "BOOKING_CONFIRMED", s->booking.id, confirmed_json(db, s));
	payment_move(db, s->arena, show, &s->p, "paid", "");
	payments_hurry(db, show, s->p.hold);	/* its siblings are to be closed */
	s->confirmed = true;
	return end_with(s, SETTLED_CONFIRMED, true);
}

/* Too late: what we still have of the seats goes to others, the money goes back. */
static enum tx_end
too_late(struct db *db, struct settling *s)
{
	enum tx_end end;

	seats_let_go(db, s->arena, s->ask->show, s->p.hold, s->seats.rows, s->seats.n_rows, "late");
	end = give_back(db, s, "late");
	if (span_is(s->hold.state, "active"))
		hold_end(db, s->arena, s->ask->show, &s->hold, "expired", "late");
	return end;
}

static enum tx_end
paid(struct db *db, struct settling *s)
{
	const struct settle_ask *a = s->ask;
	const char *what = mismatch(s);

	if (settled_before(s) == SETTLED_CONFIRMED || settled_before(s) == SETTLED_REFUND)
		return end_with(s, settled_before(s), true);
	if (!what || strcmp(what, "amount") == 0) {
		db_change(db, &capture_note, a->capture, a->capture, a->amount.minor, a->session, a->show, a->payment);
		s->p.captured = a->amount.minor;
	}
	if (what)
		return take_mismatch(db, s, what);
	if (span_is(s->sale.state, "cancelling") || span_is(s->sale.state, "cancelled") || span_is(s->sale.state, "ended"))
		return give_back(db, s, "cancelled");
	/* lock order: seats before the booking */
	if (!retake_lock(db, a->show, s->p.hold, &s->seats) || s->never_confirm) {
		if (!lock_booking(db, a->show, s->p.hold, &s->booking) || span_is(s->booking.state, "confirmed"))
			return give_back(db, s, "second");
		return too_late(db, s);
	}
	if (!lock_booking(db, a->show, s->p.hold, &s->booking))
		return give_back(db, s, "unknown");
	if (span_is(s->booking.state, "confirmed"))
		return give_back(db, s, "second");
	if (span_is(s->p.state, "failed") || span_is(s->p.state, "closed"))
		return give_back(db, s, "late");
	return confirm(db, s);
}

static enum tx_end
not_paid(struct db *db, struct settling *s)
{
	/* what was claimed for capture has been tried: that it is over is how it failed */
	const char *to = s->ask->fact == SETTLE_FAILED || span_is(s->p.state, "capturing") ? "failed" : "closed";
	const char *what = about_another(s);

	if (settled_before(s) != SETTLED_WAITING)
		return end_with(s, settled_before(s), true);	/* out of order: it was settled already */
	if (what) {
		log_warn("settle.mismatch", "show=%" PRId64 " payment=%" PRId64 " what=%s", s->ask->show, s->ask->payment, what);
		return end_with(s, SETTLED_MISMATCH, true);
	}
	if (s->ask->fact == SETTLE_PENDING) {
		db_change(db, &pending_note, s->ask->capture, s->ask->capture, s->ask->show, s->ask->payment);
		return end_with(s, SETTLED_WAITING, true);
	}
	if (!payment_move(db, s->arena, s->ask->show, &s->p, to, ""))
		return end_with(s, SETTLED_WAITING, true);
	if (!span_is(s->hold.state, "active"))
		booking_fail_if_over(db, s->arena, s->ask->show, s->p.hold, "unpaid");
	return end_with(s, SETTLED_ENDED, true);
}

static enum tx_end
settle_body(struct db *db, void *context)
{
	struct settling *s = context;
	const struct settle_ask *a = s->ask;

	s->outcome = OUTCOME_NOT_FOUND;
	s->confirmed = s->refunded = false;
	if (!lock_by_payment(db, s->arena, a->show, a->payment, &s->sale, &s->hold, &s->p))
		return TX_ROLLBACK;
	if (a->provider.n && !event_add(db, a->show, a->payment, a->provider, a->event_id, a->event_type, a->event_body))
		return end_with(s, settled_before(s), false);
	FAULT_DB(db, "settle.event_kept");
	return a->fact == SETTLE_PAID ? paid(db, s) : not_paid(db, s);
}

enum outcome
settle(struct db *db, struct arena *a, const struct settle_ask *ask, enum settled *settled)
{
	struct settling s = { .ask = ask, .arena = a, .refund = id_new() };
	enum tx_result r = tx_run(db, &settle_payment_tx, settle_body, &s);

	if (r == TX_DUPLICATE) {
		BUG("show=%" PRId64 " payment=%" PRId64 " a second live ticket was refused by its UNIQUE key", ask->show, ask->payment);
		s.never_confirm = true;
		r = tx_run(db, &settle_payment_tx, settle_body, &s);
	}
	if (r != TX_DONE)
		return outcome_of_tx(r);
	*settled = s.settled;
	/* also where it was settled before: who did that may have died before noting it */
	if (ask->capture.n && (s.confirmed || s.refunded || span_eq(ask->capture, s.p.capture)))
		payment_note(db, s.p.provider, ask->capture, ask->show, ask->payment);
	counts.confirmed += s.confirmed;
	counts.refunds += s.refunded;
	if (s.outcome == OUTCOME_OK)
		log_info("settle", "show=%" PRId64 " payment=%" PRId64 " fact=%d settled=%d", ask->show, ask->payment, (int)ask->fact,
		    (int)s.settled);
	return s.outcome;
}

struct keeping {
	int64_t show, payment;
	struct span provider, id, type, body, attention;
};

static enum tx_end
keep_body(struct db *db, void *context)
{
	struct keeping *k = context;

	if (event_add(db, k->show, k->payment, k->provider, k->id, k->type, k->body) && k->attention.n)
		attention_add(db, k->show, "event", k->provider, k->id, k->payment, k->attention);
	return TX_COMMIT;
}

enum outcome
event_keep(struct db *db, struct arena *a, int64_t show, int64_t payment, struct span provider, struct span id, struct span type,
    struct span body, struct span attention)
{
	struct keeping k = { show, payment, provider, id, type, body, attention };
	enum tx_result r = tx_run(db, &keep_event_tx, keep_body, &k);

	(void)a;
	/* its twin came in between: stored is stored */
	return r == TX_DUPLICATE ? OUTCOME_OK : outcome_of_tx(r);
}
