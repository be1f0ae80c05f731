/* razorpay_objects.c - Razorpay's JSON objects as our reports. Unknown values are "unknown", never an error. */
#include "base/base.h"

#include "psp/fields.h"
#include "psp/razorpay.h"

void
razorpay_amount_read(struct arena *a, const json_t *obj, const char *key, struct money *out)
{
	int64_t wire;

	*out = (struct money){ .minor = -1 };
	if (field_int(obj, key, &wire))
		razorpay_amount_in(wire, field_word(a, obj, "currency"), out);
}

struct span
razorpay_note(struct arena *a, const json_t *obj, const char *mark)
{
	return field_word(a, field_object(obj, "notes"), mark);
}

/* A link lists its payments once they are captured; one that was refunded since was captured too. */
static struct span
captured_on(struct arena *a, const json_t *link)
{
	const json_t *v;
	size_t i;

	json_array_foreach(json_object_get(link, "payments"), i, v) {
		struct span status = field_word(a, v, "status"), id = field_word(a, v, "payment_id");

		if (id.n && (span_is(status, "captured") || span_is(status, "refunded")))
			return id;
	}
	return SPAN_NONE;
}

/*
 * Paid without a payment that could be refunded is not paid yet: whoever asks again will find it. Part of the money on a link
 * that can take no more is neither paid nor closed: we never offer that, so a human must look.
 */
static enum payment_fact
link_fact(const json_t *link, struct span status, struct span session, bool captured)
{
	bool over = span_is(status, "expired") || span_is(status, "cancelled");
	int64_t asked = 0, paid = 0;

	field_int(link, "amount", &asked);
	field_int(link, "amount_paid", &paid);
	if (span_is(status, "paid")) {
		if (asked != paid)
			log_warn("razorpay.amount", "session=" PRSPAN " asked=%" PRId64 " paid=%" PRId64, ARGSPAN(session), asked, paid);
		return captured ? FACT_PAID : FACT_PENDING;
	}
	if (span_is(status, "partially_paid") || (over && paid > 0)) {
		log_warn("razorpay.partly", "session=" PRSPAN " status=" PRSPAN " asked=%" PRId64 " paid=%" PRId64, ARGSPAN(session),
		    ARGSPAN(status), asked, paid);
		return FACT_PENDING;
	}
	if (over)
		return FACT_CLOSED;
	return span_is(status, "created") ? FACT_OPEN : FACT_UNKNOWN;
}

void
razorpay_link_read(struct arena *a, const json_t *link, const json_t *payment, bool live, struct payment_report *r)
{
	struct span status = field_word(a, link, "status");

	payment_report_clear(r);
	r->live = live;
	r->session = field_word(a, link, "id");
	r->reference = field_word(a, link, "reference_id");
	if (!r->reference.n)
		r->reference = razorpay_note(a, link, RAZORPAY_PAYMENT_MARK);
	r->capture = payment ? field_word(a, payment, "id") : captured_on(a, link);
	r->fact = link_fact(link, status, r->session, r->capture.n > 0);
	/* What was taken, where it is not what we asked for, is for the caller to see. */
	razorpay_amount_read(a, link, r->fact == FACT_PAID ? "amount_paid" : "amount", &r->amount);
	if (r->fact == FACT_OPEN)
		r->url = field_url(a, link, "short_url");
	if (r->fact == FACT_PENDING)
		r->why = status;
}

void
razorpay_refund_read(struct arena *a, const json_t *refund, struct refund_report *r)
{
	struct span status = field_word(a, refund, "status");

	refund_report_clear(r);
	if (span_is(status, "processed"))
		r->fact = REFUND_DONE;
	else if (span_is(status, "pending"))
		r->fact = REFUND_PENDING;
	else if (span_is(status, "failed"))
		r->fact = REFUND_FAILED;
	r->id = field_word(a, refund, "id");
	r->reference = razorpay_note(a, refund, RAZORPAY_REFUND_MARK);
	if (!r->reference.n)
		r->reference = field_word(a, refund, "receipt");
	razorpay_amount_read(a, refund, "amount", &r->amount);
}
