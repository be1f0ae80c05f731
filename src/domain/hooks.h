/*
 * hooks.h - partners' endpoints, and what becomes of events at each of them. The relay's sink "hooks" makes, of each event, one row for
 * every endpoint that is on and wants it; from then on an endpoint is on its own, and one that is down delays nobody.
 *
 *   state     means                                                       then
 *   waiting   to be tried at due_at, or being tried, by `claim`, until    sent, dead
 *             then
 *   sent      the endpoint has answered 2xx                               -
 *   dead      HOOK_DAYS have passed, or the endpoint is gone (410)        waiting, by an operator
 *
 * Nothing is locked while an endpoint is called. A claim ends by itself: who dies leaves it, and another tries again, so an endpoint may
 * hear of an event twice, under the same id.
 */
#ifndef FOYER_DOMAIN_HOOKS_H
#define FOYER_DOMAIN_HOOKS_H

#include "db/db.h"
#include "domain/deliveries.h"

#define HOOK_ENDPOINTS_MOST 64
#define HOOK_DAYS 3			/* from the event on its way until it is given up */
#define HOOK_CLAIM_SECONDS 60

/* -- endpoints ------------------------------------------------------------------------------------------------------------------ */

struct hook_endpoint {
	int64_t id;
	struct span url, types;		/* types: of outbox.h, blanks between; empty: all of hook_types() */
	struct span secret, before;	/* sealed; before: as long as it is still good, else empty */
	bool on;
	struct span why;		/* it is not */
	int64_t created_ms;
};

/* The events that partners may have. */
size_t hook_types(const char *const **list);
bool hook_wants(const struct hook_endpoint *, struct span type);

/* In the order of their ids. False: they could not be read. */
bool hook_endpoints(struct db *, struct arena *, struct hook_endpoint **, size_t *n);
/* Its id; 0: not done. */
int64_t hook_endpoint_add(struct db *, struct span url, struct span types, struct span sealed);
/* False: there is none, or (db_failed) it was not done. */
bool hook_endpoint_switch(struct db *, int64_t id, bool on, struct span why);
bool hook_endpoint_rotate(struct db *, int64_t id, struct span sealed, int64_t hours);	/* the one before is good for so long */
bool hook_endpoint_remove(struct db *, int64_t id);	/* and all that was on its way to it, and its log */

/* -- deliveries ------------------------------------------------------------------------------------------------------------------ */

struct hook_delivery {
	int64_t show, event, endpoint;
	int64_t attempts;		/* with this one */
	int64_t age_ms;			/* when it was claimed */
	int64_t claim;
};

/* Of events of one show: a row for each endpoint that wants them and was there before them. False: not stored. */
bool hooks_fan_out(struct db *, struct arena *, const struct hook_endpoint *, size_t n, const struct delivery *, size_t n_events, size_t *made);
/* What is due at an endpoint, longest first, claimed for HOOK_CLAIM_SECONDS; returns how many. */
size_t hooks_claim(struct db *, int64_t endpoint, size_t most, struct hook_delivery *list);
/* The event, from wherever it is by now. False: it is nowhere, or (db_failed) could not be read. */
bool hook_event(struct db *, const struct hook_delivery *, struct delivery *);

void hook_sent(struct db *, const struct hook_delivery *, int64_t status);
/* Tries again after so long, or no more where that would be too late. Nothing where another has claimed it meanwhile. */
void hook_failed(struct db *, const struct hook_delivery *, int64_t status, struct span error, int64_t pause_ms);
void hook_dead(struct db *, const struct hook_delivery *, int64_t status, struct span error);

/* Gives up what waits at an endpoint that is off or removed, and drops the log of what ended so many days ago. Some; true: there is more. */
bool hooks_tidy(struct db *, int64_t days);

/* -- for an operator ------------------------------------------------------------------------------------------------------------- */

struct hook_line {
	int64_t show, event, attempts, status, created_ms, due_ms, done_ms;	/* done_ms 0: it waits */
	struct span state, error;
};
bool hook_log(struct db *, struct arena *, int64_t endpoint, size_t most, struct hook_line **, size_t *n);	/* the newest first */
struct hook_sums {
	int64_t waiting, sent, dead;
};
bool hook_sums(struct db *, int64_t endpoint, struct hook_sums *);
int64_t hooks_again(struct db *, int64_t endpoint);	/* what is dead waits again, as if it were new; returns how many */

#endif
