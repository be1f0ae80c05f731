/*
 * test_push_seal.c - web push against the documents: RFC 8291's own example byte for byte, a token whose signature libcrypto verifies,
 * and points that are none. That other people's programs read both is for t/judges.
 */
#include "base/base.h"

#include <openssl/bn.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <setjmp.h>

#include <cmocka.h>

#include "base/crypto.h"
#include "relay/push_seal.h"

static struct arena *arena;

static void
read_to(const char *base64url, void *out, size_t n)
{
	assert_true(base64url_read(span_of(base64url), out, n));
}

static const char *
printed(struct span s)
{
	struct buf b;

	buf_init(&b, arena, 16 * KiB);
	base64url_print(&b, s.p, s.n);
	return b.p;
}

/* The browser, the key for once and the salt of RFC 8291, 5. */
static struct p256_key
example(struct push_browser *browser, unsigned char salt[PUSH_SALT])
{
	struct p256_key once;

	read_to("BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4", browser->point, P256_PUBLIC);
	read_to("BTBZMqHH6r4Tts7J_aSIgg", browser->auth, PUSH_AUTH);
	read_to("DGv6ra1nlYgDCS1FRnbzlw", salt, PUSH_SALT);
	assert_true(p256_key_read(SPAN("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"), &once));
	return once;
}

/* -- keys ---------------------------------------------------------------------------------------------------------------------- */

static void
the_public_half_follows_from_the_private_one(void **state)
{
	struct push_browser browser;
	unsigned char salt[PUSH_SALT];
	struct p256_key once = example(&browser, salt), ua;

	(void)state;
	assert_string_equal(printed((struct span){ (char *)once.public, P256_PUBLIC }),
	    "BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A8");
	assert_true(p256_key_read(SPAN("q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94"), &ua));
	assert_memory_equal(ua.public, browser.point, P256_PUBLIC);
}

static void
both_sides_come_to_the_same_secret(void **state)
{
	struct p256_key a, b;
	unsigned char of_a[P256_SHARED], of_b[P256_SHARED];

	(void)state;
	assert_true(p256_key_make(&a) && p256_key_make(&b));
	assert_memory_not_equal(a.private, b.private, P256_PRIVATE);
	assert_true(p256_shared(&a, b.public, of_a) && p256_shared(&b, a.public, of_b));
	assert_memory_equal(of_a, of_b, P256_SHARED);
}

static void
numbers_that_are_no_keys_are_refused(void **state)
{
	static const char *const bad[] = { "", "AAAA", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",	/* 0 */
		"_____wAAAAD__________7zm-q2nF56E87nKwvxjJVE",		/* the order of the curve */
		"__________________________________________8", "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ+oRw" };
	struct p256_key k;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		if (p256_key_read(span_of(bad[i]), &k))
			fail_msg("%s was taken", bad[i]);
	assert_true(p256_key_read(SPAN("_____wAAAAD__________7zm-q2nF56E87nKwvxjJVA"), &k));	/* the last one that is */
}

static void
points_beside_the_curve_are_refused(void **state)
{
	struct push_browser browser;
	unsigned char salt[PUSH_SALT], secret[P256_SHARED];
	struct p256_key once = example(&browser, salt);
	struct buf b;

	(void)state;
	assert_true(p256_point_good(browser.point));
	for (size_t i = 0; i < P256_PUBLIC; i++) {
		struct push_browser other = browser;

		other.point[i] ^= 1;
		buf_init(&b, arena, PUSH_RECORD);
		if (p256_point_good(other.point) || p256_shared(&once, other.point, secret) || push_seal(&b, &other, &once, salt, SPAN("x")))
			fail_msg("another byte %zu was taken", i);
	}
	memset(browser.point, 0, P256_PUBLIC);
	assert_false(p256_point_good(browser.point));
	browser.point[0] = 4;
	assert_false(p256_point_good(browser.point));
}

/* -- the message --------------------------------------------------------------------------------------------------------------- */

static void
the_documents_example_comes_out_byte_for_byte(void **state)
{
	struct push_browser browser;
	unsigned char salt[PUSH_SALT];
	struct p256_key once = example(&browser, salt);
	struct buf b;

	(void)state;
	buf_init(&b, arena, PUSH_RECORD);
	assert_true(push_seal(&b, &browser, &once, salt, SPAN("When I grow up, I want to be a watermelon")));
	assert_string_equal(printed(buf_view(&b)), "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27ml"
	    "mlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN");
}

static void
a_message_of_any_length_is_one_record_or_refused(void **state)
{
	static char text[PUSH_RECORD + 1];
	struct push_browser browser;
	unsigned char salt[PUSH_SALT];
	struct p256_key once = example(&browser, salt);

	(void)state;
	for (size_t n = 0; n <= PUSH_RECORD; n += n < PUSH_PLAIN_MAX - 40 ? 97 : 1) {
		struct buf b;

		arena_reset(arena);
		buf_init(&b, arena, PUSH_RECORD);
		random_bytes(text, n);
		assert_int_equal(push_seal(&b, &browser, &once, salt, (struct span){ text, n }), n <= PUSH_PLAIN_MAX);
		assert_int_equal(b.n, n <= PUSH_PLAIN_MAX ? PUSH_HEAD + n + 1 + GCM_TAG : 0);
	}
}

/* -- who sends it -------------------------------------------------------------------------------------------------------------- */

static void
the_origin_is_scheme_host_and_port(void **state)
{
	static const char *const cases[][2] = { { "https://push.example/a/b?c", "https://push.example" }, { "https://push.example", "https://push.example" },
		{ "https://push.example:443/a", "https://push.example" }, { "https://push.example:8443/a", "https://push.example:8443" },
		{ "http://127.0.0.1:9000/x", "http://127.0.0.1:9000" }, { "ftp://push.example/a", "" }, { "https:///a", "" }, { "", "" } };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		assert_string_equal(push_origin(arena, span_of(cases[i][0])).p, cases[i][1]);
}

/* By libcrypto, from the plain form of the signature. */
static bool
verifies(const struct p256_key *house, struct span message, const unsigned char signature[P256_SIGNATURE])
{
	ECDSA_SIG *sig = ECDSA_SIG_new();
	EVP_PKEY *key = EVP_PKEY_new();
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	unsigned char der[80], *end = der;
	bool good;

	assert_true(ECDSA_SIG_set0(sig, BN_bin2bn(signature, 32, NULL), BN_bin2bn(signature + 32, 32, NULL)));
	assert_in_range(i2d_ECDSA_SIG(sig, &end), 1, sizeof(der));
	EVP_PKEY_free(key);
	key = EVP_EC_gen("prime256v1");
	assert_true(EVP_PKEY_set1_encoded_public_key(key, house->public, P256_PUBLIC) > 0);
	good = EVP_DigestVerifyInit(ctx, NULL, EVP_sha256(), NULL, key) > 0 &&
	    EVP_DigestVerify(ctx, der, (size_t)(end - der), (const unsigned char *)message.p, message.n) == 1;
	EVP_MD_CTX_free(ctx);
	EVP_PKEY_free(key);
	ECDSA_SIG_free(sig);
	return good;
}

static void
the_token_says_who_to_whom_until_when_and_is_signed(void **state)
{
	static const char claims[] = "{\"aud\":\"https://push.example\",\"exp\":1790000000,\"sub\":\"mailto:it@foyer.example\"}";
	struct p256_key house;
	unsigned char signature[P256_SIGNATURE];
	char said[sizeof(claims)] = "";
	struct span rest, signed_part, part;
	struct buf b;

	(void)state;
	assert_true(p256_key_make(&house));
	buf_init(&b, arena, 4 * KiB);
	assert_true(push_authorize(&b, &house, SPAN("https://push.example"), SPAN("mailto:it@foyer.example"), 1790000000));
	assert_true(span_starts(buf_view(&b), "vapid t=eyJ0eXAiOiJKV1QiLCJhbGciOiJFUzI1NiJ9."));
	rest = (struct span){ b.p + strlen("vapid t="), b.n - strlen("vapid t=") };
	signed_part = span_cut(&rest, ',');
	assert_string_equal(rest.p, arena_fmt(arena, " k=%s", printed((struct span){ (char *)house.public, P256_PUBLIC })).p);
	rest = signed_part;
	span_cut(&rest, '.');
	part = span_cut(&rest, '.');
	assert_true(base64url_read(part, said, sizeof(claims) - 1));
	assert_string_equal(said, claims);
	assert_true(base64url_read(rest, signature, sizeof(signature)));
	signed_part.n -= rest.n + 1;
	assert_true(verifies(&house, signed_part, signature));
	signature[40] ^= 1;
	assert_false(verifies(&house, signed_part, signature));
}

static int
open_arena(void **state)
{
	(void)state;
	crypto_start();
	arena = arena_new(16 * MiB);
	return 0;
}

static int
close_arena(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_public_half_follows_from_the_private_one),
		cmocka_unit_test(both_sides_come_to_the_same_secret),
		cmocka_unit_test(numbers_that_are_no_keys_are_refused),
		cmocka_unit_test(points_beside_the_curve_are_refused),
		cmocka_unit_test(the_documents_example_comes_out_byte_for_byte),
		cmocka_unit_test(a_message_of_any_length_is_one_record_or_refused),
		cmocka_unit_test(the_origin_is_scheme_host_and_port),
		cmocka_unit_test(the_token_says_who_to_whom_until_when_and_is_signed),
	};

	return cmocka_run_group_tests(tests, open_arena, close_arena);
}
