/*
 * stripe_charge.c - paying with a token: a PaymentIntent is made with the payment method and nothing taken, and confirmed by capture.
 * Two calls, so that an unknown answer to the second can be asked about by the id that the first one gave.
 */
#include "base/base.h"

#include "base/fault.h"
#include "psp/fields.h"
#include "psp/stripe.h"
#include "psp/wire.h"

#define INTENTS "/v1/payment_intents"

bool
stripe_is_charge(struct span session)
{
	return span_starts(session, "pi_");
}

/* Confirmation that a buyer would have to give at their bank's page cannot be had here: nobody is there to give it. */
static enum payment_fact
intent_fact(struct span status)
{
	if (span_is(status, "succeeded"))
		return FACT_PAID;
	if (span_is(status, "processing"))
		return FACT_PENDING;
	if (span_is(status, "canceled"))
		return FACT_CLOSED;
	if (span_is(status, "requires_confirmation"))
		return FACT_APPROVED;
	if (span_is(status, "requires_payment_method") || span_is(status, "requires_action"))
		return FACT_FAILED;
	return FACT_UNKNOWN;
}

static void
intent_read(struct arena *a, const json_t *intent, struct payment_report *r)
{
	struct span status = field_word(a, intent, "status");

	*r = (struct payment_report){ .fact = intent_fact(status), .session = field_word(a, intent, "id"), .url = SPAN_NONE,
		.reference = field_word(a, field_object(intent, "metadata"), STRIPE_PAYMENT_MARK),
		.why = field_word(a, field_object(intent, "last_payment_error"), "code"), .live = field_true(intent, "livemode") };
	r->capture = r->session;
	if (r->fact == FACT_FAILED && !r->why.n)
		r->why = status;
	stripe_amount_read(a, intent, "amount", &r->amount);
}

/* A payment intent's call, and what its answer says. Declined is what the bank answered, not a mistake of ours. */
static enum psp_result
intent_call(struct psp *psp, struct arena *a, const struct stripe_call *c, struct payment_report *out)
{
	struct stripe_answer answer;
	enum psp_result r = stripe_exchange(psp, a, c, &answer);
	json_auto_t *json = answer.json;

	if (r == PSP_REFUSED && answer.status == 402)
		return PSP_DECLINED;
	if (r != PSP_OK)
		return r;
	intent_read(a, json, out);
	return out->session.n ? PSP_OK : c->post ? PSP_UNSURE : PSP_AGAIN;
}

enum psp_result
stripe_charge(struct psp *psp, struct arena *a, struct span body, struct span key, struct checkout *out)
{
	const struct stripe_call c = { .name = "charge", .post = true, .path = SPAN(INTENTS), .body = body, .key = key };
	struct payment_report made;
	enum psp_result r = intent_call(psp, a, &c, &made);

	*out = (struct checkout){ SPAN_NONE, SPAN_NONE };
	if (r == PSP_OK)
		out->session = made.session;
	return r;
}

enum psp_result
stripe_capture(struct psp *psp, struct arena *a, struct span session, struct span key, struct payment_report *out)
{
	const struct stripe_call c = { .name = "confirm", .post = true, .path = wire_path(a, INTENTS "/", session, "/confirm"),
		.body = SPAN(""), .key = key };
	enum psp_result r;

	if (!stripe_is_charge(session))
		return PSP_CONFLICT;	/* of a session Stripe takes the money by itself */
	r = intent_call(psp, a, &c, out);
	if (r == PSP_REFUSED)
		return PSP_CONFLICT;	/* not to be confirmed any more: it was, or it was cancelled */
	if (r != PSP_OK || out->fact == FACT_PAID || out->fact == FACT_PENDING || out->fact == FACT_FAILED)
		return r;
	log_warn("stripe.unreadable", "call=confirm session=" PRSPAN " fact=%d", ARGSPAN(out->session), out->fact);
	return PSP_UNSURE;
}

enum psp_result
stripe_charge_status(struct psp *psp, struct arena *a, struct span session, struct payment_report *out)
{
	const struct stripe_call c = { .name = "charge_read", .path = wire_path(a, INTENTS "/", session, "") };

	return intent_call(psp, a, &c, out);
}

enum psp_result
stripe_charge_cancel(struct psp *psp, struct arena *a, struct span session)
{
	const struct stripe_call c = { .name = "charge_cancel", .post = true, .path = wire_path(a, INTENTS "/", session, "/cancel"),
		.body = SPAN("cancellation_reason=abandoned") };
	struct payment_report now;
	enum psp_result r = intent_call(psp, a, &c, &now);

	if (r == PSP_REFUSED)
		return PSP_CONFLICT;
	return r != PSP_OK || now.fact == FACT_CLOSED ? r : PSP_CONFLICT;
}
