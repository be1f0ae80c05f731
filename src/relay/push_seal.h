/*
 * push_seal.h - a web push message as it goes over the wire: encrypted for one browser (RFC 8291, in the one record of RFC 8188), and the
 * token that says who sends it (RFC 8292). Pure: nothing here asks a clock, draws a number or speaks to anybody.
 */
#ifndef FOYER_RELAY_PUSH_SEAL_H
#define FOYER_RELAY_PUSH_SEAL_H

#include "base/p256.h"

#define PUSH_AUTH 16
#define PUSH_SALT 16
#define PUSH_RECORD 4096		/* the record's size, and what every push service takes */
#define PUSH_HEAD (PUSH_SALT + 4 + 1 + P256_PUBLIC)
#define PUSH_PLAIN_MAX (PUSH_RECORD - PUSH_HEAD - 1 - GCM_TAG)

struct push_browser {
	unsigned char point[P256_PUBLIC], auth[PUSH_AUTH];
};

/*
 * The body of "Content-Encoding: aes128gcm". `once` and salt are new for every message. False: too long, or the browser's point is none.
 */
bool push_seal(struct buf *, const struct push_browser *, const struct p256_key *once, const unsigned char salt[PUSH_SALT],
    struct span plain);

/* "https://push.example:8443", as the token names it; a port that is the scheme's own is left out. Empty: no such URL. */
struct span push_origin(struct arena *, struct span endpoint);
/* The value of Authorization: "vapid t=…, k=…". until: seconds since 1970, within 24 hours of now; contact: mailto: or https:, without quotes. */
bool push_authorize(struct buf *, const struct p256_key *house, struct span origin, struct span contact, int64_t until);

#endif
