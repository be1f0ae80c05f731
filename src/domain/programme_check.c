/* programme_check.c - what one thing of a programme says about another: names that are given twice, names that nobody has. */
#include "base/base.h"

#include "domain/programme_line.h"

/* What all named things begin with, so that one function can look for any of them. */
struct named {
	struct programme_place at;
	struct span slug;
};
#define NAMED(type) \
	_Static_assert(offsetof(struct programme_##type, at) == offsetof(struct named, at) && \
	    offsetof(struct programme_##type, slug) == offsetof(struct named, slug), "programme_" #type " begins like struct named")
NAMED(city);
NAMED(venue);
NAMED(price_type);
NAMED(prices);
NAMED(hall);
NAMED(event);

#define FIND(list, n, slug) find((list), (n), sizeof(*(list)), (slug))
static void *
find(void *list, size_t n, size_t size, struct span slug)
{
	char *at = list;

	for (size_t i = 0; i < n; i++, at += size)
		if (span_eq(((struct named *)at)->slug, slug))
			return at;
	return NULL;
}

static void
once(struct programme *p, const char *word, void *list, size_t n, size_t size)
{
	char *at = list;

	for (size_t i = 0; i < n; i++, at += size) {
		struct named *thing = (struct named *)at, *first = find(list, i, size, thing->slug);

		if (first && thing->at.line)
			programme_error(p, thing->at, "there is a %s " PRSPAN " already, in %s line %d", word, ARGSPAN(thing->slug),
			    first->at.file, first->at.line);
	}
}
#define ONCE(p, word, list, n) once((p), (word), (list), (n), sizeof(*(list)))

static void
check_prices(struct programme *p, struct programme_prices *t)
{
	for (size_t i = 0; i < t->n_types; i++) {
		t->type[i] = FIND(p->types, p->n_types, t->types[i]);
		if (!t->type[i])
			programme_error(p, t->at, "there is no price-type " PRSPAN, ARGSPAN(t->types[i]));
	}
}

static struct span
amount(struct programme *p, int64_t minor, struct span currency)
{
	struct buf b;

	buf_init(&b, p->arena, 60);
	money_print(&b, money_of(minor, currency));
	return buf_view(&b);
}

static bool
taken(const struct programme *p, int64_t minor, struct span currency)
{
	return p->till.takes(p->till.context, money_of(minor, currency));
}

/* Every price can be stored, and some provider takes it; told once a table, of its first price that is none. */
static void
check_amounts(struct programme *p, struct programme_prices *t)
{
	t->asked = true;
	for (int64_t tier = 1; tier <= 4; tier++)
		for (size_t i = 0; t->tier_at[tier].line && i < t->n_types; i++) {
			int64_t minor = programme_price(t, tier, i);

			if (minor <= INT32_MAX && (!p->till.takes || taken(p, minor, t->currency)))
				continue;
			if (minor > INT32_MAX)
				programme_error(p, t->tier_at[tier], "with its fees and taxes a price is more than can be written");
			else
				programme_error(p, t->tier_at[tier], "no payment provider that is switched on takes " PRSPAN,
				    ARGSPAN(amount(p, minor, t->currency)));
			return;
		}
}

/* What is kept of a ticket that is given back leaves something of the cheapest, and what is left can go back. */
static void
check_cancel(struct programme *p, struct programme_show *s)
{
	const struct programme_prices *t = s->prices;

	if (!s->cancel_keeps.n || !programme_money(p, s->cancel_at, s->cancel_keeps, t->currency, &s->cancel_fee))
		return;
	for (size_t k = 0; k < s->hall->n_sections; k++)
		for (size_t i = 0; i < t->n_types; i++) {
			int64_t minor = programme_price(t, s->hall->sections[k].tier, i), back = minor - s->cancel_fee;

			/* with the price on top the provider's least amount is no matter: only the last digit is asked for */
			if (back > 0 && (!p->till.takes || taken(p, minor + back, t->currency)))
				continue;
			if (back <= 0)
				programme_error(p, s->cancel_at, "nothing would be left of a ticket for " PRSPAN, ARGSPAN(amount(p, minor, t->currency)));
			else
				programme_error(p, s->cancel_at, "no payment provider that is switched on gives " PRSPAN " back",
				    ARGSPAN(amount(p, back, t->currency)));
			return;
		}
}

static void
check_tiers(struct programme *p, const struct programme_show *s)
{
	for (size_t i = 0; i < s->hall->n_sections; i++) {
		const struct programme_section *section = &s->hall->sections[i];

		if (!s->prices->tier_at[section->tier].line)
			programme_error(p, s->at, "prices " PRSPAN " has no tier %" PRId64 ", which section " PRSPAN " of " PRSPAN " needs",
			    ARGSPAN(s->prices_slug), section->tier, ARGSPAN(section->slug), ARGSPAN(s->hall_slug));
	}
}

static void
check_show(struct programme *p, struct programme_show *s)
{
	s->event = FIND(p->events, p->n_events, s->event_slug);
	s->hall = FIND(p->halls, p->n_halls, s->hall_slug);
	s->prices = FIND(p->prices, p->n_prices, s->prices_slug);
	if (!s->event)
		programme_error(p, s->at, "there is no event " PRSPAN, ARGSPAN(s->event_slug));
	if (!s->hall)
		programme_error(p, s->at, "there is no hall " PRSPAN, ARGSPAN(s->hall_slug));
	if (!s->prices)
		programme_error(p, s->at, "there is no price table " PRSPAN, ARGSPAN(s->prices_slug));
	if (!s->hall || !s->prices || !s->hall->venue || !s->hall->venue->city)
		return;
	if (!span_eq(s->prices->currency, s->hall->venue->city->currency))
		programme_error(p, s->at, "prices " PRSPAN " are in " PRSPAN ", but " PRSPAN " pays in " PRSPAN, ARGSPAN(s->prices_slug),
		    ARGSPAN(s->prices->currency), ARGSPAN(s->hall->venue->city->slug), ARGSPAN(s->hall->venue->city->currency));
	check_tiers(p, s);
	if (p->till.takes && !p->till.providers)
		programme_error(p, s->at, "no payment provider is switched on, so nobody could pay for this show");
	else if (!s->prices->asked)
		check_amounts(p, s->prices);
	if (!p->n_errors)
		check_cancel(p, s);
}

/* City slugs are the first word of an address, so they cannot be a word that leads elsewhere. */
static void
check_city(struct programme *p, const struct programme_city *c)
{
	static const char *const taken[] = { "events", "shows", "holds", "pay", "bookings", "webhooks", "account", "staff", "help", "v1",
		"live", "static", "healthz", "readyz", "metrics", "search", "activity" };

	for (size_t i = 0; i < ARRAY_LEN(taken); i++)
		if (c->at.line && span_is(c->slug, taken[i]))
			programme_error(p, c->at, "a city cannot be called %s: that is a page of its own", taken[i]);
}

void
programme_check(struct programme *p)
{
	if (p->n_errors)
		return;			/* what was not understood would only be missed here */
	ONCE(p, "city", p->cities, p->n_cities);
	ONCE(p, "venue", p->venues, p->n_venues);
	ONCE(p, "price-type", p->types, p->n_types);
	ONCE(p, "price table", p->prices, p->n_prices);
	ONCE(p, "hall", p->halls, p->n_halls);
	ONCE(p, "event", p->events, p->n_events);
	for (size_t i = 0; i < p->n_cities; i++)
		check_city(p, &p->cities[i]);
	for (size_t i = 0; i < p->n_venues; i++) {
		struct programme_venue *v = &p->venues[i];

		v->city = FIND(p->cities, p->n_cities, v->city_slug);
		if (!v->city)
			programme_error(p, v->at, "there is no city " PRSPAN, ARGSPAN(v->city_slug));
	}
	for (size_t i = 0; i < p->n_halls; i++) {
		struct programme_hall *h = &p->halls[i];

		h->venue = FIND(p->venues, p->n_venues, h->venue_slug);
		if (!h->venue)
			programme_error(p, h->at, "there is no venue " PRSPAN, ARGSPAN(h->venue_slug));
	}
	for (size_t i = 0; i < p->n_prices; i++)
		check_prices(p, &p->prices[i]);
	for (size_t i = 0; i < p->n_shows; i++)
		check_show(p, &p->shows[i]);
}
