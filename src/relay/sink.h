/*
 * sink.h - where events go: what a sink of the relay is, and what it must answer. The relay (relay.h) knows nothing of a sink but this
 * table; it finds the events, brings them in order, and keeps what became of each (domain/deliveries.h).
 *
 * A sink gets every event of its types at least once, the same one always under the same show and id. It gets events of one show,
 * several at once if it wants, in the order of their ids, which is the order in which each hold, booking and seat changed. Seats may
 * still be told of twice, so a seat event carries the seats' versions and whoever keeps seats drops what is lower than it has.
 *
 * While it delivers, no lock is held and no transaction open. It may read the database, outside of transactions; a sink whose place is
 * this database itself writes there in transactions of its own, which take so long as one statement after the other does and wait for
 * nobody outside. It must come back within SINK_SECONDS: after that another relay may deliver the same.
 */
#ifndef FOYER_RELAY_SINK_H
#define FOYER_RELAY_SINK_H

#include "base/settings.h"
#include "db/db.h"
#include "domain/deliveries.h"

#define SINK_SECONDS 30

enum sink_answer {
	SINK_TAKEN,		/* all of them */
	SINK_NEEDLESS,		/* there is nothing to say about it any more: it is done with */
	SINK_REFUSED,		/* the sink itself says no to this one (SMTP 550, HTTP 4xx): again later, and after `refusals` times no more */
	SINK_LATER,		/* not this one now, and it is not its fault (SMTP 450): again later, for as long as it takes */
	/* Nobody there, or unable (no connection, HTTP 5xx, SMTP 421): the whole sink is left alone for a while, this one a little longer. */
	SINK_DOWN,
};

/* Whatever the answer, the first `taken` were taken. The answer is about the one after them; those after that were not tried. */
struct sink_report {
	enum sink_answer answer;
	size_t taken;		/* of no matter where the answer is SINK_TAKEN */
	struct span why;	/* where it is not: at most 200 bytes, nobody's name or address in them; lives in the arena */
};

enum sink_order {
	SINK_BY_SHOW,		/* one that waits holds back all later ones of its show */
	SINK_BY_SUBJECT,	/* one that waits holds back later ones of its subject (a hold, a booking …) only */
};

struct sink {
	const char *name;			/* at most 12 letters; stands in the database, so never another one */
	const char *const *types;		/* of events (domain/outbox.h) */
	size_t n_types;
	size_t most;				/* events at once, of one show: 1 and more */
	enum sink_order order;
	int refusals;				/* so many, and it is a dead letter */
	int64_t pause_ms;			/* before what was refused, or the sink that was down, is tried again; each time twice that */
	/* Or NULL. For how many ms this show is to be left alone, what waits meanwhile going out together; 0: it may be delivered now. */
	int64_t (*rest_ms)(const struct sink *, int64_t show);
	/* Events in the order of their ids; n is 1 to most. The arena is the batch's, and rows read from db live in it too. */
	struct sink_report (*deliver)(struct sink *, struct arena *, const struct delivery *, size_t n);
	/*
	 * Where a sink has work of its own, on what it has taken: called instead of waiting for news, which make `wake` readable (-1: there
	 * is nothing to wait for but the work). Comes back when there are any, and after `ms` at the latest. True: something is under way.
	 */
	bool (*work)(struct sink *, int wake, int64_t ms);
	/* NULL, or what it does besides: called before each look for events, so about once a second; neither a lock nor a lease is held. */
	void (*tend)(struct sink *, struct arena *);
	void *own;				/* of the sink */
};

#define SINKS_MOST 8
/*
 * A sink's file has one function of this shape, named in relay_sinks of foyer-relay.c: it fills the table, and may keep all it is
 * given for the life of the process. Returns 1; 0 where the settings do not want this sink; -1, with the reason logged, where they
 * are wrong.
 */
typedef int sink_start(struct sink *, struct arena *, const struct settings *, struct db *);

#endif
