/*
 * test_live.c - live seats by nginx's own nchan: a thousand listeners, what foyer-relay says to them and how often, and that nobody
 * else can say anything, or bring nginx down by what they ask for.
 */
#include "base/base.h"

#include <setjmp.h>
#include <unistd.h>

#include <cmocka.h>

#include "t/lib/buyer.h"
#include "t/lib/listeners.h"
#include "t/lib/logs.h"

#include "base/clock.h"
#include "relay/live.h"

#define CROWD 1000

static struct stack stack;
static struct sink sink;		/* in this process, so that a test says what is delivered when: after the first, which has the real relay */
static int next_seat;

static int64_t
show_at(int nth)
{
	return stack_number(&stack, "SELECT show_id FROM show_sales ORDER BY show_id LIMIT 1 OFFSET %d", nth);
}

static const char *
live_path(int64_t show)
{
	return arena_fmt(stack.arena, "/live/shows/%" PRId64, show).p;
}

/* The newest event of a show, as the relay would have it. */
static struct delivery
newest_event(int64_t show)
{
	const char *of = arena_fmt(stack.arena, "FROM outbox WHERE show_id = %" PRId64 " AND type LIKE 'SEAT%%' ORDER BY outbox_id DESC LIMIT 1",
	    show).p;
	struct delivery d = { .show = show, .event = stack_number(&stack, "SELECT outbox_id %s", of), .type = SPAN("SEAT_HELD"),
		.at_ms = stack_number(&stack, "SELECT CAST(TIMESTAMPDIFF(MICROSECOND, '1970-01-01', at) / 1000 AS SIGNED) %s", of) };
	struct span payload = span_of(stack_text(&stack, "SELECT payload %s", of));

	d.payload = span_cut(&payload, '\n');
	return d;
}

static enum sink_answer
deliver(const struct delivery *list, size_t n)
{
	return sink.deliver(&sink, stack.arena, list, n).answer;
}

/* Somebody holds one more seat of the show; its id. */
static int64_t
somebody_holds(int64_t show)
{
	struct visitor *v = visitor_new(&stack);
	int64_t seat = buyer_seat(&stack, show, next_seat);

	buyer_takes(v, show, next_seat++, 1);
	visitor_free(v);
	return seat;
}

/* What the stream must say of a held seat. */
static const char *
words_of(int64_t show, int64_t seat)
{
	return arena_fmt(stack.arena, "\"seats\":[[%" PRId64 ",\"held\",%" PRId64 ",%" PRId64 "]]}\n", seat,
	    stack_number(&stack, "SELECT version FROM show_seats WHERE show_id = %" PRId64 " AND seat_id = %" PRId64, show, seat),
	    stack_number(&stack, "SELECT CAST(TIMESTAMPDIFF(MICROSECOND, '1970-01-01', expires_at) / 1000 AS SIGNED) FROM show_seats "
	    "WHERE show_id = %" PRId64 " AND seat_id = %" PRId64, show, seat)).p;
}

/* The number of the last message that a listener heard. */
static int64_t
number_of(const struct listener *l)
{
	const char *last = NULL;
	int64_t n = 0;

	for (const char *at = l->heard; (at = strstr(at, "\"n\":")) != NULL; at++)
		last = at;
	assert_non_null(last);
	assert_true(span_int((struct span){ last + 4, strspn(last + 4, "0123456789") }, 1, INT64_MAX, &n));
	return n;
}

static void
no_worker_of_nginx_died(void)
{
	assert_int_equal(logs_lines(&stack, "nginx-error.log", "exited on signal", NULL), 0);
}

static void
a_thousand_listeners_hear_of_a_hold_once_each(void **state)
{
	int64_t show = show_at(0), seat;
	struct listeners crowd;

	(void)state;
	listeners_come(&crowd, CROWD, stack.port, live_path(show), "");
	assert_int_equal(listeners_hear(&crowd, ": hi", 60), CROWD);
	seat = somebody_holds(show);
	assert_int_equal(listeners_hear(&crowd, words_of(show, seat), 60), CROWD);
	for (size_t i = 0; i < crowd.n; i++) {
		assert_int_equal(listener_status(&crowd.list[i]), 200);
		assert_int_equal(listener_count(&crowd.list[i], "data:"), 1);
		assert_non_null(strstr(crowd.list[i].heard, "Content-Type: text/event-stream"));
		assert_non_null(strstr(crowd.list[i].heard, arena_fmt(stack.arena, "data: {\"show\":%" PRId64 ",\"n\":", show).p));
	}
	listeners_leave(&crowd);
	no_worker_of_nginx_died();
}

static int
stop_relay(void **state)
{
	(void)state;
	return stack_demo(&stack, "stop relay");
}

static void
who_comes_back_with_the_last_id_hears_what_is_kept_and_a_newcomer_does_not(void **state)
{
	int64_t show = show_at(0);
	struct listeners first, back, newcomer;
	struct delivery event;
	const char *words;

	(void)state;
	listeners_come(&first, 1, stack.port, live_path(show), "");
	assert_int_equal(listeners_hear(&first, ": hi", 20), 1);
	listeners_leave(&first);
	words = words_of(show, somebody_holds(show));
	event = newest_event(show);
	assert_int_equal(deliver(&event, 1), SINK_TAKEN);
	listeners_come(&back, 1, stack.port, live_path(show), "Last-Event-ID: 1795603204:0\r\n");
	listeners_come(&newcomer, 1, stack.port, live_path(show), "");
	assert_int_equal(listeners_hear(&back, words, 20), 1);
	listeners_hear_out(&newcomer, 200);
	assert_int_equal(listener_count(&newcomer.list[0], "data:"), 0);
	listeners_leave(&back);
	listeners_leave(&newcomer);
}

/* Each of these ends a worker of Debian's nchan where it reaches it (nginx/foyer.conf.in). */
static void
no_id_of_a_reader_brings_nginx_down(void **state)
{
	static const char *const headers[] = { "Last-Event-ID: 1:\r\n", "Last-Event-ID: 1:0\r\n", "Last-Event-ID: 0\r\n",
		"Last-Event-ID: -1:-1\r\n", "Last-Event-ID: 1:[0],1,2\r\n", "If-None-Match: 0\r\n",
		"If-Modified-Since: Wed, 25 Nov 2026 10:00:00 GMT\r\n",
		"If-Modified-Since: Wed, 25 Nov 2026 10:00:00 GMT\r\nIf-None-Match: 0\r\n" };
	int64_t show = show_at(1);
	struct listeners honest, crowd;

	(void)state;
	listeners_come(&honest, 2, stack.port, live_path(show), "");
	assert_int_equal(listeners_hear(&honest, ": hi", 20), 2);
	for (int round = 0; round < 4; round++)
		for (size_t i = 0; i < ARRAY_LEN(headers) + 2; i++) {
			const char *now = arena_fmt(stack.arena, "%" PRId64 ":0", clock_now() / 1000 - round).p;
			const char *path = i == ARRAY_LEN(headers) ? arena_fmt(stack.arena, "%s?last_event_id=%s", live_path(show), now).p :
			    live_path(show);

			listeners_come(&crowd, 3, stack.port, path, i < ARRAY_LEN(headers) ? headers[i] :
			    arena_fmt(stack.arena, "Last-Event-ID: %s\r\n", now).p);
			assert_int_equal(listeners_hear(&crowd, "HTTP/1.1 ", 20), 3);
			for (size_t k = 0; k < crowd.n; k++)
				assert_int_equal(listener_status(&crowd.list[k]), i < ARRAY_LEN(headers) && headers[i][0] == 'I' ? 400 : 200);
			listeners_leave(&crowd);
		}
	listeners_hear_out(&honest, 100);
	for (size_t i = 0; i < honest.n; i++)
		assert_true(honest.list[i].fd >= 0);
	listeners_leave(&honest);
	no_worker_of_nginx_died();
}

static void
nobody_outside_can_publish(void **state)
{
	static const char *const methods[] = { "POST", "PUT", "DELETE", "PATCH", "GET", "OPTIONS" };
	int64_t show = show_at(1);
	struct listeners one;
	struct visitor *v = visitor_new(&stack);
	const char *paths[] = { live_path(show), arena_fmt(stack.arena, "/shows/%" PRId64, show).p, "/live/again", "/live/shows/", "/live/",
		arena_fmt(stack.arena, "http://127.0.0.1:%d/shows/%" PRId64, stack.port + 1, show).p,
		arena_fmt(stack.arena, "http://127.0.0.1:%d%s", stack.port + 1, live_path(show)).p };

	(void)state;
	listeners_come(&one, 1, stack.port, live_path(show), "");
	assert_int_equal(listeners_hear(&one, ": hi", 20), 1);
	visitor_says(v, "Accept: text/event-stream");
	visitor_says(v, "Host: foyer-live");
	for (size_t i = 0; i < ARRAY_LEN(paths); i++)
		for (size_t k = 0; k < ARRAY_LEN(methods); k++) {
			bool listens = strcmp(methods[k], "GET") == 0 && i < 2;
			struct page p = listens ? (struct page){ .status = 403 } :
			    visitor_send(v, methods[k], paths[i], SPAN("{\"show\":1,\"n\":1,\"at\":1,\"seats\":[]}"), "application/json");

			if (p.status < 400 && !(p.status == 200 && strcmp(methods[k], "OPTIONS") == 0))
				fail_msg("%s %s: %d", methods[k], paths[i], p.status);
		}
	visitor_free(v);
	listeners_hear_out(&one, 300);
	assert_int_equal(listener_count(&one.list[0], "data:"), 0);
	assert_true(one.list[0].fd >= 0);
	listeners_leave(&one);
}

static void
only_a_show_by_its_digits_can_be_listened_to_and_only_from_our_own_pages(void **state)
{
	static const char *const paths[] = { "/live/shows/0", "/live/shows/01", "/live/shows/1x", "/live/shows/12345678901", "/live/shows/1/",
		"/live/again", "/live/shows/%2a", "/live/shows/1,2" };
	struct listeners one;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
		listeners_come(&one, 1, stack.port, paths[i], "");
		assert_int_equal(listeners_hear(&one, "\r\n\r\n", 20), 1);
		assert_int_equal(listener_status(&one.list[0]), 404);
		listeners_leave(&one);
	}
	listeners_come(&one, 1, stack.port, "/live/shows/1", "Origin: https://elsewhere.example\r\n");
	assert_int_equal(listeners_hear(&one, "\r\n\r\n", 20), 1);
	assert_int_equal(listener_status(&one.list[0]), 403);
	listeners_leave(&one);
}

/* No more than ten a second: thirty take at least 29 tenths of one. */
static void
a_show_has_ten_messages_a_second_at_most_and_each_number_once(void **state)
{
	int64_t show = show_at(1), begun, first;
	struct listeners one;
	struct delivery event;

	(void)state;
	listeners_come(&one, 1, stack.port, live_path(show), "");
	assert_int_equal(listeners_hear(&one, ": hi", 20), 1);
	somebody_holds(show);
	event = newest_event(show);
	begun = clock_steady();
	assert_int_equal(deliver(&event, 1), SINK_TAKEN);
	assert_int_equal(listeners_hear(&one, "\"n\":", 20), 1);
	first = number_of(&one.list[0]);
	for (int i = 1; i < 30; i++) {
		event = newest_event(show);
		for (int64_t rest; (rest = sink.rest_ms(&sink, show)) > 0; ) {
			assert_in_range(rest, 1, 1000 / LIVE_A_SECOND);
			usleep((useconds_t)rest * 1000);
		}
		assert_int_equal(deliver(&event, 1), SINK_TAKEN);
	}
	assert_true(clock_steady() - begun >= 29 * 1000 / LIVE_A_SECOND);
	assert_int_equal(listeners_hear(&one, arena_fmt(stack.arena, "\"n\":%" PRId64 ",", first + 29).p, 20), 1);
	assert_int_equal(listener_count(&one.list[0], "data:"), 30);
	listeners_leave(&one);
}

static void
many_events_are_one_message_with_every_seat_once_as_it_is_now(void **state)
{
	int64_t show = show_at(1), seats[3];
	struct listeners one;
	struct delivery events[4];
	struct visitor *last = visitor_new(&stack);
	const char *hold;

	(void)state;
	listeners_come(&one, 1, stack.port, live_path(show), "");
	assert_int_equal(listeners_hear(&one, ": hi", 20), 1);
	for (int i = 0; i < 2; i++) {
		seats[i] = somebody_holds(show);
		events[i] = newest_event(show);
	}
	seats[2] = buyer_seat(&stack, show, next_seat);
	hold = buyer_takes(last, show, next_seat++, 1);
	events[2] = newest_event(show);
	assert_int_equal(visitor_post(last, arena_fmt(stack.arena, "%s/release", hold).p, "").status, 303);
	visitor_free(last);
	events[3] = events[0];
	assert_int_equal(deliver(events, 4), SINK_TAKEN);
	assert_int_equal(listeners_hear(&one, arena_fmt(stack.arena, "[%" PRId64 ",\"free\",2]", seats[2]).p, 20), 1);
	assert_int_equal(listener_count(&one.list[0], "data:"), 1);
	for (int i = 0; i < 3; i++)
		assert_int_equal(listener_count(&one.list[0], arena_fmt(stack.arena, "[%" PRId64 ",\"", seats[i]).p), 1);
	listeners_leave(&one);
}

static void
old_news_are_dropped_and_a_number_is_left_out(void **state)
{
	int64_t show = show_at(2), number;
	struct listeners one;
	struct delivery event, old;

	(void)state;
	listeners_come(&one, 1, stack.port, live_path(show), "");
	assert_int_equal(listeners_hear(&one, ": hi", 20), 1);
	somebody_holds(show);
	event = old = newest_event(show);
	old.at_ms -= LIVE_WORTH_MS + 60000;
	assert_int_equal(deliver(&event, 1), SINK_TAKEN);
	assert_int_equal(listeners_hear(&one, "data:", 20), 1);
	number = number_of(&one.list[0]);
	assert_int_equal(deliver(&old, 1), SINK_TAKEN);
	assert_int_equal(deliver(&event, 1), SINK_TAKEN);
	assert_int_equal(listeners_hear(&one, arena_fmt(stack.arena, "\"n\":%" PRId64 ",", number + 2).p, 20), 1);
	assert_int_equal(listener_count(&one.list[0], "data:"), 2);
	listeners_leave(&one);
}

static void
more_seats_than_a_message_has_room_for_make_the_plans_ask(void **state)
{
	int64_t show = show_at(2), number;
	struct listeners one;
	struct delivery event;
	struct buf payload;

	(void)state;
	listeners_come(&one, 1, stack.port, live_path(show), "");
	assert_int_equal(listeners_hear(&one, ": hi", 20), 1);
	somebody_holds(show);
	event = newest_event(show);
	assert_int_equal(deliver(&event, 1), SINK_TAKEN);
	assert_int_equal(listeners_hear(&one, "data:", 20), 1);
	number = number_of(&one.list[0]);
	buf_init(&payload, stack.arena, 64 * KiB);
	BUF_LIT(&payload, "{\"seats\":[1000000");
	stack_sql(&stack, "INSERT INTO show_seats (show_id, seat_id, section_id) SELECT %" PRId64 ", 1000000 + seq, 1 FROM seq_0_to_%d", show,
	    LIVE_SEATS_MAX);
	for (int i = 1; i <= LIVE_SEATS_MAX; i++)
		buf_fmt(&payload, ",%d", 1000000 + i);
	BUF_LIT(&payload, "]}");
	event.payload = buf_view(&payload);
	assert_int_equal(deliver(&event, 1), SINK_TAKEN);
	assert_int_equal(listeners_hear(&one, arena_fmt(stack.arena, "\"n\":%" PRId64 ",", number + 2).p, 20), 1);
	assert_int_equal(listener_count(&one.list[0], "\"seats\":[]}"), 1);
	stack_sql(&stack, "DELETE FROM show_seats WHERE show_id = %" PRId64 " AND seat_id >= 1000000", show);
	listeners_leave(&one);
}

static void
without_nginx_the_sink_is_down_and_with_it_well_again(void **state)
{
	int64_t show = show_at(2);
	struct delivery event;
	struct sink_report r;

	(void)state;
	somebody_holds(show);
	event = newest_event(show);
	assert_int_equal(stack_demo(&stack, "stop nginx"), 0);
	r = sink.deliver(&sink, stack.arena, &event, 1);
	assert_int_equal(r.answer, SINK_DOWN);
	assert_true(r.why.n > 0 && r.why.n <= 200);
	event.at_ms -= LIVE_WORTH_MS + 60000;
	assert_int_equal(deliver(&event, 1), SINK_TAKEN);		/* nothing gathers meanwhile */
	assert_int_equal(stack_demo(&stack, "start nginx"), 0);
	somebody_holds(show);
	event = newest_event(show);
	assert_int_equal(deliver(&event, 1), SINK_TAKEN);
}

static int
open_stack(void **state)
{
	static struct settings settings;

	(void)state;
	stack_open(&stack, "t/data/storm.programme", "", "");
	settings.live_socket = arena_fmt(stack.arena, "%s/run/live.sock", stack.folder).p;
	return live_start(&sink, stack.arena, &settings, stack.db) == 1 ? 0 : -1;
}

static int
close_stack(void **state)
{
	(void)state;
	assert_int_equal(stack_audit(&stack), 0);
	stack_close(&stack);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(a_thousand_listeners_hear_of_a_hold_once_each, stop_relay),
		cmocka_unit_test(who_comes_back_with_the_last_id_hears_what_is_kept_and_a_newcomer_does_not),
		cmocka_unit_test(no_id_of_a_reader_brings_nginx_down),
		cmocka_unit_test(nobody_outside_can_publish),
		cmocka_unit_test(only_a_show_by_its_digits_can_be_listened_to_and_only_from_our_own_pages),
		cmocka_unit_test(a_show_has_ten_messages_a_second_at_most_and_each_number_once),
		cmocka_unit_test(many_events_are_one_message_with_every_seat_once_as_it_is_now),
		cmocka_unit_test(old_news_are_dropped_and_a_number_is_left_out),
		cmocka_unit_test(more_seats_than_a_message_has_room_for_make_the_plans_ask),
		cmocka_unit_test(without_nginx_the_sink_is_down_and_with_it_well_again),
	};

	return cmocka_run_group_tests(tests, open_stack, close_stack);
}
