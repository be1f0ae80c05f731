/*
 * pdf.c - from JSON to a finished file. Everything is read before anything is drawn, so a document that is not whole draws nothing.
 * Reasons name keys and places, never what stands there: they are logged, and texts are people's names.
 */
#include "base/base.h"

#include <jansson.h>

#include "papers/pdf.h"
#include "papers/pdf_document.h"

struct reader {
	struct arena *arena;
	struct span *why;
};

static bool complain(struct reader *, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

static bool
complain(struct reader *r, const char *fmt, ...)
{
	char text[256];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	*r->why = arena_copy(r->arena, span_of(text));
	return false;
}

/* -- pieces ------------------------------------------------------------------------------------------------------------------ */

/* As json_unpack: strict where fmt ends in "!". What jansson complains of are keys and types. */
static bool
unpack(struct reader *r, json_t *json, const char *what, const char *fmt, ...)
{
	json_error_t error;
	va_list ap;
	int failed;

	va_start(ap, fmt);
	failed = json_vunpack_ex(json, &error, 0, fmt, ap);
	va_end(ap);
	return !failed || complain(r, "%s: %s", what, error.text);
}

static bool
size_fits(struct reader *r, const json_t *list, const char *what, size_t least, size_t most)
{
	if (json_is_array(list) && json_array_size(list) >= least && json_array_size(list) <= most)
		return true;
	return complain(r, "%s must be a list of %zu to %zu", what, least, most);
}

static bool
read_texts(struct reader *r, json_t *list, const char *what, size_t least, size_t most, struct texts *out)
{
	if (!size_fits(r, list, what, least, most))
		return false;
	out->list = ARENA_ARRAY(r->arena, const char *, json_array_size(list));
	for (out->n = 0; out->n < json_array_size(list); out->n++)
		if (!(out->list[out->n] = json_string_value(json_array_get(list, out->n))))
			return complain(r, "%s must be texts", what);
	return true;
}

static bool
read_labelled(struct reader *r, json_t *list, const char *what, size_t least, size_t most, struct labelled *out, size_t *n)
{
	if (!size_fits(r, list, what, least, most))
		return false;
	for (*n = 0; *n < json_array_size(list); (*n)++)
		if (!unpack(r, json_array_get(list, *n), what, "{s:s, s:s !}", "label", &out[*n].label, "value", &out[*n].value))
			return false;
	return true;
}

/* included is told of lines; note and mark of all others. */
static bool
read_row(struct reader *r, json_t *json, const char *what, bool line, struct row *row)
{
	*row = (struct row){ .note = "", .mark = "" };
	if (line)
		return unpack(r, json, what, "{s:s, s:s, s:b !}", "name", &row->name, "amount", &row->amount, "included", &row->included);
	return unpack(r, json, what, "{s:s, s:s, s:s, s:s !}", "name", &row->name, "note", &row->note, "mark", &row->mark, "amount",
	    &row->amount);
}

static bool
read_rows(struct reader *r, json_t *list, const char *what, bool line, struct row **out, size_t *n)
{
	if (!size_fits(r, list, what, 0, ROWS_MAX))
		return false;
	*out = ARENA_ARRAY(r->arena, struct row, json_array_size(list));
	for (*n = 0; *n < json_array_size(list); (*n)++)
		if (!read_row(r, json_array_get(list, *n), what, line, &(*out)[*n]))
			return false;
	return true;
}

static bool
read_sum(struct reader *r, json_t *json, const char *what, struct row *row)
{
	*row = (struct row){ .note = "", .mark = "" };
	return unpack(r, json, what, "{s:s, s:s !}", "name", &row->name, "amount", &row->amount);
}

/* -- whole documents ----------------------------------------------------------------------------------------------------------- */

static bool
read_ticket(struct reader *r, json_t *json, struct ticket_card *t)
{
	json_t *place, *under;

	return unpack(r, json, "a ticket", "{s:s, s:o, s:s, s:s, s:s, s:o !}", "count", &t->count, "place", &place, "price", &t->price,
	    "kind", &t->kind, "code", &t->code, "under", &under) &&
	    read_labelled(r, place, "place", 1, PLACE_MAX, t->place, &t->n_place) && read_texts(r, under, "under", 0, UNDER_MAX, &t->under);
}

static bool
read_tickets(struct reader *r, json_t *root, struct document *d)
{
	const char *paper;
	json_t *about, *list;

	if (!unpack(r, root, "the document", "{s:s, s:s, s:s, s:s, s:s, s:s, s:o, s:s, s:o !}", "paper", &paper, "made", &d->facts.made,
	    "title", &d->facts.title, "author", &d->facts.author, "house", &d->house, "event", &d->event, "about", &about,
	    "notes", &d->tickets_notes, "tickets", &list) || !read_texts(r, about, "about", 1, ABOUT_MAX, &d->about) ||
	    !size_fits(r, list, "tickets", 1, ROWS_MAX))
		return false;
	d->tickets = ARENA_ARRAY(r->arena, struct ticket_card, json_array_size(list));
	for (; d->n_tickets < json_array_size(list); d->n_tickets++)
		if (!read_ticket(r, json_array_get(list, d->n_tickets), &d->tickets[d->n_tickets]))
			return false;
	return true;
}

static bool
read_receipt(struct reader *r, json_t *root, struct document *d)
{
	json_t *about, *seller, *facts, *seats, *lines, *total, *money, *remains, *notes;
	const char *paper;

	d->facts_list = ARENA_ARRAY(r->arena, struct labelled, FACTS_MAX);
	return unpack(r, root, "the document", "{s:s, s:s, s:s, s:s, s:s, s:o, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o !}",
	    "paper", &paper, "made", &d->facts.made, "title", &d->facts.title, "author", &d->facts.author, "event", &d->event,
	    "about", &about, "heading", &d->heading, "seller", &seller, "facts", &facts, "seats", &seats,
	    "lines", &lines, "total", &total, "money", &money, "remains", &remains, "notes", &notes) &&
	    read_texts(r, about, "about", 1, ABOUT_MAX, &d->about) && read_texts(r, seller, "seller", 1, SELLER_MAX, &d->seller) &&
	    read_labelled(r, facts, "facts", 0, FACTS_MAX, d->facts_list, &d->n_facts) &&
	    read_rows(r, seats, "seats", false, &d->seats, &d->n_seats) && read_rows(r, lines, "lines", true, &d->lines, &d->n_lines) &&
	    read_rows(r, money, "money", false, &d->money, &d->n_money) && read_sum(r, total, "total", &d->total) &&
	    read_sum(r, remains, "remains", &d->remains) && read_texts(r, notes, "notes", 0, NOTES_MAX, &d->notes);
}

/* "2026-11-21T19:30:00Z", and nothing that cairo would have to guess about. */
static bool
is_moment(const char *text)
{
	static const char shape[] = "0000-00-00T00:00:00Z";
	size_t i = 0;

	for (; i < sizeof(shape) - 1; i++)
		if (shape[i] == '0' ? text[i] < '0' || text[i] > '9' : text[i] != shape[i])
			return false;
	return !text[i];
}

static bool
read_document(struct reader *r, json_t *root, struct document *d)
{
	const char *paper = json_string_value(json_object_get(root, "paper"));
	bool tickets = paper && strcmp(paper, "tickets") == 0;

	if (!tickets && !(paper && strcmp(paper, "receipt") == 0))
		return complain(r, "paper must be tickets or receipt");
	if (!(tickets ? read_tickets(r, root, d) : read_receipt(r, root, d)))
		return false;
	return is_moment(d->facts.made) || complain(r, "made must be like 2026-11-21T19:30:00Z");
}

static bool
draw(struct reader *r, const struct document *d, struct buf *pdf)
{
	struct sheet sheet;
	const char *why;
	bool fits = true;

	sheet_open(&sheet, r->arena, pdf, &d->facts);
	if (d->n_tickets)
		fits = tickets_draw(&sheet, d);
	else
		receipt_draw(&sheet, d);
	if (!sheet_close(&sheet, &why))
		return complain(r, "cairo says: %s", why);
	if (!fits)
		return complain(r, "a code fits no QR code");
	if (sheet.unknown)
		complain(r, "no font of this machine has %d of the characters", sheet.unknown);
	return true;
}

bool
pdf_print(struct arena *a, struct span json, struct buf *pdf, struct span *why)
{
	struct reader r = { .arena = a, .why = why };
	struct document d = { .n_tickets = 0 };
	json_error_t error;
	json_t *root;
	bool good;

	*why = SPAN_NONE;
	if (json.n > PDF_DOCUMENT_MAX)
		return complain(&r, "more than %zu bytes", PDF_DOCUMENT_MAX);
	root = json_loadb(json.p, json.n, JSON_REJECT_DUPLICATES, &error);
	if (!root)
		return complain(&r, "no JSON, at line %d column %d", error.line, error.column);
	good = read_document(&r, root, &d) && draw(&r, &d, pdf);
	json_decref(root);
	return good;
}
