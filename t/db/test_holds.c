/* test_holds.c - who gets a seat, against a real database. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "t/lib/box_office.h"

#include "base/crypto.h"
#include "domain/holds.h"

static enum outcome
take(struct box_office *f, int64_t show, int64_t buyer, const int64_t *seats, size_t n, struct hold_result *r)
{
	struct hold_ask ask = { .show = show, .buyer = buyer };

	for (size_t i = 0; i < n; i++)
		ask.seats.ids[ask.seats.n++] = seats[i];
	return hold_take(f->db, f->arena, &ask, r);
}

#define TAKE(f, buyer, r, ...) take((f), (f)->show, (buyer), (int64_t[]){ __VA_ARGS__ }, \
	sizeof((int64_t[]){ __VA_ARGS__ }) / sizeof(int64_t), (r))

static int
sweep(void **state)
{
	struct box_office *f = *state;

	box_office_sweep(f, f->show);
	return 0;
}

static void
a_free_seat_is_held_and_its_event_written(void **state)
{
	struct box_office *f = *state;
	struct hold_result r;
	struct hold h;

	assert_int_equal(TAKE(f, f->ann, &r, f->seats[A1], f->seats[A2]), OUTCOME_OK);
	assert_int_equal(hold_read(f->db, f->arena, f->show, r.hold, f->ann, &h), OUTCOME_OK);
	assert_int_equal(h.n, 2);
	assert_int_equal(h.total.minor, 3200);
	assert_true(span_is(h.seats[0].row, "A") && span_is(h.seats[1].number, "2"));
	assert_int_equal(h.extensions_left, 3);
	assert_true(h.expires_ms - h.now_ms > 590000 && h.expires_ms - h.now_ms <= 600000);
	assert_int_equal(box_office_number(f, "SELECT COUNT(*) FROM outbox WHERE type = 'SEAT_HELD' AND subject_id = %" PRId64, r.hold), 1);
	assert_int_equal(box_office_number(f, "SELECT COUNT(*) FROM show_seats WHERE hold_id = %" PRId64, r.hold), 2);
}

static void
the_second_buyer_does_not_get_the_seat_and_is_told_which(void **state)
{
	struct box_office *f = *state;
	struct hold_result a, b;

	assert_int_equal(TAKE(f, f->ann, &a, f->seats[A3]), OUTCOME_OK);
	assert_int_equal(TAKE(f, f->bob, &b, f->seats[A3], f->seats[A4]), OUTCOME_TAKEN);
	assert_int_equal(b.lost.n, 1);
	assert_int_equal(b.lost.ids[0], f->seats[A3]);
	assert_int_equal(box_office_number(f, "SELECT COUNT(*) FROM show_seats WHERE show_id = %" PRId64 " AND status = 'held'", f->show), 1);
}

static void
the_same_choice_again_is_the_same_hold(void **state)
{
	struct box_office *f = *state;
	struct hold_result a, b;

	assert_int_equal(TAKE(f, f->ann, &a, f->seats[A1], f->seats[A2]), OUTCOME_OK);
	assert_int_equal(TAKE(f, f->ann, &b, f->seats[A2], f->seats[A1]), OUTCOME_OK);
	assert_int_equal(a.hold, b.hold);
	assert_int_equal(box_office_number(f, "SELECT COUNT(*) FROM holds WHERE show_id = %" PRId64, f->show), 1);
}

static void
an_overlapping_choice_replaces_the_hold_and_keeps_its_end(void **state)
{
	struct box_office *f = *state;
	struct hold_result a, b;
	struct hold before, after;

	assert_int_equal(TAKE(f, f->ann, &a, f->seats[A1], f->seats[A2]), OUTCOME_OK);
	assert_int_equal(hold_read(f->db, f->arena, f->show, a.hold, f->ann, &before), OUTCOME_OK);
	assert_int_equal(TAKE(f, f->ann, &b, f->seats[A2], f->seats[A3]), OUTCOME_OK);
	assert_int_equal(hold_read(f->db, f->arena, f->show, b.hold, f->ann, &after), OUTCOME_OK);
	assert_true(a.hold != b.hold);
	assert_true(before.expires_ms == after.expires_ms && before.longest_ms == after.longest_ms);
	assert_string_equal(box_office_text(f, "SELECT state, reason FROM holds WHERE hold_id = %" PRId64, a.hold), "released\treplaced\n");
	assert_int_equal(box_office_number(f, "SELECT COUNT(*) FROM show_seats WHERE hold_id = %" PRId64, a.hold), 0);
	assert_int_equal(box_office_number(f, "SELECT COUNT(*) FROM show_seats WHERE hold_id = %" PRId64, b.hold), 2);
}

static void
a_failed_swap_keeps_the_old_seats(void **state)
{
	struct box_office *f = *state;
	struct hold_result a, b, c;
	struct hold_ask ask = { .show = f->show, .buyer = f->ann };

	assert_int_equal(TAKE(f, f->bob, &b, f->seats[A5]), OUTCOME_OK);
	assert_int_equal(TAKE(f, f->ann, &a, f->seats[A1]), OUTCOME_OK);
	ask.replaces = a.hold;
	ask.seats = (struct seat_set){ { f->seats[A2], f->seats[A5] }, 2 };
	assert_int_equal(hold_take(f->db, f->arena, &ask, &c), OUTCOME_TAKEN);
	assert_int_equal(box_office_number(f, "SELECT hold_id FROM show_seats WHERE show_id = %" PRId64 " AND seat_id = %" PRId64,
	    f->show, f->seats[A1]), a.hold);
}

static void
a_second_section_joins_the_hold_when_asked_to(void **state)
{
	struct box_office *f = *state;
	struct hold_result a, b;
	struct hold_ask ask = { .show = f->show, .buyer = f->ann, .add = true, .seats = { { f->seats[B1] }, 1 } };
	struct hold h;

	assert_int_equal(TAKE(f, f->ann, &a, f->seats[A1], f->seats[A2]), OUTCOME_OK);
	assert_int_equal(hold_take(f->db, f->arena, &ask, &b), OUTCOME_OK);
	assert_int_equal(hold_read(f->db, f->arena, f->show, b.hold, f->ann, &h), OUTCOME_OK);
	assert_int_equal(h.n, 3);
}

static void
a_third_hold_is_one_too_many(void **state)
{
	struct box_office *f = *state;
	struct hold_result r;

	assert_int_equal(TAKE(f, f->ann, &r, f->seats[A1]), OUTCOME_OK);
	assert_int_equal(TAKE(f, f->ann, &r, f->seats[A3]), OUTCOME_OK);
	assert_int_equal(TAKE(f, f->ann, &r, f->seats[A5]), OUTCOME_LIMIT);
	assert_int_equal(r.limit, 2);
	assert_true(r.buyer_hold != 0);
}

static void
a_seat_of_another_hall_is_not_found_and_nothing_changes(void **state)
{
	struct box_office *f = *state;
	int64_t other = box_office_show(f, (struct house){ 0 });
	struct hold_result r;

	assert_int_equal(TAKE(f, f->ann, &r, f->seats[A1], box_office_seat(f, other, 0, 1)), OUTCOME_NOT_FOUND);
	assert_int_equal(box_office_number(f, "SELECT COUNT(*) FROM show_seats WHERE status <> 'available'"), 0);
}

static int64_t
version(struct box_office *f, int seat)
{
	return box_office_number(f, "SELECT version FROM show_seats WHERE show_id = %" PRId64 " AND seat_id = %" PRId64, f->show, f->seats[seat]);
}

static void
an_expired_seat_is_free_at_once_and_its_release_is_told_once(void **state)
{
	struct box_office *f = *state;
	struct hold_result a, b;

	assert_int_equal(TAKE(f, f->ann, &a, f->seats[A1], f->seats[A2]), OUTCOME_OK);
	box_office_later(f, f->show, 700);
	assert_int_equal(TAKE(f, f->bob, &b, f->seats[A2]), OUTCOME_OK);
	assert_string_equal(box_office_text(f, "SELECT payload FROM outbox WHERE type = 'SEAT_RELEASED' AND subject_id = %" PRId64, a.hold),
	    arena_fmt(f->arena, "{\"hold\":%" PRId64 ",\"seats\":[%" PRId64 "],\"versions\":[%" PRId64 "],\"reason\":\"expired\"}\n", a.hold,
	    f->seats[A2], version(f, A2) * 2 - 1).p);
	/* the reaper, later, names only what still carries the old hold */
	assert_int_equal(hold_expire(f->db, f->arena, f->show, a.hold, false), OUTCOME_OK);
	assert_string_equal(box_office_text(f, "SELECT payload FROM outbox WHERE type = 'SEAT_RELEASED' AND subject_id = %" PRId64
	    " ORDER BY outbox_id DESC LIMIT 1", a.hold),
	    arena_fmt(f->arena, "{\"hold\":%" PRId64 ",\"seats\":[%" PRId64 "],\"versions\":[%" PRId64 "],\"reason\":\"expired\"}\n", a.hold,
	    f->seats[A1], version(f, A1) * 2).p);
	assert_int_equal(box_office_number(f, "SELECT hold_id FROM show_seats WHERE show_id = %" PRId64 " AND seat_id = %" PRId64, f->show,
	    f->seats[A2]), b.hold);
}

static void
an_unexpired_hold_does_not_expire(void **state)
{
	struct box_office *f = *state;
	struct hold_result a;

	assert_int_equal(TAKE(f, f->ann, &a, f->seats[A1]), OUTCOME_OK);
	assert_int_equal(hold_expire(f->db, f->arena, f->show, a.hold, false), OUTCOME_CHANGED);
	assert_int_equal(box_office_number(f, "SELECT COUNT(*) FROM show_seats WHERE hold_id = %" PRId64, a.hold), 1);
}

static void
three_extensions_and_no_more(void **state)
{
	struct box_office *f = *state;
	struct hold_result a;
	struct hold h;

	assert_int_equal(TAKE(f, f->ann, &a, f->seats[A1]), OUTCOME_OK);
	for (int i = 0; i < 3; i++)
		assert_int_equal(hold_extend(f->db, f->arena, f->show, a.hold, f->ann), OUTCOME_OK);
	assert_int_equal(hold_extend(f->db, f->arena, f->show, a.hold, f->ann), OUTCOME_LIMIT);
	assert_int_equal(hold_read(f->db, f->arena, f->show, a.hold, f->ann, &h), OUTCOME_OK);
	assert_true(h.expires_ms - h.now_ms > 1490000 && h.expires_ms - h.now_ms <= 1500000);
	assert_int_equal(h.extensions_left, 0);
}

static void
nobody_else_may_touch_a_hold(void **state)
{
	struct box_office *f = *state;
	struct hold_result a;
	struct hold h;

	assert_int_equal(TAKE(f, f->ann, &a, f->seats[A1]), OUTCOME_OK);
	assert_int_equal(hold_read(f->db, f->arena, f->show, a.hold, f->bob, &h), OUTCOME_NOT_FOUND);
	assert_int_equal(hold_extend(f->db, f->arena, f->show, a.hold, f->bob), OUTCOME_NOT_FOUND);
	assert_int_equal(hold_release(f->db, f->arena, f->show, a.hold, f->bob), OUTCOME_NOT_FOUND);
	assert_int_equal(hold_remove(f->db, f->arena, f->show, a.hold, f->bob, f->seats[A1]), OUTCOME_NOT_FOUND);
}

static void
a_released_hold_frees_its_seats_and_stays_released(void **state)
{
	struct box_office *f = *state;
	struct hold_result a, b;

	assert_int_equal(TAKE(f, f->ann, &a, f->seats[A1], f->seats[A2]), OUTCOME_OK);
	assert_int_equal(hold_release(f->db, f->arena, f->show, a.hold, f->ann), OUTCOME_OK);
	assert_int_equal(hold_release(f->db, f->arena, f->show, a.hold, f->ann), OUTCOME_EXPIRED);
	assert_int_equal(TAKE(f, f->bob, &b, f->seats[A1], f->seats[A2]), OUTCOME_OK);
	assert_int_equal(box_office_number(f, "SELECT COUNT(*) FROM outbox WHERE type = 'BOOKING_RELEASED' AND subject_id = %" PRId64, a.hold), 1);
}

static void
removing_the_last_seat_releases_the_hold(void **state)
{
	struct box_office *f = *state;
	struct hold_result a;

	assert_int_equal(TAKE(f, f->ann, &a, f->seats[A1], f->seats[A2]), OUTCOME_OK);
	assert_int_equal(hold_remove(f->db, f->arena, f->show, a.hold, f->ann, f->seats[A1]), OUTCOME_OK);
	assert_int_equal(hold_remove(f->db, f->arena, f->show, a.hold, f->ann, f->seats[A1]), OUTCOME_NOT_FOUND);
	assert_int_equal(hold_remove(f->db, f->arena, f->show, a.hold, f->ann, f->seats[A2]), OUTCOME_OK);
	assert_string_equal(box_office_text(f, "SELECT state FROM holds WHERE hold_id = %" PRId64, a.hold), "released\n");
	assert_int_equal(box_office_number(f, "SELECT COUNT(*) FROM show_seats WHERE status <> 'available'"), 0);
}

static void
a_price_type_is_chosen_a_seat_and_an_unknown_one_changes_nothing(void **state)
{
	struct box_office *f = *state;
	struct hold_result a;
	struct hold h;
	int64_t both[] = { f->seats[A1], f->seats[A2] };

	assert_int_equal(TAKE(f, f->ann, &a, f->seats[A1], f->seats[A2]), OUTCOME_OK);
	assert_int_equal(hold_price(f->db, f->arena, f->show, a.hold, f->ann, both, (struct span[]){ SPAN("adult"), SPAN("child") }, 2),
	    OUTCOME_OK);
	assert_int_equal(hold_read(f->db, f->arena, f->show, a.hold, f->ann, &h), OUTCOME_OK);
	assert_int_equal(h.total.minor, 2600);
	assert_int_equal(hold_price(f->db, f->arena, f->show, a.hold, f->ann, both, (struct span[]){ SPAN("child"), SPAN("free") }, 2),
	    OUTCOME_NOT_FOUND);
	assert_int_equal(hold_read(f->db, f->arena, f->show, a.hold, f->ann, &h), OUTCOME_OK);
	assert_int_equal(h.total.minor, 2600);
}

static void
a_companion_seat_needs_a_wheelchair_place(void **state)
{
	struct box_office *f = *state;
	struct hold_result r;

	assert_int_equal(TAKE(f, f->ann, &r, f->seats[B4]), OUTCOME_COMPANION);
	assert_int_equal(TAKE(f, f->ann, &r, f->seats[B4], f->seats[B5]), OUTCOME_OK);
}

static void
a_new_single_seat_is_refused_with_two_ways_out(void **state)
{
	struct box_office *f = *state;
	int64_t show = box_office_show(f, (struct house){ .rows = 1, .seats_a_row = 5, .orphan_rule = true });
	int64_t two[] = { box_office_seat(f, show, 0, 2), box_office_seat(f, show, 0, 3) };
	struct hold_result r;

	assert_int_equal(take(f, show, f->ann, two, 2, &r), OUTCOME_SINGLE);
	assert_int_equal(r.lost.ids[0], box_office_seat(f, show, 0, 1));
	assert_int_equal(r.fixes[0].n, 2);
	assert_int_equal(r.fixes[1].n, 3);
	assert_int_equal(take(f, show, f->ann, r.fixes[0].ids, r.fixes[0].n, &r), OUTCOME_OK);
}

static void
a_single_seat_that_no_choice_could_avoid_is_allowed(void **state)
{
	struct box_office *f = *state;
	int64_t show = box_office_show(f, (struct house){ .rows = 1, .seats_a_row = 3, .orphan_rule = true });
	int64_t two[] = { box_office_seat(f, show, 0, 1), box_office_seat(f, show, 0, 2) };
	struct hold_result r;

	assert_int_equal(take(f, show, f->ann, two, 2, &r), OUTCOME_OK);
}

static void
best_available_gives_seats_together_and_never_the_wheelchair_place(void **state)
{
	struct box_office *f = *state;
	struct hold_result r;
	struct hold h;

	assert_int_equal(hold_best(f->db, f->arena, f->show, f->ann, 0, 4, &r), OUTCOME_OK);
	assert_int_equal(hold_read(f->db, f->arena, f->show, r.hold, f->ann, &h), OUTCOME_OK);
	assert_int_equal(h.n, 4);
	for (size_t i = 0; i < 4; i++)
		assert_true(span_is(h.seats[i].row, "A"));
	assert_int_equal(hold_best(f->db, f->arena, f->show, f->bob, 0, 3, &r), OUTCOME_OK);
	assert_int_equal(hold_read(f->db, f->arena, f->show, r.hold, f->bob, &h), OUTCOME_OK);
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(h.seats[i].kind, SEAT_STANDARD);
	assert_int_equal(hold_best(f->db, f->arena, f->show, f->cat, 0, 2, &r), OUTCOME_NO_ROOM);
	assert_int_equal(hold_best(f->db, f->arena, f->show, f->cat, 0, 9, &r), OUTCOME_LIMIT);
	assert_int_equal(hold_best(f->db, f->arena, f->show, f->cat, 0, 0, &r), OUTCOME_LIMIT);
}

static void
a_show_not_on_sale_says_why(void **state)
{
	struct box_office *f = *state;
	int64_t show = box_office_show(f, (struct house){ .state = "paused" });
	int64_t seat = box_office_seat(f, show, 0, 1);
	struct hold_result r;

	assert_int_equal(take(f, show, f->ann, &seat, 1, &r), OUTCOME_CLOSED);
	assert_true(span_is(r.sales_state, "paused"));
	box_office_sql(f, "UPDATE show_sales SET state = 'on_sale', sales_from = TIMESTAMPADD(DAY, 1, UTC_TIMESTAMP(3)) WHERE show_id = %"
	    PRId64 ";", show);
	assert_int_equal(take(f, show, f->ann, &seat, 1, &r), OUTCOME_CLOSED);
	assert_true(span_is(r.sales_state, "early") && r.sales_from_ms > 0);
}

static void
nobody_keeps_seats_beyond_the_absolute_end_by_taking_them_again(void **state)
{
	struct box_office *f = *state;
	struct hold_result a, b;
	struct hold h;

	assert_int_equal(TAKE(f, f->ann, &a, f->seats[A1]), OUTCOME_OK);
	/* the promised end has passed, two minutes are left until the absolute one, the seats are still kept */
	box_office_sql(f, "UPDATE holds SET expires_at = TIMESTAMPADD(SECOND, -1, UTC_TIMESTAMP(3)), seats_until = TIMESTAMPADD(SECOND, 30, "
	    "UTC_TIMESTAMP(3)), longest_until = TIMESTAMPADD(SECOND, 120, UTC_TIMESTAMP(3)) WHERE hold_id = %" PRId64 ";", a.hold);
	assert_int_equal(TAKE(f, f->ann, &b, f->seats[A1]), OUTCOME_OK);
	assert_int_equal(hold_read(f->db, f->arena, f->show, b.hold, f->ann, &h), OUTCOME_OK);
	assert_true(h.expires_ms - h.now_ms <= 120000);
	/* and now that has passed, too */
	box_office_sql(f, "UPDATE holds SET expires_at = TIMESTAMPADD(SECOND, -1, UTC_TIMESTAMP(3)), seats_until = TIMESTAMPADD(SECOND, 30, "
	    "UTC_TIMESTAMP(3)), longest_until = TIMESTAMPADD(SECOND, -1, UTC_TIMESTAMP(3)) WHERE hold_id = %" PRId64 ";", b.hold);
	assert_int_equal(TAKE(f, f->ann, &a, f->seats[A1]), OUTCOME_TAKEN);
}

static void
a_blocked_seat_is_taken(void **state)
{
	struct box_office *f = *state;
	struct hold_result r;

	box_office_sql(f, "UPDATE show_seats SET status = 'blocked' WHERE show_id = %" PRId64 " AND seat_id = %" PRId64 ";", f->show, f->seats[A1]);
	assert_int_equal(TAKE(f, f->ann, &r, f->seats[A1]), OUTCOME_TAKEN);
}

static void
a_hold_that_has_ended_is_taken_again_before_others_may_have_its_seats(void **state)
{
	struct box_office *f = *state;
	struct hold_result a, b, c;
	struct hold after;

	assert_int_equal(TAKE(f, f->ann, &a, f->seats[A1], f->seats[A2]), OUTCOME_OK);
	box_office_later(f, f->show, 601);
	box_office_sql(f, "UPDATE holds SET seats_until = TIMESTAMPADD(SECOND, 30, UTC_TIMESTAMP(3)) WHERE hold_id = %" PRId64, a.hold);
	box_office_sql(f, "UPDATE show_seats SET expires_at = TIMESTAMPADD(SECOND, 30, UTC_TIMESTAMP(3)) WHERE hold_id = %" PRId64, a.hold);
	assert_int_equal(TAKE(f, f->bob, &b, f->seats[A1]), OUTCOME_TAKEN);
	assert_int_equal(TAKE(f, f->ann, &c, f->seats[A1], f->seats[A2]), OUTCOME_OK);
	assert_true(c.hold != a.hold);
	assert_int_equal(hold_read(f->db, f->arena, f->show, c.hold, f->ann, &after), OUTCOME_OK);
	assert_true(after.expires_ms - after.now_ms > 590000);	/* its clock begins anew */
	assert_int_equal(box_office_number(f, "SELECT COUNT(*) FROM outbox WHERE type = 'SEAT_RELEASED' AND subject_id = %" PRId64, a.hold), 1);
	assert_int_equal(box_office_number(f, "SELECT COUNT(*) FROM show_seats WHERE hold_id = %" PRId64, c.hold), 2);
}

static void
changing_one_hold_may_take_seats_of_the_same_buyers_other_one(void **state)
{
	struct box_office *f = *state;
	struct hold_result a, b, c;
	struct hold_ask ask = { .show = f->show, .buyer = f->ann };

	assert_int_equal(TAKE(f, f->ann, &a, f->seats[A1]), OUTCOME_OK);
	assert_int_equal(TAKE(f, f->ann, &b, f->seats[B1]), OUTCOME_OK);
	ask.replaces = a.hold;
	ask.seats = (struct seat_set){ { f->seats[B1], f->seats[B2] }, 2 };
	assert_int_equal(hold_take(f->db, f->arena, &ask, &c), OUTCOME_OK);
	assert_int_equal(box_office_number(f, "SELECT COUNT(*) FROM holds WHERE show_id = %" PRId64 " AND state = 'active'", f->show), 1);
	assert_int_equal(box_office_number(f, "SELECT COUNT(*) FROM show_seats WHERE show_id = %" PRId64 " AND status = 'held'", f->show), 2);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup(name, sweep)
		T(a_free_seat_is_held_and_its_event_written), T(the_second_buyer_does_not_get_the_seat_and_is_told_which),
		T(the_same_choice_again_is_the_same_hold), T(an_overlapping_choice_replaces_the_hold_and_keeps_its_end),
		T(a_failed_swap_keeps_the_old_seats), T(a_second_section_joins_the_hold_when_asked_to), T(a_third_hold_is_one_too_many),
		T(a_seat_of_another_hall_is_not_found_and_nothing_changes),
		T(an_expired_seat_is_free_at_once_and_its_release_is_told_once), T(an_unexpired_hold_does_not_expire),
		T(three_extensions_and_no_more), T(nobody_else_may_touch_a_hold), T(a_released_hold_frees_its_seats_and_stays_released),
		T(removing_the_last_seat_releases_the_hold), T(a_price_type_is_chosen_a_seat_and_an_unknown_one_changes_nothing),
		T(a_companion_seat_needs_a_wheelchair_place), T(a_new_single_seat_is_refused_with_two_ways_out),
		T(a_single_seat_that_no_choice_could_avoid_is_allowed),
		T(best_available_gives_seats_together_and_never_the_wheelchair_place), T(a_show_not_on_sale_says_why),
		T(a_blocked_seat_is_taken),
		T(nobody_keeps_seats_beyond_the_absolute_end_by_taking_them_again),
		T(a_hold_that_has_ended_is_taken_again_before_others_may_have_its_seats),
		T(changing_one_hold_may_take_seats_of_the_same_buyers_other_one),
	};

	return cmocka_run_group_tests(tests, box_office_open, box_office_close);
}
