/* members.h - members of JSON objects, and ids that look like the providers'. */
#ifndef FOYER_SANDBOX_MEMBERS_H
#define FOYER_SANDBOX_MEMBERS_H

#include <jansson.h>

/* -- reading: empty, 0 or false where it is missing or of another type */
struct span json_span(const json_t *object, const char *key);
int64_t json_number(const json_t *object, const char *key);
bool json_yes(const json_t *object, const char *key);
bool json_says(const json_t *object, const char *key, const char *text);	/* it is that very text */

/* -- writing */
void json_put_span(json_t *object, const char *key, struct span);	/* null for the empty span */
void json_put_text(json_t *object, const char *key, const char *text);
void json_put_number(json_t *object, const char *key, int64_t);
void json_put_yes(json_t *object, const char *key, bool);
void json_put_copy(json_t *object, const char *key, const json_t *value);	/* nothing for NULL */

/* Ends the program where `made` is NULL: out of memory, or a shape written wrongly. */
json_t *json_made(json_t *made);

/* The prefix, then `chars` letters and digits: of both cases, or capitals only. */
struct provider_id {
	char text[80];
};
struct provider_id provider_id_new(const char *prefix, size_t chars);
struct provider_id provider_id_capitals(const char *prefix, size_t chars);
struct provider_id provider_id_uuid(void);
/* An id that belongs to another: the prefix, then what follows the first '_' of `id` (all of it where there is none). */
struct provider_id provider_id_beside(const char *prefix, struct span id);

#endif
