/* test_razorpay_forms.c - which amounts Razorpay takes, the exact bytes that it is sent, and which settings switch it on. */
#include "base/base.h"

#include <setjmp.h>

#include <cmocka.h>
#include <jansson.h>

#include "t/lib/facts.h"

#include "base/clock.h"
#include "base/crypto.h"
#include "base/settings.h"
#include "psp/psp.h"

struct shop {
	struct arena *arena;
	struct settings settings;
	struct psp *razorpay;
};

static int
shop_open(void **state)
{
	struct shop *s = calloc(1, sizeof(*s));
	struct psp *list;

	crypto_start();
	s->arena = arena_new(64 * MiB);
	s->settings = (struct settings){
		.razorpay_base_url = "https://127.0.0.1:1",
		.razorpay_key_id = "rzp_test_1",
		.razorpay_key_secret = { SPAN("hidden") },
		.razorpay_webhook_secrets = { SPAN("w") },
		.psp_timeout_ms = 1000,
	};
	assert_int_equal(psp_all(s->arena, &s->settings, &list), 1);
	s->razorpay = psp_named(list, 1, SPAN("razorpay"));
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
amounts_have_razorpays_least_and_most(void **state)
{
	static const struct {
		int64_t minor;
		const char *code;
		bool takes;
	} cases[] = {
		{ 0, "INR", false }, { -100, "INR", false }, { 99, "INR", false }, { 100, "INR", true }, { 99, "USD", false }, { 100, "USD", true },
		{ 99, "JPY", false }, { 100, "JPY", true }, { 1800, "KRW", true }, { 50000, "VND", true }, { 17501, "HUF", true },
		{ 99990, "KWD", true }, { 99991, "KWD", false }, { 1505, "BHD", false }, { 1510, "OMR", true },
		{ INT64_C(1000000000000), "INR", true }, { INT64_C(1000000000001), "INR", false }, { INT64_MAX, "INR", false },
		{ INT64_MIN, "INR", false }, { 5000, "ISK", false }, { 5000, "UGX", false }, { 5000, "XXX", false }, { 5000, "", false },
		{ 5000, "inr", false },
	};
	struct shop *s = *state;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		if (s->razorpay->kind->check_amount(s->razorpay, money(cases[i].minor, cases[i].code)) != cases[i].takes)
			fail_msg("%" PRId64 " %s", cases[i].minor, cases[i].code);
}

/* -- what we send -------------------------------------------------------------------------------------------------------- */

static const struct checkout_line seats[2] = {
	{ SPAN("Row C, seat 7 – adult"), 1550, 1 }, { SPAN("Row C, seat 8 \"100%\""), 1550, 2 },
};

static struct checkout_ask
three_seats(void)
{
	return (struct checkout_ask){
		.reference = SPAN("12-34"), .email = SPAN("ann+1@example.org"), .name = SPAN("Ann Ö"), .title = SPAN("Salt & Harvest"),
		.success_url = SPAN("https://t.example/pay/return/ab?x=1"), .cancel_url = SPAN("https://t.example/holds/cd"),
		.amount = money(4650, "INR"), .lines = seats, .n_lines = 2, .ends_ms = clock_now() + 7200 * 1000,
	};
}

static struct span
body_of(struct shop *s, const struct checkout_ask *ask)
{
	return s->razorpay->kind->checkout_body(s->razorpay, s->arena, ask);
}

static void
a_checkout_is_asked_in_exactly_these_bytes(void **state)
{
	struct shop *s = *state;
	struct checkout_ask ask = three_seats();
	struct span expected = arena_fmt(s->arena,
	    "{\"amount\":4650,\"currency\":\"INR\",\"accept_partial\":false,\"reference_id\":\"12-34\","
	    "\"description\":\"Salt & Harvest: Row C, seat 7 – adult; 2 × Row C, seat 8 \\\"100%%\\\"\","
	    "\"customer\":{\"name\":\"Ann Ö\",\"email\":\"ann+1@example.org\"},\"notify\":{\"sms\":false,\"email\":false},"
	    "\"reminder_enable\":false,\"notes\":{\"foyer_payment\":\"12-34\"},"
	    "\"callback_url\":\"https://t.example/pay/return/ab?x=1\",\"callback_method\":\"get\",\"expire_by\":%" PRId64 "}",
	    ask.ends_ms / 1000), body = body_of(s, &ask);

	assert_string_equal(body.p, expected.p);
	assert_int_equal(body.n, expected.n);
}

static void
a_checkout_may_lack_a_name_a_title_and_lines(void **state)
{
	struct shop *s = *state;
	struct checkout_ask ask = three_seats();

	ask.name = ask.title = SPAN_NONE;
	assert_non_null(strstr(body_of(s, &ask).p, "\"description\":\"Row C, seat 7"));
	assert_non_null(strstr(body_of(s, &ask).p, "\"customer\":{\"email\":\"ann+1@example.org\"}"));
	ask.n_lines = 0;
	assert_non_null(strstr(body_of(s, &ask).p, "\"description\":\"12-34\","));
	ask.title = SPAN("Tidal");
	assert_non_null(strstr(body_of(s, &ask).p, "\"description\":\"Tidal\","));
}

static void
a_long_description_is_cut_between_characters(void **state)
{
	static struct checkout_line many[200];
	struct shop *s = *state;
	struct checkout_ask ask = three_seats();
	struct span cut;

	for (size_t i = 0; i < ARRAY_LEN(many); i++)
		many[i] = (struct checkout_line){ SPAN("Ränge – 座席 – 😀😀😀😀😀😀😀😀"), 50, 1 };
	ask.lines = many;
	ask.n_lines = ARRAY_LEN(many);
	json_auto_t *body = json_loads(body_of(s, &ask).p, 0, NULL);
	cut = span_of(json_string_value(json_object_get(body, "description")));
	assert_int_equal(span_chars(cut), 2048);
	assert_true(span_starts(cut, "Salt & Harvest: Ränge – 座席 – 😀"));
}

static void
a_checkout_ends_within_razorpays_bounds(void **state)
{
	struct shop *s = *state;
	struct checkout_ask ask = three_seats();
	int64_t now_s = clock_now() / 1000, end;

	for (int i = 0; i < 2; i++) {
		ask.ends_ms = i ? INT64_MAX / 2 : 0;
		json_auto_t *body = json_loads(body_of(s, &ask).p, 0, NULL);
		end = json_integer_value(json_object_get(body, "expire_by"));
		/*
		 * 15 minutes are the least when it is sent, and it may be sent 10 minutes later; 6 months are never less than
		 * 181 days
		 */
		assert_in_range(end - now_s, i ? 179 * 86400 : 1800, i ? 181 * 86400 : 1860);
	}
}

static void
what_razorpay_cannot_take_is_never_asked(void **state)
{
	static const struct {
		int64_t minor;
		const char *code;
	} cases[] = { { 0, "INR" }, { -4650, "INR" }, { 99, "INR" }, { 4650, "UGX" }, { 4655, "KWD" }, { INT64_MAX, "USD" } };
	struct shop *s = *state;
	struct checkout_ask ask = three_seats();

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		ask.amount = money(cases[i].minor, cases[i].code);
		assert_int_equal(body_of(s, &ask).n, 0);
	}
	ask = three_seats();
	ask.name = SPAN("\xff");
	assert_int_equal(body_of(s, &ask).n, 0);
}

static void
a_refund_is_asked_in_exactly_these_bytes(void **state)
{
	static const struct {
		int64_t minor;
		const char *code, *body;
	} cases[] = {
		{ 1550, "INR", "{\"amount\":1550,\"receipt\":\"12-77\",\"notes\":{\"foyer_refund\":\"12-77\"}}" },
		{ 100, "INR", "{\"amount\":100,\"receipt\":\"12-77\",\"notes\":{\"foyer_refund\":\"12-77\"}}" },
		{ 50, "JPY", "{\"amount\":50,\"receipt\":\"12-77\",\"notes\":{\"foyer_refund\":\"12-77\"}}" },
		{ 99, "INR", "" }, { 0, "USD", "" }, { -1, "USD", "" }, { 1505, "KWD", "" }, { 100, "XXX", "" },
	};
	struct shop *s = *state;
	struct refund_ask ask = { .session = SPAN("plink_1"), .capture = SPAN("pay_1"), .reference = SPAN("12-77") };

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		ask.amount = money(cases[i].minor, cases[i].code);
		assert_true(span_is(s->razorpay->kind->refund_body(s->razorpay, s->arena, &ask), cases[i].body));
	}
}

static void
assert_documented(const json_t *schemas, const char *name, struct span body)
{
	const json_t *properties = json_object_get(json_object_get(schemas, name), "properties"), *value;
	json_auto_t *sent = json_loadb(body.p, body.n, 0, NULL);
	const char *key;

	assert_true(json_object_size(sent) > 2);
	json_object_foreach(sent, key, value)
		if (!json_object_get(properties, key))
			fail_msg("\"%s\" is not in %s", key, name);
}

/*
 * Razorpay refuses what it does not know. The schema is read in place, where it is at hand (FOYER_FACTS, or ../shared/facts).
 */
static void
nothing_is_sent_that_is_not_documented(void **state)
{
	struct shop *s = *state;
	const struct checkout_ask ask = three_seats();
	const struct refund_ask refund = { .capture = SPAN("pay_1"), .reference = SPAN("12-77"), .amount = money(1550, "INR") };
	const json_t *schemas;
	json_auto_t *root = facts_read(s->arena, "razorpay-subset.json");

	if (!root)
		skip();
	schemas = json_object_get(json_object_get(root, "components"), "schemas");
	assert_documented(schemas, "payment_link_create", body_of(s, &ask));
	assert_documented(schemas, "refund_create", s->razorpay->kind->refund_body(s->razorpay, s->arena, &refund));
}

/* -- settings ------------------------------------------------------------------------------------------------------------ */

static void
only_a_whole_and_guarded_key_switches_razorpay_on(void **state)
{
	static const struct {
		const char *url, *id, *secret;
		bool on, live;
	} cases[] = {
		{ "https://127.0.0.1:1", "rzp_test_1", "s", true, false }, { "http://127.0.0.1:1", "rzp_test_1", "s", true, false },
		{ "https://127.0.0.1:1", "rzp_live_1", "s", true, true }, { "http://127.0.0.1:1", "rzp_live_1", "s", false, false },
		{ "https://127.0.0.1:1", " rzp_test_1 ", "s\n", true, false },
		{ "https://127.0.0.1:1", "rzp_test_1", "", false, false }, { "https://127.0.0.1:1", "rzp_test_1", "\n", false, false },
		{ "https://127.0.0.1:1", "", "s", false, false }, { "https://127.0.0.1:1", "sk_live_1", "s", false, false },
		{ "https://127.0.0.1:1", "rzp_test_1:x", "s", false, false }, { "https://127.0.0.1:1", "rzp_test_1\r\nX: y", "s", false, false },
		{ "https://127.0.0.1:1", "rzp_test_1", "a b", false, false },
	};
	struct shop *s = *state;
	struct psp *list;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		s->settings.razorpay_base_url = cases[i].url;
		s->settings.razorpay_key_id = cases[i].id;
		s->settings.razorpay_key_secret.hidden = span_of(cases[i].secret);
		if ((psp_all(s->arena, &s->settings, &list) == 1) != cases[i].on || (cases[i].on && list[0].live != cases[i].live))
			fail_msg("case %zu", i);
	}
}

static void
stripe_is_offered_before_razorpay(void **state)
{
	struct shop *s = *state;
	struct psp *list;

	s->settings.stripe_base_url = "https://127.0.0.1:1";
	s->settings.stripe_secret_key.hidden = SPAN("sk_test_1");
	s->settings.stripe_version = "2026-10-28.endive";
	assert_int_equal(psp_all(s->arena, &s->settings, &list), 2);
	assert_string_equal(list[0].kind->name, "stripe");
	assert_string_equal(list[1].kind->name, "razorpay");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, shop_open, shop_close)
		TEST(amounts_have_razorpays_least_and_most),
		TEST(a_checkout_is_asked_in_exactly_these_bytes),
		TEST(a_checkout_may_lack_a_name_a_title_and_lines),
		TEST(a_long_description_is_cut_between_characters),
		TEST(a_checkout_ends_within_razorpays_bounds),
		TEST(what_razorpay_cannot_take_is_never_asked),
		TEST(a_refund_is_asked_in_exactly_these_bytes),
		TEST(nothing_is_sent_that_is_not_documented),
		TEST(only_a_whole_and_guarded_key_switches_razorpay_on),
		TEST(stripe_is_offered_before_razorpay),
	};

	return cmocka_run_group_tests_name("razorpay forms", tests, NULL, NULL);
}
