/*
 * test_statements.c - every statement that is linked: it can be run, it keeps to the tables of its kind, and on a filled database it
 * never reads the whole of a table that grows.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "t/lib/box_office.h"
#include "t/lib/sql_words.h"

#include "base/files.h"

#define SHOWS 50
#define ROWS 10
#define COLUMNS 20

/* -- what is allowed ----------------------------------------------------------------------------------------------------- */

static const struct {
	const char *table;
	enum statement_kind kind;
	bool small;		/* a house has tens of them: reading all is nothing */
} tables[] = {
	{ "cities", GLOBAL, true }, { "venues", GLOBAL, true }, { "halls", GLOBAL, true }, { "sections", GLOBAL, true },
	{ "seats", GLOBAL, false }, { "events", GLOBAL, false }, { "shows", GLOBAL, false }, { "schema_migrations", GLOBAL, true },
	{ "show_sales", SHOW, false }, { "show_charges", SHOW, false }, { "show_prices", SHOW, false }, { "show_seats", SHOW, false }, { "holds", SHOW, false },
	{ "hold_seats", SHOW, false }, { "hold_buyers", SHOW, false }, { "bookings", SHOW, false }, { "booking_seats", SHOW, false },
	{ "payments", SHOW, false }, { "refunds", SHOW, false }, { "psp_events", SHOW, false }, { "outbox", SHOW, false },
	{ "deliveries", SHOW, false }, { "outbox_archive", SHOW, false }, { "deliveries_archive", SHOW, false }, { "relay_leases", SHOW, false },
	{ "hook_deliveries", SHOW, false }, { "hook_endpoints", GLOBAL, true },
	{ "push_browsers", SHOW, false }, { "buyer_phones", SHOW, false }, { "reach_sent", DIRECTORY, false },
	{ "relay_sinks", GLOBAL, true }, { "disputes", SHOW, false }, { "attention", SHOW, false },
	{ "providers", GLOBAL, true }, { "provider_files", DIRECTORY, true }, { "provider_lists", DIRECTORY, true },
	{ "report_shows", SHOW, false }, { "report_tickets", SHOW, false }, { "report_payments", SHOW, false }, { "report_refunds", SHOW, false },
	{ "report_holds", SHOW, false }, { "report_views", GLOBAL, false }, { "report_logs", GLOBAL, true }, { "activity", DIRECTORY, true },
	{ "buyer_shows", DIRECTORY, false }, { "payment_sessions", DIRECTORY, false },
};

static const struct {
	const char *name, *reason;
} may_scan[] = {
	{ "search_likes", "words of one or two letters are in no FULLTEXT index; titles are some hundreds" },
	{ "search_words", "where the words are common, titles are read as for search_likes" },
	{ "shows_from_day", "of many weeks' shows, reading all titles once may be cheaper than looking each up" },
	{ "recall_events", "loading a programme looks at every title there is" },
	{ "leases_drop", "units of one day, looked at once an hour" },
	{ "books_days", "an operator's report over a month's money, and all that became of it" },
	{ "report_by_show", "an operator's report over all facts of some days" }, { "report_by_day", "the same" },
	{ "report_by_section", "the same" }, { "report_by_channel", "the same" }, { "report_steps_by_show", "the same" },
	{ "report_steps_by_day", "the same" },
};

/* Statements over all shows, and the functions that run them: nobody who answers a request may call these. */
static const struct {
	const char *name, *function;
} scatters[] = {
	{ "due_list", "holds_due" }, { "warn_list", "holds_to_warn" }, { "address_old", "hold_addresses_forget" },
	{ "ending_list", "holds_ending" }, { "to_ask", "payments_to_ask" }, { "refund_list", "refunds_due" },
	{ "attention_undone", "attention_list" }, { "books_days", "books_read" }, { "fresh_shows", "events_find" },
	{ "waiting_shows", "deliveries_shows" }, { "old_shows", "events_archive" }, { "leases_drop", "events_archive" },
	{ "report_by_show", "report_read" }, { "report_by_day", "report_read" }, { "report_by_section", "report_read" },
	{ "report_by_channel", "report_read" }, { "report_steps_by_show", "report_funnel" }, { "report_steps_by_day", "report_funnel" },
	{ "state_count", "sinks_read" }, { "waiting_oldest", "sinks_read" }, { "fresh_count", "sinks_read" }, { "trouble_list", "troubles_read" },
	{ "hook_forget", "hook_endpoint_remove" }, { "hook_due", "hooks_claim" }, { "hooks_too_old", "hooks_tidy" }, { "hooks_log_drop", "hooks_tidy" },
	{ "hook_lines", "hook_log" }, { "hook_count", "hook_sums" }, { "hook_rows_again", "hooks_again" },
	{ "old_browsers", "directories_tidy" }, { "old_phones", "directories_tidy" },
};
#define AUDIT_FILES "/domain/audit_"		/* run by audit_run() only */
#define CHECK_FILE "/domain/report_check."	/* by report_check(), which like the audit looks at everything */
static const char *const request_folders[] = { "src/http", "src/pages", "src/staff", "src/api", "src/papers" };

static bool
is_audit(const struct statement *st)
{
	return strstr(st->file, AUDIT_FILES) != NULL;
}

static bool
is_check(const struct statement *st)
{
	return strstr(st->file, CHECK_FILE) != NULL;
}

static int
table_row(struct span name)
{
	for (size_t i = 0; i < ARRAY_LEN(tables); i++)
		if (span_is(name, tables[i].table))
			return (int)i;
	return -1;
}

/* -- the filled database ------------------------------------------------------------------------------------------------------ */

static void
fill_catalogue(struct box_office *f)
{
	for (int i = 0; i < 300; i++)
		box_office_event(f, arena_fmt(f->arena, "The %c%c Lamp number %d", 'A' + i % 26, 'a' + i / 26, i).p, "Drama", "English");
	box_office_sql(f, "INSERT INTO cities (city_id, slug, name, zone, currency) VALUES (2, 'paris', 'Paris', 'Etc/UTC', 'EUR'), "
	    "(3, 'rome', 'Rome', 'Etc/UTC', 'EUR')");
	/* 40 times the shows, in the weeks before and after, in three cities; only those of box_office_show() are on sale */
	box_office_sql(f, "INSERT INTO shows (event_id, hall_id, layout_version, city_id, starts_at, starts_local, local_date, zone, currency, "
	    "listed) SELECT 1 + (w.show_id * 41 + n.event_id * 7) %% 300, w.hall_id, 1, 1 + n.event_id %% 3, "
	    "w.starts_at + INTERVAL (n.event_id - 20) DAY + INTERVAL 3 MINUTE, w.starts_at + INTERVAL (n.event_id - 20) DAY, "
	    "DATE(w.starts_at + INTERVAL (n.event_id - 20) DAY), 'Etc/UTC', 'GBP', 1 FROM shows w JOIN events n ON n.event_id <= 40");
}

static void
fill_sales(struct box_office *f)
{
	box_office_sql(f,
	    "INSERT INTO holds (show_id, hold_id, buyer_id, state, seat_count, created_at, expires_at, seats_until, longest_until) "
	    "SELECT show_id, seat_id, seat_id %% 5000, IF(seat_id %% 50 = 0, 'active', 'confirmed'), 1, UTC_TIMESTAMP(3), UTC_TIMESTAMP(3), "
	    "UTC_TIMESTAMP(3), UTC_TIMESTAMP(3) FROM show_seats;\n"
	    "INSERT INTO hold_seats SELECT show_id, seat_id, seat_id, 'adult', 1500, 100, 1 FROM show_seats;\n"
	    "INSERT INTO hold_buyers SELECT DISTINCT show_id, seat_id %% 5000, 0 FROM show_seats;\n"
	    "INSERT INTO bookings (show_id, booking_id, hold_id, buyer_id, ref, state, email, name, total_minor, currency, created_at) "
	    "SELECT show_id, seat_id, seat_id, seat_id %% 5000, seat_id, 'confirmed', 'a@example.org', 'A', 1600, 'GBP', "
	    "UTC_TIMESTAMP(3) FROM show_seats;\n"
	    "INSERT INTO booking_seats (show_id, booking_id, seat_id, state, price_type, price_minor, fee_minor, charges, serial) "
	    "SELECT show_id, seat_id, seat_id, 'live', 'adult', 1500, 100, 1, seat_id FROM show_seats;\n"
	    "INSERT INTO payments (show_id, payment_id, hold_id, booking_id, provider, state, amount_minor, currency, live, idem_key, body, "
	    "created_at) SELECT show_id, seat_id, seat_id, seat_id, 'stripe', IF(seat_id %% 50 = 0, 'open', 'paid'), 1600, 'GBP', 0, 'k', "
	    "'', UTC_TIMESTAMP(3) FROM show_seats;\n"
	    "INSERT INTO refunds (show_id, refund_id, payment_id, state, amount_minor, currency, reason, idem_key, due_at, created_at) "
	    "SELECT show_id, seat_id, seat_id, IF(seat_id %% 50 = 0, 'pending', 'done'), 1600, 'GBP', 'late', 'k', "
	    "UTC_TIMESTAMP(3), UTC_TIMESTAMP(3) FROM show_seats;\n"
	    "INSERT INTO psp_events (show_id, provider, event_id, type, body, received_at) "
	    "SELECT show_id, 'stripe', CONCAT('evt_', seat_id), 'x', '', UTC_TIMESTAMP(3) FROM show_seats;\n"
	    "INSERT INTO outbox (show_id, outbox_id, type, subject_id, at, payload, found) "
	    "SELECT s.show_id, s.seat_id * 10 + n.city_id, 'SEAT_HELD', s.seat_id, UTC_TIMESTAMP(3), '{}', s.seat_id %% 50 > 0 "
	    "FROM show_seats s, cities n;\n"
	    "INSERT INTO outbox_archive SELECT show_id, outbox_id + 5, type, subject_id, at, payload FROM outbox;\n"
	    "INSERT INTO deliveries_archive SELECT show_id, outbox_id, 'mail', 'sent', at, '' FROM outbox_archive;\n"
	    "INSERT INTO relay_leases SELECT show_id, 'mail', 0, UTC_TIMESTAMP(3) FROM show_sales;\n"
	    "INSERT INTO relay_sinks (sink, due_at) VALUES ('mail', UTC_TIMESTAMP(3));\n"
	    "INSERT INTO deliveries (show_id, outbox_id, sink, state, due_at) SELECT show_id, outbox_id, 'mail', "
	    "IF(outbox_id %% 500 = 1, 'waiting', 'sent'), at FROM outbox WHERE outbox_id %% 10 = 1;\n"
	    "INSERT INTO hook_endpoints (endpoint_id, url, secret, created_at) SELECT city_id, 'https://a.example', city_id, UTC_TIMESTAMP(3) "
	    "FROM cities;\n"
	    "INSERT INTO hook_deliveries (show_id, outbox_id, endpoint_id, state, created_at, due_at, done_at) SELECT show_id, outbox_id, "
	    "1 + outbox_id %% 3, ELT(1 + outbox_id %% 50, 'waiting', 'dead', 'sent'), at, at, at FROM outbox WHERE outbox_id %% 50 < 3;\n"
	    "INSERT INTO push_browsers (show_id, buyer_id, place, endpoint, point, auth, created_at) SELECT show_id, buyer_id, 'p', 'https://p', "
	    "'k', 'a', UTC_TIMESTAMP(3) - INTERVAL buyer_id %% 50 HOUR FROM hold_buyers;\n"
	    "INSERT INTO buyer_phones SELECT show_id, buyer_id, '+447700900123', UTC_TIMESTAMP(3) - INTERVAL buyer_id %% 50 HOUR FROM hold_buyers;\n"
	    "INSERT INTO reach_sent SELECT 'sms', show_id, buyer_id, buyer_id, 'HOLD_ENDING', SHA2(buyer_id, 256), UTC_TIMESTAMP(3) - INTERVAL buyer_id %% 50 "
	    "HOUR FROM hold_buyers;\n"
	    "INSERT INTO report_shows SELECT show_id, 200 FROM show_sales;\n"
	    "INSERT INTO report_tickets SELECT show_id, booking_id, seat_id, 1, 'web', 1600, 'GBP', UTC_TIMESTAMP(3), UTC_DATE(), NULL, NULL "
	    "FROM booking_seats;\n"
	    "INSERT INTO report_payments SELECT show_id, payment_id, 'web', 1600, 'GBP', UTC_TIMESTAMP(3), UTC_DATE() FROM payments;\n"
	    "INSERT INTO report_refunds SELECT show_id, refund_id, payment_id, 1600, 'GBP', 1, UTC_TIMESTAMP(3), UTC_DATE(), 1 FROM refunds;\n"
	    "INSERT INTO report_holds SELECT show_id, hold_id, UTC_DATE(), NULL, NULL FROM holds;\n"
	    "INSERT INTO report_views SELECT DISTINCT UTC_DATE() - INTERVAL seat_id %% 60 DAY, show_id, 7 FROM show_seats;\n"
	    "INSERT INTO activity SELECT seat_id, show_id, 'SEAT_HELD', UTC_TIMESTAMP(3), 1, '' FROM show_seats LIMIT 200;\n"
	    "INSERT INTO buyer_shows SELECT buyer_id, show_id, UTC_TIMESTAMP(3) - INTERVAL buyer_id %% 300 DAY FROM hold_buyers;\n"
	    "INSERT INTO payment_sessions SELECT 'stripe', CONCAT('cs_', payment_id), show_id, payment_id FROM payments");
}

static int
open_filled(void **state)
{
	struct box_office *f;

	box_office_open(state);
	f = *state;
	for (int i = 0; i < SHOWS; i++)
		box_office_show(f, (struct house){ .rows = ROWS, .seats_a_row = COLUMNS, .sections = 2 });
	fill_catalogue(f);
	fill_sales(f);
	for (size_t i = 0; i < ARRAY_LEN(tables); i++)
		box_office_text(f, "ANALYZE TABLE %s", tables[i].table);
	return 0;
}

/* -- values for parameters ----------------------------------------------------------------------------------------------------- */

static bool
ends(struct span s, const char *with)
{
	size_t n = strlen(with);

	return s.n >= n && memcmp(s.p + s.n - n, with, n) == 0;
}

/* A value that such a column may have in the middle of the filled tables. */
static struct value
value_for(struct box_office *f, struct span column)
{
	int64_t show = SHOWS / 2;

	if (span_is(column, "show_id"))
		return value_int_(show);
	if (span_is(column, "LIMIT"))
		return value_int_(20);
	if (span_is(column, "section_id") || span_is(column, "hall_id"))
		return value_int_(span_is(column, "hall_id") ? show : show * 10);
	if (ends(column, "_id") && !span_is(column, "event_id") && !span_is(column, "city_id") && !span_is(column, "venue_id"))
		return value_int_(box_office_seat(f, show, 4, 7));
	if (ends(column, "_at") || ends(column, "_until") || ends(column, "_from") || ends(column, "_start") ||
	    span_is(column, "starts_local") ||
	    span_is(column, "released"))
		return value_text_("2026-01-01 19:30:00.000");
	if (span_is(column, "local_date"))
		return value_span_(span_trim(span_of(box_office_text(f, "SELECT local_date FROM shows WHERE show_id = %" PRId64, show))));
	if (ends(column, "_day"))
		return value_text_("2026-01-01");
	if (span_is(column, "JSON_TABLE") || span_is(column, "JSON_LENGTH") || span_is(column, "JSON_EXTRACT"))
		return value_text_("[]");
	if (span_is(column, "LIKE") || span_is(column, "AGAINST"))
		return value_text_(span_is(column, "LIKE") ? "% Lamp%" : "+Lamp*");
	if (span_is(column, "slug"))
		return value_text_("e17");
	if (span_is(column, "sink") || span_is(column, "state"))
		return value_text_(span_is(column, "sink") ? "mail" : "waiting");
	if (span_is(column, "provider") || span_is(column, "session"))
		return value_text_(span_is(column, "session") ? "cs_1" : "stripe");
	return value_text_("1");	/* good for a number too */
}

static size_t
values_for(struct box_office *f, const struct statement *st, struct value values[SQL_PARAMETERS])
{
	struct span columns[SQL_PARAMETERS];
	size_t n = sql_parameters(span_of(st->sql), columns);

	assert_in_range(n, 0, SQL_PARAMETERS);
	for (size_t i = 0; i < n; i++)
		values[i] = value_for(f, columns[i]);
	return n;
}

static const char *
with_values(struct box_office *f, const struct statement *st)
{
	struct value values[SQL_PARAMETERS];
	struct buf b;
	size_t n = 0;

	values_for(f, st, values);
	buf_init(&b, f->arena, 64 * KiB);
	for (const char *p = st->sql; *p; p++) {
		const struct value *v = &values[n];

		if (*p != '?') {
			buf_byte(&b, *p);
			continue;
		}
		n++;
		/* text stands for any type, but a number for text would hide an index */
		if (v->is == VALUE_INT && strncmp(p - 6, "LIMIT ", 6) == 0)
			buf_int(&b, v->i);
		else if (v->is == VALUE_INT)
			buf_fmt(&b, "'%" PRId64 "'", v->i);
		else
			buf_fmt(&b, "'" PRSPAN "'", ARGSPAN(v->s));
	}
	return b.p;
}

/* -- tests ------------------------------------------------------------------------------------------------------------------- */

struct trying {
	struct box_office *f;
	const struct statement *st;
	enum db_error error;
};
TRANSACTION(try_tx, "test_try");

static enum tx_end
try_body(struct db *db, void *context)
{
	struct trying *t = context;
	struct value values[SQL_PARAMETERS];
	size_t n = values_for(t->f, t->st, values);

	if (t->st->columns[0]) {
		struct rows *rows = db_select_values(db, t->st, values, n);

		rows_next(rows);
		rows_done(rows);
	} else {
		db_change_values(db, t->st, values, n);
	}
	t->error = db_failed(db);
	db_clear(db);
	return TX_ROLLBACK;
}

/* As prepared statements, with their columns; what they would change is rolled back, what keys and constraints refuse is no matter. */
static void
every_statement_can_be_run(void **state)
{
	struct statement *const *list;
	size_t n = statements_all(&list);

	assert_in_range(n, 100, 10000);
	for (size_t i = 0; i < n; i++) {
		struct trying t = { .f = *state, .st = list[i] };

		assert_int_equal(tx_run(t.f->db, &try_tx, try_body, &t), TX_DONE);
		if (t.error != DB_FINE && t.error != DB_DUPLICATE && t.error != DB_REFUSED)
			fail_msg("%s ends as error %d: %s", list[i]->name, (int)t.error, list[i]->sql);
	}
}

static void
no_two_statements_or_transactions_have_one_name(void **state)
{
	const struct transaction *const *transactions;
	struct statement *const *list;
	size_t n = statements_all(&list), n_tx = transactions_all(&transactions);

	(void)state;
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < i; k++)
			if (strcmp(list[i]->name, list[k]->name) == 0)
				fail_msg("%s: in %s and in %s", list[i]->name, list[i]->file, list[k]->file);
	for (size_t i = 0; i < n_tx; i++)
		for (size_t k = 0; k < i; k++)
			if (strcmp(transactions[i]->name, transactions[k]->name) == 0)
				fail_msg("%s: in %s and in %s", transactions[i]->name, transactions[i]->file, transactions[k]->file);
}

static void
every_table_has_a_kind_and_those_of_shows_are_keyed_by_show(void **state)
{
	struct box_office *f = *state;
	struct span list = span_of(box_office_text(f, "SELECT table_name FROM information_schema.tables WHERE table_schema = '%s'",
	    f->database));

	while (list.n) {
		struct span name = span_cut(&list, '\n');

		if (table_row(name) < 0)
			fail_msg("table " PRSPAN " has no kind in test_statements.c", ARGSPAN(name));
	}
	for (size_t i = 0; i < ARRAY_LEN(tables); i++) {
		const char *first = box_office_text(f, "SELECT column_name FROM information_schema.statistics WHERE table_schema = '%s' "
		    "AND table_name = '%s' AND index_name = 'PRIMARY' AND seq_in_index = 1", f->database, tables[i].table);

		if ((tables[i].kind == SHOW) != (strcmp(first, "show_id\n") == 0) && strcmp(tables[i].table, "shows") != 0)
			fail_msg("the primary key of %s begins with %s", tables[i].table, first);
	}
}

static bool
names_its_show(struct arena *a, const struct statement *st, const struct sql_table *t)
{
	const char *qualified = arena_fmt(a, " " PRSPAN ".show_id = ?", ARGSPAN(t->alias)).p;

	if (t->into)
		return strstr(st->sql, arena_fmt(a, "INTO " PRSPAN " (show_id, ", ARGSPAN(t->name)).p) != NULL;
	return strstr(st->sql, qualified) != NULL || (span_eq(t->name, t->alias) && strstr(st->sql, " show_id = ?") != NULL);
}

static void
every_statement_keeps_to_the_tables_of_its_kind(void **state)
{
	static const char *const kinds[] = { "SHOW", "GLOBAL", "DIRECTORY", "SCATTER" };
	struct box_office *f = *state;
	struct statement *const *list;
	size_t n = statements_all(&list);

	for (size_t i = 0; i < n; i++) {
		const struct statement *st = list[i];
		struct sql_table named[SQL_TABLES];
		size_t n_named = sql_tables(span_of(st->sql), named);

		for (size_t k = 0; k < n_named; k++) {
			int row = table_row(named[k].name);

			if (row < 0)
				fail_msg("%s names " PRSPAN ", which is no table", st->name, ARGSPAN(named[k].name));
			if (st->kind != SCATTER && tables[row].kind != st->kind)
				fail_msg("%s is %s but names %s", st->name, kinds[st->kind], tables[row].table);
			if (st->kind == SHOW && !names_its_show(f->arena, st, &named[k]))
				fail_msg("%s does not say which show of " PRSPAN, st->name, ARGSPAN(named[k].alias));
		}
	}
}

/* A table named after a comma would slip through the tests above. */
static void
tables_are_named_where_the_tests_look_for_them(void **state)
{
	struct statement *const *list;
	size_t n = statements_all(&list);

	(void)state;
	for (size_t i = 0; i < n; i++) {
		struct span rest = span_of(list[i]->sql), word;
		struct sql_table named[SQL_TABLES];
		size_t seen = 0;

		while ((word = sql_word(&rest)).n)
			seen += table_row(word) >= 0;
		if (seen != sql_tables(span_of(list[i]->sql), named))
			fail_msg("%s names a table elsewhere than after FROM, JOIN, INTO or UPDATE", list[i]->name);
	}
}

static bool
scan_allowed(const struct statement *st, const struct sql_table *t)
{
	int row = table_row(t->name);

	if (is_audit(st) || is_check(st) || row < 0 || tables[row].small)
		return true;
	for (size_t i = 0; i < ARRAY_LEN(may_scan); i++)
		if (strcmp(may_scan[i].name, st->name) == 0)
			return true;
	return false;
}

/* One line of EXPLAIN: the third column is the alias, and the fourth, after "partitions" on one of the servers, how it is read. */
static void
check_plan_line(struct box_office *f, const struct statement *st, struct span line)
{
	struct sql_table named[SQL_TABLES];
	size_t n = sql_tables(span_of(st->sql), named);
	struct span whole = line, alias, how;

	span_cut(&line, '\t');
	span_cut(&line, '\t');
	alias = span_cut(&line, '\t');
	if (!db_is_mariadb(f->db))
		span_cut(&line, '\t');
	how = span_cut(&line, '\t');
	if (!span_is(how, "ALL") && !span_is(how, "index"))
		return;
	for (size_t k = 0; k < n; k++)
		if (span_eq(named[k].alias, alias) && !named[k].into && !scan_allowed(st, &named[k]))
			fail_msg("%s reads the whole of " PRSPAN ":\n%s\n" PRSPAN, st->name, ARGSPAN(named[k].name), with_values(f, st),
			    ARGSPAN(whole));
}

static void
no_statement_reads_the_whole_of_a_table_that_grows(void **state)
{
	struct box_office *f = *state;
	struct statement *const *list;
	size_t n = statements_all(&list);

	for (size_t i = 0; i < n; i++) {
		struct span plan = span_of(box_office_text(f, "EXPLAIN FORMAT=TRADITIONAL %s", with_values(f, list[i])));

		while (plan.n)
			check_plan_line(f, list[i], span_cut(&plan, '\n'));
	}
}

static const char *
scatter_function(const struct statement *st)
{
	if (is_audit(st))
		return "audit_run";
	if (is_check(st))
		return "report_check";
	for (size_t i = 0; i < ARRAY_LEN(scatters); i++)
		if (strcmp(scatters[i].name, st->name) == 0)
			return scatters[i].function;
	fail_msg("%s is SCATTER, and test_statements.c does not know who may run it", st->name);
	return NULL;
}

static void
no_request_runs_a_statement_over_all_shows(void **state)
{
	struct box_office *f = *state;
	const char *top = getenv("srcdir");
	struct statement *const *list;
	size_t n = statements_all(&list);

	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; list[i]->kind == SCATTER && k < ARRAY_LEN(request_folders); k++)
			if (system(arena_fmt(f->arena, "grep -rqs '\\<%s *(' '%s/%s'", scatter_function(list[i]), top && *top ? top : ".",
			    request_folders[k]).p) == 0)
				fail_msg("something in %s calls %s", request_folders[k], scatter_function(list[i]));
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_statement_can_be_run),
		cmocka_unit_test(no_two_statements_or_transactions_have_one_name),
		cmocka_unit_test(every_table_has_a_kind_and_those_of_shows_are_keyed_by_show),
		cmocka_unit_test(every_statement_keeps_to_the_tables_of_its_kind),
		cmocka_unit_test(tables_are_named_where_the_tests_look_for_them),
		cmocka_unit_test(no_statement_reads_the_whole_of_a_table_that_grows),
		cmocka_unit_test(no_request_runs_a_statement_over_all_shows),
	};

	return cmocka_run_group_tests(tests, open_filled, box_office_close);
}
