/*
 * pool.h - the master of a program's workers. It forks and supervises them, and does nothing else: it never parses a request and
 * never touches the database.
 *
 * A worker that crashes is replaced after 0.1 s, doubling to 5 s while it keeps crashing; one that sits on a request for longer
 * than hang_seconds is killed and replaced.
 * SIGHUP: reload() reads the configuration anew, new workers are started, and an old one goes when its successor can take
 * requests; where the configuration is wrong or a successor cannot start, the old ones stay. How many workers and which sockets
 * there are changes at a restart only.
 * SIGTERM, SIGINT: no new connections, the waiting ones are answered, then all go; who is not gone after the grace period is
 * killed. Sockets that came from systemd are left with what waits there: the next pool answers it.
 */
#ifndef FOYER_HTTP_POOL_H
#define FOYER_HTTP_POOL_H

#include "http/http.h"

struct pool_plan {
	const char *run_dir;			/* of the sockets, see sockets.h */
	int workers[LANES];			/* 0: the lane is not served */
	const struct route *routes;		/* those of the router that worker_start returns */
	size_t n_routes;
	int64_t requests_per_worker;
	int64_t grace_seconds, hang_seconds;
	/* In the master, may be NULL: false, with the reason logged, where the new configuration cannot be used. */
	bool (*reload)(void *context);
	/* In the new process: opens what handlers need. NULL, with the reason logged: this worker cannot start. */
	const struct router *(*worker_start)(void *context);
	void *context;
};

/* Runs until SIGTERM or SIGINT; returns the program's exit code. */
int pool_run(const struct pool_plan *);

#endif
