/* clock.c - civil time by GLib's zones; our own code only keeps and prints. */
#include "base/base.h"

#include <glib.h>

#include "base/clock.h"

#define MAX_ZONES 64

struct zone {
	char name[64];
	GTimeZone *tz;
};

static struct zone zones[MAX_ZONES];
static size_t n_zones;

const struct zone *
zone_named(struct span name)
{
	struct zone *z = &zones[n_zones];

	for (size_t i = 0; i < n_zones; i++)
		if (span_is(name, zones[i].name))
			return &zones[i];
	if (n_zones == MAX_ZONES || name.n == 0 || name.n >= sizeof(z->name) || memchr(name.p, 0, name.n))
		return NULL;
	memcpy(z->name, name.p, name.n);
	z->name[name.n] = 0;
	z->tz = g_time_zone_new_identifier(z->name);
	if (!z->tz)
		return NULL;
	n_zones++;
	return z;
}

struct span
zone_name(const struct zone *zone)
{
	return zone ? span_of(zone->name) : SPAN("UTC");
}

int64_t
clock_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

int64_t
clock_within(int64_t ms, int64_t soonest, int64_t latest)
{
	int64_t now = clock_now();

	if (ms < now + soonest)
		return now + soonest;
	return ms > now + latest ? now + latest : ms;
}

int64_t
clock_steady(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Days since 1970-01-01 of a proleptic Gregorian date (Howard Hinnant, "chrono-compatible low-level date algorithms"). */
static int64_t
days_from_civil(int y, int m, int d)
{
	int64_t year = y - (m <= 2);
	int64_t era = (year >= 0 ? year : year - 399) / 400;
	int64_t yoe = year - era * 400;
	int64_t doy = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;

	return era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719468;
}

static void
civil_date(int64_t days, struct civil *c)
{
	int64_t z = days + 719468;
	int64_t era = (z >= 0 ? z : z - 146096) / 146097;
	int64_t doe = z - era * 146097;
	int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	int64_t mp = (5 * doy + 2) / 153;

	c->day = (int)(doy - (153 * mp + 2) / 5 + 1);
	c->month = (int)(mp < 10 ? mp + 3 : mp - 9);
	c->year = (int)(yoe + era * 400 + (c->month <= 2));
	c->weekday = (int)(((days + 3) % 7 + 7) % 7 + 1);
}

struct civil
moment_civil(struct moment m)
{
	struct civil c = { 0 };
	int64_t s = m.ms >= 0 ? m.ms / 1000 : (m.ms - 999) / 1000;
	int64_t days, left;

	if (m.zone) {
		gint i = g_time_zone_find_interval(m.zone->tz, G_TIME_TYPE_UNIVERSAL, s);

		c.offset = i < 0 ? 0 : g_time_zone_get_offset(m.zone->tz, i);
	}
	s += c.offset;
	days = s >= 0 ? s / 86400 : (s - 86399) / 86400;
	left = s - days * 86400;
	civil_date(days, &c);
	c.hour = (int)(left / 3600);
	c.minute = (int)(left / 60 % 60);
	c.second = (int)(left % 60);
	return c;
}

int64_t
civil_ms(struct civil c, const struct zone *zone)
{
	int64_t s = days_from_civil(c.year, c.month, c.day) * 86400 + c.hour * 3600 + c.minute * 60 + c.second;
	gint64 local = s;
	gint i;

	if (!zone)
		return s * 1000;
	i = g_time_zone_adjust_time(zone->tz, G_TIME_TYPE_STANDARD, &local);
	/* STANDARD prefers standard time for an hour that happens twice; the first of the two is the one in daylight time. */
	if (i >= 0) {
		gint64 again = s;
		gint d = g_time_zone_adjust_time(zone->tz, G_TIME_TYPE_DAYLIGHT, &again);

		if (d >= 0 && again == local && g_time_zone_get_offset(zone->tz, d) > g_time_zone_get_offset(zone->tz, i))
			i = d;
	}
	return (local - (i < 0 ? 0 : g_time_zone_get_offset(zone->tz, i))) * 1000;
}

static bool
digits(struct span s, size_t at, size_t n, int *out)
{
	int64_t v;

	if (at + n > s.n || s.p[at] == '-' || !span_int((struct span){ s.p + at, n }, 0, 9999, &v))
		return false;
	*out = (int)v;
	return true;
}

bool
date_parse(struct span s, struct civil *out)
{
	struct civil c = { 0 }, back = { 0 };

	if (s.n != 10 || s.p[4] != '-' || s.p[7] != '-' || !digits(s, 0, 4, &c.year) || !digits(s, 5, 2, &c.month) ||
	    !digits(s, 8, 2, &c.day) || c.year < 1900 || c.month < 1 || c.month > 12 || c.day < 1)
		return false;
	civil_date(days_from_civil(c.year, c.month, c.day), &back);
	if (back.day != c.day || back.month != c.month)
		return false;
	*out = back;
	return true;
}

void
sql_time_print(struct buf *b, int64_t ms)
{
	struct civil c = moment_civil((struct moment){ ms, NULL });

	buf_fmt(b, "%04d-%02d-%02d %02d:%02d:%02d.%03d", c.year, c.month, c.day, c.hour, c.minute, c.second,
	    (int)((ms % 1000 + 1000) % 1000));
}

bool
sql_time_parse(struct span s, int64_t *ms)
{
	struct civil c;
	int fraction = 0;

	if (s.n < 19 || !date_parse((struct span){ s.p, 10 }, &c) || !digits(s, 11, 2, &c.hour) || !digits(s, 14, 2, &c.minute) ||
	    !digits(s, 17, 2, &c.second) || (s.n >= 23 && !digits(s, 20, 3, &fraction)))
		return false;
	*ms = civil_ms(c, NULL) + fraction;
	return true;
}

static const char *const weekdays[] = { "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday" };
static const char *const months[] = { "January", "February", "March", "April", "May", "June", "July", "August", "September",
	"October", "November", "December" };

void
day_print(struct buf *b, struct moment m)
{
	struct civil c = moment_civil(m);

	buf_fmt(b, "%s %d %s", weekdays[c.weekday - 1], c.day, months[c.month - 1]);
}

void
clock_print(struct buf *b, struct moment m)
{
	struct civil c = moment_civil(m);

	buf_fmt(b, "%02d:%02d", c.hour, c.minute);
}

void
stamp_print(struct buf *b, struct moment m)
{
	struct civil c = moment_civil(m);

	buf_fmt(b, "%.3s %d %.3s %d, %02d:%02d", weekdays[c.weekday - 1], c.day, months[c.month - 1], c.year, c.hour, c.minute);
}

void
isotime_print(struct buf *b, struct moment m)
{
	struct civil c = moment_civil(m);
	int east = c.offset < 0 ? -c.offset : c.offset;

	buf_fmt(b, "%04d-%02d-%02dT%02d:%02d:%02d%c%02d:%02d", c.year, c.month, c.day, c.hour, c.minute, c.second,
	    c.offset < 0 ? '-' : '+', east / 3600, east / 60 % 60);
}

void
http_date_print(struct buf *b, int64_t ms)
{
	struct civil c = moment_civil((struct moment){ ms, NULL });

	buf_fmt(b, "%.3s, %02d %.3s %04d %02d:%02d:%02d GMT", weekdays[c.weekday - 1], c.day, months[c.month - 1], c.year, c.hour,
	    c.minute, c.second);
}
