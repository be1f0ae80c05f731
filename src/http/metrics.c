/* metrics.c - counting, gates, and telling it all. Nothing here can fail, wait or lock: it runs in every request. */
#include "base/base.h"

#include "base/clock.h"
#include "http/shared.h"

static const int64_t bucket_us[LATENCY_BUCKETS - 1] = { 1000, 2500, 5000, 10000, 25000, 50000, 100000, 250000, 500000, 1000000,
	2500000, 5000000, 10000000 };
static const int statuses[STATUSES - 1] = { 200, 201, 202, 204, 302, 303, 304, 400, 401, 403, 404, 405, 409, 410, 413, 415, 422, 429,
	500, 502, 503 };

static struct shared *shared;
static struct slot *mine;
static const struct route *routes;
static const char *gate_names[GATES];

static void
count(_Atomic uint64_t *at, uint64_t n)
{
	atomic_fetch_add_explicit(at, n, memory_order_relaxed);
}

void
metrics_attach(struct shared *s, struct slot *slot, const struct route *list)
{
	shared = s;
	mine = slot;
	routes = list;
}

void
metric_add(enum metric m, uint64_t n)
{
	if (mine)
		count(&mine->counters[m], n);
}

void
metrics_answer(const struct route *route, int status, enum lane lane, int64_t us)
{
	size_t r = route ? (size_t)(route - routes) : shared->n_routes, s = 0, b = 0;

	while (s < STATUSES - 1 && statuses[s] != status)
		s++;
	while (b < LATENCY_BUCKETS - 1 && us > bucket_us[b])
		b++;
	count(&mine->answers[r * STATUSES + s], 1);
	count(&mine->latency[lane][b], 1);
	count(&mine->latency_us[lane], (uint64_t)us);
}

/* -- gates ----------------------------------------------------------------------------------------------------------------- */

void
call_cap_init(struct call_cap *gate, unsigned number, const char *name, unsigned cap)
{
	if (number >= GATES)
		die("gate %u of %d", number, GATES);
	*gate = (struct call_cap){ number, cap };
	gate_names[number] = name;
}

static uint64_t
inside(unsigned number)
{
	uint64_t n = 0;

	for (size_t i = 0; i < shared->n_slots; i++)
		n += shared_slot(shared, i)->inside[number];
	return n;
}

/* In first, then counted: two rivals for the last place may both be turned away, but never both be let in. */
bool
gate_enter(void *p)
{
	struct call_cap *gate = p;

	if (!mine)
		return true;
	mine->inside[gate->number]++;
	if (inside(gate->number) <= gate->cap && breaker_lets(&shared->breakers[gate->number], clock_steady()))
		return true;
	mine->inside[gate->number]--;
	count(&shared->turned_away[gate->number], 1);
	return false;
}

void
gate_leave(void *p, bool answered, int64_t wait_ms)
{
	struct call_cap *gate = p;

	if (!mine)
		return;
	mine->inside[gate->number]--;
	breaker_told(&shared->breakers[gate->number], answered, wait_ms, clock_steady());
}

/* -- telling --------------------------------------------------------------------------------------------------------------- */

/* The sum over all slots of the counter that stands `at` bytes into each. */
static uint64_t
sum(size_t at)
{
	uint64_t n = 0;

	for (size_t i = 0; i < shared->n_slots; i++)
		n += *(_Atomic uint64_t *)(void *)((char *)shared_slot(shared, i) + at);
	return n;
}

static void
head(struct buf *b, const char *name, const char *type, const char *help)
{
	buf_fmt(b, "# HELP foyer_%s %s\n# TYPE foyer_%s %s\n", name, help, name, type);
}

static void
print_answers(struct buf *b)
{
	static const char *const methods[] = { "GET", "POST", "other" };

	head(b, "requests_total", "counter", "requests answered, by route and status");
	for (size_t r = 0; r <= shared->n_routes; r++) {
		for (size_t s = 0; s < STATUSES; s++) {
			uint64_t n = sum(offsetof(struct slot, answers) + (r * STATUSES + s) * sizeof(uint64_t));

			if (!n)
				continue;
			buf_fmt(b, "foyer_requests_total{method=\"%s\",route=\"%s\",status=\"", r < shared->n_routes ?
			    methods[routes[r].method] : "other", r < shared->n_routes ? routes[r].name : "none");
			if (s < STATUSES - 1)
				buf_int(b, statuses[s]);
			else
				buf_text(b, "other");
			buf_fmt(b, "\"} %" PRIu64 "\n", n);
		}
	}
}

static void
print_latency(struct buf *b)
{
	head(b, "request_seconds", "histogram", "time from accept to the last byte written");
	for (enum lane lane = 0; lane < LANES; lane++) {
		uint64_t n = 0;

		for (size_t i = 0; i < LATENCY_BUCKETS; i++) {
			n += sum(offsetof(struct slot, latency) + (lane * LATENCY_BUCKETS + i) * sizeof(uint64_t));
			buf_fmt(b, "foyer_request_seconds_bucket{lane=\"%s\",le=\"", lane_name(lane));
			if (i < LATENCY_BUCKETS - 1)
				buf_fmt(b, "%g\"} %" PRIu64 "\n", (double)bucket_us[i] / 1e6, n);
			else
				buf_fmt(b, "+Inf\"} %" PRIu64 "\n", n);
		}
		buf_fmt(b, "foyer_request_seconds_sum{lane=\"%s\"} %.6f\n", lane_name(lane),
		    (double)sum(offsetof(struct slot, latency_us) + lane * sizeof(uint64_t)) / 1e6);
		buf_fmt(b, "foyer_request_seconds_count{lane=\"%s\"} %" PRIu64 "\n", lane_name(lane), n);
	}
}

static void
print_pool(struct buf *b)
{
	static const char *const states[] = { "free", "starting", "idle", "busy" };
	static const char *const restarts[] = { "crash", "limit", "reload", "hung" };
	int workers[LANES][ARRAY_LEN(states)] = { 0 };

	for (size_t i = 0; i < shared->n_slots; i++) {
		const struct slot *slot = shared_slot(shared, i);

		workers[slot->lane][slot->state]++;
	}
	head(b, "workers", "gauge", "workers by lane and what they are doing");
	for (enum lane lane = 0; lane < LANES; lane++)
		for (int s = SLOT_STARTING; s <= SLOT_BUSY; s++)
			buf_fmt(b, "foyer_workers{lane=\"%s\",state=\"%s\"} %d\n", lane_name(lane), states[s], workers[lane][s]);
	head(b, "worker_restarts_total", "counter", "workers replaced, by reason");
	for (size_t r = 0; r < RESTARTS; r++)
		buf_fmt(b, "foyer_worker_restarts_total{reason=\"%s\"} %" PRIu64 "\n", restarts[r], shared->restarts[r]);
	head(b, "calls_in_flight", "gauge", "calls to a payment provider, or to the printer of PDFs, that are under way");
	for (unsigned g = 0; g < GATES; g++)
		if (gate_names[g])
			buf_fmt(b, "foyer_calls_in_flight{provider=\"%s\"} %" PRIu64 "\n", gate_names[g], inside(g));
	head(b, "calls_turned_away_total", "counter", "calls that were not made: too many in flight, or no answer to the last ones");
	for (unsigned g = 0; g < GATES; g++)
		if (gate_names[g])
			buf_fmt(b, "foyer_calls_turned_away_total{provider=\"%s\"} %" PRIu64 "\n", gate_names[g],
			    (uint64_t)shared->turned_away[g]);
}

void
metrics_print(struct buf *b)
{
	static const struct {
		const char *name, *help;
	} counters[] = {
#define COUNTER(NAME, name, help) { name "_total", help },
#include "http/metrics.def"
#undef COUNTER
	};

	if (!shared)
		return;
	print_pool(b);
	print_answers(b);
	print_latency(b);
	for (size_t i = 0; i < METRICS; i++) {
		head(b, counters[i].name, "counter", counters[i].help);
		buf_fmt(b, "foyer_%s %" PRIu64 "\n", counters[i].name,
		    sum(offsetof(struct slot, counters) + i * sizeof(uint64_t)));
	}
}
