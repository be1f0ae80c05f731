/* disputes.c - see disputes.h. */
#include "base/base.h"

#include "domain/attention.h"
#include "domain/disputes.h"
#include "domain/money_moves.h"

STATEMENT(dispute_put, SHOW, "", "INSERT INTO disputes (show_id, provider, dispute, payment_id, state, status, amount_minor, currency, "
    "opened_at, changed_at) VALUES (?, ?, ?, ?, 'open', ?, ?, ?, UTC_TIMESTAMP(3), UTC_TIMESTAMP(3)) ON DUPLICATE KEY UPDATE show_id = show_id");
STATEMENT(dispute_move, SHOW, "", "UPDATE disputes SET state = ?, status = ?, changed_at = UTC_TIMESTAMP(3) "
    "WHERE show_id = ? AND provider = ? AND dispute = ? AND state = 'open'");

TRANSACTION(dispute_tx, "dispute");

struct noting {
	struct arena *arena;
	const struct dispute_seen *seen;
};

static enum tx_end
note_body(struct db *db, void *context)
{
	static const char *const states[] = { "open", "won", "lost" };
	const struct noting *n = context;
	const struct dispute_seen *d = n->seen;
	bool moved;

	if (!event_add(db, d->show, d->payment, d->provider, d->event_id, d->event_type, d->event_body))
		return TX_ROLLBACK;
	moved = db_change(db, &dispute_put, d->show, d->provider, d->dispute, d->payment, d->status, d->amount.minor, d->amount.code) == 1;
	moved |= db_change(db, &dispute_move, states[d->state], d->status, d->show, d->provider, d->dispute) == 1;
	/* it has ended, and what comes late changes nothing; but money that was won back may be lost again in an appeal */
	if (!moved && d->state != DISPUTE_IS_LOST)
		return TX_COMMIT;
	if (d->state == DISPUTE_IS_WON)
		attention_over(db, d->show, "dispute", d->provider, d->dispute, "won");
	else
		attention_add(db, d->show, "dispute", d->provider, d->dispute, d->payment, d->state == DISPUTE_IS_LOST ?
		    SPAN("disputed and lost: the provider took the money back") : SPAN("disputed: the provider wants an answer in time"));
	return TX_COMMIT;
}

enum outcome
dispute_note(struct db *db, struct arena *a, const struct dispute_seen *seen)
{
	struct noting n = { a, seen };
	enum tx_result r = tx_run(db, &dispute_tx, note_body, &n);

	return r == TX_DONE || r == TX_DUPLICATE ? OUTCOME_OK : outcome_of_tx(r);
}
