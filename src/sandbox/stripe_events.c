/*
 * stripe_events.c - what Stripe tells of, and how it signs. The signature is made with another library than the one that checks it
 * in Foyer.
 */
#include "base/base.h"

#include "base/clock.h"
#include "sandbox/sign.h"
#include "sandbox/stripe.h"

#define STALE_SECONDS 1000

struct told {
	const char *page[2];		/* of a Checkout Session */
	const char *token[2];		/* of a payment intent by itself */
};

static const struct told tells[HAPPENINGS] = {
	[HAPPENED_OPENED] = { { NULL }, { "payment_intent.created" } },
	[HAPPENED_PAID] = { { "payment_intent.succeeded", "checkout.session.completed" }, { "payment_intent.succeeded" } },
	[HAPPENED_PENDING] = { { "checkout.session.completed" }, { "payment_intent.processing" } },
	[HAPPENED_DECLINED] = { { "payment_intent.payment_failed" }, { "payment_intent.payment_failed" } },
	[HAPPENED_ACTION] = { { "payment_intent.requires_action" }, { "payment_intent.requires_action" } },
	[HAPPENED_LATE_PAID] = { { "payment_intent.succeeded", "checkout.session.async_payment_succeeded" }, { "payment_intent.succeeded" } },
	[HAPPENED_LATE_FAILED] = { { "payment_intent.payment_failed", "checkout.session.async_payment_failed" },
	    { "payment_intent.payment_failed" } },
	[HAPPENED_EXPIRED] = { { "checkout.session.expired" }, { "payment_intent.canceled" } },
	[HAPPENED_CANCELLED] = { { "checkout.session.expired" }, { "payment_intent.canceled" } },
	[HAPPENED_REFUND_MADE] = { { "refund.created" }, { "refund.created" } },
	[HAPPENED_REFUND_DONE] = { { "refund.updated" }, { "refund.updated" } },
	[HAPPENED_REFUND_FAILED] = { { "refund.updated", "refund.failed" }, { "refund.updated", "refund.failed" } },
	[HAPPENED_DISPUTE] = { { "charge.dispute.created", "charge.dispute.funds_withdrawn" },
	    { "charge.dispute.created", "charge.dispute.funds_withdrawn" } },
	[HAPPENED_DISPUTE_WON] = { { "charge.dispute.closed", "charge.dispute.funds_reinstated" },
	    { "charge.dispute.closed", "charge.dispute.funds_reinstated" } },
	[HAPPENED_DISPUTE_LOST] = { { "charge.dispute.closed" }, { "charge.dispute.closed" } },
};

size_t
play_stripe_types(enum happening h, const struct about *about, const char *types[TYPES_MAX])
{
	const char *const *list = json_yes(about->payment, "token") ? tells[h].token : tells[h].page;
	size_t n = 0;

	for (size_t i = 0; i < 2 && list[i]; i++)
		if (about->charge || strncmp(list[i], "payment_intent.", 15) != 0 || json_yes(about->payment, "token"))
			types[n++] = list[i];
	if (h == HAPPENED_REFUND_MADE && json_says(about->refund, "state", "failed"))
		types[n++] = "refund.failed";
	return n;
}

/* What the event is about, by its type's beginning; of any other type, the refund if it is about one, or the payment. */
static json_t *
object_of(struct sandbox *sb, const char *type, const struct about *about)
{
	bool token = json_yes(about->payment, "token");

	if (strncmp(type, "charge.dispute.", 15) == 0)
		return about->dispute ? play_stripe_dispute(about->dispute) : NULL;
	if (strncmp(type, "refund.", 7) == 0 || about->refund)
		return about->refund ? play_stripe_refund(about->payment, about->refund) : NULL;
	if (token || strncmp(type, "payment_intent.", 15) == 0)
		return play_stripe_intent(about->payment, about->charge);
	return play_stripe_session(sb, about->payment, about->charge);
}

json_t *
play_stripe_event(struct sandbox *sb, const char *type, const char *id, const struct about *about)
{
	json_t *object = object_of(sb, type, about), *event;
	const struct visit *v = sb->visit;

	if (!object)
		return NULL;
	event = json_made(json_pack("{s:s, s:s, s:s, s:I, s:{s:o}, s:b, s:i, s:{s:n, s:n}, s:s}", "id", id, "object", "event",
	    "api_version", STRIPE_API_VERSION, "created", (json_int_t)(clock_now() / 1000), "data", "object", object,
	    "livemode", json_yes(about->payment, "live"), "pending_webhooks", 1, "request", "id", "idempotency_key", "type", type));
	if (v && span_starts(v->path, "/v1/")) {		/* an API call caused it */
		json_put_span(json_object_get(event, "request"), "id", v->id);
		json_put_span(json_object_get(event, "request"), "idempotency_key", v->key);
	}
	return event;
}

struct span
play_stripe_signature(struct arena *a, struct span secret, int64_t seconds, struct span body)
{
	struct span message = arena_fmt(a, "%" PRId64 "." PRSPAN, seconds, ARGSPAN(body));

	return arena_fmt(a, "t=%" PRId64 ",v1=" PRSPAN, seconds, ARGSPAN(sign_hmac_sha256(a, secret, message)));
}

void
play_stripe_sign(struct sandbox *sb, struct arena *a, const char *event_id, struct span body, enum flaw flaw, struct lines *lines)
{
	struct span secret = flaw == FLAW_FORGED || flaw == FLAW_ELSEWHERE ? SPAN("whsec_of_somebody_else") :
	    sb->options->webhook_secret.hidden;
	int64_t now = clock_now() / 1000;

	(void)event_id;
	if (flaw == FLAW_UNSIGNED)
		return;
	lines->list[lines->n++] = arena_fmt(a, "Stripe-Signature: " PRSPAN,
	    ARGSPAN(play_stripe_signature(a, secret, flaw == FLAW_STALE ? now - STALE_SECONDS : now, body))).p;
}
