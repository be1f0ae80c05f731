/* test_paypal_forms.c - which amounts PayPal takes, the exact bytes that it is sent, and which settings switch it on. */
#include "base/base.h"

#include <setjmp.h>

#include <cmocka.h>
#include <jansson.h>

#include "base/settings.h"
#include "psp/psp.h"

struct shop {
	struct arena *arena;
	struct settings settings;
	struct psp *paypal;
};

static size_t
offered(struct shop *s)
{
	return psp_all(s->arena, &s->settings, &s->paypal);
}

static int
shop_open(void **state)
{
	struct shop *s = calloc(1, sizeof(*s));

	s->arena = arena_new(64 * MiB);
	s->settings = (struct settings){
		.house_name = "Café Élan", .paypal_base_url = "https://api-m.sandbox.paypal.com", .paypal_client_id = "id",
		.paypal_client_secret = { SPAN("secret") }, .paypal_webhook_id = "1JE4291016473214C", .paypal_webhook_check = "certificate",
		.paypal_certificates = "", .paypal_roots = "/nonexistent", .psp_timeout_ms = 1000,
	};
	assert_int_equal(offered(s), 1);
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

static struct money
money(int64_t minor, const char *code)
{
	struct money m = { .minor = minor };

	memcpy(m.code, code, strlen(code));
	return m;
}

/* -- money --------------------------------------------------------------------------------------------------------------- */

static void
amounts_are_written_as_paypal_wants_them(void **state)
{
	static const struct {
		int64_t minor;
		const char *code, *value;	/* NULL: not taken */
	} cases[] = {
		{ 1, "USD", "0.01" }, { 10, "USD", "0.10" }, { 100, "GBP", "1.00" }, { 4650, "GBP", "46.50" }, { 123456789, "EUR", "1234567.89" },
		{ 1800, "JPY", "1800" }, { 1, "JPY", "1" }, { 150000, "HUF", "1500" }, { 150001, "HUF", NULL }, { 50, "HUF", NULL },
		{ 12300, "TWD", "123" }, { 12345, "TWD", NULL }, { 1000, "CZK", "10.00" }, { 1000, "CHF", "10.00" }, { 1000, "THB", "10.00" },
		{ 0, "USD", NULL }, { -1, "USD", NULL }, { INT64_MAX, "USD", NULL }, { INT64_MIN, "USD", NULL }, { INT64_MAX, "JPY", NULL },
		{ 1000, "INR", NULL }, { 1000, "KRW", NULL }, { 1000, "KWD", NULL }, { 1000, "BHD", NULL }, { 1000, "OMR", NULL },
		{ 1000, "VND", NULL }, { 1000, "ZAR", NULL }, { 1000, "CLP", NULL }, { 1000, "XXX", NULL }, { 1000, "", NULL }, { 1000, "usd", NULL },
	};
	struct shop *s = *state;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct refund_ask ask = { .reference = SPAN("1-2"), .capture = SPAN("C"), .amount = money(cases[i].minor, cases[i].code) };
		struct span body = s->paypal->kind->refund_body(s->paypal, s->arena, &ask), expected = SPAN_NONE;
		const char *value = cases[i].value;

		if (value)
			expected = arena_fmt(s->arena, "{\"amount\":{\"currency_code\":\"%s\",\"value\":\"%s\"},\"custom_id\":\"1-2\","
			    "\"invoice_id\":\"foyer-refund-1-2\"}", cases[i].code, value);
		if (s->paypal->kind->check_amount(s->paypal, ask.amount) != (value != NULL) || !span_eq(body, expected))
			fail_msg("%" PRId64 " %s: " PRSPAN, cases[i].minor, cases[i].code, ARGSPAN(body));
	}
}

/* -- what we send -------------------------------------------------------------------------------------------------------- */

static const struct checkout_line seats[] = { { SPAN("Row C, seat 7"), 4650, 1 } };

static struct checkout_ask
a_seat(void)
{
	return (struct checkout_ask){
		.reference = SPAN("12-34"), .email = SPAN("ann@example.org"), .name = SPAN("Ann"), .title = SPAN("Salt & \"Harvest\" \\ 塩"),
		.success_url = SPAN("https://t.example/pay/return/ab?x=1"), .cancel_url = SPAN("https://t.example/holds/cd"),
		.amount = money(4650, "GBP"), .lines = seats, .n_lines = 1,
	};
}

static void
a_checkout_is_asked_in_exactly_these_bytes(void **state)
{
	struct shop *s = *state;
	struct checkout_ask ask = a_seat();

	assert_string_equal(s->paypal->kind->checkout_body(s->paypal, s->arena, &ask).p,
	    "{\"intent\":\"CAPTURE\",\"purchase_units\":[{\"reference_id\":\"12-34\",\"custom_id\":\"12-34\",\"invoice_id\":\"foyer-12-34\","
	    "\"description\":\"Salt & \\\"Harvest\\\" \\\\ 塩\",\"amount\":{\"currency_code\":\"GBP\",\"value\":\"46.50\"}}],"
	    "\"payment_source\":{\"paypal\":{\"experience_context\":{\"return_url\":\"https://t.example/pay/return/ab?x=1\","
	    "\"cancel_url\":\"https://t.example/holds/cd\",\"user_action\":\"PAY_NOW\",\"shipping_preference\":\"NO_SHIPPING\","
	    "\"brand_name\":\"Café Élan\",\"payment_method_preference\":\"IMMEDIATE_PAYMENT_REQUIRED\"}}}}");
}

static struct span
description(struct shop *s, struct span title)
{
	struct checkout_ask ask = a_seat();
	struct span body;

	ask.title = title;
	body = s->paypal->kind->checkout_body(s->paypal, s->arena, &ask);
	json_auto_t *root = json_loadb(body.p, body.n, 0, NULL);
	return arena_copy(s->arena, span_of(json_string_value(json_object_get(
	    json_array_get(json_object_get(root, "purchase_units"), 0), "description"))));
}

static void
long_titles_are_cut_between_characters(void **state)
{
	struct shop *s = *state;
	struct span x = arena_fmt(s->arena, "%0124d", 0);

	assert_int_equal(description(s, arena_fmt(s->arena, "%0200d", 0)).n, 127);
	assert_true(span_eq(description(s, arena_fmt(s->arena, "%s塩", x.p)), arena_fmt(s->arena, "%s塩", x.p)));
	assert_true(span_eq(description(s, arena_fmt(s->arena, "%sx塩", x.p)), arena_fmt(s->arena, "%sx", x.p)));
	assert_true(span_eq(description(s, arena_fmt(s->arena, "%sxx塩", x.p)), arena_fmt(s->arena, "%sxx", x.p)));
	assert_true(span_eq(description(s, arena_fmt(s->arena, "%sxxx塩", x.p)), arena_fmt(s->arena, "%sxxx", x.p)));
	assert_true(span_eq(description(s, arena_fmt(s->arena, "%sx😀y", x.p)), arena_fmt(s->arena, "%sx", x.p)));
}

static void
a_title_that_is_missing_or_broken_is_left_out(void **state)
{
	struct shop *s = *state;

	assert_int_equal(description(s, SPAN("")).n, 0);
	assert_int_equal(description(s, SPAN("a\xff")).n, 0);
}

static void
what_paypal_cannot_take_is_never_asked(void **state)
{
	struct shop *s = *state;
	struct checkout_ask ask = a_seat();

	ask.amount = money(4650, "INR");
	assert_int_equal(s->paypal->kind->checkout_body(s->paypal, s->arena, &ask).n, 0);
	ask.amount = money(0, "GBP");
	assert_int_equal(s->paypal->kind->checkout_body(s->paypal, s->arena, &ask).n, 0);
	ask = a_seat();
	ask.reference = SPAN_NONE;
	assert_int_equal(s->paypal->kind->checkout_body(s->paypal, s->arena, &ask).n, 0);
}

/* -- settings ------------------------------------------------------------------------------------------------------------ */

static void
paypal_is_offered_only_where_it_is_wholly_configured(void **state)
{
	static const struct {
		const char *secret, *id, *check, *hook;
		size_t n;
	} cases[] = {
		{ "secret\n", " id", "certificate", "W", 1 }, { "secret", "id", "api", "", 1 }, { "", "id", "certificate", "W", 0 },
		{ " ", "id", "certificate", "W", 0 }, { "secret", "", "certificate", "W", 0 }, { "sec\r\nX: y", "id", "certificate", "W", 0 },
		{ "secret", "i:d", "certificate", "W", 0 }, { "secret", "i d", "certificate", "W", 0 }, { "secret", "id", "none", "W", 0 },
		{ "secret", "id", "", "W", 0 }, { "secret", "id", "certificate", "a\xff", 0 },
	};
	struct shop *s = *state;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		s->settings.paypal_client_secret.hidden = span_of(cases[i].secret);
		s->settings.paypal_client_id = cases[i].id;
		s->settings.paypal_webhook_check = cases[i].check;
		s->settings.paypal_webhook_id = cases[i].hook;
		if (offered(s) != cases[i].n)
			fail_msg("case %zu", i);
	}
}

static void
real_money_moves_at_paypals_live_host_only_and_never_in_the_clear(void **state)
{
	static const struct {
		const char *base;
		size_t n;
		bool live;
	} cases[] = {
		{ "https://api-m.paypal.com", 1, true }, { "https://api.paypal.com", 1, true }, { "https://API-M.PayPal.com", 1, true },
		{ "https://api-m.paypal.com:443", 1, true }, { "https://api-m.paypal.com.", 1, true }, { "https://api-m.paypal.com/x", 1, true },
		{ "https://api-m.sandbox.paypal.com", 1, false }, { "http://127.0.0.1:8082", 1, false }, { "https://api-m.paypal.com.x.test", 1, false },
		{ "http://api-m.paypal.com", 0, false }, { "http://Api.PayPal.com", 0, false }, { "api-m.paypal.com", 0, false },
	};
	struct shop *s = *state;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		s->settings.paypal_base_url = cases[i].base;
		if (offered(s) != cases[i].n || (cases[i].n && s->paypal->live != cases[i].live))
			fail_msg("%s", cases[i].base);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, shop_open, shop_close)
		TEST(amounts_are_written_as_paypal_wants_them),
		TEST(a_checkout_is_asked_in_exactly_these_bytes),
		TEST(long_titles_are_cut_between_characters),
		TEST(a_title_that_is_missing_or_broken_is_left_out),
		TEST(what_paypal_cannot_take_is_never_asked),
		TEST(paypal_is_offered_only_where_it_is_wholly_configured),
		TEST(real_money_moves_at_paypals_live_host_only_and_never_in_the_clear),
	};

	return cmocka_run_group_tests_name("paypal forms", tests, NULL, NULL);
}
