/*
 * test_flows.c - from "pay" to tickets, against a real database and providers that say what the test tells them to. What each was
 * asked is counted, because a flow that asks too often is as wrong as one that does not ask.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "t/lib/till.h"

#include "domain/holds.h"
#include "domain/providers.h"

/* -- paying ---------------------------------------------------------------------------------------------------------------- */

static void
paying_stores_first_and_then_sends_the_buyer_there(void **state)
{
	struct box_office *f = *state;
	struct pay_answer out;

	assert_int_equal(pay(f, &out), PAY_GO);
	assert_true(span_starts(out.url, "https://till.example/"));
	assert_string_equal(state_of(f, out.payment), "open\n");
	assert_int_equal(till->opens, 1);
	assert_int_equal(box_office_number(f, "SELECT body = '" PRSPAN "' AND idem_key = '" PRSPAN "' FROM payments", ARGSPAN(till->body),
	    ARGSPAN(till->key)), 1);
}

static void
pressing_pay_again_leads_to_the_same_page(void **state)
{
	struct box_office *f = *state;
	struct pay_answer first, again;

	assert_int_equal(pay(f, &first), PAY_GO);
	assert_int_equal(pay(f, &again), PAY_GO);
	assert_int_equal(pay(f, &again), PAY_GO);
	assert_int_equal(first.payment, again.payment);
	assert_true(span_eq(first.url, again.url));
	assert_int_equal(till->opens, 1);
	assert_int_equal(till->reads, 1);	/* at most one question in three seconds */
}

static void
pressing_pay_when_it_was_paid_settles_it(void **state)
{
	struct box_office *f = *state;
	int64_t payment = paying(f);
	struct pay_answer out;

	till->fact = FACT_PAID;
	assert_int_equal(pay(f, &out), PAY_SETTLED);
	assert_int_equal(out.payment, payment);
	assert_int_equal(live_tickets(f), 2);
	assert_int_equal(pay(f, &out), PAY_NO);
	assert_int_equal(out.outcome, OUTCOME_PAID);
}

static void
pressing_pay_on_a_session_that_is_over_makes_a_new_one(void **state)
{
	struct box_office *f = *state;
	int64_t payment = paying(f);
	struct pay_answer out;

	till->fact = FACT_CLOSED;
	assert_int_equal(pay(f, &out), PAY_GO);
	assert_int_not_equal(out.payment, payment);
	assert_string_equal(state_of(f, payment), "closed\n");
	assert_int_equal(till->opens, 2);
}

static void
another_provider_closes_the_first_session_before(void **state)
{
	struct box_office *f = *state;
	int64_t payment = paying(f);
	struct pay_answer out;

	till->close = PSP_AGAIN;
	assert_int_equal(pay_at(f, "slot", &out), PAY_LATER);
	assert_int_equal(slot->opens, 0);
	till->close = PSP_OK;
	assert_int_equal(pay_at(f, "slot", &out), PAY_GO);
	assert_true(span_starts(out.url, "https://slot.example/"));
	assert_string_equal(state_of(f, payment), "closed\n");
	assert_int_equal(slot->opens, 1);
}

static void
another_provider_is_not_asked_when_the_first_was_just_paid(void **state)
{
	struct box_office *f = *state;
	struct pay_answer out;

	paying(f);
	till->close = PSP_CONFLICT;
	till->fact = FACT_PAID;
	assert_int_equal(pay_at(f, "slot", &out), PAY_SETTLED);
	assert_int_equal(slot->opens, 0);
	assert_int_equal(live_tickets(f), 2);
}

static void
a_lost_answer_is_asked_for_again_with_the_same_key(void **state)
{
	struct box_office *f = *state;
	struct pay_answer out;

	till->open_first = PSP_UNSURE;
	assert_int_equal(pay(f, &out), PAY_GO);
	assert_int_equal(till->opens, 2);
	assert_int_equal(box_office_number(f, "SELECT COUNT(*) FROM payments WHERE show_id = %" PRId64, f->show), 1);
}

static void
without_an_answer_the_same_payment_goes_on_later(void **state)
{
	struct box_office *f = *state;
	struct pay_answer out, again;

	till->open = PSP_UNSURE;
	assert_int_equal(pay(f, &out), PAY_LATER);
	assert_string_equal(state_of(f, out.payment), "created\n");
	till->open = PSP_AGAIN;
	assert_int_equal(pay(f, &again), PAY_LATER);
	till->open = PSP_OK;
	assert_int_equal(pay(f, &again), PAY_GO);
	assert_int_equal(out.payment, again.payment);
	assert_int_equal(box_office_number(f, "SELECT idem_key = '" PRSPAN "' FROM payments", ARGSPAN(till->key)), 1);
}

static void
a_key_that_never_answers_is_left_for_a_new_one(void **state)
{
	struct box_office *f = *state;
	struct pay_answer out, again;

	till->open = PSP_UNSURE;
	assert_int_equal(pay(f, &out), PAY_LATER);
	box_office_sql(f, "UPDATE payments SET created_at = created_at - INTERVAL 60 SECOND");
	assert_int_equal(pay(f, &again), PAY_LATER);
	assert_int_not_equal(out.payment, again.payment);
	assert_string_equal(state_of(f, out.payment), "failed\n");
}

static void
a_refusal_ends_the_payment_and_the_next_press_makes_another(void **state)
{
	struct box_office *f = *state;
	struct pay_answer out, again;

	till->open = PSP_REFUSED;
	assert_int_equal(pay(f, &out), PAY_REFUSED);
	assert_string_equal(state_of(f, out.payment), "failed\n");
	till->open = PSP_OK;
	assert_int_equal(pay(f, &again), PAY_GO);
	assert_int_not_equal(out.payment, again.payment);
}

static void
a_busy_provider_is_told_at_once_and_another_may_be_taken(void **state)
{
	struct box_office *f = *state;
	struct pay_answer out;

	till->open = PSP_BUSY;
	assert_int_equal(pay(f, &out), PAY_BUSY);
	assert_int_equal(till->opens, 1);
	assert_int_equal(pay_at(f, "slot", &out), PAY_GO);
	assert_int_equal(till->closes, 0);	/* never opened, so nothing to close */
}

static void
what_a_provider_does_not_take_is_never_stored(void **state)
{
	struct box_office *f = *state;
	struct pay_answer out;
	struct span *names;

	till->small = true;
	assert_int_equal(pay(f, &out), PAY_REFUSED);
	assert_int_equal(pay_at(f, "nobody", &out), PAY_REFUSED);
	assert_int_equal(box_office_number(f, "SELECT COUNT(*) FROM payments WHERE show_id = %" PRId64, f->show), 0);
	assert_int_equal(pay_ways(&flow, hold.total, &names), 2);
	assert_true(span_is(names[0], "slot") && span_is(names[1], "tray"));
}

static void
a_provider_that_was_switched_off_is_not_offered_but_what_began_goes_on(void **state)
{
	struct box_office *f = *state;
	int64_t payment = paying(f);
	struct pay_answer out;
	struct span *names;

	assert_int_equal(provider_switch(f->db, SPAN("till"), false), OUTCOME_OK);
	assert_int_equal(pay_ways(&flow, hold.total, &names), 2);
	assert_int_equal(pay(f, &out), PAY_REFUSED);
	assert_int_equal(webhook(paid_event(f, payment, "evt-1")), WEBHOOK_TAKEN);
	assert_string_equal(state_of(f, payment), "paid\n");
	assert_int_equal(provider_switch(f->db, SPAN("till"), true), OUTCOME_OK);
	assert_int_equal(pay_ways(&flow, hold.total, &names), 3);
}

static void
an_ended_hold_cannot_be_paid(void **state)
{
	struct box_office *f = *state;
	struct pay_answer out;

	box_office_later(f, f->show, 700);
	assert_int_equal(pay(f, &out), PAY_NO);
	assert_int_equal(out.outcome, OUTCOME_EXPIRED);
	assert_int_equal(till->opens, 0);
}

/* -- coming back ----------------------------------------------------------------------------------------------------------- */

static void
coming_back_asks_the_provider_and_settles(void **state)
{
	struct box_office *f = *state;
	int64_t payment = paying(f);
	struct payment p;

	till->fact = FACT_PAID;
	assert_int_equal(finish_return(&flow, f->show, payment, &p), RETURN_CONFIRMED);
	assert_int_equal(p.booking_state, BOOKING_CONFIRMED);
	assert_int_equal(live_tickets(f), 2);
	assert_int_equal(finish_return(&flow, f->show, payment, &p), RETURN_CONFIRMED);
	assert_int_equal(till->reads, 1);
}

static void
coming_back_asks_once_in_three_seconds(void **state)
{
	struct box_office *f = *state;
	int64_t payment = paying(f);
	struct payment p;

	assert_int_equal(finish_return(&flow, f->show, payment, &p), RETURN_OPEN);
	assert_int_equal(finish_return(&flow, f->show, payment, &p), RETURN_CHECKING);
	assert_int_equal(till->reads, 1);
	patience(f);
	assert_int_equal(finish_return(&flow, f->show, payment, &p), RETURN_OPEN);
	assert_int_equal(till->reads, 2);
}

static void
no_answer_is_never_an_error(void **state)
{
	static const enum psp_result results[] = { PSP_AGAIN, PSP_UNSURE, PSP_BUSY, PSP_REFUSED, PSP_NOT_FOUND, PSP_CONFLICT };
	struct box_office *f = *state;
	int64_t payment = paying(f);
	struct payment p;

	for (size_t i = 0; i < ARRAY_LEN(results); i++) {
		till->read = results[i];
		patience(f);
		assert_int_equal(finish_return(&flow, f->show, payment, &p), RETURN_CHECKING);
	}
	assert_int_equal(finish_return(&flow, f->show, payment + 1, &p), RETURN_NOT_FOUND);
}

static void
each_word_of_the_provider_has_its_page(void **state)
{
	static const struct {
		enum payment_fact fact;
		enum return_end end;
		const char *state;
	} cases[] = {
		{ FACT_UNKNOWN, RETURN_CHECKING, "open\n" }, { FACT_OPEN, RETURN_OPEN, "open\n" }, { FACT_PENDING, RETURN_CHECKING, "open\n" },
		{ FACT_FAILED, RETURN_ENDED, "failed\n" }, { FACT_CLOSED, RETURN_ENDED, "closed\n" }, { FACT_PAID, RETURN_CONFIRMED, "paid\n" },
	};
	struct payment p;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct box_office *f = *state;
		int64_t payment;

		ann_holds(state);
		payment = paying(f);
		till->fact = cases[i].fact;
		assert_int_equal(finish_return(&flow, f->show, payment, &p), cases[i].end);
		assert_string_equal(state_of(f, payment), cases[i].state);
	}
}

static void
another_amount_or_mode_makes_no_tickets(void **state)
{
	struct box_office *f = *state;
	int64_t payment = paying(f);
	struct payment p;

	till->fact = FACT_PAID;
	till->live = true;
	finish_return(&flow, f->show, payment, &p);
	assert_int_equal(live_tickets(f), 0);
	till->live = false;
	till->amount.minor = 100;
	patience(f);
	assert_int_equal(finish_return(&flow, f->show, payment, &p), RETURN_REFUND);
	assert_int_equal(live_tickets(f), 0);
}

static void
an_amount_that_cannot_be_read_changes_nothing(void **state)
{
	struct box_office *f = *state;
	int64_t payment = paying(f);
	struct payment p;

	till->fact = FACT_PAID;
	till->amount = (struct money){ .minor = -1 };
	assert_int_equal(finish_return(&flow, f->show, payment, &p), RETURN_CHECKING);
	assert_string_equal(state_of(f, payment), "open\n");
}

static void
a_session_that_is_anothers_changes_nothing(void **state)
{
	struct box_office *f = *state;
	int64_t payment = paying(f);
	struct payment p;

	till->fact = FACT_PAID;
	till->strangers = true;
	assert_int_equal(finish_return(&flow, f->show, payment, &p), RETURN_CHECKING);
	assert_string_equal(state_of(f, payment), "open\n");
}

/* -- messages -------------------------------------------------------------------------------------------------------------- */

static void
a_signed_message_makes_tickets_once(void **state)
{
	struct box_office *f = *state;
	int64_t payment = paying(f);

	for (int i = 0; i < 3; i++)
		assert_int_equal(webhook(paid_event(f, payment, i < 2 ? "evt-1" : "evt-2")), WEBHOOK_TAKEN);
	assert_string_equal(state_of(f, payment), "paid\n");
	assert_int_equal(live_tickets(f), 2);
	assert_int_equal(events(f, "TRUE"), 2);
	assert_int_equal(attentions(f, "TRUE"), 0);
	assert_int_equal(box_office_number(f, "SELECT COUNT(*) FROM outbox WHERE type = 'BOOKING_CONFIRMED' AND show_id = %" PRId64, f->show), 1);
	assert_int_equal(till->reads, 0);	/* a message is answered without asking anybody */
}

static void
what_is_not_signed_is_not_even_stored(void **state)
{
	struct box_office *f = *state;
	int64_t payment = paying(f);

	till->event = paid_event(f, payment, "evt-1");
	assert_int_equal(till_hears("", SPAN("{}")), WEBHOOK_NOT_SIGNED);
	assert_int_equal(till_hears("old", SPAN("{}")), WEBHOOK_NOT_SIGNED);
	assert_int_equal(till_hears("good", SPAN("")), WEBHOOK_UNREADABLE);
	assert_int_equal(take_webhook(&flow, SPAN("nobody"), &(struct message_in){ .body = SPAN("{}") }), WEBHOOK_NO_PROVIDER);
	assert_int_equal(events(f, "TRUE"), 0);
	assert_string_equal(state_of(f, payment), "open\n");
}

static void
a_message_without_our_reference_is_found_by_its_session(void **state)
{
	struct box_office *f = *state;
	int64_t payment = paying(f);
	struct psp_event e = paid_event(f, payment, "evt-1");

	e.payment.reference = SPAN_NONE;
	assert_int_equal(webhook(e), WEBHOOK_TAKEN);
	assert_int_equal(live_tickets(f), 2);
}

static void
money_that_fits_nothing_is_kept_for_a_human(void **state)
{
	struct box_office *f = *state;
	struct psp_event e = paid_event(f, 4711, "evt-1");

	assert_int_equal(webhook(e), WEBHOOK_TAKEN);
	e.id = SPAN("evt-2");
	e.payment.reference = SPAN("somebody's");
	assert_int_equal(webhook(e), WEBHOOK_TAKEN);
	e.id = SPAN("evt-3");
	e.payment.fact = FACT_CLOSED;
	assert_int_equal(webhook(e), WEBHOOK_TAKEN);
	assert_int_equal(attentions(f, "show_id = 0"), 2);
	assert_int_equal(events(f, "show_id = 0"), 3);
}

static void
an_unknown_message_is_kept_and_a_dispute_shown(void **state)
{
	struct box_office *f = *state;
	struct psp_event e = { .kind = EVENT_OTHER, .id = SPAN("evt-1"), .type = SPAN("plan.created"),
		.payment = { .reference = SPAN_NONE, .capture = SPAN_NONE } };

	assert_int_equal(webhook(e), WEBHOOK_TAKEN);
	assert_int_equal(webhook(e), WEBHOOK_TAKEN);
	assert_int_equal(events(f, "TRUE"), 1);
	assert_int_equal(attentions(f, "TRUE"), 0);
	e.id = SPAN("evt-2");
	e.kind = EVENT_DISPUTE;
	e.payment.capture = SPAN("cap-1");
	assert_int_equal(webhook(e), WEBHOOK_TAKEN);
	assert_int_equal(attentions(f, "show_id = 0 AND words = 'a dispute, but of no payment of ours'"), 1);
}

/* The directory is written after the commit, so whoever died in between left nothing there. */
static void
whoever_tells_of_a_payment_again_lets_it_be_found_by_its_capture(void **state)
{
	struct box_office *f = *state;
	int64_t payment = paying(f);
	struct psp_event e = paid_event(f, payment, "evt-1");

	assert_int_equal(webhook(e), WEBHOOK_TAKEN);
	box_office_sql(f, "DELETE FROM payment_sessions WHERE session = 'cap-1'");
	e.id = SPAN("evt-2");
	e.payment.capture = SPAN("cap-2");		/* not what was noted with it */
	assert_int_equal(webhook(e), WEBHOOK_TAKEN);
	assert_int_equal(box_office_number(f, "SELECT COUNT(*) FROM payment_sessions WHERE session LIKE 'cap-%%'"), 0);
	e.id = SPAN("evt-3");
	e.payment.capture = SPAN("cap-1");
	assert_int_equal(webhook(e), WEBHOOK_TAKEN);
	assert_int_equal(box_office_number(f, "SELECT payment_id = %" PRId64 " FROM payment_sessions WHERE session = 'cap-1'", payment), 1);
}

static void
an_event_too_long_to_store_is_refused(void **state)
{
	struct box_office *f = *state;
	struct psp_event e = paid_event(f, paying(f), "evt-1");
	char id[121];

	memset(id, 'x', sizeof(id));
	e.id = (struct span){ id, sizeof(id) };
	assert_int_equal(webhook(e), WEBHOOK_UNREADABLE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup(name, ann_holds)
		T(paying_stores_first_and_then_sends_the_buyer_there), T(pressing_pay_again_leads_to_the_same_page),
		T(pressing_pay_when_it_was_paid_settles_it), T(pressing_pay_on_a_session_that_is_over_makes_a_new_one),
		T(another_provider_closes_the_first_session_before), T(another_provider_is_not_asked_when_the_first_was_just_paid),
		T(a_lost_answer_is_asked_for_again_with_the_same_key), T(without_an_answer_the_same_payment_goes_on_later),
		T(a_key_that_never_answers_is_left_for_a_new_one), T(a_refusal_ends_the_payment_and_the_next_press_makes_another),
		T(a_busy_provider_is_told_at_once_and_another_may_be_taken), T(what_a_provider_does_not_take_is_never_stored),
		T(a_provider_that_was_switched_off_is_not_offered_but_what_began_goes_on),
		T(an_ended_hold_cannot_be_paid), T(coming_back_asks_the_provider_and_settles),
		T(coming_back_asks_once_in_three_seconds), T(no_answer_is_never_an_error),
		T(each_word_of_the_provider_has_its_page), T(another_amount_or_mode_makes_no_tickets),
		T(an_amount_that_cannot_be_read_changes_nothing), T(a_session_that_is_anothers_changes_nothing), T(a_signed_message_makes_tickets_once),
		T(what_is_not_signed_is_not_even_stored), T(a_message_without_our_reference_is_found_by_its_session),
		T(whoever_tells_of_a_payment_again_lets_it_be_found_by_its_capture),
		T(money_that_fits_nothing_is_kept_for_a_human), T(an_unknown_message_is_kept_and_a_dispute_shown),
		T(an_event_too_long_to_store_is_refused),
	};

	return cmocka_run_group_tests(tests, box_office_open, box_office_close);
}
