/*
 * foyer-reaper.c - what the clock makes due, run by cron every minute: expired holds, payments nobody told us about, refunds. Only
 * hygiene: at its end a hold's seats are free for others whether this runs or not.
 *
 *	foyer-reaper -c FILE		works for most of a minute, then ends; a second one at the same time ends at once
 *	foyer-reaper -c FILE --once	looks once at everything
 *
 * Two processes, so that expiry never waits behind a payment provider's answer.
 */
#include "base/base.h"

#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/crypto.h"
#include "base/settings.h"
#include "db/place.h"
#include "domain/holds.h"
#include "domain/tidy.h"
#include "flows/flows.h"
#include "psp/psp.h"

#define SETTINGS_ARENA (1 * MiB)
#define ROUND_ARENA (64 * MiB)
#define MINUTE_MS 57000
#define BATCH 50

static volatile sig_atomic_t stopping;

static void
on_stop(int signal)
{
	(void)signal;
	stopping = 1;
}

/* Returns how many holds it ended. One that fails is logged there and met again in the next round. */
static size_t
expire_some(struct db *db, struct arena *a)
{
	struct hold_id *due;
	size_t n = holds_due(db, a, BATCH, &due), ended = 0;

	for (size_t i = 0; i < n && !stopping; i++)
		ended += hold_expire(db, a, due[i].show, due[i].hold, false) == OUTCOME_OK;
	return ended;
}

static void
expire_round(struct db *db, struct arena *a, const struct settings *s)
{
	(void)s;
	while (expire_some(db, a) == BATCH && !stopping)
		arena_reset(a);
}

static void
ask_round(struct db *db, struct arena *a, const struct settings *s)
{
	struct flow f = { .db = db, .arena = a };

	f.n_psps = psp_all(a, s, &f.psps);
	end_holds(&f, BATCH);
	db_clear(db);
	reconcile(&f, BATCH);
	db_clear(db);
	run_refunds(&f, BATCH);
	db_clear(db);
	directories_tidy(db);
}

static int
work(const struct settings *s, struct arena *settings_arena, bool once, void (*round)(struct db *, struct arena *, const struct settings *))
{
	struct db *db = db_of_settings(settings_arena, s);
	struct arena *a = arena_new(ROUND_ARENA);
	int64_t end = clock_steady() + MINUTE_MS;
	enum db_error failed;

	do {
		arena_reset(a);
		db_arena(db, a);
		db_clear(db);
		round(db, a, s);
		failed = db_failed(db);
		if (!once && !stopping)
			usleep(500000);
	} while (!once && !stopping && clock_steady() < end);
	db_free(db);
	arena_free(a);
	return failed == DB_FINE ? EXIT_SUCCESS : EXIT_FAILURE;
}

/* The lock goes with the process, however it ends. False: another reaper is at work. */
static bool
alone(struct arena *a, const struct settings *s)
{
	const char *path = arena_fmt(a, "%s/reaper.lock", s->run_dir).p;
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	if (fd < 0)
		die("%s cannot be opened", path);
	return flock(fd, LOCK_EX | LOCK_NB) == 0;
}

static int
run(const struct settings *s, struct arena *a, bool once)
{
	int status, worst;
	pid_t child = fork();

	if (child < 0)
		die("fork failed");
	if (child == 0)
		exit(work(s, a, once, expire_round));
	worst = work(s, a, once, ask_round);
	if (stopping)
		kill(child, SIGTERM);
	while (waitpid(child, &status, 0) < 0)
		;
	return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? worst : EXIT_FAILURE;
}

int
main(int argc, char **argv)
{
	static const struct option options[] = { { "once", no_argument, NULL, 'o' }, { NULL, 0, NULL, 0 } };
	struct arena *a = arena_new(SETTINGS_ARENA);
	struct sigaction stop = { .sa_handler = on_stop };
	const char *path = NULL;
	struct settings s;
	struct span error;
	bool once = false;
	int c;

	while ((c = getopt_long(argc, argv, "c:", options, NULL)) != -1) {
		if (c == 'c')
			path = optarg;
		else if (c == 'o')
			once = true;
		else
			optind = argc + 1;
	}
	if (!path || optind != argc) {
		fputs("usage: foyer-reaper -c FILE [--once]\n", stderr);
		return 2;
	}
	log_open("foyer-reaper", LOG_LEVEL_INFO);
	crypto_start();
	if (!settings_read(a, path, &s, &error)) {
		log_error("config", "error=\"" PRSPAN "\"", ARGSPAN(error));
		return EXIT_FAILURE;
	}
	log_open("foyer-reaper", settings_log_level(&s));
	if (!alone(a, &s))
		return EXIT_SUCCESS;
	sigaction(SIGTERM, &stop, NULL);
	sigaction(SIGINT, &stop, NULL);
	return run(&s, a, once);
}
