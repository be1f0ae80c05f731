/* test_edges.c - what only bad luck brings about: a connection that dies between two rows, two workers that draw one id, news of another's session. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

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

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(rows_end_with_the_connection_that_they_came_by, sweep),
	};

	return cmocka_run_group_tests(tests, box_office_open, box_office_close);
}
