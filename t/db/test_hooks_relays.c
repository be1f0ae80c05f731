/*
 * test_hooks_relays.c - three relays at once tell partners of everything, and of nothing twice; and one that is killed anywhere tells
 * twice at most what it was at, under the same id.
 */
#include "t/lib/partners.h"

#include <setjmp.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/fault.h"
#include "relay/hooks.h"

#define RELAYS 3

static char order_file[160], done_file[176];

static pid_t
relay_child(void)
{
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0) {
		struct relay r;

		prctl(PR_SET_PDEATHSIG, SIGKILL);
		r = partners_relay();
		for (;;)
			partners_turn(&r, 20);
	}
	return pid;
}

static void
end_child(pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

static void
until_sent(int64_t n, pid_t *child)
{
	for (int i = 0; i < 6000 && partners_rows("state = 'sent'") < n; i++) {
		if (child && waitpid(*child, NULL, WNOHANG) == *child) {
			/* what it had claimed is due when its claim ends */
			box_office_sql(house, "UPDATE hook_deliveries SET due_at = UTC_TIMESTAMP(3) WHERE state = 'waiting'");
			box_office_sql(house, "UPDATE relay_leases SET ends_at = UTC_TIMESTAMP(3)");
			*child = relay_child();
		}
		usleep(10000);
	}
	assert_int_equal(partners_rows("state = 'sent'"), n);
}

/* How often more than once; the test fails if one never came, or one that never was. */
static int
told_twice(const struct partner *p, int n)
{
	int came[2000] = { 0 }, twice = 0;

	for (int i = 0; i < p->script->n; i++) {
		int64_t id = 0;

		assert_true(span_int(span_of(strchr(p->script->log[i].id, '-') + 1), 1, n, &id));
		twice += came[id]++ > 0;
	}
	for (int id = 1; id <= n; id++)
		if (!came[id])
			fail_msg("event %d never came", id);
	return twice;
}

static void
three_relays_at_once_lose_nothing_and_tell_nothing_twice(void **state)
{
	pid_t children[RELAYS];

	(void)state;
	partners_endpoint(&ann, "");
	partners_endpoint(&bob, "");
	for (int i = 0; i < RELAYS; i++)
		children[i] = relay_child();
	for (int i = 0; i < 150; i++)
		partners_event(i % 3 ? "BOOKING_CONFIRMED" : "PAYMENT_PAID");
	until_sent(300, NULL);
	for (int i = 0; i < RELAYS; i++)
		end_child(children[i]);
	assert_int_equal(told_twice(&ann, 150), 0);
	assert_int_equal(told_twice(&bob, 150), 0);
}

/* Without claims that hold, they would: so the count above can find it. */
static void
without_claims_the_judge_finds_fault(void **state)
{
	pid_t children[RELAYS];

	(void)state;
	partners_endpoint(&ann, "");
	ann.script->answer_ms = 20;
	for (int i = 0; i < RELAYS; i++)
		children[i] = relay_child();
	for (int i = 0; i < 12; i++)
		partners_event("BOOKING_CONFIRMED");
	for (int i = 0; i < 6000 && partners_rows("state = 'sent'") < 12; i++) {
		partners_all_due();
		usleep(1000);
	}
	for (int i = 0; i < RELAYS; i++)
		end_child(children[i]);
	assert_true(told_twice(&ann, 12) > 0);
}

#ifdef FOYER_FAULTS
static void
at_a_point(const char *name, const char *what)
{
	FILE *f;
	pid_t child;
	int twice;

	unlink(done_file);
	f = fopen(order_file, "we");
	assert_non_null(f);
	fprintf(f, "%s %s\n", name, what);
	fclose(f);
	partners_endpoint(&ann, "");
	for (int i = 0; i < 10; i++)
		partners_event("BOOKING_CONFIRMED");
	child = relay_child();
	until_sent(10, &child);
	if (access(done_file, F_OK) != 0)
		fail_msg("%s %s was never reached", name, what);
	end_child(child);
	twice = told_twice(&ann, 10);
	if (twice > HOOK_AT_ONCE)
		fail_msg("%s %s: %d twice", name, what, twice);
	for (int i = 1; i < ann.script->n; i++)		/* the same id: the same body */
		for (int k = 0; k < i; k++)
			if (strcmp(ann.script->log[i].id, ann.script->log[k].id) == 0)
				assert_string_equal(ann.script->log[i].body, ann.script->log[k].body);
}
#endif

static void
a_relay_that_dies_anywhere_loses_nothing(void **state)
{
#ifdef FOYER_FAULTS
	const char *const *names;
	size_t n = fault_names(&names);
	int points = 0;

	setenv("FOYER_FAULTS", order_file, 1);
	for (size_t i = 0; i < n; i++)
		if (strncmp(names[i], "hooks.", 6) == 0) {
			at_a_point(names[i], "kill");
			partners_sweep(state);
			at_a_point(names[i], "lose");
			partners_sweep(state);
			points++;
		}
	unsetenv("FOYER_FAULTS");
	assert_int_equal(points, 4);
#else
	(void)state;
	skip();
#endif
}

static int
open_all(void **state)
{
	snprintf(order_file, sizeof(order_file), "/tmp/foyer-hooks-fault-%d", (int)getpid());
	snprintf(done_file, sizeof(done_file), "%s.done", order_file);
	return partners_open(state);
}

static int
close_all(void **state)
{
	unlink(order_file);
	unlink(done_file);
	return partners_close(state);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_teardown(name, partners_sweep)
		T(three_relays_at_once_lose_nothing_and_tell_nothing_twice), T(without_claims_the_judge_finds_fault),
		T(a_relay_that_dies_anywhere_loses_nothing),
	};

	return cmocka_run_group_tests(tests, open_all, close_all);
}
