/*
 * seats.h - the plan of a hall joined with what is free in a show. Plain reads: good for showing and for advice; what is
 * sold is decided by the locking reads in holds.c and settle.c only.
 */
#ifndef FOYER_DOMAIN_SEATS_H
#define FOYER_DOMAIN_SEATS_H

#include "base/money.h"
#include "domain/outcome.h"

#define HOLD_MAX_SEATS 8	/* most seats of one hold; a show may allow fewer */

/* The one predicate (design.md 5), for every statement that asks. show_seats must be the only table with these columns. */
#define SEAT_IS_FREE "(status = 'available' OR (status = 'held' AND expires_at <= UTC_TIMESTAMP(3)))"
/* As enum seat_status: a held seat whose time is up is free. */
#define SEAT_STATUS_NOW "CASE WHEN " SEAT_IS_FREE " THEN 0 WHEN status = 'held' THEN 1 WHEN status = 'confirmed' THEN 2 ELSE 3 END"

enum seat_kind { SEAT_STANDARD, SEAT_WHEELCHAIR, SEAT_COMPANION, SEAT_RESTRICTED };
enum seat_status { SEAT_FREE, SEAT_HELD, SEAT_SOLD, SEAT_BLOCKED };

struct section {
	int64_t id;
	struct span slug, name;
	int tier;		/* 1-4 */
	bool step_free;
	int64_t free, total;	/* seats, filled by seatmap_read */
	struct money price_from;	/* lowest of its price types, all charges in */
	struct money price;		/* of the type sort 0, all charges in: what a seat costs before another type is chosen */
	int first_row, last_row, first_col, last_col;	/* of its seats on the plan; sections_read only */
};

struct seat {
	int64_t id;
	const struct section *section;
	struct span row, number;	/* "C", "7" */
	int plan_row, plan_col;		/* see sql/001 */
	enum seat_kind kind;
	enum seat_status status;
	bool own;			/* held by the buyer's hold named to seatmap_read */
};

struct seatmap {
	struct section *sections;
	size_t n_sections;
	struct seat *seats;		/* in id order: section, row, number */
	size_t n;
	int64_t free;			/* over all seats read */
	int64_t version;		/* grows with every change of a seat, also when time alone frees it */
};

/*
 * section 0: the whole hall; else sections[] holds that one alone. NOT_FOUND: no such show, or no such section in its hall.
 * own_hold: this hold's seats are marked own and count as free; 0 for none.
 */
enum outcome seatmap_read(struct db *, struct arena *, int64_t show, int64_t section, int64_t own_hold, struct seatmap *);
/* Sections with free counts and prices only, no seats: for a big hall's first page. */
enum outcome sections_read(struct db *, struct arena *, int64_t show, struct seatmap *);

/* "C7": how a seat is named alone. */
struct span seat_name(struct arena *, const struct seat *);
/* One more name to "C7, C8"; a hyphen where the row's name ends in a digit: "12-7". As seatmap.js names them. */
void seat_names_add(struct buf *, struct span row, struct span number);
#define SEAT_NAMES_MAX (2 * KiB)

/* What is printed of a few seats that are known by id: on an order, a ticket. */
struct seat_words {
	int64_t id, section;
	struct span row, number, section_name;
	enum seat_kind kind;
};
/* In id order, whatever order the ids have; at most HOLD_MAX_SEATS. Returns how many exist; the words live where rows do. */
size_t seat_words_read(struct db *, const int64_t *ids, size_t n, struct seat_words words[HOLD_MAX_SEATS]);
enum seat_kind seat_kind_of(struct span word);	/* "wheelchair" */

#endif
