/* letters_moved.c - the letter to who bought tickets of a show that begins at another time now. */
#include "base/base.h"

#include "domain/cancel.h"
#include "domain/show_move.h"
#include "relay/letters.h"
#include "views/moved.h"

enum letter_end
write_moved(struct mail *m, const struct delivery *d, struct letter *letter, struct span *why)
{
	struct cancel_terms terms;
	struct booking b;
	struct show show;
	int64_t from_ms;
	enum outcome o = letter_booking(m, d, &b, &show);

	if (o == OUTCOME_OK)
		o = cancel_terms_read(m->db, d->show, &terms);
	if (o == OUTCOME_OK)
		o = show_moved_from(m->db, d->show, &from_ms);
	if (o != OUTCOME_OK)
		return letter_later(m, o, "the booking", why);
	if (b.state != BOOKING_IS_CONFIRMED)
		return letter_none(why, SPAN("the booking is not confirmed any more"));
	if (show.availability == SHOW_CANCELLED)
		return letter_none(why, SPAN("the show is cancelled"));
	return LETTER_PRINT(m, letter, moved, b.email, (&(struct moved_view){ .house = letter_house(m), .event = show.event.title,
	    .when = show.starts, .city = show.city_name, .venue = show.venue_name, .before = { from_ms, show.starts.zone },
	    .tickets_n = (int64_t)b.n, .reference = reference_groups(m->arena, b.reference), .link = letter_booking_link(m, &b),
	    .can_give_back = terms.in_time, .give_back_until = { terms.until_ms, show.starts.zone }, .phone = show.venue_phone }));
}
