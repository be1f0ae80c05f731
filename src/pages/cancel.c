/*
 * cancel.c - GET and POST /bookings/{token}/cancel: a buyer gives tickets back, where the show's terms allow it. First which ones, then
 * what comes of it to the penny, and only what was told there is then done; a press repeated does no more.
 */
#include "base/base.h"

#include "domain/cancel.h"
#include "pages/answers.h"
#include "pages/app.h"
#include "pages/bookingpath.h"
#include "pages/routes.h"
#include "pages/words.h"
#include "views/cancel.h"

struct giving {
	struct booking booking;
	struct show show;
	struct cancel_terms terms;
	int64_t seats[HOLD_MAX_SEATS];		/* chosen */
	size_t n;
};

/* What neither the terms nor the clock allow. */
static int
closed_page(struct request *rq, struct response *rs, const struct giving *g)
{
	return notice_page(rs, &(struct notice){ .status = 409, .heading = message(M_GIVE_BACK_HEADING),
	    .message = message(g->terms.allowed ? M_GIVE_BACK_LATE : M_GIVE_BACK_NEVER), .button = message(M_TO_THE_TICKETS),
	    .button_path = arena_fmt(rq->arena, "/bookings/" PRSPAN, ARGSPAN(booking_link(rq, &g->booking))) });
}

static int
read_giving(struct request *rq, struct response *rs, struct giving *g)
{
	int status = booking_of_path(rq, rs, &g->booking, &g->show);
	enum outcome o;

	if (status)
		return status;
	if (g->booking.state == BOOKING_IS_CANCELLED)
		return redirect(rs, "/bookings/" PRSPAN, ARGSPAN(booking_link(rq, &g->booking)));
	o = cancel_terms_read(rq->app->db, g->booking.show, &g->terms);
	if (o != OUTCOME_OK)
		return answer(rs, o);
	return g->terms.in_time ? 0 : closed_page(rq, rs, g);
}

static bool
chosen(const struct giving *g, int64_t seat)
{
	for (size_t i = 0; i < g->n; i++)
		if (g->seats[i] == seat)
			return true;
	return false;
}

static struct cancel_view
view_of(struct request *rq, const struct giving *g)
{
	const struct booking *b = &g->booking;
	struct cancel_view v = { .page = top_of_show(rq->arena, &g->show), .booking = booking_link(rq, b), .event = g->show.event.title,
		.when = g->show.starts, .venue = g->show.venue_name, .until = { g->terms.until_ms, g->show.starts.zone },
		.fee = b->total, .has_fee = g->terms.fee_minor > 0, .names = SPAN_NONE,
		.tickets = ARENA_ARRAY(rq->arena, struct cancel_tickets, b->n) };

	v.fee.minor = g->terms.fee_minor;
	for (size_t i = 0; i < b->n; i++) {
		const struct ticket *t = &b->tickets[i];

		if (t->live)
			v.tickets[v.n_tickets++] = (struct cancel_tickets){ .seat_id = t->seat, .row_label = t->row, .seat = t->number,
				.section_name = t->section_name, .type_name = t->price_name, .price = t->price,
				.chosen = chosen(g, t->seat) };
	}
	return v;
}

static int
choose_page(struct request *rq, struct response *rs, const struct giving *g, bool changed, bool none_chosen, int status)
{
	struct cancel_view v = view_of(rq, g);

	v.changed = changed;
	v.none_chosen = none_chosen;
	cancel_html(&rs->body, &v);
	return status;
}

static struct span
names_of(struct arena *a, const struct giving *g, int64_t *n)
{
	struct buf b;

	*n = 0;
	buf_init(&b, a, SEAT_NAMES_MAX);
	for (size_t i = 0; i < g->booking.n; i++)
		if (chosen(g, g->booking.tickets[i].seat)) {
			seat_names_add(&b, g->booking.tickets[i].row, g->booking.tickets[i].number);
			++*n;
		}
	return buf_view(&b);
}

static int
sure_page(struct request *rq, struct response *rs, const struct giving *g, const struct cancel_result *r)
{
	struct cancel_view v = view_of(rq, g);

	v.sure = true;
	v.names = names_of(rq->arena, g, &v.names_n);
	v.back = r->back;
	v.back_minor = r->back.minor;
	v.kept = r->kept;
	v.any_kept = r->kept.minor > 0;
	v.nothing_back = r->back.minor == 0;
	v.act = id_new();		/* the refund's: a second press of the same button finds it done */
	cancel_html(&rs->body, &v);
	return 200;
}

int
booking_cancel_get(struct request *rq, struct response *rs)
{
	struct giving g = { .n = 0 };
	int status = read_giving(rq, rs, &g);

	return status ? status : choose_page(rq, rs, &g, false, false, 200);
}

int
booking_cancel_post(struct request *rq, struct response *rs)
{
	struct giving g = { .n = 0 };
	struct cancel_ask ask = { .by_buyer = true };
	struct cancel_result r;
	int status = read_giving(rq, rs, &g);

	if (status)
		return status;
	if (!form_ids(rq, "seat", HOLD_MAX_SEATS, g.seats, &g.n))
		return 400;
	if (!g.n)
		return choose_page(rq, rs, &g, false, true, 422);
	ask.show = g.booking.show;
	ask.booking = g.booking.id;
	memcpy(ask.seats, g.seats, sizeof(ask.seats));
	ask.n = g.n;
	ask.dry = !form_has(rq, "sure");
	if (!ask.dry && (!form_int(rq, "back", 0, INT64_MAX, &ask.expect_minor) || !form_int(rq, "act", 1, INT64_MAX, &ask.refund)))
		return 400;
	switch (booking_cancel(rq->app->db, rq->arena, &ask, &r)) {
	case OUTCOME_OK:
		if (ask.dry)
			return sure_page(rq, rs, &g, &r);
		return redirect(rs, "/bookings/" PRSPAN "?given=1", ARGSPAN(booking_link(rq, &g.booking)));
	case OUTCOME_CLOSED:
		return closed_page(rq, rs, &g);
	case OUTCOME_CHANGED: case OUTCOME_NOT_FOUND:
		return choose_page(rq, rs, &g, true, false, 409);
	case OUTCOME_BUSY:
		return answer(rs, OUTCOME_BUSY);
	default:
		return answer(rs, OUTCOME_DOWN);
	}
}
