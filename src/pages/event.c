/* event.c - GET /events/{slug}: one title, and its shows by venue in one city on one day. */
#include "base/base.h"

#include "domain/outcome.h"
#include "pages/answers.h"
#include "pages/app.h"
#include "pages/browse.h"
#include "pages/routes.h"
#include "views/event.h"

static int64_t
shows_in(const struct day_count days[DAYS])
{
	int64_t n = 0;

	for (int i = 0; i < DAYS; i++)
		n += days[i].shows;
	return n;
}

/* The first city that has the title within the days; where none has, the first of all. */
static enum outcome
find_city(struct request *rq, const struct event *e, struct city *city, struct day_count days[DAYS])
{
	struct city *list;
	size_t n;
	enum outcome o = cities_read(rq->app->db, rq->arena, &list, &n);

	if (o == OUTCOME_OK && n == 0)
		return OUTCOME_NOT_FOUND;
	for (size_t i = 0; i < n && o == OUTCOME_OK; i++) {
		o = event_days(rq->app->db, rq->arena, e, &list[i], days);
		*city = list[i];
		if (shows_in(days))
			return o;
	}
	if (o != OUTCOME_OK)
		return o;
	*city = list[0];
	return event_days(rq->app->db, rq->arena, e, city, days);
}

static struct event_venues_shows
show_line(struct arena *a, const struct show *s)
{
	struct sale_face f = sale_face(s);

	return (struct event_venues_shows){ .show_path = show_path(a, s), .at = s->starts, .iso = s->starts, .hall = s->hall_name,
		.after_midnight = after_midnight(s), .from = s->price_min, .to = s->price_max,
		.one_price = s->price_min.minor == s->price_max.minor, .sold_out = f.sold_out, .not_yet = f.not_yet, .closed = f.closed,
		.few = f.few, .free = s->free, .on_sale = { s->sales_from_ms, s->starts.zone } };
}

static void
fill_venues(struct arena *a, const struct show *shows, size_t n, struct event_view *v)
{
	struct event_venues *place = NULL;
	struct event_venues_shows *lines = ARENA_ARRAY(a, struct event_venues_shows, n);

	v->venues = ARENA_ARRAY(a, struct event_venues, n);
	for (size_t i = 0; i < n; i++) {
		const struct show *s = &shows[i];

		if (i == 0 || s->venue_id != s[-1].venue_id) {
			place = &v->venues[v->n_venues++];
			*place = (struct event_venues){ .venue = s->venue_name, .address = s->address, .map_url = s->map_url,
				.step_free = s->access_note, .phone = s->venue_phone, .shows = lines };
		}
		*lines++ = show_line(a, s);
		place->n_shows++;
	}
}

/* The day asked for, else the first that has a show, else today. */
static struct span
choose_day(struct span asked, const struct day_count days[DAYS])
{
	if (asked.n)
		return asked;
	for (int i = 0; i < DAYS; i++)
		if (days[i].shows)
			return days[i].date;
	return days[0].date;
}

static int
event_page(struct request *rq, struct response *rs, const struct event *e, const struct city *city, struct span date,
    const struct day_count days[DAYS])
{
	struct day_links links = { .date = date };
	struct event_view v = { .page = top_of_city(rq->arena, city), .title = e->title, .poster = poster_path(rq->arena, e),
		.facts = event_facts(rq->arena, e, true), .about = e->synopsis, .chosen_day = noon_of(date, city), .n_days = DAYS };
	struct show *shows;
	struct buf path;
	size_t n;
	enum outcome o = event_shows(rq->app->db, rq->arena, e, city, date, &shows, &n);

	if (o != OUTCOME_OK)
		return answer(rs, o);
	buf_init(&path, rq->arena, PATH_MAX_BYTES);
	buf_fmt(&path, "/events/" PRSPAN, ARGSPAN(e->slug));
	query_add(&path, "city", city->slug);
	links.before = buf_view(&path);
	v.days = days_fill(rq->arena, days, &links);
	v.n_nearest = nearest_fill(rq->arena, days, &links, &v.nearest);
	fill_venues(rq->arena, shows, n, &v);
	event_html(&rs->body, &v);
	return 200;
}

int
event_get(struct request *rq, struct response *rs)
{
	struct span slug = query_value(rq, "city"), date;
	struct day_count days[DAYS];
	struct event e;
	struct city city;
	enum outcome o;
	int status = date_of_query(rq, rs, &date);

	if (status)
		return status;
	o = event_by_slug(rq->app->db, rq->arena, path_value(rq, "slug"), &e);
	if (o != OUTCOME_OK)
		return answer(rs, o);
	if (slug.n) {
		o = city_by_slug(rq->app->db, rq->arena, slug, &city);
		if (o == OUTCOME_NOT_FOUND)
			return bad(rs, 400, slug.n > 40 ? message_about(rq->arena, M_FIELD_TOO_LONG, SPAN("city")) :
			    message_about(rq->arena, M_CITY_WRONG, slug));
		if (o == OUTCOME_OK)
			o = event_days(rq->app->db, rq->arena, &e, &city, days);
	} else {
		o = find_city(rq, &e, &city, days);
	}
	if (o != OUTCOME_OK)
		return answer(rs, o);
	return event_page(rq, rs, &e, &city, choose_day(date, days), days);
}
