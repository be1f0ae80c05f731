/*
 * fuzz_certificate.c - what a stranger can send as a message of PayPal's with a certificate. The input's first line says whose
 * certificates come with it:
 *	genuine		those of a true delivery that the stranger has seen, edited
 *	foreign		the stranger's own chain, with the same names, edited
 *	site		a certificate that the trusted authority gave to the stranger's own site, edited
 *	own		the same signer below that one, edited
 *	raw		PEM in the input
 * then headers, where "@" stands for what the true delivery had (of the signature: for one by the key of those certificates); after an
 * empty line the body up to a line "--", likewise; then the PEM, or edits of three bytes: two of place, one to be xored in. The keys
 * of the authority and of the true signer are thrown away at start, so nothing but the true message may be believed.
 */
#include "base/base.h"

#include <openssl/bio.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <zlib.h>

#include "psp/paypal_cert.h"
#include "t/fuzz/authority.h"
#include "t/fuzz/fuzz.h"
#include "t/fuzz/reports.h"

#define NOW_MS INT64_C(1790000000000)
#define SIGNER "messageverificationcerts.paypal.com"
#define MOST_CERTIFICATES 3

struct chain {
	X509 *certs[MOST_CERTIFICATES];
	size_t n;
	EVP_PKEY *key;			/* of the first; NULL: nobody has it */
};

struct message {
	struct span id, time, body, signature, certificates;
	struct fuzz_headers headers;
};

static struct arena *forever;
static struct chain genuine, foreign, site, own;
static struct message true_message;
static const char *roots_file;

/* -- who is who ------------------------------------------------------------------------------------------------------------------- */

static struct span
signed_text(struct arena *a, const struct message *m)
{
	return arena_fmt(a, PRSPAN "|" PRSPAN "|" FUZZ_WEBHOOK_ID "|%lu", ARGSPAN(m->id), ARGSPAN(m->time),
	    crc32(0, (const unsigned char *)m->body.p, (unsigned)m->body.n));
}

static struct span
signature_by(struct arena *a, EVP_PKEY *key, struct span text)
{
	return pki_sign(a, key, EVP_sha256(), RSA_PKCS1_PADDING, text);
}

static X509 *
signer_below(EVP_PKEY *key, X509 *issuer, EVP_PKEY *issuer_key)
{
	return pki_cert(&(struct pki_ask){ .cn = SIGNER, .key = key, .issuer = issuer, .issuer_key = issuer_key, .usage = "serverAuth" });
}

static void
people(void)
{
	EVP_PKEY *strangers = pki_rsa(2048), *true_key = pki_rsa(2048);
	struct authority authority;
	X509 *false_root, *site_cert;

	forever = arena_new(MiB);
	authority_make(&authority);
	roots_file = authority.file;
	genuine = (struct chain){ .certs = { signer_below(true_key, authority.cert, authority.key) }, .n = 1 };
	true_message = (struct message){ .id = SPAN("69cd13f0-d67a"), .time = SPAN("2026-09-21T13:33:15Z"),
		.body = SPAN("{\"id\":\"WH-1\",\"event_type\":\"PAYMENT.CAPTURE.COMPLETED\"}") };
	true_message.signature = signature_by(forever, true_key, signed_text(forever, &true_message));
	false_root = pki_cert(&(struct pki_ask){ .cn = AUTHORITY_NAME, .key = strangers, .authority = true });
	foreign = (struct chain){ .certs = { signer_below(strangers, false_root, strangers), false_root }, .n = 2, .key = strangers };
	site_cert = pki_cert(&(struct pki_ask){ .cn = "stranger.example", .key = strangers, .issuer = authority.cert,
		.issuer_key = authority.key, .usage = "serverAuth" });
	site = (struct chain){ .certs = { site_cert }, .n = 1, .key = strangers };
	own = (struct chain){ .certs = { signer_below(strangers, site_cert, strangers), site_cert }, .n = 2, .key = strangers };
	X509_free(authority.cert);
	EVP_PKEY_free(authority.key);
	EVP_PKEY_free(true_key);
}

/* -- the input -------------------------------------------------------------------------------------------------------------------- */

static struct span
pem_of(struct arena *a, const unsigned char *der, size_t n)
{
	BIO *to = BIO_new(BIO_s_mem());
	struct span text;
	char *p;

	check(PEM_write_bio(to, PEM_STRING_X509, "", der, (long)n) > 0);
	n = (size_t)BIO_get_mem_data(to, &p);
	text = arena_copy(a, (struct span){ p, n });
	BIO_free(to);
	return text;
}

/* Place 0 is the first byte of the first certificate; one beyond the last comes round. */
static struct span
edited(struct arena *a, const struct chain *chain, struct span edits)
{
	unsigned char *der[MOST_CERTIFICATES] = { NULL };
	size_t n[MOST_CERTIFICATES], all = 0;
	struct buf b;

	for (size_t i = 0; i < chain->n; i++) {
		n[i] = (size_t)i2d_X509(chain->certs[i], &der[i]);
		all += n[i];
	}
	for (; edits.n >= 3; edits.p += 3, edits.n -= 3) {
		const unsigned char *e = (const unsigned char *)edits.p;
		size_t at = (size_t)(e[0] * 256 + e[1]) % all, i = 0;

		while (at >= n[i])
			at -= n[i++];
		der[i][at] ^= e[2];
	}
	buf_init(&b, a, 64 * KiB);
	for (size_t i = 0; i < chain->n; i++) {
		buf_span(&b, pem_of(a, der[i], n[i]));
		OPENSSL_free(der[i]);
	}
	return buf_view(&b);
}

static struct span
or_true(struct span given, struct span truth)
{
	return span_is(given, "@") ? truth : given;
}

/* Up to a line "--". */
static struct span
body_cut(struct span *input)
{
	struct span all = *input, line;

	while (input->n) {
		line = span_cut(input, '\n');
		if (span_is(line, "--"))
			return (struct span){ all.p, line.p > all.p ? (size_t)(line.p - all.p) - 1 : 0 };
	}
	return all;
}

static void
message_read(struct arena *a, struct message *m, const struct chain *chain, struct span input)
{
	fuzz_headers_read(&m->headers, &input);
	m->id = or_true(fuzz_header(&m->headers, "Paypal-Transmission-Id"), true_message.id);
	m->time = or_true(fuzz_header(&m->headers, "Paypal-Transmission-Time"), true_message.time);
	m->body = or_true(body_cut(&input), true_message.body);
	m->signature = fuzz_header(&m->headers, "Paypal-Transmission-Sig");
	if (span_is(m->signature, "@"))
		m->signature = chain && chain->key ? signature_by(a, chain->key, signed_text(a, m)) : true_message.signature;
	m->certificates = chain ? edited(a, chain, input) : input;
}

static struct span
header_of(void *at, struct arena *arena, const char *name)
{
	const struct message *m = at;

	(void)arena;
	if (strcmp(name, "Paypal-Transmission-Id") == 0)
		return m->id;
	if (strcmp(name, "Paypal-Transmission-Time") == 0)
		return m->time;
	if (strcmp(name, "Paypal-Transmission-Sig") == 0)
		return m->signature;
	if (strcmp(name, "Paypal-Cert-Url") == 0)
		return or_true(fuzz_header(&m->headers, name), SPAN(FUZZ_CERTIFICATES "CERT-1"));
	return or_true(fuzz_header(&m->headers, name), SPAN("SHA256withRSA"));
}

/* -- judged ----------------------------------------------------------------------------------------------------------------------- */

static void
check_message(struct arena *a, struct message *m, const struct chain *chain, bool edits)
{
	bool true_text = span_eq(signed_text(a, m), signed_text(a, &true_message));
	bool whole = chain == &genuine && true_text && !edits && span_eq(m->signature, true_message.signature);
	const struct paypal_proof proof = { .certificates = m->certificates, .message = signed_text(a, m), .signature = m->signature,
		.now_ms = NOW_MS };
	const struct delivery d = { .header = header_of, .at = m, .body = m->body, .now_ms = NOW_MS, .fetched = m->certificates };
	struct psp_need need = { .url = SPAN_NONE };
	struct psp *list, *paypal;
	bool holds = paypal_proof_holds(a, &proof), from_the_place, is_signed;
	size_t n;

	check(!holds || (chain == &genuine && true_text));
	check(holds || !whole);
	list = fuzz_psps(a, "certificate", roots_file, &n);
	paypal = psp_named(list, n, SPAN("paypal"));
	is_signed = paypal->kind->verify_webhook(paypal, a, &d, &need) == SIGNED;
	from_the_place = span_starts(header_of(m, a, "Paypal-Cert-Url"), FUZZ_CERTIFICATES) &&
	    span_is(header_of(m, a, "Paypal-Auth-Algo"), "SHA256withRSA");
	check(!is_signed || (holds && from_the_place && span_eq(m->id, true_message.id) && span_eq(m->time, true_message.time)));
}

static const struct {
	const char *word;
	const struct chain *chain;
} chains[] = { { "genuine", &genuine }, { "foreign", &foreign }, { "site", &site }, { "own", &own } };

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct span input = { (const char *)data, n }, whose = span_cut(&input, '\n'), rest = input;
	struct arena *a = fuzz_arena("fuzz_certificate");
	const struct chain *chain = NULL;
	struct fuzz_headers passed;
	struct message m = { 0 };

	if (!forever)
		people();
	for (size_t i = 0; i < ARRAY_LEN(chains); i++)
		if (span_is(whose, chains[i].word))
			chain = chains[i].chain;
	message_read(a, &m, chain, input);
	fuzz_headers_read(&passed, &rest);
	body_cut(&rest);
	check_message(a, &m, chain, rest.n >= 3);
	return 0;
}
