/* activity.c - GET /activity: what is happening in the house, for everyone to see. Only where the settings want it. */
#include "base/base.h"

#include "base/clock.h"
#include "domain/activity.h"
#include "pages/answers.h"
#include "pages/app.h"
#include "pages/routes.h"
#include "pages/words.h"
#include "views/activity.h"

#define SHOWN 50

static struct activity_things
thing_fill(struct arena *a, const struct activity *t)
{
	bool back = span_is(t->type, "SEAT_RELEASED");

	return (struct activity_things){ .key = arena_fmt(a, "%" PRId64 "-%" PRId64, t->show, t->event), .at = t->at, .iso = t->at, .city = t->city,
		.show = t->show, .title = t->title, .seats = t->seats, .held = span_is(t->type, "SEAT_HELD"),
		.ran_out = back && !span_is(t->reason, "buyer"), .let_go = back && span_is(t->reason, "buyer"),
		.paying = span_is(t->type, "BOOKING_PENDING"), .sold = span_is(t->type, "BOOKING_CONFIRMED"),
		.returned = span_is(t->type, "BOOKING_CANCELLED") || span_is(t->type, "BOOKING_REDUCED"),
		.declined = span_is(t->type, "PAYMENT_FAILED"), .refunded = span_is(t->type, "REFUND_DONE") };
}

int
activity_get(struct request *rq, struct response *rs)
{
	struct activity_view v = { .page = top_of_none() };
	struct db *db = rq->app->db;
	struct activity_now now;
	struct activity *list;
	enum outcome o;
	size_t n;

	if (!rq->app->settings->activity_page)
		return 404;
	o = activity_now(db, rq->arena, &now);
	if (o == OUTCOME_OK)
		o = activity_read(db, rq->arena, SHOWN, &list, &n);
	if (o != OUTCOME_OK)
		return answer(rs, o);
	v.made = clock_now();
	v.newest_minutes = n && v.made > list[0].at.ms ? (v.made - list[0].at.ms) / 60000 : 0;
	v.shows = now.shows;
	v.seats_sold = now.sold;
	v.seats_held = now.held;
	v.seats_free = now.free;
	v.seats_all = now.sold + now.held + now.free;
	v.things = ARENA_ARRAY(rq->arena, struct activity_things, n);
	for (v.n_things = 0; v.n_things < n; v.n_things++)
		v.things[v.n_things] = thing_fill(rq->arena, &list[v.n_things]);
	activity_html(&rs->body, &v);
	return 200;
}
