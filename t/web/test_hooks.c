/*
 * test_hooks.c - a partner of a whole Foyer: the operator's tool, a purchase that it hears of, a relay that is asked to end or was away,
 * and other sinks that do not wait for it. What is signed, and how, an independent judge says in t/judges.
 */
#include "base/base.h"

#include <setjmp.h>
#include <unistd.h>

#include <cmocka.h>

#include "t/lib/buyer.h"
#include "t/lib/logs.h"
#include "t/lib/partner.h"

static struct stack stack;
static struct partner ann, bob;
static int next_seat;

static void
somebody_buys(void)
{
	struct visitor *v = visitor_new(&stack);

	buyer_buys(v, buyer_takes(v, stack_number(&stack, "SELECT MIN(show_id) FROM show_sales"), next_seat++, 1));
	visitor_free(v);
}

static int
hooks(const char *words)
{
	return stack_ctl(&stack, arena_fmt(stack.arena, "hooks %s >/dev/null 2>%s/complaint", words, stack.folder).p);
}

/* Adds an endpoint; its id. The secret must never be logged. */
static int64_t
add(const struct partner *p, const char *more)
{
	const char *said, *secret;
	struct span rest;

	assert_int_equal(stack_ctl_says(&stack, arena_fmt(stack.arena, "hooks add http://127.0.0.1:%d/in %s", p->port, more).p, &said), 0);
	secret = strstr(said, "whsec_");
	assert_non_null(secret);
	rest = span_of(secret + strlen("whsec_"));
	logs_never(&stack, CSTR(stack.arena, span_cut(&rest, '\n')));
	return stack_number(&stack, "SELECT MAX(endpoint_id) FROM hook_endpoints");
}

static bool
all_sent(int64_t endpoint, int seconds)
{
	return stack_until(&stack, seconds, 0, "SELECT COUNT(*) FROM outbox WHERE NOT found") &&
	    stack_until(&stack, seconds, 0, "SELECT COUNT(*) FROM deliveries WHERE state = 'waiting' AND sink = 'hooks'") &&
	    stack_until(&stack, seconds, 0, arena_fmt(stack.arena, "SELECT COUNT(*) FROM hook_deliveries WHERE state = 'waiting' AND endpoint_id = %"
	    PRId64, endpoint).p);
}

static int
told(const struct partner *p, const char *type)
{
	const char *begin = arena_fmt(stack.arena, "{\"type\":\"%s\",", type).p;
	int n = 0;

	for (int i = 0; i < p->script->n; i++)
		n += strncmp(p->script->log[i].body, begin, strlen(begin)) == 0;
	return n;
}

static void
a_partner_hears_of_a_purchase_and_only_of_what_it_wants(void **state)
{
	int64_t all = add(&ann, ""), some = add(&bob, "--types booking.confirmed,refund.done");

	(void)state;
	somebody_buys();
	assert_true(all_sent(all, 60) && all_sent(some, 60));
	assert_int_equal(told(&ann, "booking.confirmed"), 1);
	assert_int_equal(told(&ann, "payment.paid"), 1);
	assert_int_equal(told(&bob, "booking.confirmed"), 1);
	assert_int_equal(bob.script->n, 1);
}

static void
the_tool_shows_how_it_goes_and_refuses_what_is_wrong(void **state)
{
	int64_t at = add(&ann, "--types booking.confirmed");
	const char *said;

	(void)state;
	somebody_buys();
	assert_true(all_sent(at, 60));
	stack_ctl_says(&stack, "hooks list", &said);
	assert_non_null(strstr(said, arena_fmt(stack.arena, "%" PRId64 "\ton\t0\t1\t0\thttp://127.0.0.1:%d/in\tbooking.confirmed\n", at, ann.port).p));
	stack_ctl_says(&stack, arena_fmt(stack.arena, "hooks log %" PRId64, at).p, &said);
	assert_non_null(strstr(said, "\tsent\t1\t204\t"));
	assert_int_equal(hooks(arena_fmt(stack.arena, "test %" PRId64, at).p), 0);
	assert_int_equal(told(&ann, "ping"), 1);
	ann.script->status = 500;
	assert_int_equal(hooks(arena_fmt(stack.arena, "test %" PRId64, at).p), 1);
	assert_int_equal(hooks("add https://192.168.1.1/"), 1);
	assert_int_equal(hooks("add http://partner.example/"), 1);
	assert_int_equal(hooks("add https://partner.example/ --types seat.held"), 1);
	assert_int_equal(hooks("test 999"), 1);
	assert_int_equal(hooks("rotate"), 2);
	assert_int_equal(hooks("grow 1"), 2);
	assert_int_equal(hooks(arena_fmt(stack.arena, "rotate %" PRId64 " --hours 1000", at).p), 2);
	assert_int_equal(stack_number(&stack, "SELECT COUNT(*) FROM hook_endpoints"), 1);
}

static void
what_an_operator_switches_off_is_not_called(void **state)
{
	int64_t at = add(&ann, "");

	(void)state;
	assert_int_equal(hooks(arena_fmt(stack.arena, "off %" PRId64 " 'until they have moved'", at).p), 0);
	somebody_buys();
	assert_true(all_sent(at, 60));
	assert_int_equal(ann.script->connections, 0);
	assert_int_equal(hooks(arena_fmt(stack.arena, "on %" PRId64, at).p), 0);
	somebody_buys();
	assert_true(all_sent(at, 60));
	assert_int_equal(told(&ann, "booking.confirmed"), 1);
}

static void
a_relay_that_is_asked_to_end_hears_the_answer_first(void **state)
{
	int64_t at = add(&ann, "--types booking.confirmed");

	(void)state;
	ann.script->answer_ms = 3000;
	somebody_buys();
	for (int i = 0; i < 6000 && !ann.script->n; i++)
		usleep(10000);
	assert_int_equal(stack_demo(&stack, "stop relay"), 0);
	assert_int_equal(stack_number(&stack, "SELECT COUNT(*) FROM hook_deliveries WHERE state = 'sent' AND endpoint_id = %" PRId64, at), 1);
	somebody_buys();
	assert_int_equal(stack_demo(&stack, "start relay"), 0);
	assert_true(all_sent(at, 60));
	assert_int_equal(told(&ann, "booking.confirmed"), 2);
	assert_string_not_equal(ann.script->log[0].id, ann.script->log[1].id);
}

static void
a_partner_that_hangs_delays_no_other_and_no_mail(void **state)
{
	int64_t at;

	(void)state;
	add(&ann, "");
	at = add(&bob, "");
	ann.script->how = PARTNER_HANGS;
	for (int i = 0; i < 3; i++)
		somebody_buys();
	assert_true(all_sent(at, 60));
	assert_int_equal(told(&bob, "booking.confirmed"), 3);
	assert_true(stack_until(&stack, 60, 0, "SELECT COUNT(*) FROM deliveries WHERE state = 'waiting'"));
	assert_int_equal(stack_number(&stack, "SELECT COUNT(*) FROM hook_deliveries WHERE state = 'sent' AND endpoint_id <> %" PRId64, at), 0);
}

static void
nothing_secret_is_logged_and_the_books_are_right(void **state)
{
	(void)state;
	assert_true(logs_remembered() > 0);
	assert_true(logs_clean(&stack));
	stack_reap(&stack);
	assert_int_equal(stack_audit(&stack), 0);
}

static int
forget(void **state)
{
	struct span rest = span_of(stack_text(&stack, "SELECT endpoint_id FROM hook_endpoints"));

	(void)state;
	while (rest.n) {
		struct span id = span_cut(&rest, '\n');

		assert_int_equal(hooks(arena_fmt(stack.arena, "remove " PRSPAN, ARGSPAN(id)).p), 0);
	}
	partner_forget(&ann);
	partner_forget(&bob);
	return 0;
}

static int
open_stack(void **state)
{
	static char extra[200];

	(void)state;
	partner_open(&ann);
	partner_open(&bob);
	snprintf(extra, sizeof(extra), "hooks = yes\noutside_allow = 127.0.0.1:%d 127.0.0.1:%d\n", ann.port, bob.port);
	stack_open(&stack, "t/data/storm.programme", extra, "");
	return 0;
}

static int
close_stack(void **state)
{
	(void)state;
	stack_close(&stack);
	partner_close(&ann);
	partner_close(&bob);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_teardown(name, forget)
		T(a_partner_hears_of_a_purchase_and_only_of_what_it_wants), T(the_tool_shows_how_it_goes_and_refuses_what_is_wrong),
		T(what_an_operator_switches_off_is_not_called), T(a_relay_that_is_asked_to_end_hears_the_answer_first),
		T(a_partner_that_hangs_delays_no_other_and_no_mail), T(nothing_secret_is_logged_and_the_books_are_right),
	};

	return cmocka_run_group_tests(tests, open_stack, close_stack);
}
