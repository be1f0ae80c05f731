/* booking.c - tickets: the page with a QR code a seat, and the same as a calendar file. Whoever has the address has the tickets. */
#include "base/base.h"

#include "domain/bookings.h"
#include "domain/cancel.h"
#include "domain/email.h"
#include "domain/show_move.h"
#include "domain/tickets.h"
#include "pages/answers.h"
#include "pages/app.h"
#include "pages/bookingpath.h"
#include "pages/routes.h"
#include "pages/sums.h"
#include "pages/words.h"
#include "papers/calendar.h"
#include "papers/qr.h"
#include "views/booking.h"

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

/* Money of this booking that goes back, row by row: whatever did not come to anything has its successor in the list. */
static enum outcome
fill_refunds(struct request *rq, const struct booking *b, const struct show *show, struct booking_view *v)
{
	struct payment p;
	struct refund *list;
	enum outcome o = payment_of_hold(rq->app->db, rq->arena, b->show, b->hold, &p);
	size_t n;

	if (o != OUTCOME_OK)
		return o == OUTCOME_NOT_FOUND ? OUTCOME_OK : o;
	n = refunds_of_payment(rq->app->db, rq->arena, b->show, p.id, &list);
	v->refunds = ARENA_ARRAY(rq->arena, struct booking_refunds, n);
	for (size_t i = 0; i < n; i++) {
		const struct refund *r = &list[i];

		if (r->state == REFUND_ROW_FAILED)
			continue;
		v->refunds[v->n_refunds++] = (struct booking_refunds){ .back = r->amount, .back_done = r->state == REFUND_ROW_DONE,
			.back_on = { r->done_ms, show->starts.zone }, .back_by_hand = r->state == REFUND_ROW_HUMAN,
			.back_asked = r->state == REFUND_ROW_PENDING && r->provider_refund.n };
	}
	return outcome_of_reads(rq->app->db);
}

/* Whether "give tickets back" leads anywhere; and when the show was to begin, if that has changed since. */
static enum outcome
fill_terms(struct request *rq, const struct booking *b, const struct show *show, struct booking_view *v)
{
	struct cancel_terms terms;
	int64_t before_ms = 0;
	enum outcome o = cancel_terms_read(rq->app->db, b->show, &terms);

	v->moved = b->state == BOOKING_IS_CONFIRMED && booking_moved(rq->app->db, b->show, b->id, &before_ms);
	v->before = (struct moment){ before_ms, show->starts.zone };
	v->can_give_back = terms.in_time && b->state == BOOKING_IS_CONFIRMED;
	v->give_back_until = (struct moment){ terms.until_ms, show->starts.zone };
	return o;
}

int
booking_get(struct request *rq, struct response *rs)
{
	struct booking b;
	struct show show;
	struct booking_view v;
	struct charge_lines lines;
	int status = booking_of_path(rq, rs, &b, &show);
	enum outcome o;

	if (status)
		return status;
	v = (struct booking_view){ .page = top_of_show(rq->arena, &show), .booking = booking_link(rq, &b),
		.reference = reference_groups(rq->arena, b.reference), .event = show.event.title, .when = show.starts, .iso = show.starts,
		.venue = show.venue_name, .hall = show.hall_name, .address = show.address, .map_url = show.map_url,
		.buyer_name = b.name, .email_hint = email_hint(rq->arena, b.email), .total = b.total,
		.just_paid = query_value(rq, "paid").n, .given_back = query_value(rq, "given").n, .cancelled = b.state == BOOKING_IS_CANCELLED,
		.by_house = show.availability == SHOW_CANCELLED, .step_free_way = show.access_note, .phone = show.venue_phone };
	fill_tickets(rq, &b, &v);
	o = booking_charges(rq->app->db, rq->arena, b.show, b.id, &lines);
	v.sums = sums_of(rq->arena, &lines, b.total);
	if (o == OUTCOME_OK)
		o = fill_refunds(rq, &b, &show, &v);
	if (o == OUTCOME_OK)
		o = fill_terms(rq, &b, &show, &v);
	if (o != OUTCOME_OK)
		return answer(rs, o);
	booking_html(&rs->body, &v);
	return 200;
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
	e = calendar_of_booking(a, rq->app->settings, &b, &show,
	    arena_fmt(a, "%s/bookings/" PRSPAN, rq->app->settings->base_url, ARGSPAN(booking_link(rq, &b))));
	e.stamp_ms = clock_now();
	rs->type = SPAN(CALENDAR_TYPE);
	response_header(rs, "Content-Disposition", SPAN("attachment; filename=\"tickets.ics\""));
	calendar_print(&rs->body.buf, &e);
	return 200;
}
