/*
 * payreturn.c - GET /pay/return/{token}: the buyer is back from the provider, perhaps in another browser, so the token alone opens
 * it. It never says "error" to somebody who may have paid, and "paid" only by leading to the booking.
 */
#include "base/base.h"

#include "domain/email.h"
#include "pages/answers.h"
#include "pages/app.h"
#include "pages/hold.h"
#include "pages/holdpath.h"
#include "pages/routes.h"
#include "pages/words.h"
#include "views/checking.h"
#include "views/elsewhere.h"
#include "views/refunding.h"

#define FIRST_WAIT 3		/* seconds until the page looks again */
#define NEXT_WAIT 10
#define REVIEW_WAIT 30
#define LATER_MS 60000		/* after this we say that we will write */

struct back {			/* what every page here tells about */
	struct payment pay;
	struct show show;
	struct hold hold;
};

static enum outcome
read_back(struct request *rq, struct back *b)
{
	enum outcome o = hold_read(rq->app->db, rq->arena, b->pay.show, b->pay.hold, 0, &b->hold);

	return o == OUTCOME_OK ? show_read(rq->app->db, rq->arena, b->pay.show, &b->show) : o;
}

/* When this browser came back: the page carries it along, for the payment itself may have begun long before. */
static int64_t
came_ms(struct request *rq, int64_t now_ms)
{
	int64_t since;

	return query_value(rq, "since").n && query_int(rq, "since", 1, now_ms / 1000, &since) ? since * 1000 : now_ms;
}

static int
checking_page(struct request *rq, struct response *rs, const struct back *b)
{
	const struct payment *pay = &b->pay;
	int64_t came = came_ms(rq, pay->now_ms), for_ms = pay->now_ms - came;
	struct checking_view v = { .page = top_of_show(rq->arena, &b->show),
		.payment = link_token(rq, TOKEN_PAYMENT, pay->show, pay->id, 0), .event = b->show.event.title, .when = b->show.starts,
		.venue = b->show.venue_name, .seat_names = hold_seat_names(rq->arena, &b->hold), .seats_n = (int64_t)b->hold.n,
		.total = pay->amount, .reload = true, .since = came / 1000, .later = for_ms >= LATER_MS,
		.email_hint = email_hint(rq->arena, pay->email), .review = pay->pending,
		.safe = b->hold.state == HOLD_ACTIVE && !b->hold.over,
		.safe_until = { b->hold.expires_ms, b->show.starts.zone } };

	v.wait = v.review ? REVIEW_WAIT : query_value(rq, "since").n ? NEXT_WAIT : FIRST_WAIT;
	checking_html(&rs->body, &v);
	return 200;
}

/* Those of the hold's seats that somebody else has by now; all of them where none can be told. */
static void
name_lost(struct request *rq, const struct hold *h, struct refunding_view *v)
{
	struct seatmap map;
	struct buf b;

	buf_init(&b, rq->arena, SEAT_NAMES_MAX);
	if (seatmap_read(rq->app->db, rq->arena, h->show, 0, h->id, &map) == OUTCOME_OK)
		for (size_t i = 0; i < map.n; i++)
			for (size_t k = 0; k < h->n; k++)
				if (map.seats[i].id == h->seats[k].seat && map.seats[i].status != SEAT_FREE && !map.seats[i].own) {
					seat_names_add(&b, map.seats[i].row, map.seats[i].number);
					v->lost_n++;
				}
	v->lost = buf_view(&b);
	if (v->lost_n)
		return;
	v->lost = hold_seat_names(rq->arena, h);
	v->lost_n = (int64_t)h->n;
}

static int
refunding_page(struct request *rq, struct response *rs, const struct back *b)
{
	const struct payment *pay = &b->pay;
	struct refund refund;
	enum outcome o = refund_of_payment(rq->app->db, rq->arena, pay->show, pay->id, &refund);
	struct refunding_view v = { .page = top_of_show(rq->arena, &b->show), .event = b->show.event.title, .when = b->show.starts,
		.venue = b->show.venue_name, .amount = pay->amount, .late = span_is(pay->reason, "late"),
		.show_cancelled = span_is(pay->reason, "cancelled"), .second = span_is(pay->reason, "second"),
		.booking_path = SPAN_NONE, .lost = SPAN_NONE, .reference = SPAN_NONE,
		.show_path = arena_fmt(rq->arena, "/shows/%" PRId64, pay->show),
		.can_choose = b->show.availability == SHOW_FREE || b->show.availability == SHOW_FEW,
		.email_hint = email_hint(rq->arena, pay->email), .phone = b->show.venue_phone };

	if (o != OUTCOME_OK && o != OUTCOME_NOT_FOUND)
		return answer(rs, o);
	if (o == OUTCOME_OK) {
		v.done = refund.state == REFUND_ROW_DONE;
		v.asked = refund.state == REFUND_ROW_PENDING && refund.provider_refund.n;
		v.needs_us = refund.state == REFUND_ROW_HUMAN;
		v.done_on = (struct moment){ refund.done_ms, b->show.starts.zone };
		v.reference = refund.provider_refund;
	}
	if (v.late)
		name_lost(rq, &b->hold, &v);
	if (v.second) {
		v.can_choose = false;
		v.booking_path = arena_fmt(rq->arena, "/bookings/" PRSPAN, ARGSPAN(link_token(rq, TOKEN_BOOKING, pay->show, pay->booking,
		    pay->booking_generation)));
	}
	refunding_html(&rs->body, &v);
	return 200;
}

/* Nothing was paid. The browser that holds the seats goes on with them; any other is told where they are. */
static int
not_paid(struct request *rq, struct response *rs, const struct back *b)
{
	const struct hold *h = &b->hold;
	struct elsewhere_view v = { .page = top_of_show(rq->arena, &b->show), .event = b->show.event.title, .when = b->show.starts,
		.venue = b->show.venue_name, .seat_names = hold_seat_names(rq->arena, h), .seats_n = (int64_t)h->n,
		.until = { h->expires_ms, b->show.starts.zone }, .declined = b->pay.state == PAYMENT_FAILED,
		.show_path = arena_fmt(rq->arena, "/shows/%" PRId64, h->show) };

	if (h->state == HOLD_CONFIRMED)
		return booking_of_hold_go(rq, rs, h->show, h->id, "");
	if (h->state == HOLD_ACTIVE && !h->over && hold_here(rq, h))
		return hold_again(rq, rs, h, v.declined ? "?declined=1" : "?back=1");
	if (h->state != HOLD_ACTIVE || h->over)
		return over_page(rq, rs, h);
	elsewhere_html(&rs->body, &v);
	return 200;
}

int
payreturn_get(struct request *rq, struct response *rs)
{
	struct flow flow = flow_of(rq);
	struct back b;
	struct token t;
	enum return_end end;
	enum outcome o;

	if (!token_read(&rq->app->token_key, TOKEN_PAYMENT, path_value(rq, "token"), &t) || t.generation)
		return 404;
	end = finish_return(&flow, t.show, t.id, &b.pay);
	if (end == RETURN_NOT_FOUND || end == RETURN_DOWN)
		return answer(rs, end == RETURN_NOT_FOUND ? OUTCOME_NOT_FOUND : OUTCOME_DOWN);
	if (end == RETURN_CONFIRMED)
		return redirect(rs, "/bookings/" PRSPAN "?paid=1",
		    ARGSPAN(link_token(rq, TOKEN_BOOKING, t.show, b.pay.booking, b.pay.booking_generation)));
	if (end == RETURN_REFUND && span_is(b.pay.reason, "given_back"))	/* there were tickets, and their page knows all of it */
		return redirect(rs, "/bookings/" PRSPAN,
		    ARGSPAN(link_token(rq, TOKEN_BOOKING, t.show, b.pay.booking, b.pay.booking_generation)));
	o = read_back(rq, &b);
	if (o != OUTCOME_OK)
		return answer(rs, o);
	switch (end) {
	case RETURN_REFUND:
		return refunding_page(rq, rs, &b);
	case RETURN_OPEN: case RETURN_ENDED:
		return not_paid(rq, rs, &b);
	default:
		return checking_page(rq, rs, &b);
	}
}
