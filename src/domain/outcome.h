/* outcome.h - how a call of the domain ended. The cause of BUSY, DOWN and BROKEN is logged where it happened. */
#ifndef FOYER_DOMAIN_OUTCOME_H
#define FOYER_DOMAIN_OUTCOME_H

#include "db/db.h"

enum outcome {
	OUTCOME_OK,
	OUTCOME_TAKEN,		/* a seat is no longer free: which ones stands in the result */
	OUTCOME_SINGLE,		/* refused: it would leave a single seat */
	OUTCOME_COMPANION,	/* a companion seat without a wheelchair place */
	OUTCOME_NO_ROOM,	/* best available: no such seats together */
	OUTCOME_LIMIT,		/* too many seats or holds for this buyer */
	OUTCOME_NOT_FOUND,	/* no such show, seat, hold, booking (or not theirs) */
	OUTCOME_EXPIRED,	/* the hold is over */
	OUTCOME_CLOSED,		/* the show is not on sale (not yet, no longer, cancelled) */
	OUTCOME_CAPTURING,	/* a payment is being taken at this moment */
	OUTCOME_PAID,		/* already paid: there is a booking */
	OUTCOME_CHANGED,	/* what it was decided on has changed meanwhile: read again */
	OUTCOME_BUSY,		/* database contention: nothing changed, try again */
	OUTCOME_DOWN,		/* no database, or its answer was lost for good */
	OUTCOME_BROKEN,		/* our mistake */
};

const char *outcome_name(enum outcome);		/* for logs: "TAKEN" */
enum outcome outcome_of_tx(enum tx_result);	/* for every result but TX_DONE; TX_DUPLICATE is BROKEN unless the caller looks */
/* After plain reads: OK, or why nothing can be said. */
enum outcome outcome_of_reads(const struct db *);

#endif
