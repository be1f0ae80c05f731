/*
 * holdacts.c - what a buyer does to a hold besides paying: more time, giving back, one seat less, other prices. Each leads back to
 * the hold's page, which says how it stands; pressing twice, or after the end, does no harm.
 */
#include "base/base.h"

#include "http/metrics.h"
#include "pages/answers.h"
#include "pages/app.h"
#include "pages/hold.h"
#include "pages/holdpath.h"
#include "pages/routes.h"

#define PRICES_MAX HOLD_MAX_SEATS

/* Outcomes that the hold's page tells better than an error would. */
static int
back_to(struct request *rq, struct response *rs, const struct hold *h, enum outcome o, const char *query)
{
	switch (o) {
	case OUTCOME_OK:
		return hold_again(rq, rs, h, query);
	case OUTCOME_EXPIRED: case OUTCOME_PAID: case OUTCOME_LIMIT: case OUTCOME_NOT_FOUND: case OUTCOME_CHANGED:
		return hold_again(rq, rs, h, "");
	default:
		return answer(rs, o);
	}
}

/* Nobody shall pay for what is about to be changed. False: something was paid, or may yet be. */
static bool
close_all(struct request *rq, const struct hold *h)
{
	struct flow flow = flow_of(rq);
	struct payment_id *list;
	size_t n = payments_unfinished(rq->app->db, rq->arena, h->show, h->id, &list), closed = 0;

	for (size_t i = 0; i < n; i++)
		closed += close_payment(&flow, list[i].show, list[i].payment) == CLOSE_DONE;
	return closed == n;
}

/* What no button of ours can have sent. */
static int
not_understood(struct request *rq, struct response *rs, const struct hold *h, struct span why)
{
	return notice_page(rs, &(struct notice){ .status = 400, .heading = message(M_UNCLEAR_HEADING), .message = why,
	    .button = message(M_TO_THE_SEATS), .button_path = hold_path(rq, h) });
}

int
hold_extend_post(struct request *rq, struct response *rs)
{
	struct hold h;
	int status = hold_of_path(rq, rs, &h);
	enum outcome o;

	if (status)
		return status;
	o = hold_extend(rq->app->db, rq->arena, h.show, h.id, h.buyer);
	if (o == OUTCOME_OK)
		metric_add(METRIC_HOLDS_EXTENDED, 1);
	return back_to(rq, rs, &h, o, "?extended=1");
}

/*
 * Sessions are closed first, so that a payment made in another tab becomes tickets rather than a refund. One that cannot be
 * closed does not keep the seats: should it be paid after all, it settles like any late payment.
 */
int
hold_release_post(struct request *rq, struct response *rs)
{
	struct hold h;
	int status = hold_of_path(rq, rs, &h);
	enum outcome o;

	if (status)
		return status;
	close_all(rq, &h);
	o = hold_release(rq->app->db, rq->arena, h.show, h.id, h.buyer);
	if (o == OUTCOME_OK)
		metric_add(METRIC_HOLDS_RELEASED, 1);
	return back_to(rq, rs, &h, o, "");
}

int
hold_remove_post(struct request *rq, struct response *rs)
{
	struct hold h;
	int64_t seat;
	int status = hold_of_path(rq, rs, &h);
	enum outcome o;

	if (status)
		return status;
	if (!form_int(rq, "seat", 1, INT32_MAX, &seat))
		return not_understood(rq, rs, &h, rq->why);
	o = hold_remove(rq->app->db, rq->arena, h.show, h.id, h.buyer, seat);
	if (o == OUTCOME_CAPTURING && close_all(rq, &h))
		o = hold_remove(rq->app->db, rq->arena, h.show, h.id, h.buyer, seat);
	return back_to(rq, rs, &h, o, "");
}

/* -- prices: `type` repeated, each "seat:number", the number as hold.c gave it ------------------------------------------------ */

struct prices {
	int64_t seats[PRICES_MAX];
	struct span types[PRICES_MAX];
	size_t n;
};

static bool
read_price(struct span text, const struct price_choice *choices, size_t n_choices, struct prices *p)
{
	struct span seat = span_cut(&text, ':');
	int64_t number;

	if (p->n == PRICES_MAX || !span_int(seat, 1, INT32_MAX, &p->seats[p->n]) || !span_int(text, 0, INT32_MAX, &number) ||
	    (size_t)number >= n_choices)
		return false;
	p->types[p->n++] = choices[number].type;
	return true;
}

static bool
read_prices(struct request *rq, const struct price_choice *choices, size_t n_choices, struct prices *p)
{
	for (size_t i = 0; i < rq->form.n; i++)
		if (span_is(rq->form.list[i].name, "type") && !read_price(rq->form.list[i].value, choices, n_choices, p))
			return false;
	return p->n > 0;
}

int
hold_prices_post(struct request *rq, struct response *rs)
{
	struct prices p = { .n = 0 };
	struct price_choice *choices;
	size_t n_choices;
	struct hold h;
	int status = hold_of_path(rq, rs, &h);
	enum outcome o;

	if (status)
		return status;
	o = hold_choices(rq->app->db, rq->arena, &h, &choices, &n_choices);
	if (o != OUTCOME_OK)
		return answer(rs, o);
	if (!read_prices(rq, choices, n_choices, &p))
		return not_understood(rq, rs, &h, message(M_PRICE_UNKNOWN));
	o = hold_price(rq->app->db, rq->arena, h.show, h.id, h.buyer, p.seats, p.types, p.n);
	if (o == OUTCOME_CAPTURING && close_all(rq, &h))
		o = hold_price(rq->app->db, rq->arena, h.show, h.id, h.buyer, p.seats, p.types, p.n);
	return o == OUTCOME_NOT_FOUND ? not_understood(rq, rs, &h, message(M_PRICE_UNKNOWN)) : back_to(rq, rs, &h, o, "");
}
