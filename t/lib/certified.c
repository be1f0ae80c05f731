/* certified.c - see certified.h. */
#include "certified.h"

#include <setjmp.h>

#include <cmocka.h>

#include <openssl/pem.h>
#include <openssl/x509v3.h>

uint32_t
crc_of(struct span body)
{
	uint32_t crc = UINT32_MAX;

	for (size_t i = 0; i < body.n; i++) {
		crc ^= (unsigned char)body.p[i];
		for (int bit = 0; bit < 8; bit++)
			crc = crc & 1 ? crc >> 1 ^ 0xEDB88320u : crc >> 1;
	}
	return ~crc;
}

static X509 *
first_certificate(const char *pem)
{
	BIO *memory = BIO_new_mem_buf(pem, -1);
	X509 *cert = PEM_read_bio_X509(memory, NULL, NULL, NULL);

	BIO_free(memory);
	assert_non_null(cert);
	return cert;
}

/* The leaf; it must come from the authority and have PayPal's kind of name. */
static X509 *
leaf_of(const struct certified_ask *ask)
{
	X509 *leaf = first_certificate(ask->chain), *root = first_certificate(ask->root);
	X509_STORE *store = X509_STORE_new();
	X509_STORE_CTX *ctx = X509_STORE_CTX_new();
	char name[200];

	X509_STORE_add_cert(store, root);
	assert_int_equal(X509_STORE_CTX_init(ctx, store, leaf, NULL), 1);
	X509_STORE_CTX_set_purpose(ctx, X509_PURPOSE_SSL_SERVER);
	assert_int_equal(X509_verify_cert(ctx), 1);
	X509_NAME_get_text_by_NID(X509_get_subject_name(leaf), NID_commonName, name, sizeof(name));
	assert_string_equal(name, "messageverificationcerts.foyer-sandbox.paypal.com");
	assert_int_equal(X509_check_ca(leaf), 0);
	X509_STORE_CTX_free(ctx);
	X509_STORE_free(store);
	X509_free(root);
	return leaf;
}

bool
certified(struct arena *a, const struct certified_ask *ask)
{
	struct span message = arena_fmt(a, "%s|%s|%s|%u", ask->id, ask->time, ask->webhook, (unsigned)crc_of(ask->body));
	X509 *leaf = leaf_of(ask);
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	unsigned char raw[300];
	bool good;

	assert_int_equal(strlen(ask->signature), 344);
	assert_int_equal(EVP_DecodeBlock(raw, (const unsigned char *)ask->signature, 344), 258);
	good = EVP_DigestVerifyInit(ctx, NULL, EVP_sha256(), NULL, X509_get0_pubkey(leaf)) == 1 &&
	    EVP_DigestVerify(ctx, raw, 256, (const unsigned char *)message.p, message.n) == 1;
	EVP_MD_CTX_free(ctx);
	X509_free(leaf);
	return good;
}
