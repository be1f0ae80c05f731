/* program.c - see program.h. */
#include "base/base.h"

#include <fcntl.h>
#include <getopt.h>
#include <sys/file.h>

#include "base/crypto.h"
#include "base/program.h"

#define SETTINGS_ARENA (1 * MiB)

volatile sig_atomic_t program_stopping;

static void
on_stop(int signal)
{
	(void)signal;
	program_stopping = 1;
}

/* The configuration's path; NULL where the arguments are wrong. */
static const char *
arguments(struct program *p, int argc, char **argv)
{
	static const struct option options[] = { { "once", no_argument, NULL, 'o' }, { NULL, 0, NULL, 0 } };
	const char *path = NULL;
	int c;

	while ((c = getopt_long(argc, argv, "c:", options, NULL)) != -1) {
		if (c == 'c')
			path = optarg;
		else if (c == 'o')
			p->once = true;
		else
			return NULL;
	}
	return optind == argc ? path : NULL;
}

void
program_start(struct program *p, const char *name, int argc, char **argv)
{
	struct sigaction stop = { .sa_handler = on_stop };
	const char *path;
	struct span error;

	*p = (struct program){ .name = name, .arena = arena_new(SETTINGS_ARENA) };
	path = arguments(p, argc, argv);
	if (!path) {
		fprintf(stderr, "usage: %s -c FILE [--once]\n", name);
		exit(2);
	}
	log_open(name, LOG_LEVEL_INFO);
	crypto_start();
	if (!settings_read(p->arena, path, &p->settings, &error)) {
		log_error("config", "error=\"" PRSPAN "\"", ARGSPAN(error));
		exit(EXIT_FAILURE);
	}
	log_open(name, settings_log_level(&p->settings));
	sigaction(SIGTERM, &stop, NULL);
	sigaction(SIGINT, &stop, NULL);
}

bool
program_alone(const struct program *p)
{
	const char *dash = strchr(p->name, '-');
	const char *path = arena_fmt(p->arena, "%s/%s.lock", p->settings.run_dir, dash ? dash + 1 : p->name).p;
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	if (fd < 0)
		die("%s cannot be opened", path);
	return flock(fd, LOCK_EX | LOCK_NB) == 0;
}
