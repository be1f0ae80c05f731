/*
 * test_paypal_verdicts.c - PayPal is asked whether a message is its own: the exact question, and which answers make it one. Where the
 * folder of recorded vectors is at hand (FOYER_FACTS, or ../shared/facts beside the source) its answers are tried too, in place.
 */
#include "base/base.h"

#include <setjmp.h>

#include <cmocka.h>
#include <jansson.h>

#include "t/lib/facts.h"
#include "t/lib/paypal_peer.h"

#include "psp/psp.h"

#define SIGNATURE "AbCd+/=="

static struct delivery
message(struct span body)
{
	static const char *const headers[] = { "Paypal-Transmission-Id", "69cd13f0-d67a", "Paypal-Transmission-Time", "2026-09-21T13:33:15Z",
		"Paypal-Cert-Url", "https://x.test/certs/CERT-1", "Paypal-Auth-Algo", "SHA256withRSA", "Paypal-Transmission-Sig", SIGNATURE, NULL };

	return peer_delivery(headers, body, 0);
}

static enum psp_result
asks(struct wire *w, struct span body, enum psp_verdict *verdict)
{
	const struct delivery d = message(body);

	return w->paypal->kind->ask_verdict(w->paypal, w->arena, &d, verdict);
}

static void
a_message_is_pasted_byte_by_byte_into_the_question(void **state)
{
	struct wire *w = *state;
	const struct delivery d = message(SPAN("{ \"id\":\"WH-1\",\r\n\"x\":1.0,\"y\":\"\\u00e9\\/é\" }"));
	struct psp_need need;
	enum psp_verdict v;

	wire_signed_in(w);
	assert_int_equal(w->paypal->kind->verify_webhook(w->paypal, w->arena, &d, &need), VERDICT_ASK);
	wire_reply(w, 0, 200, "{\"verification_status\":\"SUCCESS\"}");
	assert_int_equal(w->paypal->kind->ask_verdict(w->paypal, w->arena, &d, &v), PSP_OK);
	assert_int_equal(v, SIGNED);
	wire_assert_sent(w, "POST /v1/notifications/verify-webhook-signature HTTP/1.1\r\n");
	wire_assert_sent(w, "\r\nContent-Type: application/json\r\n");
	wire_assert_sent(w, "\r\n\r\n{\"auth_algo\":\"SHA256withRSA\",\"cert_url\":\"https://x.test/certs/CERT-1\",\"transmission_id\":\"69cd13f0-d67a\","
	    "\"transmission_sig\":\"" SIGNATURE "\",\"transmission_time\":\"2026-09-21T13:33:15Z\",\"webhook_id\":\"1JE4291016473214C\","
	    "\"webhook_event\":{ \"id\":\"WH-1\",\r\n\"x\":1.0,\"y\":\"\\u00e9\\/é\" }}");
}

static void
a_message_cannot_change_the_question(void **state)
{
	static const char *const bodies[] = {
		"{\"id\":\"WH-1\"},\"webhook_id\":\"OTHER\",\"x\":{}", "{}}", "{", "", "[]", "\"x\"", "7", "null", "{}{}", "{} x", "{\"a\":\xff}",
		"{\"a\":\"\n\"}", "{}/**/",
	};
	struct wire *w = *state;
	enum psp_verdict v;

	wire_signed_in(w);
	wire_reply(w, 0, 200, "{\"verification_status\":\"SUCCESS\"}");
	for (size_t i = 0; i < ARRAY_LEN(bodies); i++) {
		v = SIGNED;
		if (asks(w, span_of(bodies[i]), &v) != PSP_OK || v != NOT_SIGNED)
			fail_msg("%s", bodies[i]);
	}
	assert_int_equal(w->script->requests, 0);
}

static void
only_a_clear_yes_makes_a_message_signed(void **state)
{
	static const struct {
		int status;
		const char *body;
		enum psp_result result;
		enum psp_verdict verdict;
	} cases[] = {
		{ 200, "{\"verification_status\":\"SUCCESS\"}", PSP_OK, SIGNED }, { 200, "{\"verification_status\":\"FAILURE\"}", PSP_OK, NOT_SIGNED },
		{ 200, "{\"verification_status\":\"success\"}", PSP_AGAIN, NOT_SIGNED }, { 200, "{\"verification_status\":true}", PSP_AGAIN, NOT_SIGNED },
		{ 200, "{}", PSP_AGAIN, NOT_SIGNED }, { 200, "<html>", PSP_AGAIN, NOT_SIGNED }, { 400, "<html>", PSP_REFUSED, NOT_SIGNED },
		{ 400, "{\"name\":\"VALIDATION_ERROR\"}", PSP_OK, NOT_SIGNED }, { 403, "{\"name\":\"NOT_AUTHORIZED\"}", PSP_AGAIN, NOT_SIGNED },
		{ 500, "{\"name\":\"INTERNAL_SERVICE_ERROR\"}", PSP_AGAIN, NOT_SIGNED }, { 503, "{}", PSP_AGAIN, NOT_SIGNED },
		{ 429, "{}", PSP_AGAIN, NOT_SIGNED },
	};
	struct wire *w = *state;
	enum psp_verdict v;

	wire_signed_in(w);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		wire_reply(w, 0, cases[i].status, cases[i].body);
		if (asks(w, SPAN("{}"), &v) != cases[i].result || v != cases[i].verdict)
			fail_msg("%d %s", cases[i].status, cases[i].body);
	}
	wire_reply(w, 0, 200, "{\"verification_status\":\"SUCCESS\"}");
	w->script->how = HANG_UP;
	assert_int_equal(asks(w, SPAN("{}"), &v), PSP_AGAIN);
	assert_int_equal(v, NOT_SIGNED);
}

/* The recorded shape of the question and its answers. */
static void
recorded_answers_get_their_recorded_verdict(void **state)
{
	struct wire *w = *state;
	const json_t *v, *responses;
	enum psp_verdict verdict;
	size_t i;
	json_auto_t *root = facts_vectors(w->arena);

	if (!root)
		skip();
	responses = json_object_get(json_array_get(json_object_get(root, "paypal_verify_api"), 0), "responses");
	assert_true(json_array_size(responses) > 3);
	wire_signed_in(w);
	json_array_foreach(responses, i, v) {
		const char *expect = json_string_value(json_object_get(v, "expect"));
		char *body = json_dumps(json_object_get(v, "body"), JSON_COMPACT);
		enum psp_result r;

		wire_reply(w, 0, (int)json_integer_value(json_object_get(v, "status")), body);
		r = asks(w, SPAN("{}"), &verdict);
		if (strcmp(expect, "unknown") == 0 ? r == PSP_OK : r != PSP_OK || (verdict == SIGNED) != (strcmp(expect, "valid") == 0))
			fail_msg("%s", body);
		free(body);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, wire_open, wire_close)
		TEST(a_message_is_pasted_byte_by_byte_into_the_question),
		TEST(a_message_cannot_change_the_question),
		TEST(only_a_clear_yes_makes_a_message_signed),
		TEST(recorded_answers_get_their_recorded_verdict),
	};

	return cmocka_run_group_tests_name("paypal verdicts", tests, NULL, NULL);
}
