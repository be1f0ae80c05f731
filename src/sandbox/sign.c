/* sign.c - see sign.h. */
#include "base/base.h"

#include "base/crypto.h"
#include "sandbox/sign.h"

struct span
sign_webhook(struct arena *a, struct span secret, int64_t seconds, struct span body)
{
	struct span message = arena_fmt(a, "%" PRId64 "." PRSPAN, seconds, ARGSPAN(body));

	return arena_fmt(a, "t=%" PRId64 ",v1=%s", seconds, hmac_sha256_hex(secret, message).text);
}
