/*
 * crypto.h - keys, tokens, signatures, all through libsodium. A key's type has no printer, so it cannot be logged.
 */
#ifndef FOYER_BASE_CRYPTO_H
#define FOYER_BASE_CRYPTO_H

struct key {
	unsigned char bytes[32];
};

void crypto_start(void);			/* once a process, before anything else here */
bool key_from_text(struct span text, struct key *);	/* 64 hex digits, or any text of >= 32 bytes, hashed */
void random_bytes(void *p, size_t n);
uint32_t random_below(uint32_t n);

/* A new id: positive, growing with time so that rows land near each other; never the same twice in a process, rarely in two (tx_run copes). */
int64_t id_new(void);
/* Positive, and nothing but chance: for what has no row that two who drew it would meet in (a buyer). */
int64_t id_by_chance(void);

struct hex64 {
	char text[65];			/* NUL-terminated, lowercase */
};
struct hex64 sha256_hex(struct span);
struct hex64 hmac_sha256_hex(struct span key, struct span message);
struct hex64 hmac_sha256_hex_of(struct span key, const struct span *parts, size_t n);	/* of the parts, one after another */
bool same_bytes(struct span a, struct span b);	/* constant time for equal lengths */

/*
 * A token says kind, generation, show and id, and carries a keyed hash of them: nothing is stored, it can be made again for a
 * mail, and a new generation in the row revokes the old ones. 40 characters of base64url.
 */
enum token_kind { TOKEN_BUYER = 1, TOKEN_HOLD, TOKEN_BOOKING, TOKEN_PAYMENT, TOKEN_LINK };	/* LINK: to a hold, by mail */
#define TOKEN_CHARS 40
struct token {
	enum token_kind kind;
	int generation;			/* 0-255; the caller compares it with the row's */
	int64_t show;			/* 0-4,294,967,295; 0 for none */
	int64_t id;
};
struct token_text {
	char text[TOKEN_CHARS + 1];
};
struct token_text token_print(const struct key *, struct token);
bool token_read(const struct key *, enum token_kind, struct span text, struct token *);

/* Ed25519; the signing key is made from a seed. */
struct signing_key {
	unsigned char secret[64], public[32];
};
void signing_key_make(struct signing_key *, const struct key *seed);
#define SIGNATURE_BYTES 64
void sign(const struct signing_key *, struct span message, unsigned char signature[SIGNATURE_BYTES]);
bool signature_holds(const unsigned char public[32], struct span message, const unsigned char signature[SIGNATURE_BYTES]);

void base64_print(struct buf *, const void *p, size_t n);	/* the standard alphabet, padded */
void base64url_print(struct buf *, const void *p, size_t n);	/* without padding */
bool base64url_read(struct span text, void *out, size_t n);	/* exactly n bytes */

#endif
