/* test_message.c - a mail as it goes over the wire: what a mail program reads is what was meant, and no value can add a header. */
#include "base/base.h"

#include <setjmp.h>

#include <cmocka.h>

#include "relay/message.h"
#include "t/lib/letters.h"

#define AT_MS 1795289400000	/* Sat 21 Nov 2026 19:30 UTC */

static struct arena *arena;

static struct message
message_of(const char *text)
{
	return (struct message){ .house = SPAN("Foyer"), .from = SPAN("tickets@foyer.example"), .to = SPAN("ann@example.org"),
		.reply_to = SPAN("help@foyer.example"), .text = span_of(text), .id = SPAN("1-2@foyer.example"), .at_ms = AT_MS };
}

static struct span
printed(const struct message *m)
{
	struct buf b;

	buf_init(&b, arena, MESSAGE_MAX);
	assert_true(message_print(&b, m));
	return buf_view(&b);
}

static bool
refused(const struct message *m)
{
	struct buf b;

	buf_init(&b, arena, MESSAGE_MAX);
	return !message_print(&b, m);
}

static void
a_message_has_these_headers_and_no_others(void **state)
{
	struct message m = message_of("Subject: Your tickets: 2 (of 3)\n\nHello.\n");

	(void)state;
	assert_string_equal(CSTR(arena, printed(&m)),
	    "From: Foyer <tickets@foyer.example>\r\n"
	    "To: ann@example.org\r\n"
	    "Reply-To: help@foyer.example\r\n"
	    "Subject: Your tickets: 2 (of 3)\r\n"
	    "Date: Sat, 21 Nov 2026 19:30:00 +0000\r\n"
	    "Message-Id: <1-2@foyer.example>\r\n"
	    "Auto-Submitted: auto-generated\r\n"
	    "MIME-Version: 1.0\r\n"
	    "Content-Type: text/plain; charset=utf-8\r\n"
	    "Content-Transfer-Encoding: quoted-printable\r\n"
	    "\r\n"
	    "Hello.\r\n");
	m.reply_to = SPAN("nobody");
	assert_int_equal(letter_header(arena, printed(&m), "Reply-To").n, 0);
}

/* A name beside an address may stand in quotes, or parts of it may. */
static struct span
unquoted(struct span s)
{
	struct buf b;

	buf_init(&b, arena, KiB);
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] != '"' || (i && s.p[i - 1] == '\\'))
			if (s.p[i] != '\\')
				buf_byte(&b, s.p[i]);
	return buf_view(&b);
}

static void
subjects_and_names_come_back_as_they_were(void **state)
{
	static const char *const subjects[] = { "Plain words 123", "50% off? [maybe] = \"yes\"", "Été à Paris · 19:30",
		"अँधेरे की रोशनी, Sat 21 Nov 2026, 19:30",
		"東京の夜はとても長くて、このタイトルは一行には決して収まらない", "_under_scores_", "a  two blanks ", "🎭",
		"A title that is long but has nothing at all in it that would have to be encoded in any way, so only its length matters" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(subjects); i++) {
		struct message m = message_of(arena_fmt(arena, "Subject: %s\n\nx\n", subjects[i]).p);
		struct span whole;

		m.house = span_of(subjects[i]);
		whole = printed(&m);
		assert_string_equal(CSTR(arena, span_trim(letter_header(arena, whole, "Subject"))), CSTR(arena, span_trim(span_of(subjects[i]))));
		if (!strstr(subjects[i], "  "))		/* of several blanks beside an address one is left */
			assert_true(span_starts(unquoted(letter_header(arena, whole, "From")), CSTR(arena, span_trim(span_of(subjects[i])))));
	}
}

static void
bodies_come_back_as_they_were(void **state)
{
	static const char *const bodies[] = { "", "\n", "one\ntwo\n", "ends with blanks   \n \n", ".\n..\n.dot\n", "a=b =3D =\n", "£15.50 · ¥1,800\n",
		"a very long line of words that goes on and on, much further than the seventy-six columns that a line may have in mail\n",
		"चित्रपट ................................................................................................ end\n", "\t\x01\x7f\n" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bodies); i++) {
		struct message m = message_of(arena_fmt(arena, "Subject: x\n\n%s", bodies[i]).p);

		assert_string_equal(CSTR(arena, letter_body(arena, printed(&m))), bodies[i]);
	}
}

static void
lines_are_short_and_ascii(void **state)
{
	struct message m = message_of("Subject: अँधेरे की रोशनी की बहुत ही लंबी कहानी जो कभी ख़त्म नहीं होती और एक पंक्ति में नहीं समाती\n\n"
	    "चित्रपट ................................................................................................ end\n.\n");
	struct span whole = printed(&m);

	(void)state;
	while (whole.n) {
		struct span line = span_cut(&whole, '\n');

		assert_true(line.n && line.p[line.n - 1] == '\r');
		assert_in_range(line.n, 1, 77);
		for (size_t i = 0; i + 1 < line.n; i++)
			assert_true(line.p[i] >= ' ' && line.p[i] <= '~');
	}
}

static struct message
full_message(void)
{
	static const struct message_part shown[] = { { SPAN("image/png"), SPAN("ticket-1.png"), SPAN("ticket-1.1-2@foyer.example"),
		SPAN("\x89PNG\r\n\x1a\n\0.\n.\n") } };
	static const struct message_part attached[] = { { SPAN("application/pdf"), SPAN("tickets.pdf"), SPAN(""), SPAN("%PDF-1.7\n\xff\n") },
		{ SPAN("text/calendar; charset=utf-8"), SPAN("tickets.ics"), SPAN(""), SPAN("BEGIN:VCALENDAR\r\nSUMMARY:Été\r\n") } };
	struct message m = message_of("Subject: All of it\n\nWörds.\n");

	m.html = SPAN("<p>Wörds.</p>\n");
	m.shown = shown;
	m.attached = attached;
	m.n_shown = ARRAY_LEN(shown);
	m.n_attached = ARRAY_LEN(attached);
	return m;
}

static void
all_parts_come_back_as_they_were(void **state)
{
	struct message m = full_message();
	struct span whole = printed(&m), image, pdf;

	(void)state;
	assert_true(span_starts(letter_header(arena, whole, "Content-Type"), "multipart/mixed; "));
	assert_true(letter_part(arena, whole, "text/plain", 0).p < letter_part(arena, whole, "text/html", 0).p);
	assert_string_equal(CSTR(arena, letter_body(arena, whole)), "Wörds.\n");
	assert_string_equal(CSTR(arena, letter_content(arena, letter_part(arena, whole, "text/html", 0))), "<p>Wörds.</p>\n");
	image = letter_part(arena, whole, "image/png", 0);
	assert_true(span_is(letter_header(arena, image, "Content-Id"), "<ticket-1.1-2@foyer.example>"));
	assert_true(span_starts(letter_header(arena, image, "Content-Disposition"), "inline"));
	assert_true(span_eq(letter_content(arena, image), m.shown[0].bytes));
	pdf = letter_part(arena, whole, "application/pdf", 0);
	assert_true(span_is(letter_header(arena, pdf, "Content-Disposition"), "attachment; filename=tickets.pdf"));
	assert_true(span_eq(letter_content(arena, pdf), m.attached[0].bytes));
	assert_true(span_eq(letter_content(arena, letter_part(arena, whole, "text/calendar", 0)), m.attached[1].bytes));
	assert_true(span_eq(whole, printed(&m)));
}

/* Each encoded word stands for whole characters, or some mail programs show nonsense. */
static void
no_character_is_cut_in_two(void **state)
{
	char title[] = "Subject: ____________________________________________________________é é é é é é é é é é é é é é é é é é é é\n\nx\n";

	(void)state;
	for (char *p = title + 9; *p == '_'; p++) {
		struct message m = message_of(title);
		struct span whole = printed(&m);
		const char *word = whole.p;

		while ((word = strstr(word, "=?utf-8?Q?")) != NULL) {
			const char *end = strstr(word + 10, "?=");

			assert_non_null(end);
			assert_in_range(end + 2 - word, 12, 75);
			/* é is C3 A9: a word that ended within it would end or begin with its half */
			assert_false(strncmp(end - 3, "=C3", 3) == 0 || strncmp(word + 10, "=A9", 3) == 0);
			word = end;
		}
		*p = 'a';
	}
}

static void
no_value_adds_a_header(void **state)
{
	static const char *const hostile[] = { "x\r\nBcc: all@example.org", "x\rBcc: all@example.org", "x\n\nBcc: all@example.org",
		"x\r\n\r\nBcc: all@example.org", "x?=\r\n =?UTF-8?Q?\r\nBcc: all@example.org" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(hostile); i++) {
		struct message m = message_of("Subject: x\n\nx\n");

		m.house = span_of(hostile[i]);
		assert_null(strstr(CSTR(arena, printed(&m)), "\nBcc"));
		assert_int_equal(letter_header(arena, printed(&m), "Bcc").n, 0);
		m.text = arena_fmt(arena, "Subject: %s\n\nx\n", hostile[i]);
		assert_int_equal(letter_header(arena, printed(&m), "Bcc").n, 0);
	}
}

static void
nothing_is_made_for_what_is_no_address_or_has_no_subject(void **state)
{
	static const char *const wrong[] = { "", "ann", "ann@example.org\r\nBcc: all@example.org", "ann@example.org,bob@example.org",
		"<ann@example.org>", "ann@example.org>\nRCPT TO:<bob@example.org" };
	struct message m;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		m = message_of("Subject: x\n\nx\n");
		m.to = span_of(wrong[i]);
		assert_true(refused(&m));
		m = message_of("Subject: x\n\nx\n");
		m.from = span_of(wrong[i]);
		assert_true(refused(&m));
	}
	m = message_of("Hello.\n");
	assert_true(refused(&m));
}

static int
make_arena(void **state)
{
	(void)state;
	arena = arena_new(64 * MiB);
	return 0;
}

static int
drop_arena(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_message_has_these_headers_and_no_others),
		cmocka_unit_test(subjects_and_names_come_back_as_they_were),
		cmocka_unit_test(bodies_come_back_as_they_were),
		cmocka_unit_test(lines_are_short_and_ascii),
		cmocka_unit_test(all_parts_come_back_as_they_were),
		cmocka_unit_test(no_character_is_cut_in_two),
		cmocka_unit_test(no_value_adds_a_header),
		cmocka_unit_test(nothing_is_made_for_what_is_no_address_or_has_no_subject),
	};

	return cmocka_run_group_tests(tests, make_arena, drop_arena);
}
