/* test_paypal_refunds.c - giving money back at PayPal and finding it again, against a server that answers what the test says. */
#include "base/base.h"

#include <setjmp.h>

#include <cmocka.h>

#include "t/lib/paypal_peer.h"

#include "psp/psp.h"

static enum psp_result
finds(struct wire *w, struct refund_report *out)
{
	const struct refund_ask ask = wire_refund_ask();

	return w->paypal->kind->find_refund(w->paypal, w->arena, &ask, out);
}

static void
each_reason_not_to_refund_has_its_meaning(void **state)
{
	static const struct {
		const char *body;
		enum psp_result result;
	} cases[] = {
#define NO(issue, result) { ERROR("UNPROCESSABLE_ENTITY", issue), result }
		NO("CAPTURE_FULLY_REFUNDED", PSP_CONFLICT), NO("REFUND_AMOUNT_EXCEEDED", PSP_CONFLICT), NO("PENDING_CAPTURE", PSP_AGAIN),
		NO("REFUND_TIME_LIMIT_EXCEEDED", PSP_REFUSED), NO("REFUND_FAILED_INSUFFICIENT_FUNDS", PSP_REFUSED),
		NO("TRANSACTION_DISPUTED", PSP_REFUSED), NO("DECIMALS_NOT_SUPPORTED", PSP_REFUSED), NO("INVENTED", PSP_REFUSED),
	};
	struct wire *w = *state;
	struct refund_report r;

	wire_signed_in(w);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		wire_reply(w, 0, 422, cases[i].body);
		if (wire_refunds(w, &r) != cases[i].result)
			fail_msg("%s", cases[i].body);
	}
}

static void
a_refund_is_read_by_its_id(void **state)
{
	static const struct {
		const char *body;
		enum refund_fact fact;
	} cases[] = {
		{ REFUNDED("1JU08", "COMPLETED", OURS), REFUND_DONE }, { REFUNDED("1JU08", "PENDING", OURS), REFUND_PENDING },
		{ REFUNDED("1JU08", "FAILED", OURS), REFUND_FAILED }, { REFUNDED("1JU08", "CANCELLED", OURS), REFUND_FAILED },
		{ REFUNDED("1JU08", "INVENTED", OURS), REFUND_UNKNOWN },
	};
	struct wire *w = *state;
	struct refund_ask ask = wire_refund_ask();
	struct refund_report r;

	wire_signed_in(w);
	ask.refund = SPAN("1JU08");
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		wire_reply(w, 0, 200, cases[i].body);
		assert_int_equal(w->paypal->kind->fetch_refund(w->paypal, w->arena, &ask, &r), PSP_OK);
		assert_int_equal(r.fact, cases[i].fact);
	}
	wire_assert_sent(w, "GET /v2/payments/refunds/1JU08 HTTP/1.1\r\n");
	wire_reply(w, 0, 404, ERROR("RESOURCE_NOT_FOUND", "X"));
	assert_int_equal(w->paypal->kind->fetch_refund(w->paypal, w->arena, &ask, &r), PSP_NOT_FOUND);
}

#define LISTED(list) ORDER("COMPLETED", "{\"captures\":[" CAPTURED("2GG27", "COMPLETED") "],\"refunds\":[" list "]}")

static void
a_refund_is_found_by_our_reference_in_its_order(void **state)
{
	struct wire *w = *state;
	struct refund_report r;

	wire_signed_in(w);
	wire_reply(w, 0, 200, LISTED(REFUNDED("R3", "COMPLETED", ANOTHERS) "," REFUNDED("R2", "FAILED", OURS) ","
	    REFUNDED("R1", "PENDING", ",\"invoice_id\":\"foyer-refund-12-77\"") ",{},7"));
	assert_int_equal(finds(w, &r), PSP_OK);
	assert_true(span_is(r.id, "R1"));
	assert_int_equal(r.fact, REFUND_PENDING);
	wire_assert_sent(w, "GET /v2/checkout/orders/5O190 HTTP/1.1\r\n");
	assert_int_equal(w->script->requests, 1);
	wire_reply(w, 0, 200, LISTED(REFUNDED("R3", "COMPLETED", ANOTHERS)));
	assert_int_equal(finds(w, &r), PSP_NOT_FOUND);
	wire_reply(w, 0, 200, ORDER("COMPLETED", "{}"));
	assert_int_equal(finds(w, &r), PSP_NOT_FOUND);
	wire_reply(w, 0, 500, "{}");
	assert_int_equal(finds(w, &r), PSP_AGAIN);
}

static void
a_listed_refund_without_a_reference_is_read_by_itself(void **state)
{
	struct wire *w = *state;
	struct refund_report r;

	wire_signed_in(w);
	wire_reply(w, 0, 200, LISTED(REFUNDED("R3", "COMPLETED", ANOTHERS) "," REFUNDED("R2", "COMPLETED", "")));
	wire_reply(w, 1, 200, REFUNDED("R2", "COMPLETED", OURS));
	assert_int_equal(finds(w, &r), PSP_OK);
	assert_true(span_is(r.id, "R2") && w->script->requests == 2);
	wire_assert_sent(w, "GET /v2/payments/refunds/R2 HTTP/1.1\r\n");
	wire_reply(w, 0, 200, LISTED(REFUNDED("R2", "COMPLETED", "")));
	wire_reply(w, 1, 503, "");
	assert_int_equal(finds(w, &r), PSP_AGAIN);	/* it may be ours */
}

static void
of_a_long_list_without_references_only_so_many_are_read(void **state)
{
	struct wire *w = *state;
	struct refund_report r;
	struct buf list;

	wire_signed_in(w);
	buf_init(&list, w->arena, 16 * KiB);
	for (int i = 0; i < 10; i++)
		buf_text(&list, REFUNDED("R2", "COMPLETED", "") ",");
	wire_reply(w, 0, 200, arena_fmt(w->arena, LISTED("%s{}"), list.p).p);
	wire_reply(w, 1, 200, REFUNDED("R2", "COMPLETED", ANOTHERS));
	assert_int_equal(finds(w, &r), PSP_NOT_FOUND);
	assert_int_equal(w->script->requests, 11);
	buf_text(&list, REFUNDED("R2", "COMPLETED", "") ",");
	wire_reply(w, 0, 200, arena_fmt(w->arena, LISTED("%s{}"), list.p).p);
	wire_reply(w, 1, 200, REFUNDED("R2", "COMPLETED", ANOTHERS));
	assert_int_equal(finds(w, &r), PSP_REFUSED);	/* ours may be among the rest: a human must look */
}

static void
where_the_order_is_gone_the_capture_tells_that_nothing_was_refunded(void **state)
{
	static const struct {
		const char *capture;
		enum psp_result result;
	} cases[] = {
		{ CAPTURED("2GG27", "COMPLETED"), PSP_NOT_FOUND }, { CAPTURED("2GG27", "PARTIALLY_REFUNDED"), PSP_REFUSED },
		{ CAPTURED("2GG27", "REFUNDED"), PSP_REFUSED },
	};
	struct wire *w = *state;
	struct refund_report r;

	wire_signed_in(w);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		wire_reply(w, 0, 404, ERROR("RESOURCE_NOT_FOUND", "X"));
		wire_reply(w, 1, 200, cases[i].capture);
		assert_int_equal(finds(w, &r), cases[i].result);
		wire_assert_sent(w, "GET /v2/payments/captures/2GG27 HTTP/1.1\r\n");
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, wire_open, wire_close)
		TEST(each_reason_not_to_refund_has_its_meaning),
		TEST(a_refund_is_read_by_its_id),
		TEST(a_refund_is_found_by_our_reference_in_its_order),
		TEST(a_listed_refund_without_a_reference_is_read_by_itself),
		TEST(of_a_long_list_without_references_only_so_many_are_read),
		TEST(where_the_order_is_gone_the_capture_tells_that_nothing_was_refunded),
	};

	return cmocka_run_group_tests_name("paypal refunds", tests, NULL, NULL);
}
