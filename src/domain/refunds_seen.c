/*
 * refunds_seen.c - money that went back without our asking: somebody refunded at the provider's own pages. Recorded with its payment so
 * that the books add up and it is not given twice, and shown to a human, because tickets may still be live.
 */
#include "base/base.h"

#include "base/crypto.h"
#include "domain/attention.h"
#include "domain/locks.h"
#include "domain/money_moves.h"
#include "domain/refunds.h"
#include "domain/states.h"

STATEMENT(seen_known, SHOW, "it", "SELECT refund_id, state FROM refunds WHERE show_id = ? AND payment_id = ? AND provider_refund = ? LIMIT 1");
STATEMENT(seen_insert, SHOW, "", "INSERT INTO refunds (show_id, refund_id, payment_id, state, amount_minor, currency, reason, idem_key, "
    "provider_refund, origin, due_at, created_at, done_at) VALUES (?, ?, ?, 'done', ?, ?, 'provider', '', ?, 'provider', UTC_TIMESTAMP(3), "
    "UTC_TIMESTAMP(3), UTC_TIMESTAMP(3))");
STATEMENT(seen_waiting, SHOW, "iii", "SELECT refund_id, amount_minor, unsure OR provider_refund <> '' OR tries > 0 FROM refunds "
    "WHERE show_id = ? AND payment_id = ? AND state = 'pending' ORDER BY refund_id FOR UPDATE");
STATEMENT(seen_spared, SHOW, "", "UPDATE refunds SET state = 'failed', why = 'refunded at the provider', done_at = UTC_TIMESTAMP(3) "
    "WHERE show_id = ? AND refund_id = ? AND state = 'pending'");
STATEMENT(seen_returned, SHOW, "", "UPDATE refunds SET state = 'human', why = 'the money came back' WHERE show_id = ? AND refund_id = ? "
    "AND state = 'done'");

TRANSACTION(refund_seen_tx, "refund_seen");

struct seeing {
	struct arena *arena;
	const struct refund_seen *seen;
	int64_t refund;			/* id for a new row, made once */
	enum outcome outcome;
};

static void
tell(struct db *db, struct seeing *s, const char *type, int64_t refund)
{
	refund_tell(db, s->arena, s->seen->show, type, refund, s->seen->payment, s->seen->amount, SPAN("provider"));
}

/* One of ours that waits, was never sent and is for this very amount need not be sent any more. True: it was put aside. */
static bool
spare_ours(struct db *db, struct seeing *s)
{
	const struct refund_seen *r = s->seen;
	struct rows *rows = db_select(db, &seen_waiting, r->show, r->payment);
	int64_t ours = 0;

	while (rows_next(rows))
		if (!ours && row_int(rows, 1) == r->amount.minor && !row_int(rows, 2))
			ours = row_int(rows, 0);
	if (!ours)
		return false;
	db_change(db, &seen_spared, r->show, ours);
	tell(db, s, "REFUND_FAILED", ours);
	return true;
}

static void
record(struct db *db, struct seeing *s, struct payment_full *p)
{
	const struct refund_seen *r = s->seen;
	bool spared = spare_ours(db, s);

	if (!spared && r->amount.minor > p->captured - refunds_sum(db, r->show, r->payment)) {
		attention_add(db, r->show, "refund", r->provider, r->id, r->payment, SPAN("refunded at the provider, beyond what was captured and is not "
		    "refunded yet"));
		return;
	}
	db_change(db, &seen_insert, r->show, s->refund, r->payment, r->amount.minor, r->amount.code, r->id);
	tell(db, s, "REFUND_PENDING", s->refund);
	tell(db, s, "REFUND_DONE", s->refund);
	if (!spared)
		payment_keep(db, r->show, r->payment, -r->amount.minor);
	if (span_is(p->state, "refund_due") && refunds_open(db, r->show, r->payment) == 0)
		payment_move(db, s->arena, r->show, p, "refunded", "provider");
	if (span_is(p->state, "paid"))
		attention_add(db, r->show, "refund", r->provider, r->id, r->payment, SPAN("refunded at the provider; its tickets are still live"));
}

static enum tx_end
seen_body(struct db *db, void *context)
{
	struct seeing *s = context;
	const struct refund_seen *r = s->seen;
	struct payment_full p;
	struct hold_row hold;
	struct sale sale;
	struct rows *row;
	int64_t known = 0;
	bool done = false;

	s->outcome = OUTCOME_NOT_FOUND;
	if (!lock_by_payment(db, s->arena, r->show, r->payment, &sale, &hold, &p))
		return TX_ROLLBACK;
	s->outcome = OUTCOME_OK;
	if (!event_add(db, r->show, r->payment, r->provider, r->event_id, r->event_type, r->event_body))
		return TX_ROLLBACK;
	if ((row = db_row(db, &seen_known, r->show, r->payment, r->id))) {
		known = row_int(row, 0);
		done = span_is(row_text(row, 1), "done");
		rows_done(row);
	}
	if (known && r->failed && done) {
		db_change(db, &seen_returned, r->show, known);
		tell(db, s, "REFUND_HUMAN", known);
		attention_add(db, r->show, "refund", r->provider, arena_fmt(s->arena, "%" PRId64, known), r->payment, SPAN("a refund came back"));
	} else if (!known && !r->failed) {
		if (p.captured && strcmp(p.amount.code, r->amount.code) == 0 && r->amount.minor > 0)
			record(db, s, &p);
		else	/* its event does not come again: tickets may follow that are paid for with nothing */
			attention_add(db, r->show, "refund", r->provider, r->id, r->payment, p.captured ?
			    SPAN("refunded at the provider, but the amount cannot be read or is in another currency") :
			    SPAN("refunded at the provider before we knew of the payment; tickets may follow"));
	}
	return TX_COMMIT;
}

enum outcome
refund_seen(struct db *db, struct arena *a, const struct refund_seen *seen)
{
	struct seeing s = { .arena = a, .seen = seen, .refund = id_new() };
	enum tx_result r = tx_run(db, &refund_seen_tx, seen_body, &s);

	return r == TX_DONE ? s.outcome : r == TX_DUPLICATE ? OUTCOME_OK : outcome_of_tx(r);
}
