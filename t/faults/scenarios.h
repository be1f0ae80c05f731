/*
 * scenarios.h - what people and operators do to reach each named fault point of the programs. Whoever gets no answer tries again, as
 * people do. At the end of each nothing may be left undone.
 */
#ifndef FOYER_T_SCENARIOS_H
#define FOYER_T_SCENARIOS_H

#include "t/lib/stack.h"

extern struct stack stack;
extern char scenario_done[176];		/* this file is there once the point was reached */

void scenarios_open(const char *settings);	/* the stack, with lines for foyer.conf; and whoever is told of things */
void scenarios_close(void);
/* What leads to that point, until it was reached and all has come to its end; then hours pass. */
void scenario_run(const char *point);

#endif
