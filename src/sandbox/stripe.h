/*
 * stripe.h - what the files that play Stripe share: Checkout Sessions, payment intents by token, refunds, events, of the API version
 * below. Objects are written anew from the purse's records each time, complete as the published schema wants them; ids that belong
 * together (pi_3… and ch_3…) share what follows the prefix, so that nothing more is to be kept.
 */
#ifndef FOYER_SANDBOX_STRIPE_H
#define FOYER_SANDBOX_STRIPE_H

#include "sandbox/purse.h"

#define STRIPE_API_VERSION "2026-10-28.endive"
#define STRIPE_PAGE "/c/pay/"
#define STRIPE_MOST_AMOUNT 99999999
#define STRIPE_MOST_METADATA 50

/* -- stripe_objects.c. New references; the charge of a payment may be NULL. */
json_t *play_stripe_session(struct sandbox *, const json_t *payment, const json_t *charge);
json_t *play_stripe_lines(const json_t *payment);
json_t *play_stripe_intent(const json_t *payment, const json_t *charge);
json_t *play_stripe_refund(const json_t *payment, const json_t *refund);
json_t *play_stripe_dispute(const json_t *dispute);
json_t *play_stripe_list(json_t *data, const char *url, bool more);	/* takes data */
/* "GBP" for "gbp"; and back, a new JSON text. */
struct span play_stripe_code(struct arena *, struct span currency);
json_t *play_stripe_currency(const json_t *record);

/* -- the calls: the object of a 200 answer, NULL with call->why */
json_t *play_stripe_session_create(struct call *);
json_t *play_stripe_session_read(struct call *);
json_t *play_stripe_session_list(struct call *);
json_t *play_stripe_session_expire(struct call *);
json_t *play_stripe_intent_create(struct call *);
json_t *play_stripe_intent_read(struct call *);
json_t *play_stripe_intent_confirm(struct call *);
json_t *play_stripe_intent_cancel(struct call *);
json_t *play_stripe_refund_create(struct call *);
json_t *play_stripe_refund_read(struct call *);
json_t *play_stripe_refund_list(struct call *);
json_t *play_stripe_event_read(struct call *);
json_t *play_stripe_event_list(struct call *);

/* A payment by its intent's id, or its charge's; NULL: unknown. */
json_t *play_stripe_by_intent(struct sandbox *, struct span id);

/* -- checks that several calls share */
bool play_stripe_missing(struct call *, const char *param);
bool play_stripe_wrong(struct call *, const char *code, const char *param, const char *message);
bool play_stripe_check_amount(struct call *, int64_t amount, struct span currency, const char *param);

/* Every record's object that is wanted, newest first, a page of them: tree has limit, starting_after, ending_before. */
json_t *play_stripe_page(struct call *, const char *collection, const char *url, const json_t *tree,
    json_t *(*object)(struct sandbox *, json_t *record, const json_t *tree));
#define STRIPE_PAGE_RULES { "limit", PARAM_INT, 1, 100, NULL }, { "starting_after", PARAM_TEXT, 0, 0, NULL }, \
	{ "ending_before", PARAM_TEXT, 0, 0, NULL }
#define STRIPE_CREATED_RULES { "created", PARAM_INT, 0, INT64_MAX, NULL }, { "created[gt]", PARAM_INT, 0, INT64_MAX, NULL }, \
	{ "created[gte]", PARAM_INT, 0, INT64_MAX, NULL }, { "created[lt]", PARAM_INT, 0, INT64_MAX, NULL }, \
	{ "created[lte]", PARAM_INT, 0, INT64_MAX, NULL }
bool play_stripe_created_within(int64_t seconds, const json_t *tree);
#define STRIPE_EXPAND_RULE { "expand[#]", PARAM_WORD, 0, 0, "line_items payment_intent latest_charge" }

/* -- stripe_events.c */
size_t play_stripe_types(enum happening, const struct about *, const char *types[TYPES_MAX]);
json_t *play_stripe_event(struct sandbox *, const char *type, const char *id, const struct about *);
void play_stripe_sign(struct sandbox *, struct arena *, const char *event_id, struct span body, enum flaw, struct lines *);
/* "t=<seconds>,v1=<hex>": HMAC-SHA256 with the whole secret text, its "whsec_" included, over "<seconds>.<raw body>". */
struct span play_stripe_signature(struct arena *, struct span secret, int64_t seconds, struct span body);

#endif
