/*
 * razorpay.h - what the files that play Razorpay share: Payment Links, the payments made on them, refunds. An order (order_…), the
 * short code of the page and the link (plink_…) share their letters, so that nothing more is to be kept.
 */
#ifndef FOYER_SANDBOX_RAZORPAY_H
#define FOYER_SANDBOX_RAZORPAY_H

#include "sandbox/purse.h"
#include "sandbox/shape.h"

#define RAZORPAY_PREFIX "/razorpay"
#define RAZORPAY_PAGE RAZORPAY_PREFIX "/i/"
#define RAZORPAY_MOST_NOTES 15

/* -- razorpay_objects.c. New references; the charge of a link may be NULL. */
json_t *play_razorpay_link(struct sandbox *, const json_t *payment, const json_t *charge);
json_t *play_razorpay_payment(const json_t *payment, const json_t *charge);
json_t *play_razorpay_order(const json_t *payment, const json_t *charge);
json_t *play_razorpay_refund(const json_t *payment, const json_t *refund);
json_t *play_razorpay_dispute(const json_t *dispute);
json_t *play_razorpay_collection(json_t *items);	/* takes them */

/* -- the calls: the object of a 200 answer, NULL with call->why */
json_t *play_razorpay_link_create(struct call *);
json_t *play_razorpay_link_read(struct call *);
json_t *play_razorpay_link_list(struct call *);
json_t *play_razorpay_link_cancel(struct call *);
json_t *play_razorpay_payment_read(struct call *);
json_t *play_razorpay_payment_list(struct call *);
json_t *play_razorpay_refund_create(struct call *);
json_t *play_razorpay_refund_again(struct call *, struct span id);
json_t *play_razorpay_refund_read(struct call *);
json_t *play_razorpay_refund_list(struct call *);	/* of one payment, or of all */

/* -- checks that several calls share; false with a complaint */
bool play_razorpay_shape(struct call *, const struct shape_rule *, size_t n);
bool play_razorpay_query(struct call *, const char *known);	/* names, blanks between */
/* What a list is to have: moments in seconds, both included; then so many, after so many others. */
struct razorpay_page {
	int64_t from, to, count, skip;
};
bool play_razorpay_page(struct call *, const char *also, struct razorpay_page *);	/* also: other parameters that the list knows */
bool play_razorpay_within(const struct razorpay_page *, int64_t ms);
json_t *play_razorpay_cut(json_t *all, const struct razorpay_page *);			/* takes them, newest first */
bool play_razorpay_amount(struct call *, int64_t amount, struct span currency);
void *play_razorpay_no_such_id(struct call *);			/* NULL */

/* -- razorpay_events.c */
size_t play_razorpay_types(enum happening, const struct about *, const char *types[TYPES_MAX]);
json_t *play_razorpay_event(struct sandbox *, const char *type, const char *id, const struct about *);
void play_razorpay_sign(struct sandbox *, struct arena *, const char *event_id, struct span body, enum flaw, struct lines *);
/* callback_url with what the buyer's browser brings along after paying, signed with the API key's secret. */
struct span play_razorpay_return(struct sandbox *, struct arena *, const json_t *payment, const json_t *charge);

#endif
