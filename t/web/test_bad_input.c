/*
 * test_bad_input.c - whatever is sent, and whoever sends it: the answer is a page that says what was wrong, the database is as before,
 * no worker is lost, and no log has what was typed. Each test ends with these checks; the last one searches all logs.
 */
#include "base/base.h"

#include <arpa/inet.h>
#include <setjmp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "t/lib/buyer.h"
#include "t/lib/logs.h"
#include "t/lib/operators.h"

#define TEN_MILLION 10000000
#define EVIL "evil.example"

struct input {
	const char *sent;
	int status;
	const char *says;
};

static struct stack stack;
static struct visitor *ann, *bob, *nobody;
static int64_t show, quick_show, far_show;
static const char *hold_path, *booking, *came_back;	/* of ann's: "/holds/…", "/bookings/…", "/pay/return/…" */
static const char *bobs_hold;
static const char *before;				/* the whole database, as checksums */

#define TEXT(...) (arena_fmt(stack.arena, __VA_ARGS__).p)

/* -- the scene ------------------------------------------------------------------------------------------------------------- */

static const char *
database(void)
{
	struct span tables = span_of(stack_text(&stack, "SELECT GROUP_CONCAT(TABLE_NAME) FROM information_schema.TABLES "
	    "WHERE TABLE_SCHEMA = DATABASE()"));

	return stack_text(&stack, "CHECKSUM TABLE " PRSPAN, ARGSPAN(span_trim(tables)));
}

static int64_t
seat(int64_t of_show, int nth)
{
	return buyer_seat(&stack, of_show, nth);
}

static void
ann_buys_and_holds(void)
{
	const char *bought = buyer_takes(ann, show, 0, 2);
	struct page paid = buyer_at_provider(ann, buyer_pay(ann, bought), "pay");

	came_back = strstr(CSTR(stack.arena, paid.location), "/pay/return/");
	assert_non_null(came_back);
	buyer_lands(ann, paid);
	assert_true(stack_until(&stack, 10, 1, "SELECT COUNT(*) FROM bookings WHERE state = 'confirmed'"));
	booking = CSTR(stack.arena, visitor_get(ann, bought).location);
	assert_true(span_starts(span_of(booking), "/bookings/"));
	hold_path = buyer_takes(ann, show, 4, 2);
}

static int
open_stack(void **state)
{
	(void)state;
	stack_open(&stack, "t/data/two-halls.programme", "", "");
	show = stack_number(&stack, "SELECT MIN(show_id) FROM show_sales");
	quick_show = show + 1;
	far_show = stack_number(&stack, "SELECT show_id FROM show_sales WHERE currency = 'USD'");
	ann = visitor_new(&stack);
	bob = visitor_new(&stack);
	nobody = visitor_new(&stack);
	ann_buys_and_holds();
	bobs_hold = buyer_takes(bob, show, 10, 1);
	logs_never(&stack, "ann@example.org");
	logs_never(&stack, "Ann Example");
	sleep(1);		/* the provider's webhook has come */
	return 0;
}

static int
close_stack(void **state)
{
	(void)state;
	stack_close(&stack);
	return 0;
}

static int
look(void **state)
{
	(void)state;
	before = database();
	return 0;
}

static int
look_again(void **state)
{
	int64_t lost = workers_lost(&stack);

	(void)state;
	if (strcmp(before, database()) != 0)
		fprintf(stderr, "the database has changed:\n%s%s", before, database());
	if (lost)
		fprintf(stderr, "workers lost: %" PRId64 "\n", lost);
	return strcmp(before, database()) != 0 || lost;
}

/* -- what a refusal looks like ------------------------------------------------------------------------------------------------ */

static void
assert_refused(struct page p, const char *sent, int status, const char *says)
{
	if (p.status != status || !page_has(p, says))
		fprintf(stderr, "%.100s: %d where %d \"%s\" is wanted: " PRSPAN "\n", sent, p.status, status, says,
		    ARGSPAN(page_between(p, "<h1>", "</main>")));
	assert_int_equal(p.status, status);
	assert_true(page_has(p, says));
	assert_true(span_starts(p.type, "text/html"));
	assert_true(page_has(p, "<h1>"));
	assert_false(page_has(p, "nginx"));
	assert_int_equal(page_header(p, "Set-Cookie").n, 0);
	assert_false(span_starts(page_header(p, "Cache-Control"), "public"));
}

static void
assert_forms_refused(struct visitor *v, const char *path, const struct input *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		assert_refused(visitor_post(v, path, list[i].sent), list[i].sent, list[i].status, list[i].says);
}

static void
assert_pages_refused(struct visitor *v, const struct input *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		assert_refused(visitor_get(v, list[i].sent), list[i].sent, list[i].status, list[i].says);
}

static const char *
hold_form(void)
{
	return TEXT("/shows/%" PRId64 "/hold", show);
}

/* "seat=1&seat=2&…": n ids from `first` on, or the same one n times. */
static const char *
many_seats(int64_t first, int n, int step)
{
	struct buf b;

	buf_init(&b, stack.arena, 64 * KiB);
	for (int i = 0; i < n; i++)
		buf_fmt(&b, "%sseat=%" PRId64, i ? "&" : "", first + i * step);
	return b.p;
}

static struct span
ten_million_bytes(void)
{
	char *p = arena_alloc(stack.arena, TEN_MILLION);

	memset(p, 'a', TEN_MILLION);
	return (struct span){ p, TEN_MILLION };
}

/* One request as it is written here, byte for byte: what libcurl would not send. It must ask for the connection to be closed. */
static struct page
wire(struct span request)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons((uint16_t)stack.port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct timeval patience = { .tv_sec = 10 };
	struct page p = { .head = SPAN_NONE, .location = SPAN_NONE, .type = SPAN_NONE };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	char piece[4096];
	struct buf b;
	ssize_t n;
	int64_t status;
	const char *end;

	assert_true(fd >= 0 && connect(fd, (struct sockaddr *)&at, sizeof(at)) == 0);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	assert_int_equal(send(fd, request.p, request.n, MSG_NOSIGNAL), request.n);
	buf_init(&b, stack.arena, 1 * MiB);
	while ((n = recv(fd, piece, sizeof(piece), 0)) > 0)
		buf_bytes(&b, piece, (size_t)n);
	close(fd);
	p.body = buf_view(&b);
	end = memmem(b.p, b.n, "\r\n\r\n", 4);
	if (b.n < 12 || !end || !span_int((struct span){ b.p + 9, 3 }, 100, 599, &status))
		return p;
	p.status = (int)status;
	p.head = (struct span){ b.p, (size_t)(end + 2 - b.p) };
	p.body = (struct span){ end + 4, (size_t)(b.p + b.n - end - 4) };
	p.type = page_header(p, "Content-Type");
	p.location = page_header(p, "Location");
	return p;
}

/* -- taking seats ------------------------------------------------------------------------------------------------------------- */

static void
seats_that_this_hall_does_not_have_are_refused(void **state)
{
	const struct input list[] = {
		{ "seat=999999", 400, "not in the hall of this show" },
		{ TEXT("seat=%" PRId64, seat(far_show, 0)), 400, "not in the hall of this show" },
		{ TEXT("seat=%" PRId64 "&seat=%" PRId64, seat(show, 20), seat(far_show, 0)), 400, "not in the hall of this show" },
		{ TEXT("seat=%" PRId64 "&seat=999999", seat(show, 20)), 400, "not in the hall of this show" },
		{ TEXT("seat=%" PRId64, seat(show, 20) + ((int64_t)1 << 32)), 400, "not in the hall of this show" },
		{ "seat=9007199254740992", 400, "not in the hall of this show" },
	};

	(void)state;
	assert_forms_refused(nobody, hold_form(), list, ARRAY_LEN(list));
	assert_forms_refused(ann, TEXT("%s/seats", hold_path), list, ARRAY_LEN(list));
}

static void
none_too_many_or_repeated_seats_are_refused(void **state)
{
	const struct input list[] = {
		{ "", 422, "No seat was chosen" },
		{ "colour=red", 422, "No seat was chosen" },
		{ TEXT("seat=%" PRId64 "&seat=%" PRId64, seat(show, 20), seat(show, 20)), 400, "asked for twice" },
		{ many_seats(seat(show, 20), 9, 1), 422, "8 seats are the most" },
		{ many_seats(seat(show, 0), 100, 1), 422, "8 seats are the most" },
		{ many_seats(1, 1000, 1), 400, "more than 100 fields" },
		{ many_seats(seat(show, 20), 500, 0), 400, "more than 100 fields" },
		{ many_seats(seat(show, 20), 50, 0), 400, "asked for twice" },
	};

	(void)state;
	assert_forms_refused(nobody, hold_form(), list, ARRAY_LEN(list));
	assert_forms_refused(ann, TEXT("%s/seats", hold_path), list, ARRAY_LEN(list));
}

static void
seats_that_are_no_numbers_are_refused(void **state)
{
	static const char *const wrong[] = { "seat=", "seat=0", "seat=-1", "seat=1x", "seat=+1", "seat=0x10", "seat=1e3", "seat=1.5",
		"seat=99999999999999999999", "seat=9223372036854775808", "seat=1%0a", "seat=1;2", "seat=1+OR+1%3D1", "seat=%F0%9F%92%BA" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		const struct input one = { wrong[i], 400, "not a number" };

		assert_forms_refused(nobody, hold_form(), &one, 1);
		assert_forms_refused(ann, TEXT("%s/seats", hold_path), &one, 1);
	}
}

static void
best_available_takes_sane_numbers_only(void **state)
{
	const struct input list[] = {
		{ "best=", 400, "is missing" }, { "best=0", 400, "not a number" }, { "best=-2", 400, "not a number" },
		{ "best=two", 400, "not a number" }, { "best=1001", 400, "not a number" }, { "best=99999999999999999999", 400, "not a number" },
		{ "best=9", 422, "8 seats are the most" }, { "best=1000", 422, "8 seats are the most" },
		{ "best=2&section=77777", 400, "no such section" }, { "best=2&section=-1", 400, "not a number" },
		{ "best=2&section=4294967297", 400, "not a number" }, { "best=2&section=all", 400, "not a number" },
		{ TEXT("best=2&section=%" PRId64, stack_number(&stack, "SELECT section_id FROM show_seats WHERE show_id = %" PRId64, far_show)),
			400, "no such section" },
	};

	(void)state;
	assert_forms_refused(nobody, hold_form(), list, ARRAY_LEN(list));
}

static void
shows_that_do_not_exist_are_not_found(void **state)
{
	static const char *const shows[] = { "0", "-1", "77777", "1x", "+1", "01x", "4294967297", "9007199254740992",
		"9007199254740993", "99999999999999999999", "%20", "1%20" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(shows); i++) {
		assert_refused(visitor_post(nobody, TEXT("/shows/%s/hold", shows[i]), "seat=1"), shows[i], 404, "find that page");
		assert_refused(visitor_get(nobody, TEXT("/shows/%s", shows[i])), shows[i], 404, "find that page");
		assert_refused(visitor_get(nobody, TEXT("/shows/%s/seats", shows[i])), shows[i], 404, "find that page");
		assert_refused(visitor_get(nobody, TEXT("/shows/%s/all", shows[i])), shows[i], 404, "find that page");
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
		{ "email=a%40b.example&name=Ann&provider=nobody", 422, "way to pay is not offered" },
		{ TEXT("email=a%%40b.example&name=%0200d", 0), 422, "Please tell us a name" },
		{ TEXT("email=%0300d%%40b.example&name=Ann", 0), 422, "Please check this" },
		{ "email=a%40b.example&name=%ff", 400, "cannot be read" },
	};
	const struct input remove[] = {
		{ "", 400, "is missing" }, { "seat=", 400, "is missing" }, { "seat=x", 400, "not a number" }, { "seat=-4", 400, "not a number" },
		{ "seat=99999999999999999999", 400, "not a number" },
	};

	(void)state;
	assert_forms_refused(ann, TEXT("%s/prices", hold_path), prices, ARRAY_LEN(prices));
	assert_forms_refused(ann, TEXT("%s/remove", hold_path), remove, ARRAY_LEN(remove));
	assert_int_equal(visitor_post(ann, TEXT("%s/remove", hold_path), "seat=999999").status, 303);
	assert_forms_refused(ann, TEXT("%s/pay", hold_path), pay, ARRAY_LEN(pay));
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
		{ "seat\xff=1", 400, "The form has characters" }, { TEXT("seat=%" PRId64 "&x=%%c0%%80", seat(show, 20)), 400, "cannot be read" },
	};

	(void)state;
	assert_pages_refused(nobody, pages, ARRAY_LEN(pages));
	assert_forms_refused(nobody, hold_form(), forms, ARRAY_LEN(forms));
	assert_refused(visitor_send(nobody, "POST", hold_form(), SPAN("seat=1\0&seat=2"), "application/x-www-form-urlencoded"), "NUL",
	    400, "cannot be read");
	assert_refused(wire(SPAN("GET /\x01 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")), "control byte in the path", 400, "");
	assert_refused(wire(SPAN("GET / HTTP/1.1\r\nHost: a\r\nX: \0\r\nConnection: close\r\n\r\n")), "NUL in a header", 400, "");
}

static void
bodies_that_are_too_big_are_refused(void **state)
{
	const char *const paths[] = { hold_form(), "/", "/testford", "/holds", "/bookings/find", "/static/robots.txt",
		TEXT("%s/pay", hold_path), TEXT("%s/seats", hold_path), booking, came_back, "/metrics" };
	struct span body = ten_million_bytes();

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(paths); i++)
		assert_refused(visitor_send(ann, "POST", paths[i], body, "application/x-www-form-urlencoded"), "ten million bytes", 413,
		    "too much at once");
	assert_int_equal(visitor_send(ann, "POST", "/webhooks/stripe", body, "application/json").status, 413);
	body.n = 20000;
	assert_refused(visitor_send(ann, "POST", hold_form(), body, "application/x-www-form-urlencoded"), "20,000 bytes", 413, "16384 bytes");
	assert_refused(visitor_send(ann, "POST", "/bookings/find", body, "application/x-www-form-urlencoded"), "20,000 bytes", 413,
	    "4096 bytes");
	assert_int_equal(visitor_send(ann, "GET", "/holds", body, NULL).status, 200);	/* a body that nobody asked for is not looked at */
}

static void
bodies_of_another_kind_are_refused(void **state)
{
	const char *form = TEXT("seat=%" PRId64, seat(show, 20));
	struct visitor *v = visitor_new(&stack);

	(void)state;
	assert_refused(visitor_send(v, "POST", hold_form(), SPAN("{\"seat\":1}"), "application/json"), "JSON", 415, "shape we do not read");
	assert_refused(visitor_send(v, "POST", hold_form(), span_of(form), "text/plain"), "text", 415, "shape we do not read");
	assert_refused(visitor_send(v, "POST", hold_form(), SPAN("--b\r\nContent-Disposition: form-data; name=\"seat\"\r\n\r\n21\r\n--b--\r\n"),
	    "multipart/form-data; boundary=b"), "multipart", 415, "shape we do not read");
	visitor_says(v, "Content-Type:");
	assert_refused(visitor_send(v, "POST", hold_form(), span_of(form), NULL), "no type", 415, "shape we do not read");
	visitor_free(v);
	v = visitor_new(&stack);
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
	const char *const getters[] = { "/", "/testford", "/holds", hold_path, booking, came_back, TEXT("%s.ics", booking) };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(methods); i++)
		for (size_t k = 0; k < ARRAY_LEN(getters); k++) {
			struct page p = visitor_send(ann, methods[i], getters[k], SPAN("a=b"), "application/x-www-form-urlencoded");

			assert_refused(p, methods[i], 405, "does not work that way");
			assert_true(span_is(page_header(p, "Allow"), "GET, HEAD"));
		}
	for (size_t i = 1; i < ARRAY_LEN(methods); i++)
		assert_refused(visitor_send(ann, methods[i], TEXT("%s/release", hold_path), SPAN_NONE, NULL), methods[i], 405, "does not work");
	assert_refused(visitor_get(ann, TEXT("%s/release", hold_path)), "GET of an act", 405, "does not work that way");
	assert_refused(visitor_get(ann, hold_form()), "GET of an act", 405, "does not work that way");
	assert_int_equal(visitor_send(ann, "HEAD", TEXT("%s/release", hold_path), SPAN_NONE, NULL).status, 405);
	assert_int_equal(visitor_get(nobody, "/webhooks/stripe").status, 405);
	assert_refused(visitor_send(nobody, "TRACE", "/", SPAN_NONE, NULL), "TRACE", 405, "does not work that way");
	assert_refused(visitor_send(nobody, "CONNECT", "/", SPAN_NONE, NULL), "CONNECT", 405, "does not work that way");
	assert_refused(visitor_post(nobody, "/static/400.html", "a=b"), "a form for a file", 405, "does not work that way");
	assert_refused(wire(SPAN("CONNECT " EVIL ":80 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")), "CONNECT", 400, "");
	assert_refused(wire(SPAN("get / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")), "get", 400, "did not understand");
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
		assert_refused(wire(list[i].sent), list[i].sent.p, list[i].status, "did not understand");
}

static void
very_long_addresses_and_headers_are_refused(void **state)
{
	struct visitor *v = visitor_new(&stack);
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
		struct page p = visitor_get(nobody, pages[i].sent);

		assert_refused(p, pages[i].sent, pages[i].status, pages[i].says);
		assert_int_equal(p.location.n, 0);
		assert_false(page_has(p, "root:"));
	}
}

static void
line_breaks_in_values_do_not_become_headers(void **state)
{
	static const char *const paths[] = { "/testford?q=%0d%0aSet-Cookie:%20evil=1", "/%0d%0aSet-Cookie:%20evil=1", "/holds/x%0d%0aSet-Cookie:%20evil=1",
		"/events/%0d%0aSet-Cookie:%20evil=1?city=%0d%0aSet-Cookie:%20evil=1", "/pay/return/%0d%0aSet-Cookie:%20evil=1",
		"/static/%0d%0aSet-Cookie:%20evil=1", "/testford?date=%0d%0aSet-Cookie:%20evil=1", "/shows/%0d%0atime=forged" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
		struct page p = visitor_get(ann, paths[i]);

		if (p.status < 400 || p.status > 499)
			assert_true(i == 0 && p.status == 200);		/* a search for the letters in it is a search */
		assert_int_equal(page_header(p, "Set-Cookie").n, 0);
		assert_null(memmem(p.head.p, p.head.n, "evil", 4));
	}
	assert_refused(visitor_post(nobody, "/bookings/find", "reference=ABC&email=a%40b.example%0d%0aBcc:+c%40d.example"), "Bcc", 422,
	    "Please check this");
}

/* -- searching -------------------------------------------------------------------------------------------------------------------- */

static void
a_search_without_a_word_is_refused_and_says_so(void **state)
{
	static const char *const words[] = { "%2B%2B+%22", "%25", "_", "%5C", "%27", "%3B--", "%28%29", "%2A", "%40%40", "%00a", "%C2%A0%21" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		assert_refused(visitor_get(nobody, TEXT("/testford?q=%s", words[i])), words[i], 400, i == 9 ? "cannot be read" : "nothing to search for");
}

static void
any_other_search_is_only_a_search(void **state)
{
	const char *day = stack_text(&stack, "SELECT DATE(MIN(starts_local)) FROM shows");
	static const char *const finds[] = { "proof", "PROOF", "%2Bproof*", "%22proof%22", "-proof", "proof+%28", "%3Cproof%3E", "~proof", "100%25",
		"pro%25", "%25roof%5C" };
	static const char *const misses[] = { "x%27+OR+1%3D1+--+", "%25quizzical%25", "q_izzical", "%F0%9F%98%80quizzical", "a+b+c+d+e+f+g+h+i+j+k",
		"%3Cscript%3Ealert%281%29%3C%2Fscript%3E" };

	(void)state;
	logs_never(&stack, "quizzical");
	day = CSTR(stack.arena, span_trim(span_of(day)));
	for (size_t i = 0; i < ARRAY_LEN(finds); i++) {
		struct page p = visitor_get(nobody, TEXT("/testford?date=%s&q=%s", day, finds[i]));

		if (p.status != 200 || page_has(p, "Nothing fits"))
			fprintf(stderr, "%s: %d\n", finds[i], p.status);
		assert_int_equal(p.status, 200);
		assert_true(page_has(p, "100% _ \\ Proof"));
	}
	for (size_t i = 0; i < ARRAY_LEN(misses); i++) {
		struct page p = visitor_get(nobody, TEXT("/testford?date=%s&q=%s", day, misses[i]));

		assert_int_equal(p.status, 200);
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
		{ "/testford?date=9999-12-31", 400, "not a day we can read" }, { "/testford?date=-001-01-01", 400, "not a day we can read" },
		{ "/testford?time=noon", 400, "no time of day" }, { "/events/ox?city=atlantis", 400, "no city called" },
		{ "/events/ox?date=x", 400, "not a day we can read" }, { "/events/nothing", 404, "find that page" },
		{ "/atlantis", 404, "find that page" },
	};

	(void)state;
	assert_pages_refused(nobody, pages, ARRAY_LEN(pages));
	assert_int_equal(visitor_get(nobody, "/testford?genre=%27&language=%25").status, 200);
	assert_int_equal(visitor_get(nobody, "/testford?date=1999-12-31").status, 200);
	assert_int_equal(visitor_get(nobody, "/testford?date=2099-12-31").status, 200);
}

/* -- other sites and other people's things -------------------------------------------------------------------------------------- */

static void
another_site_cannot_press_our_buttons(void **state)
{
	const char *const headers[] = { "Origin: https://" EVIL, "Origin: null", TEXT("Origin: https://127.0.0.1:%d", stack.port),
		"Origin: http://127.0.0.1", TEXT("Origin: http://127.0.0.1:%d." EVIL, stack.port), TEXT("Origin: http://127.0.0.1:%d/", stack.port),
		"Sec-Fetch-Site: cross-site", "Sec-Fetch-Site: same-site", "Sec-Fetch-Site: nonsense", "Referer: https://" EVIL "/",
		TEXT("Referer: https://" EVIL "/http://127.0.0.1:%d/", stack.port), "Referer: nonsense" };
	const char *const acts[] = { "seats", "extend", "remove", "prices", "release", "pay" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(headers); i++) {
		struct visitor *v = visitor_new(&stack);

		visitor_says(v, headers[i]);
		assert_refused(visitor_post(v, hold_form(), TEXT("seat=%" PRId64, seat(show, 20))), headers[i], 403, "another site");
		assert_refused(visitor_post(v, "/bookings/find", "reference=ABC&email=a%40b.example"), headers[i], 403, "another site");
		for (size_t k = 0; k < ARRAY_LEN(acts); k++)
			assert_refused(visitor_post(v, TEXT("%s/%s", hold_path, acts[k]), ""), headers[i], 403, "another site");
		visitor_free(v);
	}
}

/* With ann's own cookie: the rule, and not the missing cookie, keeps her hold. */
static void
another_site_cannot_use_the_buyers_cookie(void **state)
{
	struct visitor *v = visitor_new(&stack);
	struct page p = buyer_hold(v, far_show, (int64_t[]){ seat(far_show, 0) }, 1);
	const char *hold = CSTR(stack.arena, p.location);

	(void)state;
	before = database();
	visitor_says(v, "Origin: https://" EVIL);
	assert_refused(visitor_post(v, TEXT("%s/release", hold), ""), "release", 403, "another site");
	assert_refused(visitor_post(v, TEXT("%s/extend", hold), ""), "extend", 403, "another site");
	assert_refused(buyer_pay(v, hold), "pay", 403, "another site");
	assert_int_equal(visitor_get(v, hold).status, 200);
	visitor_free(v);
}

static void
somebody_elses_hold_is_not_found(void **state)
{
	static const char *const acts[] = { "seats", "extend", "remove", "prices", "release", "pay" };
	struct visitor *const others[] = { bob, nobody };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(others); i++) {
		assert_refused(visitor_get(others[i], hold_path), "hold", 404, "find that page");
		assert_refused(visitor_get(others[i], TEXT("%s/seats", hold_path)), "seats", 404, "find that page");
		for (size_t k = 0; k < ARRAY_LEN(acts); k++)
			assert_refused(visitor_post(others[i], TEXT("%s/%s", hold_path, acts[k]), "seat=1&type=1:0&email=a%40b.example&name=B"),
			    acts[k], 404, "find that page");
	}
	assert_false(page_has(visitor_get(bob, "/holds"), hold_path));
	assert_int_equal(visitor_get(ann, hold_path).status, 200);
}

/* The last character changed: the keyed hash no longer fits. */
static const char *
forged(const char *path)
{
	char *copy = (char *)CSTR(stack.arena, span_of(path));
	size_t n = strlen(copy);

	copy[n - 1] = copy[n - 1] == 'A' ? 'B' : 'A';
	return copy;
}

static void
assert_opens_nothing(const char *token)
{
	const char *const paths[] = { TEXT("/holds/%s", token), TEXT("/holds/%s/seats", token), TEXT("/bookings/%s", token),
		TEXT("/bookings/%s.ics", token), TEXT("/pay/return/%s", token) };
	static const char *const acts[] = { "extend", "release", "pay" };

	for (size_t i = 0; i < ARRAY_LEN(paths); i++)
		assert_refused(visitor_get(ann, paths[i]), paths[i], 404, "find that page");
	for (size_t i = 0; i < ARRAY_LEN(acts); i++)
		assert_refused(visitor_post(ann, TEXT("/holds/%s/%s", token, acts[i]), ""), acts[i], 404, "find that page");
}

static void
tokens_that_are_garbage_or_forged_open_nothing(void **state)
{
	const char *token = hold_path + strlen("/holds/");

	(void)state;
	assert_opens_nothing("x");
	assert_opens_nothing("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
	assert_opens_nothing("________________________________________");
	assert_opens_nothing(TEXT("%.39s", token));
	assert_opens_nothing(TEXT("%sA", token));
	assert_opens_nothing(TEXT("%s%%3D", token));
	assert_opens_nothing(TEXT("%s%%20", token));
	assert_opens_nothing("%22%3E%3Cscript%3E");
	assert_opens_nothing("1%27%20OR%201%3D1");
	assert_refused(visitor_get(ann, forged(hold_path)), "forged", 404, "find that page");
	assert_refused(visitor_get(ann, forged(booking)), "forged", 404, "find that page");
	assert_refused(visitor_get(ann, forged(came_back)), "forged", 404, "find that page");
	assert_refused(visitor_get(ann, TEXT("%s.pdf", forged(booking))), "forged", 404, "find that page");
}

static void
tokens_of_another_kind_open_nothing(void **state)
{
	const char *hold = hold_path + strlen("/holds/"), *ticket = booking + strlen("/bookings/"), *payment = came_back + strlen("/pay/return/");
	struct visitor *v = visitor_new(&stack);

	(void)state;
	assert_refused(visitor_get(ann, TEXT("/holds/%s", ticket)), "ticket", 404, "find that page");
	assert_refused(visitor_get(ann, TEXT("/holds/%s", payment)), "payment", 404, "find that page");
	assert_refused(visitor_get(ann, TEXT("/bookings/%s", hold)), "hold", 404, "find that page");
	assert_refused(visitor_get(ann, TEXT("/bookings/%s.ics", payment)), "payment", 404, "find that page");
	assert_refused(visitor_get(ann, TEXT("/pay/return/%s", ticket)), "ticket", 404, "find that page");
	assert_refused(visitor_get(ann, TEXT("/pay/return/%s", hold)), "hold", 404, "find that page");
	visitor_says(v, TEXT("Cookie: foyer=%s", hold));
	assert_refused(visitor_get(v, hold_path), "the hold as cookie", 404, "find that page");
	visitor_free(v);
	v = visitor_new(&stack);
	visitor_says(v, "Cookie: foyer=garbage; foyer=\"; \xff; =; foyer");
	assert_refused(visitor_get(v, hold_path), "a garbage cookie", 404, "find that page");
	assert_int_equal(visitor_get(v, "/holds").status, 200);
	visitor_free(v);
}

static void
a_hold_that_has_ended_says_so_and_stays_ended(void **state)
{
	static const char *const acts[] = { "seats", "extend", "remove", "prices", "pay" };
	struct visitor *v = visitor_new(&stack);
	const char *hold = buyer_takes(v, quick_show, 0, 2);

	(void)state;
	stack_sql(&stack, "UPDATE holds SET expires_at = TIMESTAMPADD(HOUR, -1, expires_at), seats_until = TIMESTAMPADD(HOUR, -1, seats_until), "
	    "longest_until = TIMESTAMPADD(HOUR, -1, longest_until), created_at = TIMESTAMPADD(HOUR, -1, created_at) WHERE show_id = %" PRId64,
	    quick_show);
	stack_sql(&stack, "UPDATE show_seats SET expires_at = TIMESTAMPADD(HOUR, -1, expires_at) WHERE show_id = %" PRId64 " AND status = 'held'",
	    quick_show);
	before = database();
	assert_refused(visitor_get(v, hold), "ended", 410, "Time is up");
	assert_refused(visitor_get(v, hold), "ended", 410, "You were not charged");
	for (size_t i = 0; i < ARRAY_LEN(acts); i++) {
		struct page p = visitor_post(v, TEXT("%s/%s", hold, acts[i]),
		    TEXT("seat=%" PRId64 "&type=%" PRId64 ":0&email=a%%40b.example&name=B", seat(quick_show, 0), seat(quick_show, 0)));

		assert_true(p.status == 303 || p.status == 410);
		assert_refused(p.status == 303 ? visitor_follow(v, p) : p, acts[i], 410, "Time is up");
	}
	visitor_free(v);
}

/* -- webhooks, and who we say we are ---------------------------------------------------------------------------------------------- */

static void
webhooks_that_nobody_signed_change_nothing(void **state)
{
	static const char *const bodies[] = { "", "{}", "not json", "{\"id\":\"evt_1\",\"object\":\"event\",\"type\":\"checkout.session.completed\"}", "\xff\xfe" };
	struct visitor *v = visitor_new(&stack);
	struct span large = ten_million_bytes();

	(void)state;
	visitor_says(v, "Stripe-Signature: t=1,v1=0000000000000000000000000000000000000000000000000000000000000000");
	for (size_t i = 0; i < ARRAY_LEN(bodies); i++) {
		assert_int_equal(visitor_send(nobody, "POST", "/webhooks/stripe", span_of(bodies[i]), "application/json").status, 400);
		assert_int_equal(visitor_send(v, "POST", "/webhooks/stripe", span_of(bodies[i]), "application/json").status, 400);
	}
	large.n = 900000;
	assert_int_equal(visitor_send(v, "POST", "/webhooks/stripe", large, "application/json").status, 400);
	assert_int_equal(visitor_send(v, "POST", "/webhooks/nobody", SPAN("{}"), "application/json").status, 404);
	assert_int_equal(visitor_send(v, "POST", "/webhooks/", SPAN("{}"), "application/json").status, 404);
	assert_int_equal(visitor_send(v, "POST", "/webhooks/stripe/x", SPAN("{}"), "application/json").status, 404);
	visitor_free(v);
}

static void
our_addresses_come_from_the_configuration_and_never_from_the_request(void **state)
{
	static const char *const names[] = { "Host: " EVIL, "X-Forwarded-Host: " EVIL, "Forwarded: host=" EVIL, "X-Original-URL: /metrics" };
	const char *const pages[] = { "/", "/testford", TEXT("/shows/%" PRId64, show), "/static/posters", "/bookings/find", "/help/terms",
		booking, TEXT("%s.ics", booking), came_back };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		struct visitor *v = visitor_new(&stack);

		visitor_says(v, names[i]);
		for (size_t k = 0; k < ARRAY_LEN(pages); k++) {
			struct page p = visitor_get(v, pages[k]);

			assert_true(p.status == 200 || p.status == 303 || p.status == 404);
			assert_false(page_has(p, EVIL));
			assert_null(memmem(p.head.p, p.head.n, EVIL, strlen(EVIL)));
		}
		visitor_free(v);
	}
	assert_true(page_has(visitor_get(nobody, TEXT("%s.ics", booking)), TEXT("http://127.0.0.1:%d/bookings/", stack.port)));
	assert_refused(wire(SPAN("GET / HTTP/1.1\r\nHost: a b\r\nConnection: close\r\n\r\n")), "a blank in Host", 400, "");
	assert_int_equal(wire(SPAN("GET http://" EVIL "/testford HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")).status, 200);
}

static void
the_way_back_from_paying_comes_from_the_configuration_too(void **state)
{
	struct visitor *v = visitor_new(&stack);
	const char *hold;
	struct page p;

	(void)state;
	visitor_says(v, "Host: " EVIL);
	visitor_says(v, TEXT("Origin: http://127.0.0.1:%d", stack.port));
	hold = buyer_takes(v, far_show, 3, 1);
	p = buyer_pay(v, hold);
	assert_int_equal(p.status, 303);
	assert_true(span_starts(p.location, TEXT("http://127.0.0.1:%d/", stack.port + 2)));
	assert_int_equal(stack_number(&stack, "SELECT COUNT(*) FROM payments WHERE body LIKE '%%" EVIL "%%'"), 0);
	assert_int_equal(stack_number(&stack, "SELECT COUNT(*) FROM payments WHERE body LIKE '%%evil%%'"), 0);
	before = database();
	visitor_free(v);
	v = visitor_new(&stack);
	visitor_says(v, "Host: " EVIL);
	visitor_says(v, "Origin: http://" EVIL);
	assert_refused(visitor_post(v, hold_form(), TEXT("seat=%" PRId64, seat(show, 20))), "their own Host", 403, "another site");
	visitor_free(v);
}

/* -- and then ----------------------------------------------------------------------------------------------------------------------- */

static int
lines(const char *name)
{
	return logs_lines(&stack, name, "", NULL);
}

static void
no_log_has_a_token_a_secret_or_what_was_typed(void **state)
{
	(void)state;
	assert_true(logs_remembered() > 10);
	assert_true(logs_clean(&stack));
	assert_true(logs_lines(&stack, "foyer-access.log", "path=\"/holds/(token)/pay\"", NULL) > 0);
	assert_true(logs_lines(&stack, "foyer-access.log", "path=\"/pay/return/(token)\"", NULL) > 0);
	assert_true(logs_lines(&stack, "foyerd.log", "route=\"/holds/{token}/pay\"", NULL) > 0);
}

static void
the_logs_have_one_whole_line_an_event_and_no_mistake_of_ours(void **state)
{
	(void)state;
	assert_true(lines("foyer-access.log") > 500);
	assert_int_equal(logs_lines(&stack, "foyer-access.log", "time=2", " agent=\""), lines("foyer-access.log"));
	assert_int_equal(logs_lines(&stack, "foyerd.log", " foyerd[", "Z "), lines("foyerd.log"));
	assert_int_equal(logs_lines(&stack, "foyerd.log", "Z error ", NULL), 0);
	assert_int_equal(logs_lines(&stack, "foyerd.log", " BUG ", NULL), 0);
	assert_int_equal(lines("foyer-error.log"), 0);
	assert_int_equal(stack_audit(&stack), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, look, look_again)
		T(seats_that_this_hall_does_not_have_are_refused), T(none_too_many_or_repeated_seats_are_refused),
		T(seats_that_are_no_numbers_are_refused), T(best_available_takes_sane_numbers_only), T(shows_that_do_not_exist_are_not_found),
		T(a_hold_is_not_changed_into_nonsense), T(broken_utf8_and_nul_are_refused_in_path_query_and_form),
		T(bodies_that_are_too_big_are_refused), T(bodies_of_another_kind_are_refused), T(other_methods_are_refused),
		T(what_is_no_http_gets_a_page_too), T(very_long_addresses_and_headers_are_refused), T(paths_that_climb_out_find_nothing),
		T(line_breaks_in_values_do_not_become_headers), T(a_search_without_a_word_is_refused_and_says_so),
		T(any_other_search_is_only_a_search), T(filters_that_are_none_are_refused), T(another_site_cannot_press_our_buttons),
		T(another_site_cannot_use_the_buyers_cookie), T(somebody_elses_hold_is_not_found),
		T(tokens_that_are_garbage_or_forged_open_nothing), T(tokens_of_another_kind_open_nothing),
		T(a_hold_that_has_ended_says_so_and_stays_ended), T(webhooks_that_nobody_signed_change_nothing),
		T(our_addresses_come_from_the_configuration_and_never_from_the_request),
		T(the_way_back_from_paying_comes_from_the_configuration_too), T(no_log_has_a_token_a_secret_or_what_was_typed),
		T(the_logs_have_one_whole_line_an_event_and_no_mistake_of_ours),
	};

	return cmocka_run_group_tests(tests, open_stack, close_stack);
}
