/* test_request.c - what clients send, friends and others: decoding, fields, ids, lines, cookies, bodies. */
#include "base/base.h"

#include "t/lib/http_visit.h"

static int handler_runs;

static int
look(struct request *rq, struct response *rs)
{
	handler_runs++;
	if (!(rq->route->gates & CACHED))
		buf_fmt(&rs->body.buf, "[" PRSPAN "]", ARGSPAN(cookie_value(rq, "b")));
	return 200;
}

static int
show_ids(struct request *rq, struct response *rs)
{
	int64_t ids[3], show;
	size_t n;

	handler_runs++;
	if (!path_id(rq, "show", &show) || !form_ids(rq, "seat", ARRAY_LEN(ids), ids, &n))
		return 422;
	for (size_t i = 0; i < n; i++)
		buf_fmt(&rs->body.buf, "%" PRId64 " ", ids[i]);
	return 200;
}

static const struct route table[] = {
	{ METHOD_GET, "/", look, CACHED, 0, LANE_PUBLIC, "" },
	{ METHOD_GET, "/{page}", look, PRIVATE, 0, LANE_PUBLIC, "" },
	{ METHOD_POST, "/shows/{show}/hold", show_ids, PRIVATE | SAME_SITE | WITH_FORM, 4 * KiB, LANE_PUBLIC, "" },
	{ METHOD_POST, "/find", look, PRIVATE | SAME_SITE | WITH_FORM, 4 * KiB, LANE_PUBLIC, "" },
	{ METHOD_POST, "/nothing", look, PRIVATE | SAME_SITE, 0, LANE_PUBLIC, "" },
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
percent_codes_are_decoded_and_broken_ones_stay(void **state)
{
	static const struct {
		const char *in, *path, *form;
	} cases[] = {
		{ "plain", "plain", "plain" }, { "a+b%20c", "a+b c", "a b c" }, { "%41%6a%6A", "Ajj", "Ajj" }, { "100%", "100%", "100%" },
		{ "%4", "%4", "%4" }, { "%zz%4g", "%zz%4g", "%zz%4g" }, { "%%41", "%A", "%A" }, { "%2541", "%41", "%41" }, { "", "", "" },
	};
	struct visit *v = *state;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		assert_true(span_is(percent_decoded(v->arena, span_of(cases[i].in), false), cases[i].path));
		assert_true(span_is(percent_decoded(v->arena, span_of(cases[i].in), true), cases[i].form));
	}
}

static void
broken_text_is_refused_before_any_handler_sees_it(void **state)
{
	static const char *const uris[] = { "/%ff", "/a%00b", "/%c0%af", "/%ed%a0%80", "/?q=%ff", "/?q=a%00", "/?%ff=1",
		"/?a=1&q=%f5%80%80%80", "", "no-slash", "*", "/?a=\x80" };
	struct visit *v = *state;

	handler_runs = 0;
	for (size_t i = 0; i < ARRAY_LEN(uris); i++) {
		assert_int_equal(visit_get(v, uris[i]), 400);
		assert_int_equal(handler_runs, 0);
		assert_page_says(v, "cannot be read");
	}
	assert_int_equal(visit_post(v, "/shows/1/hold", "seat=%fe"), 400);
	assert_page_says(v, "“seat” has characters in it that cannot be read");
	assert_int_equal(visit_get(v, "/?q=%3Cscript%3E%ff"), 400);
	assert_null(strstr(v->rs.body.buf.p, "<script>"));
}

static void
odd_but_whole_queries_are_read(void **state)
{
	struct visit *v = *state;

	assert_int_equal(visit_get(v, "/?q=%2B%2B+%22&&=&x&y=1=2&q=second"), 200);
	assert_true(span_is(query_value(&v->rq, "q"), "++ \""));
	assert_true(span_is(query_value(&v->rq, "x"), ""));
	assert_true(span_is(query_value(&v->rq, "y"), "1=2"));
	assert_true(span_is(query_value(&v->rq, "z"), ""));
	assert_int_equal(v->rq.query.n, 4);
}

static void
more_than_a_hundred_fields_are_refused(void **state)
{
	struct visit *v = *state;
	char form[8 * KiB] = "seat=1";

	for (size_t n = 6, i = 1; i < 1000; i++)
		n += (size_t)snprintf(form + n, sizeof(form) - n, "&seat=1");
	handler_runs = 0;
	assert_int_equal(visit_post(v, "/shows/1/hold", form), 413);
	form[500 * strlen("&seat=1")] = 0;	/* within the body's limit */
	assert_int_equal(visit_post(v, "/shows/1/hold", form), 400);
	assert_page_says(v, "more than 100 fields");
	assert_int_equal(handler_runs, 0);
}

static void
ids_are_whole_positive_and_counted(void **state)
{
	static const char *const wrong[] = { "seat=0", "seat=-1", "seat=1.5", "seat=", "seat=1e3", "seat=%201", "seat=9007199254740993",
		"seat=99999999999999999999999", "seat=0x10", "seat=1&seat=two", "seat=1&seat=2&seat=3&seat=4" };
	struct visit *v = *state;

	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		assert_int_equal(visit_post(v, "/shows/1/hold", wrong[i]), 422);
		assert_page_says(v, "“seat”");
	}
	assert_int_equal(visit_post(v, "/shows/1/hold", "seat=7&other=x&seat=9007199254740992&seat=7"), 200);
	assert_body(v, "7 9007199254740992 7 ");
	assert_int_equal(visit_post(v, "/shows/0/hold", "seat=7"), 422);
	assert_int_equal(visit_post(v, "/shows/1/hold", ""), 200);
}

static void
a_line_is_trimmed_measured_in_characters_and_free_of_controls(void **state)
{
	static const struct {
		const char *form;
		bool good;
	} cases[] = {
		{ "name=+Ana+", true }, { "name=%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9", true }, { "name=abcdef", false }, { "name=++", false },
		{ "", false }, { "name=a%0Ab", false }, { "name=a%7Fb", false }, { "name=a%C2%85b", false }, { "name=%C2%A0a", true },
	};
	struct visit *v = *state;
	struct span line;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		visit_post(v, "/find", cases[i].form);
		assert_int_equal(form_line(&v->rq, "name", 1, 5, &line), cases[i].good);
		assert_int_equal(v->rq.why.n == 0, cases[i].good);
	}
}

static void
cookies_are_found_by_their_whole_name(void **state)
{
	struct visit *v = *state;

	visit_begin(v, "GET", "/cookie");
	visit_with(v, "HTTP_COOKIE", "bb=no; xb=no;b=yes ; b=second");
	assert_int_equal(visit_go(v), 200);
	assert_body(v, "[yes]");
	assert_int_equal(visit_get(v, "/cookie"), 200);
	assert_body(v, "[]");
}

static void
a_body_too_long_cut_or_of_another_kind_is_refused(void **state)
{
	struct visit *v = *state;

	visit_begin(v, "POST", "/shows/1/hold");
	visit_with(v, "CONTENT_TYPE", "multipart/form-data; boundary=x");
	v->body = SPAN("--x");
	assert_int_equal(visit_go(v), 415);
	visit_begin(v, "POST", "/shows/1/hold");
	visit_with(v, "CONTENT_TYPE", "Application/X-WWW-form-urlencoded ; charset=utf-8");
	v->body = SPAN("seat=5");
	assert_int_equal(visit_go(v), 200);
	assert_body(v, "5 ");
	v->body_end = BODY_CUT;
	assert_int_equal(visit_go(v), 400);
	assert_page_says(v, "has arrived");
	assert_int_equal(visit_post(v, "/nothing", "x"), 413);
	assert_page_says(v, "larger than the 0 bytes");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_site, close_site)
		TEST(percent_codes_are_decoded_and_broken_ones_stay),
		TEST(broken_text_is_refused_before_any_handler_sees_it),
		TEST(odd_but_whole_queries_are_read),
		TEST(more_than_a_hundred_fields_are_refused),
		TEST(ids_are_whole_positive_and_counted),
		TEST(a_line_is_trimmed_measured_in_characters_and_free_of_controls),
		TEST(cookies_are_found_by_their_whole_name),
		TEST(a_body_too_long_cut_or_of_another_kind_is_refused),
	};

	return cmocka_run_group_tests_name("request", tests, NULL, NULL);
}
