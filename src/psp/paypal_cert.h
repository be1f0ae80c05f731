/*
 * paypal_cert.h - is a message signed with a certificate of PayPal's that a trusted authority vouches for. No I/O but reading the
 * authorities, once. Everything that comes from outside is measured before it is looked at.
 */
#ifndef FOYER_PSP_PAYPAL_CERT_H
#define FOYER_PSP_PAYPAL_CERT_H

#define PAYPAL_MAX_SIGNATURE 1368	/* characters: a key of 8192 bits */

struct paypal_proof {
	struct span certificates;	/* PEM: the signer's own first, then those that lead to an authority */
	struct span message;
	struct span signature;		/* base64 */
	int64_t now_ms;			/* when all of the certificates must be good */
};

/* The authorities of that file are at hand, loaded now or before; false, logged: it has none that could be read. */
bool paypal_roots_ready(const char *file);
/* After paypal_roots_ready. RSA with PKCS #1 v1.5 and SHA-256; the certificate is one for PayPal's messages. False: logs why. */
bool paypal_proof_holds(struct arena *, const struct paypal_proof *);

#endif
