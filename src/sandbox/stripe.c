/* stripe.c - Stripe's API: its calls, its key, its errors, its page. */
#include "base/base.h"

#include "base/crypto.h"
#include "sandbox/stripe.h"

static const struct call_route routes[] = {
	{ VISIT_POST, "/v1/checkout/sessions", NULL, "create", CALL_KEYED, play_stripe_session_create, NULL },
	{ VISIT_GET, "/v1/checkout/sessions", NULL, "list", 0, play_stripe_session_list, NULL },
	{ VISIT_GET, "/v1/checkout/sessions/", "", "read", 0, play_stripe_session_read, NULL },
	{ VISIT_POST, "/v1/checkout/sessions/", "/expire", "expire", CALL_KEYED, play_stripe_session_expire, NULL },
	{ VISIT_POST, "/v1/payment_intents", NULL, "create", CALL_KEYED, play_stripe_intent_create, NULL },
	{ VISIT_GET, "/v1/payment_intents/", "", "read", 0, play_stripe_intent_read, NULL },
	{ VISIT_POST, "/v1/payment_intents/", "/confirm", "capture", CALL_KEYED, play_stripe_intent_confirm, NULL },
	{ VISIT_POST, "/v1/payment_intents/", "/cancel", "expire", CALL_KEYED, play_stripe_intent_cancel, NULL },
	{ VISIT_POST, "/v1/refunds", NULL, "refund", CALL_KEYED, play_stripe_refund_create, NULL },
	{ VISIT_GET, "/v1/refunds", NULL, "refund_list", 0, play_stripe_refund_list, NULL },
	{ VISIT_GET, "/v1/refunds/", "", "refund_read", 0, play_stripe_refund_read, NULL },
	{ VISIT_GET, "/v1/events", NULL, "events", 0, play_stripe_event_list, NULL },
	{ VISIT_GET, "/v1/events/", "", "event_read", 0, play_stripe_event_read, NULL },
};

static bool
played(const struct sandbox_options *o)
{
	return o->key.hidden.n > 0;
}

static void
greet(struct call *c)
{
	struct span version = visit_header(c->v, "HTTP_STRIPE_VERSION"), key = visit_header(c->v, "HTTP_IDEMPOTENCY_KEY");

	visit_add_header(c->v, "Request-Id", c->v->id);
	visit_add_header(c->v, "Stripe-Version", version.n ? version : SPAN(STRIPE_API_VERSION));
	if (c->v->method == VISIT_POST && key.n)
		visit_add_header(c->v, "Idempotency-Key", key);
}

static bool
allowed(struct call *c)
{
	struct span given = visit_header(c->v, "HTTP_AUTHORIZATION");

	if (span_starts(given, "Bearer ") && same_bytes(span_trim((struct span){ given.p + 7, given.n - 7 }), c->sb->options->key.hidden))
		return true;
	visit_add_header(c->v, "WWW-Authenticate", SPAN("Bearer realm=\"Stripe\""));
	if (given.n)
		return complain(&c->why, 401, NULL, SPAN_NONE, "Invalid API Key provided") != NULL;
	return complain(&c->why, 401, NULL, SPAN_NONE, "You did not provide an API key. You need to provide your API key in the Authorization "
	    "header, using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY').") != NULL;
}

static void
about(struct call *c, struct scope *s)
{
	struct span intent = params_value(&c->params, "payment_intent"), charge = params_value(&c->params, "charge");

	s->reference = params_value(&c->params, "client_reference_id");
	for (size_t i = 0; !s->reference.n && i < c->params.n; i++)
		if (span_starts(c->params.list[i].name, "metadata["))
			s->reference = c->params.list[i].value;
	if (!s->id.n)
		s->id = intent.n ? intent : charge.n ? arena_copy(c->arena, span_of(provider_id_beside("pi_", charge).text)) : SPAN_NONE;
}

static void
key_refused(struct call *c, bool in_use)
{
	if (in_use) {
		complain(&c->why, 409, "idempotency_key_in_use", SPAN_NONE, "There is currently another in-progress request using this Idempotent "
		    "Key (that probably means you submitted twice, and the other request is still going through): " PRSPAN
		    ". Please try again later.", ARGSPAN(c->v->key));
		return;
	}
	complain(&c->why, 400, NULL, SPAN_NONE, "Keys for idempotent requests can only be used with the same parameters they were first "
	    "used with. Try using a key other than '" PRSPAN "' if you meant to execute a different request.", ARGSPAN(c->v->key));
	c->why.type = "idempotency_error";
}

static void
replayed(struct call *c, const json_t *kept)
{
	visit_add_header(c->v, "Idempotent-Replayed", SPAN("true"));
	visit_add_header(c->v, "Original-Request", json_span(kept, "request"));
}

/* What a refusal at the edge says: nothing of the call was looked at. */
static void
ordered(struct call *c, int status)
{
	if (status == 409)
		complain(&c->why, status, "lock_timeout", SPAN_NONE, "This object cannot be accessed right now because another API request or "
		    "process is currently accessing it.");
	else if (status == 429)
		complain(&c->why, status, "rate_limit", SPAN_NONE, "Request rate limit exceeded.");
	else
		complain(&c->why, status, NULL, SPAN_NONE, "An error occurred on our side, as was ordered.");
	if (status >= 500)
		c->why.type = "api_error";
	if (status == 429)
		visit_add_header(c->v, "Stripe-Rate-Limited-Reason", SPAN("global-rate"));
	if (status == 409 || status == 429 || status == 503)
		visit_add_header(c->v, "Stripe-Should-Retry", SPAN("true"));
}

static json_t *
error(struct call *c)
{
	const struct complaint *why = &c->why;
	json_t *error = json_object();

	if (why->code) {
		struct span url = arena_fmt(c->arena, "https://stripe.com/docs/error-codes/%s", why->code);

		for (char *p = (char *)url.p; *p; p++)
			*p = *p == '_' ? '-' : *p;
		json_put_text(error, "code", why->code);
		json_put_span(error, "doc_url", url);
	}
	json_object_set_new(error, "message", json_stringn(why->message.p, why->message.n));
	if (why->param.n)
		json_put_span(error, "param", why->param);
	json_object_set_new(error, "request_log_url", json_sprintf("https://dashboard.stripe.com/test/logs/" PRSPAN, ARGSPAN(c->v->id)));
	json_put_text(error, "type", why->type);
	if (strcmp(why->type, "card_error") == 0) {
		const json_t *payment = purse_payment(c->sb, c->made);

		json_put_text(error, "decline_code", "generic_decline");
		json_object_set_new(error, "payment_intent", play_stripe_intent(payment, purse_charge_of(c->sb, payment)));
	}
	return json_pack("{s:o}", "error", error);
}

/* -- its page */

static struct span
page_payment(struct arena *a, const struct visit *v)
{
	size_t head = sizeof(STRIPE_PAGE) - 1;

	(void)a;
	return span_starts(v->path, STRIPE_PAGE) ? (struct span){ v->path.p + head, v->path.n - head } : SPAN_NONE;
}

static struct span
page_path(struct arena *a, const json_t *payment)
{
	return arena_fmt(a, STRIPE_PAGE PRSPAN, ARGSPAN(json_span(payment, "id")));
}

/* success_url with the one placeholder it may have. */
static struct span
back_url(struct sandbox *sb, struct arena *a, const json_t *payment)
{
	static const char placeholder[] = "{CHECKOUT_SESSION_ID}";
	struct span rest = json_span(json_object_get(payment, "asked"), "success_url");
	struct buf b;
	const char *at;

	(void)sb;
	buf_init(&b, a, 64 * KiB);
	while ((at = memmem(rest.p, rest.n, placeholder, sizeof(placeholder) - 1))) {
		size_t before = (size_t)(at - rest.p);

		buf_bytes(&b, rest.p, before);
		buf_span(&b, json_span(payment, "id"));
		rest.p += before + sizeof(placeholder) - 1;
		rest.n -= before + sizeof(placeholder) - 1;
	}
	buf_span(&b, rest);
	return buf_view(&b);
}

static struct span
cancel_url(struct arena *a, const json_t *payment)
{
	(void)a;
	return json_span(json_object_get(payment, "asked"), "cancel_url");
}

static struct provider_id
new_id(enum id_of what)
{
	switch (what) {
	case ID_PAYMENT: return provider_id_new("cs_test_a1", 56);
	case ID_CHARGE: return provider_id_new("pi_3", 23);
	case ID_REFUND: return provider_id_new("re_3", 23);
	case ID_DISPUTE: return provider_id_new("du_1", 23);
	default: return provider_id_new("evt_1", 23);
	}
}

const struct provider play_stripe = {
	.name = "stripe", .title = "Stripe", .one_charge = true, .new_id = new_id,
	.routes = routes, .n_routes = ARRAY_LEN(routes), .prefix = "", .key_header = "HTTP_IDEMPOTENCY_KEY", .keeps_errors = true,
	.played = played, .greet = greet, .allowed = allowed, .about = about, .key_refused = key_refused, .replayed = replayed,
	.ordered = ordered, .error = error,
	.page_payment = page_payment, .page_path = page_path, .back_url = back_url, .cancel_url = cancel_url,
	.types = play_stripe_types, .event = play_stripe_event, .indented = true,
	.user_agent = "Stripe/1.0 (+https://stripe.com/docs/webhooks)", .sign = play_stripe_sign,
};
