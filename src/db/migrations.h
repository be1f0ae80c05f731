/* migrations.h - the files NNN-name.sql of a folder, applied in order, each once; an applied one that was edited is refused. */
#ifndef FOYER_DB_MIGRATIONS_H
#define FOYER_DB_MIGRATIONS_H

#include "db/db.h"

/* Says on standard output what it applies. False with the reason logged; migrations before the failing one stay applied. */
bool migrate(struct db *, struct arena *, const char *folder);

#endif
