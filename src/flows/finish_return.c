/*
 * finish_return.c - the buyer is back from the provider's page. That they came back proves nothing: the provider is asked, and only
 * what it answers counts. Somebody who may have paid is never told "error".
 */
#include "base/base.h"

#include "db/db.h"
#include "flows/internal.h"

#define ASK_EVERY_MS 3000

static enum return_end
end_of_state(const struct payment *p, enum word word)
{
	switch (p->state) {
	case PAYMENT_PAID:
		return RETURN_CONFIRMED;
	case PAYMENT_REFUND_DUE:
	case PAYMENT_REFUNDED:
		return RETURN_REFUND;
	case PAYMENT_FAILED:
	case PAYMENT_CLOSED:
		return RETURN_ENDED;
	case PAYMENT_OPEN:
		return word == WORD_OPEN && !p->pending ? RETURN_OPEN : RETURN_CHECKING;
	default:
		return RETURN_CHECKING;
	}
}

enum return_end
finish_return(struct flow *f, int64_t show, int64_t payment, struct payment *p)
{
	enum outcome o = payment_read(f->db, f->arena, show, payment, p);
	enum word word = WORD_NONE;

	if (o == OUTCOME_NOT_FOUND)
		return RETURN_NOT_FOUND;
	if (o != OUTCOME_OK)
		return RETURN_DOWN;
	if ((p->state == PAYMENT_OPEN || p->state == PAYMENT_CAPTURING) && payment_ask_now(f->db, show, payment, ASK_EVERY_MS)) {
		word = payment_ask(f, p);
		if (word == WORD_SETTLED || word == WORD_ENDED || word == WORD_PENDING)
			o = payment_read(f->db, f->arena, show, payment, p);
	}
	return o == OUTCOME_OK ? end_of_state(p, word) : RETURN_DOWN;
}
