/*
 * test_faults.c - at every named fault point, twice: the process is killed there, and the database's (or provider's) answer is lost
 * there. Whoever was buying tries again, as people do; afterwards the audit must find nothing. A point that is never reached fails.
 * FOYER_FAULT_PART=1/2 runs the first half of the points, 2/2 the second.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "t/faults/scenarios.h"
#include "t/lib/kafka.h"

#include <unistd.h>

#include "base/files.h"

static struct kafka_mock mock;		/* pid 0: this build has no Kafka */
static char order_file[160];

static void
order(const char *name, const char *what)
{
	FILE *f = fopen(order_file, "we");

	assert_non_null(f);
	unlink(scenario_done);
	fprintf(f, "%s %s\n", name, what);
	fclose(f);
}

static void
run_point(const char *name, const char *what)
{
	print_message("# %s %s\n", name, what);
	order(name, what);
	scenario_run(name);
	if (access(scenario_done, F_OK) != 0)
		fail_msg("%s %s was never reached", name, what);
	if (stack_audit(&stack) != 0)
		fail_msg("after %s %s the audit finds something", name, what);
}

static void
every_fault_point_leaves_the_rules_kept(void **state)
{
	const char *part = getenv("FOYER_FAULT_PART");
	struct span names, all;
	int at = 0, ran = 0, first = part && part[0] == '2', step = part ? 2 : 1;

	(void)state;
	assert_int_equal(system(arena_fmt(stack.arena, "%s/foyerctl -c %s/foyer.conf faults >%s/faults", getenv("FOYER_BUILD") ?
	    getenv("FOYER_BUILD") : "build", stack.folder, stack.folder).p), 0);
	assert_true(file_read(stack.arena, arena_fmt(stack.arena, "%s/faults", stack.folder).p, 64 * KiB, &all));
	for (names = all; names.n; at++) {
		struct span name = span_trim(span_cut(&names, '\n'));
		const char *only = getenv("FOYER_FAULT_ONLY");

		/* the demonstration's bulk sales are made on an empty house, before anybody can buy */
		if (!name.n || span_starts(name, "demo_") || at % step != first || (only && !span_starts(name, only)))
			continue;
		run_point(CSTR(stack.arena, name), "kill");
		run_point(CSTR(stack.arena, name), "lose");
		ran++;
	}
	assert_true(ran > 0);
	print_message("# %d points\n", ran);
}

static int
open_stack(void **state)
{
	static const char *const topics[] = { "booking-events", "payment-events", "seat-events", "notification-events" };
	char extra[300] = "";

	(void)state;
	snprintf(order_file, sizeof(order_file), "/tmp/foyer-fault-%d", (int)getpid());
	snprintf(scenario_done, sizeof(scenario_done), "%s.done", order_file);
	setenv("FOYER_FAULTS", order_file, 1);
	if (kafka_mock_open(&mock))		/* its brokers, and topics as they are named without a setting */
		snprintf(extra, sizeof(extra), "kafka_brokers = %s\n", mock.brokers);
	for (size_t i = 0; mock.pid && i < ARRAY_LEN(topics); i++)
		kafka_mock_does(&mock, "topic %s 12", topics[i]);
	scenarios_open(extra);
	return 0;
}

static int
close_stack(void **state)
{
	(void)state;
	scenarios_close();
	if (mock.pid)
		kafka_mock_close(&mock);
	unlink(order_file);
	unlink(scenario_done);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_fault_point_leaves_the_rules_kept),
	};

	return cmocka_run_group_tests(tests, open_stack, close_stack);
}
