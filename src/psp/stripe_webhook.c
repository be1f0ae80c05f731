/*
 * stripe_webhook.c - is this message from Stripe, and what does it say. No I/O. The header is
 * "t=<unix seconds>,v1=<hex HMAC-SHA256 of "t.body">[,v1=…][,v0=…]"; v0 is Stripe's own test scheme and proves nothing.
 */
#include "base/base.h"

#include "base/clock.h"
#include "base/crypto.h"
#include "psp/fields.h"
#include "psp/stripe.h"

#define MAX_HEADER (4 * KiB)
#define MAX_SIGNATURES 16
#define HEX_CHARS 64

struct signature_header {
	struct span time_text;		/* as signed */
	int64_t time_s;
	struct span v1[MAX_SIGNATURES];
	size_t n;
};

/* False unless there is exactly one good time and at least one v1. */
static bool
header_read(struct span header, struct signature_header *h)
{
	memset(h, 0, sizeof(*h));
	if (header.n > MAX_HEADER)
		return false;
	while (header.n) {
		struct span value = span_cut(&header, ',');
		struct span name = span_cut(&value, '=');

		if (span_is(name, "t")) {
			if (h->time_text.n || !span_int(value, 0, INT64_MAX / 1000, &h->time_s))
				return false;
			h->time_text = value;
		} else if (span_is(name, "v1") && h->n < MAX_SIGNATURES)
			h->v1[h->n++] = value;
	}
	return h->time_text.n && h->n;
}

/* Looks at every pair, so that the time taken tells nothing about which one fits. */
static bool
any_fits(const struct stripe_place *place, const struct signature_header *h, struct span body)
{
	const struct span message[] = { h->time_text, SPAN("."), body };
	bool fits = false;

	for (size_t s = 0; s < place->webhook.n; s++) {
		struct hex64 mac = hmac_sha256_hex_of(place->webhook.all[s], message, ARRAY_LEN(message));

		for (size_t i = 0; i < h->n; i++)
			fits |= same_bytes(h->v1[i], (struct span){ mac.text, HEX_CHARS });
	}
	return fits;
}

/* A time to come is believed, as Stripe's own libraries do: only who has the secret can have signed it. */
enum psp_verdict
stripe_verify(struct psp *psp, struct arena *a, const struct delivery *d, struct psp_need *need)
{
	const struct stripe_place *place = psp->place;
	struct signature_header h;

	(void)need;
	if (!place->webhook.n)
		return VERDICT_NONE;
	if (!d->body.n || !header_read(d->header(d->at, a, "Stripe-Signature"), &h) || !any_fits(place, &h, d->body))
		return NOT_SIGNED;
	return d->now_ms / 1000 - h.time_s > place->webhook_age_s ? SIGNED_TOO_OLD : SIGNED;
}

static void
session_event(struct arena *a, const json_t *object, struct psp_event *e)
{
	stripe_session_read(a, object, &e->payment);
	if (span_is(e->type, "checkout.session.completed") || span_is(e->type, "checkout.session.async_payment_succeeded"))
		e->kind = EVENT_PAYMENT;
	else if (span_is(e->type, "checkout.session.async_payment_failed")) {
		e->kind = EVENT_PAYMENT;
		e->payment.fact = FACT_FAILED;	/* the session itself still says complete and unpaid */
	} else if (span_is(e->type, "checkout.session.expired")) {
		e->kind = EVENT_PAYMENT;
		e->payment.fact = FACT_CLOSED;
	}
}

static void
refund_event(struct arena *a, const json_t *object, struct psp_event *e)
{
	e->kind = EVENT_REFUND;
	stripe_refund_read(a, object, &e->refund);
	e->payment.capture = field_id(a, object, "payment_intent");
}

/* A charge that was refunded, wholly or in part: older versions list its refunds inside, newest first; newer ones do not. */
static void
charge_event(struct arena *a, const json_t *charge, struct psp_event *e)
{
	const json_t *newest = json_array_get(json_object_get(field_object(charge, "refunds"), "data"), 0);

	e->kind = EVENT_REFUND;
	if (newest)
		stripe_refund_read(a, newest, &e->refund);
	e->payment.capture = field_id(a, charge, "payment_intent");
	e->payment.reference = field_word(a, field_object(charge, "metadata"), STRIPE_PAYMENT_MARK);
}

static void
dispute_event(struct arena *a, const json_t *dispute, struct psp_event *e)
{
	e->kind = EVENT_DISPUTE;
	e->refund.id = field_word(a, dispute, "id");
	e->refund.why = field_word(a, dispute, "status");
	if (span_is(e->refund.why, "won") || span_is(e->refund.why, "prevented") || span_is(e->refund.why, "warning_closed"))
		e->dispute = DISPUTE_WON;
	else if (span_is(e->refund.why, "lost"))
		e->dispute = DISPUTE_LOST;
	stripe_amount_read(a, dispute, "amount", &e->refund.amount);
	e->payment.capture = field_id(a, dispute, "payment_intent");
}

bool
stripe_parse(struct psp *psp, struct arena *a, const struct delivery *d, struct psp_event *e)
{
	json_auto_t *root = json_loadb(d->body.p, d->body.n, 0, NULL);
	const json_t *object = field_object(field_object(root, "data"), "object");

	(void)psp;
	psp_event_clear(e);
	e->id = field_word(a, root, "id");
	e->type = field_word(a, root, "type");
	if (!e->id.n || !e->type.n)
		return false;
	if (span_starts(e->type, "checkout.session."))
		session_event(a, object, e);
	else if (span_starts(e->type, "refund.") || span_is(e->type, "charge.refund.updated"))
		refund_event(a, object, e);
	else if (span_is(e->type, "charge.refunded"))
		charge_event(a, object, e);
	else if (span_starts(e->type, "charge.dispute."))
		dispute_event(a, object, e);
	/* Of either place, the stricter: an event of the test mode is never real money. */
	e->payment.live = field_true(root, "livemode") && !json_is_false(json_object_get(object, "livemode"));
	return true;
}
