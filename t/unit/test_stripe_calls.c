/* test_stripe_calls.c - each call to Stripe against a server that answers what the test says (t/lib/peer.h). */
#include "base/base.h"

#include <setjmp.h>

#include <cmocka.h>

#include "t/lib/peer.h"

#include "base/settings.h"
#include "psp/psp.h"

struct wire {
	struct peer peer;
	struct arena *arena;
	struct psp *stripe;
	struct peer_script *script;
	struct settings settings;
};

static void
provider_at(struct wire *w, const char *base_url)
{
	w->settings.stripe_base_url = base_url;
	assert_int_equal(psp_all(w->arena, &w->settings, &w->stripe), 1);
	peer_gate(&w->peer, w->stripe);
}

static int
wire_open(void **state)
{
	struct wire *w = calloc(1, sizeof(*w));

	peer_open(&w->peer);
	w->arena = w->peer.arena;
	w->script = w->peer.script;
	w->settings = (struct settings){
		.stripe_secret_key = { SPAN("sk_test_hidden") },
		.stripe_webhook_secrets = { SPAN("whsec_x") },
		.stripe_version = "2026-10-28.endive",
		.webhook_age_seconds = 300,
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
reply(struct wire *w, int i, int status, const char *more, const char *body)
{
	peer_reply(&w->peer, i, status, more, body);
}

#define OPENED "{\"id\":\"cs_test_1\",\"url\":\"https://checkout.test/c/cs_test_1#a\",\"status\":\"open\",\"payment_status\":\"unpaid\"}"
#define BODY_SENT SPAN("mode=payment&x=1%202")
#define KEY SPAN("pay-1")

static enum psp_result
opens(struct wire *w, struct checkout *out)
{
	return w->stripe->kind->create_checkout(w->stripe, w->arena, BODY_SENT, KEY, out);
}

static enum psp_result
reads(struct wire *w, struct payment_report *out)
{
	return w->stripe->kind->fetch_status(w->stripe, w->arena, SPAN("cs_test_1"), out);
}

static enum psp_result
closes(struct wire *w)
{
	return w->stripe->kind->close_checkout(w->stripe, w->arena, SPAN("cs_test_1"));
}

static enum psp_result
refunds(struct wire *w, struct refund_report *out)
{
	struct refund_ask ask = { .capture = SPAN("pi_1"), .reference = SPAN("12-77"), .key = SPAN("refund-77"),
		.amount = money_of(1550, SPAN("GBP")) };

	ask.body = w->stripe->kind->refund_body(w->stripe, w->arena, &ask);
	return w->stripe->kind->refund(w->stripe, w->arena, &ask, out);
}

static enum psp_result
finds(struct wire *w, struct refund_report *out)
{
	const struct refund_ask ask = { .capture = SPAN("pi_1"), .reference = SPAN("12-77") };

	return w->stripe->kind->find_refund(w->stripe, w->arena, &ask, out);
}

static void
assert_sent(struct wire *w, const char *piece)
{
	peer_assert_sent(&w->peer, piece);
}

/* -- what is sent ---------------------------------------------------------------------------------------------------------- */

static void
opening_sends_the_stored_bytes_with_their_key(void **state)
{
	struct wire *w = *state;
	struct checkout c;

	reply(w, 0, 200, "", OPENED);
	assert_int_equal(opens(w, &c), PSP_OK);
	assert_true(span_is(c.session, "cs_test_1") && span_is(c.url, "https://checkout.test/c/cs_test_1#a"));
	assert_sent(w, "POST /v1/checkout/sessions HTTP/1.1\r\n");
	assert_sent(w, "\r\nAuthorization: Bearer sk_test_hidden\r\n");
	assert_sent(w, "\r\nStripe-Version: 2026-10-28.endive\r\n");
	assert_sent(w, "\r\nIdempotency-Key: pay-1\r\n");
	assert_sent(w, "\r\nContent-Type: application/x-www-form-urlencoded\r\n");
	assert_sent(w, "\r\n\r\nmode=payment&x=1%202");
	assert_int_equal(w->peer.gate_entered, 1);
}

static void
a_refund_names_capture_amount_and_our_reference(void **state)
{
	struct wire *w = *state;
	struct refund_report r;

	reply(w, 0, 200, "", "{\"id\":\"re_1\",\"status\":\"pending\",\"amount\":1550,\"currency\":\"gbp\",\"metadata\":{\"foyer_refund\":\"12-77\"}}");
	assert_int_equal(refunds(w, &r), PSP_OK);
	assert_int_equal(r.fact, REFUND_PENDING);
	assert_true(span_is(r.id, "re_1") && span_is(r.reference, "12-77"));
	assert_sent(w, "POST /v1/refunds HTTP/1.1\r\n");
	assert_sent(w, "\r\nIdempotency-Key: refund-77\r\n");
	assert_sent(w, "\r\n\r\npayment_intent=pi_1&amount=1550&reason=requested_by_customer&metadata[foyer_refund]=12-77");
}

static void
ids_cannot_leave_their_place_in_the_path(void **state)
{
	struct wire *w = *state;
	struct payment_report p;

	reply(w, 0, 404, "", "{\"error\":{\"code\":\"resource_missing\"}}");
	assert_int_equal(w->stripe->kind->fetch_status(w->stripe, w->arena, SPAN("../a?b#c d"), &p), PSP_NOT_FOUND);
	assert_sent(w, "GET /v1/checkout/sessions/..%2Fa%3Fb%23c%20d HTTP/1.1\r\n");
	reply(w, 0, 200, "", OPENED);
	assert_int_equal(w->stripe->kind->fetch_status(w->stripe, w->arena, SPAN(""), &p), PSP_NOT_FOUND);
	assert_int_equal(w->script->requests, 0);
}

static void
a_key_cannot_add_a_header(void **state)
{
	struct wire *w = *state;
	struct checkout c;

	reply(w, 0, 200, "", OPENED);
	assert_int_equal(w->stripe->kind->create_checkout(w->stripe, w->arena, BODY_SENT, SPAN("a\r\nX: y"), &c), PSP_REFUSED);
	assert_int_equal(w->script->requests, 0);
}

/* -- what an answer means -------------------------------------------------------------------------------------------------- */

static void
each_refusal_has_its_meaning(void **state)
{
	static const struct {
		int status;
		const char *more;
		enum psp_result post, get;
	} cases[] = {
		{ 301, "Location: /elsewhere\r\n", PSP_REFUSED, PSP_REFUSED },
		{ 400, "", PSP_REFUSED, PSP_REFUSED }, { 401, "", PSP_AGAIN, PSP_AGAIN }, { 402, "", PSP_REFUSED, PSP_REFUSED },
		{ 403, "", PSP_AGAIN, PSP_AGAIN }, { 404, "", PSP_AGAIN, PSP_AGAIN },
		{ 409, "", PSP_AGAIN, PSP_AGAIN }, { 409, "Stripe-Should-Retry: false\r\n", PSP_CONFLICT, PSP_CONFLICT },
		{ 429, "", PSP_AGAIN, PSP_AGAIN }, { 429, "Stripe-Should-Retry: false\r\n", PSP_AGAIN, PSP_AGAIN },
		{ 400, "Stripe-Should-Retry: true\r\n", PSP_AGAIN, PSP_AGAIN },
		{ 500, "", PSP_UNSURE, PSP_AGAIN }, { 500, "Idempotent-Replayed: true\r\n", PSP_UNSURE, PSP_AGAIN },
		{ 500, "Stripe-Should-Retry: true\r\n", PSP_AGAIN, PSP_AGAIN },
		{ 502, "", PSP_UNSURE, PSP_AGAIN }, { 504, "", PSP_UNSURE, PSP_AGAIN }, { 503, "", PSP_AGAIN, PSP_AGAIN },
		{ 503, "Stripe-Should-Retry: false\r\n", PSP_UNSURE, PSP_AGAIN },
		{ 503, "Idempotent-Replayed: true\r\n", PSP_UNSURE, PSP_AGAIN },
	};
	struct wire *w = *state;
	struct payment_report p;
	struct checkout c;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		reply(w, 0, cases[i].status, cases[i].more, "{\"error\":{\"type\":\"x\",\"code\":\"y\",\"message\":\"z\"}}");
		if (opens(w, &c) != cases[i].post || reads(w, &p) != cases[i].get)
			fail_msg("status %d %s", cases[i].status, cases[i].more);
		assert_int_equal(w->script->requests, 2);
	}
}

static void
a_good_status_with_a_bad_answer_is_unsure(void **state)
{
	static const char *const answers[] = { "", "<html>", "[]", "{}", "{\"id\":\"cs_1\"}", "{\"url\":\"https://x.test\"}",
		"{\"id\":\"cs_1\",\"url\":\"javascript:1\"}", "{\"id\":\"cs_1\",\"url\":\"https://x.test/\\r\\nX: y\"}",
		"{\"id\":\"a/b\",\"url\":\"https://x.test/\"}", "{\"id\":\"cs_1\",\"url\":\"https://x.test/\\\"a\"}",
		"{\"id\":\"cs_1\",\"url\":\"https://x.test/{a}\"}", "{\"id\":\"cs_1\",\"url\":\"https://x.test/\\\\a\"}" };
	struct wire *w = *state;
	struct payment_report p;
	struct refund_report r;
	struct checkout c;

	for (size_t i = 0; i < ARRAY_LEN(answers); i++) {
		reply(w, 0, 200, "", answers[i]);
		assert_int_equal(opens(w, &c), PSP_UNSURE);
	}
	reply(w, 0, 200, "", "{}");
	assert_int_equal(refunds(w, &r), PSP_UNSURE);
	assert_int_equal(closes(w), PSP_UNSURE);
	assert_int_equal(reads(w, &p), PSP_AGAIN);
}

static void
a_lost_answer_is_unsure_but_a_question_may_be_asked_again(void **state)
{
	struct wire *w = *state;
	struct payment_report p;
	struct checkout c;

	for (int how = HANG_UP; how <= FLOOD; how++) {
		reply(w, 0, 200, how == FLOOD ? "X: y\r\n" : "", OPENED);
		if (how == FLOOD)
			snprintf(w->script->replies[0], sizeof(w->script->replies[0]), "HTTP/1.1 200 X\r\nConnection: close\r\n\r\n");
		w->script->how = how;
		assert_int_equal(opens(w, &c), PSP_UNSURE);
		assert_int_equal(reads(w, &p), PSP_AGAIN);
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

	reply(w, 0, 200, "", OPENED);
	w->peer.gate_open = 0;
	assert_int_equal(opens(w, &c), PSP_BUSY);
	assert_int_equal(reads(w, &p), PSP_BUSY);
	assert_int_equal(w->script->requests, 0);
}

static void
a_token_is_captured_only_by_a_clear_answer(void **state)
{
	static const struct {
		const char *answer;
		enum psp_result result;
		enum payment_fact fact;
	} cases[] = {
		{ "{\"id\":\"pi_1\",\"status\":\"succeeded\"}", PSP_OK, FACT_PAID },
		{ "{\"id\":\"pi_1\",\"status\":\"processing\"}", PSP_OK, FACT_PENDING },
		{ "{\"id\":\"pi_1\",\"status\":\"requires_action\"}", PSP_OK, FACT_FAILED },
		{ "{\"id\":\"pi_1\",\"status\":\"requires_confirmation\"}", PSP_UNSURE, 0 },
		{ "{\"id\":\"pi_1\",\"status\":\"canceled\"}", PSP_UNSURE, 0 },
		{ "{\"id\":\"pi_1\",\"status\":\"something_new\"}", PSP_UNSURE, 0 },
		{ "{\"id\":\"pi_1\"}", PSP_UNSURE, 0 },
		{ "{}", PSP_UNSURE, 0 },
	};
	struct wire *w = *state;
	struct payment_report p;
	enum psp_result r;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		reply(w, 0, 200, "", cases[i].answer);
		r = w->stripe->kind->capture(w->stripe, w->arena, SPAN("pi_1"), SPAN("pay-1-capture"), &p);
		if (r != cases[i].result || (r == PSP_OK && p.fact != cases[i].fact))
			fail_msg("%s: %d, fact %d", cases[i].answer, r, p.fact);
	}
}

/* -- reading and closing --------------------------------------------------------------------------------------------------- */

#define UNPAID "{\"id\":\"cs_test_1\",\"status\":\"complete\",\"payment_status\":\"unpaid\",\"payment_intent\":"

static void
reading_tells_paid_from_open(void **state)
{
	struct wire *w = *state;
	struct payment_report p;

	reply(w, 0, 200, "", "{\"id\":\"cs_test_1\",\"status\":\"complete\",\"payment_status\":\"paid\",\"amount_total\":1800,"
	    "\"currency\":\"jpy\",\"client_reference_id\":\"12-34\",\"payment_intent\":\"pi_1\",\"livemode\":true}");
	assert_int_equal(reads(w, &p), PSP_OK);
	assert_int_equal(p.fact, FACT_PAID);
	assert_int_equal(p.amount.minor, 1800);
	assert_true(p.live && span_is(p.capture, "pi_1") && span_is(p.reference, "12-34"));
	assert_sent(w, "GET /v1/checkout/sessions/cs_test_1 HTTP/1.1\r\n");
	reply(w, 0, 200, "", OPENED);
	assert_int_equal(reads(w, &p), PSP_OK);
	assert_int_equal(p.fact, FACT_OPEN);
	assert_int_equal(w->script->requests, 1);
}

static void
complete_and_unpaid_is_asked_once_more_what_became_of_it(void **state)
{
	static const struct {
		const char *inner;
		int status;
		enum payment_fact fact;
	} cases[] = {
		{ "{\"id\":\"pi_1\",\"status\":\"processing\"}}", 200, FACT_PENDING },
		{ "{\"id\":\"pi_1\",\"status\":\"requires_payment_method\"}}", 200, FACT_FAILED },
		{ "{\"id\":\"pi_1\",\"status\":\"canceled\"}}", 200, FACT_FAILED },
		{ "\"pi_1\"}", 200, FACT_PENDING },
		{ "\"pi_1\"}", 500, FACT_PENDING },
	};
	struct wire *w = *state;
	struct payment_report p;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		reply(w, 0, 200, "", UNPAID "\"pi_1\"}");
		reply(w, 1, cases[i].status, "", arena_fmt(w->arena, UNPAID "%s", cases[i].inner).p);
		assert_int_equal(reads(w, &p), PSP_OK);
		assert_int_equal(p.fact, cases[i].fact);
		assert_true(span_is(p.capture, "pi_1"));
		assert_sent(w, "GET /v1/checkout/sessions/cs_test_1?expand%5B%5D=payment_intent HTTP/1.1\r\n");
	}
}

static void
closing_what_cannot_be_closed_is_a_conflict(void **state)
{
	struct wire *w = *state;

	reply(w, 0, 200, "", "{\"id\":\"cs_test_1\",\"status\":\"expired\",\"payment_status\":\"unpaid\"}");
	assert_int_equal(closes(w), PSP_OK);
	assert_sent(w, "POST /v1/checkout/sessions/cs_test_1/expire HTTP/1.1\r\n");
	reply(w, 0, 400, "", "{\"error\":{\"type\":\"invalid_request_error\"}}");
	assert_int_equal(closes(w), PSP_CONFLICT);
	reply(w, 0, 200, "", "{\"id\":\"cs_test_1\",\"status\":\"complete\",\"payment_status\":\"paid\"}");
	assert_int_equal(closes(w), PSP_CONFLICT);
	reply(w, 0, 401, "", "{}");
	assert_int_equal(closes(w), PSP_AGAIN);
	reply(w, 0, 404, "", "<html>");
	assert_int_equal(closes(w), PSP_AGAIN);
}

/* -- refunds --------------------------------------------------------------------------------------------------------------- */

static void
refunding_what_is_refunded_is_a_conflict(void **state)
{
	struct wire *w = *state;
	struct refund_report r;

	reply(w, 0, 400, "", "{\"error\":{\"code\":\"charge_already_refunded\"}}");
	assert_int_equal(refunds(w, &r), PSP_CONFLICT);
	reply(w, 0, 400, "", "{\"error\":{\"code\":\"charge_disputed\"}}");
	assert_int_equal(refunds(w, &r), PSP_REFUSED);
}

#define ONE(id, status, ours) "{\"id\":\"" id "\",\"status\":\"" status "\",\"metadata\":{\"foyer_refund\":\"" ours "\"}}"

static void
a_refund_is_found_by_our_reference(void **state)
{
	struct wire *w = *state;
	struct refund_report r;

	reply(w, 0, 200, "", "{\"data\":[" ONE("re_3", "succeeded", "12-78") "," ONE("re_2", "failed", "12-77") ","
	    ONE("re_1", "pending", "12-77") ",{},7],\"has_more\":false}");
	assert_int_equal(finds(w, &r), PSP_OK);
	assert_true(span_is(r.id, "re_1"));
	assert_int_equal(r.fact, REFUND_PENDING);
	assert_sent(w, "GET /v1/refunds?payment_intent=pi_1&limit=100 HTTP/1.1\r\n");
	reply(w, 0, 200, "", "{\"data\":[" ONE("re_3", "succeeded", "12-78") "],\"has_more\":false}");
	assert_int_equal(finds(w, &r), PSP_NOT_FOUND);
	reply(w, 0, 500, "", "{}");
	assert_int_equal(finds(w, &r), PSP_AGAIN);
}

static void
a_refund_on_a_later_page_is_found(void **state)
{
	struct wire *w = *state;
	struct refund_report r;

	reply(w, 0, 200, "", "{\"data\":[" ONE("re_9", "succeeded", "12-78") "],\"has_more\":true}");
	reply(w, 1, 200, "", "{\"data\":[" ONE("re_8", "succeeded", "12-77") "],\"has_more\":false}");
	assert_int_equal(finds(w, &r), PSP_OK);
	assert_true(span_is(r.id, "re_8"));
	assert_sent(w, "&limit=100&starting_after=re_9 ");
	reply(w, 0, 200, "", "{\"data\":[" ONE("re_9", "succeeded", "12-78") "],\"has_more\":true}");
	assert_int_equal(finds(w, &r), PSP_REFUSED);	/* pages without end: a human must look */
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, wire_open, wire_close)
		TEST(opening_sends_the_stored_bytes_with_their_key),
		TEST(a_refund_names_capture_amount_and_our_reference),
		TEST(ids_cannot_leave_their_place_in_the_path),
		TEST(a_key_cannot_add_a_header),
		TEST(each_refusal_has_its_meaning),
		TEST(a_good_status_with_a_bad_answer_is_unsure),
		TEST(a_token_is_captured_only_by_a_clear_answer),
		TEST(a_lost_answer_is_unsure_but_a_question_may_be_asked_again),
		TEST(what_never_left_may_be_sent_again),
		TEST(a_full_gate_sends_nothing),
		TEST(reading_tells_paid_from_open),
		TEST(complete_and_unpaid_is_asked_once_more_what_became_of_it),
		TEST(closing_what_cannot_be_closed_is_a_conflict),
		TEST(refunding_what_is_refunded_is_a_conflict),
		TEST(a_refund_is_found_by_our_reference),
		TEST(a_refund_on_a_later_page_is_found),
	};

	return cmocka_run_group_tests_name("stripe calls", tests, NULL, NULL);
}
