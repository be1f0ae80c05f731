/*
 * test_capture.c - money that only our capture takes: the right to it is claimed once, with the seats kept, and whatever is cut off in
 * between ends as tickets, as nothing taken, or as money that goes back.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "t/lib/till.h"

#include "domain/audit.h"
#include "domain/capture.h"
#include "domain/holds.h"

static struct box_office *house;

static enum return_end
comes_back(struct box_office *f, int64_t payment)
{
	struct payment p;

	patience(f);
	return finish_return(&flow, f->show, payment, &p);
}

static int64_t
approved(struct box_office *f)
{
	int64_t payment = paying_at(f, "tray");

	tray->fact = FACT_APPROVED;
	return payment;
}

static void
stale(struct box_office *f, int64_t payment)
{
	patience(f);
	box_office_sql(f, "UPDATE payments SET claimed_at = claimed_at - INTERVAL 61 SECOND WHERE payment_id = %" PRId64, payment);
}

static void
bob_takes_a1(struct box_office *f, enum outcome expected)
{
	struct hold_ask ask = { .show = f->show, .buyer = f->bob, .seats = { { f->seats[A1] }, 1 } };
	struct hold_result r;

	assert_int_equal(hold_take(f->db, f->arena, &ask, &r), expected);
}

static int
audited(void **state)
{
	struct box_office *f = *state;
	struct audit_result r;
	struct buf out;

	buf_init(&out, f->arena, MiB);
	if (!audit_run(f->db, f->arena, 300, &out, &r) || r.violations)
		print_message("%s", out.p);
	return r.violations != 0;
}

/* -- the ordinary way ------------------------------------------------------------------------------------------------------ */

static void
whoever_comes_back_approved_is_captured_once_and_has_tickets(void **state)
{
	struct box_office *f = *state;
	int64_t payment = approved(f);

	assert_int_equal(comes_back(f, payment), RETURN_CONFIRMED);
	assert_int_equal(comes_back(f, payment), RETURN_CONFIRMED);
	assert_int_equal(tray->captures, 1);
	assert_int_equal(live_tickets(f), 2);
}

static void
whoever_comes_back_without_approving_is_not_captured(void **state)
{
	struct box_office *f = *state;
	int64_t payment = paying_at(f, "tray");

	assert_int_equal(comes_back(f, payment), RETURN_OPEN);
	assert_int_equal(tray->captures, 0);
	assert_string_equal(state_of(f, payment), "open\n");
}

static void
a_declined_capture_leaves_the_hold_for_another_try(void **state)
{
	struct box_office *f = *state;
	int64_t payment = approved(f);
	struct pay_answer out;

	tray->capture = PSP_DECLINED;
	assert_int_equal(comes_back(f, payment), RETURN_ENDED);
	assert_string_equal(state_of(f, payment), "failed\n");
	assert_int_equal(free_seats(f), 8);
	assert_int_equal(pay(f, &out), PAY_GO);
}

static void
money_under_review_is_waited_for_and_ends_either_way(void **state)
{
	struct box_office *f = *state;
	int64_t payment = approved(f);

	tray->captured = FACT_PENDING;
	assert_int_equal(comes_back(f, payment), RETURN_CHECKING);
	assert_string_equal(state_of(f, payment), "capturing\n");
	assert_int_equal(box_office_number(f, "SELECT pending_at IS NOT NULL FROM payments WHERE payment_id = %" PRId64, payment), 1);
	tray->fact = FACT_PAID;
	assert_int_equal(comes_back(f, payment), RETURN_CONFIRMED);
	assert_int_equal(tray->captures, 1);
}

static void
a_review_that_ends_badly_fails_the_payment_and_takes_nothing(void **state)
{
	struct box_office *f = *state;
	int64_t payment = approved(f);

	tray->captured = FACT_PENDING;
	comes_back(f, payment);
	tray->fact = FACT_FAILED;
	assert_int_equal(comes_back(f, payment), RETURN_ENDED);
	assert_string_equal(state_of(f, payment), "failed\n");
}

/* One whose bank takes days to say yes stays in that state for days: it must not stand before all others whose time is up. */
static void
a_hold_that_waits_for_its_capture_is_not_in_the_way_of_others(void **state)
{
	struct box_office *f = *state;
	struct hold_ask ask = { .show = f->show, .buyer = f->bob, .seats = { { f->seats[A4] }, 1 } };
	int64_t payment = approved(f);
	struct hold_result bobs;
	struct hold_id *due;

	tray->captured = FACT_PENDING;
	assert_int_equal(comes_back(f, payment), RETURN_CHECKING);
	assert_int_equal(hold_take(f->db, f->arena, &ask, &bobs), OUTCOME_OK);
	box_office_later(f, f->show, 3600);
	assert_int_equal(holds_due(f->db, f->arena, 1, &due), 1);
	assert_int_equal(due[0].hold, bobs.hold);
	assert_int_equal(hold_expire(f->db, f->arena, f->show, bobs.hold, false), OUTCOME_OK);
	assert_int_equal(holds_due(f->db, f->arena, 1, &due), 0);
	tray->fact = FACT_FAILED;
	assert_int_equal(comes_back(f, payment), RETURN_ENDED);
	assert_int_equal(holds_due(f->db, f->arena, 1, &due), 1);
	assert_int_equal(due[0].hold, hold_of_ann);
	assert_int_equal(hold_expire(f->db, f->arena, f->show, hold_of_ann, false), OUTCOME_OK);
}

/* -- cut off in between ---------------------------------------------------------------------------------------------------- */

static void
a_lost_answer_is_asked_about_and_not_captured_again(void **state)
{
	struct box_office *f = *state;
	int64_t payment = approved(f);

	tray->capture = PSP_UNSURE;
	assert_int_equal(comes_back(f, payment), RETURN_CHECKING);
	assert_int_equal(comes_back(f, payment), RETURN_CONFIRMED);	/* it had been taken */
	assert_int_equal(tray->captures, 1);
}

static void
a_claim_whose_owner_died_is_taken_over_with_the_same_key(void **state)
{
	struct box_office *f = *state;
	int64_t payment = approved(f);

	assert_int_equal(payment_claim(f->db, f->arena, f->show, payment), OUTCOME_OK);
	assert_int_equal(comes_back(f, payment), RETURN_CHECKING);	/* it may still be at it */
	assert_int_equal(tray->captures, 0);
	stale(f, payment);
	assert_int_equal(reconcile(&flow, 10), 1);
	assert_int_equal(tray->captures, 1);
	assert_string_equal(state_of(f, payment), "paid\n");
	assert_string_equal(tray->capture_keys[0], arena_fmt(f->arena, "pay-%" PRId64 "-%" PRId64 "-capture", f->show, payment).p);
}

static void
a_call_that_was_never_made_is_made_at_the_next_look(void **state)
{
	struct box_office *f = *state;
	int64_t payment = approved(f);

	tray->capture = PSP_BUSY;
	assert_int_equal(comes_back(f, payment), RETURN_CHECKING);
	tray->capture = PSP_OK;
	assert_int_equal(comes_back(f, payment), RETURN_CONFIRMED);
	assert_string_equal(tray->capture_keys[0], tray->capture_keys[1]);
}

/* Within the grace after the absolute end, too: the seats that a claim kept are kept for a reason, though it was let go of. */
static void
a_call_that_was_not_made_at_the_very_end_keeps_the_seats_for_the_next(void **state)
{
	struct box_office *f = *state;
	int64_t payment = approved(f);

	box_office_sql(f, "UPDATE holds SET longest_until = UTC_TIMESTAMP(3) - INTERVAL 60 SECOND, expires_at = UTC_TIMESTAMP(3) + INTERVAL "
	    "30 SECOND, seats_until = UTC_TIMESTAMP(3) + INTERVAL 30 SECOND WHERE show_id = %" PRId64, f->show);
	tray->capture = PSP_AGAIN;
	assert_int_equal(comes_back(f, payment), RETURN_CHECKING);
	assert_string_equal(state_of(f, payment), "capturing\n");
	assert_int_equal(audited(state), 0);
	tray->capture = PSP_OK;
	assert_int_equal(comes_back(f, payment), RETURN_CONFIRMED);
}

static void
what_was_captured_by_somebody_else_is_read_and_not_lost(void **state)
{
	struct box_office *f = *state;
	int64_t payment = approved(f);

	tray->capture = PSP_CONFLICT;
	assert_int_equal(comes_back(f, payment), RETURN_CONFIRMED);
	assert_int_equal(live_tickets(f), 2);
}

static void
an_approval_that_was_taken_back_ends_the_payment(void **state)
{
	struct box_office *f = *state;
	int64_t payment = approved(f);
	struct pay_answer out;

	tray->capture = PSP_CONFLICT;
	tray->captured = FACT_OPEN;
	assert_int_equal(comes_back(f, payment), RETURN_ENDED);
	assert_string_equal(state_of(f, payment), "failed\n");
	assert_int_equal(pay(f, &out), PAY_GO);
}

static void
an_approval_taken_back_under_a_stale_claim_ends_it_too(void **state)
{
	struct box_office *f = *state;
	int64_t payment = approved(f);

	assert_int_equal(payment_claim(f->db, f->arena, f->show, payment), OUTCOME_OK);
	stale(f, payment);
	tray->fact = FACT_OPEN;
	assert_int_equal(reconcile(&flow, 10), 1);
	assert_string_equal(state_of(f, payment), "failed\n");
}

/* -- the seats --------------------------------------------------------------------------------------------------------------- */

static void
nobody_claims_twice(void **state)
{
	struct box_office *f = *state;
	int64_t payment = approved(f);

	assert_int_equal(payment_claim(f->db, f->arena, f->show, payment), OUTCOME_OK);
	assert_int_equal(payment_claim(f->db, f->arena, f->show, payment), OUTCOME_CAPTURING);
	payment_unclaim(f->db, f->show, payment);
	assert_int_equal(payment_claim(f->db, f->arena, f->show, payment), OUTCOME_OK);
}

static void
while_it_is_captured_bob_tries(void)
{
	bob_takes_a1(house, OUTCOME_TAKEN);
}

static void
seats_that_just_ran_out_are_kept_while_the_money_is_taken(void **state)
{
	struct box_office *f = *state;
	int64_t payment = approved(f);

	house = f;
	box_office_later(f, f->show, 1900);	/* past every end */
	tray->meanwhile = while_it_is_captured_bob_tries;
	assert_int_equal(comes_back(f, payment), RETURN_CONFIRMED);
	assert_int_equal(live_tickets(f), 2);
}

static void
when_a_seat_is_gone_nothing_is_taken(void **state)
{
	struct box_office *f = *state;
	int64_t payment = approved(f);

	box_office_later(f, f->show, 1900);
	bob_takes_a1(f, OUTCOME_OK);
	assert_int_equal(comes_back(f, payment), RETURN_ENDED);
	assert_int_equal(tray->captures, 0);
	assert_string_equal(state_of(f, payment), "closed\n");
	assert_int_equal(box_office_number(f, "SELECT COUNT(*) FROM refunds WHERE show_id = %" PRId64, f->show), 0);
}

static void
when_the_hold_was_given_back_nothing_is_taken(void **state)
{
	struct box_office *f = *state;
	int64_t payment = approved(f);

	assert_int_equal(hold_release(f->db, f->arena, f->show, hold_of_ann, f->ann), OUTCOME_OK);
	assert_int_equal(comes_back(f, payment), RETURN_ENDED);
	assert_int_equal(tray->captures, 0);
}

static void
while_it_is_captured_the_hold_cannot_be_given_back(void **state)
{
	struct box_office *f = *state;
	int64_t payment = approved(f);

	assert_int_equal(payment_claim(f->db, f->arena, f->show, payment), OUTCOME_OK);
	assert_int_equal(hold_release(f->db, f->arena, f->show, hold_of_ann, f->ann), OUTCOME_CAPTURING);
}

static void
another_way_to_pay_closes_it_without_asking_anybody(void **state)
{
	struct box_office *f = *state;
	int64_t payment = approved(f);
	struct pay_answer out;

	assert_int_equal(pay_at(f, "till", &out), PAY_GO);
	assert_string_equal(state_of(f, payment), "closed\n");
	assert_int_equal(comes_back(f, payment), RETURN_ENDED);
	assert_int_equal(tray->captures, 0);
}

static void
money_taken_after_all_goes_back(void **state)
{
	struct box_office *f = *state;
	int64_t payment = approved(f);
	struct psp_event e = paid_event(f, payment, "evt-late");
	struct pay_answer out;

	assert_int_equal(pay_at(f, "till", &out), PAY_GO);	/* closes it */
	tray->event = e;
	assert_int_equal(take_webhook(&flow, SPAN("tray"), till_message("good")), WEBHOOK_TAKEN);
	assert_string_equal(state_of(f, payment), "refund_due\n");
}

/* -- the message that it was approved ---------------------------------------------------------------------------------------- */

static void
an_approval_that_is_only_told_is_captured_by_the_reaper(void **state)
{
	struct box_office *f = *state;
	int64_t payment = approved(f);

	tray->event = paid_event(f, payment, "evt-1");
	tray->event.payment.fact = FACT_APPROVED;
	assert_int_equal(take_webhook(&flow, SPAN("tray"), till_message("good")), WEBHOOK_TAKEN);
	assert_int_equal(tray->captures, 0);
	assert_int_equal(reconcile(&flow, 10), 1);	/* and not a minute later */
	assert_string_equal(state_of(f, payment), "paid\n");
}

/* -- tokens -------------------------------------------------------------------------------------------------------------------- */

static void
a_token_pays_without_a_page_and_only_what_is_claimed(void **state)
{
	struct box_office *f = *state;
	struct pay_answer out;

	tray->fact = FACT_APPROVED;
	assert_int_equal(charge_at(f, "tray", "pm_1", &out), PAY_SETTLED);
	assert_string_equal(state_of(f, out.payment), "paid\n");
	assert_true(span_is(tray->body, arena_fmt(f->arena, "%" PRId64 "-%" PRId64 "|3200|two seats|pm_1", f->show, out.payment).p));
	assert_int_equal(tray->captures, 1);
	assert_int_equal(charge_at(f, "till", "pm_1", &out), PAY_REFUSED);
}

static void
a_token_that_is_declined_says_so_and_leaves_the_hold(void **state)
{
	struct box_office *f = *state;
	struct pay_answer out;

	tray->fact = FACT_APPROVED;
	tray->capture = PSP_DECLINED;
	assert_int_equal(charge_at(f, "tray", "pm_1", &out), PAY_DECLINED);
	assert_string_equal(state_of(f, out.payment), "failed\n");
	assert_int_equal(free_seats(f), 8);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, ann_holds, audited)
		T(whoever_comes_back_approved_is_captured_once_and_has_tickets), T(whoever_comes_back_without_approving_is_not_captured),
		T(a_declined_capture_leaves_the_hold_for_another_try), T(money_under_review_is_waited_for_and_ends_either_way),
		T(a_review_that_ends_badly_fails_the_payment_and_takes_nothing),
		T(a_hold_that_waits_for_its_capture_is_not_in_the_way_of_others), T(a_lost_answer_is_asked_about_and_not_captured_again),
		T(a_claim_whose_owner_died_is_taken_over_with_the_same_key), T(a_call_that_was_never_made_is_made_at_the_next_look),
		T(a_call_that_was_not_made_at_the_very_end_keeps_the_seats_for_the_next),
		T(what_was_captured_by_somebody_else_is_read_and_not_lost), T(an_approval_that_was_taken_back_ends_the_payment),
		T(an_approval_taken_back_under_a_stale_claim_ends_it_too), T(nobody_claims_twice),
		T(seats_that_just_ran_out_are_kept_while_the_money_is_taken), T(when_a_seat_is_gone_nothing_is_taken),
		T(when_the_hold_was_given_back_nothing_is_taken), T(while_it_is_captured_the_hold_cannot_be_given_back),
		T(another_way_to_pay_closes_it_without_asking_anybody), T(money_taken_after_all_goes_back),
		T(an_approval_that_is_only_told_is_captured_by_the_reaper), T(a_token_pays_without_a_page_and_only_what_is_claimed),
		T(a_token_that_is_declined_says_so_and_leaves_the_hold),
	};

	return cmocka_run_group_tests(tests, box_office_open, box_office_close);
}
