/*
 * stripe.h - what the files of the Stripe provider share; nobody else includes it but psp.c and its tests. Stripe's rules are
 * those of its API 2026-10-28 and its documentation of Checkout Sessions, refunds, webhooks, idempotency and currencies.
 */
#ifndef FOYER_PSP_STRIPE_H
#define FOYER_PSP_STRIPE_H

#include <jansson.h>

#include "psp/psp.h"

#define STRIPE_MAX_SECRETS 8
#define STRIPE_MAX_LINES 100
#define STRIPE_MAX_BODY (128 * KiB)
/* Metadata of ours: on a session and its payment, and on a refund. */
#define STRIPE_PAYMENT_MARK "foyer_payment"
#define STRIPE_REFUND_MARK "foyer_refund"

struct psp_place {
	struct span base_url, secret_key, version;
	struct span webhook_secrets[STRIPE_MAX_SECRETS];
	size_t n_webhook_secrets;
	int64_t webhook_age_s, timeout_ms;
};

extern const struct psp_kind stripe_kind;
bool stripe_make(struct arena *, const struct settings *, struct psp *);	/* false: the settings leave it off */

/* stripe_money.c: our minor units <-> the integer on Stripe's wire. False: Stripe cannot express it (or we cannot). */
bool stripe_amount_out(struct money, int64_t *wire);
bool stripe_amount_in(int64_t wire, struct span code, struct money *);	/* code in any case */
bool stripe_takes(struct psp *, struct money);

/* stripe_forms.c */
struct span stripe_checkout_body(struct psp *, struct arena *, const struct checkout_ask *);
struct span stripe_refund_body(struct arena *, const struct refund_ask *);	/* empty: an amount that cannot be sent */

/* stripe_objects.c: what a session, a refund or a charge says, whichever API version wrote it. */
void stripe_session_read(struct arena *, const json_t *session, struct payment_report *);
void stripe_refund_read(struct arena *, const json_t *refund, struct refund_report *);
void stripe_amount_read(struct arena *, const json_t *obj, const char *key, struct money *);

/* stripe_webhook.c */
enum psp_verdict stripe_verify(struct psp *, struct span signature, struct span body, int64_t now_ms);
bool stripe_parse(struct psp *, struct arena *, struct span body, struct psp_event *);

#endif
