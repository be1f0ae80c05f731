/*
 * test_razorpay_refunds.c - each call about a refund at Razorpay against a server that answers what the test says
 * (t/lib/peer.h).
 */
#include "base/base.h"

#include <setjmp.h>

#include <cmocka.h>

#include "t/lib/peer.h"

#include "base/settings.h"
#include "psp/psp.h"

struct wire {
	struct peer peer;
	struct psp *razorpay;
	struct settings settings;
	struct refund_ask ask;
};

static int
wire_open(void **state)
{
	struct wire *w = calloc(1, sizeof(*w));

	peer_open(&w->peer);
	w->settings = (struct settings){
		.razorpay_base_url = CSTR(w->peer.arena, w->peer.url),
		.razorpay_key_id = "rzp_test_1",
		.razorpay_key_secret = { SPAN("hidden") },
		.razorpay_webhook_secrets = { SPAN("w") },
		.psp_timeout_ms = PEER_TIMEOUT_MS,
	};
	assert_int_equal(psp_all(w->peer.arena, &w->settings, &w->razorpay), 1);
	peer_gate(&w->peer, w->razorpay);
	w->ask = (struct refund_ask){ .session = SPAN("plink_1"), .capture = SPAN("pay_1"), .reference = SPAN("12-77"),
		.refund = SPAN("rfnd_1"), .key = SPAN("refund-12-77"), .amount = money_of(1550, SPAN("INR")) };
	w->ask.body = w->razorpay->kind->refund_body(w->razorpay, w->peer.arena, &w->ask);
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

#define KEY "Authorization: Basic cnpwX3Rlc3RfMTpoaWRkZW4=\r\n"	/* rzp_test_1:hidden */
#define ERROR(code, description) "{\"error\":{\"code\":\"" code "\",\"description\":\"" description "\",\"field\":null,\"source\":\"business\"," \
	"\"step\":\"payment_initiation\",\"reason\":\"input_validation_failed\",\"metadata\":{}}}"
#define BAD(description) ERROR("BAD_REQUEST_ERROR", description)
#define ONE(id, status, ours) "{\"id\":\"" id "\",\"status\":\"" status "\",\"amount\":1550,\"currency\":\"INR\",\"receipt\":null," \
	"\"notes\":{\"foyer_refund\":\"" ours "\"}}"

static enum psp_result
refunds(struct wire *w, struct refund_report *out)
{
	return w->razorpay->kind->refund(w->razorpay, w->peer.arena, &w->ask, out);
}

static enum psp_result
fetches(struct wire *w, struct refund_report *out)
{
	return w->razorpay->kind->fetch_refund(w->razorpay, w->peer.arena, &w->ask, out);
}

static enum psp_result
finds(struct wire *w, struct refund_report *out)
{
	return w->razorpay->kind->find_refund(w->razorpay, w->peer.arena, &w->ask, out);
}

/* -- asking for one -------------------------------------------------------------------------------------------------------- */

static void
a_refund_goes_with_its_key_to_its_payment(void **state)
{
	struct wire *w = *state;
	struct refund_report r;

	reply(w, 0, 200, ONE("rfnd_1", "pending", "12-77"));
	assert_int_equal(refunds(w, &r), PSP_OK);
	assert_int_equal(r.fact, REFUND_PENDING);
	assert_int_equal(r.amount.minor, 1550);
	assert_string_equal(r.amount.code, "INR");
	assert_true(span_is(r.id, "rfnd_1") && span_is(r.reference, "12-77"));
	peer_assert_sent_all(&w->peer, "POST /v1/payments/pay_1/refund", KEY "Content-Type: application/json\r\n"
	    "X-Refund-Idempotency: refund-12-77\r\nContent-Length: 66\r\n", "{\"amount\":1550,\"receipt\":\"12-77\",\"notes\":{\"foyer_refund\":\"12-77\"}}");
	assert_int_equal(w->peer.gate_entered, 1);
}

static void
what_has_no_id_or_no_fit_key_is_not_sent(void **state)
{
	static const char *const keys[] = { "", "refund-12", "refund-12.77", "refund:12-77", "refund 12-77", "refund-12-77\r\nX: y" };
	struct wire *w = *state;
	struct refund_report r;

	reply(w, 0, 200, ONE("rfnd_1", "pending", "12-77"));
	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		w->ask.key = span_of(keys[i]);
		assert_int_equal(refunds(w, &r), PSP_REFUSED);
	}
	w->ask.key = SPAN("refund-12-77");
	w->ask.capture = w->ask.refund = SPAN_NONE;
	assert_int_equal(refunds(w, &r), PSP_REFUSED);
	assert_int_equal(fetches(w, &r), PSP_NOT_FOUND);
	assert_int_equal(finds(w, &r), PSP_NOT_FOUND);
	assert_int_equal(w->peer.script->requests, 0);
}

static void
ids_cannot_leave_their_place_in_the_path(void **state)
{
	struct wire *w = *state;
	struct refund_report r;

	w->ask.capture = w->ask.refund = SPAN("../x?y");
	reply(w, 0, 404, BAD("x"));
	assert_int_equal(refunds(w, &r), PSP_NOT_FOUND);
	peer_assert_sent(&w->peer, "POST /v1/payments/..%2Fx%3Fy/refund HTTP/1.1\r\n");
	assert_int_equal(fetches(w, &r), PSP_NOT_FOUND);
	peer_assert_sent(&w->peer, "GET /v1/refunds/..%2Fx%3Fy HTTP/1.1\r\n");
	assert_int_equal(finds(w, &r), PSP_NOT_FOUND);
	peer_assert_sent(&w->peer, "GET /v1/payments/..%2Fx%3Fy/refunds?count=100&skip=0 HTTP/1.1\r\n");
}

#define PAYMENT(back) "{\"id\":\"pay_1\",\"amount\":4650,\"amount_refunded\":" back ",\"currency\":\"INR\",\"status\":\"captured\"}"

static void
refunding_more_than_is_left_is_a_conflict(void **state)
{
	static const struct {
		int status;
		const char *payment;
		enum psp_result result;
	} cases[] = {
		{ 200, PAYMENT("4650"), PSP_CONFLICT }, { 200, PAYMENT("3101"), PSP_CONFLICT }, { 200, PAYMENT("3100"), PSP_REFUSED },
		{ 200, PAYMENT("0"), PSP_REFUSED }, { 200, PAYMENT("null"), PSP_REFUSED }, { 200, "{}", PSP_REFUSED },
		{ 400, BAD("The id provided does not exist"), PSP_REFUSED }, { 503, "", PSP_AGAIN }, { 200, "<html>", PSP_AGAIN },
	};
	struct wire *w = *state;
	struct refund_report r;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		reply(w, 0, 400, BAD("The payment has been fully refunded already"));
		reply(w, 1, cases[i].status, cases[i].payment);
		if (refunds(w, &r) != cases[i].result)
			fail_msg("status %d %s", cases[i].status, cases[i].payment);
		assert_int_equal(w->peer.script->requests, 2);
		peer_assert_sent_all(&w->peer, "GET /v1/payments/pay_1", KEY, "");
	}
}

static void
a_refund_under_way_or_unknown_is_not_asked_why(void **state)
{
	static const struct {
		int status;
		const char *body;
		enum psp_result result;
	} cases[] = {
		{ 409, BAD("Another request with the same idempotency key is still in progress"), PSP_AGAIN }, { 500, "", PSP_UNSURE },
		{ 400, ERROR("GATEWAY_ERROR", "x"), PSP_UNSURE }, { 400, BAD("The id provided does not exist"), PSP_NOT_FOUND },
		{ 401, BAD("x"), PSP_AGAIN }, { 200, "{}", PSP_UNSURE }, { 200, "<html>", PSP_UNSURE },
	};
	struct wire *w = *state;
	struct refund_report r;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		reply(w, 0, cases[i].status, cases[i].body);
		if (refunds(w, &r) != cases[i].result)
			fail_msg("status %d %s", cases[i].status, cases[i].body);
		assert_int_equal(w->peer.script->requests, 1);
	}
}

static void
a_lost_answer_is_unsure_but_a_question_may_be_asked_again(void **state)
{
	struct wire *w = *state;
	struct refund_report r;

	for (int how = HANG_UP; how <= HALF; how++) {
		reply(w, 0, 200, ONE("rfnd_1", "pending", "12-77"));
		w->peer.script->how = how;
		assert_int_equal(refunds(w, &r), PSP_UNSURE);
		assert_int_equal(fetches(w, &r), PSP_AGAIN);
		assert_int_equal(finds(w, &r), PSP_AGAIN);
	}
}

/* -- finding it again ------------------------------------------------------------------------------------------------------ */

static void
a_refund_is_read_by_its_id(void **state)
{
	static const struct {
		int status;
		const char *body;
		enum psp_result result;
		enum refund_fact fact;
	} cases[] = {
		{ 200, ONE("rfnd_1", "processed", "12-77"), PSP_OK, REFUND_DONE }, { 200, ONE("rfnd_1", "pending", "12-77"), PSP_OK, REFUND_PENDING },
		{ 200, ONE("rfnd_1", "failed", "12-77"), PSP_OK, REFUND_FAILED }, { 200, ONE("rfnd_1", "invented", "12-77"), PSP_OK, REFUND_UNKNOWN },
	};
	struct wire *w = *state;
	struct refund_report r;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		reply(w, 0, cases[i].status, cases[i].body);
		assert_int_equal(fetches(w, &r), cases[i].result);
		assert_int_equal(r.fact, cases[i].fact);
		assert_true(span_is(r.id, "rfnd_1") && span_is(r.reference, "12-77"));
		peer_assert_sent_all(&w->peer, "GET /v1/refunds/rfnd_1", KEY, "");
	}
	reply(w, 0, 400, BAD("The id provided does not exist"));
	assert_int_equal(fetches(w, &r), PSP_NOT_FOUND);
	reply(w, 0, 200, "{}");
	assert_int_equal(fetches(w, &r), PSP_AGAIN);
}

static void
a_refund_is_found_by_our_reference(void **state)
{
	struct wire *w = *state;
	struct refund_report r;

	reply(w, 0, 200, "{\"entity\":\"collection\",\"count\":5,\"items\":[" ONE("rfnd_3", "processed", "12-78") "," ONE("rfnd_2", "failed", "12-77") ","
	    ONE("rfnd_1", "pending", "12-77") ",{},7]}");
	assert_int_equal(finds(w, &r), PSP_OK);
	assert_true(span_is(r.id, "rfnd_1"));
	assert_int_equal(r.fact, REFUND_PENDING);
	peer_assert_sent_all(&w->peer, "GET /v1/payments/pay_1/refunds?count=100&skip=0", KEY, "");
	reply(w, 0, 200, "{\"items\":[{\"id\":\"rfnd_1\",\"status\":\"processed\",\"receipt\":\"12-77\",\"notes\":[]}]}");
	assert_int_equal(finds(w, &r), PSP_OK);
	assert_true(span_is(r.id, "rfnd_1"));
	reply(w, 0, 200, "{\"items\":[" ONE("rfnd_3", "processed", "12-78") "]}");
	assert_int_equal(finds(w, &r), PSP_NOT_FOUND);
	reply(w, 0, 200, "{\"items\":[]}");
	assert_int_equal(finds(w, &r), PSP_NOT_FOUND);
	reply(w, 0, 200, "{}");
	assert_int_equal(finds(w, &r), PSP_AGAIN);
	reply(w, 0, 500, "");
	assert_int_equal(finds(w, &r), PSP_AGAIN);
}

static void
a_refund_on_a_later_page_is_found(void **state)
{
	struct wire *w = *state;
	struct refund_report r;
	struct buf full;

	buf_init(&full, w->peer.arena, 16 * KiB);
	BUF_LIT(&full, "{\"items\":[");
	for (int i = 0; i < 100; i++)
		buf_text(&full, i ? "," ONE("rfnd_9", "processed", "12-78") : ONE("rfnd_9", "processed", "12-78"));
	BUF_LIT(&full, "]}");
	reply(w, 0, 200, full.p);
	reply(w, 1, 200, "{\"items\":[" ONE("rfnd_8", "processed", "12-77") "]}");
	assert_int_equal(finds(w, &r), PSP_OK);
	assert_true(span_is(r.id, "rfnd_8"));
	peer_assert_sent(&w->peer, "GET /v1/payments/pay_1/refunds?count=100&skip=100 HTTP/1.1\r\n");
	reply(w, 0, 200, full.p);
	assert_int_equal(finds(w, &r), PSP_REFUSED);	/* pages without end: a human must look */
	assert_int_equal(w->peer.script->requests, 10);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, wire_open, wire_close)
		TEST(a_refund_goes_with_its_key_to_its_payment),
		TEST(what_has_no_id_or_no_fit_key_is_not_sent),
		TEST(ids_cannot_leave_their_place_in_the_path),
		TEST(refunding_more_than_is_left_is_a_conflict),
		TEST(a_refund_under_way_or_unknown_is_not_asked_why),
		TEST(a_lost_answer_is_unsure_but_a_question_may_be_asked_again),
		TEST(a_refund_is_read_by_its_id),
		TEST(a_refund_is_found_by_our_reference),
		TEST(a_refund_on_a_later_page_is_found),
	};

	return cmocka_run_group_tests_name("razorpay refunds", tests, NULL, NULL);
}
