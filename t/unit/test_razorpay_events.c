/*
 * test_razorpay_events.c - what each of Razorpay's messages says about a payment, a refund or a dispute, and what a bad one
 * cannot do.
 */
#include "base/base.h"

#include <setjmp.h>

#include <cmocka.h>

#include "t/lib/peer.h"

#include "base/crypto.h"
#include "base/settings.h"
#include "psp/psp.h"

struct shop {
	struct arena *arena;
	struct settings settings;
	struct psp *razorpay;
};

static int
shop_open(void **state)
{
	struct shop *s = calloc(1, sizeof(*s));
	struct psp *list;

	crypto_start();
	s->arena = arena_new(64 * MiB);
	s->settings = (struct settings){
		.razorpay_base_url = "https://127.0.0.1:1",
		.razorpay_key_id = "rzp_test_1",
		.razorpay_key_secret = { SPAN("rzp_key_secret") },
		.razorpay_webhook_secrets = { SPAN("rzp_webhook_secret") },
		.psp_timeout_ms = 1000,
	};
	assert_int_equal(psp_all(s->arena, &s->settings, &list), 1);
	s->razorpay = psp_named(list, 1, SPAN("razorpay"));
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
parses(struct shop *s, struct span body, struct psp_event *e)
{
	static const char *const headers[] = { "X-Razorpay-Event-Id", "EvT1", NULL };
	const struct delivery d = peer_delivery(headers, body, 0);

	return s->razorpay->kind->parse_webhook(s->razorpay, s->arena, &d, e);
}

static void
take(struct shop *s, const char *body, struct psp_event *e)
{
	if (!parses(s, span_of(body), e))
		fail_msg("does not parse: %s", body);
}

#define EVENT(type, payload) "{\"entity\":\"event\",\"account_id\":\"acc_1\",\"event\":\"" type "\",\"contains\":[],\"payload\":{" payload "}," \
	"\"created_at\":1789999997}"
#define PART(name, fields) "\"" name "\":{\"entity\":{" fields "}}"

/* -- payments ------------------------------------------------------------------------------------------------------------ */

#define LINK_OF(status, paid, more) PART("payment_link", "\"id\":\"plink_1\",\"amount\":50000,\"amount_paid\":" paid ",\"currency\":\"INR\"," \
	"\"reference_id\":\"12-34\",\"status\":\"" status "\",\"order_id\":\"order_1\",\"short_url\":\"https://rzp.test/i/1\"" more)
#define LINK(status, paid) LINK_OF(status, paid, ",\"notes\":{\"foyer_payment\":\"12-34\"}")
#define PAYMENT(status) PART("payment", "\"id\":\"pay_1\",\"amount\":50000,\"currency\":\"INR\",\"status\":\"" status "\",\"order_id\":\"order_1\"," \
	"\"notes\":[]")
/* Razorpay leaves the prefix off here. */
#define ORDER PART("order", "\"id\":\"1\",\"amount\":50000,\"amount_paid\":50000,\"currency\":\"INR\",\"status\":\"paid\"")

static void
a_link_event_is_read_as_what_it_means_for_the_payment(void **state)
{
	static const struct {
		const char *body;
		enum psp_event_kind kind;
		enum payment_fact fact;
	} cases[] = {
		{ EVENT("payment_link.paid", LINK("paid", "50000") "," ORDER "," PAYMENT("captured")), EVENT_PAYMENT, FACT_PAID },
		{ EVENT("payment_link.paid", PAYMENT("authorized") "," LINK("paid", "50000")), EVENT_PAYMENT, FACT_PAID },
		{ EVENT("payment_link.paid", LINK_OF("paid", "50000", ",\"payments\":[{\"payment_id\":\"pay_1\",\"status\":\"captured\"}]")),
		    EVENT_PAYMENT, FACT_PAID },
		{ EVENT("payment_link.paid", LINK("paid", "50000")), EVENT_PAYMENT, FACT_PENDING },
		{ EVENT("payment_link.paid", LINK("paid", "50000") "," PART("payment", "\"id\":null")), EVENT_PAYMENT, FACT_PENDING },
		{ EVENT("payment_link.partially_paid", LINK("partially_paid", "100") "," PAYMENT("captured")), EVENT_PAYMENT, FACT_PENDING },
		{ EVENT("payment_link.expired", LINK("expired", "0")), EVENT_PAYMENT, FACT_CLOSED },
		{ EVENT("payment_link.cancelled", LINK("cancelled", "0")), EVENT_PAYMENT, FACT_CLOSED },
		{ EVENT("payment_link.expired", LINK("expired", "100")), EVENT_PAYMENT, FACT_PENDING },
		{ EVENT("payment_link.cancelled", LINK("cancelled", "100")), EVENT_PAYMENT, FACT_PENDING },
		/* a snapshot of another moment */
		{ EVENT("payment_link.paid", LINK("created", "0") "," PAYMENT("captured")), EVENT_PAYMENT, FACT_UNKNOWN },
		{ EVENT("payment_link.expired", LINK("paid", "50000") "," PAYMENT("captured")), EVENT_PAYMENT, FACT_UNKNOWN },
		{ EVENT("payment_link.cancelled", LINK("expired", "0")), EVENT_PAYMENT, FACT_UNKNOWN },
		{ EVENT("payment_link.paid", LINK("invented", "0")), EVENT_PAYMENT, FACT_UNKNOWN },
		{ EVENT("payment_link.paid", ""), EVENT_PAYMENT, FACT_UNKNOWN },
		{ EVENT("payment_link.invented", LINK("paid", "50000") "," PAYMENT("captured")), EVENT_OTHER, FACT_UNKNOWN },
		{ EVENT("payment_link.", LINK("paid", "50000")), EVENT_OTHER, FACT_UNKNOWN },
		{ "{\"event\":\"payment_link.paid\"}", EVENT_PAYMENT, FACT_UNKNOWN },
		{ "{\"event\":\"payment_link.paid\",\"payload\":[]}", EVENT_PAYMENT, FACT_UNKNOWN },
		{ "{\"event\":\"payment_link.paid\",\"payload\":{\"payment_link\":[],\"payment\":7}}", EVENT_PAYMENT, FACT_UNKNOWN },
	};
	struct psp_event e;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		take(*state, cases[i].body, &e);
		if (e.kind != cases[i].kind || e.payment.fact != cases[i].fact)
			fail_msg("kind %d fact %d: %s", e.kind, e.payment.fact, cases[i].body);
	}
}

static void
a_link_event_carries_its_ids_and_amount(void **state)
{
	struct psp_event e;

	take(*state, EVENT("payment_link.paid", LINK("paid", "50000") "," ORDER "," PAYMENT("captured")), &e);
	assert_true(span_is(e.id, "EvT1") && span_is(e.type, "payment_link.paid"));
	assert_true(span_is(e.payment.session, "plink_1") && span_is(e.payment.reference, "12-34") && span_is(e.payment.capture, "pay_1"));
	assert_int_equal(e.payment.amount.minor, 50000);
	assert_string_equal(e.payment.amount.code, "INR");
	assert_int_equal(e.payment.url.n, 0);
	assert_false(e.payment.live);
}

static void
what_was_taken_is_reported_not_what_was_asked(void **state)
{
	struct psp_event e;

	take(*state, EVENT("payment_link.paid", LINK("paid", "49999") "," PAYMENT("captured")), &e);
	assert_int_equal(e.payment.fact, FACT_PAID);
	assert_int_equal(e.payment.amount.minor, 49999);
	take(*state, EVENT("payment_link.expired", LINK("expired", "0")), &e);
	assert_int_equal(e.payment.amount.minor, 50000);
}

static void
notes_may_be_an_object_a_list_or_nothing(void **state)
{
	static const struct {
		const char *notes, *reference;
	} cases[] = {
		{ "{\"foyer_payment\":\"5-6\"}", "5-6" }, { "{}", "" }, { "[]", "" }, { "null", "" }, { "\"5-6\"", "" }, { "7", "" },
		{ "[\"foyer_payment\",\"5-6\"]", "" }, { "{\"foyer_payment\":56}", "" }, { "{\"foyer_payment\":\"5 6\"}", "" },
		{ "{\"foyer_payment\":null}", "" },
	};
	struct shop *s = *state;
	struct psp_event e;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		take(s, arena_fmt(s->arena, EVENT("payment_link.expired", PART("payment_link", "\"id\":\"plink_1\",\"reference_id\":\"\",\"notes\":%s")),
		    cases[i].notes).p, &e);
		assert_true(span_is(e.payment.reference, cases[i].reference));
		take(s, arena_fmt(s->arena, EVENT("order.paid", PART("order", "\"status\":\"paid\",\"notes\":%s")), cases[i].notes).p, &e);
		assert_int_equal(e.kind, cases[i].reference[0] ? EVENT_PAYMENT : EVENT_OTHER);
		assert_true(span_is(e.payment.reference, cases[i].reference));
	}
}

#define OUR_ORDER(status) PART("order", "\"id\":\"order_1\",\"amount\":50000,\"amount_paid\":49000,\"currency\":\"INR\",\"status\":\"" status "\"," \
	"\"notes\":{\"foyer_payment\":\"12-34\"}")

static void
the_order_of_a_link_of_ours_tells_of_money_that_came_late(void **state)
{
	struct psp_event e;

	/* the payment's own amount has a fee on top */
	take(*state, EVENT("order.paid", PART("payment", "\"id\":\"pay_1\",\"amount\":51180,\"currency\":\"INR\"") "," OUR_ORDER("paid")), &e);
	assert_int_equal(e.kind, EVENT_PAYMENT);
	assert_int_equal(e.payment.fact, FACT_PAID);
	assert_int_equal(e.payment.amount.minor, 49000);
	assert_string_equal(e.payment.amount.code, "INR");
	assert_true(span_is(e.payment.reference, "12-34") && span_is(e.payment.capture, "pay_1") && e.payment.session.n == 0);
	take(*state, EVENT("order.paid", PAYMENT("captured") "," OUR_ORDER("attempted")), &e);
	assert_int_equal(e.payment.fact, FACT_UNKNOWN);
	take(*state, EVENT("order.paid", OUR_ORDER("paid")), &e);
	assert_int_equal(e.payment.fact, FACT_UNKNOWN);
}

static void
what_tells_of_one_attempt_or_of_nothing_of_ours_moves_nothing(void **state)
{
	static const char *const bodies[] = {
		EVENT("payment.failed", PAYMENT("failed")), EVENT("payment.authorized", PAYMENT("authorized")),
		EVENT("payment.captured", PAYMENT("captured")), EVENT("order.paid", ORDER "," PAYMENT("captured")),
		EVENT("payment.captured", PART("payment", "\"id\":\"pay_1\",\"amount\":50000,\"currency\":\"INR\",\"status\":\"captured\","
		    "\"notes\":{\"foyer_payment\":\"12-34\"}")),
		EVENT("order.paid.invented", OUR_ORDER("paid")), EVENT("invoice.paid", ""), EVENT("settlement.processed", ""), EVENT("payment", ""),
	};
	struct psp_event e;

	for (size_t i = 0; i < ARRAY_LEN(bodies); i++) {
		take(*state, bodies[i], &e);
		if (e.kind != EVENT_OTHER || e.payment.fact != FACT_UNKNOWN)
			fail_msg("kind %d fact %d: %s", e.kind, e.payment.fact, bodies[i]);
	}
}

static void
an_unreadable_amount_equals_none_of_ours(void **state)
{
	static const char *const amounts[] = {
		"\"amount_paid\":500.5,\"currency\":\"INR\"", "\"amount_paid\":\"50000\",\"currency\":\"INR\"", "\"amount_paid\":50000",
		"\"amount_paid\":50000,\"currency\":\"IN\"", "\"amount_paid\":50000,\"currency\":\"XXX\"", "\"amount_paid\":50000,\"currency\":\"inr\"",
		"\"amount_paid\":50000,\"currency\":7", "\"amount_paid\":null,\"currency\":\"INR\"", "\"amount_paid\":-50000,\"currency\":\"INR\"",
		"\"amount_paid\":9223372036854775807,\"currency\":\"INR\"", "\"amount\":50000,\"currency\":\"INR\"",
	};
	struct shop *s = *state;
	struct psp_event e;

	for (size_t i = 0; i < ARRAY_LEN(amounts); i++) {
		take(s, arena_fmt(s->arena, EVENT("payment_link.paid", PAYMENT("captured") "," PART("payment_link", "\"id\":\"plink_1\","
		    "\"status\":\"paid\",%s")), amounts[i]).p, &e);
		assert_int_equal(e.payment.fact, FACT_PAID);
		assert_int_equal(e.payment.amount.minor, -1);
		assert_string_equal(e.payment.amount.code, "");
	}
}

/* -- refunds and disputes ------------------------------------------------------------------------------------------------ */

#define REFUND_OF(status, more) PART("refund", "\"id\":\"rfnd_1\",\"entity\":\"refund\",\"amount\":1550,\"currency\":\"INR\",\"payment_id\":\"pay_1\"," \
	"\"status\":\"" status "\"" more)
#define REFUND(status) REFUND_OF(status, ",\"receipt\":\"12-77\",\"notes\":{\"foyer_refund\":\"12-77\"}")

static void
a_refund_event_says_what_its_name_says(void **state)
{
	static const struct {
		const char *body;
		enum refund_fact fact;
	} cases[] = {
		{ EVENT("refund.created", REFUND("pending") "," PAYMENT("captured")), REFUND_PENDING },
		{ EVENT("refund.created", REFUND("processed") "," PAYMENT("captured")), REFUND_PENDING },
		{ EVENT("refund.speed_changed", REFUND("processed")), REFUND_PENDING },
		{ EVENT("refund.processed", REFUND("processed")), REFUND_DONE },
		{ EVENT("refund.processed", REFUND("pending")), REFUND_DONE },
		{ EVENT("refund.failed", REFUND("failed")), REFUND_FAILED },
		{ EVENT("refund.failed", REFUND("pending")), REFUND_FAILED },
		{ EVENT("refund.processed", REFUND("failed")), REFUND_UNKNOWN },
		{ EVENT("refund.failed", REFUND("processed")), REFUND_UNKNOWN },
		{ EVENT("refund.invented", REFUND("processed")), REFUND_UNKNOWN },
	};
	struct psp_event e;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		take(*state, cases[i].body, &e);
		if (e.kind != EVENT_REFUND || e.refund.fact != cases[i].fact)
			fail_msg("kind %d fact %d: %s", e.kind, e.refund.fact, cases[i].body);
		assert_true(span_is(e.refund.id, "rfnd_1") && span_is(e.refund.reference, "12-77") && span_is(e.payment.capture, "pay_1"));
		assert_int_equal(e.refund.amount.minor, 1550);
		assert_string_equal(e.refund.amount.code, "INR");
	}
}

static void
a_refund_is_ours_by_its_note_or_its_receipt(void **state)
{
	static const struct {
		const char *more, *reference;
	} cases[] = {
		{ ",\"receipt\":null,\"notes\":{\"foyer_refund\":\"12-77\"}", "12-77" }, { ",\"receipt\":\"12-77\",\"notes\":[]", "12-77" },
		{ ",\"receipt\":\"other\",\"notes\":{\"foyer_refund\":\"12-77\"}", "12-77" }, { ",\"receipt\":null,\"notes\":null", "" },
		{ ",\"receipt\":\"Receipt No. 31\",\"notes\":{\"comment\":\"x\"}", "" },
	};
	struct shop *s = *state;
	struct psp_event e;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		take(s, arena_fmt(s->arena, EVENT("refund.processed", REFUND_OF("processed", "%s")), cases[i].more).p, &e);
		assert_int_equal(e.kind, EVENT_REFUND);
		assert_true(span_is(e.refund.reference, cases[i].reference));
	}
}

static void
money_given_back_that_was_never_captured_is_no_refund_of_ours(void **state)
{
	static const char uncaptured[] = "," PART("payment", "\"id\":\"pay_1\",\"captured\":false");
	struct shop *s = *state;
	struct psp_event e;

	take(s, arena_fmt(s->arena, EVENT("refund.processed", REFUND_OF("processed", ",\"receipt\":null,\"notes\":[]") "%s"), uncaptured).p, &e);
	assert_int_equal(e.kind, EVENT_OTHER);
	assert_true(e.refund.id.n == 0 && e.refund.fact == REFUND_UNKNOWN && e.refund.amount.minor == -1);
	/* one that we asked for is ours whatever the snapshot says */
	take(s, arena_fmt(s->arena, EVENT("refund.processed", REFUND("processed") "%s"), uncaptured).p, &e);
	assert_int_equal(e.kind, EVENT_REFUND);
}

static void
a_dispute_event_names_its_payment_and_who_won(void **state)
{
	static const struct {
		const char *type, *status;
		enum dispute_fact fact;
	} cases[] = {
		{ "payment.dispute.created", "open", DISPUTE_OPEN }, { "payment.dispute.under_review", "under_review", DISPUTE_OPEN },
		{ "payment.dispute.action_required", "open", DISPUTE_OPEN }, { "payment.dispute.won", "won", DISPUTE_WON },
		{ "payment.dispute.lost", "lost", DISPUTE_LOST }, { "payment.dispute.closed", "closed", DISPUTE_OPEN },
		{ "payment.dispute.closed", "won", DISPUTE_WON }, { "payment.dispute.closed", "lost", DISPUTE_LOST },
		{ "payment.dispute.won", "under_review", DISPUTE_WON }, { "payment.dispute.won", "lost", DISPUTE_LOST },
		{ "payment.dispute.invented", "invented", DISPUTE_OPEN },
	};
	struct shop *s = *state;
	struct psp_event e;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		take(s, arena_fmt(s->arena, EVENT("%s", PAYMENT("captured") "," PART("dispute", "\"id\":\"disp_1\",\"payment_id\":\"pay_1\","
		    "\"amount\":50000,\"currency\":\"INR\",\"phase\":\"chargeback\",\"status\":\"%s\"")), cases[i].type, cases[i].status).p, &e);
		if (e.kind != EVENT_DISPUTE || e.dispute != cases[i].fact)
			fail_msg("kind %d dispute %d: %s %s", e.kind, e.dispute, cases[i].type, cases[i].status);
		assert_true(span_is(e.refund.id, "disp_1") && span_is(e.refund.why, cases[i].status) && span_is(e.payment.capture, "pay_1"));
		assert_int_equal(e.refund.amount.minor, 50000);
	}
}

/* -- what a bad one cannot do -------------------------------------------------------------------------------------------- */

static void
parts_of_any_type_are_harmless(void **state)
{
	static const char *const types[] = { "payment_link.paid", "order.paid", "refund.processed", "payment.dispute.lost", "payment.captured" };
	static const char *const parts[] = { "null", "7", "\"x\"", "[]", "{}", "{\"entity\":null}", "{\"entity\":[]}", "{\"entity\":{\"id\":{\"id\":7},"
	    "\"status\":[],\"payments\":{},\"notes\":7,\"amount\":{},\"currency\":[\"INR\"],\"reference_id\":1,\"receipt\":false,\"short_url\":9}}",
	    "{\"entity\":{\"status\":\"paid\",\"payments\":[null,7,[],{\"status\":\"captured\",\"payment_id\":7}]}}",
	    "{\"entity\":{\"id\":\"a b\",\"status\":\"paid \",\"reference_id\":\"../..\",\"payment_id\":\"<x>\",\"receipt\":\"a\\nb\"}}" };
	struct shop *s = *state;
	struct psp_event e;

	for (size_t t = 0; t < ARRAY_LEN(types); t++)
		for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
			take(s, arena_fmt(s->arena, "{\"event\":\"%s\",\"payload\":{\"payment_link\":%s,\"order\":%s,\"payment\":%s,\"refund\":%s,"
			    "\"dispute\":%s}}", types[t], parts[i], parts[i], parts[i], parts[i], parts[i]).p, &e);
			assert_int_not_equal(e.payment.fact, FACT_PAID);
			assert_true(e.payment.session.n == 0 && e.payment.reference.n == 0 && e.payment.capture.n == 0 && e.refund.id.n == 0);
			assert_true(e.payment.amount.minor == -1 && e.refund.amount.minor == -1);
		}
}

static void
every_cut_of_a_message_is_harmless(void **state)
{
	static const char body[] = EVENT("payment_link.paid", LINK("paid", "50000") "," ORDER "," PAYMENT("captured"));
	struct psp_event e;

	for (size_t n = 0; n < sizeof(body) - 1; n++)
		assert_false(parses(*state, (struct span){ body, n }, &e));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, shop_open, shop_close)
		TEST(a_link_event_is_read_as_what_it_means_for_the_payment),
		TEST(a_link_event_carries_its_ids_and_amount),
		TEST(what_was_taken_is_reported_not_what_was_asked),
		TEST(notes_may_be_an_object_a_list_or_nothing),
		TEST(the_order_of_a_link_of_ours_tells_of_money_that_came_late),
		TEST(what_tells_of_one_attempt_or_of_nothing_of_ours_moves_nothing),
		TEST(an_unreadable_amount_equals_none_of_ours),
		TEST(a_refund_event_says_what_its_name_says),
		TEST(a_refund_is_ours_by_its_note_or_its_receipt),
		TEST(money_given_back_that_was_never_captured_is_no_refund_of_ours),
		TEST(a_dispute_event_names_its_payment_and_who_won),
		TEST(parts_of_any_type_are_harmless),
		TEST(every_cut_of_a_message_is_harmless),
	};

	return cmocka_run_group_tests_name("razorpay events", tests, NULL, NULL);
}
