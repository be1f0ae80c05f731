/*
 * test_sandbox.c - the stand-in provider as callers and buyers meet it, through a real nginx: pages, lost and late answers, a restart.
 * Skipped without nginx. Webhooks are in test_sandbox_hooks.c.
 */
#include "t/lib/shop.h"

#include <curl/curl.h>
#include <setjmp.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/crypto.h"
#include "t/lib/stand_in.h"

static const char *
session_form(struct shop *s)
{
	return stripe_session_form(&(struct stand_in){ .arena = s->arena }, "p1");
}

static const char *
path_of(struct shop *s, const char *before, const char *id)
{
	return arena_fmt(s->arena, "%s%s", before, id).p;
}

static void
paying_sends_the_buyer_back_and_tells_the_merchant(void **state)
{
	struct shop *s = shop_of(state);
	const char *page, *id = shop_opens(s, "stripe", "p1", &page);
	struct reply r = shop_call(s, page, NULL, NULL);

	assert_int_equal(r.status, 200);
	assert_non_null(strstr(r.body.p, "Test payment, no money moves"));
	r = shop_call(s, page, "do=decline", NULL);
	assert_int_equal(r.status, 303);
	r = shop_call(s, page, NULL, NULL);
	assert_non_null(strstr(r.body.p, "Your card was declined"));
	assert_true(shop_hook_of(s, "payment_intent.payment_failed", TAKEN).truly);
	r = shop_call(s, page, "do=cancel", NULL);
	assert_non_null(strstr(r.head.p, "Location: http://shop.example/no\r\n"));
	r = shop_call(s, page, "do=pay", NULL);
	assert_int_equal(r.status, 303);
	assert_non_null(strstr(r.head.p, arena_fmt(s->arena, "Location: http://shop.example/back?s=%s\r\n", id).p));
	assert_true(shop_hook_of(s, "checkout.session.completed", TAKEN).truly);
	r = shop_call(s, path_of(s, "/v1/checkout/sessions/", id), NULL, NULL);
	assert_string_equal(shop_said(s, &r, "payment_status"), "paid");
}

static void
a_hung_call_holds_up_nobody_and_keeps_its_key(void **state)
{
	struct shop *s = shop_of(state);
	const char *body = session_form(s);
	int64_t begun = clock_steady();
	pid_t hung;

	shop_order(s, "hang=create:3");
	hung = shop_aside(s, "/v1/checkout/sessions", body, "h1", 0);
	usleep(300000);
	assert_int_equal(shop_call(s, "/v1/checkout/sessions", body, "h1").status, 409);
	assert_int_equal(shop_call(s, "/v1/checkout/sessions", body, "h2").status, 200);
	assert_true(clock_steady() - begun < 2500);
	assert_true(aside_ended_well(hung));
	assert_int_equal(shop_call(s, "/v1/checkout/sessions", body, "h1").status, 200);
}

static void
a_lost_answer_is_lost_and_was_worked_all_the_same(void **state)
{
	static const char *const names[] = { "stripe", "razorpay", "paypal" };
	struct shop *s = shop_of(state);

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		const char *page, *id = shop_opens(s, names[i], names[i], &page);
		struct reply r;

		shop_order(s, arena_fmt(s->arena, "at=%s&lose=page&lose=capture", names[i]).p);
		assert_int_equal(shop_call(s, page, "do=pay", NULL).status, 0);
		if (i == 2) {
			assert_string_equal(shop_captures(s, id), "0");
			assert_string_equal(shop_captures(s, id), "COMPLETED");
		}
		r = shop_call(s, "/control/ledger", NULL, NULL);
		assert_non_null(strstr(r.body.p, "\"captured_minor\": 3100"));
		shop_order(s, "clear=all");
	}
}

static void
each_provider_pays_through_nginx(void **state)
{
	struct shop *s = shop_of(state);
	const char *page, *id = shop_opens(s, "razorpay", "p1", &page);
	struct reply r = shop_call(s, page, "do=pay", NULL);

	assert_int_equal(r.status, 303);
	assert_non_null(strstr(r.head.p, "razorpay_signature="));
	r = shop_call(s, path_of(s, "/razorpay/v1/payment_links/", id), NULL, NULL);
	assert_string_equal(shop_said(s, &r, "status"), "paid");
	id = shop_opens(s, "paypal", "p2", &page);
	r = shop_call(s, page, NULL, NULL);
	assert_non_null(strstr(r.body.p, "This page plays PayPal"));
	r = shop_call(s, page, "do=pay", NULL);
	assert_int_equal(r.status, 303);
	assert_non_null(strstr(r.head.p, path_of(s, "Location: http://shop.example/back?token=", id)));
	assert_string_equal(shop_captures(s, id), "COMPLETED");
}

static void
the_admin_page_answers_and_presses_only_its_own_buttons(void **state)
{
	struct shop *s = shop_of(state);
	struct reply r = shop_call(s, "/", NULL, NULL);

	assert_int_equal(r.status, 200);
	assert_non_null(strstr(r.body.p, "no money moves"));
	assert_non_null(strstr(r.head.p, "Content-Type: text/html"));
	assert_int_equal(shop_call(s, "/admin", "clear=all", NULL).status, 403);
	assert_int_equal(shop_call(s, "/static/sandbox.css", NULL, NULL).status, 200);
}

static void
a_restart_forgets_nothing(void **state)
{
	struct shop *s = shop_of(state);
	const char *body = session_form(s), *id = shop_opens(s, "stripe", "p2", NULL), *page, *order = shop_opens(s, "paypal", "p3", &page);
	struct reply r, before = shop_call(s, "/v1/checkout/sessions", body, "again");

	shop_order(s, arena_fmt(s->arena, "webhook=off&expire=%s&pay=%s", id, order).p);
	assert_string_equal(shop_captures(s, order), "COMPLETED");
	shop_restart(s);
	r = shop_call(s, path_of(s, "/v1/checkout/sessions/", id), NULL, NULL);
	assert_string_equal(shop_said(s, &r, "status"), "expired");
	r = shop_call(s, "/v1/checkout/sessions", body, "again");
	assert_string_equal(shop_said(s, &r, "id"), shop_said(s, &before, "id"));
	assert_string_equal(shop_captures(s, order), "COMPLETED");		/* the token and the request id are known still */
	assert_true(shop_hook_of(s, "checkout.session.expired", TAKEN).truly);
	assert_true(shop_hook_of(s, "PAYMENT.CAPTURE.COMPLETED", TAKEN).truly);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, shop_open, shop_close)
	const struct CMUnitTest tests[] = {
		TEST(paying_sends_the_buyer_back_and_tells_the_merchant),
		TEST(a_hung_call_holds_up_nobody_and_keeps_its_key),
		TEST(a_lost_answer_is_lost_and_was_worked_all_the_same),
		TEST(each_provider_pays_through_nginx),
		TEST(the_admin_page_answers_and_presses_only_its_own_buttons),
		TEST(a_restart_forgets_nothing),
	};

	log_open("test_sandbox", LOG_LEVEL_ERROR);
	signal(SIGPIPE, SIG_IGN);
	crypto_start();
	curl_global_init(CURL_GLOBAL_DEFAULT);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
