/* paypal_events.c - what a message of PayPal's says. No I/O, and only about messages that were found to be signed. */
#include "base/base.h"

#include "psp/fields.h"
#include "psp/paypal.h"

/* An approval is no payment, whatever else the order's snapshot may say. */
static void
order_event(struct arena *a, const json_t *order, struct psp_event *e)
{
	paypal_order_read(a, order, &e->payment);
	e->kind = EVENT_PAYMENT;
	e->payment.fact = FACT_APPROVED;
	e->payment.capture = e->payment.why = e->payment.url = SPAN_NONE;
}

/* Approved and not captured in time; what it carries has the order's id under one name or the other. */
static void
reversal_event(struct arena *a, const json_t *resource, struct psp_event *e)
{
	struct span order = field_word(a, resource, "order_id");

	order_event(a, resource, e);
	e->payment.fact = FACT_CLOSED;
	if (order.n)
		e->payment.session = order;
}

/* The capture's own state counts, for a message may come late; but what was refused has no other. */
static void
capture_event(struct arena *a, const json_t *capture, struct psp_event *e)
{
	paypal_capture_read(a, capture, &e->payment);
	e->kind = EVENT_PAYMENT;
	if (span_is(e->type, "PAYMENT.CAPTURE.DENIED") || span_is(e->type, "PAYMENT.CAPTURE.DECLINED"))
		e->payment.fact = FACT_FAILED;
}

static struct span
reference_read(struct arena *a, const json_t *resource)
{
	return paypal_reference(field_word(a, resource, "custom_id"), field_word(a, resource, "invoice_id"));
}

/* Of the payment, only which one it is about. */
static void
payment_named(struct arena *a, const json_t *resource, struct psp_event *e)
{
	const json_t *ids = field_object(field_object(resource, "supplementary_data"), "related_ids");

	e->payment.capture = paypal_linked(a, resource, "up", "/captures/");
	if (!e->payment.capture.n)
		e->payment.capture = field_word(a, ids, "capture_id");
	e->payment.session = field_word(a, ids, "order_id");
}

/* One that we did not ask for has the payment's reference instead of its own. */
static void
refund_event(struct arena *a, const json_t *refund, struct psp_event *e)
{
	e->kind = EVENT_REFUND;
	paypal_refund_read(a, refund, &e->refund);
	payment_named(a, refund, e);
	if (!e->refund.reference.n)
		e->payment.reference = reference_read(a, refund);
}

/* PayPal took the money back from us. The resource is the capture, or what took it back with a link up to the capture. */
static void
reversed_event(struct arena *a, const json_t *resource, struct psp_event *e)
{
	struct refund_report back;

	paypal_refund_read(a, resource, &back);
	payment_named(a, resource, e);
	if (!e->payment.capture.n)
		e->payment.capture = back.id;
	e->kind = EVENT_DISPUTE;
	e->dispute = DISPUTE_LOST;
	e->payment.reference = reference_read(a, resource);
	e->refund.id = back.id;
	e->refund.amount = back.amount;
	e->refund.why = field_word(a, resource, "status");
}

/* "With payout" may have paid either side, and other outcomes may come: for those a human must look. */
static enum dispute_fact
dispute_fact(struct span outcome)
{
	if (span_is(outcome, "RESOLVED_SELLER_FAVOUR") || span_is(outcome, "CANCELED_BY_BUYER") || span_is(outcome, "DENIED"))
		return DISPUTE_WON;
	if (span_is(outcome, "RESOLVED_BUYER_FAVOUR") || span_is(outcome, "ACCEPTED"))
		return DISPUTE_LOST;
	return DISPUTE_OPEN;
}

static void
dispute_event(struct arena *a, const json_t *dispute, struct psp_event *e)
{
	const json_t *of = json_array_get(json_object_get(dispute, "disputed_transactions"), 0);

	e->kind = EVENT_DISPUTE;
	e->dispute = dispute_fact(field_word(a, field_object(dispute, "dispute_outcome"), "outcome_code"));
	e->refund.id = field_word(a, dispute, "dispute_id");
	e->refund.why = field_word(a, dispute, "status");
	paypal_amount_read(a, dispute, "dispute_amount", &e->refund.amount);
	e->payment.capture = field_word(a, of, "seller_transaction_id");
	e->payment.reference = paypal_reference(field_word(a, of, "custom"), field_word(a, of, "invoice_number"));
}

static const struct {
	const char *type;		/* one that ends in a dot stands for all that begin so */
	void (*read)(struct arena *, const json_t *resource, struct psp_event *);
} readers[] = {
	{ "CHECKOUT.ORDER.APPROVED", order_event },
	{ "CHECKOUT.PAYMENT-APPROVAL.REVERSED", reversal_event },
	{ "PAYMENT.CAPTURE.COMPLETED", capture_event },
	{ "PAYMENT.CAPTURE.PENDING", capture_event },
	{ "PAYMENT.CAPTURE.DENIED", capture_event },
	{ "PAYMENT.CAPTURE.DECLINED", capture_event },
	{ "PAYMENT.CAPTURE.REFUNDED", refund_event },
	{ "PAYMENT.CAPTURE.REVERSED", reversed_event },
	{ "PAYMENT.REFUND.", refund_event },
	{ "CUSTOMER.DISPUTE.", dispute_event },
	{ "RISK.DISPUTE.", dispute_event },
};

static bool
is_for(struct span type, const char *reader)
{
	return reader[strlen(reader) - 1] == '.' ? span_starts(type, reader) : span_is(type, reader);
}

/* A message says nothing of its mode: that it is signed for our webhook's id says that it is our own. */
bool
paypal_parse(struct psp *psp, struct arena *a, const struct delivery *d, struct psp_event *e)
{
	json_auto_t *root = json_loadb(d->body.p, d->body.n, 0, NULL);
	const json_t *resource = field_object(root, "resource");

	psp_event_clear(e);
	e->id = field_word(a, root, "id");
	e->type = field_word(a, root, "event_type");
	if (!e->id.n || !e->type.n)
		return false;
	for (size_t i = 0; i < ARRAY_LEN(readers); i++)
		if (is_for(e->type, readers[i].type)) {
			readers[i].read(a, resource, e);
			break;
		}
	e->payment.live = psp->live;
	return true;
}
