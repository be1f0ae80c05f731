/*
 * holdlink.c - holds on another device: POST /holds/{token}/address has us write a link to somebody, and /holds/{token}/here is where it
 * leads. What only fetches the link, as scanners of mail do, changes nothing; the button there lets this browser to these seats.
 */
#include "base/base.h"

#include "domain/email.h"
#include "domain/hold_notices.h"
#include "pages/answers.h"
#include "pages/app.h"
#include "pages/hold.h"
#include "pages/holdpath.h"
#include "pages/routes.h"
#include "pages/session.h"
#include "pages/words.h"
#include "views/here.h"

int
hold_address_post(struct request *rq, struct response *rs)
{
	struct hold_says says = { .tell = span_trim(form_value(rq, "email")), .way = SPAN_NONE };
	struct hold_address known;
	struct span email;
	struct hold h;
	int status = hold_of_path(rq, rs, &h);
	enum outcome o;

	if (status)
		return status;
	if (h.state != HOLD_ACTIVE || h.over)
		return hold_again(rq, rs, &h, "");
	says.tell_wrong = !form_line(rq, "email", 1, EMAIL_MAX, &email) || !email_plausible(email);
	if (says.tell_wrong)
		return hold_page(rq, rs, &h, &says, 422);
	o = hold_address_read(rq->app->db, h.show, h.id, &known);
	if (o == OUTCOME_OK && known.tried)	/* it was typed with Pay, and the page has no such form then */
		return hold_again(rq, rs, &h, "");
	o = hold_address_give(rq->app->db, rq->arena, h.show, h.id, h.buyer, email);
	switch (o) {
	case OUTCOME_OK:
		hold_bring_on(rq, rs, &h, h.id);	/* the link that was followed here is void by now */
		return hold_again(rq, rs, &h, "?told=1");
	case OUTCOME_LIMIT:
		says.tell_full = true;
		return hold_page(rq, rs, &h, &says, 422);
	case OUTCOME_EXPIRED: case OUTCOME_PAID:
		return hold_again(rq, rs, &h, "");
	default:
		return answer(rs, o);
	}
}

/* 0: it is active, and not this browser's yet. */
static int
go_on(struct request *rq, struct response *rs, struct hold *h, struct hold_address *address)
{
	struct token t;
	enum outcome o;

	if (!token_read(&rq->app->token_key, TOKEN_LINK, path_value(rq, "token"), &t))
		return 404;
	o = hold_of_link(rq, &t, h, address);
	if (o != OUTCOME_OK)
		return o == OUTCOME_NOT_FOUND ? 404 : answer(rs, o);
	if (h->state == HOLD_CONFIRMED)
		return booking_of_hold_go(rq, rs, h->show, h->id, "");
	if (h->state != HOLD_ACTIVE || h->over)
		return hold_ended(rq, rs, h, false);
	if (hold_here(rq, h))
		return hold_again(rq, rs, h, "");
	return 0;
}

int
hold_here_get(struct request *rq, struct response *rs)
{
	struct hold_address address;
	struct show show;
	struct hold h;
	int status = go_on(rq, rs, &h, &address);
	enum outcome o;

	if (status)
		return status;
	o = show_read(rq->app->db, rq->arena, h.show, &show);
	if (o != OUTCOME_OK)
		return answer(rs, o);
	here_html(&rs->body, &(struct here_view){ .page = top_of_show(rq->arena, &show),
	    .link = link_token(rq, TOKEN_LINK, h.show, h.id, address.generation), .event = show.event.title, .when = show.starts,
	    .iso = show.starts, .venue = show.venue_name, .hall = show.hall_name, .seat_names = hold_seat_names(rq->arena, &h),
	    .seats_n = (int64_t)h.n, .total = h.total, .until = { h.expires_ms, show.starts.zone } });
	return 200;
}

int
hold_here_post(struct request *rq, struct response *rs)
{
	struct hold_address address;
	struct hold h;
	int status = go_on(rq, rs, &h, &address);

	if (status)
		return status;
	session_bring(rs, link_token(rq, TOKEN_LINK, h.show, h.id, address.generation));
	return hold_again(rq, rs, &h, "");
}
