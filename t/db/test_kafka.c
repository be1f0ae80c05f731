/*
 * test_kafka.c - events on their way to Kafka: librdkafka's mock cluster with its errors, and relays that die. What arrived is read by
 * the example consumer. Relays are children here, as they are in foyer-relay: no thread of librdkafka is ever in this process.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "t/lib/kafka.h"
#include "t/lib/relays.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "domain/outbox.h"
#include "relay/event_text.h"
#include "relay/kafka.h"

/* What Kafka says (the protocol's error codes). */
enum { TOO_LARGE = 10, NOT_LEADER = 6, TIMED_OUT = 7, TOO_FEW = 19, TOO_FEW_AFTER = 20, UNKNOWN_TOPIC = 3, NO_LEADER = 5 };
#define PRODUCE 0

static struct box_office *house;
static struct kafka_mock mock;
static struct settings settings;
static sink_start *const sinks[] = { kafka_start };
static char order_file[160], done_file[176];
static const char *all_topics;		/* "a b", each test's own */
static int tests_begun;

/* -- around ------------------------------------------------------------------------------------------------------------------------- */

static const char *
topic_named(const char *name)
{
	return arena_fmt(house->arena, "%s-%d", name, tests_begun).p;
}

/* Topics of a test's own. one: all events in one topic, so that whatever is ordered at all can be seen to be. */
static void
topics(bool one, int timeout_ms)
{
	const char *const names[] = { "bookings", "payments", "seats", "notices" };
	const char **const places[] = { &settings.kafka_topic_bookings, &settings.kafka_topic_payments, &settings.kafka_topic_seats,
		&settings.kafka_topic_notices };

	tests_begun++;
	all_topics = "";
	settings = (struct settings){ .kafka_brokers = mock.brokers, .kafka_key = "show", .kafka_timeout_ms = timeout_ms,
		.kafka_properties = { SPAN_NONE } };
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		*places[i] = topic_named(one ? "all" : names[i]);
		if (one && i)
			continue;
		kafka_mock_does(&mock, "topic %s %d", *places[i], KAFKA_PARTITIONS);
		all_topics = arena_fmt(house->arena, "%s %s", all_topics, *places[i]).p;
	}
	relays_use(sinks, ARRAY_LEN(sinks), &settings);
}

/* So many rounds of a relay that lives no longer than that, all that waits being due. */
static void
rounds(int n)
{
	pid_t pid = fork();
	int status;

	assert_true(pid >= 0);
	if (pid == 0) {
		struct relay r = relay_of_test();
		int64_t again_ms;

		while (n--) {
			db_script(r.db, SPAN("UPDATE deliveries SET due_at = LEAST(due_at, UTC_TIMESTAMP(3));\nUPDATE relay_sinks SET "
			    "due_at = UTC_TIMESTAMP(3);\nUPDATE relay_leases SET ends_at = UTC_TIMESTAMP(3) WHERE holder = 0;\n"), "test");
			relay_find(&r);
			do
				if (!relay_deliver(&r, 0, &again_ms))
					_exit(1);
			while (again_ms == 0);
		}
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static void
event(int64_t id, const char *type, int64_t subject, const char *payload)
{
	box_office_sql(house, "INSERT INTO outbox (show_id, outbox_id, type, subject_id, at, payload) VALUES (%" PRId64 ", %" PRId64
	    ", '%s', %" PRId64 ", '2026-11-25 14:00:00.123', '%s')", house->show, id, type, subject, payload);
}

static void
three_events(void)
{
	event(1, "SEAT_HELD", 71, "{\"hold\":71,\"seats\":[5],\"versions\":[2]}");
	event(2, "PAYMENT_OPEN", 72, "{\"hold\":71}");
	event(3, "BOOKING_LINK", 73, "{\"booking\":73}");
}

static const char *
states(void)
{
	return box_office_text(house, "SELECT outbox_id, state, refusals FROM deliveries WHERE sink = 'kafka' ORDER BY outbox_id");
}

static bool
sink_is_down(const char *why)
{
	return box_office_number(house, "SELECT COUNT(*) FROM relay_sinks WHERE sink = 'kafka' AND down_since IS NOT NULL AND "
	    "error LIKE '%%%s%%'", why) == 1;
}

static struct span
came(const char *options)
{
	return kafka_mock_read(&mock, house->arena, arena_fmt(house->arena, "-e %s reader-%d %s", options, tests_begun, all_topics).p);
}

/* Reads all there is, and lets the judge of relays.h know in which order it came. */
static struct verdict
judged_by_what_came(void)
{
	struct span lines = came("-r");

	relays_shared->n = 0;
	while (lines.n) {
		struct span line = span_cut(&lines, '\n'), id;
		int64_t show, outbox_id;

		for (int i = 0; i < 3; i++)
			span_cut(&line, '\t');
		id = span_cut(&line, '\t');
		assert_true(span_int(span_cut(&id, '-'), 0, INT64_MAX, &show));
		assert_true(span_int(id, 0, INT64_MAX, &outbox_id));
		relays_heard(show, outbox_id);
	}
	return judged();
}

/* -- what arrives -------------------------------------------------------------------------------------------------------------------- */

/* A line's columns: topic, partition, key, headers id, type, version; then as without -r. */
static struct span
column(struct span lines, const char *id, int which)
{
	while (lines.n) {
		struct span line = span_cut(&lines, '\n'), columns[12];

		for (size_t i = 0; i < ARRAY_LEN(columns); i++)
			columns[i] = span_cut(&line, '\t');
		if (span_is(columns[3], id))
			return columns[which];
	}
	fail_msg("%s never came", id);
	return SPAN_NONE;
}

static const char *
id_of(int64_t event_)
{
	return arena_fmt(house->arena, "%" PRId64 "-%" PRId64, house->show, event_).p;
}

static void
each_event_is_a_message_in_its_topic_with_its_id_under_the_show(void **state)
{
	static const struct {
		int event;
		const char *topic, *type, *subject, *data;
	} wanted[] = { { 1, "seats", "SEAT_HELD", "71", "{\"hold\":71,\"seats\":[5],\"versions\":[2]}" },
		{ 2, "payments", "PAYMENT_OPEN", "72", "{\"hold\":71}" }, { 3, "notices", "BOOKING_LINK", "73", "{\"booking\":73}" } };
	const char *show = arena_fmt(house->arena, "%" PRId64, house->show).p;
	struct span lines;

	(void)state;
	topics(false, 12000);
	three_events();
	rounds(1);
	assert_string_equal(states(), "1\tsent\t0\n2\tsent\t0\n3\tsent\t0\n");
	lines = came("-r");
	for (size_t i = 0; i < ARRAY_LEN(wanted); i++) {
		const char *id = id_of(wanted[i].event);

		assert_true(span_is(column(lines, id, 0), topic_named(wanted[i].topic)));
		assert_true(span_is(column(lines, id, 2), show));
		assert_true(span_is(column(lines, id, 4), wanted[i].type));
		assert_true(span_is(column(lines, id, 5), "1"));
		assert_true(span_is(column(lines, id, 6), id));
		assert_true(span_is(column(lines, id, 7), wanted[i].type));
		assert_true(span_is(column(lines, id, 8), show));
		assert_true(span_is(column(lines, id, 9), wanted[i].subject));
		assert_true(span_is(column(lines, id, 10), "2026-11-25T14:00:00.123Z"));
		assert_true(span_is(column(lines, id, 11), wanted[i].data));
	}
}

static void
the_key_may_be_the_subject_instead(void **state)
{
	(void)state;
	topics(false, 12000);
	settings.kafka_key = "subject";
	three_events();
	rounds(1);
	assert_true(span_is(column(came("-r"), id_of(2), 2), arena_fmt(house->arena, "%" PRId64 "-72", house->show).p));
}

static void
the_example_drops_what_it_knows_and_goes_on_where_it_was(void **state)
{
	const char *again = "UPDATE deliveries SET state = 'waiting'", *third;

	(void)state;
	topics(true, 12000);
	event(1, "SEAT_HELD", 71, "{\"hold\":71,\"seats\":[5,6],\"versions\":[4,2]}");
	event(2, "SEAT_RELEASED", 70, "{\"hold\":70,\"seats\":[5,6],\"versions\":[2,4],\"reason\":\"expired\"}");
	event(3, "SEAT_RELEASED", 70, "{\"hold\":70,\"seats\":[5],\"versions\":[2],\"reason\":\"expired\"}");
	rounds(1);
	box_office_sql(house, "%s", again);
	rounds(1);
	third = arena_fmt(house->arena, "%s\tSEAT_HELD\t%" PRId64 "\t71\t2026-11-25T14:00:00.123Z\t{\"hold\":71,\"seats\":[5,6],\"versions\":[4,2]}\n"
	    "%s\tSEAT_RELEASED\t%" PRId64 "\t70\t2026-11-25T14:00:00.123Z\t{\"hold\":70,\"reason\":\"expired\",\"seats\":[6],\"versions\":[4]}\n",
	    id_of(1), house->show, id_of(2), house->show).p;
	assert_string_equal(CSTR(house->arena, came("")), third);
	assert_string_equal(CSTR(house->arena, came("")), "");
	event(4, "BOOKING_LINK", 73, "{\"booking\":73}");
	rounds(1);
	assert_true(span_starts(came(""), id_of(4)));
}

/* -- three relays ---------------------------------------------------------------------------------------------------------------------- */

static void
three_relays_lose_nothing_send_nothing_twice_and_keep_each_shows_order(void **state)
{
	struct verdict v;

	(void)state;
	topics(true, 12000);
	relays_begin(0);
	people_buy(60);
	until_all_is_out();
	relays_end();
	v = judged_by_what_came();
	assert_in_range(v.events, 80, RELAY_EVENTS_MAX);
	assert_int_equal(v.lost, 0);
	assert_int_equal(v.twice, 0);
	assert_int_equal(v.disorder, 0);
	assert_versions_lead_to_the_truth(false);
}

/* Whatever a broker says, and whoever leads: at most it is sent again. */
static void
errors_of_brokers_lose_nothing_and_keep_the_order(void **state)
{
	static const int errors[] = { NOT_LEADER, TIMED_OUT, TOO_FEW, TOO_FEW_AFTER, NO_LEADER, UNKNOWN_TOPIC };
	struct verdict v;

	(void)state;
	topics(true, 3000);
	relays_begin(0);
	for (size_t i = 0; i < ARRAY_LEN(errors); i++) {
		kafka_mock_does(&mock, "error %d %d 3", PRODUCE, errors[i]);
		kafka_mock_does(&mock, "down %zu", i % 3 + 1);
		people_buy(6);
		for (int partition = 0; partition < KAFKA_PARTITIONS; partition++)
			kafka_mock_does(&mock, "leader %s %d %zu", settings.kafka_topic_seats, partition, (i + 1) % 3 + 1);
		people_buy(6);
		kafka_mock_does(&mock, "up %zu", i % 3 + 1);
	}
	until_all_is_out();
	relays_end();
	v = judged_by_what_came();
	assert_in_range(v.events, 60, RELAY_EVENTS_MAX);
	assert_int_equal(v.lost, 0);
	assert_int_equal(v.disorder, 0);
}

static void
a_cluster_that_is_down_leaves_the_backlog_which_drains_in_order_when_it_is_up(void **state)
{
	struct verdict v;

	(void)state;
	topics(true, 500);
	kafka_mock_does(&mock, "down 0");
	people_buy(30);
	rounds(3);
	assert_true(sink_is_down("all-"));
	assert_int_equal(box_office_number(house, "SELECT COUNT(*) FROM deliveries WHERE sink = 'kafka' AND (state <> 'waiting' OR refusals > 0)"), 0);
	kafka_mock_does(&mock, "up 0");
	settings.kafka_timeout_ms = 12000;
	rounds(1);
	assert_int_equal(box_office_number(house, "SELECT COUNT(*) FROM deliveries WHERE state <> 'sent'"), 0);
	assert_false(sink_is_down(""));
	v = judged_by_what_came();
	assert_in_range(v.events, 20, RELAY_EVENTS_MAX);
	assert_int_equal(v.lost + v.twice + v.disorder, 0);
}

/* An answer that comes too late: it is stored all the same, and again by the next try; under the same id. */
static void
answers_that_come_too_late_make_copies_under_the_same_id_and_no_disorder(void **state)
{
	struct verdict v;

	(void)state;
	topics(true, 1500);
	people_buy(10);
	for (int partition = 0; partition < KAFKA_PARTITIONS; partition++)
		kafka_mock_does(&mock, "leader %s %d 1", settings.kafka_topic_seats, partition);
	kafka_mock_does(&mock, "late 1 %d 6000", PRODUCE);
	rounds(1);
	assert_true(sink_is_down("all-"));
	settings.kafka_timeout_ms = 12000;
	rounds(2);
	assert_int_equal(box_office_number(house, "SELECT COUNT(*) FROM deliveries WHERE state <> 'sent'"), 0);
	v = judged_by_what_came();
	assert_int_equal(v.lost, 0);
	assert_int_equal(v.disorder, 0);
	assert_true(v.twice > 0);
}

/* -- what is refused ----------------------------------------------------------------------------------------------------------------- */

static void
a_topic_that_is_not_there_is_said_by_name_and_waited_for(void **state)
{
	(void)state;
	topics(false, 1500);
	kafka_mock_does(&mock, "lost %s %d", settings.kafka_topic_seats, UNKNOWN_TOPIC);
	event(1, "SEAT_HELD", 71, "{\"hold\":71}");
	rounds(2);
	assert_true(sink_is_down(arena_fmt(house->arena, "seats-%d: %%Unknown topic", tests_begun).p));
	assert_string_equal(states(), "1\twaiting\t0\n");
	kafka_mock_does(&mock, "lost %s 0", settings.kafka_topic_seats);
	settings.kafka_timeout_ms = 12000;
	rounds(1);
	assert_string_equal(states(), "1\tsent\t0\n");
}

static void
a_message_that_is_too_large_for_us_is_a_dead_letter_and_lets_the_others_through(void **state)
{
	(void)state;
	topics(true, 12000);
	settings.kafka_properties.hidden = SPAN("message.max.bytes = 1000\nbatch.size = 1000\n");
	event(1, "SEAT_HELD", 71, "{\"hold\":71}");
	event(2, "SEAT_HELD", 72, arena_fmt(house->arena, "{\"hold\":\"%01500d\"}", 0).p);
	event(3, "SEAT_HELD", 73, "{\"hold\":73}");
	rounds(1);
	assert_string_equal(states(), "1\tsent\t0\n2\twaiting\t1\n3\twaiting\t0\n");
	rounds(4);
	assert_string_equal(states(), "1\tsent\t0\n2\tdead\t5\n3\tsent\t0\n");
}

/* It refuses the whole batch, in however many requests that came, and then the first of them alone. */
static void
a_message_that_is_too_large_for_kafka_is_found_among_its_batch(void **state)
{
	struct verdict v;

	(void)state;
	topics(true, 12000);
	for (int i = 1; i <= 4; i++)
		event(i, "SEAT_HELD", 70 + i, "{\"hold\":7}");
	kafka_mock_does(&mock, "error %d %d 8", PRODUCE, TOO_LARGE);
	rounds(1);
	kafka_mock_does(&mock, "calm %d", PRODUCE);
	assert_string_equal(states(), "1\twaiting\t1\n2\twaiting\t0\n3\twaiting\t0\n4\twaiting\t0\n");
	rounds(1);
	assert_string_equal(states(), "1\tsent\t1\n2\tsent\t0\n3\tsent\t0\n4\tsent\t0\n");
	v = judged_by_what_came();
	assert_int_equal(v.lost + v.twice, 0);
}

static void
settings_that_cannot_be_are_refused_at_start(void **state)
{
	static const char *const wrong[] = { "no.such.property = 1", "acks = 1", "enable.idempotence = false", "message.timeout.ms=1",
		"bootstrap.servers=other:9092", "linger.ms = soon", "sasl.password" };
	struct relay r = { .db = house->db };

	(void)state;
	topics(true, 500);
	assert_true(relay_start(&r, sinks, 1, house->arena, &settings));
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		settings.kafka_properties.hidden = span_of(wrong[i]);
		if (relay_start(&r, sinks, 1, house->arena, &settings))
			fail_msg("taken: %s", wrong[i]);
	}
	settings.kafka_properties.hidden = SPAN("# for the cluster\n\nsecurity.protocol = SASL_SSL\nsasl.mechanisms=PLAIN\nsasl.username=a\n"
	    "sasl.password = b=c\n");
	assert_true(relay_start(&r, sinks, 1, house->arena, &settings));
	settings.kafka_key = "seat";
	assert_false(relay_start(&r, sinks, 1, house->arena, &settings));
	settings.kafka_key = "show";
	settings.kafka_topic_seats = "seat events";
	assert_false(relay_start(&r, sinks, 1, house->arena, &settings));
}

/* -- death ------------------------------------------------------------------------------------------------------------------------------ */

#ifdef FOYER_FAULTS
static void
at_a_point(const char *name, const char *what)
{
	bool kill = strcmp(what, "kill") == 0;
	struct verdict v;
	FILE *f;

	topics(true, 12000);
	unlink(done_file);
	f = fopen(order_file, "we");
	assert_non_null(f);
	fprintf(f, "%s %s\n", name, what);
	fclose(f);
	relays_begin(0);
	people_buy(6);
	until_all_is_out();
	for (int i = 0; i < 1000 && access(done_file, F_OK) != 0; i++) {
		relays_tend();
		usleep(10000);
	}
	if (access(done_file, F_OK) != 0)
		fail_msg("%s %s was never reached", name, what);
	usleep(50000);
	relays_tend();
	relays_end();
	assert_int_equal(relays_shared->kills, kill);
	v = judged_by_what_came();
	if (v.lost || v.disorder || v.twice > KAFKA_MOST || (strcmp(name, "relay.delivered") == 0 && !v.twice))
		fail_msg("%s %s: %d lost, %d out of order, %d twice", name, what, v.lost, v.disorder, v.twice);
	relays_sweep();
}
#endif

static void
a_relay_that_dies_before_handing_over_or_after_the_answer_loses_nothing(void **state)
{
	(void)state;
#ifdef FOYER_FAULTS
	setenv("FOYER_FAULTS", order_file, 1);
	at_a_point("relay.listed", "kill");
	at_a_point("kafka.handed", "kill");
	at_a_point("kafka.handed", "lose");
	at_a_point("relay.delivered", "kill");
	at_a_point("relay.delivered", "lose");
	unsetenv("FOYER_FAULTS");
#else
	skip();
#endif
}

static int
sweep(void **state)
{
	(void)state;
	kafka_mock_does(&mock, "up 0");
	relays_sweep();
	return 0;
}

static int
open_all(void **state)
{
	if (box_office_open(state) != 0)
		return -1;
	house = *state;
	relays_open(house);
	snprintf(order_file, sizeof(order_file), "/tmp/foyer-kafka-fault-%d", (int)getpid());
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
		T(each_event_is_a_message_in_its_topic_with_its_id_under_the_show), T(the_key_may_be_the_subject_instead),
		T(the_example_drops_what_it_knows_and_goes_on_where_it_was),
		T(three_relays_lose_nothing_send_nothing_twice_and_keep_each_shows_order), T(errors_of_brokers_lose_nothing_and_keep_the_order),
		T(a_cluster_that_is_down_leaves_the_backlog_which_drains_in_order_when_it_is_up),
		T(a_topic_that_is_not_there_is_said_by_name_and_waited_for),
		T(a_message_that_is_too_large_for_us_is_a_dead_letter_and_lets_the_others_through),
		T(a_message_that_is_too_large_for_kafka_is_found_among_its_batch), T(settings_that_cannot_be_are_refused_at_start),
		T(a_relay_that_dies_before_handing_over_or_after_the_answer_loses_nothing),
		/* last, since the mock cluster then gives other errors no more (t/kafka/mock.c) */
		T(answers_that_come_too_late_make_copies_under_the_same_id_and_no_disorder),
	};
	int failed;

	if (!kafka_mock_open(&mock)) {
		puts("1..0 # SKIP this build has no Kafka");
		return 77;
	}
	failed = cmocka_run_group_tests(tests, open_all, close_all);
	kafka_mock_close(&mock);
	return failed;
}
