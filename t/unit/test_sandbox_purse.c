/*
 * test_sandbox_purse.c - what becomes of money at the stand-in: the lives of payments, refunds and disputes of all three providers,
 * and the events that are told of them.
 */
#include "base/base.h"

#include <setjmp.h>

#include <cmocka.h>

#include "t/lib/stand_in.h"

#include "base/clock.h"
#include "base/crypto.h"
#include "sandbox/stripe.h"

#define SB (&s->sandbox)

static json_t *
opened(struct stand_in *s, const struct provider *p, const char *reference)
{
	json_t *payment = purse_payment(SB, span_of(stand_in_opens(s, p, reference)));

	assert_non_null(payment);
	assert_true(purse_is(payment, "open"));
	return payment;
}

static json_t *
paid(struct stand_in *s, const struct provider *p, const char *reference)
{
	json_t *payment = opened(s, p, reference);

	assert_true(purse_choose(SB, payment, ACT_PAY, clock_now()));
	if (p->asks_capture)
		assert_true(purse_capture(SB, payment, clock_now()));
	assert_true(purse_is(payment, "paid"));
	return payment;
}

static void
order(struct stand_in *s, const char *text)
{
	struct span value = span_of(text), name = span_cut(&value, '=');

	assert_null(orders_give(&SB->orders, SPAN_NONE, name, value));
}

static void
each_provider_tells_of_a_payment_in_its_own_words(void **state)
{
	struct stand_in *s = *state;

	paid(s, &play_stripe, "p1");
	assert_string_equal(stand_in_told(s), "payment_intent.succeeded checkout.session.completed");
	json_object_clear(store_all(&SB->store, "events"));
	paid(s, &play_razorpay, "p2");
	assert_string_equal(stand_in_told(s), "payment.authorized payment.captured order.paid payment_link.paid");
	json_object_clear(store_all(&SB->store, "events"));
	paid(s, &play_paypal, "p3");
	assert_string_equal(stand_in_told(s), "CHECKOUT.ORDER.APPROVED PAYMENT.CAPTURE.COMPLETED");
}

static void
a_declined_try_leaves_it_open_and_the_next_one_pays(void **state)
{
	struct stand_in *s = *state;

	for (size_t i = 0; i < PROVIDERS; i++) {
		json_t *payment = opened(s, all_providers[i], "p1");
		bool asks = all_providers[i]->asks_capture;

		assert_true(purse_choose(SB, payment, ACT_DECLINE, clock_now()));
		if (asks)
			assert_true(purse_capture(SB, payment, clock_now()));
		assert_true(purse_is(payment, "open"));
		assert_true(json_yes(payment, "declined"));
		assert_true(purse_choose(SB, payment, ACT_PAY, clock_now()));
		if (asks)
			assert_true(purse_capture(SB, payment, clock_now()));
		assert_true(purse_is(payment, "paid"));
		assert_false(json_yes(payment, "declined"));
	}
	/* Stripe's tries are one intent, Razorpay's a payment each, PayPal makes no capture of a try that failed */
	assert_int_equal(json_object_size(store_all(&SB->store, "charges")), 4);
}

static void
what_ended_takes_no_more_acts(void **state)
{
	struct stand_in *s = *state;

	for (size_t i = 0; i < PROVIDERS; i++) {
		json_t *good = paid(s, all_providers[i], "p1"), *over = opened(s, all_providers[i], "p2");

		assert_true(purse_close(SB, over, "expired"));
		assert_true(purse_is(over, "expired"));
		assert_false(purse_choose(SB, good, ACT_PAY, clock_now()));
		assert_false(purse_capture(SB, good, clock_now()));
		assert_false(purse_close(SB, good, "cancelled"));
		assert_false(purse_end(SB, good, false, clock_now()));
		assert_false(purse_choose(SB, over, ACT_PAY, clock_now()));
		assert_false(purse_capture(SB, over, clock_now()));
		assert_false(purse_close(SB, over, "expired"));
		assert_true(purse_is(good, "paid") && purse_is(over, "expired"));
	}
}

static void
a_payment_expires_by_its_time(void **state)
{
	struct stand_in *s = *state;

	for (size_t i = 0; i < PROVIDERS; i++) {
		json_t *payment = opened(s, all_providers[i], "p1");
		int64_t end = json_number(payment, "ends");

		assert_true(end > clock_now());
		purse_tick(SB, end - 1);
		assert_true(purse_is(payment, "open"));
		purse_tick(SB, end);
		assert_true(purse_is(payment, "expired"));
	}
	assert_string_equal(stand_in_told(s), "checkout.session.expired payment_link.expired");	/* PayPal says nothing of it */
}

static void
an_approval_that_runs_out_is_told_by_paypal(void **state)
{
	struct stand_in *s = *state;
	json_t *payment = opened(s, &play_paypal, "p1");

	purse_choose(SB, payment, ACT_PAY, clock_now());
	purse_tick(SB, json_number(payment, "ends"));
	assert_true(purse_is(payment, "expired"));
	assert_string_equal(stand_in_told(s), "CHECKOUT.ORDER.APPROVED CHECKOUT.PAYMENT-APPROVAL.REVERSED");
}

static void
paying_later_ends_after_its_time_either_way(void **state)
{
	struct stand_in *s = *state;

	order(s, "late=2");
	for (size_t i = 0; i < PROVIDERS; i++) {
		json_t *good = opened(s, all_providers[i], "p1"), *bad = opened(s, all_providers[i], "p2");
		int64_t now = clock_now();

		purse_choose(SB, good, ACT_LATER, now);
		purse_choose(SB, bad, ACT_LATER_FAIL, now);
		if (all_providers[i]->asks_capture) {
			purse_capture(SB, good, now);
			purse_capture(SB, bad, now);
		}
		purse_tick(SB, now + 1999);
		assert_true(purse_is(good, "pending") && purse_is(bad, "pending"));
		purse_tick(SB, now + 2000);
		assert_true(purse_is(good, "paid"));
		assert_true(purse_is(bad, all_providers[i] == &play_razorpay ? "open" : "failed"));
	}
	assert_string_equal(stand_in_told(s), "checkout.session.completed checkout.session.completed payment_intent.succeeded "
	    "checkout.session.async_payment_succeeded payment_intent.payment_failed checkout.session.async_payment_failed "
	    "payment.authorized payment.captured order.paid payment_link.paid payment.failed "
	    "CHECKOUT.ORDER.APPROVED CHECKOUT.ORDER.APPROVED PAYMENT.CAPTURE.PENDING PAYMENT.CAPTURE.PENDING "
	    "PAYMENT.CAPTURE.COMPLETED PAYMENT.CAPTURE.DENIED");
}

static void
money_can_reach_a_link_that_was_cancelled_meanwhile(void **state)
{
	struct stand_in *s = *state;
	json_t *link = opened(s, &play_razorpay, "p1"), *lost = opened(s, &play_razorpay, "p2"), *session = opened(s, &play_stripe, "p3");

	purse_choose(SB, link, ACT_HOLD, clock_now());
	purse_choose(SB, lost, ACT_HOLD, clock_now());
	purse_choose(SB, session, ACT_HOLD, clock_now());
	assert_true(purse_close(SB, link, "cancelled"));
	assert_true(purse_close(SB, lost, "cancelled"));
	assert_false(purse_close(SB, session, "cancelled"));
	assert_true(purse_end(SB, link, true, clock_now()));
	assert_true(purse_is(link, "paid"));
	assert_true(purse_end(SB, lost, false, clock_now()));
	assert_true(purse_is(lost, "cancelled"));
}

static void
what_is_held_waits_until_it_is_told(void **state)
{
	struct stand_in *s = *state;
	json_t *payment = opened(s, &play_stripe, "p1");

	purse_choose(SB, payment, ACT_HOLD, clock_now());
	purse_tick(SB, clock_now() + INT64_C(7) * 86400 * 1000);
	assert_true(purse_is(payment, "pending"));
	assert_true(purse_end(SB, payment, true, clock_now()));
	assert_true(purse_is(payment, "paid"));
}

static void
an_order_decides_whatever_the_buyer_chose(void **state)
{
	struct stand_in *s = *state;

	for (size_t i = 0; i < PROVIDERS; i++) {
		json_t *one = opened(s, all_providers[i], "p1"), *two = opened(s, all_providers[i], "p2"), *three = opened(s, all_providers[i], "p3");
		json_t *all[] = { one, two, three };

		order(s, "charge=decline");
		order(s, "charge=pending");
		order(s, "charge=later:1");
		for (size_t k = 0; k < 3; k++) {
			purse_choose(SB, all[k], ACT_PAY, clock_now());
			if (all_providers[i]->asks_capture)
				purse_capture(SB, all[k], clock_now());
		}
		assert_true(purse_is(one, "open") && json_yes(one, "declined"));
		assert_true(purse_is(two, "pending") && !json_object_get(two, "due"));
		assert_true(purse_is(three, "pending"));
		purse_tick(SB, clock_now() + 1000);
		assert_true(purse_is(two, "pending"));
		assert_true(purse_is(three, "paid"));
	}
}

static void
refunds_never_exceed_what_was_paid_and_failed_ones_come_back(void **state)
{
	struct stand_in *s = *state;

	for (size_t i = 0; i < PROVIDERS; i++) {
		json_t *charge = purse_charge_of(SB, paid(s, all_providers[i], "p1")), *part;

		json_object_clear(store_all(&SB->store, "events"));
		assert_int_equal(purse_refundable(charge), 3100);
		part = purse_refund(SB, charge, 1000, NULL, clock_now());
		assert_true(json_says(part, "state", "done"));
		assert_int_equal(purse_refundable(charge), 2100);
		assert_true(purse_refund_end(SB, part, false, clock_now()));
		assert_int_equal(purse_refundable(charge), 3100);
		assert_false(purse_refund_end(SB, part, false, clock_now()));
		assert_false(purse_refund_end(SB, part, true, clock_now()));
		assert_string_equal(stand_in_told(s), all_providers[i] == &play_stripe ? "refund.created refund.updated refund.failed" :
		    all_providers[i] == &play_razorpay ? "refund.created refund.processed refund.failed" :
		    "PAYMENT.CAPTURE.REFUNDED PAYMENT.REFUND.FAILED");
	}
}

static void
a_refund_goes_as_ordered(void **state)
{
	struct stand_in *s = *state;
	json_t *charge = purse_charge_of(SB, paid(s, &play_stripe, "p1")), *one, *two, *three, *four;
	int64_t now = clock_now();

	order(s, "refund=pending");
	order(s, "refund=later:1");
	order(s, "refund=fail");
	order(s, "refund=fail_later:1");
	one = purse_refund(SB, charge, 100, NULL, now);
	two = purse_refund(SB, charge, 100, NULL, now);
	three = purse_refund(SB, charge, 100, NULL, now);
	four = purse_refund(SB, charge, 100, NULL, now);
	purse_tick(SB, now + 999);
	assert_true(json_says(one, "state", "pending"));
	assert_true(json_says(two, "state", "pending"));
	assert_true(json_says(three, "state", "failed"));
	assert_true(json_says(four, "state", "done"));
	assert_int_equal(purse_refundable(charge), 2800);
	purse_tick(SB, now + 1000);
	assert_true(json_says(one, "state", "pending"));
	assert_true(json_says(two, "state", "done"));
	assert_true(json_says(four, "state", "failed"));
	assert_int_equal(purse_refundable(charge), 2900);
}

static void
a_dispute_takes_what_is_left_and_may_be_won(void **state)
{
	static const char *const told[PROVIDERS] = {
		"charge.dispute.created charge.dispute.funds_withdrawn charge.dispute.closed charge.dispute.funds_reinstated",
		"payment.dispute.created payment.dispute.won", "CUSTOMER.DISPUTE.CREATED CUSTOMER.DISPUTE.RESOLVED" };
	struct stand_in *s = *state;

	for (size_t i = 0; i < PROVIDERS; i++) {
		json_t *charge = purse_charge_of(SB, paid(s, all_providers[i], "p1")), *dispute;

		purse_refund(SB, charge, 1000, NULL, clock_now());
		json_object_clear(store_all(&SB->store, "events"));
		dispute = purse_dispute(SB, charge, clock_now());
		assert_int_equal(json_number(dispute, "amount"), 2100);
		assert_null(purse_dispute(SB, charge, clock_now()));
		assert_true(purse_dispute_end(SB, dispute, true, clock_now()));
		assert_false(purse_dispute_end(SB, dispute, false, clock_now()));
		assert_false(json_yes(charge, "disputed"));
		assert_string_equal(stand_in_told(s), told[i]);
	}
}

static void
a_lie_is_told_by_the_payment_itself(void **state)
{
	struct stand_in *s = *state;

	for (size_t i = 0; i < PROVIDERS; i++) {
		order(s, "lie=wrong_amount");
		assert_int_equal(json_number(purse_charge_of(SB, paid(s, all_providers[i], "p1")), "amount"), 3099);
		order(s, "lie=wrong_currency");
		assert_true(json_says(purse_charge_of(SB, paid(s, all_providers[i], "p2")), "currency", "USD"));
		order(s, "lie=unknown_reference");
		assert_true(json_says(paid(s, all_providers[i], "p3"), "shown_reference", "somebody_elses"));
		assert_int_equal(json_number(purse_charge_of(SB, paid(s, all_providers[i], "p4")), "amount"), 3100);
	}
}

static void
it_is_found_by_any_of_its_names(void **state)
{
	struct stand_in *s = *state;

	for (size_t i = 0; i < PROVIDERS; i++) {
		const char *reference = arena_fmt(s->arena, "ref-%zu", i).p;
		json_t *payment = paid(s, all_providers[i], reference), *charge = purse_charge_of(SB, payment);
		json_t *refund = purse_refund(SB, charge, 100, NULL, clock_now()), *dispute = purse_dispute(SB, charge, clock_now());

		assert_ptr_equal(purse_find(SB, json_span(payment, "id")), payment);
		assert_ptr_equal(purse_find(SB, json_span(charge, "id")), payment);
		assert_ptr_equal(purse_find(SB, json_span(refund, "id")), payment);
		assert_ptr_equal(purse_find(SB, json_span(dispute, "id")), payment);
		assert_ptr_equal(purse_find(SB, span_of(reference)), payment);
	}
	assert_null(purse_find(SB, SPAN("nobody")));
	assert_null(purse_find(SB, SPAN_NONE));
}

static void
ids_of_one_payment_do_not_look_like_anothers(void **state)
{
	struct stand_in *s = *state;

	for (int what = ID_PAYMENT; what < IDS; what++)
		for (size_t i = 0; i < PROVIDERS; i++)
			assert_string_not_equal(all_providers[i]->new_id((enum id_of)what).text, all_providers[i]->new_id((enum id_of)what).text);
	assert_int_equal(strlen(stand_in_opens(s, &play_paypal, "p1")), 17);
	assert_int_equal(strlen(stand_in_opens(s, &play_stripe, "p1")), 66);
	assert_int_equal(strlen(stand_in_opens(s, &play_razorpay, "p1")), 20);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, stand_in_open, stand_in_close)
	const struct CMUnitTest tests[] = {
		TEST(each_provider_tells_of_a_payment_in_its_own_words),
		TEST(a_declined_try_leaves_it_open_and_the_next_one_pays),
		TEST(what_ended_takes_no_more_acts),
		TEST(a_payment_expires_by_its_time),
		TEST(an_approval_that_runs_out_is_told_by_paypal),
		TEST(paying_later_ends_after_its_time_either_way),
		TEST(money_can_reach_a_link_that_was_cancelled_meanwhile),
		TEST(what_is_held_waits_until_it_is_told),
		TEST(an_order_decides_whatever_the_buyer_chose),
		TEST(refunds_never_exceed_what_was_paid_and_failed_ones_come_back),
		TEST(a_refund_goes_as_ordered),
		TEST(a_dispute_takes_what_is_left_and_may_be_won),
		TEST(a_lie_is_told_by_the_payment_itself),
		TEST(it_is_found_by_any_of_its_names),
		TEST(ids_of_one_payment_do_not_look_like_anothers),
	};

	log_open("test_sandbox_purse", LOG_LEVEL_ERROR);
	crypto_start();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
