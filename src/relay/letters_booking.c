/* letters_booking.c - letters about a booking that stands, or stood; the tickets themselves are in letters_tickets.c. */
#include "base/base.h"

#include "relay/letters.h"
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
