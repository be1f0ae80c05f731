/*
 * take_webhook.c - a provider's message. Believed only if signed, stored in the transaction of its effect, and found by our own
 * reference first. What is truly signed but fits nothing is stored for a human and never asked for again. Calls no provider about it.
 */
#include "base/base.h"

#include "base/clock.h"
#include "base/fault.h"
#include "db/db.h"
#include "domain/disputes.h"
#include "flows/internal.h"

/* What the table of events has room for. */
#define MAX_EVENT_ID 120
#define MAX_EVENT_TYPE 80

struct message {
	struct flow *f;
	struct span provider, body;
	struct psp_event event;
	struct payment_id ours;		/* the payment it is about; 0 where unknown */
};

static enum webhook_end
end_of(enum outcome o)
{
	return o == OUTCOME_OK ? WEBHOOK_TAKEN : WEBHOOK_LATER;
}

/* Stored without effect. attention: a word for the human who must look; empty: nobody need. */
static enum webhook_end
keep(struct message *m, const char *attention)
{
	const struct psp_event *e = &m->event;

	log_line(*attention ? LOG_LEVEL_WARN : LOG_LEVEL_INFO, "webhook.kept", "provider=" PRSPAN " event=" PRSPAN " type=" PRSPAN
	    " show=%" PRId64 " payment=%" PRId64 " attention=\"%s\"", ARGSPAN(m->provider), ARGSPAN(e->id), ARGSPAN(e->type),
	    m->ours.show, m->ours.payment, attention);
	return end_of(event_keep(m->f->db, m->f->arena, m->ours.show, m->ours.payment, m->provider, e->id, e->type, m->body,
	    span_of(attention)));
}

/* Nothing of ours is meant: then its show and payment are no key of ours either. */
static enum webhook_end
keep_stray(struct message *m, const char *attention)
{
	m->ours = (struct payment_id){ 0 };
	return keep(m, attention);
}

static bool
ours_by_reference(struct message *m)
{
	if (payment_reference_read(m->event.payment.reference, &m->ours))
		return true;
	m->ours = (struct payment_id){ 0 };
	return false;
}

/* By our reference, or by the ids that the provider gave to the payment. False: none of ours, or (db_failed) it cannot be told. */
static bool
find_payment(struct message *m)
{
	const struct payment_report *r = &m->event.payment;

	return ours_by_reference(m) || (r->session.n && payment_by_session(m->f->db, m->provider, r->session, &m->ours)) ||
	    (r->capture.n && payment_by_session(m->f->db, m->provider, r->capture, &m->ours));
}

static enum webhook_end
take_payment(struct message *m)
{
	const struct payment_report *r = &m->event.payment;
	bool money = r->fact == FACT_PAID;
	struct settle_ask ask;
	enum settled settled;
	enum outcome o;

	if (!find_payment(m)) {
		if (db_failed(m->f->db))
			return WEBHOOK_LATER;
		return keep_stray(m, money ? "paid, but no payment of ours" : "");
	}
	if (!settle_ask_fill(&ask, m->ours.show, m->ours.payment, r)) {
		enum webhook_end end = keep(m, money ? "paid, but the amount cannot be read" : "");

		if (r->fact == FACT_APPROVED)	/* ours to capture; by the reaper, for nobody is called from here */
			payment_hurry(m->f->db, m->ours.show, m->ours.payment);
		return end;
	}
	ask.provider = m->provider;
	ask.event_id = m->event.id;
	ask.event_type = m->event.type;
	ask.event_body = m->body;
	o = settle(m->f->db, m->f->arena, &ask, &settled);
	if (o == OUTCOME_NOT_FOUND)
		return keep_stray(m, money ? "paid, but no payment of ours" : "");
	return end_of(o);
}

/* Not by our asking, or its reference was lost on the way. */
static enum webhook_end
take_stray_refund(struct message *m)
{
	const struct psp_event *e = &m->event;
	struct refund_seen seen;
	enum outcome o;

	if (!find_payment(m))
		return db_failed(m->f->db) ? WEBHOOK_LATER : keep_stray(m, e->refund.id.n ? "a refund, but no payment of ours" : "");
	/* without the refund's own id it only repeats what the refund's events say */
	if (!e->refund.id.n || e->refund.fact == REFUND_UNKNOWN)
		return keep(m, "");
	seen = (struct refund_seen){ .show = m->ours.show, .payment = m->ours.payment, .id = e->refund.id, .amount = e->refund.amount,
		.failed = e->refund.fact == REFUND_FAILED, .provider = m->provider, .event_id = e->id, .event_type = e->type,
		.event_body = m->body };
	o = refund_seen(m->f->db, m->f->arena, &seen);
	return o == OUTCOME_NOT_FOUND ? keep_stray(m, "a refund, but no payment of ours") : end_of(o);
}

static enum webhook_end
take_dispute(struct message *m)
{
	static const enum dispute_state states[] = { [DISPUTE_OPEN] = DISPUTE_IS_OPEN, [DISPUTE_WON] = DISPUTE_IS_WON,
		[DISPUTE_LOST] = DISPUTE_IS_LOST };
	const struct psp_event *e = &m->event;
	struct dispute_seen seen;

	if (!find_payment(m))
		return db_failed(m->f->db) ? WEBHOOK_LATER : keep_stray(m, "a dispute, but of no payment of ours");
	if (!e->refund.id.n)
		return keep(m, "a dispute without an id");
	seen = (struct dispute_seen){ .show = m->ours.show, .payment = m->ours.payment, .provider = m->provider, .dispute = e->refund.id,
		.state = states[e->dispute], .status = e->refund.why, .amount = e->refund.amount, .event_id = e->id, .event_type = e->type,
		.event_body = m->body };
	return end_of(dispute_note(m->f->db, m->f->arena, &seen));
}

static enum webhook_end
take_refund(struct message *m)
{
	const struct psp_event *e = &m->event;
	struct payment_id refund;	/* "<show>-<refund>" has the shape of a payment's reference */
	enum outcome o;

	if (!payment_reference_read(e->refund.reference, &refund))
		return take_stray_refund(m);
	m->ours.show = refund.show;
	if (e->refund.fact != REFUND_DONE && e->refund.fact != REFUND_FAILED)
		return keep(m, "");
	o = refund_reported(m->f->db, m->f->arena, refund.show, refund.payment, e->refund.fact == REFUND_DONE, e->refund.id,
	    e->refund.why, m->provider, e->id, e->type, m->body);
	return o == OUTCOME_NOT_FOUND ? keep_stray(m, "no refund of ours") : end_of(o);
}

static enum webhook_end
take_event(struct message *m)
{
	switch (m->event.kind) {
	case EVENT_PAYMENT:
		return take_payment(m);
	case EVENT_REFUND:
		return take_refund(m);
	case EVENT_DISPUTE:
		return take_dispute(m);
	default:
		return keep(m, "");
	}
}

enum webhook_end
take_webhook(struct flow *f, struct span provider, const struct message_in *in)
{
	struct psp *psp = psp_named(f->psps, f->n_psps, provider);
	struct delivery d = { .header = in->header, .at = in->at, .body = in->body, .now_ms = clock_now(), .fetched = SPAN_NONE };
	struct message m = { .f = f, .provider = provider, .body = in->body };

	if (!psp)
		return WEBHOOK_NO_PROVIDER;
	switch (judge_delivery(f, psp, &d)) {
	case JUDGED_SIGNED:
		break;
	case JUDGED_UNKNOWN:
		return WEBHOOK_LATER;
	case JUDGED_FALSE:
	case JUDGED_OLD:
		return WEBHOOK_NOT_SIGNED;
	}
	if (!psp->kind->parse_webhook(psp, f->arena, &d, &m.event) || m.event.id.n > MAX_EVENT_ID || m.event.type.n > MAX_EVENT_TYPE) {
		log_error("webhook.unreadable", "provider=%s bytes=%zu", psp->kind->name, in->body.n);
		return WEBHOOK_UNREADABLE;
	}
	FAULT("webhook.signed");
	return take_event(&m);
}
