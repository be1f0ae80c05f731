/*
 * relay.h - takes events to sinks: finds what is new, claims one show at one sink at a time, delivers in order, and notes what came of
 * it. Any number of relays may do so at once (domain/deliveries.h). Nothing that happens to one message, one sink or the database stops
 * it for another.
 */
#ifndef FOYER_RELAY_RELAY_H
#define FOYER_RELAY_RELAY_H

#include "relay/sink.h"

struct relay {
	struct db *db;
	struct arena *arena;		/* of one batch; db's rows live here too */
	int64_t holder;			/* of leases: one number for one relay at a time */
	struct sink sinks[SINKS_MOST];
	size_t n;
	int64_t said_ms;		/* steady time: what they want was said; 0: never */
	bool tried;			/* some sink has answered, of late */
};

/*
 * Starts the sinks that the settings want. False: the settings of one are wrong, or there is none; the reason is logged. `kept`: an
 * arena for the life of the process.
 */
bool relay_start(struct relay *, sink_start *const *list, size_t n, struct arena *kept, const struct settings *);
/* Finds what is new, for all sinks. Returns how many events. */
int64_t relay_find(struct relay *);
/*
 * Takes what is due to one of the sinks. *again_ms: when there will be more to do, as far as is known: 0, at once, for it stopped for
 * others' sake; RELAY_IDLE, when it is woken. False: the database failed.
 */
#define RELAY_IDLE INT64_C(1000)
bool relay_deliver(struct relay *, size_t sink, int64_t *again_ms);
/* Lets go of what is over and older than so many days; *more: it stopped for others' sake. */
void relay_archive(struct relay *, int64_t days, bool *more);

#endif
