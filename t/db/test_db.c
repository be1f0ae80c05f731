/* test_db.c - the statement layer and its transactions: what goes in comes out, and what goes wrong is told apart and tried again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <sys/wait.h>
#include <unistd.h>

#include "t/lib/box_office.h"

#include "base/crypto.h"
#include "db/migrations.h"

STATEMENT(note_add, GLOBAL, "", "INSERT INTO notes (id, n, t, at, word) VALUES (?, ?, ?, ?, ?)");
STATEMENT(note_read, GLOBAL, "itd", "SELECT n, t, at FROM notes WHERE id = ?");
STATEMENT(note_known, GLOBAL, "i", "SELECT id FROM notes WHERE id = ?");
STATEMENT(note_count_up, GLOBAL, "", "UPDATE notes SET n = n + 1 WHERE id = ?");
STATEMENT(note_touch, GLOBAL, "", "UPDATE notes SET n = n WHERE id = ?");
STATEMENT(notes_all, GLOBAL, "it", "SELECT id, t FROM notes ORDER BY id");
STATEMENT(note_of_nothing, GLOBAL, "i", "SELECT nothing FROM notes");

TRANSACTION(note_tx, "test_note");

static int
open_notes(void **state)
{
	struct box_office *f;

	box_office_open(state);
	f = *state;
	box_office_sql(f, "CREATE TABLE notes (id BIGINT NOT NULL PRIMARY KEY, n BIGINT NULL, t MEDIUMTEXT NULL, at DATETIME(3) NULL, "
	    "word VARCHAR(20) NULL, UNIQUE KEY (word), CONSTRAINT note_sane CHECK (id > 0)) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4");
	return 0;
}

static int
empty(void **state)
{
	struct box_office *f = *state;

	db_clear(f->db);
	box_office_sql(f, "DELETE FROM notes;\nINSERT INTO notes (id, n) VALUES (1, 0), (2, 0)");
	return 0;
}

#define NOTES(f, where) box_office_number(f, "SELECT COUNT(*) FROM notes WHERE " where)
#define VALUE_OF(f, id) box_office_number(f, "SELECT n FROM notes WHERE id = %d", id)

/* -- values ------------------------------------------------------------------------------------------------------------------ */

static void
numbers_texts_and_times_come_back_as_they_were(void **state)
{
	static const int64_t numbers[] = { 0, -1, INT64_MIN, INT64_MAX }, times[] = { 0, 1, -1, 1795200000123, 253402300799999, -62167219200000 + 86400000 };
	static const char *const texts[] = { "", "x", "it's \"quoted\" \\ %s ?", "Ünïcødé ✓ 🎭", "two\nlines\t" };
	struct box_office *f = *state;

	for (size_t i = 0; i < 6; i++) {
		int64_t n = numbers[i % ARRAY_LEN(numbers)];
		const char *t = texts[i % ARRAY_LEN(texts)];
		struct rows *row;

		assert_int_equal(db_change(f->db, &note_add, 10 + i, n, t, at_ms(times[i]), NO_VALUE), 1);
		row = db_row(f->db, &note_read, 10 + i);
		assert_non_null(row);
		assert_true(row_int(row, 0) == n);
		assert_true(span_is(row_text(row, 1), t));
		assert_true(row_int(row, 2) == times[i]);
		rows_done(row);
	}
}

static void
null_is_told_from_nothing(void **state)
{
	struct box_office *f = *state;
	struct rows *row;

	assert_int_equal(db_change(f->db, &note_add, 10, NO_VALUE, NO_VALUE, NO_VALUE, NO_VALUE), 1);
	row = db_row(f->db, &note_read, 10);
	for (size_t i = 0; i < 3; i++)
		assert_true(row_null(row, i));
	assert_true(row_int(row, 0) == 0 && row_text(row, 1).n == 0 && row_int(row, 2) == 0);
	rows_done(row);
	assert_int_equal(db_change(f->db, &note_add, 11, 0, "", at_ms(0), INT_OR_NULL(0)), 1);
	row = db_row(f->db, &note_read, 11);
	for (size_t i = 0; i < 3; i++)
		assert_false(row_null(row, i));
	rows_done(row);
}

static void
a_text_of_any_length_comes_back_whole(void **state)
{
	static const size_t lengths[] = { 3, 255, 256, 257, 100000, 1, 3000000, 0 };
	struct box_office *f = *state;
	struct rows *rows;
	char *text = arena_alloc(f->arena, 3000000);

	for (size_t i = 0; i < 3000000; i++)
		text[i] = (char)('a' + i % 23);
	for (size_t i = 0; i < ARRAY_LEN(lengths); i++)
		assert_int_equal(db_change(f->db, &note_add, 10 + i, 0, ((struct span){ text, lengths[i] }), NO_VALUE, NO_VALUE), 1);
	rows = db_select(f->db, &notes_all);
	assert_int_equal(rows_count(rows), 2 + ARRAY_LEN(lengths));
	assert_true(rows_next(rows) && rows_next(rows));
	for (size_t i = 0; i < ARRAY_LEN(lengths); i++) {
		struct span got;

		assert_true(rows_next(rows));
		got = row_text(rows, 1);
		assert_int_equal(got.n, lengths[i]);
		assert_memory_equal(got.p, text, got.n);
	}
	assert_false(rows_next(rows));
}

static void
another_statement_may_run_between_rows(void **state)
{
	struct box_office *f = *state;
	struct rows *rows = db_select(f->db, &notes_all);
	size_t n = 0;

	while (rows_next(rows)) {
		assert_int_equal(db_change(f->db, &note_count_up, row_int(rows, 0)), 1);
		n++;
	}
	assert_int_equal(n, 2);
	assert_int_equal(VALUE_OF(f, 1) + VALUE_OF(f, 2), 2);
}

static void
only_rows_that_really_differ_count_as_changed(void **state)
{
	struct box_office *f = *state;

	assert_int_equal(db_change(f->db, &note_touch, 1), 0);
	assert_int_equal(db_change(f->db, &note_count_up, 1), 1);
	assert_int_equal(db_change(f->db, &note_count_up, 99), 0);
	assert_int_equal(db_failed(f->db), DB_FINE);
}

/* -- errors ------------------------------------------------------------------------------------------------------------------ */

static void
an_error_sticks_until_it_is_cleared(void **state)
{
	struct box_office *f = *state;

	assert_int_equal(db_change(f->db, &note_add, 1, 0, "", NO_VALUE, NO_VALUE), 0);
	assert_int_equal(db_failed(f->db), DB_DUPLICATE);
	assert_int_equal(db_change(f->db, &note_count_up, 1), 0);
	assert_null(db_row(f->db, &note_known, 1));
	db_clear(f->db);
	assert_int_equal(db_change(f->db, &note_count_up, 1), 1);
	assert_int_equal(VALUE_OF(f, 1), 1);
}

static void
what_refused_is_told_apart(void **state)
{
	struct box_office *f = *state;

	db_change(f->db, &note_add, -5, 0, "", NO_VALUE, NO_VALUE);
	assert_int_equal(db_failed(f->db), DB_REFUSED);		/* CHECK */
	db_clear(f->db);
	db_change(f->db, &note_add, 10, 0, "", NO_VALUE, "a word that is longer than its column");
	assert_int_equal(db_failed(f->db), DB_REFUSED);
	db_clear(f->db);
	db_change(f->db, &note_add, NO_VALUE, 0, "", NO_VALUE, NO_VALUE);
	assert_int_equal(db_failed(f->db), DB_REFUSED);
	db_clear(f->db);
	assert_null(db_row(f->db, &note_of_nothing));
	assert_int_equal(db_failed(f->db), DB_BROKEN);
}

/* As a server does that restarts, or a firewall that forgets. */
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
a_read_on_a_dead_connection_is_asked_again(void **state)
{
	struct box_office *f = *state;
	struct rows *row;

	cut_off(f);
	row = db_row(f->db, &note_known, 2);
	assert_non_null(row);
	assert_int_equal(row_int(row, 0), 2);
	rows_done(row);
	assert_int_equal(db_failed(f->db), DB_FINE);
}

static void
a_change_on_a_dead_connection_is_not_made_twice_by_guess(void **state)
{
	struct box_office *f = *state;

	cut_off(f);
	assert_int_equal(db_change(f->db, &note_count_up, 1), 0);
	assert_int_equal(db_failed(f->db), DB_LOST);
	db_clear(f->db);
	assert_int_equal(db_change(f->db, &note_count_up, 1), 1);
	assert_int_equal(VALUE_OF(f, 1), 1);
}

/* -- transactions ------------------------------------------------------------------------------------------------------------- */

struct noting {
	struct box_office *f;
	int64_t id;
	int runs;
	enum tx_end end;
	void (*meanwhile)(struct noting *);	/* in the first run only */
};

/* Writes its note unless an earlier run, whose answer was lost, has written it. */
static enum tx_end
note_body(struct db *db, void *context)
{
	struct noting *n = context;
	struct rows *known = db_row(db, &note_known, n->id);

	if (n->runs++ == 0 && n->meanwhile)
		n->meanwhile(n);
	if (known) {
		rows_done(known);
		return n->end;
	}
	db_change(db, &note_count_up, 1);
	db_change(db, &note_add, n->id, 0, "", NO_VALUE, NO_VALUE);
	return n->end;
}

static void
a_transaction_ends_as_its_body_asks(void **state)
{
	struct noting n = { .f = *state, .id = 10, .end = TX_ROLLBACK };

	assert_int_equal(tx_run(n.f->db, &note_tx, note_body, &n), TX_DONE);
	assert_int_equal(NOTES(n.f, "id = 10"), 0);
	n.end = TX_COMMIT;
	assert_int_equal(tx_run(n.f->db, &note_tx, note_body, &n), TX_DONE);
	assert_int_equal(NOTES(n.f, "id = 10"), 1);
	assert_int_equal(VALUE_OF(n.f, 1), 1);
}

static enum tx_end
duplicate_body(struct db *db, void *context)
{
	(void)context;
	db_change(db, &note_count_up, 1);
	db_change(db, &note_add, 2, 0, "", NO_VALUE, NO_VALUE);
	return TX_COMMIT;
}

static void
a_duplicate_is_reported_and_nothing_stays(void **state)
{
	struct box_office *f = *state;

	assert_int_equal(tx_run(f->db, &note_tx, duplicate_body, NULL), TX_DUPLICATE);
	db_clear(f->db);
	assert_int_equal(VALUE_OF(f, 1), 0);
}

static enum tx_end
refused_body(struct db *db, void *context)
{
	(void)context;
	db_change(db, &note_count_up, 1);
	db_change(db, &note_add, -2, 0, "", NO_VALUE, NO_VALUE);
	return TX_COMMIT;
}

static void
a_statement_that_fails_rolls_back_whatever_the_body_says(void **state)
{
	struct box_office *f = *state;

	assert_int_equal(tx_run(f->db, &note_tx, refused_body, NULL), TX_FAILED);
	db_clear(f->db);
	assert_int_equal(VALUE_OF(f, 1), 0);
}

static void
kill_it(struct noting *n)
{
	cut_off(n->f);
}

static void
a_transaction_whose_connection_dies_is_run_again(void **state)
{
	struct noting n = { .f = *state, .id = 10, .end = TX_COMMIT, .meanwhile = kill_it };

	assert_int_equal(tx_run(n.f->db, &note_tx, note_body, &n), TX_DONE);
	assert_int_equal(n.runs, 2);
	assert_int_equal(VALUE_OF(n.f, 1), 1);
	assert_int_equal(NOTES(n.f, "id = 10"), 1);
}

static void
what_others_commit_is_seen_at_once(void **state)
{
	struct box_office *f = *state;
	struct db *rival = box_office_rival(f);

	box_office_sql(f, "BEGIN");
	assert_int_equal(VALUE_OF(f, 1), 0);
	assert_int_equal(db_change(rival, &note_count_up, 1), 1);
	assert_int_equal(VALUE_OF(f, 1), 1);
	box_office_sql(f, "ROLLBACK");
	db_free(rival);
}

static void
a_lock_that_is_never_free_ends_as_busy(void **state)
{
	struct box_office *f = *state;
	struct noting n = { .f = f, .id = 10, .end = TX_COMMIT };
	struct db *rival = box_office_rival(f);

	assert_true(db_script(rival, SPAN("BEGIN;\nUPDATE notes SET n = 7 WHERE id = 1;\n"), "rival"));
	box_office_sql(f, "SET innodb_lock_wait_timeout = %d", !db_is_mariadb(f->db));	/* the other server refuses 0 */
	assert_int_equal(tx_run(f->db, &note_tx, note_body, &n), TX_BUSY);
	assert_true(n.runs > 1);
	db_free(rival);
	box_office_sql(f, "SET innodb_lock_wait_timeout = 3");
	assert_int_equal(NOTES(f, "id = 10"), 0);
}

/* Two that take the same two rows in opposite order, each when the other has its first. */
struct crossing {
	int64_t first, second;
	int tell, hear;
	int runs;
};

static enum tx_end
cross_body(struct db *db, void *context)
{
	struct crossing *c = context;
	char byte = 0;

	db_change(db, &note_count_up, c->first);
	if (c->runs++ == 0 && (write(c->tell, &byte, 1) != 1 || read(c->hear, &byte, 1) != 1))
		return TX_ROLLBACK;
	db_change(db, &note_count_up, c->second);
	return TX_COMMIT;
}

static void
a_deadlock_is_tried_again(void **state)
{
	struct box_office *f = *state;
	struct crossing ours = { .first = 1, .second = 2 }, theirs = { .first = 2, .second = 1 };
	int there[2], back[2], status;
	uint64_t before = db_counts(f->db).retries;
	pid_t child;

	assert_int_equal(pipe(there), 0);
	assert_int_equal(pipe(back), 0);
	ours.tell = there[1];
	ours.hear = back[0];
	theirs.tell = back[1];
	theirs.hear = there[0];
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		struct db *db = box_office_rival(f);
		enum tx_result r = tx_run(db, &note_tx, cross_body, &theirs);

		_exit(r == TX_DONE ? theirs.runs : 100);
	}
	assert_int_equal(tx_run(f->db, &note_tx, cross_body, &ours), TX_DONE);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_equal(ours.runs + WEXITSTATUS(status), 3);
	assert_int_equal(db_counts(f->db).retries - before, (uint64_t)(ours.runs - 1));
	assert_int_equal(VALUE_OF(f, 1), 2);
	assert_int_equal(VALUE_OF(f, 2), 2);
}

static void
without_a_database_nothing_was_changed(void **state)
{
	struct noting n = { .f = *state, .id = 10, .end = TX_COMMIT };
	struct db_place nowhere = { .socket = "/nonexistent/socket", .user = "root", .password = "", .name = "none" };
	struct db *db = db_new(&nowhere);

	db_arena(db, n.f->arena);
	assert_int_equal(tx_run(db, &note_tx, note_body, &n), TX_UNREACHABLE);
	assert_int_equal(n.runs, 0);
	db_free(db);
}

/* -- lost answers: only in a build with fault points --------------------------------------------------------------------------- */

static const char *
order(struct box_office *f, const char *words)
{
	const char *path = arena_fmt(f->arena, "/tmp/foyer-test-faults-%ld", (long)getpid()).p;
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	fputs(words, file);
	fclose(file);
	setenv("FOYER_FAULTS", path, 1);
	return path;
}

static void
was_reached(struct box_office *f, const char *path)
{
	unsetenv("FOYER_FAULTS");
	assert_int_equal(unlink(arena_fmt(f->arena, "%s.done", path).p), 0);
}

static void
a_transaction_that_loses_its_connection_comes_to_the_same_end(void **state)
{
	static const char *const steps[] = { "begun", "written", "commit_lost" };
	struct box_office *f = *state;

#ifndef FOYER_FAULTS
	skip();
#endif
	for (size_t i = 0; i < ARRAY_LEN(steps); i++) {
		struct noting n = { .f = f, .id = 10 + (int64_t)i, .end = TX_COMMIT };
		const char *path = order(f, arena_fmt(f->arena, "test_note.%s lose", steps[i]).p);

		assert_int_equal(tx_run(f->db, &note_tx, note_body, &n), TX_DONE);
		was_reached(f, path);
		assert_int_equal(n.runs, 2);
		assert_int_equal(VALUE_OF(f, 1), i + 1);
	}
	assert_int_equal(NOTES(f, "id >= 10"), 3);
}

static void
take_the_way_back(struct noting *n)
{
	unlink(arena_fmt(n->f->arena, "/tmp/foyer-test-way-%ld", (long)getpid()).p);
}

/* Reached through a link that is gone by then. */
static void
a_commit_whose_answer_never_comes_is_unsure(void **state)
{
	struct box_office *f = *state;
	struct noting n = { .f = f, .id = 10, .end = TX_COMMIT, .meanwhile = take_the_way_back };
	struct db_place place = { .socket = arena_fmt(f->arena, "/tmp/foyer-test-way-%ld", (long)getpid()).p, .user = "root",
		.password = "", .name = f->database };
	const char *path;
	struct db *db;

#ifndef FOYER_FAULTS
	skip();
#endif
	assert_int_equal(symlink(getenv("FOYER_TEST_SOCKET"), place.socket), 0);
	db = db_new(&place);
	db_arena(db, f->arena);
	path = order(f, "test_note.commit_lost lose");
	assert_int_equal(tx_run(db, &note_tx, note_body, &n), TX_UNSURE);
	was_reached(f, path);
	db_free(db);
	assert_int_equal(NOTES(f, "id = 10"), 1);
}

/* -- migrations ----------------------------------------------------------------------------------------------------------------- */

static void
write_file(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

static void
a_migration_is_applied_once_and_never_edited(void **state)
{
	struct box_office *f = *state;
	const char *folder = arena_fmt(f->arena, "/tmp/foyer-test-sql-%ld", (long)getpid()).p;
	const char *file = arena_fmt(f->arena, "%s/901-more.sql", folder).p;

	assert_int_equal(system(arena_fmt(f->arena, "mkdir '%s'", folder).p), 0);
	assert_false(migrate(f->db, f->arena, folder));		/* a folder without any is a mistake */
	write_file(file, "-- a word; more\nCREATE TABLE more (\n  id INT NOT NULL PRIMARY KEY\n);\nINSERT INTO more VALUES (1);\n");
	assert_true(migrate(f->db, f->arena, folder));
	assert_true(migrate(f->db, f->arena, folder));
	assert_int_equal(box_office_number(f, "SELECT COUNT(*) FROM more"), 1);
	write_file(file, "CREATE TABLE other (id INT);\n");
	assert_false(migrate(f->db, f->arena, folder));
	write_file(arena_fmt(f->arena, "%s/902-cut.sql", folder).p, "INSERT INTO more VALUES (2)\n");
	assert_int_equal(unlink(file), 0);
	assert_false(migrate(f->db, f->arena, folder));
	assert_int_equal(box_office_number(f, "SELECT COUNT(*) FROM schema_migrations WHERE version > 900"), 1);
	assert_int_equal(system(arena_fmt(f->arena, "rm -r '%s'", folder).p), 0);
}

#define TEST(name) cmocka_unit_test_setup(name, empty)

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(numbers_texts_and_times_come_back_as_they_were),
		TEST(null_is_told_from_nothing),
		TEST(a_text_of_any_length_comes_back_whole),
		TEST(another_statement_may_run_between_rows),
		TEST(only_rows_that_really_differ_count_as_changed),
		TEST(an_error_sticks_until_it_is_cleared),
		TEST(what_refused_is_told_apart),
		TEST(a_read_on_a_dead_connection_is_asked_again),
		TEST(a_change_on_a_dead_connection_is_not_made_twice_by_guess),
		TEST(a_transaction_ends_as_its_body_asks),
		TEST(a_duplicate_is_reported_and_nothing_stays),
		TEST(a_statement_that_fails_rolls_back_whatever_the_body_says),
		TEST(a_transaction_whose_connection_dies_is_run_again),
		TEST(what_others_commit_is_seen_at_once),
		TEST(a_lock_that_is_never_free_ends_as_busy),
		TEST(a_deadlock_is_tried_again),
		TEST(without_a_database_nothing_was_changed),
		TEST(a_transaction_that_loses_its_connection_comes_to_the_same_end),
		TEST(a_commit_whose_answer_never_comes_is_unsure),
		TEST(a_migration_is_applied_once_and_never_edited),
	};

	return cmocka_run_group_tests(tests, open_notes, box_office_close);
}
