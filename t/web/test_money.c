/*
 * test_money.c - what becomes of money after the tickets: a buyer gives some back on the page, an operator cancels, refunds, switches
 * providers and reads the books. Through nginx, foyerd, the reaper and the stand-in provider.
 */
#include "base/base.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "t/lib/buyer.h"

static struct stack stack;
static int next_seat;

#define TEXT(...) arena_fmt(stack.arena, __VA_ARGS__).p

static int64_t
show(void)
{
	return stack_number(&stack, "SELECT MIN(show_id) FROM show_sales");
}

/* The show takes tickets back until two hours before, and keeps £1.00 of each. */
static int
open_stack(void **state)
{
	(void)state;
	stack_open(&stack, "t/data/storm.programme", "", "");
	stack_sql(&stack, "UPDATE show_sales SET cancel_hours = 2, cancel_fee_minor = 100");
	return 0;
}

static int
close_stack(void **state)
{
	(void)state;
	stack_close(&stack);
	return 0;
}

static void
reap(void)
{
	stack_all_due(&stack);
	stack_reap(&stack);
}

static int
audited(void **state)
{
	(void)state;
	stack_control(&stack, "clear=all&webhook=on");
	reap();
	reap();
	stack_sql(&stack, "UPDATE attention SET done_at = UTC_TIMESTAMP(3) WHERE done_at IS NULL");
	return stack_audit(&stack);
}

struct bought {
	struct visitor *v;
	const char *path;		/* "/bookings/…" */
	const char *reference;
	int64_t seats[2];
};

static struct bought
buys_two(void)
{
	struct bought b = { .v = visitor_new(&stack) };
	const char *ics;
	struct page p;

	for (int i = 0; i < 2; i++)
		b.seats[i] = buyer_seat(&stack, show(), next_seat + i);
	p = buyer_buys(b.v, buyer_takes(b.v, show(), next_seat, 2));
	next_seat += 2;
	b.reference = buyer_reference(&stack, p);
	ics = memmem(p.body.p, p.body.n, ".ics\"", 5);
	assert_non_null(ics);
	b.path = TEXT("/bookings/%.40s", ics - 40);
	return b;
}

static int64_t
live(void)
{
	return stack_number(&stack, "SELECT COUNT(*) FROM booking_seats WHERE state = 'live' AND booking_id = (SELECT MAX(booking_id) FROM bookings)");
}

static struct span
hidden(struct page p, const char *name)
{
	return page_between(p, TEXT("name=\"%s\" value=\"", name), "\"");
}

/* What somebody does at the provider's own pages. */
static void
provider_refunds(struct span intent, int minor)
{
	assert_int_equal(stack_at_provider(&stack, "/v1/refunds", TEXT("payment_intent=" PRSPAN "&amount=%d", ARGSPAN(intent), minor)).status, 200);
}

/* The same account sells something that is no business of ours. */
static void
provider_sells_elsewhere(void)
{
	struct page p = stack_at_provider(&stack, "/v1/checkout/sessions", "mode=payment&success_url=https%3A%2F%2Fshop.example%2F"
	    "&line_items[0][quantity]=1&line_items[0][price_data][currency]=gbp&line_items[0][price_data][unit_amount]=700"
	    "&line_items[0][price_data][product_data][name]=Mug");

	assert_int_equal(p.status, 200);
	stack_control(&stack, TEXT("pay=" PRSPAN, ARGSPAN(page_between(p, "\"id\": \"", "\""))));
}

/* -- the buyer's page ------------------------------------------------------------------------------------------------------ */

static void
a_buyer_gives_one_ticket_back_and_is_told_before_what_comes_of_it(void **state)
{
	struct bought b = buys_two();
	struct page p = visitor_get(b.v, b.path);
	const char *form;

	(void)state;
	assert_true(page_has(p, "Give tickets back"));
	p = visitor_get(b.v, TEXT("%s/cancel", b.path));
	assert_int_equal(p.status, 200);
	assert_true(page_has(p, "The house keeps £1.00 of each."));
	p = visitor_post(b.v, TEXT("%s/cancel", b.path), TEXT("seat=%" PRId64, b.seats[1]));
	assert_int_equal(p.status, 200);
	assert_true(page_has(p, "You get <b>£10.00</b> back"));
	assert_true(page_has(p, "The house keeps £1.00."));
	assert_int_equal(live(), 2);			/* nothing was done yet */
	form = TEXT("seat=%" PRId64 "&sure=yes&back=" PRSPAN "&act=" PRSPAN, b.seats[1], ARGSPAN(hidden(p, "back")), ARGSPAN(hidden(p, "act")));
	p = visitor_post(b.v, TEXT("%s/cancel", b.path), form);
	assert_int_equal(p.status, 303);
	assert_int_equal(live(), 1);
	p = visitor_post(b.v, TEXT("%s/cancel", b.path), form);		/* pressed twice */
	assert_int_equal(p.status, 303);
	p = buyer_lands(b.v, p);
	assert_true(page_has(p, "You get £10.00 back"));
	assert_int_equal(stack_number(&stack, "SELECT COUNT(*) FROM refunds"), 1);
	reap();
	p = visitor_get(b.v, b.path);
	assert_true(page_has(p, "£10.00 went back to the card or account you paid with"));
	assert_true(page_has(p, "You’re going to"));
	assert_int_equal(stack_number(&stack, "SELECT COUNT(*) FROM show_seats WHERE status = 'available' AND seat_id = %" PRId64
	    " AND show_id = %" PRId64, b.seats[1], show()), 1);
	visitor_free(b.v);
}

static void
giving_all_back_ends_the_booking_and_an_old_return_address_leads_there(void **state)
{
	struct bought b = buys_two();
	struct page p;
	struct span back;

	(void)state;
	p = visitor_post(b.v, TEXT("%s/cancel", b.path), TEXT("seat=%" PRId64 "&seat=%" PRId64, b.seats[0], b.seats[1]));
	assert_true(page_has(p, "You get <b>£20.00</b> back"));
	back = hidden(p, "back");
	p = visitor_post(b.v, TEXT("%s/cancel", b.path), TEXT("seat=%" PRId64 "&seat=%" PRId64 "&sure=yes&back=" PRSPAN "&act=" PRSPAN,
	    b.seats[0], b.seats[1], ARGSPAN(back), ARGSPAN(hidden(p, "act"))));
	assert_int_equal(p.status, 303);
	p = buyer_lands(b.v, p);
	assert_true(page_has(p, "Cancelled: The Storm"));
	assert_false(page_has(p, "<svg"));		/* no code opens a door any more */
	reap();
	assert_string_equal(stack_text(&stack, "SELECT state, kept_minor FROM payments ORDER BY payment_id DESC LIMIT 1"), "refunded\t200\n");
	visitor_free(b.v);
}

static void
what_is_not_allowed_is_said_and_changes_nothing(void **state)
{
	struct bought b = buys_two();
	struct page p;

	(void)state;
	p = visitor_post(b.v, TEXT("%s/cancel", b.path), "");
	assert_int_equal(p.status, 422);
	assert_true(page_has(p, "Please choose at least one ticket."));
	p = visitor_post(b.v, TEXT("%s/cancel", b.path), TEXT("seat=%" PRId64 "&sure=yes&back=1100&act=77", b.seats[0]));
	assert_int_equal(p.status, 409);		/* more than was told */
	assert_true(page_has(p, "Nothing was given back."));
	p = visitor_post(b.v, TEXT("%s/cancel", b.path), TEXT("seat=%" PRId64, buyer_seat(&stack, show(), 199)));
	assert_int_equal(p.status, 409);
	p = visitor_post(b.v, TEXT("%s/cancel", b.path), "seat=x");
	assert_int_equal(p.status, 400);
	p = visitor_post(b.v, TEXT("%s/cancel", b.path), TEXT("seat=%" PRId64 "&sure=yes", b.seats[0]));
	assert_int_equal(p.status, 400);
	stack_sql(&stack, "UPDATE show_sales SET cancel_hours = 9000");
	p = visitor_get(b.v, TEXT("%s/cancel", b.path));
	assert_int_equal(p.status, 409);
	assert_true(page_has(p, "It is too late"));
	stack_sql(&stack, "UPDATE show_sales SET cancel_hours = NULL");
	p = visitor_get(b.v, TEXT("%s/cancel", b.path));
	assert_int_equal(p.status, 409);
	assert_true(page_has(p, "does not take tickets of this show back"));
	assert_false(page_has(visitor_get(b.v, b.path), "Give tickets back"));
	stack_sql(&stack, "UPDATE show_sales SET cancel_hours = 2");
	p = visitor_get(b.v, "/bookings/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA/cancel");
	assert_int_equal(p.status, 404);
	assert_int_equal(live(), 2);
	visitor_free(b.v);
}

/* -- the operator ---------------------------------------------------------------------------------------------------------- */

static void
an_operator_cancels_seats_and_gives_money_back(void **state)
{
	struct bought b = buys_two();
	const char *said;
	struct page p;

	(void)state;
	assert_int_equal(stack_ctl_says(&stack, TEXT("cancel %s --seats Z9", b.reference), &said), 2);
	assert_int_equal(stack_ctl_says(&stack, "cancel AAAAAAAAA", &said), 1);
	p = visitor_get(b.v, b.path);
	assert_int_equal(stack_ctl_says(&stack, TEXT("cancel %s --seats " PRSPAN PRSPAN " --keep 3.50", b.reference,
	    ARGSPAN(page_between(p, "Row <b>", "</b>")), ARGSPAN(page_between(p, "Seat <b>", "</b>"))), &said), 0);
	assert_string_equal(said, "1 tickets cancelled, 1 left, back £7.50, kept £3.50\n");
	assert_int_equal(stack_ctl_says(&stack, TEXT("refund %s 20.00", b.reference), &said), 1);
	assert_non_null(strstr(said, "£14.50"));
	assert_int_equal(stack_ctl(&stack, TEXT("refund %s 2.00", b.reference)), 0);
	reap();
	assert_string_equal(stack_text(&stack, "SELECT state, amount_minor FROM refunds ORDER BY refund_id DESC LIMIT 2"), "done\t200\ndone\t750\n");
	assert_int_equal(stack_ctl_says(&stack, "reconcile", &said), 0);
	assert_non_null(strstr(said, "\tstripe\t"));
	assert_non_null(strstr(said, ", 0 do not add up"));
	visitor_free(b.v);
}

static void
books_that_do_not_add_up_are_named(void **state)
{
	const char *said;

	(void)state;
	stack_sql(&stack, "UPDATE payments SET kept_minor = kept_minor + 5 ORDER BY payment_id DESC LIMIT 1");
	assert_int_equal(stack_ctl_says(&stack, "reconcile --days 1", &said), 1);
	assert_non_null(strstr(said, "does not add up by\t−£0.05"));
	stack_sql(&stack, "UPDATE payments SET kept_minor = kept_minor - 5 ORDER BY payment_id DESC LIMIT 1");
	assert_int_equal(stack_ctl(&stack, "reconcile --days x"), 2);
}

static void
a_refund_that_needs_a_human_stands_on_the_list_until_somebody_did_it(void **state)
{
	struct bought b = buys_two();
	const char *said, *line;

	(void)state;
	stack_control(&stack, "refund=fail:10");
	assert_int_equal(stack_ctl(&stack, TEXT("cancel %s", b.reference)), 0);
	for (int i = 0; i < 6; i++)
		reap();
	assert_int_equal(stack_ctl_says(&stack, "attention", &said), 1);
	assert_non_null(strstr(said, "\trefund\tstripe\t"));
	assert_non_null(strstr(said, "1 line needs somebody"));
	line = stack_text(&stack, "SELECT CONCAT(show_id, '-', refund_id) FROM refunds WHERE state = 'human'");
	assert_int_equal(stack_ctl(&stack, TEXT("refund done " PRSPAN " 'bank transfer'", ARGSPAN(span_trim(span_of(line))))), 0);
	assert_int_equal(stack_ctl(&stack, TEXT("refund done " PRSPAN " 'bank transfer'", ARGSPAN(span_trim(span_of(line))))), 1);
	assert_int_equal(stack_ctl(&stack, "attention"), 0);
	visitor_free(b.v);
}

static void
a_dispute_stands_on_the_list_until_it_is_taken_off(void **state)
{
	struct bought b = buys_two();
	const char *said;
	struct span rest, line;

	(void)state;
	stack_control(&stack, TEXT("dispute=" PRSPAN, ARGSPAN(span_trim(span_of(stack_text(&stack,
	    "SELECT capture FROM payments ORDER BY payment_id DESC LIMIT 1"))))));
	assert_true(stack_until(&stack, 10, 1, "SELECT COUNT(*) FROM disputes"));
	assert_int_equal(stack_ctl_says(&stack, "attention", &said), 1);
	assert_non_null(strstr(said, "disputed"));
	rest = span_of(said);
	line = span_cut(&rest, '\t');
	assert_int_equal(stack_ctl(&stack, TEXT("attention done " PRSPAN " 'answered'", ARGSPAN(line))), 0);
	assert_int_equal(stack_ctl(&stack, "attention"), 0);
	assert_int_equal(stack_ctl(&stack, "attention done 1-1 x"), 1);
	assert_int_equal(stack_ctl(&stack, "attention done"), 2);
	visitor_free(b.v);
}

static void
a_refund_made_at_the_provider_is_shown_and_counted(void **state)
{
	struct bought b = buys_two();
	const char *said, *intent = stack_text(&stack, "SELECT capture FROM payments ORDER BY payment_id DESC LIMIT 1");

	(void)state;
	provider_refunds(span_trim(span_of(intent)), 500);
	assert_true(stack_until(&stack, 10, 1, "SELECT COUNT(*) FROM refunds WHERE origin = 'provider' AND state = 'done' AND amount_minor = 500"));
	assert_true(page_has(visitor_get(b.v, b.path), "£5.00 went back"));
	assert_int_equal(stack_ctl_says(&stack, "attention", &said), 1);
	assert_non_null(strstr(said, "its tickets are still live"));
	visitor_free(b.v);
}

static void
money_of_nobody_in_the_providers_list_is_found(void **state)
{
	const char *said;

	(void)state;
	stack_control(&stack, "webhook=off");
	provider_sells_elsewhere();
	stack_sql(&stack, "UPDATE provider_lists SET due_at = UTC_TIMESTAMP(3)");
	stack_reap(&stack);
	assert_int_equal(stack_ctl_says(&stack, "attention", &said), 1);
	assert_non_null(strstr(said, "paid at the provider, but no payment of ours"));
}

static const char *
newest_state(void)
{
	return stack_text(&stack, "SELECT state, reason FROM payments ORDER BY payment_id DESC LIMIT 1");
}

/* Until no payment is unfinished: while one process ends the holds, the other may still find them running. */
static void
all_end(void)
{
	for (int i = 0; i < 10 && stack_number(&stack, "SELECT COUNT(*) FROM payments WHERE state IN ('created', 'open', 'capturing')"); i++)
		reap();
}

/* A bank may say yes when the link is long cancelled, and Razorpay has no list to find that on. */
static void
money_that_comes_after_the_end_goes_back_though_nobody_tells(void **state)
{
	struct visitor *v = visitor_new(&stack);
	const char *session;

	(void)state;
	stack_control(&stack, "webhook=off&razorpay.charge=pending");
	buyer_at_provider(v, buyer_pay_by(v, buyer_takes(v, show(), next_seat++, 1), "razorpay"), "pay");
	session = newest_session(&stack);
	stack_later(&stack, 4000);
	all_end();
	assert_string_equal(newest_state(), "closed\tclosed\n");
	stack_later(&stack, 1000);
	stack_reap(&stack);			/* asked, and still nothing has come */
	assert_string_equal(newest_state(), "closed\tclosed\n");
	stack_control(&stack, TEXT("pay=%s", session));
	stack_later(&stack, 10000);
	stack_reap(&stack);
	for (int i = 0; i < 10 && stack_number(&stack, "SELECT COUNT(*) FROM refunds WHERE state = 'pending'"); i++)
		reap();
	assert_string_equal(newest_state(), "refunded\tlate\n");
	visitor_free(v);
}

/* Nobody is asked for ever: after three days it is over, and what closes for good is not asked at all. */
static void
whatever_cannot_be_paid_any_more_is_not_asked_for(void **state)
{
	struct visitor *v = visitor_new(&stack);

	(void)state;
	stack_control(&stack, "webhook=off");
	buyer_pay_by(v, buyer_takes(v, show(), next_seat++, 1), "stripe");
	buyer_pay_by(v, buyer_takes(v, show(), next_seat++, 1), "razorpay");
	stack_later(&stack, 4000);
	all_end();
	assert_int_equal(stack_number(&stack, "SELECT COUNT(*) FROM payments WHERE provider = 'stripe' AND state = 'closed' AND ask_at IS NOT NULL"), 0);
	assert_int_equal(stack_number(&stack, "SELECT COUNT(*) FROM payments WHERE provider = 'razorpay' AND state = 'closed' AND ask_at IS NOT NULL"), 1);
	stack_later(&stack, 3 * 86400);
	stack_reap(&stack);
	assert_int_equal(stack_number(&stack, "SELECT COUNT(*) FROM payments WHERE state IN ('failed', 'closed') AND ask_at IS NOT NULL"), 0);
	visitor_free(v);
}

static void
a_provider_is_switched_off_while_the_house_is_open(void **state)
{
	struct visitor *v = visitor_new(&stack);
	const char *hold = buyer_takes(v, show(), next_seat++, 1), *said;
	struct page p;

	(void)state;
	assert_int_equal(stack_ctl_says(&stack, "provider", &said), 0);
	assert_non_null(strstr(said, "stripe\ton\ttest"));
	assert_int_equal(stack_ctl(&stack, "provider stripe off"), 0);
	p = visitor_post(v, TEXT("%s/pay", hold), "email=ann%40example.org&name=Ann&provider=stripe");
	assert_int_equal(p.status, 422);
	assert_int_equal(stack_ctl(&stack, "provider stripe on"), 0);
	p = buyer_buys(v, hold);
	assert_true(page_has(p, "You’re going to"));
	assert_int_equal(stack_ctl(&stack, "provider nobody off"), 1);
	assert_int_equal(stack_ctl(&stack, "provider stripe maybe"), 2);
	visitor_free(v);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_teardown(name, audited)
		T(a_buyer_gives_one_ticket_back_and_is_told_before_what_comes_of_it),
		T(giving_all_back_ends_the_booking_and_an_old_return_address_leads_there), T(what_is_not_allowed_is_said_and_changes_nothing),
		T(an_operator_cancels_seats_and_gives_money_back), T(books_that_do_not_add_up_are_named),
		T(a_refund_that_needs_a_human_stands_on_the_list_until_somebody_did_it), T(a_dispute_stands_on_the_list_until_it_is_taken_off),
		T(a_refund_made_at_the_provider_is_shown_and_counted), T(money_of_nobody_in_the_providers_list_is_found),
		T(money_that_comes_after_the_end_goes_back_though_nobody_tells), T(whatever_cannot_be_paid_any_more_is_not_asked_for),
		T(a_provider_is_switched_off_while_the_house_is_open),
	};

	return cmocka_run_group_tests(tests, open_stack, close_stack);
}
