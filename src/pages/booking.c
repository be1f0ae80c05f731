/* booking.c - tickets: the page with a QR code a seat, and the same as a calendar file. Whoever has the address has the tickets. */
#include "base/base.h"

#include "domain/bookings.h"
#include "domain/email.h"
#include "domain/tickets.h"
#include "pages/answers.h"
#include "pages/app.h"
#include "pages/routes.h"
#include "pages/words.h"
#include "papers/calendar.h"
#include "papers/qr.h"
#include "views/booking.h"

/* 0, or the status to answer with. A booking that was never paid has no tickets, so its address leads nowhere. */
static int
booking_of_path(struct request *rq, struct response *rs, struct booking *b, struct show *show)
{
	struct token t;
	enum outcome o;

	if (!token_read(&rq->app->token_key, TOKEN_BOOKING, path_value(rq, "token"), &t))
		return 404;
	o = booking_read(rq->app->db, rq->arena, t.show, t.id, b);
	if (o == OUTCOME_OK)
		o = show_read(rq->app->db, rq->arena, t.show, show);
	if (o != OUTCOME_OK)
		return answer(rs, o);
	if (t.generation != b->generation || (b->state != BOOKING_IS_CONFIRMED && b->state != BOOKING_IS_CANCELLED))
		return 404;
	return 0;
}

static struct span
booking_token(struct request *rq, const struct booking *b)
{
	return link_token(rq, TOKEN_BOOKING, b->show, b->id, b->generation);
}

static struct html_safe
qr_of(struct request *rq, const struct booking *b, const struct ticket *t)
{
	struct ticket_code code = { .key_id = (int)rq->app->settings->ticket_key_id, .show = b->show, .seat = t->seat,
		.serial = t->serial };
	struct html_safe svg = { SPAN_NONE };

	if (!qr_svg(rq->arena, ticket_print(rq->arena, &rq->app->ticket_key, &code), &svg))
		BUG("show=%" PRId64 " seat=%" PRId64 " the ticket does not fit a QR code", b->show, t->seat);
	return svg;
}

static void
fill_tickets(struct request *rq, const struct booking *b, struct booking_view *v)
{
	v->tickets_n = (int64_t)b->n;
	v->n_tickets = b->n;
	v->tickets = ARENA_ARRAY(rq->arena, struct booking_tickets, b->n);
	for (size_t i = 0; i < b->n; i++) {
		const struct ticket *t = &b->tickets[i];

		v->tickets[i] = (struct booking_tickets){ .row_label = t->row, .seat = t->number, .section_name = t->section_name,
			.type_name = t->price_name, .price = t->price, .wheelchair = t->kind == SEAT_WHEELCHAIR,
			.companion = t->kind == SEAT_COMPANION, .restricted = t->kind == SEAT_RESTRICTED, .entrance = SPAN_NONE,
			.serial = arena_fmt(rq->arena, "%" PRId64, t->serial), .live = t->live,
			.qr = t->live ? qr_of(rq, b, t) : (struct html_safe){ SPAN_NONE } };
	}
}

/* Where the money of a cancelled booking is. Without a refund row that was asked for, it is about to be. */
static enum outcome
fill_refund(struct request *rq, const struct booking *b, struct booking_view *v)
{
	struct payment p;
	struct refund r = { .id = 0 };
	enum outcome o = payment_of_hold(rq->app->db, rq->arena, b->show, b->hold, &p);

	if (o != OUTCOME_OK || (p.state != PAYMENT_REFUND_DUE && p.state != PAYMENT_REFUNDED))
		return o == OUTCOME_NOT_FOUND ? OUTCOME_OK : o;
	v->refund = p.amount;
	o = refund_of_payment(rq->app->db, rq->arena, b->show, p.id, &r);
	if (o != OUTCOME_OK && o != OUTCOME_NOT_FOUND)
		return o;
	v->refund_done = r.state == REFUND_ROW_DONE || p.state == PAYMENT_REFUNDED;
	v->refund_by_hand = !v->refund_done && r.state == REFUND_ROW_HUMAN;
	v->refund_asked = !v->refund_done && !v->refund_by_hand && r.id && r.provider_refund.n;
	v->refund_due = !v->refund_done && !v->refund_by_hand && !v->refund_asked;
	return OUTCOME_OK;
}

int
booking_get(struct request *rq, struct response *rs)
{
	struct booking b;
	struct show show;
	struct booking_view v;
	int status = booking_of_path(rq, rs, &b, &show);
	enum outcome o;

	if (status)
		return status;
	v = (struct booking_view){ .page = top_of_show(rq->arena, &show), .booking = booking_token(rq, &b),
		.reference = reference_groups(rq->arena, b.reference), .event = show.event.title, .when = show.starts, .iso = show.starts,
		.venue = show.venue_name, .hall = show.hall_name, .address = show.address, .map_url = show.map_url,
		.buyer_name = b.name, .email_hint = email_hint(rq->arena, b.email), .total = b.total, .refund = b.total,
		.just_paid = query_value(rq, "paid").n, .cancelled = b.state == BOOKING_IS_CANCELLED,
		.by_house = show.availability == SHOW_CANCELLED, .step_free_way = show.access_note, .phone = show.venue_phone };
	fill_tickets(rq, &b, &v);
	o = v.cancelled ? fill_refund(rq, &b, &v) : OUTCOME_OK;
	if (o != OUTCOME_OK)
		return answer(rs, o);
	booking_html(&rs->body, &v);
	return 200;
}

static struct span
seat_names_of(struct arena *a, const struct booking *b)
{
	struct buf names;

	buf_init(&names, a, SEAT_NAMES_MAX);
	for (size_t i = 0; i < b->n; i++)
		seat_names_add(&names, b->tickets[i].row, b->tickets[i].number);
	return buf_view(&names);
}

/* "https://tickets.example.org:8443" -> "tickets.example.org" */
static struct span
host_of(const char *base_url)
{
	struct span host = span_of(strstr(base_url, "//") ? strstr(base_url, "//") + 2 : base_url);

	host = span_cut(&host, '/');
	return span_cut(&host, ':');
}

int
booking_calendar_get(struct request *rq, struct response *rs)
{
	struct arena *a = rq->arena;
	struct booking b;
	struct show show;
	int status = booking_of_path(rq, rs, &b, &show);
	struct calendar_event e;

	if (status)
		return status;
	e = (struct calendar_event){
		.uid = arena_fmt(a, PRSPAN "@" PRSPAN, ARGSPAN(b.reference), ARGSPAN(host_of(rq->app->settings->base_url))),
		.title = show.event.title,
		.place = arena_fmt(a, PRSPAN ", " PRSPAN ", " PRSPAN, ARGSPAN(show.venue_name), ARGSPAN(show.hall_name),
		    ARGSPAN(show.address)),
		.words = arena_fmt(a, PRSPAN " · " PRSPAN, ARGSPAN(seat_names_of(a, &b)), ARGSPAN(reference_groups(a, b.reference))),
		.url = arena_fmt(a, "%s/bookings/" PRSPAN, rq->app->settings->base_url, ARGSPAN(booking_token(rq, &b))),
		.starts_ms = show.starts_utc_ms, .ends_ms = show.starts_utc_ms + show.event.minutes * 60000,
		.stamp_ms = clock_now(), .cancelled = b.state == BOOKING_IS_CANCELLED };
	rs->type = SPAN(CALENDAR_TYPE);
	response_header(rs, "Content-Disposition", SPAN("attachment; filename=\"tickets.ics\""));
	calendar_print(&rs->body.buf, &e);
	return 200;
}
