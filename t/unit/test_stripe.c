/*
 * test_stripe.c - what we believe of Stripe's messages and read out of them. Where the folder of recorded vectors is at hand
 * (FOYER_FACTS, or ../shared/facts beside the source) every one of them is tried too; they are read in place.
 */
#include "base/base.h"

#include <setjmp.h>

#include <cmocka.h>
#include <jansson.h>

#include "t/lib/facts.h"
#include "t/lib/peer.h"

#include "base/crypto.h"
#include "base/settings.h"
#include "psp/psp.h"

#define NOW_S INT64_C(1790000000)
#define NOW_MS (NOW_S * 1000)
#define BODY "{\"id\":\"evt_1\",\"object\":\"event\"}"
#define BODY_SIGNED "765d0d35514a56905b8ddef451bc5570cc45dfa0395a213879a36689a6be55a3"	/* whsec_test_secret, NOW_S */

struct shop {
	struct arena *arena;
	struct settings settings;
	struct psp *stripe;
};

static struct psp *
shop_with(struct shop *s, const char *secrets)
{
	struct psp *list;

	s->settings = (struct settings){
		.stripe_base_url = "https://127.0.0.1:1",
		.stripe_secret_key = { SPAN("sk_test_1") },
		.stripe_version = "2026-10-28.endive",
		.webhook_age_seconds = 300,
		.psp_timeout_ms = 1000,
	};
	s->settings.stripe_webhook_secrets.hidden = span_of(secrets);
	assert_int_equal(psp_all(s->arena, &s->settings, &list), 1);
	return psp_named(list, 1, SPAN("stripe"));
}

static int
shop_open(void **state)
{
	struct shop *s = calloc(1, sizeof(*s));

	crypto_start();
	s->arena = arena_new(64 * MiB);
	s->stripe = shop_with(s, "whsec_test_secret");
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

static enum psp_verdict
verdict_at(struct shop *s, struct psp *psp, const char *header, struct span body, int64_t now_ms)
{
	const char *const headers[] = { "STRIPE-SIGNATURE", header, NULL };
	const struct delivery d = peer_delivery(headers, body, now_ms);
	struct psp_need need;

	return psp->kind->verify_webhook(psp, s->arena, &d, &need);
}

static bool
parses_bytes(struct shop *s, struct span body, struct psp_event *e)
{
	const char *const none[] = { NULL };
	const struct delivery d = peer_delivery(none, body, NOW_MS);

	return s->stripe->kind->parse_webhook(s->stripe, s->arena, &d, e);
}

static enum psp_verdict
verdict(struct shop *s, const char *header)
{
	return verdict_at(s, s->stripe, header, SPAN(BODY), NOW_MS);
}

static bool
parses(struct shop *s, const char *body, struct psp_event *e)
{
	return parses_bytes(s, span_of(body), e);
}

/* -- signatures ---------------------------------------------------------------------------------------------------------- */

static void
a_signed_body_is_believed(void **state)
{
	assert_int_equal(verdict(*state, "t=1790000000,v1=" BODY_SIGNED), SIGNED);
	assert_int_equal(verdict(*state, "v0=00,v1=" BODY_SIGNED ",t=1790000000,x=y"), SIGNED);
}

static void
a_forged_header_is_not_believed(void **state)
{
	static const char *const forged[] = {
		"", ",", "=", "t", "t=", "t=1790000000", "v1=" BODY_SIGNED, "t=,v1=" BODY_SIGNED,
		"t=1790000000,v0=" BODY_SIGNED,
		"t=1790000000,v1=", "t=1790000000,v1",
		"t=1790000000,v1=765d0d35514a56905b8ddef451bc5570cc45dfa0395a213879a36689a6be55a",
		"t=1790000000,v1=" BODY_SIGNED "0",
		"t=1790000000,v1=765D0D35514A56905B8DDEF451BC5570CC45DFA0395A213879A36689A6BE55A3",
		"t=1790000000,v1=0000000000000000000000000000000000000000000000000000000000000000",
		"t=1790000001,v1=" BODY_SIGNED,
		"t=01790000000,v1=" BODY_SIGNED,
		"t=-1790000000,v1=" BODY_SIGNED,
		"t=+1790000000,v1=" BODY_SIGNED,
		"t=1790000000.0,v1=" BODY_SIGNED,
		"t= 1790000000,v1=" BODY_SIGNED,
		"t=99999999999999999999999999,v1=" BODY_SIGNED,
		"t=1790000000,t=1790000000,v1=" BODY_SIGNED,
		"t=1790000000;v1=" BODY_SIGNED,
		"T=1790000000,V1=" BODY_SIGNED,
	};

	for (size_t i = 0; i < ARRAY_LEN(forged); i++)
		if (verdict(*state, forged[i]) != NOT_SIGNED)
			fail_msg("believed: %s", forged[i]);
}

static void
a_changed_body_is_not_believed(void **state)
{
	struct shop *s = *state;
	struct span header = SPAN("t=1790000000,v1=" BODY_SIGNED);

	assert_int_equal(verdict_at(s, s->stripe, CSTR(s->arena, header), SPAN(BODY " "), NOW_MS), NOT_SIGNED);
	assert_int_equal(verdict_at(s, s->stripe, CSTR(s->arena, header), SPAN(""), NOW_MS), NOT_SIGNED);
}

static void
an_empty_body_is_not_believed_even_if_signed(void **state)
{
	struct shop *s = *state;
	struct hex64 mac = hmac_sha256_hex(SPAN("whsec_test_secret"), SPAN("1790000000."));
	struct span header = arena_fmt(s->arena, "t=1790000000,v1=%s", mac.text);

	assert_int_equal(verdict_at(s, s->stripe, CSTR(s->arena, header), SPAN(""), NOW_MS), NOT_SIGNED);
}

static void
age_is_limited_and_the_last_second_counts(void **state)
{
	struct shop *s = *state;
	struct span header = SPAN("t=1790000000,v1=" BODY_SIGNED);
	static const struct {
		int64_t now_s;
		enum psp_verdict verdict;
	} cases[] = {
		{ NOW_S + 300, SIGNED }, { NOW_S + 301, SIGNED_TOO_OLD }, { NOW_S - 300, SIGNED }, { NOW_S - 1000, SIGNED },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		assert_int_equal(verdict_at(s, s->stripe, CSTR(s->arena, header), SPAN(BODY), cases[i].now_s * 1000), cases[i].verdict);
}

static void
each_of_several_secrets_is_tried_with_each_signature(void **state)
{
	struct shop *s = *state;

	s->stripe = shop_with(s, "whsec_old, whsec_test_secret,,whsec_other");
	assert_int_equal(verdict(s, "t=1790000000,v1=" BODY_SIGNED), SIGNED);
	assert_int_equal(verdict(s, "t=1790000000,v1=00,v1=" BODY_SIGNED), SIGNED);
	s->stripe = shop_with(s, "whsec_old,whsec_other");
	assert_int_equal(verdict(s, "t=1790000000,v1=" BODY_SIGNED), NOT_SIGNED);
}

static void
without_a_secret_nothing_is_believed(void **state)
{
	struct shop *s = *state;
	struct hex64 mac = hmac_sha256_hex(SPAN_NONE, SPAN("1790000000." BODY));

	s->stripe = shop_with(s, " , ");
	assert_int_equal(verdict(s, CSTR(s->arena, arena_fmt(s->arena, "t=1790000000,v1=%s", mac.text))), VERDICT_NONE);
}

/* The recorded verdict is the official library's. */
static void
one_vector(struct shop *s, const json_t *v)
{
	const char *name = json_string_value(json_object_get(v, "name"));
	const json_t *body = json_object_get(v, "body"), *secrets = json_object_get(v, "secrets"), *secret;
	const char *header = json_string_value(json_object_get(json_object_get(v, "headers"), "Stripe-Signature"));
	bool valid = strcmp(json_string_value(json_object_get(v, "expect")), "valid") == 0;
	enum psp_verdict expected = strncmp(name, "old", 3) == 0 ? SIGNED_TOO_OLD :
	    valid ? SIGNED : NOT_SIGNED;
	struct span raw = { json_string_value(body), json_string_length(body) };
	struct psp_event e;
	struct buf list;
	size_t i;

	buf_init(&list, s->arena, KiB);
	json_array_foreach(secrets, i, secret) {
		buf_text(&list, json_string_value(secret));
		BUF_LIT(&list, ",");
	}
	s->stripe = shop_with(s, list.p);
	assert_string_equal(sha256_hex(raw).text, json_string_value(json_object_get(v, "body_sha256")));
	if (verdict_at(s, s->stripe, header ? header : "", raw, json_integer_value(json_object_get(v, "now")) * 1000) != expected)
		fail_msg("vector \"%s\"", name);
	if (valid && !parses_bytes(s, raw, &e))
		fail_msg("vector \"%s\" does not parse", name);
}

static void
recorded_vectors_get_their_recorded_verdict(void **state)
{
	struct shop *s = *state;
	const json_t *v;
	size_t i;
	json_auto_t *root = facts_vectors(s->arena);

	if (!root)
		skip();
	assert_true(json_array_size(json_object_get(root, "stripe")) > 10);
	json_array_foreach(json_object_get(root, "stripe"), i, v)
		one_vector(s, v);
}

/* -- what a message says --------------------------------------------------------------------------------------------------- */

#define EVENT(type, object) "{\"id\":\"evt_9\",\"type\":\"" type "\",\"livemode\":false,\"data\":{\"object\":" object "}}"
#define SESSION(status, paid, more) "{\"id\":\"cs_test_1\",\"status\":\"" status "\",\"payment_status\":\"" paid "\"," \
	"\"amount_total\":4650,\"currency\":\"gbp\",\"client_reference_id\":\"12-34\",\"payment_intent\":\"pi_1\"" more "}"

static void
a_session_event_is_read_as_what_it_means_for_the_payment(void **state)
{
	static const struct {
		const char *body;
		enum psp_event_kind kind;
		enum payment_fact fact;
	} cases[] = {
		{ EVENT("checkout.session.completed", SESSION("complete", "paid", "")), EVENT_PAYMENT, FACT_PAID },
		{ EVENT("checkout.session.completed", SESSION("complete", "unpaid", "")), EVENT_PAYMENT, FACT_PENDING },
		{ EVENT("checkout.session.completed", SESSION("complete", "no_payment_required", "")), EVENT_PAYMENT, FACT_UNKNOWN },
		{ EVENT("checkout.session.completed", SESSION("complete", "invented", "")), EVENT_PAYMENT, FACT_UNKNOWN },
		{ EVENT("checkout.session.completed", SESSION("invented", "unpaid", "")), EVENT_PAYMENT, FACT_UNKNOWN },
		{ EVENT("checkout.session.async_payment_succeeded", SESSION("complete", "paid", "")), EVENT_PAYMENT, FACT_PAID },
		{ EVENT("checkout.session.async_payment_failed", SESSION("complete", "unpaid", "")), EVENT_PAYMENT, FACT_FAILED },
		{ EVENT("checkout.session.expired", SESSION("expired", "unpaid", "")), EVENT_PAYMENT, FACT_CLOSED },
		{ EVENT("checkout.session.invented", SESSION("open", "unpaid", "")), EVENT_OTHER, FACT_OPEN },
		{ EVENT("payment_intent.payment_failed", "{\"id\":\"pi_1\"}"), EVENT_OTHER, FACT_UNKNOWN },
		{ EVENT("checkout.session.completed", "{}"), EVENT_PAYMENT, FACT_UNKNOWN },
		{ EVENT("checkout.session.completed", "[]"), EVENT_PAYMENT, FACT_UNKNOWN },
		{ "{\"id\":\"evt_9\",\"type\":\"checkout.session.completed\"}", EVENT_PAYMENT, FACT_UNKNOWN },
	};
	struct psp_event e;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		assert_true(parses(*state, cases[i].body, &e));
		if (e.kind != cases[i].kind || e.payment.fact != cases[i].fact)
			fail_msg("kind %d fact %d: %s", e.kind, e.payment.fact, cases[i].body);
	}
}

static void
a_session_event_carries_its_ids_and_amount(void **state)
{
	struct psp_event e;

	assert_true(parses(*state, EVENT("checkout.session.completed", SESSION("complete", "paid", "")), &e));
	assert_true(span_is(e.id, "evt_9") && span_is(e.type, "checkout.session.completed"));
	assert_true(span_is(e.payment.session, "cs_test_1") && span_is(e.payment.reference, "12-34"));
	assert_true(span_is(e.payment.capture, "pi_1"));
	assert_int_equal(e.payment.amount.minor, 4650);
	assert_string_equal(e.payment.amount.code, "GBP");
	assert_false(e.payment.live);
}

static void
a_missing_reference_is_taken_from_our_metadata(void **state)
{
	struct psp_event e;

	assert_true(parses(*state, EVENT("checkout.session.expired",
	    "{\"id\":\"cs_1\",\"client_reference_id\":null,\"metadata\":{\"foyer_payment\":\"5-6\"}}"), &e));
	assert_true(span_is(e.payment.reference, "5-6"));
}

static void
an_expanded_payment_gives_its_id(void **state)
{
	struct psp_event e;

	assert_true(parses(*state, EVENT("checkout.session.completed",
	    "{\"status\":\"complete\",\"payment_status\":\"unpaid\",\"payment_intent\":{\"id\":\"pi_7\",\"status\":\"canceled\"}}"), &e));
	assert_true(span_is(e.payment.capture, "pi_7"));
	assert_int_equal(e.payment.fact, FACT_FAILED);
}

static void
only_what_says_live_in_both_places_is_live(void **state)
{
	static const struct {
		const char *outer, *inner;
		bool live;
	} cases[] = {
		{ "true", "true", true }, { "true", "null", true }, { "true", "false", false }, { "false", "true", false },
		{ "null", "true", false }, { "\"true\"", "true", false }, { "1", "true", false },
	};
	struct shop *s = *state;
	struct psp_event e;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct span body = arena_fmt(s->arena, "{\"id\":\"e\",\"type\":\"checkout.session.completed\",\"livemode\":%s,"
		    "\"data\":{\"object\":{\"livemode\":%s}}}", cases[i].outer, cases[i].inner);

		assert_true(parses(s, body.p, &e));
		assert_int_equal(e.payment.live, cases[i].live);
	}
}

#define REFUND(status) "{\"id\":\"re_1\",\"status\":\"" status "\",\"amount\":1550,\"currency\":\"gbp\"," \
	"\"payment_intent\":\"pi_1\",\"metadata\":{\"foyer_refund\":\"12-77\"},\"failure_reason\":\"lost_or_stolen_card\"}"

static void
a_refund_event_is_read_in_every_version(void **state)
{
	static const struct {
		const char *body;
		enum refund_fact fact;
	} cases[] = {
		{ EVENT("refund.created", REFUND("pending")), REFUND_PENDING },
		{ EVENT("refund.updated", REFUND("requires_action")), REFUND_PENDING },
		{ EVENT("refund.updated", REFUND("succeeded")), REFUND_DONE },
		{ EVENT("refund.failed", REFUND("failed")), REFUND_FAILED },
		{ EVENT("refund.updated", REFUND("canceled")), REFUND_FAILED },
		{ EVENT("refund.updated", REFUND("invented")), REFUND_UNKNOWN },
		{ EVENT("charge.refund.updated", REFUND("succeeded")), REFUND_DONE },
		{ EVENT("charge.refunded", "{\"id\":\"ch_1\",\"payment_intent\":\"pi_1\",\"refunds\":{\"data\":["
		    REFUND("succeeded") "," REFUND("failed") "]}}"), REFUND_DONE },
	};
	struct psp_event e;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		assert_true(parses(*state, cases[i].body, &e));
		assert_int_equal(e.kind, EVENT_REFUND);
		assert_int_equal(e.refund.fact, cases[i].fact);
		assert_true(span_is(e.refund.id, "re_1") && span_is(e.refund.reference, "12-77"));
		assert_true(span_is(e.refund.why, "lost_or_stolen_card") && span_is(e.payment.capture, "pi_1"));
		assert_int_equal(e.refund.amount.minor, 1550);
	}
}

static void
a_refunded_charge_without_its_refunds_still_names_the_payment(void **state)
{
	struct psp_event e;

	assert_true(parses(*state, EVENT("charge.refunded",
	    "{\"id\":\"ch_1\",\"payment_intent\":\"pi_1\",\"metadata\":{\"foyer_payment\":\"12-34\"}}"), &e));
	assert_int_equal(e.kind, EVENT_REFUND);
	assert_int_equal(e.refund.fact, REFUND_UNKNOWN);
	assert_int_equal(e.refund.id.n, 0);
	assert_true(span_is(e.payment.capture, "pi_1") && span_is(e.payment.reference, "12-34"));
}

static void
a_dispute_event_names_its_payment_and_state(void **state)
{
	struct psp_event e;

	assert_true(parses(*state, EVENT("charge.dispute.created",
	    "{\"id\":\"dp_1\",\"payment_intent\":\"pi_1\",\"status\":\"needs_response\",\"amount\":1000,\"currency\":\"usd\"}"), &e));
	assert_int_equal(e.kind, EVENT_DISPUTE);
	assert_true(span_is(e.refund.id, "dp_1") && span_is(e.refund.why, "needs_response") && span_is(e.payment.capture, "pi_1"));
	assert_int_equal(e.refund.amount.minor, 1000);
}

static void
an_unreadable_amount_equals_none_of_ours(void **state)
{
	static const char *const amounts[] = {
		"\"amount_total\":46.5,\"currency\":\"gbp\"", "\"amount_total\":\"4650\",\"currency\":\"gbp\"",
		"\"amount_total\":4650", "\"amount_total\":4650,\"currency\":\"gb\"", "\"amount_total\":4650,\"currency\":\"xxx\"",
		"\"amount_total\":4650,\"currency\":7", "\"amount_total\":null,\"currency\":\"gbp\"",
		"\"amount_total\":-4650,\"currency\":\"gbp\"", "\"amount_total\":9223372036854775807,\"currency\":\"gbp\"",
		"\"amount_total\":9223372036854775807,\"currency\":\"isk\"",
	};
	struct shop *s = *state;
	struct psp_event e;

	for (size_t i = 0; i < ARRAY_LEN(amounts); i++) {
		struct span body = arena_fmt(s->arena, EVENT("checkout.session.completed", "{\"payment_status\":\"paid\",%s}"), amounts[i]);

		assert_true(parses(s, body.p, &e));
		assert_int_equal(e.payment.fact, FACT_PAID);
		assert_int_equal(e.payment.amount.minor, -1);
		assert_string_equal(e.payment.amount.code, "");
	}
}

static void
a_message_without_a_good_id_and_type_is_none(void **state)
{
	static const char *const bodies[] = {
		"", " ", "null", "[]", "1", "\"x\"", "{}", "{", "{\"id\":\"evt_1\"}", "{\"type\":\"a.b\"}", "{\"id\":1,\"type\":\"a.b\"}",
		"{\"id\":\"\",\"type\":\"a.b\"}", "{\"id\":\"a b\",\"type\":\"a.b\"}", "{\"id\":\"a\\u0000b\",\"type\":\"a.b\"}",
		"{\"id\":\"a\\nb\",\"type\":\"a.b\"}", "{\"id\":\"\xff\",\"type\":\"a.b\"}", "{\"id\":[\"a\"],\"type\":{}}",
		"{\"id\":\"a\",\"type\":\"a.b\",\"x\":1e999}", "{\"id\":\"a\",\"type\":\"a.b\",\"x\":99999999999999999999}",
		"{\"id\":\"a\",\"type\":\"a.b\"}{}",
	};
	struct psp_event e;

	for (size_t i = 0; i < ARRAY_LEN(bodies); i++)
		if (parses(*state, bodies[i], &e))
			fail_msg("taken: %s", bodies[i]);
}

static void
an_id_may_be_255_characters_and_no_more(void **state)
{
	struct shop *s = *state;
	struct psp_event e;
	char id[257];

	memset(id, 'a', sizeof(id));
	assert_true(parses(s, arena_fmt(s->arena, "{\"id\":\"%.255s\",\"type\":\"t\"}", id).p, &e));
	assert_int_equal(e.id.n, 255);
	assert_false(parses(s, arena_fmt(s->arena, "{\"id\":\"%.256s\",\"type\":\"t\"}", id).p, &e));
}

static void
deep_nesting_is_refused_and_harmless(void **state)
{
	struct shop *s = *state;
	struct psp_event e;
	struct buf b;

	buf_init(&b, s->arena, MiB);
	BUF_LIT(&b, "{\"id\":\"e\",\"type\":\"t\",\"x\":");
	for (int i = 0; i < 200000; i++)
		BUF_LIT(&b, "[");
	assert_false(parses_bytes(s, buf_view(&b), &e));
}

static void
every_cut_of_a_message_is_harmless(void **state)
{
	static const char body[] = EVENT("checkout.session.completed", SESSION("complete", "paid", ",\"url\":\"https://x.test/\""));
	struct shop *s = *state;
	struct psp_event e;

	for (size_t n = 0; n < sizeof(body) - 1; n++)
		assert_false(parses_bytes(s, (struct span){ body, n }, &e));
}

static void
amounts_come_back_in_our_units(void **state)
{
	static const struct {
		const char *wire;
		int64_t minor;
		const char *code;
	} cases[] = {
		{ "1800,\"currency\":\"jpy\"", 1800, "JPY" }, { "1500,\"currency\":\"kwd\"", 1500, "KWD" },
		{ "1550,\"currency\":\"GBP\"", 1550, "GBP" }, { "0,\"currency\":\"usd\"", 0, "USD" },
	};
	struct shop *s = *state;
	struct psp_event e;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct span body = arena_fmt(s->arena, EVENT("checkout.session.completed", "{\"amount_total\":%s}"), cases[i].wire);

		assert_true(parses(s, body.p, &e));
		assert_int_equal(e.payment.amount.minor, cases[i].minor);
		assert_string_equal(e.payment.amount.code, cases[i].code);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, shop_open, shop_close)
		TEST(a_signed_body_is_believed),
		TEST(a_forged_header_is_not_believed),
		TEST(a_changed_body_is_not_believed),
		TEST(an_empty_body_is_not_believed_even_if_signed),
		TEST(age_is_limited_and_the_last_second_counts),
		TEST(each_of_several_secrets_is_tried_with_each_signature),
		TEST(without_a_secret_nothing_is_believed),
		TEST(recorded_vectors_get_their_recorded_verdict),
		TEST(a_session_event_is_read_as_what_it_means_for_the_payment),
		TEST(a_session_event_carries_its_ids_and_amount),
		TEST(a_missing_reference_is_taken_from_our_metadata),
		TEST(an_expanded_payment_gives_its_id),
		TEST(only_what_says_live_in_both_places_is_live),
		TEST(a_refund_event_is_read_in_every_version),
		TEST(a_refunded_charge_without_its_refunds_still_names_the_payment),
		TEST(a_dispute_event_names_its_payment_and_state),
		TEST(an_unreadable_amount_equals_none_of_ours),
		TEST(a_message_without_a_good_id_and_type_is_none),
		TEST(an_id_may_be_255_characters_and_no_more),
		TEST(deep_nesting_is_refused_and_harmless),
		TEST(every_cut_of_a_message_is_harmless),
		TEST(amounts_come_back_in_our_units),
	};

	return cmocka_run_group_tests_name("stripe", tests, NULL, NULL);
}
