/*
 * stripe.c - Stripe Checkout over the wire: which call, and what its answer means. A call is sent once; whether and when it is
 * made again is the caller's business, with the same key and the same bytes.
 */
#include "base/base.h"

#include "base/fault.h"
#include "base/settings.h"
#include "psp/fields.h"
#include "psp/stripe.h"
#include "psp/wire.h"

#define SESSIONS "/v1/checkout/sessions"
#define LISTED 100
#define MAX_KEY 255

/* Also logs what Stripe says is wrong, without its message: that may quote what the buyer entered. */
static struct span
error_code(struct arena *a, const char *name, struct wire_answer *w)
{
	json_auto_t *root = json_loadb(w->body.p, w->body.n, 0, NULL);
	const json_t *error = field_object(root, "error");
	struct span code = field_word(a, error, "code"), type = field_word(a, error, "type");
	struct span param = field_word(a, error, "param");

	log_warn("stripe.error", "call=%s status=%d type=" PRSPAN " code=" PRSPAN " param=" PRSPAN, name, w->status, ARGSPAN(type),
	    ARGSPAN(code), ARGSPAN(param));
	return code;
}

/*
 * What a status other than 2xx means. Stripe-Should-Retry goes before our own reading. A 5xx may have done the thing; Stripe then
 * keeps that answer under its key and replays it for a day, so only asking and a new key lead on.
 */
static enum psp_result
status_result(struct arena *a, bool post, int status)
{
	struct span retry = wire_header(a, "Stripe-Should-Retry");
	bool replayed = span_is(wire_header(a, "Idempotent-Replayed"), "true");

	if (status < 400)
		return PSP_REFUSED;	/* a redirect: that is no API of Stripe's */
	if (status == 429 || span_is(retry, "true"))
		return PSP_AGAIN;
	if (status == 409)
		return span_is(retry, "false") ? PSP_CONFLICT : PSP_AGAIN;
	/* our key is being changed, or is wrong: an operator's matter, and no reason to give a payment or refund up */
	if (status == 401 || status == 403) {
		log_error("stripe.key", "status=%d", status);
		return PSP_AGAIN;
	}
	if (status < 500)
		return PSP_REFUSED;
	if (!post || (status == 503 && !replayed && !span_is(retry, "false")))
		return PSP_AGAIN;
	return PSP_UNSURE;
}

enum psp_result
stripe_exchange(struct psp *psp, struct arena *a, const struct stripe_call *c, struct stripe_answer *answer)
{
	const struct stripe_place *place = psp->place;
	struct wire_call wire = {
		.name = c->name, .post = c->post, .body = c->body, .id_header = "Request-Id", .timeout_ms = place->timeout_ms,
		.url = arena_fmt(a, PRSPAN PRSPAN, ARGSPAN(place->base_url), ARGSPAN(c->path)),
		.headers = {
			arena_fmt(a, "Authorization: Bearer " PRSPAN, ARGSPAN(place->secret_key)),
			arena_fmt(a, "Stripe-Version: " PRSPAN, ARGSPAN(place->version)),
			c->post ? SPAN("Content-Type: application/x-www-form-urlencoded") : SPAN_NONE,
			c->key.n ? arena_fmt(a, "Idempotency-Key: " PRSPAN, ARGSPAN(c->key)) : SPAN_NONE,
		},
	};
	struct wire_answer w;
	enum psp_result r;

	*answer = (struct stripe_answer){ .code = SPAN_NONE };
	if (!wire_header_good(c->key, MAX_KEY)) {
		BUG("key of %s", c->name);
		return PSP_REFUSED;
	}
	r = wire_exchange(psp, a, &wire, &w);
	if (r != PSP_OK)
		return r;
	answer->status = w.status;
	if (w.status >= 300) {
		answer->code = error_code(a, c->name, &w);
		/* a 404 without these words is not Stripe's: a wrong base URL, a proxy */
		if (w.status == 404)
			return span_is(answer->code, "resource_missing") ? PSP_NOT_FOUND : PSP_AGAIN;
		return status_result(a, c->post, w.status);
	}
	answer->json = json_loadb(w.body.p, w.body.n, 0, NULL);
	if (json_is_object(answer->json))
		return PSP_OK;
	log_warn("stripe.unreadable", "call=%s status=%d bytes=%zu", c->name, w.status, w.body.n);
	return c->post ? PSP_UNSURE : PSP_AGAIN;
}

static enum psp_result
create_checkout(struct psp *psp, struct arena *a, struct span body, struct span key, struct checkout *out)
{
	const struct stripe_call c = { .name = "open", .post = true, .path = SPAN(SESSIONS), .body = body, .key = key };
	struct stripe_answer answer;
	enum psp_result r = stripe_exchange(psp, a, &c, &answer);
	json_auto_t *session = answer.json;

	*out = (struct checkout){ SPAN_NONE, SPAN_NONE };
	if (r != PSP_OK)
		return r;
	if (FAULT("stripe.open.answer"))
		return PSP_UNSURE;
	out->session = field_word(a, session, "id");
	out->url = field_url(a, session, "url");
	if (out->session.n && out->url.n)
		return PSP_OK;
	log_warn("stripe.unreadable", "call=open session=" PRSPAN " url=%d", ARGSPAN(out->session), out->url.n > 0);
	return PSP_UNSURE;
}

static enum psp_result
session_get(struct psp *psp, struct arena *a, struct span session, const char *query, struct payment_report *out)
{
	const struct stripe_call c = { .name = "read", .path = wire_path(a, SESSIONS "/", session, query) };
	struct stripe_answer answer;
	enum psp_result r = stripe_exchange(psp, a, &c, &answer);
	json_auto_t *json = answer.json;

	if (r != PSP_OK)
		return r;
	stripe_session_read(a, json, out);
	return out->session.n ? PSP_OK : PSP_AGAIN;
}

static enum psp_result
fetch_status(struct psp *psp, struct arena *a, struct span session, struct payment_report *out)
{
	struct payment_report closer = { 0 };
	enum psp_result r;

	if (!session.n)
		return PSP_NOT_FOUND;	/* with an empty id the path would be the list's */
	if (stripe_is_charge(session))
		return stripe_charge_status(psp, a, session, out);
	r = session_get(psp, a, session, "", out);
	/* Complete and unpaid: under way or failed? Only the payment inside tells; without it we say "under way". */
	if (r == PSP_OK && out->fact == FACT_PENDING &&
	    session_get(psp, a, session, "?expand%5B%5D=payment_intent", &closer) == PSP_OK)
		*out = closer;
	return r;
}

static enum psp_result
close_checkout(struct psp *psp, struct arena *a, struct span session)
{
	const struct stripe_call c = { .name = "close", .post = true, .path = wire_path(a, SESSIONS "/", session, "/expire") };
	struct payment_report now = { 0 };
	struct stripe_answer answer;
	enum psp_result r;

	if (!session.n)
		return PSP_NOT_FOUND;
	if (stripe_is_charge(session))
		return stripe_charge_cancel(psp, a, session);
	r = stripe_exchange(psp, a, &c, &answer);
	json_auto_t *json = answer.json;
	if (r != PSP_OK)
		return r == PSP_REFUSED && answer.status == 400 ? PSP_CONFLICT : r;
	if (FAULT("stripe.close.answer"))
		return PSP_UNSURE;
	stripe_session_read(a, json, &now);
	return now.fact == FACT_CLOSED ? PSP_OK : now.fact == FACT_UNKNOWN ? PSP_UNSURE : PSP_CONFLICT;
}

/* Sessions made since then, newest first; the cursor is the last one's id. */
static enum psp_result
list_payments(struct psp *psp, struct arena *a, int64_t since_ms, struct span *cursor, struct payment_report **list, size_t *n)
{
	struct span path = arena_fmt(a, SESSIONS "?limit=%d&created%%5Bgte%%5D=%" PRId64, LISTED, since_ms / 1000);
	struct stripe_call c = { .name = "list", .path = path };
	struct stripe_answer answer;
	enum psp_result r;
	const json_t *v;
	size_t i;

	*n = 0;
	if (cursor->n)
		c.path = wire_path(a, CSTR(a, arena_fmt(a, PRSPAN "&starting_after=", ARGSPAN(path))), *cursor, "");
	*cursor = SPAN_NONE;
	r = stripe_exchange(psp, a, &c, &answer);
	json_auto_t *json = answer.json;
	if (r != PSP_OK)
		return r;
	*list = ARENA_ARRAY(a, struct payment_report, json_array_size(json_object_get(json, "data")));
	json_array_foreach(json_object_get(json, "data"), i, v)
		stripe_session_read(a, v, &(*list)[(*n)++]);
	if (*n && field_true(json, "has_more"))
		*cursor = (*list)[*n - 1].session;
	return PSP_OK;
}

const struct psp_kind stripe_kind = {
	.name = "stripe",
	.checkout_body = stripe_checkout_body,
	.create_checkout = create_checkout,
	.close_checkout = close_checkout,
	.fetch_status = fetch_status,
	.capture = stripe_capture,
	.charge_body = stripe_charge_body,
	.charge = stripe_charge,
	.refund_body = stripe_refund_body,
	.refund = stripe_refund,
	.fetch_refund = stripe_fetch_refund,
	.find_refund = stripe_find_refund,
	.list_payments = list_payments,
	.verify_webhook = stripe_verify,
	.parse_webhook = stripe_parse,
	.check_amount = stripe_check_amount,
};

bool
stripe_make(struct arena *a, const struct settings *set, struct psp *psp)
{
	struct stripe_place *place = ARENA_NEW(a, struct stripe_place);
	struct span key = span_trim(set->stripe_secret_key.hidden);
	bool live = span_starts(key, "sk_live_") || span_starts(key, "rk_live_");

	if (!key.n)
		return false;
	if (!wire_header_good(key, MAX_KEY) || (live && !span_starts(span_of(set->stripe_base_url), "https://"))) {
		log_error("stripe.settings", "secret key is malformed, or a live one would cross the net in the clear: not offered");
		return false;
	}
	place->base_url = span_of(set->stripe_base_url);
	place->secret_key = key;
	place->version = span_of(set->stripe_version);
	place->webhook_age_s = set->webhook_age_seconds;
	place->timeout_ms = set->psp_timeout_ms;
	secrets_read(&place->webhook, stripe_kind.name, set->stripe_webhook_secrets.hidden);
	*psp = (struct psp){ .kind = &stripe_kind, .place = place, .live = live };
	return true;
}
