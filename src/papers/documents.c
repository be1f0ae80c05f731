/*
 * documents.c - tickets; see documents.h. A document tells how things stand when it is composed; "made" is the moment of the last
 * thing it tells of, never the clock's, so that the same booking makes the same file.
 */
#include "base/base.h"

#include "domain/tickets.h"
#include "papers/document_text.h"
#include "papers/documents.h"
#include "papers/words.h"

static struct span
ticket_notes(struct arena *a, const struct show *show)
{
	struct buf b;

	buf_init(&b, a, 4 * KiB);
	buf_span(&b, paper_word(W_ONCE));
	if (show->access_note.n)
		buf_fmt(&b, " " PRSPAN, ARGSPAN(paper_words(a, W_GETTING_IN, show->access_note, SPAN_NONE)));
	if (show->venue_phone.n)
		buf_fmt(&b, " " PRSPAN, ARGSPAN(paper_words(a, W_ACCESS, show->venue_phone, SPAN_NONE)));
	return buf_view(&b);
}

static void
ticket(struct buf *b, const struct tickets_paper *p, const struct ticket *t, struct span count)
{
	struct arena *a = b->arena;
	const struct ticket_code code = { .key_id = (int)p->settings->ticket_key_id, .show = p->booking->show, .seat = t->seat,
		.serial = t->serial };
	/* the amount first: what a long name may lose is not that */
	const struct span price[] = { money_text(a, t->price), t->price_name };

	doc_open(b, NULL, '{');
	doc_text(b, "count", count);
	doc_open(b, "place", '[');
	doc_labelled(b, W_ROW, t->row);
	doc_labelled(b, W_SEAT, t->number);
	doc_labelled(b, W_SECTION, t->section_name);
	doc_close(b, ']');
	doc_text(b, "price", dotted(a, price, ARRAY_LEN(price)));
	doc_text(b, "kind", kind_text(t->kind));
	doc_text(b, "code", ticket_print(a, p->key, &code));
	doc_open(b, "under", '[');
	doc_text(b, NULL, reference_groups(a, p->booking->reference));
	doc_text(b, NULL, p->booking->name);
	doc_text(b, NULL, paper_words(a, W_TICKET_NUMBER, arena_fmt(a, "%" PRId64, t->serial), SPAN_NONE));
	doc_close(b, ']');
	doc_close(b, '}');
}

static size_t
live_tickets(const struct booking *booking)
{
	size_t n = 0;

	for (size_t i = 0; i < booking->n; i++)
		n += booking->tickets[i].live;
	return n;
}

struct span
tickets_document(struct arena *a, const struct tickets_paper *p)
{
	size_t live = live_tickets(p->booking), n = 0;
	struct span reference = reference_groups(a, p->booking->reference);
	struct buf b;

	if (!live)
		return SPAN_NONE;
	buf_init(&b, a, DOCUMENT_MAX);
	doc_open(&b, NULL, '{');
	doc_head(&b, "tickets", p->booking->confirmed_ms, paper_words(a, W_TICKETS_TITLE, reference, SPAN_NONE),
	    span_of(p->settings->house_name), p->show);
	doc_text(&b, "house", span_of(p->settings->house_name));
	doc_text(&b, "notes", ticket_notes(a, p->show));
	doc_open(&b, "tickets", '[');
	for (size_t i = 0; i < p->booking->n; i++)
		if (p->booking->tickets[i].live)
			ticket(&b, p, &p->booking->tickets[i], paper_words(a, W_TICKET_COUNT, arena_fmt(a, "%zu", ++n),
			    arena_fmt(a, "%zu", live)));
	doc_close(&b, ']');
	doc_close(&b, '}');
	return buf_view(&b);
}
