/*
 * test_paypal.c - which messages we believe to be PayPal's. Keys, authorities and certificates are made here (t/lib/pki.h); where the
 * folder of recorded vectors is at hand (FOYER_FACTS, or ../shared/facts beside the source) every one of them is tried too, in place.
 */
#include "base/base.h"

#include <setjmp.h>

#include <cmocka.h>
#include <jansson.h>
#include <openssl/rsa.h>
#include <unistd.h>

#include "t/lib/facts.h"
#include "t/lib/peer.h"
#include "t/lib/pki.h"

#include "base/crypto.h"
#include "base/settings.h"
#include "psp/psp.h"

#define NOW_S INT64_C(1790000000)
#define BODY "{\"id\":\"WH-1\",\"event_type\":\"PAYMENT.CAPTURE.COMPLETED\"}"
#define BODY_CRC "2325436976"
#define ID "69cd13f0-d67a-11e5-baa3-778b53f4ae55"
#define TIME "2026-09-21T13:33:15Z"
#define HOOK "1JE4291016473214C"
#define PLACE "https://api.sandbox.paypal.com/v1/notifications/certs/"
#define URL PLACE "CERT-360caa42-fca2a594-aecacc47"
#define CN "messageverificationcerts.sandbox.paypal.com"
#define SIGNED_TEXT ID "|" TIME "|" HOOK "|" BODY_CRC

/* Made once: keys take their time. */
static EVP_PKEY *root_key, *leaf_key, *other_key;
static X509 *root;
static char roots_file[] = "/tmp/foyer-roots-XXXXXX";

struct shop {
	struct arena *arena;
	struct settings settings;
	struct psp *paypal;
	struct span pem, signature;
};

static struct psp *
shop_with(struct shop *s)
{
	struct psp *list;

	assert_int_equal(psp_all(s->arena, &s->settings, &list), 1);
	return psp_named(list, 1, SPAN("paypal"));
}

static X509 *
leaf_of(const char *cn)
{
	return pki_cert(&(struct pki_ask){ .cn = cn, .key = leaf_key, .issuer = root, .issuer_key = root_key, .usage = "serverAuth,clientAuth" });
}

static struct span
signed_text(struct shop *s, const char *text)
{
	return pki_sign(s->arena, leaf_key, EVP_sha256(), RSA_PKCS1_PADDING, span_of(text));
}

static int
shop_open(void **state)
{
	struct shop *s = calloc(1, sizeof(*s));

	s->arena = arena_new(512 * MiB);
	s->settings = (struct settings){
		.paypal_base_url = "https://api-m.sandbox.paypal.com", .paypal_client_id = "id", .paypal_client_secret = { SPAN("secret") },
		.paypal_webhook_id = HOOK, .paypal_webhook_check = "certificate", .paypal_certificates = "", .paypal_roots = roots_file,
		.psp_timeout_ms = 1000,
	};
	s->paypal = shop_with(s);
	s->pem = pki_pem(s->arena, leaf_of(CN));
	s->signature = signed_text(s, SIGNED_TEXT);
	*state = s;
	return 0;
}

static int
shop_close(void **state)
{
	struct shop *s = *state;

	arena_free(s->arena);
	free(s);
	return 0;
}

static void
roots_write(struct span pem)
{
	FILE *f = fopen(roots_file, "we");

	assert_non_null(f);
	assert_int_equal(fwrite(pem.p, 1, pem.n, f), pem.n);
	fclose(f);
}

static int
keys_open(void **state)
{
	struct arena *a = arena_new(MiB);

	(void)state;
	crypto_start();
	close(mkstemp(roots_file));
	root_key = pki_rsa(2048);
	leaf_key = pki_rsa(2048);
	other_key = pki_rsa(2048);
	root = pki_cert(&(struct pki_ask){ .cn = "Test Root", .key = root_key, .authority = true });
	roots_write(pki_pem(a, root));
	arena_free(a);
	return 0;
}

static int
keys_close(void **state)
{
	(void)state;
	unlink(roots_file);
	return 0;
}

/* What a delivery looks like unless a test says otherwise. */
struct sent {
	const char *id, *time, *url, *algorithm, *signature;
	struct span body, pem;
	int64_t now_s;
};

static struct sent
good(struct shop *s)
{
	return (struct sent){ ID, TIME, URL, "SHA256withRSA", s->signature.p, SPAN(BODY), s->pem, NOW_S };
}

static enum psp_verdict
verdict_need(struct shop *s, const struct sent *m, struct psp_need *need)
{
	const char *const headers[] = { "PAYPAL-TRANSMISSION-ID", m->id, "PAYPAL-TRANSMISSION-TIME", m->time, "PAYPAL-CERT-URL", m->url,
		"PAYPAL-AUTH-ALGO", m->algorithm, "PAYPAL-TRANSMISSION-SIG", m->signature, NULL };
	struct delivery d = peer_delivery(headers, m->body, m->now_s * 1000);

	d.fetched = m->pem;
	*need = (struct psp_need){ .url = SPAN_NONE };
	return s->paypal->kind->verify_webhook(s->paypal, s->arena, &d, need);
}

static enum psp_verdict
verdict(struct shop *s, const struct sent *m)
{
	struct psp_need need;

	return verdict_need(s, m, &need);
}

static enum psp_verdict
verdict_of_pem(struct shop *s, struct span pem)
{
	struct sent m = good(s);

	m.pem = pem;
	return verdict(s, &m);
}

static enum psp_verdict
verdict_of_cert(struct shop *s, const struct pki_ask *ask)
{
	return verdict_of_pem(s, pki_pem(s->arena, pki_cert(ask)));
}

/* -- signatures ---------------------------------------------------------------------------------------------------------- */

static void
a_message_signed_by_paypals_certificate_is_believed(void **state)
{
	struct shop *s = *state;
	struct sent m = good(s);

	assert_int_equal(verdict(s, &m), SIGNED);
	m.now_s = PKI_UNTIL - 1;		/* the time is signed: there is no age */
	assert_int_equal(verdict(s, &m), SIGNED);
}

static void
the_certificate_is_named_before_it_is_needed(void **state)
{
	struct shop *s = *state;
	struct sent m = good(s);
	struct psp_need need;

	m.pem = SPAN_NONE;
	assert_int_equal(verdict_need(s, &m, &need), VERDICT_FETCH);
	assert_true(span_is(need.url, URL));
}

static void
a_changed_message_is_not_believed(void **state)
{
	struct shop *s = *state;
	struct sent m[7];
	struct span body = arena_copy(s->arena, SPAN(BODY));

	for (size_t i = 0; i < ARRAY_LEN(m); i++)
		m[i] = good(s);
	m[0].id = "69cd13f0-d67a-11e5-baa3-778b53f4ae56";
	m[1].time = "2026-09-21T13:33:16Z";
	m[2].body = SPAN(BODY " ");
	m[3].body = SPAN("");
	m[4].body = (struct span){ body.p, body.n - 1 };
	m[5].signature = signed_text(s, ID "|" TIME "|" HOOK "|8a9b1c30").p;
	m[6].signature = signed_text(s, ID "|" TIME "|1JE4291016473214D|" BODY_CRC).p;
	for (size_t i = 0; i < ARRAY_LEN(m); i++)
		if (verdict(s, &m[i]) != NOT_SIGNED)
			fail_msg("believed: %zu", i);
}

static void
a_missing_or_odd_header_is_not_believed(void **state)
{
	static const char *const algorithms[] = { "", "SHA1withRSA", "sha256withRSA", "SHA256withRSA ", "SHA256withRSA,SHA1withRSA", "SHA256" };
	struct shop *s = *state;
	struct sent m[10];

	for (size_t i = 0; i < ARRAY_LEN(m); i++)
		m[i] = good(s);
	m[0].id = m[1].time = m[2].url = m[3].signature = "";
	m[4].id = ID "|" TIME;
	m[4].time = HOOK;
	m[5].id = ID "\r\nX: y";
	m[6].time = "2026-09-21 13:33:15";
	m[7].id = arena_fmt(s->arena, "%0101d", 1).p;
	m[8].signature = arena_fmt(s->arena, "%s%s%s%s", s->signature.p, s->signature.p, s->signature.p, s->signature.p).p;
	m[9].url = "https://evil.example/v1/notifications/certs/CERT-1";	/* however good the certificate that came from there */
	for (size_t i = 0; i < ARRAY_LEN(m); i++)
		if (verdict(s, &m[i]) != NOT_SIGNED)
			fail_msg("believed: %zu", i);
	for (size_t i = 0; i < ARRAY_LEN(algorithms); i++) {
		m[0] = good(s);
		m[0].algorithm = algorithms[i];
		if (verdict(s, &m[0]) != NOT_SIGNED)
			fail_msg("believed: %s", algorithms[i]);
	}
}

static void
no_part_may_stand_for_two(void **state)
{
	struct shop *s = *state;
	struct sent m = good(s);

	m.id = "a|b";
	m.signature = signed_text(s, "a|b|" TIME "|" HOOK "|" BODY_CRC).p;
	assert_int_equal(verdict(s, &m), NOT_SIGNED);
}

static void
every_damaged_signature_is_harmless(void **state)
{
	static const char *const odd[] = { "=", "==", "===", "====", "A===", "AA==", "AAA=", "AAAA", "AA=A", " AAA", "AAA ", "A\tAA", "-_-_",
		"AAAA====", "////" };
	struct shop *s = *state;
	struct sent m = good(s);

	for (size_t i = 0; i < ARRAY_LEN(odd); i++) {
		m.signature = odd[i];
		assert_int_equal(verdict(s, &m), NOT_SIGNED);
	}
	for (size_t i = 0; i < s->signature.n - 4; i++) {
		struct span damaged = arena_copy(s->arena, s->signature);

		((char *)(uintptr_t)damaged.p)[i] = s->signature.p[i] == 'A' ? 'B' : 'A';
		m.signature = damaged.p;
		assert_int_equal(verdict(s, &m), NOT_SIGNED);
		m.signature = arena_copy(s->arena, (struct span){ s->signature.p, i }).p;
		assert_int_equal(verdict(s, &m), NOT_SIGNED);
	}
}

static void
another_way_of_signing_is_not_believed(void **state)
{
	struct shop *s = *state;
	struct span text = SPAN(SIGNED_TEXT);
	struct sent m = good(s);

	m.signature = pki_sign(s->arena, leaf_key, EVP_sha1(), RSA_PKCS1_PADDING, text).p;
	assert_int_equal(verdict(s, &m), NOT_SIGNED);
	m.signature = pki_sign(s->arena, leaf_key, EVP_sha512(), RSA_PKCS1_PADDING, text).p;
	assert_int_equal(verdict(s, &m), NOT_SIGNED);
	m.signature = pki_sign(s->arena, leaf_key, EVP_sha256(), RSA_PKCS1_PSS_PADDING, text).p;
	assert_int_equal(verdict(s, &m), NOT_SIGNED);
	m.signature = pki_sign(s->arena, other_key, EVP_sha256(), RSA_PKCS1_PADDING, text).p;
	assert_int_equal(verdict(s, &m), NOT_SIGNED);
}

/* -- certificates ---------------------------------------------------------------------------------------------------------- */

static void
only_a_certificate_for_paypals_messages_will_do(void **state)
{
	static const struct {
		const char *cn, *second;
		enum psp_verdict verdict;
	} cases[] = {
		{ "messageverificationcerts.paypal.com", NULL, SIGNED }, { "messageverificationcerts-2.eu.paypal.com", NULL, SIGNED },
		{ "api.paypal.com", NULL, NOT_SIGNED }, { "www.messageverificationcerts.paypal.com", NULL, NOT_SIGNED },
		{ "messageverificationcerts.paypal.com.evil.example", NULL, NOT_SIGNED },
		{ "messageverificationcerts.evilpaypal.com", NULL, NOT_SIGNED }, { "messageverificationcerts", NULL, NOT_SIGNED },
		{ "messageverificationcerts.evil.example/.paypal.com", NULL, NOT_SIGNED }, { ".paypal.com", NULL, NOT_SIGNED },
		{ "messageverificationcerts evil .paypal.com", NULL, NOT_SIGNED },
		{ "evil.example", "messageverificationcerts.paypal.com", NOT_SIGNED },
		{ "messageverificationcerts.paypal.com", "evil.example", NOT_SIGNED },
	};
	struct shop *s = *state;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const struct pki_ask ask = { .cn = cases[i].cn, .second_cn = cases[i].second, .key = leaf_key, .issuer = root, .issuer_key = root_key };

		if (verdict_of_cert(s, &ask) != cases[i].verdict)
			fail_msg("%s %s", cases[i].cn, cases[i].second ? cases[i].second : "");
	}
}

static void
a_certificate_that_no_trusted_authority_made_is_not_believed(void **state)
{
	struct shop *s = *state;
	X509 *false_root = pki_cert(&(struct pki_ask){ .cn = "Test Root", .key = other_key, .authority = true });
	const struct pki_ask by_itself = { .cn = CN, .key = leaf_key };
	const struct pki_ask by_another = { .cn = CN, .key = leaf_key, .issuer = false_root, .issuer_key = other_key };
	const struct pki_ask in_its_name = { .cn = CN, .key = leaf_key, .issuer = root, .issuer_key = other_key };

	assert_int_equal(verdict_of_cert(s, &by_itself), NOT_SIGNED);
	assert_int_equal(verdict_of_cert(s, &by_another), NOT_SIGNED);
	assert_int_equal(verdict_of_cert(s, &in_its_name), NOT_SIGNED);
	assert_int_equal(verdict_of_pem(s, arena_fmt(s->arena, "%s%s", pki_pem(s->arena, pki_cert(&by_another)).p,
	    pki_pem(s->arena, false_root).p)), NOT_SIGNED);	/* bringing its own authority along */
}

static void
a_certificate_is_good_in_its_time_only(void **state)
{
	static const struct {
		int64_t from_s, until_s;
		enum psp_verdict verdict;
	} cases[] = {
		{ NOW_S - 10, NOW_S + 10, SIGNED }, { NOW_S, NOW_S + 1, SIGNED }, { NOW_S - 10, NOW_S, NOT_SIGNED },
		{ NOW_S + 1, NOW_S + 10, NOT_SIGNED },
	};
	struct shop *s = *state;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const struct pki_ask ask = { .cn = CN, .key = leaf_key, .issuer = root, .issuer_key = root_key, .from_s = cases[i].from_s,
			.until_s = cases[i].until_s };

		if (verdict_of_cert(s, &ask) != cases[i].verdict)
			fail_msg("%zu", i);
	}
}

static void
weak_and_other_keys_are_not_believed(void **state)
{
	struct shop *s = *state;
	EVP_PKEY *keys[] = { pki_rsa(1024), pki_ec() };
	const struct pki_ask weak_hash = { .cn = CN, .key = leaf_key, .issuer = root, .issuer_key = root_key, .hash = EVP_sha1() };
	const struct pki_ask for_clients = { .cn = CN, .key = leaf_key, .issuer = root, .issuer_key = root_key, .usage = "clientAuth" };

	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		const struct pki_ask ask = { .cn = CN, .key = keys[i], .issuer = root, .issuer_key = root_key };
		struct sent m = good(s);

		m.pem = pki_pem(s->arena, pki_cert(&ask));
		m.signature = pki_sign(s->arena, keys[i], EVP_sha256(), i == 0 ? RSA_PKCS1_PADDING : 0, SPAN(SIGNED_TEXT)).p;
		assert_int_equal(verdict(s, &m), NOT_SIGNED);
	}
	assert_int_equal(verdict_of_cert(s, &weak_hash), NOT_SIGNED);
	assert_int_equal(verdict_of_cert(s, &for_clients), NOT_SIGNED);
}

static void
certificates_between_may_come_along(void **state)
{
	struct shop *s = *state;
	struct pki_ask ask = { .cn = "Between", .key = other_key, .issuer = root, .issuer_key = root_key, .authority = true };
	X509 *between = pki_cert(&ask), *no_authority = (ask.authority = false, pki_cert(&ask));
	struct pki_ask leaf = { .cn = CN, .key = leaf_key, .issuer = between, .issuer_key = other_key };
	struct span pem = pki_pem(s->arena, pki_cert(&leaf)), more = pki_pem(s->arena, between), less = pki_pem(s->arena, no_authority);

	assert_int_equal(verdict_of_pem(s, arena_fmt(s->arena, "%s%s", pem.p, more.p)), SIGNED);
	assert_int_equal(verdict_of_pem(s, pem), NOT_SIGNED);
	assert_int_equal(verdict_of_pem(s, arena_fmt(s->arena, "%s%s", more.p, pem.p)), NOT_SIGNED);
	assert_int_equal(verdict_of_pem(s, arena_fmt(s->arena, "%s%s", pem.p, less.p)), NOT_SIGNED);
}

static void
what_is_no_list_of_certificates_is_harmless(void **state)
{
	struct shop *s = *state;
	const char *pem = s->pem.p;
	struct span many = SPAN_NONE, blanks = arena_fmt(s->arena, "%70000s", ""), inside = { pem + 28, s->pem.n - 28 };
	const struct span lists[] = {
		SPAN("x"), SPAN("\0\0\0"), SPAN("-----BEGIN CERTIFICATE-----"), SPAN("-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n"),
		SPAN("-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n"),
		arena_fmt(s->arena, "%s-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n", pem),
		arena_fmt(s->arena, "%s-----BEGIN PRIVATE KEY-----\nMAA=\n-----END PRIVATE KEY-----\n", pem),
		arena_fmt(s->arena, "-----BEGIN CERTIFICATE-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00112233445566778899AABBCCDDEEFF\n\n"
		    PRSPAN, ARGSPAN(inside)),
		arena_fmt(s->arena, "%s" PRSPAN, pem, ARGSPAN(blanks)),
	};

	for (size_t i = 0; i < ARRAY_LEN(lists); i++)
		if (verdict_of_pem(s, lists[i]) != NOT_SIGNED)
			fail_msg("list %zu", i);
	for (int i = 0; i < 9; i++) {
		if (i)
			assert_int_equal(verdict_of_pem(s, many), SIGNED);
		many = arena_fmt(s->arena, PRSPAN "%s", ARGSPAN(many), pem);
	}
	assert_int_equal(verdict_of_pem(s, many), NOT_SIGNED);		/* nine are too many */
}

static void
every_cut_and_damage_of_a_certificate_is_harmless(void **state)
{
	struct shop *s = *state;
	struct sent m = good(s);

	for (size_t n = 1; n < s->pem.n - 1; n++)
		assert_int_equal(verdict_of_pem(s, (struct span){ s->pem.p, n }), NOT_SIGNED);
	m.body = SPAN(BODY " ");
	for (size_t i = 0; i < s->pem.n; i++) {
		m.pem = arena_copy(s->arena, s->pem);
		((char *)(uintptr_t)m.pem.p)[i] = (char)(s->pem.p[i] ^ (i % 7 ? 1 : 0x80));
		assert_int_equal(verdict(s, &m), NOT_SIGNED);
	}
}

static void
without_a_webhook_id_or_authorities_nothing_can_be_told(void **state)
{
	struct shop *s = *state;
	struct sent m = good(s);

	s->settings.paypal_roots = "/nonexistent/roots.pem";
	s->paypal = shop_with(s);
	assert_int_equal(verdict(s, &m), VERDICT_NONE);
	s->settings.paypal_roots = "/dev/null";
	s->paypal = shop_with(s);
	assert_int_equal(verdict(s, &m), VERDICT_NONE);
	s->settings.paypal_roots = roots_file;
	s->settings.paypal_webhook_id = " ";
	s->paypal = shop_with(s);
	m.signature = signed_text(s, ID "|" TIME "||" BODY_CRC).p;
	assert_int_equal(verdict(s, &m), VERDICT_NONE);
}

/* -- recorded vectors -------------------------------------------------------------------------------------------------------- */

static const char *
text_at(const json_t *obj, const char *key)
{
	const char *text = json_string_value(json_object_get(obj, key));

	return text ? text : "";
}

/* As a caller would: what is named is fetched, if it is there to be had. */
static void
one_vector(struct shop *s, const json_t *v, const json_t *pki)
{
	const json_t *headers = json_object_get(v, "headers"), *body = json_object_get(v, "body");
	bool genuine = strncmp(text_at(v, "name"), "GENUINE", 7) == 0, valid = strcmp(text_at(v, "expect"), "valid") == 0;
	struct sent m = { text_at(headers, "PAYPAL-TRANSMISSION-ID"), text_at(headers, "PAYPAL-TRANSMISSION-TIME"),
		text_at(headers, "PAYPAL-CERT-URL"), text_at(headers, "PAYPAL-AUTH-ALGO"), text_at(headers, "PAYPAL-TRANSMISSION-SIG"),
		{ json_string_value(body), json_string_length(body) }, SPAN_NONE, json_integer_value(json_object_get(v, "now")) };
	const char *whose = genuine ? "genuine" : "test";
	enum psp_verdict is;

	roots_write(span_of(text_at(json_object_get(pki, "trust_roots_pem"), whose)));
	s->settings.paypal_roots = arena_fmt(s->arena, "%s%s", genuine ? "/." : "/./.", roots_file).p;	/* another name: read anew */
	s->settings.paypal_base_url = genuine ? "https://api-m.sandbox.paypal.com" : "https://api-m.paypal.com";
	s->settings.paypal_webhook_id = text_at(v, "webhook_id");
	s->paypal = shop_with(s);
	assert_string_equal(sha256_hex(m.body).text, text_at(v, "body_sha256"));
	is = verdict(s, &m);
	if (is == VERDICT_FETCH) {
		m.pem = arena_fmt(s->arena, "%s%s", text_at(json_object_get(pki, "certs_by_url"), m.url),
		    text_at(json_object_get(pki, "intermediates_pem"), whose));
		is = verdict(s, &m);
	}
	if (is != (valid ? SIGNED : NOT_SIGNED) || (strcmp(text_at(v, "reference_reason"), "cert url") == 0 && m.pem.n))
		fail_msg("vector \"%s\": %d", text_at(v, "name"), is);
}

static void
recorded_vectors_get_their_recorded_verdict(void **state)
{
	struct shop *s = *state;
	const json_t *v;
	size_t i;
	json_auto_t *whole = facts_vectors(s->arena);

	if (!whole)
		skip();
	assert_true(json_array_size(json_object_get(whole, "paypal")) > 10);
	json_array_foreach(json_object_get(whole, "paypal"), i, v)
		one_vector(s, v, json_object_get(whole, "paypal_pki"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, shop_open, shop_close)
		TEST(a_message_signed_by_paypals_certificate_is_believed),
		TEST(the_certificate_is_named_before_it_is_needed),
		TEST(a_changed_message_is_not_believed),
		TEST(a_missing_or_odd_header_is_not_believed),
		TEST(no_part_may_stand_for_two),
		TEST(every_damaged_signature_is_harmless),
		TEST(another_way_of_signing_is_not_believed),
		TEST(only_a_certificate_for_paypals_messages_will_do),
		TEST(a_certificate_that_no_trusted_authority_made_is_not_believed),
		TEST(a_certificate_is_good_in_its_time_only),
		TEST(weak_and_other_keys_are_not_believed),
		TEST(certificates_between_may_come_along),
		TEST(what_is_no_list_of_certificates_is_harmless),
		TEST(every_cut_and_damage_of_a_certificate_is_harmless),
		TEST(without_a_webhook_id_or_authorities_nothing_can_be_told),
		TEST(recorded_vectors_get_their_recorded_verdict),
	};

	return cmocka_run_group_tests_name("paypal", tests, keys_open, keys_close);
}
