/* calendar.h - one event as an iCalendar file (RFC 5545), for the calendar of whoever has tickets. */
#ifndef FOYER_PAPERS_CALENDAR_H
#define FOYER_PAPERS_CALENDAR_H

#define CALENDAR_TYPE "text/calendar; charset=utf-8"

struct calendar_event {
	struct span uid;		/* the same each time, so that a second file replaces the first: "booking-reference@host" */
	struct span title, place, words, url;	/* words and url may be empty */
	int64_t starts_ms, ends_ms;
	int64_t stamp_ms;		/* when this was made */
	bool cancelled;
};

void calendar_print(struct buf *, const struct calendar_event *);

#endif
