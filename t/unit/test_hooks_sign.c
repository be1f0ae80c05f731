/* test_hooks_sign.c - what partners get: signed as Standard Webhooks says, the same bytes each time; and secrets that stay secret. */
#include "base/base.h"

#include <setjmp.h>

#include <cmocka.h>

#include "relay/hook_message.h"

static struct arena *arena;

/* The specification's own example; its secret is whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw. */
#define VECTOR_SECRET "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
#define VECTOR_SIGNATURE "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="

static struct hook_message
vector(void)
{
	return (struct hook_message){ .id = SPAN("msg_p5jXN8AQM9LWM0D4loKWxJek"), .body = SPAN("{\"test\": 2432232314}") };
}

static struct span
vector_key(void)
{
	static char bytes[24];

	assert_true(base64url_read(SPAN(VECTOR_SECRET), bytes, sizeof(bytes)));
	return (struct span){ bytes, sizeof(bytes) };
}

static void
the_specifications_example_has_its_signature(void **state)
{
	struct hook_message m = vector();
	struct span key = vector_key();

	(void)state;
	assert_string_equal(hook_signature(arena, &m, 1614265330, &key, 1).p, VECTOR_SIGNATURE);
	assert_string_not_equal(hook_signature(arena, &m, 1614265331, &key, 1).p, VECTOR_SIGNATURE);
}

static void
two_secrets_make_two_signatures_with_a_blank_between(void **state)
{
	struct hook_message m = vector();
	struct span keys[] = { SPAN("another key"), vector_key() }, both = hook_signature(arena, &m, 1614265330, keys, 2), first;

	(void)state;
	first = span_cut(&both, ' ');
	assert_true(span_eq(first, hook_signature(arena, &m, 1614265330, keys, 1)));
	assert_true(span_is(both, VECTOR_SIGNATURE));
}

static void
types_have_a_dot_and_come_back(void **state)
{
	(void)state;
	assert_string_equal(hook_type_print(arena, SPAN("PAYMENT_REFUND_DUE")).p, "payment.refund_due");
	assert_true(span_is(hook_type_read(arena, SPAN("payment.refund_due")), "PAYMENT_REFUND_DUE"));
	assert_true(span_is(hook_type_read(arena, SPAN("booking.confirmed")), "BOOKING_CONFIRMED"));
	assert_int_equal(hook_type_read(arena, SPAN("seat.held")).n, 0);	/* no partner's business */
	assert_int_equal(hook_type_read(arena, SPAN("BOOKING_CONFIRMED")).n, 0);
	assert_int_equal(hook_type_read(arena, SPAN("")).n, 0);
}

static const char *
body_of(const char *payload)
{
	struct delivery d = { .show = 12, .event = 3764519021412352001, .type = SPAN("BOOKING_CONFIRMED"), .subject = 3764519021412352111,
		.at_ms = 1795603204005, .payload = span_of(payload) };
	struct hook_message m = hook_message_of(arena, &d);

	assert_true(span_is(m.id, "12-3764519021412352001"));
	return CSTR(arena, m.body);
}

#define HEAD "{\"type\":\"booking.confirmed\",\"timestamp\":\"2026-11-25T10:40:04.005Z\",\"data\":{\"show\":12,\"booking\":\"3764519021412352111\""

static void
a_body_has_its_event_and_long_numbers_as_strings(void **state)
{
	(void)state;
	assert_string_equal(body_of("{\"hold\":3764519021412352222,\"total\":4500,\"currency\":\"GBP\"}"),
	    HEAD ",\"hold\":\"3764519021412352222\",\"total\":4500,\"currency\":\"GBP\"}}");
	assert_string_equal(body_of("{\"seats\":[1,2,3],\"by\":[3764519021412352222,-7]}"), HEAD ",\"seats\":[1,2,3],\"by\":[\"3764519021412352222\",-7]}}");
	assert_string_equal(body_of("{}"), HEAD "}}");
}

static void
what_stands_in_a_string_is_left_alone(void **state)
{
	(void)state;
	assert_string_equal(body_of("{\"reason\":\"a \\\"3764519021412352222\\\\\"}"), HEAD ",\"reason\":\"a \\\"3764519021412352222\\\\\"}}");
	assert_string_equal(body_of("{\"reason\":\"3764519021412352222}\"}"), HEAD ",\"reason\":\"3764519021412352222}\"}}");
}

static void
a_sealed_secret_opens_by_its_key_only_and_never_looks_the_same(void **state)
{
	struct key token_key, other, k, wrong;
	struct hook_secret secret = hook_secret_new();
	struct span sealed, again;
	unsigned char back[HOOK_SECRET_BYTES];
	char *bent;

	(void)state;
	assert_true(key_from_text(SPAN("0123456789abcdef0123456789abcdef"), &token_key));
	assert_true(key_from_text(SPAN("0123456789abcdef0123456789abcdeg"), &other));
	k = hook_key(&token_key);
	wrong = hook_key(&other);
	sealed = hook_secret_sealed(arena, &k, &secret);
	again = hook_secret_sealed(arena, &k, &secret);
	assert_true(seal_read(&k, sealed, back, sizeof(back)));
	assert_memory_equal(back, secret.bytes, sizeof(back));
	assert_false(span_eq(sealed, again));
	assert_in_range(sealed.n, 1, 200);
	assert_false(seal_read(&wrong, sealed, back, sizeof(back)));
	assert_false(seal_read(&token_key, sealed, back, sizeof(back)));
	assert_false(seal_read(&k, sealed, back, sizeof(back) - 1));
	assert_false(seal_read(&k, SPAN("x"), back, sizeof(back)));
	bent = (char *)CSTR(arena, sealed);
	bent[40] = bent[40] == 'A' ? 'B' : 'A';
	assert_false(seal_read(&k, span_of(bent), back, sizeof(back)));
}

static int
signatures(struct span header)
{
	int n = 0;

	for (const char *p = header.p; (p = strstr(p, " v1,")); p++)
		n++;
	return n;
}

static void
an_attempt_carries_the_three_headers_and_nothing_of_the_secret(void **state)
{
	struct key token_key, k;
	struct hook_secret secret = hook_secret_new(), before = hook_secret_new();
	struct hook_message m = vector();
	struct span headers[HOOK_HEADERS];
	struct hook_endpoint e = { .before = SPAN_NONE };

	(void)state;
	assert_true(key_from_text(SPAN("0123456789abcdef0123456789abcdef"), &token_key));
	k = hook_key(&token_key);
	e.secret = hook_secret_sealed(arena, &k, &secret);
	assert_true(hook_headers(arena, &k, &e, &m, 1614265330999, headers));
	assert_string_equal(headers[1].p, "webhook-id: msg_p5jXN8AQM9LWM0D4loKWxJek");
	assert_string_equal(headers[2].p, "webhook-timestamp: 1614265330");
	assert_true(span_starts(headers[3], "webhook-signature: v1,"));
	assert_int_equal(signatures(headers[3]), 1);
	e.before = hook_secret_sealed(arena, &k, &before);
	assert_true(hook_headers(arena, &k, &e, &m, 1614265330999, headers));
	assert_int_equal(signatures(headers[3]), 2);
	e.before = SPAN("sealed by somebody else");
	assert_false(hook_headers(arena, &k, &e, &m, 1614265330999, headers));
	for (size_t i = 0; i < HOOK_HEADERS; i++)
		assert_null(strstr(headers[i].p, hook_secret_text(arena, &secret).p + strlen(HOOK_SECRET_PREFIX)));
}

static int
open_all(void **state)
{
	(void)state;
	crypto_start();
	arena = arena_new(32 * MiB);
	return 0;
}

static int
close_all(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test(name)
		T(the_specifications_example_has_its_signature), T(two_secrets_make_two_signatures_with_a_blank_between),
		T(types_have_a_dot_and_come_back), T(a_body_has_its_event_and_long_numbers_as_strings), T(what_stands_in_a_string_is_left_alone),
		T(a_sealed_secret_opens_by_its_key_only_and_never_looks_the_same),
		T(an_attempt_carries_the_three_headers_and_nothing_of_the_secret),
	};

	return cmocka_run_group_tests(tests, open_all, close_all);
}
