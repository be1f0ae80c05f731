/*
 * demo_crowd.h - which seats people would have bought, for demonstrations: pairs and fours sit together, the best rows go first,
 * nobody leaves a single seat if it can be helped. No database; the same seed gives the same crowd.
 */
#ifndef FOYER_DOMAIN_DEMO_CROWD_H
#define FOYER_DOMAIN_DEMO_CROWD_H

#include "base/money.h"
#include "domain/programme.h"

struct crowd_seat {
	int64_t id, section;
	int tier, plan_row, plan_col;
	enum seat_kind kind;
};

struct crowd_party {
	size_t seats[HOLD_MAX_SEATS];	/* of the hall's */
	size_t n;
};

struct crowd {
	struct crowd_seat *seats;	/* by section, row, column, as the plan has them */
	size_t n;
	bool stage;			/* the front is best; of a screen, two thirds back */
	uint64_t seed;
	struct crowd_party *parties;	/* the result */
	size_t n_parties;
	bool *gone;			/* set by crowd_buy: a seat of a party, or kept free for ever */
};

void crowd_buy(struct arena *, struct crowd *, const struct programme_sold *);
uint32_t crowd_random(struct crowd *, uint32_t below);

#endif
