/* sign.h - the signature on a webhook, as the provider writes it. On purpose not shared with the code that checks it. */
#ifndef FOYER_SANDBOX_SIGN_H
#define FOYER_SANDBOX_SIGN_H

/* "t=<seconds>,v1=<hex>": HMAC-SHA256 with the whole secret text, its "whsec_" included, over "<seconds>.<raw body>". */
struct span sign_webhook(struct arena *, struct span secret, int64_t seconds, struct span body);

#endif
