/*
 * razorpay.h - what the files of the Razorpay provider share; nobody else includes it but psp.c. Razorpay's rules are those
 * of its documentation of Payment Links, refunds and webhooks. A checkout is a payment link: its "session" is the link's id
 * (plink_…), the payment made on it (pay_…) is the capture. Nothing that Razorpay says names the mode: that is our key's.
 */
#ifndef FOYER_PSP_RAZORPAY_H
#define FOYER_PSP_RAZORPAY_H

#include <jansson.h>

#include "psp/psp.h"
#include "psp/secrets.h"

#define RAZORPAY_LINKS "/v1/payment_links"
#define RAZORPAY_PAYMENTS "/v1/payments"
#define RAZORPAY_REFUNDS "/v1/refunds"
/* Notes of ours: on a link (and its order), and on a refund. */
#define RAZORPAY_PAYMENT_MARK "foyer_payment"
#define RAZORPAY_REFUND_MARK "foyer_refund"

struct razorpay_place {
	struct span base_url;
	struct span authorization;	/* the header, as a whole line */
	struct span key_secret;		/* also signs what a browser brings back */
	struct secrets webhook;
	int64_t timeout_ms;
};

extern const struct psp_kind razorpay_kind;
bool razorpay_make(struct arena *, const struct settings *, struct psp *);	/* false: the settings leave it off */

/* razorpay_money.c: our minor units <-> the integer on Razorpay's wire. False: Razorpay cannot express it (or we cannot). */
bool razorpay_amount_out(struct money, int64_t *wire);
bool razorpay_amount_in(int64_t wire, struct span code, struct money *);
bool razorpay_check_amount(struct psp *, struct money);

/* razorpay_bodies.c */
struct span razorpay_checkout_body(struct psp *, struct arena *, const struct checkout_ask *);
struct span razorpay_refund_body(struct psp *, struct arena *, const struct refund_ask *);

/* razorpay.c: one call, and what its status means. answer.json is the caller's to let go. */
struct razorpay_call {
	const char *name;
	bool post;
	struct span path;		/* with its query */
	struct span body;		/* of a POST */
	struct span refund_key;		/* X-Refund-Idempotency; empty: none */
};
struct razorpay_answer {
	int status;
	bool repeated;			/* refused, because our reference was used before */
	json_t *json;			/* of a 2xx: an object */
};
enum psp_result razorpay_exchange(struct psp *, struct arena *, const struct razorpay_call *, struct razorpay_answer *);

/* razorpay_refunds.c */
enum psp_result razorpay_refund(struct psp *, struct arena *, const struct refund_ask *, struct refund_report *);
enum psp_result razorpay_fetch_refund(struct psp *, struct arena *, const struct refund_ask *, struct refund_report *);
enum psp_result razorpay_find_refund(struct psp *, struct arena *, const struct refund_ask *, struct refund_report *);

/*
 * razorpay_objects.c: what a link or a refund says. payment: the payment that a message names beside its link; NULL: only
 * what the link itself lists. Notes may be an object, an empty list or null.
 */
void razorpay_link_read(struct arena *, const json_t *link, const json_t *payment, bool live, struct payment_report *);
void razorpay_refund_read(struct arena *, const json_t *refund, struct refund_report *);
void razorpay_amount_read(struct arena *, const json_t *obj, const char *key, struct money *);
struct span razorpay_note(struct arena *, const json_t *obj, const char *mark);

/* razorpay_webhook.c */
enum psp_verdict razorpay_verify(struct psp *, struct arena *, const struct delivery *, struct psp_need *);
bool razorpay_parse(struct psp *, struct arena *, const struct delivery *, struct psp_event *);
enum psp_verdict razorpay_verify_return(struct psp *, struct arena *, struct span (*param)(void *at, const char *name), void *at);

#endif
