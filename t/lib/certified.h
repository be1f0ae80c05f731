/*
 * certified.h - PayPal's signature on a webhook, checked from the published text on: the certificate's chain, its name, RSA over the
 * message with the body's CRC 32. Shares nothing with the stand-in that signs, nor with Foyer that checks.
 */
#ifndef FOYER_T_CERTIFIED_H
#define FOYER_T_CERTIFIED_H

#include "base/base.h"

uint32_t crc_of(struct span body);

struct certified_ask {
	const char *chain, *root;	/* PEM: what the certificate's address gave, and the authority */
	const char *id, *time, *webhook, *signature;
	struct span body;
};
/* Fails the test where the certificate is not what it must be; false: the signature is not true. */
bool certified(struct arena *, const struct certified_ask *);

#endif
