/* paypal.c - PayPal's API: its calls, its tokens, its errors, its page. */
#include "base/base.h"

#include "base/crypto.h"
#include "sandbox/paypal.h"
#include "sandbox/sign.h"

#define TOKEN_SECONDS 32400

static const struct call_route routes[] = {
	{ VISIT_POST, PAYPAL_TOKEN_PATH, NULL, "token", CALL_OPEN | CALL_FORM, play_paypal_token, NULL },
	{ VISIT_POST, "/v2/checkout/orders", NULL, "create", CALL_KEYED, play_paypal_order_create, play_paypal_order_again },
	{ VISIT_GET, "/v2/checkout/orders/", "", "read", 0, play_paypal_order_read, NULL },
	{ VISIT_POST, "/v2/checkout/orders/", "/capture", "capture", CALL_KEYED, play_paypal_order_capture, play_paypal_order_again },
	{ VISIT_GET, "/v2/payments/captures/", "", "read", 0, play_paypal_capture_read, NULL },
	{ VISIT_POST, "/v2/payments/captures/", "/refund", "refund", CALL_KEYED, play_paypal_refund_create, play_paypal_refund_again },
	{ VISIT_GET, "/v2/payments/refunds/", "", "refund_read", 0, play_paypal_refund_read, NULL },
	{ VISIT_POST, "/v1/notifications/verify-webhook-signature", NULL, "verify", 0, play_paypal_verify, NULL },
	{ VISIT_GET, "/v1/notifications/certs/", "", "certificate", CALL_OPEN | CALL_TEXT, play_paypal_certificate, NULL },
};

static bool
played(const struct sandbox_options *o)
{
	return o->paypal_id.n > 0;
}

static void
greet(struct call *c)
{
	visit_add_header(c->v, "Paypal-Debug-Id", c->v->id);
}

static bool
allowed(struct call *c)
{
	struct span given = visit_header(c->v, "HTTP_AUTHORIZATION"), token = SPAN_NONE;

	if (span_starts(given, "Bearer "))
		token = span_trim((struct span){ given.p + 7, given.n - 7 });
	if (token.n && json_number(store_get(&c->sb->store, "tokens", token), "until") > c->now_ms)
		return true;
	return complain(&c->why, 401, NULL, SPAN_NONE, "Authentication failed due to invalid authentication credentials or a missing "
	    "Authorization header.") != NULL;
}

json_t *
play_paypal_token(struct call *c)
{
	const struct sandbox_options *o = c->sb->options;
	struct span given = visit_header(c->v, "HTTP_AUTHORIZATION");
	struct provider_id token = provider_id_new("A21AA", 70);

	if (!same_bytes(given, sign_basic(c->arena, o->paypal_id, o->paypal_secret.hidden)))
		return complain(&c->why, 401, "invalid_client", SPAN_NONE, "Client Authentication failed");
	if (!span_is(params_value(&c->params, "grant_type"), "client_credentials"))
		return complain(&c->why, 400, "unsupported_grant_type", SPAN_NONE, "Grant Type is NULL or not supported");
	store_forget(&c->sb->store, "tokens", c->now_ms);
	store_put(&c->sb->store, "tokens", token.text, json_pack("{s:I}", "until", (json_int_t)(c->now_ms + TOKEN_SECONDS * 1000)));
	return json_made(json_pack("{s:s, s:s, s:s, s:s, s:i, s:s}", "scope", "https://uri.paypal.com/services/payments/payment",
	    "access_token", token.text, "token_type", "Bearer", "app_id", "APP-80W284485P519543T", "expires_in", TOKEN_SECONDS,
	    "nonce", provider_id_uuid().text));
}

static void
about(struct call *c, struct scope *s)
{
	if (c->body)
		s->reference = play_paypal_reference(json_array_get(json_object_get(c->body, "purchase_units"), 0));
}

static void
key_refused(struct call *c, bool in_use)
{
	if (in_use)
		complain(&c->why, 409, "PREVIOUS_REQUEST_IN_PROGRESS", SPAN_NONE, "A previous request on this resource is currently in progress.");
	else
		complain(&c->why, 422, "DUPLICATE_REQUEST_ID", SPAN_NONE, "The value of PayPal-Request-Id header has already been used for "
		    "another request; the stand-in insists on a new one.");
}

static void
ordered(struct call *c, int status)
{
	if (status == 429)
		complain(&c->why, status, NULL, SPAN_NONE, "Too many requests. Blocked due to rate limiting.");
	else if (status == 409)
		complain(&c->why, status, "PREVIOUS_REQUEST_IN_PROGRESS", SPAN_NONE, "A previous request on this resource is currently in "
		    "progress.");
	else
		complain(&c->why, status, NULL, SPAN_NONE, "An internal server error has occurred, as was ordered.");
}

static const char *
name_of(int status)
{
	static const struct {
		int status;
		const char *name;
	} names[] = {
		{ 401, "AUTHENTICATION_FAILURE" }, { 403, "NOT_AUTHORIZED" }, { 404, "RESOURCE_NOT_FOUND" }, { 409, "RESOURCE_CONFLICT" },
		{ 415, "UNSUPPORTED_MEDIA_TYPE" }, { 422, "UNPROCESSABLE_ENTITY" }, { 429, "RATE_LIMIT_REACHED" },
		{ 503, "SERVICE_UNAVAILABLE" },
	};

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (names[i].status == status)
			return names[i].name;
	return status >= 500 ? "INTERNAL_SERVER_ERROR" : "INVALID_REQUEST";
}

static json_t *
error(struct call *c)
{
	const struct complaint *why = &c->why;
	const json_t *payment = purse_payment(c->sb, c->made);
	json_t *error, *detail;

	if (span_is(c->path, PAYPAL_TOKEN_PATH))
		return json_made(json_pack("{s:s, s:s%}", "error", why->code ? why->code : "server_error", "error_description",
		    why->message.p, why->message.n));
	error = json_made(json_pack("{s:s, s:s%, s:s%, s:[], s:[]}", "name", name_of(why->status), "message", why->message.p, why->message.n,
	    "debug_id", c->v->id.p, c->v->id.n, "details", "links"));
	if (why->code) {
		detail = json_made(json_pack("{s:s, s:s%}", "issue", why->code, "description", why->message.p, why->message.n));
		if (why->param.n) {
			json_put_span(detail, "field", why->param);
			json_put_text(detail, "location", "body");
		}
		json_array_append_new(json_object_get(error, "details"), detail);
	}
	if (payment)		/* where the buyer is to be sent, to choose another way */
		json_array_append_new(json_object_get(error, "links"), play_paypal_approve_link(c->sb, payment, "redirect"));
	return error;
}

/* -- what several calls share ------------------------------------------------------------------------------------------------- */

bool
play_paypal_shape(struct call *c, const struct shape_rule *rules, size_t n)
{
	struct span at, field;

	switch (shape_check(c->arena, c->body, rules, n, &at)) {
	case SHAPE_GOOD:
		return true;
	case SHAPE_MISSING:
		field = arena_fmt(c->arena, "/" PRSPAN, ARGSPAN(at));
		return complain(&c->why, 400, "MISSING_REQUIRED_PARAMETER", field, "A required field / parameter is missing.") != NULL;
	case SHAPE_UNKNOWN:
		field = arena_fmt(c->arena, "/" PRSPAN, ARGSPAN(at));
		return complain(&c->why, 400, "INVALID_PARAMETER_SYNTAX", field, "The stand-in does not know this field.") != NULL;
	default:
		field = arena_fmt(c->arena, "/" PRSPAN, ARGSPAN(at));
		return complain(&c->why, 400, "INVALID_PARAMETER_VALUE", field, "The value of a field is invalid.") != NULL;
	}
}

bool
play_paypal_wants_all(struct call *c)
{
	struct span prefer = visit_header(c->v, "HTTP_PREFER");

	return memmem(prefer.p, prefer.n, "return=representation", 21) != NULL;
}

void *
play_paypal_no_such_id(struct call *c)
{
	return complain(&c->why, 404, "INVALID_RESOURCE_ID", SPAN_NONE, "Specified resource ID does not exist. Please check the resource ID and "
	    "try again.");
}

void *
play_paypal_issue(struct call *c, const char *issue, const char *field, const char *description)
{
	return complain(&c->why, 422, issue, span_of(field), "%s", description);
}

/* -- its page ----------------------------------------------------------------------------------------------------------------- */

static struct span
page_payment(struct arena *a, const struct visit *v)
{
	struct complaint why = { .arena = a };
	struct params query;

	return span_is(v->path, PAYPAL_PAGE) && params_read(a, v->query, &query, &why) ? params_value(&query, "token") : SPAN_NONE;
}

static struct span
page_path(struct arena *a, const json_t *payment)
{
	return arena_fmt(a, PAYPAL_PAGE "?token=" PRSPAN, ARGSPAN(json_span(payment, "id")));
}

static struct span
context_url(struct arena *a, const json_t *payment, const char *which)
{
	const json_t *asked = json_object_get(payment, "asked"), *wallet = json_object_get(json_object_get(asked, "payment_source"), "paypal");
	const json_t *context = wallet ? json_object_get(wallet, "experience_context") : json_object_get(asked, "application_context");
	struct span url = json_span(context, which);

	if (!url.n)
		return SPAN_NONE;
	return arena_fmt(a, PRSPAN "%ctoken=" PRSPAN, ARGSPAN(url), memchr(url.p, '?', url.n) ? '&' : '?', ARGSPAN(json_span(payment, "id")));
}

static struct span
back_url(struct sandbox *sb, struct arena *a, const json_t *payment)
{
	struct span url = context_url(a, payment, "return_url");

	(void)sb;
	return url.n ? arena_fmt(a, PRSPAN "&PayerID=%s", ARGSPAN(url), play_paypal_payer(payment).text) : SPAN_NONE;
}

static struct span
cancel_url(struct arena *a, const json_t *payment)
{
	return context_url(a, payment, "cancel_url");
}

static struct provider_id
new_id(enum id_of what)
{
	struct provider_id id;

	if (what == ID_DISPUTE)
		return provider_id_capitals("PP-D-", 8);
	if (what != ID_EVENT)
		return provider_id_capitals("", 17);
	snprintf(id.text, sizeof(id.text), "WH-%.17s-%.17s", provider_id_capitals("", 17).text, provider_id_capitals("", 17).text);
	return id;
}

const struct provider play_paypal = {
	.name = "paypal", .title = "PayPal", .asks_capture = true, .new_id = new_id,
	.routes = routes, .n_routes = ARRAY_LEN(routes), .prefix = PAYPAL_PREFIX, .in_json = true, .key_header = "HTTP_PAYPAL_REQUEST_ID",
	.played = played, .greet = greet, .allowed = allowed, .about = about, .key_refused = key_refused, .ordered = ordered, .error = error,
	.page_payment = page_payment, .page_path = page_path, .back_url = back_url, .cancel_url = cancel_url,
	.types = play_paypal_types, .event = play_paypal_event, .user_agent = "PayPal/AUHD-1.0-1", .sign = play_paypal_sign,
};
