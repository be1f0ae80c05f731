/*
 * phones.h - the mobile number that texts about one buyer's seats of a show go to. Numbers are E.164: what a person types is brought into
 * that form or refused, never guessed at; whether one exists is known only by sending to it.
 */
#ifndef FOYER_DOMAIN_PHONES_H
#define FOYER_DOMAIN_PHONES_H

#include "db/db.h"
#include "domain/outcome.h"

#define PHONE_TYPED_MAX 40

/* "+44 (0)7700 900-123" -> "+447700900123"; "0044…" as "+44…". False: no country's code, too short or too long, or other signs in it. */
bool phone_normal(struct arena *, struct span typed, struct span *phone);

/* Whether a number begins with one of these codes, "+44 +91" (the setting sms_countries); none: any will do. */
bool phone_of_countries(const char *countries, struct span phone);

/* Empty: forgets it. */
enum outcome phone_keep(struct db *, int64_t show, int64_t buyer, struct span phone);
enum outcome phone_read(struct db *, int64_t show, int64_t buyer, struct span *phone);	/* OK and empty: none was given */

#endif
