/* test_calendar.c - iCalendar files that calendars take: folding, escaping, times in UTC. */
#include "base/base.h"

#include <setjmp.h>

#include <cmocka.h>

#include "papers/calendar.h"

static int
open_arena(void **state)
{
	*state = arena_new(MiB);
	return 0;
}

static int
close_arena(void **state)
{
	arena_free(*state);
	return 0;
}

static struct calendar_event
sample(void)
{
	return (struct calendar_event){ .uid = SPAN("ABCDEFGHJ@tickets.example.org"), .title = SPAN("Ox; or, the Debt"),
		.place = SPAN("The Lumière, 14 Wick Street"), .words = SPAN("Row C\nSeat 7\\8"),
		.url = SPAN("https://tickets.example.org/bookings/abc"), .starts_ms = 1795375800000, .ends_ms = 1795375800000 + 94 * 60000,
		.stamp_ms = 1795000000000 };
}

static const char *
printed(struct arena *a, const struct calendar_event *e)
{
	struct buf b;

	buf_init(&b, a, 16 * KiB);
	calendar_print(&b, e);
	assert_false(b.failed);
	return b.p;
}

/* As RFC 5545 3.1 undoes the folding. */
static const char *
unfolded(struct arena *a, const char *text)
{
	struct buf b;

	buf_init(&b, a, 16 * KiB);
	for (; *text; text++)
		if (strncmp(text, "\r\n ", 3) == 0)
			text += 2;
		else
			buf_byte(&b, *text);
	return b.p;
}

static void
a_show_is_told_whole(void **state)
{
	struct calendar_event e = sample();

	assert_string_equal(unfolded(*state, printed(*state, &e)),
	    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Foyer//Tickets//EN\r\nCALSCALE:GREGORIAN\r\nMETHOD:PUBLISH\r\nBEGIN:VEVENT\r\n"
	    "UID:ABCDEFGHJ@tickets.example.org\r\nDTSTAMP:20261118T110640Z\r\nDTSTART:20261122T193000Z\r\nDTEND:20261122T210400Z\r\n"
	    "SUMMARY:Ox\\; or\\, the Debt\r\nLOCATION:The Lumière\\, 14 Wick Street\r\nDESCRIPTION:Row C\\nSeat 7\\\\8\r\n"
	    "URL:https://tickets.example.org/bookings/abc\r\nSTATUS:CONFIRMED\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n");
}

static void
no_line_is_longer_than_75_bytes_or_cuts_a_character(void **state)
{
	struct calendar_event e = sample();
	struct buf title;
	const char *text;
	struct span rest;

	for (int shift = 0; shift < 4; shift++) {
		buf_init(&title, *state, 4 * KiB);
		for (int i = 0; i < shift; i++)
			buf_byte(&title, 'x');
		for (int i = 0; i < 100; i++)
			buf_text(&title, "鯨é");
		e.title = buf_view(&title);
		text = printed(*state, &e);
		for (rest = span_of(text); rest.n; ) {
			struct span line = span_cut(&rest, '\n');

			assert_in_range(line.n, 1, 76);		/* with its \r */
			assert_int_equal(line.p[line.n - 1], '\r');
			assert_true(span_utf8(line));
		}
		assert_non_null(strstr(unfolded(*state, text), title.p));
	}
}

static void
no_value_can_add_a_line(void **state)
{
	struct calendar_event e = sample();
	struct span rest;
	int lines = 0;

	e.title = SPAN("a\r\nATTENDEE:mailto:x@example.org");
	e.url = SPAN("https://example.org/\r\nATTENDEE:mailto:x@example.org");
	e.words = SPAN_NONE;
	for (rest = span_of(unfolded(*state, printed(*state, &e))); rest.n; lines++)
		assert_false(span_starts(span_cut(&rest, '\n'), "ATTENDEE"));
	assert_int_equal(lines, 16);
}

static void
a_cancelled_show_says_so(void **state)
{
	struct calendar_event e = sample();

	e.cancelled = true;
	assert_non_null(strstr(printed(*state, &e), "\r\nSTATUS:CANCELLED\r\n"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_show_is_told_whole),
		cmocka_unit_test(no_line_is_longer_than_75_bytes_or_cuts_a_character),
		cmocka_unit_test(no_value_can_add_a_line),
		cmocka_unit_test(a_cancelled_show_says_so),
	};

	return cmocka_run_group_tests(tests, open_arena, close_arena);
}
