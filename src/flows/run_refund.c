/*
 * run_refund.c - giving money back until the provider says that it did. A call whose answer was lost is looked for before it is
 * made again, and made again under the same key, so that nobody is paid back twice.
 */
#include "base/base.h"

#include "base/fault.h"
#include "db/db.h"
#include "flows/internal.h"

/* A provider may answer one key with the same stored error for a day: after so many tries that left no trace there, a new key. */
#define TRIES_OF_A_KEY 4

static void
take_report(struct flow *f, const struct refund *r, const struct refund_report *report)
{
	struct refund told = *r;

	switch (report->fact) {
	case REFUND_DONE:
		refund_accepted(f->db, f->arena, r, report->id, true);
		return;
	case REFUND_FAILED:
		told.provider_refund = report->id;
		refund_failed(f->db, f->arena, &told, report->why.n ? report->why : SPAN("failed"), true);
		return;
	case REFUND_UNKNOWN:
		log_warn("refund.state", "show=%" PRId64 " refund=%" PRId64 " in a state that we do not know", r->show, r->id);
		/* fall through */
	case REFUND_PENDING:
		refund_accepted(f->db, f->arena, r, report->id, false);
	}
}

static struct refund_ask
ask_of(struct flow *f, const struct refund *r)
{
	return (struct refund_ask){ .session = r->session, .capture = r->capture, .reference = payment_reference(f->arena, r->show, r->id),
		.refund = r->provider_refund, .body = r->body, .key = r->key, .amount = r->amount };
}

/* By the provider's own id where it gave one, else by our reference among all refunds of that capture. */
static enum psp_result
find(struct flow *f, struct psp *psp, const struct refund *r, struct refund_report *report)
{
	const struct refund_ask ask = ask_of(f, r);

	return r->provider_refund.n ? psp->kind->fetch_refund(psp, f->arena, &ask, report) :
	    psp->kind->find_refund(psp, f->arena, &ask, report);
}

/* Refunded already, says the provider: by us, or by somebody at its own pages, which a human must know. */
static void
refunded_before(struct flow *f, struct psp *psp, const struct refund *r)
{
	struct refund_report report;
	enum psp_result result = find(f, psp, r, &report);

	if (result == PSP_OK)
		take_report(f, r, &report);
	else if (result == PSP_NOT_FOUND)
		refund_failed(f->db, f->arena, r, SPAN("refunded, but not by us"), false);
}

static void
ask(struct flow *f, struct psp *psp, const struct refund *r)
{
	const struct refund_ask ask = ask_of(f, r);
	struct refund_report report;
	enum psp_result result = psp->kind->refund(psp, f->arena, &ask, &report);

	FAULT("refund.answered");
	switch (result) {
	case PSP_OK:
		take_report(f, r, &report);
		return;
	case PSP_UNSURE:
		refund_unsure(f->db, f->arena, r);
		return;
	case PSP_CONFLICT:
		refunded_before(f, psp, r);
		return;
	case PSP_REFUSED:
	case PSP_DECLINED:
	case PSP_NOT_FOUND:
		refund_failed(f->db, f->arena, r, SPAN("refused"), false);
		return;
	case PSP_AGAIN:
	case PSP_BUSY:
		if (psp->wait_ms > 0)	/* else claiming it has set the time of the next try */
			refund_put_off(f->db, r, psp->wait_ms);
		return;
	}
}

/*
 * Asked before: accepted and not yet done, or with no answer, or whoever asked died before noting either. True: it was found, or
 * cannot be looked for now.
 */
static bool
asked_before(struct flow *f, struct psp *psp, const struct refund *r)
{
	struct refund_report report;
	enum psp_result result = find(f, psp, r, &report);

	if (result == PSP_OK)
		take_report(f, r, &report);
	else if (result == PSP_NOT_FOUND && r->provider_refund.n)
		refund_failed(f->db, f->arena, r, SPAN("accepted, then gone"), false);
	else if (result == PSP_NOT_FOUND && r->unsure && r->tries >= TRIES_OF_A_KEY)
		refund_failed(f->db, f->arena, r, SPAN("no answer"), true);
	else if (result == PSP_NOT_FOUND)
		return false;
	return true;
}

void
run_refund(struct flow *f, const struct refund *r)
{
	struct psp *psp = flow_psp(f, r->provider);

	if (!psp)
		return;
	if (!r->capture.n || !r->body.n) {
		refund_failed(f->db, f->arena, r, r->capture.n ? SPAN("cannot be asked for") : SPAN("nothing to refund from"), false);
		return;
	}
	if ((r->tries > 0 || r->provider_refund.n) && asked_before(f, psp, r))
		return;
	ask(f, psp, r);
}

/* The exact request, made once: what is stored with the first claim is sent each time. */
static void
body_make(struct flow *f, struct refund *r)
{
	struct psp *psp = flow_psp(f, r->provider);
	const struct refund_ask ask = ask_of(f, r);

	if (!r->body.n && psp && r->capture.n)
		r->body = psp->kind->refund_body(psp, f->arena, &ask);
}

size_t
run_refunds(struct flow *f, size_t most)
{
	struct refund *list;
	size_t n = refunds_due(f->db, f->arena, most, &list);

	for (size_t i = 0; i < n; i++) {
		body_make(f, &list[i]);
		if (refund_claim(f->db, &list[i]))
			run_refund(f, &list[i]);
		db_clear(f->db);	/* one refund's trouble is not the next one's */
	}
	return n;
}
