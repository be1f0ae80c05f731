/*
 * test_printer.c - what foyer-paper refuses, and who calls it: what is no document makes no PDF and gives nobody's name away, and
 * whatever the program does, its caller goes on.
 */
#include "base/base.h"

#include <errno.h>
#include <setjmp.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "papers/paper.h"
#include "t/lib/desk.h"

/* -- what is refused ----------------------------------------------------------------------------------------------------------------- */

/* The document with the first `what` in it replaced. */
static struct span
changed(struct desk *d, struct span document, const char *what, const char *by)
{
	const char *at = strstr(document.p, what);

	assert_non_null(at);
	return arena_fmt(d->arena, "%.*s%s%s", (int)(at - document.p), document.p, by, at + strlen(what));
}

static void
assert_refuses(struct desk *d, struct span document)
{
	const char *status;

	sheets_put(&d->sheets, "document", document);
	status = sheets_ask(&d->sheets, arena_fmt(d->arena, "'%s' <document >out; echo $?", d->program).p);
	if (strcmp(status, "1\n") != 0)
		fail_msg("status %s for " PRSPAN, status, ARGSPAN(document));
	assert_int_equal(sheets_get(&d->sheets, "out").n, 0);
	assert_non_null(strstr(sheets_get(&d->sheets, "errors").p, "why="));
}

static void
what_is_no_whole_document_is_refused(void **state)
{
	static const char *const wrong[][2] = {
		{ "\"tickets\",", "\"poster\"," }, { "\"paper\":\"tickets\",", "" }, { "\"paper\"", "\"paper\":\"tickets\",\"paper\"" },
		{ "\"house\":\"Foyer\",", "" }, { "\"house\":\"Foyer\",", "\"house\":7," }, { "\"house\"", "\"home\"" },
		{ "\"house\"", "\"more\":1,\"house\"" }, { "2026-11-03T14:03:22Z", "2026-11-03" }, { "2026-11-03T14:03:22Z", "(now) /Author (x)" },
		{ "2026-11-03T14:03:22Z", "2026-11-03T14:03:22Z " }, { "[\"Sat", "[5,\"Sat" }, { "\"count\":\"", "\"count\":{},\"x\":\"" },
		{ "\"code\":\"F1", "\"cod\":\"F1" }, { "\"under\":[", "\"under\":[1,2,3,4,5," }, { "\"place\":[", "\"place\":[{}," },
		{ "Zoë", "Zo\xeb" }, { "Zoë", "Zo\\u0000" }, { "Zoë", "Zo\n" }, { "\"tickets\":[", "\"tickets\":[],\"y\":[" }, { "]}", "" },
		{ "{", "" },
	};
	struct desk *d = *state;

	for (size_t i = 0; i < ARRAY_LEN(wrong); i++)
		assert_refuses(d, changed(d, TICKETS(d, 2), wrong[i][0], wrong[i][1]));
	assert_refuses(d, changed(d, desk_receipt(d, 1), "\"included\":false", "\"included\":\"no\""));
	assert_refuses(d, changed(d, desk_receipt(d, 1), "\"total\":{", "\"total\":{\"z\":1,"));
	assert_refuses(d, SPAN_NONE);
	assert_refuses(d, SPAN("null"));
	assert_refuses(d, SPAN("[]"));
	assert_refuses(d, TICKETS(d, 61));
	assert_refuses(d, desk_receipt(d, 61));
	assert_refuses(d, arena_fmt(d->arena, "%300000s", "{}"));
	assert_refuses(d, arena_fmt(d->arena, "%s", (char *)memset(arena_alloc(d->arena, 200001), '[', 200000)));
}

static void
a_refusal_tells_nobodys_name(void **state)
{
	static const char *const wrong[][2] = { { "\"Zoë", "\"Zoë\",\"Zoë\",\"" }, { "Garçon", "Garçon\n" }, { "\"name\"", "\"name\":" }, { "]}", "" } };
	struct desk *d = *state;

	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		assert_refuses(d, changed(d, i == 2 ? desk_receipt(d, 1) : TICKETS(d, 2), wrong[i][0], wrong[i][1]));
		assert_null(strstr(sheets_get(&d->sheets, "errors").p, "Zo"));
		assert_null(strstr(sheets_get(&d->sheets, "errors").p, "Gar"));
		assert_null(strstr(sheets_get(&d->sheets, "errors").p, "seat 0"));
	}
}

/* -- the caller ---------------------------------------------------------------------------------------------------------------------- */

static const char *
script(struct desk *d, const char *text)
{
	const char *path = arena_fmt(d->arena, "%s/script", d->sheets.folder).p;

	sheets_put(&d->sheets, "script", arena_fmt(d->arena, "#!/bin/sh\n%s\n", text));
	assert_int_equal(chmod(path, 0700), 0);
	return path;
}

/* Whatever the program is or does: no PDF, and no child is left behind. */
static void
what_makes_no_pdf_is_told_and_leaves_nothing_behind(void **state)
{
	static const char *const scripts[] = { "exit 1", "exit 0", "cat", "echo %PDF-1.5; exit 3", "echo %PDF-1.5; kill -9 $$", "yes",
		"exec <&-; exit 1" };
	struct desk *d = *state;
	struct span document = TICKETS(d, 1), pdf;

	log_open("test", LOG_LEVEL_ERROR);
	for (size_t i = 0; i < ARRAY_LEN(scripts); i++)
		if (paper_print(d->arena, script(d, scripts[i]), document, PAPER_MOST, &pdf))
			fail_msg("%s", scripts[i]);
	assert_false(paper_print(d->arena, "/nowhere/foyer-paper", document, PAPER_MOST, &pdf));
	assert_false(paper_print(d->arena, d->sheets.folder, document, PAPER_MOST, &pdf));
	assert_false(paper_print(d->arena, d->program, document, 10 * KiB, &pdf));
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
}

static void
a_program_that_hangs_is_ended(void **state)
{
	struct desk *d = *state;
	struct span pdf;

	assert_false(paper_print(d->arena, script(d, "exec sleep 60"), TICKETS(d, 1), PAPER_MOST, &pdf));
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
}

/* It gets its three descriptors and nothing else, though the caller has others that would be inherited. */
static void
the_program_inherits_no_descriptor(void **state)
{
	struct desk *d = *state;
	const char *left = arena_fmt(d->arena, "%s/left", d->sheets.folder).p;
	struct span pdf;
	int fd = dup(STDERR_FILENO);

	assert_in_range(fd, 3, 1000);
	paper_print(d->arena, script(d, arena_fmt(d->arena, "for f in 3 4 5 6 7 8 9; do [ -e /proc/$$/fd/$f ] && [ \"$(readlink /proc/$$/fd/$f)\" "
	    "!= \"$0\" ] && echo $f; done >'%s'", left).p), TICKETS(d, 1), PAPER_MOST, &pdf);
	close(fd);
	assert_int_equal(sheets_get(&d->sheets, "left").n, 0);
}

static void
nothing_but_foyer_paper_links_what_draws(void **state)
{
	static const char *const programs[] = { "foyerd", "foyer-relay", "foyer-reaper", "foyerctl" };
	struct desk *d = *state;
	const char *folder = arena_fmt(d->arena, "%.*s", (int)(strlen(d->program) - strlen("foyer-paper")), d->program).p;

	assert_non_null(strstr(sheets_ask(&d->sheets, arena_fmt(d->arena, "ldd '%s'", d->program).p), "libpango"));
	for (size_t i = 0; i < ARRAY_LEN(programs); i++) {
		const char *linked = sheets_ask(&d->sheets, arena_fmt(d->arena, "ldd '%s%s'", folder, programs[i]).p);

		assert_non_null(strstr(linked, "libc.so"));
		assert_null(strstr(linked, "libpango"));
		assert_null(strstr(linked, "libcairo"));
		assert_null(strstr(linked, "libfontconfig"));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_no_whole_document_is_refused),
		cmocka_unit_test(a_refusal_tells_nobodys_name),
		cmocka_unit_test(what_makes_no_pdf_is_told_and_leaves_nothing_behind),
		cmocka_unit_test(a_program_that_hangs_is_ended),
		cmocka_unit_test(the_program_inherits_no_descriptor),
		cmocka_unit_test(nothing_but_foyer_paper_links_what_draws),
	};

	sheets_need();
	return cmocka_run_group_tests(tests, desk_open, desk_close);
}
