/*
 * store.h - what the stand-in remembers: one JSON file, written anew beside itself and renamed, so that a restart goes on where
 * it stopped. Collections keep the order in which their records were made.
 *
 *   payments, charges, refunds, disputes   purse.h
 *   events    id → { provider, payment, reference, type, at, event: as it is sent, tries: [ { at, status, trick } ], done }
 *   keys      provider/idempotency key → { hash, status, body, made, request, at, until }
 *   tokens    access token → { until }
 *   ledger    a list, ledger.h
 *   pki       { root, leaf, key, id }: paypal_pki.h
 *
 * All references handed out are borrowed.
 */
#ifndef FOYER_SANDBOX_STORE_H
#define FOYER_SANDBOX_STORE_H

#include "sandbox/members.h"

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
/* Drops the records of a collection whose `until` has passed. */
void store_forget(struct store *, const char *collection, int64_t now_ms);

#endif
