/* sign.c - see sign.h. */
#include "base/base.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "sandbox/sign.h"

struct span
sign_hmac_sha256(struct arena *a, struct span secret, struct span message)
{
	static const char digits[] = "0123456789abcdef";
	unsigned char mac[EVP_MAX_MD_SIZE];
	unsigned int n = 0;
	char *hex;

	if (!HMAC(EVP_sha256(), secret.p, (int)secret.n, (const unsigned char *)message.p, message.n, mac, &n))
		die("OpenSSL makes no HMAC");
	hex = arena_alloc(a, 2 * (size_t)n + 1);
	for (unsigned int i = 0; i < n; i++) {
		hex[2 * i] = digits[mac[i] >> 4];
		hex[2 * i + 1] = digits[mac[i] & 15];
	}
	return (struct span){ hex, 2 * (size_t)n };
}

struct span
sign_base64(struct arena *a, struct span bytes)
{
	char *text = arena_alloc(a, (bytes.n + 2) / 3 * 4 + 1);
	int n = EVP_EncodeBlock((unsigned char *)text, (const unsigned char *)bytes.p, (int)bytes.n);

	return (struct span){ text, (size_t)n };
}

struct span
sign_basic(struct arena *a, struct span user, struct span password)
{
	struct span both = arena_fmt(a, PRSPAN ":" PRSPAN, ARGSPAN(user), ARGSPAN(password));

	return arena_fmt(a, "Basic " PRSPAN, ARGSPAN(sign_base64(a, both)));
}
