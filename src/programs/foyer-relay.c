/*
 * foyer-relay.c - a daemon that takes the outbox to its sinks; so far one, mail. It looks once a second. Whatever happens to one
 * message, or to the database, it goes on; nothing waits for it, and what it did not send waits in the database.
 *
 *	foyer-relay -c FILE		until SIGTERM; a second one at the same time ends at once
 *	foyer-relay -c FILE --once	sends what is due now
 */
#include "base/base.h"

#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/crypto.h"
#include "base/settings.h"
#include "db/place.h"
#include "relay/mail.h"

#define SETTINGS_ARENA (1 * MiB)
#define BATCH_ARENA (64 * MiB)
#define BATCH 50
#define PAUSE_MS 1000

/*
 * How far back events are looked for. An event's time is that of its writing; it is seen from its commit on, seconds later at the
 * most. So each second only the last minutes are looked at, and to be sure, now and then, as far back as the relay may have stood still.
 */
#define LATE_SECONDS 300
#define LONGEST_SECONDS ((int64_t)3 * 86400)
#define LONGEST_EVERY_MS ((int64_t)3600 * 1000)

static volatile sig_atomic_t stopping;

static void
on_stop(int signal)
{
	(void)signal;
	stopping = 1;
}

static void
send_due(struct mail *m)
{
	struct delivery *list;
	bool open = true;
	size_t n;

	do {
		arena_reset(m->arena);
		n = mail_due(m, BATCH, &list);
		for (size_t i = 0; i < n && open && !stopping; i++)
			open = mail_deliver(m, &list[i]);
	} while (n == BATCH && open && !stopping);
}

static int
work(struct mail *m, bool once)
{
	int64_t looked = 0, looked_far = 0;		/* steady time of the last that succeeded; 0: never */
	bool good;

	do {
		int64_t now = clock_steady();
		bool far = !looked_far || now - looked_far >= LONGEST_EVERY_MS;

		arena_reset(m->arena);
		db_arena(m->db, m->arena);
		db_clear(m->db);
		mail_find(m, far ? LONGEST_SECONDS : LATE_SECONDS + (now - looked) / 1000);
		good = db_failed(m->db) == DB_FINE;
		if (good) {
			looked = now;
			looked_far = far ? now : looked_far;
			send_due(m);
		}
		if (!once && !stopping)
			usleep(PAUSE_MS * 1000);	/* a signal ends it */
	} while (!once && !stopping);
	return good && db_failed(m->db) == DB_FINE ? EXIT_SUCCESS : EXIT_FAILURE;
}

/* The lock goes with the process, however it ends. False: another relay is at work. */
static bool
alone(struct arena *a, const struct settings *s)
{
	const char *path = arena_fmt(a, "%s/relay.lock", s->run_dir).p;
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	if (fd < 0)
		die("%s cannot be opened", path);
	return flock(fd, LOCK_EX | LOCK_NB) == 0;
}

static int
run(const struct settings *s, struct arena *a, bool once)
{
	struct mail m;
	int status;

	if (!mail_start(&m, s, db_of_settings(a, s), arena_new(BATCH_ARENA)))
		return EXIT_FAILURE;
	if (!alone(a, s)) {
		log_error("relay.start", "error=\"another relay is at work\"");
		return EXIT_FAILURE;
	}
	log_info("relay.start", "pid=%d", (int)getpid());
	status = work(&m, once);
	log_info("relay.stop", "status=%d", status);
	db_free(m.db);
	arena_free(m.arena);
	return status;
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
		fputs("usage: foyer-relay -c FILE [--once]\n", stderr);
		return 2;
	}
	log_open("foyer-relay", LOG_LEVEL_INFO);
	crypto_start();
	if (!settings_read(a, path, &s, &error)) {
		log_error("config", "error=\"" PRSPAN "\"", ARGSPAN(error));
		return EXIT_FAILURE;
	}
	log_open("foyer-relay", settings_log_level(&s));
	sigaction(SIGTERM, &stop, NULL);
	sigaction(SIGINT, &stop, NULL);
	return run(&s, a, once);
}
