/*
 * deliveries.h - which events of the outbox a sink of the relay has passed on: at least once each, and twice only where the relay or
 * the database went away between sending and noting it. What is sent carries the event's name, so that a second one can be told.
 *
 * An event becomes a row that waits; whoever claims it may try, and until it is noted as sent it falls due again, later each time.
 */
#ifndef FOYER_DOMAIN_DELIVERIES_H
#define FOYER_DOMAIN_DELIVERIES_H

#include "db/db.h"

#define SINK_MAIL "mail"
#define DELIVERY_TRIES 30	/* the first eight within an hour, then one an hour: given up after a day */

struct delivery {
	int64_t show, event;		/* the outbox's key */
	struct span type;
	int64_t subject;
	int64_t at_ms;
	struct span payload;		/* JSON, an object */
};

/*
 * Makes rows for events of these types that have none, and that were written within the last `seconds`: more than the longest
 * time from an event's writing to its commit. Returns how many.
 */
int64_t deliveries_find(struct db *, const char *sink, const char *const *types, size_t n, int64_t seconds);
size_t deliveries_due(struct db *, struct arena *, const char *sink, size_t most, struct delivery **list);	/* oldest first */

/* True if this caller may try now; the row is due again later, should nothing more be heard of it. */
bool delivery_claim(struct db *, const char *sink, const struct delivery *);
void delivery_sent(struct db *, const char *sink, const struct delivery *);
/* why: at most 200 bytes, nobody's address in it. for_good: never again; else until the tries are used up. */
void delivery_failed(struct db *, const char *sink, const struct delivery *, struct span why, bool for_good);

#endif
