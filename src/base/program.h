/*
 * program.h - how a program that works off what is due begins: "-c FILE [--once]", its settings, its log, the signals that end it,
 * and the lock that keeps a second one out.
 */
#ifndef FOYER_BASE_PROGRAM_H
#define FOYER_BASE_PROGRAM_H

#include <signal.h>

#include "base/settings.h"

struct program {
	const char *name;
	bool once;			/* --once: look at everything one time */
	struct arena *arena;		/* of the settings; for the life of the process */
	struct settings settings;
};

/* SIGTERM or SIGINT has come: finish what is at hand, and end. */
extern volatile sig_atomic_t program_stopping;

/* Ends the process with 2 where the arguments are wrong, with 1 where the configuration is. */
void program_start(struct program *, const char *name, int argc, char **argv);
/* Takes run_dir/reaper.lock (of foyer-reaper), which goes with the process, however it ends. False: another one is at work. */
bool program_alone(const struct program *);

#endif
