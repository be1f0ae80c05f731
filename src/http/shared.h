/*
 * shared.h - the memory that master and workers share. A slot belongs to one process at a time; its counters are never reset,
 * what tells about its present owner (state, gates) is cleared by the master when that process is gone.
 */
#ifndef FOYER_HTTP_SHARED_H
#define FOYER_HTTP_SHARED_H

#include <stdatomic.h>

#include "base/breaker.h"
#include "http/metrics.h"

enum slot_state { SLOT_FREE, SLOT_STARTING, SLOT_IDLE, SLOT_BUSY };
enum restart { RESTART_CRASH, RESTART_LIMIT, RESTART_RELOAD, RESTART_HUNG, RESTARTS };

/* 1, 2.5, 5, … ms up to 10 s, and more than that. */
#define LATENCY_BUCKETS 14
#define STATUSES 22			/* the known ones, and one for all others */

struct slot {
	_Atomic int state, lane;
	_Atomic int64_t busy_since;	/* clock_steady() when it began to accept; 0 while it waits */
	_Atomic uint32_t inside[GATES];
	_Atomic uint64_t counters[METRICS];
	_Atomic uint64_t latency[LANES][LATENCY_BUCKETS];
	_Atomic uint64_t latency_us[LANES];
	_Atomic uint64_t answers[];	/* [route][status]; the last route: none matched */
};

struct shared {
	size_t n_slots, n_routes, slot_size;
	_Atomic bool draining;		/* workers empty the backlog before they leave */
	_Atomic uint64_t restarts[RESTARTS];
	struct breaker breakers[GATES];	/* outlive the workers: a new one need not find out anew */
	_Atomic uint64_t turned_away[GATES];
	_Alignas(64) char slots[];
};

struct shared *shared_new(size_t n_slots, size_t n_routes);	/* before the first fork */
struct slot *shared_slot(struct shared *, size_t i);
void slot_take(struct slot *, enum lane);
void slot_clear(struct slot *);					/* its process is gone */

/* Names what this process counts into, and the routes that its answers are told by. */
void metrics_attach(struct shared *, struct slot *mine, const struct route *routes);
void metrics_answer(const struct route *, int status, enum lane, int64_t microseconds);
const char *lane_name(enum lane);

#endif
