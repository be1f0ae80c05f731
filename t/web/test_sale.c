/* test_sale.c - buying, through nginx, foyerd and the stand-in provider, without a browser: the happy path and everybody's troubles. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "t/lib/buyer.h"

#include <unistd.h>

static struct stack stack;
static int next_seat;		/* each test takes seats of its own in the big hall */

static int64_t
show(void)
{
	return stack_number(&stack, "SELECT MIN(show_id) FROM show_sales");
}

/* A new visitor, and where their seats begin. */
static struct visitor *
visitor(int *first, int n)
{
	*first = next_seat;
	next_seat += n;
	return visitor_new(&stack);
}

static int
open_stack(void **state)
{
	(void)state;
	stack_open(&stack, "t/data/storm.programme", "", "");
	stack_sql(&stack, "UPDATE show_sales SET hold_seconds = 2, extend_seconds = 1, longest_seconds = 4 WHERE hold_seconds = 30");
	return 0;
}

static int
close_stack(void **state)
{
	(void)state;
	stack_close(&stack);
	return 0;
}

/* After each test the rules must hold, whatever was done. */
static int
audited(void **state)
{
	(void)state;
	stack_control(&stack, "clear=all&webhook=on");
	stack_all_due(&stack);
	stack_reap(&stack);
	stack_reap(&stack);
	return stack_audit(&stack);
}

static const char *
payment_state(void)
{
	return stack_text(&stack, "SELECT state FROM payments ORDER BY payment_id DESC LIMIT 1");
}

static bool
span_ends(struct span s, const char *with)
{
	size_t n = strlen(with);

	return s.n >= n && memcmp(s.p + s.n - n, with, n) == 0;
}

static bool
ticked(struct page p, int64_t seat)
{
	return span_ends(page_between(p, arena_fmt(stack.arena, "value=\"%" PRId64 "\"", seat).p, ">"), " checked");
}

/* Of two tickets for £10.00 with a fee of £1.00, all of it with 20 % tax in it: what comes before the total, and what is in it. */
static void
has_sums_of_two(struct page p)
{
	assert_true(page_has(p, "<dt>Tickets before fees and taxes</dt><dd>£20.00</dd>"));
	assert_true(page_has(p, "<dt>Booking fee</dt><dd>£2.00</dd>"));
	assert_true(page_has(p, "<dt>Total</dt><dd>£22.00</dd>"));
	assert_true(page_has(p, "<dt>Contains VAT 20 %</dt><dd>£3.66</dd>"));	/* 1.83 a ticket, not a sixth of it all */
}

static void
a_stranger_finds_a_show_holds_pays_and_gets_tickets(void **state)
{
	int first;
	struct visitor *v = visitor(&first, 2);
	struct page p;
	const char *hold;

	(void)state;
	p = visitor_get(v, "/");
	assert_int_equal(p.status, 200);
	assert_true(page_has(p, "Stormford"));
	assert_int_equal(page_header(p, "Set-Cookie").n, 0);
	p = visitor_get(v, "/stormford");
	assert_int_equal(p.status, 200);
	p = visitor_get(v, arena_fmt(stack.arena, "/shows/%" PRId64, show()).p);
	assert_int_equal(p.status, 200);
	assert_true(page_has(p, "name=\"seat\""));
	hold = buyer_takes(v, show(), first, 2);
	p = visitor_get(v, hold);
	assert_int_equal(p.status, 200);
	assert_true(page_has(p, "£22.00"));
	has_sums_of_two(p);
	assert_true(span_starts(page_header(p, "Cache-Control"), "private, no-store"));
	p = buyer_buys(v, hold);
	assert_true(page_has(p, "<svg"));
	has_sums_of_two(p);
	assert_true(page_has(p, "The Storm"));
	p = visitor_get(v, hold);
	assert_int_equal(p.status, 303);
	assert_true(span_starts(p.location, "/bookings/"));
	p = visitor_get(v, arena_fmt(stack.arena, PRSPAN ".ics", ARGSPAN(p.location)).p);
	assert_int_equal(p.status, 200);
	assert_true(page_has(p, "BEGIN:VEVENT"));
	visitor_free(v);
}

static void
three_buyers_and_one_seat(void **state)
{
	int first, status[3];
	struct visitor *v[3] = { visitor(&first, 1), visitor_new(&stack), visitor_new(&stack) };
	int64_t seat = buyer_seat(&stack, show(), first);

	(void)state;
	for (int i = 0; i < 3; i++)
		status[i] = buyer_hold(v[i], show(), &seat, 1).status;
	assert_int_equal(status[0], 303);
	assert_int_equal(status[1], 409);
	assert_int_equal(status[2], 409);
	for (int i = 0; i < 3; i++)
		visitor_free(v[i]);
}

static void
the_conflict_page_names_what_is_lost_and_keeps_the_rest(void **state)
{
	int first;
	struct visitor *a = visitor(&first, 2), *b = visitor_new(&stack), *c = visitor_new(&stack);
	int64_t seats[] = { buyer_seat(&stack, show(), first), buyer_seat(&stack, show(), first + 1) };
	struct page p;

	(void)state;
	assert_int_equal(buyer_hold(a, show(), seats, 1).status, 303);
	p = buyer_hold(b, show(), seats, 2);
	assert_int_equal(p.status, 409);
	assert_true(page_has(p, "taken a moment ago"));
	assert_true(page_has(p, "Nothing is held or charged"));
	assert_int_equal(page_header(p, "Set-Cookie").n, 0);
	assert_true(ticked(p, seats[1]));
	assert_false(ticked(p, seats[0]));
	/* the next refusal, in the same second, knows what has gone since */
	assert_int_equal(buyer_hold(c, show(), &seats[1], 1).status, 303);
	p = buyer_hold(b, show(), seats, 2);
	assert_int_equal(p.status, 409);
	assert_false(ticked(p, seats[1]));
	assert_true(span_ends(page_between(p, arena_fmt(stack.arena, "value=\"%" PRId64 "\"", seats[1]).p, ">"), " disabled"));
	visitor_free(a);
	visitor_free(b);
	visitor_free(c);
}

static void
an_abandoned_hold_is_free_for_others_without_any_cron_job(void **state)
{
	int first;
	struct visitor *a = visitor(&first, 1), *b = visitor_new(&stack);
	int64_t quick = stack_number(&stack, "SELECT show_id FROM show_sales WHERE hold_seconds = 2");
	int64_t seat = buyer_seat(&stack, quick, first);
	const char *hold;

	(void)state;
	hold = buyer_takes(a, quick, first, 1);
	assert_int_equal(buyer_hold(b, quick, &seat, 1).status, 409);
	usleep(2600000);
	assert_int_equal(visitor_get(a, hold).status, 410);
	assert_int_equal(buyer_hold(b, quick, &seat, 1).status, 303);
	visitor_free(a);
	visitor_free(b);
}

static void
a_declined_card_and_a_second_try(void **state)
{
	int first;
	struct visitor *v = visitor(&first, 2);
	const char *hold = buyer_takes(v, show(), first, 2);
	struct page pay = buyer_pay(v, hold), p;

	(void)state;
	p = buyer_at_provider(v, pay, "decline");
	assert_true(p.status == 200 || p.status == 303);
	p = buyer_at_provider(v, pay, "cancel");
	p = buyer_lands(v, p);
	assert_int_equal(p.status, 200);
	assert_false(page_has(p, "error"));
	p = buyer_buys(v, hold);
	assert_true(page_has(p, "<svg"));
	assert_string_equal(payment_state(), "paid\n");
	visitor_free(v);
}

static void
a_double_click_on_hold_is_one_hold(void **state)
{
	int first;
	struct visitor *v = visitor(&first, 2);
	const char *a = buyer_takes(v, show(), first, 2), *b = buyer_takes(v, show(), first, 2);

	(void)state;
	assert_string_equal(a, b);
	visitor_free(v);
}

static void
a_double_click_on_pay_is_one_session(void **state)
{
	int first;
	struct visitor *v = visitor(&first, 1);
	const char *hold = buyer_takes(v, show(), first, 1);
	struct page a = buyer_pay(v, hold), b = buyer_pay(v, hold);

	(void)state;
	assert_int_equal(a.status, 303);
	assert_true(span_eq(a.location, b.location));
	visitor_free(v);
}

static void
two_tabs_paying_end_in_one_booking(void **state)
{
	int first;
	struct visitor *v = visitor(&first, 1);
	const char *hold = buyer_takes(v, show(), first, 1);
	struct page a = buyer_pay(v, hold), b = buyer_pay(v, hold);
	int64_t before = stack_number(&stack, "SELECT COUNT(*) FROM bookings WHERE state = 'confirmed'");

	(void)state;
	buyer_lands(v, buyer_at_provider(v, a, "pay"));
	b = visitor_post(v, CSTR(stack.arena, b.location), "do=pay");
	buyer_lands(v, b);
	assert_true(stack_until(&stack, 10, before + 1, "SELECT COUNT(*) FROM bookings WHERE state = 'confirmed'"));
	assert_int_equal(stack_number(&stack, "SELECT COUNT(*) FROM refunds WHERE reason = 'second'"), 0);
	visitor_free(v);
}

static void
a_webhook_alone_makes_the_tickets(void **state)
{
	int first;
	struct visitor *v = visitor(&first, 1);
	const char *hold = buyer_takes(v, show(), first, 1);
	struct page pay = buyer_pay(v, hold);

	(void)state;
	buyer_at_provider(v, pay, "pay");	/* and the browser never comes back */
	assert_true(stack_until(&stack, 10, 1, "SELECT state = 'paid' FROM payments ORDER BY payment_id DESC LIMIT 1"));
	assert_int_equal(visitor_get(v, hold).status, 303);
	visitor_free(v);
}

static void
a_return_alone_makes_the_tickets_even_in_another_browser(void **state)
{
	int first;
	struct visitor *v = visitor(&first, 1), *other = visitor_new(&stack);
	struct page p, pay;

	(void)state;
	stack_control(&stack, "webhook=off");
	pay = buyer_pay(v, buyer_takes(v, show(), first, 1));
	p = buyer_at_provider(v, pay, "pay");
	p = buyer_lands(other, p);
	assert_int_equal(p.status, 200);
	assert_true(page_has(p, "<svg"));
	assert_string_equal(payment_state(), "paid\n");
	visitor_free(v);
	visitor_free(other);
}

static void
without_webhook_and_return_the_reaper_makes_the_tickets(void **state)
{
	int first;
	struct visitor *v = visitor(&first, 1);

	(void)state;
	stack_control(&stack, "webhook=off");
	buyer_at_provider(v, buyer_pay(v, buyer_takes(v, show(), first, 1)), "pay");
	stack_sql(&stack, "UPDATE payments SET ask_at = UTC_TIMESTAMP(3) ORDER BY payment_id DESC LIMIT 1");
	stack_reap(&stack);
	assert_string_equal(payment_state(), "paid\n");
	visitor_free(v);
}

static void
a_webhook_twice_reordered_or_before_our_answer_changes_nothing(void **state)
{
	static const char *const tricks[] = { "webhook=twice", "webhook=reorder", "webhook=before_answer" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(tricks); i++) {
		int first;
		struct visitor *v = visitor(&first, 1);
		const char *hold = buyer_takes(v, show(), first, 1);

		stack_control(&stack, tricks[i]);
		assert_true(page_has(buyer_buys(v, hold), "<svg"));
		stack_control(&stack, "clear=all&webhook=on");
		visitor_free(v);
	}
}

static void
a_forged_webhook_is_refused_and_changes_nothing(void **state)
{
	int first;
	struct visitor *v = visitor(&first, 1);
	struct page pay = buyer_pay(v, buyer_takes(v, show(), first, 1)), p;

	(void)state;
	assert_int_equal(pay.status, 303);
	stack_control(&stack, arena_fmt(stack.arena, "forge=%s", newest_session(&stack)).p);
	usleep(500000);
	assert_string_equal(payment_state(), "open\n");
	p = visitor_send(v, "POST", "/webhooks/stripe", SPAN("{\"id\":\"evt_1\",\"object\":\"event\"}"), "application/json");
	assert_int_equal(p.status, 400);
	p = visitor_send(v, "POST", "/webhooks/nobody", SPAN("{}"), "application/json");
	assert_int_equal(p.status, 404);
	visitor_free(v);
}

static void
a_wrong_amount_goes_back_and_needs_attention(void **state)
{
	int first;
	struct visitor *v = visitor(&first, 1);
	const char *hold = buyer_takes(v, show(), first, 1);

	(void)state;
	stack_control(&stack, "lie=wrong_amount");
	buyer_at_provider(v, buyer_pay(v, hold), "pay");
	assert_true(stack_until(&stack, 10, 1, "SELECT p.state = 'refund_due' AND a.words LIKE '%another amount' FROM payments p "
	    "JOIN attention a ON a.payment_id = p.payment_id ORDER BY p.payment_id DESC LIMIT 1"));
	stack_reap(&stack);
	stack_reap(&stack);
	assert_string_equal(payment_state(), "refunded\n");
	visitor_free(v);
}

static void
a_late_payment_takes_the_seats_again_if_they_are_free(void **state)
{
	int first;
	struct visitor *v = visitor(&first, 1);
	struct page pay = buyer_pay(v, buyer_takes(v, show(), first, 1));

	(void)state;
	stack_later(&stack, 4000);
	buyer_lands(v, buyer_at_provider(v, pay, "pay"));
	assert_true(stack_until(&stack, 10, 1, "SELECT state = 'paid' FROM payments ORDER BY payment_id DESC LIMIT 1"));
	visitor_free(v);
}

static void
a_late_payment_whose_seat_is_gone_is_refunded_and_the_page_says_so(void **state)
{
	int first;
	struct visitor *a = visitor(&first, 1), *b = visitor_new(&stack);
	struct page pay = buyer_pay(a, buyer_takes(a, show(), first, 1)), p;
	int64_t payment = newest_payment(&stack);

	(void)state;
	stack_later(&stack, 4000);
	buyer_takes(b, show(), first, 1);
	p = buyer_lands(a, buyer_at_provider(a, pay, "pay"));
	assert_int_equal(p.status, 200);
	assert_true(page_has(p, "refund"));
	assert_true(page_has(p, "£11.00"));
	stack_reap(&stack);
	stack_reap(&stack);
	assert_int_equal(stack_number(&stack, "SELECT state = 'refunded' FROM payments WHERE payment_id = %" PRId64, payment), 1);
	visitor_free(a);
	visitor_free(b);
}

static void
paid_later_at_the_bank_is_told_as_such_and_becomes_tickets(void **state)
{
	int first;
	struct visitor *v = visitor(&first, 1);
	struct page p, back;

	(void)state;
	stack_control(&stack, "late=2");
	back = buyer_at_provider(v, buyer_pay(v, buyer_takes(v, show(), first, 1)), "later");
	p = buyer_lands(v, back);
	assert_int_equal(p.status, 200);
	assert_true(page_has(p, "bank"));
	assert_false(page_has(p, "error"));
	assert_true(stack_until(&stack, 15, 1, "SELECT state = 'paid' FROM payments ORDER BY payment_id DESC LIMIT 1"));
	p = buyer_lands(v, visitor_get(v, CSTR(stack.arena, back.location)));
	assert_true(page_has(p, "<svg"));
	visitor_free(v);
}

static void
a_hold_given_back_closes_the_payment_page(void **state)
{
	int first;
	struct visitor *v = visitor(&first, 1);
	const char *hold = buyer_takes(v, show(), first, 1);
	struct page pay = buyer_pay(v, hold), p;

	(void)state;
	p = visitor_post(v, arena_fmt(stack.arena, "%s/release", hold).p, "");
	assert_true(p.status == 200 || p.status == 303 || p.status == 410);
	stack_all_due(&stack);
	stack_reap(&stack);
	assert_string_equal(payment_state(), "closed\n");
	p = visitor_post(v, CSTR(stack.arena, pay.location), "do=pay");
	assert_string_equal(payment_state(), "closed\n");
	visitor_free(v);
}

static void
a_provider_that_hangs_costs_nobody_their_seats(void **state)
{
	int first;
	struct visitor *v = visitor(&first, 1);
	const char *hold = buyer_takes(v, show(), first, 1);
	struct page p;

	(void)state;
	stack_control(&stack, "hang=create:30:4");
	p = buyer_pay(v, hold);
	assert_true(p.status == 503 || p.status == 200);
	assert_true(page_has(p, "Nothing was charged") || page_has(p, "not been charged") || page_has(p, "nothing was charged"));
	stack_control(&stack, "clear=all");
	sleep(1);
	for (int i = 0; i < 40; i++) {
		p = buyer_pay(v, hold);
		if (p.status == 303)
			break;
		sleep(1);
	}
	p = buyer_lands(v, buyer_at_provider(v, p, "pay"));
	assert_true(stack_until(&stack, 10, 1, "SELECT state = 'paid' FROM payments ORDER BY payment_id DESC LIMIT 1"));
	visitor_free(v);
}

static void
tickets_are_found_again_by_reference_and_the_answer_gives_nothing_away(void **state)
{
	int first;
	struct visitor *v = visitor(&first, 1), *w = visitor_new(&stack);
	struct page good, wrong;
	const char *reference;
	int64_t wanted;

	(void)state;
	reference = buyer_reference(&stack, buyer_buys(v, buyer_takes(v, show(), first, 1)));
	wanted = stack_number(&stack, "SELECT COUNT(*) FROM outbox WHERE type = 'BOOKING_LINK'");
	wrong = visitor_post(w, "/bookings/find", arena_fmt(stack.arena, "reference=%s&email=bob%%40example.org", reference).p);
	assert_int_equal(stack_number(&stack, "SELECT COUNT(*) FROM outbox WHERE type = 'BOOKING_LINK'"), wanted);
	good = visitor_post(w, "/bookings/find", arena_fmt(stack.arena, "reference=%.3s+%.3s+%.3s&email=Ann%%40Example.org", reference,
	    reference + 3, reference + 6).p);
	assert_int_equal(good.status, wrong.status);
	assert_int_equal(stack_number(&stack, "SELECT COUNT(*) FROM outbox WHERE type = 'BOOKING_LINK'"), wanted + 1);
	assert_false(page_has(good, "/bookings/E") || page_has(good, "<svg"));
	visitor_free(v);
	visitor_free(w);
}

/* No provider can take a payment of nothing; and nothing at all can be sold where no provider is switched on. */
static void
what_nobody_could_pay_for_is_not_loaded(void **state)
{
	const char *little = arena_fmt(stack.arena, "load %s/t/data/ten.programme", stack_top()).p;
	int64_t before = stack_number(&stack, "SELECT COUNT(*) FROM shows");

	(void)state;
	assert_int_equal(system(arena_fmt(stack.arena, "sed 's/10.00   6.00/10.00 0.00/; s/fee 1.50/fee 0.00/' %s/t/data/ten.programme "
	    ">%s/cheap.programme", stack_top(), stack.folder).p), 0);
	assert_int_equal(stack_ctl(&stack, arena_fmt(stack.arena, "load %s/cheap.programme", stack.folder).p), 1);
	stack_sql(&stack, "INSERT INTO providers VALUES ('stripe', FALSE, UTC_TIMESTAMP(3)), ('razorpay', FALSE, UTC_TIMESTAMP(3)), "
	    "('paypal', FALSE, UTC_TIMESTAMP(3))");
	assert_int_equal(stack_ctl(&stack, little), 1);
	assert_int_equal(stack_number(&stack, "SELECT COUNT(*) FROM shows"), before);
	stack_sql(&stack, "DELETE FROM providers");
	assert_int_equal(stack_ctl(&stack, little), 0);
	assert_int_equal(stack_number(&stack, "SELECT COUNT(*) FROM shows"), before + 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_teardown(name, audited)
		T(a_stranger_finds_a_show_holds_pays_and_gets_tickets), T(three_buyers_and_one_seat),
		T(the_conflict_page_names_what_is_lost_and_keeps_the_rest), T(an_abandoned_hold_is_free_for_others_without_any_cron_job),
		T(a_declined_card_and_a_second_try), T(a_double_click_on_hold_is_one_hold), T(a_double_click_on_pay_is_one_session),
		T(two_tabs_paying_end_in_one_booking), T(a_webhook_alone_makes_the_tickets),
		T(a_return_alone_makes_the_tickets_even_in_another_browser), T(without_webhook_and_return_the_reaper_makes_the_tickets),
		T(a_webhook_twice_reordered_or_before_our_answer_changes_nothing), T(a_forged_webhook_is_refused_and_changes_nothing),
		T(a_wrong_amount_goes_back_and_needs_attention), T(a_late_payment_takes_the_seats_again_if_they_are_free),
		T(a_late_payment_whose_seat_is_gone_is_refunded_and_the_page_says_so),
		T(paid_later_at_the_bank_is_told_as_such_and_becomes_tickets), T(a_hold_given_back_closes_the_payment_page),
		T(a_provider_that_hangs_costs_nobody_their_seats),
		T(tickets_are_found_again_by_reference_and_the_answer_gives_nothing_away), T(what_nobody_could_pay_for_is_not_loaded),
	};

	return cmocka_run_group_tests(tests, open_stack, close_stack);
}
