/* internal.h - shared by the flows: asking a provider about a payment and settling with its answer. */
#ifndef FOYER_FLOWS_INTERNAL_H
#define FOYER_FLOWS_INTERNAL_H

#include "domain/settle.h"
#include "flows/flows.h"
#include "psp/psp.h"

#define REASK_MS 15000		/* the reaper's patience with a payment whose hold has ended */

/* NULL, logged: the settings no longer have it. */
struct psp *flow_psp(struct flow *, struct span provider);

/* False: it says nothing that could be settled (open, unknown, or paid with an amount that cannot be read). */
bool settle_ask_fill(struct settle_ask *, int64_t show, int64_t payment, const struct payment_report *);

enum word {
	WORD_NONE,		/* no answer, or none that fits */
	WORD_GONE,		/* the provider does not know the session */
	WORD_OPEN,
	WORD_APPROVED,		/* the buyer said yes, and it is captured by us: by somebody else at this moment, or not reached */
	WORD_PENDING,
	WORD_SETTLED,		/* paid: tickets, refund due, or a mismatch that a human must look at */
	WORD_ENDED,		/* failed or closed */
};

/* Asks about an open or capturing payment and settles with the answer; one that is approved is captured. */
enum word payment_ask(struct flow *, const struct payment *);
/* What a report means for this payment, settled; an approved one is only said to be so. */
enum word payment_word(struct flow *, const struct payment *, const struct payment_report *);
/* capture_payment.c: claims an approved payment, captures it and settles with the answer. */
enum word capture_payment(struct flow *, const struct payment *);
/* Nothing was taken of a claimed payment and nothing will be: WORD_ENDED, or WORD_NONE where that cannot be noted now. */
enum word capture_over(struct flow *, const struct payment *, const char *why);

#endif
