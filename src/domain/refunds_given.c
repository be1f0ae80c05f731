/* refunds_given.c - refunds that people of the house decide: money back on a payment, and an end for those that need a human. */
#include "base/base.h"

#include "domain/attention.h"
#include "domain/locks.h"
#include "domain/money_moves.h"
#include "domain/refunds.h"
#include "domain/states.h"

STATEMENT(given_known, SHOW, "i", "SELECT payment_id FROM refunds WHERE show_id = ? AND refund_id = ?");
STATEMENT(given_fail, SHOW, "", "UPDATE refunds SET state = 'failed', why = ? WHERE show_id = ? AND refund_id = ? AND state = 'human'");
STATEMENT(given_done, SHOW, "", "UPDATE refunds SET state = 'done', why = ?, provider_refund = 'by hand', done_at = UTC_TIMESTAMP(3) "
    "WHERE show_id = ? AND refund_id = ? AND state = 'pending'");

TRANSACTION(refund_give_tx, "refund_give");
TRANSACTION(refund_hand_tx, "refund_hand");

struct giving {
	struct arena *arena;
	int64_t show, payment, refund, minor;
	struct span reason;
	struct money *left;
	enum outcome outcome;
};

static bool
known(struct db *db, int64_t show, int64_t refund)
{
	struct rows *row = db_row(db, &given_known, show, refund);

	if (row)
		rows_done(row);
	return row != NULL;
}

static enum tx_end
give_body(struct db *db, void *context)
{
	struct giving *g = context;
	struct payment_full p;
	struct hold_row hold;
	struct sale sale;

	g->outcome = OUTCOME_NOT_FOUND;
	if (!lock_by_payment(db, g->arena, g->show, g->payment, &sale, &hold, &p) || !p.captured)
		return TX_ROLLBACK;
	*g->left = p.amount;
	g->left->minor = p.captured - refunds_sum(db, g->show, g->payment);
	g->outcome = OUTCOME_OK;
	if (known(db, g->show, g->refund))	/* a COMMIT whose answer was lost */
		return TX_ROLLBACK;
	if (g->minor <= 0 || g->minor > g->left->minor) {
		g->outcome = OUTCOME_LIMIT;
		return TX_ROLLBACK;
	}
	payment_keep(db, g->show, g->payment, -g->minor);
	refund_make(db, g->arena, g->show, g->refund, g->payment, money_of(g->minor, span_of(p.amount.code)), g->reason, 1);
	return TX_COMMIT;
}

enum outcome
refund_give(struct db *db, struct arena *a, int64_t show, int64_t payment, int64_t refund, int64_t minor, struct span reason,
    struct money *left)
{
	struct giving g = { .arena = a, .show = show, .payment = payment, .refund = refund, .minor = minor, .reason = reason, .left = left };
	enum tx_result r = tx_run(db, &refund_give_tx, give_body, &g);

	return r == TX_DONE ? g.outcome : outcome_of_tx(r);
}

struct deciding {
	struct arena *arena;
	int64_t show, refund, next;
	struct span words;
	bool given;			/* another way; else it is asked for anew */
	enum outcome outcome;
};

/* The new row is the money that went another way: it counts as given, and nobody asks the provider for it. */
static void
note_given(struct db *db, struct deciding *d, struct payment_full *p, const struct refund_row *row)
{
	const struct move *m = move_find(THING_REFUND, SPAN("pending"), "done");

	db_change(db, &given_done, d->words, d->show, d->next);
	refund_tell(db, d->arena, d->show, m->outbox, d->next, p->id, row->amount, row->reason);
	if (span_is(p->state, "refund_due") && refunds_open(db, d->show, p->id) == 0)
		payment_move(db, d->arena, d->show, p, "refunded", CSTR(d->arena, row->reason));
}

static enum tx_end
decide_body(struct db *db, void *context)
{
	struct deciding *d = context;
	struct payment_full p;
	struct refund_row row;
	const struct move *m;

	d->outcome = OUTCOME_NOT_FOUND;
	if (!lock_refund(db, d->arena, d->show, d->refund, &row, &p))
		return TX_ROLLBACK;
	d->outcome = known(db, d->show, d->next) ? OUTCOME_OK : OUTCOME_CHANGED;
	if (!span_is(row.state, "human") || !(m = move_find(THING_REFUND, row.state, "failed")))
		return TX_ROLLBACK;
	d->outcome = OUTCOME_OK;
	db_change(db, &given_fail, d->words, d->show, d->refund);
	refund_tell(db, d->arena, d->show, m->outbox, d->refund, p.id, row.amount, row.reason);
	refund_make(db, d->arena, d->show, d->next, p.id, row.amount, row.reason, 1);
	if (d->given)
		note_given(db, d, &p, &row);
	attention_over(db, d->show, "refund", p.provider, arena_fmt(d->arena, "%" PRId64, d->refund), CSTR(d->arena, d->words));
	return TX_COMMIT;
}

static enum outcome
decide(struct db *db, struct deciding *d)
{
	enum tx_result r = tx_run(db, &refund_hand_tx, decide_body, d);

	return r == TX_DONE ? d->outcome : outcome_of_tx(r);
}

enum outcome
refund_by_hand(struct db *db, struct arena *a, int64_t show, int64_t refund, int64_t next, struct span words)
{
	struct deciding d = { .arena = a, .show = show, .refund = refund, .next = next, .words = words, .given = true };

	return decide(db, &d);
}

enum outcome
refund_again(struct db *db, struct arena *a, int64_t show, int64_t refund, int64_t next)
{
	struct deciding d = { .arena = a, .show = show, .refund = refund, .next = next, .words = SPAN("asked for anew") };

	return decide(db, &d);
}
