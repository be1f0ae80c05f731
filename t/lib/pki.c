/* pki.c - see pki.h. */
#include "base/base.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "t/lib/pki.h"

#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>

EVP_PKEY *
pki_rsa(unsigned bits)
{
	EVP_PKEY *key = EVP_RSA_gen(bits);

	assert_non_null(key);
	return key;
}

EVP_PKEY *
pki_ec(void)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");

	assert_non_null(key);
	return key;
}

static void
extend(X509 *cert, int nid, const char *value)
{
	X509_EXTENSION *more = X509V3_EXT_conf_nid(NULL, NULL, nid, value);

	assert_non_null(more);
	assert_int_equal(X509_add_ext(cert, more, -1), 1);
	X509_EXTENSION_free(more);
}

static void
name(X509_NAME *subject, const char *cn)
{
	assert_int_equal(X509_NAME_add_entry_by_NID(subject, NID_commonName, MBSTRING_UTF8, (const unsigned char *)cn, -1, -1, 0), 1);
}

X509 *
pki_cert(const struct pki_ask *ask)
{
	static long serial = 1;
	X509 *cert = X509_new();

	assert_non_null(cert);
	X509_set_version(cert, 2);
	ASN1_INTEGER_set(X509_get_serialNumber(cert), serial++);
	ASN1_TIME_set(X509_getm_notBefore(cert), ask->from_s ? ask->from_s : PKI_FROM);
	ASN1_TIME_set(X509_getm_notAfter(cert), ask->until_s ? ask->until_s : PKI_UNTIL);
	name(X509_get_subject_name(cert), ask->cn);
	if (ask->second_cn)
		name(X509_get_subject_name(cert), ask->second_cn);
	X509_set_issuer_name(cert, X509_get_subject_name(ask->issuer ? ask->issuer : cert));
	X509_set_pubkey(cert, ask->key);
	extend(cert, NID_basic_constraints, ask->authority ? "critical,CA:TRUE" : "CA:FALSE");
	extend(cert, NID_key_usage, ask->authority ? "critical,keyCertSign,cRLSign" : "critical,digitalSignature,keyEncipherment");
	if (ask->usage)
		extend(cert, NID_ext_key_usage, ask->usage);
	assert_true(X509_sign(cert, ask->issuer_key ? ask->issuer_key : ask->key, ask->hash ? ask->hash : EVP_sha256()) > 0);
	return cert;
}

struct span
pki_pem(struct arena *a, X509 *cert)
{
	BIO *to = BIO_new(BIO_s_mem());
	struct span text;
	char *p;
	long n;

	assert_int_equal(PEM_write_bio_X509(to, cert), 1);
	n = BIO_get_mem_data(to, &p);
	text = arena_copy(a, (struct span){ p, (size_t)n });
	BIO_free(to);
	return text;
}

struct span
pki_sign(struct arena *a, EVP_PKEY *key, const EVP_MD *hash, int padding, struct span message)
{
	unsigned char signature[512], text[700];
	size_t n = sizeof(signature);
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	EVP_PKEY_CTX *how;

	assert_int_equal(EVP_DigestSignInit(ctx, &how, hash, NULL, key), 1);
	if (padding)
		assert_int_equal(EVP_PKEY_CTX_set_rsa_padding(how, padding), 1);
	assert_int_equal(EVP_DigestSign(ctx, signature, &n, (const unsigned char *)message.p, message.n), 1);
	EVP_MD_CTX_free(ctx);
	EVP_EncodeBlock(text, signature, (int)n);
	return arena_copy(a, span_of((const char *)text));
}
