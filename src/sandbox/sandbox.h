/*
 * sandbox.h - the stand-in for the payment providers Stripe, Razorpay and PayPal: hosted pages, refunds, disputes, events and webhooks
 * in each provider's own wire format, for demonstration and tests; it keeps books of its own (ledger.h) and can be told to misbehave
 * (orders.h). One process, one thread, one loop. It never moves money, and takes test keys only. It shares no code with src/psp: a
 * shared mistake would hide itself.
 *
 *   sandbox.c door.c store.c       the loop, the connections, what is remembered
 *   purse.c purse_refunds.c ledger.c events.c webhooks.c     what becomes of money, and who is told; the same for all providers
 *   calls.c keys.c hosted.c        calls of the APIs, hosted pages; the same for all
 *   stripe*.c razorpay*.c paypal*.c   how each provider writes it
 *   control.c admin.c              how it is directed: by tests, by people
 */
#ifndef FOYER_SANDBOX_SANDBOX_H
#define FOYER_SANDBOX_SANDBOX_H

#include "base/settings.h"
#include "sandbox/door.h"
#include "sandbox/orders.h"
#include "sandbox/store.h"

struct webhooks;
struct pki;

struct sandbox_options {
	const char *socket, *state_file;
	const char *public_url;		/* where browsers and clients reach it, no slash at the end */
	const char *webhook_url;	/* to which /stripe, /razorpay, /paypal is appended */
	struct secret key, webhook_secret;			/* Stripe's */
	struct span razorpay_id;				/* empty: Razorpay is not played */
	struct secret razorpay_secret, razorpay_webhook_secret;
	struct span paypal_id, paypal_webhook_id;		/* empty: PayPal is not played */
	struct secret paypal_secret;
	const char *paypal_root;	/* file for the certificate of the authority that signs PayPal's; NULL: none */
};

struct sandbox {
	const struct sandbox_options *options;
	struct store store;
	struct orders orders;
	struct door door;
	struct webhooks *webhooks;	/* NULL: events are recorded and not sent */
	struct pki *pki;		/* PayPal's; NULL: it is not played */
	struct visit *visit;		/* the request being answered; NULL between requests */
	json_t *requests, *forged;	/* for GET /control/state: what was asked, and what came of forged webhooks */
};

/* The path part of the public URL: "" or "/sandbox". Paths of requests are taken with and without it. */
struct span sandbox_prefix(const struct sandbox_options *);

void sandbox_serve(struct sandbox *, struct visit *);	/* answers one request */
/* Serves until SIGTERM or SIGINT, then saves and returns. Dies with a logged reason if it cannot start. */
void sandbox_run(const struct sandbox_options *);

#endif
