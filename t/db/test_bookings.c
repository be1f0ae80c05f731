/* test_bookings.c - reading what was bought, and finding it by reference and e-mail together, never by one alone. */
#include "t/lib/box_office.h"

#include <setjmp.h>

#include <cmocka.h>

#include "domain/bookings.h"
#include "domain/outcome.h"

#define BOOKING 9001
#define HOLD 8001
#define REF 4242

static int
sell_two_seats(void **state)
{
	struct box_office *f = *state;

	box_office_sweep(f, f->show);
	box_office_sql(f, "INSERT INTO bookings (show_id, booking_id, hold_id, buyer_id, ref, state, generation, email, name, total_minor, "
	    "currency, created_at) VALUES (%" PRId64 ", %d, %d, %" PRId64 ", %d, 'confirmed', 3, 'Ann@Example.org', 'Ann', 2600, 'GBP', "
	    "UTC_TIMESTAMP(3))", f->show, BOOKING, HOLD, f->ann, REF);
	box_office_sql(f, "INSERT INTO booking_seats (show_id, booking_id, seat_id, state, price_type, price_minor, fee_minor, serial) VALUES "
	    "(%" PRId64 ", %d, %" PRId64 ", 'live', 'adult', 1500, 100, 71), (%" PRId64 ", %d, %" PRId64 ", 'cancelled', 'child', 900, 100, 72)",
	    f->show, BOOKING, f->seats[A2], f->show, BOOKING, f->seats[B5]);
	return 0;
}

static struct span
reference(struct box_office *f)
{
	return arena_copy(f->arena, span_of(reference_print(f->show, REF).text));
}

static void
check_whole(struct box_office *f, const struct booking *b)
{
	assert_int_equal(b->id, BOOKING);
	assert_int_equal(b->hold, HOLD);
	assert_int_equal(b->buyer, f->ann);
	assert_int_equal(b->state, BOOKING_IS_CONFIRMED);
	assert_int_equal(b->generation, 3);
	assert_int_equal(b->total.minor, 2600);
	assert_true(span_eq(b->reference, reference(f)));
	assert_int_equal(b->n, 2);
	assert_string_equal(CSTR(f->arena, b->tickets[0].row), "A");
	assert_string_equal(CSTR(f->arena, b->tickets[0].number), "2");
	assert_string_equal(CSTR(f->arena, b->tickets[0].section_name), "Stalls");
	assert_string_equal(CSTR(f->arena, b->tickets[0].price_name), "Adult");
	assert_int_equal(b->tickets[0].price.minor, 1600);
	assert_string_equal(b->tickets[0].price.code, "GBP");
	assert_int_equal(b->tickets[0].serial, 71);
	assert_true(b->tickets[0].live);
	assert_int_equal(b->tickets[1].kind, SEAT_WHEELCHAIR);
	assert_false(b->tickets[1].live);
}

static void
a_booking_is_read_whole_by_id_and_by_hold(void **state)
{
	struct box_office *f = *state;
	struct booking b;

	assert_int_equal(booking_read(f->db, f->arena, f->show, BOOKING, &b), OUTCOME_OK);
	check_whole(f, &b);
	assert_int_equal(booking_of_hold(f->db, f->arena, f->show, HOLD, &b), OUTCOME_OK);
	check_whole(f, &b);
	assert_int_equal(booking_read(f->db, f->arena, f->show, BOOKING + 1, &b), OUTCOME_NOT_FOUND);
	assert_int_equal(booking_of_hold(f->db, f->arena, f->show + 1, HOLD, &b), OUTCOME_NOT_FOUND);
}

static void
reference_and_email_find_it_together(void **state)
{
	struct box_office *f = *state;
	struct booking b;

	assert_int_equal(booking_find(f->db, f->arena, reference(f), SPAN(" ann@example.ORG "), &b), OUTCOME_OK);
	check_whole(f, &b);
	assert_int_equal(booking_find(f->db, f->arena, reference(f), SPAN("ann@example.or"), &b), OUTCOME_NOT_FOUND);
	assert_int_equal(booking_find(f->db, f->arena, reference(f), SPAN_NONE, &b), OUTCOME_NOT_FOUND);
	assert_int_equal(booking_find(f->db, f->arena, reference(f), SPAN("%"), &b), OUTCOME_NOT_FOUND);
	assert_int_equal(booking_find(f->db, f->arena, span_of(reference_print(f->show, REF + 1).text), SPAN("ann@example.org"), &b),
	    OUTCOME_NOT_FOUND);
	assert_int_equal(booking_find(f->db, f->arena, SPAN("nonsense"), SPAN("ann@example.org"), &b), OUTCOME_NOT_FOUND);
}

static void
what_is_not_paid_is_not_found(void **state)
{
	struct box_office *f = *state;
	struct booking b;

	box_office_sql(f, "UPDATE bookings SET state = 'pending' WHERE show_id = %" PRId64, f->show);
	assert_int_equal(booking_find(f->db, f->arena, reference(f), SPAN("ann@example.org"), &b), OUTCOME_NOT_FOUND);
}

static void
a_wish_for_the_link_is_one_event(void **state)
{
	struct box_office *f = *state;
	struct booking b;

	assert_int_equal(booking_read(f->db, f->arena, f->show, BOOKING, &b), OUTCOME_OK);
	assert_int_equal(booking_link_wanted(f->db, f->arena, &b), OUTCOME_OK);
	assert_string_equal(box_office_text(f, "SELECT type, subject_id, payload FROM outbox WHERE show_id = %" PRId64, f->show),
	    "BOOKING_LINK\t9001\t{\"booking\":9001}\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_booking_is_read_whole_by_id_and_by_hold, sell_two_seats),
		cmocka_unit_test_setup(reference_and_email_find_it_together, sell_two_seats),
		cmocka_unit_test_setup(what_is_not_paid_is_not_found, sell_two_seats),
		cmocka_unit_test_setup(a_wish_for_the_link_is_one_event, sell_two_seats),
	};

	return cmocka_run_group_tests(tests, box_office_open, box_office_close);
}
