/*
 * test_report_views.c - how often halls were looked at, counted from a log that is rotated, cut and torn, by several readers at once: each
 * line once, on the venue's day.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "t/lib/box_office.h"

#include <sys/wait.h>
#include <unistd.h>

#include "base/crypto.h"
#include "relay/access_log.h"

static struct box_office *house;
static char log_path[160], other_path[160];
static const struct log_place here = { "here", log_path };

static void
log_line_add(const char *path, const char *text)
{
	FILE *f = fopen(path, "ae");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static const char *
view_of(int64_t of_show, const char *end)
{
	return arena_fmt(house->arena, "time=2026-03-01T20:30:05+00:00 id=0f client=127.0.0.1 method=GET path=\"/shows/%" PRId64 "\" status=200 "
	    "bytes=8 seconds=0.001 cache=HIT to=\"-\" upstream=\"-\" upstream_seconds=\"-\" agent=\"x\"%s", of_show, end).p;
}

static int64_t
views(void)
{
	while (access_log_read(house->db, house->arena, &here))
		;
	assert_int_equal(db_failed(house->db), DB_FINE);
	return box_office_number(house, "SELECT COALESCE(SUM(views), 0) FROM report_views WHERE show_id = %" PRId64, house->show);
}

static void
a_log_is_followed_over_torn_lines_and_rotation_and_no_line_counts_twice(void **state)
{
	const char *line = view_of(house->show, "\n"), *rotated = arena_fmt(house->arena, "%s.1", log_path).p;

	(void)state;
	assert_int_equal(views(), 0);			/* there is no log yet */
	log_line_add(log_path, line);
	log_line_add(log_path, view_of(999999, "\n"));	/* of no show that we know */
	log_line_add(log_path, view_of(house->show, ""));
	assert_int_equal(views(), 1);			/* the last line is not whole */
	assert_int_equal(views(), 1);
	log_line_add(log_path, "\n");
	log_line_add(log_path, line);
	assert_int_equal(views(), 3);
	log_line_add(log_path, line);
	assert_int_equal(rename(log_path, rotated), 0);	/* and nginx goes on to write into it until it is told */
	assert_int_equal(views(), 4);
	log_line_add(rotated, line);
	log_line_add(log_path, line);
	assert_int_equal(views(), 6);
	assert_int_equal(truncate(log_path, 0), 0);
	assert_int_equal(views(), 6);
	log_line_add(log_path, line);
	assert_int_equal(views(), 7);
	assert_string_equal(box_office_text(house, "SELECT local_date, views FROM report_views"), "2026-03-02\t7\n");	/* Mumbai */
	unlink(rotated);
}

static void
a_file_of_rubbish_is_read_to_its_end(void **state)
{
	static char rubbish[3 * MiB];
	FILE *f = fopen(log_path, "ae");

	(void)state;
	assert_non_null(f);
	for (size_t i = 0; i < sizeof(rubbish); i++)
		rubbish[i] = (char)(random_below(255) + 1);
	for (size_t i = 0; i < sizeof(rubbish); i++)
		rubbish[i] = (char)(rubbish[i] == '\n' ? ' ' : rubbish[i]);
	fwrite(rubbish, 1, sizeof(rubbish), f);
	fputs("\n", f);
	fputs(view_of(house->show, "\n"), f);
	fclose(f);
	assert_int_equal(views(), 8);
}

static void
of_two_readers_of_one_log_each_line_counts_once(void **state)
{
	pid_t others[2];

	(void)state;
	for (int i = 0; i < 300; i++)
		log_line_add(log_path, view_of(house->show, "\n"));
	for (size_t i = 0; i < ARRAY_LEN(others); i++) {
		others[i] = fork();
		assert_true(others[i] >= 0);
		if (others[i] == 0) {
			struct db *db = box_office_rival(house);

			for (int k = 0; k < 20; k++)
				access_log_read(db, house->arena, &here);
			_exit(0);
		}
	}
	for (size_t i = 0; i < ARRAY_LEN(others); i++)
		assert_int_equal(waitpid(others[i], NULL, 0), others[i]);
	assert_int_equal(views(), 308);
}

/* What a machine that went down left of its last line is nobody's view, and holds up nothing. */
static void
after_a_crash_the_torn_end_of_the_old_file_is_passed_over_once_there_is_a_new_one(void **state)
{
	const char *line = view_of(house->show, "\n"), *rotated = arena_fmt(house->arena, "%s.1", log_path).p;
	int64_t before = views();

	(void)state;
	log_line_add(log_path, line);
	log_line_add(log_path, "time=2026-03-01T20:30:05+00:00 id=0f cli");
	assert_int_equal(rename(log_path, rotated), 0);
	assert_int_equal(views(), before + 1);		/* it may still be written to */
	log_line_add(rotated, view_of(house->show, "") + strlen("time=2026-03-01T20:30:05+00:00 id=0f cli"));
	assert_int_equal(views(), before + 1);
	log_line_add(rotated, "\n");
	assert_int_equal(views(), before + 2);
	log_line_add(rotated, "time=2026-03-01T20:3");
	log_line_add(log_path, line);
	assert_int_equal(views(), before + 3);
	/* and the next rotation finds nothing unread */
	log_line_add(log_path, line);
	assert_int_equal(rename(log_path, rotated), 0);
	log_line_add(log_path, line);
	assert_int_equal(views(), before + 5);
	unlink(rotated);
}

/* Their files have one path and are two. */
static void
of_two_machines_each_counts_its_own_log_once(void **state)
{
	const char *line = view_of(house->show, "\n"), *kept = arena_fmt(house->arena, "%s.here", log_path).p;
	int64_t before = views();
	struct log_place there = { "there", log_path };

	(void)state;
	log_line_add(log_path, line);
	log_line_add(other_path, line);
	log_line_add(other_path, line);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(views(), before + (i ? 3 : 1));
		assert_int_equal(rename(log_path, kept), 0);
		assert_int_equal(rename(other_path, log_path), 0);
		while (access_log_read(house->db, house->arena, &there))
			;
		assert_int_equal(rename(log_path, other_path), 0);
		assert_int_equal(rename(kept, log_path), 0);
	}
	assert_int_equal(views(), before + 3);
}

static int
open_house(void **state)
{
	int end = box_office_open(state);

	house = *state;
	if (!house)
		return end;
	box_office_sql(house, "UPDATE shows SET zone = 'Asia/Kolkata'");
	snprintf(log_path, sizeof(log_path), "/tmp/foyer-report-log-%d", (int)getpid());
	snprintf(other_path, sizeof(other_path), "%s.there", log_path);
	return end;
}

static int
close_house(void **state)
{
	unlink(log_path);
	unlink(other_path);
	return box_office_close(state);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_log_is_followed_over_torn_lines_and_rotation_and_no_line_counts_twice),
		cmocka_unit_test(a_file_of_rubbish_is_read_to_its_end),
		cmocka_unit_test(of_two_readers_of_one_log_each_line_counts_once),
		cmocka_unit_test(after_a_crash_the_torn_end_of_the_old_file_is_passed_over_once_there_is_a_new_one),
		cmocka_unit_test(of_two_machines_each_counts_its_own_log_once),
	};

	log_open("test", LOG_LEVEL_ERROR);
	return cmocka_run_group_tests(tests, open_house, close_house);
}
