/*
 * test_hooks.c - partners are told: each of what it wants, again and again for three days if need be, and one that is slow, down or gone
 * concerns nobody else. Partners are servers in child processes.
 */
#include "t/lib/partners.h"

#include <setjmp.h>
#include <unistd.h>

#include <cmocka.h>

#include "relay/hook_message.h"
#include "relay/hooks.h"

/* -- what became of it ------------------------------------------------------------------------------------------------------------- */

static const char *
ids_at(const struct partner *p)
{
	struct buf b;

	buf_init(&b, house->arena, 64 * KiB);
	for (int i = 0; i < p->script->n; i++)
		buf_fmt(&b, "%s ", strchr(p->script->log[i].id, '-') + 1);
	return b.p;
}

static const char *
row(int64_t at)
{
	return box_office_text(house, "SELECT state, attempts, status FROM hook_deliveries WHERE endpoint_id = %" PRId64 " ORDER BY outbox_id", at);
}

static int64_t
waits_ms(int64_t at)
{
	return box_office_number(house, "SELECT TIMESTAMPDIFF(MICROSECOND, UTC_TIMESTAMP(3), MIN(due_at)) DIV 1000 FROM hook_deliveries "
	    "WHERE state = 'waiting' AND endpoint_id = %" PRId64, at);
}

/* -- tests ------------------------------------------------------------------------------------------------------------------------ */

static void
each_partner_gets_what_it_wants_and_what_is_for_partners(void **state)
{
	(void)state;
	partners_endpoint(&ann, "");
	partners_endpoint(&bob, "REFUND_DONE BOOKING_FAILED");
	partners_event("BOOKING_CONFIRMED");
	partners_event("SEAT_SOLD");
	partners_event("REFUND_DONE");
	partners_settle();
	assert_string_equal(ids_at(&ann), "1 3 ");
	assert_string_equal(ids_at(&bob), "3 ");
	assert_non_null(strstr(ann.script->log[0].body, "{\"type\":\"booking.confirmed\",\"timestamp\":\"2"));
	assert_non_null(strstr(ann.script->log[0].body, ",\"booking\":\"7\",\"hold\":\"3764519021412352222\"}}"));
	assert_string_equal(ann.script->log[1].body, bob.script->log[0].body);
	assert_string_equal(ann.script->log[1].id, bob.script->log[0].id);
	assert_string_not_equal(ann.script->log[1].signature, bob.script->log[0].signature);
	assert_int_equal(partners_rows("state = 'sent' AND attempts = 1 AND status = 204"), 3);
}

static void
an_endpoint_is_not_told_what_was_before_it(void **state)
{
	(void)state;
	partners_event("BOOKING_CONFIRMED");
	usleep(5000);
	partners_endpoint(&ann, "");
	partners_event("BOOKING_CANCELLED");
	partners_settle();
	assert_string_equal(ids_at(&ann), "2 ");
}

static void
what_fails_is_tried_again_later_and_later_with_the_same_id_and_body(void **state)
{
	int64_t at = partners_endpoint(&ann, ""), least = HOOK_PAUSE_MS * 3 / 4 - 2000, most = HOOK_PAUSE_MS * 5 / 4;

	(void)state;
	ann.script->status = 500;
	partners_event("BOOKING_CONFIRMED");
	for (int i = 1; i <= 20; i++) {
		partners_settle();
		assert_string_equal(row(at), arena_fmt(house->arena, "waiting\t%d\t500\n", i).p);
		assert_in_range(waits_ms(at), least > 0 ? least : 0, most);
		if (i <= HOOK_DOUBLINGS) {
			least = least * 2 + 2000;
			most *= 2;
		}
		partners_all_due();
	}
	ann.script->status = 200;
	partners_settle();
	assert_string_equal(row(at), "sent\t21\t200\n");
	assert_int_equal(ann.script->n, 21);
	for (int i = 1; i < 21; i++) {
		assert_string_equal(ann.script->log[i].id, ann.script->log[0].id);
		assert_string_equal(ann.script->log[i].body, ann.script->log[0].body);
	}
	assert_int_equal(box_office_number(house, "SELECT COUNT(*) FROM deliveries WHERE state = 'sent'"), 1);
}

static void
a_refused_connection_and_a_redirect_are_failures_like_others(void **state)
{
	int64_t at = partners_endpoint(&ann, "");

	(void)state;
	ann.script->status = 302;
	snprintf(ann.script->more, sizeof(ann.script->more), "Location: http://127.0.0.1:%d/elsewhere\r\n", bob.port);
	partners_event("BOOKING_CONFIRMED");
	partners_settle();
	assert_string_equal(row(at), "waiting\t1\t302\n");
	assert_int_equal(bob.script->connections, 0);
	partner_stop(&ann);
	partners_all_due();
	partners_settle();
	assert_string_equal(row(at), "waiting\t2\t0\n");
	partner_forget(&ann);
	partners_all_due();
	partners_settle();
	assert_string_equal(row(at), "sent\t3\t204\n");
}

static void
retry_after_is_waited_for(void **state)
{
	int64_t at = partners_endpoint(&ann, "");

	(void)state;
	ann.script->status = 429;
	snprintf(ann.script->more, sizeof(ann.script->more), "Retry-After: 3600\r\n");
	partners_event("BOOKING_CONFIRMED");
	partners_settle();
	assert_in_range(waits_ms(at), 3500000, 3600000);
}

static void
after_three_days_it_is_given_up_and_an_operator_can_take_it_up(void **state)
{
	int64_t at = partners_endpoint(&ann, "");

	(void)state;
	ann.script->status = 500;
	partners_event("BOOKING_CONFIRMED");
	partners_settle();
	box_office_sql(house, "UPDATE hook_deliveries SET attempts = 19, created_at = UTC_TIMESTAMP(3) - INTERVAL 47 HOUR");
	partners_all_due();
	partners_settle();
	assert_string_equal(row(at), "waiting\t20\t500\n");
	box_office_sql(house, "UPDATE hook_deliveries SET created_at = UTC_TIMESTAMP(3) - INTERVAL 71 HOUR");
	partners_all_due();
	partners_settle();
	assert_string_equal(row(at), "dead\t21\t500\n");
	partners_all_due();
	partners_settle();
	assert_int_equal(ann.script->n, 3);
	ann.script->status = 200;
	assert_int_equal(hooks_again(house->db, at), 1);
	partners_settle();
	assert_string_equal(row(at), "sent\t1\t200\n");
}

static void
whoever_answers_gone_is_called_no_more(void **state)
{
	int64_t at_ann = partners_endpoint(&ann, ""), at_bob = partners_endpoint(&bob, "");

	(void)state;
	ann.script->status = 410;
	partners_event("BOOKING_CONFIRMED");
	partners_settle();
	partners_event("BOOKING_CANCELLED");
	partners_settle();
	assert_int_equal(ann.script->n, 1);
	assert_string_equal(row(at_ann), "dead\t1\t410\n");
	assert_string_equal(row(at_bob), "sent\t1\t204\nsent\t1\t204\n");
	assert_int_equal(box_office_number(house, "SELECT is_on FROM hook_endpoints WHERE endpoint_id = %" PRId64, at_ann), 0);
}

static void
while_an_endpoint_is_off_what_waits_stays_and_nothing_is_added(void **state)
{
	int64_t at = partners_endpoint(&ann, "");

	(void)state;
	ann.script->status = 500;
	partners_event("BOOKING_CONFIRMED");
	partners_settle();
	assert_true(hook_endpoint_switch(house->db, at, false, SPAN("for a while")));
	partners_event("BOOKING_CANCELLED");
	partners_turn(&relay, 20);
	partners_all_due();
	partners_turn(&relay, 20);
	assert_int_equal(ann.script->n, 1);
	assert_true(hook_endpoint_switch(house->db, at, true, SPAN_NONE));
	ann.script->status = 200;
	partners_settle();
	assert_string_equal(ids_at(&ann), "1 1 ");
}

static void
what_is_over_is_tidied_away_in_time(void **state)
{
	int64_t at = partners_endpoint(&ann, "");

	(void)state;
	for (int i = 0; i < 5; i++)
		partners_event("BOOKING_CONFIRMED");
	partners_settle();
	hook_endpoint_switch(house->db, at, false, SPAN("for ever"));
	box_office_sql(house, "UPDATE hook_deliveries SET state = 'waiting', done_at = NULL, due_at = UTC_TIMESTAMP(3) - INTERVAL 2 HOUR "
	    "WHERE outbox_id <= 2;\nUPDATE hook_deliveries SET created_at = UTC_TIMESTAMP(3) - INTERVAL 74 HOUR WHERE outbox_id = 1;\n"
	    "UPDATE hook_deliveries SET done_at = UTC_TIMESTAMP(3) - INTERVAL 31 DAY WHERE outbox_id = 3;\n"
	    "UPDATE hook_deliveries SET done_at = UTC_TIMESTAMP(3) - INTERVAL 29 DAY WHERE outbox_id = 4");
	hooks_tidy(house->db, 30);
	assert_string_equal(box_office_text(house, "SELECT outbox_id, state FROM hook_deliveries ORDER BY outbox_id"),
	    "1\tdead\n2\twaiting\n4\tsent\n5\tsent\n");
}

/* Of an endpoint that is off, or was removed while an event came in, nobody tries anything any more. */
static void
what_waits_at_an_endpoint_that_is_on_is_never_tidied_away(void **state)
{
	int64_t on = partners_endpoint(&ann, "REFUND_DONE"), off = partners_endpoint(&bob, "REFUND_DONE");

	(void)state;
	hook_endpoint_switch(house->db, off, false, SPAN("for ever"));
	for (int64_t at = on; at <= off + 1; at++)
		box_office_sql(house, "INSERT INTO hook_deliveries (show_id, outbox_id, endpoint_id, created_at, due_at) VALUES (%" PRId64
		    ", 1, %" PRId64 ", UTC_TIMESTAMP(3) - INTERVAL 100 HOUR, UTC_TIMESTAMP(3) - INTERVAL 100 HOUR)", house->show, at);
	assert_false(hooks_tidy(house->db, 30));
	assert_string_equal(row(on), "waiting\t0\t0\n");
	assert_string_equal(row(off), "dead\t0\t0\n");
	assert_string_equal(row(off + 1), "dead\t0\t0\n");
}

static void
what_waited_while_no_relay_ran_for_days_is_tried_once_all_the_same(void **state)
{
	int64_t at_ann = partners_endpoint(&ann, ""), at_bob = partners_endpoint(&bob, "");
	struct relay first;

	(void)state;
	bob.script->status = 500;
	partners_event("BOOKING_CONFIRMED");
	for (int64_t at = at_ann; at <= at_bob; at++)
		box_office_sql(house, "INSERT INTO hook_deliveries (show_id, outbox_id, endpoint_id, created_at, due_at) VALUES (%" PRId64
		    ", 1, %" PRId64 ", UTC_TIMESTAMP(3) - INTERVAL 100 HOUR, UTC_TIMESTAMP(3) - INTERVAL 100 HOUR)", house->show, at);
	first = partners_relay();		/* as it is after a start: it has tidied nothing */
	for (int i = 0; i < 400 && partners_rows("state = 'waiting'"); i++)
		first.sinks[0].work(&first.sinks[0], -1, 20);
	assert_string_equal(row(at_ann), "sent\t1\t204\n");
	assert_string_equal(row(at_bob), "dead\t1\t500\n");
	assert_int_equal(ann.script->n, 1);
	db_free(first.db);
	arena_free(first.arena);
}

static void
a_log_of_any_length_is_tidied_away_without_waiting_an_hour(void **state)
{
	int64_t at = partners_endpoint(&ann, "");
	struct relay first = partners_relay();

	(void)state;
	for (int i = 0; i < 3; i++)
		box_office_sql(house, "INSERT INTO hook_deliveries (show_id, outbox_id, endpoint_id, state, created_at, due_at, done_at) "
		    "SELECT %" PRId64 ", %d + ROW_NUMBER() OVER (), %" PRId64 ", 'sent', UTC_TIMESTAMP(3) - INTERVAL 31 DAY, UTC_TIMESTAMP(3) - "
		    "INTERVAL 31 DAY, UTC_TIMESTAMP(3) - INTERVAL 31 DAY FROM show_seats a, show_seats b, show_seats c LIMIT 400", house->show,
		    i * 400, at);
	assert_int_equal(partners_rows("state = 'sent'"), 1200);
	assert_true(hooks_tidy(house->db, 30));
	assert_int_equal(partners_rows("state = 'sent'"), 700);
	for (int i = 0; i < 3; i++)
		first.sinks[0].work(&first.sinks[0], -1, 0);
	assert_int_equal(partners_rows("state = 'sent'"), 0);
	db_free(first.db);
	arena_free(first.arena);
}

static void
a_partner_that_hangs_keeps_no_other_waiting(void **state)
{
	(void)state;
	partners_endpoint(&ann, "");
	partners_endpoint(&bob, "");
	ann.script->how = PARTNER_HANGS;
	for (int i = 0; i < 20; i++)
		partners_event("BOOKING_CONFIRMED");
	for (int i = 0; i < 100 && bob.script->n < 20; i++)
		partners_turn(&relay, 50);
	assert_int_equal(bob.script->n, 20);
	assert_true(relay.sinks[0].work(&relay.sinks[0], -1, 0));	/* ann's are still under way */
	assert_int_equal(partners_rows("state = 'waiting'"), 20);
	assert_int_equal(partners_rows("state = 'waiting' AND claim <> 0"), HOOK_AT_ONCE);
	partner_forget(&ann);
	for (int i = 0; i < 200 && partners_rows("state = 'waiting'"); i++) {
		partners_turn(&relay, 50);
		partners_all_due();
	}
	assert_int_equal(partners_rows("state = 'sent'"), 40);
}

static void
a_new_secret_signs_beside_the_one_before_until_that_ends(void **state)
{
	int64_t at = partners_endpoint(&ann, "");
	struct hook_secret secret = hook_secret_new();

	(void)state;
	partners_event("BOOKING_CONFIRMED");
	partners_settle();
	assert_null(strchr(ann.script->log[0].signature, ' '));
	assert_true(hook_endpoint_rotate(house->db, at, hook_secret_sealed(house->arena, &hook_seal, &secret), 24));
	partners_event("BOOKING_CONFIRMED");
	partners_settle();
	assert_non_null(strstr(ann.script->log[1].signature, " v1,"));
	box_office_sql(house, "UPDATE hook_endpoints SET before_until = UTC_TIMESTAMP(3) - INTERVAL 1 SECOND");
	partners_event("BOOKING_CONFIRMED");
	partners_settle();
	assert_null(strchr(ann.script->log[2].signature, ' '));
}

static void
an_event_that_is_archived_meanwhile_is_still_told(void **state)
{
	int64_t at = partners_endpoint(&ann, "");

	(void)state;
	ann.script->status = 500;
	partners_event("BOOKING_CONFIRMED");
	partners_settle();
	box_office_sql(house, "INSERT INTO outbox_archive SELECT show_id, outbox_id, type, subject_id, at, payload FROM outbox;\nDELETE FROM outbox");
	ann.script->status = 200;
	partners_all_due();
	partners_settle();
	assert_string_equal(row(at), "sent\t2\t200\n");
	assert_string_equal(ann.script->log[1].body, ann.script->log[0].body);
}

static void
whatever_stands_in_the_table_no_private_address_is_called(void **state)
{
	int64_t at = partners_endpoint_at(arena_fmt(house->arena, "https://127.0.0.1:%d/", cat.port).p, "");

	(void)state;
	partners_endpoint_at("http://169.254.169.254/latest/meta-data/", "");
	partners_endpoint_at("file:///etc/passwd", "");
	partners_endpoint_at(arena_fmt(house->arena, "https://localhost.:%d/", cat.port).p, "");
	partners_event("BOOKING_CONFIRMED");
	partners_settle();
	assert_int_equal(cat.script->connections, 0);
	assert_string_equal(row(at), "waiting\t1\t0\n");
	assert_int_equal(partners_rows("state = 'waiting' AND attempts = 1 AND error <> ''"), 4);
}

static void
with_another_token_key_nothing_is_sent_unsigned(void **state)
{
	int64_t at = partners_endpoint(&ann, "");

	(void)state;
	box_office_sql(house, "UPDATE hook_endpoints SET secret = REVERSE(secret)");
	partners_event("BOOKING_CONFIRMED");
	partners_settle();
	assert_int_equal(ann.script->connections, 0);
	assert_string_equal(row(at), "waiting\t1\t0\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_teardown(name, partners_sweep)
		T(each_partner_gets_what_it_wants_and_what_is_for_partners), T(an_endpoint_is_not_told_what_was_before_it),
		T(what_fails_is_tried_again_later_and_later_with_the_same_id_and_body),
		T(a_refused_connection_and_a_redirect_are_failures_like_others), T(retry_after_is_waited_for),
		T(after_three_days_it_is_given_up_and_an_operator_can_take_it_up), T(whoever_answers_gone_is_called_no_more),
		T(while_an_endpoint_is_off_what_waits_stays_and_nothing_is_added), T(what_is_over_is_tidied_away_in_time),
		T(what_waits_at_an_endpoint_that_is_on_is_never_tidied_away),
		T(what_waited_while_no_relay_ran_for_days_is_tried_once_all_the_same),
		T(a_log_of_any_length_is_tidied_away_without_waiting_an_hour),
		T(a_partner_that_hangs_keeps_no_other_waiting), T(a_new_secret_signs_beside_the_one_before_until_that_ends),
		T(an_event_that_is_archived_meanwhile_is_still_told), T(whatever_stands_in_the_table_no_private_address_is_called),
		T(with_another_token_key_nothing_is_sent_unsigned),
	};

	return cmocka_run_group_tests(tests, partners_open, partners_close);
}
