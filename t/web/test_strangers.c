/*
 * test_strangers.c - other sites, other people's tokens, forged and ended ones, webhooks that nobody signed, and names that are not
 * ours: none of them gets anything, changes anything, or leaves a trace of a token in a log.
 */
#include "base/base.h"

#include <setjmp.h>
#include <unistd.h>

#include <cmocka.h>

#include "t/lib/house.h"
#include "t/lib/logs.h"
#include "t/lib/operators.h"

#define LARGE 900000
#define EVIL "evil.example"

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

/* -- other sites and other people's things -------------------------------------------------------------------------------------- */

static void
another_site_cannot_press_our_buttons(void **state)
{
	const char *const headers[] = { "Origin: https://" EVIL, "Origin: null", TEXT("Origin: https://127.0.0.1:%d", h.stack.port),
		"Origin: http://127.0.0.1", TEXT("Origin: http://127.0.0.1:%d." EVIL, h.stack.port),
		TEXT("Origin: http://127.0.0.1:%d/", h.stack.port),
		"Sec-Fetch-Site: cross-site", "Sec-Fetch-Site: same-site", "Sec-Fetch-Site: nonsense", "Referer: https://" EVIL "/",
		TEXT("Referer: https://" EVIL "/http://127.0.0.1:%d/", h.stack.port), "Referer: nonsense" };
	const char *const acts[] = { "seats", "extend", "remove", "prices", "release", "pay" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(headers); i++) {
		struct visitor *v = visitor_new(&h.stack);

		visitor_says(v, headers[i]);
		assert_refused(visitor_post(v, hold_form(), TEXT("seat=%" PRId64, seat(h.show, 20))), headers[i], 403, "another site");
		assert_refused(visitor_post(v, "/bookings/find", "reference=ABC&email=a%40b.example"), headers[i], 403, "another site");
		for (size_t k = 0; k < ARRAY_LEN(acts); k++)
			assert_refused(visitor_post(v, TEXT("%s/%s", h.hold, acts[k]), ""), headers[i], 403, "another site");
		visitor_free(v);
	}
}

/* With ann's own cookie: the rule, and not the missing cookie, keeps her hold. */
static void
another_site_cannot_use_the_buyers_cookie(void **state)
{
	struct visitor *v = visitor_new(&h.stack);
	struct page p = buyer_hold(v, h.far_show, (int64_t[]){ seat(h.far_show, 0) }, 1);
	const char *hold = CSTR(h.stack.arena, p.location);

	(void)state;
	house_look(&h);
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
	struct visitor *const others[] = { h.bob, h.nobody };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(others); i++) {
		assert_refused(visitor_get(others[i], h.hold), "hold", 404, "find that page");
		assert_refused(visitor_get(others[i], TEXT("%s/seats", h.hold)), "seats", 404, "find that page");
		for (size_t k = 0; k < ARRAY_LEN(acts); k++)
			assert_refused(visitor_post(others[i], TEXT("%s/%s", h.hold, acts[k]), "seat=1&type=1:0&email=a%40b.example&name=B"),
			    acts[k], 404, "find that page");
	}
	assert_false(page_has(visitor_get(h.bob, "/holds"), h.hold));
	assert_int_equal(visitor_get(h.ann, h.hold).status, 200);
}

/* The last character changed: the keyed hash no longer fits. */
static const char *
forged(const char *path)
{
	char *copy = (char *)CSTR(h.stack.arena, span_of(path));
	size_t n = strlen(copy);

	copy[n - 1] = copy[n - 1] == 'A' ? 'B' : 'A';
	return copy;
}

static void
assert_opens_nothing(const char *token)
{
	const char *const paths[] = { TEXT("/holds/%s", token), TEXT("/holds/%s/seats", token), TEXT("/bookings/%s", token),
		TEXT("/bookings/%s.ics", token), TEXT("/bookings/%s.pdf", token), TEXT("/bookings/%s/receipt.pdf", token),
		TEXT("/pay/return/%s", token) };
	static const char *const acts[] = { "extend", "release", "pay" };

	for (size_t i = 0; i < ARRAY_LEN(paths); i++)
		assert_refused(visitor_get(h.ann, paths[i]), paths[i], 404, "find that page");
	for (size_t i = 0; i < ARRAY_LEN(acts); i++)
		assert_refused(visitor_post(h.ann, TEXT("/holds/%s/%s", token, acts[i]), ""), acts[i], 404, "find that page");
}

static void
tokens_that_are_garbage_or_forged_open_nothing(void **state)
{
	const char *token = h.hold + strlen("/holds/");

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
	assert_refused(visitor_get(h.ann, forged(h.hold)), "forged", 404, "find that page");
	assert_refused(visitor_get(h.ann, forged(h.booking)), "forged", 404, "find that page");
	assert_refused(visitor_get(h.ann, forged(h.came_back)), "forged", 404, "find that page");
	assert_refused(visitor_get(h.ann, TEXT("%s.pdf", forged(h.booking))), "forged", 404, "find that page");
}

static void
tokens_of_another_kind_open_nothing(void **state)
{
	const char *hold = h.hold + strlen("/holds/"), *ticket = h.booking + strlen("/bookings/"), *payment = h.came_back + strlen("/pay/return/");
	struct visitor *v = visitor_new(&h.stack);

	(void)state;
	assert_refused(visitor_get(h.ann, TEXT("/holds/%s", ticket)), "ticket", 404, "find that page");
	assert_refused(visitor_get(h.ann, TEXT("/holds/%s", payment)), "payment", 404, "find that page");
	assert_refused(visitor_get(h.ann, TEXT("/bookings/%s", hold)), "hold", 404, "find that page");
	assert_refused(visitor_get(h.ann, TEXT("/bookings/%s.ics", payment)), "payment", 404, "find that page");
	assert_refused(visitor_get(h.ann, TEXT("/pay/return/%s", ticket)), "ticket", 404, "find that page");
	assert_refused(visitor_get(h.ann, TEXT("/pay/return/%s", hold)), "hold", 404, "find that page");
	visitor_says(v, TEXT("Cookie: foyer=%s", hold));
	assert_refused(visitor_get(v, h.hold), "the hold as cookie", 404, "find that page");
	visitor_free(v);
	v = visitor_new(&h.stack);
	visitor_says(v, "Cookie: foyer=garbage; foyer=\"; \xff; =; foyer");
	assert_refused(visitor_get(v, h.hold), "a garbage cookie", 404, "find that page");
	assert_int_equal(visitor_get(v, "/holds").status, 200);
	visitor_free(v);
}

static void
a_hold_that_has_ended_says_so_and_stays_ended(void **state)
{
	static const char *const acts[] = { "seats", "extend", "remove", "prices", "pay" };
	struct visitor *v = visitor_new(&h.stack);
	const char *hold = buyer_takes(v, h.quick_show, 0, 2);

	(void)state;
	stack_sql(&h.stack, "UPDATE holds SET expires_at = TIMESTAMPADD(HOUR, -1, expires_at), seats_until = TIMESTAMPADD(HOUR, -1, seats_until), "
	    "longest_until = TIMESTAMPADD(HOUR, -1, longest_until), created_at = TIMESTAMPADD(HOUR, -1, created_at) WHERE show_id = %" PRId64,
	    h.quick_show);
	stack_sql(&h.stack, "UPDATE show_seats SET expires_at = TIMESTAMPADD(HOUR, -1, expires_at) WHERE show_id = %" PRId64 " AND status = 'held'",
	    h.quick_show);
	house_look(&h);
	assert_refused(visitor_get(v, hold), "ended", 410, "Time is up");
	assert_refused(visitor_get(v, hold), "ended", 410, "You were not charged");
	for (size_t i = 0; i < ARRAY_LEN(acts); i++) {
		struct page p = visitor_post(v, TEXT("%s/%s", hold, acts[i]),
		    TEXT("seat=%" PRId64 "&type=%" PRId64 ":0&email=a%%40b.example&name=B", seat(h.quick_show, 0), seat(h.quick_show, 0)));

		assert_true(p.status == 303 || p.status == 410);
		assert_refused(p.status == 303 ? visitor_follow(v, p) : p, acts[i], 410, "Time is up");
	}
	visitor_free(v);
}

/* -- webhooks, and who we say we are ---------------------------------------------------------------------------------------------- */

static void
webhooks_that_nobody_signed_change_nothing(void **state)
{
	static const char *const bodies[] = { "", "{}", "not json", "\xff\xfe",
		"{\"id\":\"evt_1\",\"object\":\"event\",\"type\":\"checkout.session.completed\"}" };
	struct visitor *v = visitor_new(&h.stack);
	struct span large = { arena_alloc(h.stack.arena, LARGE), LARGE };

	(void)state;
	visitor_says(v, "Stripe-Signature: t=1,v1=0000000000000000000000000000000000000000000000000000000000000000");
	for (size_t i = 0; i < ARRAY_LEN(bodies); i++) {
		assert_int_equal(visitor_send(h.nobody, "POST", "/webhooks/stripe", span_of(bodies[i]), "application/json").status, 400);
		assert_int_equal(visitor_send(v, "POST", "/webhooks/stripe", span_of(bodies[i]), "application/json").status, 400);
	}
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
	const char *const pages[] = { "/", "/testford", TEXT("/shows/%" PRId64, h.show), "/static/posters", "/bookings/find", "/help/terms",
		h.booking, TEXT("%s.ics", h.booking), h.came_back };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		struct visitor *v = visitor_new(&h.stack);

		visitor_says(v, names[i]);
		for (size_t k = 0; k < ARRAY_LEN(pages); k++) {
			struct page p = visitor_get(v, pages[k]);

			assert_true(p.status == 200 || p.status == 303 || p.status == 404);
			assert_false(page_has(p, EVIL));
			assert_null(memmem(p.head.p, p.head.n, EVIL, strlen(EVIL)));
		}
		visitor_free(v);
	}
	assert_true(page_has(visitor_get(h.nobody, TEXT("%s.ics", h.booking)), TEXT("http://127.0.0.1:%d/bookings/", h.stack.port)));
	assert_refused(house_wire(&h, SPAN("GET / HTTP/1.1\r\nHost: a b\r\nConnection: close\r\n\r\n")), "a blank in Host", 400, "");
	assert_int_equal(house_wire(&h, SPAN("GET http://" EVIL "/testford HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")).status, 200);
}

static void
the_way_back_from_paying_comes_from_the_configuration_too(void **state)
{
	struct visitor *v = visitor_new(&h.stack);
	const char *hold;
	struct page p;

	(void)state;
	visitor_says(v, "Host: " EVIL);
	visitor_says(v, TEXT("Origin: http://127.0.0.1:%d", h.stack.port));
	hold = buyer_takes(v, h.far_show, 3, 1);
	p = buyer_pay(v, hold);
	assert_int_equal(p.status, 303);
	assert_true(span_starts(p.location, TEXT("http://127.0.0.1:%d/", h.stack.port + 2)));
	assert_int_equal(stack_number(&h.stack, "SELECT COUNT(*) FROM payments WHERE body LIKE '%%" EVIL "%%'"), 0);
	assert_int_equal(stack_number(&h.stack, "SELECT COUNT(*) FROM payments WHERE body LIKE '%%evil%%'"), 0);
	house_look(&h);
	visitor_free(v);
	v = visitor_new(&h.stack);
	visitor_says(v, "Host: " EVIL);
	visitor_says(v, "Origin: http://" EVIL);
	assert_refused(visitor_post(v, hold_form(), TEXT("seat=%" PRId64, seat(h.show, 20))), "their own Host", 403, "another site");
	visitor_free(v);
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
a_token_in_a_log_would_be_found(void **state)
{
	const char *path = TEXT("%s/log/planted.log", h.stack.folder);
	FILE *f = fopen(path, "we");

	(void)state;
	assert_non_null(f);
	fprintf(f, "a line with %s\n", h.booking);
	fclose(f);
	assert_false(logs_clean(&h.stack));
	unlink(path);
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
		T(another_site_cannot_press_our_buttons), T(another_site_cannot_use_the_buyers_cookie),
		T(somebody_elses_hold_is_not_found), T(tokens_that_are_garbage_or_forged_open_nothing),
		T(tokens_of_another_kind_open_nothing), T(a_hold_that_has_ended_says_so_and_stays_ended),
		T(webhooks_that_nobody_signed_change_nothing),
		T(our_addresses_come_from_the_configuration_and_never_from_the_request),
		T(the_way_back_from_paying_comes_from_the_configuration_too), T(no_log_has_a_token_a_secret_or_what_was_typed),
		T(a_token_in_a_log_would_be_found),
		T(the_logs_have_one_whole_line_an_event_and_no_mistake_of_ours),
	};

	return cmocka_run_group_tests(tests, open_house, close_house);
}
