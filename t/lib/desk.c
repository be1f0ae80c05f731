/* desk.c - see desk.h. */
#include "desk.h"

#include <setjmp.h>
#include <unistd.h>

#include <cmocka.h>

#include "papers/paper.h"

int
desk_open(void **state)
{
	struct desk *d = calloc(1, sizeof(*d));
	const char *build = getenv("FOYER_BUILD");
	char top[512];

	log_open("test", LOG_LEVEL_ERROR);
	d->arena = arena_new(512 * MiB);
	sheets_open(&d->sheets, d->arena);
	assert_non_null(getcwd(top, sizeof(top)));
	d->program = arena_fmt(d->arena, "%s/foyer-paper", build && *build ? build : top).p;
	*state = d;
	return 0;
}

int
desk_close(void **state)
{
	struct desk *d = *state;

	sheets_close(&d->sheets);
	arena_free(d->arena);
	free(d);
	return 0;
}

#define OR(text, usual) ((text) ? (text) : (usual))

static void
add_ticket(struct buf *b, const struct words *w, int i, int n)
{
	buf_fmt(b, "%s{\"count\":\"Ticket %d of %d\",\"place\":[{\"label\":\"Row\",\"value\":\"%s\"},{\"label\":\"Seat\",\"value\":\"%s\"},"
	    "{\"label\":\"Section\",\"value\":\"%s\"}],\"price\":\"%s\",\"kind\":\"%s\",\"code\":\"%s%d\",\"under\":[\"K7M 2QX 9TD\",\"%s\","
	    "\"Ticket 48151%d\"]}", i ? "," : "", i + 1, n, OR(w->row, "C"), OR(w->seat, "7"), OR(w->section, "Stalls"),
	    OR(w->price, "£15.50 · Adult"), OR(w->kind, ""), OR(w->code, CODE), i, OR(w->name, "Zoë Garçon"), i);
}

struct span
desk_tickets(struct desk *d, const struct words *words, int n)
{
	static const struct words usual = { .event = NULL };
	struct buf b;

	buf_init(&b, d->arena, 256 * KiB);
	buf_fmt(&b, "{\"paper\":\"tickets\",\"made\":\"2026-11-03T14:03:22Z\",\"title\":\"Tickets K7M 2QX 9TD\",\"author\":\"Foyer\","
	    "\"house\":\"Foyer\",\"event\":\"%s\",\"about\":[\"Sat 21 Nov 2026, 19:30 (London time)\",\"The Lumière · Screen 1\","
	    "\"14 Wick Street, London E8 9QX\"],\"notes\":\"Getting in: a lift goes to every screen.\",\"tickets\":[",
	    OR(words->event, "L’Été des éphémères"));
	for (int i = 0; i < n; i++)
		add_ticket(&b, i == words->at ? words : &usual, i, n);
	buf_text(&b, "]}");
	assert_false(b.failed);
	return buf_view(&b);
}

struct span
desk_receipt(struct desk *d, int rows)
{
	struct buf b;

	buf_init(&b, d->arena, 256 * KiB);
	buf_text(&b, "{\"paper\":\"receipt\",\"made\":\"2026-11-03T14:03:22Z\",\"title\":\"Receipt K7M 2QX 9TD\",\"author\":\"Foyer\","
	    "\"event\":\"Ox\",\"about\":[\"Sat 21 Nov 2026\"],\"heading\":\"Receipt\",\"seller\":[\"Lumière Ltd\",\"14 Wick Street\"],"
	    "\"facts\":[{\"label\":\"Receipt number\",\"value\":\"K7M 2QX 9TD\"}],\"seats\":[");
	for (int i = 0; i < rows; i++)
		buf_fmt(&b, "%s{\"name\":\"Row C, seat %d\",\"note\":\"Stalls · Adult\",\"mark\":\"%s\",\"amount\":\"£15.%02d\"}", i ? "," : "", i,
		    i ? "" : "Cancelled on Wed 4 Nov 2026", i);
	buf_text(&b, "],\"lines\":[{\"name\":\"Booking fee\",\"amount\":\"£2.00\",\"included\":false},{\"name\":\"of which VAT 20 %\","
	    "\"amount\":\"£5.50\",\"included\":true}],\"total\":{\"name\":\"Total\",\"amount\":\"£33.00\"},\"money\":[{\"name\":\"Paid by card\","
	    "\"note\":\"Tue 3 Nov 2026\",\"mark\":\"\",\"amount\":\"£33.00\"}],\"remains\":{\"name\":\"Paid after refunds\",\"amount\":\"£16.50\"},"
	    "\"notes\":[\"All times are London time.\"]}");
	assert_false(b.failed);
	return buf_view(&b);
}

struct span
printed(struct desk *d, struct span document)
{
	struct span pdf;

	assert_true(paper_print(d->arena, d->program, document, PAPER_MOST, &pdf));
	sheets_put(&d->sheets, "paper.pdf", pdf);
	return pdf;
}

void
assert_says(struct desk *d, const char *const *texts, size_t n)
{
	const char *words = sheets_words(&d->sheets);

	for (size_t i = 0; i < n; i++)
		if (!strstr(words, texts[i]))
			fail_msg("\"%s\" is not in: %s", texts[i], words);
}
