/* test_live_seats.c - what an open plan is told about seats: of the whole show, and of those that events name. */
#include "t/lib/box_office.h"

#include <setjmp.h>

#include <cmocka.h>

#include "domain/holds.h"
#include "domain/live_seats.h"
#include "domain/outcome.h"

static void
set_seat(struct box_office *f, int64_t seat, const char *set)
{
	box_office_sql(f, "UPDATE show_seats SET %s, version = version + 1 WHERE show_id = %" PRId64 " AND seat_id = %" PRId64, set,
	    f->show, seat);
}

#define HELD "status = 'held', hold_id = 77, expires_at = UTC_TIMESTAMP(3) + INTERVAL 300 SECOND"
#define HELD_TOO_LONG "status = 'held', hold_id = 78, expires_at = UTC_TIMESTAMP(3) - INTERVAL 1 SECOND"
#define SOLD "status = 'confirmed', booking_id = 79"

static int
sweep(void **state)
{
	struct box_office *f = *state;

	box_office_sweep(f, f->show);
	box_office_sql(f, "UPDATE show_seats SET version = 0 WHERE show_id = %" PRId64, f->show);
	return 0;
}

static struct live_seats
read_all(struct box_office *f)
{
	struct live_seats l;

	assert_int_equal(live_seats_read(f->db, f->arena, f->show, &l), OUTCOME_OK);
	return l;
}

static int64_t
version(struct box_office *f)
{
	return read_all(f).version;
}

static void
assert_seat(const struct live_seat *s, int64_t id, enum seat_status status, int64_t seat_version)
{
	assert_int_equal(s->id, id);
	assert_int_equal(s->status, status);
	assert_int_equal(s->version, seat_version);
}

static void
the_version_grows_with_every_change(void **state)
{
	struct box_office *f = *state;
	int64_t at_first = version(f), held;

	set_seat(f, f->seats[A1], HELD);
	held = version(f);
	assert_true(held > at_first);
	set_seat(f, f->seats[A1], "status = 'available', hold_id = NULL, expires_at = NULL");
	assert_true(version(f) > held);
}

static void
the_version_grows_when_time_frees_a_seat_and_when_it_is_taken_then(void **state)
{
	struct box_office *f = *state;
	int64_t held, over;

	set_seat(f, f->seats[A1], HELD);
	held = version(f);
	box_office_later(f, f->show, 301);
	over = version(f);
	assert_true(over > held);
	set_seat(f, f->seats[A1], HELD);
	assert_true(version(f) > over);
}

static void
the_list_names_every_seat_that_is_not_free_or_once_was_not(void **state)
{
	struct box_office *f = *state;
	struct live_seats l;

	set_seat(f, f->seats[B2], SOLD);
	set_seat(f, f->seats[A2], HELD);
	set_seat(f, f->seats[A4], HELD_TOO_LONG);
	set_seat(f, f->seats[B3], "status = 'blocked'");
	l = read_all(f);
	assert_int_equal(l.total, 10);
	assert_int_equal(l.free, 7);
	assert_int_equal(l.n, 4);
	assert_seat(&l.list[0], f->seats[A2], SEAT_HELD, 1);
	assert_seat(&l.list[1], f->seats[A4], SEAT_FREE, 1);
	assert_seat(&l.list[2], f->seats[B2], SEAT_SOLD, 1);
	assert_seat(&l.list[3], f->seats[B3], SEAT_BLOCKED, 1);
	assert_in_range(l.list[0].free_at_ms - l.at_ms, 1, 300000);
	assert_int_equal(live_seats_read(f->db, f->arena, 999999, &l), OUTCOME_NOT_FOUND);
}

static void
a_held_seat_is_printed_with_the_moment_that_frees_it_and_no_other_seat(void **state)
{
	struct box_office *f = *state;
	struct live_seat list[] = { { 101, SEAT_HELD, 3, 1795603804000 }, { 102, SEAT_SOLD, 4, 0 }, { 103, SEAT_FREE, 5, 1795603200000 },
		{ 104, SEAT_BLOCKED, 1, 0 } };
	struct live_seats l = { .list = list, .n = 4 };
	struct buf b;

	buf_init(&b, f->arena, KiB);
	live_seats_print(&b, &l);
	assert_string_equal(CSTR(f->arena, buf_view(&b)),
	    "\"seats\":[[101,\"held\",3,1795603804000],[102,\"sold\",4],[103,\"free\",5],[104,\"blocked\",1]]");
}

static void
events_name_seats_which_are_told_as_they_are_now(void **state)
{
	struct box_office *f = *state;
	struct live_seats l;
	struct span payloads = arena_fmt(f->arena, "[{\"hold\":1,\"seats\":[%" PRId64 ",%" PRId64 "]},{\"hold\":1,\"seats\":[%" PRId64
	    "],\"reason\":\"buyer\"},{\"hold\":2,\"seats\":[99999999]}]", f->seats[B1], f->seats[A1], f->seats[A1]);

	set_seat(f, f->seats[A1], HELD);
	set_seat(f, f->seats[A1], "status = 'available', hold_id = NULL, expires_at = NULL");
	set_seat(f, f->seats[B1], SOLD);
	assert_int_equal(live_seats_named(f->db, f->arena, f->show, payloads, &l), OUTCOME_OK);
	assert_int_equal(l.n, 2);
	assert_seat(&l.list[0], f->seats[A1], SEAT_FREE, 2);
	assert_seat(&l.list[1], f->seats[B1], SEAT_SOLD, 1);
	assert_true(l.at_ms > 0);
}

static void
whoever_keeps_a_hold_longer_tells_so(void **state)
{
	struct box_office *f = *state;
	struct hold_ask ask = { .show = f->show, .buyer = f->ann, .seats = { .ids = { f->seats[A1] }, .n = 1 } };
	struct hold_result r;
	int64_t until;

	assert_int_equal(hold_take(f->db, f->arena, &ask, &r), OUTCOME_OK);
	until = read_all(f).list[0].free_at_ms;
	assert_int_equal(hold_extend(f->db, f->arena, f->show, r.hold, f->ann), OUTCOME_OK);
	assert_true(read_all(f).list[0].free_at_ms > until);
	assert_int_equal(box_office_number(f, "SELECT COUNT(*) FROM outbox WHERE type = 'SEAT_KEPT' AND subject_id = %" PRId64
	    " AND payload LIKE '%%\"seats\":%%%" PRId64 "%%'", r.hold, f->seats[A1]), 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(the_version_grows_with_every_change, sweep),
		cmocka_unit_test_setup(the_version_grows_when_time_frees_a_seat_and_when_it_is_taken_then, sweep),
		cmocka_unit_test_setup(the_list_names_every_seat_that_is_not_free_or_once_was_not, sweep),
		cmocka_unit_test_setup(a_held_seat_is_printed_with_the_moment_that_frees_it_and_no_other_seat, sweep),
		cmocka_unit_test_setup(events_name_seats_which_are_told_as_they_are_now, sweep),
		cmocka_unit_test_setup(whoever_keeps_a_hold_longer_tells_so, sweep),
	};

	return cmocka_run_group_tests(tests, box_office_open, box_office_close);
}
