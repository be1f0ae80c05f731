/* refunds.c - see refunds.h. A refund is only called done when the provider said so. */
#include "base/base.h"

#include "base/backoff.h"
#include "base/crypto.h"
#include "base/fault.h"
#include "domain/attention.h"
#include "domain/locks.h"
#include "domain/money_moves.h"
#include "domain/refunds.h"
#include "domain/states.h"

#define ATTEMPTS_MAX 5
#define ASK_MS 15000		/* until it is asked for again, then twice so long, … */
#define ASK_DOUBLINGS 8

#define REFUND_COLUMNS "SELECT r.show_id, r.refund_id, r.payment_id, r.state, r.amount_minor, r.currency, p.provider, p.capture, " \
    "r.idem_key, r.provider_refund, r.reason, r.unsure, r.tries, r.done_at, p.session, COALESCE(r.body, ''), " \
    "r.created_at FROM refunds r "

STATEMENT(refund_list, SCATTER, "iiititttttt" "iidttd", REFUND_COLUMNS
    "JOIN payments p ON p.show_id = r.show_id AND p.payment_id = r.payment_id "
    "WHERE r.state = 'pending' AND r.due_at <= UTC_TIMESTAMP(3) ORDER BY r.due_at LIMIT ?");
STATEMENT(refund_newest, SHOW, "iiititttttt" "iidttd", REFUND_COLUMNS
    "JOIN payments p ON p.show_id = ? AND p.payment_id = r.payment_id "
    "WHERE r.show_id = ? AND r.payment_id = ? ORDER BY r.refund_id DESC LIMIT 1");
STATEMENT(refund_all, SHOW, "iiititttttt" "iidttd", REFUND_COLUMNS
    "JOIN payments p ON p.show_id = ? AND p.payment_id = r.payment_id "
    "WHERE r.show_id = ? AND r.payment_id = ? ORDER BY r.refund_id");
STATEMENT(refund_one, SHOW, "iiititttttt" "iidttd", REFUND_COLUMNS
    "JOIN payments p ON p.show_id = ? AND p.payment_id = r.payment_id WHERE r.show_id = ? AND r.refund_id = ?");
STATEMENT(refund_take, SHOW, "", "UPDATE refunds SET due_at = TIMESTAMPADD(MICROSECOND, ?, UTC_TIMESTAMP(3)), tries = tries + 1, body = ? "
    "WHERE show_id = ? AND refund_id = ? AND state = 'pending' AND due_at <= UTC_TIMESTAMP(3)");
STATEMENT(refund_later, SHOW, "", "UPDATE refunds SET due_at = GREATEST(due_at, TIMESTAMPADD(MICROSECOND, ?, UTC_TIMESTAMP(3))) "
    "WHERE show_id = ? AND refund_id = ? AND state = 'pending'");
STATEMENT(refund_lock, SHOW, "ttitii", "SELECT state, reason, amount_minor, currency, attempt, provider_refund <> '' FROM refunds "
    "WHERE show_id = ? AND refund_id = ? FOR UPDATE");
STATEMENT(refund_plain, SHOW, "i", "SELECT payment_id FROM refunds WHERE show_id = ? AND refund_id = ?");
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
		.tries = (int)row_int(r, 12), .done_ms = row_int(r, 13), .session = row_text(r, 14), .body = row_text(r, 15),
		.created_ms = row_int(r, 16) };
	for (int i = 0; i < 4; i++)
		if (span_is(row_text(r, 3), states[i]))
			out->state = i;
}

static size_t
refunds_fill(struct arena *a, struct rows *rows, struct refund **list)
{
	size_t n = 0;

	*list = ARENA_ARRAY(a, struct refund, rows_count(rows));
	while (rows_next(rows))
		refund_fill(rows, &(*list)[n++]);
	return n;
}

size_t
refunds_due(struct db *db, struct arena *a, size_t most, struct refund **list)
{
	return refunds_fill(a, db_select(db, &refund_list, most), list);
}

size_t
refunds_of_payment(struct db *db, struct arena *a, int64_t show, int64_t payment, struct refund **list)
{
	return refunds_fill(a, db_select(db, &refund_all, show, show, payment), list);
}

bool
refund_claim(struct db *db, const struct refund *r)
{
	return db_change(db, &refund_take, backoff_ms(ASK_MS, r->tries, ASK_DOUBLINGS) * 1000, r->body, r->show, r->id) == 1;
}

void
refund_put_off(struct db *db, const struct refund *r, int64_t ms)
{
	db_change(db, &refund_later, ms * 1000, r->show, r->id);
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

bool
lock_refund(struct db *db, struct arena *a, int64_t show, int64_t refund, struct refund_row *r, struct payment_full *p)
{
	struct rows *row = db_row(db, &refund_plain, show, refund);
	struct hold_row hold;
	struct sale sale;
	int64_t payment;

	if (!row)
		return false;
	payment = row_int(row, 0);
	rows_done(row);
	if (!lock_by_payment(db, a, show, payment, &sale, &hold, p) || !(row = db_row(db, &refund_lock, show, refund)))
		return false;
	*r = (struct refund_row){ .id = refund, .state = row_text(row, 0), .reason = row_text(row, 1),
		.amount = money_of(row_int(row, 2), row_text(row, 3)), .attempt = (int)row_int(row, 4),
		.named = row_int(row, 5) };
	rows_done(row);
	return true;
}

static void
move_refund(struct db *db, struct answer *w, const struct move *m, int64_t payment, const struct refund_row *row)
{
	db_change(db, &refund_set, m->to, w->provider_refund, w->provider_refund, w->why, w->show, w->refund);
	refund_tell(db, w->arena, w->show, m->outbox, w->refund, payment, row->amount, row->reason);
}

/* What follows from the move for its payment and for whoever must look. */
static void
follow(struct db *db, struct answer *w, const struct refund_row *row, struct payment_full *p)
{
	struct span id = arena_fmt(w->arena, "%" PRId64, w->refund);

	if (strcmp(w->to, "done") == 0 && span_is(p->state, "refund_due") && refunds_open(db, w->show, p->id) == 0)
		payment_move(db, w->arena, w->show, p, "refunded", CSTR(w->arena, row->reason));
	if (strcmp(w->to, "failed") == 0)
		refund_make(db, w->arena, w->show, w->next, p->id, row->amount, row->reason, row->attempt + 1);
	if (strcmp(w->to, "human") == 0)
		attention_add(db, w->show, "refund", p->provider, id, p->id, arena_fmt(w->arena, "a refund needs a human: " PRSPAN,
		    ARGSPAN(w->why.n ? w->why : SPAN("no attempt is left"))));
}

/* Done at the provider, though we had given it up without a word from there: what followed on it would pay a second time. */
static bool
done_after_all(struct db *db, struct answer *w, const struct refund_row *row, const struct payment_full *p)
{
	bool human = span_is(row->state, "human");

	if (strcmp(w->to, "done") != 0 || row->named || !(human || span_is(row->state, "failed")))
		return false;
	attention_add(db, w->show, "refund", p->provider, arena_fmt(w->arena, "%" PRId64, w->refund), p->id, arena_fmt(w->arena, human ?
	    "done at the provider after all (%.60s): end it by hand, do not ask for it anew" :
	    "done at the provider after all (%.60s), though it was given up: what was given instead may be too much",
	    CSTR(w->arena, w->provider_refund)));
	return true;
}

static enum tx_end
answer_body(struct db *db, void *context)
{
	struct answer *w = context;
	struct payment_full p;
	struct refund_row row;
	const struct move *m;

	w->outcome = OUTCOME_NOT_FOUND;
	if (!lock_refund(db, w->arena, w->show, w->refund, &row, &p))
		return TX_ROLLBACK;
	w->outcome = OUTCOME_OK;
	if (w->provider.n && !event_add(db, w->show, p.id, w->provider, w->event_id, w->event_type, w->event_body))
		return TX_ROLLBACK;
	if (done_after_all(db, w, &row, &p))
		return TX_COMMIT;
	if (strcmp(w->to, "failed") == 0 && (!span_is(row.state, "pending") || row.attempt >= ATTEMPTS_MAX))
		w->to = "human";
	if (span_is(row.state, w->to) || !(m = move_find(THING_REFUND, row.state, w->to)))
		return TX_COMMIT;
	move_refund(db, w, m, p.id, &row);
	FAULT_DB(db, "refund.row_moved");
	follow(db, w, &row, &p);
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
	struct answer w = { .arena = a, .show = r->show, .refund = r->id, .provider_refund = r->provider_refund, .why = why,
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
