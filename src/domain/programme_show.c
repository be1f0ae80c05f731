/* programme_show.c - when a show starts and how it is sold, and turning that into moments. */
#include "base/base.h"

#include "domain/programme_line.h"

#define DAY_MS ((int64_t)86400000)
#define HOUR_MS ((int64_t)3600000)
#define QUARTER_MS ((int64_t)900000)
#define SOON_FIRST_MS (3 * QUARTER_MS)
#define SOON_LAST_MS (12 * QUARTER_MS)	/* "a show starts within three hours" */

/* -- reading ------------------------------------------------------------------------------------------------------------- */

static struct programme_times *
times_add(struct line *l, struct programme_show *s)
{
	struct programme_times *t = PROGRAMME_ADD(l->programme, s->times, s->n_times);

	*t = (struct programme_times){ .at = l->at };
	return t;
}

static void
clocks(struct line *l, struct programme_times *t)
{
	do {
		int minute = line_clock(l);

		if (t->n == PROGRAMME_TIMES)
			line_error(l, "at most %d times stand on one line", PROGRAMME_TIMES);
		else
			t->minutes[t->n++] = minute;
	} while (!l->bad && line_at_clock(l));
}

void
show_once(struct line *l, struct programme_show *s)
{
	struct programme_times *t = times_add(l, s);

	t->is = TIMES_ONCE;
	t->from = line_day(l);
	clocks(l, t);
}

static unsigned
weekdays(struct line *l)
{
	static const char *const names[] = { "mon", "tue", "wed", "thu", "fri", "sat", "sun" };
	unsigned bits = 0;
	size_t i;

	if (line_skip(l, "day"))
		return 0xfe;
	do {
		struct span word = line_word(l, "day, or mon tue wed thu fri sat sun");

		for (i = 0; i < 7 && !span_is(word, names[i]); i++)
			;
		if (i == 7)
			line_error(l, "\"" PRSPAN "\" is no day: day, or mon tue wed thu fri sat sun", ARGSPAN(word));
		bits |= 2u << i;
	} while (!l->bad && !line_at_clock(l));
	return bits;
}

void
show_every(struct line *l, struct programme_show *s)
{
	struct programme_times *t = times_add(l, s);

	t->is = TIMES_EVERY;
	t->weekdays = weekdays(l);
	clocks(l, t);
	line_need(l, "from");
	t->from = line_day(l);
	line_need(l, "for");
	t->days = line_number(l, "the number of days", 1, 366);
	if (!line_skip(l, "day"))
		line_need(l, "days");
}

void
show_soon(struct line *l, struct programme_show *s)
{
	times_add(l, s)->is = TIMES_SOON;
}

void
show_edge(struct line *l, struct programme_edge *e)
{
	struct span word = line_peek(l);
	int64_t n;

	e->at = l->at;
	if (span_int(word, 0, 100000, &n)) {
		e->is = EDGE_BEFORE;
		e->before_ms = line_span_ms(l, 366 * DAY_MS);
		line_need(l, "before");
		return;
	}
	e->is = EDGE_AT;
	e->day = line_day(l);
	e->minute = line_clock(l);
}

/* "until 24 h before keeping 1.00": in which currency that is, the price table says. */
void
show_cancel(struct line *l, struct programme_show *s)
{
	int64_t ms;

	line_need(l, "until");
	ms = line_span_ms(l, 366 * DAY_MS);
	line_need(l, "before");
	if (ms % HOUR_MS)
		line_error(l, "buyers may cancel until whole hours before the show");
	s->cancel_at = l->at;
	s->cancel_hours = ms / HOUR_MS;
	if (line_skip(l, "keeping"))
		s->cancel_keeps = line_word(l, "what is kept of a ticket");
}

void
show_sold(struct line *l, struct programme_show *s)
{
	if (!l->programme->demo)
		line_error(l, "\"sold\" invents buyers; it is for demonstration data only");
	s->sold.is = SOLD_SHARE;
	s->sold.low = s->sold.high = 100;
	if (line_skip(l, "out"))
		return;
	if (line_skip(l, "singles")) {
		s->sold.is = SOLD_SINGLES;
	} else if (line_skip(l, "all")) {
		line_need(l, "but");
		s->sold.is = SOLD_ALL_BUT;
		s->sold.low = line_number(l, "the seats that are left", 1, 9999);
	} else {
		s->sold.low = line_number(l, "out, singles, all but …, or a share:", 0, 100);
		line_need(l, "to");
		s->sold.high = line_number(l, "the largest share", s->sold.low, 100);
		line_need(l, "percent");
	}
}

/* -- moments ------------------------------------------------------------------------------------------------------------- */

static struct civil
day_civil(const struct programme_day *d, const struct zone *zone, int64_t now_ms)
{
	struct civil c = d->date;

	if (d->relative) {
		c = moment_civil((struct moment){ now_ms, zone });
		c.day += (int)d->offset;
	}
	c.hour = c.minute = c.second = 0;
	return c;
}

int64_t
programme_moment(const struct programme_day *d, int minute, const struct zone *zone, int64_t now_ms)
{
	struct civil c = day_civil(d, zone, now_ms), back;
	int64_t ms;

	c.hour = minute / 60;
	c.minute = minute % 60;
	ms = civil_ms(c, zone);
	back = moment_civil((struct moment){ ms, zone });
	return back.hour == c.hour && back.minute == c.minute ? ms : 0;
}

int64_t
programme_edge_ms(const struct programme_edge *e, int64_t starts_ms, int64_t usual_ms, const struct zone *zone, int64_t now_ms)
{
	switch (e->is) {
	case EDGE_AT:
		return programme_moment(&e->day, e->minute, zone, now_ms);
	case EDGE_BEFORE:
		return starts_ms - e->before_ms;
	default:
		return usual_ms;
	}
}

/* -- schedule ------------------------------------------------------------------------------------------------------------ */

static void
start_add(struct programme *p, struct programme_show *s, const struct programme_times *t, int64_t ms, int64_t now_ms)
{
	if (ms <= now_ms) {
		p->n_past++;
		return;
	}
	*PROGRAMME_ADD(p, p->starts, p->n_starts) = (struct programme_start){ .show = s, .at = t->at, .starts_ms = ms };
}

/* That day, as it is named, and a time of it. */
static void
clocks_skip(struct programme *p, struct programme_place at, struct civil day, int minute, const struct zone *zone)
{
	struct civil c;

	day.hour = 12;
	c = moment_civil((struct moment){ civil_ms(day, zone), zone });
	programme_error(p, at, "on %04d-%02d-%02d the clocks skip %02d:%02d", c.year, c.month, c.day, minute / 60, minute % 60);
}

static void
times_expand(struct programme *p, struct programme_show *s, const struct programme_times *t, int64_t now_ms)
{
	const struct zone *zone = s->hall->venue->city->zone;
	int64_t days = t->is == TIMES_EVERY ? t->days : 1;

	for (int64_t d = 0; d < days; d++) {
		struct programme_day day = { .date = day_civil(&t->from, zone, now_ms) };
		struct civil noon;

		day.date.day += (int)d;
		day.date.hour = 12;
		noon = moment_civil((struct moment){ civil_ms(day.date, zone), zone });
		if (t->is == TIMES_EVERY && !(t->weekdays & 1u << noon.weekday))
			continue;
		for (size_t i = 0; i < t->n; i++) {
			int64_t ms = programme_moment(&day, t->minutes[i], zone, now_ms);

			if (ms)
				start_add(p, s, t, ms, now_ms);
			else
				clocks_skip(p, t->at, day.date, t->minutes[i], zone);
		}
	}
}

static bool
overlap(int64_t a, int64_t a_minutes, int64_t b, int64_t b_minutes)
{
	return a < b + b_minutes * 60000 && b < a + a_minutes * 60000;
}

/* A show that already starts soon in this hall, or one that runs at ms. */
static bool
hall_taken(const struct programme *p, const struct programme_show *s, int64_t ms, int64_t now_ms, bool *soon)
{
	bool taken = false;

	for (size_t i = 0; i < p->n_starts; i++)
		if (p->starts[i].show->hall == s->hall) {
			int64_t at = p->starts[i].starts_ms;

			*soon |= at > now_ms && at <= now_ms + SOON_LAST_MS;
			taken |= overlap(ms, s->event->minutes, at, p->starts[i].show->event->minutes);
		}
	for (size_t i = 0; i < p->n_busy; i++)
		if (span_eq(p->busy[i].hall_slug, s->hall->slug)) {
			*soon |= p->busy[i].starts_ms > now_ms && p->busy[i].starts_ms <= now_ms + SOON_LAST_MS;
			taken |= overlap(ms, s->event->minutes, p->busy[i].starts_ms, p->busy[i].minutes);
		}
	return taken;
}

static void
soon_expand(struct programme *p, struct programme_show *s, const struct programme_times *t, int64_t now_ms)
{
	int64_t ms = (now_ms + SOON_FIRST_MS + QUARTER_MS - 1) / QUARTER_MS * QUARTER_MS;

	for (; ms <= now_ms + SOON_LAST_MS; ms += QUARTER_MS) {
		bool soon = false, taken = hall_taken(p, s, ms, now_ms, &soon);

		if (!soon && !taken)
			start_add(p, s, t, ms, now_ms);
		if (soon || !taken)
			return;
	}
}

static int
by_hall_and_time(const void *va, const void *vb)
{
	const struct programme_start *a = va, *b = vb;

	if (a->show->hall != b->show->hall)
		return a->show->hall < b->show->hall ? -1 : 1;
	return (a->starts_ms > b->starts_ms) - (a->starts_ms < b->starts_ms);
}

/* Against the shows of the database: the same show again is that show; anything else in its time is a mistake. */
static void
meet_busy(struct programme *p, struct programme_start *start)
{
	const struct programme_show *s = start->show;

	for (size_t i = 0; i < p->n_busy; i++) {
		const struct programme_busy *b = &p->busy[i];

		if (!span_eq(b->hall_slug, s->hall->slug) || !overlap(start->starts_ms, s->event->minutes, b->starts_ms, b->minutes))
			continue;
		if (b->starts_ms == start->starts_ms && span_eq(b->event_slug, s->event_slug))
			start->id = b->unfinished && !s->draft ? 0 : b->show;
		else
			programme_error(p, start->at, PRSPAN " is taken then: show %" PRId64 " (" PRSPAN ") is there already",
			    ARGSPAN(s->hall_slug), b->show, ARGSPAN(b->event_slug));
	}
}

static void
meet_each_other(struct programme *p)
{
	for (size_t i = 1; i < p->n_starts; i++) {
		const struct programme_start *a = &p->starts[i - 1], *b = &p->starts[i];
		struct civil c;

		if (a->show->hall != b->show->hall ||
		    !overlap(a->starts_ms, a->show->event->minutes, b->starts_ms, b->show->event->minutes))
			continue;
		c = moment_civil((struct moment){ b->starts_ms, b->show->hall->venue->city->zone });
		programme_error(p, b->at, "on %04d-%02d-%02d %02d:%02d " PRSPAN " is still taken by " PRSPAN " (line %d)", c.year, c.month,
		    c.day, c.hour, c.minute, ARGSPAN(b->show->hall_slug), ARGSPAN(a->show->event_slug), a->at.line);
	}
}

/* One that its clock never shows would otherwise be no edge at all. */
static void
edge_shown(struct programme *p, const struct programme_edge *e, const struct zone *zone, int64_t now_ms)
{
	if (e->is == EDGE_AT && !programme_moment(&e->day, e->minute, zone, now_ms))
		clocks_skip(p, e->at, day_civil(&e->day, zone, now_ms), e->minute, zone);
}

static void
edges_shown(struct programme *p, const struct programme_show *s, int64_t now_ms)
{
	const struct zone *zone = s->hall->venue->city->zone;

	edge_shown(p, &s->sales_from, zone, now_ms);
	edge_shown(p, &s->sales_until, zone, now_ms);
	edge_shown(p, &s->companions_open, zone, now_ms);
}

void
programme_schedule(struct programme *p, int64_t now_ms)
{
	for (size_t i = 0; i < p->n_shows; i++)
		edges_shown(p, &p->shows[i], now_ms);
	for (size_t i = 0; i < p->n_shows; i++)
		for (size_t t = 0; t < p->shows[i].n_times; t++)
			if (p->shows[i].times[t].is != TIMES_SOON)
				times_expand(p, &p->shows[i], &p->shows[i].times[t], now_ms);
	for (size_t i = 0; i < p->n_shows; i++)
		for (size_t t = 0; t < p->shows[i].n_times; t++)
			if (p->shows[i].times[t].is == TIMES_SOON)
				soon_expand(p, &p->shows[i], &p->shows[i].times[t], now_ms);
	if (p->n_starts)
		qsort(p->starts, p->n_starts, sizeof(*p->starts), by_hall_and_time);
	meet_each_other(p);
	for (size_t i = 0; i < p->n_starts; i++)
		meet_busy(p, &p->starts[i]);
}
