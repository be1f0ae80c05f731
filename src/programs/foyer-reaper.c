/*
 * foyer-reaper.c - what the clock makes due, run by cron every minute: expired holds, buyers to be warned that theirs is about to end,
 * payments nobody told us about, refunds. Only hygiene: at its end a hold's seats are free for others whether this runs or not.
 *
 *	foyer-reaper -c FILE		works for most of a minute, then ends; a second one at the same time ends at once
 *	foyer-reaper -c FILE --once	looks once at everything
 *
 * Processes of their own expire and warn, so that neither waits behind the other, or behind a payment provider's answer: they go on for
 * as long as the first one asks, which with a slow provider may be many minutes, and no new reaper begins meanwhile.
 */
#include "base/base.h"

#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/program.h"
#include "db/place.h"
#include "domain/hold_notices.h"
#include "domain/holds.h"
#include "domain/tidy.h"
#include "flows/flows.h"
#include "psp/psp.h"

#define ROUND_ARENA (64 * MiB)
#define PSPS_ARENA MiB
#define MINUTE_MS 57000
#define BATCH 50

/* Returns how many holds it ended. One that fails is logged there and met again in the next round. */
static size_t
expire_some(struct db *db, struct arena *a)
{
	struct hold_id *due;
	size_t n = holds_due(db, a, BATCH, &due), ended = 0;

	for (size_t i = 0; i < n && !program_stopping; i++)
		ended += hold_expire(db, a, due[i].show, due[i].hold, false) == OUTCOME_OK;
	return ended;
}

static void
expire_round(struct db *db, struct arena *a, const struct settings *s)
{
	(void)s;
	while (expire_some(db, a) == BATCH && !program_stopping)
		arena_reset(a);
}

static void
warn_round(struct db *db, struct arena *a, const struct settings *s)
{
	struct hold_id *due;
	size_t n = holds_to_warn(db, a, BATCH, &due);

	(void)s;
	for (size_t i = 0; i < n && !program_stopping; i++)
		hold_warn(db, a, due[i].show, due[i].hold);
}

static void
ask_round(struct db *db, struct arena *a, const struct settings *s)
{
	static struct flow f;

	if (!f.psps) {		/* for all rounds: what a provider's file keeps between calls, an access token, is good for hours */
		f.n_psps = psp_all(arena_new(PSPS_ARENA), s, &f.psps);
		psp_guard_alone(f.psps, f.n_psps);
	}
	f.db = db;
	f.arena = a;
	end_holds(&f, BATCH);
	db_clear(db);
	reconcile(&f, BATCH);
	db_clear(db);
	run_refunds(&f, BATCH);
	db_clear(db);
	hold_against_lists(&f);
	db_clear(db);
	directories_tidy(db);
	db_clear(db);
	hold_addresses_forget(db, a);
}

/* The asker ends after a minute, between two rounds; the others, when they are told to, or when the asker is gone. */
static bool
time_is_up(int64_t end, pid_t asker)
{
	return program_stopping || (asker ? getppid() != asker : clock_steady() >= end);
}

/* asker: who must be there still; 0: it is this process. */
static int
work(struct program *p, void (*round)(struct db *, struct arena *, const struct settings *), pid_t asker)
{
	struct db *db = db_of_settings(p->arena, &p->settings);
	struct arena *a = arena_new(ROUND_ARENA);
	int64_t end = clock_steady() + MINUTE_MS;
	enum db_error failed;

	do {
		arena_reset(a);
		db_arena(db, a);
		db_clear(db);
		round(db, a, &p->settings);
		failed = db_failed(db);
		if (!p->once && !program_stopping)
			usleep(500000);
	} while (!p->once && !time_is_up(end, asker));
	db_free(db);
	arena_free(a);
	return failed == DB_FINE ? EXIT_SUCCESS : EXIT_FAILURE;
}

static pid_t
child_start(struct program *p, void (*round)(struct db *, struct arena *, const struct settings *), pid_t asker)
{
	pid_t child = fork();

	if (child < 0)
		die("fork failed");
	if (child == 0)
		exit(work(p, round, asker));
	return child;
}

int
main(int argc, char **argv)
{
	struct program p;
	int status, worst;
	pid_t asker = getpid(), children[2];

	program_start(&p, "foyer-reaper", argc, argv);
	if (!program_alone(&p))
		return EXIT_SUCCESS;
	children[0] = child_start(&p, expire_round, asker);
	children[1] = child_start(&p, warn_round, asker);
	worst = work(&p, ask_round, 0);
	for (size_t i = 0; i < ARRAY_LEN(children); i++) {
		if (!p.once || program_stopping)
			kill(children[i], SIGTERM);
		while (waitpid(children[i], &status, 0) < 0)
			;
		if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
			worst = EXIT_FAILURE;
	}
	return worst;
}
