/* test_stripe_forms.c - which amounts Stripe takes, the exact bytes that it is sent, and which settings switch it on. */
#include "base/base.h"

#include <setjmp.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/crypto.h"
#include "base/settings.h"
#include "psp/psp.h"

struct shop {
	struct arena *arena;
	struct settings settings;
	struct psp *stripe;
};

static struct psp *
shop_of(struct shop *s)
{
	struct psp *list;

	s->settings = (struct settings){
		.stripe_base_url = "https://127.0.0.1:1",
		.stripe_secret_key = { SPAN("sk_test_1") },
		.stripe_webhook_secrets = { SPAN("whsec_test_secret") },
		.stripe_version = "2026-10-28.endive",
		.webhook_age_seconds = 300,
		.psp_timeout_ms = 1000,
	};
	assert_int_equal(psp_all(s->arena, &s->settings, &list), 1);
	return psp_named(list, 1, SPAN("stripe"));
}

static int
shop_open(void **state)
{
	struct shop *s = calloc(1, sizeof(*s));

	crypto_start();
	s->arena = arena_new(64 * MiB);
	s->stripe = shop_of(s);
	*state = s;
	return 0;
}

static int
shop_close(void **state)
{
	struct shop *s = *state;

	arena_free(s->arena);
	free(s);
	return 0;
}

/* -- money --------------------------------------------------------------------------------------------------------------- */

static void
amounts_have_stripes_least_and_most(void **state)
{
	static const struct {
		int64_t minor;
		const char *code;
		bool takes;
	} cases[] = {
		{ 0, "USD", false }, { -100, "USD", false }, { 49, "USD", false }, { 50, "USD", true }, { 29, "GBP", false }, { 30, "GBP", true },
		{ 49, "JPY", false }, { 50, "JPY", true }, { 17499, "HUF", false }, { 17500, "HUF", true }, { 99999999, "USD", true },
		{ 100000000, "USD", false }, { INT64_MAX, "USD", false }, { INT64_MAX, "JPY", false },
		{ 1500, "KWD", true }, { 1505, "KWD", false }, { 1, "ZAR", true },
		{ 5000, "ISK", false }, { 5000, "UGX", false }, { 5000, "XXX", false }, { 5000, "", false }, { 5000, "usd", false },
	};
	struct shop *s = *state;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct money m = { .minor = cases[i].minor };

		memcpy(m.code, cases[i].code, strlen(cases[i].code));
		if (s->stripe->kind->check_amount(s->stripe, m) != cases[i].takes)
			fail_msg("%" PRId64 " %s", cases[i].minor, cases[i].code);
	}
}

/* -- what we send -------------------------------------------------------------------------------------------------------- */

static struct checkout_ask
two_seats(const struct checkout_line lines[2])
{
	struct checkout_ask ask = {
		.reference = SPAN("12-34"), .email = SPAN("ann+1@example.org"), .title = SPAN("Salt & Harvest"),
		.success_url = SPAN("https://t.example/pay/return/ab?x=1"), .cancel_url = SPAN("https://t.example/holds/cd"),
		.amount = money_of(4650, SPAN("GBP")), .lines = lines, .n_lines = 2, .ends_ms = clock_now() + 7200 * 1000,
	};

	return ask;
}

static const struct checkout_line seats[2] = {
	{ SPAN("Row C, seat 7 – adult"), 1550, 1 }, { SPAN("Row C, seat 8 100%"), 1550, 2 },
};

static void
a_checkout_is_asked_in_exactly_these_bytes(void **state)
{
	struct shop *s = *state;
	struct checkout_ask ask = two_seats(seats);
	struct span expected = arena_fmt(s->arena,
	    "mode=payment&client_reference_id=12-34&success_url=https%%3A%%2F%%2Ft.example%%2Fpay%%2Freturn%%2Fab%%3Fx%%3D1"
	    "&cancel_url=https%%3A%%2F%%2Ft.example%%2Fholds%%2Fcd&expires_at=%" PRId64 "&customer_email=ann%%2B1%%40example.org"
	    "&line_items[0][quantity]=1&line_items[0][price_data][currency]=gbp&line_items[0][price_data][unit_amount]=1550"
	    "&line_items[0][price_data][product_data][name]=Row%%20C%%2C%%20seat%%207%%20%%E2%%80%%93%%20adult"
	    "&line_items[0][price_data][product_data][description]=Salt%%20%%26%%20Harvest"
	    "&line_items[1][quantity]=2&line_items[1][price_data][currency]=gbp&line_items[1][price_data][unit_amount]=1550"
	    "&line_items[1][price_data][product_data][name]=Row%%20C%%2C%%20seat%%208%%20100%%25"
	    "&line_items[1][price_data][product_data][description]=Salt%%20%%26%%20Harvest"
	    "&metadata[foyer_payment]=12-34&payment_intent_data[description]=Salt%%20%%26%%20Harvest"
	    "&payment_intent_data[metadata][foyer_payment]=12-34", ask.ends_ms / 1000);

	assert_string_equal(s->stripe->kind->checkout_body(s->stripe, s->arena, &ask).p, expected.p);
}

static void
a_checkout_ends_within_stripes_bounds(void **state)
{
	struct shop *s = *state;
	struct checkout_ask ask = two_seats(seats);
	int64_t now_s = clock_now() / 1000, end;
	struct span body, value;

	for (int i = 0; i < 2; i++) {
		ask.ends_ms = i ? INT64_MAX / 2 : 0;
		body = s->stripe->kind->checkout_body(s->stripe, s->arena, &ask);
		value = span_of(strstr(body.p, "&expires_at=") + 12);
		assert_true(span_int(span_cut(&value, '&'), 1, INT64_MAX, &end));
		assert_in_range(end - now_s, i ? 86400 - 65 : 2700, i ? 86400 - 55 : 2705);
	}
}

static void
lines_that_do_not_make_the_amount_become_one_that_does(void **state)
{
	struct shop *s = *state;
	struct checkout_ask ask = two_seats(seats);
	struct span body;

	ask.amount.minor = 4649;
	body = s->stripe->kind->checkout_body(s->stripe, s->arena, &ask);
	assert_non_null(strstr(body.p, "line_items[0][price_data][unit_amount]=4649&"
	    "line_items[0][price_data][product_data][name]=Salt%20%26%20Harvest&"));
	assert_null(strstr(body.p, "line_items[1]"));
}

static void
what_stripe_cannot_take_is_never_asked(void **state)
{
	struct shop *s = *state;
	struct checkout_ask ask = two_seats(seats);

	memcpy(ask.amount.code, "UGX", 4);
	assert_int_equal(s->stripe->kind->checkout_body(s->stripe, s->arena, &ask).n, 0);
}

/* -- settings ------------------------------------------------------------------------------------------------------------ */

static void
without_a_key_stripe_is_not_offered(void **state)
{
	struct shop *s = *state;
	struct psp *list;

	s->settings.stripe_secret_key.hidden = SPAN("");
	assert_int_equal(psp_all(s->arena, &s->settings, &list), 0);
	assert_null(psp_named(list, 0, SPAN("stripe")));
}

static void
a_live_key_does_not_go_over_plain_http(void **state)
{
	struct shop *s = *state;
	struct psp *list;

	s->settings.stripe_secret_key.hidden = SPAN("sk_live_1");
	assert_int_equal(psp_all(s->arena, &s->settings, &list), 1);
	assert_true(list[0].live);
	s->settings.stripe_base_url = "http://127.0.0.1:1";
	assert_int_equal(psp_all(s->arena, &s->settings, &list), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, shop_open, shop_close)
		TEST(amounts_have_stripes_least_and_most),
		TEST(a_checkout_is_asked_in_exactly_these_bytes),
		TEST(a_checkout_ends_within_stripes_bounds),
		TEST(lines_that_do_not_make_the_amount_become_one_that_does),
		TEST(what_stripe_cannot_take_is_never_asked),
		TEST(without_a_key_stripe_is_not_offered),
		TEST(a_live_key_does_not_go_over_plain_http),
	};

	return cmocka_run_group_tests_name("stripe forms", tests, NULL, NULL);
}
