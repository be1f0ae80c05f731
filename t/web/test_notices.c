/*
 * test_notices.c - what a buyer is told of seats that are not paid: the end that is near, and the end; by mail and on their own pages.
 * One letter for one thing, and none for what the buyer did themselves.
 */
#include "base/base.h"

#include <setjmp.h>

#include <cmocka.h>

#include "t/web/notices.h"

/* -- the end -------------------------------------------------------------------------------------------------------------------- */

static void
the_end_is_told_before_it_comes_and_when_it_has_come(void **state)
{
	struct visitor *v = visitor_new(&stack);
	const char *hold = takes(v), *path = link_to_seats(v, hold);
	struct span mail;
	struct page p;

	(void)state;
	left(100);
	stack_reap(&stack);
	mail = letter("HOLD_ENDING");
	assert_true(span_starts(letter_header(stack.arena, mail, "Subject"), "Only until "));
	assert_true(has(letter_body(stack.arena, mail), "Nothing has been charged."));
	assert_string_equal(link_in(letter_body(stack.arena, mail), "/holds/"), path);
	assert_true(page_has(visitor_get(v, "/holds"), "Your time for these seats is nearly up"));
	time_runs_out();
	mail = letter("BOOKING_RELEASED");
	assert_true(span_starts(letter_header(stack.arena, mail, "Subject"), "Your time is up: "));
	assert_true(has(letter_body(stack.arena, mail), "You were not charged."));
	assert_int_equal(visitor_get(v, link_in(letter_body(stack.arena, mail), "/shows/")).status, 200);
	assert_int_equal(visitor_get(v, path).status, 410);
	p = visitor_get(v, "/holds");
	assert_true(page_has(p, "What happened lately"));
	assert_true(page_has(p, "and you were not charged"));
	visitor_free(v);
}

static void
the_end_is_written_of_once_however_often_it_is_put_off(void **state)
{
	struct visitor *v = visitor_new(&stack);
	const char *hold = takes(v);
	int64_t first;

	(void)state;
	link_to_seats(v, hold);
	left(100);
	stack_reap(&stack);
	letter("HOLD_ENDING");
	first = event("HOLD_ENDING");
	assert_int_equal(visitor_post(v, TEXT("%s/extend", hold), "").status, 303);
	left(90);
	stack_reap(&stack);
	assert_true(event("HOLD_ENDING") > first);
	assert_no_letter("HOLD_ENDING");
	time_runs_out();
	letter("BOOKING_RELEASED");
	visitor_free(v);
}

/* Anybody's, for all we know: the provider has only been asked for a page to pay on. */
static void
an_address_that_was_only_typed_on_the_way_to_pay_is_not_warned(void **state)
{
	struct visitor *v = visitor_new(&stack), *w = visitor_new(&stack);
	const char *hold = takes(v);

	(void)state;
	assert_int_equal(buyer_pay(v, hold).status, 303);
	left(100);
	stack_reap(&stack);
	assert_no_letter("HOLD_ENDING");
	/* where it was given to be written to, paying with it changes nothing */
	hold = takes(w);
	link_to_seats(w, hold);
	assert_int_equal(buyer_pay(w, hold).status, 303);
	left(100);
	stack_reap(&stack);
	assert_true(has(letter_body(stack.arena, letter("HOLD_ENDING")), "Have you paid just now?"));
	visitor_free(v);
	visitor_free(w);
}

static void
an_address_gets_six_letters_without_tickets_a_day_whoever_types_it(void **state)
{
	static const char *const spellings[] = { ANN, "email=Ann%40Example.org", "email=ann%2Bx%40example.org" };
	struct visitor *v[5];
	const char *hold;

	(void)state;
	for (int i = 0; i < 6; i++) {
		if (i % 2 == 0)
			v[i / 2] = visitor_new(&stack);
		hold = takes(v[i / 2]);
		assert_int_equal(gives_address(v[i / 2], hold, spellings[i % 3]).status, 303);
		letter("HOLD_ADDRESS_GIVEN");
	}
	v[3] = visitor_new(&stack);
	hold = takes(v[3]);
	assert_int_equal(gives_address(v[3], hold, ANN).status, 303);
	assert_no_letter("HOLD_ADDRESS_GIVEN");
	left(100);
	stack_reap(&stack);
	assert_no_letter("HOLD_ENDING");
	buyer_buys(v[3], hold);
	letter("BOOKING_CONFIRMED");		/* tickets always go */
	v[4] = visitor_new(&stack);
	assert_int_equal(gives_address(v[4], takes(v[4]), "email=bob%40example.org").status, 303);
	letter("HOLD_ADDRESS_GIVEN");		/* and to others, what there is to say */
	assert_int_equal(stack_number(&stack, "SELECT COUNT(*) FROM reach_sent WHERE place LIKE '%%ann%%'"), 0);
	for (size_t i = 0; i < ARRAY_LEN(v); i++)
		visitor_free(v[i]);
}

static void
nobody_is_written_to_without_an_address_or_about_what_they_did_themselves(void **state)
{
	struct visitor *v = visitor_new(&stack);
	const char *hold;

	(void)state;
	takes(v);
	left(100);
	stack_reap(&stack);
	assert_no_letter("HOLD_ENDING");
	time_runs_out();
	assert_no_letter("BOOKING_RELEASED");
	hold = takes(v);
	link_to_seats(v, hold);
	assert_int_equal(visitor_post(v, TEXT("%s/release", hold), "").status, 303);
	assert_no_letter("BOOKING_RELEASED");
	visitor_free(v);
}

static void
a_payment_that_failed_and_a_hold_that_is_over_make_one_letter(void **state)
{
	struct visitor *v = visitor_new(&stack);
	const char *hold = takes(v);
	struct span mail;

	(void)state;
	link_to_seats(v, hold);
	buyer_lands(v, buyer_at_provider(v, buyer_pay(v, hold), "decline"));
	assert_true(page_has(visitor_get(v, hold), "We write to <b>ann@example.org</b>"));
	time_runs_out();
	stack_all_due(&stack);
	stack_reap(&stack);
	mail = letter("BOOKING_FAILED");
	assert_true(span_starts(letter_header(stack.arena, mail, "Subject"), "Not paid, not charged: "));
	assert_true(span_is(letter_header(stack.arena, mail, "To"), "ann@example.org"));
	assert_no_letter("BOOKING_RELEASED");
	assert_true(page_has(visitor_get(v, "/holds"), "No payment went through"));
	visitor_free(v);
}

static void
money_that_came_too_late_is_told_of_by_its_own_letter_only(void **state)
{
	struct visitor *v = visitor_new(&stack), *w = visitor_new(&stack);
	const char *hold = takes(v);
	int seat = next_seat;
	struct page pay = buyer_pay(v, hold), p;
	int64_t lost = newest_hold();

	(void)state;
	stack_later(&stack, 4000);
	buyer_takes(w, show(), seat, 1);
	buyer_lands(v, buyer_at_provider(v, pay, "pay"));
	assert_true(stack_until(&stack, 60, 1, TEXT("SELECT COUNT(*) FROM deliveries d JOIN outbox o ON o.outbox_id = d.outbox_id JOIN payments p ON "
	    "p.payment_id = o.subject_id WHERE o.type = 'PAYMENT_REFUND_DUE' AND d.sink = 'mail' AND d.state = 'sent' AND p.hold_id = %" PRId64,
	    lost)));
	assert_int_equal(stack_number(&stack, "SELECT COUNT(*) FROM deliveries d JOIN outbox o ON o.outbox_id = d.outbox_id WHERE d.sink = 'mail' "
	    "AND d.state = 'sent' AND o.type IN ('BOOKING_FAILED', 'BOOKING_RELEASED') AND o.subject_id IN (%" PRId64 ", (SELECT booking_id FROM "
	    "bookings WHERE hold_id = %" PRId64 "))", lost, lost), 0);
	p = visitor_get(v, "/holds");
	assert_true(page_has(p, "came too late"));
	assert_true(page_has(p, "We are refunding all of it"));
	stack_reap(&stack);
	stack_reap(&stack);
	assert_true(page_has(visitor_get(v, "/holds"), "went back to the card or account"));
	visitor_free(v);
	visitor_free(w);
}

/* -- shows ---------------------------------------------------------------------------------------------------------------------- */

static void
a_show_that_is_moved_is_told_of_by_mail_and_on_the_buyers_pages(void **state)
{
	struct visitor *v = visitor_new(&stack);
	const char *old = stack_text(&stack, "SELECT DATE_FORMAT(starts_local, '%%H:%%i') FROM shows WHERE show_id = %" PRId64, show()), *says;
	struct span before = span_of(old), text, mail;
	const char *booking;

	(void)state;
	before = span_cut(&before, '\n');
	buyer_buys(v, takes(v));
	text = span_of(stack_text(&stack, "SELECT DATE_FORMAT(starts_local + INTERVAL 1 DAY, '%%Y-%%m-%%d 21:05') FROM shows WHERE show_id = %" PRId64,
	    show()));
	text = span_cut(&text, '\n');
	assert_int_equal(stack_ctl_says(&stack, TEXT("show move %" PRId64 " " PRSPAN, show(), ARGSPAN(text)), &says), 0);
	assert_non_null(strstr(says, "buyers are being told"));
	mail = letter("SHOW_MOVED");
	assert_true(span_starts(letter_header(stack.arena, mail, "Subject"), "New time: The Storm, "));
	assert_true(has(letter_body(stack.arena, mail), CSTR(stack.arena, before)));
	assert_true(has(letter_body(stack.arena, mail), ", 21:05 (Stormford time) instead."));
	booking = link_in(letter_body(stack.arena, mail), "/bookings/");
	assert_true(page_has(visitor_get(v, booking), "The house had to move this show"));
	assert_true(page_has(visitor_get(v, "/holds"), "begins at another time"));
	assert_int_equal(stack_ctl(&stack, TEXT("show move %" PRId64 " 2020-01-01 20:00", show())), 1);
	assert_int_equal(stack_ctl(&stack, "show move 999999 2027-01-01 20:00"), 1);
	assert_int_equal(stack_ctl(&stack, "show move"), 2);
	visitor_free(v);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup(name, another_day)
		T(the_end_is_told_before_it_comes_and_when_it_has_come),
		T(the_end_is_written_of_once_however_often_it_is_put_off),
		T(an_address_that_was_only_typed_on_the_way_to_pay_is_not_warned),
		T(an_address_gets_six_letters_without_tickets_a_day_whoever_types_it),
		T(nobody_is_written_to_without_an_address_or_about_what_they_did_themselves),
		T(a_payment_that_failed_and_a_hold_that_is_over_make_one_letter),
		T(money_that_came_too_late_is_told_of_by_its_own_letter_only),
		T(a_show_that_is_moved_is_told_of_by_mail_and_on_the_buyers_pages),
		T(every_rule_is_kept_and_no_token_is_in_a_log),
	};

	return cmocka_run_group_tests(tests, open_stack, close_stack);
}
