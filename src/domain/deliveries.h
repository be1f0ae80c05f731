/*
 * deliveries.h - what becomes of the outbox's events: each is found once, gets a delivery for every sink that wants it, and those of one
 * show are taken to one sink by one relay at a time, in order.
 *
 * Found, not counted up to: ids are drawn before the commit, so a lower one may come to light after a higher. What is still to be found
 * is marked as such (outbox.found), so nothing is missed however late its commit. Two events about one hold, booking or seat cannot be
 * the wrong way round: the second transaction had waited for the first one's row, so whoever sees its event sees the first one's too,
 * and that has the lower id (outbox.c).
 *
 * A unit, one show at one sink, is claimed by a lease that ends by itself. Nothing is locked in between, and what came of each event is
 * noted by one statement that does nothing where it comes second. So each is delivered at least once, and twice only where a relay or
 * the database went away between delivering and noting it, or a relay stood still for longer than its lease.
 *
 *   state     means                                                  then
 *   waiting   to be delivered at due_at                              sent, dead, dropped
 *   sent      its sink has taken it                                  -
 *   dead      its sink has refused it as often as it may             waiting or dropped, by an operator
 *   dropped   an operator, or the sink, says why it need not go out  waiting, by an operator
 */
#ifndef FOYER_DOMAIN_DELIVERIES_H
#define FOYER_DOMAIN_DELIVERIES_H

#include "db/db.h"

#define LEASE_SECONDS 40
#define DELIVERY_SHOWS 64	/* of one page of units */
#define SINK_MAIL "mail"

struct delivery {
	int64_t show, event;		/* the outbox's key */
	struct span type;
	int64_t subject;
	int64_t at_ms;
	struct span payload;		/* JSON, an object */
	int64_t tries, refusals;	/* before this one, that came to nothing; and of these, by the sink's own no */
};

/* -- finding --------------------------------------------------------------------------------------------------------------- */

struct sink_wants {
	const char *sink;
	const char *const *types;
	size_t n_types;
};
/*
 * An event is found once, for all sinks; but relays may differ, by their settings or while a new version comes. So each says now and then
 * what its sinks want (every WANTS_SAY_MS), and what any has said within ten minutes is wanted: the same sinks first, then others'.
 */
#define WANTS_SAY_MS 60000
void wants_say(struct db *, struct arena *, const struct sink_wants *, size_t n);
size_t wants_all(struct db *, struct arena *, const struct sink_wants *, size_t n, struct sink_wants **all);
/*
 * Makes the deliveries of every event that is not found yet, show by show. Returns how many events those were; *more: of a big backlog it
 * found a part, and the arena may be reset before the next one.
 */
int64_t events_find(struct db *, struct arena *, const struct sink_wants *, size_t n, bool *more);

/* -- units ------------------------------------------------------------------------------------------------------------------ */

/* Shows above `after` for which something waits, due or not, in order; fewer than DELIVERY_SHOWS: there are no more. */
size_t deliveries_shows(struct db *, const char *sink, int64_t after, int64_t shows[DELIVERY_SHOWS]);
/* True: nobody else delivers this show's events to this sink for the next LEASE_SECONDS. Again by the same holder: longer. */
bool lease_take(struct db *, const char *sink, int64_t show, int64_t holder);
/* until_ms: nobody need look before that; 0: now. */
void lease_end(struct db *, const char *sink, int64_t show, int64_t holder, int64_t until_ms);

/*
 * What may be delivered now, lowest id first. One that waits for a later time holds back all after it: of the show, or if by_subject,
 * of its subject only. *until_ms: the time that the first one waits for, where that holds back everything; else 0.
 */
size_t deliveries_due(struct db *, struct arena *, const char *sink, int64_t show, bool by_subject, size_t most, struct delivery **list,
    int64_t *until_ms);

/* -- what came of it: why is at most 200 bytes, nobody's name or address in it ----------------------------------------------- */

void deliveries_sent(struct db *, struct arena *, const char *sink, const struct delivery *, size_t n);	/* all of one show */
void delivery_needless(struct db *, const char *sink, const struct delivery *, struct span why);
/* By the sink. With this one it has refused `most` times: dead. Else it waits for so long. */
void delivery_refused(struct db *, const char *sink, const struct delivery *, struct span why, int most, int64_t pause_ms);
void delivery_later(struct db *, const char *sink, const struct delivery *, struct span why, int64_t pause_ms);

/* -- sinks ------------------------------------------------------------------------------------------------------------------- */

struct sink_health {
	bool down;
	int64_t tries;			/* since it went down */
};
/* False: leave it alone. A sink that is down is tried by one relay at a time, when it is due. */
bool sink_open(struct db *, const char *sink, struct sink_health *);
/* It was opened, and then nothing was due: others, or the next event, need not wait for that. */
void sink_untried(struct db *, const char *sink);
void sink_fell(struct db *, const char *sink, const struct sink_health *, struct span why, int64_t pause_ms);
void sink_rose(struct db *, const char *sink);

/* -- what is over ------------------------------------------------------------------------------------------------------------ */

/*
 * Moves events older than so many days to the archive, each with its deliveries, unless one of these still waits or is dead. Some at a
 * time: true if there may be more.
 */
bool events_archive(struct db *, struct arena *, int64_t days);

/* -- for an operator (foyerctl outbox) --------------------------------------------------------------------------------------- */

struct sink_sums {
	struct span sink, error;
	int64_t waiting, dead, oldest_ms;	/* oldest_ms: of what waits; 0: nothing does */
	int64_t down_since_ms, due_ms;		/* 0: it is not down */
};
/* False: it could not be read. *unfound: events that no relay has come to yet. */
bool sinks_read(struct db *, struct arena *, struct sink_sums **, size_t *n, int64_t *unfound);

struct trouble {
	int64_t show, event;
	struct span type, state, error;
	int64_t tries, refusals, due_ms;
};
/* What is dead, or waits after having failed, at most so many of each. */
bool troubles_read(struct db *, struct arena *, const char *sink, size_t most, struct trouble **, size_t *n);
/* Due at once, and the count of refusals begins anew. False: there is no such delivery, or it was sent, or (db_failed) it could not be done. */
bool delivery_retry(struct db *, const char *sink, int64_t show, int64_t event);
bool delivery_drop(struct db *, const char *sink, int64_t show, int64_t event, struct span reason);

#endif
