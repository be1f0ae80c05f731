/*
 * test_deliveries.c - every event is found once, whatever order commits come in; a show's go to a sink by one relay at a time, in
 * order; and what fails waits, is given up, or holds others up, as it should and not otherwise.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "t/lib/box_office.h"

#include "base/clock.h"
#include "domain/deliveries.h"
#include "domain/outbox.h"

#define SINK "test"
#define ANN 111
#define BOB 222
#define PAUSE_MS 10000

static const char *const types[] = { "BOOKING_CONFIRMED", "REFUND_DONE" };
static const struct sink_wants wants[] = { { SINK, types, 2 }, { "other", types, 1 } };

static int
sweep(void **state)
{
	struct box_office *f = *state;

	db_clear(f->db);
	box_office_sweep(f, f->show);
	return 0;
}

#define EVENT "INSERT INTO outbox (show_id, outbox_id, type, subject_id, at, payload) VALUES (%" PRId64 ", %d, '%s', 7, " \
	"UTC_TIMESTAMP(3), '{\"a\":1}')"

static void
event(struct box_office *f, int id, const char *type)
{
	box_office_sql(f, EVENT, f->show, id, type);
}

static int64_t
find(struct box_office *f)
{
	bool more = true;
	int64_t n = 0;

	while (more)
		n += events_find(f->db, f->arena, wants, ARRAY_LEN(wants), &more);
	return n;
}

/* Events 1 to n, of subjects 1 and 2 by turns, found. */
static void
found(struct box_office *f, int n)
{
	for (int i = 1; i <= n; i++) {
		event(f, i, "REFUND_DONE");
		box_office_sql(f, "UPDATE outbox SET subject_id = %d WHERE outbox_id = %d", 2 - i % 2, i);
	}
	assert_int_equal(find(f), n);
}

/* The ids that are due, as text. */
static const char *
due(struct box_office *f, bool by_subject, struct delivery **list, int64_t *until_ms)
{
	struct delivery *all;
	int64_t until;
	size_t n = deliveries_due(f->db, f->arena, SINK, f->show, by_subject, 10, &all, &until);
	struct buf b;

	buf_init(&b, f->arena, KiB);
	for (size_t i = 0; i < n; i++)
		buf_fmt(&b, "%s%" PRId64, i ? " " : "", all[i].event);
	if (list)
		*list = all;
	if (until_ms)
		*until_ms = until;
	return CSTR(f->arena, buf_view(&b));
}

static void
time_passes(struct box_office *f)
{
	box_office_sql(f, "UPDATE deliveries SET due_at = due_at - INTERVAL 2 HOUR");
	box_office_sql(f, "UPDATE relay_leases SET ends_at = ends_at - INTERVAL 2 HOUR");
	box_office_sql(f, "UPDATE relay_sinks SET due_at = due_at - INTERVAL 2 HOUR");
}

static const char *
rows(struct box_office *f)
{
	return box_office_text(f, "SELECT outbox_id, sink, state, tries, refusals FROM deliveries WHERE show_id = %" PRId64
	    " ORDER BY outbox_id, sink", f->show);
}

/* -- finding ------------------------------------------------------------------------------------------------------------------ */

static void
an_event_gets_a_delivery_for_each_sink_that_wants_its_type(void **state)
{
	struct box_office *f = *state;
	struct delivery *list;

	event(f, 11, "BOOKING_CONFIRMED");
	event(f, 12, "SEAT_SOLD");
	event(f, 13, "REFUND_DONE");
	assert_int_equal(find(f), 3);
	assert_int_equal(find(f), 0);
	assert_string_equal(rows(f), "11\tother\twaiting\t0\t0\n11\ttest\twaiting\t0\t0\n13\ttest\twaiting\t0\t0\n");
	assert_string_equal(due(f, false, &list, NULL), "11 13");
	assert_true(list[0].show == f->show && list[0].subject == 7 && list[0].at_ms > 0);
	assert_true(span_is(list[0].type, "BOOKING_CONFIRMED") && span_is(list[0].payload, "{\"a\":1}"));
	assert_true(span_is(list[1].type, "REFUND_DONE"));
}

static void
an_older_number_that_is_committed_later_is_still_found(void **state)
{
	struct box_office *f = *state;
	struct db *rival = box_office_rival(f);
	struct delivery *list;

	assert_true(db_script(rival, arena_fmt(f->arena, "START TRANSACTION;\n" EVENT ";\n", f->show, 5, "REFUND_DONE"), "test"));
	event(f, 9, "REFUND_DONE");
	assert_int_equal(find(f), 1);
	assert_string_equal(due(f, false, &list, NULL), "9");
	deliveries_sent(f->db, f->arena, SINK, list, 1);
	assert_true(db_script(rival, SPAN("COMMIT;\n"), "test"));
	box_office_sql(f, "UPDATE outbox SET at = at - INTERVAL 9 DAY WHERE outbox_id = 5");	/* however late that is */
	assert_int_equal(find(f), 1);
	assert_string_equal(due(f, false, NULL, NULL), "5");
	db_free(rival);
}

static void
looking_does_not_wait_for_whoever_sells(void **state)
{
	struct box_office *f = *state;
	struct db *rival = box_office_rival(f);

	event(f, 9, "REFUND_DONE");
	assert_true(db_script(rival, arena_fmt(f->arena, "START TRANSACTION;\n" EVENT ";\n", f->show, 10, "REFUND_DONE"), "test"));
	assert_int_equal(find(f), 1);
	assert_int_equal(db_failed(f->db), DB_FINE);
	db_free(rival);
}

static void
thousands_at_once_are_all_found(void **state)
{
	struct box_office *f = *state;

	/* ten seats: 10 x 10 x 10 x 5 */
	box_office_sql(f, "INSERT INTO outbox (show_id, outbox_id, type, subject_id, at, payload) SELECT %" PRId64 ", ROW_NUMBER() OVER (), "
	    "'REFUND_DONE', 1, UTC_TIMESTAMP(3), '{}' FROM seats a, seats b, seats c, seats d WHERE d.number = '1' OR d.row_label = 'A' "
	    "AND d.number <= '4'", f->show);
	assert_int_equal(find(f), 5000);
	assert_int_equal(find(f), 0);
	assert_int_equal(box_office_number(f, "SELECT COUNT(*) FROM deliveries"), 5000);
}

struct telling {
	struct box_office *f;
	int64_t subject;
};
TRANSACTION(tell_tx, "test_tell");

static enum tx_end
tell_body(struct db *db, void *context)
{
	struct telling *t = context;

	outbox_add(db, t->f->show, "BOOKING_LINK", t->subject, SPAN("{}"));
	outbox_add(db, t->f->show, "BOOKING_LINK", t->subject + 1, SPAN("{}"));
	return TX_COMMIT;
}

/* A hundred of them fit into few milliseconds, where ids that each process draws for itself would be out of order. */
static void
whatever_is_told_later_has_the_higher_id_whoever_tells_it(void **state)
{
	struct box_office *f = *state;
	struct db *rival = box_office_rival(f);
	int64_t last = 0, ms = box_office_number(f, "SELECT TIMESTAMPDIFF(MICROSECOND, '1970-01-01', UTC_TIMESTAMP(6)) DIV 1000");

	for (int i = 0; i < 100; i++) {
		struct telling t = { f, 1 + 2 * i };

		assert_int_equal(tx_run(i % 2 ? rival : f->db, &tell_tx, tell_body, &t), TX_DONE);
	}
	for (int i = 1; i <= 200; i++) {
		int64_t id = box_office_number(f, "SELECT outbox_id FROM outbox WHERE subject_id = %d", i);

		assert_true(id > last);
		assert_in_range(id >> 21, ms, ms + 600000);		/* as crypto.h has ids */
		last = id;
	}
	db_free(rival);
}

static int told;

static void
on_told(void *context)
{
	told += *(int *)context;
}

static enum tx_end
silent_body(struct db *db, void *context)
{
	(void)db;
	(void)context;
	return TX_COMMIT;
}

static enum tx_end
undone_body(struct db *db, void *context)
{
	tell_body(db, context);
	return TX_ROLLBACK;
}

static void
whoever_commits_an_event_says_so_after_the_commit_and_nobody_else(void **state)
{
	struct box_office *f = *state;
	struct telling t = { f, 1 };
	int one = 1;

	told = 0;
	db_on_told(f->db, on_told, &one);
	assert_int_equal(tx_run(f->db, &tell_tx, silent_body, &t), TX_DONE);
	assert_int_equal(tx_run(f->db, &tell_tx, undone_body, &t), TX_DONE);
	assert_int_equal(told, 0);
	assert_int_equal(tx_run(f->db, &tell_tx, tell_body, &t), TX_DONE);
	assert_int_equal(told, 1);
	assert_int_equal(tx_run(f->db, &tell_tx, silent_body, &t), TX_DONE);
	assert_int_equal(told, 1);
	db_on_told(f->db, NULL, NULL);
}

/* -- leases -------------------------------------------------------------------------------------------------------------------- */

static void
a_unit_is_one_relays_until_it_ends_it_or_the_lease_ends(void **state)
{
	struct box_office *f = *state;

	assert_true(lease_take(f->db, SINK, f->show, ANN));
	assert_true(lease_take(f->db, SINK, f->show, ANN));
	assert_false(lease_take(f->db, SINK, f->show, BOB));
	assert_true(lease_take(f->db, "other", f->show, BOB));
	lease_end(f->db, SINK, f->show, BOB, 0);			/* not his */
	assert_false(lease_take(f->db, SINK, f->show, BOB));
	lease_end(f->db, SINK, f->show, ANN, 0);
	assert_true(lease_take(f->db, SINK, f->show, BOB));
	assert_in_range(box_office_number(f, "SELECT TIMESTAMPDIFF(MICROSECOND, UTC_TIMESTAMP(3), ends_at) DIV 1000 FROM relay_leases "
	    "WHERE holder = %d AND sink = '" SINK "'", BOB), 1, LEASE_SECONDS * 1000);
	time_passes(f);							/* and he is dead */
	assert_true(lease_take(f->db, SINK, f->show, ANN));
	assert_false(lease_take(f->db, SINK, f->show, BOB));
}

static void
a_unit_that_waits_is_nobodys_until_then(void **state)
{
	struct box_office *f = *state;

	assert_true(lease_take(f->db, SINK, f->show, ANN));
	lease_end(f->db, SINK, f->show, ANN, clock_now() + 3600000);
	assert_false(lease_take(f->db, SINK, f->show, ANN));
	time_passes(f);
	assert_true(lease_take(f->db, SINK, f->show, BOB));
}

static void
shows_for_which_something_waits_are_listed(void **state)
{
	struct box_office *f = *state;
	int64_t shows[DELIVERY_SHOWS];
	struct delivery *list;

	found(f, 1);
	box_office_sql(f, "INSERT INTO deliveries (show_id, outbox_id, sink, due_at) SELECT %" PRId64 " + ROW_NUMBER() OVER (), 1, '" SINK
	    "', UTC_TIMESTAMP(3) FROM seats a, seats b", f->show);
	assert_int_equal(deliveries_shows(f->db, SINK, -1, shows), DELIVERY_SHOWS);
	assert_true(shows[0] == f->show && shows[1] == f->show + 1);
	assert_int_equal(deliveries_shows(f->db, SINK, f->show + 60, shows), 40);
	assert_true(shows[0] == f->show + 61);
	assert_int_equal(deliveries_shows(f->db, "other", -1, shows), 0);
	due(f, false, &list, NULL);
	deliveries_sent(f->db, f->arena, SINK, list, 1);
	deliveries_shows(f->db, SINK, -1, shows);
	assert_true(shows[0] == f->show + 1);
	box_office_sql(f, "DELETE FROM deliveries");
}

/* -- order ---------------------------------------------------------------------------------------------------------------------- */

static void
one_that_waits_holds_back_its_show_or_its_subject(void **state)
{
	struct box_office *f = *state;
	struct delivery *list;
	int64_t until;

	found(f, 6);
	assert_string_equal(due(f, false, &list, &until), "1 2 3 4 5 6");
	assert_int_equal(until, 0);
	delivery_later(f->db, SINK, &list[2], SPAN("busy"), PAUSE_MS);
	assert_string_equal(due(f, false, NULL, &until), "1 2");
	assert_int_equal(until, 0);
	assert_string_equal(due(f, true, NULL, NULL), "1 2 4 6");	/* 3 and 5 are of one subject */
	deliveries_sent(f->db, f->arena, SINK, list, 2);
	assert_string_equal(due(f, false, NULL, &until), "");
	assert_in_range(until - clock_now(), 1, PAUSE_MS);
	time_passes(f);
	assert_string_equal(due(f, false, NULL, NULL), "3 4 5 6");
	assert_string_equal(due(f, true, NULL, NULL), "3 4 5 6");
}

static void
what_is_dead_or_dropped_holds_back_nothing(void **state)
{
	struct box_office *f = *state;
	struct delivery *list;

	found(f, 4);
	due(f, false, &list, NULL);
	delivery_refused(f->db, SINK, &list[0], SPAN("no"), 1, PAUSE_MS);
	delivery_needless(f->db, SINK, &list[1], SPAN("over"));
	assert_string_equal(due(f, false, NULL, NULL), "3 4");
	assert_string_equal(due(f, true, NULL, NULL), "3 4");
	assert_string_equal(rows(f), "1\ttest\tdead\t1\t1\n2\ttest\tdropped\t1\t0\n3\ttest\twaiting\t0\t0\n4\ttest\twaiting\t0\t0\n");
}

static void
only_what_was_taken_is_noted_as_sent(void **state)
{
	struct box_office *f = *state;
	struct delivery *list;

	found(f, 3);
	due(f, false, &list, NULL);
	box_office_sql(f, "DELETE FROM deliveries WHERE outbox_id = 2");
	box_office_sql(f, "UPDATE outbox SET found = 0 WHERE outbox_id = 2");	/* as if it had come to light only now */
	list[1] = list[2];
	assert_int_equal(find(f), 1);
	deliveries_sent(f->db, f->arena, SINK, list, 2);
	assert_string_equal(rows(f), "1\ttest\tsent\t0\t0\n2\ttest\twaiting\t0\t0\n3\ttest\tsent\t0\t0\n");
}

/* -- refusals, and what is none ---------------------------------------------------------------------------------------------------- */

static void
only_a_sinks_own_no_makes_a_dead_letter(void **state)
{
	struct box_office *f = *state;
	struct delivery *list;

	found(f, 1);
	for (int i = 0; i < 50; i++) {
		assert_string_equal(due(f, true, &list, NULL), "1");
		assert_int_equal(list[0].tries, i);
		delivery_later(f->db, SINK, &list[0], SPAN("busy"), PAUSE_MS);
		assert_string_equal(due(f, true, NULL, NULL), "");
		time_passes(f);
	}
	for (int i = 0; i < 3; i++) {
		assert_string_equal(due(f, true, &list, NULL), "1");
		assert_int_equal(list[0].refusals, i);
		delivery_refused(f->db, SINK, &list[0], SPAN("no"), 3, PAUSE_MS);
		assert_string_equal(due(f, true, NULL, NULL), "");
		time_passes(f);
	}
	assert_string_equal(due(f, true, NULL, NULL), "");
	assert_string_equal(box_office_text(f, "SELECT state, tries, refusals, error FROM deliveries"), "dead\t53\t3\tno\n");
	assert_int_equal(find(f), 0);
}

static void
a_sink_that_is_down_is_left_alone_and_tried_by_one_relay_at_a_time(void **state)
{
	struct box_office *f = *state;
	struct db *rival = box_office_rival(f);
	struct sink_health ours, theirs, other;

	assert_true(sink_open(f->db, SINK, &ours));
	assert_true(sink_open(rival, SINK, &theirs));
	sink_fell(f->db, SINK, &ours, SPAN("nobody there"), PAUSE_MS);
	sink_fell(rival, SINK, &theirs, SPAN("nobody there"), PAUSE_MS);	/* the same fall */
	assert_false(sink_open(f->db, SINK, &ours));
	assert_true(sink_open(f->db, "other", &other));
	assert_int_equal(ours.tries, 1);
	time_passes(f);
	assert_true(sink_open(f->db, SINK, &ours));
	assert_true(ours.down);
	assert_false(sink_open(rival, SINK, &theirs));
	sink_fell(f->db, SINK, &ours, SPAN("still nobody"), PAUSE_MS);
	time_passes(f);
	assert_true(sink_open(rival, SINK, &theirs));
	assert_int_equal(theirs.tries, 2);
	sink_rose(rival, SINK);
	assert_true(sink_open(f->db, SINK, &ours));
	assert_false(ours.down);
	db_free(rival);
}

/* -- the desk -------------------------------------------------------------------------------------------------------------------------- */

static void
an_operator_sees_what_is_wrong_and_decides(void **state)
{
	struct box_office *f = *state;
	struct delivery *list;
	struct sink_sums *sinks;
	struct trouble *t;
	struct sink_health h;
	int64_t unfound;
	size_t n;

	found(f, 4);
	event(f, 9, "REFUND_DONE");
	assert_true(sink_open(f->db, SINK, &h));
	due(f, true, &list, NULL);
	delivery_refused(f->db, SINK, &list[0], SPAN("no"), 1, PAUSE_MS);
	delivery_later(f->db, SINK, &list[1], SPAN("busy"), PAUSE_MS);
	deliveries_sent(f->db, f->arena, SINK, &list[2], 1);
	assert_true(sinks_read(f->db, f->arena, &sinks, &n, &unfound));
	assert_int_equal(n, 1);
	assert_int_equal(unfound, 1);
	assert_true(span_is(sinks[0].sink, SINK) && sinks[0].waiting == 2 && sinks[0].dead == 1 && sinks[0].oldest_ms > 0 && !sinks[0].down_since_ms);
	assert_true(troubles_read(f->db, f->arena, SINK, 10, &t, &n));
	assert_int_equal(n, 2);
	assert_true(t[0].event == 1 && span_is(t[0].state, "dead") && span_is(t[0].error, "no") && t[0].refusals == 1);
	assert_true(t[1].event == 2 && span_is(t[1].state, "waiting") && span_is(t[1].error, "busy"));

	lease_take(f->db, SINK, f->show, ANN);
	lease_end(f->db, SINK, f->show, ANN, clock_now() + 3600000);
	assert_true(delivery_retry(f->db, SINK, f->show, 1));
	assert_true(lease_take(f->db, SINK, f->show, ANN));
	assert_false(delivery_retry(f->db, SINK, f->show, 3));		/* it was sent */
	assert_true(delivery_drop(f->db, SINK, f->show, 2, SPAN("told by telephone")));
	assert_false(delivery_drop(f->db, SINK, f->show, 2, SPAN("again")));
	assert_false(delivery_drop(f->db, SINK, f->show, 3, SPAN("it was sent")));
	assert_string_equal(box_office_text(f, "SELECT state, error FROM deliveries WHERE outbox_id = 2"), "dropped\ttold by telephone\n");
	assert_string_equal(due(f, true, &list, NULL), "1 4");
	assert_true(list[0].refusals == 0 && list[0].tries == 0);
}

/* -- the archive ------------------------------------------------------------------------------------------------------------------------ */

static void
shows_whose_old_letters_are_dead_do_not_keep_others_out_of_the_archive(void **state)
{
	struct box_office *f = *state;

	for (int i = 0; i < 6; i++) {
		box_office_sql(f, "INSERT INTO outbox (show_id, outbox_id, type, subject_id, at, payload, found) VALUES (%" PRId64 ", 1, "
		    "'REFUND_DONE', 7, UTC_TIMESTAMP(3), '{}', 1)", f->show + i);
		if (i < 5)
			box_office_sql(f, "INSERT INTO deliveries (show_id, outbox_id, sink, state, due_at) VALUES (%" PRId64 ", 1, 'test', 'dead', "
			    "UTC_TIMESTAMP(3))", f->show + i);
	}
	assert_false(events_archive(f->db, f->arena, 1));
	assert_int_equal(box_office_number(f, "SELECT COUNT(*) FROM outbox"), 5);
	assert_int_equal(box_office_number(f, "SELECT show_id FROM outbox_archive"), f->show + 5);
	for (int i = 0; i < 6; i++)
		box_office_sweep(f, f->show + i);
}

static void
a_big_backlog_is_found_in_parts_and_all_of_it(void **state)
{
	struct box_office *f = *state;
	bool more = false;
	int64_t n;

	event(f, 1, "REFUND_DONE");
	for (int i = 0; i < 14; i++)
		box_office_sql(f, "INSERT INTO outbox (show_id, outbox_id, type, subject_id, at, payload) SELECT show_id, outbox_id + %d, type, "
		    "subject_id, at, payload FROM outbox", 1 << i);
	n = box_office_number(f, "SELECT COUNT(*) FROM outbox");
	assert_true(n > 20 * 500);
	assert_true(events_find(f->db, f->arena, wants, ARRAY_LEN(wants), &more) < n);
	assert_true(more);
	find(f);
	assert_int_equal(box_office_number(f, "SELECT COUNT(*) FROM outbox WHERE NOT found"), 0);
	assert_int_equal(box_office_number(f, "SELECT COUNT(*) FROM deliveries WHERE sink = 'test'"), n);
}

/* Two relays whose settings differ: whichever finds an event finds it for the sinks of both. */
static void
what_another_relay_wants_is_found_for_it_too(void **state)
{
	static const char *const more_types[] = { "SEAT_HELD" };
	static const struct sink_wants others[] = { { "third", types, 1 }, { SINK, more_types, 1 } };
	struct box_office *f = *state;
	struct sink_wants *all;
	bool more;
	size_t n;

	wants_say(f->db, f->arena, others, ARRAY_LEN(others));
	wants_say(f->db, f->arena, wants, ARRAY_LEN(wants));
	n = wants_all(f->db, f->arena, wants, ARRAY_LEN(wants), &all);
	assert_int_equal(n, 3);
	event(f, 1, "BOOKING_CONFIRMED");
	event(f, 2, "SEAT_HELD");
	assert_int_equal(events_find(f->db, f->arena, all, n, &more), 2);
	assert_string_equal(box_office_text(f, "SELECT outbox_id, sink FROM deliveries ORDER BY outbox_id, sink"),
	    "1\tother\n1\ttest\n1\tthird\n2\ttest\n");
	box_office_sql(f, "UPDATE relay_sinks SET wanted_at = wanted_at - INTERVAL 11 MINUTE");
	assert_int_equal(wants_all(f->db, f->arena, wants, ARRAY_LEN(wants), &all), 2);
	assert_int_equal(all[0].n_types, 2);
}

static void
what_is_over_and_old_is_kept_in_the_archive(void **state)
{
	struct box_office *f = *state;
	struct delivery *list;

	found(f, 5);
	due(f, true, &list, NULL);
	deliveries_sent(f->db, f->arena, SINK, list, 2);
	delivery_needless(f->db, SINK, &list[2], SPAN("over"));
	delivery_refused(f->db, SINK, &list[3], SPAN("no"), 1, PAUSE_MS);
	event(f, 6, "SEAT_SOLD");
	event(f, 7, "SEAT_SOLD");
	box_office_sql(f, "UPDATE outbox SET found = outbox_id <> 7, outbox_id = outbox_id + IF(outbox_id = 6, %" PRId64 ", 0)",
	    clock_now() << 21);
	while (events_archive(f->db, f->arena, 1))
		;
	assert_string_equal(box_office_text(f, "SELECT outbox_id, type, subject_id, payload FROM outbox_archive"),
	    "1\tREFUND_DONE\t1\t{\"a\":1}\n2\tREFUND_DONE\t2\t{\"a\":1}\n3\tREFUND_DONE\t1\t{\"a\":1}\n");
	assert_string_equal(box_office_text(f, "SELECT outbox_id, sink, state, error FROM deliveries_archive"),
	    "1\ttest\tsent\t\n2\ttest\tsent\t\n3\ttest\tdropped\tover\n");
	assert_string_equal(rows(f), "4\ttest\tdead\t1\t1\n5\ttest\twaiting\t0\t0\n");
	assert_int_equal(box_office_number(f, "SELECT COUNT(*) FROM outbox WHERE outbox_id IN (4, 5, 7)"), 3);	/* dead, waiting, not found */
	assert_int_equal(box_office_number(f, "SELECT COUNT(*) FROM outbox"), 4);				/* and one that is young */
}

static void
thousands_are_archived_some_at_a_time(void **state)
{
	struct box_office *f = *state;
	int turns = 1;

	box_office_sql(f, "INSERT INTO outbox (show_id, outbox_id, type, subject_id, at, payload, found) SELECT %" PRId64 ", ROW_NUMBER() OVER (), "
	    "'REFUND_DONE', 1, UTC_TIMESTAMP(3), '{}', 1 FROM seats a, seats b, seats c, seats d WHERE d.number = '1' OR d.row_label = 'A' "
	    "AND d.number <= '4'", f->show);
	while (events_archive(f->db, f->arena, 1))
		turns++;
	assert_in_range(turns, 2, 100);
	assert_int_equal(box_office_number(f, "SELECT COUNT(*) FROM outbox"), 0);
	assert_int_equal(box_office_number(f, "SELECT COUNT(*) FROM outbox_archive"), 5000);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_teardown(name, sweep)
		T(an_event_gets_a_delivery_for_each_sink_that_wants_its_type), T(an_older_number_that_is_committed_later_is_still_found),
		T(looking_does_not_wait_for_whoever_sells), T(thousands_at_once_are_all_found),
		T(whatever_is_told_later_has_the_higher_id_whoever_tells_it),
		T(whoever_commits_an_event_says_so_after_the_commit_and_nobody_else), T(a_unit_is_one_relays_until_it_ends_it_or_the_lease_ends),
		T(a_unit_that_waits_is_nobodys_until_then), T(shows_for_which_something_waits_are_listed),
		T(one_that_waits_holds_back_its_show_or_its_subject), T(what_is_dead_or_dropped_holds_back_nothing),
		T(only_what_was_taken_is_noted_as_sent), T(only_a_sinks_own_no_makes_a_dead_letter),
		T(a_sink_that_is_down_is_left_alone_and_tried_by_one_relay_at_a_time), T(an_operator_sees_what_is_wrong_and_decides),
		T(shows_whose_old_letters_are_dead_do_not_keep_others_out_of_the_archive),
		T(a_big_backlog_is_found_in_parts_and_all_of_it),
		T(what_another_relay_wants_is_found_for_it_too),
		T(what_is_over_and_old_is_kept_in_the_archive), T(thousands_are_archived_some_at_a_time),
	};

	return cmocka_run_group_tests(tests, box_office_open, box_office_close);
}
