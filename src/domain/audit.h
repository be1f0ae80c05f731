/*
 * audit.h - holds a live database against what may never happen (design.md 1), in one consistent snapshot; nothing is written.
 *
 * A violation is a broken rule: a line "NAME show=… id=…". A warning is what no rule forbids but somebody should look at: a refund
 * that needs a human, money on a payment that was not ours, a hold that nobody ended although the clock has freed its seats; a line
 * "warning: NAME show=… id=…". A check names at most AUDIT_LINES of what it finds, and says so when there may be more.
 */
#ifndef FOYER_DOMAIN_AUDIT_H
#define FOYER_DOMAIN_AUDIT_H

#include "db/db.h"

#define AUDIT_LINES 50

struct audit_result {
	int64_t violations, warnings;	/* lines of each */
	size_t checks;
	int64_t ms;
};

/* Money, and what waits for it, may be in flight for so many seconds. False: it could not be finished, and nothing can be said. */
bool audit_run(struct db *, struct arena *, int64_t in_flight_seconds, struct buf *out, struct audit_result *);

#endif
