/*
 * test_hooks.c - partners are told: each of what it wants, one that is slow or down delays only itself, three relays at once lose nothing
 * and tell nothing twice, and one that is killed anywhere tells twice at most under the same id. Partners are servers in child processes.
 */
#include "t/lib/box_office.h"

#include <setjmp.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "t/lib/partner.h"

#include "base/clock.h"
#include "base/crypto.h"
#include "base/fault.h"
#include "domain/hooks.h"
#include "relay/hook_message.h"
#include "relay/hooks.h"
#include "relay/relay.h"

#define RELAYS 3
#define DAY_MS ((int64_t)86400000)

static struct box_office *house;
static struct partner ann, bob;
static struct partner cat;		/* who is not in the list */
static struct settings settings;
static struct key key;
static struct relay relay;
static struct arena *kept;		/* of what relays keep for life */
static int last_event;
static char order_file[160], done_file[176];

static sink_start *const starts[] = { hooks_start };

/* -- a relay ---------------------------------------------------------------------------------------------------------------------- */

static struct relay
relay_new(void)
{
	struct relay r = { .db = box_office_rival(house), .arena = arena_new(16 * MiB), .holder = id_by_chance() };

	assert_true(relay_start(&r, starts, 1, kept, &settings));
	return r;
}

static void
relay_turn(struct relay *r, int ms)
{
	bool more;

	relay_find(r);
	relay_deliver(r, 0, &more);
	r->sinks[0].work(&r->sinks[0], -1, ms);
}

static int64_t
count(const char *where)
{
	return box_office_number(house, "SELECT COUNT(*) FROM hook_deliveries WHERE %s", where);
}

/* Turns until nothing that is due is left to do. */
static void
settle(void)
{
	for (int i = 0; i < 200; i++) {
		relay_turn(&relay, 20);
		if (!relay.sinks[0].work(&relay.sinks[0], -1, 20) && count("state = 'waiting' AND due_at <= UTC_TIMESTAMP(3)") == 0 &&
		    box_office_number(house, "SELECT COUNT(*) FROM outbox WHERE NOT found") == 0)
			return;
	}
	fail_msg("the relay does not come to an end");
}

static void
all_due(void)
{
	box_office_sql(house, "UPDATE hook_deliveries SET due_at = UTC_TIMESTAMP(3)");
}

/* -- events and endpoints ---------------------------------------------------------------------------------------------------------- */

static int
event(const char *type)
{
	box_office_sql(house, "INSERT INTO outbox (show_id, outbox_id, type, subject_id, at, payload) VALUES (%" PRId64 ", %d, '%s', 7, "
	    "UTC_TIMESTAMP(3), '{\"hold\":3764519021412352222}')", house->show, ++last_event, type);
	return last_event;
}

static int64_t
endpoint_at(const char *url, const char *types)
{
	struct hook_secret secret = hook_secret_new();

	return hook_endpoint_add(house->db, span_of(url), span_of(types), hook_secret_sealed(house->arena, &key, &secret));
}

static int64_t
endpoint(const struct partner *p, const char *types)
{
	int64_t id = endpoint_at(arena_fmt(house->arena, "http://127.0.0.1:%d/in", p->port).p, types);

	assert_true(id > 0);
	return id;
}

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
	endpoint(&ann, "");
	endpoint(&bob, "REFUND_DONE BOOKING_FAILED");
	event("BOOKING_CONFIRMED");
	event("SEAT_SOLD");
	event("REFUND_DONE");
	settle();
	assert_string_equal(ids_at(&ann), "1 3 ");
	assert_string_equal(ids_at(&bob), "3 ");
	assert_non_null(strstr(ann.script->log[0].body, "{\"type\":\"booking.confirmed\",\"timestamp\":\"2"));
	assert_non_null(strstr(ann.script->log[0].body, ",\"booking\":\"7\",\"hold\":\"3764519021412352222\"}}"));
	assert_string_equal(ann.script->log[1].body, bob.script->log[0].body);
	assert_string_equal(ann.script->log[1].id, bob.script->log[0].id);
	assert_string_not_equal(ann.script->log[1].signature, bob.script->log[0].signature);
	assert_int_equal(count("state = 'sent' AND attempts = 1 AND status = 204"), 3);
}

static void
an_endpoint_is_not_told_what_was_before_it(void **state)
{
	(void)state;
	event("BOOKING_CONFIRMED");
	usleep(5000);
	endpoint(&ann, "");
	event("BOOKING_CANCELLED");
	settle();
	assert_string_equal(ids_at(&ann), "2 ");
}

static void
what_fails_is_tried_again_later_and_later_with_the_same_id_and_body(void **state)
{
	int64_t at = endpoint(&ann, ""), least = HOOK_PAUSE_MS * 3 / 4 - 2000, most = HOOK_PAUSE_MS * 5 / 4;

	(void)state;
	ann.script->status = 500;
	event("BOOKING_CONFIRMED");
	for (int i = 1; i <= 20; i++) {
		settle();
		assert_string_equal(row(at), arena_fmt(house->arena, "waiting\t%d\t500\n", i).p);
		assert_in_range(waits_ms(at), least > 0 ? least : 0, most);
		if (i <= HOOK_DOUBLINGS) {
			least = least * 2 + 2000;
			most *= 2;
		}
		all_due();
	}
	ann.script->status = 200;
	settle();
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
	int64_t at = endpoint(&ann, "");

	(void)state;
	ann.script->status = 302;
	snprintf(ann.script->more, sizeof(ann.script->more), "Location: http://127.0.0.1:%d/elsewhere\r\n", bob.port);
	event("BOOKING_CONFIRMED");
	settle();
	assert_string_equal(row(at), "waiting\t1\t302\n");
	assert_int_equal(bob.script->connections, 0);
	partner_stop(&ann);
	all_due();
	settle();
	assert_string_equal(row(at), "waiting\t2\t0\n");
	partner_forget(&ann);
	all_due();
	settle();
	assert_string_equal(row(at), "sent\t3\t204\n");
}

static void
retry_after_is_waited_for(void **state)
{
	int64_t at = endpoint(&ann, "");

	(void)state;
	ann.script->status = 429;
	snprintf(ann.script->more, sizeof(ann.script->more), "Retry-After: 3600\r\n");
	event("BOOKING_CONFIRMED");
	settle();
	assert_in_range(waits_ms(at), 3500000, 3600000);
}

static void
after_three_days_it_is_given_up_and_an_operator_can_take_it_up(void **state)
{
	int64_t at = endpoint(&ann, "");

	(void)state;
	ann.script->status = 500;
	event("BOOKING_CONFIRMED");
	settle();
	box_office_sql(house, "UPDATE hook_deliveries SET attempts = 19, created_at = UTC_TIMESTAMP(3) - INTERVAL 47 HOUR");
	all_due();
	settle();
	assert_string_equal(row(at), "waiting\t20\t500\n");
	box_office_sql(house, "UPDATE hook_deliveries SET created_at = UTC_TIMESTAMP(3) - INTERVAL 71 HOUR");
	all_due();
	settle();
	assert_string_equal(row(at), "dead\t21\t500\n");
	all_due();
	settle();
	assert_int_equal(ann.script->n, 3);
	ann.script->status = 200;
	assert_int_equal(hooks_again(house->db, at), 1);
	settle();
	assert_string_equal(row(at), "sent\t1\t200\n");
}

static void
whoever_answers_gone_is_called_no_more(void **state)
{
	int64_t at_ann = endpoint(&ann, ""), at_bob = endpoint(&bob, "");

	(void)state;
	ann.script->status = 410;
	event("BOOKING_CONFIRMED");
	settle();
	event("BOOKING_CANCELLED");
	settle();
	assert_int_equal(ann.script->n, 1);
	assert_string_equal(row(at_ann), "dead\t1\t410\n");
	assert_string_equal(row(at_bob), "sent\t1\t204\nsent\t1\t204\n");
	assert_int_equal(box_office_number(house, "SELECT is_on FROM hook_endpoints WHERE endpoint_id = %" PRId64, at_ann), 0);
}

static void
while_an_endpoint_is_off_what_waits_stays_and_nothing_is_added(void **state)
{
	int64_t at = endpoint(&ann, "");

	(void)state;
	ann.script->status = 500;
	event("BOOKING_CONFIRMED");
	settle();
	assert_true(hook_endpoint_switch(house->db, at, false, SPAN("for a while")));
	event("BOOKING_CANCELLED");
	relay_turn(&relay, 20);
	all_due();
	relay_turn(&relay, 20);
	assert_int_equal(ann.script->n, 1);
	assert_true(hook_endpoint_switch(house->db, at, true, SPAN_NONE));
	ann.script->status = 200;
	settle();
	assert_string_equal(ids_at(&ann), "1 1 ");
}

static void
what_is_over_is_tidied_away_in_time(void **state)
{
	int64_t at = endpoint(&ann, "");

	(void)state;
	for (int i = 0; i < 5; i++)
		event("BOOKING_CONFIRMED");
	settle();
	hook_endpoint_switch(house->db, at, false, SPAN("for ever"));
	box_office_sql(house, "UPDATE hook_deliveries SET state = 'waiting', done_at = NULL, due_at = UTC_TIMESTAMP(3) - INTERVAL 2 HOUR "
	    "WHERE outbox_id <= 2;\nUPDATE hook_deliveries SET created_at = UTC_TIMESTAMP(3) - INTERVAL 74 HOUR WHERE outbox_id = 1;\n"
	    "UPDATE hook_deliveries SET done_at = UTC_TIMESTAMP(3) - INTERVAL 31 DAY WHERE outbox_id = 3;\n"
	    "UPDATE hook_deliveries SET done_at = UTC_TIMESTAMP(3) - INTERVAL 29 DAY WHERE outbox_id = 4");
	hooks_tidy(house->db, 30);
	assert_string_equal(box_office_text(house, "SELECT outbox_id, state FROM hook_deliveries ORDER BY outbox_id"),
	    "1\tdead\n2\twaiting\n4\tsent\n5\tsent\n");
}

static void
a_partner_that_hangs_keeps_no_other_waiting(void **state)
{
	(void)state;
	endpoint(&ann, "");
	endpoint(&bob, "");
	ann.script->how = PARTNER_HANGS;
	for (int i = 0; i < 20; i++)
		event("BOOKING_CONFIRMED");
	for (int i = 0; i < 100 && bob.script->n < 20; i++)
		relay_turn(&relay, 50);
	assert_int_equal(bob.script->n, 20);
	assert_true(relay.sinks[0].work(&relay.sinks[0], -1, 0));	/* ann's are still under way */
	assert_int_equal(count("state = 'waiting'"), 20);
	assert_int_equal(count("state = 'waiting' AND claim <> 0"), HOOK_AT_ONCE);
	partner_forget(&ann);
	for (int i = 0; i < 200 && count("state = 'waiting'"); i++) {
		relay_turn(&relay, 50);
		all_due();
	}
	assert_int_equal(count("state = 'sent'"), 40);
}

static void
a_new_secret_signs_beside_the_one_before_until_that_ends(void **state)
{
	int64_t at = endpoint(&ann, "");
	struct hook_secret secret = hook_secret_new();

	(void)state;
	event("BOOKING_CONFIRMED");
	settle();
	assert_null(strchr(ann.script->log[0].signature, ' '));
	assert_true(hook_endpoint_rotate(house->db, at, hook_secret_sealed(house->arena, &key, &secret), 24));
	event("BOOKING_CONFIRMED");
	settle();
	assert_non_null(strstr(ann.script->log[1].signature, " v1,"));
	box_office_sql(house, "UPDATE hook_endpoints SET before_until = UTC_TIMESTAMP(3) - INTERVAL 1 SECOND");
	event("BOOKING_CONFIRMED");
	settle();
	assert_null(strchr(ann.script->log[2].signature, ' '));
}

static void
an_event_that_is_archived_meanwhile_is_still_told(void **state)
{
	int64_t at = endpoint(&ann, "");

	(void)state;
	ann.script->status = 500;
	event("BOOKING_CONFIRMED");
	settle();
	box_office_sql(house, "INSERT INTO outbox_archive SELECT show_id, outbox_id, type, subject_id, at, payload FROM outbox;\nDELETE FROM outbox");
	ann.script->status = 200;
	all_due();
	settle();
	assert_string_equal(row(at), "sent\t2\t200\n");
	assert_string_equal(ann.script->log[1].body, ann.script->log[0].body);
}

static void
whatever_stands_in_the_table_no_private_address_is_called(void **state)
{
	int64_t at = endpoint_at(arena_fmt(house->arena, "https://127.0.0.1:%d/", cat.port).p, "");

	(void)state;
	endpoint_at("http://169.254.169.254/latest/meta-data/", "");
	endpoint_at("file:///etc/passwd", "");
	endpoint_at(arena_fmt(house->arena, "https://localhost.:%d/", cat.port).p, "");
	event("BOOKING_CONFIRMED");
	settle();
	assert_int_equal(cat.script->connections, 0);
	assert_string_equal(row(at), "waiting\t1\t0\n");
	assert_int_equal(count("state = 'waiting' AND attempts = 1 AND error <> ''"), 4);
}

static void
with_another_token_key_nothing_is_sent_unsigned(void **state)
{
	int64_t at = endpoint(&ann, "");

	(void)state;
	box_office_sql(house, "UPDATE hook_endpoints SET secret = REVERSE(secret)");
	event("BOOKING_CONFIRMED");
	settle();
	assert_int_equal(ann.script->connections, 0);
	assert_string_equal(row(at), "waiting\t1\t0\n");
}

/* -- many relays, and some that die -------------------------------------------------------------------------------------------------- */

static pid_t
relay_child(void)
{
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0) {
		struct relay r;

		prctl(PR_SET_PDEATHSIG, SIGKILL);
		r = relay_new();
		for (;;)
			relay_turn(&r, 20);
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
	for (int i = 0; i < 6000 && count("state = 'sent'") < n; i++) {
		if (child && waitpid(*child, NULL, WNOHANG) == *child) {
			/* what it had claimed is due when its claim ends */
			box_office_sql(house, "UPDATE hook_deliveries SET due_at = UTC_TIMESTAMP(3) WHERE state = 'waiting'");
			box_office_sql(house, "UPDATE relay_leases SET ends_at = UTC_TIMESTAMP(3)");
			*child = relay_child();
		}
		usleep(10000);
	}
	assert_int_equal(count("state = 'sent'"), n);
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
	endpoint(&ann, "");
	endpoint(&bob, "");
	for (int i = 0; i < RELAYS; i++)
		children[i] = relay_child();
	for (int i = 0; i < 150; i++)
		event(i % 3 ? "BOOKING_CONFIRMED" : "PAYMENT_PAID");
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
	endpoint(&ann, "");
	ann.script->answer_ms = 20;
	for (int i = 0; i < RELAYS; i++)
		children[i] = relay_child();
	for (int i = 0; i < 12; i++)
		event("BOOKING_CONFIRMED");
	for (int i = 0; i < 6000 && count("state = 'sent'") < 12; i++) {
		all_due();
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
	endpoint(&ann, "");
	for (int i = 0; i < 10; i++)
		event("BOOKING_CONFIRMED");
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

static int sweep(void **state);

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
			sweep(state);
			at_a_point(names[i], "lose");
			sweep(state);
			points++;
		}
	unsetenv("FOYER_FAULTS");
	assert_int_equal(points, 4);
#else
	(void)state;
	skip();
#endif
}

/* -- all of it ---------------------------------------------------------------------------------------------------------------------- */

static int
sweep(void **state)
{
	(void)state;
	partner_forget(&ann);
	partner_forget(&bob);
	for (int i = 0; i < 400 && relay.sinks[0].work(&relay.sinks[0], -1, 50); i++)
		;		/* what a test has left under way ends now */
	db_clear(house->db);
	box_office_sweep(house, house->show);
	box_office_sql(house, "DELETE FROM hook_endpoints");
	last_event = 0;
	return 0;
}

static int
open_all(void **state)
{
	struct key token_key;

	box_office_open(state);
	house = *state;
	partner_open(&ann);
	partner_open(&bob);
	partner_open(&cat);
	settings = (struct settings){ .hooks = true, .outbox_days = 30, .token_key.hidden = SPAN("0123456789abcdef0123456789abcdef"),
		.outside_allow = arena_fmt(house->arena, "127.0.0.1:%d 127.0.0.1:%d", ann.port, bob.port).p };
	assert_true(key_from_text(settings.token_key.hidden, &token_key));
	key = hook_key(&token_key);
	kept = arena_new(16 * MiB);
	relay = relay_new();
	snprintf(order_file, sizeof(order_file), "/tmp/foyer-hooks-fault-%d", (int)getpid());
	snprintf(done_file, sizeof(done_file), "%s.done", order_file);
	return 0;
}

static int
close_all(void **state)
{
	unlink(order_file);
	unlink(done_file);
	db_free(relay.db);
	arena_free(relay.arena);
	partner_close(&ann);
	partner_close(&bob);
	partner_close(&cat);
	return box_office_close(state);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_teardown(name, sweep)
		T(each_partner_gets_what_it_wants_and_what_is_for_partners), T(an_endpoint_is_not_told_what_was_before_it),
		T(what_fails_is_tried_again_later_and_later_with_the_same_id_and_body),
		T(a_refused_connection_and_a_redirect_are_failures_like_others), T(retry_after_is_waited_for),
		T(after_three_days_it_is_given_up_and_an_operator_can_take_it_up), T(whoever_answers_gone_is_called_no_more),
		T(while_an_endpoint_is_off_what_waits_stays_and_nothing_is_added), T(what_is_over_is_tidied_away_in_time),
		T(a_partner_that_hangs_keeps_no_other_waiting), T(a_new_secret_signs_beside_the_one_before_until_that_ends),
		T(an_event_that_is_archived_meanwhile_is_still_told), T(whatever_stands_in_the_table_no_private_address_is_called),
		T(with_another_token_key_nothing_is_sent_unsigned), T(three_relays_at_once_lose_nothing_and_tell_nothing_twice),
		T(without_claims_the_judge_finds_fault), T(a_relay_that_dies_anywhere_loses_nothing),
	};

	return cmocka_run_group_tests(tests, open_all, close_all);
}
