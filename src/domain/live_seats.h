/*
 * live_seats.h - what an open plan is told about seats: of a whole show when it asks (GET /shows/{show}/seats), of those that just
 * changed without asking (relay/live.h). Both are JSON of one shape:
 *
 *	{"show":12,"at":1795603204123,…,"seats":[[101,"held",3,1795603804000],[102,"sold",4],[103,"free",5],[104,"blocked",1]]}
 *
 *   at      when this was read, by the database's clock, which decides what has ended; ms since 1970, as all times here
 *   seats   [seat, state, version], and of a held seat [seat, "held", version, free_at]: from then on others may have it
 *
 * Of two that tell of one seat, that with the higher version is the newer, whichever came first; one version tells of a held seat until
 * free_at and of the same seat, free, from then on. It is the row's (events count by twos: domain/locks.h). A list of the whole show
 * also has "version", which grows with every change of a seat, also when time alone frees it, "free" and "total", and leaves out seats
 * that were always free (version 0). Plain reads.
 */
#ifndef FOYER_DOMAIN_LIVE_SEATS_H
#define FOYER_DOMAIN_LIVE_SEATS_H

#include "domain/seats.h"

struct live_seat {
	int64_t id;
	enum seat_status status;
	int64_t version;
	int64_t free_at_ms;		/* of a held seat, or one whose hold has just ended; else 0 */
};
struct live_seats {
	struct live_seat *list;		/* in id order */
	size_t n;
	int64_t at_ms;			/* 0 where no seat was read */
	int64_t free, total, version;	/* of a whole show; else 0 */
};

/* NOT_FOUND: no such show. */
enum outcome live_seats_read(struct db *, struct arena *, int64_t show, struct live_seats *);
/* The seats that events of the outbox name, as they are now, each once. payloads: those events' as a JSON list. */
enum outcome live_seats_named(struct db *, struct arena *, int64_t show, struct span payloads, struct live_seats *);

/* "seats":[…] */
void live_seats_print(struct buf *, const struct live_seats *);

#endif
