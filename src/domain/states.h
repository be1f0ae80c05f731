/*
 * states.h - every allowed move of a seat, hold, booking, payment and refund, in one table: from, event, to, who may, outbox type.
 * Any other move is refused and logged. States only move forward; a seat alone goes round.
 */
#ifndef FOYER_DOMAIN_STATES_H
#define FOYER_DOMAIN_STATES_H

enum thing { THING_SEAT, THING_HOLD, THING_BOOKING, THING_PAYMENT, THING_REFUND };
enum actor { BY_BUYER = 1, BY_PROVIDER = 2, BY_REAPER = 4, BY_STAFF = 8 };

struct move {
	enum thing thing;
	const char *from, *event, *to;
	unsigned who;
	const char *outbox;
};
extern const struct move moves[];
extern const size_t n_moves;

/* The move from one state to another, or NULL, logged as refused. */
const struct move *move_find(enum thing, struct span from, const char *to);

#endif
