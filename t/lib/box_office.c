/* box_office.c - builds the test house with plain SQL, so that a fault of the program's own loaders cannot hide in it. */
#include "box_office.h"

#include <setjmp.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/crypto.h"
#include "db/migrations.h"

#define FIRST_HALL 1

static const char *
format(struct box_office *f, const char *fmt, va_list ap)
{
	char *text = arena_alloc(f->arena, 16 * KiB);
	int n = vsnprintf(text, 16 * KiB, fmt, ap);

	assert_in_range(n, 0, 16 * KiB - 1);
	return text;
}

static void
script(struct box_office *f, const char *text)
{
	struct span all = arena_fmt(f->arena, "%s;\n", text);
	bool done = false;

	for (int i = 0; i < 5 && !done && (i == 0 || db_failed(f->db) == DB_AGAIN); i++) {	/* others may be at work */
		db_clear(f->db);
		done = db_script(f->db, all, "test");
	}
	if (!done)
		fail_msg("SQL failed: %s", text);
}

void
box_office_sql(struct box_office *f, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	script(f, format(f, fmt, ap));
	va_end(ap);
}

static const char *
ask(struct box_office *f, const char *sql)
{
	struct buf out;

	buf_init(&out, f->arena, MiB);
	db_clear(f->db);
	if (!db_print(f->db, span_of(sql), &out))
		fail_msg("SQL failed: %s", sql);
	return out.p;
}

const char *
box_office_text(struct box_office *f, const char *fmt, ...)
{
	const char *answer;
	va_list ap;

	va_start(ap, fmt);
	answer = ask(f, format(f, fmt, ap));
	va_end(ap);
	return answer;
}

int64_t
box_office_number(struct box_office *f, const char *fmt, ...)
{
	struct span rest, first;
	int64_t number = 0;
	va_list ap;

	va_start(ap, fmt);
	rest = span_of(ask(f, format(f, fmt, ap)));
	va_end(ap);
	first = span_cut(&rest, '\n');
	first = span_cut(&first, '\t');
	if (first.n && !span_is(first, "NULL") && !span_int(first, INT64_MIN, INT64_MAX, &number))
		fail_msg("not a number: " PRSPAN, ARGSPAN(first));
	return number;
}

static struct db *
connect_to(const char *database)
{
	struct db_place place = { .socket = getenv("FOYER_TEST_SOCKET"), .user = "root", .password = "", .name = database };

	return db_new(&place);
}

static void
make_database(struct box_office *f)
{
	struct db *server = connect_to("information_schema");
	const char *top = getenv("srcdir");

	db_arena(server, f->arena);
	snprintf(f->database, sizeof(f->database), "foyer_test_%ld_%08x", (long)getpid(), random_below(UINT32_MAX));
	assert_true(db_script(server, arena_fmt(f->arena, "CREATE DATABASE %s;\n", f->database), "test"));
	db_free(server);
	f->db = connect_to(f->database);
	db_arena(f->db, f->arena);
	assert_true(migrate(f->db, f->arena, arena_fmt(f->arena, "%s/sql", top && *top ? top : ".").p));
}

static const char *
row_label(struct box_office *f, int row)
{
	return row < 26 ? arena_fmt(f->arena, "%c", 'A' + row).p : arena_fmt(f->arena, "%c%c", 'A' + row / 26 - 1, 'A' + row % 26).p;
}

static int64_t
seat_id(int64_t hall, int row, int number)
{
	return hall * 10000 + row * 100 + number;
}

static void
add_hall(struct box_office *f, const struct house *h, int64_t hall)
{
	struct buf sql;

	box_office_sql(f, "INSERT INTO halls (hall_id, venue_id, slug, name, kind, seat_count, by_section) "
	    "VALUES (%" PRId64 ", %" PRId64 ", 'hall-%" PRId64 "', 'Hall %" PRId64 "', 'screen', %d, %d)", hall, f->venue, hall, hall,
	    h->rows * h->seats_a_row, h->by_section);
	for (int s = 0; s < h->sections; s++)
		box_office_sql(f, "INSERT INTO sections (section_id, hall_id, slug, name, tier, step_free, sort) VALUES (%" PRId64 ", %"
		    PRId64 ", 's%d', '%s', %d, %d, %d)", hall * 10 + s, hall, s + 1, s ? arena_fmt(f->arena, "Circle %d", s).p : "Stalls",
		    s < 4 ? s + 1 : 4, s == 0, s);
	buf_init(&sql, f->arena, MiB);
	buf_text(&sql, "INSERT INTO seats (seat_id, hall_id, layout_version, section_id, row_label, number, plan_row, plan_col) VALUES ");
	for (int r = 0; r < h->rows; r++)
		for (int n = 1; n <= h->seats_a_row; n++)
			buf_fmt(&sql, "%s(%" PRId64 ", %" PRId64 ", 1, %" PRId64 ", '%s', '%d', %d, %d)", r || n > 1 ? ", " : "",
			    seat_id(hall, r, n), hall, hall * 10 + r * h->sections / h->rows, row_label(f, r), n, r + 1, n * 2 - 1);
	script(f, sql.p);
}

static void
add_sale(struct box_office *f, const struct house *h, int64_t hall, int64_t show)
{
	box_office_sql(f, "INSERT INTO show_sales (show_id, state, currency, starts_at, sales_from, sales_until, hold_seconds, "
	    "longest_seconds, seats_a_hold, holds_a_buyer, orphan_rule) SELECT show_id, '%s', 'GBP', starts_at, "
	    "UTC_TIMESTAMP(3) - INTERVAL 1 DAY, starts_at, %d, %d, %d, %d, %d FROM shows WHERE show_id = %" PRId64,
	    h->state, h->hold_seconds, h->longest_seconds, h->seats_a_hold, h->holds_a_buyer, h->orphan_rule, show);
	box_office_sql(f, "INSERT INTO show_charges VALUES (%" PRId64 ", 1, 0, 'fee', 'Booking fee', 100, 0, 0)", show);
	box_office_sql(f, "INSERT INTO show_prices (show_id, section_id, price_type, name, minor, extra_minor, charges, sort) "
	    "SELECT %" PRId64 ", section_id, 'adult', 'Adult', 1500 - 200 * sort, 100, 1, 0 FROM sections WHERE hall_id = %" PRId64 ";\n"
	    "INSERT INTO show_prices (show_id, section_id, price_type, name, minor, extra_minor, charges, sort) "
	    "SELECT %" PRId64 ", section_id, 'child', 'Child', 900 - 100 * sort, 100, 1, 1 FROM sections WHERE hall_id = %" PRId64,
	    show, hall, show, hall);
	box_office_sql(f, "INSERT INTO show_seats (show_id, seat_id, section_id) "
	    "SELECT %" PRId64 ", seat_id, section_id FROM seats WHERE hall_id = %" PRId64, show, hall);
}

int64_t
box_office_show(struct box_office *f, struct house h)
{
	int64_t hall = ++f->last_hall, show = ++f->last_show;

	h.rows = h.rows ? h.rows : 2;
	h.seats_a_row = h.seats_a_row ? h.seats_a_row : 5;
	h.sections = h.sections ? h.sections : 1;
	h.hold_seconds = h.hold_seconds ? h.hold_seconds : 600;
	h.longest_seconds = h.longest_seconds ? h.longest_seconds : 1800;
	h.seats_a_hold = h.seats_a_hold ? h.seats_a_hold : 8;
	h.holds_a_buyer = h.holds_a_buyer ? h.holds_a_buyer : 2;
	h.state = h.state ? h.state : "on_sale";
	add_hall(f, &h, hall);
	box_office_sql(f, "INSERT INTO shows (show_id, event_id, hall_id, layout_version, city_id, starts_at, starts_local, local_date, "
	    "zone, currency, price_min, price_max, listed) SELECT %" PRId64 ", %" PRId64 ", %" PRId64 ", 1, %" PRId64
	    ", at, at, DATE(at), 'Etc/UTC', 'GBP', %d, 1600, 1 FROM (SELECT DATE(UTC_TIMESTAMP()) + INTERVAL %"
	    PRId64 " HOUR AS at) t", show, f->event, hall, f->city, 1000 - 100 * (h.sections - 1), 48 + 18 + show);
	add_sale(f, &h, hall, show);
	return show;
}

int64_t
box_office_seat(struct box_office *f, int64_t show, int row, int number)
{
	return seat_id(box_office_number(f, "SELECT hall_id FROM shows WHERE show_id = %" PRId64, show), row, number);
}

int64_t
box_office_event(struct box_office *f, const char *title, const char *genre, const char *language)
{
	int64_t id = ++f->last_event;

	box_office_sql(f, "INSERT INTO events (event_id, slug, kind, title, genre, language, minutes, certificate, released, synopsis, "
	    "poster) VALUES (%" PRId64 ", 'e%" PRId64 "', 'film', '%s', '%s', '%s', 95, 'PG', '2026-01-09', 'What it is about.', "
	    "'e%" PRId64 ".svg')", id, id, title, genre, language, id);
	return id;
}

int
box_office_open(void **state)
{
	struct box_office *f = calloc(1, sizeof(*f));

	if (!getenv("FOYER_TEST_SOCKET")) {
		fputs("skipped: FOYER_TEST_SOCKET names no database server\n", stderr);
		exit(77);	/* automake: skipped */
	}
	assert_non_null(f);
	crypto_start();
	f->arena = arena_new(1024 * MiB);
	make_database(f);
	f->city = f->venue = 1;
	box_office_sql(f, "INSERT INTO cities (city_id, slug, name, zone, currency) "
	    "VALUES (1, 'london', 'London', 'Etc/UTC', 'GBP');\n"
	    "INSERT INTO venues (venue_id, city_id, slug, name, address, map_url, phone, access_note) VALUES (1, 1, 'test-house', "
	    "'The Test House', '1 Test Street, London', 'https://maps.example/1', '+44 20 7946 0000', 'Step-free from the street.')");
	f->event = box_office_event(f, "The Lamplighter", "Drama", "English");
	f->show = box_office_show(f, (struct house){ .rows = 2 });
	f->hall = FIRST_HALL;
	f->section = FIRST_HALL * 10;
	for (int i = 0; i < BOX_OFFICE_SEATS; i++)
		f->seats[i] = seat_id(FIRST_HALL, i / 5, i % 5 + 1);
	box_office_sql(f, "UPDATE seats SET kind = 'companion' WHERE seat_id = %" PRId64 ";\n"
	    "UPDATE seats SET kind = 'wheelchair' WHERE seat_id = %" PRId64, f->seats[B4], f->seats[B5]);
	f->ann = id_new();
	f->bob = id_new();
	f->cat = id_new();
	*state = f;
	return 0;
}

int
box_office_close(void **state)
{
	struct box_office *f = *state;

	box_office_sql(f, "DROP DATABASE %s", f->database);
	db_free(f->db);
	arena_free(f->arena);
	free(f);
	return 0;
}

struct db *
box_office_rival(struct box_office *f)
{
	struct db *db = connect_to(f->database);

	db_arena(db, f->arena);
	return db;
}

void
box_office_later(struct box_office *f, int64_t show, int seconds)
{
	box_office_sql(f, "UPDATE show_seats SET expires_at = expires_at - INTERVAL %d SECOND WHERE show_id = %" PRId64
	    " AND expires_at IS NOT NULL", seconds, show);
	box_office_sql(f, "UPDATE holds SET created_at = created_at - INTERVAL %d SECOND, expires_at = expires_at - INTERVAL %d SECOND, "
	    "seats_until = seats_until - INTERVAL %d SECOND, longest_until = longest_until - INTERVAL %d SECOND, "
	    "warned_for = warned_for - INTERVAL %d SECOND WHERE show_id = %" PRId64,
	    seconds, seconds, seconds, seconds, seconds, show);
}

void
box_office_sweep(struct box_office *f, int64_t show)
{
	static const char *const tables[] = { "holds", "hold_seats", "hold_buyers", "bookings", "booking_seats", "payments", "refunds",
		"psp_events", "outbox", "deliveries", "outbox_archive", "deliveries_archive", "hook_deliveries", "relay_leases", "attention", "disputes",
		"push_browsers", "buyer_phones", "reach_sent", "report_shows", "report_tickets", "report_payments", "report_refunds", "report_holds" };

	for (size_t i = 0; i < ARRAY_LEN(tables); i++)
		box_office_sql(f, "DELETE FROM %s WHERE show_id = %" PRId64, tables[i], show);
	box_office_sql(f, "DELETE FROM relay_sinks");
	box_office_sql(f, "UPDATE show_seats SET status = 'available', hold_id = NULL, expires_at = NULL, booking_id = NULL "
	    "WHERE show_id = %" PRId64, show);
}
