/* operators.h - what those who run the site see and do: metrics from the port next door, foyerd's processes, signals. */
#ifndef FOYER_T_OPERATORS_H
#define FOYER_T_OPERATORS_H

#include "visitor.h"

#include <sys/types.h>

struct page operators_get(struct stack *, const char *path);
/* The value of the line that begins with this; 0 if there is none: metric(s, "foyer_worker_restarts_total{reason=\"crash\"}"). */
int64_t metric(struct stack *, const char *name);
/* The sum of all lines that begin with this name and have those words in their labels. */
int64_t metric_sum(struct stack *, const char *name, const char *label);
/* Workers that crashed or hung since foyerd started. */
int64_t workers_lost(struct stack *);

pid_t foyerd_master(struct stack *);
size_t foyerd_workers(struct stack *, pid_t *list, size_t max);

#endif
