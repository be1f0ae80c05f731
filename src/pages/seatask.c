/* seatask.c - see seatask.h. Who gets a seat is decided in domain/holds.c, never here. */
#include "base/base.h"

#include "http/metrics.h"
#include "pages/answers.h"
#include "pages/app.h"
#include "pages/seatask.h"
#include "pages/seatmap.h"
#include "pages/session.h"
#include "pages/words.h"

#define BEST_MOST 1000		/* beyond this it is no number of seats, but noise */

static bool
has_id(const int64_t *ids, size_t n, int64_t id)
{
	for (size_t i = 0; i < n; i++)
		if (ids[i] == id)
			return true;
	return false;
}

/* What no button of ours can have sent. */
static int
not_understood(struct request *rq, struct response *rs, const struct seat_ask *ask, struct span why)
{
	return notice_page(rs, &(struct notice){ .status = 400, .heading = message(M_UNCLEAR_HEADING), .message = why,
	    .button = message(M_TO_THE_PLAN), .button_path = arena_fmt(rq->arena, "/shows/%" PRId64, ask->show) });
}

int
seat_ask_read(struct request *rq, struct response *rs, struct seat_ask *ask)
{
	if (form_has(rq, "best")) {
		if (!form_int(rq, "best", 1, BEST_MOST, &ask->best) ||
		    (form_value(rq, "section").n && !form_int(rq, "section", 1, INT32_MAX, &ask->section)))
			return not_understood(rq, rs, ask, rq->why);
		return 0;
	}
	if (!form_ids(rq, "seat", FIELDS_MAX, ask->ids, &ask->n))
		return not_understood(rq, rs, ask, rq->why);
	for (size_t i = 1; i < ask->n; i++)
		if (has_id(ask->ids, i, ask->ids[i]))
			return not_understood(rq, rs, ask, message(M_SEAT_TWICE));
	return 0;
}

enum outcome
seat_ask_take(struct request *rq, const struct seat_ask *ask, int64_t buyer, bool add, struct hold_result *result)
{
	struct hold_ask wish = { .show = ask->show, .buyer = buyer, .replaces = ask->changing ? ask->changing->id : 0, .add = add,
		.newcomer = !session_buyer(rq) };

	*result = (struct hold_result){ .limit = HOLD_MAX_SEATS };
	if (ask->n == 0 || ask->n > HOLD_MAX_SEATS)
		return OUTCOME_LIMIT;
	memcpy(wish.seats.ids, ask->ids, ask->n * sizeof(ask->ids[0]));
	wish.seats.n = ask->n;
	return hold_take(rq->app->db, rq->arena, &wish, result);
}

/* -- refusals -------------------------------------------------------------------------------------------------------------- */

static int
show_map(struct response *rs, const struct seatmap_page *p, int status)
{
	seatmap_html(&rs->body, &p->view);
	return status;
}

/* "C7, C8". Seats of another section of a big hall are not on the map that is shown, and are read by themselves. */
static struct span
names_of(struct request *rq, const struct seatmap *map, const struct seat_set *set)
{
	struct seat_words far[HOLD_MAX_SEATS];
	int64_t missing[HOLD_MAX_SEATS];
	size_t n = 0;
	struct buf b;

	buf_init(&b, rq->arena, SEAT_NAMES_MAX);
	for (size_t i = 0; i < set->n; i++) {
		const struct seat *s = seat_on_map(map, set->ids[i]);

		if (s)
			seat_names_add(&b, s->row, s->number);
		else
			missing[n++] = set->ids[i];
	}
	if (n)
		n = seat_words_read(rq->app->db, missing, n, far);
	for (size_t i = 0; i < n; i++)
		seat_names_add(&b, far[i].row, far[i].number);
	return buf_view(&b);
}

static int
lost_page(struct request *rq, struct response *rs, const struct seat_ask *ask, const struct hold_result *result)
{
	struct seatmap_page p;
	struct seat_set kept;
	enum outcome o = seat_ask_map(rq, ask, &result->lost, &p);

	if (o != OUTCOME_OK)
		return answer(rs, o);
	metric_add(METRIC_HOLDS_REFUSED, 1);
	kept = seat_ask_kept(ask, &p.map, &result->lost);
	p.view.lost = names_of(rq, &p.map, &result->lost);
	p.view.lost_n = (int64_t)result->lost.n;
	p.view.kept = names_of(rq, &p.map, &kept);
	p.view.kept_n = (int64_t)kept.n;
	return show_map(rs, &p, 409);
}

/* One press takes the seats that would be accepted: others instead of these, or these and the lonely one too. */
static void
add_fix(struct request *rq, struct seatmap_page *p, const struct seat_ask *ask, const struct seat_set *fix)
{
	struct seatmap_fixes *f = &p->view.fixes[p->view.n_fixes];
	struct seat_set more = { .n = 0 };

	if (!fix->n)
		return;
	for (size_t i = 0; i < fix->n; i++)
		if (!has_id(ask->ids, ask->n, fix->ids[i]))
			more.ids[more.n++] = fix->ids[i];
	f->fix_too = fix->n > ask->n;
	f->fix = names_of(rq, &p->map, f->fix_too ? &more : fix);
	f->fix_seats = ARENA_ARRAY(rq->arena, struct seatmap_fixes_fix_seats, fix->n);
	f->n_fix_seats = fix->n;
	for (size_t i = 0; i < fix->n; i++)
		f->fix_seats[i].fix_id = fix->ids[i];
	p->view.n_fixes++;
}

static int
single_page(struct request *rq, struct response *rs, const struct seat_ask *ask, const struct hold_result *result)
{
	struct seatmap_page p;
	enum outcome o = seat_ask_map(rq, ask, NULL, &p);

	if (o != OUTCOME_OK)
		return answer(rs, o);
	p.view.alone = names_of(rq, &p.map, &result->lost);
	p.view.fixes = ARENA_ARRAY(rq->arena, struct seatmap_fixes, ARRAY_LEN(result->fixes));
	for (size_t i = 0; i < ARRAY_LEN(result->fixes); i++)
		add_fix(rq, &p, ask, &result->fixes[i]);
	return show_map(rs, &p, 422);
}

/* Faces that need nothing of the result: one bool of the view each. */
static int
plain_page(struct request *rq, struct response *rs, const struct seat_ask *ask, enum outcome why, const struct hold_result *result)
{
	struct seatmap_page p;
	enum outcome o = seat_ask_map(rq, ask, NULL, &p);

	if (o != OUTCOME_OK)
		return answer(rs, o);
	if (why == OUTCOME_COMPANION)
		p.view.companion_alone = true;
	if (why == OUTCOME_NO_ROOM)
		p.view.none_together = ask->best;
	if (why == OUTCOME_LIMIT) {
		p.view.nothing_chosen = !ask->n && !ask->best;
		p.view.too_many = !p.view.nothing_chosen;
		p.view.max = result->limit ? result->limit : p.view.max;
	}
	return show_map(rs, &p, why == OUTCOME_LIMIT ? 422 : outcome_status(why));
}

/* The hall is as asked, the sale is not: the map says so itself, but for one that was stopped between two looks at it. */
static int
closed_page(struct request *rq, struct response *rs, const struct seat_ask *ask, const struct hold_result *result)
{
	struct seatmap_page p;
	enum outcome o = seat_ask_map(rq, ask, NULL, &p);

	if (o != OUTCOME_OK)
		return answer(rs, o);
	p.view.not_yet = span_is(result->sales_state, "early");
	p.view.closed = !p.view.not_yet;
	p.view.sold_out = false;
	p.view.on_sale = (struct moment){ result->sales_from_ms, p.show.starts.zone };
	return show_map(rs, &p, 409);
}

static int64_t
seats_held(struct request *rq, int64_t show)
{
	struct buyer_hold *list;
	int64_t seats = 0;
	size_t n;

	if (buyer_holds(rq->app->db, rq->arena, session_buyer(rq), &list, &n) != OUTCOME_OK)
		return 0;
	for (size_t i = 0; i < n; i++)
		if (list[i].show == show && !list[i].booking)
			seats += (int64_t)list[i].n;
	return seats;
}

static int
limit_page(struct request *rq, struct response *rs, int64_t show)
{
	struct error_view v = { .page = top_of_none(), .status = 429, .request_id = rq->id, .hold_limit = true,
		.limit = seats_held(rq, show), .heading = SPAN_NONE, .message = message(M_HOLD_LIMIT) };

	error_html(&rs->body, &v);
	return v.status;
}

/* Either the show itself is unknown, or it has no such seat or section. */
static int
unknown(struct request *rq, struct response *rs, const struct seat_ask *ask)
{
	struct show show;
	enum outcome o = show_read(rq->app->db, rq->arena, ask->show, &show);

	if (o != OUTCOME_OK)
		return answer(rs, o);
	return not_understood(rq, rs, ask, message(ask->best ? M_SECTION_UNKNOWN : M_SEAT_UNKNOWN));
}

int
seat_ask_refuse(struct request *rq, struct response *rs, const struct seat_ask *ask, enum outcome o, const struct hold_result *result)
{
	switch (o) {
	case OUTCOME_TAKEN:
		return lost_page(rq, rs, ask, result);
	case OUTCOME_SINGLE:
		return single_page(rq, rs, ask, result);
	case OUTCOME_CLOSED:
		return closed_page(rq, rs, ask, result);
	case OUTCOME_LIMIT:
		if (result->buyer_hold)
			return limit_page(rq, rs, ask->show);
		return plain_page(rq, rs, ask, o, result);
	case OUTCOME_COMPANION: case OUTCOME_NO_ROOM:
		return plain_page(rq, rs, ask, o, result);
	case OUTCOME_NOT_FOUND:
		return unknown(rq, rs, ask);
	default:
		return answer(rs, o);
	}
}
