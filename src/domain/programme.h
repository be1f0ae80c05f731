/*
 * programme.h - a house's programme as a text file: cities, venues, halls as drawings, price tables, events, shows. How such a file
 * is written is told at the head of sql/example.programme. Reading and checking touch no database; programme_store.h loads it.
 *
 * Mistakes do not stop the reading: each adds a line "file:line: what is wrong" and all are told at once (at most PROGRAMME_ERRORS).
 * Nothing of a programme that has a mistake may be written anywhere.
 */
#ifndef FOYER_DOMAIN_PROGRAMME_H
#define FOYER_DOMAIN_PROGRAMME_H

#include "base/clock.h"
#include "base/money.h"
#include "domain/charges.h"
#include "domain/seats.h"

#define PROGRAMME_FILE_MAX (4 * MiB)
#define PROGRAMME_ERRORS 20
#define PROGRAMME_TYPES 8	/* price types of one table */
#define PROGRAMME_TIMES 16	/* on one line */
#define PLAN_COLUMNS 120	/* half seats; static/places.css has no more */
#define PLAN_ROWS 120
#define SECTION_SEATS 300	/* most seats that are shown at once */
#define HALL_WHOLE_SEATS 400	/* a larger hall is shown section by section */

struct programme_place {
	const char *file;
	int line;		/* 0: not from a file but recalled from the database, and not to be written again */
};

struct programme_day {		/* a date, or so many days from today at the venue */
	bool relative;
	int64_t offset;
	struct civil date;
};

struct programme_city {
	struct programme_place at;
	struct span slug, name, zone_name, currency;
	const struct zone *zone;
	int64_t id;		/* of the database, set by the store */
};

struct programme_venue {
	struct programme_place at;
	struct span slug, name, city_slug, address, phone, map, access;
	struct programme_city *city;	/* set by programme_check, as are all pointers below */
	int64_t id;
};

struct programme_price_type {
	struct programme_place at;
	struct span slug, name;
};

struct programme_prices {
	struct programme_place at;
	struct span slug, currency, types[PROGRAMME_TYPES];
	size_t n_types;
	struct programme_price_type *type[PROGRAMME_TYPES];
	struct programme_place tier_at[5];	/* 1-4; line 0: there is no such tier */
	int64_t minor[5][PROGRAMME_TYPES];	/* before the charges */
	struct charge charges[CHARGES_MAX];
	size_t n_charges;
	bool asked;				/* whether its prices can be paid has been checked */
};

struct programme_section {
	struct programme_place at;
	struct span slug, name;
	int64_t tier;
	bool step_free;
	size_t seats;
	int64_t id;
};

struct programme_seat {
	size_t section;			/* of the hall's sections */
	struct span row;
	int number;
	int plan_row, plan_col;
	enum seat_kind kind;
	int64_t id;
};

struct programme_hall {
	struct programme_place at;
	struct span slug, name, venue_slug, kind;
	struct programme_venue *venue;
	int64_t capacity;		/* as promised in the file, 0: not said */
	struct programme_section *sections;
	size_t n_sections;
	struct programme_seat *seats;	/* by section, row, number; a recalled hall has none */
	size_t n_seats;
	int64_t id, layout_version;
};

struct programme_event {
	struct programme_place at;
	struct span slug, title, kind, genre, language, certificate, synopsis, poster;
	int64_t minutes;
	bool has_released;
	struct programme_day released;
	int64_t id;
};

struct programme_times {
	struct programme_place at;
	enum { TIMES_ONCE, TIMES_EVERY, TIMES_SOON } is;
	struct programme_day from;
	int64_t days;
	unsigned weekdays;		/* bit 1 Monday - bit 7 Sunday */
	int minutes[PROGRAMME_TIMES];	/* after midnight */
	size_t n;
};

struct programme_edge {		/* when a sale begins or ends */
	struct programme_place at;
	enum { EDGE_USUAL, EDGE_AT, EDGE_BEFORE } is;
	struct programme_day day;
	int minute;
	int64_t before_ms;	/* the show */
};

struct programme_sold {		/* for demonstrations */
	enum { SOLD_USUAL, SOLD_SHARE, SOLD_ALL_BUT, SOLD_SINGLES } is;
	int64_t low, high;	/* per cent; of ALL_BUT, low: seats left */
};

struct programme_show {
	struct programme_place at;
	struct span event_slug, hall_slug, prices_slug;
	struct programme_event *event;
	struct programme_hall *hall;
	struct programme_prices *prices;
	struct programme_times *times;
	size_t n_times;
	struct programme_edge sales_from, sales_until, companions_open;
	int64_t hold_seconds, extend_seconds, longest_seconds, seats_a_hold, holds_a_buyer;
	bool singles_allowed, draft;
	struct programme_place cancel_at;	/* line 0: buyers may not give tickets back */
	int64_t cancel_hours, cancel_fee;	/* before the start; kept a ticket, read by programme_check from … */
	struct span cancel_keeps;
	struct programme_sold sold;
};

/* A show that stands in the database already, for the halls of the programme. */
struct programme_busy {
	struct span hall_slug, event_slug;
	int64_t show, starts_ms, minutes;
	bool unfinished;	/* its loading broke off before it was published */
};

/* One start of a show, the result of programme_schedule. */
struct programme_start {
	struct programme_show *show;
	struct programme_place at;
	int64_t starts_ms;
	int64_t id;		/* of the show in the database; 0: new, or to be finished */
	int64_t layout_version;	/* that the show was made with, set by the store */
};

/* Who knows which amounts can be paid at all. */
struct programme_till {
	bool (*takes)(void *context, struct money);	/* NULL: nobody is asked */
	void *context;
	size_t providers;				/* that are switched on; with none no show can be sold */
};

struct programme {
	struct arena *arena;
	struct programme_till till;
	struct buf errors;
	int n_errors;
	bool demo;		/* `sold` is allowed */
	struct programme_city *cities;
	struct programme_venue *venues;
	struct programme_price_type *types;
	struct programme_prices *prices;
	struct programme_hall *halls;
	struct programme_event *events;
	struct programme_show *shows;
	struct programme_busy *busy;
	struct programme_start *starts;		/* by hall and time, once scheduled */
	size_t n_cities, n_venues, n_types, n_prices, n_halls, n_events, n_shows, n_busy, n_starts;
	size_t n_past;				/* starts left out because their time has passed */
};

struct programme *programme_new(struct arena *, bool demo);
void programme_read(struct programme *, const char *file, struct span text);
/*
 * References, currencies, tiers, and whether the till takes each price; nothing if reading found mistakes. Before it, things of the
 * database may be added (programme_recall).
 */
void programme_check(struct programme *);
/* Every start from now on, none in the past, none in a hall that is taken. Only after a check without mistakes. */
void programme_schedule(struct programme *, int64_t now_ms);
/* "file:line: …" a line each; empty: no mistake. */
struct span programme_errors(const struct programme *);

void programme_error(struct programme *, struct programme_place, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
/* The first ms of a day, plus minutes of its wall clock, in a zone. 0: a time that the clocks skip that day. */
int64_t programme_moment(const struct programme_day *, int minute, const struct zone *, int64_t now_ms);
/* A show's edge of sale as ms; usual_ms where the file says nothing. */
int64_t programme_edge_ms(const struct programme_edge *, int64_t starts_ms, int64_t usual_ms, const struct zone *, int64_t now_ms);

/* What a seat of this tier costs in types[type], all charges in. */
int64_t programme_price(const struct programme_prices *, int64_t tier, size_t type);

/* Room for one more at the end of an array that lives in the arena; earlier pointers into it may go stale. */
#define PROGRAMME_ADD(p, list, n) \
	((list) = programme_grown((p)->arena, (list), (n), sizeof(*(list))), &(list)[(n)++])
void *programme_grown(struct arena *, void *list, size_t n, size_t size);

#endif
