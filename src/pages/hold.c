/*
 * hold.c - the checkout: what is held and until when, prices a seat, e-mail and name, ways to pay. A page of a hold that is paid
 * leads to its booking, one that may have been paid to the payment, and only one that surely was not says that it is over.
 */
#include "base/base.h"

#include "domain/bookings.h"
#include "domain/hold_notices.h"
#include "domain/phones.h"
#include "pages/answers.h"
#include "pages/app.h"
#include "pages/hold.h"
#include "pages/holdpath.h"
#include "pages/routes.h"
#include "pages/sums.h"
#include "pages/words.h"
#include "views/hold.h"

#define ENDING_SECONDS 120

struct checkout_page {
	const struct hold *h;
	struct show show;
	struct price_choice *choices;
	size_t n_choices;
	struct hold_view view;
};

static struct moment
at_show(const struct checkout_page *p, int64_t ms)
{
	return (struct moment){ ms, p->show.starts.zone };
}

static struct money
in_currency(const struct hold *h, int64_t minor)
{
	struct money m = h->total;

	m.minor = minor;
	return m;
}

static void
fill_timer(struct arena *a, struct checkout_page *p)
{
	const struct hold *h = p->h;
	struct hold_view *v = &p->view;

	v->until = at_show(p, h->expires_ms);
	v->seconds_left = seconds_until(h->expires_ms, h->now_ms);
	v->seconds_total = seconds_until(h->expires_ms, h->taken_ms);
	v->left = minutes_left(a, v->seconds_left);
	v->ending = v->seconds_left <= ENDING_SECONDS;
	v->can_extend = h->extend_to_ms > 0;
	v->extend_until = at_show(p, h->extend_to_ms);
	v->extends_left = h->extensions_left;
}

/*
 * A choice's number is its place in the show's list of prices: prices.c reads it back. The type that a seat has already costs what it
 * did when the seat was held.
 */
static void
fill_types(struct arena *a, const struct checkout_page *p, const struct hold_seat *s, struct hold_seats *out)
{
	out->types = ARENA_ARRAY(a, struct hold_seats_types, p->n_choices);
	for (size_t i = 0; i < p->n_choices; i++) {
		const struct price_choice *c = &p->choices[i];
		bool has = span_eq(c->type, s->price_type);

		if (c->section != s->section)
			continue;
		out->types[out->n_types++] = (struct hold_seats_types){ .type = (int64_t)i, .type_label = c->name,
			.type_price = in_currency(p->h, has ? s->price_minor + s->fee_minor : c->minor), .type_on = has };
	}
	out->many_types = out->n_types > 1;
}

static void
fill_seats(struct arena *a, struct checkout_page *p)
{
	const struct hold *h = p->h;
	struct hold_view *v = &p->view;

	v->seat_names = hold_seat_names(a, h);
	v->seats_n = (int64_t)h->n;
	v->can_remove = h->n > 1;
	v->n_seats = h->n;
	v->seats = ARENA_ARRAY(a, struct hold_seats, h->n);
	for (size_t i = 0; i < h->n; i++) {
		const struct hold_seat *s = &h->seats[i];

		v->seats[i] = (struct hold_seats){ .id = s->seat, .row_label = s->row, .seat = s->number,
			.section_name = s->section_name, .price = in_currency(h, s->price_minor + s->fee_minor),
			.wheelchair = s->kind == SEAT_WHEELCHAIR, .companion = s->kind == SEAT_COMPANION,
			.restricted = s->kind == SEAT_RESTRICTED, .type_name = s->price_name };
		fill_types(a, p, s, &v->seats[i]);
		v->any_types |= v->seats[i].many_types;
	}
}

static enum outcome
fill_sums(struct request *rq, struct checkout_page *p)
{
	struct charge_lines lines;
	enum outcome o = hold_charges(rq->app->db, rq->arena, p->h->show, p->h->id, &lines);

	p->view.total = p->h->total;
	p->view.sums = sums_of(rq->arena, &lines, p->h->total);
	return o;
}

static void
name_way(struct hold_ways *w)
{
	static const struct {
		const char *provider;
		enum message name, note;
	} known[] = {
		{ "stripe", M_WAY_STRIPE, M_WAY_STRIPE_NOTE },
		{ "razorpay", M_WAY_RAZORPAY, M_WAY_RAZORPAY_NOTE },
		{ "paypal", M_WAY_PAYPAL, M_WAY_PAYPAL_NOTE },
	};

	w->way_name = w->way;
	w->way_note = SPAN_NONE;
	for (size_t i = 0; i < ARRAY_LEN(known); i++)
		if (span_is(w->way, known[i].provider)) {
			w->way_name = message(known[i].name);
			w->way_note = message(known[i].note);
		}
}

static void
fill_ways(struct request *rq, struct checkout_page *p, struct span chosen)
{
	struct flow flow = flow_of(rq);
	struct hold_view *v = &p->view;
	struct span *names;

	v->n_ways = pay_ways(&flow, p->h->total, &names);
	v->many_ways = v->n_ways > 1;
	v->ways = ARENA_ARRAY(rq->arena, struct hold_ways, v->n_ways);
	for (size_t i = 0; i < v->n_ways; i++) {
		v->ways[i].way = names[i];
		v->ways[i].way_on = chosen.n ? span_eq(chosen, names[i]) : i == 0;
		name_way(&v->ways[i]);
	}
}

/* What was typed stays; else what the buyer told us at an earlier try. A payment that is still open is pointed to. */
static enum outcome
fill_buyer(struct request *rq, struct checkout_page *p, const struct hold_says *says)
{
	struct hold_view *v = &p->view;
	struct booking b;
	struct payment pay;
	enum outcome o = payment_of_hold(rq->app->db, rq->arena, p->h->show, p->h->id, &pay);

	v->email = says->typed ? says->email : SPAN_NONE;
	v->buyer_name = says->typed ? says->name : SPAN_NONE;
	v->waiting_path = SPAN_NONE;
	if (o == OUTCOME_NOT_FOUND && !says->typed)
		v->email = v->address;
	if (o != OUTCOME_OK)
		return o == OUTCOME_NOT_FOUND ? OUTCOME_OK : o;
	if (!says->typed) {
		o = booking_of_hold(rq->app->db, rq->arena, p->h->show, p->h->id, &b);
		if (o != OUTCOME_OK)
			return o;
		v->email = b.email;
		v->buyer_name = b.name;
	}
	v->waiting = pay.state == PAYMENT_CAPTURING ||
	    (pay.state == PAYMENT_OPEN && (pay.pending || (!says->came_back && !says->way_down)));
	v->waiting_path = arena_fmt(rq->arena, "/pay/return/" PRSPAN,
	    ARGSPAN(link_token(rq, TOKEN_PAYMENT, pay.show, pay.id, 0)));
	return OUTCOME_OK;
}

/* Whom we write to about these seats, if anybody yet. */
static enum outcome
fill_address(struct request *rq, struct checkout_page *p, const struct hold_says *says)
{
	struct hold_view *v = &p->view;
	struct hold_address address;
	enum outcome o = hold_address_read(rq->app->db, p->h->show, p->h->id, &address);

	v->address = o == OUTCOME_OK ? address.email : SPAN_NONE;
	v->told = says->told && v->address.n;
	v->paying_address = o == OUTCOME_OK && address.tried;
	v->tell_wrong = says->tell_wrong;
	v->tell_full = says->tell_full;
	v->tell = says->tell_wrong || says->tell_full ? says->tell : v->address;
	return o;
}

/*
 * Where they want to be told of the end, as far as that is offered: only in the browser that took the seats, for what is told goes by buyer
 * and show, and tells of their other seats too.
 */
static enum outcome
fill_reach(struct request *rq, struct checkout_page *p, const struct hold_says *says)
{
	struct hold_view *v = &p->view;

	v->push_key = hold_own(rq, p->h) ? rq->app->push_public : SPAN_NONE;
	v->asks_mobile = mobile_asked(rq, p->h);
	v->mobile = v->asks_mobile && says->typed ? says->mobile : SPAN_NONE;
	v->mobile_wrong = says->mobile_wrong;
	v->mobile_abroad = says->mobile_abroad;
	v->texted = says->texted;
	return v->asks_mobile && !says->typed ? phone_read(rq->app->db, p->h->show, p->h->buyer, &v->mobile) : OUTCOME_OK;
}

static enum outcome
fill(struct request *rq, struct checkout_page *p, const struct hold_says *says)
{
	const struct hold *h = p->h;
	enum outcome o = show_read(rq->app->db, rq->arena, h->show, &p->show);

	if (o == OUTCOME_OK)
		o = hold_choices(rq->app->db, rq->arena, h, &p->choices, &p->n_choices);
	if (o != OUTCOME_OK)
		return o;
	p->view = (struct hold_view){ .page = top_of_show(rq->arena, &p->show),
		.hold = link_token(rq, TOKEN_HOLD, h->show, h->id, h->generation), .show = h->show, .event = p->show.event.title,
		.event_path = event_path(rq->arena, &p->show), .when = p->show.starts, .iso = p->show.starts,
		.venue = p->show.venue_name, .hall = p->show.hall_name, .phone = p->show.venue_phone,
		.declined = says->declined, .came_back = says->came_back, .way_down = says->way_down, .extended = says->extended,
		.swapped = says->swapped, .email_wrong = says->email_wrong, .name_wrong = says->name_wrong,
		.way_wrong = says->way_wrong };
	fill_timer(rq->arena, p);
	fill_seats(rq->arena, p);
	fill_ways(rq, p, says->way);
	o = fill_sums(rq, p);
	if (o == OUTCOME_OK)
		o = fill_address(rq, p, says);
	if (o == OUTCOME_OK)
		o = fill_reach(rq, p, says);
	return o == OUTCOME_OK ? fill_buyer(rq, p, says) : o;
}

static bool
shares_seat(const struct hold *a, const struct hold *b)
{
	for (size_t i = 0; i < a->n; i++)
		for (size_t k = 0; k < b->n; k++)
			if (a->seats[i].seat == b->seats[k].seat)
				return true;
	return false;
}

/* The buyer's hold of now that has seats of this ended one: they were taken again, and nobody else has them. */
static bool
taken_again(struct request *rq, const struct hold *h, struct hold *again)
{
	struct buyer_hold *list;
	size_t n;

	if (buyer_holds(rq->app->db, rq->arena, h->buyer, &list, &n) != OUTCOME_OK)
		return false;
	for (size_t i = 0; i < n; i++)
		if (list[i].show == h->show && !list[i].booking && list[i].hold != h->id &&
		    hold_read(rq->app->db, rq->arena, list[i].show, list[i].hold, h->buyer, again) == OUTCOME_OK &&
		    shares_seat(h, again))
			return true;
	return false;
}

/* An ended hold with a payment that took money, or still may, has not simply run out: its return page knows how it stands. */
int
hold_ended(struct request *rq, struct response *rs, const struct hold *h, bool own)
{
	struct payment p;
	struct hold again;
	enum outcome o = payment_of_hold(rq->app->db, rq->arena, h->show, h->id, &p);

	if (o != OUTCOME_OK && o != OUTCOME_NOT_FOUND)
		return answer(rs, o);
	if (o == OUTCOME_OK && p.state != PAYMENT_CREATED && p.state != PAYMENT_FAILED && p.state != PAYMENT_CLOSED) {
		struct span token = link_token(rq, TOKEN_PAYMENT, p.show, p.id, 0);

		return redirect(rs, "/pay/return/" PRSPAN, ARGSPAN(token));
	}
	return own && taken_again(rq, h, &again) ? hold_again(rq, rs, &again, "") : over_page(rq, rs, h);
}

/* A browser that it was brought to has no other seats of this buyer's: it goes on with what the seats were changed for. */
static int
replaced(struct request *rq, struct response *rs, const struct hold *h)
{
	struct hold next;

	if (hold_own(rq, h) || !hold_brought(rq, &next) || next.id == h->id)
		return redirect(rs, "/holds");
	hold_bring_on(rq, rs, h, next.id);
	return hold_again(rq, rs, &next, "");
}

int
hold_page(struct request *rq, struct response *rs, const struct hold *h, const struct hold_says *says, int status)
{
	struct checkout_page p = { .h = h };
	enum outcome o;

	if (h->state == HOLD_CONFIRMED)
		return booking_of_hold_go(rq, rs, h->show, h->id, "");
	if (h->state == HOLD_RELEASED && span_is(h->reason, "replaced"))
		return replaced(rq, rs, h);
	if (h->state != HOLD_ACTIVE || h->over)
		return hold_ended(rq, rs, h, hold_own(rq, h));
	o = fill(rq, &p, says);
	if (o != OUTCOME_OK)
		return answer(rs, o);
	hold_html(&rs->body, &p.view);
	return status;
}

int
hold_get(struct request *rq, struct response *rs)
{
	struct hold_says says = { .declined = query_value(rq, "declined").n, .came_back = query_value(rq, "back").n,
		.extended = query_value(rq, "extended").n, .swapped = query_value(rq, "swapped").n,
		.told = query_value(rq, "told").n, .way = SPAN_NONE, .mobile = SPAN_NONE };
	struct hold h;
	int status = hold_of_path(rq, rs, &h);

	return status ? status : hold_page(rq, rs, &h, &says, 200);
}
