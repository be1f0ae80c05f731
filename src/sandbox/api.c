/* api.c - see api.h. */
#include "base/base.h"

#include "base/clock.h"
#include "base/crypto.h"
#include "sandbox/api.h"
#include "sandbox/keys.h"

#define REQUESTS_KEPT 5000

static const struct api_route {
	enum visit_method method;
	const char *before, *after;	/* what stands before and behind {id}; after NULL: there is no {id} */
	const char *name;		/* in orders */
	json_t *(*run)(struct call *);
} routes[] = {
	{ VISIT_POST, "/v1/checkout/sessions", NULL, "create", api_session_create },
	{ VISIT_GET, "/v1/checkout/sessions", NULL, "list", api_session_list },
	{ VISIT_GET, "/v1/checkout/sessions/", "", "read", api_session_read },
	{ VISIT_POST, "/v1/checkout/sessions/", "/expire", "expire", api_session_expire },
	{ VISIT_POST, "/v1/refunds", NULL, "refund", api_refund_create },
	{ VISIT_GET, "/v1/refunds", NULL, "refund_list", api_refund_list },
	{ VISIT_GET, "/v1/refunds/", "", "refund_read", api_refund_read },
	{ VISIT_GET, "/v1/events", NULL, "events", api_event_list },
	{ VISIT_GET, "/v1/events/", "", "event_read", api_event_read },
};

static bool
route_fits(const struct api_route *r, struct span path, struct span *id)
{
	size_t head = strlen(r->before), tail = r->after ? strlen(r->after) : 0;

	if (!r->after)
		return span_is(path, r->before);
	if (!span_starts(path, r->before) || path.n <= head + tail)
		return false;
	*id = (struct span){ path.p + head, path.n - head - tail };
	return memcmp(path.p + path.n - tail, r->after, tail) == 0 && !memchr(id->p, '/', id->n);
}

static void
answer_complaint(struct visit *v, const struct complaint *why)
{
	json_t *error = json_object(), *body = json_pack("{s:o}", "error", error);

	if (why->code) {
		struct span url = arena_fmt(v->arena, "https://stripe.com/docs/error-codes/%s", why->code);

		for (char *p = (char *)url.p; *p; p++)
			*p = *p == '_' ? '-' : *p;
		json_object_set_new(error, "code", json_string(why->code));
		json_object_set_new(error, "doc_url", json_string(url.p));
	}
	json_object_set_new(error, "message", json_stringn(why->message.p, why->message.n));
	if (why->param.n)
		json_object_set_new(error, "param", json_stringn(why->param.p, why->param.n));
	json_object_set_new(error, "request_log_url", json_sprintf("https://dashboard.stripe.com/test/logs/" PRSPAN, ARGSPAN(v->id)));
	json_object_set_new(error, "type", json_string(why->type));
	visit_answer_json(v, why->status, body);
	json_decref(body);
}

bool
api_allowed(struct sandbox *sb, struct visit *v)
{
	struct complaint why = { .arena = v->arena };
	struct span given = visit_header(v, "HTTP_AUTHORIZATION");

	if (span_starts(given, "Bearer ") && same_bytes(span_trim((struct span){ given.p + 7, given.n - 7 }), sb->options->key.hidden))
		return true;
	if (given.n)
		complain(&why, 401, NULL, SPAN_NONE, "Invalid API Key provided");
	else
		complain(&why, 401, NULL, SPAN_NONE, "You did not provide an API key. You need to provide your API key in the Authorization "
		    "header, using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY').");
	visit_add_header(v, "WWW-Authenticate", SPAN("Bearer realm=\"Stripe\""));
	answer_complaint(v, &why);
	return false;
}

void
api_unknown_path(struct visit *v)
{
	struct complaint why = { .arena = v->arena };

	complain(&why, 404, NULL, SPAN_NONE, "Unrecognized request URL (%s: " PRSPAN ").", v->method == VISIT_POST ? "POST" : "GET",
	    ARGSPAN(v->path));
	answer_complaint(v, &why);
}

/* What a refusal at the edge says: nothing of the call was looked at. */
static void
answer_failure(struct visit *v, int status)
{
	struct complaint why = { .arena = v->arena };

	if (status == 409)
		complain(&why, status, "lock_timeout", SPAN_NONE, "This object cannot be accessed right now because another API request or "
		    "process is currently accessing it.");
	else if (status == 429)
		complain(&why, status, "rate_limit", SPAN_NONE, "Request rate limit exceeded.");
	else
		complain(&why, status, NULL, SPAN_NONE, "An error occurred on our side, as was ordered.");
	if (status >= 500)
		why.type = "api_error";
	if (status == 429)
		visit_add_header(v, "Stripe-Rate-Limited-Reason", SPAN("global-rate"));
	if (status == 409 || status == 429 || status == 503)
		visit_add_header(v, "Stripe-Should-Retry", SPAN("true"));
	answer_complaint(v, &why);
}

/* Orders that keep the call from being looked at. True: the answer is settled. */
static bool
kept_from_working(struct call *c, const char *name)
{
	struct order o;

	if (orders_take(&c->sb->orders, ORDER_HANG, name, &o)) {
		c->v->drop = c->v->hung = true;
		c->v->due = c->now_ms + o.number;
		return true;
	}
	if (orders_take(&c->sb->orders, ORDER_FAIL, name, &o)) {
		answer_failure(c->v, (int)o.number);
		return true;
	}
	return false;
}

static void
work(struct call *c, const struct api_route *r)
{
	struct visit *v = c->v;
	struct order o;
	json_t *object;

	if (v->too_large) {
		complain(&c->why, 413, NULL, SPAN_NONE, "Request too large");
		answer_complaint(v, &c->why);
		return;
	}
	if (orders_take(&c->sb->orders, ORDER_BREAK, r->name, &o)) {
		answer_failure(v, 500);
		c->began = true;
		return;
	}
	object = params_read(c->arena, v->method == VISIT_POST ? v->body : v->query, &c->params, &c->why) ? r->run(c) : NULL;
	if (object)
		visit_answer_json(v, 200, object);
	else
		answer_complaint(v, &c->why);
	json_decref(object);
}

/* The call with its idempotency key, if it has one. */
static bool
work_once(struct call *c, const struct api_route *r)
{
	struct visit *v = c->v;

	if (v->method != VISIT_POST || !v->key.n) {
		work(c, r);
		return false;
	}
	visit_add_header(v, "Idempotency-Key", v->key);
	switch (key_look(c, &c->why)) {
	case KEY_REPLAY:
		return true;
	case KEY_REFUSED:
		answer_complaint(v, &c->why);
		return false;
	default:
		work(c, r);
		if (c->began)
			key_keep(c);
		return false;
	}
}

/* For GET /control/state: what a test may want to count. */
static void
note_request(struct call *c, const char *name, bool replayed)
{
	json_t *note = json_pack("{s:I, s:s, s:i, s:b, s:b, s:b}", "at", (json_int_t)c->now_ms, "call", name, "status",
	    c->v->hung ? 0 : c->v->status, "replayed", replayed, "hung", c->v->hung, "lost", c->v->drop && !c->v->hung);

	json_put_span(note, "key", c->v->key);
	json_put_span(note, "id", c->v->id);
	json_array_append_new(c->sb->requests, note);
	if (json_array_size(c->sb->requests) > REQUESTS_KEPT)
		json_array_remove(c->sb->requests, 0);
}

void
api_serve(struct sandbox *sb, struct visit *v)
{
	struct call c = { .sb = sb, .v = v, .arena = v->arena, .id = SPAN_NONE, .now_ms = clock_now(), .why.arena = v->arena };
	struct span version = visit_header(v, "HTTP_STRIPE_VERSION");
	const struct api_route *r = routes;
	bool replayed = false;
	struct order o;

	visit_add_header(v, "Request-Id", v->id);
	visit_add_header(v, "Stripe-Version", version.n ? version : SPAN(SANDBOX_API_VERSION));
	if (!api_allowed(sb, v))
		return;
	while (r < routes + ARRAY_LEN(routes) && (r->method != v->method || !route_fits(r, v->path, &c.id)))
		r++;
	if (r == routes + ARRAY_LEN(routes)) {
		api_unknown_path(v);
		return;
	}
	if (!kept_from_working(&c, r->name)) {
		replayed = work_once(&c, r);
		if (orders_take(&sb->orders, ORDER_LOSE, r->name, &o))
			v->drop = true;
		if (orders_take(&sb->orders, ORDER_SLOW, r->name, &o))
			v->due = c.now_ms + o.number;
	}
	note_request(&c, r->name, replayed);
	log_info("api.call", "call=%s status=%d id=" PRSPAN "%s%s%s", r->name, v->hung ? 0 : v->status, ARGSPAN(v->id),
	    replayed ? " replayed" : "", v->hung ? " hung" : "", v->drop && !v->hung ? " lost" : "");
}
