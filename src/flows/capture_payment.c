/*
 * capture_payment.c - taking the money of an approved payment. The right to do so is claimed and committed first, with the seats kept
 * meanwhile; only then the provider is called, always with the same key. Whoever dies in between leaves a claim that goes stale, and
 * the next one asks the provider before it captures.
 */
#include "base/base.h"

#include "base/fault.h"
#include "db/db.h"
#include "domain/capture.h"
#include "flows/internal.h"

static enum word
take(struct flow *f, const struct payment *p, struct psp *psp)
{
	struct span key = arena_fmt(f->arena, PRSPAN "-capture", ARGSPAN(p->key));
	struct payment_report report;
	enum psp_result r = psp->kind->capture(psp, f->arena, p->session, key, &report);

	if (FAULT("capture.answered"))
		return WORD_NONE;
	switch (r) {
	case PSP_OK:
		return payment_word(f, p, &report);
	case PSP_CONFLICT:		/* captured before, or no longer to be captured */
		if (psp->kind->fetch_status(psp, f->arena, p->session, &report) != PSP_OK)
			return WORD_NONE;
		return payment_word(f, p, &report);
	case PSP_DECLINED:
	case PSP_REFUSED:
	case PSP_NOT_FOUND:
		payment_ended(f->db, f->arena, p->show, p->id, PAYMENT_FAILED, r == PSP_DECLINED ? SPAN("declined") : SPAN("refused"));
		return WORD_ENDED;
	case PSP_AGAIN:
	case PSP_BUSY:
		payment_unclaim(f->db, p->show, p->id);
		return WORD_APPROVED;
	case PSP_UNSURE:
		return WORD_NONE;
	}
	return WORD_NONE;
}

enum word
capture_payment(struct flow *f, const struct payment *p)
{
	struct psp *psp = flow_psp(f, p->provider);

	if (!psp || !psp->kind->capture)
		return WORD_NONE;
	switch (payment_claim(f->db, f->arena, p->show, p->id)) {
	case OUTCOME_OK:
		return take(f, p, psp);
	case OUTCOME_CAPTURING:
		return WORD_APPROVED;
	case OUTCOME_EXPIRED:
		return WORD_ENDED;
	default:
		return WORD_NONE;
	}
}
