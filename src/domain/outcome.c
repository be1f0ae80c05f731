/* outcome.c - the words for outcomes, and what a database result means as one. */
#include "base/base.h"

#include "db/db.h"
#include "domain/outcome.h"

const char *
outcome_name(enum outcome o)
{
	static const char *const names[] = { "OK", "TAKEN", "SINGLE", "COMPANION", "NO_ROOM", "LIMIT", "NOT_FOUND", "EXPIRED", "CLOSED",
		"CAPTURING", "PAID", "CHANGED", "BUSY", "DOWN", "BROKEN" };

	return names[o];
}

enum outcome
outcome_of_tx(enum tx_result r)
{
	switch (r) {
	case TX_DONE:
		return OUTCOME_OK;
	case TX_BUSY:
		return OUTCOME_BUSY;
	case TX_UNREACHABLE:
	case TX_UNSURE:
		return OUTCOME_DOWN;
	default:
		return OUTCOME_BROKEN;
	}
}

enum outcome
outcome_of_reads(const struct db *db)
{
	switch (db_failed(db)) {
	case DB_FINE:
		return OUTCOME_OK;
	case DB_AGAIN:
		return OUTCOME_BUSY;
	case DB_LOST:
		return OUTCOME_DOWN;
	default:
		return OUTCOME_BROKEN;
	}
}
