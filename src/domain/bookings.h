/* bookings.h - what a buyer has bought: reading a booking with its tickets, finding it by reference. */
#ifndef FOYER_DOMAIN_BOOKINGS_H
#define FOYER_DOMAIN_BOOKINGS_H

#include "base/money.h"
#include "domain/seats.h"

struct ticket {
	int64_t seat, serial;
	struct span row, number, section_name, price_name;
	enum seat_kind kind;
	struct money price;		/* all charges in */
	struct money fee;		/* those that were added: part of the price */
	bool live;
	int64_t cancelled_ms;		/* 0: it is not, or nobody noted when */
};

struct booking {
	int64_t show, id, hold, buyer;
	enum { BOOKING_IS_PENDING, BOOKING_IS_CONFIRMED, BOOKING_IS_FAILED, BOOKING_IS_CANCELLED } state;
	int generation;
	struct span reference;		/* nine letters, no groups */
	struct span email, name;
	struct money total;
	int64_t confirmed_ms;		/* 0: never */
	struct ticket *tickets;
	size_t n;
};

enum outcome booking_read(struct db *, struct arena *, int64_t show, int64_t booking, struct booking *);
enum outcome booking_of_hold(struct db *, struct arena *, int64_t show, int64_t hold, struct booking *);
/* By the nine letters in any case and grouping. Not while pending. For operators: a reference alone opens nothing to the public. */
enum outcome booking_by_reference(struct db *, struct arena *, struct span reference, struct booking *);
/* The same with the e-mail it was bought with (compared without case). */
enum outcome booking_find(struct db *, struct arena *, struct span reference, struct span email, struct booking *);
/* Somebody proved reference and e-mail: the event that makes the mail with the link. */
enum outcome booking_link_wanted(struct db *, struct arena *, const struct booking *);

/* reference.c: 4 letters of the show, 4 of the booking, one that checks the others. */
struct reference {
	char text[10];
};
#define REFERENCE_RANGE 923521	/* 31^4 */
struct reference reference_print(int64_t show, int64_t ref);
struct span reference_groups(struct arena *, struct span reference);	/* "K7M 2QX 9TD" */
bool reference_read(struct span text, int64_t *show, int64_t *ref);

#endif
