/* test_money_paid.c - what was paid for a booking and what went back: every payment that took money, with every refund of it. */
#include "t/lib/box_office.h"

#include <setjmp.h>

#include <cmocka.h>

#include "domain/bookings.h"
#include "domain/money_paid.h"
#include "domain/outcome.h"

#define BOOKING 9001
#define HOLD 8001
#define AT "'2026-11-03 14:03:22.000'"
#define AT_MS INT64_C(1793714602000)

static void
pay(struct box_office *f, int payment, const char *state, const char *captured_minor, const char *captured_at)
{
	box_office_sql(f, "INSERT INTO payments (show_id, payment_id, hold_id, booking_id, provider, state, amount_minor, currency, live, "
	    "idem_key, body, captured_minor, created_at, settled_at, captured_at) VALUES (%" PRId64 ", %d, %d, %d, 'stripe', '%s', 3200, "
	    "'GBP', 0, 'k', '', %s, " AT ", " AT " + INTERVAL 9 SECOND, %s)", f->show, payment, HOLD, BOOKING, state, captured_minor,
	    captured_at);
}

static void
refund(struct box_office *f, int refund, int payment, const char *state, int minor)
{
	box_office_sql(f, "INSERT INTO refunds (show_id, refund_id, payment_id, state, amount_minor, currency, reason, idem_key, due_at, "
	    "created_at, done_at) VALUES (%" PRId64 ", %d, %d, '%s', %d, 'GBP', 'cancelled', 'k%d', " AT ", " AT " + INTERVAL %d SECOND, "
	    "IF('%s' = 'done', " AT " + INTERVAL 1 DAY, NULL))", f->show, refund, payment, state, minor, refund, refund, state);
}

static int
sweep(void **state)
{
	struct box_office *f = *state;

	box_office_sweep(f, f->show);
	return 0;
}

static void
payments_that_took_money_are_told_and_no_others(void **state)
{
	struct box_office *f = *state;
	struct money_paid *paid;
	size_t n;

	pay(f, 11, "failed", "NULL", "NULL");
	pay(f, 12, "paid", "3200", AT);
	pay(f, 13, "refunded", "3100", "NULL");
	pay(f, 14, "open", "NULL", "NULL");
	pay(f, 15, "closed", "NULL", "NULL");
	pay(f, 16, "refund_due", "NULL", "NULL");
	assert_int_equal(money_paid_read(f->db, f->arena, f->show, HOLD, &paid, &n), OUTCOME_OK);
	assert_int_equal(n, 3);
	assert_int_equal(paid[0].payment, 12);
	assert_true(span_is(paid[0].provider, "stripe"));
	assert_int_equal(paid[0].amount.minor, 3200);
	assert_string_equal(paid[0].amount.code, "GBP");
	assert_int_equal(paid[0].at_ms, AT_MS);
	assert_int_equal(paid[0].n, 0);
	assert_int_equal(paid[1].payment, 13);
	assert_int_equal(paid[1].amount.minor, 3100);
	assert_int_equal(paid[1].at_ms, AT_MS + 9000);
	assert_int_equal(paid[2].amount.minor, 3200);
	assert_int_equal(money_paid_read(f->db, f->arena, f->show, HOLD + 1, &paid, &n), OUTCOME_OK);
	assert_int_equal(n, 0);
}

static void
each_has_all_its_refunds_oldest_first(void **state)
{
	struct box_office *f = *state;
	struct refund *list;
	struct money_paid *paid;
	size_t n;

	pay(f, 12, "paid", "3200", AT);
	pay(f, 13, "refunded", "3200", AT);
	refund(f, 23, 12, "pending", 300);
	refund(f, 21, 12, "failed", 1600);
	refund(f, 22, 12, "done", 1600);
	refund(f, 24, 13, "human", 3200);
	assert_int_equal(refunds_of_payment(f->db, f->arena, f->show, 12, &list), 3);
	assert_int_equal(list[0].id, 21);
	assert_int_equal(list[0].state, REFUND_ROW_FAILED);
	assert_int_equal(list[1].id, 22);
	assert_int_equal(list[1].state, REFUND_ROW_DONE);
	assert_int_equal(list[1].amount.minor, 1600);
	assert_int_equal(list[1].created_ms, AT_MS + 22000);
	assert_int_equal(list[1].done_ms, AT_MS + 86400000);
	assert_int_equal(list[2].state, REFUND_ROW_PENDING);
	assert_int_equal(list[2].done_ms, 0);
	assert_int_equal(refunds_of_payment(f->db, f->arena, f->show, 14, &list), 0);
	assert_int_equal(refunds_of_payment(f->db, f->arena, f->show + 1, 12, &list), 0);
	assert_int_equal(money_paid_read(f->db, f->arena, f->show, HOLD, &paid, &n), OUTCOME_OK);
	assert_int_equal(n, 2);
	assert_int_equal(paid[0].n, 3);
	assert_int_equal(paid[0].refunds[2].amount.minor, 300);
	assert_int_equal(paid[1].n, 1);
	assert_int_equal(paid[1].refunds[0].state, REFUND_ROW_HUMAN);
}

/* What a receipt needs of the booking itself. */
static void
a_booking_knows_its_fees_and_when_it_was_confirmed_and_cancelled(void **state)
{
	struct box_office *f = *state;
	struct booking b;

	box_office_sql(f, "INSERT INTO bookings (show_id, booking_id, hold_id, buyer_id, ref, state, email, name, total_minor, currency, "
	    "created_at, confirmed_at) VALUES (%" PRId64 ", %d, %d, 1, 7, 'confirmed', 'a@b.example', 'A', 2600, 'GBP', " AT ", " AT ")", f->show,
	    BOOKING, HOLD);
	box_office_sql(f, "INSERT INTO booking_seats (show_id, booking_id, seat_id, state, price_type, price_minor, fee_minor, serial, "
	    "cancelled_at) VALUES (%" PRId64 ", %d, %" PRId64 ", 'live', 'adult', 1500, 100, 71, NULL), (%" PRId64 ", %d, %" PRId64 ", "
	    "'cancelled', 'child', 900, 100, 72, " AT ")", f->show, BOOKING, f->seats[A2], f->show, BOOKING, f->seats[B5]);
	assert_int_equal(booking_read(f->db, f->arena, f->show, BOOKING, &b), OUTCOME_OK);
	assert_int_equal(b.confirmed_ms, AT_MS);
	assert_int_equal(b.tickets[0].price.minor, 1600);
	assert_int_equal(b.tickets[0].fee.minor, 100);
	assert_string_equal(b.tickets[0].fee.code, "GBP");
	assert_int_equal(b.tickets[0].cancelled_ms, 0);
	assert_int_equal(b.tickets[1].cancelled_ms, AT_MS);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(payments_that_took_money_are_told_and_no_others, sweep),
		cmocka_unit_test_setup(each_has_all_its_refunds_oldest_first, sweep),
		cmocka_unit_test_setup(a_booking_knows_its_fees_and_when_it_was_confirmed_and_cancelled, sweep),
	};

	return cmocka_run_group_tests(tests, box_office_open, box_office_close);
}
