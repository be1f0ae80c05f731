/*
 * take_webhook.c - a provider's message. Believed only if signed, stored in the transaction of its effect, and found by our own
 * reference first. What is truly signed but fits nothing is stored for a human and never asked for again. Calls no provider.
 */
#include "base/base.h"

#include "base/clock.h"
#include "base/fault.h"
#include "db/db.h"
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

static enum webhook_end
take_payment(struct message *m)
{
	const struct payment_report *r = &m->event.payment;
	bool money = r->fact == FACT_PAID;
	struct settle_ask ask;
	enum settled settled;
	enum outcome o;

	if (!ours_by_reference(m) &&
	    !payment_by_session(m->f->db, m->provider, r->session, &m->ours)) {
		if (db_failed(m->f->db))
			return WEBHOOK_LATER;
		return keep_stray(m, money ? "paid, but no payment of ours" : "");
	}
	if (!settle_ask_fill(&ask, m->ours.show, m->ours.payment, r))
		return keep(m, money ? "paid, but the amount cannot be read" : "");
	ask.provider = m->provider;
	ask.event_id = m->event.id;
	ask.event_type = m->event.type;
	ask.event_body = m->body;
	o = settle(m->f->db, m->f->arena, &ask, &settled);
	if (o == OUTCOME_NOT_FOUND)
		return keep_stray(m, money ? "paid, but no payment of ours" : "");
	return end_of(o);
}

static enum webhook_end
take_refund(struct message *m)
{
	const struct psp_event *e = &m->event;
	struct payment_id refund;	/* "<show>-<refund>" has the shape of a payment's reference */
	enum outcome o;

	if (!payment_reference_read(e->refund.reference, &refund)) {
		ours_by_reference(m);
		/* without the refund's own id it only repeats what the refund's events say */
		return keep(m, e->refund.id.n && e->refund.fact != REFUND_FAILED ? "a refund that we did not ask for" : "");
	}
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
		ours_by_reference(m);
		return keep(m, CSTR(m->f->arena, arena_fmt(m->f->arena, "dispute of " PRSPAN, ARGSPAN(m->event.payment.capture))));
	default:
		return keep(m, "");
	}
}

const char *
webhook_signature_name(struct flow *f, struct span provider)
{
	const struct psp *psp = psp_named(f->psps, f->n_psps, provider);

	return psp ? psp->kind->signature_header : NULL;
}

enum webhook_end
take_webhook(struct flow *f, struct span provider, struct span signature, struct span body)
{
	struct psp *psp = psp_named(f->psps, f->n_psps, provider);
	struct message m = { .f = f, .provider = provider, .body = body };
	enum psp_verdict verdict;

	if (!psp)
		return WEBHOOK_NO_PROVIDER;
	verdict = psp->kind->verify(psp, signature, body, clock_now());
	if (verdict != SIGNED) {
		log_warn("webhook.refused", "provider=%s why=%s bytes=%zu", psp->kind->name,
		    verdict == NOT_SIGNED ? "signature" : "age", body.n);
		return WEBHOOK_NOT_SIGNED;
	}
	if (!psp->kind->parse(psp, f->arena, body, &m.event) || m.event.id.n > MAX_EVENT_ID || m.event.type.n > MAX_EVENT_TYPE) {
		log_error("webhook.unreadable", "provider=%s bytes=%zu", psp->kind->name, body.n);
		return WEBHOOK_UNREADABLE;
	}
	FAULT("webhook.signed");
	return take_event(&m);
}
