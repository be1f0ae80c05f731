/* test_flows_ends.c - how a payment ends when nobody comes back: closed, asked for, or given back. What was asked is counted. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "t/lib/till.h"

#include "domain/holds.h"

/* -- closing --------------------------------------------------------------------------------------------------------------- */

static void
at_the_holds_end_the_session_is_closed_and_the_seats_are_free(void **state)
{
	struct box_office *f = *state;
	int64_t payment = paying(f);

	box_office_sql(f, "UPDATE holds SET expires_at = UTC_TIMESTAMP(3) - INTERVAL 1 SECOND, seats_until = UTC_TIMESTAMP(3) + INTERVAL "
	    "30 SECOND WHERE show_id = %" PRId64, f->show);
	till->close = PSP_AGAIN;
	assert_int_equal(end_holds(&flow, 10), 1);
	assert_int_equal(free_seats(f), 8);		/* no answer: nothing happens */
	till->close = PSP_OK;
	assert_int_equal(end_holds(&flow, 10), 1);
	assert_int_equal(till->closes, 1);		/* not asked again so soon */
	patience(f);
	assert_int_equal(end_holds(&flow, 10), 1);
	assert_string_equal(state_of(f, payment), "closed\n");
	assert_int_equal(free_seats(f), 10);
	assert_int_equal(end_holds(&flow, 10), 0);
}

static void
at_the_holds_end_a_payment_that_came_through_makes_tickets(void **state)
{
	struct box_office *f = *state;
	int64_t payment = paying(f);

	box_office_sql(f, "UPDATE holds SET expires_at = UTC_TIMESTAMP(3) - INTERVAL 1 SECOND, seats_until = UTC_TIMESTAMP(3) + INTERVAL "
	    "30 SECOND WHERE show_id = %" PRId64, f->show);
	till->close = PSP_CONFLICT;
	till->fact = FACT_PAID;
	end_holds(&flow, 10);
	assert_string_equal(state_of(f, payment), "paid\n");
	assert_int_equal(live_tickets(f), 2);
}

static void
a_hold_that_nobody_pays_for_is_left_to_the_clock(void **state)
{
	struct box_office *f = *state;

	box_office_sql(f, "UPDATE holds SET expires_at = UTC_TIMESTAMP(3) - INTERVAL 1 SECOND, seats_until = UTC_TIMESTAMP(3) + INTERVAL "
	    "30 SECOND WHERE show_id = %" PRId64, f->show);
	assert_int_equal(end_holds(&flow, 10), 0);
	assert_int_equal(free_seats(f), 8);
}

static void
holds_without_a_payment_do_not_keep_a_session_from_being_closed(void **state)
{
	struct box_office *f = *state;
	struct hold_ask ask = { .show = f->show, .buyer = f->bob, .seats = { { f->seats[A4] }, 1 } };
	int64_t payment = paying(f);
	struct hold_result bobs;

	assert_int_equal(hold_take(f->db, f->arena, &ask, &bobs), OUTCOME_OK);
	box_office_sql(f, "UPDATE holds SET expires_at = UTC_TIMESTAMP(3) - INTERVAL 1 SECOND, seats_until = UTC_TIMESTAMP(3) + INTERVAL "
	    "IF(hold_id = %" PRId64 ", 30, 20) SECOND WHERE show_id = %" PRId64, hold_of_ann, f->show);
	assert_int_equal(end_holds(&flow, 1), 1);
	assert_string_equal(state_of(f, payment), "closed\n");
}

static void
closing_answers_what_became_of_it(void **state)
{
	static const struct {
		enum psp_result close, read;
		enum payment_fact fact;
		enum close_end end;
	} cases[] = {
		{ PSP_OK, PSP_OK, FACT_OPEN, CLOSE_DONE }, { PSP_CONFLICT, PSP_OK, FACT_PAID, CLOSE_SETTLED },
		{ PSP_CONFLICT, PSP_OK, FACT_CLOSED, CLOSE_DONE }, { PSP_CONFLICT, PSP_OK, FACT_FAILED, CLOSE_DONE },
		{ PSP_CONFLICT, PSP_OK, FACT_PENDING, CLOSE_PENDING }, { PSP_CONFLICT, PSP_OK, FACT_OPEN, CLOSE_UNKNOWN },
		{ PSP_CONFLICT, PSP_AGAIN, FACT_OPEN, CLOSE_UNKNOWN }, { PSP_UNSURE, PSP_OK, FACT_CLOSED, CLOSE_DONE },
		{ PSP_UNSURE, PSP_OK, FACT_OPEN, CLOSE_UNKNOWN }, { PSP_AGAIN, PSP_OK, FACT_PAID, CLOSE_UNKNOWN },
		{ PSP_BUSY, PSP_OK, FACT_PAID, CLOSE_UNKNOWN }, { PSP_REFUSED, PSP_OK, FACT_OPEN, CLOSE_UNKNOWN },
		{ PSP_NOT_FOUND, PSP_NOT_FOUND, FACT_OPEN, CLOSE_DONE },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct box_office *f = *state;
		int64_t payment;

		ann_holds(state);
		payment = paying(f);
		till->close = cases[i].close;
		till->read = cases[i].read;
		till->fact = cases[i].fact;
		if (close_payment(&flow, f->show, payment) != cases[i].end)
			fail_msg("case %zu", i);
		if (cases[i].end == CLOSE_DONE || cases[i].end == CLOSE_SETTLED)
			assert_int_equal(close_payment(&flow, f->show, payment), cases[i].end);
	}
}

/* -- the reaper asks ------------------------------------------------------------------------------------------------------- */

static void
a_payment_nobody_told_us_about_is_asked_for(void **state)
{
	struct box_office *f = *state;
	int64_t payment = paying(f);

	till->fact = FACT_PAID;
	assert_int_equal(reconcile(&flow, 10), 0);	/* the buyer may be at it this minute */
	box_office_sql(f, "UPDATE payments SET ask_at = ask_at - INTERVAL 61 SECOND");
	assert_int_equal(reconcile(&flow, 10), 1);
	assert_string_equal(state_of(f, payment), "paid\n");
	assert_int_equal(reconcile(&flow, 10), 0);
}

static void
an_open_payment_of_a_running_hold_is_left_open(void **state)
{
	struct box_office *f = *state;
	int64_t payment = paying(f);

	box_office_sql(f, "UPDATE payments SET ask_at = ask_at - INTERVAL 61 SECOND");
	assert_int_equal(reconcile(&flow, 10), 1);
	assert_int_equal(reconcile(&flow, 10), 0);
	assert_string_equal(state_of(f, payment), "open\n");
	assert_int_equal(till->reads, 1);
	assert_int_equal(till->closes, 0);
}

static void
what_was_never_opened_is_closed(void **state)
{
	struct box_office *f = *state;
	struct pay_answer out;

	till->open = PSP_UNSURE;
	assert_int_equal(pay(f, &out), PAY_LATER);
	box_office_sql(f, "UPDATE payments SET ask_at = ask_at - INTERVAL 61 SECOND");
	assert_int_equal(reconcile(&flow, 10), 1);
	assert_string_equal(state_of(f, out.payment), "closed\n");
	assert_int_equal(free_seats(f), 8);		/* the hold itself runs on */
}

static void
the_last_payment_of_an_ended_hold_frees_its_seats(void **state)
{
	struct box_office *f = *state;
	int64_t payment = paying(f);

	/* its seats are kept for longer than the promised end, as while a payment is taken */
	box_office_sql(f, "UPDATE holds SET expires_at = UTC_TIMESTAMP(3) - INTERVAL 1 SECOND, seats_until = UTC_TIMESTAMP(3) + INTERVAL "
	    "300 SECOND WHERE show_id = %" PRId64, f->show);
	assert_int_equal(end_holds(&flow, 10), 1);
	assert_string_equal(state_of(f, payment), "closed\n");
	assert_int_equal(free_seats(f), 10);
}

static void
a_session_whose_hold_was_given_back_is_closed(void **state)
{
	struct box_office *f = *state;
	int64_t payment = paying(f);

	assert_int_equal(hold_release(f->db, f->arena, f->show, hold_of_ann, f->ann), OUTCOME_OK);
	assert_int_equal(reconcile(&flow, 10), 1);
	assert_int_equal(till->closes, 1);
	assert_string_equal(state_of(f, payment), "closed\n");
	assert_string_equal(box_office_text(f, "SELECT state FROM bookings WHERE show_id = %" PRId64, f->show), "failed\n");
}

/* -- money back ------------------------------------------------------------------------------------------------------------ */

/* Ann paid after her hold ran out and Bob took a seat: a refund is due. Gives the payment. */
static int64_t
paid_too_late(struct box_office *f)
{
	struct hold_ask ask = { .show = f->show, .buyer = f->bob, .seats = { { f->seats[A1] }, 1 } };
	int64_t payment = paying(f);
	struct hold_result r;

	box_office_later(f, f->show, 3600);
	assert_int_equal(hold_take(f->db, f->arena, &ask, &r), OUTCOME_OK);
	assert_int_equal(webhook(paid_event(f, payment, "evt-late")), WEBHOOK_TAKEN);
	assert_string_equal(state_of(f, payment), "refund_due\n");
	assert_int_equal(live_tickets(f), 0);
	return payment;
}

static const char *
refunds_of(struct box_office *f)
{
	return box_office_text(f, "SELECT state FROM refunds WHERE show_id = %" PRId64 " ORDER BY refund_id", f->show);
}

static void
late_money_goes_back(void **state)
{
	struct box_office *f = *state;
	int64_t payment = paid_too_late(f);
	struct payment p;

	assert_int_equal(finish_return(&flow, f->show, payment, &p), RETURN_REFUND);
	assert_int_equal(run_refunds(&flow, 10), 1);
	assert_int_equal(till->refunds, 1);
	assert_string_equal(state_of(f, payment), "refunded\n");
	assert_string_equal(refunds_of(f), "done\n");
	patience(f);
	assert_int_equal(run_refunds(&flow, 10), 0);
	assert_int_equal(finish_return(&flow, f->show, payment, &p), RETURN_REFUND);
}

static void
an_accepted_refund_is_followed_until_it_is_done(void **state)
{
	struct box_office *f = *state;
	int64_t payment = paid_too_late(f);

	till->refund_fact = REFUND_PENDING;
	run_refunds(&flow, 10);
	assert_string_equal(refunds_of(f), "pending\n");
	assert_int_equal(run_refunds(&flow, 10), 0);
	patience(f);
	till->find = PSP_OK;
	assert_int_equal(run_refunds(&flow, 10), 1);
	assert_int_equal(till->refunds, 1);
	assert_string_equal(state_of(f, payment), "refunded\n");
}

static void
an_accepted_refund_that_is_gone_needs_a_human(void **state)
{
	struct box_office *f = *state;

	paid_too_late(f);
	till->refund_fact = REFUND_PENDING;
	run_refunds(&flow, 10);
	patience(f);
	run_refunds(&flow, 10);
	assert_string_equal(refunds_of(f), "human\n");
	assert_int_equal(till->refunds, 1);
}

static void
money_that_cannot_be_named_needs_a_human(void **state)
{
	struct box_office *f = *state;

	paid_too_late(f);
	box_office_sql(f, "UPDATE payments SET capture = '' WHERE show_id = %" PRId64, f->show);
	run_refunds(&flow, 10);
	assert_string_equal(refunds_of(f), "human\n");
	assert_int_equal(till->refunds, 0);
}

static void
a_lost_refund_answer_is_looked_for_before_asking_again(void **state)
{
	struct box_office *f = *state;

	paid_too_late(f);
	till->refund = PSP_UNSURE;
	run_refunds(&flow, 10);
	patience(f);
	till->find = PSP_OK;
	run_refunds(&flow, 10);
	assert_int_equal(till->refunds, 1);
	assert_int_equal(till->finds, 1);
	assert_string_equal(refunds_of(f), "done\n");
}

static void
a_refund_that_left_no_trace_is_asked_again_under_its_key(void **state)
{
	struct box_office *f = *state;

	paid_too_late(f);
	till->refund = PSP_UNSURE;
	run_refunds(&flow, 10);
	patience(f);
	till->refund = PSP_OK;
	run_refunds(&flow, 10);
	assert_int_equal(till->refunds, 2);
	assert_string_equal(till->refund_keys[0], till->refund_keys[1]);
	assert_string_equal(refunds_of(f), "done\n");
}

static void
a_key_without_any_trace_is_replaced_in_the_end(void **state)
{
	struct box_office *f = *state;

	paid_too_late(f);
	till->refund = PSP_UNSURE;
	for (int i = 0; i < 5; i++) {
		run_refunds(&flow, 10);
		patience(f);
	}
	assert_string_equal(refunds_of(f), "failed\npending\n");
	till->refund = PSP_OK;
	run_refunds(&flow, 10);
	assert_string_equal(refunds_of(f), "failed\ndone\n");
	assert_string_not_equal(till->refund_keys[(till->refunds - 1) % 4], till->refund_keys[(till->refunds - 2) % 4]);
}

static void
a_refund_is_looked_for_when_whoever_asked_died(void **state)
{
	struct box_office *f = *state;
	struct refund *list;

	paid_too_late(f);
	assert_int_equal(refunds_due(f->db, f->arena, 10, &list), 1);
	assert_true(refund_claim(f->db, &list[0]));	/* and then the process was gone */
	assert_int_equal(run_refunds(&flow, 10), 0);
	patience(f);
	till->find = PSP_OK;
	run_refunds(&flow, 10);
	assert_int_equal(till->refunds, 0);
	assert_string_equal(refunds_of(f), "done\n");
}

static void
a_provider_that_is_away_is_asked_later(void **state)
{
	static const enum psp_result results[] = { PSP_AGAIN, PSP_BUSY };
	struct box_office *f = *state;

	paid_too_late(f);
	for (size_t i = 0; i < ARRAY_LEN(results); i++) {
		till->refund = results[i];
		run_refunds(&flow, 10);
		assert_string_equal(refunds_of(f), "pending\n");
		assert_int_equal(run_refunds(&flow, 10), 0);
		patience(f);
	}
}

static void
a_refused_refund_needs_a_human(void **state)
{
	struct box_office *f = *state;

	paid_too_late(f);
	till->refund = PSP_REFUSED;
	run_refunds(&flow, 10);
	assert_string_equal(refunds_of(f), "human\n");
}

static void
refunded_elsewhere_needs_a_human_but_ours_is_recognised(void **state)
{
	struct box_office *f = *state;

	paid_too_late(f);
	till->refund = PSP_CONFLICT;
	run_refunds(&flow, 10);
	assert_string_equal(refunds_of(f), "human\n");
	ann_holds(state);
	paid_too_late(f);
	till->refund = PSP_CONFLICT;
	till->find = PSP_OK;
	run_refunds(&flow, 10);
	assert_string_equal(refunds_of(f), "done\n");
}

static void
a_refund_message_ends_it_and_a_failure_makes_another_attempt(void **state)
{
	struct box_office *f = *state;
	int64_t payment = paid_too_late(f), refund;
	struct psp_event e = paid_event(f, payment, "evt-r1");

	till->refund_fact = REFUND_PENDING;
	run_refunds(&flow, 10);
	refund = box_office_number(f, "SELECT refund_id FROM refunds WHERE show_id = %" PRId64, f->show);
	e.kind = EVENT_REFUND;
	e.payment.reference = SPAN_NONE;
	e.refund = (struct refund_report){ .fact = REFUND_FAILED, .id = SPAN("re-1"), .why = SPAN("declined"),
		.reference = payment_reference(f->arena, f->show, refund) };
	assert_int_equal(webhook(e), WEBHOOK_TAKEN);
	assert_int_equal(webhook(e), WEBHOOK_TAKEN);
	assert_string_equal(refunds_of(f), "failed\npending\n");
	refund = box_office_number(f, "SELECT MAX(refund_id) FROM refunds WHERE show_id = %" PRId64, f->show);
	e.id = SPAN("evt-r2");
	e.refund.fact = REFUND_DONE;
	e.refund.reference = payment_reference(f->arena, f->show, refund);
	assert_int_equal(webhook(e), WEBHOOK_TAKEN);
	assert_string_equal(refunds_of(f), "failed\ndone\n");
	assert_string_equal(state_of(f, payment), "refunded\n");
	assert_int_equal(attentions(f, "TRUE"), 0);
}

static void
a_refund_that_we_did_not_ask_for_is_shown_to_a_human(void **state)
{
	struct box_office *f = *state;
	struct psp_event e = paid_event(f, 1, "evt-1");

	e.kind = EVENT_REFUND;
	e.payment.reference = SPAN_NONE;
	e.refund = (struct refund_report){ .fact = REFUND_DONE, .id = SPAN("re-7"), .reference = SPAN_NONE, .why = SPAN_NONE };
	assert_int_equal(webhook(e), WEBHOOK_TAKEN);
	e.id = SPAN("evt-2");
	e.refund.id = SPAN_NONE;		/* a charge's event that only repeats it */
	assert_int_equal(webhook(e), WEBHOOK_TAKEN);
	e.id = SPAN("evt-3");
	e.refund.reference = SPAN("12-4711");
	assert_int_equal(webhook(e), WEBHOOK_TAKEN);
	assert_int_equal(attentions(f, "show_id = 0 AND words = 'a refund, but no payment of ours'"), 1);
	assert_int_equal(attentions(f, "show_id = 0 AND words = 'no refund of ours'"), 1);
	assert_int_equal(attentions(f, "TRUE"), 2);
	assert_int_equal(events(f, "TRUE"), 3);
}

/* -- the provider's own list ----------------------------------------------------------------------------------------------- */

static void
money_on_a_providers_list_that_nobody_told_us_of_makes_tickets(void **state)
{
	struct box_office *f = *state;
	int64_t payment = paying_at(f, "slot");

	slot->fact = FACT_PAID;
	slot->pages = 1;
	slot->listed = arena_fmt(f->arena, "s-%" PRId64 "-%" PRId64, f->show, payment);
	box_office_sql(f, "DELETE FROM provider_lists");
	assert_int_equal(hold_against_lists(&flow), 1);
	assert_string_equal(state_of(f, payment), "paid\n");
	assert_int_equal(hold_against_lists(&flow), 0);		/* not so soon again */
}

static void
a_list_of_many_pages_takes_no_more_room_than_one(void **state)
{
	struct box_office *f = *state;
	struct arena *small = arena_new(8 * MiB);
	int64_t payment = paying_at(f, "slot");

	slot->fact = FACT_PAID;
	slot->pages = 20;
	slot->listed = arena_fmt(f->arena, "s-%" PRId64 "-%" PRId64, f->show, payment);
	box_office_sql(f, "DELETE FROM provider_lists");
	flow.arena = small;
	db_arena(f->db, small);
	assert_int_equal(hold_against_lists(&flow), 20);
	db_arena(f->db, f->arena);
	flow.arena = f->arena;
	arena_free(small);
	assert_string_equal(state_of(f, payment), "paid\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup(name, ann_holds)
		T(at_the_holds_end_the_session_is_closed_and_the_seats_are_free),
		T(at_the_holds_end_a_payment_that_came_through_makes_tickets), T(a_hold_that_nobody_pays_for_is_left_to_the_clock),
		T(holds_without_a_payment_do_not_keep_a_session_from_being_closed),
		T(closing_answers_what_became_of_it),
		T(a_payment_nobody_told_us_about_is_asked_for), T(an_open_payment_of_a_running_hold_is_left_open),
		T(what_was_never_opened_is_closed), T(the_last_payment_of_an_ended_hold_frees_its_seats),
		T(a_session_whose_hold_was_given_back_is_closed), T(late_money_goes_back),
		T(an_accepted_refund_is_followed_until_it_is_done), T(an_accepted_refund_that_is_gone_needs_a_human),
		T(money_that_cannot_be_named_needs_a_human), T(a_lost_refund_answer_is_looked_for_before_asking_again),
		T(a_refund_that_left_no_trace_is_asked_again_under_its_key), T(a_key_without_any_trace_is_replaced_in_the_end),
		T(a_refund_is_looked_for_when_whoever_asked_died), T(a_provider_that_is_away_is_asked_later),
		T(a_refused_refund_needs_a_human), T(refunded_elsewhere_needs_a_human_but_ours_is_recognised),
		T(a_refund_message_ends_it_and_a_failure_makes_another_attempt),
		T(a_refund_that_we_did_not_ask_for_is_shown_to_a_human), T(money_on_a_providers_list_that_nobody_told_us_of_makes_tickets),
		T(a_list_of_many_pages_takes_no_more_room_than_one),
	};

	return cmocka_run_group_tests(tests, box_office_open, box_office_close);
}
