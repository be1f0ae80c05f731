/* city.c - GET /{city}: what is on that day, searched and filtered; each time on a card leads straight to the hall. */
#include "base/base.h"

#include "domain/outcome.h"
#include "domain/search.h"
#include "pages/answers.h"
#include "pages/app.h"
#include "pages/browse.h"
#include "pages/routes.h"
#include "views/city.h"

#define WORDS_MAX 80	/* characters; the form's own maxlength */
#define FILTER_MAX 40

static const struct {
	const char *word;
	enum part_of_day part;
} parts[] = { { "morning", MORNING }, { "afternoon", AFTERNOON }, { "evening", EVENING }, { "late", NIGHT } };

struct city_ask {
	struct city city;
	struct browse browse;
	struct span time;	/* its word */
	bool filtered;
};

/* 0, or 400 with what is wrong. An unknown genre or language is no mistake: nothing fits it. */
static int
read_filters(struct request *rq, struct response *rs, struct city_ask *ask)
{
	struct browse *b = &ask->browse;

	b->words = span_trim(query_value(rq, "q"));
	b->genre = span_trim(query_value(rq, "genre"));
	b->language = span_trim(query_value(rq, "language"));
	ask->time = query_value(rq, "time");
	if (span_chars(b->words) > WORDS_MAX)
		return bad(rs, 400, message_about(rq->arena, M_FIELD_TOO_LONG, SPAN("q")));
	if (b->words.n && !search_has_words(b->words))
		return bad(rs, 400, message_about(rq->arena, M_SEARCH_EMPTY, b->words));
	if (span_chars(b->genre) > FILTER_MAX || span_chars(b->language) > FILTER_MAX || ask->time.n > FILTER_MAX)
		return bad(rs, 400, message_about(rq->arena, M_FIELD_TOO_LONG,
		    span_chars(b->genre) > FILTER_MAX ? SPAN("genre") : ask->time.n > FILTER_MAX ? SPAN("time") : SPAN("language")));
	for (size_t i = 0; i < ARRAY_LEN(parts); i++)
		if (span_is(ask->time, parts[i].word))
			b->time = parts[i].part;
	if (ask->time.n && b->time == ANY_TIME)
		return bad(rs, 400, message_about(rq->arena, M_TIME_WRONG, ask->time));
	ask->filtered = b->words.n || b->genre.n || b->language.n || b->time != ANY_TIME;
	return 0;
}

/* The page's address with its filters, without the day. */
static struct span
filtered_path(struct arena *a, const struct city_ask *ask)
{
	struct buf b;

	buf_init(&b, a, PATH_MAX_BYTES);
	buf_fmt(&b, "/" PRSPAN, ARGSPAN(ask->city.slug));
	query_add(&b, "q", ask->browse.words);
	query_add(&b, "genre", ask->browse.genre);
	query_add(&b, "language", ask->browse.language);
	query_add(&b, "time", ask->time);
	return buf_view(&b);
}

/* The shows come by title, venue and start: a new card or venue begins where these change. */
static void
fill_events(struct arena *a, const struct show *shows, size_t n, struct city_view *v)
{
	struct city_events *events = ARENA_ARRAY(a, struct city_events, n), *e = NULL;
	struct city_events_venues *venues = ARENA_ARRAY(a, struct city_events_venues, n), *place = NULL;
	struct city_events_venues_times *times = ARENA_ARRAY(a, struct city_events_venues_times, n);

	v->events = events;
	for (size_t i = 0; i < n; i++) {
		const struct show *s = &shows[i];
		struct sale_face f = sale_face(s);

		if (i == 0 || s->event.id != s[-1].event.id) {
			struct buf path;

			buf_init(&path, a, PATH_MAX_BYTES);
			buf_fmt(&path, "/events/" PRSPAN, ARGSPAN(s->event.slug));
			query_add(&path, "city", s->city_slug);
			query_add(&path, "date", s->local_date);
			e = &events[v->n_events++];
			*e = (struct city_events){ .path = buf_view(&path), .poster = poster_path(a, &s->event),
				.title = s->event.title, .facts = event_facts(a, &s->event, false), .venues = venues };
			place = NULL;
		}
		if (!place || s->venue_id != s[-1].venue_id) {
			place = venues++;
			*place = (struct city_events_venues){ .venue = s->venue_name, .times = times };
			e->n_venues++;
		}
		*times++ = (struct city_events_venues_times){ .show_path = show_path(a, s), .at = s->starts,
			.after_midnight = after_midnight(s), .few = f.few, .sold_out = f.sold_out, .not_yet = f.not_yet, .closed = f.closed };
		place->n_times++;
	}
}

static enum outcome
fill_choices(struct request *rq, const struct city_ask *ask, struct city_view *v)
{
	struct span *genres, *languages;
	size_t n_genres, n_languages;
	enum outcome o = city_choices(rq->app->db, rq->arena, &ask->city, &genres, &n_genres, &languages, &n_languages);

	if (o != OUTCOME_OK)
		return o;
	v->genres = ARENA_ARRAY(rq->arena, struct city_genres, n_genres);
	for (; v->n_genres < n_genres; v->n_genres++)
		v->genres[v->n_genres] = (struct city_genres){ genres[v->n_genres], genres[v->n_genres],
			span_eq(genres[v->n_genres], ask->browse.genre) };
	v->languages = ARENA_ARRAY(rq->arena, struct city_languages, n_languages);
	for (; v->n_languages < n_languages; v->n_languages++)
		v->languages[v->n_languages] = (struct city_languages){ languages[v->n_languages], languages[v->n_languages],
			span_eq(languages[v->n_languages], ask->browse.language) };
	return OUTCOME_OK;
}

static enum outcome
fill_shows(struct request *rq, const struct city_ask *ask, struct city_view *v)
{
	struct browse all = { .date = ask->browse.date, .words = SPAN_NONE, .genre = SPAN_NONE, .language = SPAN_NONE };
	struct show *shows;
	size_t n;
	enum outcome o = shows_browse(rq->app->db, rq->arena, &ask->city, &ask->browse, &shows, &n);

	if (o == OUTCOME_OK && n == 0 && ask->filtered) {
		v->nothing_fits = true;
		o = shows_browse(rq->app->db, rq->arena, &ask->city, &all, &shows, &n);
	}
	if (o == OUTCOME_OK)
		fill_events(rq->arena, shows, n, v);
	return o;
}

static enum outcome
fill_days(struct request *rq, struct city_ask *ask, struct city_view *v)
{
	struct day_links links = { filtered_path(rq->arena, ask), ask->browse.date };
	struct browse all = { .date = SPAN_NONE, .words = SPAN_NONE, .genre = SPAN_NONE, .language = SPAN_NONE };
	struct day_count days[DAYS];
	enum outcome o = city_days(rq->app->db, rq->arena, &ask->city, &ask->browse, days);

	v->days = days_fill(rq->arena, days, &links);
	v->n_days = DAYS;
	v->n_nearest = nearest_fill(rq->arena, days, &links, &v->nearest);
	if (o == OUTCOME_OK && ask->filtered && !v->n_nearest) {	/* then any show at all */
		links.before = v->page.city_path;
		o = city_days(rq->app->db, rq->arena, &ask->city, &all, days);
		v->n_nearest = nearest_fill(rq->arena, days, &links, &v->nearest);
	}
	return o;
}

static struct span
today_in(struct arena *a, const struct city *city)
{
	struct civil c = moment_civil((struct moment){ clock_now(), city->zone });

	return arena_fmt(a, "%04d-%02d-%02d", c.year, c.month, c.day);
}

int
city_get(struct request *rq, struct response *rs)
{
	struct city_ask ask = { .time = SPAN_NONE };
	struct city_view v = { .filtered = false };
	struct buf path;
	enum outcome o;
	int status;

	o = city_by_slug(rq->app->db, rq->arena, path_value(rq, "city"), &ask.city);
	if (o != OUTCOME_OK)
		return answer(rs, o);
	status = date_of_query(rq, rs, &ask.browse.date);
	if (!status)
		status = read_filters(rq, rs, &ask);
	if (status)
		return status;
	if (!ask.browse.date.n)
		ask.browse.date = today_in(rq->arena, &ask.city);
	v.page = top_of_city(rq->arena, &ask.city);
	v.iso = ask.browse.date;
	v.chosen_day = noon_of(v.iso, &ask.city);
	v.q = ask.browse.words;
	v.filtered = ask.filtered;
	v.time.morning = ask.browse.time == MORNING;
	v.time.afternoon = ask.browse.time == AFTERNOON;
	v.time.evening = ask.browse.time == EVENING;
	v.time.late = ask.browse.time == NIGHT;
	buf_init(&path, rq->arena, PATH_MAX_BYTES);
	buf_span(&path, v.page.city_path);
	query_add(&path, "date", v.iso);
	v.everything_path = buf_view(&path);
	if ((o = fill_shows(rq, &ask, &v)) != OUTCOME_OK || (o = fill_days(rq, &ask, &v)) != OUTCOME_OK ||
	    (o = fill_choices(rq, &ask, &v)) != OUTCOME_OK)
		return answer(rs, o);
	city_html(&rs->body, &v);
	return 200;
}
