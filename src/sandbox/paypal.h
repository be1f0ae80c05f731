/* paypal.h - what the files that play PayPal share: Orders v2, captures, refunds, webhooks that are signed with a certificate. */
#ifndef FOYER_SANDBOX_PAYPAL_H
#define FOYER_SANDBOX_PAYPAL_H

#include "sandbox/purse.h"
#include "sandbox/shape.h"

#define PAYPAL_PREFIX "/paypal"
#define PAYPAL_PAGE PAYPAL_PREFIX "/checkoutnow"
#define PAYPAL_CERTIFICATES PAYPAL_PREFIX "/v1/notifications/certs/"
#define PAYPAL_TOKEN_PATH "/v1/oauth2/token"

/* -- paypal_objects.c. New references; the charge of an order may be NULL. full: all of it, else id, status and links. */
json_t *play_paypal_order(struct sandbox *, const json_t *payment, bool full);
json_t *play_paypal_order_of(struct sandbox *, const struct about *);		/* full, of these very records */
json_t *play_paypal_capture(struct sandbox *, const json_t *payment, const json_t *charge, bool alone);	/* alone: with its order's id */
json_t *play_paypal_refund(struct sandbox *, const struct about *, bool full);
json_t *play_paypal_dispute(const json_t *payment, const json_t *dispute);
json_t *play_paypal_link(struct sandbox *, const char *path, struct span id, const char *after, const char *rel, const char *method);
json_t *play_paypal_approve_link(struct sandbox *, const json_t *payment, const char *rel);
struct span play_paypal_reference(const json_t *unit);	/* ours, in a purchase unit */
struct provider_id play_paypal_payer(const json_t *payment);	/* the buyer's id */

/* -- paypal_money.c: decimal text <-> minor units. False with a complaint: not supported, too many decimals, nothing. */
bool play_paypal_amount_read(struct call *, const json_t *amount, int64_t *minor);
json_t *play_paypal_money(struct span currency, int64_t minor);

/* -- the calls: the object of a good answer, NULL with call->why */
json_t *play_paypal_token(struct call *);
json_t *play_paypal_order_create(struct call *);
json_t *play_paypal_order_again(struct call *, struct span id);
json_t *play_paypal_order_read(struct call *);
json_t *play_paypal_order_capture(struct call *);
json_t *play_paypal_capture_read(struct call *);
json_t *play_paypal_refund_create(struct call *);
json_t *play_paypal_refund_again(struct call *, struct span id);
json_t *play_paypal_refund_read(struct call *);
json_t *play_paypal_verify(struct call *);
json_t *play_paypal_certificate(struct call *);

/* -- what several calls share */
bool play_paypal_shape(struct call *, const struct shape_rule *, size_t n);
bool play_paypal_wants_all(struct call *);		/* Prefer: return=representation */
void *play_paypal_no_such_id(struct call *);		/* NULL */
void *play_paypal_issue(struct call *, const char *issue, const char *field, const char *description);	/* 422; NULL */

/* -- paypal_events.c */
size_t play_paypal_types(enum happening, const struct about *, const char *types[TYPES_MAX]);
json_t *play_paypal_event(struct sandbox *, const char *type, const char *id, const struct about *);
void play_paypal_sign(struct sandbox *, struct arena *, const char *event_id, struct span body, enum flaw, struct lines *);
/* What is signed: transmission id, its time, the webhook's id, the body's CRC 32 in decimal, with | between. */
struct span play_paypal_message(struct arena *, struct span id, struct span time, struct span webhook_id, struct span body);

#endif
