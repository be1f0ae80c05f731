/*
 * fuzz_programme.c - a programme file with anything in it. Either every mistake is told as file:line, or what was read keeps all that
 * programme.h promises: what the tables have room for, what a plan can show, what a seat and a start may be. Time and memory grow with
 * the file only, whatever its lines look like: in an input that begins with a byte 1, bytes 1, 2 and 3 stand for the byte, word or
 * line before them, again and again.
 */
#include "base/base.h"

#include "domain/programme.h"
#include "t/fuzz/fuzz.h"

#define NOON INT64_C(1795262400000)		/* 2026-11-21T12:00Z */
#define LAST_MS INT64_C(253402300799000)	/* 9999-12-31T23:59:59Z: what a DATETIME can be */
#define FILE_NAME "x.programme"
#define MOST_STARTS 5000			/* more only take time */
#define STRETCH (64 * KiB)			/* what one of those bytes becomes */
#define STRETCHED_MOST (96 * KiB)
#define MEMORY(n) (2 * MiB + 300 * (n))		/* a hall full of seats takes most */

/* -- long files -------------------------------------------------------------------------------------------------------------------- */

/* What stands at the end of b: a byte (1), a word with the blank before it (2), a line with the one before its end (3). */
static struct span
piece_before(const struct buf *b, char what)
{
	size_t from = b->n ? b->n - 1 : 0;

	if (what > 1)
		while (from > 0 && b->p[from] != '\n' && (what == 3 || b->p[from] != ' '))
			from--;
	return (struct span){ b->p + from, b->n - from };
}

static struct span
stretched(struct arena *a, struct span in)
{
	struct buf b;

	buf_init(&b, a, STRETCHED_MOST);
	for (size_t i = 0; i < in.n; i++) {
		size_t most = b.n + STRETCH < STRETCHED_MOST ? b.n + STRETCH : STRETCHED_MOST;
		struct span piece;

		if (in.p[i] < 1 || in.p[i] > 3) {
			buf_byte(&b, in.p[i]);
			continue;
		}
		piece = arena_copy(a, piece_before(&b, in.p[i]));
		while (piece.n && b.n + piece.n <= most)
			buf_span(&b, piece);
	}
	return buf_view(&b);
}

/* -- pieces ------------------------------------------------------------------------------------------------------------------------ */

static void
check_slug(struct span s, size_t most)
{
	check(s.n > 0 && s.n <= most);
	for (size_t i = 0; i < s.n; i++)
		check((s.p[i] >= 'a' && s.p[i] <= 'z') || (s.p[i] >= '0' && s.p[i] <= '9') || s.p[i] == '-');
}

static void
check_text(struct span s, size_t least, size_t most)
{
	check(s.p && span_utf8(s) && span_chars(s) >= least && span_chars(s) <= most);
	for (size_t i = 0; i < s.n; i++)
		check((unsigned char)s.p[i] >= ' ' || s.p[i] == '\t');
}

/* "x.programme:7: what is wrong" a line, of a line that there is. */
static void
check_errors(const struct programme *p, int lines)
{
	struct span told = programme_errors(p);
	int n = 0;

	check((told.n == 0) == (p->n_errors == 0) && span_utf8(told));
	while (told.n) {
		struct span line = span_cut(&told, '\n');
		int64_t number;

		if (++n > PROGRAMME_ERRORS) {
			check(span_starts(line, "… and ") && !told.n);
			return;
		}
		check(span_starts(line, FILE_NAME ":"));
		span_cut(&line, ':');
		check(span_int(span_cut(&line, ':'), 1, lines, &number) && line.n > 1 && line.p[0] == ' ');
	}
}

/* -- things ------------------------------------------------------------------------------------------------------------------------ */

static void
check_places(const struct programme *p)
{
	for (size_t i = 0; i < p->n_cities; i++) {
		check_slug(p->cities[i].slug, 40);
		check_text(p->cities[i].name, 1, 80);
		check(p->cities[i].zone && p->cities[i].zone_name.n <= 60 && money_known(p->cities[i].currency));
	}
	for (size_t i = 0; i < p->n_venues; i++) {
		const struct programme_venue *v = &p->venues[i];

		check_slug(v->slug, 60);
		check_text(v->name, 1, 120);
		check_text(v->address, 1, 240);
		check_text(v->phone, 0, 40);
		check_text(v->access, 0, 400);
		check_text(v->map, 0, 400);
		check(!v->map.n || span_starts(v->map, "https://"));
		check(v->city && span_eq(v->city->slug, v->city_slug));
	}
}

static void
check_prices(const struct programme *p)
{
	for (size_t i = 0; i < p->n_prices; i++) {
		const struct programme_prices *t = &p->prices[i];

		check_slug(t->slug, 60);
		check(money_known(t->currency) && t->n_types >= 1 && t->n_types <= PROGRAMME_TYPES && !t->tier_at[0].line);
		for (size_t k = 0; k < t->n_types; k++)
			check(t->type[k] && span_eq(t->type[k]->slug, t->types[k]));
		for (int tier = 1; tier <= 4; tier++)
			for (size_t k = 0; k < t->n_types; k++)
				check(t->minor[tier][k] >= 0 && t->minor[tier][k] <= INT32_MAX);
		check(t->n_charges <= CHARGES_MAX);
		for (size_t k = 0; k < t->n_charges; k++) {
			const struct charge *c = &t->charges[k];

			check_text(c->name, 1, CHARGE_NAME_MAX);
			check(c->flat ? c->flat > 0 && c->flat <= INT32_MAX && !c->millionths : c->millionths > 0 && c->millionths <= CHARGE_WHOLE);
			for (size_t j = 0; j < k; j++)
				check(!span_eq(c->name, t->charges[j].name));
		}
	}
}

static void
check_events(const struct programme *p)
{
	for (size_t i = 0; i < p->n_events; i++) {
		const struct programme_event *e = &p->events[i];

		check_slug(e->slug, 80);
		check_text(e->title, 1, 240);
		check_text(e->genre, 0, 40);
		check_text(e->language, 0, 40);
		check_text(e->certificate, 0, 12);
		check_text(e->synopsis, 0, 1200);
		check_text(e->poster, 0, 80);
		check(e->minutes >= 1 && e->minutes <= 1440);
	}
}

/* No two seats of a hall in one place or with one name. */
static void
check_plan(const struct programme_hall *h)
{
	static unsigned char taken[PLAN_ROWS + 1][PLAN_COLUMNS + 2];

	memset(taken, 0, sizeof(taken));
	for (size_t i = 0; i < h->n_seats; i++) {
		const struct programme_seat *s = &h->seats[i], *before = i ? s - 1 : NULL;

		check(s->section < h->n_sections && (!before || before->section <= s->section));
		check(s->row.n >= 1 && s->row.n <= 4 && s->number >= 1 && s->number <= 10100);
		check(s->kind >= SEAT_STANDARD && s->kind <= SEAT_RESTRICTED);
		check(s->plan_row >= 1 && s->plan_row <= PLAN_ROWS && s->plan_col >= 1 && s->plan_col < PLAN_COLUMNS);
		check(!taken[s->plan_row][s->plan_col] && !taken[s->plan_row][s->plan_col + 1]);
		taken[s->plan_row][s->plan_col] = taken[s->plan_row][s->plan_col + 1] = 1;
		if (before && before->section == s->section && span_eq(before->row, s->row))
			check(before->number < s->number && before->plan_col < s->plan_col && before->plan_row == s->plan_row);
	}
}

static void
check_halls(const struct programme *p)
{
	for (size_t i = 0; i < p->n_halls; i++) {
		const struct programme_hall *h = &p->halls[i];
		size_t seats = 0;

		check_slug(h->slug, 60);
		check_text(h->name, 1, 120);
		check(h->venue && span_eq(h->venue->slug, h->venue_slug) && h->n_sections > 0);
		for (size_t k = 0; k < h->n_sections; k++) {
			check_slug(h->sections[k].slug, 40);
			check_text(h->sections[k].name, 1, 80);
			check(h->sections[k].tier >= 1 && h->sections[k].tier <= 4);
			check(h->sections[k].seats >= 1 && h->sections[k].seats <= SECTION_SEATS);
			seats += h->sections[k].seats;
		}
		check(seats == h->n_seats && (!h->capacity || (size_t)h->capacity == seats));
		check_plan(h);
	}
}

/* What a seat of a section costs can be written, and leaves something when it is given back. */
static void
check_section_prices(const struct programme_show *s, const struct programme_section *section)
{
	check(s->prices->tier_at[section->tier].line);
	for (size_t i = 0; i < s->prices->n_types; i++) {
		int64_t price = programme_price(s->prices, section->tier, i);

		check(price >= 0 && price <= INT32_MAX && s->cancel_fee >= 0 && (!s->cancel_keeps.n || s->cancel_fee < price));
	}
}

static void
check_shows(const struct programme *p)
{
	for (size_t i = 0; i < p->n_shows; i++) {
		const struct programme_show *s = &p->shows[i];

		check(s->event && s->hall && s->prices && s->n_times > 0);
		check(span_eq(s->prices->currency, s->hall->venue->city->currency));
		for (size_t k = 0; k < s->hall->n_sections; k++)
			check_section_prices(s, &s->hall->sections[k]);
		check(s->cancel_hours >= 0 && s->cancel_hours <= 366 * 24);
		check(s->hold_seconds >= 30 && s->hold_seconds <= 3600 && s->extend_seconds >= 30 && s->extend_seconds <= 3600);
		check(s->longest_seconds >= s->hold_seconds && s->longest_seconds <= 7200);
		check(s->seats_a_hold >= 1 && s->seats_a_hold <= HOLD_MAX_SEATS && s->holds_a_buyer >= 1 && s->holds_a_buyer <= 2);
		check(s->sold.is == SOLD_USUAL || p->demo);
		check(s->sold.low >= 0 && (s->sold.is == SOLD_ALL_BUT || (s->sold.low <= s->sold.high && s->sold.high <= 100)));
	}
}

/* -- starts ------------------------------------------------------------------------------------------------------------------------ */

static size_t
most_starts(const struct programme *p)
{
	size_t n = 0;

	for (size_t i = 0; i < p->n_shows; i++)
		for (size_t k = 0; k < p->shows[i].n_times; k++)
			n += (p->shows[i].times[k].is == TIMES_EVERY ? (size_t)p->shows[i].times[k].days : 1) * (p->shows[i].times[k].n + 1);
	return n;
}

/* A moment that the database can keep; 0 is for one that no clock will show. */
static void
check_edge(const struct programme_edge *e, const struct programme_start *start)
{
	int64_t ms = programme_edge_ms(e, start->starts_ms, start->starts_ms, start->show->hall->venue->city->zone, NOON);

	check(ms != 0 && ms >= -LAST_MS && ms <= LAST_MS);
}

static void
check_starts(const struct programme *p)
{
	for (size_t i = 0; i < p->n_starts; i++) {
		const struct programme_start *s = &p->starts[i], *before = i ? s - 1 : NULL;

		check(s->starts_ms > NOON && s->starts_ms <= LAST_MS && s->id == 0 && s->at.line > 0);
		if (before && before->show->hall == s->show->hall)
			check(before->starts_ms + before->show->event->minutes * 60000 <= s->starts_ms);
		check_edge(&s->show->sales_from, s);
		check_edge(&s->show->sales_until, s);
		check_edge(&s->show->companions_open, s);
	}
}

static void
check_programme(struct programme *p, struct span text)
{
	struct span rest = text;
	int lines = 0;

	for (; rest.n; lines++)
		span_cut(&rest, '\n');
	programme_read(p, FILE_NAME, text);
	check_errors(p, lines);
	programme_check(p);
	check_errors(p, lines);
	if (p->n_errors)
		return;
	check_places(p);
	check_prices(p);
	check_events(p);
	check_halls(p);
	check_shows(p);
	if (most_starts(p) > MOST_STARTS)
		return;
	programme_schedule(p, NOON);
	check_errors(p, lines);
	if (!p->n_errors)
		check_starts(p);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct arena *scratch = fuzz_arena("fuzz_programme"), *a;
	struct span text = { (const char *)data, n };

	if (n && data[0] == 1)
		text = stretched(scratch, (struct span){ text.p + 1, n - 1 });
	a = arena_new(MEMORY(text.n));
	check_programme(programme_new(a, text.n && text.p[0] == '#'), text);
	arena_free(a);
	return 0;
}
