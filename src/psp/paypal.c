/*
 * paypal.c - PayPal Orders v2 over the wire: an order is opened, the payer approves it at PayPal's page, and only then we take the
 * money. A call is sent once; whether and when it is made again is the caller's business, with the same key and the same bytes.
 */
#include "base/base.h"

#include <openssl/evp.h>
#include <strings.h>

#include "base/fault.h"
#include "base/settings.h"
#include "psp/fields.h"
#include "psp/paypal.h"
#include "psp/wire.h"

#define ORDERS "/v2/checkout/orders"
#define MAX_CREDENTIAL 200

static enum psp_result
create_checkout(struct psp *psp, struct arena *a, struct span body, struct span key, struct checkout *out)
{
	const struct paypal_call c = { .name = "open", .post = true, .path = SPAN(ORDERS), .body = body, .key = key };
	struct paypal_answer answer;
	enum psp_result r;

	*out = (struct checkout){ SPAN_NONE, SPAN_NONE };
	if (!key.n) {
		BUG("an order without a key would be made twice");
		return PSP_REFUSED;
	}
	r = paypal_exchange(psp, a, &c, &answer);
	json_auto_t *order = answer.json;
	if (r != PSP_OK)
		return r;
	if (FAULT("paypal.open.answer"))
		return PSP_UNSURE;
	out->session = field_word(a, order, "id");
	out->url = paypal_redirect(a, order);
	if (out->session.n && out->url.n)
		return PSP_OK;
	log_warn("paypal.unreadable", "call=open session=" PRSPAN " url=%d", ARGSPAN(out->session), out->url.n > 0);
	return PSP_UNSURE;
}

static enum psp_result
fetch_status(struct psp *psp, struct arena *a, struct span session, struct payment_report *out)
{
	const struct paypal_call c = { .name = "read", .path = wire_path(a, ORDERS "/", session, "") };
	struct paypal_answer answer;
	enum psp_result r;

	payment_report_clear(out);
	if (!session.n)
		return PSP_NOT_FOUND;
	r = paypal_exchange(psp, a, &c, &answer);
	json_auto_t *order = answer.json;
	if (r != PSP_OK)
		return r;
	paypal_order_read(a, order, out);
	out->live = psp->live;
	return out->session.n ? PSP_OK : PSP_AGAIN;
}

/*
 * Why PayPal would not capture. A payer could be sent back for another means (the first three of the declined), but an attempt is
 * over when it was declined: whoever wants to try again pays anew. What is not known here is for an operator.
 */
static enum psp_result
capture_issue_result(struct span issue)
{
	static const char *const read_it_anew[] = {
		"ORDER_NOT_APPROVED", "ORDER_ALREADY_CAPTURED", "ORDER_COMPLETED_OR_VOIDED", "DUPLICATE_INVOICE_ID",
	};
	static const char *const declined[] = {
		"INSTRUMENT_DECLINED", "PAYER_ACTION_REQUIRED", "REDIRECT_PAYER_FOR_ALTERNATE_FUNDING", "PAYER_CANNOT_PAY",
		"TRANSACTION_REFUSED", "MAX_NUMBER_OF_PAYMENT_ATTEMPTS_EXCEEDED", "COMPLIANCE_VIOLATION",
		"PAYER_ACCOUNT_LOCKED_OR_CLOSED", "PAYER_ACCOUNT_RESTRICTED",
	};

	for (size_t i = 0; i < ARRAY_LEN(read_it_anew); i++)
		if (span_is(issue, read_it_anew[i]))
			return PSP_CONFLICT;
	for (size_t i = 0; i < ARRAY_LEN(declined); i++)
		if (span_is(issue, declined[i]))
			return PSP_DECLINED;
	return PSP_REFUSED;
}

static enum psp_result
capture(struct psp *psp, struct arena *a, struct span session, struct span key, struct payment_report *out)
{
	const struct paypal_call c = { .name = "capture", .post = true, .path = wire_path(a, ORDERS "/", session, "/capture"),
		.body = SPAN("{}"), .key = key };
	struct paypal_answer answer;
	enum psp_result r;

	payment_report_clear(out);
	if (!session.n || !key.n) {
		BUG("nothing to capture, or no key to do it under");
		return PSP_REFUSED;
	}
	r = paypal_exchange(psp, a, &c, &answer);
	json_auto_t *order = answer.json;
	if (r != PSP_OK)
		return r == PSP_REFUSED ? capture_issue_result(answer.issue) : r;
	if (FAULT("paypal.capture.answer"))
		return PSP_UNSURE;
	paypal_order_read(a, order, out);
	out->live = psp->live;
	if (out->session.n && (out->fact == FACT_PAID || out->fact == FACT_PENDING || out->fact == FACT_FAILED))
		return PSP_OK;
	log_warn("paypal.unreadable", "call=capture session=" PRSPAN " fact=%d", ARGSPAN(out->session), out->fact);
	return PSP_UNSURE;
}

/*
 * No find_checkout: the same body under the same key gives the same order. No close_checkout: an order that is not captured takes no
 * money. No list_payments: PayPal lists no orders, so they are asked for by their ids. No verify_return: nothing in it is signed.
 */
const struct psp_kind paypal_kind = {
	.name = "paypal",
	.checkout_body = paypal_checkout_body,
	.create_checkout = create_checkout,
	.fetch_status = fetch_status,
	.capture = capture,
	.refund_body = paypal_refund_body,
	.refund = paypal_refund,
	.fetch_refund = paypal_fetch_refund,
	.find_refund = paypal_find_refund,
	.verify_webhook = paypal_verify,
	.ask_verdict = paypal_ask_verdict,
	.parse_webhook = paypal_parse,
	.check_amount = paypal_check_amount,
};

/* Real money moves at PayPal's own live hosts only, however their names are written. */
static bool
base_is_live(const char *base)
{
	static const struct span live[] = { { "api-m.paypal.com", 16 }, { "api.paypal.com", 14 } };
	const char *host = strstr(base, "://");
	size_t n;

	host = host ? host + 3 : base;
	n = strcspn(host, "/:?#");
	if (n && host[n - 1] == '.')
		n--;
	for (size_t i = 0; i < ARRAY_LEN(live); i++)
		if (n == live[i].n && strncasecmp(host, live[i].p, n) == 0)
			return true;
	return false;
}

static struct span
login_of(struct arena *a, struct span id, struct span secret)
{
	struct span pair = arena_fmt(a, PRSPAN ":" PRSPAN, ARGSPAN(id), ARGSPAN(secret));
	unsigned char text[(2 * MAX_CREDENTIAL + 1 + 2) / 3 * 4 + 1];

	EVP_EncodeBlock(text, (const unsigned char *)pair.p, (int)pair.n);
	return arena_fmt(a, "Basic %s", (const char *)text);
}

/* What stands in the settings, or false: then nothing is offered, rather than something else than was meant. */
static bool
settings_good(const struct settings *set, struct span id, struct span secret, bool live)
{
	struct span check = span_of(set->paypal_webhook_check), webhook_id = span_trim(span_of(set->paypal_webhook_id));

	if (!id.n || !secret.n || !wire_header_good(id, MAX_CREDENTIAL) || !wire_header_good(secret, MAX_CREDENTIAL) || memchr(id.p, ':', id.n)) {
		log_error("paypal.settings", "client id or secret is missing or malformed: not offered");
		return false;
	}
	if (live && !span_starts(span_of(set->paypal_base_url), "https://")) {
		log_error("paypal.settings", "a live secret would cross the net in the clear: not offered");
		return false;
	}
	if ((!span_is(check, "certificate") && !span_is(check, "api")) || !wire_header_good(webhook_id, MAX_CREDENTIAL)) {
		log_error("paypal.settings", "paypal_webhook_check is neither \"certificate\" nor \"api\", or the id is malformed: not offered");
		return false;
	}
	return true;
}

bool
paypal_make(struct arena *a, const struct settings *set, struct psp *psp)
{
	struct span id = span_trim(span_of(set->paypal_client_id)), secret;
	struct paypal_place *place;
	bool live;

	if (!set->paypal_client_secret.hidden.n)
		return false;
	secret = span_trim(set->paypal_client_secret.hidden);
	live = base_is_live(set->paypal_base_url);
	if (!settings_good(set, id, secret, live))
		return false;
	place = ARENA_NEW(a, struct paypal_place);
	place->base_url = span_of(set->paypal_base_url);
	place->house_name = span_of(set->house_name);
	place->login = login_of(a, id, secret);
	place->webhook_id = span_trim(span_of(set->paypal_webhook_id));
	place->ask = span_is(span_of(set->paypal_webhook_check), "api");
	place->roots = set->paypal_roots;
	place->timeout_ms = set->psp_timeout_ms;
	paypal_places_read(place, span_of(set->paypal_certificates), live);
	if (!place->webhook_id.n)
		log_warn("paypal.settings", "no webhook id: payments are seen only when we ask");
	*psp = (struct psp){ .kind = &paypal_kind, .place = place, .live = live };
	return true;
}
