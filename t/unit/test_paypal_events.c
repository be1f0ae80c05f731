/* test_paypal_events.c - what PayPal's messages say, each kind of them, and what cannot be read of them. */
#include "base/base.h"

#include <setjmp.h>

#include <cmocka.h>

#include "t/lib/peer.h"

#include "base/settings.h"
#include "psp/psp.h"

struct shop {
	struct arena *arena;
	struct settings settings;
	struct psp *paypal;
};

static int
shop_open(void **state)
{
	struct shop *s = calloc(1, sizeof(*s));

	s->arena = arena_new(64 * MiB);
	s->settings = (struct settings){
		.paypal_base_url = "https://api-m.sandbox.paypal.com", .paypal_client_id = "id", .paypal_client_secret = { SPAN("secret") },
		.paypal_webhook_id = "1JE4291016473214C", .paypal_webhook_check = "api", .paypal_certificates = "", .psp_timeout_ms = 1000,
	};
	assert_int_equal(psp_all(s->arena, &s->settings, &s->paypal), 1);
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

static bool
parses_bytes(struct shop *s, struct span body, struct psp_event *e)
{
	const char *const none[] = { NULL };
	const struct delivery d = peer_delivery(none, body, 0);

	return s->paypal->kind->parse_webhook(s->paypal, s->arena, &d, e);
}

static struct psp_event
event(struct shop *s, const char *type, const char *resource)
{
	struct psp_event e;

	assert_true(parses_bytes(s, arena_fmt(s->arena, "{\"id\":\"WH-9\",\"event_type\":\"%s\",\"resource\":%s}", type, resource), &e));
	assert_true(span_is(e.id, "WH-9") && span_is(e.type, type));
	return e;
}

static void
is(struct span s, const char *expected)
{
	if (!span_is(s, expected))
		fail_msg("\"" PRSPAN "\" instead of \"%s\"", ARGSPAN(s), expected);
}

static void
is_amount(struct money m, int64_t minor, const char *code)
{
	assert_int_equal(m.minor, minor);
	assert_string_equal(m.code, code);
}

#define AMOUNT(value) "\"amount\":{\"currency_code\":\"GBP\",\"value\":\"" value "\"}"
#define UP(path) "\"links\":[{\"rel\":\"self\",\"href\":\"https://api.paypal.com/v2/x/SELF\"}," \
	"{\"rel\":\"up\",\"href\":\"https://api.paypal.com/v2" path "\"}]"
#define CAPTURE(status) "{\"id\":\"2GG27\",\"status\":\"" status "\"," AMOUNT("46.50") ",\"custom_id\":\"12-34\",\"invoice_id\":\"foyer-12-34\"," \
	"\"status_details\":{\"reason\":\"PENDING_REVIEW\"},\"supplementary_data\":{\"related_ids\":{\"order_id\":\"5O190\"}}," \
	UP("/checkout/orders/OTHER") "}"
#define ORDER(status, more) "{\"id\":\"5O190\",\"status\":\"" status "\",\"purchase_units\":[{\"reference_id\":\"default\"," \
	"\"custom_id\":\"12-34\"," AMOUNT("46.50") more "}]}"

/* -- payments ---------------------------------------------------------------------------------------------------------------- */

static void
a_capture_event_is_read_as_what_it_means_for_the_payment(void **state)
{
	static const struct {
		const char *type, *resource;
		enum payment_fact fact;
		const char *why;
	} cases[] = {
		{ "PAYMENT.CAPTURE.COMPLETED", CAPTURE("COMPLETED"), FACT_PAID, "" },
		{ "PAYMENT.CAPTURE.COMPLETED", CAPTURE("PARTIALLY_REFUNDED"), FACT_PAID, "" },
		{ "PAYMENT.CAPTURE.COMPLETED", CAPTURE("REFUNDED"), FACT_PAID, "" },
		{ "PAYMENT.CAPTURE.COMPLETED", CAPTURE("INVENTED"), FACT_UNKNOWN, "" },
		{ "PAYMENT.CAPTURE.PENDING", CAPTURE("PENDING"), FACT_PENDING, "PENDING_REVIEW" },
		{ "PAYMENT.CAPTURE.DENIED", CAPTURE("DECLINED"), FACT_FAILED, "PENDING_REVIEW" },
		{ "PAYMENT.CAPTURE.DECLINED", CAPTURE("DECLINED"), FACT_FAILED, "PENDING_REVIEW" },
		{ "PAYMENT.CAPTURE.DECLINED", CAPTURE("FAILED"), FACT_FAILED, "PENDING_REVIEW" },
		{ "PAYMENT.CAPTURE.DENIED", CAPTURE("INVENTED"), FACT_FAILED, "" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct psp_event e = event(*state, cases[i].type, cases[i].resource);

		if (e.kind != EVENT_PAYMENT || e.payment.fact != cases[i].fact)
			fail_msg("%zu: kind %d fact %d", i, e.kind, e.payment.fact);
		is(e.payment.session, "5O190");
		is(e.payment.reference, "12-34");
		is(e.payment.capture, "2GG27");
		is(e.payment.why, cases[i].why);
		is_amount(e.payment.amount, 4650, "GBP");
	}
}

static void
a_capture_names_its_order_by_id_or_by_a_link(void **state)
{
	static const struct {
		const char *resource, *session;
	} cases[] = {
		{ "{" UP("/checkout/orders/5O191") "}", "5O191" }, { "{" UP("/payments/authorizations/5O191") "}", "" },
		{ "{" UP("/checkout/orders/") "}", "" }, { "{" UP("/checkout/orders/5O191/capture") "}", "" },
		{ "{" UP("/checkout/orders/5O191?x=1") "}", "" }, { "{\"links\":{}}", "" }, { "{\"links\":[{\"rel\":\"up\"},7]}", "" }, { "{}", "" },
		{ "{\"supplementary_data\":{\"related_ids\":{\"order_id\":7}}}", "" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		is(event(*state, "PAYMENT.CAPTURE.COMPLETED", cases[i].resource).payment.session, cases[i].session);
}

static void
our_reference_may_stand_in_the_invoice_number(void **state)
{
	struct shop *s = *state;

	is(event(s, "PAYMENT.CAPTURE.COMPLETED", "{\"invoice_id\":\"foyer-5-6\"}").payment.reference, "5-6");
	is(event(s, "PAYMENT.CAPTURE.COMPLETED", "{\"invoice_id\":\"INV-5-6\"}").payment.reference, "");
	is(event(s, "PAYMENT.CAPTURE.COMPLETED", "{\"custom_id\":\"7-8\",\"invoice_id\":\"foyer-5-6\"}").payment.reference, "7-8");
}

static void
an_approval_is_no_payment_whatever_its_order_says(void **state)
{
	static const char *const orders[] = {
		ORDER("APPROVED", ""), ORDER("COMPLETED", ",\"payments\":{\"captures\":[" CAPTURE("COMPLETED") "]}"), ORDER("VOIDED", ""),
		ORDER("APPROVED", ",\"payments\":{\"captures\":[" CAPTURE("DECLINED") "]}"),
	};

	for (size_t i = 0; i < ARRAY_LEN(orders); i++) {
		struct psp_event e = event(*state, "CHECKOUT.ORDER.APPROVED", orders[i]);

		assert_int_equal(e.kind, EVENT_PAYMENT);
		assert_int_equal(e.payment.fact, FACT_APPROVED);
		is(e.payment.session, "5O190");
		is(e.payment.reference, "12-34");
		is(e.payment.capture, "");
		is_amount(e.payment.amount, 4650, "GBP");
	}
}

static void
an_approval_that_was_taken_back_closes_the_payment(void **state)
{
	static const char *const resources[] = {
		ORDER("VOIDED", ""), "{\"order_id\":\"5O190\",\"purchase_units\":[{\"custom_id\":\"12-34\"}]}",
		"{\"id\":\"OTHER\",\"order_id\":\"5O190\",\"purchase_units\":[{\"reference_id\":\"12-34\"}]}",
	};

	for (size_t i = 0; i < ARRAY_LEN(resources); i++) {
		struct psp_event e = event(*state, "CHECKOUT.PAYMENT-APPROVAL.REVERSED", resources[i]);

		assert_int_equal(e.kind, EVENT_PAYMENT);
		assert_int_equal(e.payment.fact, FACT_CLOSED);
		is(e.payment.session, "5O190");
		is(e.payment.reference, "12-34");
	}
}

/* -- refunds and disputes ---------------------------------------------------------------------------------------------------- */

#define REFUND(status) "{\"id\":\"1JU08\",\"status\":\"" status "\"," AMOUNT("15.50") ",\"custom_id\":\"12-77\"," \
	"\"status_details\":{\"reason\":\"ECHECK\"}," UP("/payments/captures/2GG27") "}"

static void
a_refund_event_is_read_as_what_it_means_for_the_refund(void **state)
{
	static const struct {
		const char *type, *resource;
		enum refund_fact fact;
	} cases[] = {
		{ "PAYMENT.CAPTURE.REFUNDED", REFUND("COMPLETED"), REFUND_DONE }, { "PAYMENT.CAPTURE.REFUNDED", REFUND("PENDING"), REFUND_PENDING },
		{ "PAYMENT.REFUND.PENDING", REFUND("PENDING"), REFUND_PENDING }, { "PAYMENT.REFUND.FAILED", REFUND("FAILED"), REFUND_FAILED },
		{ "PAYMENT.REFUND.CANCELLED", REFUND("CANCELLED"), REFUND_FAILED }, { "PAYMENT.REFUND.COMPLETED", REFUND("COMPLETED"), REFUND_DONE },
		{ "PAYMENT.REFUND.INVENTED", REFUND("INVENTED"), REFUND_UNKNOWN },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct psp_event e = event(*state, cases[i].type, cases[i].resource);

		if (e.kind != EVENT_REFUND || e.refund.fact != cases[i].fact)
			fail_msg("%zu: kind %d fact %d", i, e.kind, e.refund.fact);
		is(e.refund.id, "1JU08");
		is(e.refund.reference, "12-77");
		is(e.refund.why, "ECHECK");
		is_amount(e.refund.amount, 1550, "GBP");
		is(e.payment.capture, "2GG27");
		is(e.payment.reference, "");
	}
}

/* Made at PayPal's pages, a refund may carry the payment's marks: then it is told by the payment, and not mistaken for one of ours. */
static void
a_refund_that_we_did_not_ask_for_names_its_payment(void **state)
{
	static const struct {
		const char *marks, *refund, *payment;
	} cases[] = {
		{ "\"custom_id\":\"12-34\",\"invoice_id\":\"foyer-12-34\"", "", "12-34" }, { "\"invoice_id\":\"foyer-12-34\"", "", "12-34" },
		{ "\"custom_id\":\"12-77\",\"invoice_id\":\"foyer-12-34\"", "12-77", "" },
		{ "\"custom_id\":\"12-77\",\"invoice_id\":\"foyer-refund-12-77\"", "12-77", "" },
		{ "\"invoice_id\":\"foyer-refund-12-77\"", "12-77", "" }, { "\"invoice_id\":\"INV-1\"", "", "" }, { "\"x\":1", "", "" },
	};
	struct shop *s = *state;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct psp_event e = event(s, "PAYMENT.CAPTURE.REFUNDED", arena_fmt(s->arena, "{\"id\":\"R\",%s}", cases[i].marks).p);

		is(e.refund.reference, cases[i].refund);
		is(e.payment.reference, cases[i].payment);
	}
}

static void
money_that_paypal_took_back_is_a_lost_dispute(void **state)
{
	struct psp_event e = event(*state, "PAYMENT.CAPTURE.REVERSED", REFUND("COMPLETED"));

	assert_int_equal(e.kind, EVENT_DISPUTE);
	assert_int_equal(e.dispute, DISPUTE_LOST);
	is(e.payment.capture, "2GG27");
	is(e.refund.id, "1JU08");
	is_amount(e.refund.amount, 1550, "GBP");
	e = event(*state, "PAYMENT.CAPTURE.REVERSED", CAPTURE("REVERSED"));
	assert_int_equal(e.dispute, DISPUTE_LOST);
	is(e.payment.capture, "2GG27");
	is(e.payment.session, "5O190");
	is(e.payment.reference, "12-34");
	is(e.refund.why, "REVERSED");
}

#define DISPUTE(outcome) "{\"dispute_id\":\"PP-D-1\",\"reason\":\"UNAUTHORISED\",\"status\":\"RESOLVED\",\"dispute_amount\":" \
	"{\"currency_code\":\"GBP\",\"value\":\"46.50\"}," outcome "\"disputed_transactions\":[{\"seller_transaction_id\":\"2GG27\"," \
	"\"custom\":\"12-34\",\"invoice_number\":\"foyer-9-9\"}]}"
#define OUTCOME(code) "\"dispute_outcome\":{\"outcome_code\":\"" code "\"},"

static void
a_dispute_event_names_its_payment_and_outcome(void **state)
{
	static const struct {
		const char *type, *resource;
		enum dispute_fact fact;
	} cases[] = {
		{ "CUSTOMER.DISPUTE.CREATED", DISPUTE(""), DISPUTE_OPEN }, { "CUSTOMER.DISPUTE.UPDATED", DISPUTE(""), DISPUTE_OPEN },
		{ "RISK.DISPUTE.CREATED", DISPUTE(""), DISPUTE_OPEN },
		{ "CUSTOMER.DISPUTE.RESOLVED", DISPUTE(OUTCOME("RESOLVED_SELLER_FAVOUR")), DISPUTE_WON },
		{ "CUSTOMER.DISPUTE.RESOLVED", DISPUTE(OUTCOME("CANCELED_BY_BUYER")), DISPUTE_WON },
		{ "CUSTOMER.DISPUTE.RESOLVED", DISPUTE(OUTCOME("DENIED")), DISPUTE_WON },
		{ "CUSTOMER.DISPUTE.RESOLVED", DISPUTE(OUTCOME("RESOLVED_BUYER_FAVOUR")), DISPUTE_LOST },
		{ "CUSTOMER.DISPUTE.RESOLVED", DISPUTE(OUTCOME("ACCEPTED")), DISPUTE_LOST },
		{ "CUSTOMER.DISPUTE.RESOLVED", DISPUTE(OUTCOME("RESOLVED_WITH_PAYOUT")), DISPUTE_OPEN },
		{ "CUSTOMER.DISPUTE.RESOLVED", DISPUTE(OUTCOME("INVENTED")), DISPUTE_OPEN },
		{ "CUSTOMER.DISPUTE.RESOLVED", DISPUTE(""), DISPUTE_OPEN },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct psp_event e = event(*state, cases[i].type, cases[i].resource);

		if (e.kind != EVENT_DISPUTE || e.dispute != cases[i].fact)
			fail_msg("%zu: kind %d fact %d", i, e.kind, e.dispute);
		is(e.refund.id, "PP-D-1");
		is(e.refund.why, "RESOLVED");
		is_amount(e.refund.amount, 4650, "GBP");
		is(e.payment.capture, "2GG27");
		is(e.payment.reference, "12-34");
	}
	is(event(*state, "CUSTOMER.DISPUTE.CREATED", "{\"disputed_transactions\":[{\"invoice_number\":\"foyer-5-6\"}]}").payment.reference, "5-6");
}

/* -- everything else ------------------------------------------------------------------------------------------------------------ */

static void
what_we_do_not_know_is_of_no_kind(void **state)
{
	static const char *const types[] = {
		"CHECKOUT.ORDER.COMPLETED", "CHECKOUT.ORDER.APPROVED.X", "PAYMENT.CAPTURE", "PAYMENT.CAPTURE.", "PAYMENT.CAPTURE.INVENTED",
		"PAYMENT.REFUND", "CUSTOMER.DISPUTE", "PAYMENT.SALE.COMPLETED", "payment.capture.completed",
	};

	for (size_t i = 0; i < ARRAY_LEN(types); i++)
		assert_int_equal(event(*state, types[i], CAPTURE("COMPLETED")).kind, EVENT_OTHER);
}

static void
a_resource_that_is_none_tells_nothing(void **state)
{
	static const char *const resources[] = { "null", "[]", "7", "\"x\"", "{}", "{\"purchase_units\":{}}", "{\"purchase_units\":[7]}",
		"{\"purchase_units\":[{\"payments\":{\"captures\":[7]}}]}", "{\"amount\":7,\"status\":7,\"id\":7,\"links\":7}",
		"{\"disputed_transactions\":[7],\"dispute_outcome\":7}" };
	static const char *const types[] = { "CHECKOUT.ORDER.APPROVED", "CHECKOUT.PAYMENT-APPROVAL.REVERSED", "PAYMENT.CAPTURE.COMPLETED",
		"PAYMENT.CAPTURE.REFUNDED", "PAYMENT.CAPTURE.REVERSED", "CUSTOMER.DISPUTE.CREATED" };

	for (size_t i = 0; i < ARRAY_LEN(types); i++)
		for (size_t k = 0; k < ARRAY_LEN(resources); k++) {
			struct psp_event e = event(*state, types[i], resources[k]);

			assert_true(e.kind != EVENT_OTHER && e.payment.fact != FACT_PAID && e.refund.fact == REFUND_UNKNOWN);
			is(e.payment.session, "");
			is(e.payment.capture, "");
			is(e.refund.id, "");
			assert_int_equal(e.payment.amount.minor, -1);
			assert_int_equal(e.refund.amount.minor, -1);
		}
}

static void
a_message_is_of_the_mode_that_its_webhook_has(void **state)
{
	struct shop *s = *state;

	assert_false(event(s, "PAYMENT.CAPTURE.COMPLETED", CAPTURE("COMPLETED")).payment.live);
	s->settings.paypal_base_url = "https://api-m.paypal.com";
	assert_int_equal(psp_all(s->arena, &s->settings, &s->paypal), 1);
	assert_true(event(s, "PAYMENT.CAPTURE.COMPLETED", CAPTURE("COMPLETED")).payment.live);
}

static void
amounts_come_back_in_our_units(void **state)
{
	static const struct {
		const char *amount;
		int64_t minor;
		const char *code;
	} cases[] = {
		{ "\"value\":\"46.50\",\"currency_code\":\"GBP\"", 4650, "GBP" }, { "\"value\":\"46.5\",\"currency_code\":\"GBP\"", 4650, "GBP" },
		{ "\"value\":\"46\",\"currency_code\":\"GBP\"", 4600, "GBP" }, { "\"value\":\".5\",\"currency_code\":\"GBP\"", 50, "GBP" },
		{ "\"value\":\"0046.5000\",\"currency_code\":\"GBP\"", 4650, "GBP" }, { "\"value\":\"1800\",\"currency_code\":\"JPY\"", 1800, "JPY" },
		{ "\"value\":\"1800.00\",\"currency_code\":\"JPY\"", 1800, "JPY" }, { "\"value\":\"1500\",\"currency_code\":\"HUF\"", 150000, "HUF" },
		{ "\"value\":\"0.00\",\"currency_code\":\"USD\"", 0, "USD" }, { "\"value\":\"0.01\",\"currency_code\":\"USD\"", 1, "USD" },
		/* unreadable: equals none of ours */
		{ "\"value\":\"46.501\",\"currency_code\":\"GBP\"", -1, "" }, { "\"value\":\"1800.5\",\"currency_code\":\"JPY\"", -1, "" },
		{ "\"value\":46.50,\"currency_code\":\"GBP\"", -1, "" }, { "\"value\":\"-46.50\",\"currency_code\":\"GBP\"", -1, "" },
		{ "\"value\":\"46,50\",\"currency_code\":\"GBP\"", -1, "" }, { "\"value\":\"4.6.5\",\"currency_code\":\"GBP\"", -1, "" },
		{ "\"value\":\"46.\",\"currency_code\":\"GBP\"", -1, "" }, { "\"value\":\".\",\"currency_code\":\"GBP\"", -1, "" },
		{ "\"value\":\"\",\"currency_code\":\"GBP\"", -1, "" }, { "\"value\":\" 46.50\",\"currency_code\":\"GBP\"", -1, "" },
		{ "\"value\":\"4e2\",\"currency_code\":\"GBP\"", -1, "" }, { "\"value\":\"0x10\",\"currency_code\":\"GBP\"", -1, "" },
		{ "\"value\":\"99999999999999999999\",\"currency_code\":\"GBP\"", -1, "" },
		{ "\"value\":\"46.50000000000000000000000000000000\",\"currency_code\":\"GBP\"", -1, "" },
		{ "\"value\":\"46.50\"", -1, "" }, { "\"value\":\"46.50\",\"currency_code\":\"XXX\"", -1, "" },
		{ "\"value\":\"46.50\",\"currency_code\":\"gbp\"", -1, "" }, { "\"currency_code\":\"GBP\"", -1, "" },
	};
	struct shop *s = *state;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct span resource = arena_fmt(s->arena, "{\"status\":\"COMPLETED\",\"amount\":{%s}}", cases[i].amount);
		struct psp_event e = event(s, "PAYMENT.CAPTURE.COMPLETED", resource.p);

		if (e.payment.fact != FACT_PAID || e.payment.amount.minor != cases[i].minor)
			fail_msg("%s: %" PRId64, cases[i].amount, e.payment.amount.minor);
		assert_string_equal(e.payment.amount.code, cases[i].code);
	}
}

static void
a_message_without_a_good_id_and_type_is_none(void **state)
{
	static const char *const bodies[] = {
		"", " ", "null", "[]", "1", "\"x\"", "{}", "{", "{\"id\":\"WH-1\"}", "{\"event_type\":\"A.B\"}", "{\"id\":1,\"event_type\":\"A.B\"}",
		"{\"id\":\"\",\"event_type\":\"A.B\"}", "{\"id\":\"a b\",\"event_type\":\"A.B\"}", "{\"id\":\"a\\u0000b\",\"event_type\":\"A.B\"}",
		"{\"id\":\"a\\nb\",\"event_type\":\"A.B\"}", "{\"id\":\"\xff\",\"event_type\":\"A.B\"}", "{\"id\":[\"a\"],\"event_type\":{}}",
		"{\"id\":\"a\",\"event_type\":\"A.B\"}{}",
	};
	struct psp_event e;

	for (size_t i = 0; i < ARRAY_LEN(bodies); i++)
		if (parses_bytes(*state, span_of(bodies[i]), &e))
			fail_msg("taken: %s", bodies[i]);
}

static void
every_cut_of_a_message_is_harmless(void **state)
{
	static const char body[] = "{\"id\":\"WH-9\",\"event_type\":\"PAYMENT.CAPTURE.COMPLETED\",\"resource\":" CAPTURE("COMPLETED") "}";
	struct psp_event e;

	for (size_t n = 0; n < sizeof(body) - 1; n++)
		assert_false(parses_bytes(*state, (struct span){ body, n }, &e));
	assert_true(parses_bytes(*state, (struct span){ body, sizeof(body) - 1 }, &e));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, shop_open, shop_close)
		TEST(a_capture_event_is_read_as_what_it_means_for_the_payment),
		TEST(a_capture_names_its_order_by_id_or_by_a_link),
		TEST(our_reference_may_stand_in_the_invoice_number),
		TEST(an_approval_is_no_payment_whatever_its_order_says),
		TEST(an_approval_that_was_taken_back_closes_the_payment),
		TEST(a_refund_event_is_read_as_what_it_means_for_the_refund),
		TEST(a_refund_that_we_did_not_ask_for_names_its_payment),
		TEST(money_that_paypal_took_back_is_a_lost_dispute),
		TEST(a_dispute_event_names_its_payment_and_outcome),
		TEST(what_we_do_not_know_is_of_no_kind),
		TEST(a_resource_that_is_none_tells_nothing),
		TEST(a_message_is_of_the_mode_that_its_webhook_has),
		TEST(amounts_come_back_in_our_units),
		TEST(a_message_without_a_good_id_and_type_is_none),
		TEST(every_cut_of_a_message_is_harmless),
	};

	return cmocka_run_group_tests_name("paypal events", tests, NULL, NULL);
}
