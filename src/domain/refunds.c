/* refunds.c - see refunds.h. A refund is only called done when the provider said so. */
#include "base/base.h"

#include "base/crypto.h"
#include "base/fault.h"
#include "domain/locks.h"
#include "domain/money_moves.h"
#include "domain/outbox.h"
#include "domain/refunds.h"
#include "domain/states.h"

#define ATTEMPTS_MAX 5

#define REFUND_COLUMNS "SELECT r.show_id, r.refund_id, r.payment_id, r.state, r.amount_minor, r.currency, p.provider, p.capture, " \
    "r.idem_key, r.provider_refund, r.reason, r.unsure, r.tries, r.done_at FROM refunds r "

STATEMENT(refund_list, SCATTER, "iiititttttt" "iid", REFUND_COLUMNS
    "JOIN payments p ON p.show_id = r.show_id AND p.payment_id = r.payment_id "
    "WHERE r.state = 'pending' AND r.due_at <= UTC_TIMESTAMP(3) ORDER BY r.due_at LIMIT ?");
STATEMENT(refund_newest, SHOW, "iiititttttt" "iid", REFUND_COLUMNS
    "JOIN payments p ON p.show_id = ? AND p.payment_id = r.payment_id "
    "WHERE r.show_id = ? AND r.payment_id = ? ORDER BY r.refund_id DESC LIMIT 1");
STATEMENT(refund_one, SHOW, "iiititttttt" "iid", REFUND_COLUMNS
    "JOIN payments p ON p.show_id = ? AND p.payment_id = r.payment_id WHERE r.show_id = ? AND r.refund_id = ?");
STATEMENT(refund_take, SHOW, "", "UPDATE refunds SET due_at = TIMESTAMPADD(SECOND, LEAST(3600, 15 * POW(2, LEAST(tries, 8))), "
    "UTC_TIMESTAMP(3)), tries = tries + 1 WHERE show_id = ? AND refund_id = ? AND state = 'pending' AND due_at <= UTC_TIMESTAMP(3)");
STATEMENT(refund_lock, SHOW, "ttit", "SELECT state, reason, amount_minor, currency FROM refunds WHERE show_id = ? AND refund_id = ? FOR UPDATE");
STATEMENT(refund_plain, SHOW, "i", "SELECT payment_id FROM refunds WHERE show_id = ? AND refund_id = ?");
STATEMENT(refund_count, SHOW, "i", "SELECT COUNT(*) FROM refunds WHERE show_id = ? AND payment_id = ?");
STATEMENT(refund_wait, SHOW, "", "UPDATE refunds SET provider_refund = ?, unsure = 0, "
    "due_at = TIMESTAMPADD(SECOND, 60, UTC_TIMESTAMP(3)) WHERE show_id = ? AND refund_id = ? AND state = 'pending'");
STATEMENT(refund_set, SHOW, "", "UPDATE refunds SET state = ?, provider_refund = IF(? = '', provider_refund, ?), why = ?, unsure = 0, "
    "done_at = UTC_TIMESTAMP(3) WHERE show_id = ? AND refund_id = ?");
STATEMENT(refund_doubt, SHOW, "", "UPDATE refunds SET unsure = 1 WHERE show_id = ? AND refund_id = ? AND state = 'pending'");

TRANSACTION(refund_answer_tx, "refund");

struct answer {
	struct arena *arena;
	int64_t show, refund, next;	/* next: id of another attempt, made once */
	struct span provider_refund, why;
	const char *to;			/* done, failed (another attempt), human */
	struct span provider, event_id, event_type, event_body;
	enum outcome outcome;
};

static void
refund_fill(struct rows *r, struct refund *out)
{
	static const char *const states[] = { "pending", "done", "failed", "human" };

	*out = (struct refund){ .show = row_int(r, 0), .id = row_int(r, 1), .payment = row_int(r, 2),
		.amount = money_of(row_int(r, 4), row_text(r, 5)), .provider = row_text(r, 6), .capture = row_text(r, 7),
		.key = row_text(r, 8), .provider_refund = row_text(r, 9), .reason = row_text(r, 10), .unsure = row_int(r, 11),
		.tries = (int)row_int(r, 12), .done_ms = row_int(r, 13) };
	for (int i = 0; i < 4; i++)
		if (span_is(row_text(r, 3), states[i]))
			out->state = i;
}

size_t
refunds_due(struct db *db, struct arena *a, size_t most, struct refund **list)
{
	struct rows *rows = db_select(db, &refund_list, most);
	size_t n = 0;

	*list = ARENA_ARRAY(a, struct refund, rows_count(rows));
	while (rows_next(rows))
		refund_fill(rows, &(*list)[n++]);
	return n;
}

bool
refund_claim(struct db *db, const struct refund *r)
{
	return db_change(db, &refund_take, r->show, r->id) == 1;
}

static enum outcome
refund_found(struct db *db, struct rows *row, struct refund *out)
{
	if (!row)
		return db_failed(db) ? outcome_of_reads(db) : OUTCOME_NOT_FOUND;
	refund_fill(row, out);
	rows_done(row);
	return outcome_of_reads(db);
}

enum outcome
refund_read(struct db *db, struct arena *a, int64_t show, int64_t refund, struct refund *out)
{
	(void)a;
	return refund_found(db, db_row(db, &refund_one, show, show, refund), out);
}

enum outcome
refund_of_payment(struct db *db, struct arena *a, int64_t show, int64_t payment, struct refund *out)
{
	(void)a;
	return refund_found(db, db_row(db, &refund_newest, show, show, payment), out);
}

static void
move_refund(struct db *db, struct answer *w, const struct move *m, int64_t payment, struct span reason)
{
	db_change(db, &refund_set, m->to, w->provider_refund, w->provider_refund, w->why, w->show, w->refund);
	outbox_add(db, w->show, m->outbox, w->refund, arena_fmt(w->arena, "{\"payment\":%" PRId64 ",\"reason\":\"" PRSPAN "\"}", payment,
	    ARGSPAN(reason)));
}

static int64_t
attempts(struct db *db, struct answer *w, int64_t payment)
{
	struct rows *row = db_row(db, &refund_count, w->show, payment);
	int64_t n = row ? row_int(row, 0) : 0;

	if (row)
		rows_done(row);
	return n;
}

static enum tx_end
answer_body(struct db *db, void *context)
{
	struct answer *w = context;
	struct payment_full p;
	struct hold_row hold;
	struct sale sale;
	struct rows *row = db_row(db, &refund_plain, w->show, w->refund);
	struct span state, reason;
	struct money amount;
	const struct move *m;
	int64_t payment;

	w->outcome = OUTCOME_NOT_FOUND;
	if (!row)
		return TX_ROLLBACK;
	payment = row_int(row, 0);
	rows_done(row);
	if (!lock_by_payment(db, w->arena, w->show, payment, &sale, &hold, &p) ||
	    !(row = db_row(db, &refund_lock, w->show, w->refund)))
		return TX_ROLLBACK;
	state = row_text(row, 0);
	reason = row_text(row, 1);
	amount = money_of(row_int(row, 2), row_text(row, 3));
	rows_done(row);
	w->outcome = OUTCOME_OK;
	if (w->provider.n && !event_add(db, w->show, payment, w->provider, w->event_id, w->event_type, w->event_body, SPAN_NONE))
		return TX_ROLLBACK;
	if (strcmp(w->to, "failed") == 0 && (!span_is(state, "pending") || attempts(db, w, payment) >= ATTEMPTS_MAX))
		w->to = "human";
	if (span_is(state, w->to) || !(m = move_find(THING_REFUND, state, w->to)))
		return TX_COMMIT;
	move_refund(db, w, m, payment, reason);
	FAULT_DB(db, "refund.row_moved");
	if (strcmp(w->to, "done") == 0 && span_is(p.state, "refund_due"))
		payment_move(db, w->arena, w->show, &p, "refunded", CSTR(w->arena, reason));
	if (strcmp(w->to, "failed") == 0)
		refund_make(db, w->arena, w->show, w->next, payment, amount, reason);
	return TX_COMMIT;
}

static enum outcome
answer(struct db *db, struct answer *w)
{
	enum tx_result r;

	w->next = id_new();
	r = tx_run(db, &refund_answer_tx, answer_body, w);
	if (r == TX_DONE && w->outcome == OUTCOME_OK)
		log_info("refund", "show=%" PRId64 " refund=%" PRId64 " to=%s", w->show, w->refund, w->to);
	return r == TX_DONE ? w->outcome : outcome_of_tx(r);
}

enum outcome
refund_accepted(struct db *db, struct arena *a, const struct refund *r, struct span provider_refund, bool done)
{
	struct answer w = { .arena = a, .show = r->show, .refund = r->id, .provider_refund = provider_refund, .why = SPAN_NONE, .to = "done" };

	if (done)
		return answer(db, &w);
	db_change(db, &refund_wait, provider_refund, r->show, r->id);
	return outcome_of_reads(db);
}

enum outcome
refund_unsure(struct db *db, struct arena *a, const struct refund *r)
{
	(void)a;
	db_change(db, &refund_doubt, r->show, r->id);
	return outcome_of_reads(db);
}

enum outcome
refund_failed(struct db *db, struct arena *a, const struct refund *r, struct span why, bool again)
{
	struct answer w = { .arena = a, .show = r->show, .refund = r->id, .provider_refund = SPAN_NONE, .why = why,
		.to = again ? "failed" : "human" };

	return answer(db, &w);
}

enum outcome
refund_reported(struct db *db, struct arena *a, int64_t show, int64_t refund, bool done, struct span provider_refund, struct span why,
    struct span provider, struct span event_id, struct span event_type, struct span event_body)
{
	struct answer w = { .arena = a, .show = show, .refund = refund, .provider_refund = provider_refund, .why = why,
		.to = done ? "done" : "failed", .provider = provider, .event_id = event_id, .event_type = event_type,
		.event_body = event_body };

	return answer(db, &w);
}
