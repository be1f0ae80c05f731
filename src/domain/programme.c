/* programme.c - reading a programme: the words of each thing in tables, one row a property. */
#include "base/base.h"

#include "domain/programme_line.h"

#define SLUG_MAX 40		/* cities, sections, price types; others 60, events 80: the widths of sql/001 */

enum property_type { TEXT, TEXTS, SLUG, CHOICE, NUMBER, FLAG, SPAN_OF_TIME, SPECIAL };
enum property_flags { MUST = 1, MANY = 2 };

struct property {
	const char *word, *what;	/* what: for mistakes */
	enum property_type type;
	size_t offset;
	int64_t min, max;		/* characters, or a number's bounds */
	unsigned flags;
	const char *choices;		/* CHOICE: " screen stage "; FLAG: the word that must follow, or NULL */
	void (*special)(struct line *, void *thing);
};

struct thing {
	const char *word;
	size_t slug_max;		/* 0: begins without slug and name */
	size_t name_max;		/* 0: a slug alone */
	const struct property *properties;
	size_t n;
	void *(*begin)(struct programme *, struct programme_place, struct span slug, struct span name);
	void (*finish)(struct programme *, void *thing);
};

struct reader {
	struct programme *programme;
	const struct thing *type;	/* NULL: none begun, or its first line was wrong */
	void *thing;
	struct programme_place at;	/* where it began */
	int errors;			/* told before it */
	uint32_t seen;			/* bit i: property i was there */
	struct plan_state plan;
	bool lost;			/* its lines are passed over */
};

void *
programme_grown(struct arena *a, void *list, size_t n, size_t size)
{
	void *bigger;

	if (n && (n < 8 || (n & (n - 1)) != 0))
		return list;		/* there is room: it grows at 0, 8, 16, 32 … */
	bigger = arena_alloc_array(a, n ? 2 * n : 8, size);
	if (n)
		memcpy(bigger, list, n * size);
	return bigger;
}

/* -- what does not fit a table ------------------------------------------------------------------------------------------- */

static void
city_zone(struct line *l, void *thing)
{
	struct programme_city *c = thing;

	c->zone_name = line_word(l, "the time zone");
	c->zone = l->bad ? NULL : zone_named(c->zone_name);
	if (!c->zone || c->zone_name.n > 60)
		line_error(l, "\"" PRSPAN "\" is no time zone; Europe/London is one", ARGSPAN(c->zone_name));
}

static struct span
currency(struct line *l)
{
	struct span word = line_word(l, "the currency");

	if (!l->bad && !money_known(word))
		line_error(l, "\"" PRSPAN "\" is no currency; GBP is one", ARGSPAN(word));
	return word;
}

static void
city_currency(struct line *l, void *thing)
{
	((struct programme_city *)thing)->currency = currency(l);
}

static void
prices_currency(struct line *l, void *thing)
{
	((struct programme_prices *)thing)->currency = currency(l);
}

static void
event_released(struct line *l, void *thing)
{
	struct programme_event *e = thing;

	e->has_released = true;
	e->released = line_day(l);
}

static void
event_poster(struct line *l, void *thing)
{
	struct span word = line_word(l, "the poster's file name");
	bool good = word.n > 0 && word.n <= 80 && word.p[0] != '.';

	for (size_t i = 0; i < word.n; i++)
		good = good && word.p[i] > 32 && word.p[i] < 127 && !strchr("/\\\"'<>&?#%", word.p[i]);
	if (!good)
		line_error(l, "a poster is the plain name of a file in static/posters, not \"" PRSPAN "\"", ARGSPAN(word));
	((struct programme_event *)thing)->poster = word;
}

static void
venue_map(struct line *l, void *thing)
{
	struct programme_venue *v = thing;

	v->map = line_text(l, "the address of the map", 9, 400);
	if (!l->bad && !span_starts(v->map, "https://"))
		line_error(l, "the address of the map begins with https://");
}

static void
hall_section(struct line *l, void *thing)
{
	struct programme_hall *h = thing;
	struct span slug = line_slug(l, "the section", SLUG_MAX);
	struct programme_section *s;

	for (size_t i = 0; i < h->n_sections; i++)
		if (!l->bad && span_eq(h->sections[i].slug, slug))
			line_error(l, "section " PRSPAN " stands here twice", ARGSPAN(slug));
	if (l->bad)
		return;
	s = PROGRAMME_ADD(l->programme, h->sections, h->n_sections);
	*s = (struct programme_section){ .at = l->at, .slug = slug };
	s->name = line_text(l, "the section's name", 1, 80);
	line_need(l, "tier");
	s->tier = line_number(l, "the tier", 1, 4);
	s->step_free = line_skip(l, "step-free");
}

static void prices_kinds(struct line *l, void *p) { prices_types(l, p); }
static void prices_row(struct line *l, void *p) { prices_tier(l, p); }
static void prices_fee(struct line *l, void *p) { prices_charge(l, p, CHARGE_FEE); }
static void prices_tax(struct line *l, void *p) { prices_charge(l, p, CHARGE_TAX); }
static void show_at(struct line *l, void *s) { show_once(l, s); }
static void show_on(struct line *l, void *s) { show_every(l, s); }
static void show_any(struct line *l, void *s) { show_soon(l, s); }
static void show_taken(struct line *l, void *s) { show_sold(l, s); }
static void show_returns(struct line *l, void *s) { show_cancel(l, s); }
static void show_from(struct line *l, void *s) { show_edge(l, &((struct programme_show *)s)->sales_from); }
static void show_until(struct line *l, void *s) { show_edge(l, &((struct programme_show *)s)->sales_until); }
static void show_companions(struct line *l, void *s) { show_edge(l, &((struct programme_show *)s)->companions_open); }

/* -- the tables ---------------------------------------------------------------------------------------------------------- */

#define AT(type, field) offsetof(struct programme_##type, field)

static const struct property city_properties[] = {
	{ .word = "zone", .type = SPECIAL, .special = city_zone, .flags = MUST },
	{ .word = "currency", .type = SPECIAL, .special = city_currency, .flags = MUST },
};
static const struct property venue_properties[] = {
	{ "city", "the city", SLUG, AT(venue, city_slug), 1, SLUG_MAX, MUST, NULL, NULL },
	{ "address", "the address", TEXT, AT(venue, address), 1, 240, MUST, NULL, NULL },
	{ "phone", "the telephone number", TEXT, AT(venue, phone), 3, 40, 0, NULL, NULL },
	{ "access", "the way in without steps", TEXT, AT(venue, access), 1, 400, 0, NULL, NULL },
	{ .word = "map", .type = SPECIAL, .special = venue_map },
};
static const struct property prices_properties[] = {
	{ .word = "currency", .type = SPECIAL, .special = prices_currency, .flags = MUST },
	{ .word = "types", .type = SPECIAL, .special = prices_kinds, .flags = MUST },
	{ .word = "tier", .type = SPECIAL, .special = prices_row, .flags = MUST | MANY },
	{ .word = "fee", .type = SPECIAL, .special = prices_fee, .flags = MANY },
	{ .word = "tax", .type = SPECIAL, .special = prices_tax, .flags = MANY },
};
static const struct property hall_properties[] = {
	{ "venue", "the venue", SLUG, AT(hall, venue_slug), 1, 60, MUST, NULL, NULL },
	{ "kind", "the kind", CHOICE, AT(hall, kind), 0, 0, MUST, "screen stage", NULL },
	{ "capacity", "the capacity", NUMBER, AT(hall, capacity), 1, 20000, 0, NULL, NULL },
	{ .word = "section", .type = SPECIAL, .special = hall_section, .flags = MUST | MANY },
};
static const struct property event_properties[] = {
	{ "kind", "the kind", CHOICE, AT(event, kind), 0, 0, MUST, "film play concert musical opera ballet", NULL },
	{ "genre", "the genre", TEXT, AT(event, genre), 1, 40, 0, NULL, NULL },
	{ "language", "the language", TEXT, AT(event, language), 1, 40, 0, NULL, NULL },
	{ "minutes", "the length in minutes", NUMBER, AT(event, minutes), 1, 1440, MUST, NULL, NULL },
	{ "certificate", "the certificate", TEXT, AT(event, certificate), 1, 12, 0, NULL, NULL },
	{ .word = "released", .type = SPECIAL, .special = event_released },
	{ .word = "poster", .type = SPECIAL, .special = event_poster },
	{ "about", "what it is about", TEXTS, AT(event, synopsis), 1, 1200, MANY, NULL, NULL },
};
static const struct property show_properties[] = {
	{ "prices", "the price table", SLUG, AT(show, prices_slug), 1, 60, MUST, NULL, NULL },
	{ .word = "at", .type = SPECIAL, .special = show_at, .flags = MANY },
	{ .word = "every", .type = SPECIAL, .special = show_on, .flags = MANY },
	{ .word = "soon", .type = SPECIAL, .special = show_any },
	{ .word = "sales-from", .type = SPECIAL, .special = show_from },
	{ .word = "sales-until", .type = SPECIAL, .special = show_until },
	{ .word = "companions-open", .type = SPECIAL, .special = show_companions },
	{ "hold", "the hold", SPAN_OF_TIME, AT(show, hold_seconds), 30, 3600, 0, NULL, NULL },
	{ "extend", "the extension", SPAN_OF_TIME, AT(show, extend_seconds), 30, 3600, 0, NULL, NULL },
	{ "longest", "the longest hold", SPAN_OF_TIME, AT(show, longest_seconds), 30, 7200, 0, NULL, NULL },
	{ "seats", "the seats of one hold", NUMBER, AT(show, seats_a_hold), 1, HOLD_MAX_SEATS, 0, NULL, NULL },
	{ "holds", "the holds of one buyer", NUMBER, AT(show, holds_a_buyer), 1, 2, 0, NULL, NULL },
	{ "singles", "", FLAG, AT(show, singles_allowed), 0, 0, 0, "allowed", NULL },
	{ .word = "cancel", .type = SPECIAL, .special = show_returns },
	{ "draft", "", FLAG, AT(show, draft), 0, 0, 0, NULL, NULL },
	{ .word = "sold", .type = SPECIAL, .special = show_taken },
};

/* A span may not be NULL, so what a file may leave out begins empty. */
#define BEGIN(kind, list, n, ...) \
	static void *kind##_begin(struct programme *p, struct programme_place at, struct span slug, struct span name) \
	{ \
		struct programme_##kind *thing = PROGRAMME_ADD(p, p->list, p->n); \
		*thing = (struct programme_##kind){ .at = at, .slug = slug, __VA_ARGS__ }; \
		(void)name; \
		return thing; \
	}
BEGIN(city, cities, n_cities, .name = name)
BEGIN(venue, venues, n_venues, .name = name, .phone = SPAN_NONE, .map = SPAN_NONE, .access = SPAN_NONE)
BEGIN(price_type, types, n_types, .name = name)
BEGIN(prices, prices, n_prices, .currency = SPAN_NONE)
BEGIN(hall, halls, n_halls, .name = name)
BEGIN(event, events, n_events, .title = name, .genre = SPAN_NONE, .language = SPAN_NONE, .certificate = SPAN_NONE, .synopsis = SPAN_NONE,
    .poster = SPAN_NONE)

static void *
show_begin(struct programme *p, struct programme_place at, struct span slug, struct span name)
{
	struct programme_show *s = PROGRAMME_ADD(p, p->shows, p->n_shows);

	(void)slug;
	(void)name;
	*s = (struct programme_show){ .at = at, .hold_seconds = 600, .extend_seconds = 300, .longest_seconds = 1800,
		.seats_a_hold = HOLD_MAX_SEATS, .holds_a_buyer = 2, .cancel_keeps = SPAN_NONE };
	return s;
}

static void
hall_finish(struct programme *p, void *thing)
{
	plan_finish(p, thing);
}

static void
show_finish(struct programme *p, void *thing)
{
	struct programme_show *s = thing;

	if (!s->n_times)
		programme_error(p, s->at, "this show has no time: at, every or soon is missing");
	if (s->longest_seconds < s->hold_seconds)
		programme_error(p, s->at, "the longest hold is shorter than the hold");
}

static const struct thing things[] = {
	{ "city", SLUG_MAX, 80, city_properties, ARRAY_LEN(city_properties), city_begin, NULL },
	{ "venue", 60, 120, venue_properties, ARRAY_LEN(venue_properties), venue_begin, NULL },
	{ "price-type", 20, 60, NULL, 0, price_type_begin, NULL },
	{ "prices", 60, 0, prices_properties, ARRAY_LEN(prices_properties), prices_begin, NULL },
	{ "hall", 60, 120, hall_properties, ARRAY_LEN(hall_properties), hall_begin, hall_finish },
	{ "event", 80, 240, event_properties, ARRAY_LEN(event_properties), event_begin, NULL },
	{ "show", 0, 0, show_properties, ARRAY_LEN(show_properties), show_begin, show_finish },
};

/* -- reading ------------------------------------------------------------------------------------------------------------- */

static void
thing_finish(struct reader *r)
{
	if (!r->type)
		return;
	for (size_t i = 0; i < r->type->n; i++)
		if ((r->type->properties[i].flags & MUST) && !(r->seen & 1u << i))
			programme_error(r->programme, r->at, "this %s has no %s", r->type->word, r->type->properties[i].word);
	if (r->type->finish && r->programme->n_errors == r->errors)
		r->type->finish(r->programme, r->thing);
	r->type = NULL;
}

static void
thing_begin(struct reader *r, struct line *l)
{
	struct span word = line_word(l, "a word"), slug = SPAN_NONE, name = SPAN_NONE, hall = SPAN_NONE;
	const struct thing *type = NULL;

	thing_finish(r);
	r->lost = true;
	for (size_t i = 0; i < ARRAY_LEN(things); i++)
		if (span_is(word, things[i].word))
			type = &things[i];
	if (!type) {
		line_error(l, "\"" PRSPAN "\" begins nothing known: city, venue, price-type, prices, hall, event or show", ARGSPAN(word));
		return;
	}
	slug = line_slug(l, type->slug_max ? "the short name" : "the event", type->slug_max ? type->slug_max : 80);
	if (!type->slug_max) {
		line_need(l, "in");
		hall = line_slug(l, "the hall", 60);
	} else if (type->name_max) {
		name = line_text(l, "the name", 1, type->name_max);
	}
	line_end(l);
	if (l->bad)
		return;
	*r = (struct reader){ .programme = r->programme, .type = type, .at = l->at, .errors = r->programme->n_errors };
	r->thing = type->begin(r->programme, l->at, slug, name);
	if (!type->slug_max) {
		((struct programme_show *)r->thing)->event_slug = slug;
		((struct programme_show *)r->thing)->hall_slug = hall;
	}
}

static void
choice_read(struct line *l, const struct property *p, struct span *field)
{
	struct span word = line_word(l, p->what), choices = span_of(p->choices);

	while (choices.n) {
		struct span choice = span_cut(&choices, ' ');

		if (span_eq(choice, word))
			*field = word;
	}
	if (!field->n)
		line_error(l, "\"" PRSPAN "\" is not one of: %s", ARGSPAN(word), p->choices);
}

static void
texts_read(struct line *l, const struct property *p, struct span *field)
{
	struct span more = line_text(l, p->what, (size_t)p->min, (size_t)p->max);

	if (!field->n)
		*field = more;
	else if (span_chars(*field) + 1 + span_chars(more) > (size_t)p->max)
		line_error(l, "%s has more than %" PRId64 " characters altogether", p->what, p->max);
	else
		*field = arena_fmt(l->programme->arena, PRSPAN " " PRSPAN, ARGSPAN(*field), ARGSPAN(more));
}

static void
property_read(struct line *l, const struct property *p, void *thing)
{
	void *field = (char *)thing + p->offset;

	switch (p->type) {
	case TEXT:
		*(struct span *)field = line_text(l, p->what, (size_t)p->min, (size_t)p->max);
		break;
	case TEXTS:
		texts_read(l, p, field);
		break;
	case SLUG:
		*(struct span *)field = line_slug(l, p->what, (size_t)p->max);
		break;
	case CHOICE:
		choice_read(l, p, field);
		break;
	case NUMBER:
		*(int64_t *)field = line_number(l, p->what, p->min, p->max);
		break;
	case SPAN_OF_TIME:
		*(int64_t *)field = line_span_ms(l, p->max * 1000) / 1000;
		if (*(int64_t *)field < p->min)
			line_error(l, "%s is at least %" PRId64 " seconds", p->what, p->min);
		break;
	case FLAG:
		if (p->choices)
			line_need(l, p->choices);
		*(bool *)field = true;
		break;
	case SPECIAL:
		p->special(l, thing);
	}
	line_end(l);
}

/* Below a hall stand not only properties but the drawing too. */
static bool
drawing_read(struct reader *r, struct line *l)
{
	struct span word = line_peek(l);

	if (r->type->begin != hall_begin || !word.n)
		return false;
	if (line_skip(l, "plan"))
		plan_sections(l, r->thing, &r->plan);
	else if (line_skip(l, "aisle"))
		plan_aisle(l, r->thing, &r->plan);
	else if (word.p[0] < 'a' || word.p[0] > 'z')
		plan_row(l, r->thing, &r->plan);
	else
		return false;
	return true;
}

static void
below_read(struct reader *r, struct line *l)
{
	struct span word;

	if (!r->type) {
		if (!r->lost)
			line_error(l, "this line is indented, but nothing has begun above it");
		return;
	}
	if (drawing_read(r, l))
		return;
	word = line_word(l, "a word");
	for (size_t i = 0; i < r->type->n; i++) {
		const struct property *p = &r->type->properties[i];

		if (!span_is(word, p->word))
			continue;
		if ((r->seen & 1u << i) && !(p->flags & MANY))
			line_error(l, "this %s has its %s already", r->type->word, p->word);
		else
			property_read(l, p, r->thing);
		r->seen |= 1u << i;
		return;
	}
	line_error(l, "a %s has nothing called \"" PRSPAN "\"", r->type->word, ARGSPAN(word));
}

static bool
line_clean(struct line *l, struct span text)
{
	if (!span_utf8(text))
		line_error(l, "this line is not UTF-8 text");
	for (size_t i = 0; i < text.n; i++)
		if (((unsigned char)text.p[i] < 32 && text.p[i] != '\t' && !(text.p[i] == '\r' && i + 1 == text.n)) || text.p[i] == 127)
			line_error(l, "there is a control character in this line");
	return !l->bad;
}

void
programme_read(struct programme *p, const char *file, struct span text)
{
	struct reader r = { .programme = p };
	struct line l = { .programme = p, .at = { file, 0 } };

	if (span_starts(text, "\xef\xbb\xbf"))
		span_cut(&text, '\xbf');
	while (text.n) {
		l.rest = span_cut(&text, '\n');
		l.at.line++;
		l.bad = false;
		if (!line_clean(&l, l.rest) || span_trim(l.rest).n == 0 || span_trim(l.rest).p[0] == '#')
			continue;
		if (l.rest.p[0] == ' ' || l.rest.p[0] == '\t')
			below_read(&r, &l);
		else
			thing_begin(&r, &l);
	}
	thing_finish(&r);
}

struct programme *
programme_new(struct arena *a, bool demo)
{
	struct programme *p = ARENA_NEW(a, struct programme);

	p->arena = a;
	p->demo = demo;
	buf_init(&p->errors, a, 64 * KiB);
	return p;
}

struct span
programme_errors(const struct programme *p)
{
	if (p->n_errors > PROGRAMME_ERRORS)
		return arena_fmt(p->arena, "%s… and %d more\n", p->errors.p, p->n_errors - PROGRAMME_ERRORS);
	return buf_view(&p->errors);
}
