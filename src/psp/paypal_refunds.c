/* paypal_refunds.c - giving money back at PayPal, and finding what was given back. */
#include "base/base.h"

#include "base/fault.h"
#include "psp/fields.h"
#include "psp/paypal.h"
#include "psp/wire.h"

#define ORDERS "/v2/checkout/orders/"
#define CAPTURES "/v2/payments/captures/"
#define REFUNDS "/v2/payments/refunds/"
#define MOST_READ 10

static enum psp_result
issue_result(struct span issue)
{
	if (span_is(issue, "CAPTURE_FULLY_REFUNDED") || span_is(issue, "REFUND_AMOUNT_EXCEEDED"))
		return PSP_CONFLICT;
	return span_is(issue, "PENDING_CAPTURE") ? PSP_AGAIN : PSP_REFUSED;
}

enum psp_result
paypal_refund(struct psp *psp, struct arena *a, const struct refund_ask *ask, struct refund_report *out)
{
	const struct paypal_call c = { .name = "refund", .post = true, .path = wire_path(a, CAPTURES, ask->capture, "/refund"),
		.body = ask->body, .key = ask->key };
	struct paypal_answer answer;
	enum psp_result r;

	refund_report_clear(out);
	if (!ask->body.n || !ask->capture.n || !ask->key.n) {
		BUG("refund " PRSPAN " cannot be asked of PayPal", ARGSPAN(ask->reference));
		return PSP_REFUSED;
	}
	r = paypal_exchange(psp, a, &c, &answer);
	json_auto_t *json = answer.json;
	if (r != PSP_OK)
		return r == PSP_REFUSED ? issue_result(answer.issue) : r;
	if (FAULT("paypal.refund.answer"))
		return PSP_UNSURE;
	paypal_refund_read(a, json, out);
	return out->id.n ? PSP_OK : PSP_UNSURE;
}

enum psp_result
paypal_fetch_refund(struct psp *psp, struct arena *a, const struct refund_ask *ask, struct refund_report *out)
{
	const struct paypal_call c = { .name = "refund_read", .path = wire_path(a, REFUNDS, ask->refund, "") };
	struct paypal_answer answer;
	enum psp_result r;

	refund_report_clear(out);
	if (!ask->refund.n)
		return PSP_NOT_FOUND;
	r = paypal_exchange(psp, a, &c, &answer);
	json_auto_t *json = answer.json;
	if (r != PSP_OK)
		return r;
	paypal_refund_read(a, json, out);
	return out->id.n ? PSP_OK : PSP_AGAIN;
}

/* One that stands goes before one that failed and was asked for again. */
static void
keep_better(struct refund_report *out, const struct refund_report *one)
{
	if (!out->id.n || (out->fact == REFUND_FAILED && one->fact != REFUND_FAILED))
		*out = *one;
}

/* What the order's list tells; one that it lists without our mark is read by itself. */
static enum psp_result
listed(struct psp *psp, struct arena *a, const struct refund_ask *ask, const json_t *order, struct refund_report *out)
{
	const json_t *unit = json_array_get(json_object_get(order, "purchase_units"), 0), *v;
	struct refund_report one;
	enum psp_result r;
	int read = 0;
	size_t i;

	json_array_foreach(json_object_get(field_object(unit, "payments"), "refunds"), i, v) {
		paypal_refund_read(a, v, &one);
		if (one.id.n && !one.reference.n && !json_is_string(json_object_get(v, "custom_id"))) {
			const struct refund_ask this = { .refund = one.id };

			if (read++ == MOST_READ) {
				log_error("paypal.refunds", "capture=" PRSPAN " more than %d", ARGSPAN(ask->capture), MOST_READ);
				return PSP_REFUSED;
			}
			r = paypal_fetch_refund(psp, a, &this, &one);
			if (r != PSP_OK)
				return r == PSP_NOT_FOUND ? PSP_AGAIN : r;
		}
		if (one.id.n && span_eq(one.reference, ask->reference))
			keep_better(out, &one);
	}
	return out->id.n ? PSP_OK : PSP_NOT_FOUND;
}

/* The order is no longer kept there, so nothing can be listed: but a capture of which nothing was given back has no refund of ours. */
static enum psp_result
without_order(struct psp *psp, struct arena *a, const struct refund_ask *ask)
{
	const struct paypal_call c = { .name = "capture_read", .path = wire_path(a, CAPTURES, ask->capture, "") };
	struct paypal_answer answer;
	enum psp_result r = paypal_exchange(psp, a, &c, &answer);
	json_auto_t *json = answer.json;

	if (r != PSP_OK)
		return r;
	if (span_is(field_word(a, json, "status"), "COMPLETED"))
		return PSP_NOT_FOUND;
	log_error("paypal.refunds", "session=" PRSPAN " is gone, capture=" PRSPAN " has refunds that cannot be listed",
	    ARGSPAN(ask->session), ARGSPAN(ask->capture));
	return PSP_REFUSED;
}

enum psp_result
paypal_find_refund(struct psp *psp, struct arena *a, const struct refund_ask *ask, struct refund_report *out)
{
	const struct paypal_call c = { .name = "refund_find", .path = wire_path(a, ORDERS, ask->session, "") };
	struct paypal_answer answer;
	enum psp_result r;

	refund_report_clear(out);
	if (!ask->capture.n || !ask->reference.n)
		return PSP_NOT_FOUND;
	if (!ask->session.n)
		return without_order(psp, a, ask);
	r = paypal_exchange(psp, a, &c, &answer);
	json_auto_t *json = answer.json;
	if (r == PSP_OK)
		return listed(psp, a, ask, json, out);
	return r == PSP_NOT_FOUND ? without_order(psp, a, ask) : r;
}
