/* yourseats.c - GET /holds: what this browser holds now, and its tickets. */
#include "base/base.h"

#include "domain/bookings.h"
#include "pages/answers.h"
#include "pages/app.h"
#include "pages/routes.h"
#include "pages/session.h"
#include "pages/words.h"
#include "views/holds.h"

/* The last show read: a buyer's holds of one show stand together. */
struct page {
	struct show show;
	struct holds_view view;
};

static enum outcome
add_hold(struct request *rq, struct page *p, const struct buyer_hold *b)
{
	struct holds_view *v = &p->view;
	struct hold h;
	struct payment pay;
	enum outcome o = hold_read(rq->app->db, rq->arena, b->show, b->hold, 0, &h);
	bool paying;

	if (o != OUTCOME_OK)
		return o;
	o = payment_of_hold(rq->app->db, rq->arena, b->show, b->hold, &pay);
	if (o != OUTCOME_OK && o != OUTCOME_NOT_FOUND)
		return o;
	paying = o == OUTCOME_OK && (pay.state == PAYMENT_OPEN || pay.state == PAYMENT_CAPTURING);
	v->holds[v->n_holds++] = (struct holds_holds){
		.hold_path = arena_fmt(rq->arena, "/holds/" PRSPAN, ARGSPAN(link_token(rq, TOKEN_HOLD, h.show, h.id, h.generation))),
		.hold_event = p->show.event.title, .hold_when = p->show.starts, .hold_venue = p->show.venue_name,
		.hold_seats = hold_seat_names(rq->arena, &h), .until = { h.expires_ms, p->show.starts.zone },
		.left = minutes_left(rq->arena, seconds_until(h.expires_ms, h.now_ms)),
		.seconds_left = seconds_until(h.expires_ms, h.now_ms), .hold_total = h.total, .paying = paying };
	return OUTCOME_OK;
}

static enum outcome
add_booking(struct request *rq, struct page *p, const struct buyer_hold *held)
{
	struct holds_view *v = &p->view;
	struct booking b;
	struct payment pay;
	struct buf names;
	enum outcome o = booking_read(rq->app->db, rq->arena, held->show, held->booking, &b);

	if (o != OUTCOME_OK)
		return o;
	o = payment_of_hold(rq->app->db, rq->arena, held->show, held->hold, &pay);
	if (o != OUTCOME_OK && o != OUTCOME_NOT_FOUND)
		return o;
	buf_init(&names, rq->arena, SEAT_NAMES_MAX);
	for (size_t i = 0; i < b.n; i++)
		seat_names_add(&names, b.tickets[i].row, b.tickets[i].number);
	v->bookings[v->n_bookings++] = (struct holds_bookings){
		.booking_path = arena_fmt(rq->arena, "/bookings/" PRSPAN,
		    ARGSPAN(link_token(rq, TOKEN_BOOKING, b.show, b.id, b.generation))),
		.event = p->show.event.title, .when = p->show.starts, .iso = p->show.starts, .venue = p->show.venue_name,
		.seat_names = buf_view(&names), .seats_n = (int64_t)b.n, .cancelled = b.state == BOOKING_IS_CANCELLED,
		.refunding = o == OUTCOME_OK && b.state == BOOKING_IS_CANCELLED && pay.state == PAYMENT_REFUND_DUE };
	return OUTCOME_OK;
}

static enum outcome
fill(struct request *rq, struct page *p, const struct buyer_hold *list, size_t n)
{
	p->view.holds = ARENA_ARRAY(rq->arena, struct holds_holds, n);
	p->view.bookings = ARENA_ARRAY(rq->arena, struct holds_bookings, n);
	for (size_t i = 0; i < n; i++) {
		enum outcome o = p->show.id == list[i].show ? OUTCOME_OK :
		    show_read(rq->app->db, rq->arena, list[i].show, &p->show);

		if (o == OUTCOME_NOT_FOUND)
			continue;		/* the house took it off the list */
		if (o == OUTCOME_OK)
			o = list[i].booking ? add_booking(rq, p, &list[i]) : add_hold(rq, p, &list[i]);
		if (o != OUTCOME_OK && o != OUTCOME_NOT_FOUND)
			return o;
		p->view.page = top_of_show(rq->arena, &p->show);
	}
	return OUTCOME_OK;
}

int
yourseats_get(struct request *rq, struct response *rs)
{
	struct page p = { .view = { .page = top_of_none() } };
	int64_t buyer = session_buyer(rq);
	struct buyer_hold *list = NULL;
	size_t n = 0;
	enum outcome o = buyer ? buyer_holds(rq->app->db, rq->arena, buyer, &list, &n) : OUTCOME_OK;

	if (o == OUTCOME_OK)
		o = fill(rq, &p, list, n);
	if (o != OUTCOME_OK)
		return answer(rs, o);
	holds_html(&rs->body, &p.view);
	return 200;
}
