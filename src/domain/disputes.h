/* disputes.h - a buyer's bank wants the money back. Recorded as the provider tells it, shown to a human; nothing is decided here. */
#ifndef FOYER_DOMAIN_DISPUTES_H
#define FOYER_DOMAIN_DISPUTES_H

#include "base/money.h"
#include "domain/payments.h"

enum dispute_state { DISPUTE_IS_OPEN, DISPUTE_IS_WON, DISPUTE_IS_LOST };

struct dispute_seen {
	int64_t show, payment;
	struct span provider, dispute;		/* the provider's id */
	enum dispute_state state;
	struct span status;			/* the provider's own word */
	struct money amount;
	struct span event_id, event_type, event_body;
};

/* With its event, as in settle. A state moves only from open to won or lost. */
enum outcome dispute_note(struct db *, struct arena *, const struct dispute_seen *);

#endif
