/*
 * paypal_bodies.c - the JSON that is sent to PayPal, in one order of its fields, so that the same question has the same bytes. Only
 * the whole amount is told: lines would have to add up to it in PayPal's arithmetic.
 */
#include "base/base.h"

#include "psp/paypal.h"

#define MAX_TEXT 127		/* PayPal counts them as ASCII characters, so these are bytes */

static int
keep_piece(const char *p, size_t n, void *into)
{
	buf_bytes(into, p, n);
	return 0;
}

/* Lets go of the object. */
static struct span
json_text_of(struct arena *a, json_t *obj)
{
	struct buf b;

	buf_init(&b, a, PAYPAL_MAX_BODY);
	if (json_dump_callback(obj, keep_piece, &b, JSON_COMPACT) != 0)
		b.failed = true;
	json_decref(obj);
	return b.failed ? SPAN_NONE : buf_view(&b);
}

/* Left out where it is empty or no good UTF-8. */
static void
put_text(json_t *obj, const char *key, struct span value)
{
	if (value.n)
		json_object_set_new(obj, key, json_stringn(value.p, value.n));
}

static json_t *
put_object(json_t *obj, const char *key)
{
	json_t *inside = json_object();

	json_object_set_new(obj, key, inside);
	return inside;
}

static void
put_amount(json_t *obj, struct money m, struct span value)
{
	json_t *amount = put_object(obj, "amount");

	put_text(amount, "currency_code", span_of(m.code));
	put_text(amount, "value", value);
}

static json_t *
unit_of(struct arena *a, const struct checkout_ask *ask, struct span value)
{
	json_t *unit = json_object();

	put_text(unit, "reference_id", ask->reference);
	put_text(unit, "custom_id", ask->reference);
	put_text(unit, "invoice_id", arena_fmt(a, PAYPAL_INVOICE PRSPAN, ARGSPAN(ask->reference)));
	put_text(unit, "description", span_upto(ask->title, MAX_TEXT));
	put_amount(unit, ask->amount, value);
	return unit;
}

/* An eCheck would be paid days after the hold is over: only what is paid at once is offered. */
static void
put_page(json_t *order, const struct paypal_place *place, const struct checkout_ask *ask)
{
	json_t *page = put_object(put_object(put_object(order, "payment_source"), "paypal"), "experience_context");

	put_text(page, "return_url", ask->success_url);
	put_text(page, "cancel_url", ask->cancel_url);
	put_text(page, "user_action", SPAN("PAY_NOW"));
	put_text(page, "shipping_preference", SPAN("NO_SHIPPING"));
	put_text(page, "brand_name", span_upto(place->house_name, MAX_TEXT));
	put_text(page, "payment_method_preference", SPAN("IMMEDIATE_PAYMENT_REQUIRED"));
}

/* An order's end cannot be chosen: three hours to approve it. That the seats are held for less is kept by not capturing. */
struct span
paypal_checkout_body(struct psp *psp, struct arena *a, const struct checkout_ask *ask)
{
	struct span value;
	json_t *order, *units;

	if (!ask->reference.n || ask->amount.minor <= 0 || !paypal_amount_out(a, ask->amount, &value)) {
		BUG("payment " PRSPAN " cannot be asked of PayPal", ARGSPAN(ask->reference));
		return SPAN_NONE;
	}
	order = json_object();
	units = json_array();
	put_text(order, "intent", SPAN("CAPTURE"));
	json_array_append_new(units, unit_of(a, ask, value));
	json_object_set_new(order, "purchase_units", units);
	put_page(order, psp->place, ask);
	return json_text_of(a, order);
}

struct span
paypal_refund_body(struct psp *psp, struct arena *a, const struct refund_ask *ask)
{
	struct span value;
	json_t *refund;

	(void)psp;
	if (ask->amount.minor <= 0 || !paypal_amount_out(a, ask->amount, &value))
		return SPAN_NONE;
	refund = json_object();
	put_amount(refund, ask->amount, value);
	put_text(refund, "custom_id", ask->reference);
	put_text(refund, "invoice_id", arena_fmt(a, PAYPAL_REFUND_INVOICE PRSPAN, ARGSPAN(ask->reference)));
	return json_text_of(a, refund);
}
