/* seatmap_view.c - fills the plan of a hall: rows from the front, seats from the left, each with its state and its price. */
#include "base/base.h"

#include "domain/outcome.h"
#include "pages/app.h"
#include "pages/browse.h"
#include "pages/recent.h"
#include "pages/seatmap.h"
#include "pages/words.h"

#define COLUMNS 120	/* the classes of places.css */
#define ROWS 240

static int
by_place(const void *a, const void *b)
{
	const struct seat *s = *(const struct seat *const *)a, *t = *(const struct seat *const *)b;

	return s->plan_row != t->plan_row ? s->plan_row - t->plan_row : s->plan_col - t->plan_col;
}

/* Sections side by side share their rows, so seats in id order are not yet in the order of the plan. */
static const struct seat **
seats_by_place(struct arena *a, const struct seatmap *map)
{
	const struct seat **list = ARENA_ARRAY(a, const struct seat *, map->n);
	bool sorted = true;

	for (size_t i = 0; i < map->n; i++) {
		list[i] = &map->seats[i];
		sorted &= i == 0 || by_place(&list[i - 1], &list[i]) <= 0;
	}
	if (!sorted)
		qsort(list, map->n, sizeof(*list), by_place);
	return list;
}

static int
within(int place, int most)
{
	return place < 1 ? 1 : place > most ? most : place;
}

static bool
is_chosen(const struct seatmap_ask *ask, int64_t id)
{
	for (size_t i = 0; i < ask->n_chosen; i++)
		if (ask->chosen[i] == id)
			return true;
	return false;
}

static struct seatmap_rows_seats
seat_cell(const struct seatmap_ask *ask, const struct seat *s, int first_col)
{
	bool free_now = s->own || s->status == SEAT_FREE;

	return (struct seatmap_rows_seats){ .id = s->id, .seat = s->number, .col = within(s->plan_col - first_col + 1, COLUMNS),
		.tier_of = s->section->tier, .section_of = s->section->name, .price = s->section->price, .free_now = free_now,
		.held = !free_now && s->status == SEAT_HELD, .sold = !free_now && s->status == SEAT_SOLD,
		.chosen = free_now && is_chosen(ask, s->id), .mine = s->own, .wheelchair = s->kind == SEAT_WHEELCHAIR,
		.companion = s->kind == SEAT_COMPANION, .restricted = s->kind == SEAT_RESTRICTED };
}

/* A row takes two units of height; the first row and column shown stand at 1, wherever their section is in the hall. */
static void
fill_rows(struct arena *a, const struct seatmap_ask *ask, const struct seatmap *map, struct seatmap_view *v)
{
	const struct seat **seats = seats_by_place(a, map);
	struct seatmap_rows_seats *cells = ARENA_ARRAY(a, struct seatmap_rows_seats, map->n);
	int first_col = INT16_MAX, last_col = 0;
	struct seatmap_rows *row = NULL;

	for (size_t i = 0; i < map->n; i++) {
		first_col = seats[i]->plan_col < first_col ? seats[i]->plan_col : first_col;
		last_col = seats[i]->plan_col > last_col ? seats[i]->plan_col : last_col;
	}
	v->width = within(last_col - first_col + 2, COLUMNS);
	v->rows = ARENA_ARRAY(a, struct seatmap_rows, map->n);
	for (size_t i = 0; i < map->n; i++) {
		const struct seat *s = seats[i];

		if (i == 0 || s->plan_row != seats[i - 1]->plan_row) {
			int place = within((s->plan_row - seats[0]->plan_row) * 2 + 1, ROWS);

			if (row) {
				row->next = place;
				row->next_label = s->row;
			}
			row = &v->rows[v->n_rows++];
			*row = (struct seatmap_rows){ .row = place, .row_label = s->row, .seats = cells, .next_label = SPAN_NONE };
		}
		*cells = seat_cell(ask, s, first_col);
		row->row_free += cells->free_now;
		row->row_total++;
		row->n_seats++;
		v->has_wheelchair |= cells->wheelchair;
		v->has_companion |= cells->companion;
		v->has_restricted |= cells->restricted;
		cells++;
	}
}

static void
fill_tiers(struct arena *a, const struct seatmap *map, struct seatmap_view *v)
{
	v->tiers = ARENA_ARRAY(a, struct seatmap_tiers, map->n_sections);
	for (; v->n_tiers < map->n_sections; v->n_tiers++) {
		const struct section *s = &map->sections[v->n_tiers];

		v->tiers[v->n_tiers] = (struct seatmap_tiers){ .section = s->id, .tier = s->tier, .tier_name = s->name,
			.tier_price = s->price, .tier_free = s->free };
	}
}

/* One section of a big hall: the way to the others. */
static enum outcome
fill_others(struct request *rq, const struct seatmap_ask *ask, struct seatmap_view *v)
{
	struct seatmap all;
	enum outcome o = sections_read(rq->app->db, rq->arena, ask->show, &all);

	if (o != OUTCOME_OK)
		return o;
	v->big = true;
	v->hall_path = arena_fmt(rq->arena, "/shows/%" PRId64, ask->show);
	v->others = ARENA_ARRAY(rq->arena, struct seatmap_others, all.n_sections);
	for (; v->n_others < all.n_sections; v->n_others++) {
		const struct section *s = &all.sections[v->n_others];

		v->others[v->n_others] = (struct seatmap_others){ .other_section = s->id,
			.other_path = arena_fmt(rq->arena, "/shows/%" PRId64 "/" PRSPAN, ask->show, ARGSPAN(s->slug)),
			.other_name = s->name, .other_free = s->free, .here = s->id == ask->section };
	}
	return OUTCOME_OK;
}

static void
fill_show(struct request *rq, const struct seatmap_ask *ask, const struct show *s, struct seatmap_view *v)
{
	struct sale_face f = sale_face(s);

	v->page = top_of_show(rq->arena, s);
	v->show = s->id;
	v->event = s->event.title;
	v->event_path = event_path(rq->arena, s);
	v->when = v->iso = s->starts;
	v->venue = s->venue_name;
	v->hall = s->hall_name;
	v->facts = event_facts(rq->arena, &s->event, true);
	v->action = arena_fmt(rq->arena, "/shows/%" PRId64 "/hold", s->id);
	v->live_path = arena_fmt(rq->arena, "/shows/%" PRId64 "/seats", s->id);
	v->max = s->seats_a_hold;
	v->now = (struct moment){ clock_now(), s->starts.zone };
	v->stage = span_is(s->hall_kind, "stage");
	v->closed = f.closed;
	v->not_yet = f.not_yet;
	v->on_sale = (struct moment){ s->sales_from_ms, s->starts.zone };
	v->sold_out = f.sold_out && !ask->own_hold;
	v->in_baskets = s->in_baskets;
	v->step_free_way = s->access_note;
	v->phone = s->venue_phone.n ? s->venue_phone : span_of(rq->app->settings->house_phone);
}

/* Only a big hall is cut up. Without a word about where, the section with most room. */
static enum outcome
choose_section(struct request *rq, const struct show *s, struct seatmap_ask *ask)
{
	struct seat_words near[HOLD_MAX_SEATS];
	struct seatmap all;
	int64_t most = -1;
	enum outcome o;

	if (!s->by_section)
		ask->section = 0;
	if (!s->by_section || ask->section)
		return OUTCOME_OK;
	if (ask->near && seat_words_read(rq->app->db, &ask->near, 1, near) == 1)
		ask->section = near[0].section;
	if (ask->section)
		return OUTCOME_OK;
	o = sections_read(rq->app->db, rq->arena, ask->show, &all);
	for (size_t i = 0; o == OUTCOME_OK && i < all.n_sections; i++)
		if (all.sections[i].free > most) {
			most = all.sections[i].free;
			ask->section = all.sections[i].id;
		}
	return o;
}

enum outcome
seatmap_fill(struct request *rq, const struct seatmap_ask *asked, struct seatmap_page *p)
{
	struct seatmap_ask copy = *asked, *ask = &copy;
	bool recent = ask->lost && !ask->own_hold;
	enum outcome o = OUTCOME_OK;

	*p = (struct seatmap_page){ .view = { .max = 0 } };
	if (ask->known)
		p->show = *ask->known;
	else if (recent)
		o = recent_show(rq, ask->show, &p->show);
	else
		o = show_read(rq->app->db, rq->arena, ask->show, &p->show);
	if (o == OUTCOME_OK)
		o = choose_section(rq, &p->show, ask);
	if (o == OUTCOME_OK)
		o = recent ? recent_map(rq, ask->show, ask->section, ask->lost, &p->map) :
		    seatmap_read(rq->app->db, rq->arena, ask->show, ask->section, ask->own_hold, &p->map);
	if (o != OUTCOME_OK)
		return o;
	fill_show(rq, ask, &p->show, &p->view);
	p->view.free = p->map.free;
	p->view.total = (int64_t)p->map.n;
	fill_tiers(rq->arena, &p->map, &p->view);
	fill_rows(rq->arena, ask, &p->map, &p->view);
	if (!ask->section)
		return OUTCOME_OK;
	p->view.section_name = p->map.sections[0].name;
	return fill_others(rq, ask, &p->view);
}
