/* health.h - is the database there, and set up? */
#ifndef FOYER_DOMAIN_HEALTH_H
#define FOYER_DOMAIN_HEALTH_H

#include "db/db.h"

bool database_ready(struct db *);	/* reads a table; true if migrations have been applied */

#endif
