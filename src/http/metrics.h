/*
 * metrics.h - counters that outlive their worker: each worker has a slot in memory shared by all, only the slot's owner writes
 * there, and whoever is asked for /metrics adds the slots up. Outside a pool (tests, other programs) counting does nothing.
 */
#ifndef FOYER_HTTP_METRICS_H
#define FOYER_HTTP_METRICS_H

#include "http/http.h"

enum metric {
#define COUNTER(NAME, name, help) METRIC_##NAME,
#include "http/metrics.def"
#undef COUNTER
	METRICS
};

void metric_add(enum metric, uint64_t n);

/* All of it as Prometheus' text format 0.0.4. */
void metrics_print(struct buf *);

/*
 * A gate lets `cap` through at once over all workers, and nobody while its breaker is shut; who is turned away is told at once. A
 * worker that is killed inside is taken out when the master replaces it. Without shared memory it is always open.
 */
#define GATES 8
struct call_cap {
	unsigned number;		/* below GATES; the same in every worker */
	unsigned cap;
};
void call_cap_init(struct call_cap *, unsigned number, const char *name, unsigned cap);	/* the name is kept, for metrics */
bool gate_enter(void *gate);
void gate_leave(void *gate, bool answered, int64_t wait_ms);	/* as breaker_told() */

#endif
