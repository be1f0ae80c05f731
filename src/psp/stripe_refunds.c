/* stripe_refunds.c - giving money back at Stripe, and finding what was given back. */
#include "base/base.h"

#include "base/fault.h"
#include "psp/fields.h"
#include "psp/stripe.h"
#include "psp/wire.h"

#define REFUNDS "/v1/refunds"
#define PAGES 10

enum psp_result
stripe_refund(struct psp *psp, struct arena *a, const struct refund_ask *ask, struct refund_report *out)
{
	const struct stripe_call c = { .name = "refund", .post = true, .path = SPAN(REFUNDS), .body = ask->body, .key = ask->key };
	struct stripe_answer answer;
	enum psp_result r;

	if (!ask->body.n || !ask->capture.n) {
		BUG("refund " PRSPAN " cannot be asked of Stripe", ARGSPAN(ask->reference));
		return PSP_REFUSED;
	}
	r = stripe_exchange(psp, a, &c, &answer);
	json_auto_t *json = answer.json;
	if (r != PSP_OK)
		return r == PSP_REFUSED && span_is(answer.code, "charge_already_refunded") ? PSP_CONFLICT : r;
	if (FAULT("stripe.refund.answer"))
		return PSP_UNSURE;
	stripe_refund_read(a, json, out);
	return out->id.n ? PSP_OK : PSP_UNSURE;
}

enum psp_result
stripe_fetch_refund(struct psp *psp, struct arena *a, const struct refund_ask *ask, struct refund_report *out)
{
	const struct stripe_call c = { .name = "refund_read", .path = wire_path(a, REFUNDS "/", ask->refund, "") };
	struct stripe_answer answer;
	enum psp_result r;

	if (!ask->refund.n)
		return PSP_NOT_FOUND;
	r = stripe_exchange(psp, a, &c, &answer);
	json_auto_t *json = answer.json;
	if (r != PSP_OK)
		return r;
	stripe_refund_read(a, json, out);
	return out->id.n ? PSP_OK : PSP_AGAIN;
}

/* One page of a capture's refunds: the best with our reference into *out, and where the next page begins (empty: no more). */
static enum psp_result
refunds_page(struct psp *psp, struct arena *a, const struct stripe_call *c, struct span reference, struct refund_report *out,
    struct span *next)
{
	struct stripe_answer answer;
	enum psp_result r = stripe_exchange(psp, a, c, &answer);
	json_auto_t *json = answer.json;
	struct refund_report one;
	const json_t *v;
	size_t i;

	*next = SPAN_NONE;
	if (r != PSP_OK)
		return r;
	json_array_foreach(json_object_get(json, "data"), i, v) {
		stripe_refund_read(a, v, &one);
		*next = one.id;
		if (!one.id.n || !span_eq(one.reference, reference))
			continue;
		/* Newest first; but one that stands goes before one that failed and was asked for again. */
		if (!out->id.n || (out->fact == REFUND_FAILED && one.fact != REFUND_FAILED))
			*out = one;
	}
	if (!field_true(json, "has_more"))
		*next = SPAN_NONE;
	return PSP_OK;
}

enum psp_result
stripe_find_refund(struct psp *psp, struct arena *a, const struct refund_ask *ask, struct refund_report *out)
{
	const char *name = stripe_refund_of(ask->capture);
	struct span path = wire_path(a, CSTR(a, arena_fmt(a, REFUNDS "?%s=", name)), ask->capture, "&limit=100"), next;
	struct stripe_call c = { .name = "refund_find", .path = path };
	enum psp_result r;

	*out = (struct refund_report){ .id = SPAN_NONE, .reference = SPAN_NONE, .why = SPAN_NONE, .amount = { .minor = -1 } };
	if (!ask->capture.n || !ask->reference.n)
		return PSP_NOT_FOUND;
	for (int i = 0; i < PAGES; i++) {
		r = refunds_page(psp, a, &c, ask->reference, out, &next);
		if (r != PSP_OK)
			return r;
		if (!next.n)
			return out->id.n ? PSP_OK : PSP_NOT_FOUND;
		c.path = wire_path(a, CSTR(a, arena_fmt(a, PRSPAN "&starting_after=", ARGSPAN(path))), next, "");
	}
	log_error("stripe.refunds", "capture=" PRSPAN " more than %d pages", ARGSPAN(ask->capture), PAGES);
	return PSP_REFUSED;
}
