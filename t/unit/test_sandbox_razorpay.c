/*
 * test_sandbox_razorpay.c - Razorpay as the stand-in plays it: one link a reference, what is refused, payments listed, refunds once a
 * key, the hosted page with its signed way back, the signature on webhooks.
 */
#include "base/base.h"

#include <setjmp.h>

#include <cmocka.h>

#include "t/lib/stand_in.h"

#include "base/clock.h"
#include "base/crypto.h"
#include "sandbox/razorpay.h"

#define LINKS "POST /razorpay/v1/payment_links"
#define SAYS(heard, path, text) assert_string_equal(heard_says(s, &(heard), path), text)
#define PATH(before, id, after) arena_fmt(s->arena, "%s%s%s", before, id, after).p

static struct heard
call(struct stand_in *s, const char *what, const char *body, const char *key, int status)
{
	struct heard h = stand_in_call(s, what, body, key);

	if (h.status != status)
		fail_msg("%s %s: %d %s", what, body, h.status, h.text);
	return h;
}

static void
nobody_is_let_in_without_the_key(void **state)
{
	struct stand_in *s = *state;
	const char *const wrong[] = { "", "Basic", "Basic AAAA", "Bearer " STRIPE_KEY, "basic cnpwX3Rlc3Rfb2ZfdGhpczpyenBfa2V5X3NlY3JldA==" };

	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		const char *headers[] = { "HTTP_AUTHORIZATION", wrong[i], "CONTENT_TYPE", "application/json", NULL };
		struct heard h = stand_in_ask(s, LINKS, razorpay_link_json(s, "p1"), headers);

		assert_int_equal(h.status, 401);
		SAYS(h, "error.code", "BAD_REQUEST_ERROR");
	}
}

static void
a_reference_is_good_for_one_link(void **state)
{
	struct stand_in *s = *state;
	struct heard h = call(s, LINKS, razorpay_link_json(s, "p1"), NULL, 200), again = call(s, LINKS, razorpay_link_json(s, "p1"), NULL, 400);
	const char *id = heard_says(s, &h, "id");

	SAYS(h, "status", "created");
	SAYS(h, "amount_paid", "0");
	SAYS(h, "reference_id", "p1");
	assert_true(span_starts(span_of(heard_says(s, &h, "short_url")), STAND_IN_URL "/razorpay/i/"));
	assert_non_null(strstr(heard_says(s, &again, "error.description"), "already attempted"));
	h = call(s, "GET /razorpay/v1/payment_links?reference_id=p1", "", NULL, 200);
	assert_int_equal(json_array_size(json_object_get(h.json, "payment_links")), 1);
	SAYS(h, "payment_links.0.id", id);
	h = call(s, "GET /razorpay/v1/payment_links?reference_id=p2", "", NULL, 200);
	assert_int_equal(json_array_size(json_object_get(h.json, "payment_links")), 0);
	call(s, PATH("POST /razorpay/v1/payment_links/", id, "/cancel"), "", NULL, 200);
	call(s, LINKS, razorpay_link_json(s, "p1"), NULL, 400);		/* also when it was cancelled */
	call(s, "GET /razorpay/v1/payment_links?colour=red", "", NULL, 400);
}

static void
refused(struct stand_in *s, const char *members, const char *field)
{
	struct heard h = call(s, LINKS, arena_fmt(s->arena, "{%s}", members).p, NULL, 400);

	SAYS(h, "error.code", "BAD_REQUEST_ERROR");
	SAYS(h, "error.field", field);
}

static void
what_a_link_must_not_be_is_refused(void **state)
{
	struct stand_in *s = *state;
	int64_t now = clock_now() / 1000;

	refused(s, "\"currency\":\"GBP\"", "amount");
	refused(s, "\"amount\":\"3100\"", "amount");
	refused(s, "\"amount\":31.5", "amount");
	refused(s, "\"amount\":99", "amount");		/* rupees, unless it is said otherwise */
	refused(s, "\"amount\":99991,\"currency\":\"KWD\"", "amount");
	refused(s, "\"amount\":3100,\"currency\":\"gbp\"", "currency");
	refused(s, "\"amount\":3100,\"reference_id\":\"12345678901234567890123456789012345678901\"", "reference_id");
	refused(s, "\"amount\":3100,\"colour\":\"red\"", "colour");
	refused(s, "\"amount\":3100,\"notify\":{\"post\":true}", "notify.post");
	refused(s, "\"amount\":3100,\"notes\":{\"a\":1}", "notes.a");
	refused(s, "\"amount\":3100,\"callback_url\":\"http://a.b\"", "callback_method");
	refused(s, "\"amount\":3100,\"accept_partial\":true", "accept_partial");
	refused(s, arena_fmt(s->arena, "\"amount\":3100,\"expire_by\":%" PRId64, now + 890).p, "expire_by");
	refused(s, arena_fmt(s->arena, "\"amount\":3100,\"expire_by\":%" PRId64, now + 200 * 86400).p, "expire_by");
	call(s, LINKS, "{\"amount\":3100", NULL, 400);
	call(s, LINKS, arena_fmt(s->arena, "{\"amount\":3100,\"expire_by\":%" PRId64 "}", now + 901).p, NULL, 200);
}

/* The payment made on a new link. */
static const char *
paid(struct stand_in *s, const char *reference)
{
	const char *id = stand_in_opens(s, &play_razorpay, reference);
	struct heard h;

	stand_in_order(s, arena_fmt(s->arena, "pay=%s", id).p);
	h = call(s, PATH("GET /razorpay/v1/payment_links/", id, ""), "", NULL, 200);
	SAYS(h, "status", "paid");
	SAYS(h, "amount_paid", "3100");
	assert_true(span_starts(span_of(heard_says(s, &h, "order_id")), "order_"));
	return heard_says(s, &h, "payments.0.payment_id");
}

static void
a_payment_tells_its_link_by_notes_and_order(void **state)
{
	struct stand_in *s = *state;
	const char *id = stand_in_opens(s, &play_razorpay, "p1"), *failed;
	struct heard h, link;

	stand_in_order(s, arena_fmt(s->arena, "decline=%s", id).p);
	link = call(s, PATH("GET /razorpay/v1/payment_links/", id, ""), "", NULL, 200);
	SAYS(link, "status", "created");
	assert_true(json_is_null(json_object_get(link.json, "payments")));
	h = call(s, "GET /razorpay/v1/payments", "", NULL, 200);
	failed = heard_says(s, &h, "items.0.id");
	SAYS(h, "items.0.status", "failed");
	SAYS(h, "items.0.error_reason", "payment_failed");
	SAYS(h, "items.0.order_id", heard_says(s, &link, "order_id"));
	stand_in_order(s, arena_fmt(s->arena, "pay=%s", id).p);
	link = call(s, PATH("GET /razorpay/v1/payment_links/", id, ""), "", NULL, 200);
	assert_string_not_equal(heard_says(s, &link, "payments.0.payment_id"), failed);
	h = call(s, PATH("GET /razorpay/v1/payments/", heard_says(s, &link, "payments.0.payment_id"), ""), "", NULL, 200);
	SAYS(h, "status", "captured");
	SAYS(h, "captured", "true");
	SAYS(h, "notes.ref", "p1");
	SAYS(h, "order_id", heard_says(s, &link, "order_id"));
}

static void
payments_are_listed_newest_first_within_their_time(void **state)
{
	struct stand_in *s = *state;
	const char *one = paid(s, "p1"), *two = paid(s, "p2"), *three = paid(s, "p3");
	int64_t now = clock_now() / 1000;
	struct heard h;

	json_put_number(purse_charge(&s->sandbox, span_of(one)), "created", (now - 100) * 1000);
	h = call(s, "GET /razorpay/v1/payments?count=2", "", NULL, 200);
	SAYS(h, "entity", "collection");
	SAYS(h, "count", "2");
	SAYS(h, "items.0.id", three);
	SAYS(h, "items.1.id", two);
	h = call(s, "GET /razorpay/v1/payments?count=2&skip=2", "", NULL, 200);
	SAYS(h, "count", "1");
	SAYS(h, "items.0.id", one);
	h = call(s, arena_fmt(s->arena, "GET /razorpay/v1/payments?from=%" PRId64, now - 50).p, "", NULL, 200);
	SAYS(h, "count", "2");
	h = call(s, arena_fmt(s->arena, "GET /razorpay/v1/payments?from=%" PRId64 "&to=%" PRId64, now - 200, now - 100).p, "", NULL, 200);
	SAYS(h, "items.0.id", one);
	call(s, "GET /razorpay/v1/payments?count=101", "", NULL, 400);
	call(s, "GET /razorpay/v1/payments?count=x", "", NULL, 400);
}

static void
a_refund_is_made_once_a_key_and_never_beyond_what_is_left(void **state)
{
	struct stand_in *s = *state;
	const char *pay = paid(s, "p1"), *what = PATH("POST /razorpay/v1/payments/", pay, "/refund");
	struct heard h = call(s, what, "{\"amount\":1000,\"receipt\":\"1\"}", "refund-000001", 200), again;

	SAYS(h, "status", "processed");
	SAYS(h, "receipt", "1");
	again = call(s, what, "{\"amount\":1000,\"receipt\":\"1\"}", "refund-000001", 200);
	SAYS(again, "id", heard_says(s, &h, "id"));
	call(s, what, "{\"amount\":2000}", "refund-000001", 400);
	call(s, what, "{\"amount\":2000}", "short", 400);
	call(s, what, "{\"amount\":2000}", "refund 00002", 400);
	call(s, what, "{\"amount\":2000}", NULL, 400);
	call(s, what, "{\"amount\":2101}", "refund-000002", 400);
	call(s, what, "{\"amount\":100,\"colour\":\"red\"}", "refund-000003", 400);
	h = call(s, PATH("GET /razorpay/v1/payments/", pay, ""), "", NULL, 200);
	SAYS(h, "amount_refunded", "1000");
	SAYS(h, "refund_status", "partial");
	call(s, what, "", "refund-000004", 200);
	h = call(s, what, "{}", "refund-000005", 400);
	SAYS(h, "error.reason", "payment_fully_refunded");
	h = call(s, PATH("GET /razorpay/v1/payments/", pay, "/refunds"), "", NULL, 200);
	SAYS(h, "count", "2");
	SAYS(h, "items.0.amount", "2100");
	h = call(s, "GET /razorpay/v1/refunds?count=1", "", NULL, 200);
	SAYS(h, "count", "1");
	call(s, "POST /razorpay/v1/payments/pay_nobody/refund", "{}", "refund-000006", 400);
	call(s, "GET /razorpay/v1/refunds/rfnd_nobody", "", NULL, 400);
}

/* The value of a parameter in an address; its letters need no decoding. */
static const char *
param(struct stand_in *s, const char *url, const char *name)
{
	const char *at = strstr(url, arena_fmt(s->arena, "%s=", name).p);

	assert_non_null(at);
	at += strlen(name) + 1;
	return arena_copy(s->arena, (struct span){ at, strcspn(at, "&\r") }).p;
}

static void
the_page_leads_back_with_a_signature_only_after_paying(void **state)
{
	struct stand_in *s = *state;
	const char *id = stand_in_opens(s, &play_razorpay, "p-1"), *page = arena_fmt(s->arena, "%s /razorpay/i/%s", "POST", id + 6).p;
	struct heard h = stand_in_ask(s, arena_fmt(s->arena, "GET /razorpay/i/%s", id + 6).p, "", NULL);
	const char *message;

	assert_int_equal(h.status, 200);
	assert_non_null(strstr(h.text, "This page plays Razorpay"));
	assert_non_null(strstr(h.text, "Two seats"));
	assert_null(strstr(h.text, "Cancel and go back"));
	h = stand_in_ask(s, page, "do=decline", NULL);
	assert_int_equal(h.status, 303);
	assert_non_null(strstr(h.head, "Location: " STAND_IN_URL "/razorpay/i/"));
	h = stand_in_ask(s, page, "do=pay", NULL);
	assert_int_equal(h.status, 303);
	assert_non_null(strstr(h.head, "Location: http://shop.example/back?a=1&razorpay_payment_id=pay_"));
	assert_string_equal(param(s, h.head, "razorpay_payment_link_id"), id);
	message = arena_fmt(s->arena, "%s|p-1|paid|%s", id, param(s, h.head, "razorpay_payment_id")).p;
	assert_string_equal(param(s, h.head, "razorpay_payment_link_status"), "paid");
	assert_string_equal(param(s, h.head, "razorpay_signature"), hmac_sha256_hex(SPAN(RAZORPAY_SECRET), span_of(message)).text);
	id = stand_in_opens(s, &play_razorpay, "p-2");
	h = stand_in_ask(s, arena_fmt(s->arena, "POST /razorpay/i/%s", id + 6).p, "do=later", NULL);
	assert_non_null(strstr(h.head, "Location: " STAND_IN_URL "/razorpay/i/"));
	h = stand_in_ask(s, arena_fmt(s->arena, "GET /razorpay/i/%s", id + 6).p, "", NULL);
	assert_non_null(strstr(h.text, "The answer comes later"));
	assert_int_equal(stand_in_ask(s, "GET /razorpay/i/nobody", "", NULL).status, 404);
}

static const json_t *
event_of(struct stand_in *s, const char *type)
{
	json_t *record;
	const char *id;

	json_object_foreach(store_all(&s->sandbox.store, "events"), id, record)
		if (json_says(record, "type", type))
			return json_object_get(record, "event");
	fail_msg("%s was not told", type);
	return NULL;
}

static const json_t *
entity(const json_t *event, const char *name)
{
	return json_object_get(json_object_get(json_object_get(event, "payload"), name), "entity");
}

static void
events_have_the_pitfalls_of_the_real_ones(void **state)
{
	struct stand_in *s = *state;
	const json_t *event;

	paid(s, "p1");
	event = event_of(s, "payment_link.paid");
	assert_true(json_says(entity(event, "payment_link"), "reference_id", "p1"));
	assert_int_equal(json_span(entity(event, "order"), "id").n, 14);		/* without "order_" */
	assert_true(json_says(entity(event, "payment"), "status", "captured"));
	assert_int_equal(json_array_size(json_object_get(event, "contains")), 3);
	assert_null(json_object_get(event, "id"));
	assert_true(json_says(entity(event_of(s, "payment.authorized"), "payment"), "status", "authorized"));
	assert_true(span_starts(json_span(entity(event_of(s, "order.paid"), "order"), "id"), "order_"));
}

static void
only_a_true_signature_is_true(void **state)
{
	static const enum flaw flaws[] = { FLAW_NONE, FLAW_FORGED, FLAW_UNSIGNED };
	struct stand_in *s = *state;

	for (size_t i = 0; i < ARRAY_LEN(flaws); i++) {
		struct lines lines = { .n = 0 };
		const char *wanted = arena_fmt(s->arena, "X-Razorpay-Signature: %s", hmac_sha256_hex(SPAN(RAZORPAY_WEBHOOK), SPAN("{}")).text).p;
		bool found = false;

		play_razorpay_sign(&s->sandbox, s->arena, "AAAAAAAAAAAAAA", SPAN("{}"), flaws[i], &lines);
		assert_string_equal(lines.list[0], "x-razorpay-event-id: AAAAAAAAAAAAAA");
		for (size_t k = 0; k < lines.n; k++)
			found |= strcmp(lines.list[k], wanted) == 0;
		assert_int_equal(found, flaws[i] == FLAW_NONE);
	}
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, stand_in_open, stand_in_close)
	const struct CMUnitTest tests[] = {
		TEST(nobody_is_let_in_without_the_key),
		TEST(a_reference_is_good_for_one_link),
		TEST(what_a_link_must_not_be_is_refused),
		TEST(a_payment_tells_its_link_by_notes_and_order),
		TEST(payments_are_listed_newest_first_within_their_time),
		TEST(a_refund_is_made_once_a_key_and_never_beyond_what_is_left),
		TEST(the_page_leads_back_with_a_signature_only_after_paying),
		TEST(events_have_the_pitfalls_of_the_real_ones),
		TEST(only_a_true_signature_is_true),
	};

	log_open("test_sandbox_razorpay", LOG_LEVEL_ERROR);
	crypto_start();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
