/*
 * paypal_pki.h - the certificates that PayPal's webhooks are signed with: an authority of our own and one certificate of it for
 * messageverificationcerts.foyer-sandbox.paypal.com, RSA 2048. Made at the first start and kept in the store, because whoever trusts
 * the authority goes on trusting it over a restart; its own key is thrown away.
 */
#ifndef FOYER_SANDBOX_PAYPAL_PKI_H
#define FOYER_SANDBOX_PAYPAL_PKI_H

#include "sandbox/store.h"

struct pki;

/* root_file: where the authority's certificate is written as PEM; NULL: nowhere. Dies if it cannot. */
struct pki *play_pki_open(struct store *, const char *root_file);
void play_pki_free(struct pki *);

const char *play_pki_id(const struct pki *);		/* "CERT-…" */
struct span play_pki_chain(const struct pki *);	/* PEM: the certificate, then its authority's */
struct span play_pki_sign(const struct pki *, struct arena *, struct span message);	/* RSA, SHA-256, in base64 */
bool play_pki_verify(const struct pki *, struct arena *, struct span message, struct span signature);

#endif
