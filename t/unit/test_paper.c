/*
 * test_paper.c - what foyer-paper prints: everything that a document says can be read from the PDF, whatever its script, the codes can
 * be scanned, and no text can spoil what stands beside it.
 */
#include "base/base.h"

#include <setjmp.h>
#include <unistd.h>

#include <cmocka.h>

#include "papers/paper.h"
#include "t/lib/desk.h"

#define DOTS 254	/* an inch: 10 a millimetre */

/* -- what can be read -------------------------------------------------------------------------------------------------------------- */

static void
a_ticket_says_everything(void **state)
{
	struct desk *d = *state;

	printed(d, TICKETS(d, 1, .kind = "Wheelchair place"));
	SAYS(d, "Foyer", "L’Été des éphémères", "Sat 21 Nov 2026, 19:30 (London time)", "The Lumière · Screen 1",
	    "14 Wick Street, London E8 9QX", "Row", "Seat", "Section", "Stalls", "£15.50 · Adult", "Wheelchair place", "K7M 2QX 9TD",
	    "Zoë Garçon", "Ticket 481510", "Ticket 1 of 1", "Getting in: a lift goes to every screen.");
}

static void
devanagari_and_japanese_are_read_as_they_were_written(void **state)
{
	struct desk *d = *state;

	printed(d, TICKETS(d, 2, .event = "आधी रात की ट्राम", .name = "अनन्या क्षत्रिय", .section = "一階席", .price = "¥1,800 · 学生"));
	SAYS(d, "आधी रात की ट्राम", "अनन्या क्षत्रिय", "一階席", "¥1,800 · 学生");
	printed(d, TICKETS(d, 1, .event = "鯨の図書館", .name = "山田 花子"));
	SAYS(d, "鯨の図書館", "山田 花子");
}

/* How wide the word stands on the paper. */
static double
width_of(struct desk *d, const char *word)
{
	const char *boxes = sheets_ask(&d->sheets, "pdftotext -bbox paper.pdf -");
	const char *at = strstr(boxes, arena_fmt(d->arena, ">%s<", word).p);
	double from, top, to;

	assert_non_null(at);
	while (at > boxes && strncmp(at, "<word", strlen("<word")) != 0)
		at--;
	assert_int_equal(sscanf(at, "<word xMin=\"%lf\" yMin=\"%lf\" xMax=\"%lf\"", &from, &top, &to), 3);
	return to - from;
}

/* A conjunct is one letter: unshaped, its parts would stand side by side, with a sign between them. */
static void
devanagari_is_shaped(void **state)
{
	struct desk *d = *state;
	double conjunct;

	printed(d, TICKETS(d, 1, .name = "क्ष"));
	conjunct = width_of(d, "क्ष");
	printed(d, TICKETS(d, 1, .name = "कष"));
	assert_true(conjunct < 0.8 * width_of(d, "कष"));
}

static void
every_font_is_embedded_and_only_what_is_used_of_it(void **state)
{
	struct desk *d = *state;
	const char *list;
	struct span rest;
	int fonts = 0;

	printed(d, TICKETS(d, 1, .event = "आधी रात की ट्राम", .name = "山田 花子"));
	list = sheets_ask(&d->sheets, "pdffonts paper.pdf");
	assert_non_null(strstr(list, "Devanagari"));
	assert_non_null(strstr(list, "CJK"));
	rest = span_of(list);
	span_cut(&rest, '\n');
	span_cut(&rest, '\n');
	for (; rest.n; fonts++) {
		const char *line = CSTR(d->arena, span_cut(&rest, '\n'));

		if (!strstr(line, " yes yes yes "))	/* embedded, a subset, with a way back to Unicode */
			fail_msg("%s", line);
	}
	assert_in_range(fonts, 3, 20);
}

static void
three_tickets_stand_on_a_sheet(void **state)
{
	static const int pages[][2] = { { 1, 1 }, { 3, 1 }, { 4, 2 }, { 8, 3 }, { 60, 20 } };
	struct desk *d = *state;

	for (size_t i = 0; i < ARRAY_LEN(pages); i++) {
		printed(d, TICKETS(d, pages[i][0]));
		assert_int_equal(sheets_pages(&d->sheets), pages[i][1]);
	}
}

static void
a_receipt_says_everything_on_as_many_pages_as_it_needs(void **state)
{
	struct desk *d = *state;

	printed(d, desk_receipt(d, 2));
	assert_int_equal(sheets_pages(&d->sheets), 1);
	SAYS(d, "Receipt", "Lumière Ltd", "14 Wick Street", "Receipt number", "K7M 2QX 9TD", "Ox", "Row C, seat 0", "£15.00", "Row C, seat 1",
	    "£15.01", "Cancelled on Wed 4 Nov 2026", "Booking fee", "£2.00", "of which VAT 20 %", "£5.50", "Total", "£33.00", "Paid by card",
	    "Tue 3 Nov 2026", "Paid after refunds", "£16.50", "All times are London time.");
	printed(d, desk_receipt(d, 60));
	assert_int_equal(sheets_pages(&d->sheets), 4);
	SAYS(d, "1/4", "4/4", "£15.59", "All times are London time.");
}

/* -- the code ---------------------------------------------------------------------------------------------------------------------- */

static void
the_codes_are_read_from_the_print_also_from_a_small_and_coarse_one(void **state)
{
	static const int dots[] = { 300, 150, 80 };
	struct desk *d = *state;

	printed(d, TICKETS(d, 4));
	for (size_t i = 0; i < ARRAY_LEN(dots); i++)
		assert_string_equal(sheets_codes(&d->sheets, dots[i]), CODE "0\n" CODE "1\n" CODE "2\n" CODE "3\n");
}

/* A page as grey dots; those of the paper's right part, where the code stands. */
struct picture {
	const unsigned char *dots;
	int width, height;
};

static struct picture
picture(struct desk *d)
{
	struct picture p;
	struct span file;
	int used;

	sheets_ask(&d->sheets, arena_fmt(d->arena, "rm -f dots*; pdftoppm -r %d -gray -singlefile paper.pdf dots", DOTS).p);
	file = sheets_get(&d->sheets, "dots.pgm");
	assert_int_equal(sscanf(file.p, "P5 %d %d 255%n", &p.width, &p.height, &used), 2);
	p.dots = (const unsigned char *)file.p + used + 1;
	assert_int_equal(file.n, (size_t)used + 1 + (size_t)p.width * (size_t)p.height);
	return p;
}

static bool
dark(const struct picture *p, int x, int y)
{
	return p->dots[(size_t)y * (size_t)p->width + (size_t)x] < 128;
}

static void
the_code_is_wide_enough_for_a_print_at_four_fifths_and_stands_in_white(void **state)
{
	struct desk *d = *state;
	int left = 0, right = 0, top = 0, quiet;
	struct picture p;

	printed(d, TICKETS(d, 1));
	p = picture(d);
	for (int y = 0; y < p.height && !top; y++)		/* its upper left corner: the first dark dot on the right of the sheet */
		for (int x = p.width * 13 / 20; x < p.width && !top; x++)
			if (dark(&p, x, y))
				top = y, left = x;
	for (int x = left; x < p.width; x++)
		for (int y = top; y < top + 350; y++)
			if (dark(&p, x, y))
				right = x;
	assert_in_range(right - left, 350 * 5 / 4, 600);
	quiet = (right - left) * 4 / 60;			/* no code of ours has fewer than 45 modules, none more than 60 */
	for (int y = top - quiet; y < top + (right - left) + quiet; y++)
		for (int x = left - quiet; x < p.width; x++)
			if (dark(&p, x, y) && (x < left - 1 || x > right + 1 || y < top - 1 || y > top + (right - left) + 2))
				fail_msg("something stands at %d, %d beside the code", x, y);
}

static void
a_code_that_is_too_long_makes_no_ticket(void **state)
{
	struct desk *d = *state;
	char *code = arena_alloc(d->arena, 4001);
	struct span pdf;

	memset(code, 'a', 4000);
	assert_false(paper_print(d->arena, d->program, TICKETS(d, 1, .code = code), PAPER_MOST, &pdf));
}

/* -- what texts may do --------------------------------------------------------------------------------------------------------------- */

/* A part of a sheet, as fractions of its width and height. */
struct part {
	double left, top, right, bottom;
};

static bool
within(const struct picture *p, int x, int y, struct part part)
{
	return x >= part.left * p->width && x < part.right * p->width && y >= part.top * p->height && y < part.bottom * p->height;
}

static void
assert_same_but_in(const struct picture *usual, const struct picture *other, const char *text, struct part a, struct part b)
{
	assert_int_equal(other->width, usual->width);
	assert_int_equal(other->height, usual->height);
	for (int y = 0; y < usual->height; y++)
		for (int x = 0; x < usual->width; x++)
			if (dark(usual, x, y) != dark(other, x, y) && !within(usual, x, y, a) && !within(usual, x, y, b))
				fail_msg("\"%.40s\" has changed what stands at %d, %d", text, x, y);
}

#define SLOT(i) ((30 + 260.6 * (i)) / 841.89)	/* where a ticket begins */
#define BESIDE_CODE 0.69			/* of the width */
#define BELOW_CODE 0.19

/* All of it can still be found, copied and listened to. */
static void
an_endless_title_is_cut(void **state)
{
	struct desk *d = *state;
	struct picture usual, other;
	struct buf title;

	buf_init(&title, d->arena, 64 * KiB);
	for (int i = 0; i < 3000; i++)
		buf_fmt(&title, "word%d ", i);
	printed(d, TICKETS(d, 1));
	usual = picture(d);
	printed(d, TICKETS(d, 1, .event = title.p));
	other = picture(d);
	assert_same_but_in(&usual, &other, "word0", (struct part){ 0, 0, BESIDE_CODE, 0.22 }, (struct part){ 0, 0, 0, 0 });
	assert_int_equal(sheets_pages(&d->sheets), 1);
	SAYS(d, "word0 word1", "word40 word41", "Sat 21 Nov 2026, 19:30", "£15.50 · Adult");
}

#define MARKS "\\u0301\\u0302\\u0303\\u0304\\u0305\\u0306\\u0307\\u0308\\u030a\\u030b"

static void
no_text_touches_another_ticket_or_the_code(void **state)
{
	static const char *const hostile[] = {
		"W" MARKS MARKS MARKS MARKS MARKS MARKS MARKS MARKS MARKS MARKS, "WWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWW",
		"one\\ntwo\\rthree\\u2028four\\u2029five\\tsix\\u000b\\u0085", "\\u202egnorw\\u202c \\u2067left\\u2069", "مرحبا بالعالم مرحبا بالعالم",
		"\\ufdfd\\ufdfd\\ufdfd", "🎭🎟🎬", "\\u0f40\\u0f74\\u0f74\\u0f74\\u0f74\\u0f74", "<b>&amp;</b> %s %n \\\\ \\\"", "",
	};
	struct desk *d = *state;
	struct picture usual, other;

	printed(d, TICKETS(d, 3));
	usual = picture(d);
	for (size_t i = 0; i < ARRAY_LEN(hostile); i++) {
		const char *h = hostile[i];

		printed(d, TICKETS(d, 3, .at = 1, .row = h, .seat = h, .section = h, .price = h, .kind = h, .name = h));
		other = picture(d);
		assert_same_but_in(&usual, &other, h, (struct part){ 0, SLOT(1), BESIDE_CODE, SLOT(2) },
		    (struct part){ BESIDE_CODE, SLOT(1) + BELOW_CODE, 1, SLOT(2) });
		assert_string_equal(sheets_codes(&d->sheets, 150), CODE "0\n" CODE "1\n" CODE "2\n");
	}
}

static void
a_letter_that_no_font_has_is_told_to_the_log_and_the_rest_is_printed(void **state)
{
	struct desk *d = *state;

	sheets_put(&d->sheets, "document", TICKETS(d, 1, .name = "Zo\xf4\x8f\xbf\xbd"));
	sheets_ask(&d->sheets, arena_fmt(d->arena, "'%s' <document >paper.pdf", d->program).p);
	assert_non_null(strstr(sheets_get(&d->sheets, "errors").p, "no font of this machine has 1 of the characters"));
	assert_null(strstr(sheets_get(&d->sheets, "errors").p, "Zo"));
	SAYS(d, "L’Été des éphémères", "Ticket 481510");
}

static void
the_same_document_is_the_same_file_whoever_asks(void **state)
{
	struct desk *d = *state;
	struct span document = TICKETS(d, 2, .event = "आधी रात की ट्राम", .name = "山田 花子"), first = printed(d, document), again;

	assert_non_null(strstr(sheets_ask(&d->sheets, "TZ=UTC0 pdfinfo -isodates paper.pdf"), "CreationDate:    2026-11-03T14:03:22Z"));
	sleep(1);
	setenv("TZ", "Asia/Tokyo", 1);
	setenv("LANG", "ja_JP.UTF-8", 1);
	setenv("HOME", d->sheets.folder, 1);
	again = printed(d, document);
	assert_true(span_eq(first, again));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_ticket_says_everything),
		cmocka_unit_test(devanagari_and_japanese_are_read_as_they_were_written),
		cmocka_unit_test(devanagari_is_shaped),
		cmocka_unit_test(every_font_is_embedded_and_only_what_is_used_of_it),
		cmocka_unit_test(three_tickets_stand_on_a_sheet),
		cmocka_unit_test(a_receipt_says_everything_on_as_many_pages_as_it_needs),
		cmocka_unit_test(the_codes_are_read_from_the_print_also_from_a_small_and_coarse_one),
		cmocka_unit_test(the_code_is_wide_enough_for_a_print_at_four_fifths_and_stands_in_white),
		cmocka_unit_test(a_code_that_is_too_long_makes_no_ticket),
		cmocka_unit_test(an_endless_title_is_cut),
		cmocka_unit_test(no_text_touches_another_ticket_or_the_code),
		cmocka_unit_test(a_letter_that_no_font_has_is_told_to_the_log_and_the_rest_is_printed),
		cmocka_unit_test(the_same_document_is_the_same_file_whoever_asks),
	};

	sheets_need();
	return cmocka_run_group_tests(tests, desk_open, desk_close);
}
