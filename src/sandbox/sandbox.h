/*
 * sandbox.h - the stand-in for the payment provider: hosted checkout sessions, refunds, events and webhooks in the provider's own
 * wire format, for demonstration and tests. One process, one thread, one loop. It never moves money, and takes test keys only.
 * It shares no code with src/psp: a shared mistake would hide itself.
 */
#ifndef FOYER_SANDBOX_SANDBOX_H
#define FOYER_SANDBOX_SANDBOX_H

#include "base/settings.h"
#include "sandbox/door.h"
#include "sandbox/orders.h"
#include "sandbox/store.h"

#define SANDBOX_API_VERSION "2026-10-28.endive"

struct webhooks;

struct sandbox_options {
	const char *socket, *state_file;
	const char *public_url;		/* where browsers and clients reach it, no slash at the end */
	const char *webhook_url;
	struct secret key, webhook_secret;
};

struct sandbox {
	const struct sandbox_options *options;
	struct store store;
	struct orders orders;
	struct door door;
	struct webhooks *webhooks;	/* NULL: events are recorded and not sent */
	struct visit *visit;		/* the request being answered; NULL between requests */
	json_t *requests, *forged;	/* for GET /control/state: what was asked, and what came of forged webhooks */
};

/* The path part of the public URL: "" or "/sandbox". Paths of requests are taken with and without it. */
struct span sandbox_prefix(const struct sandbox_options *);

/* Serves until SIGTERM or SIGINT, then saves and returns. Dies with a logged reason if it cannot start. */
void sandbox_run(const struct sandbox_options *);

#endif
