/* place.h - the database that the configuration names. */
#ifndef FOYER_DB_PLACE_H
#define FOYER_DB_PLACE_H

#include "base/settings.h"
#include "db/db.h"

struct db *db_of_settings(struct arena *, const struct settings *);	/* as db_new(); its events wake the relays */

#endif
