/* razorpay_events.c - what Razorpay tells of, and how it signs: webhooks with the webhook's secret, the way back with the API key's. */
#include "base/base.h"

#include "base/clock.h"
#include "sandbox/razorpay.h"
#include "sandbox/sign.h"

static const char *const tells[HAPPENINGS][TYPES_MAX] = {
	[HAPPENED_PAID] = { "payment.authorized", "payment.captured", "order.paid", "payment_link.paid" },
	[HAPPENED_DECLINED] = { "payment.failed" },
	[HAPPENED_LATE_PAID] = { "payment.authorized", "payment.captured", "order.paid", "payment_link.paid" },
	[HAPPENED_LATE_FAILED] = { "payment.failed" },
	[HAPPENED_EXPIRED] = { "payment_link.expired" },
	[HAPPENED_CANCELLED] = { "payment_link.cancelled" },
	[HAPPENED_REFUND_MADE] = { "refund.created" },
	[HAPPENED_REFUND_DONE] = { "refund.processed" },
	[HAPPENED_REFUND_FAILED] = { "refund.failed" },
	[HAPPENED_DISPUTE] = { "payment.dispute.created" },
	[HAPPENED_DISPUTE_WON] = { "payment.dispute.won" },
	[HAPPENED_DISPUTE_LOST] = { "payment.dispute.lost" },
};

size_t
play_razorpay_types(enum happening h, const struct about *about, const char *types[TYPES_MAX])
{
	size_t n = 0;

	while (n < TYPES_MAX && tells[h][n]) {
		types[n] = tells[h][n];
		n++;
	}
	if (h == HAPPENED_REFUND_MADE && json_says(about->refund, "state", "done"))
		types[n++] = "refund.processed";
	if (h == HAPPENED_REFUND_MADE && json_says(about->refund, "state", "failed"))
		types[n++] = "refund.failed";
	return n;
}

static void
add_entity(json_t *event, const char *name, json_t *entity)
{
	json_array_append_new(json_object_get(event, "contains"), json_string(name));
	json_object_set_new(json_object_get(event, "payload"), name, json_made(json_pack("{s:o}", "entity", entity)));
}

static void
add_payment(json_t *event, const char *type, const struct about *about)
{
	json_t *payment;

	if (!about->charge)
		return;
	payment = play_razorpay_payment(about->payment, about->charge);
	if (strcmp(type, "payment.authorized") == 0) {		/* a picture of the moment before it was captured */
		json_put_text(payment, "status", "authorized");
		json_put_yes(payment, "captured", false);
	}
	add_entity(event, "payment", payment);
}

/* In payment_link.paid the order's id comes without its prefix; so it does from the real one. */
static void
add_order(json_t *event, bool bare, const struct about *about)
{
	json_t *order = play_razorpay_order(about->payment, about->charge);

	if (bare)
		json_put_text(order, "id", provider_id_beside("", json_span(about->payment, "id")).text);
	add_entity(event, "order", order);
}

static bool
starts(const char *type, const char *with)
{
	return strncmp(type, with, strlen(with)) == 0;
}

json_t *
play_razorpay_event(struct sandbox *sb, const char *type, const char *id, const struct about *about)
{
	bool link = starts(type, "payment_link."), dispute = starts(type, "payment.dispute."), refund = starts(type, "refund.");
	bool order = starts(type, "order."), payment = starts(type, "payment.");
	json_t *event;

	(void)id;		/* goes along as a header */
	if ((dispute && !about->dispute) || (refund && !about->refund) || ((order || payment) && !about->charge))
		return NULL;
	event = json_made(json_pack("{s:s, s:s, s:s, s:[], s:{}, s:I}", "entity", "event", "account_id", "acc_SandboxAccount",
	    "event", type, "contains", "payload", "created_at", (json_int_t)(clock_now() / 1000)));
	if (link || !(dispute || refund || order || payment))
		add_entity(event, "payment_link", play_razorpay_link(sb, about->payment, about->charge));
	if (refund)
		add_entity(event, "refund", play_razorpay_refund(about->payment, about->refund));
	if ((link && about->charge) || order)
		add_order(event, link, about);
	add_payment(event, type, about);
	if (dispute)
		add_entity(event, "dispute", play_razorpay_dispute(about->dispute));
	return event;
}

void
play_razorpay_sign(struct sandbox *sb, struct arena *a, const char *event_id, struct span body, enum flaw flaw, struct lines *lines)
{
	bool foreign = flaw == FLAW_FORGED || flaw == FLAW_ELSEWHERE;
	struct span secret = foreign ? SPAN("the secret of somebody else") : sb->options->razorpay_webhook_secret.hidden;

	lines->list[lines->n++] = arena_fmt(a, "x-razorpay-event-id: %s", event_id).p;
	if (flaw != FLAW_UNSIGNED)
		lines->list[lines->n++] = arena_fmt(a, "X-Razorpay-Signature: " PRSPAN, ARGSPAN(sign_hmac_sha256(a, secret, body))).p;
}

/* Percent-encoded, all but letters, digits, '-' and '_'. */
static void
add_param(struct buf *b, const char *name, struct span value)
{
	buf_fmt(b, "%c%s=", memchr(b->p, '?', b->n) ? '&' : '?', name);
	for (size_t i = 0; i < value.n; i++) {
		unsigned char c = (unsigned char)value.p[i];

		if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_')
			buf_byte(b, (char)c);
		else
			buf_fmt(b, "%%%02X", c);
	}
}

struct span
play_razorpay_return(struct sandbox *sb, struct arena *a, const json_t *payment, const json_t *charge)
{
	struct span url = json_span(json_object_get(payment, "asked"), "callback_url"), shown = json_span(payment, "shown_reference");
	struct span link = json_span(payment, "id"), reference = shown.n ? shown : json_span(payment, "reference");
	struct span pay = json_span(charge, "id"), message;
	struct buf b;

	if (!url.n)
		return SPAN_NONE;
	message = arena_fmt(a, PRSPAN "|" PRSPAN "|paid|" PRSPAN, ARGSPAN(link), ARGSPAN(reference), ARGSPAN(pay));
	buf_init(&b, a, 16 * KiB);
	buf_span(&b, url);
	add_param(&b, "razorpay_payment_id", pay);
	add_param(&b, "razorpay_payment_link_id", link);
	add_param(&b, "razorpay_payment_link_reference_id", reference);
	add_param(&b, "razorpay_payment_link_status", SPAN("paid"));
	add_param(&b, "razorpay_signature", sign_hmac_sha256(a, sb->options->razorpay_secret.hidden, message));
	return buf_view(&b);
}
