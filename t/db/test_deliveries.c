/* test_deliveries.c - every event reaches its sink once, whatever order commits come in, and what fails is tried for a while. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "t/lib/box_office.h"

#include "domain/deliveries.h"

#define SINK "test"
#define MINUTES 300

static const char *const types[] = { "BOOKING_CONFIRMED", "REFUND_DONE" };

static int
sweep(void **state)
{
	struct box_office *f = *state;

	box_office_sweep(f, f->show);
	return 0;
}

#define EVENT "INSERT INTO outbox (show_id, outbox_id, type, subject_id, at, payload) VALUES (%" PRId64 ", %d, '%s', 7, " \
	"UTC_TIMESTAMP(3) - INTERVAL %d SECOND, '{}')"

static void
event(struct box_office *f, int id, const char *type, int seconds_ago)
{
	box_office_sql(f, EVENT, f->show, id, type, seconds_ago);
}

static int64_t
find(struct box_office *f)
{
	return deliveries_find(f->db, SINK, types, ARRAY_LEN(types), MINUTES);
}

static size_t
due(struct box_office *f, struct delivery **list)
{
	return deliveries_due(f->db, f->arena, SINK, 10, list);
}

static void
time_passes(struct box_office *f)
{
	box_office_sql(f, "UPDATE deliveries SET due_at = due_at - INTERVAL 2 HOUR");
}

static const char *
rows(struct box_office *f)
{
	return box_office_text(f, "SELECT outbox_id, sink, state, tries FROM deliveries WHERE show_id = %" PRId64 " ORDER BY outbox_id", f->show);
}

static void
an_event_of_a_wanted_type_becomes_one_row(void **state)
{
	struct box_office *f = *state;
	struct delivery *list;

	event(f, 11, "BOOKING_CONFIRMED", 0);
	event(f, 12, "SEAT_SOLD", 0);
	event(f, 13, "REFUND_DONE", 10);
	assert_int_equal(find(f), 2);
	assert_int_equal(find(f), 0);
	assert_string_equal(rows(f), "11\ttest\twaiting\t0\n13\ttest\twaiting\t0\n");
	assert_int_equal(due(f, &list), 2);
	assert_true(list[0].show == f->show && list[0].subject == 7 && list[0].at_ms > 0);
	assert_true(span_is(list[0].type, list[0].event == 11 ? "BOOKING_CONFIRMED" : "REFUND_DONE"));
}

static void
each_sink_has_its_own(void **state)
{
	struct box_office *f = *state;

	event(f, 11, "BOOKING_CONFIRMED", 0);
	assert_int_equal(find(f), 1);
	assert_int_equal(deliveries_find(f->db, "other", types, ARRAY_LEN(types), MINUTES), 1);
	assert_string_equal(box_office_text(f, "SELECT sink FROM deliveries ORDER BY sink"), "other\ntest\n");
}

static void
an_older_number_that_is_committed_later_is_still_found(void **state)
{
	struct box_office *f = *state;
	struct db *rival = box_office_rival(f);
	struct delivery *list;

	assert_true(db_script(rival, arena_fmt(f->arena, "START TRANSACTION;\n" EVENT ";\n", f->show, 5, "BOOKING_CONFIRMED", 0), "test"));
	event(f, 9, "BOOKING_CONFIRMED", 0);
	assert_int_equal(find(f), 1);
	assert_int_equal(due(f, &list), 1);
	assert_true(delivery_claim(f->db, SINK, &list[0]));
	delivery_sent(f->db, SINK, &list[0]);
	assert_true(db_script(rival, SPAN("COMMIT;\n"), "test"));
	assert_int_equal(find(f), 1);
	assert_int_equal(due(f, &list), 1);
	assert_int_equal(list[0].event, 5);
	db_free(rival);
}

static void
looking_does_not_wait_for_whoever_sells(void **state)
{
	struct box_office *f = *state;
	struct db *rival = box_office_rival(f);

	event(f, 9, "BOOKING_CONFIRMED", 0);
	assert_true(db_script(rival, arena_fmt(f->arena, "START TRANSACTION;\nUPDATE outbox SET payload = '[]' WHERE show_id = %" PRId64
	    ";\n" EVENT ";\n", f->show, f->show, 10, "REFUND_DONE", 0), "test"));
	assert_int_equal(find(f), 1);
	assert_int_equal(db_failed(f->db), DB_FINE);
	db_free(rival);
}

static void
what_is_older_than_was_asked_for_is_left_alone(void **state)
{
	struct box_office *f = *state;

	event(f, 11, "BOOKING_CONFIRMED", MINUTES + 60);
	assert_int_equal(find(f), 0);
	assert_int_equal(deliveries_find(f->db, SINK, types, ARRAY_LEN(types), MINUTES + 120), 1);
}

static void
what_was_sent_is_not_due_again(void **state)
{
	struct box_office *f = *state;
	struct delivery *list;

	event(f, 11, "BOOKING_CONFIRMED", 0);
	find(f);
	assert_int_equal(due(f, &list), 1);
	assert_true(delivery_claim(f->db, SINK, &list[0]));
	delivery_sent(f->db, SINK, &list[0]);
	time_passes(f);
	assert_int_equal(find(f), 0);
	assert_false(delivery_claim(f->db, SINK, &list[0]));
	assert_int_equal(due(f, &list), 0);
	assert_string_equal(rows(f), "11\ttest\tsent\t1\n");
}

static void
only_one_may_try_at_a_time(void **state)
{
	struct box_office *f = *state;
	struct db *rival = box_office_rival(f);
	struct delivery *list;

	event(f, 11, "BOOKING_CONFIRMED", 0);
	find(f);
	assert_int_equal(due(f, &list), 1);
	assert_true(delivery_claim(f->db, SINK, &list[0]));
	assert_false(delivery_claim(rival, SINK, &list[0]));
	db_free(rival);
}

static void
whoever_dies_after_claiming_does_not_lose_it(void **state)
{
	struct box_office *f = *state;
	struct delivery *list;

	event(f, 11, "BOOKING_CONFIRMED", 0);
	find(f);
	assert_int_equal(due(f, &list), 1);
	assert_true(delivery_claim(f->db, SINK, &list[0]));
	assert_int_equal(due(f, &list), 0);
	time_passes(f);
	assert_int_equal(due(f, &list), 1);
}

static void
what_fails_is_tried_later_and_later_and_at_last_given_up(void **state)
{
	struct box_office *f = *state;
	struct delivery *list;
	int64_t wait, before = 0;

	event(f, 11, "BOOKING_CONFIRMED", 0);
	find(f);
	for (int try = 1; try <= DELIVERY_TRIES; try++) {
		assert_int_equal(due(f, &list), 1);
		assert_true(delivery_claim(f->db, SINK, &list[0]));
		wait = box_office_number(f, "SELECT ROUND(TIMESTAMPDIFF(MICROSECOND, UTC_TIMESTAMP(3), due_at) / 1e6) FROM deliveries");
		assert_in_range(wait, before >= 3590 ? 3590 : before + 1, 3600);
		before = wait;
		delivery_failed(f->db, SINK, &list[0], SPAN("the way out is shut"), false);
		assert_int_equal(due(f, &list), 0);
		assert_string_equal(box_office_text(f, "SELECT state, error FROM deliveries"),
		    try < DELIVERY_TRIES ? "waiting\tthe way out is shut\n" : "given_up\tthe way out is shut\n");
		time_passes(f);
	}
	assert_int_equal(due(f, &list), 0);
	assert_int_equal(find(f), 0);
}

static void
what_is_hopeless_is_given_up_at_once(void **state)
{
	struct box_office *f = *state;
	struct delivery *list;

	event(f, 11, "BOOKING_CONFIRMED", 0);
	find(f);
	assert_int_equal(due(f, &list), 1);
	assert_true(delivery_claim(f->db, SINK, &list[0]));
	delivery_failed(f->db, SINK, &list[0], SPAN("no address"), true);
	time_passes(f);
	assert_int_equal(due(f, &list), 0);
	assert_string_equal(rows(f), "11\ttest\tgiven_up\t1\n");
}

static void
thousands_at_once_are_all_found(void **state)
{
	struct box_office *f = *state;

	/* ten seats: 10 x 10 x 10 x 5 */
	box_office_sql(f, "INSERT INTO outbox (show_id, outbox_id, type, subject_id, at, payload) SELECT %" PRId64 ", ROW_NUMBER() OVER (), "
	    "'REFUND_DONE', 1, UTC_TIMESTAMP(3), '{}' FROM seats a, seats b, seats c, seats d WHERE d.number = '1' OR d.row_label = 'A' "
	    "AND d.number <= '4'", f->show);
	assert_int_equal(find(f), 5000);
	assert_int_equal(find(f), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_teardown(name, sweep)
		T(an_event_of_a_wanted_type_becomes_one_row), T(each_sink_has_its_own),
		T(an_older_number_that_is_committed_later_is_still_found), T(looking_does_not_wait_for_whoever_sells),
		T(what_is_older_than_was_asked_for_is_left_alone), T(what_was_sent_is_not_due_again), T(only_one_may_try_at_a_time),
		T(whoever_dies_after_claiming_does_not_lose_it), T(what_fails_is_tried_later_and_later_and_at_last_given_up),
		T(what_is_hopeless_is_given_up_at_once), T(thousands_at_once_are_all_found),
	};

	return cmocka_run_group_tests(tests, box_office_open, box_office_close);
}
