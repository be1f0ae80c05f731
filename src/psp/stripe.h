/*
 * stripe.h - what the files of the Stripe provider share; nobody else includes it but psp.c and its tests. Stripe's rules are
 * those of its API 2026-10-28 and its documentation of Checkout Sessions, refunds, webhooks, idempotency and currencies.
 */
#ifndef FOYER_PSP_STRIPE_H
#define FOYER_PSP_STRIPE_H

#include <jansson.h>

#include "psp/psp.h"
#include "psp/secrets.h"

#define STRIPE_MAX_LINES 100
#define STRIPE_MAX_BODY (128 * KiB)
/* Metadata of ours: on a session and its payment, and on a refund. */
#define STRIPE_PAYMENT_MARK "foyer_payment"
#define STRIPE_REFUND_MARK "foyer_refund"

struct stripe_place {
	struct span base_url, secret_key, version;
	struct secrets webhook;
	int64_t webhook_age_s, timeout_ms;
};

extern const struct psp_kind stripe_kind;
bool stripe_make(struct arena *, const struct settings *, struct psp *);	/* false: the settings leave it off */

/* stripe_money.c: our minor units <-> the integer on Stripe's wire. False: Stripe cannot express it (or we cannot). */
bool stripe_amount_out(struct money, int64_t *wire);
bool stripe_amount_in(int64_t wire, struct span code, struct money *);	/* code in any case */
bool stripe_check_amount(struct psp *, struct money);

/* stripe_forms.c */
struct span stripe_checkout_body(struct psp *, struct arena *, const struct checkout_ask *);
struct span stripe_charge_body(struct psp *, struct arena *, const struct checkout_ask *, struct span token);
struct span stripe_refund_body(struct psp *, struct arena *, const struct refund_ask *);
const char *stripe_refund_of(struct span capture);	/* the parameter that names it: "payment_intent" or "charge" */

/* stripe.c: one call, and what its status means; status 402 is PSP_REFUSED. answer.json is the caller's to let go. */
struct stripe_call {
	const char *name;
	bool post;
	struct span path;		/* with its query */
	struct span body, key;		/* of a POST; a key is optional */
};
struct stripe_answer {
	int status;
	struct span code;		/* error.code */
	json_t *json;			/* of a 2xx: an object */
};
enum psp_result stripe_exchange(struct psp *, struct arena *, const struct stripe_call *, struct stripe_answer *);

/* stripe_refunds.c */
enum psp_result stripe_refund(struct psp *, struct arena *, const struct refund_ask *, struct refund_report *);
enum psp_result stripe_fetch_refund(struct psp *, struct arena *, const struct refund_ask *, struct refund_report *);
enum psp_result stripe_find_refund(struct psp *, struct arena *, const struct refund_ask *, struct refund_report *);

/* stripe_charge.c: a payment by token, whose "session" is a payment intent. */
bool stripe_is_charge(struct span session);
enum psp_result stripe_charge(struct psp *, struct arena *, struct span body, struct span key, struct checkout *);
enum psp_result stripe_capture(struct psp *, struct arena *, struct span session, struct span key, struct payment_report *);
enum psp_result stripe_charge_status(struct psp *, struct arena *, struct span session, struct payment_report *);
enum psp_result stripe_charge_cancel(struct psp *, struct arena *, struct span session);

/* stripe_objects.c: what a session, a refund or a charge says, whichever API version wrote it. */
void stripe_session_read(struct arena *, const json_t *session, struct payment_report *);
void stripe_refund_read(struct arena *, const json_t *refund, struct refund_report *);
void stripe_amount_read(struct arena *, const json_t *obj, const char *key, struct money *);

/* stripe_webhook.c */
enum psp_verdict stripe_verify(struct psp *, struct arena *, const struct delivery *, struct psp_need *);
bool stripe_parse(struct psp *, struct arena *, const struct delivery *, struct psp_event *);

#endif
