/* calls.c - see calls.h. */
#include "base/base.h"

#include "base/clock.h"
#include "sandbox/keys.h"
#include "sandbox/purse.h"

#define REQUESTS_KEPT 5000
#define RETRY_AFTER "2"

static bool
route_fits(const struct call_route *r, struct span path, struct span *id)
{
	size_t head = strlen(r->before), tail = r->after ? strlen(r->after) : 0;

	if (!r->after)
		return span_is(path, r->before);
	if (!span_starts(path, r->before) || path.n <= head + tail)
		return false;
	*id = (struct span){ path.p + head, path.n - head - tail };
	return memcmp(path.p + path.n - tail, r->after, tail) == 0 && !memchr(id->p, '/', id->n);
}

static const struct call_route *
route_find(struct call *c)
{
	for (size_t i = 0; i < c->provider->n_routes; i++)
		if (c->provider->routes[i].method == c->v->method && route_fits(&c->provider->routes[i], c->path, &c->id))
			return &c->provider->routes[i];
	return NULL;
}

static void
answer_complaint(struct call *c)
{
	json_t *error = json_made(c->provider->error(c));

	if (c->why.status == 429 || c->why.status == 503)
		visit_add_header(c->v, "Retry-After", SPAN(RETRY_AFTER));
	visit_answer_json(c->v, c->why.status, error);
	json_decref(error);
}

static void
answer_object(struct call *c, int status, json_t *object)
{
	if (object)
		visit_answer_json(c->v, status, object);
	else
		answer_complaint(c);
	json_decref(object);
}

static struct call
call_new(struct sandbox *sb, struct visit *v, const struct provider *p)
{
	size_t head = strlen(p->prefix);

	return (struct call){ .sb = sb, .v = v, .arena = v->arena, .provider = p, .id = SPAN_NONE, .made = SPAN_NONE, .status = 200,
		.path = span_starts(v->path, p->prefix) ? (struct span){ v->path.p + head, v->path.n - head } : v->path,
		.now_ms = clock_now(), .why.arena = v->arena };
}

bool
calls_allowed(struct sandbox *sb, struct visit *v, const struct provider *p)
{
	struct call c = call_new(sb, v, p);

	if (p->allowed(&c))
		return true;
	answer_complaint(&c);
	return false;
}

void
calls_unknown_path(struct sandbox *sb, struct visit *v, const struct provider *p)
{
	struct call c = call_new(sb, v, p);

	complain(&c.why, 404, NULL, SPAN_NONE, "Unrecognized request URL (%s: " PRSPAN ").", v->method == VISIT_POST ? "POST" : "GET",
	    ARGSPAN(v->path));
	answer_complaint(&c);
}

/* The parameters, as the provider writes them. False with a complaint. */
static bool
read_input(struct call *c, const struct call_route *r)
{
	bool form = r->flags & CALL_FORM || !c->provider->in_json, post = c->v->method == VISIT_POST;
	struct span type = visit_header(c->v, "CONTENT_TYPE");
	json_error_t error;

	if (c->v->too_large)
		return complain(&c->why, 413, NULL, SPAN_NONE, "Request too large") != NULL;
	if (form || !post)
		return params_read(c->arena, post ? c->v->body : c->v->query, &c->params, &c->why);
	if (c->v->body.n && !span_starts(type, "application/json"))
		return complain(&c->why, 415, "UNSUPPORTED_MEDIA_TYPE", SPAN_NONE, "The body must be application/json.") != NULL;
	c->body = c->v->body.n ? json_loadb(c->v->body.p, c->v->body.n, JSON_REJECT_DUPLICATES, &error) : json_object();
	if (json_is_object(c->body))
		return true;
	return complain(&c->why, 400, "MALFORMED_REQUEST_JSON", SPAN_NONE, "The body is no JSON object.") != NULL;
}

static void
work(struct call *c, const struct call_route *r, bool readable)
{
	struct order o;
	json_t *object;

	if (!readable) {
		answer_complaint(c);
		return;
	}
	if (orders_take(&c->sb->orders, c->v->scope, ORDER_BREAK, r->name, &o)) {
		c->provider->ordered(c, 500);
		c->began = true;
		answer_complaint(c);
		return;
	}
	object = r->run(c);
	if (object || !(r->flags & CALL_TEXT) || c->why.status)
		answer_object(c, c->status, object);
}

/* The answer that was kept, or the same thing as it stands now. */
static void
replay(struct call *c, const struct call_route *r, const json_t *kept)
{
	struct span made = json_span(kept, "made");

	if (c->provider->replayed)
		c->provider->replayed(c, kept);
	if (r->again && made.n)
		answer_object(c, 200, r->again(c, made));
	else
		answer_object(c, (int)json_number(kept, "status"), json_loads(json_string_value(json_object_get(kept, "body")), 0, NULL));
}

/* The call with its idempotency key, if it has one. True: it was a repetition. */
static bool
work_once(struct call *c, const struct call_route *r, bool readable)
{
	const json_t *kept;

	if (!(r->flags & CALL_KEYED) || !c->v->key.n) {
		work(c, r, readable);
		return false;
	}
	switch (key_look(c, &kept)) {
	case KEY_REPLAY:
		replay(c, r, kept);
		return true;
	case KEY_USED:
	case KEY_RUNNING:
		answer_complaint(c);
		return false;
	default:
		work(c, r, readable);
		if (c->began && (c->v->status < 300 || c->provider->keeps_errors))
			key_keep(c);
		return false;
	}
}

bool
calls_kept_from(struct sandbox *sb, struct visit *v, struct scope about, const char *name, int *status)
{
	struct order o;

	*status = 0;
	if (orders_take(&sb->orders, about, ORDER_HANG, name, &o)) {
		v->drop = v->hung = true;
		v->due = clock_now() + o.number;
		return true;
	}
	if (orders_take(&sb->orders, about, ORDER_FAIL, name, &o))
		*status = (int)o.number;
	return *status != 0;
}

void
calls_spoil_answer(struct sandbox *sb, struct visit *v, struct scope about, const char *name, int64_t begun_ms)
{
	struct order o;

	if (orders_take(&sb->orders, about, ORDER_LOSE, name, &o))
		v->drop = true;
	if (orders_take(&sb->orders, about, ORDER_SLOW, name, &o))
		v->due = begun_ms + o.number;
}

/* For GET /control/state: what a test may want to count. */
static void
note_request(struct call *c, const char *name, bool replayed)
{
	json_t *note = json_made(json_pack("{s:I, s:s, s:s, s:i, s:b, s:b, s:b}", "at", (json_int_t)c->now_ms, "provider",
	    c->provider->name, "call", name, "status", c->v->hung ? 0 : c->v->status, "replayed", replayed, "hung", c->v->hung,
	    "lost", c->v->drop && !c->v->hung));

	json_put_span(note, "key", c->v->key);
	json_put_span(note, "id", c->v->id);
	json_put_span(note, "reference", c->v->scope.reference);
	json_array_append_new(c->sb->requests, note);
	if (json_array_size(c->sb->requests) > REQUESTS_KEPT)
		json_array_remove(c->sb->requests, 0);
	log_info("api.call", "provider=%s call=%s status=%d id=" PRSPAN "%s%s%s", c->provider->name, name, c->v->hung ? 0 : c->v->status,
	    ARGSPAN(c->v->id), replayed ? " replayed" : "", c->v->hung ? " hung" : "", c->v->drop && !c->v->hung ? " lost" : "");
}

/* Whom orders must be for to be heeded. An id is turned into our reference where it is known. */
static struct scope
scope_of_call(struct call *c)
{
	struct scope about = { c->provider->name, SPAN_NONE, c->id };
	const json_t *payment;

	c->provider->about(c, &about);
	payment = purse_find(c->sb, about.id.n ? about.id : about.reference);
	if (!payment)
		return about;
	return (struct scope){ about.provider, arena_copy(c->arena, json_span(payment, "reference")),
		arena_copy(c->arena, json_span(payment, "id")) };
}

static void
serve_route(struct call *c, const struct call_route *r)
{
	bool readable = read_input(c, r), replayed = false;
	struct order o;
	int status;

	c->v->key = r->flags & CALL_KEYED ? visit_header(c->v, c->provider->key_header) : SPAN_NONE;
	c->v->scope = scope_of_call(c);
	if (calls_kept_from(c->sb, c->v, c->v->scope, r->name, &status)) {
		if (status) {
			c->provider->ordered(c, status);
			answer_complaint(c);
		}
	} else {
		replayed = work_once(c, r, readable);
		if (orders_take(&c->sb->orders, c->v->scope, ORDER_MISLEAD, r->name, &o)) {
			c->provider->ordered(c, (int)o.number);
			answer_complaint(c);
		}
		calls_spoil_answer(c->sb, c->v, c->v->scope, r->name, c->now_ms);
	}
	note_request(c, r->name, replayed);
	json_decref(c->body);
}

bool
calls_serve(struct sandbox *sb, struct visit *v, const struct provider *p)
{
	struct call c = call_new(sb, v, p);
	const struct call_route *r;

	if (!p->played(sb->options) || !span_starts(v->path, p->prefix) || !(span_starts(c.path, "/v1/") || span_starts(c.path, "/v2/")))
		return false;
	p->greet(&c);
	r = route_find(&c);
	if (!(r && r->flags & CALL_OPEN) && !p->allowed(&c))
		answer_complaint(&c);
	else if (!r)
		calls_unknown_path(sb, v, p);
	else
		serve_route(&c, r);
	return true;
}
