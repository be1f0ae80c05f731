/*
 * paypal_calls.c - one call to PayPal, and what its status means. Every call needs an access token, which is kept until a minute
 * before its end and had anew once when PayPal refuses it. Without one nothing of the real call has been sent.
 */
#include "base/base.h"

#include "base/clock.h"
#include "psp/fields.h"
#include "psp/paypal.h"
#include "psp/wire.h"

#define TOKEN_SPARE_S 60
#define TOKEN_LONGEST_S INT64_C(86400)
#define DEBUG_ID "Paypal-Debug-Id"

/* Also logs what PayPal says is wrong, without its words: they may quote what the payer entered. */
static void
error_read(struct arena *a, const char *call, const struct wire_answer *w, struct paypal_answer *out)
{
	json_auto_t *root = json_loadb(w->body.p, w->body.n, 0, NULL);
	struct span debug_id = field_word(a, root, "debug_id");

	out->name = field_word(a, root, "name");
	if (!out->name.n)
		out->name = field_word(a, root, "error");	/* that of the access token's call has a shape of its own */
	out->issue = field_word(a, json_array_get(json_object_get(root, "details"), 0), "issue");
	log_warn("paypal.error", "call=%s status=%d name=" PRSPAN " issue=" PRSPAN " debug_id=" PRSPAN, call, w->status,
	    ARGSPAN(out->name), ARGSPAN(out->issue), ARGSPAN(debug_id));
}

static bool
token_read(struct paypal_place *place, const struct wire_answer *w)
{
	json_auto_t *root = json_loadb(w->body.p, w->body.n, 0, NULL);
	struct span token = span_of(json_string_value(json_object_get(root, "access_token")));
	int64_t seconds = 0;

	if (!token.n || !wire_header_good(token, PAYPAL_MAX_TOKEN))
		return false;
	field_int(root, "expires_in", &seconds);
	memcpy(place->token, token.p, token.n + 1);
	if (seconds > TOKEN_LONGEST_S)
		seconds = TOKEN_LONGEST_S;
	place->token_until_ms = clock_steady() + (seconds > TOKEN_SPARE_S ? (seconds - TOKEN_SPARE_S) * 1000 : 0);
	return true;
}

static enum psp_result
token_fetch(struct psp *psp, struct arena *a)
{
	struct paypal_place *place = psp->place;
	const struct wire_call call = {
		.name = "token", .post = true, .body = SPAN("grant_type=client_credentials"), .id_header = DEBUG_ID,
		.timeout_ms = place->timeout_ms, .url = arena_fmt(a, PRSPAN "/v1/oauth2/token", ARGSPAN(place->base_url)),
		.headers = {
			arena_fmt(a, "Authorization: " PRSPAN, ARGSPAN(place->login)),
			SPAN("Content-Type: application/x-www-form-urlencoded"),
			SPAN("Accept: application/json"),
		},
	};
	struct paypal_answer error;
	struct wire_answer w;
	enum psp_result r = wire_exchange(psp, a, &call, &w);

	if (r != PSP_OK)
		return r == PSP_BUSY ? PSP_BUSY : PSP_AGAIN;
	if (w.status >= 200 && w.status < 300 && token_read(place, &w))
		return PSP_OK;
	error_read(a, call.name, &w, &error);
	/* our credentials are being changed, or are wrong: an operator's matter, and no reason to give a payment or refund up */
	if (w.status < 500 && w.status != 429)
		log_error("paypal.key", "call=%s status=%d", call.name, w.status);
	return PSP_AGAIN;
}

static bool
token_kept(const struct paypal_place *place)
{
	return clock_steady() < place->token_until_ms;
}

static enum psp_result
exchange_with_token(struct psp *psp, struct arena *a, struct wire_call *wire, struct wire_answer *w)
{
	struct paypal_place *place = psp->place;
	enum psp_result r = token_kept(place) ? PSP_OK : token_fetch(psp, a);

	if (r != PSP_OK)
		return r;
	wire->headers[0] = arena_fmt(a, "Authorization: Bearer %s", place->token);
	r = wire_exchange(psp, a, wire, w);
	if (r == PSP_OK && w->status == 401)
		place->token_until_ms = 0;
	return r;
}

/* What a status other than 2xx means. A 5xx may have done the thing; the same key then finds it done. */
static enum psp_result
status_result(const struct paypal_call *c, const struct paypal_answer *answer)
{
	switch (answer->status) {
	case 401:
	case 403:
		log_error("paypal.key", "call=%s status=%d", c->name, answer->status);
		return PSP_AGAIN;
	case 404:
		/* a 404 without these words is not PayPal's: a wrong base URL, a proxy */
		return span_is(answer->name, "RESOURCE_NOT_FOUND") || span_is(answer->name, "INVALID_RESOURCE_ID") ||
		    span_is(answer->issue, "INVALID_RESOURCE_ID") ? PSP_NOT_FOUND : PSP_AGAIN;
	case 409:		/* a twin of this call is being worked on */
	case 429:
	case 503:
		return PSP_AGAIN;
	default:
		return answer->status < 500 ? PSP_REFUSED : c->post ? PSP_UNSURE : PSP_AGAIN;
	}
}

enum psp_result
paypal_exchange(struct psp *psp, struct arena *a, const struct paypal_call *c, struct paypal_answer *answer)
{
	const struct paypal_place *place = psp->place;
	struct wire_call wire = {
		.name = c->name, .post = c->post, .body = c->body, .id_header = DEBUG_ID, .timeout_ms = place->timeout_ms,
		.url = arena_fmt(a, PRSPAN PRSPAN, ARGSPAN(place->base_url), ARGSPAN(c->path)),
		.headers = {
			SPAN_NONE,	/* Authorization */
			c->post ? SPAN("Content-Type: application/json") : SPAN_NONE,
			c->key.n ? arena_fmt(a, "PayPal-Request-Id: " PRSPAN, ARGSPAN(c->key)) : SPAN_NONE,
			c->key.n ? SPAN("Prefer: return=representation") : SPAN_NONE,
		},
	};
	bool old_token = token_kept(place);
	struct wire_answer w;
	enum psp_result r;

	*answer = (struct paypal_answer){ .name = SPAN_NONE, .issue = SPAN_NONE };
	if (!wire_header_good(c->key, PAYPAL_MAX_KEY)) {
		BUG("key of %s", c->name);
		return PSP_REFUSED;
	}
	r = exchange_with_token(psp, a, &wire, &w);
	if (r == PSP_OK && w.status == 401 && old_token)
		r = exchange_with_token(psp, a, &wire, &w);
	if (r != PSP_OK)
		return r;
	answer->status = w.status;
	if (w.status >= 300) {
		error_read(a, c->name, &w, answer);
		return status_result(c, answer);
	}
	answer->json = json_loadb(w.body.p, w.body.n, 0, NULL);
	if (json_is_object(answer->json))
		return PSP_OK;
	json_decref(answer->json);
	answer->json = NULL;
	log_warn("paypal.unreadable", "call=%s status=%d bytes=%zu", c->name, w.status, w.body.n);
	return c->post ? PSP_UNSURE : PSP_AGAIN;
}
