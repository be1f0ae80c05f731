/*
 * test_activity.c - the public page of what is happening: it tells what happens soon after it did, of nobody by name; the report counts
 * views, sales and what comes back, through foyerctl, and agrees with the books. With the setting off there is no such page.
 */
#include "base/base.h"

#include <setjmp.h>
#include <unistd.h>

#include <cmocka.h>

#include "t/lib/buyer.h"
#include "t/lib/logs.h"

#include "base/clock.h"

static struct stack stack;
static int next_seat;

static int64_t
show(void)
{
	return stack_number(&stack, "SELECT MIN(show_id) FROM show_sales");
}

/* The page as soon as it has these words, or, after a good while, as it is. */
static struct page
page_with(const char *words)
{
	struct visitor *v = visitor_new(&stack);
	struct page p = { 0 };

	for (int i = 0; i < 200; i++) {
		p = visitor_get(v, "/activity");
		if (page_has(p, words))
			break;
		usleep(100000);
	}
	visitor_free(v);
	return p;
}

static const char *
says(const char *words)
{
	const char *all;

	assert_int_equal(stack_ctl_says(&stack, words, &all), 0);
	return all;
}

static void
everything_was_told(void)
{
	assert_true(stack_until(&stack, 30, 0, "SELECT (SELECT COUNT(*) FROM outbox WHERE NOT found) + (SELECT COUNT(*) FROM deliveries "
	    "WHERE state = 'waiting')"));
}

static void
in_an_empty_house_it_says_so(void **state)
{
	struct page p = page_with("Nothing has happened yet.");

	(void)state;
	assert_int_equal(p.status, 200);
	assert_true(page_has(p, "Nothing has happened yet."));
	assert_int_equal(page_header(p, "Set-Cookie").n, 0);
}

static void
what_people_do_appears_and_nobody_is_named(void **state)
{
	struct visitor *ann = visitor_new(&stack);
	const char *hold = buyer_takes(ann, show(), next_seat, 2), *reference;
	struct page p = page_with("2 seats are held for somebody at");

	(void)state;
	next_seat += 2;
	assert_true(page_has(p, "2 seats are held for somebody at"));
	reference = buyer_reference(&stack, buyer_buys(ann, hold));
	p = page_with("2 tickets were sold for");
	assert_true(page_has(p, "2 tickets were sold for"));
	assert_true(page_has(p, "Somebody went to pay for"));
	/* neither who, nor what would lead there */
	assert_false(page_has(p, reference));
	assert_false(page_has(p, "example.org"));
	assert_false(page_has(p, "/holds/"));
	assert_false(page_has(p, "/bookings/A"));
	assert_false(page_has(p, CSTR(stack.arena, span_trim(span_of(stack_text(&stack, "SELECT name FROM bookings LIMIT 1"))))));
	visitor_free(ann);
}

/* So that a list that stands still is not taken for one that is of now. */
static void
it_says_how_old_the_newest_is(void **state)
{
	struct page p = page_with("The newest: less than a minute ago");

	(void)state;
	assert_true(page_has(p, "The newest: less than a minute ago"));
	everything_was_told();
	stack_sql(&stack, "UPDATE activity SET happened_at = TIMESTAMPADD(SECOND, -200, happened_at)");
	p = page_with("The newest: 3 minutes ago");
	assert_true(page_has(p, "The newest: 3 minutes ago"));
}

static void
what_comes_back_appears_too(void **state)
{
	struct visitor *bob = visitor_new(&stack);
	const char *hold = buyer_takes(bob, show(), next_seat++, 1);

	(void)state;
	assert_int_equal(visitor_post(bob, arena_fmt(stack.arena, "%s/release", hold).p, "").status, 303);
	assert_true(page_has(page_with("Somebody let go: 1 seat is free again at"), "Somebody let go: 1 seat is free again at"));
	buyer_takes(bob, show(), next_seat++, 1);
	stack_later(&stack, 4000);
	stack_reap(&stack);
	assert_true(page_has(page_with("The time of a hold was over: 1 seat is free again at"), "The time of a hold was over"));
	visitor_free(bob);
}

static void
only_the_newest_are_kept(void **state)
{
	struct visitor *v;

	(void)state;
	stack_sql(&stack, "INSERT INTO activity (event_id, show_id, type, happened_at, seat_count, reason) SELECT seat_id * 1000000 + show_id * 10 + "
	    "n.k, show_id, 'SEAT_HELD', UTC_TIMESTAMP(3), 1, '' FROM show_seats, (SELECT 1 AS k UNION SELECT 2) n WHERE seat_id <= 30");
	assert_in_range(stack_number(&stack, "SELECT COUNT(*) FROM activity"), 220, 100000);
	v = visitor_new(&stack);
	buyer_takes(v, show(), next_seat++, 1);
	assert_true(stack_until(&stack, 30, 200, "SELECT COUNT(*) FROM activity"));
	visitor_free(v);
}

/* What the relay has counted, as an operator reads it, and against the books. */
static void
the_report_has_views_sales_and_money_and_agrees_with_the_books(void **state)
{
	int64_t id = show(), before = stack_number(&stack, "SELECT COALESCE(SUM(views), 0) FROM report_views WHERE show_id = %" PRId64, id);
	struct visitor *v = visitor_new(&stack);

	(void)state;
	for (int i = 0; i < 7; i++)
		assert_int_equal(visitor_get(v, arena_fmt(stack.arena, "/shows/%" PRId64, id).p).status, 200);
	visitor_send(v, "HEAD", arena_fmt(stack.arena, "/shows/%" PRId64, id).p, SPAN_NONE, "text/plain");
	visitor_get(v, arena_fmt(stack.arena, "/shows/%" PRId64 "/seats", id).p);
	assert_int_equal(visitor_get(v, "/shows/900000").status, 404);
	assert_true(stack_until(&stack, 30, before + 7, arena_fmt(stack.arena, "SELECT COALESCE(SUM(views), 0) FROM report_views WHERE show_id = %"
	    PRId64, id).p));
	everything_was_told();
	assert_non_null(strstr(says("report check"), " 0 differences from the books\n"));
	assert_non_null(strstr(says("report"), "£"));
	assert_non_null(strstr(says("report --by day --from 2020-01-01 --to 2020-01-31"), "day"));
	assert_null(strstr(says("report --by day --from 2020-01-01 --to 2020-01-31"), "£"));
	assert_non_null(strstr(says("report --by channel"), "\nweb  "));
	assert_non_null(strstr(says(arena_fmt(stack.arena, "report --by section --json --show %" PRId64, id).p), "\"currency\":\"GBP\",\"sold\":2,"));
	assert_non_null(strstr(says("report --funnel --json"), arena_fmt(stack.arena, "\"viewed\":%" PRId64 ",\"held\":", before + 7).p));
	assert_non_null(strstr(says("report rebuild"), " shows anew, from "));
	assert_non_null(strstr(says("report check"), " 0 differences from the books\n"));
	visitor_free(v);
}

static void
a_report_that_misses_something_is_not_believed(void **state)
{
	const char *words;

	(void)state;
	everything_was_told();
	stack_sql(&stack, "DELETE FROM report_tickets LIMIT 1");
	assert_int_equal(stack_ctl_says(&stack, "report check", &words), 1);
	assert_non_null(strstr(words, "ticket_not_as_sold show="));
	says("report rebuild");
	assert_non_null(strstr(says("report check"), " 0 differences from the books\n"));
}

static void
wishes_that_make_no_sense_are_refused(void **state)
{
	static const char *const wishes[] = { "report --by week", "report --show", "report --show x", "report --from yesterday", "report --to 2026-02-30",
		"report --funnel --by section", "report --funnel --by channel", "report anew", "report check now" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(wishes); i++)
		if (stack_ctl(&stack, wishes[i]) != 2)
			fail_msg("foyerctl %s", wishes[i]);
}

static void
without_the_setting_there_is_no_such_page(void **state)
{
	struct visitor *v = visitor_new(&stack);
	int status = 0;

	(void)state;
	assert_int_equal(system(arena_fmt(stack.arena, "sed 's/^activity_page = yes/activity_page = no/' %s/foyer.conf >%s/off.conf && "
	    "cp %s/off.conf %s/foyer.conf && kill -HUP $(cut -d' ' -f1 %s/run/foyerd.pid)", stack.folder, stack.folder, stack.folder, stack.folder,
	    stack.folder).p), 0);
	for (int i = 0; i < 200 && status != 404; i++) {
		status = visitor_get(v, "/activity").status;
		usleep(100000);
	}
	assert_int_equal(status, 404);
	visitor_free(v);
}

static int
open_stack(void **state)
{
	(void)state;
	stack_open(&stack, "t/data/storm.programme", "", "");
	return 0;
}

static int
close_stack(void **state)
{
	(void)state;
	stack_close(&stack);
	return 0;
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(in_an_empty_house_it_says_so),
		cmocka_unit_test(what_people_do_appears_and_nobody_is_named),
		cmocka_unit_test(it_says_how_old_the_newest_is),
		cmocka_unit_test(what_comes_back_appears_too),
		cmocka_unit_test(only_the_newest_are_kept),
		cmocka_unit_test(the_report_has_views_sales_and_money_and_agrees_with_the_books),
		cmocka_unit_test(a_report_that_misses_something_is_not_believed),
		cmocka_unit_test(wishes_that_make_no_sense_are_refused),
		cmocka_unit_test(without_the_setting_there_is_no_such_page),
	};

	log_open("test", LOG_LEVEL_ERROR);
	return cmocka_run_group_tests(tests, open_stack, close_stack);
}
