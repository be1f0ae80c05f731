/*
 * test_kafka.c - the real foyer-relay with Kafka among its sinks, a mock cluster, and people who buy: what others are told, what happens
 * while the cluster is away, and what an operator sees.
 */
#include "base/base.h"

#include <setjmp.h>

#include <cmocka.h>

#include "t/lib/buyer.h"
#include "t/lib/kafka.h"
#include "t/lib/logs.h"

#define TOPICS "booking-events payment-events seat-events"

static struct stack stack;
static struct kafka_mock mock;
static int next_seat;

static int64_t
show(void)
{
	return stack_number(&stack, "SELECT MIN(show_id) FROM show_sales");
}

static void
ann_buys(void)
{
	struct visitor *v = visitor_new(&stack);

	buyer_buys(v, buyer_takes(v, show(), next_seat++, 1));
	visitor_free(v);
}

static bool
nothing_waits_at(const char *sink)
{
	return stack_until(&stack, 60, 0, arena_fmt(stack.arena, "SELECT (SELECT COUNT(*) FROM outbox WHERE NOT found) + "
	    "(SELECT COUNT(*) FROM deliveries WHERE state <> 'sent' AND sink LIKE '%s')", sink).p);
}

/* A line of the consumer's that begins with the topic and the show as its key, and tells of this type. */
static bool
told(struct span lines, const char *topic, const char *type)
{
	struct span key = arena_fmt(stack.arena, "%" PRId64, show());

	while (lines.n) {
		struct span line = span_cut(&lines, '\n'), columns[5];

		for (size_t i = 0; i < ARRAY_LEN(columns); i++)
			columns[i] = span_cut(&line, '\t');
		if (span_is(columns[0], topic) && span_eq(columns[2], key) && span_is(columns[4], type))
			return true;
	}
	return false;
}

static int
count(struct span lines)
{
	int n = 0;

	while (lines.n) {
		span_cut(&lines, '\n');
		n++;
	}
	return n;
}

static void
a_purchase_is_told_in_each_topic_once(void **state)
{
	struct span lines;

	(void)state;
	ann_buys();
	assert_true(nothing_waits_at("kafka"));
	lines = kafka_mock_read(&mock, stack.arena, "-e -r first " TOPICS);
	assert_true(told(lines, "seat-events", "SEAT_HELD"));
	assert_true(told(lines, "seat-events", "SEAT_SOLD"));
	assert_true(told(lines, "booking-events", "BOOKING_CONFIRMED"));
	assert_true(told(lines, "payment-events", "PAYMENT_PAID"));
	assert_int_equal(count(lines), stack_number(&stack, "SELECT COUNT(*) FROM deliveries WHERE sink = 'kafka'"));
	assert_null(strstr(CSTR(stack.arena, lines), "ann@example.org"));
	assert_null(strstr(CSTR(stack.arena, lines), "Ann Example"));
}

static void
a_cluster_that_is_away_holds_up_no_buyer_and_no_letter(void **state)
{
	const char *words;

	(void)state;
	kafka_mock_does(&mock, "down 0");
	ann_buys();
	assert_true(nothing_waits_at("mail"));
	assert_true(stack_until(&stack, 60, 1, "SELECT COUNT(*) FROM relay_sinks WHERE sink = 'kafka' AND down_since IS NOT NULL"));
	assert_int_equal(stack_ctl_says(&stack, "outbox", &words), 0);
	assert_non_null(strstr(words, "kafka\t"));
	assert_non_null(strstr(words, "\tdown for "));
	kafka_mock_does(&mock, "up 0");
	stack_sql(&stack, "UPDATE relay_sinks SET due_at = UTC_TIMESTAMP(3)");
	assert_true(nothing_waits_at("kafka"));
	assert_int_equal(count(kafka_mock_read(&mock, stack.arena, "-e second " TOPICS)),
	    stack_number(&stack, "SELECT COUNT(*) FROM deliveries WHERE sink = 'kafka'"));
}

/* The mock cluster cannot make topics, and says so for the one that is missing. */
static void
an_operator_is_told_of_each_topic(void **state)
{
	const char *words;

	(void)state;
	assert_int_equal(stack_ctl_says(&stack, "kafka topics", &words), 3);
	assert_non_null(strstr(words, "booking-events is there, with 12 partitions\n"));
	assert_non_null(strstr(words, "payment-events is there, with 12 partitions\n"));
	assert_non_null(strstr(words, "seat-events is there, with 4 partitions\n"));
	assert_non_null(strstr(words, "could not be "));
	assert_int_equal(stack_ctl_says(&stack, "kafka topics --partitions 0", &words), 2);
	assert_int_equal(stack_ctl_says(&stack, "kafka", &words), 2);
}

static void
no_log_names_anybody(void **state)
{
	(void)state;
	logs_never(&stack, "ann@example.org");
	logs_never(&stack, "Ann Example");
	assert_true(logs_clean(&stack));
}

static int
open_stack(void **state)
{
	struct arena *a = arena_new(MiB);

	(void)state;
	kafka_mock_does(&mock, "topic booking-events 12");
	kafka_mock_does(&mock, "topic payment-events 12");
	kafka_mock_does(&mock, "topic seat-events 4");
	stack_open(&stack, "t/data/storm.programme", arena_fmt(a, "kafka_brokers = %s\nkafka_topic_notices = nowhere-events\n"
	    "kafka_timeout_ms = 5000\n", mock.brokers).p, "");
	arena_free(a);
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
		cmocka_unit_test(a_purchase_is_told_in_each_topic_once),
		cmocka_unit_test(a_cluster_that_is_away_holds_up_no_buyer_and_no_letter),
		cmocka_unit_test(an_operator_is_told_of_each_topic),
		cmocka_unit_test(no_log_names_anybody),
	};
	int failed;

	if (!kafka_mock_open(&mock)) {
		puts("1..0 # SKIP this build has no Kafka");
		return 77;
	}
	failed = cmocka_run_group_tests(tests, open_stack, close_stack);
	kafka_mock_close(&mock);
	return failed;
}
