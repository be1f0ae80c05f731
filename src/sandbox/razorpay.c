/* razorpay.c - Razorpay's API: its calls, its key, its errors, its page. */
#include "base/base.h"

#include "base/crypto.h"
#include "base/money.h"
#include "sandbox/razorpay.h"
#include "sandbox/sign.h"

#define LEAST_RUPEES 100

static const struct call_route routes[] = {
	{ VISIT_POST, "/v1/payment_links", NULL, "create", 0, play_razorpay_link_create, NULL },
	{ VISIT_GET, "/v1/payment_links", NULL, "list", 0, play_razorpay_link_list, NULL },
	{ VISIT_GET, "/v1/payment_links/", "", "read", 0, play_razorpay_link_read, NULL },
	{ VISIT_POST, "/v1/payment_links/", "/cancel", "expire", 0, play_razorpay_link_cancel, NULL },
	{ VISIT_GET, "/v1/payments", NULL, "list", 0, play_razorpay_payment_list, NULL },
	{ VISIT_GET, "/v1/payments/", "", "read", 0, play_razorpay_payment_read, NULL },
	{ VISIT_POST, "/v1/payments/", "/refund", "refund", CALL_KEYED, play_razorpay_refund_create, play_razorpay_refund_again },
	{ VISIT_GET, "/v1/payments/", "/refunds", "refund_list", 0, play_razorpay_refund_list, NULL },
	{ VISIT_GET, "/v1/refunds", NULL, "refund_list", 0, play_razorpay_refund_list, NULL },
	{ VISIT_GET, "/v1/refunds/", "", "refund_read", 0, play_razorpay_refund_read, NULL },
};

static bool
played(const struct sandbox_options *o)
{
	return o->razorpay_id.n > 0;
}

static void
greet(struct call *c)
{
	visit_add_header(c->v, "Request-Id", c->v->id);
}

static bool
allowed(struct call *c)
{
	const struct sandbox_options *o = c->sb->options;
	struct span given = visit_header(c->v, "HTTP_AUTHORIZATION");

	if (same_bytes(given, sign_basic(c->arena, o->razorpay_id, o->razorpay_secret.hidden)))
		return true;
	visit_add_header(c->v, "WWW-Authenticate", SPAN("Basic realm=\"Razorpay\""));
	return complain(&c->why, 401, "authentication_failed", SPAN_NONE, "Authentication failed") != NULL;
}

static void
about(struct call *c, struct scope *s)
{
	s->reference = c->body ? json_span(c->body, "reference_id") : params_value(&c->params, "reference_id");
}

static void
key_refused(struct call *c, bool in_use)
{
	if (in_use)
		complain(&c->why, 409, "conflict", SPAN_NONE, "Request is already in progress with the same idempotency key");
	else
		complain(&c->why, 400, "idempotency_key_reused", SPAN_NONE, "Different request body sent for the same idempotency key header");
}

static void
ordered(struct call *c, int status)
{
	if (status == 429)
		complain(&c->why, status, "rate_limited", SPAN_NONE, "Request failed due to too many requests. Please try again later.");
	else if (status == 409)
		complain(&c->why, status, "conflict", SPAN_NONE, "Request failed because another request is in progress.");
	else
		complain(&c->why, status, "server_error", SPAN_NONE, "We are facing some trouble completing your request at the moment.");
}

static json_t *
error(struct call *c)
{
	const struct complaint *why = &c->why;
	const char *code = why->status == 502 || why->status == 504 ? "GATEWAY_ERROR" : why->status >= 500 ? "SERVER_ERROR" :
	    "BAD_REQUEST_ERROR";
	bool ours = why->code && why->code[0] >= 'a' && why->code[0] <= 'z';	/* not a word of the part that all providers share */
	json_t *error = json_made(json_pack("{s:s, s:s%, s:s, s:s, s:s, s:{}}", "code", code, "description", why->message.p, why->message.n,
	    "source", why->status >= 500 ? "internal" : "business", "step", "payment_initiation",
	    "reason", ours ? why->code : "input_validation_failed", "metadata"));

	if (why->param.n)
		json_put_span(error, "field", why->param);
	return json_pack("{s:o}", "error", error);
}

/* -- checks ------------------------------------------------------------------------------------------------------------------- */

bool
play_razorpay_shape(struct call *c, const struct shape_rule *rules, size_t n)
{
	struct span at;

	switch (shape_check(c->arena, c->body, rules, n, &at)) {
	case SHAPE_GOOD:
		return true;
	case SHAPE_MISSING:
		return complain(&c->why, 400, NULL, at, "The " PRSPAN " field is required.", ARGSPAN(at)) != NULL;
	case SHAPE_UNKNOWN:
		return complain(&c->why, 400, NULL, at, PRSPAN " is/are not required and should not be sent", ARGSPAN(at)) != NULL;
	default:
		return complain(&c->why, 400, NULL, at, "The " PRSPAN " format is invalid.", ARGSPAN(at)) != NULL;
	}
}

bool
play_razorpay_query(struct call *c, const char *known)
{
	for (size_t i = 0; i < c->params.n; i++) {
		struct span name = c->params.list[i].name;

		if (!span_among(name, known))
			return complain(&c->why, 400, NULL, name, PRSPAN " is/are not required and should not be sent", ARGSPAN(name)) != NULL;
	}
	return true;
}

bool
play_razorpay_amount(struct call *c, int64_t amount, struct span currency)
{
	if (span_is(currency, "INR") && amount < LEAST_RUPEES)
		return complain(&c->why, 400, NULL, SPAN("amount"), "The amount must be atleast INR 1.00") != NULL;
	if (money_digits(CSTR(c->arena, currency)) == 3 && amount % 10)
		return complain(&c->why, 400, NULL, SPAN("amount"), "The last digit of an amount in " PRSPAN " must be 0.", ARGSPAN(currency)) != NULL;
	return true;
}

void *
play_razorpay_no_such_id(struct call *c)
{
	return complain(&c->why, 400, "input_validation_failed", SPAN_NONE, "The id provided does not exist");
}

/* -- its page ----------------------------------------------------------------------------------------------------------------- */

static struct span
page_payment(struct arena *a, const struct visit *v)
{
	size_t head = sizeof(RAZORPAY_PAGE) - 1;

	return span_starts(v->path, RAZORPAY_PAGE) ? arena_fmt(a, "plink_" PRSPAN, (int)(v->path.n - head), v->path.p + head) : SPAN_NONE;
}

static struct span
page_path(struct arena *a, const json_t *payment)
{
	return arena_copy(a, span_of(provider_id_beside(RAZORPAY_PAGE, json_span(payment, "id")).text));
}

/* Only after a success; whoever must wait, or leaves, is not sent back. */
static struct span
back_url(struct sandbox *sb, struct arena *a, const json_t *payment)
{
	return purse_is(payment, "paid") ? play_razorpay_return(sb, a, payment, purse_charge_of(sb, payment)) : SPAN_NONE;
}

static struct span
cancel_url(struct arena *a, const json_t *payment)
{
	(void)a;
	(void)payment;
	return SPAN_NONE;
}

static struct provider_id
new_id(enum id_of what)
{
	static const char *const prefixes[IDS] = { [ID_PAYMENT] = "plink_", [ID_CHARGE] = "pay_", [ID_REFUND] = "rfnd_",
	    [ID_DISPUTE] = "disp_", [ID_EVENT] = "" };

	return provider_id_new(prefixes[what], 14);
}

const struct provider play_razorpay = {
	.name = "razorpay", .title = "Razorpay", .pays_when_closed = true, .tries_again = true, .new_id = new_id,
	.routes = routes, .n_routes = ARRAY_LEN(routes), .prefix = RAZORPAY_PREFIX, .in_json = true,
	.key_header = "HTTP_X_REFUND_IDEMPOTENCY",
	.played = played, .greet = greet, .allowed = allowed, .about = about, .key_refused = key_refused, .ordered = ordered, .error = error,
	.page_payment = page_payment, .page_path = page_path, .back_url = back_url, .cancel_url = cancel_url,
	.types = play_razorpay_types, .event = play_razorpay_event, .user_agent = "Razorpay-Webhook/v1", .sign = play_razorpay_sign,
};
