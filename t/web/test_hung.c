/*
 * test_hung.c - a payment provider that takes every call and never answers: it costs its own buyers one clear message, and nobody else
 * anything. Nothing is timed here: what must not wait is done while the hung calls are still under way.
 */
#include "base/base.h"

#include <setjmp.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "t/lib/buyer.h"
#include "t/lib/operators.h"

#define CROWD 24		/* more than may call at once, more than there are workers to call */
#define PATIENCE 6		/* seconds: within them a breaker has let somebody try again */

static struct stack stack;
static int next_seat;

/* What the crowd's processes tell. */
static struct crowd {
	_Atomic int pressed, answered, unavailable, elsewhere;
} *crowd;

#define TEXT(...) (arena_fmt(stack.arena, __VA_ARGS__).p)

static int64_t
show(void)
{
	return stack_number(&stack, "SELECT MIN(show_id) FROM show_sales");
}

static int
open_stack(void **state)
{
	(void)state;
	crowd = mmap(NULL, sizeof(*crowd), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	stack_open(&stack, "t/data/storm.programme", "psp_timeout_ms = 4000\n", "");
	return 0;
}

static int
close_stack(void **state)
{
	(void)state;
	stack_close(&stack);
	return 0;
}

static int
audited(void **state)
{
	(void)state;
	stack_control(&stack, "clear=all&webhook=on");
	stack_all_due(&stack);
	stack_reap(&stack);
	return stack_audit(&stack);
}

static _Noreturn void
one_of_the_crowd(struct visitor *v, const char *hold)
{
	struct page p;

	crowd->pressed++;
	p = buyer_pay(v, hold);
	crowd->unavailable += p.status == 503 && page_has(p, "does not answer just now");
	crowd->elsewhere += p.status != 503;
	crowd->answered++;
	_exit(0);
}

/* Everybody holds a seat and presses "pay" at once. */
static void
crowd_presses(void)
{
	struct visitor *v[CROWD];
	const char *holds[CROWD];

	memset(crowd, 0, sizeof(*crowd));
	for (int i = 0; i < CROWD; i++) {
		v[i] = visitor_new(&stack);
		holds[i] = buyer_takes(v[i], show(), next_seat++, 1);
	}
	for (int i = 0; i < CROWD; i++)
		if (fork() == 0)
			one_of_the_crowd(v[i], holds[i]);
	for (int i = 0; i < CROWD; i++)
		visitor_free(v[i]);
}

static void
crowd_ends(void)
{
	while (wait(NULL) > 0)
		;
}

static int64_t
calls_in_flight(void)
{
	return metric(&stack, "foyer_calls_in_flight{provider=\"stripe\"}");
}

/* -- tests ------------------------------------------------------------------------------------------------------------------- */

static void
while_its_calls_hang_everything_else_goes_on(void **state)
{
	struct visitor *v = visitor_new(&stack), *other = visitor_new(&stack);
	const char *session;
	struct page p;

	(void)state;
	p = buyer_pay(v, buyer_takes(v, show(), next_seat++, 1));	/* opened before the trouble began */
	assert_int_equal(p.status, 303);
	session = newest_session(&stack);
	stack_control(&stack, "stripe.hang=create:60:100");
	crowd_presses();
	for (int i = 0; i < 100 && calls_in_flight() < 5; i++)
		usleep(20000);
	assert_true(calls_in_flight() >= 5);
	/* pages, the map, a hold, its payment by another way, and the message that somebody has paid */
	assert_int_equal(visitor_get(other, "/stormford").status, 200);
	assert_int_equal(visitor_get(other, TEXT("/shows/%" PRId64, show())).status, 200);
	assert_int_equal(visitor_get(other, TEXT("/shows/%" PRId64 "/seats", show())).status, 200);
	assert_int_equal(buyer_pay_by(other, buyer_takes(other, show(), next_seat++, 1), "paypal").status, 303);
	stack_control(&stack, TEXT("pay=%s", session));
	assert_true(stack_until(&stack, 3, 1, TEXT("SELECT COUNT(*) FROM payments WHERE state = 'paid' AND session = '%s'", session)));
	assert_true(calls_in_flight() >= 5);		/* and all that while they were hanging */
	crowd_ends();
	assert_int_equal(crowd->answered, CROWD);
	assert_int_equal(crowd->unavailable, CROWD);	/* a clear message for each */
	visitor_free(v);
	visitor_free(other);
}

static void
whoever_comes_next_is_told_at_once_without_another_call(void **state)
{
	struct visitor *v = visitor_new(&stack);
	const char *hold;
	int64_t turned_away;
	struct page p;

	(void)state;
	stack_control(&stack, "hang=create:60:100");
	crowd_presses();
	crowd_ends();
	hold = buyer_takes(v, show(), next_seat++, 1);
	turned_away = metric(&stack, "foyer_calls_turned_away_total{provider=\"stripe\"}");
	p = buyer_pay(v, hold);
	assert_int_equal(p.status, 503);
	assert_true(page_has(p, "Nothing was charged."));
	assert_true(page_has(p, "Your seats stay yours"));
	assert_int_equal(metric(&stack, "foyer_calls_turned_away_total{provider=\"stripe\"}"), turned_away + 1);
	/* and when the provider is well again, so are we */
	stack_control(&stack, "clear=all");
	for (int i = 0; i < PATIENCE * 4 && p.status != 303; i++) {
		usleep(500000);
		p = buyer_pay(v, hold);
	}
	assert_int_equal(p.status, 303);
	visitor_free(v);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(while_its_calls_hang_everything_else_goes_on, audited),
		cmocka_unit_test_teardown(whoever_comes_next_is_told_at_once_without_another_call, audited),
	};

	return cmocka_run_group_tests(tests, open_stack, close_stack);
}
