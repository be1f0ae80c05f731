/*
 * test_sandbox.c - the stand-in provider without its wire: nested form parameters, its signature, its orders, and the lives of
 * sessions and refunds with the events they tell.
 */
#include "base/base.h"

#include <setjmp.h>

#include <cmocka.h>

#include "base/crypto.h"
#include "sandbox/params.h"
#include "sandbox/refunds.h"
#include "sandbox/sandbox.h"
#include "sandbox/sessions.h"
#include "sandbox/sign.h"

#define NOW_S INT64_C(1790000000)
#define NOW (NOW_S * 1000)

struct stand_in {
	struct arena *arena;
	struct sandbox_options options;
	struct sandbox sandbox;
	struct complaint why;
};

static int
open_stand_in(void **state)
{
	struct arena *a = arena_new(8 * MiB);
	struct stand_in *s = ARENA_NEW(a, struct stand_in);

	s->arena = s->why.arena = a;
	s->options.public_url = "http://127.0.0.1:8081";
	s->sandbox.options = &s->options;
	orders_clear(&s->sandbox.orders);
	store_open(&s->sandbox.store, NULL);
	*state = s;
	return 0;
}

static int
close_stand_in(void **state)
{
	struct stand_in *s = *state;

	store_close(&s->sandbox.store);
	arena_free(s->arena);
	return 0;
}

/* -- parameters -------------------------------------------------------------------------------------------------------------- */

static const struct param_rule rules[] = {
	{ "plain", PARAM_TEXT, 0, 5, NULL },
	{ "line_items[#][quantity]", PARAM_INT, 1, 10, NULL },
	{ "line_items[#][price_data][currency]", PARAM_CURRENCY, 0, 0, NULL },
	{ "metadata[*]", PARAM_TEXT, 0, 500, NULL },
	{ "expand[#]", PARAM_WORD, 0, 0, "line_items payment_intent" },
	{ "sure", PARAM_BOOL, 0, 0, NULL },
};

static json_t *
tree_of(struct stand_in *s, const char *text)
{
	struct params ps;

	s->why.code = NULL;
	if (!params_read(s->arena, span_of(text), &ps, &s->why))
		return NULL;
	return params_tree(&ps, rules, ARRAY_LEN(rules), &s->why);
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
	assert_int_equal(s->why.status, 400);
	if (code)
		assert_string_equal(s->why.code, code);
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

/* -- signature ---------------------------------------------------------------------------------------------------------------- */

static void
the_signature_is_the_published_one(void **state)
{
	struct stand_in *s = *state;
	struct span header = sign_webhook(s->arena, SPAN("whsec_test_secret"), NOW_S, SPAN("{\"id\":\"evt_1\",\"object\":\"event\"}"));

	assert_string_equal(header.p, "t=1790000000,v1=765d0d35514a56905b8ddef451bc5570cc45dfa0395a213879a36689a6be55a3");
}

/* -- orders ------------------------------------------------------------------------------------------------------------------- */

static void
an_order_is_used_up(void **state)
{
	struct orders os;
	struct order o;

	(void)state;
	orders_clear(&os);
	assert_null(orders_give(&os, SPAN("fail"), SPAN("create:503:2")));
	assert_null(orders_give(&os, SPAN("hang"), SPAN("any:300ms")));
	assert_false(orders_take(&os, ORDER_FAIL, "refund", &o));
	assert_true(orders_take(&os, ORDER_FAIL, "create", &o));
	assert_int_equal(o.number, 503);
	assert_true(orders_take(&os, ORDER_FAIL, "create", &o));
	assert_false(orders_take(&os, ORDER_FAIL, "create", &o));
	assert_true(orders_take(&os, ORDER_HANG, "refund", &o));
	assert_int_equal(o.number, 300);
	assert_int_equal(os.n, 0);
}

static void
an_order_that_is_not_understood_is_said_to_be(void **state)
{
	static const char *const wrong[][2] = {
		{ "fail", "create" }, { "fail", "create:200" }, { "fail", "nothing:500" }, { "hang", "create" }, { "hang", "create:x" },
		{ "lose", "refund:0" }, { "lose", "refund:1:2" }, { "webhook", "sometimes" }, { "late", "never" }, { "dance", "1" },
	};
	struct orders os;

	(void)state;
	orders_clear(&os);
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++)
		if (!orders_give(&os, span_of(wrong[i][0]), span_of(wrong[i][1])))
			fail_msg("%s=%s was taken", wrong[i][0], wrong[i][1]);
	assert_int_equal(os.n, 0);
}

static void
webhooks_on_forgets_only_what_was_said_of_webhooks(void **state)
{
	struct orders os;

	(void)state;
	orders_clear(&os);
	assert_null(orders_give(&os, SPAN("webhook"), SPAN("twice:5")));
	assert_null(orders_give(&os, SPAN("lose"), SPAN("refund")));
	assert_null(orders_give(&os, SPAN("webhook"), SPAN("before_answer")));
	assert_null(orders_give(&os, SPAN("webhook"), SPAN("delay:2")));
	assert_null(orders_give(&os, SPAN("webhook"), SPAN("off")));
	assert_int_equal(os.webhook_delay, 2000);
	assert_null(orders_give(&os, SPAN("webhook"), SPAN("on")));
	assert_int_equal(os.n, 1);
	assert_int_equal(os.list[0].kind, ORDER_LOSE);
	assert_false(os.webhooks_off);
	assert_int_equal(os.webhook_delay, 0);
}

/* -- sessions and refunds ----------------------------------------------------------------------------------------------------- */

static json_t *
open_session(struct stand_in *s)
{
	json_t *asked = json_pack("{s:s, s:s, s:s, s:I, s:[{s:i, s:{s:s, s:i, s:{s:s}}}], s:{s:s}}", "mode", "payment",
	    "success_url", "http://shop.example/", "client_reference_id", "p1", "expires_at", (json_int_t)NOW_S + 1800, "line_items",
	    "quantity", 2, "price_data", "currency", "gbp", "unit_amount", 1550, "product_data", "name", "C7", "metadata", "ref", "p1");
	json_t *record = session_open(&s->sandbox, asked, NOW);

	json_decref(asked);
	return record;
}

static void
session_is(const json_t *record, const char *status, const char *payment_status)
{
	const json_t *session = json_object_get(record, "session");

	assert_string_equal(json_string_value(json_object_get(session, "status")), status);
	assert_string_equal(json_string_value(json_object_get(session, "payment_status")), payment_status);
}

/* The types of all events so far, oldest first: "a b c". */
static void
told(struct stand_in *s, const char *types)
{
	json_t *record;
	const char *id;
	struct buf b;

	buf_init(&b, s->arena, 4 * KiB);
	json_object_foreach(store_all(&s->sandbox.store, "events"), id, record)
		buf_fmt(&b, "%s%s", b.n ? " " : "", json_string_value(json_object_get(json_object_get(record, "event"), "type")));
	assert_string_equal(b.p, types);
}

static void
a_new_session_is_open_and_unpaid(void **state)
{
	struct stand_in *s = *state;
	json_t *record = open_session(s), *session = json_object_get(record, "session");

	session_is(record, "open", "unpaid");
	assert_int_equal(json_number(session, "amount_total"), 3100);
	assert_int_equal(json_span(session, "id").n, 66);
	assert_true(span_starts(json_span(session, "url"), "http://127.0.0.1:8081/c/pay/cs_test_"));
	assert_true(json_is_null(json_object_get(session, "payment_intent")));
	assert_ptr_equal(session_find(&s->sandbox, json_span(session, "id")), record);
	told(s, "");
}

static void
a_declined_try_leaves_it_open_and_the_next_one_pays(void **state)
{
	struct stand_in *s = *state;
	json_t *record = open_session(s), *session = json_object_get(record, "session");
	char intent[80];

	assert_true(session_act(&s->sandbox, record, ACT_DECLINE, NOW));
	session_is(record, "open", "unpaid");
	snprintf(intent, sizeof(intent), "%s", json_string_value(json_object_get(session, "payment_intent")));
	assert_true(session_act(&s->sandbox, record, ACT_PAY, NOW));
	session_is(record, "complete", "paid");
	assert_true(span_is(json_span(session, "payment_intent"), intent));
	assert_true(json_is_null(json_object_get(session, "url")));
	told(s, "payment_intent.payment_failed payment_intent.succeeded checkout.session.completed");
}

static void
a_session_that_ended_takes_no_more_acts(void **state)
{
	struct stand_in *s = *state;
	json_t *paid = open_session(s), *expired = open_session(s);

	session_act(&s->sandbox, paid, ACT_PAY, NOW);
	assert_true(session_expire(&s->sandbox, expired));
	session_is(expired, "expired", "unpaid");
	assert_false(session_act(&s->sandbox, paid, ACT_PAY, NOW));
	assert_false(session_expire(&s->sandbox, paid));
	assert_false(session_act(&s->sandbox, expired, ACT_PAY, NOW));
	assert_false(session_expire(&s->sandbox, expired));
	told(s, "payment_intent.succeeded checkout.session.completed checkout.session.expired");
}

static void
a_session_expires_by_its_time(void **state)
{
	struct stand_in *s = *state;
	json_t *record = open_session(s);

	sessions_tick(&s->sandbox, NOW + 1800 * 1000 - 1);
	session_is(record, "open", "unpaid");
	sessions_tick(&s->sandbox, NOW + 1800 * 1000);
	session_is(record, "expired", "unpaid");
	told(s, "checkout.session.expired");
}

static void
paying_later_ends_after_its_time_either_way(void **state)
{
	struct stand_in *s = *state;
	json_t *good = open_session(s), *bad = open_session(s);

	session_act(&s->sandbox, good, ACT_LATER, NOW);
	session_is(good, "complete", "unpaid");
	sessions_tick(&s->sandbox, NOW + 4999);
	session_is(good, "complete", "unpaid");
	sessions_tick(&s->sandbox, NOW + 5000);
	session_is(good, "complete", "paid");
	session_act(&s->sandbox, bad, ACT_LATER_FAIL, NOW + 5000);
	sessions_tick(&s->sandbox, NOW + 10000);
	session_is(bad, "complete", "unpaid");
	told(s, "checkout.session.completed payment_intent.succeeded checkout.session.async_payment_succeeded "
	    "checkout.session.completed payment_intent.payment_failed checkout.session.async_payment_failed");
}

static json_t *
paid_intent(struct stand_in *s)
{
	json_t *record = open_session(s);

	session_act(&s->sandbox, record, ACT_PAY, NOW);
	return intent_find(&s->sandbox, json_span(json_object_get(record, "session"), "payment_intent"));
}

static struct span
refund_status(const json_t *record)
{
	return json_span(json_object_get(record, "refund"), "status");
}

static void
refunds_never_exceed_what_was_paid_and_failed_ones_come_back(void **state)
{
	struct stand_in *s = *state;
	json_t *intent = paid_intent(s), *part;

	assert_int_equal(refundable(intent), 3100);
	part = refund_open(&s->sandbox, intent, 1000, NULL, NULL, NOW);
	assert_true(span_is(refund_status(part), "succeeded"));
	assert_int_equal(refundable(intent), 2100);
	assert_true(refund_move(&s->sandbox, part, "failed"));
	assert_int_equal(refundable(intent), 3100);
	assert_false(refund_move(&s->sandbox, part, "failed"));
	assert_false(refund_move(&s->sandbox, part, "succeeded"));
	told(s, "payment_intent.succeeded checkout.session.completed refund.created refund.updated refund.failed");
}

static void
a_refund_goes_as_ordered(void **state)
{
	struct stand_in *s = *state;
	json_t *intent = paid_intent(s), *one, *two, *three;

	orders_give(&s->sandbox.orders, SPAN("refund"), SPAN("pending"));
	orders_give(&s->sandbox.orders, SPAN("refund"), SPAN("later:1"));
	orders_give(&s->sandbox.orders, SPAN("refund"), SPAN("fail"));
	one = refund_open(&s->sandbox, intent, 100, NULL, NULL, NOW);
	two = refund_open(&s->sandbox, intent, 100, NULL, NULL, NOW);
	three = refund_open(&s->sandbox, intent, 100, NULL, NULL, NOW);
	refunds_tick(&s->sandbox, NOW + 999);
	assert_true(span_is(refund_status(one), "pending"));
	assert_true(span_is(refund_status(two), "pending"));
	assert_true(span_is(refund_status(three), "failed"));
	refunds_tick(&s->sandbox, NOW + 1000);
	assert_true(span_is(refund_status(one), "pending"));
	assert_true(span_is(refund_status(two), "succeeded"));
	assert_int_equal(refundable(intent), 2900);
}

static void
a_lie_is_told_by_the_session_itself(void **state)
{
	struct stand_in *s = *state;
	json_t *record = open_session(s);

	orders_give(&s->sandbox.orders, SPAN("lie"), SPAN("wrong_amount"));
	session_act(&s->sandbox, record, ACT_PAY, NOW);
	assert_int_equal(json_number(json_object_get(record, "session"), "amount_total"), 3099);
	record = open_session(s);
	session_act(&s->sandbox, record, ACT_PAY, NOW);
	assert_int_equal(json_number(json_object_get(record, "session"), "amount_total"), 3100);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_stand_in, close_stand_in)
	const struct CMUnitTest tests[] = {
		TEST(brackets_nest_as_the_provider_writes_them),
		TEST(what_a_call_does_not_know_is_refused),
		TEST(the_signature_is_the_published_one),
		TEST(an_order_is_used_up),
		TEST(an_order_that_is_not_understood_is_said_to_be),
		TEST(webhooks_on_forgets_only_what_was_said_of_webhooks),
		TEST(a_new_session_is_open_and_unpaid),
		TEST(a_declined_try_leaves_it_open_and_the_next_one_pays),
		TEST(a_session_that_ended_takes_no_more_acts),
		TEST(a_session_expires_by_its_time),
		TEST(paying_later_ends_after_its_time_either_way),
		TEST(refunds_never_exceed_what_was_paid_and_failed_ones_come_back),
		TEST(a_refund_goes_as_ordered),
		TEST(a_lie_is_told_by_the_session_itself),
	};

	log_open("test_sandbox", LOG_LEVEL_ERROR);
	crypto_start();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
