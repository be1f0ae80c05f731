/*
 * floor_pool.h - the FastCGI program that foyerd is held against: as many workers, which poll four sockets as foyerd's do, and nothing
 * in them but what the answer needs.
 */
#ifndef FOYER_T_FLOOR_POOL_H
#define FOYER_T_FLOOR_POOL_H

#include "base/base.h"

#include <fcgiapp.h>

struct floor_pool {
	const char *stem;			/* its sockets are stem0.sock … stem3.sock */
	int workers;
	void (*start)(void *context);		/* in each worker, before its first request; may be NULL */
	void (*answer)(FCGX_Request *, void *context);
	void *context;
};

/* Does not return: serves until SIGTERM, which ends the workers too. */
_Noreturn void floor_pool_run(const struct floor_pool *);

#endif
