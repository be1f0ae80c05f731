/* test_sandbox_stripe.c - Stripe as the stand-in plays it: keys that repeat answers, payments by token, lists, the signature. */
#include "base/base.h"

#include <setjmp.h>

#include <cmocka.h>

#include "t/lib/stand_in.h"

#include "base/clock.h"
#include "base/crypto.h"
#include "sandbox/stripe.h"

static struct heard
call(struct stand_in *s, const char *what, const char *body, const char *key, int status)
{
	struct heard h = stand_in_call(s, what, body, key);

	if (h.status != status)
		fail_msg("%s %s: %d %s", what, body, h.status, h.text);
	return h;
}

#define SAYS(heard, path, text) assert_string_equal(heard_says(s, &(heard), path), text)
#define PATH(before, id, after) arena_fmt(s->arena, "%s%s%s", before, id, after).p

static void
the_key_opens_and_its_answers_repeat(void **state)
{
	struct stand_in *s = *state;
	const char *body = stripe_session_form(s, "p1");
	struct heard first = call(s, "POST /v1/checkout/sessions", body, "k1", 200), again = call(s, "POST /v1/checkout/sessions", body, "k1", 200);
	struct heard other = call(s, "POST /v1/checkout/sessions", arena_fmt(s->arena, "%s&locale=en", body).p, "k1", 400);

	assert_non_null(strstr(first.head, "Request-Id: req_"));
	assert_null(strstr(first.head, "Idempotent-Replayed"));
	assert_non_null(strstr(again.head, "Idempotent-Replayed: true"));
	assert_string_equal(heard_says(s, &first, "id"), heard_says(s, &again, "id"));
	SAYS(other, "error.type", "idempotency_error");
	assert_int_equal(stand_in_ask(s, "GET /v1/refunds", "", NULL).status, 401);
	assert_int_equal(stand_in_ask(s, "GET /v1/refunds", "", (const char *[]){ "HTTP_AUTHORIZATION", "Bearer sk_test_other", NULL }).status, 401);
}

static const char *
intent_form(struct stand_in *s, const char *token, const char *more)
{
	return arena_fmt(s->arena, "amount=3100&currency=gbp&payment_method=%s&automatic_payment_methods[enabled]=true"
	    "&automatic_payment_methods[allow_redirects]=never&description=Two+seats&receipt_email=ann@example.org&metadata[ref]=p1%s", token,
	    more).p;
}

static void
a_token_pays_when_it_is_confirmed_and_not_before(void **state)
{
	struct stand_in *s = *state;
	struct heard h = call(s, "POST /v1/payment_intents", intent_form(s, "pm_card_visa", ""), "c1", 200);
	const char *id = heard_says(s, &h, "id");

	SAYS(h, "status", "requires_confirmation");
	SAYS(h, "metadata.ref", "p1");
	assert_int_equal(json_array_size(store_all(&s->sandbox.store, "ledger")), 0);
	h = call(s, PATH("POST /v1/payment_intents/", id, "/confirm"), "", "c2", 200);
	SAYS(h, "status", "succeeded");
	SAYS(h, "amount_received", "3100");
	h = call(s, PATH("POST /v1/payment_intents/", id, "/confirm"), "", "c2", 200);
	assert_int_equal(json_array_size(store_all(&s->sandbox.store, "ledger")), 1);
	call(s, PATH("POST /v1/payment_intents/", id, "/confirm"), "", "c3", 400);
	call(s, PATH("POST /v1/payment_intents/", id, "/cancel"), "", NULL, 400);
	h = call(s, "POST /v1/refunds", PATH("payment_intent=", id, ""), "r1", 200);
	SAYS(h, "status", "succeeded");
	SAYS(h, "charge", provider_id_beside("ch_", span_of(id)).text);
	assert_string_equal(stand_in_told(s), "payment_intent.created payment_intent.succeeded refund.created");
}

static void
a_declined_token_is_answered_402_and_another_may_follow(void **state)
{
	struct stand_in *s = *state;
	struct heard h = call(s, "POST /v1/payment_intents", intent_form(s, "pm_card_declined", ""), NULL, 200);
	const char *id = heard_says(s, &h, "id");

	h = call(s, PATH("POST /v1/payment_intents/", id, "/confirm"), "", "c1", 402);
	SAYS(h, "error.type", "card_error");
	SAYS(h, "error.code", "card_declined");
	SAYS(h, "error.payment_intent.id", id);
	SAYS(h, "error.payment_intent.status", "requires_payment_method");
	h = call(s, PATH("POST /v1/payment_intents/", id, "/confirm"), "", "c1", 402);
	assert_non_null(strstr(h.head, "Idempotent-Replayed: true"));
	h = call(s, PATH("GET /v1/payment_intents/", id, ""), "", NULL, 200);
	SAYS(h, "status", "requires_payment_method");
	SAYS(h, "last_payment_error.code", "card_declined");
	call(s, PATH("POST /v1/payment_intents/", id, "/confirm"), "", "c2", 400);
	h = call(s, PATH("POST /v1/payment_intents/", id, "/confirm"), "payment_method=pm_card_visa", "c3", 200);
	SAYS(h, "status", "succeeded");
}

static void
a_token_may_need_the_buyer_or_time_or_be_cancelled(void **state)
{
	struct stand_in *s = *state;
	struct heard h = call(s, "POST /v1/payment_intents", intent_form(s, "pm_card_authenticationRequired", "&confirm=true"), NULL, 200);
	const char *id;

	SAYS(h, "status", "requires_action");
	h = call(s, PATH("POST /v1/payment_intents/", heard_says(s, &h, "id"), "/cancel"), "cancellation_reason=abandoned", NULL, 200);
	SAYS(h, "status", "canceled");
	stand_in_order(s, "late=1");
	h = call(s, "POST /v1/payment_intents", intent_form(s, "pm_card_pending", "&confirm=true"), NULL, 200);
	id = heard_says(s, &h, "id");
	SAYS(h, "status", "processing");
	call(s, PATH("POST /v1/payment_intents/", id, "/cancel"), "", NULL, 400);
	purse_tick(&s->sandbox, clock_now() + 1000);
	h = call(s, PATH("GET /v1/payment_intents/", id, ""), "", NULL, 200);
	SAYS(h, "status", "succeeded");
	call(s, "POST /v1/payment_intents", intent_form(s, "pm_nobody", ""), NULL, 400);
	call(s, "POST /v1/payment_intents", intent_form(s, "pm_card_visa", "&colour=red"), NULL, 400);
	call(s, "POST /v1/payment_intents", "amount=10&currency=gbp", NULL, 400);
	call(s, "POST /v1/payment_intents", "amount=1000", NULL, 400);
	call(s, "GET /v1/payment_intents/pi_nobody", "", NULL, 404);
}

static void
sessions_are_listed_by_when_they_were_made(void **state)
{
	struct stand_in *s = *state;
	int64_t now = clock_now() / 1000;
	const char *old = stand_in_opens(s, &play_stripe, "p1"), *fresh = stand_in_opens(s, &play_stripe, "p2");
	struct heard h;

	call(s, "POST /v1/payment_intents", intent_form(s, "pm_card_visa", ""), NULL, 200);		/* is no session */
	stand_in_opens(s, &play_paypal, "p3");
	json_put_number(purse_payment(&s->sandbox, span_of(old)), "created", (now - 100) * 1000);
	h = call(s, arena_fmt(s->arena, "GET /v1/checkout/sessions?created[gte]=%" PRId64, now - 50).p, "", NULL, 200);
	assert_int_equal(json_array_size(json_object_get(h.json, "data")), 1);
	SAYS(h, "data.0.id", fresh);
	h = call(s, arena_fmt(s->arena, "GET /v1/checkout/sessions?created[gte]=%" PRId64 "&limit=1", now - 200).p, "", NULL, 200);
	SAYS(h, "data.0.id", fresh);
	SAYS(h, "has_more", "true");
	h = call(s, PATH("GET /v1/checkout/sessions?limit=1&starting_after=", fresh, ""), "", NULL, 200);
	SAYS(h, "data.0.id", old);
	SAYS(h, "has_more", "false");
	call(s, "GET /v1/checkout/sessions?starting_after=cs_nobody", "", NULL, 400);
}

static void
refunds_are_refused_as_the_provider_does(void **state)
{
	struct stand_in *s = *state;
	const char *id = stand_in_opens(s, &play_stripe, "p1");
	struct heard h;
	const char *intent;

	stand_in_order(s, arena_fmt(s->arena, "decline=%s", id).p);
	h = call(s, PATH("GET /v1/checkout/sessions/", id, ""), "", NULL, 200);
	intent = heard_says(s, &h, "payment_intent");
	h = call(s, "POST /v1/refunds", PATH("payment_intent=", intent, ""), NULL, 400);
	SAYS(h, "error.code", "payment_intent_unexpected_state");
	stand_in_order(s, arena_fmt(s->arena, "pay=%s", id).p);
	call(s, "POST /v1/refunds", PATH("payment_intent=", intent, "&amount=3101"), NULL, 400);
	call(s, "POST /v1/refunds", PATH("charge=", provider_id_beside("ch_", span_of(intent)).text, "&amount=100"), NULL, 200);
	stand_in_order(s, arena_fmt(s->arena, "dispute=%s", intent).p);
	h = call(s, "POST /v1/refunds", PATH("payment_intent=", intent, ""), NULL, 400);
	SAYS(h, "error.code", "charge_disputed");
	stand_in_order(s, arena_fmt(s->arena, "dispute_won=%s", intent).p);
	call(s, "POST /v1/refunds", PATH("payment_intent=", intent, ""), NULL, 200);
	h = call(s, "POST /v1/refunds", PATH("payment_intent=", intent, ""), NULL, 400);
	SAYS(h, "error.code", "charge_already_refunded");
	call(s, "POST /v1/refunds", "payment_intent=pi_nobody", NULL, 404);
}

/* Computed here from what the published text says, with the library that the stand-in does not use. */
static bool
truly_signed(struct stand_in *s, const struct lines *lines, const char *body, int64_t *t)
{
	static const char head[] = "Stripe-Signature: t=";
	struct span rest, seconds;

	if (!lines->n)
		return false;
	rest = span_of(lines->list[0] + sizeof(head) - 1);
	seconds = span_cut(&rest, ',');
	return strncmp(lines->list[0], head, sizeof(head) - 1) == 0 && span_int(seconds, 1, INT64_MAX, t) && span_starts(rest, "v1=") &&
	    strcmp(rest.p + 3, hmac_sha256_hex(SPAN("whsec_test"), arena_fmt(s->arena, PRSPAN ".%s", ARGSPAN(seconds), body)).text) == 0;
}

static void
only_a_true_signature_is_true(void **state)
{
	struct stand_in *s = *state;
	static const enum flaw flaws[] = { FLAW_NONE, FLAW_FORGED, FLAW_STALE, FLAW_UNSIGNED };
	int64_t now = clock_now() / 1000, t;

	for (size_t i = 0; i < ARRAY_LEN(flaws); i++) {
		struct lines lines = { .n = 0 };
		bool signed_well;

		t = 0;
		play_stripe_sign(&s->sandbox, s->arena, "evt_1", SPAN("{\"a\":1}"), flaws[i], &lines);
		signed_well = truly_signed(s, &lines, "{\"a\":1}", &t);
		assert_int_equal(signed_well, flaws[i] == FLAW_NONE || flaws[i] == FLAW_STALE);
		if (flaws[i] == FLAW_STALE)
			assert_true(t < now - 300);
		if (flaws[i] == FLAW_NONE)
			assert_true(t >= now);
	}
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, stand_in_open, stand_in_close)
	const struct CMUnitTest tests[] = {
		TEST(the_key_opens_and_its_answers_repeat),
		TEST(a_token_pays_when_it_is_confirmed_and_not_before),
		TEST(a_declined_token_is_answered_402_and_another_may_follow),
		TEST(a_token_may_need_the_buyer_or_time_or_be_cancelled),
		TEST(sessions_are_listed_by_when_they_were_made),
		TEST(refunds_are_refused_as_the_provider_does),
		TEST(only_a_true_signature_is_true),
	};

	log_open("test_sandbox_stripe", LOG_LEVEL_ERROR);
	crypto_start();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
