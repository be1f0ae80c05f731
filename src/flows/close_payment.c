/*
 * close_payment.c - making sure that nothing can be paid any more, and what follows from it for a hold whose time is up. Only the
 * provider's word closes an open payment; a session that was just paid is settled instead.
 */
#include "base/base.h"

#include "base/fault.h"
#include "db/db.h"
#include "domain/holds.h"
#include "flows/internal.h"

static enum close_end
ended(struct flow *f, const struct payment *p, const char *reason)
{
	enum payment_state end = p->state == PAYMENT_CAPTURING ? PAYMENT_FAILED : PAYMENT_CLOSED;
	enum outcome o = payment_ended(f->db, f->arena, p->show, p->id, end, span_of(reason));

	/* CHANGED: settled by somebody else in this moment; whoever asks next sees it */
	return o == OUTCOME_OK ? CLOSE_DONE : CLOSE_UNKNOWN;
}

static enum close_end
end_of_word(struct flow *f, const struct payment *p, enum word word)
{
	switch (word) {
	case WORD_SETTLED:
		return CLOSE_SETTLED;
	case WORD_ENDED:
		return CLOSE_DONE;
	case WORD_PENDING:
		return CLOSE_PENDING;
	case WORD_GONE:
		return ended(f, p, "gone");
	default:
		return CLOSE_UNKNOWN;
	}
}

static enum close_end
close_open(struct flow *f, const struct payment *p)
{
	struct psp *psp = flow_psp(f, p->provider);
	enum psp_result r;

	if (!psp)
		return CLOSE_UNKNOWN;
	/* where only our capture takes money, not capturing is all it takes */
	r = psp->kind->close_checkout ? psp->kind->close_checkout(psp, f->arena, p->session) : PSP_OK;
	FAULT("close.answered");
	switch (r) {
	case PSP_OK:
		return ended(f, p, "closed");
	case PSP_CONFLICT:	/* not open any more: paid, failed or over by itself */
	case PSP_UNSURE:
	case PSP_NOT_FOUND:
		return end_of_word(f, p, payment_ask(f, p));
	default:
		return CLOSE_UNKNOWN;
	}
}

enum close_end
close_payment(struct flow *f, int64_t show, int64_t payment)
{
	struct payment p;

	if (payment_read(f->db, f->arena, show, payment, &p) != OUTCOME_OK)
		return CLOSE_UNKNOWN;
	switch (p.state) {
	case PAYMENT_CREATED:	/* nobody was ever given its address, so it needs no word of the provider's */
		return ended(f, &p, "never opened");
	case PAYMENT_OPEN:
		return close_open(f, &p);
	case PAYMENT_CAPTURING:
		return end_of_word(f, &p, payment_ask(f, &p));
	case PAYMENT_FAILED:
	case PAYMENT_CLOSED:
		return CLOSE_DONE;
	default:
		return CLOSE_SETTLED;
	}
}

/* Seats go to others at the promised end only if it is certain that nobody can still pay for them; else the clock frees them later. */
static void
end_hold(struct flow *f, int64_t show, int64_t hold)
{
	struct payment_id *list;
	size_t n = payments_unfinished(f->db, f->arena, show, hold, &list), closed = 0;

	for (size_t i = 0; i < n; i++)
		if (payment_ask_now(f->db, show, list[i].payment, REASK_MS) && close_payment(f, show, list[i].payment) == CLOSE_DONE)
			closed++;
	if (n && closed == n)
		hold_expire(f->db, f->arena, show, hold, true);
}

size_t
end_holds(struct flow *f, size_t most)
{
	struct hold_id *list;
	size_t n = holds_ending(f->db, f->arena, most, &list);

	for (size_t i = 0; i < n; i++) {
		end_hold(f, list[i].show, list[i].hold);
		db_clear(f->db);	/* one hold's trouble is not the next one's */
	}
	return n;
}
