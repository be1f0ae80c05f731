/* crypto.c - thin wrappers over libsodium. Never compares a secret by memcmp. */
#include "base/base.h"

#include <sodium.h>

#include "base/clock.h"
#include "base/crypto.h"

#define MAC_BYTES 16
#define PLAIN_BYTES 14		/* kind 1, generation 1, show 4, id 8 */

void
crypto_start(void)
{
	if (sodium_init() < 0)
		die("libsodium does not start");
}

bool
key_from_text(struct span text, struct key *k)
{
	size_t n;

	if (text.n == 64 && sodium_hex2bin(k->bytes, sizeof(k->bytes), text.p, text.n, NULL, &n, NULL) == 0 && n == 32)
		return true;
	if (text.n < 32)
		return false;
	crypto_generichash(k->bytes, sizeof(k->bytes), (const unsigned char *)text.p, text.n, NULL, 0);
	return true;
}

void
random_bytes(void *p, size_t n)
{
	randombytes_buf(p, n);
}

uint32_t
random_below(uint32_t n)
{
	return randombytes_uniform(n);
}

int64_t
id_new(void)
{
	static int64_t last;
	int64_t id = clock_now() << 21 | (int64_t)randombytes_uniform(1u << 21);

	/* within a process always growing, so that two ids of one transaction never meet */
	last = id > last ? id : last + 1;
	return last;
}

int64_t
id_by_chance(void)
{
	uint64_t bits;

	random_bytes(&bits, sizeof(bits));
	return (int64_t)(bits >> 1 | 1);
}

static struct hex64
hex_of(const unsigned char bytes[32])
{
	struct hex64 h;

	sodium_bin2hex(h.text, sizeof(h.text), bytes, 32);
	return h;
}

struct hex64
sha256_hex(struct span s)
{
	unsigned char out[crypto_hash_sha256_BYTES];

	crypto_hash_sha256(out, (const unsigned char *)s.p, s.n);
	return hex_of(out);
}

void
hmac_sha256_of(struct span key, const struct span *parts, size_t n, unsigned char out[32])
{
	crypto_auth_hmacsha256_state st;

	crypto_auth_hmacsha256_init(&st, (const unsigned char *)key.p, key.n);
	for (size_t i = 0; i < n; i++)
		crypto_auth_hmacsha256_update(&st, (const unsigned char *)parts[i].p, parts[i].n);
	crypto_auth_hmacsha256_final(&st, out);
	sodium_memzero(&st, sizeof(st));
}

struct hex64
hmac_sha256_hex_of(struct span key, const struct span *parts, size_t n)
{
	unsigned char out[crypto_auth_hmacsha256_BYTES];

	hmac_sha256_of(key, parts, n, out);
	return hex_of(out);
}

struct hex64
hmac_sha256_hex(struct span key, struct span message)
{
	return hmac_sha256_hex_of(key, &message, 1);
}

bool
same_bytes(struct span a, struct span b)
{
	return a.n == b.n && sodium_memcmp(a.p, b.p, a.n) == 0;
}

static void
put_big_endian(unsigned char *p, uint64_t v, int bytes)
{
	for (int i = bytes - 1; i >= 0; i--, v >>= 8)
		p[i] = (unsigned char)v;
}

static uint64_t
get_big_endian(const unsigned char *p, int bytes)
{
	uint64_t v = 0;

	for (int i = 0; i < bytes; i++)
		v = v << 8 | p[i];
	return v;
}

struct token_text
token_print(const struct key *k, struct token t)
{
	unsigned char raw[PLAIN_BYTES + MAC_BYTES];
	struct token_text out;

	raw[0] = (unsigned char)t.kind;
	raw[1] = (unsigned char)t.generation;
	put_big_endian(raw + 2, (uint64_t)t.show, 4);
	put_big_endian(raw + 6, (uint64_t)t.id, 8);
	crypto_generichash(raw + PLAIN_BYTES, MAC_BYTES, raw, PLAIN_BYTES, k->bytes, sizeof(k->bytes));
	sodium_bin2base64(out.text, sizeof(out.text), raw, sizeof(raw), sodium_base64_VARIANT_URLSAFE_NO_PADDING);
	return out;
}

bool
token_read(const struct key *k, enum token_kind kind, struct span text, struct token *t)
{
	unsigned char raw[PLAIN_BYTES + MAC_BYTES], mac[MAC_BYTES];

	if (text.n != TOKEN_CHARS || !base64url_read(text, raw, sizeof(raw)))
		return false;
	crypto_generichash(mac, MAC_BYTES, raw, PLAIN_BYTES, k->bytes, sizeof(k->bytes));
	if (sodium_memcmp(mac, raw + PLAIN_BYTES, MAC_BYTES) != 0 || raw[0] != kind)
		return false;
	t->kind = kind;
	t->generation = raw[1];
	t->show = (int64_t)get_big_endian(raw + 2, 4);
	t->id = (int64_t)get_big_endian(raw + 6, 8);
	return t->id > 0;
}

void
signing_key_make(struct signing_key *k, const struct key *seed)
{
	crypto_sign_seed_keypair(k->public, k->secret, seed->bytes);
}

void
sign(const struct signing_key *k, struct span message, unsigned char signature[SIGNATURE_BYTES])
{
	crypto_sign_detached(signature, NULL, (const unsigned char *)message.p, message.n, k->secret);
}

bool
signature_holds(const unsigned char public[32], struct span message, const unsigned char signature[SIGNATURE_BYTES])
{
	return crypto_sign_verify_detached(signature, (const unsigned char *)message.p, message.n, public) == 0;
}

static void
base64_variant(struct buf *b, const void *p, size_t n, int variant)
{
	size_t size = sodium_base64_encoded_len(n, variant);
	char *text = arena_alloc(b->arena, size);

	sodium_bin2base64(text, size, p, n, variant);
	buf_text(b, text);
}

void
base64_print(struct buf *b, const void *p, size_t n)
{
	base64_variant(b, p, n, sodium_base64_VARIANT_ORIGINAL);
}

void
base64url_print(struct buf *b, const void *p, size_t n)
{
	base64_variant(b, p, n, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

bool
base64url_read(struct span text, void *out, size_t n)
{
	size_t got;

	return sodium_base642bin(out, n, text.p, text.n, NULL, &got, NULL, sodium_base64_VARIANT_URLSAFE_NO_PADDING) == 0 && got == n;
}

struct key
key_for(const struct key *k, const char *purpose)
{
	struct key other;

	crypto_generichash(other.bytes, sizeof(other.bytes), (const unsigned char *)purpose, strlen(purpose), k->bytes, sizeof(k->bytes));
	return other;
}

void
seal_print(struct buf *b, const struct key *k, struct span secret)
{
	unsigned char sealed[crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES + SEAL_MOST];

	if (secret.n > SEAL_MOST)
		die("a secret of %zu bytes is too long to be sealed", secret.n);
	randombytes_buf(sealed, crypto_secretbox_NONCEBYTES);
	crypto_secretbox_easy(sealed + crypto_secretbox_NONCEBYTES, (const unsigned char *)secret.p, secret.n, sealed, k->bytes);
	base64url_print(b, sealed, crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES + secret.n);
}

bool
seal_read(const struct key *k, struct span text, void *secret, size_t n)
{
	unsigned char sealed[crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES + SEAL_MOST];
	size_t all = crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES + n;

	return n <= SEAL_MOST && base64url_read(text, sealed, all) && crypto_secretbox_open_easy(secret, sealed + crypto_secretbox_NONCEBYTES,
	    all - crypto_secretbox_NONCEBYTES, sealed, k->bytes) == 0;
}
