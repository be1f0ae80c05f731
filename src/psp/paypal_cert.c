/*
 * paypal_cert.c - see paypal_cert.h. Lists of revoked certificates are not asked for, which would be one more address to fetch: a
 * certificate comes from PayPal's own host, so one that it no longer stands by is one that it no longer serves.
 */
#include "base/base.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include "psp/paypal_cert.h"

#define MAX_CERTIFICATES 8
#define MAX_PEM (64 * KiB)
#define MAX_PATH 400
#define SECURITY_LEVEL 2	/* OpenSSL's: 112 bits, so RSA from 2048 bits and no SHA-1 */

static struct {
	X509_STORE *store;
	char file[MAX_PATH + 1];
} roots;

bool
paypal_roots_ready(const char *file)
{
	X509_STORE *store;

	if (roots.store && strcmp(roots.file, file) == 0)
		return true;
	store = X509_STORE_new();
	if (!store)
		die("out of memory");
	if (strlen(file) > MAX_PATH || X509_STORE_load_locations(store, file, NULL) != 1) {
		log_error("paypal.roots", "file=%s cannot be read, or has no certificate", file);
		X509_STORE_free(store);
		ERR_clear_error();
		return false;
	}
	X509_STORE_free(roots.store);
	roots.store = store;
	snprintf(roots.file, sizeof(roots.file), "%s", file);
	return true;
}

/* -- reading ------------------------------------------------------------------------------------------------------------------ */

/* NULL: there are no more, or (*bad) the next one is none. Only plain certificates: nothing encrypted, nothing that brings trust along. */
static X509 *
certificate_next(BIO *from, bool *bad)
{
	const unsigned char *p;
	unsigned char *der = NULL;
	char *name = NULL, *header = NULL;
	X509 *cert = NULL;
	long n;

	if (PEM_read_bio(from, &name, &header, &der, &n) != 1) {
		*bad = ERR_GET_REASON(ERR_peek_last_error()) != PEM_R_NO_START_LINE;
		ERR_clear_error();
		return NULL;
	}
	p = der;
	if (strcmp(name, PEM_STRING_X509) == 0 && !*header)
		cert = d2i_X509(NULL, &p, n);
	*bad = !cert || p != der + n;
	if (*bad) {
		X509_free(cert);
		cert = NULL;
	}
	OPENSSL_free(name);
	OPENSSL_free(header);
	OPENSSL_free(der);
	return cert;
}

static void
chain_free(STACK_OF(X509) *chain)
{
	sk_X509_pop_free(chain, X509_free);
}

/* NULL unless there is at least one certificate, and nothing else. */
static STACK_OF(X509) *
chain_read(struct span pem)
{
	STACK_OF(X509) *chain;
	bool bad = false;
	X509 *cert;
	BIO *from;

	if (!pem.n || pem.n > MAX_PEM)
		return NULL;
	from = BIO_new_mem_buf(pem.p, (int)pem.n);
	chain = sk_X509_new_null();
	if (!from || !chain)
		die("out of memory");
	while (!bad && (cert = certificate_next(from, &bad))) {
		if (sk_X509_push(chain, cert) <= 0)
			die("out of memory");
		bad = sk_X509_num(chain) > MAX_CERTIFICATES;
	}
	BIO_free(from);
	if (bad || sk_X509_num(chain) == 0) {
		chain_free(chain);
		return NULL;
	}
	return chain;
}

/* Standard base64, padded, of nothing but its own characters; OpenSSL alone would take blanks, and padding in the middle. */
static size_t
base64_read(struct span text, unsigned char *out)
{
	size_t padding = 0;
	int n;

	if (!text.n || text.n % 4 || text.n > PAYPAL_MAX_SIGNATURE)
		return 0;
	while (padding < 2 && text.p[text.n - 1 - padding] == '=')
		padding++;
	for (size_t i = 0; i < text.n - padding; i++) {
		char c = text.p[i];

		if (!((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '/'))
			return 0;
	}
	n = EVP_DecodeBlock(out, (const unsigned char *)text.p, (int)text.n);
	return n > 0 ? (size_t)n - padding : 0;
}

/* -- judging ------------------------------------------------------------------------------------------------------------------ */

static bool
host_is_paypals(struct span host)
{
	const struct span end = SPAN(".paypal.com");

	for (size_t i = 0; i < host.n; i++) {
		char c = host.p[i];

		if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-'))
			return false;
	}
	return span_starts(host, "messageverificationcerts") && host.n > end.n &&
	    span_eq((struct span){ host.p + host.n - end.n, end.n }, end);
}

/* Exactly one common name: of two, an authority and we might each look at another. */
static bool
subject_is_paypals(X509 *cert)
{
	const X509_NAME *subject = X509_get_subject_name(cert);
	int at = X509_NAME_get_index_by_NID(subject, NID_commonName, -1), n;
	unsigned char *text;
	bool good;

	if (at < 0 || X509_NAME_get_index_by_NID(subject, NID_commonName, at) >= 0)
		return false;
	n = ASN1_STRING_to_UTF8(&text, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at)));
	if (n < 0)
		return false;
	good = host_is_paypals((struct span){ (const char *)text, (size_t)n });
	OPENSSL_free(text);
	return good;
}

/* Text of OpenSSL's why not; NULL: it is. */
static const char *
distrusted(STACK_OF(X509) *chain, int64_t now_ms)
{
	X509_STORE_CTX *ctx = X509_STORE_CTX_new();
	const char *why = NULL;
	X509_VERIFY_PARAM *param;

	if (!ctx)
		die("out of memory");
	if (X509_STORE_CTX_init(ctx, roots.store, sk_X509_value(chain, 0), chain) != 1) {
		X509_STORE_CTX_free(ctx);
		return "chain";
	}
	param = X509_STORE_CTX_get0_param(ctx);
	X509_VERIFY_PARAM_set_time(param, (time_t)(now_ms / 1000));
	X509_VERIFY_PARAM_set_auth_level(param, SECURITY_LEVEL);
	if (X509_STORE_CTX_set_purpose(ctx, X509_PURPOSE_SSL_SERVER) != 1)
		why = "purpose";
	else if (X509_verify_cert(ctx) != 1)
		why = X509_verify_cert_error_string(X509_STORE_CTX_get_error(ctx));
	X509_STORE_CTX_free(ctx);
	return why;
}

static bool
signed_by(X509 *cert, struct span message, const unsigned char *signature, size_t n)
{
	EVP_PKEY *key = X509_get0_pubkey(cert);
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	EVP_PKEY_CTX *how;
	bool good;

	if (!ctx)
		die("out of memory");
	good = key && EVP_PKEY_base_id(key) == EVP_PKEY_RSA && EVP_DigestVerifyInit(ctx, &how, EVP_sha256(), NULL, key) == 1 &&
	    EVP_PKEY_CTX_set_rsa_padding(how, RSA_PKCS1_PADDING) == 1 &&
	    EVP_DigestVerify(ctx, signature, n, (const unsigned char *)message.p, message.n) == 1;
	EVP_MD_CTX_free(ctx);
	return good;
}

/* NULL: it holds. */
static const char *
doubt(const struct paypal_proof *proof, STACK_OF(X509) *chain, const unsigned char *signature, size_t n)
{
	const char *why;

	if (!chain)
		return "no certificate";
	if (!subject_is_paypals(sk_X509_value(chain, 0)))
		return "name";
	why = distrusted(chain, proof->now_ms);
	if (why)
		return why;
	return signed_by(sk_X509_value(chain, 0), proof->message, signature, n) ? NULL : "signature";
}

bool
paypal_proof_holds(struct arena *a, const struct paypal_proof *proof)
{
	unsigned char *signature = arena_alloc(a, PAYPAL_MAX_SIGNATURE);
	size_t n = base64_read(proof->signature, signature);
	STACK_OF(X509) *chain;
	const char *why;

	if (!roots.store) {
		BUG("no authorities were loaded");
		return false;
	}
	chain = n ? chain_read(proof->certificates) : NULL;
	why = n ? doubt(proof, chain, signature, n) : "no signature";
	chain_free(chain);
	ERR_clear_error();		/* libcurl's own calls share the list of errors */
	if (why)
		log_warn("paypal.doubt", "why=\"%s\"", why);
	return !why;
}
