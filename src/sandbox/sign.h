/* sign.h - the providers' secrets at work. On purpose not with the library that Foyer checks signatures with. */
#ifndef FOYER_SANDBOX_SIGN_H
#define FOYER_SANDBOX_SIGN_H

struct span sign_hmac_sha256(struct arena *, struct span secret, struct span message);	/* 64 lowercase hex digits */
struct span sign_base64(struct arena *, struct span bytes);		/* the standard alphabet, with padding */
struct span sign_basic(struct arena *, struct span user, struct span password);	/* "Basic …": what Authorization must be */

#endif
