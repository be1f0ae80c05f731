/*
 * hook_message.h - an event as partners get it: Standard Webhooks (https://www.standardwebhooks.com), version 1.
 *
 *	webhook-id: 12-3764519021412352001		show and event: the same whenever, and to whomever, it is sent
 *	webhook-timestamp: 1795603204			of this attempt
 *	webhook-signature: v1,BASE64 v1,BASE64		of id.timestamp.body by HMAC-SHA256; two while the secret is being changed
 *
 *	{"type":"booking.confirmed","timestamp":"2026-11-25T19:30:00.123Z","data":{"show":12,"booking":"3764…","hold":"3764…",…}}
 *
 * The body is the same bytes each time. type is the outbox's (domain/outbox.h), its first _ a dot; timestamp is when it happened; data
 * has the show, the event's subject under its own name, and its payload, in which numbers of more than 15 digits, ids all of them, are
 * strings, for JavaScript would round them.
 */
#ifndef FOYER_RELAY_HOOK_MESSAGE_H
#define FOYER_RELAY_HOOK_MESSAGE_H

#include "base/crypto.h"
#include "domain/hooks.h"

#define HOOK_SECRET_BYTES 32
#define HOOK_SECRET_PREFIX "whsec_"

struct hook_secret {
	unsigned char bytes[HOOK_SECRET_BYTES];
};

struct key hook_key(const struct key *token_key);		/* that seals the secrets */
struct hook_secret hook_secret_new(void);
struct span hook_secret_text(struct arena *, const struct hook_secret *);	/* for the partner: whsec_… */
struct span hook_secret_sealed(struct arena *, const struct key *, const struct hook_secret *);

struct span hook_type_print(struct arena *, struct span type);	/* BOOKING_CONFIRMED: booking.confirmed */
struct span hook_type_read(struct arena *, struct span text);	/* and back; empty: there is none of this name for partners */

struct hook_message {
	struct span id, body;
};
struct hook_message hook_message_of(struct arena *, const struct delivery *);
struct hook_message hook_ping(struct arena *, const struct hook_endpoint *, int64_t now_ms);	/* type "ping", for trying an endpoint */

/* "v1,… v1,…", of keys as they are, not as whsec_. */
struct span hook_signature(struct arena *, const struct hook_message *, int64_t at_s, const struct span *keys, size_t n);

#define HOOK_HEADERS 4
/* The header lines of an attempt. False: a secret cannot be opened, for token_key is another one. */
bool hook_headers(struct arena *, const struct key *, const struct hook_endpoint *, const struct hook_message *, int64_t now_ms,
    struct span headers[HOOK_HEADERS]);

#endif
