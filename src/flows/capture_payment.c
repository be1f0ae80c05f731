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

enum word
capture_over(struct flow *f, const struct payment *p, const char *why)
{
	return payment_ended(f->db, f->arena, p->show, p->id, PAYMENT_FAILED, span_of(why)) == OUTCOME_OK ? WORD_ENDED : WORD_NONE;
}

/* Captured before by somebody else, or no longer to be captured: the provider knows. */
static enum word
look_again(struct flow *f, const struct payment *p, struct psp *psp)
{
	struct payment_report report;
	enum word word;

	if (psp->kind->fetch_status(psp, f->arena, p->session, &report) != PSP_OK)
		return WORD_NONE;
	word = payment_word(f, p, &report);
	return word == WORD_OPEN ? capture_over(f, p, "not approved") : word;
}

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
	case PSP_CONFLICT:
		return look_again(f, p, psp);
	case PSP_DECLINED:
		return capture_over(f, p, "declined");
	case PSP_REFUSED:
	case PSP_NOT_FOUND:
		return capture_over(f, p, "refused");
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
