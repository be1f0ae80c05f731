/*
 * pki.h - for tests of signatures: keys, authorities and certificates made on the spot, good ones and every kind of bad one. Nothing
 * is ever let go; a test program is short.
 */
#ifndef FOYER_T_PKI_H
#define FOYER_T_PKI_H

#include "base/base.h"

#include <openssl/evp.h>
#include <openssl/x509.h>

#define PKI_FROM INT64_C(1577836800)	/* 2020, where an ask leaves it 0 */
#define PKI_UNTIL INT64_C(2240524800)	/* 2041 */

struct pki_ask {
	const char *cn, *second_cn;	/* second_cn NULL: there is but one */
	EVP_PKEY *key;
	X509 *issuer;			/* NULL: signed by itself, with the issuer's key if there is one */
	EVP_PKEY *issuer_key;
	int64_t from_s, until_s;	/* 0: PKI_FROM, PKI_UNTIL */
	bool authority;
	const char *usage;		/* "serverAuth"; NULL: not said */
	const EVP_MD *hash;		/* NULL: SHA-256 */
};

EVP_PKEY *pki_rsa(unsigned bits);
EVP_PKEY *pki_ec(void);
X509 *pki_cert(const struct pki_ask *);
struct span pki_pem(struct arena *, X509 *);

/* Base64 of the signature; padding is RSA_PKCS1_PADDING or another; 0: of a key that has none. */
struct span pki_sign(struct arena *, EVP_PKEY *, const EVP_MD *, int padding, struct span message);

#endif
