/*
 * router.c - from a request to a finished answer: find the row, apply its gates, run its handler, complete the headers. It knows
 * no page; a handler cannot be reached around its gates.
 */
#include "base/base.h"

#include "http/internal.h"

#define RETRY_SECONDS 5

/* The row whose pattern fits best, whatever its method; its captures stand in rq->in_path. */
static const struct route *
best_fit(const struct router *router, enum lane lane, struct request *rq)
{
	const struct route *best = NULL;
	struct fields in_path = { ARENA_ARRAY(rq->arena, struct field, PATTERN_PARTS), 0 };

	for (size_t i = 0; i < router->n; i++) {
		const struct route *r = &router->routes[i];

		if (r->lane != lane || !pattern_match(r->pattern, rq->path, &in_path))
			continue;
		if (!best || pattern_literals(r->pattern) > pattern_literals(best->pattern))
			best = r;
	}
	if (best)
		pattern_match(best->pattern, rq->path, &in_path);
	rq->in_path = in_path;
	return best;
}

/* nginx sent a path to a lane that does not have it: nothing a visitor can do about it, so the log says it. */
static void
warn_of_wrong_lane(const struct router *router, enum lane lane, struct request *rq)
{
	for (enum lane other = 0; other < LANES; other++) {
		const struct route *r = other == lane ? NULL : best_fit(router, other, rq);

		if (r)
			log_warn("route.lane", "route=\"%s\" lane=%d asked=%d", r->pattern, (int)r->lane, (int)lane);
	}
}

/* The row of that pattern for this method; without one, *allow says which there are. */
static const struct route *
for_method(const struct router *router, const struct route *like, enum method method, struct span *allow)
{
	bool get = false, post = false;

	for (size_t i = 0; i < router->n; i++) {
		const struct route *r = &router->routes[i];

		if (r->lane != like->lane || strcmp(r->pattern, like->pattern) != 0)
			continue;
		if (r->method == method)
			return r;
		get |= r->method == METHOD_GET;
		post |= r->method == METHOD_POST;
	}
	*allow = get && post ? SPAN("GET, HEAD, POST") : get ? SPAN("GET, HEAD") : SPAN("POST");
	return NULL;
}

static int
read_body(struct request *rq, const struct route *route)
{
	switch (rq->read_body(rq, route->body_limit, &rq->body)) {
	case BODY_WHOLE:
		return route->gates & WITH_FORM ? request_read_form(rq) : 0;
	case BODY_TOO_LONG:
		rq->why = message_about(rq->arena, M_BODY_TOO_BIG, arena_fmt(rq->arena, "%zu", route->body_limit));
		return 413;
	default:
		rq->why = message(M_BODY_CUT);
		return 400;
	}
}

static int
run(const struct router *router, struct request *rq, struct response *rs)
{
	int status;

	if (router->before)
		router->before(rq);
	status = rq->route->run(rq, rs);
	if (status < 200 || status > 599) {
		BUG("route=\"%s\" answered %d", rq->route->pattern, status);
		status = 500;
	}
	if (router->after) {
		int end = router->after(rq, status);

		if (end != status) {
			buf_clear(&rs->headers);
			buf_clear(&rs->body.buf);
			rs->why = SPAN_NONE;
		}
		status = end;
	}
	return status;
}

static int
answer(const struct router *router, enum lane lane, struct request *rq, struct response *rs)
{
	const struct route *route;
	struct span allow;
	int status = request_read_line(rq);

	if (status)
		return status;
	route = best_fit(router, lane, rq);
	if (!route) {
		warn_of_wrong_lane(router, lane, rq);
		return 404;
	}
	rq->route = for_method(router, route, rq->method, &allow);
	if (!rq->route) {
		response_header(rs, "Allow", allow);
		return 405;
	}
	if (rq->route->gates & SAME_SITE && rq->method != METHOD_GET && !same_site(rq, router->base_url))
		return bad(rs, 403, message(M_OTHER_SITE));
	if (rq->method != METHOD_GET && (status = read_body(rq, rq->route)))
		return status;
	return run(router, rq, rs);
}

static struct span
cache_control(const struct request *rq, int status)
{
	unsigned gates = rq->route ? rq->route->gates : 0;

	if (gates & CACHED && status == 200)
		return SPAN("public, max-age=1, stale-while-revalidate=2");
	return gates & CACHED ? SPAN("no-store") : SPAN("private, no-store");
}

static void
complete_headers(const struct router *router, int status, struct response *rs)
{
	struct request *rq = rs->rq;

	if (!rs->type.n)
		rs->type = SPAN("text/html; charset=utf-8");
	response_header(rs, "Cache-Control", cache_control(rq, status));
	response_header(rs, "X-Content-Type-Options", SPAN("nosniff"));
	response_header(rs, "Referrer-Policy", SPAN("same-origin"));
	if (span_starts(rs->type, "text/html"))
		response_header(rs, "Content-Security-Policy", router->content_policy);
	if (rs->retry_after)
		response_header(rs, "Retry-After", arena_fmt(rq->arena, "%" PRId64, rs->retry_after));
}

int
route_request(const struct router *router, enum lane lane, struct request *rq, struct response *rs)
{
	int status;

	rq->app = router->app;
	status = answer(router, lane, rq, rs);
	if (rs->body.buf.failed || rs->headers.failed) {
		BUG("route=\"%s\" wrote more than a response can hold", rq->route ? rq->route->pattern : "-");
		status = 500;
	}
	if (status == 500)
		buf_clear(&rs->headers);
	if (!rs->retry_after && (status == 503 || status == 429))
		rs->retry_after = RETRY_SECONDS;
	if (status == 500 || (status >= 400 && !rs->body.buf.n))
		error_page(rs, status);
	complete_headers(router, status, rs);
	return status;
}

static const char *
row_fault(const struct route *r)
{
	if (!pattern_sound(r->pattern))
		return "the pattern is not sound";
	if (!r->run)
		return "no handler";
	if (r->lane >= LANES)
		return "no such lane";
	if (r->method != METHOD_GET && !(r->gates & (SAME_SITE | MACHINE)))
		return "an unsafe method that other sites can reach";
	if (r->gates & CACHED && (r->gates & PRIVATE || r->method != METHOD_GET))
		return "CACHED is for public GET pages only";
	if (r->gates & WITH_FORM && (r->method != METHOD_POST || !r->body_limit))
		return "WITH_FORM needs POST and a body limit";
	if (r->method == METHOD_GET && !(r->gates & (CACHED | PRIVATE | MACHINE)))
		return "a page is CACHED or PRIVATE";
	return NULL;
}

const char *
router_fault(const struct router *router, const struct route **row)
{
	for (size_t i = 0; i < router->n; i++) {
		const char *fault = row_fault(*row = &router->routes[i]);

		if (fault)
			return fault;
		for (size_t j = 0; j < i; j++)
			if ((*row)->method == router->routes[j].method && strcmp((*row)->pattern, router->routes[j].pattern) == 0)
				return "the row stands there twice";
	}
	return NULL;
}
