/*
 * reach_sent.h - what was sent to whom lately, for limits: anybody can type somebody else's number or address, and make the house pay for
 * texts. Numbers and addresses are not kept for it, only hashes that nobody can try out without the key. Two relays that send at the same
 * moment may send one too many: a limit, not a rule. For the relay only.
 */
#ifndef FOYER_DOMAIN_REACH_SENT_H
#define FOYER_DOMAIN_REACH_SENT_H

#include "base/crypto.h"
#include "db/db.h"

#define REACH_MAIL "mail"
#define REACH_TEXT "sms"

struct reach {
	const char *kind;		/* REACH_… */
	int64_t show, event, subject;	/* of the event that it tells of, and its type */
	struct span type;
	struct hex64 place;
};

/* Of a number, or of an address: in whatever letters, and with whatever stands between a "+" and the "@", it is the same place. */
struct hex64 reach_place(const struct key *token_key, struct span where);

/* In the last 24 hours to that place, because of other events: the same one again is a second try. */
int64_t reach_lately(struct db *, const struct reach *);
/* In the last 24 hours, to anybody, because of other events of this type. */
int64_t reach_all_lately(struct db *, const struct reach *);
/* Whether another event of this type and subject was told of, to wherever. */
bool reach_told(struct db *, const struct reach *);
/* It is sent. */
void reach_note(struct db *, const struct reach *);

#endif
