/* worker.h - a worker's life after the fork: one request at a time until it is told to go. */
#ifndef FOYER_HTTP_WORKER_H
#define FOYER_HTTP_WORKER_H

#include "http/shared.h"

struct worker {
	enum lane lane;
	const int *listeners;
	size_t n_listeners;
	int lifeline;			/* reads end-of-file when the master is gone */
	int ready;			/* a byte is written here when the worker can take requests */
	struct shared *shared;
	struct slot *slot;
	const struct router *router;
	int64_t most_requests;
};

/*
 * Before: SIGTERM blocked, so that it cannot hit between a look at the flag and the sleep. Returns the exit code; 0 on SIGTERM,
 * after most_requests, and when the master is gone. A request that has begun is always finished.
 */
int worker_run(struct worker *);

#endif
