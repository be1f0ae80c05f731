/*
 * test_cancel.c - giving tickets back, and money back with or without tickets: seats are free at once, the books add up to the last
 * penny, and the sum of what goes back never exceeds what was taken.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "t/lib/till.h"

#include "base/crypto.h"
#include "domain/audit.h"
#include "domain/cancel.h"
#include "domain/holds.h"
#include "domain/refunds.h"

static int64_t payment, booking;

/* Ann has bought A1 and A2 for £32.00; the show takes tickets back until a day before, and keeps £2.00 of each. */
static int
ann_bought(void **state)
{
	struct box_office *f = *state;
	int end = ann_holds(state);

	payment = paying(f);
	assert_int_equal(webhook(paid_event(f, payment, "evt-paid")), WEBHOOK_TAKEN);
	booking = box_office_number(f, "SELECT booking_id FROM bookings WHERE show_id = %" PRId64, f->show);
	box_office_sql(f, "UPDATE show_sales SET cancel_hours = 24, cancel_fee_minor = 200 WHERE show_id = %" PRId64, f->show);
	assert_int_equal(live_tickets(f), 2);
	return end;
}

static int
audited(void **state)
{
	struct box_office *f = *state;
	struct audit_result r;
	struct buf out;

	box_office_sql(f, "UPDATE show_sales SET cancel_hours = NULL, state = 'on_sale' WHERE show_id = %" PRId64, f->show);
	buf_init(&out, f->arena, MiB);
	if (!audit_run(f->db, f->arena, 300, &out, &r) || r.violations)
		print_message("%s", out.p);
	return r.violations != 0;
}

static struct cancel_ask
by_buyer(struct box_office *f, int64_t seat, int64_t expect)
{
	struct cancel_ask ask = { .show = f->show, .booking = booking, .by_buyer = true, .expect_minor = expect, .refund = id_new() };

	if (seat)
		ask.seats[ask.n++] = seat;
	return ask;
}

static enum outcome
cancels(struct box_office *f, struct cancel_ask ask, struct cancel_result *r)
{
	return booking_cancel(f->db, f->arena, &ask, r);
}

static const char *
refunds(struct box_office *f)
{
	return box_office_text(f, "SELECT state, amount_minor, reason FROM refunds WHERE show_id = %" PRId64 " ORDER BY refund_id", f->show);
}

/* -- by the buyer ---------------------------------------------------------------------------------------------------------- */

static void
a_buyer_gives_all_back_and_gets_the_money_without_the_fee(void **state)
{
	struct box_office *f = *state;
	struct cancel_result r;

	assert_int_equal(cancels(f, by_buyer(f, 0, 2800), &r), OUTCOME_OK);
	assert_int_equal(r.back.minor, 2800);
	assert_int_equal(r.kept.minor, 400);
	assert_int_equal(r.cancelled, 2);
	assert_int_equal(free_seats(f), 10);
	assert_int_equal(live_tickets(f), 0);
	assert_string_equal(refunds(f), "pending\t2800\tgiven_back\n");
	assert_string_equal(state_of(f, payment), "refund_due\n");
	assert_int_equal(run_refunds(&flow, 10), 1);
	assert_string_equal(state_of(f, payment), "refunded\n");
	assert_int_equal(till->refunds, 1);
	assert_string_equal(box_office_text(f, "SELECT state FROM bookings WHERE show_id = %" PRId64, f->show), "cancelled\n");
}

static void
a_single_seat_goes_back_and_the_other_ticket_stays(void **state)
{
	struct box_office *f = *state;
	struct cancel_result r;

	assert_int_equal(cancels(f, by_buyer(f, f->seats[A2], 1400), &r), OUTCOME_OK);
	assert_int_equal(r.left, 1);
	assert_int_equal(live_tickets(f), 1);
	assert_int_equal(free_seats(f), 9);
	assert_string_equal(state_of(f, payment), "paid\n");
	assert_string_equal(refunds(f), "pending\t1400\tgiven_back\n");
	assert_int_equal(run_refunds(&flow, 10), 1);
	assert_string_equal(state_of(f, payment), "paid\n");
	/* and then the other one too */
	assert_int_equal(cancels(f, by_buyer(f, f->seats[A1], 1400), &r), OUTCOME_OK);
	assert_int_equal(r.left, 0);
	assert_string_equal(state_of(f, payment), "refund_due\n");
	assert_int_equal(run_refunds(&flow, 10), 1);
	assert_string_equal(state_of(f, payment), "refunded\n");
}

static void
a_seat_given_back_can_be_bought_by_another(void **state)
{
	struct box_office *f = *state;
	struct hold_ask ask = { .show = f->show, .buyer = f->bob, .seats = { { f->seats[A2] }, 1 } };
	struct cancel_result r;
	struct hold_result held;

	assert_int_equal(cancels(f, by_buyer(f, f->seats[A2], 1400), &r), OUTCOME_OK);
	assert_int_equal(hold_take(f->db, f->arena, &ask, &held), OUTCOME_OK);
}

static void
pressing_twice_gives_back_once(void **state)
{
	struct box_office *f = *state;
	struct cancel_ask ask = by_buyer(f, f->seats[A2], 1400);
	struct cancel_result r;

	assert_int_equal(cancels(f, ask, &r), OUTCOME_OK);
	assert_int_equal(cancels(f, ask, &r), OUTCOME_OK);	/* a COMMIT whose answer was lost */
	assert_true(r.again);
	ask.refund = id_new();
	assert_int_equal(cancels(f, ask, &r), OUTCOME_CHANGED);
	assert_int_equal(box_office_number(f, "SELECT COUNT(*) FROM refunds WHERE show_id = %" PRId64, f->show), 1);
}

static void
too_late_or_not_at_all_changes_nothing(void **state)
{
	struct box_office *f = *state;
	struct cancel_result r;

	box_office_sql(f, "UPDATE show_sales SET cancel_hours = 72 WHERE show_id = %" PRId64, f->show);	/* it starts in two days */
	assert_int_equal(cancels(f, by_buyer(f, 0, 2800), &r), OUTCOME_CLOSED);
	box_office_sql(f, "UPDATE show_sales SET cancel_hours = NULL WHERE show_id = %" PRId64, f->show);
	assert_int_equal(cancels(f, by_buyer(f, 0, 2800), &r), OUTCOME_CLOSED);
	assert_int_equal(live_tickets(f), 2);
	assert_string_equal(refunds(f), "");
}

static void
other_money_than_was_told_changes_nothing(void **state)
{
	struct box_office *f = *state;
	struct cancel_result r;

	assert_int_equal(cancels(f, by_buyer(f, 0, 3200), &r), OUTCOME_CHANGED);
	assert_int_equal(live_tickets(f), 2);
}

static void
a_used_ticket_or_a_strangers_seat_cannot_be_given_back(void **state)
{
	struct box_office *f = *state;
	struct cancel_result r;

	assert_int_equal(cancels(f, by_buyer(f, f->seats[B1], 1400), &r), OUTCOME_NOT_FOUND);
	box_office_sql(f, "UPDATE booking_seats SET checked_in_at = UTC_TIMESTAMP(3) WHERE seat_id = %" PRId64, f->seats[A1]);
	assert_int_equal(cancels(f, by_buyer(f, f->seats[A1], 1400), &r), OUTCOME_CHANGED);
	assert_int_equal(cancels(f, by_buyer(f, 0, 2800), &r), OUTCOME_CHANGED);
	assert_int_equal(live_tickets(f), 2);
	box_office_sql(f, "UPDATE booking_seats SET checked_in_at = NULL");
}

static void
a_fee_above_the_price_keeps_the_price_and_no_more(void **state)
{
	struct box_office *f = *state;
	struct cancel_result r;

	box_office_sql(f, "UPDATE show_sales SET cancel_fee_minor = 5000 WHERE show_id = %" PRId64, f->show);
	assert_int_equal(cancels(f, by_buyer(f, 0, 0), &r), OUTCOME_OK);
	assert_int_equal(r.kept.minor, 3200);
	assert_string_equal(refunds(f), "");
	assert_string_equal(state_of(f, payment), "paid\n");	/* and none of it goes back */
}

static void
the_terms_say_until_when_and_what_is_kept(void **state)
{
	struct box_office *f = *state;
	struct cancel_terms t;

	assert_int_equal(cancel_terms_read(f->db, f->show, &t), OUTCOME_OK);
	assert_true(t.allowed && t.in_time);
	assert_int_equal(t.fee_minor, 200);
	assert_int_equal(t.until_ms / 1000, box_office_number(f, "SELECT FLOOR(UNIX_TIMESTAMP(starts_at)) - 86400 FROM show_sales WHERE show_id = %"
	    PRId64, f->show));
	box_office_sql(f, "UPDATE show_sales SET cancel_hours = NULL WHERE show_id = %" PRId64, f->show);
	assert_int_equal(cancel_terms_read(f->db, f->show, &t), OUTCOME_OK);
	assert_false(t.allowed);
}

/* -- by the house ------------------------------------------------------------------------------------------------------------ */

static void
the_house_cancels_without_giving_anything_back_and_gives_it_later(void **state)
{
	struct box_office *f = *state;
	struct cancel_ask ask = { .show = f->show, .booking = booking, .keep_minor = 3200, .refund = id_new() };
	struct cancel_result r;
	struct money left;

	assert_int_equal(cancels(f, ask, &r), OUTCOME_OK);
	assert_string_equal(refunds(f), "");
	assert_int_equal(refund_give(f->db, f->arena, f->show, payment, id_new(), 3200, SPAN("goodwill"), &left), OUTCOME_OK);
	assert_int_equal(run_refunds(&flow, 10), 1);
	assert_string_equal(refunds(f), "done\t3200\tgoodwill\n");
}

static void
money_may_go_back_while_the_tickets_stay(void **state)
{
	struct box_office *f = *state;
	struct money left;

	assert_int_equal(refund_give(f->db, f->arena, f->show, payment, id_new(), 500, SPAN("goodwill"), &left), OUTCOME_OK);
	assert_int_equal(run_refunds(&flow, 10), 1);
	assert_int_equal(live_tickets(f), 2);
	assert_string_equal(state_of(f, payment), "paid\n");
}

static void
never_more_than_was_taken_goes_back(void **state)
{
	struct box_office *f = *state;
	struct cancel_result r;
	struct money left;

	assert_int_equal(refund_give(f->db, f->arena, f->show, payment, id_new(), 3000, SPAN("goodwill"), &left), OUTCOME_OK);
	assert_int_equal(refund_give(f->db, f->arena, f->show, payment, id_new(), 201, SPAN("goodwill"), &left), OUTCOME_LIMIT);
	assert_int_equal(left.minor, 200);
	/* who had most of it back already gets the rest */
	assert_int_equal(cancels(f, by_buyer(f, 0, 2800), &r), OUTCOME_CHANGED);
	assert_int_equal(cancels(f, by_buyer(f, 0, 200), &r), OUTCOME_OK);
	assert_int_equal(r.back.minor, 200);
	assert_int_equal(box_office_number(f, "SELECT SUM(amount_minor) FROM refunds WHERE show_id = %" PRId64, f->show), 3200);
}

static void
a_refund_that_needs_a_human_ends_by_hand_or_is_asked_for_anew(void **state)
{
	struct box_office *f = *state;
	struct cancel_result r;
	struct refund refund;

	till->refund = PSP_REFUSED;
	assert_int_equal(cancels(f, by_buyer(f, f->seats[A1], 1400), &r), OUTCOME_OK);
	assert_int_equal(run_refunds(&flow, 10), 1);
	assert_int_equal(attentions(f, "kind = 'refund'"), 1);
	assert_int_equal(refund_of_payment(f->db, f->arena, f->show, payment, &refund), OUTCOME_OK);
	assert_int_equal(refund.state, REFUND_ROW_HUMAN);
	assert_int_equal(refund_by_hand(f->db, f->arena, f->show, refund.id, id_new(), SPAN("bank transfer of 3 May")), OUTCOME_OK);
	assert_int_equal(attentions(f, "TRUE"), 0);
	assert_string_equal(refunds(f), "failed\t1400\tgiven_back\ndone\t1400\tgiven_back\n");
	assert_int_equal(cancels(f, by_buyer(f, f->seats[A2], 1400), &r), OUTCOME_OK);
	assert_int_equal(run_refunds(&flow, 10), 1);
	assert_int_equal(refund_of_payment(f->db, f->arena, f->show, payment, &refund), OUTCOME_OK);
	till->refund = PSP_OK;
	assert_int_equal(refund_again(f->db, f->arena, f->show, refund.id, id_new()), OUTCOME_OK);
	assert_int_equal(refund_again(f->db, f->arena, f->show, refund.id, id_new()), OUTCOME_CHANGED);
	assert_int_equal(run_refunds(&flow, 10), 1);
	assert_string_equal(state_of(f, payment), "refunded\n");
	assert_int_equal(attentions(f, "TRUE"), 0);
}

/* -- at the provider ----------------------------------------------------------------------------------------------------------- */

static struct psp_event
refunded_there(struct box_office *f, const char *event, const char *id, int64_t minor, enum refund_fact fact)
{
	struct psp_event e = { .kind = EVENT_REFUND, .id = span_of(event), .type = SPAN("refund.created"),
		.payment = { .reference = SPAN_NONE, .session = SPAN_NONE, .capture = SPAN("cap-1") },
		.refund = { .fact = fact, .id = span_of(id), .reference = SPAN_NONE, .why = SPAN_NONE, .amount = money_of(minor, SPAN("GBP")) } };

	(void)f;
	return e;
}

static void
a_refund_made_at_the_provider_is_recorded_once_and_shown(void **state)
{
	struct box_office *f = *state;
	struct money left;

	assert_int_equal(webhook(refunded_there(f, "evt-r1", "re-out", 1000, REFUND_DONE)), WEBHOOK_TAKEN);
	assert_int_equal(webhook(refunded_there(f, "evt-r2", "re-out", 1000, REFUND_DONE)), WEBHOOK_TAKEN);
	assert_string_equal(refunds(f), "done\t1000\tprovider\n");
	assert_int_equal(attentions(f, "kind = 'refund'"), 1);
	assert_int_equal(refund_give(f->db, f->arena, f->show, payment, id_new(), 2201, SPAN("goodwill"), &left), OUTCOME_LIMIT);
	assert_int_equal(left.minor, 2200);
}

static void
what_was_refunded_there_need_not_be_asked_for_by_us(void **state)
{
	struct box_office *f = *state;
	struct cancel_result r;

	assert_int_equal(cancels(f, by_buyer(f, 0, 2800), &r), OUTCOME_OK);
	assert_int_equal(webhook(refunded_there(f, "evt-r1", "re-out", 2800, REFUND_DONE)), WEBHOOK_TAKEN);
	assert_int_equal(run_refunds(&flow, 10), 0);
	assert_int_equal(till->refunds, 0);
	assert_string_equal(state_of(f, payment), "refunded\n");
	assert_string_equal(refunds(f), "failed\t2800\tgiven_back\ndone\t2800\tprovider\n");
}

static void
more_than_was_taken_is_only_shown(void **state)
{
	struct box_office *f = *state;

	assert_int_equal(webhook(refunded_there(f, "evt-r1", "re-out", 3201, REFUND_DONE)), WEBHOOK_TAKEN);
	assert_string_equal(refunds(f), "");
	assert_int_equal(attentions(f, "TRUE"), 1);
}

static void
a_refund_told_of_before_its_payment_is_shown(void **state)
{
	struct box_office *f = *state;
	struct psp_event e = refunded_there(f, "evt-r1", "re-out", 3200, REFUND_DONE);
	int64_t early;

	ann_holds(state);
	early = paying(f);
	e.payment.reference = payment_reference(f->arena, f->show, early);
	assert_int_equal(webhook(e), WEBHOOK_TAKEN);
	assert_int_equal(attentions(f, "kind = 'refund' AND subject = 're-out'"), 1);
	assert_int_equal(webhook(paid_event(f, early, "evt-p1")), WEBHOOK_TAKEN);
	assert_int_equal(live_tickets(f), 2);		/* whoever looks finds these, paid for with nothing */
}

static void
a_refund_made_there_in_money_that_is_not_ours_is_shown(void **state)
{
	struct box_office *f = *state;
	struct psp_event e = refunded_there(f, "evt-r1", "re-out", 1000, REFUND_DONE);

	e.refund.amount = (struct money){ .minor = -1 };	/* it could not be read */
	assert_int_equal(webhook(e), WEBHOOK_TAKEN);
	assert_string_equal(refunds(f), "");
	assert_int_equal(attentions(f, "kind = 'refund' AND subject = 're-out'"), 1);
}

static void
a_refund_from_there_that_comes_back_needs_a_human(void **state)
{
	struct box_office *f = *state;

	assert_int_equal(webhook(refunded_there(f, "evt-r1", "re-out", 1000, REFUND_DONE)), WEBHOOK_TAKEN);
	assert_int_equal(webhook(refunded_there(f, "evt-r2", "re-out", 1000, REFUND_FAILED)), WEBHOOK_TAKEN);
	assert_string_equal(refunds(f), "human\t1000\tprovider\n");
}

/* The message that a refund of ours, which we had heard nothing of, was done. */
static struct psp_event
done_there(struct box_office *f, const char *event, int64_t refund)
{
	struct psp_event e = refunded_there(f, event, "re-late", 1400, REFUND_DONE);

	e.refund.reference = payment_reference(f->arena, f->show, refund);
	return e;
}

static void
a_refund_that_waits_for_a_human_and_was_done_after_all_is_shown_as_that(void **state)
{
	struct box_office *f = *state;
	struct cancel_result r;
	struct refund refund;

	till->refund = PSP_REFUSED;
	assert_int_equal(cancels(f, by_buyer(f, f->seats[A1], 1400), &r), OUTCOME_OK);
	assert_int_equal(run_refunds(&flow, 10), 1);
	assert_int_equal(refund_of_payment(f->db, f->arena, f->show, payment, &refund), OUTCOME_OK);
	assert_int_equal(webhook(done_there(f, "evt-late", refund.id)), WEBHOOK_TAKEN);
	assert_int_equal(attentions(f, "kind = 'refund'"), 1);
	assert_int_equal(attentions(f, "words LIKE '%%re-late%%do not ask%%'"), 1);
}

static void
a_refund_that_was_given_up_and_done_after_all_is_shown(void **state)
{
	struct box_office *f = *state;
	struct cancel_result r;

	till->refund = PSP_UNSURE;
	assert_int_equal(cancels(f, by_buyer(f, f->seats[A1], 1400), &r), OUTCOME_OK);
	for (int i = 0; i < 5; i++) {
		run_refunds(&flow, 10);
		patience(f);
	}
	till->refund = PSP_OK;
	run_refunds(&flow, 10);
	assert_string_equal(refunds(f), "failed\t1400\tgiven_back\ndone\t1400\tgiven_back\n");
	assert_int_equal(webhook(done_there(f, "evt-late", box_office_number(f, "SELECT MIN(refund_id) FROM refunds WHERE show_id = %" PRId64,
	    f->show))), WEBHOOK_TAKEN);
	assert_int_equal(attentions(f, "kind = 'refund' AND words LIKE '%%re-late%%'"), 1);
}

static void
a_refund_that_the_provider_called_failed_is_no_news_when_it_was_done_before(void **state)
{
	struct box_office *f = *state;
	struct cancel_result r;

	till->refund_fact = REFUND_FAILED;
	assert_int_equal(cancels(f, by_buyer(f, f->seats[A1], 1400), &r), OUTCOME_OK);
	assert_int_equal(run_refunds(&flow, 1), 1);
	assert_string_equal(refunds(f), "failed\t1400\tgiven_back\npending\t1400\tgiven_back\n");
	assert_int_equal(webhook(done_there(f, "evt-late", box_office_number(f, "SELECT MIN(refund_id) FROM refunds WHERE show_id = %" PRId64,
	    f->show))), WEBHOOK_TAKEN);
	assert_int_equal(attentions(f, "TRUE"), 0);
}

static void
a_dispute_is_recorded_and_shown_until_it_is_won(void **state)
{
	struct box_office *f = *state;
	struct psp_event e = refunded_there(f, "evt-d1", "du-1", 3200, REFUND_UNKNOWN);

	e.kind = EVENT_DISPUTE;
	e.refund.why = SPAN("needs_response");
	assert_int_equal(webhook(e), WEBHOOK_TAKEN);
	assert_int_equal(webhook(e), WEBHOOK_TAKEN);
	assert_string_equal(box_office_text(f, "SELECT state, status, amount_minor, payment_id = %" PRId64 " FROM disputes", payment),
	    "open\tneeds_response\t3200\t1\n");
	assert_int_equal(attentions(f, "kind = 'dispute'"), 1);
	e.id = SPAN("evt-d2");
	e.dispute = DISPUTE_WON;
	e.refund.why = SPAN("won");
	assert_int_equal(webhook(e), WEBHOOK_TAKEN);
	assert_string_equal(box_office_text(f, "SELECT state FROM disputes"), "won\n");
	assert_int_equal(attentions(f, "kind = 'dispute'"), 0);
	e.id = SPAN("evt-d3");		/* out of order */
	e.dispute = DISPUTE_OPEN;
	assert_int_equal(webhook(e), WEBHOOK_TAKEN);
	assert_string_equal(box_office_text(f, "SELECT state FROM disputes"), "won\n");
}

static void
a_dispute_lost_after_it_was_answered_is_shown_again(void **state)
{
	struct box_office *f = *state;
	struct psp_event e = refunded_there(f, "evt-d1", "du-1", 3200, REFUND_UNKNOWN);

	e.kind = EVENT_DISPUTE;
	e.refund.why = SPAN("needs_response");
	assert_int_equal(webhook(e), WEBHOOK_TAKEN);
	box_office_sql(f, "UPDATE attention SET done_at = UTC_TIMESTAMP(3), done_words = 'answered' WHERE kind = 'dispute'");
	e.id = SPAN("evt-d2");
	e.refund.why = SPAN("under_review");
	assert_int_equal(webhook(e), WEBHOOK_TAKEN);
	assert_int_equal(attentions(f, "kind = 'dispute'"), 0);		/* the same again */
	e.id = SPAN("evt-d3");
	e.dispute = DISPUTE_LOST;
	e.refund.why = SPAN("lost");
	assert_int_equal(webhook(e), WEBHOOK_TAKEN);
	assert_int_equal(attentions(f, "kind = 'dispute' AND words LIKE '%%lost%%'"), 1);
}

static void
a_dispute_whose_end_is_told_first_is_not_opened_by_what_comes_late(void **state)
{
	struct box_office *f = *state;
	struct psp_event e = refunded_there(f, "evt-d1", "du-1", 3200, REFUND_UNKNOWN);

	e.kind = EVENT_DISPUTE;
	e.dispute = DISPUTE_WON;
	e.refund.why = SPAN("won");
	assert_int_equal(webhook(e), WEBHOOK_TAKEN);
	e.id = SPAN("evt-d2");
	e.dispute = DISPUTE_OPEN;
	e.refund.why = SPAN("needs_response");
	assert_int_equal(webhook(e), WEBHOOK_TAKEN);
	assert_int_equal(attentions(f, "kind = 'dispute'"), 0);
	e.id = SPAN("evt-d3");
	e.dispute = DISPUTE_LOST;
	e.refund.why = SPAN("lost");		/* in an appeal */
	assert_int_equal(webhook(e), WEBHOOK_TAKEN);
	assert_int_equal(attentions(f, "kind = 'dispute' AND subject = 'du-1' AND words LIKE '%%lost%%'"), 1);
	e.id = SPAN("evt-d4");
	e.refund.id = SPAN("du-2");
	e.dispute = DISPUTE_LOST;
	e.refund.why = SPAN("lost");
	assert_int_equal(webhook(e), WEBHOOK_TAKEN);
	e.id = SPAN("evt-d5");
	e.dispute = DISPUTE_OPEN;
	assert_int_equal(webhook(e), WEBHOOK_TAKEN);
	assert_int_equal(attentions(f, "kind = 'dispute' AND words LIKE '%%lost%%'"), 2);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, ann_bought, audited)
		T(a_buyer_gives_all_back_and_gets_the_money_without_the_fee), T(a_single_seat_goes_back_and_the_other_ticket_stays),
		T(a_seat_given_back_can_be_bought_by_another), T(pressing_twice_gives_back_once), T(too_late_or_not_at_all_changes_nothing),
		T(other_money_than_was_told_changes_nothing), T(a_used_ticket_or_a_strangers_seat_cannot_be_given_back),
		T(a_fee_above_the_price_keeps_the_price_and_no_more), T(the_terms_say_until_when_and_what_is_kept),
		T(the_house_cancels_without_giving_anything_back_and_gives_it_later), T(money_may_go_back_while_the_tickets_stay),
		T(never_more_than_was_taken_goes_back), T(a_refund_that_needs_a_human_ends_by_hand_or_is_asked_for_anew),
		T(a_refund_made_at_the_provider_is_recorded_once_and_shown), T(what_was_refunded_there_need_not_be_asked_for_by_us),
		T(more_than_was_taken_is_only_shown), T(a_refund_told_of_before_its_payment_is_shown),
		T(a_refund_made_there_in_money_that_is_not_ours_is_shown), T(a_refund_from_there_that_comes_back_needs_a_human),
		T(a_refund_that_waits_for_a_human_and_was_done_after_all_is_shown_as_that),
		T(a_refund_that_was_given_up_and_done_after_all_is_shown),
		T(a_refund_that_the_provider_called_failed_is_no_news_when_it_was_done_before),
		T(a_dispute_is_recorded_and_shown_until_it_is_won), T(a_dispute_lost_after_it_was_answered_is_shown_again),
		T(a_dispute_whose_end_is_told_first_is_not_opened_by_what_comes_late),
	};

	return cmocka_run_group_tests(tests, box_office_open, box_office_close);
}
