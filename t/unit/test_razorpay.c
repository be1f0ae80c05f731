/*
 * test_razorpay.c - whether a message or a return address is Razorpay's, and which message it is. Where the folder of
 * recorded vectors is at hand (FOYER_FACTS, or ../shared/facts beside the source) every one of them is tried too; they are
 * read in place.
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

#define NOW_MS INT64_C(1790000000000)
#define BODY "{\"entity\":\"event\",\"event\":\"order.paid\"}"
#define BODY_SIGNED "192ab187834aaf5fb16d1a7c784933ea2d226c1a17f393d0e634548a315cce56"	/* rzp_webhook_secret */
#define BODY_SIGNED_LOUD "192AB187834AAF5FB16D1A7C784933EA2D226C1A17F393D0E634548A315CCE56"

struct shop {
	struct arena *arena;
	struct settings settings;
	struct psp *razorpay;
};

static struct psp *
shop_with(struct shop *s, const char *key_id, const char *key_secret, const char *webhook_secrets)
{
	struct psp *list;

	s->settings = (struct settings){
		.razorpay_base_url = "https://127.0.0.1:1",
		.razorpay_key_id = key_id,
		.psp_timeout_ms = 1000,
	};
	s->settings.razorpay_key_secret.hidden = span_of(key_secret);
	s->settings.razorpay_webhook_secrets.hidden = span_of(webhook_secrets);
	assert_int_equal(psp_all(s->arena, &s->settings, &list), 1);
	return psp_named(list, 1, SPAN("razorpay"));
}

static int
shop_open(void **state)
{
	struct shop *s = calloc(1, sizeof(*s));

	crypto_start();
	s->arena = arena_new(64 * MiB);
	s->razorpay = shop_with(s, "rzp_test_1", "rzp_key_secret", "rzp_webhook_secret");
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
verdict_of(struct shop *s, const char *signature, struct span body)
{
	const char *const headers[] = { "x-razorpay-signature", signature, NULL };
	const struct delivery d = peer_delivery(headers, body, NOW_MS);
	struct psp_need need;

	return s->razorpay->kind->verify_webhook(s->razorpay, s->arena, &d, &need);
}

static enum psp_verdict
verdict(struct shop *s, const char *signature)
{
	return verdict_of(s, signature, SPAN(BODY));
}

static bool
parses_with(struct shop *s, const char *event_id, struct span body, struct psp_event *e)
{
	const char *const headers[] = { event_id ? "X-Razorpay-Event-Id" : NULL, event_id, NULL };
	const struct delivery d = peer_delivery(headers, body, NOW_MS);

	return s->razorpay->kind->parse_webhook(s->razorpay, s->arena, &d, e);
}

static bool
parses(struct shop *s, const char *body, struct psp_event *e)
{
	return parses_with(s, "EvT1", span_of(body), e);
}

/* -- signatures ---------------------------------------------------------------------------------------------------------- */

static void
a_signed_body_is_believed_however_old(void **state)
{
	struct shop *s = *state;
	const char *const headers[] = { "X-RAZORPAY-SIGNATURE", BODY_SIGNED, NULL };
	const int64_t times[] = { 0, NOW_MS, INT64_MAX };
	struct psp_need need;

	for (size_t i = 0; i < ARRAY_LEN(times); i++) {
		const struct delivery d = peer_delivery(headers, SPAN(BODY), times[i]);

		assert_int_equal(s->razorpay->kind->verify_webhook(s->razorpay, s->arena, &d, &need), SIGNED);
	}
}

static void
a_forged_signature_is_not_believed(void **state)
{
	static const char *const forged[] = {
		"", " ", ",", BODY_SIGNED "0", " " BODY_SIGNED, BODY_SIGNED " ", BODY_SIGNED "," BODY_SIGNED, BODY_SIGNED_LOUD,
		"sha256=" BODY_SIGNED, "v1=" BODY_SIGNED, "192ab187834aaf5fb16d1a7c784933ea2d226c1a17f393d0e634548a315cce5",
		"0000000000000000000000000000000000000000000000000000000000000000",
	};

	for (size_t i = 0; i < ARRAY_LEN(forged); i++)
		if (verdict(*state, forged[i]) != NOT_SIGNED)
			fail_msg("believed: %s", forged[i]);
}

static void
a_changed_body_is_not_believed(void **state)
{
	assert_int_equal(verdict_of(*state, BODY_SIGNED, SPAN(BODY " ")), NOT_SIGNED);
	assert_int_equal(verdict_of(*state, BODY_SIGNED, SPAN("{\"event\":\"order.paid\",\"entity\":\"event\"}")), NOT_SIGNED);
	assert_int_equal(verdict_of(*state, BODY_SIGNED, SPAN("")), NOT_SIGNED);
}

static void
a_missing_header_and_an_empty_body_are_not_believed(void **state)
{
	struct shop *s = *state;
	const char *const none[] = { NULL };
	const struct delivery d = peer_delivery(none, SPAN(BODY), NOW_MS);
	struct hex64 mac = hmac_sha256_hex(SPAN("rzp_webhook_secret"), SPAN(""));
	struct psp_need need;

	assert_int_equal(s->razorpay->kind->verify_webhook(s->razorpay, s->arena, &d, &need), NOT_SIGNED);
	assert_int_equal(verdict_of(s, mac.text, SPAN("")), NOT_SIGNED);
}

static void
an_old_secret_counts_beside_the_new_one(void **state)
{
	struct shop *s = *state;

	s->razorpay = shop_with(s, "rzp_test_1", "k", "new, rzp_webhook_secret,,other");
	assert_int_equal(verdict(s, BODY_SIGNED), SIGNED);
	s->razorpay = shop_with(s, "rzp_test_1", "rzp_webhook_secret", "new,other");
	assert_int_equal(verdict(s, BODY_SIGNED), NOT_SIGNED);
}

static void
without_a_secret_nothing_can_be_told(void **state)
{
	struct shop *s = *state;

	s->razorpay = shop_with(s, "rzp_test_1", "rzp_key_secret", " , ");
	assert_int_equal(verdict(s, BODY_SIGNED), VERDICT_NONE);
	assert_int_equal(verdict(s, hmac_sha256_hex(SPAN_NONE, SPAN(BODY)).text), VERDICT_NONE);
}

/* -- what a browser brought back ----------------------------------------------------------------------------------------- */

#define LINK_SIGNED "15ebb13b440f306aabec4437bf12bd7d7cc4907a915468ce77d5de88127da4ec"	/* rzp_key_secret */
#define NO_REFERENCE_SIGNED "0bcc86af241630f6871f81f96d29815922a650575a795cd3584a7a5032881395"
#define ORDER_SIGNED "f0e1a43ef429da1de8529fa9a6b8d80a27222fac8660d85345f643b54068d8e5"

/* at: names and values by turns, NULL at the end. */
static struct span
param_of(void *at, const char *name)
{
	for (const char *const *p = at; *p; p += 2)
		if (strcmp(p[0], name) == 0)
			return span_of(p[1]);
	return SPAN_NONE;
}

static enum psp_verdict
return_verdict(struct shop *s, const char *const *params)
{
	return s->razorpay->kind->verify_return(s->razorpay, s->arena, param_of, (void *)(uintptr_t)params);
}

#define RETURN(link, reference, status, payment, signature) { "razorpay_payment_link_id", link, "razorpay_payment_link_reference_id", \
	reference, "razorpay_payment_link_status", status, "razorpay_payment_id", payment, "razorpay_signature", signature, NULL }

static void
a_return_is_believed_only_as_it_was_signed(void **state)
{
	static const struct {
		const char *params[11];
		enum psp_verdict verdict;
	} cases[] = {
		{ RETURN("plink_T1", "ord_1", "paid", "pay_T1", LINK_SIGNED), SIGNED },
		{ RETURN("plink_T1", "", "paid", "pay_T1", NO_REFERENCE_SIGNED), SIGNED },
		{ RETURN("plink_T2", "ord_1", "paid", "pay_T1", LINK_SIGNED), NOT_SIGNED },
		{ RETURN("plink_T1", "ord_2", "paid", "pay_T1", LINK_SIGNED), NOT_SIGNED },
		{ RETURN("plink_T1", "ord_1", "created", "pay_T1", LINK_SIGNED), NOT_SIGNED },
		{ RETURN("plink_T1", "ord_1", "paid", "pay_T2", LINK_SIGNED), NOT_SIGNED },
		{ RETURN("plink_T1", "ord_1", "paid", "pay_T1", ORDER_SIGNED), NOT_SIGNED },
		{ RETURN("plink_T1", "ord_1", "paid", "pay_T1", ""), NOT_SIGNED },
		{ RETURN("plink_T1", "", "paid", "pay_T1", LINK_SIGNED), NOT_SIGNED },
		{ RETURN("plink_T1", "ord_1", "", "pay_T1", LINK_SIGNED), NOT_SIGNED },
		{ RETURN("plink_T1", "ord_1", "paid", "", LINK_SIGNED), NOT_SIGNED },
		{ RETURN("", "ord_1", "paid", "pay_T1", LINK_SIGNED), NOT_SIGNED },
		/* the same text between other bars */
		{ RETURN("plink_T1", "ord_1|paid", "", "pay_T1", LINK_SIGNED), NOT_SIGNED },
		{ RETURN("plink_T1|ord_1", "", "paid", "pay_T1", LINK_SIGNED), NOT_SIGNED },
		{ RETURN("plink_T1", "ord_1", "paid|pay_T1", "", LINK_SIGNED), NOT_SIGNED },
		{ { "razorpay_order_id", "plink_T1|ord_1|paid", "razorpay_payment_id", "pay_T1", "razorpay_signature", LINK_SIGNED }, NOT_SIGNED },
		{ { "razorpay_order_id", "order_T1", "razorpay_payment_id", "pay_T1", "razorpay_signature", ORDER_SIGNED }, SIGNED },
		{ { "razorpay_order_id", "order_T2", "razorpay_payment_id", "pay_T1", "razorpay_signature", ORDER_SIGNED }, NOT_SIGNED },
		{ { "razorpay_order_id", "order_T1", "razorpay_payment_id", "pay_T1" }, NOT_SIGNED },
		{ { "razorpay_payment_id", "pay_T1", "razorpay_signature", ORDER_SIGNED }, NOT_SIGNED },
		{ { NULL }, NOT_SIGNED },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		if (return_verdict(*state, cases[i].params) != cases[i].verdict)
			fail_msg("case %zu", i);
}

/* -- recorded vectors ---------------------------------------------------------------------------------------------------- */

/* The recorded verdict is the official library's. */
static void
one_message(struct shop *s, const json_t *v)
{
	const char *name = json_string_value(json_object_get(v, "name"));
	const json_t *body = json_object_get(v, "body"), *secrets = json_object_get(v, "secrets"), *headers = json_object_get(v, "headers");
	const char *signature = json_string_value(json_object_get(headers, "X-Razorpay-Signature"));
	const char *id = json_string_value(json_object_get(headers, "x-razorpay-event-id"));
	bool valid = strcmp(json_string_value(json_object_get(v, "expect")), "valid") == 0;
	struct span raw = { json_string_value(body), json_string_length(body) };
	const json_t *secret;
	struct psp_event e;
	struct buf list;
	size_t i;

	buf_init(&list, s->arena, KiB);
	json_array_foreach(secrets, i, secret) {
		buf_text(&list, json_string_value(secret));
		BUF_LIT(&list, ",");
	}
	s->razorpay = shop_with(s, "rzp_test_1", "k", list.p);
	assert_string_equal(sha256_hex(raw).text, json_string_value(json_object_get(v, "body_sha256")));
	if (verdict_of(s, signature ? signature : "", raw) != (valid ? SIGNED : NOT_SIGNED))
		fail_msg("vector \"%s\"", name);
	if (valid && (!parses_with(s, id, raw, &e) || (id && !span_is(e.id, id))))
		fail_msg("vector \"%s\" does not parse", name);
}

static void
one_return(struct shop *s, const json_t *v)
{
	const json_t *params = json_object_get(v, "params"), *value;
	const char *list[16] = { NULL }, *key;
	size_t n = 0;

	json_object_foreach((json_t *)(uintptr_t)params, key, value) {
		assert_true(n + 2 < ARRAY_LEN(list));
		list[n++] = key;
		list[n++] = json_string_value(value);
	}
	s->razorpay = shop_with(s, "rzp_test_1", json_string_value(json_object_get(v, "key_secret")), "");
	if ((return_verdict(s, list) == SIGNED) != (strcmp(json_string_value(json_object_get(v, "expect")), "valid") == 0))
		fail_msg("vector \"%s\"", json_string_value(json_object_get(v, "name")));
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
	assert_true(json_array_size(json_object_get(root, "razorpay")) > 10);
	json_array_foreach(json_object_get(root, "razorpay"), i, v)
		one_message(s, v);
	assert_true(json_array_size(json_object_get(root, "razorpay_return_url")) >= 4);
	json_array_foreach(json_object_get(root, "razorpay_return_url"), i, v)
		one_return(s, v);
}

/* -- which event, and how often ------------------------------------------------------------------------------------------ */

static void
an_event_has_the_id_of_its_header(void **state)
{
	struct psp_event e;

	assert_true(parses_with(*state, "EvT_9.a:b-c", SPAN(BODY), &e));
	assert_true(span_is(e.id, "EvT_9.a:b-c") && span_is(e.type, "order.paid"));
}

static void
without_a_usable_id_the_same_body_is_the_same_event(void **state)
{
	struct shop *s = *state;
	struct span derived = arena_fmt(s->arena, "sha256-%s", sha256_hex(SPAN(BODY)).text), longest = arena_fmt(s->arena, "%0120d", 7);
	const char *const ids[] = { NULL, "", "a b", "a\nb", "é", arena_fmt(s->arena, "%0121d", 7).p, arena_fmt(s->arena, "%0300d", 7).p };
	struct psp_event e;

	for (size_t i = 0; i < ARRAY_LEN(ids); i++) {
		assert_true(parses_with(s, ids[i], SPAN(BODY), &e));
		assert_true(span_eq(e.id, derived));
	}
	assert_true(parses_with(s, longest.p, SPAN(BODY), &e));
	assert_true(span_eq(e.id, longest));
	assert_true(parses_with(s, NULL, SPAN(BODY " "), &e));
	assert_false(span_eq(e.id, derived));
}

static void
only_a_live_key_reports_real_money(void **state)
{
	struct shop *s = *state;
	struct psp_event e;

	assert_true(parses(s, "{\"event\":\"payment_link.paid\",\"livemode\":true}", &e));
	assert_false(e.payment.live);
	s->razorpay = shop_with(s, "rzp_live_1", "k", "w");
	assert_true(parses(s, "{\"event\":\"payment_link.paid\",\"livemode\":false}", &e));
	assert_true(e.payment.live);
}

static void
a_message_without_a_good_event_is_none(void **state)
{
	static const char *const bodies[] = {
		"", " ", "null", "[]", "1", "\"x\"", "{}", "{", "{\"entity\":\"event\"}", "{\"event\":1}", "{\"event\":\"\"}", "{\"event\":null}",
		"{\"event\":\"a b\"}", "{\"event\":\"a\\u0000b\"}", "{\"event\":\"a\\nb\"}", "{\"event\":\"\xff\"}", "{\"event\":[\"order.paid\"]}",
		"{\"event\":\"a.b\",\"x\":1e999}", "{\"event\":\"a.b\",\"x\":99999999999999999999}", "{\"event\":\"a.b\"}{}",
	};
	struct psp_event e;

	for (size_t i = 0; i < ARRAY_LEN(bodies); i++)
		if (parses(*state, bodies[i], &e))
			fail_msg("taken: %s", bodies[i]);
}

static void
deep_nesting_is_refused_and_harmless(void **state)
{
	struct shop *s = *state;
	struct psp_event e;
	struct buf b;

	buf_init(&b, s->arena, MiB);
	BUF_LIT(&b, "{\"event\":\"payment_link.paid\",\"payload\":");
	for (int i = 0; i < 200000; i++)
		BUF_LIT(&b, "[");
	assert_false(parses_with(s, "e", buf_view(&b), &e));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, shop_open, shop_close)
		TEST(a_signed_body_is_believed_however_old),
		TEST(a_forged_signature_is_not_believed),
		TEST(a_changed_body_is_not_believed),
		TEST(a_missing_header_and_an_empty_body_are_not_believed),
		TEST(an_old_secret_counts_beside_the_new_one),
		TEST(without_a_secret_nothing_can_be_told),
		TEST(a_return_is_believed_only_as_it_was_signed),
		TEST(recorded_vectors_get_their_recorded_verdict),
		TEST(an_event_has_the_id_of_its_header),
		TEST(without_a_usable_id_the_same_body_is_the_same_event),
		TEST(only_a_live_key_reports_real_money),
		TEST(a_message_without_a_good_event_is_none),
		TEST(deep_nesting_is_refused_and_harmless),
	};

	return cmocka_run_group_tests_name("razorpay", tests, NULL, NULL);
}
