/*
 * letters.c - see letters.h. A letter tells how things stand when it is written, not when its event was: tickets that were cancelled
 * meanwhile are not sent.
 */
#include "base/base.h"

#include "domain/bookings.h"
#include "domain/catalog.h"
#include "domain/charges.h"
#include "domain/holds.h"
#include "domain/payments.h"
#include "domain/refunds.h"
#include "relay/letters.h"
#include "views/link.h"
#include "views/refund_done.h"
#include "views/refund_due.h"
#include "views/tickets.h"

#define TEXT_MAX (64 * KiB)

static struct span
link_to(struct mail *m, const char *path, enum token_kind kind, int64_t show, int64_t id, int generation)
{
	struct token t = { .kind = kind, .generation = generation, .show = show, .id = id };

	return arena_fmt(m->arena, "%s%s%s", m->settings->base_url, path, token_print(&m->token_key, t).text);
}

static struct span
house(const struct mail *m)
{
	return span_of(m->settings->house_name);
}

/* Why nothing can be written now: an outcome that is not OK. */
static enum letter_end
later(struct mail *m, enum outcome o, const char *what, struct span *why)
{
	*why = arena_fmt(m->arena, "%s: %s", what, outcome_name(o));
	return o == OUTCOME_NOT_FOUND ? LETTER_WRONG : LETTER_LATER;
}

static enum letter_end
none(struct span *why, struct span words)
{
	*why = words;
	return LETTER_NONE;
}

static enum letter_end
written(struct letter *letter, struct span to, const struct buf *text)
{
	*letter = (struct letter){ .to = to, .text = buf_view(text) };
	return LETTER_WRITTEN;
}

/* -- bookings ---------------------------------------------------------------------------------------------------------------- */

static enum outcome
booking_and_show(struct mail *m, const struct delivery *d, struct booking *b, struct show *show)
{
	enum outcome o = booking_read(m->db, m->arena, d->show, d->subject, b);

	return o == OUTCOME_OK ? show_read(m->db, m->arena, d->show, show) : o;
}

static struct span
booking_link(struct mail *m, const struct booking *b)
{
	return link_to(m, "/bookings/", TOKEN_BOOKING, b->show, b->id, b->generation);
}

static void
fill_tickets(struct mail *m, const struct booking *b, struct tickets_view *v)
{
	v->tickets_n = (int64_t)b->n;
	v->n_tickets = b->n;
	v->tickets = ARENA_ARRAY(m->arena, struct tickets_tickets, b->n);
	for (size_t i = 0; i < b->n; i++) {
		const struct ticket *t = &b->tickets[i];

		v->tickets[i] = (struct tickets_tickets){ .row_label = t->row, .seat = t->number, .section_name = t->section_name,
			.type_name = t->price_name, .price = t->price, .wheelchair = t->kind == SEAT_WHEELCHAIR,
			.companion = t->kind == SEAT_COMPANION, .restricted = t->kind == SEAT_RESTRICTED };
	}
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

static enum letter_end
write_tickets(struct mail *m, const struct delivery *d, struct letter *letter, struct span *why)
{
	struct booking b;
	struct show show;
	struct tickets_view v;
	struct buf text;
	enum outcome o = booking_and_show(m, d, &b, &show);

	if (o != OUTCOME_OK)
		return later(m, o, "the booking", why);
	if (b.state != BOOKING_IS_CONFIRMED)
		return none(why, SPAN("the booking is not confirmed any more"));
	v = (struct tickets_view){ .house = house(m), .event = show.event.title, .when = show.starts, .city = show.city_name,
		.venue = show.venue_name, .hall = show.hall_name, .address = show.address, .link = booking_link(m, &b),
		.find = arena_fmt(m->arena, "%s/bookings/find", m->settings->base_url),
		.reference = reference_groups(m->arena, b.reference), .buyer_name = b.name,
		.step_free_way = show.access_note, .phone = show.venue_phone };
	fill_tickets(m, &b, &v);
	o = fill_sums(m, &b, &v);
	if (o != OUTCOME_OK)
		return later(m, o, "the charges", why);
	buf_init(&text, m->arena, TEXT_MAX);
	tickets_text(&text, &v);
	return written(letter, b.email, &text);
}

static enum letter_end
write_link(struct mail *m, const struct delivery *d, struct letter *letter, struct span *why)
{
	struct booking b;
	struct show show;
	struct link_view v;
	struct buf text;
	enum outcome o = booking_and_show(m, d, &b, &show);

	if (o != OUTCOME_OK)
		return later(m, o, "the booking", why);
	if (b.state != BOOKING_IS_CONFIRMED && b.state != BOOKING_IS_CANCELLED)
		return none(why, SPAN("the booking was never paid"));
	v = (struct link_view){ .house = house(m), .event = show.event.title, .when = show.starts, .city = show.city_name,
		.venue = show.venue_name, .link = booking_link(m, &b), .reference = reference_groups(m->arena, b.reference),
		.cancelled = b.state == BOOKING_IS_CANCELLED };
	buf_init(&text, m->arena, TEXT_MAX);
	link_text(&text, &v);
	return written(letter, b.email, &text);
}

/* -- money that goes back -------------------------------------------------------------------------------------------------------- */

static enum outcome
payment_and_show(struct mail *m, int64_t show_id, int64_t payment, struct payment *p, struct show *show)
{
	enum outcome o = payment_read(m->db, m->arena, show_id, payment, p);

	return o == OUTCOME_OK ? show_read(m->db, m->arena, show_id, show) : o;
}

/*
 * Where a buyer sees how the money stands: with the tickets where there were any, else on the page that they come back to from the
 * provider, for as long as that goes on.
 */
static struct span
money_link(struct mail *m, const struct payment *p)
{
	if (p->state == PAYMENT_PAID || span_is(p->reason, "given_back"))
		return link_to(m, "/bookings/", TOKEN_BOOKING, p->show, p->booking, p->booking_generation);
	return link_to(m, "/pay/return/", TOKEN_PAYMENT, p->show, p->id, 0);
}

static void
name_seats(struct mail *m, const struct payment *p, struct refund_due_view *v)
{
	struct hold hold;

	if (hold_read(m->db, m->arena, p->show, p->hold, 0, &hold) != OUTCOME_OK)
		return;
	v->seat_names = hold_seat_names(m->arena, &hold);
	v->seats_n = (int64_t)hold.n;
}

static enum letter_end
write_refund_due(struct mail *m, const struct delivery *d, struct letter *letter, struct span *why)
{
	struct payment p;
	struct refund r;
	struct show show;
	struct refund_due_view v;
	struct buf text;
	enum outcome o = payment_and_show(m, d->show, d->subject, &p, &show);

	if (o == OUTCOME_OK)
		o = refund_of_payment(m->db, m->arena, d->show, d->subject, &r);
	if (o != OUTCOME_OK)
		return later(m, o, "the payment", why);
	v = (struct refund_due_view){ .house = house(m), .event = show.event.title, .when = show.starts, .city = show.city_name,
		.venue = show.venue_name, .amount = r.amount, .late = span_is(p.reason, "late"),
		.show_cancelled = span_is(p.reason, "cancelled"), .second = span_is(p.reason, "second"),
		.given_back = span_is(p.reason, "given_back"), .seat_names = SPAN_NONE,
		.link = money_link(m, &p), .phone = show.venue_phone };
	v.other = !v.late && !v.show_cancelled && !v.second && !v.given_back;
	if (v.late)
		name_seats(m, &p, &v);
	buf_init(&text, m->arena, TEXT_MAX);
	refund_due_text(&text, &v);
	return written(letter, p.email, &text);
}

static enum letter_end
write_refund_done(struct mail *m, const struct delivery *d, struct letter *letter, struct span *why)
{
	struct payment p;
	struct refund r;
	struct show show;
	struct refund_done_view v;
	struct buf text;
	enum outcome o = refund_read(m->db, m->arena, d->show, d->subject, &r);

	if (o == OUTCOME_OK)
		o = payment_and_show(m, d->show, r.payment, &p, &show);
	if (o != OUTCOME_OK)
		return later(m, o, "the refund", why);
	v = (struct refund_done_view){ .house = house(m), .event = show.event.title, .when = show.starts, .city = show.city_name,
		.venue = show.venue_name, .amount = r.amount, .provider_reference = r.provider_refund, .link = money_link(m, &p),
		.phone = show.venue_phone };
	buf_init(&text, m->arena, TEXT_MAX);
	refund_done_text(&text, &v);
	return written(letter, p.email, &text);
}

/* -- all of them ----------------------------------------------------------------------------------------------------------------- */

const char *const letter_types[] = { "BOOKING_CONFIRMED", "BOOKING_LINK", "PAYMENT_REFUND_DUE", "REFUND_DONE" };
const size_t n_letter_types = ARRAY_LEN(letter_types);

enum letter_end
letter_write(struct mail *m, const struct delivery *d, struct letter *letter, struct span *why)
{
	static enum letter_end (*const write[])(struct mail *, const struct delivery *, struct letter *, struct span *) = {
		write_tickets, write_link, write_refund_due, write_refund_done };
	_Static_assert(ARRAY_LEN(write) == ARRAY_LEN(letter_types), "each type has its letter");

	for (size_t i = 0; i < ARRAY_LEN(write); i++)
		if (span_is(d->type, letter_types[i]))
			return write[i](m, d, letter, why);
	return none(why, SPAN("no letter is written for such an event"));
}
