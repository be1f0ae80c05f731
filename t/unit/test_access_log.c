/* test_access_log.c - which lines of nginx's log are views of a hall: written by everybody who asks for a page, so by anybody. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/base.h"

#include <stdlib.h>
#include <unistd.h>

#include "relay/access_log.h"

#define LINE(time, method, path, status, agent) "time=" time " id=0f3a client=127.0.0.1 method=" method " path=\"" path "\" status=" status \
	" bytes=812 seconds=0.001 cache=HIT to=\"unix:/run/foyer/render.sock:\" upstream=\"-\" upstream_seconds=\"-\" agent=\"" agent "\""
#define USUAL(path) LINE("2026-11-21T19:30:05+00:00", "GET", path, "200", "Mozilla/5.0 (X11)")

static bool
views(const char *line, int64_t *show, int64_t *at_ms)
{
	*show = *at_ms = -1;
	return access_log_view(span_of(line), show, at_ms);
}

static void
a_hall_that_was_looked_at_is_a_view(void **state)
{
	int64_t show, at_ms;

	(void)state;
	assert_true(views(USUAL("/shows/12"), &show, &at_ms));
	assert_int_equal(show, 12);
	assert_int_equal(at_ms, 1795289405000);
	/* the same moment, told in other zones */
	assert_true(views(LINE("2026-11-22T01:00:05+05:30", "GET", "/shows/923520", "200", "-"), &show, &at_ms));
	assert_int_equal(show, 923520);
	assert_int_equal(at_ms, 1795289405000);
	assert_true(views(LINE("2026-11-21T12:30:05-07:00", "GET", "/shows/1", "200", ""), &show, &at_ms));
	assert_int_equal(at_ms, 1795289405000);
}

static void
whatever_else_is_asked_for_is_none(void **state)
{
	static const char *const lines[] = {
		LINE("2026-11-21T19:30:05+00:00", "HEAD", "/shows/12", "200", "Mozilla"), LINE("2026-11-21T19:30:05+00:00", "POST", "/shows/12", "200", "x"),
		LINE("2026-11-21T19:30:05+00:00", "GET", "/shows/12", "404", "Mozilla"), LINE("2026-11-21T19:30:05+00:00", "GET", "/shows/12", "304", "x"),
		LINE("2026-11-21T19:30:05+00:00", "GET", "/shows/12", "200", "Mozilla/5.0 (compatible; Googlebot/2.1)"),
		LINE("2026-11-21T19:30:05+00:00", "GET", "/shows/12", "200", "A CRAWLER"),
		LINE("2026-11-21T19:30:05+00:00", "GET", "/shows/12", "200", "spider"),
		USUAL("/shows/12/seats"), USUAL("/shows/12/stalls"), USUAL("/shows/"), USUAL("/shows/0"), USUAL("/shows/012"), USUAL("/shows/-1"),
		USUAL("/shows/923521"), USUAL("/shows/99999999999999999999"), USUAL("/shows/12x"), USUAL("/shows/12 "), USUAL("/"), USUAL("/events/12"),
		USUAL("/holds/(token)"), USUAL("/x/shows/12"),
	};
	int64_t show, at_ms;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(lines); i++)
		if (views(lines[i], &show, &at_ms))
			fail_msg("counted: %s", lines[i]);
}

/* What a visitor writes stands between quotation marks, and nginx writes their own as \x22. */
static void
nobody_can_write_a_view_into_the_log(void **state)
{
	static const char *const lines[] = {
		LINE("2026-11-21T19:30:05+00:00", "GET", "/\\x22 status=200 path=\\x22/shows/12", "200", "x"),
		LINE("2026-11-21T19:30:05+00:00", "GET", "/nothing", "404", "\\x22 method=GET path=\\x22/shows/12\\x22 status=200 agent=\\x22"),
		LINE("2026-11-21T19:30:05+00:00", "GET", "/shows/12\\x00", "200", "x"),
		"0f3a client=127.0.0.1 method=GET path=\"/shows/12\" status=200 bytes=1",
		LINE("2026-11-21T19:30:05+00:00", "GET", "/shows/12", "200\" status=404", "x"),
	};
	int64_t show, at_ms;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(lines); i++)
		if (views(lines[i], &show, &at_ms))
			fail_msg("counted: %s", lines[i]);
}

/* Every beginning of a line, and every line with one byte spoilt. No view but the whole one, or one that differs in what does not count. */
static void
torn_and_spoilt_lines_are_read_without_harm(void **state)
{
	static const char line[] = USUAL("/shows/12");
	struct arena *a = arena_new(64 * KiB);
	int64_t show, at_ms;

	(void)state;
	for (size_t n = 0; n < sizeof(line) - 1; n++) {
		/* of its very size, so that a read beyond its end is seen */
		struct span s = arena_copy(a, (struct span){ line, n });

		assert_false(access_log_view(s, &show, &at_ms));
		arena_reset(a);
	}
	for (size_t n = 0; n < sizeof(line) - 1; n++)
		for (int byte = 0; byte < 256; byte += 5) {
			char spoilt[sizeof(line)];

			memcpy(spoilt, line, sizeof(line));
			spoilt[n] = (char)byte;
			if (access_log_view((struct span){ spoilt, sizeof(line) - 1 }, &show, &at_ms))
				assert_in_range(show, 1, 99);
		}
	arena_free(a);
}

static void
a_day_that_is_none_is_none(void **state)
{
	static const char *const times[] = { LINE("2026-02-30T19:30:05+00:00", "GET", "/shows/12", "200", "x"),
		LINE("2026-11-21T24:30:05+00:00", "GET", "/shows/12", "200", "x"), LINE("2026-11-21T19:30:05Z", "GET", "/shows/12", "200", "x"),
		LINE("2026-11-21 19:30:05+00:00", "GET", "/shows/12", "200", "x"), LINE("2026-11-21T19:30:05+99:00", "GET", "/shows/12", "200", "x"),
		LINE("2026-11-21T1a:30:05+00:00", "GET", "/shows/12", "200", "x"), LINE("", "GET", "/shows/12", "200", "x") };
	int64_t show, at_ms;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(times); i++)
		if (views(times[i], &show, &at_ms))
			fail_msg("counted: %s", times[i]);
}

static void
a_machine_is_known_by_its_id_or_else_by_its_name(void **state)
{
	struct arena *a = arena_new(64 * KiB);
	char file[] = "/tmp/foyer-machine-id-XXXXXX", name[65] = "";
	int fd = mkstemp(file);

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(gethostname(name, sizeof(name) - 1), 0);
	assert_string_equal(access_log_host(a, file), name);		/* empty, as in an image that has not been started */
	assert_int_equal(write(fd, "0f3a0f3a0f3a0f3a0f3a0f3a0f3a0f3a\n", 33), 33);
	assert_string_equal(access_log_host(a, file), "0f3a0f3a0f3a0f3a0f3a0f3a0f3a0f3a");
	close(fd);
	unlink(file);
	assert_string_equal(access_log_host(a, file), name);
	arena_free(a);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_hall_that_was_looked_at_is_a_view),
		cmocka_unit_test(whatever_else_is_asked_for_is_none),
		cmocka_unit_test(nobody_can_write_a_view_into_the_log),
		cmocka_unit_test(torn_and_spoilt_lines_are_read_without_harm),
		cmocka_unit_test(a_day_that_is_none_is_none),
		cmocka_unit_test(a_machine_is_known_by_its_id_or_else_by_its_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
