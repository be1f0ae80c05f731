/* test_sandbox_admin.c - the page of whoever plays the payment houses: what it shows, what its buttons do, who may press them. */
#include "base/base.h"

#include <setjmp.h>

#include <cmocka.h>

#include "t/lib/stand_in.h"

#include "base/clock.h"
#include "base/crypto.h"
#include "sandbox/events.h"

static const char *
page(struct stand_in *s)
{
	struct heard h = stand_in_ask(s, "GET /admin", "", NULL);

	assert_int_equal(h.status, 200);
	return h.text;
}

/* A form of the page itself. */
static struct heard
press(struct stand_in *s, const char *form)
{
	const char *headers[] = { "HTTP_ORIGIN", STAND_IN_URL, "HTTP_SEC_FETCH_SITE", "same-origin", NULL };

	return stand_in_ask(s, "POST /admin", form, headers);
}

static void
pressed(struct stand_in *s, const char *form)
{
	struct heard h = press(s, form);

	assert_int_equal(h.status, 303);
	assert_non_null(strstr(h.head, "Location: " STAND_IN_URL "/admin\r\n"));
}

static void
shows(const char *text, const char *what)
{
	if (!strstr(text, what))
		fail_msg("\"%s\" is not on the page:\n%s", what, text);
}

static void
it_says_what_it_is_and_that_there_is_nothing_yet(void **state)
{
	struct stand_in *s = *state;
	struct heard h = stand_in_ask(s, "GET /", "", NULL);

	assert_int_equal(h.status, 200);
	shows(h.text, "no money moves");
	shows(h.text, "Nothing was asked for yet");
	shows(h.text, "everything goes as it should");
	shows(h.head, "Content-Security-Policy: default-src 'none'; style-src 'self'");
	assert_null(strstr(h.text, "<script"));
	assert_int_equal(stand_in_ask(s, "GET /admin/other", "", NULL).status, 404);
}

static void
all_payments_are_there_newest_first_with_their_buttons(void **state)
{
	struct stand_in *s = *state;
	const char *text, *first;

	for (size_t i = 0; i < PROVIDERS; i++)
		stand_in_opens(s, all_providers[i], arena_fmt(s->arena, "ref-%s", all_providers[i]->name).p);
	text = page(s);
	first = strstr(text, "ref-paypal");
	assert_non_null(first);
	assert_true(first < strstr(text, "ref-razorpay") && strstr(text, "ref-razorpay") < strstr(text, "ref-stripe"));
	shows(text, "£31.00 <span class=\"state\">open</span>");
	shows(text, "value=\"pay\"");
	shows(text, "value=\"decline\"");
	shows(text, "value=\"later\"");
	shows(text, "value=\"hold\"");
	shows(text, "value=\"expire\"");
	shows(text, "The buyer's page");
	assert_null(strstr(text, "value=\"dispute\""));
	assert_null(strstr(text, "value=\"refund_done\""));
}

static void
each_button_does_what_it_says(void **state)
{
	struct stand_in *s = *state;
	const char *id = stand_in_opens(s, &play_stripe, "p1"), *other = stand_in_opens(s, &play_razorpay, "p2");
	json_t *payment = purse_payment(&s->sandbox, span_of(id)), *charge;

	pressed(s, arena_fmt(s->arena, "payment=%s&do=decline", id).p);
	assert_true(purse_is(payment, "open") && json_yes(payment, "declined"));
	shows(page(s), "the last try was declined");
	pressed(s, arena_fmt(s->arena, "payment=%s&do=hold", id).p);
	assert_true(purse_is(payment, "pending"));
	shows(page(s), "The bank says yes");
	pressed(s, arena_fmt(s->arena, "payment=%s&do=pay", id).p);
	assert_true(purse_is(payment, "paid"));
	charge = purse_charge_of(&s->sandbox, payment);
	stand_in_order(s, "refund=pending:2");
	purse_refund(&s->sandbox, charge, 1000, NULL, clock_now());
	shows(page(s), "value=\"refund_fail\"");
	pressed(s, arena_fmt(s->arena, "payment=%s&do=refund_fail", id).p);
	assert_int_equal(purse_refundable(charge), 3100);
	purse_refund(&s->sandbox, charge, 1000, NULL, clock_now());
	pressed(s, arena_fmt(s->arena, "payment=%s&do=refund_done", id).p);
	shows(page(s), "£10.00 given back");
	pressed(s, arena_fmt(s->arena, "payment=%s&do=dispute", id).p);
	shows(page(s), "disputed");
	pressed(s, arena_fmt(s->arena, "payment=%s&do=dispute_won", id).p);
	assert_false(json_yes(charge, "disputed"));
	pressed(s, arena_fmt(s->arena, "payment=%s&do=later", other).p);
	assert_true(purse_is(purse_payment(&s->sandbox, span_of(other)), "pending"));
	other = stand_in_opens(s, &play_paypal, "p3");
	pressed(s, arena_fmt(s->arena, "payment=%s&do=hold", other).p);
	shows(page(s), "the buyer chose hold");
	pressed(s, arena_fmt(s->arena, "payment=%s&do=expire", other).p);
	assert_true(purse_is(purse_payment(&s->sandbox, span_of(other)), "expired"));
}

static void
orders_are_given_shown_and_cleared(void **state)
{
	struct stand_in *s = *state;
	const struct orders *os = &s->sandbox.orders;
	const char *text;

	pressed(s, "order=fail%3Dcreate%3A500&provider=razorpay&at=12-77&times=3");
	pressed(s, "order=webhook%3Doff&provider=&at=&times=");
	assert_int_equal(os->n, 2);
	assert_string_equal(os->list[0].provider, "razorpay");
	assert_string_equal(os->list[0].at, "12-77");
	assert_int_equal(os->list[0].left, 3);
	text = page(s);
	shows(text, "<code>razorpay.fail=create:500:3</code> for <b>12-77</b>, 3 times more");
	shows(text, "<code>webhook=off</code>, stays");
	pressed(s, arena_fmt(s->arena, "clear=%" PRId64, os->list[0].serial).p);
	assert_int_equal(os->n, 1);
	pressed(s, "clear=all");
	assert_int_equal(os->n, 0);
}

static void
what_is_not_understood_is_said(void **state)
{
	static const char *const wrong[] = { "order=dance%3D1", "payment=nobody&do=pay", "order=webhook%3Doff&times=2", "payment=p1&do=dispute" };
	struct stand_in *s = *state;

	stand_in_opens(s, &play_stripe, "p1");
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		struct heard h = press(s, wrong[i]);

		assert_int_equal(h.status, 400);
		shows(h.text, "That was not understood");
	}
	assert_int_equal(s->sandbox.orders.n, 0);
}

static void
no_other_site_can_press_a_button(void **state)
{
	static const char *const strange[][5] = {
		{ NULL }, { "HTTP_ORIGIN", "http://evil.example", NULL }, { "HTTP_ORIGIN", "null", NULL },
		{ "HTTP_ORIGIN", "http://evil.example", "HTTP_SEC_FETCH_SITE", "same-origin", NULL },
		{ "HTTP_SEC_FETCH_SITE", "cross-site", NULL }, { "HTTP_SEC_FETCH_SITE", "none", NULL },
		{ "HTTP_REFERER", "http://127.0.0.1:80829/admin", NULL }, { "HTTP_ORIGIN", "http://127.0.0.1:8081", NULL },
	};
	static const char *const own[][3] = { { "HTTP_ORIGIN", STAND_IN_URL, NULL }, { "HTTP_REFERER", STAND_IN_URL "/admin", NULL },
		{ "HTTP_SEC_FETCH_SITE", "same-origin", NULL } };
	struct stand_in *s = *state;

	for (size_t i = 0; i < ARRAY_LEN(strange); i++) {
		struct heard h = stand_in_ask(s, "POST /admin", "order=lose%3Dany", strange[i]);

		assert_int_equal(h.status, 403);
		shows(h.text, "did not come from this page");
	}
	assert_int_equal(s->sandbox.orders.n, 0);
	for (size_t i = 0; i < ARRAY_LEN(own); i++)
		assert_int_equal(stand_in_ask(s, "POST /admin", "order=lose%3Dany", own[i]).status, 303);
	assert_int_equal(s->sandbox.orders.n, 3);
}

static void
the_books_and_what_was_told_are_there(void **state)
{
	struct stand_in *s = *state;
	const char *id = stand_in_opens(s, &play_razorpay, "p1"), *text;
	json_t *record;
	const char *event;

	stand_in_order(s, arena_fmt(s->arena, "pay=%s", id).p);
	purse_refund(&s->sandbox, purse_charge_of(&s->sandbox, purse_payment(&s->sandbox, span_of(id))), 1000, NULL, clock_now());
	json_object_foreach(store_all(&s->sandbox.store, "events"), event, record)
		if (json_says(record, "type", "payment_link.paid")) {
			event_tried(&s->sandbox, record, 503, "");
			event_tried(&s->sandbox, record, 200, "");
		}
	text = page(s);
	shows(text, "Razorpay, £21.00 kept");
	shows(text, "<dt>Captured</dt><dd>£31.00</dd>");
	shows(text, "<dt>Given back</dt><dd>£10.00</dd>");
	shows(text, "<b>payment_link.paid</b> was answered 200");
	shows(text, "2 tries");
	shows(text, "<b>refund.created</b> waits");
}

static void
what_buyers_and_shops_wrote_is_only_text_here(void **state)
{
	struct stand_in *s = *state;
	struct heard h = stand_in_call(s, "POST /razorpay/v1/payment_links", "{\"amount\":3100,\"reference_id\":\"<script>1</script>\","
	    "\"description\":\"\\\"><img src=x>\"}", NULL);
	const char *text;

	assert_int_equal(h.status, 200);
	text = page(s);
	assert_null(strstr(text, "<script"));
	assert_null(strstr(text, "<img"));
	shows(text, "&lt;script&gt;");
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, stand_in_open, stand_in_close)
	const struct CMUnitTest tests[] = {
		TEST(it_says_what_it_is_and_that_there_is_nothing_yet),
		TEST(all_payments_are_there_newest_first_with_their_buttons),
		TEST(each_button_does_what_it_says),
		TEST(orders_are_given_shown_and_cleared),
		TEST(what_is_not_understood_is_said),
		TEST(no_other_site_can_press_a_button),
		TEST(the_books_and_what_was_told_are_there),
		TEST(what_buyers_and_shops_wrote_is_only_text_here),
	};

	log_open("test_sandbox_admin", LOG_LEVEL_ERROR);
	crypto_start();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
