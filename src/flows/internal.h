/* internal.h - shared by the flows: asking a provider about a payment and settling with its answer. */
#ifndef FOYER_FLOWS_INTERNAL_H
#define FOYER_FLOWS_INTERNAL_H

#include "domain/settle.h"
#include "flows/flows.h"
#include "psp/psp.h"

#define REASK_MS 15000		/* the reaper's patience with one payment */

/* NULL, logged: the settings no longer have it. */
struct psp *flow_psp(struct flow *, struct span provider);

/* False: it says nothing that could be settled (open, unknown, or paid with an amount that cannot be read). */
bool settle_ask_fill(struct settle_ask *, int64_t show, int64_t payment, const struct payment_report *);

enum word {
	WORD_NONE,		/* no answer, or none that fits */
	WORD_GONE,		/* the provider does not know the session */
	WORD_OPEN,
	WORD_PENDING,
	WORD_SETTLED,		/* paid: tickets, refund due, or a mismatch that a human must look at */
	WORD_ENDED,		/* failed or closed */
};

/* Asks about an open or capturing payment and settles with the answer. */
enum word payment_ask(struct flow *, const struct payment *);

#endif
