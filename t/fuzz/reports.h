/* reports.h - what psp.h promises of everything that a provider says, whoever wrote it: texts fit for a log, a URL and the database. */
#ifndef FOYER_T_REPORTS_H
#define FOYER_T_REPORTS_H

#include "psp/psp.h"

void check_word(struct span);			/* empty, or [A-Za-z0-9_.:-] of at most 255 */
void check_url(struct span);			/* empty, or an address that a Location header may have */
void check_money(struct money);
void check_payment(const struct payment_report *);
void check_refund(const struct refund_report *);
void check_event(const struct psp_event *);

/* All three providers, with keys and secrets that no input knows. check: paypal_webhook_check. */
struct psp *fuzz_psps(struct arena *, const char *check, const char *roots, size_t *n);
#define FUZZ_BASE "https://psp.test"			/* what every address of theirs begins with */
#define FUZZ_STRIPE_SECRET "whsec_two"
#define FUZZ_RAZORPAY_SECRET "razorpay-secret-two"
#define FUZZ_WEBHOOK_ID "1JE4291016473214C"
#define FUZZ_CERTIFICATES "https://certs.psp.test/v1/"

#endif
