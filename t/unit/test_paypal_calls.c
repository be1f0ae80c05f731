/*
 * test_paypal_calls.c - access tokens, opening and capturing an order, and what each answer means, against a server that answers what the
 * test says (t/lib/paypal_peer.h).
 */
#include "base/base.h"

#include <setjmp.h>

#include <cmocka.h>
#include <unistd.h>

#include "t/lib/paypal_peer.h"

#include "base/files.h"
#include "psp/psp.h"

static enum psp_result
opens(struct wire *w, struct checkout *out)
{
	return w->paypal->kind->create_checkout(w->paypal, w->arena, SPAN("{\"intent\":\"CAPTURE\",\"x\":1.0}"), SPAN("pay-1"), out);
}

static enum psp_result
reads(struct wire *w, struct payment_report *out)
{
	return w->paypal->kind->fetch_status(w->paypal, w->arena, SPAN("5O190"), out);
}

static enum psp_result
captures(struct wire *w, struct payment_report *out)
{
	return w->paypal->kind->capture(w->paypal, w->arena, SPAN("5O190"), SPAN("pay-1-capture"), out);
}

/* -- the access token -------------------------------------------------------------------------------------------------------- */

static void
a_token_is_asked_for_once_and_used_again(void **state)
{
	struct wire *w = *state;
	struct payment_report p;

	wire_signed_in(w);
	wire_assert_sent(w, "GET /v2/checkout/orders/5O190 HTTP/1.1\r\n");
	wire_assert_sent(w, "\r\nAuthorization: Bearer A21AA-first\r\n");
	for (int i = 0; i < 3; i++)
		assert_int_equal(reads(w, &p), PSP_OK);
	assert_int_equal(w->script->requests, 5);
}

static void
a_token_is_asked_for_with_our_credentials_only(void **state)
{
	struct wire *w = *state;
	struct checkout c;

	wire_reply(w, 0, 503, "{}");
	assert_int_equal(opens(w, &c), PSP_AGAIN);
	assert_int_equal(w->script->requests, 1);
	wire_assert_sent(w, "POST /v1/oauth2/token HTTP/1.1\r\n");
	wire_assert_sent(w, "\r\nAuthorization: Basic Y2xpZW50LTE6aGlkZGVuP3NlY3JldA==\r\n");
	wire_assert_sent(w, "\r\nContent-Type: application/x-www-form-urlencoded\r\n");
	wire_assert_sent(w, "\r\n\r\ngrant_type=client_credentials");
}

static void
a_token_in_its_last_minute_is_had_anew(void **state)
{
	struct wire *w = *state;
	struct payment_report p;

	wire_reply(w, 0, 200, TOKEN("A21AA-short", "60"));
	wire_reply(w, 1, 200, ORDER("CREATED", "{}"));
	wire_reply(w, 2, 200, TOKEN("A21AA-next", "3600"));
	wire_reply(w, 3, 200, ORDER("CREATED", "{}"));
	assert_int_equal(reads(w, &p), PSP_OK);
	wire_assert_sent(w, "Bearer A21AA-short\r\n");
	assert_int_equal(reads(w, &p), PSP_OK);
	wire_assert_sent(w, "Bearer A21AA-next\r\n");
	assert_int_equal(w->script->requests, 4);
}

static void
a_token_that_is_refused_is_had_anew_once(void **state)
{
	struct wire *w = *state;
	struct checkout c;

	wire_signed_in(w);
	wire_reply(w, 0, 401, ERROR("AUTHENTICATION_FAILURE", "X"));
	wire_reply(w, 1, 200, TOKEN("A21AA-second", "3600"));
	wire_reply(w, 2, 201, OPENED);
	assert_int_equal(opens(w, &c), PSP_OK);
	assert_int_equal(w->script->requests, 3);
	wire_assert_sent(w, "\r\nAuthorization: Bearer A21AA-second\r\n");
	wire_assert_sent(w, "\r\nPayPal-Request-Id: pay-1\r\n");
	wire_reply(w, 0, 401, ERROR("AUTHENTICATION_FAILURE", "X"));
	wire_reply(w, 1, 200, TOKEN("A21AA-third", "3600"));
	wire_reply(w, 2, 401, ERROR("AUTHENTICATION_FAILURE", "X"));
	assert_int_equal(opens(w, &c), PSP_AGAIN);
	assert_int_equal(w->script->requests, 3);
}

static void
a_fresh_token_that_is_refused_is_not_had_anew(void **state)
{
	struct wire *w = *state;
	struct checkout c;

	wire_reply(w, 0, 200, TOKEN("A21AA", "3600"));
	wire_reply(w, 1, 401, ERROR("AUTHENTICATION_FAILURE", "X"));
	assert_int_equal(opens(w, &c), PSP_AGAIN);
	assert_int_equal(w->script->requests, 2);
}

static void
without_a_token_nothing_has_happened(void **state)
{
	static const struct {
		int status;
		const char *body;
	} cases[] = {
		{ 400, "{\"error\":\"invalid_client\",\"error_description\":\"x\"}" }, { 401, "{\"error\":\"invalid_client\"}" }, { 403, "" },
		{ 404, "<html>" }, { 429, "{}" }, { 500, "{}" }, { 502, "" }, { 301, "" }, { 200, "" }, { 200, "<html>" }, { 200, "{}" },
		{ 200, TOKEN("", "3600") }, { 200, TOKEN("a b", "3600") }, { 200, TOKEN("a\\r\\nX: y", "3600") }, { 200, TOKEN("a\\u0000b", "3600") },
		{ 200, "{\"access_token\":7}" },
	};
	struct wire *w = *state;
	struct checkout c;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		wire_reply(w, 0, cases[i].status, cases[i].body);
		if (opens(w, &c) != PSP_AGAIN)
			fail_msg("%d %s", cases[i].status, cases[i].body);
		assert_int_equal(w->script->requests, 1);
	}
	for (int how = HANG_UP; how <= HALF; how++) {
		wire_reply(w, 0, 200, TOKEN("A21AA", "3600"));
		w->script->how = how;
		assert_int_equal(opens(w, &c), PSP_AGAIN);
	}
}

static void
a_token_without_a_good_end_is_used_once(void **state)
{
	struct wire *w = *state;
	struct payment_report p;

	for (int i = 0; i < 2; i++) {
		wire_reply(w, 0, 200, i ? TOKEN("A21AA", "-5") : "{\"access_token\":\"A21AA\"}");
		wire_reply(w, 1, 200, ORDER("CREATED", "{}"));
		assert_int_equal(reads(w, &p), PSP_OK);
	}
	assert_int_equal(w->script->requests, 2);
	wire_reply(w, 0, 200, TOKEN("A21AA", "9223372036854775807"));
	wire_reply(w, 1, 200, ORDER("CREATED", "{}"));
	assert_int_equal(reads(w, &p), PSP_OK);
	assert_int_equal(reads(w, &p), PSP_OK);
	assert_int_equal(w->script->requests, 3);
}

/* -- what is sent ---------------------------------------------------------------------------------------------------------- */

static void
opening_sends_the_stored_bytes_with_their_key(void **state)
{
	struct wire *w = *state;
	struct checkout c;

	wire_signed_in(w);
	wire_reply(w, 0, 201, OPENED);
	assert_int_equal(opens(w, &c), PSP_OK);
	assert_true(span_is(c.session, "5O190") && span_is(c.url, "https://www.paypal.test/checkoutnow?token=5O190"));
	wire_assert_sent(w, "POST /v2/checkout/orders HTTP/1.1\r\n");
	wire_assert_sent(w, "\r\nPayPal-Request-Id: pay-1\r\n");
	wire_assert_sent(w, "\r\nPrefer: return=representation\r\n");
	wire_assert_sent(w, "\r\nContent-Type: application/json\r\n");
	wire_assert_sent(w, "\r\n\r\n{\"intent\":\"CAPTURE\",\"x\":1.0}");
	wire_reply(w, 0, 200, "{\"id\":\"5O190\",\"links\":[" LINK("approve", "https://www.paypal.test/approve") "]}");
	assert_int_equal(opens(w, &c), PSP_OK);
	assert_true(span_is(c.url, "https://www.paypal.test/approve"));
}

static void
a_capture_and_a_refund_have_keys_of_their_own(void **state)
{
	struct wire *w = *state;
	struct payment_report p;
	struct refund_report r;

	wire_signed_in(w);
	wire_reply(w, 0, 201, ORDER("COMPLETED", CAPTURES(CAPTURED("2GG27", "COMPLETED"))));
	assert_int_equal(captures(w, &p), PSP_OK);
	wire_assert_sent(w, "POST /v2/checkout/orders/5O190/capture HTTP/1.1\r\n");
	wire_assert_sent(w, "\r\nPayPal-Request-Id: pay-1-capture\r\n");
	wire_assert_sent(w, "\r\nPrefer: return=representation\r\n");
	wire_assert_sent(w, "\r\n\r\n{}");
	wire_reply(w, 0, 201, REFUNDED("1JU08", "PENDING", OURS));
	assert_int_equal(wire_refunds(w, &r), PSP_OK);
	assert_int_equal(r.fact, REFUND_PENDING);
	assert_true(span_is(r.id, "1JU08") && span_is(r.reference, "12-77") && r.amount.minor == 1550);
	wire_assert_sent(w, "POST /v2/payments/captures/2GG27/refund HTTP/1.1\r\n");
	wire_assert_sent(w, "\r\nPayPal-Request-Id: refund-77\r\n");
	wire_assert_sent(w, "\r\n\r\n{\"amount\":{\"currency_code\":\"GBP\",\"value\":\"15.50\"},\"custom_id\":\"12-77\","
	    "\"invoice_id\":\"foyer-refund-12-77\"}");
}

static void
ids_cannot_leave_their_place_in_the_path(void **state)
{
	struct wire *w = *state;
	struct payment_report p;

	wire_signed_in(w);
	wire_reply(w, 0, 404, ERROR("RESOURCE_NOT_FOUND", "INVALID_RESOURCE_ID"));
	assert_int_equal(w->paypal->kind->fetch_status(w->paypal, w->arena, SPAN("../a?b#c d"), &p), PSP_NOT_FOUND);
	wire_assert_sent(w, "GET /v2/checkout/orders/..%2Fa%3Fb%23c%20d HTTP/1.1\r\n");
	wire_reply(w, 0, 200, OPENED);
	assert_int_equal(w->paypal->kind->fetch_status(w->paypal, w->arena, SPAN(""), &p), PSP_NOT_FOUND);
	assert_int_equal(w->paypal->kind->capture(w->paypal, w->arena, SPAN(""), SPAN("k"), &p), PSP_REFUSED);
	assert_int_equal(w->script->requests, 0);
}

static void
a_key_is_always_sent_and_cannot_add_a_header(void **state)
{
	struct wire *w = *state;
	const struct span bad[] = { SPAN("a\r\nX: y"), SPAN(""), arena_fmt(w->arena, "%0109d", 1) };
	struct payment_report p;
	struct checkout c;

	wire_signed_in(w);
	wire_reply(w, 0, 200, OPENED);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		assert_int_equal(w->paypal->kind->create_checkout(w->paypal, w->arena, SPAN("{}"), bad[i], &c), PSP_REFUSED);
		assert_int_equal(w->paypal->kind->capture(w->paypal, w->arena, SPAN("5O190"), bad[i], &p), PSP_REFUSED);
	}
	assert_int_equal(w->script->requests, 0);
	assert_int_equal(w->paypal->kind->create_checkout(w->paypal, w->arena, SPAN("{}"), arena_fmt(w->arena, "%0108d", 1), &c), PSP_OK);
}

/* -- what an answer means -------------------------------------------------------------------------------------------------- */

static void
each_refusal_has_its_meaning(void **state)
{
	static const struct {
		int status;
		const char *body;
		enum psp_result post, get;
	} cases[] = {
		{ 301, "", PSP_REFUSED, PSP_REFUSED }, { 400, ERROR("INVALID_REQUEST", "X"), PSP_REFUSED, PSP_REFUSED },
		{ 403, ERROR("NOT_AUTHORIZED", "X"), PSP_AGAIN, PSP_AGAIN }, { 404, "<html>", PSP_AGAIN, PSP_AGAIN },
		{ 404, ERROR("RESOURCE_NOT_FOUND", "X"), PSP_NOT_FOUND, PSP_NOT_FOUND },
		{ 404, ERROR("X", "INVALID_RESOURCE_ID"), PSP_NOT_FOUND, PSP_NOT_FOUND },
		{ 409, ERROR("RESOURCE_CONFLICT", "X"), PSP_AGAIN, PSP_AGAIN }, { 422, ERROR("UNPROCESSABLE_ENTITY", "X"), PSP_REFUSED, PSP_REFUSED },
		{ 429, ERROR("RATE_LIMIT_REACHED", "X"), PSP_AGAIN, PSP_AGAIN }, { 500, ERROR("INTERNAL_SERVER_ERROR", "X"), PSP_UNSURE, PSP_AGAIN },
		{ 502, "<html>", PSP_UNSURE, PSP_AGAIN }, { 504, "", PSP_UNSURE, PSP_AGAIN }, { 503, "", PSP_AGAIN, PSP_AGAIN },
	};
	struct wire *w = *state;
	struct payment_report p;
	struct refund_report r;
	struct checkout c;

	wire_signed_in(w);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		wire_reply(w, 0, cases[i].status, cases[i].body);
		if (opens(w, &c) != cases[i].post || captures(w, &p) != cases[i].post || wire_refunds(w, &r) != cases[i].post ||
		    reads(w, &p) != cases[i].get)
			fail_msg("status %d %s", cases[i].status, cases[i].body);
		assert_int_equal(w->script->requests, 4);
	}
}

static void
a_good_status_with_a_bad_answer_is_unsure(void **state)
{
	static const char *const answers[] = { "", "<html>", "[]", "{}", "{\"id\":\"5O190\"}", "{\"id\":\"5O190\",\"links\":7}",
		"{\"links\":[" LINK("approve", "https://x.test/") "]}", "{\"id\":\"5O190\",\"links\":[" LINK("approve", "javascript:1") "]}",
		"{\"id\":\"a/b\",\"links\":[" LINK("approve", "https://x.test/") "]}", "{\"id\":\"5O190\",\"links\":[" LINK("self", "https://x.test/") "]}" };
	struct wire *w = *state;
	struct payment_report p;
	struct refund_report r;
	struct checkout c;

	wire_signed_in(w);
	for (size_t i = 0; i < ARRAY_LEN(answers); i++) {
		wire_reply(w, 0, 201, answers[i]);
		assert_int_equal(opens(w, &c), PSP_UNSURE);
		assert_int_equal(captures(w, &p), PSP_UNSURE);
	}
	wire_reply(w, 0, 200, "{}");
	assert_int_equal(wire_refunds(w, &r), PSP_UNSURE);
	assert_int_equal(reads(w, &p), PSP_AGAIN);
}

static void
a_lost_answer_is_unsure_but_a_question_may_be_asked_again(void **state)
{
	struct wire *w = *state;
	struct payment_report p;
	struct refund_report r;
	struct checkout c;

	wire_signed_in(w);
	for (int how = HANG_UP; how <= HALF; how++) {
		wire_reply(w, 0, 200, OPENED);
		w->script->how = how;
		assert_int_equal(opens(w, &c), PSP_UNSURE);
		assert_int_equal(captures(w, &p), PSP_UNSURE);
		assert_int_equal(wire_refunds(w, &r), PSP_UNSURE);
		assert_int_equal(reads(w, &p), PSP_AGAIN);
		assert_int_equal(w->peer.gate_now, 0);
	}
}

static void
a_full_gate_sends_nothing(void **state)
{
	struct wire *w = *state;
	struct payment_report p;
	struct checkout c;

	wire_reply(w, 0, 200, TOKEN("A21AA", "3600"));
	w->peer.gate_open = 0;
	assert_int_equal(opens(w, &c), PSP_BUSY);
	assert_int_equal(reads(w, &p), PSP_BUSY);
	assert_int_equal(w->script->requests, 0);
}

/* -- reading and capturing ------------------------------------------------------------------------------------------------- */

static void
an_order_is_read_as_what_it_means_for_the_payment(void **state)
{
	static const struct {
		const char *order;
		enum payment_fact fact;
		const char *capture, *why, *url;
	} cases[] = {
		{ ORDER("CREATED", "{}"), FACT_OPEN, "", "", "https://www.paypal.test/approve" },
		{ ORDER("SAVED", "{}"), FACT_OPEN, "", "", "https://www.paypal.test/approve" },
		{ ORDER("PAYER_ACTION_REQUIRED", "{}"), FACT_OPEN, "", "", "https://www.paypal.test/approve" },
		{ ORDER("APPROVED", "{}"), FACT_APPROVED, "", "", "" }, { ORDER("VOIDED", "{}"), FACT_CLOSED, "", "", "" },
		{ ORDER("INVENTED", "{}"), FACT_UNKNOWN, "", "", "" }, { ORDER("COMPLETED", "{}"), FACT_UNKNOWN, "", "", "" },
		{ ORDER("COMPLETED", CAPTURES(CAPTURED("C1", "INVENTED"))), FACT_UNKNOWN, "C1", "", "" },
		{ ORDER("COMPLETED", CAPTURES(CAPTURED("C1", "COMPLETED"))), FACT_PAID, "C1", "", "" },
		{ ORDER("COMPLETED", CAPTURES(CAPTURED("C1", "REFUNDED"))), FACT_PAID, "C1", "", "" },
		{ ORDER("COMPLETED", CAPTURES(CAPTURED("C1", "PARTIALLY_REFUNDED"))), FACT_PAID, "C1", "", "" },
		{ ORDER("COMPLETED", CAPTURES(CAPTURED("C1", "PENDING"))), FACT_PENDING, "C1", "ECHECK", "" },
		{ ORDER("COMPLETED", CAPTURES(CAPTURED("C1", "DECLINED"))), FACT_FAILED, "C1", "ECHECK", "" },
		{ ORDER("COMPLETED", CAPTURES(CAPTURED("C1", "FAILED"))), FACT_FAILED, "C1", "ECHECK", "" },
		{ ORDER("COMPLETED", CAPTURES(CAPTURED("C1", "DECLINED") "," CAPTURED("C2", "COMPLETED"))), FACT_PAID, "C2", "", "" },
		{ ORDER("COMPLETED", CAPTURES(CAPTURED("C1", "COMPLETED") "," CAPTURED("C2", "DECLINED"))), FACT_PAID, "C1", "", "" },
		{ ORDER("COMPLETED", CAPTURES(CAPTURED("C1", "DECLINED") "," CAPTURED("C2", "PENDING"))), FACT_PENDING, "C2", "ECHECK", "" },
	};
	struct wire *w = *state;
	struct payment_report p;

	wire_signed_in(w);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		wire_reply(w, 0, 200, cases[i].order);
		assert_int_equal(reads(w, &p), PSP_OK);
		if (p.fact != cases[i].fact || !span_is(p.capture, cases[i].capture) || !span_is(p.why, cases[i].why) || !span_is(p.url, cases[i].url))
			fail_msg("case %zu: fact %d capture " PRSPAN, i, p.fact, ARGSPAN(p.capture));
		assert_true(span_is(p.session, "5O190") && span_is(p.reference, "12-34") && !p.live);
		assert_int_equal(p.amount.minor, 4650);
		assert_string_equal(p.amount.code, "GBP");
	}
}

static void
a_capture_tells_what_became_of_the_money(void **state)
{
	static const struct {
		const char *answer;
		enum psp_result result;
		enum payment_fact fact;
	} cases[] = {
		{ ORDER("COMPLETED", CAPTURES(CAPTURED("C1", "COMPLETED"))), PSP_OK, FACT_PAID },
		{ ORDER("COMPLETED", CAPTURES(CAPTURED("C1", "PENDING"))), PSP_OK, FACT_PENDING },
		{ ORDER("COMPLETED", CAPTURES(CAPTURED("C1", "DECLINED"))), PSP_OK, FACT_FAILED },
		{ ORDER("APPROVED", CAPTURES(CAPTURED("C1", "FAILED"))), PSP_OK, FACT_FAILED },
		{ ORDER("COMPLETED", "{}"), PSP_UNSURE, FACT_UNKNOWN }, { ORDER("APPROVED", "{}"), PSP_UNSURE, FACT_APPROVED },
	};
	struct wire *w = *state;
	struct payment_report p;

	wire_signed_in(w);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		wire_reply(w, 0, i % 2 ? 200 : 201, cases[i].answer);
		if (captures(w, &p) != cases[i].result || p.fact != cases[i].fact)
			fail_msg("case %zu: fact %d", i, p.fact);
	}
	/* as short as PayPal answers where it was not asked for everything */
	wire_reply(w, 0, 201, "{\"id\":\"5O190\",\"status\":\"COMPLETED\",\"purchase_units\":[{\"reference_id\":\"12-34\",\"payments\":"
	    "{\"captures\":[{\"id\":\"C1\",\"status\":\"COMPLETED\"}]}}]}");
	assert_int_equal(captures(w, &p), PSP_OK);
	assert_true(p.fact == FACT_PAID && span_is(p.reference, "12-34") && p.amount.minor == -1);
}

static void
each_reason_not_to_capture_has_its_meaning(void **state)
{
	static const struct {
		const char *body;
		enum psp_result result;
	} cases[] = {
#define NO(issue, result) { ERROR("UNPROCESSABLE_ENTITY", issue), result }
		NO("ORDER_NOT_APPROVED", PSP_CONFLICT), NO("ORDER_ALREADY_CAPTURED", PSP_CONFLICT), NO("DUPLICATE_INVOICE_ID", PSP_CONFLICT),
		NO("INSTRUMENT_DECLINED", PSP_DECLINED), NO("PAYER_ACTION_REQUIRED", PSP_DECLINED),
		NO("REDIRECT_PAYER_FOR_ALTERNATE_FUNDING", PSP_DECLINED), NO("PAYER_CANNOT_PAY", PSP_DECLINED),
		NO("TRANSACTION_REFUSED", PSP_DECLINED), NO("MAX_NUMBER_OF_PAYMENT_ATTEMPTS_EXCEEDED", PSP_DECLINED),
		NO("COMPLIANCE_VIOLATION", PSP_DECLINED), NO("PAYEE_ACCOUNT_RESTRICTED", PSP_REFUSED), NO("INVENTED", PSP_REFUSED),
		{ "{\"name\":\"UNPROCESSABLE_ENTITY\",\"details\":{}}", PSP_REFUSED }, { "<html>", PSP_REFUSED },
	};
	struct wire *w = *state;
	struct payment_report p;

	wire_signed_in(w);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		wire_reply(w, 0, 422, cases[i].body);
		if (captures(w, &p) != cases[i].result)
			fail_msg("%s", cases[i].body);
	}
}

/* -- logs ------------------------------------------------------------------------------------------------------------------ */

static void
a_log_has_no_secret_and_nothing_that_people_typed(void **state)
{
	static const char *const never[] = { "hidden", "Y2xpZW50", "A21AA", "ann@example.org", "12-34" };
	struct wire *w = *state;
	char file[] = "/tmp/foyer-log-XXXXXX";
	int log = mkstemp(file), stderr_was = dup(2);
	struct payment_report p;
	struct checkout c;
	struct span text;

	dup2(log, 2);
	wire_reply(w, 0, 401, "{\"error\":\"invalid_client\",\"error_description\":\"hidden?secret ann@example.org\"}");
	assert_int_equal(opens(w, &c), PSP_AGAIN);
	wire_signed_in(w);
	wire_reply(w, 0, 422, ERROR("UNPROCESSABLE_ENTITY", "INSTRUMENT_DECLINED"));
	assert_int_equal(captures(w, &p), PSP_DECLINED);
	dup2(stderr_was, 2);
	close(stderr_was);
	close(log);
	assert_true(file_read(w->arena, file, MiB, &text));
	unlink(file);
	assert_non_null(strstr(text.p, "name=invalid_client"));
	assert_non_null(strstr(text.p, "call=capture status=422 name=UNPROCESSABLE_ENTITY issue=INSTRUMENT_DECLINED debug_id=d1"));
	assert_non_null(strstr(text.p, "provider=paypal call=capture status=422"));
	for (size_t i = 0; i < ARRAY_LEN(never); i++)
		if (strstr(text.p, never[i]))
			fail_msg("%s was logged", never[i]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, wire_open, wire_close)
		TEST(a_token_is_asked_for_once_and_used_again),
		TEST(a_token_is_asked_for_with_our_credentials_only),
		TEST(a_token_in_its_last_minute_is_had_anew),
		TEST(a_token_that_is_refused_is_had_anew_once),
		TEST(a_fresh_token_that_is_refused_is_not_had_anew),
		TEST(without_a_token_nothing_has_happened),
		TEST(a_token_without_a_good_end_is_used_once),
		TEST(opening_sends_the_stored_bytes_with_their_key),
		TEST(a_capture_and_a_refund_have_keys_of_their_own),
		TEST(ids_cannot_leave_their_place_in_the_path),
		TEST(a_key_is_always_sent_and_cannot_add_a_header),
		TEST(each_refusal_has_its_meaning),
		TEST(a_good_status_with_a_bad_answer_is_unsure),
		TEST(a_lost_answer_is_unsure_but_a_question_may_be_asked_again),
		TEST(a_full_gate_sends_nothing),
		TEST(an_order_is_read_as_what_it_means_for_the_payment),
		TEST(a_capture_tells_what_became_of_the_money),
		TEST(each_reason_not_to_capture_has_its_meaning),
		TEST(a_log_has_no_secret_and_nothing_that_people_typed),
	};

	return cmocka_run_group_tests_name("paypal calls", tests, NULL, NULL);
}
