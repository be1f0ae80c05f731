/* words.c - see words.h. */
#include "base/base.h"

#include "pages/app.h"
#include "pages/words.h"

struct top_fields
top_of_show(struct arena *a, const struct show *s)
{
	return (struct top_fields){ s->city_name, arena_fmt(a, "/" PRSPAN, ARGSPAN(s->city_slug)) };
}

struct top_fields
top_of_none(void)
{
	return (struct top_fields){ SPAN_NONE, SPAN_NONE };
}

struct span
event_path(struct arena *a, const struct show *s)
{
	return arena_fmt(a, "/events/" PRSPAN "?city=" PRSPAN, ARGSPAN(s->event.slug), ARGSPAN(s->city_slug));
}

struct span
minutes_left(struct arena *a, int64_t seconds)
{
	if (seconds < 0)
		seconds = 0;
	return arena_fmt(a, "%" PRId64 ":%02" PRId64, seconds / 60, seconds % 60);
}

struct span
link_token(struct request *rq, enum token_kind kind, int64_t show, int64_t id, int generation)
{
	struct token t = { .kind = kind, .generation = generation, .show = show, .id = id };

	return arena_copy(rq->arena, span_of(token_print(&rq->app->token_key, t).text));
}
