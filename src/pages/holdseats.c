/* holdseats.c - the private map on which the seats of a hold are changed for others; a failed change keeps the old seats. */
#include "base/base.h"

#include "http/metrics.h"
#include "pages/answers.h"
#include "pages/app.h"
#include "pages/holdpath.h"
#include "pages/routes.h"
#include "pages/seatask.h"
#include "pages/seatmap.h"

static bool
is_over(const struct hold *h)
{
	return h->state != HOLD_ACTIVE || h->over || !h->n;
}

int
holdseats_get(struct request *rq, struct response *rs)
{
	struct seat_ask ask = { .n = 0 };
	struct seatmap_page p;
	struct hold h;
	int status = hold_of_path(rq, rs, &h);
	enum outcome o;

	if (status)
		return status;
	if (is_over(&h))
		return hold_again(rq, rs, &h, "");
	if (query_value(rq, "section").n && !query_int(rq, "section", 1, INT32_MAX, &ask.section))
		return 400;
	ask.show = h.show;
	ask.changing = &h;
	while (ask.n < h.n) {
		ask.ids[ask.n] = h.seats[ask.n].seat;
		ask.n++;
	}
	o = seat_ask_map(rq, &ask, NULL, &p);
	if (o != OUTCOME_OK)
		return answer(rs, o);
	seatmap_html(&rs->body, &p.view);
	return 200;
}

int
holdseats_post(struct request *rq, struct response *rs)
{
	struct seat_ask ask = { .n = 0 };
	struct hold_result result;
	struct hold h;
	int status = hold_of_path(rq, rs, &h);
	enum outcome o;

	if (status)
		return status;
	if (is_over(&h))
		return hold_again(rq, rs, &h, "");
	ask.show = h.show;
	ask.changing = &h;
	status = seat_ask_read(rq, rs, &ask);
	if (status)
		return status;
	ask.best = 0;		/* the private map has no such button */
	o = seat_ask_take(rq, &ask, h.buyer, false, &result);
	if (o == OUTCOME_EXPIRED || o == OUTCOME_PAID)
		return hold_again(rq, rs, &h, "");
	if (o != OUTCOME_OK)
		return seat_ask_refuse(rq, rs, &ask, o, &result);
	metric_add(METRIC_HOLDS_TAKEN, 1);
	hold_bring_on(rq, rs, &h, result.hold);
	return hold_again(rq, rs, &(struct hold){ .show = h.show, .id = result.hold }, "?swapped=1");
}
