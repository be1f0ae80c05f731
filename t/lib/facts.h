/*
 * facts.h - what is recorded of the payment providers: vectors, schemas. It lies beside the project, is read in place, and nothing of
 * it is copied; where it is not at hand, the test that wants it skips.
 */
#ifndef FOYER_T_FACTS_H
#define FOYER_T_FACTS_H

#include <jansson.h>

/* A JSON file of the folder FOYER_FACTS, or of ../shared/facts beside the source; new. NULL: it is not there. */
json_t *facts_read(struct arena *, const char *file);
json_t *facts_vectors(struct arena *);		/* signed messages and what is to be said to each, by provider */

#endif
