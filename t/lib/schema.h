/*
 * schema.h - JSON held against a provider's published schema (OpenAPI 3.0), which is read in place: FOYER_FACTS, or ../shared/facts
 * beside the source.
 */
#ifndef FOYER_T_SCHEMA_H
#define FOYER_T_SCHEMA_H

#include "base/base.h"

#include <jansson.h>

struct schema {
	struct arena *arena;
	json_t *root;
	bool whole;		/* it has every member there is: a name that it does not know is wrong */
};

bool schema_open(struct schema *, struct arena *, const char *file, bool whole);	/* false: it is not at hand */
void schema_close(struct schema *);

/* loud: says what is wrong, and where. name: of components/schemas. */
bool schema_fits(struct schema *, const json_t *value, const char *name, bool loud);
/* What the call's answer, or its body, is to look like: "post", "/v1/refunds/{refund}". */
bool schema_answer_fits(struct schema *, const char *method, const char *path, int status, const json_t *value, bool loud);
bool schema_body_fits(struct schema *, const char *method, const char *path, const json_t *value, bool loud);

#endif
