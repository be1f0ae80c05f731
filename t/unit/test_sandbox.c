/*
 * test_sandbox.c - the stand-in provider's smaller parts: nested form parameters, the shapes of JSON bodies, its signatures, its
 * orders.
 */
#include "base/base.h"

#include <setjmp.h>

#include <cmocka.h>

#include "t/lib/stand_in.h"

#include "base/crypto.h"
#include "sandbox/paypal.h"
#include "sandbox/razorpay.h"
#include "sandbox/shape.h"
#include "sandbox/sign.h"
#include "sandbox/stripe.h"

#define NOW_S INT64_C(1790000000)

/* -- parameters -------------------------------------------------------------------------------------------------------------- */

static const struct param_rule rules[] = {
	{ "plain", PARAM_TEXT, 0, 5, NULL },
	{ "line_items[#][quantity]", PARAM_INT, 1, 10, NULL },
	{ "line_items[#][price_data][currency]", PARAM_CURRENCY, 0, 0, NULL },
	{ "metadata[*]", PARAM_TEXT, 0, 500, NULL },
	{ "expand[#]", PARAM_WORD, 0, 0, "line_items payment_intent" },
	{ "sure", PARAM_BOOL, 0, 0, NULL },
};

static struct complaint why;

static json_t *
tree_of(struct stand_in *s, const char *text)
{
	struct params ps;

	why = (struct complaint){ .arena = s->arena };
	if (!params_read(s->arena, span_of(text), &ps, &why))
		return NULL;
	return params_tree(&ps, rules, ARRAY_LEN(rules), &why);
}

static void
tree_is(struct stand_in *s, const char *text, const char *json)
{
	json_t *made = tree_of(s, text), *wanted = json_loads(json, 0, NULL);

	assert_non_null(wanted);
	if (!json_equal(made, wanted))
		fail_msg("%s does not give %s", text, json);
	json_decref(made);
	json_decref(wanted);
}

static void
brackets_nest_as_the_provider_writes_them(void **state)
{
	struct stand_in *s = *state;

	tree_is(s, "", "{}");
	tree_is(s, "plain=a%20b+c", "{\"plain\": \"a b c\"}");
	tree_is(s, "line_items[0][quantity]=2&line_items%5B0%5D%5Bprice_data%5D[currency]=gbp&line_items[1][quantity]=1",
	    "{\"line_items\": [{\"quantity\": 2, \"price_data\": {\"currency\": \"gbp\"}}, {\"quantity\": 1}]}");
	tree_is(s, "line_items[1][quantity]=1&line_items[0][quantity]=3", "{\"line_items\": [{\"quantity\": 3}, {\"quantity\": 1}]}");
	tree_is(s, "metadata[0]=a&metadata[x-y]=%C3%A9", "{\"metadata\": {\"0\": \"a\", \"x-y\": \"é\"}}");
	tree_is(s, "expand[]=line_items&expand[]=payment_intent&sure=true",
	    "{\"expand\": [\"line_items\", \"payment_intent\"], \"sure\": true}");
	tree_is(s, "plain=a&plain=b", "{\"plain\": \"b\"}");
	tree_is(s, "metadata[gone]=&plain=a", "{\"plain\": \"a\"}");
}

static void
refused_with(struct stand_in *s, const char *text, const char *code)
{
	json_t *made = tree_of(s, text);

	if (made)
		fail_msg("%s was taken", text);
	assert_int_equal(why.status, 400);
	if (code)
		assert_string_equal(why.code, code);
}

static void
what_a_call_does_not_know_is_refused(void **state)
{
	struct stand_in *s = *state;

	refused_with(s, "other=1", "parameter_unknown");
	refused_with(s, "plain[0]=1", "parameter_unknown");
	refused_with(s, "line_items=1", "parameter_unknown");
	refused_with(s, "line_items[0]=1", "parameter_unknown");
	refused_with(s, "line_items[x][quantity]=1", "parameter_unknown");
	refused_with(s, "line_items[0][quantity=1", "parameter_unknown");
	refused_with(s, "line_items[0]quantity]=1", "parameter_unknown");
	refused_with(s, "metadata[]=1", "parameter_unknown");
	refused_with(s, "a[b][c][d][e][f][g][h][i]=1", "parameter_unknown");
	refused_with(s, "line_items[1][quantity]=1", NULL);
	refused_with(s, "line_items[99999999999999999999][quantity]=1", NULL);
	refused_with(s, "line_items[0][quantity]=1.5", "parameter_invalid_integer");
	refused_with(s, "line_items[0][quantity]=0", "parameter_invalid_integer");
	refused_with(s, "line_items[0][quantity]=11", "parameter_invalid_integer");
	refused_with(s, "line_items[0][price_data][currency]=GBP", NULL);
	refused_with(s, "plain=", "parameter_invalid_empty");
	refused_with(s, "plain=123456", NULL);
	refused_with(s, "plain=%ff", NULL);
	refused_with(s, "plain=%00", NULL);
	refused_with(s, "sure=yes", NULL);
	refused_with(s, "expand[0]=customer", NULL);
	refused_with(s, "metadata[a2345678901234567890123456789012345678901]=1", NULL);
}

/* -- shapes ------------------------------------------------------------------------------------------------------------------- */

static const struct shape_rule shape_rules[] = {
	{ "amount", SHAPE_INT, 1, 100, NULL, true },
	{ "word", SHAPE_WORD, 0, 0, "one two", false },
	{ "units", SHAPE_LIST, 1, 2, NULL, true },
	{ "units[].name", SHAPE_TEXT, 1, 3, NULL, true },
	{ "units[].cost.value", SHAPE_DECIMAL, 1, 8, NULL, true },
	{ "notes.*", SHAPE_TEXT, 0, 5, NULL, false },
	{ "any", SHAPE_OBJECT, 0, 0, NULL, false },
	{ "url", SHAPE_URL, 0, 0, NULL, false },
	{ "code", SHAPE_CURRENCY, 0, 0, NULL, false },
	{ "sure", SHAPE_BOOL, 0, 0, NULL, false },
};

#define WELL "\"amount\":5,\"units\":[{\"name\":\"a\"}]"

static void
shape_is(struct stand_in *s, const char *json, enum shape_fault wanted, const char *where)
{
	json_t *body = json_loads(json, 0, NULL);
	struct span at;
	enum shape_fault found;

	assert_non_null(body);
	found = shape_check(s->arena, body, shape_rules, ARRAY_LEN(shape_rules), &at);
	if (found != wanted || !span_is(at, where))
		fail_msg("%s: %d at \"" PRSPAN "\"", json, found, ARGSPAN(at));
	json_decref(body);
}

static void
a_body_has_its_shape_and_nothing_else(void **state)
{
	struct stand_in *s = *state;

	shape_is(s, "{" WELL "}", SHAPE_GOOD, "");
	shape_is(s, "{" WELL ",\"word\":\"two\",\"notes\":{\"a\":\"b\"},\"any\":{\"x\":[1]},\"url\":\"https://a.b\",\"code\":\"GBP\",\"sure\":true}",
	    SHAPE_GOOD, "");
	shape_is(s, "{\"amount\":5,\"units\":[{\"name\":\"a\",\"cost\":{\"value\":\"1.50\"}}]}", SHAPE_GOOD, "");
	shape_is(s, "{\"units\":[{\"name\":\"a\"}]}", SHAPE_MISSING, "amount");
	shape_is(s, "{\"amount\":5}", SHAPE_MISSING, "units");
	shape_is(s, "{\"amount\":5,\"units\":[{}]}", SHAPE_MISSING, "units[].name");
	shape_is(s, "{\"amount\":5,\"units\":[{\"name\":\"a\",\"cost\":{}}]}", SHAPE_MISSING, "units[].cost.value");
	shape_is(s, "{" WELL ",\"colour\":1}", SHAPE_UNKNOWN, "colour");
	shape_is(s, "{" WELL ",\"amoun\":1}", SHAPE_UNKNOWN, "amoun");
	shape_is(s, "{\"amount\":5,\"units\":[{\"name\":\"a\",\"x\":1}]}", SHAPE_UNKNOWN, "units[].x");
	shape_is(s, "{" WELL ",\"notes\":{\"a\":{\"b\":1}}}", SHAPE_WRONG, "notes.a");
	shape_is(s, "{" WELL ",\"notes\":{\"a\":\"toolong\"}}", SHAPE_WRONG, "notes.a");
	shape_is(s, "{\"amount\":\"5\",\"units\":[{\"name\":\"a\"}]}", SHAPE_WRONG, "amount");
	shape_is(s, "{\"amount\":5.0,\"units\":[{\"name\":\"a\"}]}", SHAPE_WRONG, "amount");
	shape_is(s, "{\"amount\":101,\"units\":[{\"name\":\"a\"}]}", SHAPE_WRONG, "amount");
	shape_is(s, "{\"amount\":5,\"units\":[]}", SHAPE_WRONG, "units");
	shape_is(s, "{\"amount\":5,\"units\":{\"name\":\"a\"}}", SHAPE_WRONG, "units");
	shape_is(s, "{\"amount\":5,\"units\":[{\"name\":\"abcd\"}]}", SHAPE_WRONG, "units[].name");
	shape_is(s, "{\"amount\":5,\"units\":[{\"name\":\"a\",\"cost\":{\"value\":\"1.\"}}]}", SHAPE_WRONG, "units[].cost.value");
	shape_is(s, "{\"amount\":5,\"units\":[{\"name\":\"a\",\"cost\":{\"value\":\"1.2.3\"}}]}", SHAPE_WRONG, "units[].cost.value");
	shape_is(s, "{\"amount\":5,\"units\":[{\"name\":\"a\",\"cost\":{\"value\":\"-1\"}}]}", SHAPE_WRONG, "units[].cost.value");
	shape_is(s, "{" WELL ",\"word\":\"three\"}", SHAPE_WRONG, "word");
	shape_is(s, "{" WELL ",\"url\":\"ftp://a\"}", SHAPE_WRONG, "url");
	shape_is(s, "{" WELL ",\"code\":\"gbp\"}", SHAPE_WRONG, "code");
	shape_is(s, "{" WELL ",\"sure\":\"true\"}", SHAPE_WRONG, "sure");
	shape_is(s, "{" WELL ",\"any\":[]}", SHAPE_WRONG, "any");
}

/* -- signatures --------------------------------------------------------------------------------------------------------------- */

static void
the_signatures_are_the_published_ones(void **state)
{
	struct stand_in *s = *state;
	struct span header = play_stripe_signature(s->arena, SPAN("whsec_test_secret"), NOW_S, SPAN("{\"id\":\"evt_1\",\"object\":\"event\"}"));

	assert_string_equal(header.p, "t=1790000000,v1=765d0d35514a56905b8ddef451bc5570cc45dfa0395a213879a36689a6be55a3");
	assert_string_equal(sign_hmac_sha256(s->arena, SPAN("rzp_webhook_secret"), SPAN("{\"entity\":\"event\",\"event\":\"order.paid\"}")).p,
	    "192ab187834aaf5fb16d1a7c784933ea2d226c1a17f393d0e634548a315cce56");
	assert_string_equal(sign_hmac_sha256(s->arena, SPAN("rzp_key_secret"), SPAN("plink_T1|ord_1|paid|pay_T1")).p,
	    "15ebb13b440f306aabec4437bf12bd7d7cc4907a915468ce77d5de88127da4ec");
	assert_string_equal(play_paypal_message(s->arena, SPAN("id"), SPAN("time"), SPAN("hook"),
	    SPAN("{\"id\":\"WH-1\",\"event_type\":\"PAYMENT.CAPTURE.COMPLETED\"}")).p, "id|time|hook|2325436976");
	assert_string_equal(sign_basic(s->arena, SPAN("Aladdin"), SPAN("open sesame")).p, "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
}

/* -- orders ------------------------------------------------------------------------------------------------------------------- */

static const struct scope anything = { NULL, { "", 0 }, { "", 0 } };

/* "name=value" */
static const char *
give(struct orders *os, const char *at, const char *order)
{
	struct span value = span_of(order), name = span_cut(&value, '=');

	return orders_give(os, span_of(at), name, value);
}

static void
an_order_is_used_up(void **state)
{
	struct stand_in *s = *state;
	struct orders *os = &s->sandbox.orders;
	struct order o;

	assert_null(give(os, "", "fail=create:503:2"));
	assert_null(give(os, "", "hang=any:300ms"));
	assert_false(orders_take(os, anything, ORDER_FAIL, "refund", &o));
	assert_true(orders_take(os, anything, ORDER_FAIL, "create", &o));
	assert_int_equal(o.number, 503);
	assert_true(orders_take(os, anything, ORDER_FAIL, "create", &o));
	assert_false(orders_take(os, anything, ORDER_FAIL, "create", &o));
	assert_false(orders_take(os, anything, ORDER_HANG, "page", &o));
	assert_true(orders_take(os, anything, ORDER_HANG, "refund", &o));
	assert_int_equal(o.number, 300);
	assert_int_equal(os->n, 0);
}

static void
an_order_that_is_not_understood_is_said_to_be(void **state)
{
	static const char *const wrong[] = { "fail=create", "fail=create:200", "fail=nothing:500", "hang=create", "hang=create:x",
	    "lose=refund:0", "lose=refund:1:2", "webhook=sometimes", "late=never", "dance=1", "visa.fail=create:500", "webhook=off:2",
	    "charge=later", "clear=everything", "webhook=late", "razorpay.=x", ".fail=create:500" };
	struct stand_in *s = *state;
	struct orders *os = &s->sandbox.orders;

	for (size_t i = 0; i < ARRAY_LEN(wrong); i++)
		if (!give(os, "", wrong[i]))
			fail_msg("%s was taken", wrong[i]);
	assert_int_equal(os->n, 0);
}

static void
an_order_is_for_one_provider_or_one_payment(void **state)
{
	struct stand_in *s = *state;
	struct orders *os = &s->sandbox.orders;
	struct scope paypal = { "paypal", SPAN("12-1"), SPAN("ORDER1") }, razorpay = { "razorpay", SPAN("12-2"), SPAN("plink_1") };
	struct order o;

	assert_null(give(os, "", "razorpay.fail=create:500"));
	assert_null(give(os, "12-1", "fail=capture:429"));
	assert_null(give(os, "plink_1", "lose=refund"));
	assert_false(orders_take(os, paypal, ORDER_FAIL, "create", &o));
	assert_false(orders_take(os, anything, ORDER_FAIL, "create", &o));
	assert_true(orders_take(os, razorpay, ORDER_FAIL, "create", &o));
	assert_false(orders_take(os, razorpay, ORDER_FAIL, "capture", &o));
	assert_true(orders_take(os, paypal, ORDER_FAIL, "capture", &o));
	assert_false(orders_take(os, paypal, ORDER_LOSE, "refund", &o));
	assert_true(orders_take(os, razorpay, ORDER_LOSE, "refund", &o));
}

static void
what_stays_is_heard_until_it_is_said_anew_or_cleared(void **state)
{
	struct stand_in *s = *state;
	struct orders *os = &s->sandbox.orders;
	struct scope one = { "stripe", SPAN("12-1"), SPAN("cs_1") }, other = { "stripe", SPAN("12-2"), SPAN("cs_2") };

	assert_null(give(os, "", "late=2"));
	assert_null(give(os, "12-1", "late=7"));
	assert_null(give(os, "", "late=3"));
	assert_int_equal(os->n, 2);
	assert_int_equal(orders_setting(os, other, ORDER_LATE)->number, 3000);
	assert_null(give(os, "", arena_fmt(s->arena, "clear=%" PRId64, orders_setting(os, other, ORDER_LATE)->serial).p));
	assert_null(orders_setting(os, other, ORDER_LATE));
	assert_int_equal(orders_setting(os, one, ORDER_LATE)->number, 7000);
	assert_null(give(os, "", "clear=999"));
	assert_null(give(os, "", "clear=all"));
	assert_null(orders_setting(os, one, ORDER_LATE));
}

static void
cancel_is_another_word_for_expire(void **state)
{
	struct stand_in *s = *state;
	struct order o;

	assert_null(give(&s->sandbox.orders, "", "fail=cancel:500"));
	assert_true(orders_take(&s->sandbox.orders, anything, ORDER_FAIL, "expire", &o));
}

static void
webhooks_on_forgets_only_what_was_said_of_webhooks(void **state)
{
	struct stand_in *s = *state;
	struct orders *os = &s->sandbox.orders;
	struct scope razorpay = { "razorpay", SPAN("12-2"), SPAN("plink_1") };

	assert_null(give(os, "", "webhook=twice:5"));
	assert_null(give(os, "", "lose=refund"));
	assert_null(give(os, "", "webhook=before_answer"));
	assert_null(give(os, "", "webhook=delay:2"));
	assert_null(give(os, "", "razorpay.webhook=off"));
	assert_null(give(os, "", "webhook=off"));
	assert_int_equal(orders_setting(os, anything, ORDER_DELAY)->number, 2000);
	assert_null(give(os, "", "webhook=on"));
	assert_int_equal(os->n, 2);
	assert_int_equal(os->list[0].kind, ORDER_LOSE);
	assert_null(orders_setting(os, anything, ORDER_OFF));
	assert_non_null(orders_setting(os, razorpay, ORDER_OFF));
	assert_null(give(os, "", "razorpay.webhook=on"));
	assert_null(orders_setting(os, razorpay, ORDER_OFF));
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, stand_in_open, stand_in_close)
	const struct CMUnitTest tests[] = {
		TEST(brackets_nest_as_the_provider_writes_them),
		TEST(what_a_call_does_not_know_is_refused),
		TEST(a_body_has_its_shape_and_nothing_else),
		TEST(the_signatures_are_the_published_ones),
		TEST(an_order_is_used_up),
		TEST(an_order_that_is_not_understood_is_said_to_be),
		TEST(an_order_is_for_one_provider_or_one_payment),
		TEST(what_stays_is_heard_until_it_is_said_anew_or_cleared),
		TEST(cancel_is_another_word_for_expire),
		TEST(webhooks_on_forgets_only_what_was_said_of_webhooks),
	};

	log_open("test_sandbox", LOG_LEVEL_ERROR);
	crypto_start();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
