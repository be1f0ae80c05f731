/* paypal_pki.c - see paypal_pki.h. */
#include "base/base.h"

#include <errno.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "sandbox/paypal_pki.h"
#include "sandbox/sign.h"

#define BITS 2048
#define YEARS 10
#define YEAR_SECONDS (365L * 86400)
#define MARGIN_SECONDS 86400L
#define AUTHORITY_NAME "Foyer sandbox authority"
#define LEAF_NAME "messageverificationcerts.foyer-sandbox.paypal.com"

struct pki {
	EVP_PKEY *key;			/* of the leaf */
	char *id, *chain;
};

static void
must(bool well, const char *what)
{
	if (!well)
		die("OpenSSL: %s", what);
}

static void
extend(X509 *cert, X509 *issuer, int nid, const char *value)
{
	X509V3_CTX ctx;
	X509_EXTENSION *e;

	X509V3_set_ctx_nodb(&ctx);
	X509V3_set_ctx(&ctx, issuer, cert, NULL, NULL, 0);
	e = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
	must(e && X509_add_ext(cert, e, -1) == 1, value);
	X509_EXTENSION_free(e);
}

/* issuer NULL: signed with its own key. */
static X509 *
certificate_new(const char *name, EVP_PKEY *key, X509 *issuer, EVP_PKEY *issuer_key, long serial)
{
	X509 *cert = X509_new();
	X509_NAME *subject = X509_NAME_new();
	bool well;

	must(cert && subject, "out of memory");
	well = X509_set_version(cert, 2) && ASN1_INTEGER_set(X509_get_serialNumber(cert), serial) &&
	    X509_gmtime_adj(X509_getm_notBefore(cert), -MARGIN_SECONDS) && X509_gmtime_adj(X509_getm_notAfter(cert), YEARS * YEAR_SECONDS) &&
	    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, (const unsigned char *)name, -1, -1, 0) &&
	    X509_set_subject_name(cert, subject) && X509_set_issuer_name(cert, issuer ? X509_get_subject_name(issuer) : subject) &&
	    X509_set_pubkey(cert, key);
	must(well, "a certificate");
	extend(cert, issuer ? issuer : cert, NID_basic_constraints, issuer ? "critical,CA:FALSE" : "critical,CA:TRUE");
	extend(cert, issuer ? issuer : cert, NID_key_usage, issuer ? "critical,digitalSignature" : "critical,keyCertSign,cRLSign");
	extend(cert, issuer ? issuer : cert, NID_subject_key_identifier, "hash");
	extend(cert, issuer ? issuer : cert, NID_authority_key_identifier, "keyid");
	if (issuer) {
		extend(cert, issuer, NID_ext_key_usage, "serverAuth,clientAuth");
		extend(cert, issuer, NID_subject_alt_name, "DNS:" LEAF_NAME);
	}
	must(X509_sign(cert, issuer_key, EVP_sha256()) > 0, "signing a certificate");
	X509_NAME_free(subject);
	return cert;
}

/* What was written into the memory, as JSON text. Ends it. */
static json_t *
text_of(BIO *memory)
{
	char *p;
	long n = BIO_get_mem_data(memory, &p);
	json_t *text = json_made(json_stringn(p, (size_t)n));

	BIO_free(memory);
	return text;
}

static json_t *
certificate_text(X509 *cert)
{
	BIO *memory = BIO_new(BIO_s_mem());

	must(memory && PEM_write_bio_X509(memory, cert) == 1, "writing a certificate");
	return text_of(memory);
}

static json_t *
key_text(EVP_PKEY *key)
{
	BIO *memory = BIO_new(BIO_s_mem());

	must(memory && PEM_write_bio_PrivateKey(memory, key, NULL, NULL, 0, NULL, NULL) == 1, "writing a key");
	return text_of(memory);
}

static json_t *
record_new(void)
{
	EVP_PKEY *root_key = EVP_RSA_gen(BITS), *key = EVP_RSA_gen(BITS);
	X509 *root, *leaf;
	json_t *record;
	struct provider_id uuid = provider_id_uuid();

	must(root_key && key, "no RSA keys");
	root = certificate_new(AUTHORITY_NAME, root_key, NULL, root_key, 1);
	leaf = certificate_new(LEAF_NAME, key, root, root_key, 2);
	record = json_pack("{s:o, s:o, s:o, s:o}", "root", certificate_text(root), "leaf", certificate_text(leaf), "key", key_text(key),
	    "id", json_sprintf("CERT-%.8s-%.8s-00000001", uuid.text, uuid.text + 24));
	X509_free(leaf);
	X509_free(root);
	EVP_PKEY_free(key);
	EVP_PKEY_free(root_key);
	return record;
}

static EVP_PKEY *
key_read(struct span pem)
{
	BIO *memory = BIO_new_mem_buf(pem.p, (int)pem.n);
	EVP_PKEY *key = memory ? PEM_read_bio_PrivateKey(memory, NULL, NULL, NULL) : NULL;

	BIO_free(memory);
	must(key != NULL, "the key in the state file cannot be read");
	return key;
}

/* Beside itself and renamed, so that nobody reads half of it. */
static void
write_root(const char *file, struct span pem)
{
	char fresh[4096];
	FILE *f;

	if (snprintf(fresh, sizeof(fresh), "%s.new", file) >= (int)sizeof(fresh))
		die("the name of the root certificate's file is too long");
	f = fopen(fresh, "we");
	if (!f || fwrite(pem.p, 1, pem.n, f) != pem.n || fclose(f) != 0 || rename(fresh, file) != 0)
		die("cannot write %s: %s", file, strerror(errno));
}

struct pki *
play_pki_open(struct store *s, const char *root_file)
{
	struct pki *p = calloc(1, sizeof(*p));
	json_t *record = store_get(s, "pki", SPAN("paypal"));

	if (!record) {
		record = json_made(record_new());
		store_put(s, "pki", "paypal", record);
	}
	if (!p || asprintf(&p->id, PRSPAN, ARGSPAN(json_span(record, "id"))) < 0 ||
	    asprintf(&p->chain, PRSPAN PRSPAN, ARGSPAN(json_span(record, "leaf")), ARGSPAN(json_span(record, "root"))) < 0)
		die("out of memory");
	p->key = key_read(json_span(record, "key"));
	if (root_file)
		write_root(root_file, json_span(record, "root"));
	return p;
}

void
play_pki_free(struct pki *p)
{
	if (!p)
		return;
	EVP_PKEY_free(p->key);
	free(p->id);
	free(p->chain);
	free(p);
}

const char *
play_pki_id(const struct pki *p)
{
	return p->id;
}

struct span
play_pki_chain(const struct pki *p)
{
	return span_of(p->chain);
}

struct span
play_pki_sign(const struct pki *p, struct arena *a, struct span message)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	unsigned char signature[BITS / 8];
	size_t n = sizeof(signature);

	must(ctx && EVP_DigestSignInit(ctx, NULL, EVP_sha256(), NULL, p->key) == 1 &&
	    EVP_DigestSign(ctx, signature, &n, (const unsigned char *)message.p, message.n) == 1, "signing");
	EVP_MD_CTX_free(ctx);
	return sign_base64(a, (struct span){ (const char *)signature, n });
}

bool
play_pki_verify(const struct pki *p, struct arena *a, struct span message, struct span signature)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	unsigned char *raw = arena_alloc(a, signature.n + 1);
	int n = EVP_DecodeBlock(raw, (const unsigned char *)signature.p, (int)signature.n);
	bool well;

	for (size_t i = signature.n; n > 0 && i > 0 && signature.p[i - 1] == '='; i--)
		n--;		/* padding counts as bytes there */
	must(ctx != NULL, "out of memory");
	well = n > 0 && EVP_DigestVerifyInit(ctx, NULL, EVP_sha256(), NULL, p->key) == 1 &&
	    EVP_DigestVerify(ctx, raw, (size_t)n, (const unsigned char *)message.p, message.n) == 1;
	EVP_MD_CTX_free(ctx);
	return well;
}
