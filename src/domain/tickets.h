/* tickets.h - what a QR code says: version, key id, show, seat, serial, and an Ed25519 signature over them; at most 120 characters. */
#ifndef FOYER_DOMAIN_TICKETS_H
#define FOYER_DOMAIN_TICKETS_H

#include "base/crypto.h"

#define TICKET_TEXT_MAX 120

struct ticket_code {
	int key_id;
	int64_t show, seat, serial;
};

/* "F1.1.4711.98765.1a2b3c4d.<86 characters of base64url>" */
struct span ticket_print(struct arena *, const struct signing_key *, const struct ticket_code *);
/* The text's own words, signature checked with the public key; false: not a ticket of this key. */
bool ticket_read(const unsigned char public[32], struct span text, struct ticket_code *);
int64_t ticket_serial_new(void);	/* 40 random bits */

#endif
