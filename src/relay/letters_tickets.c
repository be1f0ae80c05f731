/*
 * letters_tickets.c - the letter that brings tickets: words, a picture of each code, and attached the tickets as PDF and the date for a
 * calendar. Tickets that were cancelled meanwhile are not sent. A PDF that cannot be made keeps no letter back: the codes are in it, and
 * the link.
 */
#include "base/base.h"

#include "domain/charges.h"
#include "domain/tickets.h"
#include "papers/calendar.h"
#include "papers/documents.h"
#include "papers/paper.h"
#include "papers/qr.h"
#include "relay/letters.h"
#include "views/tickets.h"

#define PAPER_MAIL_MOST MiB	/* half of MESSAGE_MAX, for it grows by a third */
#define CALENDAR_MAX (16 * KiB)
#define DOT 10			/* pixels of the picture a module of the code … */
#define DOT_SHOWN 5		/* … and of the page: sharp where there are two to one of these */

/* The picture of a ticket's code, shown in the letter by the id that is returned. */
static struct span
show_code(struct mail *m, const struct delivery *d, const struct booking *b, const struct ticket *t, struct letter *letter, int64_t *px)
{
	const struct ticket_code code = { .key_id = (int)m->settings->ticket_key_id, .show = b->show, .seat = t->seat, .serial = t->serial };
	struct message_part *part = &letter->shown[letter->n_shown];
	struct qr_picture picture;

	if (letter->n_shown == LETTER_PARTS || !qr_png(m->arena, ticket_print(m->arena, &m->ticket_key, &code), DOT, &picture)) {
		BUG("show=%" PRId64 " seat=%" PRId64 " the ticket does not fit a picture", b->show, t->seat);
		return SPAN_NONE;
	}
	letter->n_shown++;
	*part = (struct message_part){ .type = SPAN("image/png"), .name = arena_fmt(m->arena, "ticket-%zu.png", letter->n_shown),
		.id = arena_fmt(m->arena, "ticket-%zu.%" PRId64 "-%" PRId64 "@" PRSPAN, letter->n_shown, d->show, d->event,
		    ARGSPAN(settings_host(m->settings))), .bytes = picture.png };
	*px = picture.side * DOT_SHOWN;
	return part->id;
}

static void
fill_tickets(struct mail *m, const struct delivery *d, const struct booking *b, struct letter *letter, struct tickets_view *v)
{
	v->tickets = ARENA_ARRAY(m->arena, struct tickets_tickets, b->n);
	for (size_t i = 0; i < b->n; i++) {
		const struct ticket *t = &b->tickets[i];
		struct tickets_tickets *one = &v->tickets[v->n_tickets];

		if (!t->live)
			continue;
		*one = (struct tickets_tickets){ .row_label = t->row, .seat = t->number, .section_name = t->section_name,
			.type_name = t->price_name, .price = t->price, .wheelchair = t->kind == SEAT_WHEELCHAIR,
			.companion = t->kind == SEAT_COMPANION, .restricted = t->kind == SEAT_RESTRICTED };
		one->code_id = show_code(m, d, b, t, letter, &one->code_px);
		v->n_tickets++;
	}
	v->tickets_n = (int64_t)v->n_tickets;
}

/* What was paid, line by line (domain/charges.h). */
static enum outcome
fill_sums(struct mail *m, const struct booking *b, struct tickets_view *v)
{
	struct charge_lines lines;
	enum outcome o = booking_charges(m->db, m->arena, b->show, b->id, &lines);

	v->total = v->tickets_alone = b->total;
	v->tickets_alone.minor = lines.tickets;
	v->added = ARENA_ARRAY(m->arena, struct tickets_added, lines.n);
	v->contained = ARENA_ARRAY(m->arena, struct tickets_contained, lines.n);
	for (size_t i = 0; i < lines.n; i++) {
		const struct charge_line *l = &lines.list[i];
		struct money part = b->total;

		part.minor = l->minor;
		if (l->included)
			v->contained[v->n_contained++] = (struct tickets_contained){ l->name, l->rate, part };
		else
			v->added[v->n_added++] = (struct tickets_added){ l->name, l->rate, part };
	}
	return o;
}

static void
attach(struct letter *letter, struct span type, struct span name, struct span bytes)
{
	letter->attached[letter->n_attached++] = (struct message_part){ .type = type, .name = name, .id = SPAN_NONE, .bytes = bytes };
}

/* True: the PDF is among them. */
static bool
attach_papers(struct mail *m, const struct delivery *d, const struct booking *b, const struct show *show, struct letter *letter)
{
	struct tickets_paper paper = { .settings = m->settings, .key = &m->ticket_key, .booking = b, .show = show };
	struct calendar_event event = calendar_of_booking(m->arena, m->settings, b, show, letter_booking_link(m, b));
	struct span pdf, document = tickets_document(m->arena, &paper);
	struct buf calendar;
	bool drawn = paper_print(m->arena, paper_program(m->settings), document, PAPER_MAIL_MOST, &pdf);

	if (drawn)
		attach(letter, SPAN(PAPER_TYPE), arena_fmt(m->arena, "tickets-" PRSPAN ".pdf", ARGSPAN(b->reference)), pdf);
	event.stamp_ms = d->at_ms;
	buf_init(&calendar, m->arena, CALENDAR_MAX);
	calendar_print(&calendar, &event);
	attach(letter, SPAN(CALENDAR_TYPE), SPAN("tickets.ics"), buf_view(&calendar));
	return drawn;
}

enum letter_end
write_tickets(struct mail *m, const struct delivery *d, struct letter *letter, struct span *why)
{
	struct booking b;
	struct show show;
	struct tickets_view v;
	enum outcome o = letter_booking(m, d, &b, &show);

	if (o != OUTCOME_OK)
		return letter_later(m, o, "the booking", why);
	if (b.state != BOOKING_IS_CONFIRMED)
		return letter_none(why, SPAN("the booking is not confirmed any more"));
	v = (struct tickets_view){ .house = letter_house(m), .event = show.event.title, .when = show.starts, .city = show.city_name,
		.venue = show.venue_name, .hall = show.hall_name, .address = show.address, .link = letter_booking_link(m, &b),
		.find = arena_fmt(m->arena, "%s/bookings/find", m->settings->base_url),
		.reference = reference_groups(m->arena, b.reference), .buyer_name = b.name,
		.step_free_way = show.access_note, .phone = show.venue_phone };
	o = fill_sums(m, &b, &v);
	if (o != OUTCOME_OK)
		return letter_later(m, o, "the charges", why);
	fill_tickets(m, d, &b, letter, &v);
	v.paper = attach_papers(m, d, &b, &show, letter);
	return LETTER_PRINT(m, letter, tickets, b.email, &v);
}
