/*
 * test_bad_input.c - whatever is sent: the answer is a page that says what was wrong, the database is as before, no worker is lost, and
 * no log has what was typed. test_strangers.c is about who sends it.
 */
#include "base/base.h"

#include <setjmp.h>
#include <unistd.h>

#include <cmocka.h>

#include "t/lib/house.h"
#include "t/lib/logs.h"
#include "t/lib/operators.h"

#define TEN_MILLION 10000000
#define EVIL "evil.example"
#define NOTHING "fits what you asked for"

static struct house h;

#define TEXT(...) (arena_fmt(h.stack.arena, __VA_ARGS__).p)

static int
open_house(void **state)
{
	*state = &h;
	house_open(&h);
	return 0;
}

static int
close_house(void **state)
{
	(void)state;
	stack_close(&h.stack);
	return 0;
}

static int64_t
seat(int64_t of_show, int nth)
{
	return buyer_seat(&h.stack, of_show, nth);
}

static const char *
hold_form(void)
{
	return TEXT("/shows/%" PRId64 "/hold", h.show);
}

/* "seat=1&seat=2&…": n ids from `first` on, or the same one n times. */
static const char *
many_seats(int64_t first, int n, int step)
{
	struct buf b;

	buf_init(&b, h.stack.arena, 64 * KiB);
	for (int i = 0; i < n; i++)
		buf_fmt(&b, "%sseat=%" PRId64, i ? "&" : "", first + i * step);
	return b.p;
}

static struct span
ten_million_bytes(void)
{
	char *p = arena_alloc(h.stack.arena, TEN_MILLION);

	memset(p, 'a', TEN_MILLION);
	return (struct span){ p, TEN_MILLION };
}

/* -- taking seats ------------------------------------------------------------------------------------------------------------- */

static void
seats_that_this_hall_does_not_have_are_refused(void **state)
{
	const struct input list[] = {
		{ "seat=999999", 400, "not in the hall of this show" },
		{ TEXT("seat=%" PRId64, seat(h.far_show, 0)), 400, "not in the hall of this show" },
		{ TEXT("seat=%" PRId64 "&seat=%" PRId64, seat(h.show, 20), seat(h.far_show, 0)), 400, "not in the hall of this show" },
		{ TEXT("seat=%" PRId64 "&seat=999999", seat(h.show, 20)), 400, "not in the hall of this show" },
		{ TEXT("seat=%" PRId64, seat(h.show, 20) + ((int64_t)1 << 32)), 400, "not in the hall of this show" },
		{ "seat=9007199254740992", 400, "not in the hall of this show" },
	};

	(void)state;
	assert_forms_refused(h.nobody, hold_form(), list, ARRAY_LEN(list));
	assert_forms_refused(h.ann, TEXT("%s/seats", h.hold), list, ARRAY_LEN(list));
}

static void
none_too_many_or_repeated_seats_are_refused(void **state)
{
	const struct input list[] = {
		{ "", 422, "No seat was chosen" },
		{ "colour=red", 422, "No seat was chosen" },
		{ TEXT("seat=%" PRId64 "&seat=%" PRId64, seat(h.show, 20), seat(h.show, 20)), 400, "asked for twice" },
		{ many_seats(seat(h.show, 20), 9, 1), 422, "8 seats are the most" },
		{ many_seats(seat(h.show, 0), 100, 1), 422, "8 seats are the most" },
		{ many_seats(1, 1000, 1), 400, "more than 100 fields" },
		{ many_seats(seat(h.show, 20), 500, 0), 400, "more than 100 fields" },
		{ many_seats(seat(h.show, 20), 50, 0), 400, "asked for twice" },
	};

	(void)state;
	assert_forms_refused(h.nobody, hold_form(), list, ARRAY_LEN(list));
	assert_forms_refused(h.ann, TEXT("%s/seats", h.hold), list, ARRAY_LEN(list));
}

static void
seats_that_are_no_numbers_are_refused(void **state)
{
	static const char *const wrong[] = { "seat=", "seat=0", "seat=-1", "seat=1x", "seat=+1", "seat=0x10", "seat=1e3", "seat=1.5",
		"seat=99999999999999999999", "seat=9223372036854775808", "seat=1%0a", "seat=1;2", "seat=1+OR+1%3D1", "seat=%F0%9F%92%BA" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		const struct input one = { wrong[i], 400, "not a number" };

		assert_forms_refused(h.nobody, hold_form(), &one, 1);
		assert_forms_refused(h.ann, TEXT("%s/seats", h.hold), &one, 1);
	}
}

static void
best_available_takes_sane_numbers_only(void **state)
{
	int64_t far_section = stack_number(&h.stack, "SELECT section_id FROM show_seats WHERE show_id = %" PRId64, h.far_show);
	const struct input list[] = {
		{ "best=", 400, "is missing" }, { "best=0", 400, "not a number" }, { "best=-2", 400, "not a number" },
		{ "best=two", 400, "not a number" }, { "best=1001", 400, "not a number" }, { "best=99999999999999999999", 400, "not a number" },
		{ "best=9", 422, "8 seats are the most" }, { "best=1000", 422, "8 seats are the most" },
		{ "best=2&section=77777", 400, "no such section" }, { "best=2&section=-1", 400, "not a number" },
		{ "best=2&section=4294967297", 400, "not a number" }, { "best=2&section=all", 400, "not a number" },
		{ TEXT("best=2&section=%" PRId64, far_section), 400, "no such section" },
	};

	(void)state;
	assert_forms_refused(h.nobody, hold_form(), list, ARRAY_LEN(list));
}

static void
shows_that_do_not_exist_are_not_found(void **state)
{
	static const char *const shows[] = { "0", "-1", "77777", "1x", "+1", "01x", "4294967297", "9007199254740992",
		"9007199254740993", "99999999999999999999", "%20", "1%20" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(shows); i++) {
		assert_refused(visitor_post(h.nobody, TEXT("/shows/%s/hold", shows[i]), "seat=1"), shows[i], 404, "find that page");
		assert_refused(visitor_get(h.nobody, TEXT("/shows/%s", shows[i])), shows[i], 404, "find that page");
		assert_refused(visitor_get(h.nobody, TEXT("/shows/%s/seats", shows[i])), shows[i], 404, "find that page");
		assert_refused(visitor_get(h.nobody, TEXT("/shows/%s/all", shows[i])), shows[i], 404, "find that page");
	}
}

static void
a_hold_is_not_changed_into_nonsense(void **state)
{
	const struct input prices[] = {
		{ "", 400, "One of these prices" }, { "type=", 400, "One of these prices" }, { "type=1", 400, "One of these prices" },
		{ "type=1:99", 400, "One of these prices" }, { "type=1:-1", 400, "One of these prices" },
		{ "type=999999:0", 400, "One of these prices" }, { "type=x:y", 400, "One of these prices" },
	};
	const struct input pay[] = {
		{ "", 422, "Please check this" },
		{ "email=nobody&name=Ann", 422, "Please check this" },
		{ "email=a%40b.example%0d%0aBcc%3A+c%40d.example&name=Ann", 422, "Please check this" },
		{ "email=a%40b.example&name=", 422, "Please tell us a name" },
		{ "email=a%40b.example&name=A%1bB", 422, "Please tell us a name" },
		{ "email=a%40b.example&name=Ann&provider=nobody", 422, "choose a way to pay" },
		{ TEXT("email=a%%40b.example&name=%0200d", 0), 422, "Please tell us a name" },
		{ TEXT("email=%0300d%%40b.example&name=Ann", 0), 422, "Please check this" },
		{ "email=a%40b.example&name=%ff", 400, "cannot be read" },
	};
	const struct input remove[] = {
		{ "", 400, "is missing" }, { "seat=", 400, "is missing" }, { "seat=x", 400, "not a number" }, { "seat=-4", 400, "not a number" },
		{ "seat=99999999999999999999", 400, "not a number" },
	};

	(void)state;
	assert_forms_refused(h.ann, TEXT("%s/prices", h.hold), prices, ARRAY_LEN(prices));
	assert_forms_refused(h.ann, TEXT("%s/remove", h.hold), remove, ARRAY_LEN(remove));
	assert_int_equal(visitor_post(h.ann, TEXT("%s/remove", h.hold), "seat=999999").status, 303);
	assert_forms_refused(h.ann, TEXT("%s/pay", h.hold), pay, ARRAY_LEN(pay));
}

/* -- bytes ---------------------------------------------------------------------------------------------------------------------- */

static void
broken_utf8_and_nul_are_refused_in_path_query_and_form(void **state)
{
	static const struct input pages[] = {
		{ "/%ff", 400, "" }, { "/shows/%c3%28", 400, "" }, { "/events/%ed%a0%80", 400, "" }, { "/holds/%ff", 400, "" },
		{ "/bookings/%f8%88%80%80%80", 400, "" }, { "/pay/return/%c0%af", 400, "" }, { "/%00", 400, "" },
		{ "/shows/1%00", 400, "" }, { "/holds/%00", 400, "" },
		{ "/testford?q=%ff", 400, "cannot be read" }, { "/testford?q=%00", 400, "cannot be read" },
		{ "/testford?date=%c0%80", 400, "cannot be read" }, { "/testford?genre=a%00b", 400, "cannot be read" },
		{ "/holds?%ff=1", 400, "cannot be read" }, { "/bookings/find?a=%ff", 400, "cannot be read" },
	};
	const struct input forms[] = {
		{ "seat=%ff", 400, "cannot be read" }, { "seat=1%00", 400, "cannot be read" }, { "%ff=1", 400, "The form has characters" },
		{ "seat\xff=1", 400, "The form has characters" }, { TEXT("seat=%" PRId64 "&x=%%c0%%80", seat(h.show, 20)), 400, "cannot be read" },
	};

	(void)state;
	assert_pages_refused(h.nobody, pages, ARRAY_LEN(pages));
	assert_forms_refused(h.nobody, hold_form(), forms, ARRAY_LEN(forms));
	assert_refused(visitor_send(h.nobody, "POST", hold_form(), SPAN("seat=1\0&seat=2"), "application/x-www-form-urlencoded"), "NUL",
	    400, "cannot be read");
	assert_refused(house_wire(&h, SPAN("GET /\x01 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")), "control byte in the path", 400, "");
	assert_refused(house_wire(&h, SPAN("GET / HTTP/1.1\r\nHost: a\r\nX: \0\r\nConnection: close\r\n\r\n")), "NUL in a header", 400, "");
}

static void
bodies_that_are_too_big_are_refused(void **state)
{
	const char *const paths[] = { hold_form(), "/", "/testford", "/holds", "/bookings/find", "/static/robots.txt",
		TEXT("%s/pay", h.hold), TEXT("%s/seats", h.hold), h.booking, h.came_back, "/metrics" };
	struct span body = ten_million_bytes();

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(paths); i++)
		assert_refused(visitor_send(h.ann, "POST", paths[i], body, "application/x-www-form-urlencoded"), "ten million bytes", 413,
		    "too much at once");
	assert_int_equal(visitor_send(h.ann, "POST", "/webhooks/stripe", body, "application/json").status, 413);
	body.n = 20000;
	assert_refused(visitor_send(h.ann, "POST", hold_form(), body, "application/x-www-form-urlencoded"), "20,000 bytes", 413, "16384 bytes");
	assert_refused(visitor_send(h.ann, "POST", "/bookings/find", body, "application/x-www-form-urlencoded"), "20,000 bytes", 413,
	    "4096 bytes");
	assert_int_equal(visitor_send(h.ann, "GET", "/holds", body, NULL).status, 200);	/* a body that nobody asked for is not looked at */
}

static void
bodies_of_another_kind_are_refused(void **state)
{
	const char *form = TEXT("seat=%" PRId64, seat(h.show, 20));
	struct visitor *v = visitor_new(&h.stack);

	(void)state;
	assert_refused(visitor_send(v, "POST", hold_form(), SPAN("{\"seat\":1}"), "application/json"), "JSON", 415, "shape we do not read");
	assert_refused(visitor_send(v, "POST", hold_form(), span_of(form), "text/plain"), "text", 415, "shape we do not read");
	assert_refused(visitor_send(v, "POST", hold_form(), SPAN("--b\r\nContent-Disposition: form-data; name=\"seat\"\r\n\r\n21\r\n--b--\r\n"),
	    "multipart/form-data; boundary=b"), "multipart", 415, "shape we do not read");
	visitor_says(v, "Content-Type:");
	assert_refused(visitor_send(v, "POST", hold_form(), span_of(form), NULL), "no type", 415, "shape we do not read");
	visitor_free(v);
	v = visitor_new(&h.stack);
	visitor_says(v, "Transfer-Encoding: chunked");
	assert_refused(visitor_post(v, hold_form(), "seat=999999"), "chunks", 400, "not in the hall of this show");
	assert_refused(visitor_send(v, "POST", hold_form(), ten_million_bytes(), "application/x-www-form-urlencoded"), "chunks", 413,
	    "too much at once");
	visitor_free(v);
}

/* -- methods and addresses ----------------------------------------------------------------------------------------------------- */

static void
other_methods_are_refused(void **state)
{
	static const char *const methods[] = { "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "PROPFIND", "BREW", "X-Y_Z" };
	const char *const getters[] = { "/", "/testford", "/holds", h.hold, h.booking, h.came_back, TEXT("%s.ics", h.booking) };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(methods); i++)
		for (size_t k = 0; k < ARRAY_LEN(getters); k++) {
			struct page p = visitor_send(h.ann, methods[i], getters[k], SPAN("a=b"), "application/x-www-form-urlencoded");

			assert_refused(p, methods[i], 405, "does not work that way");
			assert_true(span_is(page_header(p, "Allow"), "GET, HEAD"));
		}
	for (size_t i = 1; i < ARRAY_LEN(methods); i++)
		assert_refused(visitor_send(h.ann, methods[i], TEXT("%s/release", h.hold), SPAN_NONE, NULL), methods[i], 405, "does not work");
	assert_refused(visitor_get(h.ann, TEXT("%s/release", h.hold)), "GET of an act", 405, "does not work that way");
	assert_refused(visitor_get(h.ann, hold_form()), "GET of an act", 405, "does not work that way");
	assert_int_equal(visitor_send(h.ann, "HEAD", TEXT("%s/release", h.hold), SPAN_NONE, NULL).status, 405);
	assert_int_equal(visitor_get(h.nobody, "/webhooks/stripe").status, 405);
	assert_refused(visitor_send(h.nobody, "TRACE", "/", SPAN_NONE, NULL), "TRACE", 405, "does not work that way");
	assert_refused(visitor_send(h.nobody, "CONNECT", "/", SPAN_NONE, NULL), "CONNECT", 405, "does not work that way");
	assert_refused(visitor_post(h.nobody, "/static/400.html", "a=b"), "a form for a file", 405, "does not work that way");
	assert_refused(house_wire(&h, SPAN("CONNECT " EVIL ":80 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")), "CONNECT", 400, "");
	assert_refused(house_wire(&h, SPAN("get / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")), "get", 400, "did not understand");
}

static void
what_is_no_http_gets_a_page_too(void **state)
{
	static const struct {
		struct span sent;
		int status;
	} list[] = {
		{ { "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 15 }, 400 },
		{ { "GET / HTTP/9.9\r\nHost: a\r\n\r\n", 27 }, 505 },
		{ { "GET / HTTP/1.1\r\n\r\n", 18 }, 400 },
		{ { "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 36 }, 400 },
		{ { "GET /holds HTTP/1.1\r\nHost: a\r\nContent-Length: -4\r\n\r\n", 52 }, 400 },
		{ { "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 80 }, 400 },
		{ { "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n", 53 }, 501 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(list); i++)
		assert_refused(house_wire(&h, list[i].sent), list[i].sent.p, list[i].status, "did not understand");
}

static void
very_long_addresses_and_headers_are_refused(void **state)
{
	struct visitor *v = visitor_new(&h.stack);
	const char *many = many_seats(1, 101, 1);

	(void)state;
	assert_refused(visitor_get(v, TEXT("/testford?q=%07000d", 0)), "a long search", 400, "too long");
	assert_refused(visitor_get(v, TEXT("/testford?q=%081d", 0)), "81 letters", 400, "too long");
	assert_refused(visitor_get(v, TEXT("/testford?genre=%041d", 0)), "41 letters", 400, "too long");
	assert_refused(visitor_get(v, TEXT("/testford?q=%09000d", 0)), "a longer search", 414, "too long");
	assert_refused(visitor_get(v, TEXT("/%07000d", 0)), "a long path", 404, "find that page");
	assert_refused(visitor_get(v, TEXT("/holds/%07000d", 0)), "a long token", 404, "find that page");
	assert_refused(visitor_get(v, TEXT("/holds?%s", many)), "101 parameters", 400, "more than 100 fields");
	assert_int_equal(visitor_get(v, TEXT("/testford?%s", many)).status, 200);	/* none of them is known there: they are not looked at */
	visitor_says(v, TEXT("X-Long: %040000d", 0));
	assert_refused(visitor_get(v, "/"), "a long header", 400, "did not understand");
	visitor_free(v);
}

static void
paths_that_climb_out_find_nothing(void **state)
{
	static const struct input pages[] = {
		{ "/static/", 404, "find that page" }, { "/static/posters", 404, "find that page" }, { "/static/posters/", 404, "find that page" },
		{ "/static/../holds", 404, "find that page" }, { "/static/nothing.css", 404, "find that page" },
		{ "/static/..%2f..%2fsecrets/token_key", 400, "" }, { "/static/../../../../etc/passwd", 400, "" },
		{ "/static/%2e%2e/%2e%2e/etc/passwd", 400, "" }, { "/static/....//....//etc/passwd", 404, "find that page" },
		{ "/static/..%5c..%5cetc/passwd", 404, "find that page" }, { "//" EVIL, 404, "find that page" },
		{ "//" EVIL "/static/posters", 404, "find that page" }, { "/.git/config", 404, "find that page" },
		{ "/shows/1/hold/", 404, "find that page" }, { "/holds/", 404, "find that page" }, { "/bookings/", 404, "find that page" },
		{ "/pay/return/", 404, "find that page" }, { "/testford/", 404, "find that page" },
		{ "/metrics", 404, "find that page" }, { "/healthz", 404, "find that page" }, { "/readyz", 404, "find that page" },
		{ "/metrics/", 404, "find that page" }, { "//metrics", 404, "find that page" }, { "/%6detrics", 404, "find that page" },
		{ "/static/../metrics", 404, "find that page" }, { "/staff/../metrics", 404, "find that page" },
		{ "/staff", 404, "find that page" }, { "/staff/metrics", 404, "find that page" }, { "/v1/shows", 404, "find that page" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(pages); i++) {
		struct page p = visitor_get(h.nobody, pages[i].sent);

		assert_refused(p, pages[i].sent, pages[i].status, pages[i].says);
		assert_int_equal(p.location.n, 0);
		assert_false(page_has(p, "root:"));
	}
}

static void
line_breaks_in_values_do_not_become_headers(void **state)
{
	static const char *const paths[] = { "/testford?q=%0d%0aSet-Cookie:%20evil=1", "/%0d%0aSet-Cookie:%20evil=1",
		"/holds/x%0d%0aSet-Cookie:%20evil=1",
		"/events/%0d%0aSet-Cookie:%20evil=1?city=%0d%0aSet-Cookie:%20evil=1", "/pay/return/%0d%0aSet-Cookie:%20evil=1",
		"/static/%0d%0aSet-Cookie:%20evil=1", "/testford?date=%0d%0aSet-Cookie:%20evil=1", "/shows/%0d%0atime=forged" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
		struct page p = visitor_get(h.ann, paths[i]);

		if (p.status < 400 || p.status > 499)
			assert_true(i == 0 && p.status == 200);		/* a search for the letters in it is a search */
		assert_int_equal(page_header(p, "Set-Cookie").n, 0);
		assert_null(memmem(p.head.p, p.head.n, "evil", 4));
	}
	assert_refused(visitor_post(h.nobody, "/bookings/find", "reference=ABC&email=a%40b.example%0d%0aBcc:+c%40d.example"), "Bcc", 422,
	    "Please check this");
}

/* -- searching -------------------------------------------------------------------------------------------------------------------- */

static void
a_search_without_a_word_is_refused_and_says_so(void **state)
{
	static const char *const words[] = { "%2B%2B+%22", "%25", "_", "%5C", "%27", "%3B--", "%28%29", "%2A", "%40%40", "%C2%A0%21" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		assert_refused(visitor_get(h.nobody, TEXT("/testford?q=%s", words[i])), words[i], 400, "nothing to search for");
}

static void
any_other_search_is_only_a_search(void **state)
{
	const char *day = stack_text(&h.stack, "SELECT MIN(w.local_date) FROM shows w JOIN events e ON e.event_id = w.event_id WHERE e.slug = 'hundred'");
	static const char *const finds[] = { "proof", "PROOF", "%2Bproof*", "%22proof%22", "-proof", "proof+%28", "%3Cproof%3E", "~proof",
		"100%25", "pro%25", "proof%5C", "1" };
	static const char *const misses[] = { "x%27+OR+1%3D1+--+", "%25quizzical%25", "q_izzical", "%F0%9F%98%80quizzical", "%25roof", "_roof",
		"a+b+c+d+e+f+g+h+i+j+k", "%3Cscript%3Ealert%281%29%3C%2Fscript%3E" };

	(void)state;
	logs_never(&h.stack, "quizzical");
	day = CSTR(h.stack.arena, span_trim(span_of(day)));
	for (size_t i = 0; i < ARRAY_LEN(finds); i++) {
		struct page p = visitor_get(h.nobody, TEXT("/testford?date=%s&q=%s", day, finds[i]));

		if (p.status != 200 || page_has(p, NOTHING))
			fprintf(stderr, "%s: %d\n", finds[i], p.status);
		assert_int_equal(p.status, 200);
		assert_true(page_has(p, "100% _ \\ Proof"));
		assert_false(page_has(p, NOTHING));
	}
	for (size_t i = 0; i < ARRAY_LEN(misses); i++) {
		struct page p = visitor_get(h.nobody, TEXT("/testford?date=%s&q=%s", day, misses[i]));

		if (p.status != 200 || !page_has(p, NOTHING))
			fprintf(stderr, "%s: %d\n", misses[i], p.status);
		assert_int_equal(p.status, 200);
		assert_true(page_has(p, NOTHING));
		assert_false(page_has(p, "<script>alert"));
	}
}

static void
filters_that_are_none_are_refused(void **state)
{
	static const struct input pages[] = {
		{ "/testford?date=yesterday", 400, "not a day we can read" }, { "/testford?date=2026-02-30", 400, "not a day we can read" },
		{ "/testford?date=2026-13-01", 400, "not a day we can read" }, { "/testford?date=20261121", 400, "not a day we can read" },
		{ "/testford?date=99999-01-01", 400, "not a day we can read" }, { "/testford?date=0001-01-01", 400, "not a day we can read" },
		{ "/testford?date=-001-01-01", 400, "not a day we can read" },
		{ "/testford?time=noon", 400, "no time of day" }, { "/events/ox?city=atlantis", 400, "no city called" },
		{ "/events/ox?date=x", 400, "not a day we can read" }, { "/events/nothing", 404, "find that page" },
		{ "/atlantis", 404, "find that page" },
	};

	(void)state;
	assert_pages_refused(h.nobody, pages, ARRAY_LEN(pages));
	assert_int_equal(visitor_get(h.nobody, "/testford?genre=%27&language=%25").status, 200);
	assert_int_equal(visitor_get(h.nobody, "/testford?date=1999-12-31").status, 200);
	assert_int_equal(visitor_get(h.nobody, "/testford?date=9999-12-31").status, 200);
}

/* -- and then ----------------------------------------------------------------------------------------------------------------------- */

static int
lines(const char *name)
{
	return logs_lines(&h.stack, name, "", NULL);
}

static void
no_log_has_a_token_a_secret_or_what_was_typed(void **state)
{
	(void)state;
	assert_true(logs_remembered() > 6);
	assert_true(logs_clean(&h.stack));
	assert_true(logs_lines(&h.stack, "foyer-access.log", "path=\"/holds/(token)/pay\"", NULL) > 0);
	assert_true(logs_lines(&h.stack, "foyer-access.log", "path=\"/pay/return/(token)\"", NULL) > 0);
	assert_true(logs_lines(&h.stack, "foyerd.log", "route=\"/holds/{token}/pay\"", NULL) > 0);
}

static void
the_logs_have_one_whole_line_an_event_and_no_mistake_of_ours(void **state)
{
	(void)state;
	assert_true(lines("foyer-access.log") > 150);
	assert_int_equal(logs_lines(&h.stack, "foyer-access.log", "time=2", " agent=\""), lines("foyer-access.log"));
	assert_int_equal(logs_lines(&h.stack, "foyerd.log", " foyerd[", "Z "), lines("foyerd.log"));
	assert_int_equal(logs_lines(&h.stack, "foyerd.log", "Z error ", NULL), 0);
	assert_int_equal(logs_lines(&h.stack, "foyerd.log", " BUG ", NULL), 0);
	assert_int_equal(lines("foyer-error.log"), 0);
	assert_int_equal(stack_audit(&h.stack), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, house_before_test, house_after_test)
		T(seats_that_this_hall_does_not_have_are_refused), T(none_too_many_or_repeated_seats_are_refused),
		T(seats_that_are_no_numbers_are_refused), T(best_available_takes_sane_numbers_only),
		T(shows_that_do_not_exist_are_not_found), T(a_hold_is_not_changed_into_nonsense),
		T(broken_utf8_and_nul_are_refused_in_path_query_and_form), T(bodies_that_are_too_big_are_refused),
		T(bodies_of_another_kind_are_refused), T(other_methods_are_refused), T(what_is_no_http_gets_a_page_too),
		T(very_long_addresses_and_headers_are_refused), T(paths_that_climb_out_find_nothing),
		T(line_breaks_in_values_do_not_become_headers), T(a_search_without_a_word_is_refused_and_says_so),
		T(any_other_search_is_only_a_search), T(filters_that_are_none_are_refused),
		T(no_log_has_a_token_a_secret_or_what_was_typed),
		T(the_logs_have_one_whole_line_an_event_and_no_mistake_of_ours),
	};

	return cmocka_run_group_tests(tests, open_house, close_house);
}
