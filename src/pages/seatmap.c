/*
 * seatmap.c - GET /shows/{show}: the hall, or for a big one its sections; /shows/{show}/{section}; and /shows/{show}/seats, the sparse
 * list that open maps ask for. The same bytes for everyone. Who gets a seat is decided elsewhere: POST …/hold is holdask.c.
 */
#include "base/base.h"

#include "base/clock.h"
#include "domain/live_seats.h"
#include "domain/outcome.h"
#include "pages/answers.h"
#include "pages/app.h"
#include "pages/browse.h"
#include "pages/routes.h"
#include "pages/seatmap.h"
#include "pages/words.h"
#include "views/sections.h"

static int
map_page(struct request *rq, struct response *rs, int64_t show, const struct show *known, int64_t section)
{
	struct seatmap_ask ask = { .show = show, .known = known, .section = section };
	struct seatmap_page p;
	enum outcome o = seatmap_fill(rq, &ask, &p);

	if (o != OUTCOME_OK)
		return answer(rs, o);
	seatmap_html(&rs->body, &p.view);
	return 200;
}

/* -- a big hall, first its sections ---------------------------------------------------------------------------------------- */

static void
fill_sections(struct request *rq, const struct seatmap *map, struct sections_view *v)
{
	v->sections = ARENA_ARRAY(rq->arena, struct sections_sections, map->n_sections);
	for (; v->n_sections < map->n_sections; v->n_sections++) {
		const struct section *s = &map->sections[v->n_sections];
		int width = s->last_col + 1;

		v->sections[v->n_sections] = (struct sections_sections){
			.section_path = arena_fmt(rq->arena, "/shows/%" PRId64 "/" PRSPAN, v->show, ARGSPAN(s->slug)),
			.section_name = s->name, .section = s->id, .tier = s->tier, .price = s->price_from, .section_free = s->free,
			.section_total = s->total, .step_free = s->step_free, .row = s->first_row * 2 - 1, .col = s->first_col,
			.rows = (s->last_row - s->first_row + 1) * 2, .cols = s->last_col - s->first_col + 2 };
		v->total += s->total;
		v->plan_width = width > v->plan_width ? width : v->plan_width;
	}
}

static int
sections_page(struct request *rq, struct response *rs, const struct show *s)
{
	struct sale_face f = sale_face(s);
	struct sections_view v = { .page = top_of_show(rq->arena, s), .show = s->id, .event = s->event.title,
		.event_path = event_path(rq->arena, s), .when = s->starts, .iso = s->starts, .venue = s->venue_name, .hall = s->hall_name,
		.stage = span_is(s->hall_kind, "stage"), .sold_out = f.sold_out, .in_baskets = s->in_baskets, .not_yet = f.not_yet,
		.on_sale = { s->sales_from_ms, s->starts.zone }, .closed = f.closed, .max = s->seats_a_hold,
		.step_free_way = s->access_note, .now = { clock_now(), s->starts.zone },
		.phone = s->venue_phone.n ? s->venue_phone : span_of(rq->app->settings->house_phone) };
	struct seatmap map;
	enum outcome o = sections_read(rq->app->db, rq->arena, s->id, &map);

	if (o != OUTCOME_OK)
		return answer(rs, o);
	v.free = map.free;
	fill_sections(rq, &map, &v);
	sections_html(&rs->body, &v);
	return 200;
}

int
show_get(struct request *rq, struct response *rs)
{
	struct show s;
	int64_t show;
	enum outcome o;

	if (!path_id(rq, "show", &show))
		return 404;
	o = show_read(rq->app->db, rq->arena, show, &s);
	if (o != OUTCOME_OK)
		return answer(rs, o);
	return s.by_section ? sections_page(rq, rs, &s) : map_page(rq, rs, show, &s, 0);
}

int
section_get(struct request *rq, struct response *rs)
{
	struct span slug = path_value(rq, "section");
	struct seatmap map;
	int64_t show;
	enum outcome o;

	if (!path_id(rq, "show", &show))
		return 404;
	o = sections_read(rq->app->db, rq->arena, show, &map);
	if (o != OUTCOME_OK)
		return answer(rs, o);
	for (size_t i = 0; i < map.n_sections; i++)
		if (span_eq(map.sections[i].slug, slug))
			return map_page(rq, rs, show, NULL, map.sections[i].id);
	return 404;
}

/* -- how every seat is, for open plans -------------------------------------------------------------------------------------- */

int
show_seats_get(struct request *rq, struct response *rs)
{
	struct buf *b = &rs->body.buf;
	struct live_seats seats;
	int64_t show;
	enum outcome o;

	if (!path_id(rq, "show", &show))
		return 404;
	o = live_seats_read(rq->app->db, rq->arena, show, &seats);
	if (o != OUTCOME_OK)
		return answer(rs, o);
	rs->type = SPAN("application/json");
	/* at: nginx gives out the last answer, however old, while there is no new one; the page can tell by this and the Date header */
	buf_fmt(b, "{\"show\":%" PRId64 ",\"at\":%" PRId64 ",\"version\":%" PRId64 ",\"free\":%" PRId64 ",\"total\":%" PRId64 ",",
	    show, seats.at_ms, seats.version, seats.free, seats.total);
	live_seats_print(b, &seats);
	buf_byte(b, '}');
	return 200;
}
