/*
 * activity.h - what is happening in the house, for a public page: the newest things that were told (outbox.h), without a name, an amount
 * or anything that leads to anybody; and how the seats of today's shows stand. The relay keeps the first (relay/activity.h); it is kind
 * DIRECTORY, and only ACTIVITY_KEPT things are.
 */
#ifndef FOYER_DOMAIN_ACTIVITY_H
#define FOYER_DOMAIN_ACTIVITY_H

#include "base/clock.h"
#include "domain/deliveries.h"
#include "domain/outcome.h"

#define ACTIVITY_KEPT 200

extern const char *const activity_types[];
extern const size_t n_activity_types;

/* Twice is harmless. */
enum outcome activity_add(struct db *, const struct delivery *, size_t n);

struct activity {
	int64_t show, event;
	struct span type, reason;	/* reason: why a seat came back: "expired", "buyer", … */
	int64_t seats;			/* 0 where it is not about seats */
	struct moment at;		/* by the venue's clock */
	struct span title, city;
};
/* Newest first, at most so many; of listed shows only. */
enum outcome activity_read(struct db *, struct arena *, size_t most, struct activity **, size_t *n);

struct activity_now {
	int64_t shows, sold, held, free;	/* of listed shows on sale that begin today, by their venues' clocks, and have not yet; their seats */
};
enum outcome activity_now(struct db *, struct arena *, struct activity_now *);

#endif
