/* test_razorpay_calls.c - each call about a payment link against a server that answers what the test says (t/lib/peer.h). */
#include "base/base.h"

#include <setjmp.h>

#include <cmocka.h>

#include "t/lib/peer.h"

#include "base/settings.h"
#include "psp/psp.h"

struct wire {
	struct peer peer;
	struct arena *arena;
	struct psp *razorpay;
	struct peer_script *script;
	struct settings settings;
};

static void
provider_at(struct wire *w, const char *base_url)
{
	w->settings.razorpay_base_url = base_url;
	assert_int_equal(psp_all(w->arena, &w->settings, &w->razorpay), 1);
	peer_gate(&w->peer, w->razorpay);
}

static int
wire_open(void **state)
{
	struct wire *w = calloc(1, sizeof(*w));

	peer_open(&w->peer);
	w->arena = w->peer.arena;
	w->script = w->peer.script;
	w->settings = (struct settings){
		.razorpay_key_id = "rzp_test_1",
		.razorpay_key_secret = { SPAN("hidden") },
		.razorpay_webhook_secrets = { SPAN("w") },
		.psp_timeout_ms = PEER_TIMEOUT_MS,
	};
	provider_at(w, CSTR(w->arena, w->peer.url));
	*state = w;
	return 0;
}

static int
wire_close(void **state)
{
	struct wire *w = *state;

	peer_close(&w->peer);
	free(w);
	return 0;
}

static void
reply(struct wire *w, int i, int status, const char *body)
{
	peer_reply(&w->peer, i, status, "", body);
}

#define LINK_OF(status, paid, more) "{\"id\":\"plink_1\",\"amount\":4650,\"amount_paid\":" paid ",\"currency\":\"INR\",\"status\":\"" status "\"," \
	"\"reference_id\":\"12-34\",\"short_url\":\"https://rzp.test/i/1\",\"notes\":{\"foyer_payment\":\"12-34\"}" more "}"
#define OPENED LINK_OF("created", "0", ",\"payments\":null")
#define CAPTURED ",\"payments\":[{\"payment_id\":\"pay_0\",\"status\":\"failed\"},{\"payment_id\":\"pay_1\",\"amount\":4650,\"status\":\"captured\"}]"
#define ERROR(code, description) "{\"error\":{\"code\":\"" code "\",\"description\":\"" description "\",\"field\":null,\"source\":\"business\"," \
	"\"step\":\"payment_initiation\",\"reason\":\"input_validation_failed\",\"metadata\":{}}}"
#define BAD(description) ERROR("BAD_REQUEST_ERROR", description)
#define REPEATED BAD("payment link creation with reference ID already attempted")
#define KEY "Authorization: Basic cnpwX3Rlc3RfMTpoaWRkZW4=\r\n"	/* rzp_test_1:hidden */
#define JSON_OF(n) "Content-Type: application/json\r\nContent-Length: " n "\r\n"
#define BODY_SENT SPAN("{\"amount\":4650,\"x\":\"1 2\"}")

static enum psp_result
opens(struct wire *w, struct checkout *out)
{
	return w->razorpay->kind->create_checkout(w->razorpay, w->arena, BODY_SENT, SPAN("pay-12-34"), out);
}

static enum psp_result
finds(struct wire *w, struct checkout *out)
{
	return w->razorpay->kind->find_checkout(w->razorpay, w->arena, SPAN("12-34"), out);
}

static enum psp_result
reads(struct wire *w, struct payment_report *out)
{
	return w->razorpay->kind->fetch_status(w->razorpay, w->arena, SPAN("plink_1"), out);
}

static enum psp_result
closes(struct wire *w)
{
	return w->razorpay->kind->close_checkout(w->razorpay, w->arena, SPAN("plink_1"));
}

/* -- what is sent ---------------------------------------------------------------------------------------------------------- */

static void
opening_sends_the_stored_bytes(void **state)
{
	struct wire *w = *state;
	struct checkout c;

	reply(w, 0, 200, OPENED);
	assert_int_equal(opens(w, &c), PSP_OK);
	assert_true(span_is(c.session, "plink_1") && span_is(c.url, "https://rzp.test/i/1"));
	peer_assert_sent_all(&w->peer, "POST /v1/payment_links", KEY JSON_OF("25"), "{\"amount\":4650,\"x\":\"1 2\"}");
	assert_int_equal(w->peer.gate_entered, 1);
}

static void
questions_and_a_closing_have_no_body(void **state)
{
	struct wire *w = *state;
	struct payment_report p;
	struct checkout c;

	reply(w, 0, 200, OPENED);
	reads(w, &p);
	peer_assert_sent_all(&w->peer, "GET /v1/payment_links/plink_1", KEY, "");
	finds(w, &c);
	peer_assert_sent_all(&w->peer, "GET /v1/payment_links?reference_id=12-34", KEY, "");
	closes(w);
	peer_assert_sent_all(&w->peer, "POST /v1/payment_links/plink_1/cancel", KEY JSON_OF("0"), "");
}

static void
ids_cannot_leave_their_place_in_the_path(void **state)
{
	struct wire *w = *state;
	struct payment_report p;
	struct checkout c;

	reply(w, 0, 400, BAD("The id provided does not exist"));
	assert_int_equal(w->razorpay->kind->fetch_status(w->razorpay, w->arena, SPAN("../a?b#c d"), &p), PSP_NOT_FOUND);
	peer_assert_sent(&w->peer, "GET /v1/payment_links/..%2Fa%3Fb%23c%20d HTTP/1.1\r\n");
	w->razorpay->kind->find_checkout(w->razorpay, w->arena, SPAN("1&count=2"), &c);
	peer_assert_sent(&w->peer, "GET /v1/payment_links?reference_id=1%26count%3D2 HTTP/1.1\r\n");
	reply(w, 0, 200, OPENED);
	assert_int_equal(w->razorpay->kind->fetch_status(w->razorpay, w->arena, SPAN(""), &p), PSP_NOT_FOUND);
	assert_int_equal(w->razorpay->kind->close_checkout(w->razorpay, w->arena, SPAN("")), PSP_NOT_FOUND);
	assert_int_equal(w->script->requests, 0);
}

static void
what_razorpay_does_not_do_is_not_in_the_table(void **state)
{
	struct wire *w = *state;
	const struct psp_kind *kind = w->razorpay->kind;

	assert_true(!kind->capture && !kind->charge && !kind->charge_body && !kind->list_payments && !kind->ask_verdict);
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
		{ 301, "", PSP_REFUSED, PSP_REFUSED }, { 400, BAD("x"), PSP_REFUSED, PSP_REFUSED }, { 400, "<html>", PSP_REFUSED, PSP_REFUSED },
		{ 400, REPEATED, PSP_CONFLICT, PSP_REFUSED }, { 400, BAD("Reference ID Already Attempted"), PSP_CONFLICT, PSP_REFUSED },
		{ 400, BAD("The id provided does not exist"), PSP_NOT_FOUND, PSP_NOT_FOUND },
		{ 400, ERROR("GATEWAY_ERROR", "x"), PSP_UNSURE, PSP_AGAIN }, { 400, ERROR("SERVER_ERROR", "x"), PSP_UNSURE, PSP_AGAIN },
		{ 401, BAD("The api key provided is invalid"), PSP_AGAIN, PSP_AGAIN }, { 403, BAD("x"), PSP_AGAIN, PSP_AGAIN },
		{ 404, BAD("x"), PSP_NOT_FOUND, PSP_NOT_FOUND }, { 404, "<html>", PSP_AGAIN, PSP_AGAIN }, { 405, BAD("x"), PSP_REFUSED, PSP_REFUSED },
		{ 409, BAD("x"), PSP_AGAIN, PSP_AGAIN }, { 429, BAD("x"), PSP_AGAIN, PSP_AGAIN },
		{ 500, ERROR("SERVER_ERROR", "x"), PSP_UNSURE, PSP_AGAIN }, { 500, REPEATED, PSP_UNSURE, PSP_AGAIN },
		{ 502, ERROR("GATEWAY_ERROR", "x"), PSP_UNSURE, PSP_AGAIN }, { 503, "<html>", PSP_AGAIN, PSP_AGAIN },
		{ 503, ERROR("SERVER_ERROR", "x"), PSP_AGAIN, PSP_AGAIN }, { 504, "", PSP_UNSURE, PSP_AGAIN },
	};
	struct wire *w = *state;
	struct payment_report p;
	struct checkout c;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		reply(w, 0, cases[i].status, cases[i].body);
		if (opens(w, &c) != cases[i].post || reads(w, &p) != cases[i].get)
			fail_msg("status %d %s", cases[i].status, cases[i].body);
		assert_int_equal(w->script->requests, 2);
	}
}

static void
how_long_to_wait_is_passed_on(void **state)
{
	struct wire *w = *state;
	struct checkout c;

	peer_reply(&w->peer, 0, 429, "Retry-After: 7\r\n", BAD("x"));
	assert_int_equal(opens(w, &c), PSP_AGAIN);
	assert_int_equal(w->razorpay->wait_ms, 7000);
	assert_int_equal(w->peer.gate_wait_ms, 7000);
}

static void
a_good_status_with_a_bad_answer_is_unsure(void **state)
{
	static const char *const answers[] = { "", "<html>", "[]", "{}", "{\"id\":\"plink_1\"}", "{\"short_url\":\"https://x.test\"}",
		"{\"id\":\"plink_1\",\"short_url\":\"javascript:1\"}", "{\"id\":\"plink_1\",\"short_url\":\"https://x.test/\\r\\nX: y\"}",
		"{\"id\":\"a/b\",\"short_url\":\"https://x.test/\"}" };
	struct wire *w = *state;
	struct payment_report p;
	struct checkout c;

	for (size_t i = 0; i < ARRAY_LEN(answers); i++) {
		reply(w, 0, 200, answers[i]);
		assert_int_equal(opens(w, &c), PSP_UNSURE);
	}
	reply(w, 0, 200, "{}");
	assert_int_equal(closes(w), PSP_UNSURE);
	assert_int_equal(reads(w, &p), PSP_AGAIN);
	assert_int_equal(finds(w, &c), PSP_AGAIN);
}

static void
a_lost_answer_is_unsure_but_a_question_may_be_asked_again(void **state)
{
	struct wire *w = *state;
	struct payment_report p;
	struct checkout c;

	for (int how = HANG_UP; how <= FLOOD; how++) {
		reply(w, 0, 200, OPENED);
		if (how == FLOOD)
			snprintf(w->script->replies[0], sizeof(w->script->replies[0]), "HTTP/1.1 200 X\r\nConnection: close\r\n\r\n");
		w->script->how = how;
		assert_int_equal(opens(w, &c), PSP_UNSURE);
		assert_int_equal(closes(w), PSP_UNSURE);
		assert_int_equal(reads(w, &p), PSP_AGAIN);
		assert_int_equal(finds(w, &c), PSP_AGAIN);
		assert_int_equal(w->peer.gate_now, 0);
	}
}

static void
what_never_left_may_be_sent_again(void **state)
{
	struct wire *w = *state;
	struct checkout c;

	provider_at(w, "http://127.0.0.1:1");
	assert_int_equal(opens(w, &c), PSP_AGAIN);
	provider_at(w, "file:///etc");
	assert_int_equal(opens(w, &c), PSP_AGAIN);
}

static void
a_full_gate_sends_nothing(void **state)
{
	struct wire *w = *state;
	struct payment_report p;
	struct checkout c;

	reply(w, 0, 200, OPENED);
	w->peer.gate_open = 0;
	assert_int_equal(opens(w, &c), PSP_BUSY);
	assert_int_equal(reads(w, &p), PSP_BUSY);
	assert_int_equal(w->script->requests, 0);
}

/* -- finding, reading and closing ------------------------------------------------------------------------------------------ */

static void
a_link_made_before_is_found_by_its_reference(void **state)
{
	struct wire *w = *state;
	struct checkout c;

	reply(w, 0, 400, REPEATED);
	reply(w, 1, 200, "{\"payment_links\":[{},7,{\"id\":\"plink_9\",\"reference_id\":\"12-3\",\"short_url\":\"https://rzp.test/i/9\"}," OPENED "]}");
	assert_int_equal(opens(w, &c), PSP_CONFLICT);
	assert_true(c.session.n == 0 && c.url.n == 0);
	assert_int_equal(finds(w, &c), PSP_OK);
	assert_true(span_is(c.session, "plink_1") && span_is(c.url, "https://rzp.test/i/1"));
	reply(w, 0, 200, "{\"payment_links\":[]}");
	assert_int_equal(finds(w, &c), PSP_NOT_FOUND);
	reply(w, 0, 200, "{\"payment_links\":[{\"id\":\"plink_9\",\"reference_id\":\"12-3\",\"short_url\":\"https://rzp.test/i/9\"}]}");
	assert_int_equal(finds(w, &c), PSP_NOT_FOUND);
	reply(w, 0, 200, "{\"payment_links\":null}");
	assert_int_equal(finds(w, &c), PSP_AGAIN);
	reply(w, 0, 200, "{\"payment_links\":[{\"id\":\"plink_1\",\"reference_id\":\"12-34\"}]}");
	assert_int_equal(finds(w, &c), PSP_AGAIN);
}

static void
a_link_that_has_ended_is_not_taken_up_again(void **state)
{
	static const struct {
		const char *link;
		enum psp_result result;
	} cases[] = {
		{ LINK_OF("expired", "0", ""), PSP_CONFLICT }, { LINK_OF("cancelled", "0", ""), PSP_CONFLICT },
		{ LINK_OF("paid", "4650", CAPTURED), PSP_OK }, { LINK_OF("expired", "100", ""), PSP_OK }, { LINK_OF("invented", "0", ""), PSP_OK },
	};
	struct wire *w = *state;
	struct checkout c;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		reply(w, 0, 200, arena_fmt(w->arena, "{\"payment_links\":[%s]}", cases[i].link).p);
		if (finds(w, &c) != cases[i].result)
			fail_msg("%s", cases[i].link);
	}
}

static void
reading_tells_what_became_of_a_link(void **state)
{
	static const struct {
		const char *link;
		enum payment_fact fact;
		const char *capture, *why;
		bool url;
	} cases[] = {
		{ OPENED, FACT_OPEN, "", "", true },
		{ LINK_OF("created", "0", ",\"payments\":[]"), FACT_OPEN, "", "", true },
		{ LINK_OF("paid", "4650", CAPTURED), FACT_PAID, "pay_1", "", false },
		{ LINK_OF("paid", "4650", ",\"payments\":[{\"payment_id\":\"pay_1\",\"status\":\"refunded\"}]"), FACT_PAID, "pay_1", "", false },
		{ LINK_OF("paid", "4650", ",\"payments\":null"), FACT_PENDING, "", "paid", false },
		{ LINK_OF("paid", "4650", ",\"payments\":[{\"payment_id\":\"pay_1\",\"status\":\"authorized\"}]"), FACT_PENDING, "", "paid", false },
		{ LINK_OF("partially_paid", "100", CAPTURED), FACT_PENDING, "pay_1", "partially_paid", false },
		{ LINK_OF("expired", "0", ""), FACT_CLOSED, "", "", false }, { LINK_OF("cancelled", "0", ""), FACT_CLOSED, "", "", false },
		{ LINK_OF("expired", "100", CAPTURED), FACT_PENDING, "pay_1", "expired", false },
		{ LINK_OF("invented", "0", ""), FACT_UNKNOWN, "", "", false },
	};
	struct wire *w = *state;
	struct payment_report p;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		reply(w, 0, 200, cases[i].link);
		assert_int_equal(reads(w, &p), PSP_OK);
		if (p.fact != cases[i].fact || !span_is(p.capture, cases[i].capture) || !span_is(p.why, cases[i].why) || (p.url.n > 0) != cases[i].url)
			fail_msg("fact %d: %s", p.fact, cases[i].link);
		assert_true(span_is(p.session, "plink_1") && span_is(p.reference, "12-34") && !p.live);
		assert_int_equal(p.amount.minor, 4650);
		assert_string_equal(p.amount.code, "INR");
	}
}

static void
reading_reports_the_amount_that_was_taken(void **state)
{
	struct wire *w = *state;
	struct payment_report p;

	reply(w, 0, 200, LINK_OF("paid", "4600", CAPTURED));
	assert_int_equal(reads(w, &p), PSP_OK);
	assert_int_equal(p.fact, FACT_PAID);
	assert_int_equal(p.amount.minor, 4600);
}

static void
closing_what_cannot_be_closed_is_a_conflict(void **state)
{
	static const struct {
		int status;
		const char *body;
		enum psp_result result;
	} cases[] = {
		{ 200, LINK_OF("cancelled", "0", ""), PSP_OK }, { 200, LINK_OF("expired", "0", ""), PSP_OK },
		{ 400, BAD("cannot cancel or expire an already paid/partially paid link"), PSP_CONFLICT },
		{ 400, BAD("cannot cancel or expire an expired link"), PSP_CONFLICT }, { 400, "", PSP_CONFLICT },
		{ 400, BAD("The id provided does not exist"), PSP_NOT_FOUND }, { 400, ERROR("SERVER_ERROR", "x"), PSP_UNSURE },
		{ 200, LINK_OF("paid", "4650", CAPTURED), PSP_CONFLICT }, { 200, LINK_OF("cancelled", "100", CAPTURED), PSP_CONFLICT },
		{ 200, OPENED, PSP_CONFLICT }, { 200, LINK_OF("invented", "0", ""), PSP_UNSURE },
		{ 401, BAD("x"), PSP_AGAIN }, { 404, "<html>", PSP_AGAIN }, { 500, "", PSP_UNSURE }, { 503, "", PSP_AGAIN },
	};
	struct wire *w = *state;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		reply(w, 0, cases[i].status, cases[i].body);
		if (closes(w) != cases[i].result)
			fail_msg("status %d %s", cases[i].status, cases[i].body);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, wire_open, wire_close)
		TEST(opening_sends_the_stored_bytes),
		TEST(questions_and_a_closing_have_no_body),
		TEST(ids_cannot_leave_their_place_in_the_path),
		TEST(what_razorpay_does_not_do_is_not_in_the_table),
		TEST(each_refusal_has_its_meaning),
		TEST(how_long_to_wait_is_passed_on),
		TEST(a_good_status_with_a_bad_answer_is_unsure),
		TEST(a_lost_answer_is_unsure_but_a_question_may_be_asked_again),
		TEST(what_never_left_may_be_sent_again),
		TEST(a_full_gate_sends_nothing),
		TEST(a_link_made_before_is_found_by_its_reference),
		TEST(a_link_that_has_ended_is_not_taken_up_again),
		TEST(reading_tells_what_became_of_a_link),
		TEST(reading_reports_the_amount_that_was_taken),
		TEST(closing_what_cannot_be_closed_is_a_conflict),
	};

	return cmocka_run_group_tests_name("razorpay calls", tests, NULL, NULL);
}
