/* letters_booking.c - letters about a booking that stands, or stood; the tickets themselves are in letters_tickets.c. */
#include "base/base.h"

#include <jansson.h>

#include "relay/letters.h"
#include "views/cancelled.h"
#include "views/link.h"

enum letter_end
write_link(struct mail *m, const struct delivery *d, struct letter *letter, struct span *why)
{
	struct booking b;
	struct show show;
	struct link_view v;
	enum outcome o = letter_booking(m, d, &b, &show);

	if (o != OUTCOME_OK)
		return letter_later(m, o, "the booking", why);
	if (b.state != BOOKING_IS_CONFIRMED && b.state != BOOKING_IS_CANCELLED)
		return letter_none(why, SPAN("the booking was never paid"));
	v = (struct link_view){ .house = letter_house(m), .event = show.event.title, .when = show.starts, .city = show.city_name,
		.venue = show.venue_name, .link = letter_booking_link(m, &b), .reference = reference_groups(m->arena, b.reference),
		.cancelled = b.state == BOOKING_IS_CANCELLED };
	return LETTER_PRINT(m, letter, link, b.email, &v);
}

/* -- tickets that are given back ------------------------------------------------------------------------------------------------ */

struct given_back {
	int64_t seats[HOLD_MAX_SEATS];
	size_t n;
	int64_t back;		/* below 0: it was not told */
};

/* What the event itself says: a booking may be reduced several times, and each letter is about its own tickets and their money. */
static struct given_back
given_back_of(const struct delivery *d)
{
	struct given_back g = { .back = -1 };
	json_t *payload = json_loadb(d->payload.p, d->payload.n, 0, NULL), *seats = json_object_get(payload, "seats"), *seat;
	size_t i;

	json_array_foreach(seats, i, seat)
		if (g.n < HOLD_MAX_SEATS && json_is_integer(seat))
			g.seats[g.n++] = json_integer_value(seat);
	if (json_is_integer(json_object_get(payload, "back")))
		g.back = json_integer_value(json_object_get(payload, "back"));
	json_decref(payload);
	return g;
}

static bool
is_given_back(const struct given_back *g, int64_t seat)
{
	for (size_t i = 0; i < g->n; i++)
		if (g->seats[i] == seat)
			return true;
	return false;
}

static void
fill_cancelled(struct mail *m, const struct booking *b, const struct given_back *g, struct cancelled_view *v)
{
	struct buf gone, left;

	buf_init(&gone, m->arena, SEAT_NAMES_MAX);
	buf_init(&left, m->arena, SEAT_NAMES_MAX);
	v->cost = v->back = b->total;
	v->cost.minor = 0;
	v->back.minor = g->back;
	for (size_t i = 0; i < b->n; i++) {
		const struct ticket *t = &b->tickets[i];

		if (is_given_back(g, t->seat)) {
			seat_names_add(&gone, t->row, t->number);
			v->cost.minor += t->price.minor;
			v->tickets_n++;
		} else if (t->live) {
			seat_names_add(&left, t->row, t->number);
			v->left_n++;
		}
	}
	v->seat_names = buf_view(&gone);
	v->left_names = buf_view(&left);
	v->all_back = g->back > 0 && g->back == v->cost.minor;
	v->some_back = g->back > 0 && g->back != v->cost.minor;
	v->none_back = g->back == 0 && v->cost.minor > 0;
}

enum letter_end
write_cancelled(struct mail *m, const struct delivery *d, struct letter *letter, struct span *why)
{
	struct booking b;
	struct show show;
	struct cancelled_view v;
	struct given_back g = given_back_of(d);
	enum outcome o = letter_booking(m, d, &b, &show);

	if (o != OUTCOME_OK)
		return letter_later(m, o, "the booking", why);
	v = (struct cancelled_view){ .house = letter_house(m), .event = show.event.title, .when = show.starts, .city = show.city_name,
		.venue = show.venue_name, .link = letter_booking_link(m, &b), .reference = reference_groups(m->arena, b.reference),
		.by_house = show.availability == SHOW_CANCELLED, .phone = show.venue_phone };
	fill_cancelled(m, &b, &g, &v);
	return LETTER_PRINT(m, letter, cancelled, b.email, &v);
}
