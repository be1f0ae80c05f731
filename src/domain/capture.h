/*
 * capture.h - the right to take a payment's money where taking it is our act. Exactly one caller has it at a time, and only while the
 * seats are there to be sold: they are kept for as long as the taking may last.
 */
#ifndef FOYER_DOMAIN_CAPTURE_H
#define FOYER_DOMAIN_CAPTURE_H

#include "domain/outcome.h"

#define CAPTURE_STALE_MS 60000		/* whoever claimed it so long ago has died: longer than a capture and its key take (psp_timeout_ms) */
#define CAPTURE_KEEP_MS 180000		/* for so long its seats are kept: a claim, its end, and one that takes over */

/*
 * OK: the payment is `capturing`, its seats are held, and this caller may capture. CAPTURING: somebody else may, since less than
 * CAPTURE_STALE_MS. EXPIRED: its seats or its hold are gone or its booking is paid: the payment was ended, nothing may be taken.
 * CHANGED: it is not in a state to be captured.
 */
enum outcome payment_claim(struct db *, struct arena *, int64_t show, int64_t payment);
/* The call was never made: somebody else may claim it at once. */
void payment_unclaim(struct db *, int64_t show, int64_t payment);

#endif
