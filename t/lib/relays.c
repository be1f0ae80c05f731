/* relays.c - see relays.h. Children never come back into the test: they end where they stand. */
#include "relays.h"

#include <setjmp.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/crypto.h"
#include "domain/holds.h"

#define BUYERS 3
#define SEATS 9			/* of each show: few, so that people meet */

struct relays_shared *relays_shared;
static struct box_office *house;
static int64_t shows[2], plan[2][SEATS];
static pid_t relays[RELAYS];
static int64_t holders[RELAYS];

/* -- sinks ------------------------------------------------------------------------------------------------------------------------ */

static const char *const types[] = { "SEAT_HELD", "SEAT_RELEASED", "SEAT_SOLD", "BOOKING_RELEASED" };

void
relays_heard(int64_t show, int64_t event)
{
	size_t at = __atomic_fetch_add(&relays_shared->n, 1, __ATOMIC_SEQ_CST);

	if (at < RELAY_LOG_MAX)
		relays_shared->log[at] = (struct relay_record){ show, event };
}

static struct sink_report
takes(struct sink *s, struct arena *a, const struct delivery *list, size_t n)
{
	struct sink_report r = { .why = SPAN("the test says so") };

	(void)a;
	for (; r.taken < n; r.taken++) {
		const struct delivery *d = &list[r.taken];

		if (relays_shared->answer != SINK_TAKEN && strcmp(s->name, "test") == 0 && (!relays_shared->about || relays_shared->about == d->event)) {
			r.answer = relays_shared->answer;
			break;
		}
		if (relays_shared->slow_us)
			usleep((useconds_t)random_below((uint32_t)relays_shared->slow_us));
		if (strcmp(s->name, "test") == 0)
			relays_heard(d->show, d->event);
	}
	return r;
}

static int64_t
rest_ms(const struct sink *s, int64_t show)
{
	(void)s;
	return show == relays_shared->rests ? RELAY_REST_MS : 0;
}

static int
test_start(struct sink *s, struct arena *a, const struct settings *settings, struct db *db)
{
	(void)a;
	(void)settings;
	(void)db;
	*s = (struct sink){ .name = "test", .types = types, .n_types = ARRAY_LEN(types), .most = RELAY_MOST, .order = SINK_BY_SHOW, .refusals = 3,
		.pause_ms = 20, .rest_ms = rest_ms, .deliver = takes };
	return 1;
}

static int
other_start(struct sink *s, struct arena *a, const struct settings *settings, struct db *db)
{
	test_start(s, a, settings, db);
	s->name = "other";
	return 1;
}

static int
unwanted_start(struct sink *s, struct arena *a, const struct settings *settings, struct db *db)
{
	test_start(s, a, settings, db);
	return 0;
}

static sink_start *const own[] = { test_start, unwanted_start, other_start };
static sink_start *const *starts = own;
static size_t n_starts = ARRAY_LEN(own);
static const struct settings *settings_of_sinks;

void
relays_use(sink_start *const *list, size_t n, const struct settings *settings)
{
	starts = list;
	n_starts = n;
	settings_of_sinks = settings;
}

static struct relay
relay_new(int64_t holder)
{
	struct relay r = { .db = box_office_rival(house), .arena = arena_new(16 * MiB), .holder = holder };

	assert_true(relay_start(&r, starts, n_starts, house->arena, settings_of_sinks));
	return r;
}

struct relay
relay_of_test(void)
{
	return relay_new(holders[0]);
}

void
relay_free(struct relay *r)
{
	db_free(r->db);
	arena_free(r->arena);
}

/* -- processes ----------------------------------------------------------------------------------------------------------------------- */

static pid_t
child(void)
{
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0)
		prctl(PR_SET_PDEATHSIG, SIGKILL);
	return pid;
}

static void
relay_runs(int64_t holder)
{
	struct relay r = relay_new(holder);
	int64_t again_ms;

	while (!__atomic_load_n(&relays_shared->stop, __ATOMIC_SEQ_CST)) {
		relay_find(&r);
		for (size_t i = 0; i < r.n; i++)
			relay_deliver(&r, i, &again_ms);
		usleep(1000);
	}
	_exit(0);
}

static void
relay_begin(int i)
{
	relays[i] = child();
	if (relays[i] == 0)
		relay_runs(holders[i]);
}

void
relays_tend(void)
{
	int status;

	for (int i = 0; i < RELAYS; i++)
		if (relays[i] && waitpid(relays[i], &status, WNOHANG) == relays[i]) {
			assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
			relays_shared->kills++;
			relay_begin(i);
		}
}

void
relays_end(void)
{
	int status;

	__atomic_store_n(&relays_shared->stop, true, __ATOMIC_SEQ_CST);
	for (int i = 0; i < RELAYS; i++) {
		assert_int_equal(waitpid(relays[i], &status, 0), relays[i]);
		assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
		relays[i] = 0;
	}
	relays_shared->stop = false;
}

/* In a process of its own: nothing here may use the test's connection, nor assert. */
static void
buyer_runs(int64_t buyer, int rounds)
{
	struct arena *a = arena_new(16 * MiB);
	struct db *db = box_office_rival(house);

	for (int i = 0; i < rounds; i++) {
		int64_t show = shows[i % 2], seat = plan[i % 2][random_below(SEATS)];
		struct hold_ask ask = { .show = show, .buyer = buyer, .seats = { .ids = { seat }, .n = 1 } };
		struct hold_result r;

		arena_reset(a);
		db_arena(db, a);
		if (hold_take(db, a, &ask, &r) == OUTCOME_OK && random_below(3))
			hold_release(db, a, show, r.hold, buyer);
	}
	_exit(0);
}

void
people_buy(int rounds)
{
	pid_t buyers[BUYERS];
	int left = BUYERS, status;

	for (int i = 0; i < BUYERS; i++) {
		buyers[i] = child();
		if (buyers[i] == 0)
			buyer_runs(900 + i, rounds);
	}
	while (left) {
		for (int i = 0; i < BUYERS; i++)
			if (buyers[i] && waitpid(buyers[i], &status, WNOHANG) == buyers[i]) {
				assert_true(WIFEXITED(status));
				buyers[i] = 0;
				left--;
			}
		box_office_later(house, shows[0], 200);
		box_office_later(house, shows[1], 200);
		relays_tend();
		usleep(5000);
	}
}

void
relays_begin(int slow_us)
{
	memset(relays_shared, 0, sizeof(*relays_shared));
	relays_shared->slow_us = slow_us;
	for (int i = 0; i < RELAYS; i++)
		relay_begin(i);
}

static bool
all_is_out(void)
{
	return box_office_number(house, "SELECT (SELECT COUNT(*) FROM outbox WHERE NOT found) + (SELECT COUNT(*) FROM deliveries "
	    "WHERE state = 'waiting')") == 0;
}

void
until_all_is_out(void)
{
	for (int i = 0; i < 6000 && !all_is_out(); i++) {
		relays_tend();
		usleep(10000);
	}
	assert_true(all_is_out());
}

/* -- the judge ---------------------------------------------------------------------------------------------------------------------- */

struct told {
	int64_t show, event, subject;
	struct span type, payload;
	int came;
};

static struct told events[RELAY_EVENTS_MAX];
static size_t n_events;

static void
read_events(void)
{
	struct span rest = span_of(box_office_text(house, "SELECT show_id, outbox_id, subject_id, type, payload FROM outbox ORDER BY show_id, outbox_id"));

	for (n_events = 0; rest.n; n_events++) {
		struct span line = span_cut(&rest, '\n');
		struct told *e = &events[n_events];

		assert_in_range(n_events, 0, RELAY_EVENTS_MAX - 1);
		*e = (struct told){ .came = 0 };
		assert_true(span_int(span_cut(&line, '\t'), 0, INT64_MAX, &e->show));
		assert_true(span_int(span_cut(&line, '\t'), 0, INT64_MAX, &e->event));
		assert_true(span_int(span_cut(&line, '\t'), 0, INT64_MAX, &e->subject));
		e->type = span_cut(&line, '\t');
		e->payload = line;
	}
}

static struct told *
event_of(const struct relay_record *r)
{
	for (size_t i = 0; i < n_events; i++)
		if (events[i].event == r->event && events[i].show == r->show)
			return &events[i];
	fail_msg("an event came that never was");
	return NULL;
}

/* The one seat that each of these events is about (each buyer takes one), and its version; false: about none. */
static bool
seat_of(const struct told *e, int64_t *seat, int64_t *version)
{
	const char *p = CSTR(house->arena, e->payload), *seats = strstr(p, "\"seats\":["), *versions = strstr(p, "\"versions\":[");
	struct span s, v;

	if (!seats || !versions)
		return false;
	s = span_of(seats + strlen("\"seats\":["));
	v = span_of(versions + strlen("\"versions\":["));
	return span_int(span_cut(&s, ']'), 1, INT64_MAX, seat) && span_int(span_cut(&v, ']'), 1, INT64_MAX, version);
}

static bool
related(const struct told *a, const struct told *b)
{
	int64_t of_a, of_b, version;

	return a->show == b->show && (a->subject == b->subject ||
	    (seat_of(a, &of_a, &version) && seat_of(b, &of_b, &version) && of_a == of_b));
}

struct verdict
judged(void)
{
	struct verdict v = { 0 };

	read_events();
	v.events = n_events;
	assert_in_range(relays_shared->n, 1, RELAY_LOG_MAX - 1);
	for (size_t i = 0; i < relays_shared->n; i++) {
		struct told *e = event_of(&relays_shared->log[i]);

		v.twice += e->came > 0;
		for (const struct told *x = events; x < e && !e->came; x++)
			v.disorder += !x->came && related(x, e);
		e->came++;
	}
	for (size_t i = 0; i < n_events; i++)
		v.lost += !events[i].came;
	return v;
}

void
assert_versions_lead_to_the_truth(bool backwards)
{
	int64_t known[2 * SEATS] = { 0 };
	bool held[2 * SEATS] = { false };

	for (size_t i = 0; i < relays_shared->n; i++) {
		const struct told *e = event_of(&relays_shared->log[backwards ? relays_shared->n - 1 - i : i]);
		int64_t seat, version;
		size_t at = 0;

		if (!seat_of(e, &seat, &version))
			continue;
		while (at < 2 * SEATS && plan[at / SEATS][at % SEATS] != seat)
			at++;
		assert_in_range(at, 0, 2 * SEATS - 1);
		if (version < known[at])
			continue;
		known[at] = version;
		held[at] = span_is(e->type, "SEAT_HELD");
	}
	for (size_t at = 0; at < 2 * SEATS; at++)
		if (known[at])
			assert_int_equal(held[at], box_office_number(house, "SELECT status = 'held' FROM show_seats WHERE seat_id = %" PRId64,
			    plan[at / SEATS][at % SEATS]));
}

/* -- all of it ------------------------------------------------------------------------------------------------------------------ */

void
relays_open(struct box_office *f)
{
	house = f;
	shows[0] = f->show;
	shows[1] = box_office_show(f, (struct house){ 0 });
	for (int i = 0; i < 2; i++)
		for (int k = 0; k < SEATS; k++)
			plan[i][k] = box_office_seat(f, shows[i], k / 5, k % 5 + 1);
	for (int i = 0; i < RELAYS; i++)
		holders[i] = id_by_chance();
	relays_shared = mmap(NULL, sizeof(*relays_shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	assert_true(relays_shared != MAP_FAILED);
}

void
relays_close(void)
{
	munmap(relays_shared, sizeof(*relays_shared));
}

void
relays_sweep(void)
{
	for (int i = 0; i < RELAYS; i++)
		if (relays[i]) {		/* a test has failed */
			kill(relays[i], SIGKILL);
			waitpid(relays[i], NULL, 0);
			relays[i] = 0;
		}
	relays_use(own, ARRAY_LEN(own), NULL);
	db_clear(house->db);
	box_office_sweep(house, shows[0]);
	box_office_sweep(house, shows[1]);
}
