/* test_show_move.c - a show begins at another time: everybody who had bought is told once, whatever came in between. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "t/lib/box_office.h"

#include <sys/wait.h>
#include <unistd.h>

#include "base/crypto.h"
#include "domain/cancel.h"
#include "domain/holds.h"
#include "domain/payments.h"
#include "domain/settle.h"
#include "domain/show_move.h"

static int64_t show;

/* Each test has a show of its own. */
static int
another_show(void **state)
{
	show = box_office_show(*state, (struct house){ .rows = 2, .seats_a_row = 5 });
	return 0;
}

/* A booking of one seat. */
static int64_t
bought(struct box_office *f, int number)
{
	struct hold_ask hold = { .show = show, .buyer = id_by_chance(), .seats = { { box_office_seat(f, show, 0, number) }, 1 } };
	struct payment_begin ask = { .show = show, .buyer = hold.buyer, .payment = id_new(), .booking = id_new(), .provider = SPAN("stripe"),
		.email = SPAN("ann@example.org"), .name = SPAN("Ann"), .key = SPAN("key"), .body = SPAN("mode=payment") };
	struct settle_ask paid = { .show = show, .fact = SETTLE_PAID, .session = SPAN_NONE, .capture = SPAN("pi_1"), .provider = SPAN_NONE };
	struct hold_result r;
	enum settled settled;
	struct hold h;

	assert_int_equal(hold_take(f->db, f->arena, &hold, &r), OUTCOME_OK);
	assert_int_equal(hold_read(f->db, f->arena, show, r.hold, 0, &h), OUTCOME_OK);
	ask.hold = r.hold;
	ask.amount = paid.amount = h.total;
	assert_int_equal(payment_begin(f->db, f->arena, &ask, &paid.payment), OUTCOME_OK);
	assert_int_equal(payment_opened(f->db, f->arena, show, paid.payment, arena_fmt(f->arena, "cs_%" PRId64, paid.payment),
	    SPAN("https://pay.example/x")), OUTCOME_OK);
	assert_int_equal(settle(f->db, f->arena, &paid, &settled), OUTCOME_OK);
	assert_int_equal(settled, SETTLED_CONFIRMED);
	return ask.booking;
}

/* The show's day, so many days on, at this hour. */
static struct span
at(struct box_office *f, int days, const char *hour)
{
	return span_of(box_office_text(f, "SELECT CONCAT(DATE(starts_local) + INTERVAL %d DAY, ' %s') FROM shows WHERE show_id = %" PRId64,
	    days, hour, show));
}

static struct span
line(struct span text)
{
	return span_cut(&text, '\n');
}

static int64_t
events(struct box_office *f, int64_t booking)
{
	return box_office_number(f, "SELECT COUNT(*) FROM outbox WHERE type = 'SHOW_MOVED' AND subject_id = %" PRId64, booking);
}

static enum outcome
moves(struct box_office *f, struct span to, struct show_move *m)
{
	return show_move(f->db, f->arena, show, line(to), m);
}

static void
every_buyer_is_told_of_the_old_and_the_new_start_once(void **state)
{
	struct box_office *f = *state;
	int64_t a = bought(f, 1), b = bought(f, 2), before = box_office_number(f, "SELECT ROUND(UNIX_TIMESTAMP(starts_at) * 1000) FROM shows "
	    "WHERE show_id = %" PRId64, show);
	struct span to = at(f, 1, "20:15");
	struct show_move m;

	assert_int_equal(moves(f, to, &m), OUTCOME_OK);
	assert_int_equal(m.told, 2);
	assert_int_equal(m.from.ms, before);
	assert_int_equal(events(f, a), 1);
	assert_int_equal(events(f, b), 1);
	assert_int_equal(box_office_number(f, "SELECT JSON_VALUE(payload, '$.from') FROM outbox WHERE type = 'SHOW_MOVED' AND subject_id = %"
	    PRId64, a), before);
	assert_int_equal(box_office_number(f, "SELECT JSON_VALUE(payload, '$.to') FROM outbox WHERE type = 'SHOW_MOVED' AND subject_id = %"
	    PRId64, a), m.to.ms);
	assert_int_equal(box_office_number(f, "SELECT COUNT(*) FROM shows w JOIN show_sales s ON s.show_id = w.show_id WHERE w.show_id = %" PRId64
	    " AND w.starts_at = s.starts_at AND DATE(w.starts_local) = w.local_date AND TIME_FORMAT(w.starts_local, '%%H:%%i') = '20:15' AND "
	    "s.sales_until = s.starts_at", show), 1);
	assert_int_equal(moves(f, to, &m), OUTCOME_OK);
	assert_int_equal(m.told, 0);
	assert_int_equal(events(f, a), 1);
}

static void
after_a_crash_the_same_again_finishes_it(void **state)
{
	struct box_office *f = *state;
	int64_t a = bought(f, 1), b = bought(f, 2), before = box_office_number(f, "SELECT ROUND(UNIX_TIMESTAMP(starts_at) * 1000) FROM shows "
	    "WHERE show_id = %" PRId64, show);
	struct span to = at(f, 2, "18:00");
	struct show_move m;

	/* the catalogue only */
	box_office_sql(f, "UPDATE shows SET starts_at = '" PRSPAN ":00', starts_local = '" PRSPAN ":00' WHERE show_id = %" PRId64,
	    ARGSPAN(line(to)), ARGSPAN(line(to)), show);
	assert_int_equal(moves(f, to, &m), OUTCOME_OK);
	assert_int_equal(m.told, 2);
	assert_int_equal(m.from.ms, before);
	/* one of the two told */
	box_office_sql(f, "DELETE FROM outbox WHERE type = 'SHOW_MOVED' AND subject_id = %" PRId64 ";\n"
	    "UPDATE bookings SET told_start = NULL WHERE booking_id = %" PRId64, b, b);
	assert_int_equal(moves(f, to, &m), OUTCOME_OK);
	assert_int_equal(m.told, 1);
	assert_int_equal(events(f, a), 1);
	assert_int_equal(events(f, b), 1);
}

static void
a_second_move_first_tells_of_the_one_before_and_then_everybody_knows_the_last(void **state)
{
	struct box_office *f = *state;
	int64_t a = bought(f, 1), b;
	struct span first = at(f, 1, "20:15"), second = at(f, 3, "20:15");
	struct show_move m;

	assert_int_equal(moves(f, first, &m), OUTCOME_OK);
	/* as if it had stopped before it told her */
	box_office_sql(f, "DELETE FROM outbox WHERE type = 'SHOW_MOVED' AND subject_id = %" PRId64 ";\n"
	    "UPDATE bookings SET told_start = NULL WHERE booking_id = %" PRId64, a, a);
	b = bought(f, 2);
	assert_int_equal(moves(f, second, &m), OUTCOME_OK);
	assert_int_equal(m.told, 3);
	assert_int_equal(events(f, a), 2);
	assert_int_equal(events(f, b), 1);
	assert_int_equal(box_office_number(f, "SELECT COUNT(DISTINCT payload) FROM outbox WHERE type = 'SHOW_MOVED' AND show_id = %" PRId64, show), 2);
	assert_int_equal(box_office_number(f, "SELECT COUNT(*) FROM bookings b JOIN show_sales s ON s.show_id = b.show_id "
	    "WHERE b.show_id = %" PRId64 " AND b.told_start = s.starts_at", show), 2);
}

static void
who_buys_after_the_move_is_not_told(void **state)
{
	struct box_office *f = *state;
	struct span to = at(f, 1, "20:15");
	struct show_move m;
	int64_t b;

	assert_int_equal(moves(f, to, &m), OUTCOME_OK);
	b = bought(f, 2);
	assert_int_equal(moves(f, to, &m), OUTCOME_OK);
	assert_int_equal(m.told, 0);
	assert_int_equal(events(f, b), 0);
}

static void
a_show_that_is_cancelled_over_or_has_begun_is_not_moved(void **state)
{
	static const char *const spoilt[] = { "UPDATE show_sales SET state = 'cancelled'", "UPDATE show_sales SET state = 'cancelling'",
		"UPDATE show_sales SET state = 'ended'", "UPDATE shows SET starts_at = UTC_TIMESTAMP(3) - INTERVAL 1 MINUTE" };
	struct box_office *f = *state;
	struct span to = at(f, 1, "20:15");
	struct show_move m;

	for (size_t i = 0; i < ARRAY_LEN(spoilt); i++) {
		another_show(state);
		box_office_sql(f, "%s WHERE show_id = %" PRId64, spoilt[i], show);
		assert_int_equal(moves(f, to, &m), OUTCOME_CLOSED);
		assert_non_null(m.no);
		assert_int_equal(box_office_number(f, "SELECT moved_at IS NOT NULL FROM show_sales WHERE show_id = %" PRId64, show), 0);
	}
	another_show(state);
	box_office_sql(f, "UPDATE show_sales SET state = 'draft' WHERE show_id = %" PRId64, show);
	assert_int_equal(moves(f, to, &m), OUTCOME_NOT_FOUND);
}

static void
a_time_that_is_past_or_none_or_taken_is_refused_and_nothing_changes(void **state)
{
	static const char *const none[] = { "2020-01-01 20:00", "2999-01-01 20:00", "tomorrow", "2027-02-30 20:00", "2027-02-20 24:00",
		"2027-02-20 20:60", "2027-02-20", "2027-02-20 8:00", "" };
	struct box_office *f = *state;
	struct show_move m;

	for (size_t i = 0; i < ARRAY_LEN(none); i++)
		assert_int_equal(show_move(f->db, f->arena, show, span_of(none[i]), &m), OUTCOME_CLOSED);
	box_office_sql(f, "INSERT INTO shows (show_id, event_id, hall_id, layout_version, city_id, starts_at, starts_local, local_date, zone, currency) "
	    "SELECT show_id + 5000, event_id, hall_id, layout_version, city_id, TIMESTAMP(local_date, '20:15'), TIMESTAMP(local_date, '20:15'), "
	    "local_date, zone, currency FROM shows WHERE show_id = %" PRId64, show);
	assert_int_equal(moves(f, at(f, 0, "20:15"), &m), OUTCOME_CLOSED);
	assert_int_equal(box_office_number(f, "SELECT moved_at IS NOT NULL FROM show_sales WHERE show_id = %" PRId64, show), 0);
}

static void
tickets_that_were_given_back_are_not_told_of(void **state)
{
	struct box_office *f = *state;
	int64_t a = bought(f, 1);
	struct cancel_ask ask = { .show = show, .booking = a, .refund = id_new() };
	struct cancel_result r;
	struct show_move m;

	assert_int_equal(booking_cancel(f->db, f->arena, &ask, &r), OUTCOME_OK);
	assert_int_equal(moves(f, at(f, 1, "20:15"), &m), OUTCOME_OK);
	assert_int_equal(m.told, 0);
	assert_int_equal(events(f, a), 0);
}

static bool
agree(struct box_office *f)
{
	return box_office_number(f, "SELECT COUNT(*) FROM shows w JOIN show_sales s ON s.show_id = w.show_id WHERE w.show_id = %" PRId64
	    " AND w.starts_at = s.starts_at", show) == 1;
}

/* The first has listed its time when the second does both of its steps. */
static void
of_two_who_move_it_at_once_one_is_told_so_and_listing_and_sale_stay_the_same(void **state)
{
	struct box_office *f = *state;
	struct db *second = box_office_rival(f);
	struct span first_to = line(at(f, 1, "20:15")), second_to = line(at(f, 2, "18:00"));
	struct show_move m;
	int status;
	pid_t first;

	/* UTC is the city's time */
	assert_true(db_script(second, arena_fmt(f->arena, "SET autocommit = 0;\nUPDATE show_sales SET state = state WHERE show_id = %" PRId64
	    ";\n", show), "test"));
	first = fork();
	assert_true(first >= 0);
	if (first == 0) {
		f->db = box_office_rival(f);
		_exit((int)show_move(f->db, f->arena, show, first_to, &m));
	}
	while (!box_office_number(f, "SELECT starts_at = '" PRSPAN ":00' FROM shows WHERE show_id = %" PRId64, ARGSPAN(first_to), show)) {
		assert_int_equal(waitpid(first, &status, WNOHANG), 0);
		usleep(2000);
	}
	box_office_sql(f, "UPDATE shows SET starts_at = '" PRSPAN ":00', starts_local = '" PRSPAN ":00', local_date = DATE(starts_local) "
	    "WHERE show_id = %" PRId64, ARGSPAN(second_to), ARGSPAN(second_to), show);
	assert_true(db_script(second, arena_fmt(f->arena, "UPDATE show_sales SET moved_from = starts_at, moved_at = UTC_TIMESTAMP(3), "
	    "sales_until = '" PRSPAN ":00', starts_at = '" PRSPAN ":00' WHERE show_id = %" PRId64 ";\nCOMMIT;\n", ARGSPAN(second_to),
	    ARGSPAN(second_to), show), "test"));
	assert_int_equal(waitpid(first, &status, 0), first);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), OUTCOME_CHANGED);
	assert_true(agree(f));
	assert_int_equal(moves(f, first_to, &m), OUTCOME_OK);
	assert_true(agree(f));
	db_free(second);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup(name, another_show)
		T(every_buyer_is_told_of_the_old_and_the_new_start_once), T(after_a_crash_the_same_again_finishes_it),
		T(a_second_move_first_tells_of_the_one_before_and_then_everybody_knows_the_last), T(who_buys_after_the_move_is_not_told),
		T(a_show_that_is_cancelled_over_or_has_begun_is_not_moved), T(a_time_that_is_past_or_none_or_taken_is_refused_and_nothing_changes),
		T(tickets_that_were_given_back_are_not_told_of), T(of_two_who_move_it_at_once_one_is_told_so_and_listing_and_sale_stay_the_same),
	};

	return cmocka_run_group_tests(tests, box_office_open, box_office_close);
}
