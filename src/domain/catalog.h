/* catalog.h - what plays where and when: cities, events, shows, search. Kind GLOBAL; never decides about a seat. */
#ifndef FOYER_DOMAIN_CATALOG_H
#define FOYER_DOMAIN_CATALOG_H

#include "base/clock.h"
#include "base/money.h"
#include "domain/outcome.h"

struct city {
	int64_t id;
	struct span slug, name, currency;
	const struct zone *zone;
	int64_t tonight;		/* listed shows that start from now until 5 in the morning */
	int64_t next_ms;		/* where none is on tonight: the start of the next; 0: none planned */
};

struct event {
	int64_t id;
	struct span slug, kind, title, genre, language, certificate, poster;
	struct span synopsis;		/* of event_by_slug only */
	int64_t minutes;
	int64_t released_ms;		/* 0: not told */
};

enum availability { SHOW_FREE, SHOW_FEW, SHOW_SOLD_OUT, SHOW_NOT_YET, SHOW_OVER, SHOW_PAUSED, SHOW_CANCELLED };

struct show {
	int64_t id;
	struct event event;
	int64_t city_id, hall_id, layout_version, venue_id;
	struct span city_slug, city_name, venue_slug, venue_name, address, map_url, venue_phone, access_note, hall_name, hall_kind;
	bool by_section;		/* a big hall: its sections first */
	struct moment starts;
	int64_t starts_utc_ms;
	struct span local_date;		/* "2026-11-21" */
	struct money price_min, price_max;	/* all charges in */
	/* the sale, read from the show itself */
	enum availability availability;
	int64_t free, total;
	int64_t in_baskets;		/* held by others now */
	int64_t sales_from_ms, sales_until_ms;
	int seats_a_hold;
};

/* By the venue's clock: 5-12, 12-17, 17-21, 21-5 (what starts after midnight is night, not morning). */
enum part_of_day { ANY_TIME, MORNING, AFTERNOON, EVENING, NIGHT };

struct browse {
	struct span date;		/* local "2026-11-21"; empty: any from today on (search) */
	struct span words, genre, language;	/* each may be empty */
	enum part_of_day time;
};

struct day_count {
	struct span date;
	struct moment noon;		/* for printing the day */
	int64_t shows;			/* that match the other filters */
};

enum outcome cities_read(struct db *, struct arena *, struct city **list, size_t *n);
enum outcome city_by_slug(struct db *, struct arena *, struct span slug, struct city *);
/* 14 days from today in the city, with how many shows match b (its date ignored). */
enum outcome city_days(struct db *, struct arena *, const struct city *, const struct browse *, struct day_count days[14]);
enum outcome event_days(struct db *, struct arena *, const struct event *, const struct city *, struct day_count days[14]);
/* Genres and languages on sale in the city within the 14 days, for the filters; sorted. */
enum outcome city_choices(struct db *, struct arena *, const struct city *, struct span **genres, size_t *n_genres,
    struct span **languages, size_t *n_languages);
/*
 * Shows that match, by title, then venue, then start; not those that have begun, and no more than 400. Words: any input is safe,
 * titles of one letter are found too; every word must be in the title, as a word's beginning (search.h).
 */
enum outcome shows_browse(struct db *, struct arena *, const struct city *, const struct browse *, struct show **list, size_t *n);
enum outcome event_by_slug(struct db *, struct arena *, struct span slug, struct event *);
/* Its shows in a city (by venue, then start); date empty: all from now on. */
enum outcome event_shows(struct db *, struct arena *, const struct event *, const struct city *, struct span date, struct show **list,
    size_t *n);
enum outcome show_read(struct db *, struct arena *, int64_t show, struct show *);	/* NOT_FOUND also for unlisted ones */

#endif
