/* test_edges.c - what only bad luck brings about: a connection that dies between two rows, two workers that draw one id, news of another's session. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <sys/wait.h>
#include <unistd.h>

#include "t/lib/box_office.h"

#include "base/crypto.h"
#include "domain/holds.h"
#include "domain/payments.h"
#include "domain/settle.h"

STATEMENT(edge_seats, SHOW, "i", "SELECT seat_id FROM show_seats WHERE show_id = ? ORDER BY seat_id");
STATEMENT(edge_show, SHOW, "t", "SELECT state FROM show_sales WHERE show_id = ?");

static int
sweep(void **state)
{
	struct box_office *f = *state;

	db_clear(f->db);
	box_office_sweep(f, f->show);
	return 0;
}

static void
cut_off(struct box_office *f)
{
	struct db *rival = box_office_rival(f);
	int64_t id = box_office_number(f, "SELECT CONNECTION_ID()");

	assert_true(db_script(rival, arena_fmt(f->arena, "KILL %" PRId64 ";\n", id), "rival"));
	db_free(rival);
	usleep(20000);
}

static void
rows_end_with_the_connection_that_they_came_by(void **state)
{
	struct box_office *f = *state;
	struct rows *rows = db_select(f->db, &edge_seats, f->show);

	assert_true(rows_next(rows));
	cut_off(f);
	assert_non_null(db_row(f->db, &edge_show, f->show));	/* asked again on a new connection */
	assert_false(rows_next(rows));
	assert_int_equal(db_failed(f->db), DB_LOST);		/* the rest was not read, and is not taken for none */
	assert_int_equal(row_int(rows, 0), 0);
	rows_done(rows);
	assert_int_equal(rows_count(rows), 0);
	db_clear(f->db);
	assert_non_null(db_row(f->db, &edge_show, f->show));
}

static int64_t
held(struct box_office *f, int64_t buyer, struct seat_set seats)
{
	struct hold_ask ask = { .show = f->show, .buyer = buyer, .seats = seats };
	struct hold_result r;

	assert_int_equal(hold_take(f->db, f->arena, &ask, &r), OUTCOME_OK);
	return r.hold;
}

static void
seats_of_two_holds_keep_their_prices_in_the_one_that_replaces_both(void **state)
{
	struct box_office *f = *state;
	int64_t first = held(f, f->ann, (struct seat_set){ { f->seats[A1], f->seats[A2] }, 2 });
	int64_t second = held(f, f->ann, (struct seat_set){ { f->seats[B1], f->seats[B2] }, 2 }), both;
	const struct span child = SPAN("child");

	assert_int_equal(hold_price(f->db, f->arena, f->show, first, f->ann, &f->seats[A1], &child, 1), OUTCOME_OK);
	assert_int_equal(hold_price(f->db, f->arena, f->show, second, f->ann, &f->seats[B1], &child, 1), OUTCOME_OK);
	both = held(f, f->ann, (struct seat_set){ { f->seats[A1], f->seats[B1], f->seats[B2], f->seats[B3] }, 4 });
	assert_string_equal(box_office_text(f, "SELECT price_type FROM hold_seats WHERE show_id = %" PRId64 " AND hold_id = %" PRId64
	    " ORDER BY seat_id", f->show, both), "child\nchild\nadult\nadult\n");
}

/* A trigger says what the key would: it cannot be arranged which id is drawn. */
static void
a_hold_whose_id_another_worker_drew_is_taken_under_another(void **state)
{
	struct box_office *f = *state;
	int64_t hold;

	box_office_sql(f, "CREATE TRIGGER twice BEFORE INSERT ON holds FOR EACH ROW BEGIN "
	    "SET @first = COALESCE(@first, NEW.hold_id); IF NEW.hold_id = @first THEN "
	    "SIGNAL SQLSTATE '23000' SET MYSQL_ERRNO = 1062, MESSAGE_TEXT = \"Duplicate entry for key 'PRIMARY'\"; END IF; END");
	hold = held(f, f->ann, (struct seat_set){ { f->seats[A1] }, 1 });
	box_office_sql(f, "DROP TRIGGER twice");
	assert_int_equal(box_office_number(f, "SELECT COUNT(*) FROM holds WHERE hold_id = %" PRId64, hold), 1);
	assert_int_equal(box_office_number(f, "SELECT hold_id FROM show_seats WHERE show_id = %" PRId64 " AND status = 'held'", f->show),
	    hold);
}

/* Whatever the optimizer thinks of a small table: the locking read of one buyer's holds sees no other's. */
static void
nobody_waits_for_another_buyers_hold(void **state)
{
	struct box_office *f = *state;
	struct db *rival = box_office_rival(f);

	for (int64_t i = 0; i < 4; i++)
		held(f, 1000 + i, (struct seat_set){ { f->seats[A1 + i] }, 1 });
	assert_true(db_script(rival, SPAN("START TRANSACTION;\nUPDATE holds SET extensions = extensions + 1;\n"), "rival"));
	box_office_sql(f, "SET SESSION innodb_lock_wait_timeout = 1");
	held(f, f->ann, (struct seat_set){ { f->seats[B1], f->seats[B2] }, 2 });
	db_free(rival);
	box_office_sql(f, "SET SESSION innodb_lock_wait_timeout = 3");
}

#define DRAWERS 4
#define DRAWN 20000

static int
by_value(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* Who shares a buyer's id shares seats and tickets: no row would tell two of them apart. */
static void
buyers_of_different_workers_never_share_an_id(void **state)
{
	static int64_t ids[DRAWERS * DRAWN];
	size_t got = 0, twice = 0;
	int ends[2];

	(void)state;
	assert_int_equal(pipe(ends), 0);
	for (int i = 0; i < DRAWERS; i++)
		if (fork() == 0) {
			for (int k = 0; k < DRAWN; k++) {
				int64_t id = id_by_chance();

				if (id <= 0 || write(ends[1], &id, sizeof(id)) != sizeof(id))
					_exit(1);
			}
			_exit(0);
		}
	close(ends[1]);
	while (got < ARRAY_LEN(ids) && read(ends[0], &ids[got], sizeof(ids[0])) == sizeof(ids[0]))
		got++;
	while (wait(NULL) > 0)
		;
	close(ends[0]);
	assert_int_equal(got, ARRAY_LEN(ids));
	qsort(ids, got, sizeof(ids[0]), by_value);
	for (size_t i = 1; i < got; i++)
		twice += ids[i] == ids[i - 1];
	assert_int_equal(twice, 0);
}

static int64_t
paying(struct box_office *f)
{
	struct payment_begin ask = { .show = f->show, .hold = held(f, f->ann, (struct seat_set){ { f->seats[A1], f->seats[A2] }, 2 }),
		.buyer = f->ann, .payment = id_new(), .booking = id_new(), .provider = SPAN("stripe"), .email = SPAN("ann@example.org"),
		.name = SPAN("Ann"), .amount = money_of(3200, SPAN("GBP")), .key = SPAN("key"), .body = SPAN("mode=payment") };
	int64_t payment;

	assert_int_equal(payment_begin(f->db, f->arena, &ask, &payment), OUTCOME_OK);
	assert_int_equal(payment_opened(f->db, f->arena, f->show, payment, SPAN("cs_ours"), SPAN("https://pay.example/x")), OUTCOME_OK);
	return payment;
}

static enum settled
told(struct box_office *f, int64_t payment, enum settle_fact fact, const char *session, bool live)
{
	struct settle_ask ask = { .show = f->show, .payment = payment, .fact = fact, .amount = money_of(3200, SPAN("GBP")),
		.session = span_of(session), .capture = SPAN_NONE, .live = live, .provider = SPAN_NONE };
	enum settled settled;

	assert_int_equal(settle(f->db, f->arena, &ask, &settled), OUTCOME_OK);
	return settled;
}

#define STATE(f, payment) box_office_text(f, "SELECT state FROM payments WHERE payment_id = %" PRId64, payment)

static void
the_end_of_another_session_or_mode_does_not_end_a_payment(void **state)
{
	struct box_office *f = *state;
	int64_t payment = paying(f);

	assert_int_equal(told(f, payment, SETTLE_CLOSED, "cs_other", false), SETTLED_MISMATCH);
	assert_int_equal(told(f, payment, SETTLE_FAILED, "cs_ours", true), SETTLED_MISMATCH);
	assert_int_equal(told(f, payment, SETTLE_PENDING, "cs_other", false), SETTLED_MISMATCH);
	assert_string_equal(STATE(f, payment), "open\n");
	assert_int_equal(told(f, payment, SETTLE_PAID, "cs_ours", false), SETTLED_CONFIRMED);
}

/* What was claimed for capture has been tried: that its session is over is how it failed. */
static void
a_payment_that_was_to_be_captured_fails_when_its_session_ends(void **state)
{
	struct box_office *f = *state;
	int64_t payment = paying(f);

	box_office_sql(f, "UPDATE payments SET state = 'capturing' WHERE payment_id = %" PRId64, payment);
	assert_int_equal(told(f, payment, SETTLE_CLOSED, "cs_ours", false), SETTLED_ENDED);
	assert_string_equal(STATE(f, payment), "failed\n");
}

#define TEST(name) cmocka_unit_test_setup(name, sweep)

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(rows_end_with_the_connection_that_they_came_by),
		TEST(seats_of_two_holds_keep_their_prices_in_the_one_that_replaces_both),
		TEST(a_hold_whose_id_another_worker_drew_is_taken_under_another),
		TEST(nobody_waits_for_another_buyers_hold),
		TEST(buyers_of_different_workers_never_share_an_id),
		TEST(the_end_of_another_session_or_mode_does_not_end_a_payment),
		TEST(a_payment_that_was_to_be_captured_fails_when_its_session_ends),
	};

	return cmocka_run_group_tests(tests, box_office_open, box_office_close);
}
