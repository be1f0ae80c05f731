/*
 * over.c - 410: the hold has ended without a booking. Says which of its seats can be had again, or which ones are nearest to them,
 * with one press; whether they really can is decided when it is pressed.
 */
#include "base/base.h"

#include "pages/answers.h"
#include "pages/app.h"
#include "pages/hold.h"
#include "pages/words.h"
#include "views/over.h"

#define ROW_STEP 3		/* a row further away counts as so many half seats to the side */

struct again {			/* seats to offer, in the map's order */
	const struct seat *list[HOLD_MAX_SEATS];
	size_t n;
};

static bool
is_free(const struct seat *s)
{
	return s->status == SEAT_FREE || s->own;
}

static struct again
same_ones(const struct hold *h, const struct seatmap *map)
{
	struct again same = { .n = 0 };

	for (size_t i = 0; i < map->n; i++)
		for (size_t k = 0; k < h->n; k++)
			if (map->seats[i].id == h->seats[k].seat && is_free(&map->seats[i]) && same.n < HOLD_MAX_SEATS)
				same.list[same.n++] = &map->seats[i];
	return same;
}

/* Where the hold was, as the plan counts: the middle of its seats. */
static void
middle_of(const struct hold *h, const struct seatmap *map, int *row, int *col)
{
	int rows = 0, cols = 0, n = 0;

	for (size_t i = 0; i < map->n; i++)
		for (size_t k = 0; k < h->n; k++)
			if (map->seats[i].id == h->seats[k].seat) {
				rows += map->seats[i].plan_row;
				cols += map->seats[i].plan_col;
				n++;
			}
	*row = n ? rows / n : 0;
	*col = n ? cols / n : 0;
}

/* n free seats side by side that begin with this one; the map has a row's seats in their order. */
static bool
together(const struct seatmap *map, size_t from, size_t n)
{
	for (size_t i = from; i < from + n; i++) {
		const struct seat *s = &map->seats[i], *before = &map->seats[i - (i > from)];

		if (!is_free(s) || s->kind == SEAT_WHEELCHAIR || s->kind == SEAT_COMPANION || s->section != before->section ||
		    s->plan_row != before->plan_row || (i > from && s->plan_col != before->plan_col + 2))
			return false;
	}
	return true;
}

static struct again
nearest(const struct hold *h, const struct seatmap *map)
{
	struct again best = { .n = 0 };
	int row, col, least = INT32_MAX;

	middle_of(h, map, &row, &col);
	for (size_t i = 0; i + h->n <= map->n; i++) {
		int far = ROW_STEP * abs(map->seats[i].plan_row - row) + abs(map->seats[i].plan_col + (int)h->n - 1 - col);

		if (far >= least || !together(map, i, h->n))
			continue;
		least = far;
		best.n = h->n;
		for (size_t k = 0; k < h->n; k++)
			best.list[k] = &map->seats[i + k];
	}
	return best;
}

static void
offer(struct request *rq, const struct hold *h, const struct seatmap *map, struct over_view *v)
{
	struct again again = same_ones(h, map);
	struct buf names;

	v->all_free = again.n == h->n;
	v->some_free = again.n && !v->all_free;
	if (!again.n) {
		again = nearest(h, map);
		v->nearest = again.n;
	}
	v->seats = ARENA_ARRAY(rq->arena, struct over_seats, again.n);
	v->n_seats = again.n;
	v->again_n = (int64_t)again.n;
	buf_init(&names, rq->arena, SEAT_NAMES_MAX);
	for (size_t i = 0; i < again.n; i++) {
		v->seats[i].id = again.list[i]->id;
		seat_names_add(&names, again.list[i]->row, again.list[i]->number);
	}
	v->again_names = buf_view(&names);
}

/* 0 where the seats lie in several: then the whole hall is looked at. */
static int64_t
only_section(const struct hold *h)
{
	for (size_t i = 1; i < h->n; i++)
		if (h->seats[i].section != h->seats[0].section)
			return 0;
	return h->n ? h->seats[0].section : 0;
}

int
over_page(struct request *rq, struct response *rs, const struct hold *h)
{
	struct over_view v = { .show = h->show, .show_path = arena_fmt(rq->arena, "/shows/%" PRId64, h->show),
		.seat_names = hold_seat_names(rq->arena, h), .seats_n = (int64_t)h->n,
		.given_back = h->state == HOLD_RELEASED && span_is(h->reason, "buyer"), .again_names = SPAN_NONE };
	struct show show;
	struct seatmap map;
	enum outcome o = show_read(rq->app->db, rq->arena, h->show, &show);

	if (o != OUTCOME_OK)
		return answer(rs, o);
	v.page = top_of_show(rq->arena, &show);
	v.event = show.event.title;
	v.when = show.starts;
	v.venue = show.venue_name;
	v.closed = show.availability == SHOW_NOT_YET || show.availability == SHOW_OVER || show.availability == SHOW_PAUSED ||
	    show.availability == SHOW_CANCELLED;
	if (!v.closed && h->n) {
		o = seatmap_read(rq->app->db, rq->arena, h->show, only_section(h), h->id, &map);
		if (o != OUTCOME_OK)
			return answer(rs, o);
		offer(rq, h, &map, &v);
	}
	over_html(&rs->body, &v);
	return 410;
}
