/*
 * retake.h - the seats of a hold at the moment when money comes for them: ours still, or free to be taken again. Only inside a
 * transaction, after the hold's payments were locked. Internal to domain/: settle, capture.
 */
#ifndef FOYER_DOMAIN_RETAKE_H
#define FOYER_DOMAIN_RETAKE_H

#include "domain/locks.h"

struct retake {
	int64_t ids[HOLD_MAX_SEATS];
	size_t n_ids;
	struct seat_row rows[LOCK_MAX_SEATS];
	size_t n_rows;
};

/* Locks them; true if every one is held by this hold, however old, or free. */
bool retake_lock(struct db *, int64_t show, int64_t hold, struct retake *);
/* The events of those that ran out or were let go: told as released by whoever had them, and as held by this hold again. */
void retake_tell(struct db *, struct arena *, int64_t show, int64_t hold, const struct retake *);

#endif
