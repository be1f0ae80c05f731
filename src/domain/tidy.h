/*
 * tidy.h - forgetting what nobody needs any more. For the reaper; directories, and where buyers wanted to be told of something that is
 * over by now: nothing that a rule depends on.
 */
#ifndef FOYER_DOMAIN_TIDY_H
#define FOYER_DOMAIN_TIDY_H

#include "db/db.h"

void directories_tidy(struct db *);	/* a small batch each time */

#endif
