/*
 * test_report.c - people buy, give back, are refunded, come too late; the report is made of what is told of it, and is equal to what SQL
 * finds in the books: fact by fact, and in every sum. Also where events come twice, where it is made anew meanwhile, and where its relay
 * dies. A lost event is found out.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "t/lib/box_office.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/crypto.h"
#include "domain/cancel.h"
#include "domain/holds.h"
#include "domain/payments.h"
#include "domain/refunds.h"
#include "domain/report.h"
#include "domain/report_check.h"
#include "domain/report_figures.h"
#include "domain/settle.h"
#include "relay/relay.h"
#include "relay/report.h"

#define BUYERS 6
#define ROWS 4
#define COLUMNS 12
#define STEPS 500
#define HOLDS_MAX 600

static struct box_office *house;
static struct relay relay;
static int64_t show;		/* where people are at present */
static struct {
	int64_t hold, buyer;
} holds[HOLDS_MAX];
static int64_t payments[HOLDS_MAX], buyers[BUYERS];
static size_t n_holds, n_payments;
static char order_file[160], done_file[176];

/* -- people ----------------------------------------------------------------------------------------------------------------------- */

static void
somebody_holds(void)
{
	size_t who = random_below(BUYERS);
	struct hold_ask ask = { .show = show, .buyer = buyers[who] };
	struct hold_result r;

	ask.seats.n = 1 + random_below(4);
	for (size_t i = 0; i < ask.seats.n; i++)
		ask.seats.ids[i] = box_office_seat(house, show, (int)random_below(ROWS), 1 + (int)random_below(COLUMNS));
	if (hold_take(house->db, house->arena, &ask, &r) == OUTCOME_OK && n_holds < HOLDS_MAX) {
		holds[n_holds].hold = r.hold;
		holds[n_holds++].buyer = ask.buyer;
	}
}

static void
somebody_goes_to_pay(void)
{
	size_t i = n_holds - 1 - random_below(n_holds < 4 ? (uint32_t)n_holds : 4);
	struct payment_begin ask = { .show = show, .hold = holds[i].hold, .buyer = holds[i].buyer, .payment = id_new(), .booking = id_new(),
		.provider = random_below(4) ? SPAN("stripe") : SPAN("other"), .email = SPAN("a@example.org"), .name = SPAN("A"), .key = SPAN("key"),
		.body = SPAN("body") };
	struct hold h;
	int64_t payment;

	if (hold_read(house->db, house->arena, show, holds[i].hold, 0, &h) != OUTCOME_OK)
		return;
	ask.amount = h.total;
	if (n_payments < HOLDS_MAX && payment_begin(house->db, house->arena, &ask, &payment) == OUTCOME_OK) {
		payments[n_payments++] = payment;
		payment_opened(house->db, house->arena, show, payment, arena_fmt(house->arena, "cs_%" PRId64, payment), SPAN("https://x"));
	}
}

static void
the_provider_tells(enum settle_fact fact)
{
	int64_t id = n_payments ? payments[n_payments - 1 - random_below(n_payments < 6 ? (uint32_t)n_payments : 6)] : 0;
	struct settle_ask ask = { .show = show, .payment = id, .fact = fact, .session = SPAN_NONE, .provider = SPAN_NONE,
		.capture = arena_fmt(house->arena, "pi_%" PRId64, id) };
	enum settled settled;
	struct payment p;

	if (!id || payment_read(house->db, house->arena, show, id, &p) != OUTCOME_OK)
		return;
	ask.amount = p.amount;
	ask.amount.minor -= random_below(12) == 0 ? 100 : 0;
	assert_int_equal(settle(house->db, house->arena, &ask, &settled), OUTCOME_OK);
}

/* All of a booking, or its first ticket. */
static void
somebody_gives_back(void)
{
	int64_t booking = box_office_number(house, "SELECT booking_id FROM bookings WHERE show_id = %" PRId64 " AND state = 'confirmed' "
	    "ORDER BY booking_id DESC LIMIT 1 OFFSET %d", show, (int)random_below(5));
	struct cancel_ask ask = { .show = show, .booking = booking, .keep_minor = random_below(3) * 150, .refund = id_new() };
	struct cancel_result r;

	if (!booking)
		return;
	if (random_below(2))
		ask.seats[ask.n++] = box_office_number(house, "SELECT MIN(seat_id) FROM booking_seats WHERE show_id = %" PRId64
		    " AND booking_id = %" PRId64 " AND state = 'live'", show, booking);
	booking_cancel(house->db, house->arena, &ask, &r);
}

static void
refunds_go_on(void)
{
	struct refund *list;
	size_t n;

	box_office_sql(house, "UPDATE refunds SET due_at = created_at WHERE state = 'pending'");
	n = refunds_due(house->db, house->arena, 20, &list);
	for (size_t i = 0; i < n; i++)
		if (refund_claim(house->db, &list[i])) {
			if (random_below(3))
				refund_accepted(house->db, house->arena, &list[i], arena_fmt(house->arena, "re_%" PRId64, list[i].id), true);
			else
				refund_failed(house->db, house->arena, &list[i], SPAN("no"), random_below(2));
		}
}

/* Money back for nothing, by hand where a human must; and money that the bank sends back to us. */
static void
the_house_decides(void)
{
	int64_t payment = box_office_number(house, "SELECT payment_id FROM payments WHERE show_id = %" PRId64 " AND state = 'paid' LIMIT 1", show);
	int64_t human = box_office_number(house, "SELECT refund_id FROM refunds WHERE show_id = %" PRId64 " AND state = 'human' LIMIT 1", show);
	int64_t done = box_office_number(house, "SELECT refund_id FROM refunds WHERE show_id = %" PRId64 " AND state = 'done' AND provider_refund "
	    "LIKE 're%%' LIMIT 1", show);
	struct money left;

	if (payment)
		refund_give(house->db, house->arena, show, payment, id_new(), 50, SPAN("goodwill"), &left);
	if (human)
		refund_by_hand(house->db, house->arena, show, human, id_new(), SPAN("by bank"));
	if (done && random_below(2)) {
		struct refund r;

		assert_int_equal(refund_read(house->db, house->arena, show, done, &r), OUTCOME_OK);
		refund_seen(house->db, house->arena, &(struct refund_seen){ .show = show, .payment = r.payment, .id = r.provider_refund,
		    .amount = r.amount, .failed = true, .provider = r.provider, .event_id = arena_fmt(house->arena, "e%" PRId64, id_new()),
		    .event_type = SPAN("refund.failed"), .event_body = SPAN("x") });
	}
}

static void
something_happens(void)
{
	switch (random_below(16)) {
	case 0: case 1: case 2: case 3: case 4:
		somebody_holds();
		break;
	case 5: case 6: case 7:
		somebody_goes_to_pay();
		break;
	case 8: case 9: case 10:
		the_provider_tells(SETTLE_PAID);
		break;
	case 11:
		the_provider_tells(random_below(2) ? SETTLE_FAILED : SETTLE_CLOSED);
		break;
	case 12:
		somebody_gives_back();
		break;
	case 13:
		refunds_go_on();
		break;
	case 14:
		the_house_decides();
		break;
	default:
		box_office_later(house, show, (int)random_below(900));
	}
	assert_int_equal(db_failed(house->db), DB_FINE);
}

static void
next_show(void)
{
	show = box_office_show(house, (struct house){ .rows = ROWS, .seats_a_row = COLUMNS, .sections = 2 });
	n_holds = n_payments = 0;
	while (n_holds == 0)
		somebody_holds();
}

/* -- the relay ---------------------------------------------------------------------------------------------------------------------- */

static struct relay
relay_new(void)
{
	static sink_start *const sinks[] = { report_start };
	struct settings *s = ARENA_NEW(house->arena, struct settings);
	struct relay r = { .db = box_office_rival(house), .arena = arena_new(64 * MiB), .holder = id_new() };

	*s = (struct settings){ .report = true, .report_log = "" };
	assert_true(relay_start(&r, sinks, 1, house->arena, s));
	return r;
}

static void
relay_all(struct relay *r)
{
	int64_t again_ms;

	relay_find(r);
	do
		assert_true(relay_deliver(r, 0, &again_ms));
	while (again_ms == 0);
}

#define WAITING "SELECT (SELECT COUNT(*) FROM outbox WHERE NOT found) + (SELECT COUNT(*) FROM deliveries WHERE state = 'waiting')"

/* Until nothing waits; what a dead relay had leased is free at once. */
static void
relay_to_the_end(void)
{
	for (int i = 0; i < 200 && box_office_number(house, WAITING) > 0; i++) {
		box_office_sql(house, "DELETE FROM relay_leases");
		box_office_sql(house, "UPDATE deliveries SET due_at = UTC_TIMESTAMP(3) WHERE state = 'waiting'");
		relay_all(&relay);
	}
	assert_int_equal(box_office_number(house, WAITING), 0);
}

static void
rebuild(void)
{
	int64_t shows, events;

	assert_int_equal(report_rebuild(house->db, &shows, &events), OUTCOME_OK);
	db_arena(house->db, house->arena);
}

/* -- the judges --------------------------------------------------------------------------------------------------------------------- */

static int64_t
differences(int64_t *late, const char **words)
{
	struct report_check c;
	struct buf out;

	buf_init(&out, house->arena, MiB);
	assert_int_equal(report_check(house->db, house->arena, &out, &c), OUTCOME_OK);
	assert_true(c.facts > 0);
	*late = c.late;
	*words = CSTR(house->arena, buf_view(&out));
	return c.differences;
}

static void
assert_checked(void)
{
	const char *words;
	int64_t late;

	if (differences(&late, &words) != 0)
		fail_msg("%s", words);
	assert_int_equal(late, 0);
}

/* The books by themselves: nothing here reads what the relay has written. The venue's day is told by its distance from UTC. */
#define BOOKS(sold, returned, paid, refunded) "SELECT k, currency, SUM(a), SUM(b), SUM(c), SUM(d), SUM(e), SUM(f) FROM (" \
	"SELECT " sold " AS k, b.currency, 1 AS a, 0 AS b, s.price_minor + s.fee_minor AS c, 0 AS d, 0 AS e, 0 AS f FROM booking_seats s " \
	"JOIN bookings b USING (show_id, booking_id) JOIN show_seats h USING (show_id, seat_id) WHERE b.confirmed_at IS NOT NULL " \
	"UNION ALL SELECT " returned ", b.currency, 0, 1, 0, s.price_minor + s.fee_minor, 0, 0 FROM booking_seats s " \
	"JOIN bookings b USING (show_id, booking_id) JOIN show_seats h USING (show_id, seat_id) WHERE b.confirmed_at IS NOT NULL " \
	"AND s.cancelled_at IS NOT NULL UNION ALL SELECT " paid ", p.currency, 0, 0, 0, 0, p.captured_minor, 0 FROM payments p " \
	"WHERE p.captured_minor > 0 UNION ALL SELECT " refunded ", r.currency, 0, 0, 0, 0, 0, r.amount_minor FROM refunds r " \
	"WHERE r.state = 'done') t WHERE k IS NOT NULL GROUP BY k, currency ORDER BY LENGTH(k), k, currency"
#define DAY(at) "DATE(" at " + INTERVAL 330 MINUTE)"

static const char *
report_text(struct report_ask ask)
{
	struct report_line *list;
	struct buf b;
	size_t n;

	assert_int_equal(report_read(house->db, house->arena, &ask, &list, &n), OUTCOME_OK);
	buf_init(&b, house->arena, MiB);
	for (size_t i = 0; i < n; i++)
		buf_fmt(&b, PRSPAN "\t%s\t%" PRId64 "\t%" PRId64 "\t%" PRId64 "\t%" PRId64 "\t%" PRId64 "\t%" PRId64 "\n", ARGSPAN(list[i].key),
		    list[i].currency, list[i].sold, list[i].returned, list[i].sales, list[i].back, list[i].taken, list[i].refunded);
	return CSTR(house->arena, buf_view(&b));
}

static void
assert_sums_are_those_of_the_books(void)
{
	assert_string_equal(report_text((struct report_ask){ .by = REPORT_BY_SHOW }),
	    box_office_text(house, BOOKS("show_id", "show_id", "show_id", "show_id")));
	assert_string_equal(report_text((struct report_ask){ .by = REPORT_BY_DAY }),
	    box_office_text(house, BOOKS(DAY("b.confirmed_at"), DAY("s.cancelled_at"), DAY("p.captured_at"), DAY("r.done_at"))));
	assert_string_equal(report_text((struct report_ask){ .by = REPORT_BY_SECTION }),
	    box_office_text(house, BOOKS("h.section_id", "h.section_id", "NULL", "NULL")));
	assert_string_equal(report_text((struct report_ask){ .by = REPORT_BY_CHANNEL }),
	    box_office_text(house, BOOKS("'web'", "'web'", "'web'", "'web'")));
}

/* The same moment for a thing in the books and its event, spread over days, late in the evening in London: the next day in Mumbai. */
static void
over_several_days(void)
{
	static const struct {
		const char *types, *table, *column, *key;
		int day;
	} things[] = {
		{ "'BOOKING_CONFIRMED'", "bookings", "confirmed_at", "booking_id", 3 }, { "'PAYMENT_PAID', 'PAYMENT_REFUND_DUE'", "payments",
		"captured_at", "payment_id", 4 }, { "'REFUND_DONE', 'REFUND_HUMAN', 'REFUND_FAILED'", "refunds", "done_at", "refund_id", 9 },
		{ "'BOOKING_CANCELLED', 'BOOKING_REDUCED'", "booking_seats", "cancelled_at", "booking_id", 12 },
	};
	static const char *const places[] = { "outbox", "outbox_archive" };

	for (size_t i = 0; i < ARRAY_LEN(things); i++) {
		for (size_t k = 0; k < ARRAY_LEN(places); k++)
			box_office_sql(house, "UPDATE %s SET at = TIMESTAMP('2026-03-%02d 20:30:00') + INTERVAL subject_id %% 4 DAY WHERE type IN (%s)",
			    places[k], things[i].day, things[i].types);
		box_office_sql(house, "UPDATE %s SET %s = TIMESTAMP('2026-03-%02d 20:30:00') + INTERVAL %s %% 4 DAY WHERE %s IS NOT NULL",
		    things[i].table, things[i].column, things[i].day, things[i].key, things[i].column);
	}
}

/* -- tests ------------------------------------------------------------------------------------------------------------------------------ */

static void
what_is_told_adds_up_to_the_books(void **state)
{
	(void)state;
	for (int i = 0; i < STEPS; i++) {
		if (i % 125 == 0)
			next_show();
		something_happens();
		if (random_below(12) == 0)
			relay_all(&relay);
	}
	relay_to_the_end();
	assert_checked();
	/* it all happened */
	assert_int_not_equal(box_office_number(house, "SELECT COUNT(*) FROM report_tickets WHERE returned_at IS NOT NULL"), 0);
	assert_int_not_equal(box_office_number(house, "SELECT COUNT(*) FROM report_refunds WHERE done"), 0);
	assert_int_not_equal(box_office_number(house, "SELECT COUNT(*) FROM payments WHERE reason IN ('late', 'second', 'amount')"), 0);
	box_office_sql(house, "UPDATE shows SET zone = 'Asia/Kolkata'");
	over_several_days();
	rebuild();
	assert_checked();
	assert_sums_are_those_of_the_books();
}

static void
what_comes_again_changes_nothing(void **state)
{
	(void)state;
	for (int i = 0; i < 6; i++) {
		box_office_sql(house, "UPDATE deliveries SET state = 'waiting', due_at = UTC_TIMESTAMP(3) WHERE sink = 'report' AND RAND() < 0.4");
		assert_int_not_equal(box_office_number(house, WAITING), 0);
		relay_to_the_end();
		assert_checked();
		assert_sums_are_those_of_the_books();
	}
}

static const char *
all_facts(void)
{
	return box_office_text(house, "CHECKSUM TABLE report_shows, report_tickets, report_payments, report_holds");
}

static void
made_anew_from_all_events_it_is_the_same(void **state)
{
	const char *before = all_facts();
	int64_t old;
	bool more;

	(void)state;
	/* also where some of them are in the archive */
	box_office_sql(house, "UPDATE outbox SET outbox_id = outbox_id - (86400000 * 2 << 21) WHERE show_id = %" PRId64, show);
	box_office_sql(house, "UPDATE deliveries SET outbox_id = outbox_id - (86400000 * 2 << 21) WHERE show_id = %" PRId64, show);
	relay_archive(&relay, 1, &more);
	old = box_office_number(house, "SELECT COUNT(*) FROM outbox_archive");
	assert_int_not_equal(old, 0);
	rebuild();
	assert_string_equal(all_facts(), before);
	assert_checked();
	assert_sums_are_those_of_the_books();
}

static void
made_anew_while_people_buy_and_the_relay_goes_on_it_is_right(void **state)
{
	pid_t other, parent = getpid();

	(void)state;
	next_show();
	other = fork();
	assert_true(other >= 0);
	if (other == 0) {
		struct db *db = box_office_rival(house);
		int64_t shows, events;

		while (getppid() == parent) {
			report_rebuild(db, &shows, &events);
			db_clear(db);
		}
		_exit(0);
	}
	for (int i = 0; i < 150; i++) {
		something_happens();
		if (i % 4 == 0)
			relay_all(&relay);
	}
	relay_to_the_end();
	kill(other, SIGKILL);
	assert_int_equal(waitpid(other, NULL, 0), other);
	relay_to_the_end();
	assert_checked();
}

static void
a_relay_that_dies_anywhere_leaves_it_right(void **state)
{
#ifdef FOYER_FAULTS
	static const char *const points[] = { "report.half", "report.applied", "report.begun", "report.written", "report.commit_lost",
		"report.committed", "report_rebuild.empty", "report_rebuild.commit_lost" };

	(void)state;
	setenv("FOYER_FAULTS", order_file, 1);
	for (size_t i = 0; i < 2 * ARRAY_LEN(points); i++) {
		bool anew = strncmp(points[i / 2], "report_rebuild", 14) == 0;
		FILE *f;
		pid_t pid;

		next_show();
		for (int k = 0; k < 25; k++)
			something_happens();
		unlink(done_file);
		f = fopen(order_file, "we");
		assert_non_null(f);
		fprintf(f, "%s %s\n", points[i / 2], i % 2 ? "lose" : "kill");
		fclose(f);
		pid = fork();
		assert_true(pid >= 0);
		if (pid == 0) {
			struct relay r = relay_new();
			int64_t shows, events;

			if (anew)
				report_rebuild(r.db, &shows, &events);
			else
				relay_all(&r);
			_exit(0);
		}
		assert_int_equal(waitpid(pid, NULL, 0), pid);
		if (access(done_file, F_OK) != 0)
			fail_msg("%s was never reached", points[i / 2]);
		relay_to_the_end();
		assert_checked();
	}
	unsetenv("FOYER_FAULTS");
#else
	(void)state;
	skip();
#endif
}

/* The negative control: what the judge has to find, it finds. */
static void
a_lost_event_is_found_out(void **state)
{
	static const struct {
		const char *plant, *found;
	} planted[] = {
		{ "DELETE FROM outbox WHERE type = 'BOOKING_CONFIRMED' LIMIT 1", "ticket_not_as_sold" },
		{ "DELETE FROM outbox WHERE type IN ('BOOKING_CANCELLED', 'BOOKING_REDUCED') LIMIT 1", "ticket_not_as_sold" },
		{ "DELETE FROM outbox WHERE type = 'PAYMENT_PAID' AND subject_id NOT IN (SELECT * FROM (SELECT subject_id FROM outbox "
		    "WHERE type = 'PAYMENT_REFUND_DUE') t) LIMIT 1", "payment_not_as_taken" },
		{ "DELETE FROM outbox WHERE type = 'REFUND_DONE' AND subject_id IN (SELECT refund_id FROM refunds WHERE state = 'done') LIMIT 1",
		    "refund_not_as_given" },
		{ "DELETE FROM outbox WHERE type = 'BOOKING_PENDING' LIMIT 1", "hold_not_as_it_went" },
		{ "UPDATE outbox SET payload = REPLACE(payload, ',1600]', ',1500]') WHERE type = 'BOOKING_CONFIRMED'", "ticket_not_as_sold" },
		{ "UPDATE outbox SET at = at - INTERVAL 1 DAY WHERE type = 'BOOKING_CONFIRMED' LIMIT 1", "ticket_not_as_sold" },
	};
	const char *words;
	int64_t late;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(planted); i++) {
		box_office_sql(house, "CREATE TABLE kept LIKE outbox;\nINSERT INTO kept SELECT * FROM outbox");
		box_office_sql(house, "%s", planted[i].plant);
		rebuild();
		if (differences(&late, &words) == 0 || !strstr(words, planted[i].found))
			fail_msg("not found: %s\n%s", planted[i].plant, words);
		box_office_sql(house, "DELETE FROM outbox;\nINSERT INTO outbox SELECT * FROM kept;\nDROP TABLE kept");
		rebuild();
		assert_checked();
	}
}

static void
what_is_on_its_way_is_late_and_not_wrong(void **state)
{
	const char *words;
	int64_t late;

	(void)state;
	next_show();
	assert_int_equal(differences(&late, &words), 0);
	assert_int_equal(late, 1);
	relay_find(&relay);
	assert_int_equal(differences(&late, &words), 0);
	assert_int_equal(late, 1);
	relay_to_the_end();
	assert_checked();
}

static void
a_funnel_counts_each_step_on_its_day(void **state)
{
	struct report_ask ask = { .by = REPORT_BY_SHOW };
	struct report_steps *list;
	size_t n;

	(void)state;
	box_office_sql(house, "INSERT INTO report_views (local_date, show_id, views) VALUES ('2026-03-01', %" PRId64 ", 70), ('2026-03-02', %" PRId64
	    ", 7)", house->show, house->show);
	assert_int_equal(report_funnel(house->db, house->arena, &ask, &list, &n), OUTCOME_OK);
	for (size_t i = 0; i < n; i++) {
		int64_t id = 0;

		assert_true(span_int(list[i].key, 1, INT32_MAX, &id));
		assert_int_equal(list[i].held, box_office_number(house, "SELECT COUNT(*) FROM holds WHERE show_id = %" PRId64, id));
		assert_int_equal(list[i].paying, box_office_number(house, "SELECT COUNT(*) FROM bookings WHERE show_id = %" PRId64, id));
		assert_int_equal(list[i].sold, box_office_number(house, "SELECT COUNT(*) FROM bookings WHERE show_id = %" PRId64
		    " AND confirmed_at IS NOT NULL", id));
		assert_int_equal(list[i].viewed, id == house->show ? 77 : 0);
	}
	assert_true(n > 4);
	ask = (struct report_ask){ .by = REPORT_BY_DAY, .from = SPAN("2026-03-02"), .to = SPAN("2026-03-02"), .show = house->show };
	assert_int_equal(report_funnel(house->db, house->arena, &ask, &list, &n), OUTCOME_OK);
	assert_int_equal(n, 1);
	assert_int_equal(list[0].viewed, 7);
	box_office_sql(house, "DELETE FROM report_views");
}

static int
open_house(void **state)
{
	int end = box_office_open(state);

	house = *state;
	if (!house)
		return end;
	for (int i = 0; i < BUYERS; i++)
		buyers[i] = id_new();
	relay = relay_new();
	snprintf(order_file, sizeof(order_file), "/tmp/foyer-report-fault-%d", (int)getpid());
	snprintf(done_file, sizeof(done_file), "%s.done", order_file);
	return end;
}

static int
close_house(void **state)
{
	unlink(order_file);
	unlink(done_file);
	if (house)
		db_free(relay.db);
	return box_office_close(state);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_told_adds_up_to_the_books),
		cmocka_unit_test(what_comes_again_changes_nothing),
		cmocka_unit_test(made_anew_from_all_events_it_is_the_same),
		cmocka_unit_test(made_anew_while_people_buy_and_the_relay_goes_on_it_is_right),
		cmocka_unit_test(a_relay_that_dies_anywhere_leaves_it_right),
		cmocka_unit_test(a_lost_event_is_found_out),
		cmocka_unit_test(what_is_on_its_way_is_late_and_not_wrong),
		cmocka_unit_test(a_funnel_counts_each_step_on_its_day),
	};

	log_open("test", LOG_LEVEL_ERROR);
	return cmocka_run_group_tests(tests, open_house, close_house);
}
