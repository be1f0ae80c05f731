/*
 * p256.h - the elliptic curve, the cipher and the key derivation that web push asks for (RFC 8188, 8291, 8292), all of them libcrypto's:
 * nothing of it is computed here. A key's type has no printer.
 */
#ifndef FOYER_BASE_P256_H
#define FOYER_BASE_P256_H

#define P256_PRIVATE 32
#define P256_PUBLIC 65		/* 0x04, x, y */
#define P256_SHARED 32
#define P256_SIGNATURE 64	/* r, s (RFC 7518, 3.4) */
#define GCM_KEY 16
#define GCM_NONCE 12
#define GCM_TAG 16

struct p256_key {
	unsigned char private[P256_PRIVATE], public[P256_PUBLIC];
};

bool p256_point_good(const unsigned char point[P256_PUBLIC]);	/* it lies on the curve, and is not infinity */
bool p256_key_make(struct p256_key *);				/* a new one, by chance */
/* The public half is computed. False: no such private key. */
bool p256_key_of(const unsigned char private[P256_PRIVATE], struct p256_key *);
bool p256_key_read(struct span base64url, struct p256_key *);
/* False: the other one's point is none. */
bool p256_shared(const struct p256_key *, const unsigned char other[P256_PUBLIC], unsigned char secret[P256_SHARED]);
/* ECDSA with SHA-256. */
bool p256_sign(const struct p256_key *, struct span message, unsigned char signature[P256_SIGNATURE]);

/* HKDF-SHA-256 (RFC 5869), both steps. */
bool hkdf_sha256(struct span salt, struct span secret, struct span info, void *out, size_t n);
/* AES-128-GCM without associated data: out has n + GCM_TAG bytes. */
bool aes128gcm_seal(const unsigned char key[GCM_KEY], const unsigned char nonce[GCM_NONCE], const void *plain, size_t n, void *out);

#endif
