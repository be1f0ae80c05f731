/* paypal_events.c - what PayPal tells of, and how a transmission is signed. */
#include "base/base.h"

#include <zlib.h>

#include "base/clock.h"
#include "sandbox/paypal.h"
#include "sandbox/paypal_pki.h"

#define STALE_MS (1000 * INT64_C(1000))

static const char *const tells[HAPPENINGS] = {
	[HAPPENED_APPROVED] = "CHECKOUT.ORDER.APPROVED",
	[HAPPENED_PAID] = "PAYMENT.CAPTURE.COMPLETED",
	[HAPPENED_PENDING] = "PAYMENT.CAPTURE.PENDING",
	[HAPPENED_LATE_PAID] = "PAYMENT.CAPTURE.COMPLETED",
	[HAPPENED_LATE_FAILED] = "PAYMENT.CAPTURE.DENIED",
	[HAPPENED_EXPIRED] = "CHECKOUT.PAYMENT-APPROVAL.REVERSED",
	[HAPPENED_CANCELLED] = "CHECKOUT.PAYMENT-APPROVAL.REVERSED",
	[HAPPENED_REFUND_DONE] = "PAYMENT.CAPTURE.REFUNDED",
	[HAPPENED_REFUND_FAILED] = "PAYMENT.REFUND.FAILED",
	[HAPPENED_DISPUTE] = "CUSTOMER.DISPUTE.CREATED",
	[HAPPENED_DISPUTE_WON] = "CUSTOMER.DISPUTE.RESOLVED",
	[HAPPENED_DISPUTE_LOST] = "CUSTOMER.DISPUTE.RESOLVED",
};

size_t
play_paypal_types(enum happening h, const struct about *about, const char *types[TYPES_MAX])
{
	types[0] = tells[h];
	if (h == HAPPENED_REFUND_MADE)
		types[0] = json_says(about->refund, "state", "done") ? "PAYMENT.CAPTURE.REFUNDED" :
		    json_says(about->refund, "state", "pending") ? "PAYMENT.REFUND.PENDING" : "PAYMENT.REFUND.FAILED";
	/* an order that nobody had approved ends without a word */
	if ((h == HAPPENED_EXPIRED || h == HAPPENED_CANCELLED) && !json_object_get(about->payment, "plan"))
		return 0;
	return types[0] ? 1 : 0;
}

static bool
starts(const char *type, const char *with)
{
	return strncmp(type, with, strlen(with)) == 0;
}

static json_t *
resource_of(struct sandbox *sb, const char *type, const struct about *about, const char **kind)
{
	json_t *order;

	if (starts(type, "CUSTOMER.DISPUTE.") || starts(type, "RISK.DISPUTE.")) {
		*kind = "dispute";
		return about->dispute ? play_paypal_dispute(about->payment, about->dispute) : NULL;
	}
	if (starts(type, "PAYMENT.REFUND.") || strcmp(type, "PAYMENT.CAPTURE.REFUNDED") == 0) {
		*kind = "refund";
		return about->refund ? play_paypal_refund(sb, about, true) : NULL;
	}
	if (starts(type, "PAYMENT.CAPTURE.")) {
		*kind = "capture";
		return about->charge ? play_paypal_capture(sb, about->payment, about->charge, true) : NULL;
	}
	*kind = "checkout-order";
	order = play_paypal_order_of(sb, about);
	if (starts(type, "CHECKOUT.PAYMENT-APPROVAL."))
		json_put_copy(order, "order_id", json_object_get(order, "id"));
	return order;
}

static struct span
time_text(struct arena *a, int64_t ms)
{
	struct civil t = moment_civil((struct moment){ ms, NULL });

	return arena_fmt(a, "%04d-%02d-%02dT%02d:%02d:%02dZ", t.year, t.month, t.day, t.hour, t.minute, t.second);
}

json_t *
play_paypal_event(struct sandbox *sb, const char *type, const char *id, const struct about *about)
{
	const char *kind;
	json_t *resource = resource_of(sb, type, about, &kind), *event;
	struct arena *a;

	if (!resource)
		return NULL;
	a = arena_new(4 * KiB);
	event = json_made(json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:o, s:[o]}", "id", id, "event_version", "1.0",
	    "create_time", time_text(a, clock_now()).p, "resource_type", kind, "resource_version", "2.0", "event_type", type,
	    "summary", "Told by the stand-in: no money moves.", "resource", resource, "links",
	    play_paypal_link(sb, "/v1/notifications/webhooks-events/", span_of(id), "", "self", "GET")));
	arena_free(a);
	return event;
}

struct span
play_paypal_message(struct arena *a, struct span id, struct span time, struct span webhook_id, struct span body)
{
	unsigned long crc = crc32(crc32(0, NULL, 0), (const unsigned char *)body.p, (unsigned)body.n);

	return arena_fmt(a, PRSPAN "|" PRSPAN "|" PRSPAN "|%lu", ARGSPAN(id), ARGSPAN(time), ARGSPAN(webhook_id), crc);
}

void
play_paypal_sign(struct sandbox *sb, struct arena *a, const char *event_id, struct span body, enum flaw flaw, struct lines *lines)
{
	struct span webhook = flaw == FLAW_FORGED ? SPAN("0AAAAAAAAAAAAAAAA") : sb->options->paypal_webhook_id;
	struct provider_id uuid = provider_id_uuid();
	struct span id = span_of(uuid.text), time = time_text(a, clock_now() - (flaw == FLAW_STALE ? STALE_MS : 0));
	struct span signature = play_pki_sign(sb->pki, a, play_paypal_message(a, id, time, webhook, body));

	(void)event_id;
	lines->list[lines->n++] = arena_fmt(a, "PAYPAL-TRANSMISSION-ID: " PRSPAN, ARGSPAN(id)).p;
	lines->list[lines->n++] = arena_fmt(a, "PAYPAL-TRANSMISSION-TIME: " PRSPAN, ARGSPAN(time)).p;
	lines->list[lines->n++] = arena_fmt(a, "PAYPAL-CERT-URL: %s%s%s", sb->options->public_url,
	    flaw == FLAW_ELSEWHERE ? "/elsewhere/" : PAYPAL_CERTIFICATES, play_pki_id(sb->pki)).p;
	lines->list[lines->n++] = "PAYPAL-AUTH-ALGO: SHA256withRSA";
	lines->list[lines->n++] = "PAYPAL-AUTH-VERSION: v2";
	if (flaw != FLAW_UNSIGNED)
		lines->list[lines->n++] = arena_fmt(a, "PAYPAL-TRANSMISSION-SIG: " PRSPAN, ARGSPAN(signature)).p;
}
