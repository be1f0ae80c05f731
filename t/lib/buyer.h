/* buyer.h - what a buyer does in a few words: take seats, pay at the stand-in provider, look at what came of it. */
#ifndef FOYER_T_BUYER_H
#define FOYER_T_BUYER_H

#include "visitor.h"

/* The nth seat (0 first) of a show, by section, row and number. */
int64_t buyer_seat(struct stack *, int64_t show, int nth);
/* POST of the seats; the answer as it came (303 to the hold, 409 …). */
struct page buyer_hold(struct visitor *, int64_t show, const int64_t *seats, int n);
/* Holds, and must succeed: the hold's path, "/holds/…". */
const char *buyer_takes(struct visitor *, int64_t show, int first, int n);
/* POST of e-mail, name and way to pay; the answer as it came (303 to the provider). */
struct page buyer_pay(struct visitor *, const char *hold);
struct page buyer_pay_by(struct visitor *, const char *hold, const char *provider);
/* Presses a button of the provider's page: pay, decline, later, later_fail, cancel. The answer as it came (303 back to us). */
struct page buyer_at_provider(struct visitor *, struct page paid, const char *button);
/* Follows up to five redirects of ours; returns the last page. */
struct page buyer_lands(struct visitor *, struct page);
/* From a hold to the tickets, or the test fails: the booking's page. */
struct page buyer_buys(struct visitor *, const char *hold);
/* The nine letters of the reference on a booking's page. */
const char *buyer_reference(struct stack *, struct page);
/* The id of the newest payment, and its provider's session. */
int64_t newest_payment(struct stack *);
const char *newest_session(struct stack *);

#endif
