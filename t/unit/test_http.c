/* test_http.c - the router and what it puts around every handler: gates, methods, error pages, headers. */
#include "base/base.h"

#include "t/lib/http_visit.h"

static int handler_runs;

static int
say(struct request *rq, struct response *rs)
{
	handler_runs++;
	buf_fmt(&rs->body.buf, "%s", rq->route->pattern);
	for (size_t i = 0; i < rq->in_path.n; i++)
		buf_fmt(&rs->body.buf, " " PRSPAN "=" PRSPAN, ARGSPAN(rq->in_path.list[i].name), ARGSPAN(rq->in_path.list[i].value));
	return 200;
}

static int
answer_nothing(struct request *rq, struct response *rs)
{
	(void)rq, (void)rs;
	return 0;
}

static int
answer_half(struct request *rq, struct response *rs)
{
	(void)rq;
	buf_text(&rs->body.buf, "half a page");
	response_header(rs, "X-Half", SPAN("yes"));
	return 500;
}

static int
answer_too_much(struct request *rq, struct response *rs)
{
	(void)rq;
	for (size_t i = 0; i <= RESPONSE_MAX / KiB; i++)
		buf_bytes(&rs->body.buf, memset(arena_alloc(rq->arena, KiB), 'x', KiB), KiB);
	return 200;
}

static int
answer_conflict(struct request *rq, struct response *rs)
{
	(void)rq;
	buf_text(&rs->body.buf, "C7 has gone");
	return 409;
}

static int
answer_busy(struct request *rq, struct response *rs)
{
	(void)rq, (void)rs;
	return 503;
}

static int
set_cookie(struct request *rq, struct response *rs)
{
	struct span cookie = cookie_value(rq, "b");

	buf_fmt(&rs->body.buf, "[" PRSPAN "]", ARGSPAN(cookie));
	response_header(rs, "Set-Cookie", SPAN("b=1"));
	return 200;
}

static int
go_on(struct request *rq, struct response *rs)
{
	struct span to = query_value(rq, "to");

	if (query_value(rq, "away").n)
		return redirect_away(rs, to);
	return redirect(rs, PRSPAN, ARGSPAN(to));
}

static const struct route table[] = {
#define R(METHOD, pattern, run, gates, limit, LANE) { METHOD_##METHOD, pattern, run, gates, limit, LANE_##LANE, pattern },
	R(GET, "/", say, CACHED, 0, PUBLIC)
	R(GET, "/{city}", say, CACHED, 0, PUBLIC)
	R(GET, "/holds", say, PRIVATE, 0, PUBLIC)
	R(GET, "/shows/{show}", say, CACHED, 0, PUBLIC)
	R(GET, "/shows/{show}/{section}", say, CACHED, 0, PUBLIC)
	R(GET, "/shows/{show}/seats", say, CACHED, 0, PUBLIC)
	R(POST, "/shows/{show}/hold", say, PRIVATE | SAME_SITE | WITH_FORM, 4 * KiB, PUBLIC)
	R(GET, "/bookings/{token}", say, PRIVATE, 0, PUBLIC)
	R(GET, "/bookings/{token}.pdf", say, PRIVATE, 0, PUBLIC)
	R(GET, "/bookings/find", say, PRIVATE, 0, PUBLIC)
	R(POST, "/bookings/find", say, PRIVATE | SAME_SITE | WITH_FORM, 4 * KiB, PUBLIC)
	R(GET, "/bug/nothing", answer_nothing, PRIVATE, 0, PUBLIC)
	R(GET, "/bug/half", answer_half, PRIVATE, 0, PUBLIC)
	R(GET, "/bug/much", answer_too_much, PRIVATE, 0, PUBLIC)
	R(GET, "/bug/cookie", set_cookie, CACHED, 0, PUBLIC)
	R(GET, "/cookie", set_cookie, PRIVATE, 0, PUBLIC)
	R(GET, "/conflict", answer_conflict, PRIVATE, 0, PUBLIC)
	R(GET, "/busy", answer_busy, PRIVATE, 0, PUBLIC)
	R(POST, "/busy", answer_busy, PRIVATE | SAME_SITE, 0, PUBLIC)
	R(GET, "/go", go_on, PRIVATE, 0, PUBLIC)
	R(POST, "/webhooks/{provider}", say, MACHINE, 64, WEBHOOK)
#undef R
};

static int
open_site(void **state)
{
	*state = visit_new(table, ARRAY_LEN(table));
	return 0;
}

static int
close_site(void **state)
{
	visit_free(*state);
	return 0;
}

static void
the_most_literal_pattern_is_meant(void **state)
{
	static const struct {
		const char *uri, *body;
	} cases[] = {
		{ "/", "/" }, { "/london?q=1", "/{city} city=london" }, { "/holds", "/holds" }, { "/shows/12", "/shows/{show} show=12" },
		{ "/shows/12/seats", "/shows/{show}/seats show=12" }, { "/shows/12/stalls", "/shows/{show}/{section} show=12 section=stalls" },
		{ "/bookings/abc", "/bookings/{token} token=abc" }, { "/bookings/abc.pdf", "/bookings/{token}.pdf token=abc" },
		{ "/bookings/.pdf", "/bookings/{token} token=.pdf" }, { "/bookings/find", "/bookings/find" },
		{ "/caf%C3%A9", "/{city} city=café" },
	};
	struct visit *v = *state;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		assert_int_equal(visit_get(v, cases[i].uri), 200);
		assert_body(v, cases[i].body);
	}
}

static void
what_is_not_there_is_a_page_with_the_request_id(void **state)
{
	static const char *const uris[] = { "//", "/london/", "/shows/", "/shows//seats", "/shows/1/2/3", "/bookings/",
		"/../holds", "/london%2F", "/webhooks/stripe" };
	struct visit *v = *state;

	for (size_t i = 0; i < ARRAY_LEN(uris); i++)
		assert_int_equal(visit_get(v, uris[i]), 404);
	assert_int_equal(visit_get(v, "/nothing/here"), 404);
	assert_page_says(v, "0123456789abcdef0123456789abcdef");
	assert_page_says(v, "We can’t find that page");
	assert_header(v, "Cache-Control: private, no-store");
}

static void
a_wrong_method_is_told_the_right_ones(void **state)
{
	struct visit *v = *state;

	assert_int_equal(visit_get(v, "/shows/1/hold"), 405);		/* and no section of that name */
	assert_header(v, "Allow: POST");
	assert_int_equal(visit_post(v, "/shows/1", ""), 405);
	assert_header(v, "Allow: GET, HEAD");
	visit_begin(v, "DELETE", "/bookings/find");
	assert_int_equal(visit_go(v), 405);
	assert_header(v, "Allow: GET, HEAD, POST");
	visit_begin(v, "get", "/");
	assert_int_equal(visit_go(v), 405);
	visit_begin(v, "GET", "/webhooks/stripe");
	v->lane = LANE_WEBHOOK;
	assert_int_equal(visit_go(v), 405);
	assert_header(v, "Allow: POST");
}

static void
head_is_get_without_its_body(void **state)
{
	struct visit *v = *state;
	struct buf out;

	visit_begin(v, "HEAD", "/holds");
	assert_int_equal(visit_go(v), 200);
	assert_true(v->rq.head);
	buf_init(&out, v->arena, 4 * KiB);
	response_head(&v->rs, 200, &out);
	assert_true(span_starts(buf_view(&out), "Status: 200 OK\r\n"));
	assert_non_null(strstr(out.p, "Content-Length: 6\r\n"));
}

static void
a_lane_serves_its_own_routes_only(void **state)
{
	struct visit *v = *state;

	visit_begin(v, "POST", "/webhooks/stripe");
	assert_int_equal(visit_go(v), 404);
	visit_begin(v, "POST", "/webhooks/stripe");
	v->lane = LANE_WEBHOOK;
	assert_int_equal(visit_go(v), 200);
	visit_begin(v, "GET", "/holds");
	v->lane = LANE_WEBHOOK;
	assert_int_equal(visit_go(v), 404);
}

static void
another_site_cannot_act_here(void **state)
{
	static const struct {
		const char *fetch, *origin, *referer, *authorization, *cookie;
		bool allowed;
	} cases[] = {
		{ .allowed = true },
		{ .fetch = "same-origin", .allowed = true },
		{ .fetch = "none", .allowed = true },
		{ .fetch = "cross-site" },
		{ .fetch = "same-site" },
		{ .fetch = "same-origin, none" },
		{ .fetch = "cross-site", .origin = "https://foyer.example:8443" },
		{ .fetch = "same-origin", .origin = "https://evil.example", .allowed = true },	/* the browser has already compared */
		{ .origin = "https://foyer.example:8443", .allowed = true },
		{ .origin = "https://foyer.example:8443", .referer = "https://evil.example/", .allowed = true },
		{ .origin = "https://foyer.example" },
		{ .origin = "http://foyer.example:8443" },
		{ .origin = "https://foyer.example:8443.evil.example" },
		{ .origin = "https://evil.example", .referer = "https://foyer.example:8443/" },
		{ .origin = "null" },
		{ .referer = "https://foyer.example:8443", .allowed = true },
		{ .referer = "https://foyer.example:8443/shows/1?x", .allowed = true },
		{ .referer = "https://foyer.example:8443?x", .allowed = true },
		{ .referer = "https://foyer.example:8443.evil.example/" },
		{ .referer = "https://foyer.example:8443@evil.example/" },
		{ .referer = "https://evil.example/https://foyer.example:8443/" },
		{ .referer = "about:blank" },
		{ .fetch = "cross-site", .authorization = "Bearer abc", .allowed = true },
		{ .fetch = "cross-site", .authorization = "Bearer abc", .cookie = "b=1" },
		{ .fetch = "cross-site", .authorization = "Basic abc" },
	};
	static const char *const names[] = { "HTTP_SEC_FETCH_SITE", "HTTP_ORIGIN", "HTTP_REFERER", "HTTP_AUTHORIZATION", "HTTP_COOKIE" };
	struct visit *v = *state;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const char *const values[] = { cases[i].fetch, cases[i].origin, cases[i].referer, cases[i].authorization, cases[i].cookie };

		visit_begin(v, "POST", "/bookings/find");
		for (size_t j = 0; j < ARRAY_LEN(values); j++)
			if (values[j])
				visit_with(v, names[j], values[j]);
		handler_runs = 0;
		assert_int_equal(visit_go(v), cases[i].allowed ? 200 : 403);
		assert_int_equal(handler_runs, cases[i].allowed);
	}
	visit_begin(v, "GET", "/holds");
	visit_with(v, "HTTP_SEC_FETCH_SITE", "cross-site");
	assert_int_equal(visit_go(v), 200);		/* a link from elsewhere */
}

/* -- what is said -------------------------------------------------------------------------------------------------------------- */

static void
each_gate_has_its_caching_and_every_page_its_guards(void **state)
{
	struct visit *v = *state;

	visit_get(v, "/london");
	assert_header(v, "Cache-Control: public, max-age=1, stale-while-revalidate=2");
	assert_header(v, "X-Content-Type-Options: nosniff");
	assert_header(v, "Referrer-Policy: same-origin");
	assert_header(v, "Content-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
	    "connect-src 'self'; worker-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self' https://pay.example");
	visit_get(v, "/holds");
	assert_header(v, "Cache-Control: private, no-store");
	visit_begin(v, "POST", "/webhooks/stripe");
	v->lane = LANE_WEBHOOK;
	v->body = span_of("this body is longer than the sixty-four bytes that the route declares it takes");
	assert_int_equal(visit_go(v), 413);
	assert_true(span_starts(buf_view(&v->rs.body.buf), "413 Content Too Large: "));
	assert_no_header(v, "Content-Security-Policy");
}

static void
a_cached_page_neither_reads_nor_sets_a_cookie(void **state)
{
	struct visit *v = *state;

	visit_begin(v, "GET", "/bug/cookie");
	visit_with(v, "HTTP_COOKIE", "b=secret");
	assert_int_equal(visit_go(v), 200);
	assert_body(v, "[]");
	assert_no_header(v, "Set-Cookie");
	visit_get(v, "/cookie");
	assert_header(v, "Set-Cookie: b=1");
}

static void
our_mistakes_become_a_page_and_nothing_half_made_gets_out(void **state)
{
	static const char *const uris[] = { "/bug/nothing", "/bug/half", "/bug/much" };
	struct visit *v = *state;

	for (size_t i = 0; i < ARRAY_LEN(uris); i++) {
		assert_int_equal(visit_get(v, uris[i]), 500);
		assert_page_says(v, "Something went wrong on our side");
		assert_page_says(v, "</html>");
		assert_null(strstr(v->rs.body.buf.p, "half a page"));
		assert_no_header(v, "X-Half");
	}
}

static void
a_handlers_own_error_page_stays(void **state)
{
	struct visit *v = *state;

	assert_int_equal(visit_get(v, "/conflict"), 409);
	assert_body(v, "C7 has gone");
}

static void
who_must_wait_is_told_how_long(void **state)
{
	struct visit *v = *state;

	assert_int_equal(visit_get(v, "/busy"), 503);
	assert_header(v, "Retry-After: 5");
	assert_page_says(v, "http-equiv=\"refresh\"");
	assert_int_equal(visit_post(v, "/busy", ""), 503);
	assert_header(v, "Retry-After: 5");
	assert_null(strstr(v->rs.body.buf.p, "http-equiv=\"refresh\""));
}

static void
redirects_stay_with_us_unless_meant_to_leave(void **state)
{
	struct visit *v = *state;

	assert_int_equal(visit_get(v, "/go?to=/holds/abc%23top"), 303);
	assert_header(v, "Location: /holds/abc#top");
	assert_int_equal(visit_get(v, "/go?away=1&to=https://pay.example/c/1"), 303);
	assert_header(v, "Location: https://pay.example/c/1");
	assert_int_equal(visit_get(v, "/go?to=//evil.example"), 500);
	assert_int_equal(visit_get(v, "/go?to=https://evil.example"), 500);
	assert_int_equal(visit_get(v, "/go?to=/a%0d%0aSet-Cookie:x"), 500);
	assert_int_equal(visit_get(v, "/go?to=/%5Cevil.example"), 500);
	assert_int_equal(visit_get(v, "/go?away=1&to=javascript:alert(1)"), 500);
	assert_no_header(v, "Location");
}

static void
a_header_never_gets_a_line_of_its_value(void **state)
{
	struct visit *v = *state;

	visit_get(v, "/holds");
	response_header(&v->rs, "X-Name", SPAN("a\r\nSet-Cookie: b=1"));
	assert_no_header(v, "X-Name");
	assert_no_header(v, "Set-Cookie");
}

static int
database_was_lost(struct request *rq, int status)
{
	(void)rq, (void)status;
	return 503;
}

static void
what_was_made_without_a_database_is_not_shown(void **state)
{
	struct visit *v = *state;

	v->router.after = database_was_lost;
	assert_int_equal(visit_get(v, "/cookie"), 503);
	assert_no_header(v, "Set-Cookie");
	assert_page_says(v, "Very busy");
	assert_int_equal(visit_get(v, "/nothing/here"), 404);
}

static void
a_strange_request_id_is_replaced(void **state)
{
	static const char *const ids[] = { "", "short\"><b>", "ABC",
		"01234567890123456789012345678901234567890123456789012345678901234" };
	struct visit *v = *state;

	for (size_t i = 0; i < ARRAY_LEN(ids); i++) {
		visit_begin(v, "GET", "/nothing/here");
		v->variables[2].value = ids[i];
		assert_int_equal(visit_go(v), 404);
		assert_int_equal(v->rq.id.n, 32);
	}
}

static void
a_table_with_a_hole_is_refused_at_start(void **state)
{
	static const struct {
		struct route row;
		bool sound;
	} cases[] = {
		{ { METHOD_GET, "/a/{b}.pdf", say, CACHED, 0, LANE_PUBLIC, "" }, true },
		{ { METHOD_POST, "/a", say, PRIVATE | SAME_SITE | WITH_FORM, 1, LANE_PUBLIC, "" }, true },
		{ { METHOD_POST, "/a", say, MACHINE, 1, LANE_PUBLIC, "" }, true },
		{ { METHOD_POST, "/a", say, PRIVATE, 1, LANE_PUBLIC, "" }, false },
		{ { METHOD_POST, "/a", say, CACHED | SAME_SITE, 1, LANE_PUBLIC, "" }, false },
		{ { METHOD_POST, "/a", say, PRIVATE | SAME_SITE | WITH_FORM, 0, LANE_PUBLIC, "" }, false },
		{ { METHOD_GET, "/a", say, CACHED | PRIVATE, 0, LANE_PUBLIC, "" }, false },
		{ { METHOD_GET, "/a", say, 0, 0, LANE_PUBLIC, "" }, false },
		{ { METHOD_GET, "a", say, PRIVATE, 0, LANE_PUBLIC, "" }, false },
		{ { METHOD_GET, "/a/", say, PRIVATE, 0, LANE_PUBLIC, "" }, false },
		{ { METHOD_GET, "/a//b", say, PRIVATE, 0, LANE_PUBLIC, "" }, false },
		{ { METHOD_GET, "/{a", say, PRIVATE, 0, LANE_PUBLIC, "" }, false },
		{ { METHOD_GET, "/a}", say, PRIVATE, 0, LANE_PUBLIC, "" }, false },
		{ { METHOD_GET, "/{}", say, PRIVATE, 0, LANE_PUBLIC, "" }, false },
		{ { METHOD_GET, "/{a}{b}", say, PRIVATE, 0, LANE_PUBLIC, "" }, false },
		{ { METHOD_GET, "/{a}/{b}/{c}/{d}/{e}", say, PRIVATE, 0, LANE_PUBLIC, "" }, false },
		{ { METHOD_GET, "/a", NULL, PRIVATE, 0, LANE_PUBLIC, "" }, false },
	};
	const struct route twice[] = { cases[0].row, cases[0].row }, *row;
	struct router r;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		r = (struct router){ .routes = &cases[i].row, .n = 1 };
		assert_int_equal(router_fault(&r, &row) == NULL, cases[i].sound);
	}
	r = (struct router){ .routes = twice, .n = 2 };
	assert_string_equal(router_fault(&r, &row), "the row stands there twice");
	r = (struct router){ .routes = table, .n = ARRAY_LEN(table) };
	assert_null(router_fault(&r, &row));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_site, close_site)
		TEST(the_most_literal_pattern_is_meant),
		TEST(what_is_not_there_is_a_page_with_the_request_id),
		TEST(a_wrong_method_is_told_the_right_ones),
		TEST(head_is_get_without_its_body),
		TEST(a_lane_serves_its_own_routes_only),
		TEST(another_site_cannot_act_here),
		TEST(each_gate_has_its_caching_and_every_page_its_guards),
		TEST(a_cached_page_neither_reads_nor_sets_a_cookie),
		TEST(our_mistakes_become_a_page_and_nothing_half_made_gets_out),
		TEST(a_handlers_own_error_page_stays),
		TEST(who_must_wait_is_told_how_long),
		TEST(redirects_stay_with_us_unless_meant_to_leave),
		TEST(a_header_never_gets_a_line_of_its_value),
		TEST(what_was_made_without_a_database_is_not_shown),
		TEST(a_strange_request_id_is_replaced),
		TEST(a_table_with_a_hole_is_refused_at_start),
	};

	return cmocka_run_group_tests_name("http", tests, NULL, NULL);
}
