/*
 * razorpay_webhook.c - is this message, or what a browser brought back, from Razorpay, and what does it say. No I/O. A
 * message's header X-Razorpay-Signature is the hex HMAC-SHA256 of the body; there is no time in it, so no age to judge by.
 */
#include "base/base.h"

#include "base/crypto.h"
#include "psp/fields.h"
#include "psp/razorpay.h"

#define HEX_CHARS 64
#define LONGEST_EVENT_ID 120	/* what the table of events has room for */

/* Looks at every secret, so that the time taken tells nothing about which one fits. */
enum psp_verdict
razorpay_verify(struct psp *psp, struct arena *a, const struct delivery *d, struct psp_need *need)
{
	const struct razorpay_place *place = psp->place;
	struct span signature = d->header(d->at, a, "X-Razorpay-Signature");
	bool fits = false;

	(void)need;
	if (!place->webhook.n)
		return VERDICT_NONE;
	if (!d->body.n)
		return NOT_SIGNED;
	for (size_t i = 0; i < place->webhook.n; i++) {
		struct hex64 mac = hmac_sha256_hex(place->webhook.all[i], d->body);

		fits |= same_bytes(signature, (struct span){ mac.text, HEX_CHARS });
	}
	return fits ? SIGNED : NOT_SIGNED;
}

/* A parameter that could not be an id or a state has no place between the bars of what is signed. */
static bool
return_word(struct span (*param)(void *at, const char *name), void *at, const char *name, struct span *out)
{
	*out = param(at, name);
	return field_word_good(*out);
}

/* Of a link: link|reference|status|payment, where the reference may be empty. Of an order: order|payment. */
enum psp_verdict
razorpay_verify_return(struct psp *psp, struct arena *a, struct span (*param)(void *at, const char *name), void *at)
{
	const struct razorpay_place *place = psp->place;
	struct span link, reference, status, order, payment, signed_text;
	struct hex64 mac;

	if (!return_word(param, at, "razorpay_payment_id", &payment))
		return NOT_SIGNED;
	if (return_word(param, at, "razorpay_payment_link_id", &link)) {
		if (!return_word(param, at, "razorpay_payment_link_status", &status) ||
		    (!return_word(param, at, "razorpay_payment_link_reference_id", &reference) && reference.n))
			return NOT_SIGNED;
		signed_text = arena_fmt(a, PRSPAN "|" PRSPAN "|" PRSPAN "|" PRSPAN, ARGSPAN(link), ARGSPAN(reference), ARGSPAN(status),
		    ARGSPAN(payment));
	} else if (return_word(param, at, "razorpay_order_id", &order))
		signed_text = arena_fmt(a, PRSPAN "|" PRSPAN, ARGSPAN(order), ARGSPAN(payment));
	else
		return NOT_SIGNED;
	mac = hmac_sha256_hex(place->key_secret, signed_text);
	return same_bytes(param(at, "razorpay_signature"), (struct span){ mac.text, HEX_CHARS }) ? SIGNED : NOT_SIGNED;
}

/*
 * The body has no id; the header's is not signed, but nothing is done twice for having two. Without it the same body is the
 * same event.
 */
static struct span
event_id(struct arena *a, const struct delivery *d)
{
	struct span id = d->header(d->at, a, "x-razorpay-event-id");

	if (field_word_good(id) && id.n <= LONGEST_EVENT_ID)
		return arena_copy(a, id);
	return arena_fmt(a, "sha256-%s", sha256_hex(d->body).text);
}

static const json_t *
entity(const json_t *root, const char *name)
{
	return field_object(field_object(field_object(root, "payload"), name), "entity");
}

/*
 * A payload is a snapshot, and messages come in any order: one whose link says something else than its name tells nothing,
 * and we ask. The payment beside a paid link may still be called authorized.
 */
static void
link_event(struct psp *psp, struct arena *a, const json_t *root, struct psp_event *e)
{
	static const char *const words[] = { "paid", "partially_paid", "expired", "cancelled" };
	const json_t *link = entity(root, "payment_link");
	struct span word = e->type;

	span_cut(&word, '.');
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (span_is(word, words[i]))
			e->kind = EVENT_PAYMENT;
	if (e->kind != EVENT_PAYMENT)
		return;
	razorpay_link_read(a, link, entity(root, "payment"), psp->live, &e->payment);
	if (!span_eq(field_word(a, link, "status"), word))
		e->payment.fact = FACT_UNKNOWN;
}

/*
 * The order behind a link has the link's notes, and is paid also when the bank said yes after the link had ended, of which no
 * link's message tells. What it took is the order's amount: a payment's own may have a fee on top. Events of a payment alone
 * name nothing of ours and are left to these; a failed one was one attempt only, the link stays open.
 */
static void
order_event(struct arena *a, const json_t *root, struct psp_event *e)
{
	const json_t *order = entity(root, "order");

	e->payment.reference = razorpay_note(a, order, RAZORPAY_PAYMENT_MARK);
	if (!e->payment.reference.n)
		return;
	e->kind = EVENT_PAYMENT;
	e->payment.capture = field_word(a, entity(root, "payment"), "id");
	razorpay_amount_read(a, order, "amount_paid", &e->payment.amount);
	if (e->payment.capture.n && span_is(field_word(a, order, "status"), "paid"))
		e->payment.fact = FACT_PAID;
}

/* The name goes before the status inside: a new refund may be called processed before any bank has heard of it. */
static enum refund_fact
refund_fact(struct span type, enum refund_fact inside)
{
	if (span_is(type, "refund.processed"))
		return inside == REFUND_FAILED ? REFUND_UNKNOWN : REFUND_DONE;
	if (span_is(type, "refund.failed"))
		return inside == REFUND_DONE ? REFUND_UNKNOWN : REFUND_FAILED;
	return span_is(type, "refund.created") || span_is(type, "refund.speed_changed") ? REFUND_PENDING : REFUND_UNKNOWN;
}

/* What Razorpay gives back by itself because it was never captured was never ours. */
static void
refund_event(struct arena *a, const json_t *root, struct psp_event *e)
{
	const json_t *refund = entity(root, "refund"), *payment = entity(root, "payment");

	razorpay_refund_read(a, refund, &e->refund);
	if (!e->refund.reference.n && json_is_false(json_object_get(payment, "captured"))) {
		refund_report_clear(&e->refund);
		return;
	}
	e->kind = EVENT_REFUND;
	e->refund.fact = refund_fact(e->type, e->refund.fact);
	e->payment.capture = field_word(a, refund, "payment_id");
	e->payment.reference = razorpay_note(a, payment, RAZORPAY_PAYMENT_MARK);
}

/* "Closed" says nothing about who keeps the money, so it stays open for whoever looks. */
static void
dispute_event(struct arena *a, const json_t *root, struct psp_event *e)
{
	const json_t *dispute = entity(root, "dispute");

	e->kind = EVENT_DISPUTE;
	e->refund.id = field_word(a, dispute, "id");
	e->refund.why = field_word(a, dispute, "status");
	if (span_is(e->type, "payment.dispute.lost") || span_is(e->refund.why, "lost"))
		e->dispute = DISPUTE_LOST;
	else if (span_is(e->type, "payment.dispute.won") || span_is(e->refund.why, "won"))
		e->dispute = DISPUTE_WON;
	razorpay_amount_read(a, dispute, "amount", &e->refund.amount);
	e->payment.capture = field_word(a, dispute, "payment_id");
	e->payment.reference = razorpay_note(a, entity(root, "payment"), RAZORPAY_PAYMENT_MARK);
}

bool
razorpay_parse(struct psp *psp, struct arena *a, const struct delivery *d, struct psp_event *e)
{
	json_auto_t *root = json_loadb(d->body.p, d->body.n, 0, NULL);

	psp_event_clear(e);
	e->type = field_word(a, root, "event");
	if (!e->type.n)
		return false;
	e->id = event_id(a, d);
	e->payment.live = psp->live;
	if (span_starts(e->type, "payment_link."))
		link_event(psp, a, root, e);
	else if (span_is(e->type, "order.paid"))
		order_event(a, root, e);
	else if (span_starts(e->type, "refund."))
		refund_event(a, root, e);
	else if (span_starts(e->type, "payment.dispute."))
		dispute_event(a, root, e);
	return true;
}
