/*
 * sessions.h - the life of a checkout session: open → complete | expired. A complete one is paid, or unpaid while a delayed way to
 * pay takes its time, and then paid or, for good, unpaid. Every move tells its event. Nothing here knows HTTP.
 */
#ifndef FOYER_SANDBOX_SESSIONS_H
#define FOYER_SANDBOX_SESSIONS_H

#include "sandbox/sandbox.h"

enum session_act { ACT_PAY, ACT_DECLINE, ACT_LATER, ACT_LATER_FAIL };

/* A new open session from a checked create call; the record. */
json_t *session_open(struct sandbox *, const json_t *asked, int64_t now_ms);
json_t *session_find(struct sandbox *, struct span id);		/* the record; NULL: unknown */
bool session_is_open(const json_t *record);
/* What the buyer does on the hosted page. False, and nothing happens, when the session is not open. */
bool session_act(struct sandbox *, json_t *record, enum session_act, int64_t now_ms);
bool session_expire(struct sandbox *, json_t *record);		/* false: not open */
/* Whatever time alone brings: expiry, the end of delayed payments. */
void sessions_tick(struct sandbox *, int64_t now_ms);

/* The refundable side of a payment: a record of "intents", by its own id or its charge's. NULL: unknown. */
json_t *intent_find(struct sandbox *, struct span id);

#endif
