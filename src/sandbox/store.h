/*
 * store.h - what the stand-in remembers: one JSON file, written anew beside itself and renamed, so that a restart goes on where
 * it stopped. Collections keep the order in which their records were made.
 *
 *   sessions  id → { session: the object, lines: list, intent_metadata: {…}, due, late }
 *   intents   id → { id, created, amount, currency, status, charge, metadata, session, refunded, disputed }
 *   refunds   id → { refund: the object, due, next }
 *   events    id → { event: the object, tries: [ { at, status, trick } ] }
 *   keys      idempotency key → { hash, status, body, request, at }
 *
 * due is a moment in ms at which the record moves on by itself (to `late`, to `next`). All references handed out are borrowed.
 */
#ifndef FOYER_SANDBOX_STORE_H
#define FOYER_SANDBOX_STORE_H

#include <jansson.h>

struct store {
	json_t *root;
	const char *file;		/* NULL: nothing is written */
	bool changed;
};

/* A missing file is an empty store; one that cannot be read ends the program, because going on would forget payments. */
void store_open(struct store *, const char *file);
void store_close(struct store *);
void store_save(struct store *);		/* if something changed */
json_t *store_all(struct store *, const char *collection);
json_t *store_get(struct store *, const char *collection, struct span id);	/* NULL if there is none */
void store_put(struct store *, const char *collection, const char *id, json_t *record);	/* takes the record */
void store_forget_keys(struct store *, int64_t before_ms);

/* Ids look like the provider's: the prefix, then `chars` letters and digits. */
struct provider_id {
	char text[80];
};
struct provider_id provider_id_new(const char *prefix, size_t chars);

/* -- reading a member: empty, 0 or false where it is missing or of another type */
struct span json_span(const json_t *object, const char *key);
int64_t json_number(const json_t *object, const char *key);
void json_put_span(json_t *object, const char *key, struct span);	/* null for the empty span */

#endif
