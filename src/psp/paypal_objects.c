/* paypal_objects.c - PayPal's JSON objects as our reports. Unknown values are "unknown", never an error. */
#include "base/base.h"

#include "psp/fields.h"
#include "psp/paypal.h"

void
paypal_amount_read(struct arena *a, const json_t *obj, const char *key, struct money *out)
{
	const json_t *amount = field_object(obj, key);

	*out = (struct money){ .minor = -1 };
	paypal_amount_in(field_word(a, amount, "value"), field_word(a, amount, "currency_code"), out);
}

static struct span
behind(struct span s, const char *before)
{
	size_t n = strlen(before);

	return span_starts(s, before) ? (struct span){ s.p + n, s.n - n } : SPAN_NONE;
}

struct span
paypal_reference(struct span custom, struct span invoice)
{
	if (custom.n || span_starts(invoice, PAYPAL_REFUND_INVOICE))
		return custom;
	return behind(invoice, PAYPAL_INVOICE);
}

static struct span
reference_read(struct arena *a, const json_t *obj)
{
	return paypal_reference(field_word(a, obj, "custom_id"), field_word(a, obj, "invoice_id"));
}

/*
 * Of a refund. One that somebody made at PayPal's pages may carry the marks of the payment that it is of, both of which then say the
 * same: that is no reference of a refund.
 */
static struct span
refund_reference_read(struct arena *a, const json_t *refund)
{
	struct span custom = field_word(a, refund, "custom_id"), invoice = field_word(a, refund, "invoice_id");

	if (!custom.n)
		return behind(invoice, PAYPAL_REFUND_INVOICE);
	return span_eq(behind(invoice, PAYPAL_INVOICE), custom) ? SPAN_NONE : custom;
}

static struct span
reason_read(struct arena *a, const json_t *obj)
{
	return field_word(a, field_object(obj, "status_details"), "reason");
}

/* Money that was given back has been paid before. */
static enum payment_fact
capture_fact(struct span status)
{
	if (span_is(status, "COMPLETED") || span_is(status, "REFUNDED") || span_is(status, "PARTIALLY_REFUNDED"))
		return FACT_PAID;
	if (span_is(status, "PENDING"))
		return FACT_PENDING;
	if (span_is(status, "DECLINED") || span_is(status, "DENIED") || span_is(status, "FAILED"))
		return FACT_FAILED;
	return FACT_UNKNOWN;
}

void
paypal_capture_read(struct arena *a, const json_t *capture, struct payment_report *r)
{
	struct span status = field_word(a, capture, "status"), reason = reason_read(a, capture);
	const json_t *ids = field_object(field_object(capture, "supplementary_data"), "related_ids");

	payment_report_clear(r);
	r->fact = capture_fact(status);
	paypal_amount_read(a, capture, "amount", &r->amount);
	r->session = field_word(a, ids, "order_id");
	if (!r->session.n)
		r->session = paypal_linked(a, capture, "up", "/orders/");
	r->reference = reference_read(a, capture);
	r->capture = field_word(a, capture, "id");
	if (r->fact == FACT_PENDING || r->fact == FACT_FAILED)
		r->why = reason.n ? reason : status;
}

/* The one that counts: an order may list tries that were declined before the one that took the money. */
static bool
captures_read(struct arena *a, const json_t *unit, struct payment_report *best)
{
	struct payment_report one;
	const json_t *v;
	bool any = false;
	size_t i;

	json_array_foreach(json_object_get(field_object(unit, "payments"), "captures"), i, v) {
		paypal_capture_read(a, v, &one);
		if (!any || one.fact == FACT_PAID || (one.fact == FACT_PENDING && best->fact != FACT_PAID))
			*best = one;
		any = true;
		if (best->fact == FACT_PAID)
			break;
	}
	return any;
}

static enum payment_fact
order_fact(struct span status)
{
	if (span_is(status, "CREATED") || span_is(status, "SAVED") || span_is(status, "PAYER_ACTION_REQUIRED"))
		return FACT_OPEN;
	if (span_is(status, "APPROVED"))
		return FACT_APPROVED;
	return span_is(status, "VOIDED") ? FACT_CLOSED : FACT_UNKNOWN;
}

/* What became of a capture says more than the order's own state, which may lag behind. */
void
paypal_order_read(struct arena *a, const json_t *order, struct payment_report *r)
{
	const json_t *unit = json_array_get(json_object_get(order, "purchase_units"), 0);
	struct span status = field_word(a, order, "status"), reference = reference_read(a, unit);
	struct payment_report captured;
	bool any = captures_read(a, unit, &captured);

	payment_report_clear(r);
	if (any && (captured.fact != FACT_UNKNOWN || span_is(status, "COMPLETED")))
		*r = captured;
	else {
		r->fact = order_fact(status);
		paypal_amount_read(a, unit, "amount", &r->amount);
	}
	r->session = field_word(a, order, "id");
	if (!reference.n && any)
		reference = captured.reference;
	r->reference = reference.n ? reference : field_word(a, unit, "reference_id");
	if (r->fact == FACT_OPEN)
		r->url = paypal_redirect(a, order);
}

void
paypal_refund_read(struct arena *a, const json_t *refund, struct refund_report *r)
{
	struct span status = field_word(a, refund, "status");

	refund_report_clear(r);
	if (span_is(status, "COMPLETED"))
		r->fact = REFUND_DONE;
	else if (span_is(status, "PENDING"))
		r->fact = REFUND_PENDING;
	else if (span_is(status, "FAILED") || span_is(status, "CANCELLED"))
		r->fact = REFUND_FAILED;
	r->id = field_word(a, refund, "id");
	r->reference = refund_reference_read(a, refund);
	r->why = reason_read(a, refund);
	paypal_amount_read(a, refund, "amount", &r->amount);
}

static struct span
link_named(struct arena *a, const json_t *obj, const char *rel)
{
	const json_t *v;
	size_t i;

	json_array_foreach(json_object_get(obj, "links"), i, v)
		if (span_is(field_word(a, v, "rel"), rel))
			return field_url(a, v, "href");
	return SPAN_NONE;
}

/* Named in one way where the order says how it is to be paid, and in the other where it does not. */
struct span
paypal_redirect(struct arena *a, const json_t *order)
{
	struct span url = link_named(a, order, "payer-action");

	return url.n ? url : link_named(a, order, "approve");
}

static bool
is_id(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!((s.p[i] >= 'A' && s.p[i] <= 'Z') || (s.p[i] >= 'a' && s.p[i] <= 'z') || (s.p[i] >= '0' && s.p[i] <= '9') ||
		    s.p[i] == '-'))
			return false;
	return s.n > 0 && s.n <= FIELD_MAX_WORD;
}

struct span
paypal_linked(struct arena *a, const json_t *obj, const char *rel, const char *before)
{
	struct span url = link_named(a, obj, rel);
	const char *at = strstr(url.p, before);		/* copies in the arena end in NUL */
	struct span id;

	if (!at)
		return SPAN_NONE;
	at += strlen(before);
	id = (struct span){ at, url.n - (size_t)(at - url.p) };
	return is_id(id) ? id : SPAN_NONE;
}
