/* browse.c - see browse.h. */
#include "base/base.h"

#include "pages/browse.h"

#define SMALL_HOURS 5	/* o'clock */

struct top_fields
top_of_city(struct arena *a, const struct city *c)
{
	return (struct top_fields){ c->name, arena_fmt(a, "/" PRSPAN, ARGSPAN(c->slug)) };
}

int
date_of_query(struct request *rq, struct response *rs, struct span *date)
{
	struct civil c;

	*date = query_value(rq, "date");
	if (date->n && !date_parse(*date, &c))
		return bad(rs, 400, date->n > 40 ? message_about(rq->arena, M_FIELD_TOO_LONG, SPAN("date")) :
		    message_about(rq->arena, M_DATE_WRONG, *date));
	return 0;
}

struct moment
noon_of(struct span date, const struct city *city)
{
	struct civil c = { 0 };

	date_parse(date, &c);
	c.hour = 12;
	return (struct moment){ civil_ms(c, city->zone), city->zone };
}

void
query_add(struct buf *b, const char *name, struct span value)
{
	if (!value.n)
		return;
	buf_fmt(b, "%c%s=", memchr(b->p, '?', b->n) ? '&' : '?', name);
	for (size_t i = 0; i < value.n; i++) {
		unsigned char c = (unsigned char)value.p[i];

		if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c && strchr("-._~", c)))
			buf_byte(b, (char)c);
		else
			buf_fmt(b, "%%%02X", c);
	}
}

static struct span
day_path(struct arena *a, const struct day_links *links, struct span date)
{
	struct buf b;

	buf_init(&b, a, PATH_MAX_BYTES);
	buf_span(&b, links->before);
	query_add(&b, "date", date);
	return buf_view(&b);
}

struct day_fields *
days_fill(struct arena *a, const struct day_count days[DAYS], const struct day_links *links)
{
	struct day_fields *list = ARENA_ARRAY(a, struct day_fields, DAYS);

	for (int i = 0; i < DAYS; i++)
		list[i] = (struct day_fields){ .day_path = day_path(a, links, days[i].date), .a_day = days[i].noon, .today = i == 0,
			.tomorrow = i == 1, .open = span_eq(days[i].date, links->date), .count = days[i].shows };
	return list;
}

size_t
nearest_fill(struct arena *a, const struct day_count days[DAYS], const struct day_links *links, struct near_fields **list)
{
	int shown = 0, kept = 0;
	bool keep[DAYS] = { false };
	size_t n = 0;

	/* A day before the strip is nearest its beginning, one behind it its end: dates compare as text. */
	while (shown < DAYS && strncmp(days[shown].date.p, links->date.p, 10) < 0)
		shown++;
	for (int away = 0; away <= DAYS && kept < NEAREST; away++)
		for (int side = -1; side <= 1 && kept < NEAREST; side += 2) {
			int i = shown + side * away;

			if (i < 0 || i >= DAYS || keep[i] || !days[i].shows || span_eq(days[i].date, links->date))
				continue;
			keep[i] = true;
			kept++;
		}
	*list = ARENA_ARRAY(a, struct near_fields, NEAREST);
	for (int i = 0; i < DAYS; i++)
		if (keep[i])
			(*list)[n++] = (struct near_fields){ day_path(a, links, days[i].date), days[i].noon, days[i].shows };
	return n;
}

static void
fact_add(struct buf *b, struct span fact)
{
	if (!fact.n)
		return;
	if (b->n)
		BUF_LIT(b, "\u00a0· ");	/* no line begins with the dot */
	buf_span(b, fact);
}

struct span
event_facts(struct arena *a, const struct event *e, bool with_language)
{
	struct buf b;

	buf_init(&b, a, KiB);
	fact_add(&b, e->genre);
	if (e->minutes)
		fact_add(&b, message_about(a, M_MINUTES, arena_fmt(a, "%" PRId64, e->minutes)));
	fact_add(&b, e->certificate);
	if (with_language)
		fact_add(&b, e->language);
	return buf_view(&b);
}

struct span
poster_path(struct arena *a, const struct event *e)
{
	return e->poster.n ? asset_path(a, arena_fmt(a, "posters/" PRSPAN, ARGSPAN(e->poster))) : SPAN_NONE;
}

struct span
show_path(struct arena *a, const struct show *s)
{
	return arena_fmt(a, "/shows/%" PRId64, s->id);
}

bool
after_midnight(const struct show *s)
{
	return moment_civil(s->starts).hour < SMALL_HOURS;
}

struct sale_face
sale_face(const struct show *s)
{
	struct sale_face f = { false, false, false, false };

	switch (s->availability) {
	case SHOW_FREE:
		break;
	case SHOW_FEW:
		f.few = true;
		break;
	case SHOW_SOLD_OUT:
		f.sold_out = true;
		break;
	case SHOW_NOT_YET:
		f.not_yet = true;
		break;
	case SHOW_OVER: case SHOW_PAUSED: case SHOW_CANCELLED:
		f.closed = true;
	}
	return f;
}
