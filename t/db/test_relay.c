/*
 * test_relay.c - three relays at once while people buy, and killed wherever they can be: nothing is lost, nothing comes out of order,
 * and twice only what a dead relay had not noted. Then sinks that refuse, or are down. The judge is tried on relays without leases.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "t/lib/relays.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fault.h"

static struct box_office *house;
static char order_file[160], done_file[176];

/* -- tests ----------------------------------------------------------------------------------------------------------------------------- */

static void
three_relays_lose_nothing_send_nothing_twice_and_keep_the_order(void **state)
{
	struct verdict v;

	(void)state;
	relays_begin(400);
	people_buy(80);
	until_all_is_out();
	relays_end();
	v = judged();
	assert_in_range(v.events, 100, RELAY_EVENTS_MAX);
	assert_int_equal(v.lost, 0);
	assert_int_equal(v.twice, 0);
	assert_int_equal(v.disorder, 0);
	assert_versions_lead_to_the_truth(false);
	assert_versions_lead_to_the_truth(true);
}

/* As if there were none: whoever has one loses it at once. */
static void
leases_vanish(void)
{
	struct db *db = box_office_rival(house);

	while (!__atomic_load_n(&relays_shared->stop, __ATOMIC_SEQ_CST))
		db_script(db, SPAN("DELETE FROM relay_leases;\n"), "test");
	_exit(0);
}

static void
without_leases_the_judge_finds_fault(void **state)
{
	pid_t thief;
	int status;

	(void)state;
	relays_begin(2000);
	thief = fork();
	assert_true(thief >= 0);
	if (thief == 0)
		leases_vanish();
	people_buy(40);
	until_all_is_out();
	relays_end();
	kill(thief, SIGKILL);
	waitpid(thief, &status, 0);
	assert_true(judged().twice > 0);
}

/* And one that hears in another order than it happened. */
static void
a_wrong_order_is_seen_by_the_judge(void **state)
{
	(void)state;
	relays_begin(0);
	people_buy(20);
	until_all_is_out();
	relays_end();
	assert_int_equal(judged().disorder, 0);
	for (size_t i = 0; i < relays_shared->n / 2; i++) {
		struct relay_record swap = relays_shared->log[i];

		relays_shared->log[i] = relays_shared->log[relays_shared->n - 1 - i];
		relays_shared->log[relays_shared->n - 1 - i] = swap;
	}
	assert_true(judged().disorder > 0);
}

#ifdef FOYER_FAULTS
static void
order(const char *name, const char *what)
{
	FILE *f;

	unlink(done_file);
	f = fopen(order_file, "we");
	assert_non_null(f);
	fprintf(f, "%s %s\n", name, what);
	fclose(f);
}

static void
at_a_point(const char *name, const char *what)
{
	bool kill = strcmp(what, "kill") == 0;
	struct verdict v;

	order(name, what);
	relays_begin(0);
	people_buy(6);
	until_all_is_out();
	for (int i = 0; i < 500 && access(done_file, F_OK) != 0; i++) {
		relays_tend();
		usleep(10000);
	}
	if (access(done_file, F_OK) != 0)
		fail_msg("%s %s was never reached", name, what);
	usleep(50000);
	relays_tend();
	relays_end();
	v = judged();
	if (v.lost || v.disorder || v.twice > RELAY_MOST || relays_shared->kills != kill)
		fail_msg("%s %s: %d lost, %d out of order, %d twice, %d killed", name, what, v.lost, v.disorder, v.twice, relays_shared->kills);
	relays_sweep();
}
#endif

static void
a_relay_that_dies_anywhere_loses_nothing_and_keeps_the_order(void **state)
{
#ifdef FOYER_FAULTS
	static const char *const steps[] = { "begun", "written", "commit_lost", "committed" };
	const char *const *names;
	size_t n = fault_names(&names);
	int points = 0;

	(void)state;
	setenv("FOYER_FAULTS", order_file, 1);
	for (size_t i = 0; i < n; i++)
		if (strncmp(names[i], "relay.", 6) == 0) {
			at_a_point(names[i], "kill");
			at_a_point(names[i], "lose");
			points++;
		}
	assert_int_equal(points, 5);
	for (size_t i = 0; i < ARRAY_LEN(steps); i++) {
		const char *name = arena_fmt(house->arena, "relay_find.%s", steps[i]).p;

		at_a_point(name, "kill");
		at_a_point(name, "lose");
	}
	unsetenv("FOYER_FAULTS");
#else
	(void)state;
	skip();
#endif
}

static void
the_archive_loses_nothing_wherever_it_is_cut_short(void **state)
{
#ifdef FOYER_FAULTS
	static const char *const steps[] = { "begun", "written", "commit_lost", "committed" };

	(void)state;
	setenv("FOYER_FAULTS", order_file, 1);
	for (size_t i = 0; i < 2 * ARRAY_LEN(steps); i++) {
		struct relay r = relay_of_test();
		bool more;
		pid_t pid;

		box_office_sql(house, "INSERT INTO outbox (show_id, outbox_id, type, subject_id, at, payload, found) "
		    "SELECT %" PRId64 ", seat_id, 'SEAT_HELD', 1, UTC_TIMESTAMP(3), '{}', 1 FROM show_seats", house->show);
		order(arena_fmt(house->arena, "relay_archive.%s", steps[i / 2]).p, i % 2 ? "lose" : "kill");
		pid = fork();
		if (pid == 0) {
			relay_archive(&r, 1, &more);
			_exit(0);
		}
		assert_int_equal(waitpid(pid, NULL, 0), pid);
		assert_int_equal(access(done_file, F_OK), 0);
		relay_archive(&r, 1, &more);
		assert_int_equal(box_office_number(house, "SELECT COUNT(*) FROM outbox"), 0);
		assert_int_equal(box_office_number(house, "SELECT COUNT(*) FROM outbox_archive"), 20);
		box_office_sql(house, "DELETE FROM outbox_archive");
		relay_free(&r);
	}
	unsetenv("FOYER_FAULTS");
#else
	(void)state;
	skip();
#endif
}

/* Three events of one show, of subjects 1, 2 and 1. */
static struct relay
three_events(void)
{
	for (int i = 1; i <= 3; i++)
		box_office_sql(house, "INSERT INTO outbox (show_id, outbox_id, type, subject_id, at, payload) VALUES (%" PRId64
		    ", %d, 'SEAT_HELD', %d, UTC_TIMESTAMP(3), '{}')", house->show, i, 2 - i % 2);
	memset(relays_shared, 0, sizeof(*relays_shared));
	return relay_of_test();
}

static void
round_of(struct relay *r)
{
	int64_t again_ms;

	box_office_sql(house, "UPDATE deliveries SET due_at = LEAST(due_at, UTC_TIMESTAMP(3))");
	box_office_sql(house, "UPDATE relay_leases SET ends_at = UTC_TIMESTAMP(3) WHERE holder = 0");
	box_office_sql(house, "UPDATE relay_sinks SET due_at = UTC_TIMESTAMP(3)");
	relay_find(r);
	for (size_t i = 0; i < r->n; i++)
		assert_true(relay_deliver(r, i, &again_ms));
}

static const char *
states(const char *sink)
{
	return box_office_text(house, "SELECT outbox_id, state, refusals FROM deliveries WHERE sink = '%s' ORDER BY outbox_id", sink);
}

static void
what_a_sink_refuses_often_enough_is_dead_and_lets_the_others_through(void **state)
{
	struct relay r = three_events();

	(void)state;
	relays_shared->answer = SINK_REFUSED;
	relays_shared->about = 2;
	round_of(&r);
	assert_string_equal(states("test"), "1\tsent\t0\n2\twaiting\t1\n3\twaiting\t0\n");
	round_of(&r);
	round_of(&r);
	assert_string_equal(states("test"), "1\tsent\t0\n2\tdead\t3\n3\tsent\t0\n");
	assert_string_equal(states("other"), "1\tsent\t0\n2\tsent\t0\n3\tsent\t0\n");
	relay_free(&r);
}

static void
a_show_that_is_left_alone_for_a_moment_holds_up_no_other_and_then_goes_out_together(void **state)
{
	struct relay r = three_events();
	int64_t again_ms;

	(void)state;
	relays_shared->rests = house->show;
	box_office_sql(house, "INSERT INTO outbox (show_id, outbox_id, type, subject_id, at, payload) VALUES (%" PRId64
	    ", 4, 'SEAT_HELD', 1, UTC_TIMESTAMP(3), '{}')", house->show + 1);
	relay_find(&r);
	assert_true(relay_deliver(&r, 0, &again_ms));
	assert_int_equal(again_ms, RELAY_REST_MS);
	assert_string_equal(states("test"), "1\twaiting\t0\n2\twaiting\t0\n3\twaiting\t0\n4\tsent\t0\n");
	relays_shared->rests = 0;
	assert_true(relay_deliver(&r, 0, &again_ms));
	assert_int_equal(again_ms, RELAY_IDLE);
	assert_string_equal(states("test"), "1\tsent\t0\n2\tsent\t0\n3\tsent\t0\n4\tsent\t0\n");
	relay_free(&r);
}

static void
a_sink_that_is_down_delays_only_itself_and_gives_nothing_up(void **state)
{
	struct relay r = three_events();

	(void)state;
	relays_shared->answer = SINK_DOWN;
	for (int i = 1; i <= 40; i++) {
		round_of(&r);
		assert_int_equal(box_office_number(house, "SELECT tries FROM relay_sinks WHERE sink = 'test'"), i);
		assert_true(box_office_number(house, "SELECT due_at > UTC_TIMESTAMP(3) - INTERVAL 1 SECOND AND due_at < UTC_TIMESTAMP(3) + INTERVAL 76 "
		    "SECOND FROM relay_sinks WHERE sink = 'test'"));
	}
	assert_string_equal(states("other"), "1\tsent\t0\n2\tsent\t0\n3\tsent\t0\n");
	assert_string_equal(states("test"), "1\twaiting\t0\n2\twaiting\t0\n3\twaiting\t0\n");
	relays_shared->answer = SINK_TAKEN;
	round_of(&r);
	assert_string_equal(states("test"), "1\tsent\t0\n2\tsent\t0\n3\tsent\t0\n");
	assert_int_equal(box_office_number(house, "SELECT down_since IS NULL AND tries = 0 FROM relay_sinks WHERE sink = 'test'"), 1);
	relay_free(&r);
}

/* Another show's event goes out while one is there at which the sink seems to be down, every time. */
static void
a_message_that_takes_its_sink_down_holds_up_no_other_show(void **state)
{
	struct relay r = three_events();
	int64_t again_ms;

	(void)state;
	box_office_sql(house, "INSERT INTO outbox (show_id, outbox_id, type, subject_id, at, payload) VALUES (%" PRId64
	    ", 4, 'SEAT_HELD', 1, UTC_TIMESTAMP(3), '{}')", house->show + 1);
	relays_shared->answer = SINK_DOWN;
	relays_shared->about = 1;
	relay_find(&r);
	assert_true(relay_deliver(&r, 0, &again_ms));
	assert_string_equal(states("test"), "1\twaiting\t0\n2\twaiting\t0\n3\twaiting\t0\n4\twaiting\t0\n");
	box_office_sql(house, "UPDATE relay_sinks SET due_at = UTC_TIMESTAMP(3)");
	box_office_sql(house, "UPDATE deliveries SET due_at = due_at + INTERVAL 1 MINUTE WHERE outbox_id = 1");
	box_office_sql(house, "UPDATE relay_leases SET ends_at = UTC_TIMESTAMP(3)");
	assert_true(relay_deliver(&r, 0, &again_ms));
	assert_string_equal(states("test"), "1\twaiting\t0\n2\twaiting\t0\n3\twaiting\t0\n4\tsent\t0\n");
	assert_int_equal(box_office_number(house, "SELECT tries FROM deliveries WHERE outbox_id = 1 AND sink = 'test'"), 1);
	relay_free(&r);
}

static void
what_is_needless_or_not_now_counts_as_no_refusal(void **state)
{
	struct relay r = three_events();

	(void)state;
	relays_shared->answer = SINK_LATER;
	relays_shared->about = 1;
	for (int i = 0; i < 10; i++)
		round_of(&r);
	assert_string_equal(states("test"), "1\twaiting\t0\n2\twaiting\t0\n3\twaiting\t0\n");
	relays_shared->answer = SINK_NEEDLESS;
	round_of(&r);
	assert_string_equal(states("test"), "1\tdropped\t0\n2\tsent\t0\n3\tsent\t0\n");
	relay_free(&r);
}

static int
sweep(void **state)
{
	(void)state;
	relays_sweep();
	return 0;
}

static int
open_all(void **state)
{
	box_office_open(state);
	house = *state;
	relays_open(house);
	snprintf(order_file, sizeof(order_file), "/tmp/foyer-relay-fault-%d", (int)getpid());
	snprintf(done_file, sizeof(done_file), "%s.done", order_file);
	return 0;
}

static int
close_all(void **state)
{
	unlink(order_file);
	unlink(done_file);
	relays_close();
	return box_office_close(state);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_teardown(name, sweep)
		T(three_relays_lose_nothing_send_nothing_twice_and_keep_the_order), T(without_leases_the_judge_finds_fault),
		T(a_wrong_order_is_seen_by_the_judge), T(a_relay_that_dies_anywhere_loses_nothing_and_keeps_the_order),
		T(the_archive_loses_nothing_wherever_it_is_cut_short), T(what_a_sink_refuses_often_enough_is_dead_and_lets_the_others_through),
		T(a_show_that_is_left_alone_for_a_moment_holds_up_no_other_and_then_goes_out_together),
		T(a_message_that_takes_its_sink_down_holds_up_no_other_show),
		T(a_sink_that_is_down_delays_only_itself_and_gives_nothing_up), T(what_is_needless_or_not_now_counts_as_no_refusal),
	};

	return cmocka_run_group_tests(tests, open_all, close_all);
}
