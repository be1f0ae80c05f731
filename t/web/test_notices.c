/*
 * test_notices.c - what a buyer is told of seats that are not paid: the link that brings them to another device, the end that is near,
 * and the end; by mail and on their own pages. One letter for one thing, and none for what the buyer did themselves.
 */
#include "base/base.h"

#include <setjmp.h>

#include <cmocka.h>

#include "t/lib/buyer.h"
#include "t/lib/letters.h"
#include "t/lib/logs.h"

#include "base/files.h"

#define TEXT(...) arena_fmt(stack.arena, __VA_ARGS__).p
#define ANN "email=ann%40example.org"

static struct stack stack;
static int next_seat;

static int64_t
show(void)
{
	return stack_number(&stack, "SELECT MIN(show_id) FROM show_sales");
}

static const char *
takes(struct visitor *v)
{
	next_seat += 2;		/* and never a single one between two */
	return buyer_takes(v, show(), next_seat, 1);
}

static int64_t
newest_hold(void)
{
	return stack_number(&stack, "SELECT MAX(hold_id) FROM holds");
}

/* Of the newest hold, or its booking. */
static int64_t
event(const char *type)
{
	int64_t hold = newest_hold();

	return stack_number(&stack, "SELECT COALESCE(MAX(outbox_id), 0) FROM outbox WHERE type = '%s' AND (subject_id = %" PRId64
	    " OR subject_id = (SELECT booking_id FROM bookings WHERE hold_id = %" PRId64 "))", type, hold, hold);
}

static bool
ends_as(const char *state, int64_t id)
{
	return stack_until(&stack, 60, 1, TEXT("SELECT COUNT(*) FROM deliveries WHERE sink = 'mail' AND state = '%s' AND outbox_id = %" PRId64,
	    state, id));
}

static struct span
letter(const char *type)
{
	int64_t id = event(type);
	struct span text = SPAN_NONE;

	assert_true(id > 0);
	assert_true(ends_as("sent", id));
	assert_true(file_read(stack.arena, TEXT("%s/mail/%" PRId64 "-%" PRId64 ".eml", stack.folder, show(), id), MiB, &text));
	return text;
}

static void
assert_no_letter(const char *type)
{
	assert_true(event(type) > 0);
	assert_true(ends_as("dropped", event(type)));
}

static bool
has(struct span text, const char *words)
{
	return memmem(text.p, text.n, words, strlen(words)) != NULL;
}

/* The path of the first link that begins so. */
static const char *
link_in(struct span body, const char *path)
{
	const char *whole = TEXT("http://127.0.0.1:%d%s", stack.port, path), *at = strstr(CSTR(stack.arena, body), whole);
	struct span rest;

	assert_non_null(at);
	rest = span_of(at + strlen(whole) - strlen(path));
	return CSTR(stack.arena, span_cut(&rest, '\n'));
}

static struct page
gives_address(struct visitor *v, const char *hold, const char *form)
{
	return visitor_post(v, TEXT("%s/address", hold), form);
}

static const char *
link_for(struct visitor *v, const char *hold, const char *form)
{
	assert_int_equal(gives_address(v, hold, form).status, 303);
	logs_notice(&stack, letter_body(stack.arena, letter("HOLD_ADDRESS_GIVEN")));
	return link_in(letter_body(stack.arena, letter("HOLD_ADDRESS_GIVEN")), "/holds/");
}

static const char *
link_to_seats(struct visitor *v, const char *hold)
{
	return link_for(v, hold, ANN);
}

/* The newest hold's seat is changed for another; where that leads. */
static const char *
changes(struct visitor *v, const char *hold)
{
	struct page p;

	next_seat += 2;
	p = visitor_post(v, TEXT("%s/seats", hold), TEXT("seat=%" PRId64, buyer_seat(&stack, show(), next_seat)));
	assert_int_equal(p.status, 303);
	return CSTR(stack.arena, span_cut(&p.location, '?'));
}

/* All active holds have so many seconds left. */
static void
left(int seconds)
{
	stack_later(&stack, (int)stack_number(&stack, "SELECT ROUND(TIMESTAMPDIFF(MICROSECOND, UTC_TIMESTAMP(3), expires_at) / 1000000) FROM holds "
	    "WHERE hold_id = %" PRId64, newest_hold()) - seconds);
}

static void
time_runs_out(void)
{
	stack_later(&stack, 4000);
	stack_reap(&stack);
}

/* -- the link ------------------------------------------------------------------------------------------------------------------- */

static void
who_gives_an_address_gets_a_link_that_brings_the_seats_to_another_browser(void **state)
{
	struct visitor *v = visitor_new(&stack), *phone = visitor_new(&stack), *scanner = visitor_new(&stack);
	const char *hold = takes(v), *path;
	struct span mail;
	struct page p;

	(void)state;
	assert_true(page_has(visitor_get(v, hold), "Write to me about these seats"));
	path = link_to_seats(v, hold);
	mail = letter("HOLD_ADDRESS_GIVEN");
	assert_true(span_is(letter_header(stack.arena, mail, "To"), "ann@example.org"));
	assert_true(has(letter_body(stack.arena, mail), "held for you until "));
	assert_true(has(letter_body(stack.arena, mail), "(Stormford time). Nothing has been charged."));
	assert_true(has(letter_body(stack.arena, mail), "sees the tickets too, wherever they are paid."));
	assert_true(page_has(visitor_get(v, TEXT("%s?told=1", hold)), "is on its way to <b>ann@example.org</b>"));

	/* whoever only fetches it has nothing then, and has changed nothing */
	p = visitor_get(scanner, path);
	assert_int_equal(p.status, 200);
	assert_true(page_has(p, "held until"));
	assert_true(page_has(p, "sees the tickets too, wherever they are paid."));
	assert_int_equal(page_header(p, "Set-Cookie").n, 0);
	assert_int_equal(visitor_get(scanner, hold).status, 404);

	visitor_get(phone, path);
	p = visitor_follow(phone, visitor_post(phone, path, ""));
	assert_int_equal(p.status, 200);
	assert_true(page_has(p, "Held for you until"));
	assert_true(page_has(visitor_get(phone, "/holds"), hold));
	assert_int_equal(visitor_get(v, hold).status, 200);
	buyer_buys(phone, hold);
	assert_int_equal(visitor_get(scanner, path).status, 303);	/* to the tickets */
	visitor_free(v);
	visitor_free(phone);
	visitor_free(scanner);
}

static void
the_link_opens_nothing_else_of_the_buyers(void **state)
{
	struct visitor *v = visitor_new(&stack), *phone = visitor_new(&stack);
	const char *other = takes(v), *hold = takes(v), *path = link_to_seats(v, hold), *own;

	(void)state;
	own = takes(phone);
	assert_int_equal(visitor_post(phone, path, "").status, 303);
	assert_int_equal(visitor_get(phone, hold).status, 200);
	assert_int_equal(visitor_get(phone, other).status, 404);
	assert_int_equal(visitor_get(phone, own).status, 200);
	assert_false(page_has(visitor_get(phone, "/holds"), other));
	visitor_free(v);
	visitor_free(phone);
}

static void
seats_that_were_brought_along_can_be_changed_and_paid(void **state)
{
	struct visitor *v = visitor_new(&stack), *phone = visitor_new(&stack), *desk = visitor_new(&stack);
	const char *hold = takes(v), *path = link_to_seats(v, hold);
	struct page p;

	(void)state;
	assert_int_equal(visitor_post(phone, path, "").status, 303);
	p = visitor_get(phone, changes(phone, hold));
	assert_int_equal(p.status, 200);
	assert_true(page_has(p, "We write to <b>ann@example.org</b>"));
	/* the letter that has gone out leads to what took their place */
	assert_int_equal(visitor_get(desk, path).status, 200);
	left(100);
	stack_reap(&stack);
	assert_true(has(letter_body(stack.arena, letter("HOLD_ENDING")), "/here\n"));
	visitor_free(v);
	visitor_free(phone);
	visitor_free(desk);
}

static void
seats_that_are_changed_where_they_were_chosen_are_changed_where_they_were_brought(void **state)
{
	struct visitor *v = visitor_new(&stack), *phone = visitor_new(&stack), *tablet = visitor_new(&stack);
	const char *hold = takes(v), *path = link_to_seats(v, hold), *next;
	struct page p;

	(void)state;
	assert_int_equal(visitor_post(phone, path, "").status, 303);
	assert_int_equal(visitor_post(tablet, path, "").status, 303);
	next = changes(v, hold);
	p = visitor_get(phone, hold);
	assert_int_equal(p.status, 303);
	assert_true(span_is(p.location, next));
	assert_true(page_header(p, "Set-Cookie").n > 0);
	assert_true(page_has(visitor_get(phone, next), "Held for you until"));
	/* and where nobody looks at the old page */
	p = visitor_get(tablet, "/holds");
	assert_true(page_has(p, next));
	assert_true(page_header(p, "Set-Cookie").n > 0);
	assert_int_equal(page_header(visitor_get(tablet, "/holds"), "Set-Cookie").n, 0);
	p = buyer_lands(tablet, visitor_post(tablet, TEXT("%s/extend", hold), ""));
	assert_int_equal(p.status, 200);
	assert_true(page_has(p, TEXT("action=\"%s/pay\"", next)));
	assert_true(page_has(buyer_buys(phone, next), "You’re going to"));
	visitor_free(v);
	visitor_free(phone);
	visitor_free(tablet);
}

static void
who_comes_back_unpaid_goes_on_where_the_seats_were_brought(void **state)
{
	struct visitor *v = visitor_new(&stack), *phone = visitor_new(&stack), *other = visitor_new(&stack);
	const char *hold = takes(v), *path = link_to_seats(v, hold);
	struct page back, p;

	(void)state;
	assert_int_equal(visitor_post(phone, path, "").status, 303);
	back = buyer_at_provider(phone, buyer_pay(phone, hold), "cancel");
	p = buyer_lands(phone, back);
	assert_true(page_has(p, "You have not paid yet") && page_has(p, "Held for you until"));
	p = buyer_lands(other, back);
	assert_int_equal(p.status, 200);
	assert_false(page_has(p, "Held for you until"));
	visitor_free(v);
	visitor_free(phone);
	visitor_free(other);
}

/* What is of the buyer's payment is not found there, however it stands. */
static void
assert_nothing_for(struct visitor *stranger, const char *hold, const char *path)
{
	struct page p = visitor_get(stranger, "/holds");

	assert_true(page_has(p, "You hold no seats in this browser now."));
	assert_false(page_has(p, "Your tickets") || page_has(p, "/pay/return/"));
	assert_int_equal(visitor_get(stranger, hold).status, 404);
	assert_int_equal(visitor_post(stranger, TEXT("%s/extend", hold), "").status, 404);
	assert_int_equal(visitor_get(stranger, path).status, 404);
}

static void
who_got_the_link_by_a_slip_sees_nothing_once_the_right_address_is_typed_with_pay(void **state)
{
	struct visitor *v = visitor_new(&stack), *stranger = visitor_new(&stack);
	const char *hold = takes(v), *path = link_for(v, hold, "email=typo%40example.org");
	struct page pay;

	(void)state;
	assert_int_equal(visitor_post(stranger, path, "").status, 303);
	assert_int_equal(visitor_get(stranger, hold).status, 200);
	pay = buyer_pay(v, hold);
	assert_nothing_for(stranger, hold, path);
	stack_later(&stack, 4000);
	assert_nothing_for(stranger, hold, path);
	assert_true(page_has(buyer_lands(v, buyer_at_provider(v, pay, "pay")), "You’re going to"));
	assert_nothing_for(stranger, hold, path);
	visitor_free(v);
	visitor_free(stranger);
}

static void
a_warning_that_went_to_a_slip_typed_with_pay_opens_nothing_that_is_paid_with_another(void **state)
{
	struct visitor *v = visitor_new(&stack), *stranger = visitor_new(&stack);
	const char *hold = takes(v), *path;
	struct span mail;

	(void)state;
	assert_int_equal(visitor_post(v, TEXT("%s/pay", hold), "email=typo%40example.org&name=Ann&provider=stripe").status, 303);
	left(100);
	stack_reap(&stack);
	mail = letter("HOLD_ENDING");
	assert_true(span_is(letter_header(stack.arena, mail, "To"), "typo@example.org"));
	path = link_in(letter_body(stack.arena, mail), "/holds/");
	assert_int_equal(visitor_post(stranger, path, "").status, 303);
	assert_int_equal(visitor_get(stranger, hold).status, 200);
	buyer_buys(v, hold);
	assert_nothing_for(stranger, hold, path);
	visitor_free(v);
	visitor_free(stranger);
}

static void
who_pays_with_the_address_of_the_link_has_the_tickets_where_it_was_followed(void **state)
{
	struct visitor *v = visitor_new(&stack), *phone = visitor_new(&stack);
	const char *hold = takes(v), *path = link_to_seats(v, hold);
	struct page pay;

	(void)state;
	assert_int_equal(visitor_post(phone, path, "").status, 303);
	pay = buyer_pay(v, hold);
	assert_true(page_has(visitor_get(phone, hold), "A payment for these seats is under way"));
	assert_true(page_has(buyer_lands(v, buyer_at_provider(v, pay, "pay")), "You’re going to"));
	assert_true(page_has(buyer_lands(phone, visitor_get(phone, hold)), "You’re going to"));
	assert_true(page_has(visitor_get(phone, "/holds"), "/bookings/"));
	visitor_free(v);
	visitor_free(phone);
}

static void
an_address_may_be_changed_twice_and_then_the_first_link_is_void(void **state)
{
	struct visitor *v = visitor_new(&stack), *stranger = visitor_new(&stack);
	const char *hold = takes(v), *path = link_to_seats(v, hold);

	(void)state;
	assert_int_equal(visitor_post(stranger, path, "").status, 303);
	assert_int_equal(visitor_get(stranger, hold).status, 200);
	assert_int_equal(gives_address(v, hold, ANN).status, 303);		/* the same: no letter */
	assert_int_equal(gives_address(v, hold, "email=anna%40example.org").status, 303);
	assert_int_equal(visitor_get(stranger, path).status, 404);
	assert_int_equal(visitor_get(stranger, hold).status, 404);
	assert_int_equal(gives_address(v, hold, "email=bob%40example.org").status, 303);
	assert_int_equal(gives_address(v, hold, "email=eve%40example.org").status, 422);
	assert_true(span_is(letter_header(stack.arena, letter("HOLD_ADDRESS_GIVEN"), "To"), "bob@example.org"));
	assert_int_equal(stack_number(&stack, "SELECT COUNT(*) FROM outbox WHERE type = 'HOLD_ADDRESS_GIVEN' AND subject_id = %" PRId64,
	    newest_hold()), 3);
	visitor_free(v);
	visitor_free(stranger);
}

static void
what_is_no_address_is_said_at_its_field_and_kept(void **state)
{
	struct visitor *v = visitor_new(&stack);
	const char *hold = takes(v);
	struct page p = gives_address(v, hold, "email=ann%40example");

	(void)state;
	assert_int_equal(p.status, 422);
	assert_true(page_has(p, "value=\"ann@example\""));
	assert_int_equal(gives_address(v, hold, TEXT("email=a%%40example.org%%0d%%0aBcc:%%20b%%40example.org")).status, 422);
	assert_int_equal(event("HOLD_ADDRESS_GIVEN"), 0);
	visitor_free(v);
}

static void
another_site_cannot_bring_seats_or_have_letters_written(void **state)
{
	struct visitor *v = visitor_new(&stack), *w = visitor_new(&stack);
	const char *hold = takes(v), *path = link_to_seats(v, hold);

	(void)state;
	visitor_says(v, "Sec-Fetch-Site: cross-site");
	visitor_says(w, "Sec-Fetch-Site: cross-site");
	assert_int_equal(gives_address(v, hold, "email=bob%40example.org").status, 403);
	assert_int_equal(visitor_post(w, path, "").status, 403);
	visitor_free(v);
	visitor_free(w);
}

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

/* -- and in the end ---------------------------------------------------------------------------------------------------------------- */

static void
every_rule_is_kept_and_no_token_is_in_a_log(void **state)
{
	(void)state;
	stack_later(&stack, 4000);
	stack_all_due(&stack);
	stack_reap(&stack);
	stack_reap(&stack);
	assert_int_equal(stack_audit(&stack), 0);
	logs_never(&stack, "ann@example.org");
	assert_true(logs_remembered() > 6);
	assert_true(logs_clean(&stack));
	assert_true(logs_lines(&stack, "foyer-access.log", "path=\"/holds/(token)/here\"", NULL) > 0);
}

/* Each test writes to ann, and holds that one has left would end in the middle of another. */
static int
another_day(void **state)
{
	(void)state;
	time_runs_out();
	if (!stack_until(&stack, 60, 0, "SELECT (SELECT COUNT(*) FROM outbox WHERE NOT found) + (SELECT COUNT(*) FROM deliveries "
	    "WHERE state = 'waiting' AND sink = 'mail')"))
		return -1;
	stack_sql(&stack, "DELETE FROM reach_sent");
	return 0;
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
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup(name, another_day)
		T(who_gives_an_address_gets_a_link_that_brings_the_seats_to_another_browser),
		T(the_link_opens_nothing_else_of_the_buyers),
		T(seats_that_were_brought_along_can_be_changed_and_paid),
		T(seats_that_are_changed_where_they_were_chosen_are_changed_where_they_were_brought),
		T(who_comes_back_unpaid_goes_on_where_the_seats_were_brought),
		T(who_got_the_link_by_a_slip_sees_nothing_once_the_right_address_is_typed_with_pay),
		T(a_warning_that_went_to_a_slip_typed_with_pay_opens_nothing_that_is_paid_with_another),
		T(who_pays_with_the_address_of_the_link_has_the_tickets_where_it_was_followed),
		T(an_address_may_be_changed_twice_and_then_the_first_link_is_void),
		T(what_is_no_address_is_said_at_its_field_and_kept),
		T(another_site_cannot_bring_seats_or_have_letters_written),
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
