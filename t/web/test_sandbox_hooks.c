/*
 * test_sandbox_hooks.c - the stand-in's webhooks on their way: each provider's, with every trick, at a shop that checks signatures by
 * its own arithmetic. Skipped without nginx.
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

/* A happening of each provider that is told by one event, and what makes it happen. */
static const struct {
	const char *provider, *act, *type;
} all[] = {
	{ "stripe", "expire", "checkout.session.expired" },
	{ "razorpay", "expire", "payment_link.expired" },
	{ "paypal", "pay", "CHECKOUT.ORDER.APPROVED" },
};

/* Has it happen to a new payment, with these orders for that payment alone. */
static const char *
happens(struct shop *s, size_t i, const char *orders)
{
	static int nth;
	const char *reference = arena_fmt(s->arena, "%s-%d", all[i].provider, ++nth).p, *id = shop_opens(s, all[i].provider, reference, NULL);

	shop_order(s, arena_fmt(s->arena, "at=%s%s%s&at=all&%s=%s", reference, *orders ? "&" : "", orders, all[i].act, id).p);
	return id;
}

static void
a_webhook_comes_again_with_the_same_id_until_it_is_taken(void **state)
{
	struct shop *s = shop_of(state);

	for (size_t i = 0; i < ARRAY_LEN(all); i++) {
		struct hook first, again;

		happens(s, i, "");
		first = shop_hook_of(s, all[i].type, BUSY);
		again = shop_hook_of(s, all[i].type, TAKEN);
		assert_string_equal(first.provider, all[i].provider);
		assert_string_equal(first.id, again.id);
		assert_true(first.truly && again.truly);
		assert_null(shop_hook(s, 1500, TAKEN).type);
	}
}

static void
a_spoiled_webhook_is_followed_by_the_true_one(void **state)
{
	static const char *const tricks[] = { "forge", "tamper", "unsigned" };
	struct shop *s = shop_of(state);

	for (size_t i = 0; i < ARRAY_LEN(all); i++) {
		for (size_t k = 0; k < ARRAY_LEN(tricks); k++) {
			struct hook spoiled, again;

			happens(s, i, arena_fmt(s->arena, "webhook=%s", tricks[k]).p);
			spoiled = shop_hook_of(s, all[i].type, BUSY);
			again = shop_hook_of(s, all[i].type, TAKEN);
			if (spoiled.truly || !again.truly)
				fail_msg("%s %s: %d %d", all[i].provider, tricks[k], spoiled.truly, again.truly);
			assert_string_equal(spoiled.id, again.id);
		}
	}
}

static void
what_was_tampered_with_has_another_body(void **state)
{
	struct shop *s = shop_of(state);
	struct hook spoiled, again;

	happens(s, 1, "webhook=tamper");
	spoiled = shop_hook_of(s, all[1].type, BUSY);
	again = shop_hook_of(s, all[1].type, TAKEN);
	assert_string_not_equal(spoiled.body, again.body);
	assert_non_null(strstr(again.body, "\"amount\":3100"));
	assert_null(strstr(spoiled.body, "\"amount\":3100"));
}

static void
an_old_time_is_signed_first(void **state)
{
	struct shop *s = shop_of(state);
	struct hook stale, again;

	happens(s, 0, "webhook=stale");
	stale = shop_hook_of(s, all[0].type, BUSY);
	again = shop_hook_of(s, all[0].type, TAKEN);
	assert_true(stale.truly && stale.age > 300);
	assert_true(again.truly && again.age < 300);
}

static void
a_certificate_elsewhere_is_named_once(void **state)
{
	struct shop *s = shop_of(state);

	happens(s, 2, "webhook=elsewhere");
	assert_false(shop_hook_of(s, all[2].type, BUSY).truly);
	assert_true(shop_hook_of(s, all[2].type, TAKEN).truly);
}

static void
twice_is_twice_and_never_is_never(void **state)
{
	struct shop *s = shop_of(state);

	for (size_t i = 0; i < ARRAY_LEN(all); i++) {
		struct hook one, two;

		happens(s, i, "webhook=twice");
		one = shop_hook_of(s, all[i].type, TAKEN);
		two = shop_hook_of(s, all[i].type, TAKEN);
		assert_string_equal(one.id, two.id);
		happens(s, i, "webhook=never");
	}
	assert_null(shop_hook(s, 1500, TAKEN).type);
	shop_order(s, "retry=now");
	assert_null(shop_hook(s, 1500, TAKEN).type);
}

static void
late_is_late_for_that_payment_only(void **state)
{
	struct shop *s = shop_of(state);
	int64_t begun = clock_steady();
	const char *late = happens(s, 0, "webhook=late:2"), *other = happens(s, 0, "");
	struct hook first = shop_hook_of(s, all[0].type, TAKEN), second = shop_hook_of(s, all[0].type, TAKEN);

	assert_non_null(strstr(first.body, other));
	assert_non_null(strstr(second.body, late));
	assert_true(clock_steady() - begun >= 2000);
}

static void
out_of_order_is_last_first(void **state)
{
	struct shop *s = shop_of(state);
	const char *one, *two;

	shop_order(s, "webhook=reorder");
	one = happens(s, 0, "");
	two = happens(s, 1, "");
	assert_non_null(strstr(shop_hook(s, 5000, TAKEN).body, two));
	assert_non_null(strstr(shop_hook(s, 5000, TAKEN).body, one));
}

static void
what_waits_for_one_provider_does_not_hold_up_the_others(void **state)
{
	struct shop *s = shop_of(state);

	shop_order(s, "razorpay.webhook=off");
	happens(s, 1, "");
	happens(s, 0, "");
	assert_string_equal(shop_hook(s, 5000, TAKEN).type, all[0].type);
	assert_null(shop_hook(s, 1500, TAKEN).type);
	shop_order(s, "razorpay.webhook=on");
	assert_string_equal(shop_hook(s, 5000, TAKEN).type, all[1].type);
}

static void
a_webhook_may_come_before_the_answer(void **state)
{
	struct shop *s = shop_of(state);
	const char *page, *id = shop_opens(s, "stripe", "p1", &page), *path;
	pid_t waiting;
	int status;

	shop_order(s, "webhook=before_answer");
	waiting = shop_aside(s, page, "do=pay", NULL, 303);
	usleep(500000);
	assert_int_equal(waitpid(waiting, &status, WNOHANG), 0);	/* waits for the merchant */
	shop_hook_of(s, "checkout.session.completed", TAKEN);
	assert_true(aside_ended_well(waiting));
	id = shop_opens(s, "paypal", "p2", NULL);
	shop_order(s, arena_fmt(s->arena, "pay=%s", id).p);
	shop_hook_of(s, "CHECKOUT.ORDER.APPROVED", TAKEN);
	shop_order(s, "webhook=before_answer");
	path = arena_fmt(s->arena, "/paypal/v2/checkout/orders/%s/capture", id).p;
	waiting = shop_aside(s, path, "{}", "c1", 201);
	usleep(500000);
	assert_int_equal(waitpid(waiting, &status, WNOHANG), 0);
	shop_hook_of(s, "PAYMENT.CAPTURE.COMPLETED", TAKEN);
	assert_true(aside_ended_well(waiting));
}

static void
a_lie_on_the_way_is_truly_signed(void **state)
{
	struct shop *s = shop_of(state);
	const char *id, *page;
	struct hook h;

	id = shop_opens(s, "paypal", "p1", &page);
	shop_order(s, arena_fmt(s->arena, "pay=%s&webhook=wrong_amount", id).p);
	shop_hook_of(s, "CHECKOUT.ORDER.APPROVED", TAKEN);
	assert_string_equal(shop_captures(s, id), "COMPLETED");
	h = shop_hook_of(s, "PAYMENT.CAPTURE.COMPLETED", TAKEN);
	assert_true(h.truly);
	assert_non_null(strstr(h.body, "\"value\":\"30.99\""));
	id = shop_opens(s, "razorpay", "p2", &page);
	shop_order(s, arena_fmt(s->arena, "webhook=unknown_reference&pay=%s", id).p);
	h = shop_hook_of(s, "payment_link.paid", TAKEN);
	assert_true(h.truly);
	assert_non_null(strstr(h.body, "nobody_knows_this"));
	assert_null(strstr(h.body, id));
	assert_null(strstr(h.body, "p2"));
	id = shop_opens(s, "stripe", "p3", &page);
	shop_order(s, arena_fmt(s->arena, "webhook=wrong_currency&pay=%s", id).p);
	h = shop_hook_of(s, "checkout.session.completed", TAKEN);
	assert_true(h.truly);
	assert_non_null(strstr(h.body, "\"currency\": \"usd\""));
}

static void
a_forgery_of_what_never_happened_comes_once(void **state)
{
	static const char *const types[] = { "checkout.session.completed", "payment_link.paid", "PAYMENT.CAPTURE.COMPLETED" };
	struct shop *s = shop_of(state);
	struct reply r;

	for (size_t i = 0; i < ARRAY_LEN(types); i++) {
		const char *id = shop_opens(s, all[i].provider, all[i].provider, NULL);

		shop_order(s, arena_fmt(s->arena, "forge=%s", id).p);
		assert_false(shop_hook_of(s, types[i], BUSY).truly);
	}
	assert_null(shop_hook(s, 2500, TAKEN).type);
	r = shop_call(s, "/control/ledger", NULL, NULL);
	assert_non_null(strstr(r.body.p, "\"movements\": []"));
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, shop_open, shop_close)
	const struct CMUnitTest tests[] = {
		TEST(a_webhook_comes_again_with_the_same_id_until_it_is_taken),
		TEST(a_spoiled_webhook_is_followed_by_the_true_one),
		TEST(what_was_tampered_with_has_another_body),
		TEST(an_old_time_is_signed_first),
		TEST(a_certificate_elsewhere_is_named_once),
		TEST(twice_is_twice_and_never_is_never),
		TEST(late_is_late_for_that_payment_only),
		TEST(out_of_order_is_last_first),
		TEST(what_waits_for_one_provider_does_not_hold_up_the_others),
		TEST(a_webhook_may_come_before_the_answer),
		TEST(a_lie_on_the_way_is_truly_signed),
		TEST(a_forgery_of_what_never_happened_comes_once),
	};

	log_open("test_sandbox_hooks", LOG_LEVEL_ERROR);
	signal(SIGPIPE, SIG_IGN);
	crypto_start();
	curl_global_init(CURL_GLOBAL_DEFAULT);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
