/* tidy.h - forgetting what nobody needs any more. For the reaper; directories only, nothing that a rule depends on. */
#ifndef FOYER_DOMAIN_TIDY_H
#define FOYER_DOMAIN_TIDY_H

#include "db/db.h"

void directories_tidy(struct db *);	/* a small batch each time */

#endif
