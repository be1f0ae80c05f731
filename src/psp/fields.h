/*
 * fields.h - reading a provider's JSON without trusting its shape: a field that is missing, of another type, too long or with
 * bytes that have no business there reads as empty. obj may be NULL or no object. Copies live in the arena.
 */
#ifndef FOYER_PSP_FIELDS_H
#define FOYER_PSP_FIELDS_H

#include <jansson.h>

#define FIELD_MAX_WORD 255
#define FIELD_MAX_URL 2000	/* what a payment has room for */

const json_t *field_object(const json_t *obj, const char *key);			/* NULL */
struct span field_word(struct arena *, const json_t *obj, const char *key);	/* ids, states: [A-Za-z0-9_.:-] */
bool field_word_good(struct span);						/* such a word, and not empty */
struct span field_id(struct arena *, const json_t *obj, const char *key);	/* a word, or the "id" of an object in its place */
struct span field_url(struct arena *, const json_t *obj, const char *key);	/* absolute http or https, fit for a Location header */
bool field_int(const json_t *obj, const char *key, int64_t *v);			/* a JSON integer; false leaves *v alone */
bool field_true(const json_t *obj, const char *key);

#endif
