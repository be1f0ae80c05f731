/* razorpay_refunds.c - giving money back at Razorpay, and finding what was given back. */
#include "base/base.h"

#include "base/fault.h"
#include "psp/fields.h"
#include "psp/razorpay.h"
#include "psp/wire.h"

#define LISTED 100		/* the most a page can have */
#define PAGES 10
#define SHORTEST_KEY 10

/* "at least 10 characters, alphabets, numbers, hyphens and underscores only" */
static bool
key_good(struct span key)
{
	for (size_t i = 0; i < key.n; i++)
		if (key.p[i] == '.' || key.p[i] == ':')
			return false;
	return key.n >= SHORTEST_KEY && field_word_good(key);
}

/*
 * A refund is refused for many reasons, told apart in English only. Whether so much is left on the payment it tells itself;
 * where it cannot be asked the refund may be tried again, for nothing has happened.
 */
static enum psp_result
why_refused(struct psp *psp, struct arena *a, const struct refund_ask *ask)
{
	const struct razorpay_call c = { .name = "payment", .path = wire_path(a, RAZORPAY_PAYMENTS "/", ask->capture, "") };
	struct money paid, back;
	struct razorpay_answer answer;
	enum psp_result r = razorpay_exchange(psp, a, &c, &answer);
	json_auto_t *json = answer.json;

	if (r != PSP_OK)
		return r == PSP_AGAIN || r == PSP_BUSY ? r : PSP_REFUSED;
	razorpay_amount_read(a, json, "amount", &paid);
	razorpay_amount_read(a, json, "amount_refunded", &back);
	return paid.minor >= 0 && back.minor >= 0 && ask->amount.minor > paid.minor - back.minor ? PSP_CONFLICT : PSP_REFUSED;
}

enum psp_result
razorpay_refund(struct psp *psp, struct arena *a, const struct refund_ask *ask, struct refund_report *out)
{
	const struct razorpay_call c = { .name = "refund", .post = true, .body = ask->body, .refund_key = ask->key,
		.path = wire_path(a, RAZORPAY_PAYMENTS "/", ask->capture, "/refund") };
	struct razorpay_answer answer;
	enum psp_result r;

	if (!ask->body.n || !ask->capture.n || !key_good(ask->key)) {
		BUG("refund " PRSPAN " cannot be asked of Razorpay", ARGSPAN(ask->reference));
		return PSP_REFUSED;
	}
	r = razorpay_exchange(psp, a, &c, &answer);
	json_auto_t *json = answer.json;
	if (r == PSP_REFUSED && answer.status == 400)
		return why_refused(psp, a, ask);
	if (r != PSP_OK)
		return r;
	if (FAULT("razorpay.refund.answer"))
		return PSP_UNSURE;
	razorpay_refund_read(a, json, out);
	return out->id.n ? PSP_OK : PSP_UNSURE;
}

enum psp_result
razorpay_fetch_refund(struct psp *psp, struct arena *a, const struct refund_ask *ask, struct refund_report *out)
{
	const struct razorpay_call c = { .name = "refund_read", .path = wire_path(a, RAZORPAY_REFUNDS "/", ask->refund, "") };
	struct razorpay_answer answer;
	enum psp_result r;

	if (!ask->refund.n)
		return PSP_NOT_FOUND;
	r = razorpay_exchange(psp, a, &c, &answer);
	json_auto_t *json = answer.json;
	if (r != PSP_OK)
		return r;
	razorpay_refund_read(a, json, out);
	return out->id.n ? PSP_OK : PSP_AGAIN;
}

/* One page of a payment's refunds: the best with our reference into *out, and how many there were. */
static enum psp_result
refunds_page(struct psp *psp, struct arena *a, const struct refund_ask *ask, int skip, struct refund_report *out, size_t *n)
{
	struct span query = arena_fmt(a, "/refunds?count=%d&skip=%d", LISTED, skip);
	const struct razorpay_call c = { .name = "refund_find", .path = wire_path(a, RAZORPAY_PAYMENTS "/", ask->capture, query.p) };
	struct razorpay_answer answer;
	enum psp_result r = razorpay_exchange(psp, a, &c, &answer);
	json_auto_t *json = answer.json;
	const json_t *items = json_object_get(json, "items"), *v;
	struct refund_report one;
	size_t i;

	if (r != PSP_OK)
		return r;
	if (!json_is_array(items))
		return PSP_AGAIN;
	json_array_foreach(items, i, v) {
		razorpay_refund_read(a, v, &one);
		if (!one.id.n || !span_eq(one.reference, ask->reference))
			continue;
		/* one that stands goes before one that failed and was asked for again */
		if (!out->id.n || (out->fact == REFUND_FAILED && one.fact != REFUND_FAILED))
			*out = one;
	}
	*n = json_array_size(items);
	return PSP_OK;
}

enum psp_result
razorpay_find_refund(struct psp *psp, struct arena *a, const struct refund_ask *ask, struct refund_report *out)
{
	enum psp_result r;
	size_t n;

	refund_report_clear(out);
	if (!ask->capture.n || !ask->reference.n)
		return PSP_NOT_FOUND;
	for (int i = 0; i < PAGES; i++) {
		r = refunds_page(psp, a, ask, i * LISTED, out, &n);
		if (r != PSP_OK)
			return r;
		if (n < LISTED)
			return out->id.n ? PSP_OK : PSP_NOT_FOUND;
	}
	log_error("razorpay.refunds", "capture=" PRSPAN " more than %d pages", ARGSPAN(ask->capture), PAGES);
	return PSP_REFUSED;
}
