/* push_seal.c - see push_seal.h. */
#include "base/base.h"

#include "base/crypto.h"
#include "relay/push_seal.h"

#define SHA256 32
#define LAST_RECORD 2			/* the delimiter of RFC 8188, 2 */
#define JWT_MAX 1024

/* -- the message ---------------------------------------------------------------------------------------------------------------- */

static struct span
bytes(const void *p, size_t n)
{
	return (struct span){ p, n };
}

/* RFC 8291, 3.3 and 3.4: what both sides know, mixed with who they are. */
static bool
input_key(const struct push_browser *b, const struct p256_key *once, unsigned char ikm[SHA256])
{
	static const char label[] = "WebPush: info";		/* with its NUL */
	unsigned char secret[P256_SHARED], info[sizeof(label) + 2 * P256_PUBLIC];

	memcpy(info, label, sizeof(label));
	memcpy(info + sizeof(label), b->point, P256_PUBLIC);
	memcpy(info + sizeof(label) + P256_PUBLIC, once->public, P256_PUBLIC);
	return p256_shared(once, b->point, secret) &&
	    hkdf_sha256(bytes(b->auth, PUSH_AUTH), bytes(secret, sizeof(secret)), bytes(info, sizeof(info)), ikm, SHA256);
}

/* RFC 8188, 2.2 and 2.3; the labels end with a NUL. */
static bool
keys_of(const unsigned char ikm[SHA256], const unsigned char salt[PUSH_SALT], unsigned char key[GCM_KEY], unsigned char nonce[GCM_NONCE])
{
	static const char for_key[] = "Content-Encoding: aes128gcm", for_nonce[] = "Content-Encoding: nonce";

	return hkdf_sha256(bytes(salt, PUSH_SALT), bytes(ikm, SHA256), bytes(for_key, sizeof(for_key)), key, GCM_KEY) &&
	    hkdf_sha256(bytes(salt, PUSH_SALT), bytes(ikm, SHA256), bytes(for_nonce, sizeof(for_nonce)), nonce, GCM_NONCE);
}

static void
head_print(struct buf *out, const struct p256_key *once, const unsigned char salt[PUSH_SALT])
{
	buf_bytes(out, salt, PUSH_SALT);
	for (int shift = 24; shift >= 0; shift -= 8)
		buf_byte(out, (char)(PUSH_RECORD >> shift & 0xff));
	buf_byte(out, P256_PUBLIC);
	buf_bytes(out, once->public, P256_PUBLIC);
}

bool
push_seal(struct buf *out, const struct push_browser *b, const struct p256_key *once, const unsigned char salt[PUSH_SALT], struct span plain)
{
	unsigned char ikm[SHA256], key[GCM_KEY], nonce[GCM_NONCE], record[PUSH_PLAIN_MAX + 1], sealed[PUSH_PLAIN_MAX + 1 + GCM_TAG];

	if (plain.n > PUSH_PLAIN_MAX || !input_key(b, once, ikm) || !keys_of(ikm, salt, key, nonce))
		return false;
	memcpy(record, plain.p, plain.n);
	record[plain.n] = LAST_RECORD;
	if (!aes128gcm_seal(key, nonce, record, plain.n + 1, sealed))
		return false;
	head_print(out, once, salt);
	buf_bytes(out, sealed, plain.n + 1 + GCM_TAG);
	return !out->failed;
}

/* -- who sends it -------------------------------------------------------------------------------------------------------------- */

struct span
push_origin(struct arena *a, struct span endpoint)
{
	bool https = span_starts(endpoint, "https://");
	size_t scheme = https ? strlen("https://") : strlen("http://");
	struct span host;

	if (!https && !span_starts(endpoint, "http://"))
		return SPAN_NONE;
	host = (struct span){ endpoint.p + scheme, endpoint.n - scheme };
	host = span_cut(&host, '/');
	if (https && host.n > 4 && memcmp(host.p + host.n - 4, ":443", 4) == 0)
		host.n -= 4;
	return host.n ? arena_fmt(a, "%s" PRSPAN, https ? "https://" : "http://", ARGSPAN(host)) : SPAN_NONE;
}

bool
push_authorize(struct buf *out, const struct p256_key *house, struct span origin, struct span contact, int64_t until)
{
	unsigned char signature[P256_SIGNATURE];
	struct span claims = arena_fmt(out->arena, "{\"aud\":\"" PRSPAN "\",\"exp\":%" PRId64 ",\"sub\":\"" PRSPAN "\"}", ARGSPAN(origin), until,
	    ARGSPAN(contact));
	struct buf jwt;

	buf_init(&jwt, out->arena, JWT_MAX);
	base64url_print(&jwt, "{\"typ\":\"JWT\",\"alg\":\"ES256\"}", strlen("{\"typ\":\"JWT\",\"alg\":\"ES256\"}"));
	buf_byte(&jwt, '.');
	base64url_print(&jwt, claims.p, claims.n);
	if (jwt.failed || !p256_sign(house, buf_view(&jwt), signature))
		return false;
	buf_byte(&jwt, '.');
	base64url_print(&jwt, signature, sizeof(signature));
	buf_fmt(out, "vapid t=" PRSPAN ", k=", ARGSPAN(buf_view(&jwt)));
	base64url_print(out, house->public, P256_PUBLIC);
	return !jwt.failed && !out->failed;
}
