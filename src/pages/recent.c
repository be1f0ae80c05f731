/* recent.c - see recent.h. One show and one map a worker: a rush is on one of them. */
#include "base/base.h"

#include "base/clock.h"
#include "pages/app.h"
#include "pages/recent.h"

#define RECENT_MS 1000			/* as long as nginx may keep the public page */
#define RECENT_ARENA (8 * MiB)

struct kept {
	struct arena *arena;		/* of what was read; emptied only before it is read anew */
	int64_t show, section;
	int64_t until_ms;		/* steady; 0: nothing is kept */
};

static struct kept kept_show, kept_map;
static struct show show_then;
static struct seatmap map_then;

static bool
is_kept(const struct kept *k, int64_t show, int64_t section)
{
	return k->show == show && k->section == section && clock_steady() < k->until_ms;
}

static void
read_into(struct request *rq, struct kept *k)
{
	k->until_ms = 0;
	if (!k->arena)
		k->arena = arena_new(RECENT_ARENA);
	arena_reset(k->arena);
	db_arena(rq->app->db, k->arena);
}

static void
keep(struct request *rq, struct kept *k, int64_t show, int64_t section, enum outcome o)
{
	db_arena(rq->app->db, rq->arena);
	if (o != OUTCOME_OK)
		return;
	k->show = show;
	k->section = section;
	k->until_ms = clock_steady() + RECENT_MS;
}

enum outcome
recent_show(struct request *rq, int64_t show, struct show *s)
{
	enum outcome o = OUTCOME_OK;

	if (!is_kept(&kept_show, show, 0)) {
		read_into(rq, &kept_show);
		o = show_read(rq->app->db, kept_show.arena, show, &show_then);
		keep(rq, &kept_show, show, 0, o);
	}
	*s = show_then;
	return o;
}

/* The request's own copy: its seats may be changed, and a section of it is the section its seats point to. */
static void
copy_map(struct arena *a, const struct seatmap *from, struct seatmap *to)
{
	*to = *from;
	to->sections = ARENA_ARRAY(a, struct section, from->n_sections);
	to->seats = ARENA_ARRAY(a, struct seat, from->n);
	memcpy(to->sections, from->sections, from->n_sections * sizeof(*to->sections));
	memcpy(to->seats, from->seats, from->n * sizeof(*to->seats));
	for (size_t i = 0; i < to->n; i++)
		to->seats[i].section = &to->sections[from->seats[i].section - from->sections];
}

static void
mark_lost(const struct seat_set *lost, struct seatmap *map)
{
	for (size_t i = 0; i < map->n; i++)
		for (size_t j = 0; j < lost->n; j++)
			if (map->seats[i].id == lost->ids[j] && map->seats[i].status == SEAT_FREE) {
				map->seats[i].status = SEAT_HELD;
				map->free--;
				map->sections[map->seats[i].section - map->sections].free--;
			}
}

enum outcome
recent_map(struct request *rq, int64_t show, int64_t section, const struct seat_set *lost, struct seatmap *map)
{
	enum outcome o = OUTCOME_OK;

	if (!is_kept(&kept_map, show, section)) {
		read_into(rq, &kept_map);
		o = seatmap_read(rq->app->db, kept_map.arena, show, section, 0, &map_then);
		keep(rq, &kept_map, show, section, o);
	}
	if (o != OUTCOME_OK)
		return o;
	copy_map(rq->arena, &map_then, map);
	if (lost)
		mark_lost(lost, map);
	return OUTCOME_OK;
}
