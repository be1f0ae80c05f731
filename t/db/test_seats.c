/* test_seats.c - the plan joined with the show: what is free, held, sold, and what it costs. */
#include "t/lib/box_office.h"

#include <setjmp.h>

#include <cmocka.h>

#include "base/money.h"
#include "domain/outcome.h"
#include "domain/seats.h"

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
	return 0;
}

static const struct seat *
seat_of(const struct seatmap *map, int64_t id)
{
	for (size_t i = 0; i < map->n; i++)
		if (map->seats[i].id == id)
			return &map->seats[i];
	fail_msg("seat %" PRId64 " is not on the map", id);
	return NULL;
}

static void
a_fresh_show_is_all_free_and_in_order(void **state)
{
	struct box_office *f = *state;
	struct seatmap map;

	assert_int_equal(seatmap_read(f->db, f->arena, f->show, 0, 0, &map), OUTCOME_OK);
	assert_int_equal(map.n, 10);
	assert_int_equal(map.free, 10);
	assert_int_equal(map.n_sections, 1);
	assert_int_equal(map.sections[0].free, 10);
	assert_int_equal(map.sections[0].total, 10);
	for (size_t i = 0; i < map.n; i++) {
		assert_int_equal(map.seats[i].id, f->seats[i]);
		assert_int_equal(map.seats[i].status, SEAT_FREE);
		assert_ptr_equal(map.seats[i].section, &map.sections[0]);
		assert_false(map.seats[i].own);
	}
	assert_string_equal(seat_name(f->arena, &map.seats[B3]).p, "B3");
	assert_int_equal(map.seats[B4].kind, SEAT_COMPANION);
	assert_int_equal(map.seats[B5].kind, SEAT_WHEELCHAIR);
	assert_int_equal(map.seats[B5].plan_row, 2);
	assert_int_equal(map.seats[B5].plan_col, 9);
}

static void
prices_have_the_fee_in_them(void **state)
{
	struct box_office *f = *state;
	struct seatmap map;

	assert_int_equal(sections_read(f->db, f->arena, f->show, &map), OUTCOME_OK);
	assert_int_equal(map.sections[0].price.minor, 1600);
	assert_int_equal(map.sections[0].price_from.minor, 1000);
	assert_string_equal(map.sections[0].price.code, "GBP");
}

static void
each_state_is_told_apart_and_time_frees_a_held_seat(void **state)
{
	struct box_office *f = *state;
	struct seatmap map;

	set_seat(f, f->seats[A1], HELD);
	set_seat(f, f->seats[A2], SOLD);
	set_seat(f, f->seats[A3], "status = 'blocked'");
	set_seat(f, f->seats[A4], HELD_TOO_LONG);
	assert_int_equal(seatmap_read(f->db, f->arena, f->show, 0, 0, &map), OUTCOME_OK);
	assert_int_equal(seat_of(&map, f->seats[A1])->status, SEAT_HELD);
	assert_int_equal(seat_of(&map, f->seats[A2])->status, SEAT_SOLD);
	assert_int_equal(seat_of(&map, f->seats[A3])->status, SEAT_BLOCKED);
	assert_int_equal(seat_of(&map, f->seats[A4])->status, SEAT_FREE);
	assert_int_equal(map.free, 7);
	assert_int_equal(map.sections[0].free, 7);
	box_office_later(f, f->show, 301);
	assert_int_equal(seatmap_read(f->db, f->arena, f->show, 0, 0, &map), OUTCOME_OK);
	assert_int_equal(seat_of(&map, f->seats[A1])->status, SEAT_FREE);
}

static void
ones_own_seats_count_as_free(void **state)
{
	struct box_office *f = *state;
	struct seatmap map;

	set_seat(f, f->seats[A1], HELD);
	assert_int_equal(seatmap_read(f->db, f->arena, f->show, 0, 77, &map), OUTCOME_OK);
	assert_true(seat_of(&map, f->seats[A1])->own);
	assert_int_equal(map.free, 10);
	assert_int_equal(seatmap_read(f->db, f->arena, f->show, 0, 78, &map), OUTCOME_OK);
	assert_false(seat_of(&map, f->seats[A1])->own);
	assert_int_equal(map.free, 9);
}

static void
a_section_can_be_read_alone(void **state)
{
	struct box_office *f = *state;
	int64_t show = box_office_show(f, (struct house){ .rows = 4, .seats_a_row = 3, .sections = 2 });
	struct seatmap all, one;

	box_office_sql(f, "UPDATE show_seats SET " SOLD " WHERE show_id = %" PRId64 " AND seat_id = %" PRId64, show,
	    box_office_seat(f, show, 3, 2));
	assert_int_equal(sections_read(f->db, f->arena, show, &all), OUTCOME_OK);
	assert_int_equal(all.n_sections, 2);
	assert_int_equal(all.free, 11);
	assert_int_equal(all.sections[1].total, 6);
	assert_int_equal(all.sections[1].free, 5);
	assert_int_equal(all.sections[1].first_row, 3);
	assert_int_equal(all.sections[1].last_row, 4);
	assert_int_equal(all.sections[1].last_col, 5);
	assert_int_equal(seatmap_read(f->db, f->arena, show, all.sections[1].id, 0, &one), OUTCOME_OK);
	assert_int_equal(one.n_sections, 1);
	assert_int_equal(one.n, 6);
	assert_int_equal(one.free, 5);
	assert_int_equal(one.sections[0].price.minor, 1400);
	assert_string_equal(CSTR(f->arena, one.seats[0].row), "C");
	assert_int_equal(seatmap_read(f->db, f->arena, show, f->section, 0, &one), OUTCOME_NOT_FOUND);
}

static void
an_unknown_show_is_not_found(void **state)
{
	struct box_office *f = *state;
	struct seatmap map;

	assert_int_equal(seatmap_read(f->db, f->arena, 999999, 0, 0, &map), OUTCOME_NOT_FOUND);
	assert_int_equal(sections_read(f->db, f->arena, INT64_MAX, &map), OUTCOME_NOT_FOUND);
}

static void
a_seat_that_the_show_does_not_sell_is_not_free(void **state)
{
	struct box_office *f = *state;
	int64_t show = box_office_show(f, (struct house){ .rows = 1, .seats_a_row = 3 });
	struct seatmap map;

	box_office_sql(f, "DELETE FROM show_seats WHERE show_id = %" PRId64 " AND seat_id = %" PRId64, show, box_office_seat(f, show, 0, 2));
	assert_int_equal(seatmap_read(f->db, f->arena, show, 0, 0, &map), OUTCOME_OK);
	assert_int_equal(map.n, 3);
	assert_int_equal(map.free, 2);
	assert_int_equal(map.seats[1].status, SEAT_BLOCKED);
	assert_int_equal(map.seats[2].status, SEAT_FREE);
}

static void
seats_are_named_by_id_in_any_order(void **state)
{
	struct box_office *f = *state;
	int64_t ids[] = { f->seats[B5], 123456789, f->seats[A1] };
	struct seat_words words[HOLD_MAX_SEATS];

	assert_int_equal(seat_words_read(f->db, ids, 3, words), 2);
	assert_int_equal(words[0].id, f->seats[A1]);
	assert_int_equal(words[1].id, f->seats[B5]);
	assert_int_equal(words[1].kind, SEAT_WHEELCHAIR);
	assert_string_equal(CSTR(f->arena, words[1].section_name), "Stalls");
	assert_int_equal(seat_words_read(f->db, ids, 0, words), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_fresh_show_is_all_free_and_in_order, sweep),
		cmocka_unit_test_setup(prices_have_the_fee_in_them, sweep),
		cmocka_unit_test_setup(each_state_is_told_apart_and_time_frees_a_held_seat, sweep),
		cmocka_unit_test_setup(ones_own_seats_count_as_free, sweep),
		cmocka_unit_test_setup(a_section_can_be_read_alone, sweep),
		cmocka_unit_test_setup(an_unknown_show_is_not_found, sweep),
		cmocka_unit_test_setup(a_seat_that_the_show_does_not_sell_is_not_free, sweep),
		cmocka_unit_test_setup(seats_are_named_by_id_in_any_order, sweep),
	};

	return cmocka_run_group_tests(tests, box_office_open, box_office_close);
}
