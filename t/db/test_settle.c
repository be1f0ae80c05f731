/* test_settle.c - money becomes tickets or goes back: every way a provider's word can arrive. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "t/lib/box_office.h"

#include "base/crypto.h"
#include "domain/bookings.h"
#include "domain/holds.h"
#include "domain/payments.h"
#include "domain/refunds.h"
#include "domain/settle.h"

struct sale_of_two {
	int64_t hold, payment, booking;
};

static int
sweep(void **state)
{
	struct box_office *f = *state;

	box_office_sweep(f, f->show);
	return 0;
}

static int64_t
held(struct box_office *f, int64_t buyer, int64_t first, int64_t second)
{
	struct hold_ask ask = { .show = f->show, .buyer = buyer, .seats = { { first, second }, 2 } };
	struct hold_result r;

	assert_int_equal(hold_take(f->db, f->arena, &ask, &r), OUTCOME_OK);
	return r.hold;
}

static enum outcome
begin(struct box_office *f, int64_t hold, int64_t buyer, const char *provider, int64_t minor, int64_t *payment)
{
	struct payment_begin ask = { .show = f->show, .hold = hold, .buyer = buyer, .payment = id_new(), .booking = id_new(),
		.provider = span_of(provider), .email = SPAN("ann@example.org"), .name = SPAN("Ann"), .amount = money_of(minor, SPAN("GBP")),
		.key = SPAN("key"), .body = SPAN("mode=payment") };

	return payment_begin(f->db, f->arena, &ask, payment);
}

static struct sale_of_two
paying(struct box_office *f, int64_t buyer, int64_t first, int64_t second)
{
	struct sale_of_two s = { .hold = held(f, buyer, first, second) };
	struct payment p;

	assert_int_equal(begin(f, s.hold, buyer, "stripe", 3200, &s.payment), OUTCOME_OK);
	assert_int_equal(payment_opened(f->db, f->arena, f->show, s.payment,
	    arena_fmt(f->arena, "cs_test_%" PRId64, s.payment), SPAN("https://pay.example/x")), OUTCOME_OK);
	assert_int_equal(payment_read(f->db, f->arena, f->show, s.payment, &p), OUTCOME_OK);
	s.booking = p.booking;
	return s;
}

static enum settled
told(struct box_office *f, int64_t payment, enum settle_fact fact, int64_t minor, const char *event)
{
	struct settle_ask ask = { .show = f->show, .payment = payment, .fact = fact, .amount = money_of(minor, SPAN("GBP")),
		.session = arena_fmt(f->arena, "cs_test_%" PRId64, payment), .capture = SPAN("pi_1"), .provider = SPAN_NONE };
	enum settled settled = SETTLED_WAITING;

	if (event) {
		ask.provider = SPAN("stripe");
		ask.event_id = span_of(event);
		ask.event_type = SPAN("checkout.session.completed");
		ask.event_body = SPAN("{}");
	}
	assert_int_equal(settle(f->db, f->arena, &ask, &settled), OUTCOME_OK);
	return settled;
}

#define STATES(f) box_office_text(f, "SELECT status, COUNT(*) FROM show_seats WHERE show_id = %" PRId64 \
	" AND status <> 'available' GROUP BY status ORDER BY status", (f)->show)
#define COUNT(f, ...) box_office_number(f, "SELECT COUNT(*) FROM " __VA_ARGS__)

static void
a_captured_payment_becomes_live_tickets(void **state)
{
	struct box_office *f = *state;
	struct sale_of_two s = paying(f, f->ann, f->seats[A1], f->seats[A2]);
	struct booking b;

	assert_int_equal(told(f, s.payment, SETTLE_PAID, 3200, NULL), SETTLED_CONFIRMED);
	assert_string_equal(STATES(f), "confirmed\t2\n");
	assert_int_equal(booking_read(f->db, f->arena, f->show, s.booking, &b), OUTCOME_OK);
	assert_int_equal(b.state, BOOKING_IS_CONFIRMED);
	assert_int_equal(b.n, 2);
	assert_true(b.tickets[0].live && b.tickets[1].live);
	assert_string_equal(box_office_text(f, "SELECT state FROM holds WHERE hold_id = %" PRId64, s.hold), "confirmed\n");
}

static void
the_same_event_again_changes_nothing(void **state)
{
	struct box_office *f = *state;
	struct sale_of_two s = paying(f, f->ann, f->seats[A1], f->seats[A2]);

	for (int i = 0; i < 3; i++)
		assert_int_equal(told(f, s.payment, SETTLE_PAID, 3200, "evt_1"), SETTLED_CONFIRMED);
	assert_int_equal(told(f, s.payment, SETTLE_PAID, 3200, NULL), SETTLED_CONFIRMED);
	assert_int_equal(COUNT(f, "outbox WHERE type = 'BOOKING_CONFIRMED'"), 1);
	assert_int_equal(COUNT(f, "psp_events"), 1);
}

static void
news_out_of_order_does_not_take_tickets_back(void **state)
{
	struct box_office *f = *state;
	struct sale_of_two s = paying(f, f->ann, f->seats[A1], f->seats[A2]);

	assert_int_equal(told(f, s.payment, SETTLE_PAID, 3200, "evt_2"), SETTLED_CONFIRMED);
	assert_int_equal(told(f, s.payment, SETTLE_PENDING, 3200, "evt_1"), SETTLED_CONFIRMED);
	assert_int_equal(told(f, s.payment, SETTLE_CLOSED, 3200, "evt_0"), SETTLED_CONFIRMED);
	assert_int_equal(told(f, s.payment, SETTLE_FAILED, 3200, "evt_3"), SETTLED_CONFIRMED);
	assert_string_equal(STATES(f), "confirmed\t2\n");
}

static void
a_webhook_before_our_own_commit_settles_a_payment_without_session(void **state)
{
	struct box_office *f = *state;
	struct payment p;
	int64_t hold = held(f, f->ann, f->seats[A1], f->seats[A2]), payment;

	assert_int_equal(begin(f, hold, f->ann, "stripe", 3200, &payment), OUTCOME_OK);
	assert_int_equal(told(f, payment, SETTLE_PAID, 3200, "evt_1"), SETTLED_CONFIRMED);
	assert_int_equal(payment_opened(f->db, f->arena, f->show, payment, SPAN("cs_x"), SPAN("https://pay.example/x")), OUTCOME_CHANGED);
	assert_int_equal(payment_read(f->db, f->arena, f->show, payment, &p), OUTCOME_OK);
	assert_int_equal(p.state, PAYMENT_PAID);
}

static void
a_late_payment_takes_free_seats_again(void **state)
{
	struct box_office *f = *state;
	struct sale_of_two s = paying(f, f->ann, f->seats[A1], f->seats[A2]);

	box_office_later(f, f->show, 5000);
	assert_int_equal(hold_expire(f->db, f->arena, f->show, s.hold, false), OUTCOME_OK);
	assert_string_equal(STATES(f), "");
	assert_int_equal(told(f, s.payment, SETTLE_PAID, 3200, "evt_1"), SETTLED_CONFIRMED);
	assert_string_equal(STATES(f), "confirmed\t2\n");
}

static void
a_late_payment_whose_seats_are_gone_goes_back_and_frees_the_rest(void **state)
{
	struct box_office *f = *state;
	struct sale_of_two s = paying(f, f->ann, f->seats[A1], f->seats[A2]);
	int64_t other;
	struct refund r;

	box_office_later(f, f->show, 5000);
	other = held(f, f->bob, f->seats[A2], f->seats[A3]);
	assert_int_equal(told(f, s.payment, SETTLE_PAID, 3200, "evt_1"), SETTLED_REFUND);
	assert_string_equal(STATES(f), "held\t2\n");
	assert_int_equal(COUNT(f, "show_seats WHERE hold_id = %" PRId64, other), 2);
	assert_int_equal(refund_of_payment(f->db, f->arena, f->show, s.payment, &r), OUTCOME_OK);
	assert_int_equal(r.amount.minor, 3200);
	assert_string_equal(box_office_text(f, "SELECT state FROM bookings WHERE booking_id = %" PRId64, s.booking), "failed\n");
	assert_int_equal(told(f, s.payment, SETTLE_PAID, 3200, "evt_2"), SETTLED_REFUND);
	assert_int_equal(COUNT(f, "refunds"), 1);
}

static void
a_second_capture_for_the_same_booking_is_refunded_alone(void **state)
{
	struct box_office *f = *state;
	struct sale_of_two s = paying(f, f->ann, f->seats[A1], f->seats[A2]);
	int64_t second;

	assert_int_equal(payment_ended(f->db, f->arena, f->show, s.payment, PAYMENT_CLOSED, SPAN("other way")), OUTCOME_OK);
	assert_int_equal(begin(f, s.hold, f->ann, "stripe", 3200, &second), OUTCOME_OK);
	assert_true(second != s.payment);
	assert_int_equal(told(f, second, SETTLE_PAID, 3200, NULL), SETTLED_CONFIRMED);
	assert_int_equal(told(f, s.payment, SETTLE_PAID, 3200, NULL), SETTLED_REFUND);
	assert_string_equal(STATES(f), "confirmed\t2\n");
	assert_int_equal(COUNT(f, "refunds WHERE reason = 'second'"), 1);
}

static void
a_wrong_amount_is_kept_for_a_human_and_the_money_goes_back(void **state)
{
	struct box_office *f = *state;
	struct sale_of_two s = paying(f, f->ann, f->seats[A1], f->seats[A2]);

	assert_int_equal(told(f, s.payment, SETTLE_PAID, 100, "evt_1"), SETTLED_MISMATCH);
	assert_string_equal(STATES(f), "held\t2\n");
	assert_int_equal(COUNT(f, "refunds WHERE amount_minor = 100"), 1);
	assert_int_equal(COUNT(f, "psp_events WHERE event_id = 'evt_1'"), 1);
	assert_int_equal(COUNT(f, "attention WHERE kind = 'payment' AND words LIKE '%%another amount' AND done_at IS NULL"), 1);
}

static void
an_attempt_after_a_wrong_amount_gives_back_what_was_taken(void **state)
{
	struct box_office *f = *state;
	struct sale_of_two s = paying(f, f->ann, f->seats[A1], f->seats[A2]);
	struct refund r;

	assert_int_equal(told(f, s.payment, SETTLE_PAID, 100, "evt_1"), SETTLED_MISMATCH);
	assert_int_equal(refund_of_payment(f->db, f->arena, f->show, s.payment, &r), OUTCOME_OK);
	assert_int_equal(refund_failed(f->db, f->arena, &r, SPAN("no funds"), true), OUTCOME_OK);
	assert_int_equal(COUNT(f, "refunds WHERE amount_minor = 100"), 2);
}

static void
another_providers_word_moves_no_money(void **state)
{
	struct box_office *f = *state;
	struct sale_of_two s = paying(f, f->ann, f->seats[A1], f->seats[A2]);
	struct settle_ask ask = { .show = f->show, .payment = s.payment, .fact = SETTLE_PAID, .amount = money_of(3200, SPAN("GBP")),
		.session = SPAN_NONE, .capture = SPAN("pi_9"), .provider = SPAN("other"), .event_id = SPAN("evt_9"),
		.event_type = SPAN("paid"), .event_body = SPAN("{}") };
	enum settled settled;

	assert_int_equal(settle(f->db, f->arena, &ask, &settled), OUTCOME_OK);
	assert_int_equal(settled, SETTLED_MISMATCH);
	assert_string_equal(STATES(f), "held\t2\n");
}

static void
an_email_corrected_before_paying_again_is_kept(void **state)
{
	struct box_office *f = *state;
	struct sale_of_two s = paying(f, f->ann, f->seats[A1], f->seats[A2]);
	struct payment_begin again = { .show = f->show, .hold = s.hold, .buyer = f->ann, .payment = id_new(), .booking = id_new(),
		.provider = SPAN("stripe"), .email = SPAN("anna@example.org"), .name = SPAN("Anna"), .amount = money_of(3200, SPAN("GBP")),
		.key = SPAN("key2"), .body = SPAN("mode=payment") };
	int64_t payment;

	assert_int_equal(payment_begin(f->db, f->arena, &again, &payment), OUTCOME_OK);
	assert_int_equal(payment, s.payment);
	assert_string_equal(box_office_text(f, "SELECT email FROM bookings WHERE booking_id = %" PRId64, s.booking), "anna@example.org\n");
}

static void
another_mode_or_session_moves_no_money(void **state)
{
	struct box_office *f = *state;
	struct sale_of_two s = paying(f, f->ann, f->seats[A1], f->seats[A2]);
	struct settle_ask ask = { .show = f->show, .payment = s.payment, .fact = SETTLE_PAID, .amount = money_of(3200, SPAN("GBP")),
		.session = SPAN("cs_cheap"), .capture = SPAN("pi_9"), .provider = SPAN_NONE };
	enum settled settled;

	assert_int_equal(settle(f->db, f->arena, &ask, &settled), OUTCOME_OK);
	assert_int_equal(settled, SETTLED_MISMATCH);
	ask.session = SPAN_NONE;
	ask.live = true;
	assert_int_equal(settle(f->db, f->arena, &ask, &settled), OUTCOME_OK);
	assert_int_equal(settled, SETTLED_MISMATCH);
	assert_int_equal(COUNT(f, "refunds"), 0);
	assert_string_equal(STATES(f), "held\t2\n");
}

static void
a_failed_payment_leaves_the_hold_for_another_try(void **state)
{
	struct box_office *f = *state;
	struct sale_of_two s = paying(f, f->ann, f->seats[A1], f->seats[A2]);
	int64_t second;

	assert_int_equal(told(f, s.payment, SETTLE_FAILED, 3200, "evt_1"), SETTLED_ENDED);
	assert_string_equal(STATES(f), "held\t2\n");
	assert_int_equal(begin(f, s.hold, f->ann, "stripe", 3200, &second), OUTCOME_OK);
	assert_int_equal(told(f, second, SETTLE_PAID, 3200, "evt_2"), SETTLED_CONFIRMED);
}

static void
pay_again_is_the_same_payment_and_another_amount_must_close_it_first(void **state)
{
	struct box_office *f = *state;
	struct sale_of_two s = paying(f, f->ann, f->seats[A1], f->seats[A2]);
	int64_t again;

	assert_int_equal(begin(f, s.hold, f->ann, "stripe", 3200, &again), OUTCOME_OK);
	assert_int_equal(again, s.payment);
	assert_int_equal(begin(f, s.hold, f->ann, "other", 3200, &again), OUTCOME_CLOSED);
	assert_int_equal(again, s.payment);
	assert_int_equal(begin(f, s.hold, f->ann, "stripe", 3000, &again), OUTCOME_CLOSED);
	assert_int_equal(COUNT(f, "payments"), 1);
}

static void
an_amount_that_is_not_the_holds_is_refused(void **state)
{
	struct box_office *f = *state;
	int64_t hold = held(f, f->ann, f->seats[A1], f->seats[A2]), payment;

	assert_int_equal(begin(f, hold, f->ann, "stripe", 3000, &payment), OUTCOME_CHANGED);
	assert_int_equal(COUNT(f, "payments"), 0);
	assert_int_equal(COUNT(f, "bookings"), 0);
}

static void
an_ended_hold_cannot_begin_a_payment(void **state)
{
	struct box_office *f = *state;
	int64_t hold = held(f, f->ann, f->seats[A1], f->seats[A2]), payment;

	assert_int_equal(begin(f, hold, f->bob, "stripe", 3200, &payment), OUTCOME_NOT_FOUND);
	box_office_later(f, f->show, 5000);
	assert_int_equal(begin(f, hold, f->ann, "stripe", 3200, &payment), OUTCOME_EXPIRED);
}

static void
what_is_being_paid_for_does_not_change(void **state)
{
	struct box_office *f = *state;
	struct sale_of_two s = paying(f, f->ann, f->seats[A1], f->seats[A2]);

	assert_int_equal(hold_remove(f->db, f->arena, f->show, s.hold, f->ann, f->seats[A1]), OUTCOME_CAPTURING);
	assert_int_equal(hold_price(f->db, f->arena, f->show, s.hold, f->ann, &f->seats[A1], (struct span[]){ SPAN("child") }, 1),
	    OUTCOME_CAPTURING);
	assert_int_equal(payment_ended(f->db, f->arena, f->show, s.payment, PAYMENT_CLOSED, SPAN("")), OUTCOME_OK);
	assert_int_equal(hold_remove(f->db, f->arena, f->show, s.hold, f->ann, f->seats[A1]), OUTCOME_OK);
}

static void
a_hold_that_ends_with_a_payment_open_fails_only_when_that_is_closed(void **state)
{
	struct box_office *f = *state;
	struct sale_of_two s = paying(f, f->ann, f->seats[A1], f->seats[A2]);

	box_office_later(f, f->show, 5000);
	assert_int_equal(hold_expire(f->db, f->arena, f->show, s.hold, false), OUTCOME_OK);
	assert_string_equal(box_office_text(f, "SELECT state FROM bookings WHERE booking_id = %" PRId64, s.booking), "pending\n");
	assert_int_equal(payment_ended(f->db, f->arena, f->show, s.payment, PAYMENT_CLOSED, SPAN("time")), OUTCOME_OK);
	assert_string_equal(box_office_text(f, "SELECT state FROM bookings WHERE booking_id = %" PRId64, s.booking), "failed\n");
}

static void
a_cancelled_show_gives_the_money_back(void **state)
{
	struct box_office *f = *state;
	struct sale_of_two s = paying(f, f->ann, f->seats[A1], f->seats[A2]);

	box_office_sql(f, "UPDATE show_sales SET state = 'cancelled' WHERE show_id = %" PRId64 ";", f->show);
	assert_int_equal(told(f, s.payment, SETTLE_PAID, 3200, "evt_1"), SETTLED_REFUND);
	box_office_sql(f, "UPDATE show_sales SET state = 'on_sale' WHERE show_id = %" PRId64 ";", f->show);
	assert_int_equal(COUNT(f, "booking_seats WHERE state = 'live'"), 0);
}

static void
a_duplicate_live_ticket_is_refused_by_the_key_and_settles_as_gone(void **state)
{
	struct box_office *f = *state;
	struct sale_of_two s = paying(f, f->ann, f->seats[A1], f->seats[A2]);

	/* what no code of ours would do: a live ticket for a seat that the rows say is free */
	box_office_sql(f, "INSERT INTO booking_seats (show_id, booking_id, seat_id, state, price_type, price_minor, fee_minor, serial) "
	    "VALUES (%" PRId64 ", 77, %" PRId64 ", 'live', 'adult', 1, 0, 1);", f->show, f->seats[A1]);
	assert_int_equal(told(f, s.payment, SETTLE_PAID, 3200, "evt_1"), SETTLED_REFUND);
	assert_int_equal(COUNT(f, "booking_seats WHERE state = 'live'"), 1);
	assert_int_equal(COUNT(f, "refunds"), 1);
}

static void
a_refund_is_done_when_the_provider_says_so_and_once(void **state)
{
	struct box_office *f = *state;
	struct sale_of_two s = paying(f, f->ann, f->seats[A1], f->seats[A2]);
	struct refund *due, r;

	box_office_sql(f, "UPDATE show_sales SET state = 'ended' WHERE show_id = %" PRId64 ";", f->show);
	assert_int_equal(told(f, s.payment, SETTLE_PAID, 3200, "evt_1"), SETTLED_REFUND);
	box_office_sql(f, "UPDATE show_sales SET state = 'on_sale' WHERE show_id = %" PRId64 ";", f->show);
	assert_int_equal(refunds_due(f->db, f->arena, 10, &due), 1);
	assert_true(refund_claim(f->db, &due[0]));
	assert_false(refund_claim(f->db, &due[0]));
	assert_int_equal(refund_accepted(f->db, f->arena, &due[0], SPAN("re_1"), true), OUTCOME_OK);
	assert_int_equal(refund_accepted(f->db, f->arena, &due[0], SPAN("re_1"), true), OUTCOME_OK);
	assert_int_equal(refund_of_payment(f->db, f->arena, f->show, s.payment, &r), OUTCOME_OK);
	assert_int_equal(r.state, REFUND_ROW_DONE);
	assert_string_equal(box_office_text(f, "SELECT state FROM payments WHERE payment_id = %" PRId64, s.payment), "refunded\n");
	assert_int_equal(COUNT(f, "outbox WHERE type = 'REFUND_DONE'"), 1);
}

static void
a_refused_refund_is_tried_with_a_new_key_and_at_last_needs_a_human(void **state)
{
	struct box_office *f = *state;
	struct sale_of_two s = paying(f, f->ann, f->seats[A1], f->seats[A2]);
	struct refund r;

	box_office_sql(f, "UPDATE show_sales SET state = 'ended' WHERE show_id = %" PRId64 ";", f->show);
	assert_int_equal(told(f, s.payment, SETTLE_PAID, 3200, "evt_1"), SETTLED_REFUND);
	box_office_sql(f, "UPDATE show_sales SET state = 'on_sale' WHERE show_id = %" PRId64 ";", f->show);
	for (int i = 0; i < 5; i++) {
		assert_int_equal(refund_of_payment(f->db, f->arena, f->show, s.payment, &r), OUTCOME_OK);
		assert_int_equal(r.state, REFUND_ROW_PENDING);
		assert_int_equal(refund_failed(f->db, f->arena, &r, SPAN("no funds"), true), OUTCOME_OK);
	}
	assert_int_equal(refund_of_payment(f->db, f->arena, f->show, s.payment, &r), OUTCOME_OK);
	assert_int_equal(r.state, REFUND_ROW_HUMAN);
	assert_int_equal(box_office_number(f, "SELECT COUNT(DISTINCT idem_key) FROM refunds"), 5);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup(name, sweep)
		T(a_captured_payment_becomes_live_tickets), T(the_same_event_again_changes_nothing),
		T(news_out_of_order_does_not_take_tickets_back),
		T(a_webhook_before_our_own_commit_settles_a_payment_without_session), T(a_late_payment_takes_free_seats_again),
		T(a_late_payment_whose_seats_are_gone_goes_back_and_frees_the_rest),
		T(a_second_capture_for_the_same_booking_is_refunded_alone), T(a_wrong_amount_is_kept_for_a_human_and_the_money_goes_back),
		T(an_attempt_after_a_wrong_amount_gives_back_what_was_taken), T(another_providers_word_moves_no_money),
		T(an_email_corrected_before_paying_again_is_kept), T(another_mode_or_session_moves_no_money),
		T(a_failed_payment_leaves_the_hold_for_another_try),
		T(pay_again_is_the_same_payment_and_another_amount_must_close_it_first), T(an_amount_that_is_not_the_holds_is_refused),
		T(an_ended_hold_cannot_begin_a_payment), T(what_is_being_paid_for_does_not_change),
		T(a_hold_that_ends_with_a_payment_open_fails_only_when_that_is_closed),
		T(a_cancelled_show_gives_the_money_back),
		T(a_duplicate_live_ticket_is_refused_by_the_key_and_settles_as_gone),
		T(a_refund_is_done_when_the_provider_says_so_and_once),
		T(a_refused_refund_is_tried_with_a_new_key_and_at_last_needs_a_human),
	};

	return cmocka_run_group_tests(tests, box_office_open, box_office_close);
}
