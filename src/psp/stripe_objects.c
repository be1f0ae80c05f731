/* stripe_objects.c - Stripe's JSON objects as our reports. Unknown values are "unknown", never an error: payloads of any version come. */
#include "base/base.h"

#include "psp/fields.h"
#include "psp/stripe.h"

void
stripe_amount_read(struct arena *a, const json_t *obj, const char *key, struct money *out)
{
	int64_t wire;

	*out = (struct money){ .minor = -1 };
	if (field_int(obj, key, &wire))
		stripe_amount_in(wire, field_word(a, obj, "currency"), out);
}

/*
 * A payment by a slow method that failed leaves its session complete and unpaid, just as one that is still under way; only the
 * payment inside, where the reader had it expanded, tells them apart.
 */
static enum payment_fact
unpaid_fact(struct arena *a, const json_t *session)
{
	struct span inner = field_word(a, field_object(session, "payment_intent"), "status");

	if (span_is(inner, "requires_payment_method") || span_is(inner, "canceled"))
		return FACT_FAILED;
	return FACT_PENDING;
}

static enum payment_fact
session_fact(struct arena *a, const json_t *session)
{
	struct span status = field_word(a, session, "status");
	struct span paid = field_word(a, session, "payment_status");

	if (span_is(paid, "paid"))
		return FACT_PAID;
	if (span_is(status, "expired"))
		return FACT_CLOSED;
	if (!span_is(paid, "unpaid"))
		return FACT_UNKNOWN;
	if (span_is(status, "open"))
		return FACT_OPEN;
	return span_is(status, "complete") ? unpaid_fact(a, session) : FACT_UNKNOWN;
}

void
stripe_session_read(struct arena *a, const json_t *session, struct payment_report *r)
{
	r->fact = session_fact(a, session);
	stripe_amount_read(a, session, "amount_total", &r->amount);
	r->session = field_word(a, session, "id");
	r->reference = field_word(a, session, "client_reference_id");
	if (!r->reference.n)
		r->reference = field_word(a, field_object(session, "metadata"), STRIPE_PAYMENT_MARK);
	r->capture = field_id(a, session, "payment_intent");
	r->url = field_url(a, session, "url");
	r->why = field_word(a, field_object(field_object(session, "payment_intent"), "last_payment_error"), "code");
	r->live = field_true(session, "livemode");
}

void
stripe_refund_read(struct arena *a, const json_t *refund, struct refund_report *r)
{
	struct span status = field_word(a, refund, "status");

	if (span_is(status, "succeeded"))
		r->fact = REFUND_DONE;
	else if (span_is(status, "pending") || span_is(status, "requires_action"))
		r->fact = REFUND_PENDING;
	else if (span_is(status, "failed") || span_is(status, "canceled"))
		r->fact = REFUND_FAILED;
	else
		r->fact = REFUND_UNKNOWN;
	r->id = field_word(a, refund, "id");
	r->reference = field_word(a, field_object(refund, "metadata"), STRIPE_REFUND_MARK);
	r->why = field_word(a, refund, "failure_reason");
	stripe_amount_read(a, refund, "amount", &r->amount);
}
