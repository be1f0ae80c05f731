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
#define REFUNDS "/v1/refunds"
#define PAGES_OF_REFUNDS 10
#define MAX_KEY 255

struct call {
	const char *name;
	bool post;
	struct span path;		/* with its query */
	struct span body, key;		/* of a POST; a key is optional */
};

struct answer {
	int status;
	struct span code;		/* error.code */
	json_t *json;			/* of a 2xx: an object; the caller lets go of it */
};

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

/* Nothing but printable ASCII may get into a header line. */
static bool
key_good(struct span key)
{
	for (size_t i = 0; i < key.n; i++)
		if (key.p[i] <= ' ' || key.p[i] > '~')
			return false;
	return key.n <= MAX_KEY;
}

static enum psp_result
stripe_call(struct psp *psp, struct arena *a, const struct call *c, struct answer *answer)
{
	const struct psp_place *place = psp->place;
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

	*answer = (struct answer){ .code = SPAN_NONE };
	if (!key_good(c->key)) {
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

/* "<before><id, escaped><after>" */
static struct span
path_with(struct arena *a, const char *before, struct span id, const char *after)
{
	struct buf b;

	buf_init(&b, a, 2 * KiB);
	buf_text(&b, before);
	wire_escape(&b, id);
	buf_text(&b, after);
	return buf_view(&b);
}

static enum psp_result
checkout_open(struct psp *psp, struct arena *a, struct span body, struct span key, struct checkout *out)
{
	const struct call c = { .name = "open", .post = true, .path = SPAN(SESSIONS), .body = body, .key = key };
	struct answer answer;
	enum psp_result r = stripe_call(psp, a, &c, &answer);
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
	const struct call c = { .name = "read", .path = path_with(a, SESSIONS "/", session, query) };
	struct answer answer;
	enum psp_result r = stripe_call(psp, a, &c, &answer);
	json_auto_t *json = answer.json;

	if (r != PSP_OK)
		return r;
	stripe_session_read(a, json, out);
	return out->session.n ? PSP_OK : PSP_AGAIN;
}

static enum psp_result
checkout_read(struct psp *psp, struct arena *a, struct span session, struct payment_report *out)
{
	struct payment_report closer = { 0 };
	enum psp_result r;

	if (!session.n)
		return PSP_NOT_FOUND;	/* with an empty id the path would be the list's */
	r = session_get(psp, a, session, "", out);
	/* Complete and unpaid: under way or failed? Only the payment inside tells; without it we say "under way". */
	if (r == PSP_OK && out->fact == FACT_PENDING &&
	    session_get(psp, a, session, "?expand%5B%5D=payment_intent", &closer) == PSP_OK)
		*out = closer;
	return r;
}

static enum psp_result
checkout_close(struct psp *psp, struct arena *a, struct span session)
{
	const struct call c = { .name = "close", .post = true, .path = path_with(a, SESSIONS "/", session, "/expire") };
	struct payment_report now = { 0 };
	struct answer answer;
	enum psp_result r;

	if (!session.n)
		return PSP_NOT_FOUND;
	r = stripe_call(psp, a, &c, &answer);
	json_auto_t *json = answer.json;
	if (r != PSP_OK)
		return r == PSP_REFUSED && answer.status == 400 ? PSP_CONFLICT : r;
	if (FAULT("stripe.close.answer"))
		return PSP_UNSURE;
	stripe_session_read(a, json, &now);
	return now.fact == FACT_CLOSED ? PSP_OK : now.fact == FACT_UNKNOWN ? PSP_UNSURE : PSP_CONFLICT;
}

static enum psp_result
refund(struct psp *psp, struct arena *a, const struct refund_ask *ask, struct refund_report *out)
{
	const struct call c = { .name = "refund", .post = true, .path = SPAN(REFUNDS), .body = stripe_refund_body(a, ask),
		.key = ask->key };
	struct answer answer;
	enum psp_result r;

	if (!c.body.n || !ask->capture.n) {
		BUG("refund " PRSPAN " cannot be asked of Stripe", ARGSPAN(ask->reference));
		return PSP_REFUSED;
	}
	r = stripe_call(psp, a, &c, &answer);
	json_auto_t *json = answer.json;
	if (r != PSP_OK)
		return r == PSP_REFUSED && span_is(answer.code, "charge_already_refunded") ? PSP_CONFLICT : r;
	if (FAULT("stripe.refund.answer"))
		return PSP_UNSURE;
	stripe_refund_read(a, json, out);
	return out->id.n ? PSP_OK : PSP_UNSURE;
}

/* One page of a capture's refunds: the best with our reference into *out, and where the next page begins (empty: no more). */
static enum psp_result
refunds_page(struct psp *psp, struct arena *a, const struct call *c, struct span reference, struct refund_report *out,
    struct span *next)
{
	struct answer answer;
	enum psp_result r = stripe_call(psp, a, c, &answer);
	json_auto_t *json = answer.json;
	struct refund_report one;
	const json_t *v;
	size_t i;

	*next = SPAN_NONE;
	if (r != PSP_OK)
		return r;
	json_array_foreach(json_object_get(json, "data"), i, v) {
		stripe_refund_read(a, v, &one);
		*next = one.id;
		if (!one.id.n || !span_eq(one.reference, reference))
			continue;
		/* Newest first; but one that stands goes before one that failed and was asked for again. */
		if (!out->id.n || (out->fact == REFUND_FAILED && one.fact != REFUND_FAILED))
			*out = one;
	}
	if (!field_true(json, "has_more"))
		*next = SPAN_NONE;
	return PSP_OK;
}

static enum psp_result
refund_find(struct psp *psp, struct arena *a, struct span capture, struct span reference, struct refund_report *out)
{
	const char *name = span_starts(capture, "ch_") || span_starts(capture, "py_") ? "charge" : "payment_intent";
	struct span path = path_with(a, CSTR(a, arena_fmt(a, REFUNDS "?%s=", name)), capture, "&limit=100"), next;
	struct call c = { .name = "refund_find", .path = path };
	enum psp_result r;

	*out = (struct refund_report){ .id = SPAN_NONE, .reference = SPAN_NONE, .why = SPAN_NONE, .amount = { .minor = -1 } };
	if (!capture.n || !reference.n)
		return PSP_NOT_FOUND;
	for (int i = 0; i < PAGES_OF_REFUNDS; i++) {
		r = refunds_page(psp, a, &c, reference, out, &next);
		if (r != PSP_OK)
			return r;
		if (!next.n)
			return out->id.n ? PSP_OK : PSP_NOT_FOUND;
		c.path = path_with(a, CSTR(a, arena_fmt(a, PRSPAN "&starting_after=", ARGSPAN(path))), next, "");
	}
	log_error("stripe.refunds", "capture=" PRSPAN " more than %d pages", ARGSPAN(capture), PAGES_OF_REFUNDS);
	return PSP_REFUSED;
}

const struct psp_kind stripe_kind = {
	.name = "stripe",
	.checkout_body = stripe_checkout_body,
	.checkout_open = checkout_open,
	.checkout_read = checkout_read,
	.checkout_close = checkout_close,
	.refund = refund,
	.refund_find = refund_find,
	.verify = stripe_verify,
	.parse = stripe_parse,
	.takes = stripe_takes,
	.signature_header = "HTTP_STRIPE_SIGNATURE",
};

static void
secrets_split(struct psp_place *place, struct span list)
{
	while (list.n) {
		struct span one = span_trim(span_cut(&list, ','));

		if (!one.n)
			continue;
		if (place->n_webhook_secrets == STRIPE_MAX_SECRETS) {
			log_error("stripe.settings", "webhook secrets beyond the first %d are not used", STRIPE_MAX_SECRETS);
			return;
		}
		place->webhook_secrets[place->n_webhook_secrets++] = one;
	}
	if (!place->n_webhook_secrets)
		log_warn("stripe.settings", "no webhook secret: payments are seen only when we ask");
}

bool
stripe_make(struct arena *a, const struct settings *set, struct psp *psp)
{
	struct psp_place *place = ARENA_NEW(a, struct psp_place);
	struct span key = span_trim(set->stripe_secret_key.hidden);
	bool live = span_starts(key, "sk_live_") || span_starts(key, "rk_live_");

	if (!key.n)
		return false;
	if (!key_good(key) || (live && !span_starts(span_of(set->stripe_base_url), "https://"))) {
		log_error("stripe.settings", "secret key is malformed, or a live one would cross the net in the clear: not offered");
		return false;
	}
	place->base_url = span_of(set->stripe_base_url);
	place->secret_key = key;
	place->version = span_of(set->stripe_version);
	place->webhook_age_s = set->webhook_age_seconds;
	place->timeout_ms = set->psp_timeout_ms;
	secrets_split(place, set->stripe_webhook_secrets.hidden);
	*psp = (struct psp){ .kind = &stripe_kind, .place = place, .live = live };
	return true;
}
