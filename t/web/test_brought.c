/* test_brought.c - the link of a letter, which brings held seats to another browser, and nothing else of their buyer's. */
#include "base/base.h"

#include <setjmp.h>

#include <cmocka.h>

#include "t/web/notices.h"

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
	stack_sql(&stack, "UPDATE payments SET pending_at = UTC_TIMESTAMP(3) WHERE hold_id = %" PRId64, newest_hold());	/* so it is warned */
	left(100);
	stack_reap(&stack);
	mail = letter("HOLD_ENDING");
	stack_sql(&stack, "UPDATE payments SET pending_at = NULL WHERE hold_id = %" PRId64, newest_hold());
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
		T(every_rule_is_kept_and_no_token_is_in_a_log),
	};

	return cmocka_run_group_tests(tests, open_stack, close_stack);
}
