/* authority.h - an authority made on the spot, which paypal_cert.c trusts from then on. */
#ifndef FOYER_T_AUTHORITY_H
#define FOYER_T_AUTHORITY_H

#include "t/lib/pki.h"

#define AUTHORITY_NAME "Some Authority"

struct authority {
	const char *file;	/* as in the setting paypal_roots: it has been read, and is gone */
	X509 *cert;		/* these two are the caller's to let go */
	EVP_PKEY *key;
};
void authority_make(struct authority *);

#endif
