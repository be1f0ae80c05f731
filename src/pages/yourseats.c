/* yourseats.c - GET /holds: what this browser holds now, its tickets, and what happened lately. */
#include "base/base.h"

#include "domain/bookings.h"
#include "domain/buyer_news.h"
#include "domain/hold_notices.h"
#include "domain/show_move.h"
#include "pages/answers.h"
#include "pages/app.h"
#include "pages/holdpath.h"
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
		.seconds_left = seconds_until(h.expires_ms, h.now_ms), .hold_total = h.total, .paying = paying,
		.nearly_up = h.expires_ms - h.now_ms <= WARN_SECONDS * 1000 };
	return OUTCOME_OK;
}

static enum outcome
add_booking(struct request *rq, struct page *p, const struct buyer_hold *held)
{
	struct holds_view *v = &p->view;
	struct booking b;
	struct payment pay;
	struct buf names;
	int64_t before_ms = 0;
	bool moved;
	enum outcome o = booking_read(rq->app->db, rq->arena, held->show, held->booking, &b);

	if (o != OUTCOME_OK)
		return o;
	o = payment_of_hold(rq->app->db, rq->arena, held->show, held->hold, &pay);
	if (o != OUTCOME_OK && o != OUTCOME_NOT_FOUND)
		return o;
	moved = b.state == BOOKING_IS_CONFIRMED && booking_moved(rq->app->db, b.show, b.id, &before_ms);
	buf_init(&names, rq->arena, SEAT_NAMES_MAX);
	for (size_t i = 0; i < b.n; i++)
		seat_names_add(&names, b.tickets[i].row, b.tickets[i].number);
	v->bookings[v->n_bookings++] = (struct holds_bookings){
		.booking_path = arena_fmt(rq->arena, "/bookings/" PRSPAN,
		    ARGSPAN(link_token(rq, TOKEN_BOOKING, b.show, b.id, b.generation))),
		.event = p->show.event.title, .when = p->show.starts, .iso = p->show.starts, .venue = p->show.venue_name,
		.seat_names = buf_view(&names), .seats_n = (int64_t)b.n, .cancelled = b.state == BOOKING_IS_CANCELLED,
		.refunding = o == OUTCOME_OK && b.state == BOOKING_IS_CANCELLED && pay.state == PAYMENT_REFUND_DUE,
		.refunded = o == OUTCOME_OK && b.state == BOOKING_IS_CANCELLED && pay.state == PAYMENT_REFUNDED,
		.moved = moved, .before = { before_ms, p->show.starts.zone } };
	return OUTCOME_OK;
}

static enum outcome
show_of(struct request *rq, struct page *p, int64_t show)
{
	return p->show.id == show ? OUTCOME_OK : show_read(rq->app->db, rq->arena, show, &p->show);
}

static enum outcome
add(struct request *rq, struct page *p, const struct buyer_hold *held)
{
	enum outcome o = show_of(rq, p, held->show);

	if (o == OUTCOME_OK)
		o = held->booking ? add_booking(rq, p, held) : add_hold(rq, p, held);
	if (o == OUTCOME_OK)
		p->view.page = top_of_show(rq->arena, &p->show);
	return o == OUTCOME_NOT_FOUND ? OUTCOME_OK : o;		/* the house took it off the list */
}

/*
 * One that was brought here by a letter's link: whether it is the buyer's own, and listed already, its buyer tells. Where its seats were
 * changed, the cookie is to name what it is now.
 */
static enum outcome
add_brought(struct request *rq, struct response *rs, struct page *p)
{
	struct buyer_hold held = { .booking = 0 };
	struct booking b;
	struct token t;
	struct hold h;
	enum outcome o;

	if (!hold_brought(rq, &h) || hold_own(rq, &h) || (h.state != HOLD_CONFIRMED && (h.state != HOLD_ACTIVE || h.over)))
		return OUTCOME_OK;
	if (session_brought(rq, &t) && t.id != h.id)
		hold_bring_on(rq, rs, &h, h.id);
	held.show = h.show;
	held.hold = h.id;
	if (h.state == HOLD_CONFIRMED) {
		o = booking_of_hold(rq->app->db, rq->arena, h.show, h.id, &b);
		if (o != OUTCOME_OK)
			return o;
		held.booking = b.id;
	}
	return add(rq, p, &held);
}

static struct span
news_path(struct request *rq, const struct buyer_news *b)
{
	const char *way = b->is == NEWS_ENDED || b->is == NEWS_FAILED ? "/holds/" : "/pay/return/";
	struct span token = b->is == NEWS_ENDED || b->is == NEWS_FAILED ? link_token(rq, TOKEN_HOLD, b->hold.show, b->hold.id,
	    b->hold.generation) : link_token(rq, TOKEN_PAYMENT, b->payment.show, b->payment.id, 0);

	return arena_fmt(rq->arena, "%s" PRSPAN, way, ARGSPAN(token));
}

static enum outcome
add_news(struct request *rq, struct page *p, int64_t buyer)
{
	struct holds_view *v = &p->view;
	struct buyer_news *list;
	size_t n;
	enum outcome o = buyer_news(rq->app->db, rq->arena, buyer, &list, &n);

	v->news = ARENA_ARRAY(rq->arena, struct holds_news, n);
	for (size_t i = 0; o == OUTCOME_OK && i < n; i++) {
		const struct buyer_news *b = &list[i];
		bool money = b->is == NEWS_LATE || b->is == NEWS_BACK;

		o = show_of(rq, p, b->hold.show);
		if (o == OUTCOME_NOT_FOUND) {
			o = OUTCOME_OK;
			continue;
		}
		if (!v->page.city_name.n)
			v->page = top_of_show(rq->arena, &p->show);
		v->news[v->n_news++] = (struct holds_news){ .ended = b->is == NEWS_ENDED, .failed = b->is == NEWS_FAILED,
			.late = b->is == NEWS_LATE, .back = b->is == NEWS_BACK, .too_late = money && span_is(b->payment.reason, "late"),
			.news_event = p->show.event.title, .news_when = p->show.starts, .news_seats = hold_seat_names(rq->arena, &b->hold),
			.news_n = (int64_t)b->hold.n, .news_until = { b->hold.expires_ms, p->show.starts.zone },
			.news_amount = money ? b->payment.amount : b->hold.total, .news_path = news_path(rq, b) };
	}
	return o;
}

int
yourseats_get(struct request *rq, struct response *rs)
{
	struct page p = { .view = { .page = top_of_none() } };
	int64_t buyer = session_buyer(rq);
	struct buyer_hold *list = NULL;
	size_t n = 0;
	enum outcome o = buyer ? buyer_holds(rq->app->db, rq->arena, buyer, &list, &n) : OUTCOME_OK;

	p.view.holds = ARENA_ARRAY(rq->arena, struct holds_holds, n + 1);
	p.view.bookings = ARENA_ARRAY(rq->arena, struct holds_bookings, n + 1);
	for (size_t i = 0; o == OUTCOME_OK && i < n; i++)
		o = add(rq, &p, &list[i]);
	if (o == OUTCOME_OK)
		o = add_brought(rq, rs, &p);
	if (o == OUTCOME_OK && buyer)
		o = add_news(rq, &p, buyer);
	if (o != OUTCOME_OK)
		return answer(rs, o);
	holds_html(&rs->body, &p.view);
	return 200;
}
