/* p256.c - see p256.h. Whatever libcrypto says no to is false here, and its list of reasons is emptied. */
#include "base/base.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/param_build.h>

#include "base/crypto.h"
#include "base/p256.h"

#define CURVE "prime256v1"

static bool
done(bool good)
{
	if (!good)
		ERR_clear_error();
	return good;
}

/* -- keys ---------------------------------------------------------------------------------------------------------------------- */

/* The point belongs to the private key only where that is not NULL. NULL: it is none. */
static EVP_PKEY *
pkey_of(const unsigned char point[P256_PUBLIC], const BIGNUM *private)
{
	OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
	OSSL_PARAM *params = NULL;
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
	EVP_PKEY *key = NULL;

	if (build && OSSL_PARAM_BLD_push_utf8_string(build, OSSL_PKEY_PARAM_GROUP_NAME, CURVE, 0) &&
	    OSSL_PARAM_BLD_push_octet_string(build, OSSL_PKEY_PARAM_PUB_KEY, point, P256_PUBLIC) &&
	    (!private || OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_PRIV_KEY, private)))
		params = OSSL_PARAM_BLD_to_param(build);
	if (!params || !ctx || EVP_PKEY_fromdata_init(ctx) <= 0 ||
	    EVP_PKEY_fromdata(ctx, &key, private ? EVP_PKEY_KEYPAIR : EVP_PKEY_PUBLIC_KEY, params) <= 0)
		key = NULL;
	EVP_PKEY_CTX_free(ctx);
	OSSL_PARAM_free(params);
	OSSL_PARAM_BLD_free(build);
	return key;
}

static EVP_PKEY *
pkey_of_key(const struct p256_key *k)
{
	BIGNUM *private = BN_bin2bn(k->private, P256_PRIVATE, NULL);
	EVP_PKEY *key = private ? pkey_of(k->public, private) : NULL;

	BN_clear_free(private);
	return key;
}

static bool
pkey_good(EVP_PKEY *key)
{
	EVP_PKEY_CTX *ctx = key ? EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL) : NULL;
	bool good = ctx && EVP_PKEY_public_check(ctx) == 1;

	EVP_PKEY_CTX_free(ctx);
	return good;
}

bool
p256_point_good(const unsigned char point[P256_PUBLIC])
{
	EVP_PKEY *key = point[0] == 4 ? pkey_of(point, NULL) : NULL;
	bool good = pkey_good(key);

	EVP_PKEY_free(key);
	return done(good);
}

bool
p256_key_of(const unsigned char private[P256_PRIVATE], struct p256_key *k)
{
	EC_GROUP *group = EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1);
	EC_POINT *point = group ? EC_POINT_new(group) : NULL;
	BIGNUM *number = BN_bin2bn(private, P256_PRIVATE, NULL);
	bool good = point && number && !BN_is_zero(number) && BN_cmp(number, EC_GROUP_get0_order(group)) < 0 &&
	    EC_POINT_mul(group, point, number, NULL, NULL, NULL) &&
	    EC_POINT_point2oct(group, point, POINT_CONVERSION_UNCOMPRESSED, k->public, P256_PUBLIC, NULL) == P256_PUBLIC;

	if (good)
		memcpy(k->private, private, P256_PRIVATE);
	BN_clear_free(number);
	EC_POINT_free(point);
	EC_GROUP_free(group);
	return done(good);
}

bool
p256_key_make(struct p256_key *k)
{
	EVP_PKEY *key = EVP_EC_gen(CURVE);
	BIGNUM *number = NULL;
	unsigned char private[P256_PRIVATE];
	bool good = key && EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_PRIV_KEY, &number) &&
	    BN_bn2binpad(number, private, P256_PRIVATE) == P256_PRIVATE;

	BN_clear_free(number);
	EVP_PKEY_free(key);
	return done(good) && p256_key_of(private, k);
}

bool
p256_key_read(struct span text, struct p256_key *k)
{
	unsigned char private[P256_PRIVATE];

	return base64url_read(text, private, P256_PRIVATE) && p256_key_of(private, k);
}

/* -- what is done with them --------------------------------------------------------------------------------------------------- */

bool
p256_shared(const struct p256_key *k, const unsigned char other[P256_PUBLIC], unsigned char secret[P256_SHARED])
{
	EVP_PKEY *own = pkey_of_key(k), *peer = other[0] == 4 ? pkey_of(other, NULL) : NULL;
	EVP_PKEY_CTX *ctx = own && pkey_good(peer) ? EVP_PKEY_CTX_new_from_pkey(NULL, own, NULL) : NULL;
	size_t n = P256_SHARED;
	bool good = ctx && EVP_PKEY_derive_init(ctx) > 0 && EVP_PKEY_derive_set_peer(ctx, peer) > 0 &&
	    EVP_PKEY_derive(ctx, secret, &n) > 0 && n == P256_SHARED;

	EVP_PKEY_CTX_free(ctx);
	EVP_PKEY_free(own);
	EVP_PKEY_free(peer);
	return done(good);
}

/* libcrypto's signature is DER. */
static bool
signature_plain(const unsigned char *der, size_t n, unsigned char signature[P256_SIGNATURE])
{
	ECDSA_SIG *sig = d2i_ECDSA_SIG(NULL, &der, (long)n);
	bool good = sig && BN_bn2binpad(ECDSA_SIG_get0_r(sig), signature, P256_SIGNATURE / 2) > 0 &&
	    BN_bn2binpad(ECDSA_SIG_get0_s(sig), signature + P256_SIGNATURE / 2, P256_SIGNATURE / 2) > 0;

	ECDSA_SIG_free(sig);
	return good;
}

bool
p256_sign(const struct p256_key *k, struct span message, unsigned char signature[P256_SIGNATURE])
{
	EVP_PKEY *own = pkey_of_key(k);
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	unsigned char der[80];
	size_t n = sizeof(der);
	bool good = own && ctx && EVP_DigestSignInit(ctx, NULL, EVP_sha256(), NULL, own) > 0 &&
	    EVP_DigestSign(ctx, der, &n, (const unsigned char *)message.p, message.n) > 0 && signature_plain(der, n, signature);

	EVP_MD_CTX_free(ctx);
	EVP_PKEY_free(own);
	return done(good);
}

bool
hkdf_sha256(struct span salt, struct span secret, struct span info, void *out, size_t n)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_id(EVP_PKEY_HKDF, NULL);
	size_t got = n;
	bool good = ctx && EVP_PKEY_derive_init(ctx) > 0 && EVP_PKEY_CTX_set_hkdf_md(ctx, EVP_sha256()) > 0 &&
	    EVP_PKEY_CTX_set1_hkdf_salt(ctx, (const unsigned char *)salt.p, (int)salt.n) > 0 &&
	    EVP_PKEY_CTX_set1_hkdf_key(ctx, (const unsigned char *)secret.p, (int)secret.n) > 0 &&
	    EVP_PKEY_CTX_add1_hkdf_info(ctx, (const unsigned char *)info.p, (int)info.n) > 0 &&
	    EVP_PKEY_derive(ctx, out, &got) > 0 && got == n;

	EVP_PKEY_CTX_free(ctx);
	return done(good);
}

bool
aes128gcm_seal(const unsigned char key[GCM_KEY], const unsigned char nonce[GCM_NONCE], const void *plain, size_t n, void *out)
{
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	unsigned char *to = out;
	int written = 0, rest = 0;
	bool good = ctx && n <= INT32_MAX && EVP_EncryptInit_ex(ctx, EVP_aes_128_gcm(), NULL, key, nonce) > 0 &&
	    EVP_EncryptUpdate(ctx, to, &written, plain, (int)n) > 0 && EVP_EncryptFinal_ex(ctx, to + written, &rest) > 0 &&
	    (size_t)(written + rest) == n && EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_GCM_GET_TAG, GCM_TAG, to + n) > 0;

	EVP_CIPHER_CTX_free(ctx);
	return done(good);
}
