/*
 * test_paypal_places.c - where PayPal's certificates may come from: whoever could choose the address could sign. Nothing is fetched
 * here; a test sees which address would be.
 */
#include "base/base.h"

#include <setjmp.h>

#include <cmocka.h>
#include <unistd.h>

#include "t/lib/peer.h"
#include "t/lib/pki.h"

#include "base/settings.h"
#include "psp/psp.h"

#define NOW_MS INT64_C(1790000000000)
#define PLACE "https://api.sandbox.paypal.com/v1/notifications/certs/"
#define URL PLACE "CERT-360caa42-fca2a594-aecacc47"

static char roots_file[] = "/tmp/foyer-roots-XXXXXX";

struct shop {
	struct arena *arena;
	struct settings settings;
	struct psp *paypal;
};

static struct psp *
shop_with(struct shop *s)
{
	struct psp *list;

	assert_int_equal(psp_all(s->arena, &s->settings, &list), 1);
	return psp_named(list, 1, SPAN("paypal"));
}

static int
shop_open(void **state)
{
	struct shop *s = calloc(1, sizeof(*s));

	s->arena = arena_new(16 * MiB);
	s->settings = (struct settings){
		.paypal_base_url = "https://api-m.sandbox.paypal.com", .paypal_client_id = "id", .paypal_client_secret = { SPAN("secret") },
		.paypal_webhook_id = "1JE4291016473214C", .paypal_webhook_check = "certificate", .paypal_certificates = "",
		.paypal_roots = roots_file, .psp_timeout_ms = 1000,
	};
	s->paypal = shop_with(s);
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

/* Authorities must be there for anything to be told. */
static int
roots_open(void **state)
{
	struct arena *a = arena_new(MiB);
	struct span pem = pki_pem(a, pki_cert(&(struct pki_ask){ .cn = "Test Root", .key = pki_rsa(2048), .authority = true }));
	int fd = mkstemp(roots_file);

	(void)state;
	assert_int_equal(write(fd, pem.p, pem.n), pem.n);
	close(fd);
	arena_free(a);
	return 0;
}

static int
roots_close(void **state)
{
	(void)state;
	unlink(roots_file);
	return 0;
}

static enum psp_verdict
verdict(struct shop *s, const char *url, struct psp_need *need)
{
	const char *const headers[] = { "Paypal-Transmission-Id", "1", "Paypal-Transmission-Time", "2026-09-21T13:33:15Z", "Paypal-Cert-Url", url,
		"Paypal-Auth-Algo", "SHA256withRSA", "Paypal-Transmission-Sig", "AAAA", NULL };
	const struct delivery d = peer_delivery(headers, SPAN("{}"), NOW_MS);

	*need = (struct psp_need){ .url = SPAN_NONE };
	return s->paypal->kind->verify_webhook(s->paypal, s->arena, &d, need);
}

static void
an_address_of_paypals_would_be_fetched(void **state)
{
	struct psp_need need;

	assert_int_equal(verdict(*state, URL, &need), VERDICT_FETCH);
	assert_true(span_is(need.url, URL));
}

static void
hostile_addresses_are_refused_before_anything_is_fetched(void **state)
{
	static const char *const urls[] = {
		"", "CERT-1", "/v1/notifications/certs/CERT-1", "http://api.sandbox.paypal.com/v1/notifications/certs/CERT-1",
		"HTTPS://api.sandbox.paypal.com/v1/notifications/certs/CERT-1", "https://api.paypal.com/v1/notifications/certs/CERT-1",
		"https://API.sandbox.paypal.com/v1/notifications/certs/CERT-1", "https://evil.example/v1/notifications/certs/CERT-1",
		"https://api.sandbox.paypal.com.evil.example/v1/notifications/certs/CERT-1",
		"https://api.sandbox.paypal.com@evil.example/v1/notifications/certs/CERT-1",
		"https://api.sandbox.paypal.com:x@evil.example/v1/notifications/certs/CERT-1",
		"https://u:p@api.sandbox.paypal.com/v1/notifications/certs/CERT-1",
		"https://api.sandbox.paypal.com:443/v1/notifications/certs/CERT-1",
		"https://api.sandbox.paypal.com:8443/v1/notifications/certs/CERT-1",
		"https://api.sandbox.paypal.com./v1/notifications/certs/CERT-1", "https://api.sandbox.paypal.com/v1/notifications/CERT-1",
		"https://api.sandbox.paypal.com\\@evil.example/v1/notifications/certs/CERT-1",
		"https://xapi.sandbox.paypal.com/v1/notifications/certs/CERT-1",
		"file:///v1/notifications/certs/CERT-1", "https://127.0.0.1/v1/notifications/certs/CERT-1",
		PLACE, PLACE "a/b", PLACE "../x", PLACE "..", PLACE ".", PLACE "a?b", PLACE "a#b", PLACE "a%2e", PLACE "%2e%2e%2fx", PLACE "a.pem",
		PLACE "a b", PLACE " a", PLACE "a\\b", PLACE "a@b", PLACE "a:b", PLACE "a;b", PLACE "a&b", PLACE "\xc3\xa9", PLACE "a\tb",
		PLACE "a\r\nHost: evil", " " URL, URL " ", URL "/", URL "," URL,
	};
	struct psp_need need;

	for (size_t i = 0; i < ARRAY_LEN(urls); i++)
		if (verdict(*state, urls[i], &need) != NOT_SIGNED || need.url.n)
			fail_msg("would fetch: %s", urls[i]);
}

static void
an_address_has_at_most_300_characters(void **state)
{
	struct shop *s = *state;
	int room = 300 - (int)(sizeof(PLACE) - 1);
	struct psp_need need;

	assert_int_equal(verdict(s, arena_fmt(s->arena, PLACE "%0*d", room, 1).p, &need), VERDICT_FETCH);
	assert_int_equal(verdict(s, arena_fmt(s->arena, PLACE "%0*d", room + 1, 1).p, &need), NOT_SIGNED);
}

static void
certificates_come_from_where_the_settings_say(void **state)
{
	static const struct {
		const char *base, *places, *url;
		enum psp_verdict verdict;
	} cases[] = {
		{ "https://api-m.sandbox.paypal.com", "", "https://api-m.sandbox.paypal.com/v1/notifications/certs/C", VERDICT_FETCH },
		{ "https://api-m.sandbox.paypal.com", " ", "https://api.paypal.com/v1/notifications/certs/C", NOT_SIGNED },
		{ "https://api-m.paypal.com", "", "https://api.paypal.com/v1/notifications/certs/C", VERDICT_FETCH },
		{ "https://api-m.paypal.com", "", "https://api-m.paypal.com/v1/notifications/certs/C", VERDICT_FETCH },
		{ "https://api-m.paypal.com", "", "https://api.sandbox.paypal.com/v1/notifications/certs/C", NOT_SIGNED },
		{ "http://127.0.0.1:1", "http://127.0.0.1:9/c/, https://x.test/d/", "http://127.0.0.1:9/c/C", VERDICT_FETCH },
		{ "http://127.0.0.1:1", "http://127.0.0.1:9/c/, https://x.test/d/", "https://x.test/d/C", VERDICT_FETCH },
		{ "http://127.0.0.1:1", "http://localhost/c/", "http://localhost/c/C", VERDICT_FETCH },
		{ "http://127.0.0.1:1", "https://x.test/d/", "https://api.sandbox.paypal.com/v1/notifications/certs/C", NOT_SIGNED },
		/* places that could mean another one than they seem to: none is left, so nothing can be told */
		{ "http://127.0.0.1:1", "https://x.test", "https://x.testC", VERDICT_NONE },
		{ "http://127.0.0.1:1", "https://x.test/d", "https://x.test/dC", VERDICT_NONE },
		{ "http://127.0.0.1:1", "https://", "https://C", VERDICT_NONE }, { "http://127.0.0.1:1", "https:///", "https:///C", VERDICT_NONE },
		{ "http://127.0.0.1:1", "http://x.test/", "http://x.test/C", VERDICT_NONE },
		{ "http://127.0.0.1:1", "http://127.0.0.1@x.test/", "http://127.0.0.1@x.test/C", VERDICT_NONE },
		{ "http://127.0.0.1:1", "http://127.0.0.1.x.test/", "http://127.0.0.1.x.test/C", VERDICT_NONE },
		{ "http://127.0.0.1:1", "https://x.test/../", "https://x.test/../C", VERDICT_NONE },
		{ "http://127.0.0.1:1", "ftp://127.0.0.1/", "ftp://127.0.0.1/C", VERDICT_NONE },
	};
	struct shop *s = *state;
	struct psp_need need;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		s->settings.paypal_base_url = cases[i].base;
		s->settings.paypal_certificates = cases[i].places;
		s->paypal = shop_with(s);
		if (verdict(s, cases[i].url, &need) != cases[i].verdict)
			fail_msg("%s from %s", cases[i].url, cases[i].places);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, shop_open, shop_close)
		TEST(an_address_of_paypals_would_be_fetched),
		TEST(hostile_addresses_are_refused_before_anything_is_fetched),
		TEST(an_address_has_at_most_300_characters),
		TEST(certificates_come_from_where_the_settings_say),
	};

	return cmocka_run_group_tests_name("paypal places", tests, roots_open, roots_close);
}
