/* test_programme.c - programmes in the database: loaded twice they change nothing, changed they change it, wrong they touch nothing. */
#include "t/lib/box_office.h"

#include <setjmp.h>

#include <cmocka.h>

#include "base/files.h"
#include "domain/audit.h"
#include "domain/demo_data.h"
#include "domain/outcome.h"
#include "domain/programme_store.h"

#define LITTLE_SHOW "(SELECT show_id FROM shows w JOIN halls h ON h.hall_id = w.hall_id WHERE h.slug = 'little' " \
	"ORDER BY starts_at LIMIT 1)"

static const char *
path_of(struct box_office *f, const char *name)
{
	const char *top = getenv("srcdir");

	return arena_fmt(f->arena, "%s/%s", top && *top ? top : ".", name).p;
}

static struct span
file_of(struct box_office *f, const char *name)
{
	struct span text;

	if (!file_read(f->arena, path_of(f, name), PROGRAMME_FILE_MAX, &text))
		fail_msg("%s cannot be read", name);
	return text;
}

static struct programme_counts
load_text(struct box_office *f, struct span text, const char *mistakes)
{
	struct programme *p = programme_new(f->arena, false);
	struct programme_counts counts;
	enum outcome o;

	db_clear(f->db);
	programme_read(p, "test", text);
	o = programme_load(f->db, f->arena, p, clock_now(), &counts);
	assert_string_equal(programme_errors(p).p, mistakes);
	assert_int_equal(o, *mistakes ? OUTCOME_NOT_FOUND : OUTCOME_OK);
	return counts;
}

/* The text with its first `from` replaced. */
static struct span
changed(struct box_office *f, struct span text, const char *from, const char *to)
{
	const char *at = strstr(text.p, from);

	assert_non_null(at);
	return arena_fmt(f->arena, "%.*s%s%s", (int)(at - text.p), text.p, to, at + strlen(from));
}

/* Everything a programme writes, counted. */
static const char *
size_of_house(struct box_office *f)
{
	return box_office_text(f, "SELECT (SELECT COUNT(*) FROM cities), (SELECT COUNT(*) FROM venues), (SELECT COUNT(*) FROM halls), "
	    "(SELECT COUNT(*) FROM sections), (SELECT COUNT(*) FROM seats), (SELECT COUNT(*) FROM events), (SELECT COUNT(*) FROM shows), "
	    "(SELECT COUNT(*) FROM show_sales), (SELECT COUNT(*) FROM show_prices), (SELECT COUNT(*) FROM show_seats)");
}

static void
a_programme_becomes_a_show_on_sale(void **state)
{
	struct box_office *f = *state;
	struct programme_counts c = load_text(f, file_of(f, "t/data/ten.programme"), "");

	assert_int_equal(c.new_shows, 1);
	assert_int_equal(c.seats, 10);
	assert_string_equal(box_office_text(f, "SELECT state, currency, hold_seconds, orphan_rule, cancel_hours FROM show_sales "
	    "WHERE show_id = " LITTLE_SHOW), "on_sale\tGBP\t600\t1\tNULL\n");
	assert_string_equal(box_office_text(f, "SELECT version, kind, name, flat_minor, millionths, included FROM show_charges "
	    "WHERE show_id = " LITTLE_SHOW " ORDER BY sort"), "1\tfee\tBooking fee\t150\t0\t0\n1\ttax\tVAT\t0\t200000\t1\n");
	assert_string_equal(box_office_text(f, "SELECT listed, price_min, price_max, zone FROM shows WHERE show_id = " LITTLE_SHOW),
	    "1\t750\t1150\tEurope/London\n");
	assert_string_equal(box_office_text(f, "SELECT price_type, name, minor, extra_minor, charges, sort FROM show_prices WHERE show_id = "
	    LITTLE_SHOW " ORDER BY sort"), "adult\tAdult\t1000\t150\t1\t0\nchild\tChild\t600\t150\t1\t1\n");
	assert_int_equal(box_office_number(f, "SELECT COUNT(*) FROM show_seats WHERE status = 'available' AND show_id = " LITTLE_SHOW), 10);
	assert_string_equal(box_office_text(f, "SELECT s.row_label, s.number, s.plan_row, s.plan_col FROM show_seats x "
	    "JOIN seats s ON s.seat_id = x.seat_id WHERE x.show_id = " LITTLE_SHOW " ORDER BY x.seat_id LIMIT 5, 1"), "B\t1\t2\t1\n");
}

static void
loaded_again_it_adds_nothing(void **state)
{
	struct box_office *f = *state;
	const char *before;
	struct programme_counts c;

	load_text(f, file_of(f, "t/data/ten.programme"), "");
	before = size_of_house(f);
	c = load_text(f, file_of(f, "t/data/ten.programme"), "");
	assert_int_equal(c.new_shows, 0);
	assert_int_equal(c.known_shows, 1);
	assert_string_equal(size_of_house(f), before);
}

static void
what_was_changed_in_the_file_changes_in_the_house(void **state)
{
	struct box_office *f = *state;
	struct span text = file_of(f, "t/data/ten.programme");

	load_text(f, text, "");
	text = changed(f, text, "tier 1  10.00   6.00", "tier 1  11.00   7.00");
	text = changed(f, text, "\"The Little\"", "\"The Little House\"");
	text = changed(f, text, "minutes 90", "minutes 95");
	text = changed(f, text, "fee 1.50", "fee 2.00");
	text = changed(f, text, "19:30", "19:30\n\thold 2 minutes\n\tsingles allowed\n\tcancel until 24 h before keeping 2.50");
	load_text(f, text, "");
	assert_string_equal(box_office_text(f, "SELECT minor FROM show_prices WHERE show_id = " LITTLE_SHOW " ORDER BY sort"),
	    "1100\n700\n");
	assert_int_equal(box_office_number(f, "SELECT price_max FROM shows WHERE show_id = " LITTLE_SHOW), 1300);
	assert_string_equal(box_office_text(f, "SELECT extra_minor, charges FROM show_prices WHERE show_id = " LITTLE_SHOW " ORDER BY sort"),
	    "200\t2\n200\t2\n");
	assert_string_equal(box_office_text(f, "SELECT cancel_hours, cancel_fee_minor FROM show_sales WHERE show_id = " LITTLE_SHOW),
	    "24\t250\n");
	assert_string_equal(box_office_text(f, "SELECT name FROM venues WHERE slug = 'little'"), "The Little House\n");
	assert_int_equal(box_office_number(f, "SELECT minutes FROM events WHERE slug = 'a-film'"), 95);
	assert_string_equal(box_office_text(f, "SELECT hold_seconds, orphan_rule FROM show_sales WHERE show_id = " LITTLE_SHOW), "120\t0\n");
	load_text(f, file_of(f, "t/data/ten.programme"), "");
}

static void
seats_that_are_held_stay_held(void **state)
{
	struct box_office *f = *state;

	load_text(f, file_of(f, "t/data/ten.programme"), "");
	box_office_sql(f, "UPDATE show_seats SET status = 'held', hold_id = 5, expires_at = UTC_TIMESTAMP(3) WHERE show_id = " LITTLE_SHOW
	    " ORDER BY seat_id LIMIT 1");
	load_text(f, file_of(f, "t/data/ten.programme"), "");
	assert_int_equal(box_office_number(f, "SELECT COUNT(*) FROM show_seats WHERE hold_id = 5 AND show_id = " LITTLE_SHOW), 1);
	box_office_sweep(f, box_office_number(f, "SELECT " LITTLE_SHOW));
}

static void
a_price_type_goes_unless_somebody_has_it(void **state)
{
	struct box_office *f = *state;
	struct span text = file_of(f, "t/data/ten.programme"), without;

	load_text(f, text, "");
	without = changed(f, changed(f, text, "types   adult  child", "types adult"), "tier 1  10.00   6.00", "tier 1  10.00");
	box_office_sql(f, "INSERT INTO hold_seats (show_id, hold_id, seat_id, price_type, price_minor, fee_minor) "
	    "SELECT show_id, 9, MIN(seat_id), 'child', 600, 150 FROM show_seats WHERE show_id = " LITTLE_SHOW " GROUP BY show_id");
	load_text(f, without, "");
	assert_int_equal(box_office_number(f, "SELECT COUNT(*) FROM show_prices WHERE show_id = " LITTLE_SHOW), 2);
	box_office_sweep(f, box_office_number(f, "SELECT " LITTLE_SHOW));
	load_text(f, without, "");
	assert_int_equal(box_office_number(f, "SELECT COUNT(*) FROM show_prices WHERE show_id = " LITTLE_SHOW), 1);
	load_text(f, text, "");
}

static void
a_new_drawing_is_for_new_shows(void **state)
{
	struct box_office *f = *state;
	struct span text = file_of(f, "t/data/ten.programme");

	load_text(f, text, "");
	text = changed(f, text, "B  ooooo", "B  ,oooo");
	text = changed(f, text, "capacity 10", "capacity 9");
	text = changed(f, text, "19:30", "14:00 19:30");
	load_text(f, text, "");
	assert_int_equal(box_office_number(f, "SELECT layout_version FROM halls WHERE slug = 'little'"), 2);
	assert_string_equal(box_office_text(f, "SELECT w.layout_version, COUNT(*) FROM shows w JOIN show_seats s ON s.show_id = w.show_id "
	    "JOIN halls h ON h.hall_id = w.hall_id WHERE h.slug = 'little' GROUP BY w.show_id, w.layout_version ORDER BY w.starts_at"),
	    "2\t9\n1\t10\n");
	load_text(f, text, "");
	assert_int_equal(box_office_number(f, "SELECT layout_version FROM halls WHERE slug = 'little'"), 2);
}

static void
a_later_file_may_build_on_what_is_there(void **state)
{
	static const char *const later = "price-type adult \"Adult\"\nprices late\n\tcurrency GBP\n\ttypes adult\n\ttier 1 8.00\n"
	    "show a-film in little\n\tprices late\n\tat 2099-05-01 20:00\n\tdraft\n";
	struct box_office *f = *state;

	load_text(f, file_of(f, "t/data/ten.programme"), "");
	load_text(f, span_of(later), "");
	assert_string_equal(box_office_text(f, "SELECT w.listed, s.state, w.starts_at FROM shows w JOIN show_sales s "
	    "ON s.show_id = w.show_id WHERE w.local_date = '2099-05-01'"), "0\tdraft\t2099-05-01 19:00:00.000\n");
	load_text(f, changed(f, span_of(later), "\tdraft\n", ""), "");
	assert_string_equal(box_office_text(f, "SELECT w.listed, s.state FROM shows w JOIN show_sales s "
	    "ON s.show_id = w.show_id WHERE w.local_date = '2099-05-01'"), "1\ton_sale\n");
}

static void
a_programme_with_a_mistake_touches_nothing(void **state)
{
	struct box_office *f = *state;
	struct span text = file_of(f, "t/data/screen-200.programme");
	const char *before;

	load_text(f, file_of(f, "t/data/ten.programme"), "");
	before = size_of_house(f);
	text = arena_fmt(f->arena, "%s\nshow nobody in lumen-1\n\tprices lumen\n\tat today+1 10:00\n", text.p);
	load_text(f, text, "test:64: there is no event nobody\n");
	assert_string_equal(size_of_house(f), before);
}

static void
two_shows_cannot_meet_in_one_hall(void **state)
{
	struct box_office *f = *state;
	struct span text = file_of(f, "t/data/ten.programme");
	int64_t show;

	load_text(f, text, "");
	show = box_office_number(f, "SELECT w.show_id FROM shows w JOIN halls h ON h.hall_id = w.hall_id WHERE h.slug = 'little' "
	    "AND HOUR(w.starts_local) = 19");
	text = changed(f, text, "19:30", "20:30");
	load_text(f, text, arena_fmt(f->arena, "test:38: little is taken then: show %" PRId64 " (a-film) is there already\n", show).p);
}

static void
the_200_seat_cinema_loads(void **state)
{
	struct box_office *f = *state;
	struct programme_counts c = load_text(f, file_of(f, "t/data/screen-200.programme"), "");

	assert_int_equal(c.new_shows, 6);
	assert_int_equal(c.seats, 1200);
	assert_string_equal(box_office_text(f, "SELECT s.kind, COUNT(*) FROM seats s JOIN halls h ON h.hall_id = s.hall_id "
	    "WHERE h.slug = 'lumen-1' GROUP BY s.kind ORDER BY s.kind"), "companion\t2\nstandard\t196\nwheelchair\t2\n");
}

/* In one test, because it takes seconds: what the demonstration promises, and that it may be loaded again and again. */
static void
the_demonstration_loads_and_sells(void **state)
{
	struct box_office *f = *state;
	struct audit_result audit;
	struct demo_counts c;
	struct span mistakes;
	struct buf found;
	int64_t now = clock_now();
	const struct programme_till none = { .takes = NULL };

	assert_int_equal(demo_data_load(f->db, f->arena, path_of(f, "sql/demo"), &none, false, now, &c, &mistakes), OUTCOME_OK);
	assert_string_equal(mistakes.p, "");
	assert_in_range(c.programme.new_shows, 900, 1100);
	assert_in_range(c.bookings, 4000, 20000);

	/* sold out, one left, only singles, not yet, no longer, two minutes */
	assert_in_range(box_office_number(f, "SELECT COUNT(*) FROM (SELECT show_id FROM show_seats GROUP BY show_id "
	    "HAVING SUM(status = 'available') = 0) t"), 2, 9);
	assert_in_range(box_office_number(f, "SELECT COUNT(*) FROM (SELECT show_id FROM show_seats GROUP BY show_id "
	    "HAVING SUM(status = 'available') = 1) t"), 2, 9);
	assert_int_equal(box_office_number(f, "SELECT COUNT(*) FROM show_sales WHERE sales_from > UTC_TIMESTAMP(3)"), 1);
	assert_int_equal(box_office_number(f, "SELECT COUNT(*) FROM show_sales WHERE sales_until < UTC_TIMESTAMP(3) "
	    "AND starts_at > UTC_TIMESTAMP(3)"), 1);
	assert_int_equal(box_office_number(f, "SELECT COUNT(*) FROM show_sales WHERE hold_seconds = 120 AND state = 'on_sale' "
	    "AND extend_seconds = 60"), 1);

	/* money of two, no and three digits */
	assert_string_equal(box_office_text(f, "SELECT currency FROM bookings GROUP BY currency ORDER BY currency"),
	    "GBP\nINR\nJPY\nKRW\nKWD\n");
	assert_int_equal(box_office_number(f, "SELECT COUNT(*) FROM bookings WHERE currency = 'KWD' AND total_minor %% 10 <> 0"), 0);
	/* who may give tickets back, for nothing and for something, and who may not */
	assert_int_equal(box_office_number(f, "SELECT COUNT(DISTINCT cancel_hours, cancel_fee_minor > 0) FROM show_sales"), 4);
	assert_true(box_office_number(f, "SELECT COUNT(*) FROM show_sales WHERE cancel_hours IS NULL") > 100);

	/* every ticket has its seat, its hold, its payment and its events */
	assert_int_equal(box_office_number(f, "SELECT COUNT(*) FROM booking_seats WHERE state = 'live'"), c.seats);
	assert_int_equal(box_office_number(f, "SELECT COUNT(*) FROM show_seats s JOIN booking_seats b ON b.show_id = s.show_id "
	    "AND b.seat_id = s.seat_id AND b.booking_id = s.booking_id WHERE s.status = 'confirmed'"), c.seats);
	assert_int_equal(box_office_number(f, "SELECT COUNT(*) FROM bookings b WHERE b.total_minor <> (SELECT SUM(s.price_minor + s.fee_minor) "
	    "FROM booking_seats s WHERE s.show_id = b.show_id AND s.booking_id = b.booking_id)"), 0);
	assert_int_equal(box_office_number(f, "SELECT COUNT(*) FROM outbox WHERE type = 'BOOKING_CONFIRMED'"), c.bookings);
	/* and nobody in the crowd is written to */
	assert_int_equal(box_office_number(f, "SELECT COUNT(*) FROM outbox WHERE NOT found"), 0);
	/* a server does this by itself some seconds after so many new rows; before that, MySQL joins without its indexes */
	box_office_text(f, "ANALYZE TABLE show_seats, holds, hold_seats, bookings, booking_seats, payments, outbox");
	buf_init(&found, f->arena, MiB);
	assert_true(audit_run(f->db, f->arena, 0, &found, &audit));
	assert_string_equal(found.p, "");

	assert_int_equal(demo_data_load(f->db, f->arena, path_of(f, "sql/demo"), &none, true, now, &c, &mistakes), OUTCOME_OK);
	assert_int_equal(c.programme.new_shows, 0);
	assert_int_equal(c.bookings, 0);
	assert_int_equal(demo_data_load(f->db, f->arena, path_of(f, "sql/demo"), &none, true, now + 3 * (int64_t)86400000, &c,
	    &mistakes), OUTCOME_OK);
	assert_in_range(c.programme.new_shows, 150, 300);
	assert_in_range(c.bookings, 4000, 20000);
}

static void
a_show_whose_loading_broke_off_is_finished(void **state)
{
	struct box_office *f = *state;
	struct programme_counts c;
	int64_t show;

	load_text(f, file_of(f, "t/data/ten.programme"), "");
	show = box_office_number(f, "SELECT " LITTLE_SHOW);
	box_office_sql(f, "UPDATE shows SET listed = FALSE WHERE show_id = %" PRId64, show);
	box_office_sql(f, "DELETE FROM show_seats WHERE show_id = %" PRId64, show);
	c = load_text(f, file_of(f, "t/data/ten.programme"), "");
	assert_int_equal(c.new_shows, 1);
	assert_int_equal(box_office_number(f, "SELECT listed FROM shows WHERE show_id = " LITTLE_SHOW), 1);
	assert_int_equal(box_office_number(f, "SELECT COUNT(*) FROM show_seats WHERE show_id = " LITTLE_SHOW), 10);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_programme_becomes_a_show_on_sale),
		cmocka_unit_test(loaded_again_it_adds_nothing),
		cmocka_unit_test(what_was_changed_in_the_file_changes_in_the_house),
		cmocka_unit_test(seats_that_are_held_stay_held),
		cmocka_unit_test(a_show_whose_loading_broke_off_is_finished),
		cmocka_unit_test(a_price_type_goes_unless_somebody_has_it),
		cmocka_unit_test(a_new_drawing_is_for_new_shows),
		cmocka_unit_test(a_later_file_may_build_on_what_is_there),
		cmocka_unit_test(a_programme_with_a_mistake_touches_nothing),
		cmocka_unit_test(two_shows_cannot_meet_in_one_hall),
		cmocka_unit_test(the_200_seat_cinema_loads),
		cmocka_unit_test(the_demonstration_loads_and_sells),
	};

	return cmocka_run_group_tests_name("programmes in the database", tests, box_office_open, box_office_close);
}
