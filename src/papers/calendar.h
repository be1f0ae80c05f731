/* calendar.h - one event as an iCalendar file (RFC 5545), for the calendar of whoever has tickets. */
#ifndef FOYER_PAPERS_CALENDAR_H
#define FOYER_PAPERS_CALENDAR_H

#include "base/settings.h"
#include "domain/bookings.h"
#include "domain/catalog.h"

#define CALENDAR_TYPE "text/calendar; charset=utf-8"

struct calendar_event {
	struct span uid;		/* the same each time, so that a second file replaces the first: "booking-reference@host" */
	struct span title, place, words, url;	/* words and url may be empty */
	int64_t starts_ms, ends_ms;
	int64_t stamp_ms;		/* when this was made */
	bool cancelled;
};

void calendar_print(struct buf *, const struct calendar_event *);
/* A booking's date, with this link to its tickets; all but stamp_ms. */
struct calendar_event calendar_of_booking(struct arena *, const struct settings *, const struct booking *, const struct show *, struct span link);

#endif
