/*
 * test_charges.c - fees and taxes in the database: published in versions, frozen where a seat is held, told line by line; and the one
 * fee a seat that shows had before, carried over.
 */
#include "t/lib/box_office.h"

#include <setjmp.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/crypto.h"
#include "base/money.h"
#include "db/migrations.h"
#include "domain/audit.h"
#include "domain/charges.h"
#include "domain/holds.h"
#include "domain/payments.h"
#include "domain/publish.h"

#define FEE(name_, ...) { .kind = CHARGE_FEE, .name = SPAN(name_), __VA_ARGS__ }
#define TAX(name_, ...) { .kind = CHARGE_TAX, .name = SPAN(name_), __VA_ARGS__ }
#define PUBLISH(f, ...) publish((f), (struct charge[]){ __VA_ARGS__ }, ARRAY_LEN(((struct charge[]){ __VA_ARGS__ })), true)

/* What the house's show has been since box_office_open(): one fee of £1.00. */
static const struct charge pound = FEE("Booking fee", .flat = 100);

static void
publish(struct box_office *f, const struct charge *charges, size_t n, bool child)
{
	const struct publication_price prices[] = {
		{ f->section, SPAN("adult"), SPAN("Adult"), 1500, 0 }, { f->section, SPAN("child"), SPAN("Child"), 900, 1 },
	};
	struct publication p = { .show = f->show, .hall = f->hall, .layout_version = 1, .currency = SPAN("GBP"),
		.sales_from_ms = clock_now() - 3600000, .sales_until_ms = clock_now() + 86400000, .starts_ms = clock_now() + 86400000,
		.hold_seconds = 600, .extend_seconds = 300, .longest_seconds = 1800, .seats_a_hold = 8, .holds_a_buyer = 2,
		.charges = charges, .n_charges = n, .prices = prices, .n_prices = child ? 2 : 1 };

	assert_int_equal(show_publish(f->db, f->arena, &p), OUTCOME_OK);
}

static int
as_it_was(void **state)
{
	struct box_office *f = *state;

	box_office_sweep(f, f->show);
	box_office_sql(f, "DELETE FROM show_charges WHERE show_id = %" PRId64, f->show);
	publish(f, &pound, 1, true);
	return 0;
}

static int64_t
held(struct box_office *f, int64_t buyer, int64_t first, int64_t second)
{
	struct hold_ask ask = { .show = f->show, .buyer = buyer, .seats = { { first, second }, second ? 2 : 1 } };
	struct hold_result r;

	assert_int_equal(hold_take(f->db, f->arena, &ask, &r), OUTCOME_OK);
	return r.hold;
}

static int64_t
total(struct box_office *f, int64_t hold)
{
	struct hold h;

	assert_int_equal(hold_read(f->db, f->arena, f->show, hold, 0, &h), OUTCOME_OK);
	return h.total.minor;
}

/* "tickets 3000 + Booking fee 200 (VAT@20 533)": what is added with +, what is contained in brackets. */
static const char *
words(struct box_office *f, const struct charge_lines *lines)
{
	struct buf b;

	buf_init(&b, f->arena, KiB);
	buf_fmt(&b, "tickets %" PRId64, lines->tickets);
	for (size_t i = 0; i < lines->n; i++) {
		const struct charge_line *l = &lines->list[i];

		buf_fmt(&b, l->included ? " (" PRSPAN "%s" PRSPAN " %" PRId64 ")" : " + " PRSPAN "%s" PRSPAN " %" PRId64, ARGSPAN(l->name),
		    l->rate.n ? "@" : "", ARGSPAN(l->rate), l->minor);
	}
	return b.p;
}

static const char *
lines_of_hold(struct box_office *f, int64_t hold)
{
	struct charge_lines lines;

	assert_int_equal(hold_charges(f->db, f->arena, f->show, hold, &lines), OUTCOME_OK);
	return words(f, &lines);
}

static void
nobody_is_charged_otherwise(struct box_office *f)
{
	struct audit_result r;
	struct buf out;

	buf_init(&out, f->arena, MiB);
	assert_true(audit_run(f->db, f->arena, 300, &out, &r));
	assert_null(strstr(out.p, "_charged "));
}

static void
publishing_writes_what_the_charges_add_to_each_price(void **state)
{
	struct box_office *f = *state;

	PUBLISH(f, FEE("Card", .millionths = 25000), TAX("VAT", .millionths = 200000, .included = true), TAX("Levy", .flat = 50));
	assert_string_equal(box_office_text(f, "SELECT version, sort, kind, name, flat_minor, millionths, included FROM show_charges "
	    "WHERE show_id = %" PRId64 " ORDER BY version, sort", f->show),
	    "1\t0\tfee\tBooking fee\t100\t0\t0\n2\t0\tfee\tCard\t0\t25000\t0\n2\t1\ttax\tVAT\t0\t200000\t1\n2\t2\ttax\tLevy\t50\t0\t0\n");
	assert_string_equal(box_office_text(f, "SELECT price_type, minor, extra_minor, charges FROM show_prices WHERE show_id = %" PRId64
	    " ORDER BY sort", f->show), "adult\t1500\t88\t2\nchild\t900\t73\t2\n");		/* 37.5 and 22.5, and 50 */
	nobody_is_charged_otherwise(f);
}

static void
the_same_charges_again_are_the_same_version(void **state)
{
	struct box_office *f = *state;

	PUBLISH(f, pound);
	assert_int_equal(box_office_number(f, "SELECT MAX(version) FROM show_charges WHERE show_id = %" PRId64, f->show), 1);
	publish(f, NULL, 0, true);
	assert_string_equal(box_office_text(f, "SELECT extra_minor, charges FROM show_prices WHERE show_id = %" PRId64, f->show),
	    "0\t0\n0\t0\n");
	PUBLISH(f, pound);
	assert_string_equal(box_office_text(f, "SELECT extra_minor, charges FROM show_prices WHERE show_id = %" PRId64, f->show),
	    "100\t1\n100\t1\n");
	PUBLISH(f, FEE("Booking fee", .flat = 101));
	PUBLISH(f, pound);
	assert_string_equal(box_office_text(f, "SELECT version, flat_minor FROM show_charges WHERE show_id = %" PRId64 " ORDER BY version",
	    f->show), "1\t100\n2\t101\n3\t100\n");
}

static void
a_price_that_cannot_be_written_is_not_published(void **state)
{
	struct box_office *f = *state;
	const struct publication_price price = { f->section, SPAN("adult"), SPAN("Adult"), INT32_MAX, 0 };
	struct publication p = { .show = f->show, .hall = f->hall, .layout_version = 1, .currency = SPAN("GBP"), .charges = &pound,
		.n_charges = 1, .prices = &price, .n_prices = 1 };

	assert_int_equal(show_publish(f->db, f->arena, &p), OUTCOME_BROKEN);
	assert_int_equal(box_office_number(f, "SELECT MAX(minor) FROM show_prices WHERE show_id = %" PRId64, f->show), 1500);
}

static void
until_when_tickets_may_be_given_back_is_published(void **state)
{
	struct box_office *f = *state;
	struct publication p = { .show = f->show, .hall = f->hall, .layout_version = 1, .currency = SPAN("GBP"), .cancels = true,
		.cancel_hours = 24, .cancel_fee_minor = 150, .hold_seconds = 600, .extend_seconds = 300, .longest_seconds = 1800,
		.seats_a_hold = 8, .holds_a_buyer = 2, .sales_until_ms = 1, .starts_ms = 1 };

	assert_string_equal(box_office_text(f, "SELECT cancel_hours, cancel_fee_minor FROM show_sales WHERE show_id = %" PRId64, f->show),
	    "NULL\t0\n");
	assert_int_equal(show_publish(f->db, f->arena, &p), OUTCOME_OK);
	assert_string_equal(box_office_text(f, "SELECT cancel_hours, cancel_fee_minor FROM show_sales WHERE show_id = %" PRId64, f->show),
	    "24\t150\n");
}

static void
a_held_seat_keeps_its_charges_and_a_new_hold_has_the_new_ones(void **state)
{
	struct box_office *f = *state;
	int64_t before = held(f, f->ann, f->seats[A1], f->seats[A2]), after;

	PUBLISH(f, FEE("Booking fee", .flat = 250), TAX("VAT", .millionths = 200000, .included = true));
	after = held(f, f->bob, f->seats[A4], 0);
	assert_int_equal(total(f, before), 3200);
	assert_int_equal(total(f, after), 1750);
	assert_string_equal(lines_of_hold(f, before), "tickets 3000 + Booking fee 200");
	assert_string_equal(lines_of_hold(f, after), "tickets 1500 + Booking fee 250 (VAT@20 292)");	/* 291.67 */
	nobody_is_charged_otherwise(f);
}

static void
what_is_paid_is_what_was_held(void **state)
{
	struct box_office *f = *state;
	int64_t payment, hold = held(f, f->ann, f->seats[A1], f->seats[A2]);
	struct payment_begin ask = { .show = f->show, .hold = hold, .buyer = f->ann, .payment = id_new(), .booking = id_new(),
		.provider = SPAN("stripe"), .email = SPAN("ann@example.org"), .name = SPAN("Ann"), .amount = money_of(3200, SPAN("GBP")),
		.key = SPAN("key"), .body = SPAN("mode=payment") };
	struct charge_lines lines;

	PUBLISH(f, FEE("Booking fee", .flat = 250));
	assert_int_equal(payment_begin(f->db, f->arena, &ask, &payment), OUTCOME_OK);
	assert_int_equal(booking_charges(f->db, f->arena, f->show, ask.booking, &lines), OUTCOME_OK);
	assert_string_equal(words(f, &lines), "tickets 3000 + Booking fee 200");
	assert_int_equal(box_office_number(f, "SELECT SUM(charges = 1) FROM booking_seats WHERE show_id = %" PRId64, f->show), 2);
	nobody_is_charged_otherwise(f);
}

static void
another_price_type_has_the_charges_of_now(void **state)
{
	struct box_office *f = *state;
	int64_t hold = held(f, f->ann, f->seats[A1], f->seats[A2]);
	const struct span types[] = { SPAN("child"), SPAN("adult") };
	const int64_t seats[] = { f->seats[A1], f->seats[A2] };

	PUBLISH(f, FEE("Booking fee", .flat = 100), FEE("Card", .millionths = 100000));
	assert_int_equal(hold_price(f->db, f->arena, f->show, hold, f->ann, seats, types, 2), OUTCOME_OK);
	assert_int_equal(total(f, hold), 900 + 100 + 90 + 1500 + 100);
	/* and what both versions have is one line */
	assert_string_equal(lines_of_hold(f, hold), "tickets 2400 + Booking fee 200 + Card@10 90");
	nobody_is_charged_otherwise(f);
}

static void
a_price_that_is_told_no_longer_keeps_its_version(void **state)
{
	struct box_office *f = *state;
	int64_t hold = held(f, f->ann, f->seats[A1], 0), swapped;
	const struct charge dearer = FEE("Booking fee", .flat = 250);
	const struct span child = SPAN("child");

	assert_int_equal(hold_price(f->db, f->arena, f->show, hold, f->ann, &f->seats[A1], &child, 1), OUTCOME_OK);
	publish(f, &dearer, 1, false);
	swapped = held(f, f->ann, f->seats[A1], f->seats[A2]);	/* A1 stays a child's, A2 is new */
	assert_int_equal(total(f, swapped), 900 + 100 + 1500 + 250);
	assert_string_equal(lines_of_hold(f, swapped), "tickets 2400 + Booking fee 350");
	nobody_is_charged_otherwise(f);
}

static void
lines_are_sums_over_the_seats_and_come_to_the_total(void **state)
{
	struct box_office *f = *state;
	const struct span types[] = { SPAN("child"), SPAN("adult") };
	const int64_t seats[] = { f->seats[A1], f->seats[A2] };
	int64_t hold;

	PUBLISH(f, FEE("Card", .millionths = 25000), TAX("GST", .millionths = 180000), TAX("VAT", .millionths = 50000, .included = true));
	hold = held(f, f->ann, f->seats[A1], f->seats[A2]);
	assert_int_equal(hold_price(f->db, f->arena, f->show, hold, f->ann, seats, types, 2), OUTCOME_OK);
	/* a child: 22.5, 923 × 0.18 = 166.14, 923 / 21 = 43.95; an adult: 37.5, 1538 × 0.18 = 276.84, 1538 / 21 = 73.24 */
	assert_string_equal(lines_of_hold(f, hold), "tickets 2400 + Card@2.5 61 + GST@18 443 (VAT@5 117)");
	assert_int_equal(total(f, hold), 2400 + 61 + 443);
	nobody_is_charged_otherwise(f);
}

static void
without_charges_there_are_only_tickets(void **state)
{
	struct box_office *f = *state;
	int64_t hold;

	publish(f, NULL, 0, true);
	hold = held(f, f->ann, f->seats[A1], f->seats[A2]);
	assert_int_equal(total(f, hold), 3000);
	assert_string_equal(lines_of_hold(f, hold), "tickets 3000");
	assert_string_equal(lines_of_hold(f, hold + 1), "tickets 0");
}

/* -- from before ---------------------------------------------------------------------------------------------------------------- */

/* A database as it was before sql/006, in a folder with the files up to there. */
static struct box_office
open_old(struct box_office *f, const char *folder, const char *sql)
{
	struct box_office old = { .arena = f->arena };
	struct db_place place = { .socket = getenv("FOYER_TEST_SOCKET"), .user = "root", .password = "", .name = old.database };

	snprintf(old.database, sizeof(old.database), "%s_old", f->database);
	box_office_sql(f, "CREATE DATABASE %s", old.database);
	assert_int_equal(system(arena_fmt(f->arena, "mkdir '%s' && cp '%s'/00[1-5]-*.sql '%s'/", folder, sql, folder).p), 0);
	old.db = db_new(&place);
	db_arena(old.db, f->arena);
	assert_true(migrate(old.db, f->arena, folder));
	return old;
}

/* Show 1 has a fee of 1.50, which was 1.00 when hold 11 was taken; show 2 has none, but had; show 3 never had one. */
static void
sell_as_before(struct box_office *old)
{
	box_office_sql(old, "INSERT INTO show_sales (show_id, state, currency, fee_minor, starts_at, sales_from, sales_until) VALUES "
	    "(1, 'on_sale', 'GBP', 150, '2030-01-01', '2026-01-01', '2030-01-01'), (2, 'on_sale', 'GBP', 0, '2030-01-01', '2026-01-01', "
	    "'2030-01-01'), (3, 'on_sale', 'JPY', 0, '2030-01-01', '2026-01-01', '2030-01-01');\n"
	    "INSERT INTO show_prices (show_id, section_id, price_type, name, minor, sort) VALUES (1, 1, 'adult', 'Adult', 1500, 0), "
	    "(1, 1, 'child', 'Child', 900, 1), (2, 1, 'adult', 'Adult', 1200, 0), (3, 1, 'adult', 'Adult', 2000, 0);\n"
	    "INSERT INTO hold_seats (show_id, hold_id, seat_id, price_type, price_minor, fee_minor) VALUES (1, 11, 1, 'adult', 1500, 100), "
	    "(1, 12, 2, 'adult', 1500, 150), (2, 21, 1, 'adult', 1200, 200), (2, 22, 2, 'adult', 1200, 0), (3, 31, 1, 'adult', 2000, 0);\n"
	    "INSERT INTO booking_seats (show_id, booking_id, seat_id, state, price_type, price_minor, fee_minor, serial) VALUES "
	    "(1, 11, 1, 'live', 'adult', 1500, 100, 1), (2, 21, 1, 'live', 'adult', 1200, 200, 1)");
}

static void
the_one_fee_of_before_is_carried_over_in_all_its_amounts(void **state)
{
	struct box_office *f = *state;
	const char *folder = arena_fmt(f->arena, "/tmp/foyer-test-old-%ld", (long)getpid()).p, *top = getenv("srcdir");
	const char *sql = arena_fmt(f->arena, "%s/sql", top && *top ? top : ".").p;
	struct box_office old = open_old(f, folder, sql);

	sell_as_before(&old);
	assert_true(migrate(old.db, f->arena, sql));
	assert_string_equal(box_office_text(&old, "SELECT show_id, version, sort, kind, name, flat_minor, millionths, included "
	    "FROM show_charges ORDER BY show_id, version"), "1\t1\t0\tfee\tBooking fee\t100\t0\t0\n1\t2\t0\tfee\tBooking fee\t150\t0\t0\n"
	    "2\t1\t0\tfee\tBooking fee\t200\t0\t0\n");
	assert_string_equal(box_office_text(&old, "SELECT show_id, price_type, minor, extra_minor, charges FROM show_prices "
	    "ORDER BY show_id, sort"), "1\tadult\t1500\t150\t2\n1\tchild\t900\t150\t2\n2\tadult\t1200\t0\t0\n3\tadult\t2000\t0\t0\n");
	assert_string_equal(box_office_text(&old, "SELECT hold_id, fee_minor, charges FROM hold_seats ORDER BY hold_id"),
	    "11\t100\t1\n12\t150\t2\n21\t200\t1\n22\t0\t0\n31\t0\t0\n");
	assert_string_equal(box_office_text(&old, "SELECT booking_id, fee_minor, charges FROM booking_seats ORDER BY booking_id"),
	    "11\t100\t1\n21\t200\t1\n");
	nobody_is_charged_otherwise(&old);
	assert_int_equal(system(arena_fmt(f->arena, "rm -r '%s'", folder).p), 0);
	box_office_sql(f, "DROP DATABASE %s", old.database);
	db_free(old.db);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup(name, as_it_was)
		TEST(publishing_writes_what_the_charges_add_to_each_price),
		TEST(the_same_charges_again_are_the_same_version),
		TEST(a_price_that_cannot_be_written_is_not_published),
		TEST(until_when_tickets_may_be_given_back_is_published),
		TEST(a_held_seat_keeps_its_charges_and_a_new_hold_has_the_new_ones),
		TEST(what_is_paid_is_what_was_held),
		TEST(another_price_type_has_the_charges_of_now),
		TEST(a_price_that_is_told_no_longer_keeps_its_version),
		TEST(lines_are_sums_over_the_seats_and_come_to_the_total),
		TEST(without_charges_there_are_only_tickets),
		TEST(the_one_fee_of_before_is_carried_over_in_all_its_amounts),
	};

	return cmocka_run_group_tests_name("charges in the database", tests, box_office_open, box_office_close);
}
