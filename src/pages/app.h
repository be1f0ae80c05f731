/* app.h - what handlers have beyond their request: one a worker, made by the program after the fork, the same for all requests. */
#ifndef FOYER_PAGES_APP_H
#define FOYER_PAGES_APP_H

#include "base/crypto.h"
#include "base/settings.h"
#include "http/metrics.h"

struct db;
struct psp;

struct app {
	const struct settings *settings;
	struct db *db;			/* its arena is the request's */
	struct key token_key;
	struct signing_key ticket_key;
	struct psp *psps;		/* in the order they are offered */
	size_t n_psps;
	struct span push_public;	/* what browsers are given to be told by push; empty: it is not offered */
	struct call_cap paper_gate;	/* PDFs that are being made */
};

#endif
