/* money_moves.c - see money_moves.h. A state that the table of moves does not allow is never written. */
#include "base/base.h"

#include "domain/locks.h"
#include "domain/money_moves.h"
#include "domain/outbox.h"
#include "domain/states.h"

#define LATE_FIRST "900"	/* seconds after a payment's end until the provider is asked whether money came after all */

STATEMENT(payment_lock, SHOW, "iitttttitiii", "SELECT hold_id, booking_id, state, provider, session, capture, currency, amount_minor, "
    "reason, live, COALESCE(captured_minor, 0), kept_minor FROM payments WHERE show_id = ? AND payment_id = ? FOR UPDATE");
STATEMENT(payment_of_whom, SHOW, "ii", "SELECT p.hold_id, h.buyer_id FROM payments p "
    "JOIN holds h ON h.show_id = ? AND h.hold_id = p.hold_id WHERE p.show_id = ? AND p.payment_id = ?");
STATEMENT(payment_set, SHOW, "", "UPDATE payments SET state = ?, reason = ?, "
    "settled_at = IF(? IN ('paid', 'failed', 'closed', 'refund_due'), UTC_TIMESTAMP(3), settled_at), "
    "ask_at = IF(? IN ('failed', 'closed'), IF(pays_late, TIMESTAMPADD(SECOND, " LATE_FIRST ", UTC_TIMESTAMP(3)), NULL), ask_at) "
    "WHERE show_id = ? AND payment_id = ?");
STATEMENT(refund_insert, SHOW, "", "INSERT INTO refunds (show_id, refund_id, payment_id, state, amount_minor, currency, reason, "
    "idem_key, attempt, due_at, created_at) VALUES (?, ?, ?, 'pending', ?, ?, ?, ?, ?, UTC_TIMESTAMP(3), UTC_TIMESTAMP(3))");
STATEMENT(payment_kept_add, SHOW, "", "UPDATE payments SET kept_minor = kept_minor + ? WHERE show_id = ? AND payment_id = ?");
STATEMENT(refunds_tally, SHOW, "ii", "SELECT COALESCE(SUM(state IN ('pending', 'human')), 0), COALESCE(SUM(amount_minor), 0) FROM refunds "
    "WHERE show_id = ? AND payment_id = ? AND state IN ('pending', 'human', 'done')");
STATEMENT(psp_event_find, SHOW, "i", "SELECT payment_id FROM psp_events WHERE show_id = ? AND provider = ? AND event_id = ?");
STATEMENT(psp_event_insert, SHOW, "", "INSERT INTO psp_events (show_id, provider, event_id, type, payment_id, body, received_at) "
    "VALUES (?, ?, ?, ?, ?, ?, UTC_TIMESTAMP(3))");

bool
lock_payment(struct db *db, int64_t show, int64_t payment, struct payment_full *p)
{
	struct rows *row = db_row(db, &payment_lock, show, payment);

	if (!row)
		return false;
	*p = (struct payment_full){ .id = payment, .hold = row_int(row, 0), .booking = row_int(row, 1), .state = row_text(row, 2),
		.provider = row_text(row, 3), .session = row_text(row, 4), .capture = row_text(row, 5),
		.amount = money_of(row_int(row, 7), row_text(row, 6)), .live = row_int(row, 9), .captured = row_int(row, 10), .kept = row_int(row, 11) };
	rows_done(row);
	return true;
}

bool
payment_move(struct db *db, struct arena *a, int64_t show, struct payment_full *p, const char *to, const char *reason)
{
	const struct move *m = move_find(THING_PAYMENT, p->state, to);

	if (!m)
		return false;
	db_change(db, &payment_set, to, reason, to, to, show, p->id);
	outbox_add(db, show, m->outbox, p->id, arena_fmt(a, "{\"hold\":%" PRId64 ",\"amount\":%" PRId64
	    ",\"currency\":\"%s\",\"provider\":\"" PRSPAN "\",\"reason\":\"%s\",\"captured\":%" PRId64 ",\"channel\":\"" CHANNEL_WEB "\"}",
	    p->hold, p->amount.minor, p->amount.code, ARGSPAN(p->provider), reason, p->captured));
	p->state = span_of(to);
	return true;
}

void
refund_tell(struct db *db, struct arena *a, int64_t show, const char *type, int64_t refund, int64_t payment, struct money m, struct span reason)
{
	outbox_add(db, show, type, refund, arena_fmt(a, "{\"payment\":%" PRId64 ",\"amount\":%" PRId64 ",\"currency\":\"%s\",\"reason\":\""
	    PRSPAN "\"}", payment, m.minor, m.code, ARGSPAN(reason)));
}

void
refund_make(struct db *db, struct arena *a, int64_t show, int64_t refund, int64_t payment, struct money m, struct span reason,
    int attempt)
{
	db_change(db, &refund_insert, show, refund, payment, m.minor, m.code, reason,
	    arena_fmt(a, "refund-%" PRId64 "-%" PRId64, show, refund), attempt);
	refund_tell(db, a, show, "REFUND_PENDING", refund, payment, m, reason);
}

void
payment_keep(struct db *db, int64_t show, int64_t payment, int64_t minor)
{
	db_change(db, &payment_kept_add, minor, show, payment);
}

static int64_t
tally(struct db *db, int64_t show, int64_t payment, size_t column)
{
	struct rows *row = db_row(db, &refunds_tally, show, payment);
	int64_t n = row ? row_int(row, column) : 0;

	if (row)
		rows_done(row);
	return n;
}

int64_t
refunds_open(struct db *db, int64_t show, int64_t payment)
{
	return tally(db, show, payment, 0);
}

int64_t
refunds_sum(struct db *db, int64_t show, int64_t payment)
{
	return tally(db, show, payment, 1);
}

bool
lock_by_payment(struct db *db, struct arena *a, int64_t show, int64_t payment, struct sale *sale, struct hold_row *h,
    struct payment_full *p)
{
	struct rows *row = db_row(db, &payment_of_whom, show, show, payment);
	struct payment_row *all;
	int64_t hold, buyer;

	if (!row)
		return false;
	hold = row_int(row, 0);
	buyer = row_int(row, 1);
	rows_done(row);
	if (!lock_show(db, show, sale))
		return false;
	lock_buyer(db, show, buyer);
	if (!lock_hold(db, show, hold, h))
		return false;
	lock_payments(db, a, show, hold, &all);
	return lock_payment(db, show, payment, p);
}

bool
event_add(struct db *db, int64_t show, int64_t payment, struct span provider, struct span id, struct span type, struct span body)
{
	struct rows *known = db_row(db, &psp_event_find, show, provider, id);

	if (known) {
		rows_done(known);
		return false;
	}
	return db_change(db, &psp_event_insert, show, provider, id, type, payment, body) == 1;
}
