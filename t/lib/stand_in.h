/*
 * stand_in.h - the stand-in provider without its loop and its connections: requests are handed to it as they would come in, and what
 * it answers is looked at. No webhook is sent; its events are in the store.
 */
#ifndef FOYER_T_STAND_IN_H
#define FOYER_T_STAND_IN_H

#include "base/base.h"

#include "sandbox/purse.h"

#define STAND_IN_URL "http://127.0.0.1:8082"
#define STRIPE_KEY "sk_test_of_this_test"
#define RAZORPAY_ID "rzp_test_of_this"
#define RAZORPAY_SECRET "rzp_key_secret"
#define RAZORPAY_WEBHOOK "rzp_webhook_secret"
#define PAYPAL_ID "client_of_this_test"
#define PAYPAL_SECRET "secret_of_this_test"
#define PAYPAL_WEBHOOK "1JE4291016473214C"

struct stand_in {
	struct arena *arena;
	struct sandbox_options options;
	struct sandbox sandbox;
	json_t *kept;			/* what answers were read into */
	const char *bearer;		/* PayPal's access token, once asked for */
	const char *state_file;		/* NULL: nothing is kept over a restart */
};

struct heard {
	int status;			/* 0: the connection is closed without an answer */
	const char *head, *text;	/* header lines, each with CRLF; the body */
	const json_t *json;		/* NULL: it is none */
	int64_t due;			/* when it is sent, if not at once */
	struct visit *visit;
};

int stand_in_open(void **state);	/* a setup: struct stand_in */
int stand_in_close(void **state);
void stand_in_keep(struct stand_in *);		/* from now on in a file, so that it can be restarted */
void stand_in_restart(struct stand_in *);

/* "GET /v1/refunds?limit=1". headers: more of them, as CGI names each with its value, then NULL; or NULL. */
struct heard stand_in_ask(struct stand_in *, const char *what, const char *body, const char *const *headers);
/* With the credentials of the provider whose path it is; JSON for Razorpay and PayPal, a form for Stripe. key NULL: none. */
struct heard stand_in_call(struct stand_in *, const char *what, const char *body, const char *key);
/* POST /control; fails the test where it is not taken. */
void stand_in_order(struct stand_in *, const char *form);

/* A member of the answer, "purchase_units.0.amount.value"; "" where there is none. Numbers are written out. */
const char *heard_says(struct stand_in *, const struct heard *, const char *path);
/* The types of all events so far, oldest first: "a b c". */
const char *stand_in_told(struct stand_in *);

/* -- bodies of calls, all for 31.00 GBP and our reference */
const char *stripe_session_form(struct stand_in *, const char *reference);
const char *razorpay_link_json(struct stand_in *, const char *reference);
const char *paypal_order_json(struct stand_in *, const char *reference);
/* An order, link or session that was just opened: its id. */
const char *stand_in_opens(struct stand_in *, const struct provider *, const char *reference);

#endif
