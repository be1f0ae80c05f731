/* calendar_booking.c - the date of a booking for a calendar; see calendar.h. */
#include "base/base.h"

#include "papers/calendar.h"

static struct span
seat_names_of(struct arena *a, const struct booking *b)
{
	struct buf names;

	buf_init(&names, a, SEAT_NAMES_MAX);
	for (size_t i = 0; i < b->n; i++)
		seat_names_add(&names, b->tickets[i].row, b->tickets[i].number);
	return buf_view(&names);
}

struct calendar_event
calendar_of_booking(struct arena *a, const struct settings *s, const struct booking *b, const struct show *show, struct span link)
{
	return (struct calendar_event){
		.uid = arena_fmt(a, PRSPAN "@" PRSPAN, ARGSPAN(b->reference), ARGSPAN(settings_host(s))),
		.title = show->event.title,
		.place = arena_fmt(a, PRSPAN ", " PRSPAN ", " PRSPAN, ARGSPAN(show->venue_name), ARGSPAN(show->hall_name),
		    ARGSPAN(show->address)),
		.words = arena_fmt(a, PRSPAN " · " PRSPAN, ARGSPAN(seat_names_of(a, b)), ARGSPAN(reference_groups(a, b->reference))),
		.url = link, .starts_ms = show->starts_utc_ms, .ends_ms = show->starts_utc_ms + show->event.minutes * 60000,
		.cancelled = b->state == BOOKING_IS_CANCELLED };
}
