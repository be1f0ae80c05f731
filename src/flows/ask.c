/* ask.c - what a provider says of a payment, and what it then is for us. */
#include "base/base.h"

#include "base/fault.h"
#include "db/db.h"
#include "domain/providers.h"
#include "flows/internal.h"

struct psp *
flow_psp(struct flow *f, struct span provider)
{
	struct psp *psp = psp_named(f->psps, f->n_psps, provider);

	if (!psp)
		log_error("psp.missing", "provider=" PRSPAN " is not in the settings", ARGSPAN(provider));
	return psp;
}

size_t
pay_ways(struct flow *f, struct money amount, struct span **names)
{
	struct span *off;
	size_t n = 0, n_off = providers_off(f->db, f->arena, &off);

	*names = ARENA_ARRAY(f->arena, struct span, f->n_psps);
	for (size_t i = 0; i < f->n_psps; i++) {
		struct span name = span_of(f->psps[i].kind->name);
		size_t k = 0;

		while (k < n_off && !span_eq(off[k], name))
			k++;
		if (k == n_off && f->psps[i].kind->check_amount(&f->psps[i], amount))
			(*names)[n++] = name;
	}
	return n;
}

bool
settle_ask_fill(struct settle_ask *ask, int64_t show, int64_t payment, const struct payment_report *r)
{
	enum settle_fact fact;

	switch (r->fact) {
	case FACT_PAID:
		if (r->amount.minor < 0) {
			log_error("psp.amount", "show=%" PRId64 " payment=%" PRId64 " paid, but the amount cannot be read", show, payment);
			return false;
		}
		fact = SETTLE_PAID;
		break;
	case FACT_PENDING:
		fact = SETTLE_PENDING;
		break;
	case FACT_FAILED:
		fact = SETTLE_FAILED;
		break;
	case FACT_CLOSED:
		fact = SETTLE_CLOSED;
		break;
	default:
		return false;
	}
	*ask = (struct settle_ask){
		.show = show, .payment = payment, .fact = fact, .amount = r->amount, .session = r->session, .capture = r->capture,
		.live = r->live, .provider = SPAN_NONE, .event_id = SPAN_NONE, .event_type = SPAN_NONE, .event_body = SPAN_NONE,
	};
	return true;
}

enum word
payment_word(struct flow *f, const struct payment *p, const struct payment_report *r)
{
	struct settle_ask ask;
	enum settled settled;

	if (!span_eq(r->reference, payment_reference(f->arena, p->show, p->id))) {
		log_error("psp.reference", "show=%" PRId64 " payment=%" PRId64 " session=" PRSPAN " is another's", p->show, p->id,
		    ARGSPAN(p->session));
		return WORD_NONE;
	}
	if (r->fact == FACT_OPEN)
		return WORD_OPEN;
	if (r->fact == FACT_APPROVED)
		return WORD_APPROVED;
	if (!settle_ask_fill(&ask, p->show, p->id, r) || settle(f->db, f->arena, &ask, &settled) != OUTCOME_OK)
		return WORD_NONE;
	switch (settled) {
	case SETTLED_WAITING:
		return WORD_PENDING;
	case SETTLED_ENDED:
		return WORD_ENDED;
	default:
		return WORD_SETTLED;
	}
}

enum word
payment_ask(struct flow *f, const struct payment *p)
{
	struct psp *psp = flow_psp(f, p->provider);
	struct payment_report report;
	enum psp_result r;
	enum word word;

	if (!psp || !p->session.n)
		return WORD_NONE;
	r = psp->kind->fetch_status(psp, f->arena, p->session, &report);
	if (FAULT("ask.answered"))
		return WORD_NONE;
	if (r == PSP_NOT_FOUND)
		return WORD_GONE;
	word = r == PSP_OK ? payment_word(f, p, &report) : WORD_NONE;
	if (word == WORD_OPEN && p->state == PAYMENT_CAPTURING)
		return capture_over(f, p, "not approved");
	return word == WORD_APPROVED ? capture_payment(f, p) : word;
}
