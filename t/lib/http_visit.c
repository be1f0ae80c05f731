/* http_visit.c - see http_visit.h. */
#include "base/base.h"

#include "base/crypto.h"
#include "t/lib/http_visit.h"

struct visit *
visit_new(const struct route *routes, size_t n)
{
	static const char *const pay = "https://pay.example";
	struct visit *v = calloc(1, sizeof(*v));

	assert_non_null(v);
	crypto_start();
	log_open("test", LOG_LEVEL_ERROR);
	v->arena = arena_new(32 * MiB);
	v->site = arena_new(4 * KiB);
	v->router = (struct router){ .routes = routes, .n = n, .base_url = "https://foyer.example:8443",
		.content_policy = content_policy(v->site, span_of(pay)) };
	return v;
}

void
visit_free(struct visit *v)
{
	arena_free(v->arena);
	arena_free(v->site);
	free(v);
}

static struct span
header(struct request *rq, const char *name)
{
	const struct visit *v = rq->transport;

	for (size_t i = 0; i < v->n; i++)
		if (strcmp(v->variables[i].name, name) == 0)
			return span_of(v->variables[i].value);
	return SPAN_NONE;
}

static enum body_end
read_body(struct request *rq, size_t limit, struct span *body)
{
	const struct visit *v = rq->transport;

	if (v->body.n > limit)
		return BODY_TOO_LONG;
	*body = v->body;
	return v->body_end;
}

void
visit_with(struct visit *v, const char *cgi_name, const char *value)
{
	assert_true(v->n < ARRAY_LEN(v->variables));
	v->variables[v->n++] = (struct variable){ cgi_name, value };
}

void
visit_begin(struct visit *v, const char *method, const char *uri)
{
	arena_reset(v->arena);
	*v = (struct visit){ .arena = v->arena, .site = v->site, .router = v->router };
	visit_with(v, "REQUEST_METHOD", method);
	visit_with(v, "REQUEST_URI", uri);
	visit_with(v, "REQUEST_ID", "0123456789abcdef0123456789abcdef");
}

int
visit_go(struct visit *v)
{
	v->rq = (struct request){ .arena = v->arena, .header = header, .read_body = read_body, .transport = v };
	response_init(&v->rs, &v->rq);
	return route_request(&v->router, v->lane, &v->rq, &v->rs);
}

int
visit_get(struct visit *v, const char *uri)
{
	visit_begin(v, "GET", uri);
	return visit_go(v);
}

int
visit_post(struct visit *v, const char *uri, const char *form)
{
	visit_begin(v, "POST", uri);
	visit_with(v, "CONTENT_TYPE", "application/x-www-form-urlencoded");
	v->body = span_of(form);
	return visit_go(v);
}
