/*
 * razorpay.c - Razorpay Payment Links over the wire: which call, and what its answer means. A link is not made under a key:
 * that its reference is unique keeps it from being made twice, and by its reference it is found again.
 */
#include "base/base.h"

#include "base/crypto.h"
#include "base/fault.h"
#include "base/settings.h"
#include "psp/fields.h"
#include "psp/razorpay.h"
#include "psp/wire.h"

#define MAX_KEY 255

/* Razorpay has one code for all that may be wrong with a request; only its English tells apart the two that we must know. */
static bool
error_says(const json_t *error, const char *words)
{
	const char *text = json_string_value(json_object_get(error, "description"));

	return text && strcasestr(text, words);
}

/* Without the description: it may quote what the buyer entered. */
static void
error_log(struct arena *a, const char *name, int status, const json_t *error)
{
	struct span code = field_word(a, error, "code"), field = field_word(a, error, "field"), reason = field_word(a, error, "reason");

	log_warn("razorpay.error", "call=%s status=%d code=" PRSPAN " field=" PRSPAN " reason=" PRSPAN, name, status, ARGSPAN(code),
	    ARGSPAN(field), ARGSPAN(reason));
}

/*
 * What a status other than 2xx means. A 5xx may have done the thing, as may what the bank's gateway answered with whatever
 * status. An id that Razorpay does not know is a 400 in its own words; a 404 not in its form is a wrong base URL or a proxy.
 */
static enum psp_result
refusal(struct arena *a, bool post, int status, const json_t *error)
{
	struct span code = field_word(a, error, "code");

	if (status < 400)
		return PSP_REFUSED;	/* a redirect: that is no API of Razorpay's */
	/* our key is being changed, or is wrong: an operator's matter, and no reason to give a payment or refund up */
	if (status == 401 || status == 403) {
		log_error("razorpay.key", "status=%d", status);
		return PSP_AGAIN;
	}
	if (status == 409 || status == 429 || status == 503)
		return PSP_AGAIN;
	if (status >= 500 || span_is(code, "GATEWAY_ERROR") || span_is(code, "SERVER_ERROR"))
		return post ? PSP_UNSURE : PSP_AGAIN;
	if (status == 404)
		return code.n ? PSP_NOT_FOUND : PSP_AGAIN;
	return status == 400 && error_says(error, "does not exist") ? PSP_NOT_FOUND : PSP_REFUSED;
}

static enum psp_result
answer_read(struct arena *a, const struct razorpay_call *c, const struct wire_answer *w, struct razorpay_answer *answer)
{
	json_auto_t *root = json_loadb(w->body.p, w->body.n, 0, NULL);
	const json_t *error = field_object(root, "error");

	answer->status = w->status;
	if (w->status >= 300) {
		error_log(a, c->name, w->status, error);
		answer->repeated = error_says(error, "already attempted");
		return refusal(a, c->post, w->status, error);
	}
	if (json_is_object(root)) {
		answer->json = json_incref(root);
		return PSP_OK;
	}
	log_warn("razorpay.unreadable", "call=%s status=%d bytes=%zu", c->name, w->status, w->body.n);
	return c->post ? PSP_UNSURE : PSP_AGAIN;
}

enum psp_result
razorpay_exchange(struct psp *psp, struct arena *a, const struct razorpay_call *c, struct razorpay_answer *answer)
{
	const struct razorpay_place *place = psp->place;
	const struct wire_call wire = {
		.name = c->name, .post = c->post, .body = c->body.n ? c->body : SPAN_NONE, .timeout_ms = place->timeout_ms,
		.url = arena_fmt(a, PRSPAN PRSPAN, ARGSPAN(place->base_url), ARGSPAN(c->path)),
		.headers = {
			place->authorization,
			c->post ? SPAN("Content-Type: application/json") : SPAN_NONE,
			c->refund_key.n ? arena_fmt(a, "X-Refund-Idempotency: " PRSPAN, ARGSPAN(c->refund_key)) : SPAN_NONE,
		},
	};
	struct wire_answer w;
	enum psp_result r;

	*answer = (struct razorpay_answer){ 0 };
	r = wire_exchange(psp, a, &wire, &w);
	return r == PSP_OK ? answer_read(a, c, &w, answer) : r;
}

/* The key goes nowhere: the reference in the body is what may be used once. */
static enum psp_result
create_checkout(struct psp *psp, struct arena *a, struct span body, struct span key, struct checkout *out)
{
	const struct razorpay_call c = { .name = "open", .post = true, .path = SPAN(RAZORPAY_LINKS), .body = body };
	struct razorpay_answer answer;
	enum psp_result r = razorpay_exchange(psp, a, &c, &answer);
	json_auto_t *link = answer.json;

	(void)key;
	*out = (struct checkout){ SPAN_NONE, SPAN_NONE };
	if (r != PSP_OK)
		return r == PSP_REFUSED && answer.repeated ? PSP_CONFLICT : r;
	if (FAULT("razorpay.open.answer"))
		return PSP_UNSURE;
	out->session = field_word(a, link, "id");
	out->url = field_url(a, link, "short_url");
	if (out->session.n && out->url.n)
		return PSP_OK;
	log_warn("razorpay.unreadable", "call=open session=" PRSPAN " url=%d", ARGSPAN(out->session), out->url.n > 0);
	return PSP_UNSURE;
}

/* A link that has ended by itself leads nowhere, and its reference can have no other: a conflict, so that it is given up. */
static enum psp_result
adopt(struct psp *psp, struct arena *a, const json_t *link, struct checkout *out)
{
	struct payment_report now;

	razorpay_link_read(a, link, NULL, psp->live, &now);
	if (now.fact == FACT_CLOSED)
		return PSP_CONFLICT;
	out->session = now.session;
	out->url = field_url(a, link, "short_url");
	return out->session.n && out->url.n ? PSP_OK : PSP_AGAIN;
}

static enum psp_result
find_checkout(struct psp *psp, struct arena *a, struct span reference, struct checkout *out)
{
	const struct razorpay_call c = { .name = "find", .path = wire_path(a, RAZORPAY_LINKS "?reference_id=", reference, "") };
	struct razorpay_answer answer;
	enum psp_result r = razorpay_exchange(psp, a, &c, &answer);
	json_auto_t *json = answer.json;
	const json_t *links = json_object_get(json, "payment_links"), *v;
	size_t i;

	*out = (struct checkout){ SPAN_NONE, SPAN_NONE };
	if (r != PSP_OK)
		return r;
	json_array_foreach(links, i, v)
		if (span_eq(field_word(a, v, "reference_id"), reference))
			return adopt(psp, a, v, out);
	return json_is_array(links) ? PSP_NOT_FOUND : PSP_AGAIN;
}

static enum psp_result
fetch_status(struct psp *psp, struct arena *a, struct span session, struct payment_report *out)
{
	const struct razorpay_call c = { .name = "read", .path = wire_path(a, RAZORPAY_LINKS "/", session, "") };
	struct razorpay_answer answer;
	enum psp_result r;

	if (!session.n)
		return PSP_NOT_FOUND;	/* with an empty id the path would be the list's */
	r = razorpay_exchange(psp, a, &c, &answer);
	json_auto_t *link = answer.json;
	if (r != PSP_OK)
		return r;
	razorpay_link_read(a, link, NULL, psp->live, out);
	return out->session.n ? PSP_OK : PSP_AGAIN;
}

static enum psp_result
close_checkout(struct psp *psp, struct arena *a, struct span session)
{
	const struct razorpay_call c = { .name = "close", .post = true, .path = wire_path(a, RAZORPAY_LINKS "/", session, "/cancel") };
	struct razorpay_answer answer;
	struct payment_report now;
	enum psp_result r;

	if (!session.n)
		return PSP_NOT_FOUND;
	r = razorpay_exchange(psp, a, &c, &answer);
	json_auto_t *link = answer.json;
	if (r != PSP_OK)
		return r == PSP_REFUSED && answer.status == 400 ? PSP_CONFLICT : r;
	if (FAULT("razorpay.close.answer"))
		return PSP_UNSURE;
	razorpay_link_read(a, link, NULL, psp->live, &now);
	return now.fact == FACT_CLOSED ? PSP_OK : now.fact == FACT_UNKNOWN ? PSP_UNSURE : PSP_CONFLICT;
}

/*
 * No list_payments: links are listed by reference or payment only, with no span of time and no pages. No capture: whether a
 * payment is captured by itself is a setting of the account, which must be on.
 */
const struct psp_kind razorpay_kind = {
	.name = "razorpay",
	.pays_late = true,
	.checkout_body = razorpay_checkout_body,
	.create_checkout = create_checkout,
	.find_checkout = find_checkout,
	.close_checkout = close_checkout,
	.fetch_status = fetch_status,
	.refund_body = razorpay_refund_body,
	.refund = razorpay_refund,
	.fetch_refund = razorpay_fetch_refund,
	.find_refund = razorpay_find_refund,
	.verify_webhook = razorpay_verify,
	.parse_webhook = razorpay_parse,
	.verify_return = razorpay_verify_return,
	.check_amount = razorpay_check_amount,
};

static struct span
basic_authorization(struct arena *a, struct span id, struct span secret)
{
	struct span pair = arena_fmt(a, PRSPAN ":" PRSPAN, ARGSPAN(id), ARGSPAN(secret));
	struct buf b;

	buf_init(&b, a, 4 * KiB);
	BUF_LIT(&b, "Authorization: Basic ");
	base64_print(&b, pair.p, pair.n);
	return buf_view(&b);
}

bool
razorpay_make(struct arena *a, const struct settings *set, struct psp *psp)
{
	struct razorpay_place *place;
	struct span secret = set->razorpay_key_secret.hidden, id;
	bool live;

	if (!secret.n)
		return false;
	secret = span_trim(secret);
	id = span_trim(span_of(set->razorpay_key_id));
	live = span_starts(id, "rzp_live_");
	if (!secret.n || !wire_header_good(secret, MAX_KEY) || !wire_header_good(id, MAX_KEY) || memchr(id.p, ':', id.n) ||
	    (!live && !span_starts(id, "rzp_test_")) || (live && !span_starts(span_of(set->razorpay_base_url), "https://"))) {
		log_error("razorpay.settings", "key id or secret is malformed, or a live one would cross the net in the clear: not offered");
		return false;
	}
	place = ARENA_NEW(a, struct razorpay_place);
	place->base_url = span_of(set->razorpay_base_url);
	place->authorization = basic_authorization(a, id, secret);
	place->key_secret = secret;
	place->timeout_ms = set->psp_timeout_ms;
	secrets_read(&place->webhook, razorpay_kind.name, set->razorpay_webhook_secrets.hidden);
	*psp = (struct psp){ .kind = &razorpay_kind, .place = place, .live = live };
	return true;
}
