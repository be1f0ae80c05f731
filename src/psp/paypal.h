/*
 * paypal.h - what the files of the PayPal provider share; nobody else includes it but psp.c. PayPal's rules are those of its Orders v2,
 * Payments v2 and webhook documentation: an order is made, the payer approves it at PayPal's page, and only our capture takes money.
 */
#ifndef FOYER_PSP_PAYPAL_H
#define FOYER_PSP_PAYPAL_H

#include <jansson.h>

#include "psp/psp.h"

#define PAYPAL_MAX_KEY 108		/* PayPal-Request-Id */
#define PAYPAL_MAX_BODY (16 * KiB)
#define PAYPAL_MAX_TOKEN (4 * KiB)
#define PAYPAL_MAX_PLACES 8
/* Before our reference, of a payment and of a refund: an account may want every invoice number to be the only one. */
#define PAYPAL_INVOICE "foyer-"
#define PAYPAL_REFUND_INVOICE "foyer-refund-"

struct paypal_place {
	struct span base_url, house_name;
	struct span login;		/* "Basic …": for the access token only */
	struct span webhook_id;		/* what messages are signed for; empty: none can be believed */
	bool ask;			/* PayPal itself is asked whether a message is its own */
	struct span certificates[PAYPAL_MAX_PLACES];	/* beginnings of addresses, each ending in a slash */
	size_t n_certificates;
	const char *roots;		/* file of authorities */
	int64_t timeout_ms;
	/* The access token: a process makes one call at a time, so it is kept here. */
	char token[PAYPAL_MAX_TOKEN + 1];
	int64_t token_until_ms;		/* by clock_steady; 0: there is none */
};

extern const struct psp_kind paypal_kind;
bool paypal_make(struct arena *, const struct settings *, struct psp *);	/* false: the settings leave it off */

/* paypal_money.c: our minor units <-> a decimal text. False: PayPal cannot express it (or we cannot). */
bool paypal_amount_out(struct arena *, struct money, struct span *value);
bool paypal_amount_in(struct span value, struct span code, struct money *);
bool paypal_check_amount(struct psp *, struct money);

/* paypal_bodies.c */
struct span paypal_checkout_body(struct psp *, struct arena *, const struct checkout_ask *);
struct span paypal_refund_body(struct psp *, struct arena *, const struct refund_ask *);

/*
 * paypal_calls.c: one call, and what its status means; an access token is had before it, and had anew once if it is refused. What
 * PayPal does not want (400, 422) is PSP_REFUSED. answer.json is the caller's to let go.
 */
struct paypal_call {
	const char *name;
	bool post;
	struct span path;
	struct span body, key;		/* of a POST; a key is optional */
};
struct paypal_answer {
	int status;
	struct span name, issue;	/* of an error */
	json_t *json;			/* of a 2xx: an object */
};
enum psp_result paypal_exchange(struct psp *, struct arena *, const struct paypal_call *, struct paypal_answer *);

/* paypal_refunds.c */
enum psp_result paypal_refund(struct psp *, struct arena *, const struct refund_ask *, struct refund_report *);
enum psp_result paypal_fetch_refund(struct psp *, struct arena *, const struct refund_ask *, struct refund_report *);
enum psp_result paypal_find_refund(struct psp *, struct arena *, const struct refund_ask *, struct refund_report *);

/* paypal_objects.c: what an order, a capture or a refund says. live is not among it: a message or an answer is of our own mode. */
void paypal_order_read(struct arena *, const json_t *order, struct payment_report *);
void paypal_capture_read(struct arena *, const json_t *capture, struct payment_report *);
void paypal_refund_read(struct arena *, const json_t *refund, struct refund_report *);
void paypal_amount_read(struct arena *, const json_t *obj, const char *key, struct money *);
/* Of a payment, where we put it: as it is, or in the invoice number behind a prefix. Empty: neither is ours. */
struct span paypal_reference(struct span custom, struct span invoice);
struct span paypal_redirect(struct arena *, const json_t *order);	/* where the payer approves it; empty: nowhere */
/* The last part of the address that a link of this rel has, if `before` ("/captures/") stands before it; else empty. */
struct span paypal_linked(struct arena *, const json_t *obj, const char *rel, const char *before);

/* paypal_webhook.c, paypal_events.c */
void paypal_places_read(struct paypal_place *, struct span list, bool live);
enum psp_verdict paypal_verify(struct psp *, struct arena *, const struct delivery *, struct psp_need *);
enum psp_result paypal_ask_verdict(struct psp *, struct arena *, const struct delivery *, enum psp_verdict *);
bool paypal_parse(struct psp *, struct arena *, const struct delivery *, struct psp_event *);

#endif
