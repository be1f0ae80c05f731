/* askmap.c - the map as it is shown again for what was asked: see seatask.h. Only reads. */
#include "base/base.h"

#include "pages/app.h"
#include "pages/holdpath.h"
#include "pages/seatask.h"
#include "pages/seatmap.h"
#include "pages/words.h"

static void
make_private(struct request *rq, const struct hold *h, struct seatmap_page *p)
{
	struct seatmap_view *v = &p->view;
	int64_t left = seconds_until(h->expires_ms, h->now_ms);

	v->changing = true;
	v->hold_path = hold_path(rq, h);
	v->action = arena_fmt(rq->arena, PRSPAN "/seats", ARGSPAN(v->hold_path));
	v->yours = hold_seat_names(rq->arena, h);
	v->yours_n = (int64_t)h->n;
	v->until = (struct moment){ h->expires_ms, p->show.starts.zone };
	v->seconds_left = left;
	v->left = minutes_left(rq->arena, left);
	/* The other sections of a big hall, each still for this hold. */
	v->hall_path = v->action;
	for (size_t i = 0; i < v->n_others; i++)
		v->others[i].other_path = arena_fmt(rq->arena, PRSPAN "?section=%" PRId64, ARGSPAN(v->action), v->others[i].other_section);
}

const struct seat *
seat_on_map(const struct seatmap *map, int64_t id)
{
	for (size_t i = 0; i < map->n; i++)
		if (map->seats[i].id == id)
			return &map->seats[i];
	return NULL;
}

static bool
is_among(int64_t id, const struct seat_set *set)
{
	for (size_t i = 0; i < set->n; i++)
		if (set->ids[i] == id)
			return true;
	return false;
}

struct seat_set
seat_ask_kept(const struct seat_ask *ask, const struct seatmap *map, const struct seat_set *lost)
{
	struct seat_set kept = { .n = 0 };

	for (size_t i = 0; i < ask->n && kept.n < HOLD_MAX_SEATS; i++) {
		const struct seat *s = seat_on_map(map, ask->ids[i]);

		if (!(lost && is_among(ask->ids[i], lost)) && (!s || s->status == SEAT_FREE || s->own))
			kept.ids[kept.n++] = ask->ids[i];
	}
	return kept;
}

static struct money
price_in(const struct seatmap *sections, int64_t id)
{
	for (size_t i = 0; i < sections->n_sections; i++)
		if (sections->sections[i].id == id)
			return sections->sections[i].price;
	return (struct money){ 0 };
}

/* Kept seats of other sections go along unseen, so that the next press asks for all of them. */
static void
keep_elsewhere(struct request *rq, const struct seat_set *kept, struct seatmap_page *p)
{
	struct seat_words far[HOLD_MAX_SEATS];
	int64_t missing[HOLD_MAX_SEATS];
	struct seatmap sections;
	size_t n = 0;

	for (size_t i = 0; i < kept->n; i++)
		if (!seat_on_map(&p->map, kept->ids[i]))
			missing[n++] = kept->ids[i];
	if (!n || sections_read(rq->app->db, rq->arena, p->show.id, &sections) != OUTCOME_OK)
		return;
	n = seat_words_read(rq->app->db, missing, n, far);
	p->view.elsewhere = ARENA_ARRAY(rq->arena, struct seatmap_elsewhere, n);
	for (size_t i = 0; i < n; i++) {
		struct buf name;

		buf_init(&name, rq->arena, SEAT_NAMES_MAX);
		seat_names_add(&name, far[i].row, far[i].number);
		p->view.elsewhere[p->view.n_elsewhere++] = (struct seatmap_elsewhere){ .elsewhere_id = far[i].id,
			.elsewhere_name = buf_view(&name), .elsewhere_row = far[i].row,
			.elsewhere_price = price_in(&sections, far[i].section) };
	}
}

enum outcome
seat_ask_map(struct request *rq, const struct seat_ask *ask, const struct seat_set *lost, struct seatmap_page *p)
{
	const struct hold *h = ask->changing;
	struct seatmap_ask want = { .show = ask->show, .section = ask->section, .own_hold = h ? h->id : 0,
		.near = ask->n ? ask->ids[0] : h && h->n ? h->seats[0].seat : 0, .chosen = ask->ids, .n_chosen = ask->n };
	struct seat_set kept;
	enum outcome o;

	if (lost && lost->n) {
		want.near = lost->ids[0];
		want.lost = lost;
	}
	o = seatmap_fill(rq, &want, p);
	if (o != OUTCOME_OK)
		return o;
	if (h)
		make_private(rq, h, p);
	kept = seat_ask_kept(ask, &p->map, lost);
	keep_elsewhere(rq, &kept, p);
	return OUTCOME_OK;
}
