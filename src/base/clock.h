/*
 * clock.h - time. Moments are UTC milliseconds with the zone they are told in; TZ is never set. What has expired is decided by
 * the database's clock in SQL, never by this one.
 */
#ifndef FOYER_BASE_CLOCK_H
#define FOYER_BASE_CLOCK_H

struct zone;			/* an IANA time zone, kept for the life of the process */

struct moment {
	int64_t ms;		/* since 1970 UTC */
	const struct zone *zone;	/* NULL: UTC */
};

struct civil {			/* what a wall clock and a calendar show */
	int year, month, day;	/* 2026, 1-12, 1-31 */
	int hour, minute, second;
	int weekday;		/* 1 Monday - 7 Sunday */
	int offset;		/* seconds east of UTC */
};

const struct zone *zone_named(struct span name);	/* NULL if the system does not know it */
struct span zone_name(const struct zone *);		/* "Europe/London"; NULL: "UTC" */
int64_t clock_now(void);				/* ms since 1970 UTC */
int64_t clock_steady(void);				/* ms, for measuring a span of time only */
int64_t clock_within(int64_t ms, int64_t soonest, int64_t latest);	/* ms, or the nearest moment that lies so far ahead of now */
struct civil moment_civil(struct moment);
/* The moment at which a wall clock in the zone shows c (weekday and offset ignored); in a gap, the later; when twice, the first. */
int64_t civil_ms(struct civil c, const struct zone *);

/* "2026-11-21" <-> days; false if it is no real date. */
bool date_parse(struct span, struct civil *);
/* The database's DATETIME(3) text, always UTC: "2026-11-21 19:30:00.000". */
void sql_time_print(struct buf *, int64_t ms);
bool sql_time_parse(struct span, int64_t *ms);

void day_print(struct buf *, struct moment);		/* "Saturday 21 November" */
void clock_print(struct buf *, struct moment);		/* "19:30" */
void stamp_print(struct buf *, struct moment);		/* "Sat 21 Nov 2026, 19:30" */
void isotime_print(struct buf *, struct moment);	/* "2026-11-21T19:30:00+05:30" */
void http_date_print(struct buf *, int64_t ms);		/* "Sat, 21 Nov 2026 19:30:00 GMT" */

#endif
