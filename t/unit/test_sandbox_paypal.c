/*
 * test_sandbox_paypal.c - PayPal as the stand-in plays it: tokens, orders, captures and refunds with their request ids, decimals, the
 * approval page, and signatures that are checked here from the certificate on, by another arithmetic than the stand-in's own.
 */
#include "base/base.h"

#include <setjmp.h>

#include <cmocka.h>

#include "t/lib/certified.h"
#include "t/lib/stand_in.h"

#include "base/clock.h"
#include "base/crypto.h"
#include "sandbox/paypal.h"
#include "sandbox/paypal_pki.h"

#define ORDERS "POST /paypal/v2/checkout/orders"
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

static struct heard
capture(struct stand_in *s, const char *id, const char *key, int status)
{
	return call(s, PATH(ORDERS "/", id, "/capture"), "{}", key, status);
}

static const char *
approved(struct stand_in *s, const char *reference)
{
	const char *id = stand_in_opens(s, &play_paypal, reference);

	stand_in_order(s, arena_fmt(s->arena, "pay=%s", id).p);
	return id;
}

/* -- calls -------------------------------------------------------------------------------------------------------------------- */

static void
a_token_is_given_for_the_secret_and_asked_for(void **state)
{
	struct stand_in *s = *state;
	const char *wrong[] = { "HTTP_AUTHORIZATION", "Basic AAAA", NULL };
	struct heard h = stand_in_ask(s, "POST /paypal/v1/oauth2/token", "grant_type=client_credentials", wrong);

	assert_int_equal(h.status, 401);
	SAYS(h, "error", "invalid_client");
	wrong[1] = "Bearer A21AAnonsense";
	h = stand_in_ask(s, "GET /paypal/v2/checkout/orders/X", "", wrong);
	assert_int_equal(h.status, 401);
	SAYS(h, "name", "AUTHENTICATION_FAILURE");
	call(s, "GET /paypal/v2/checkout/orders/X", "", NULL, 404);
	stand_in_order(s, "forget=tokens");
	call(s, "GET /paypal/v2/checkout/orders/X", "", NULL, 401);
	s->bearer = NULL;
	call(s, "GET /paypal/v2/checkout/orders/X", "", NULL, 404);
	store_forget(&s->sandbox.store, "tokens", clock_now() + 32399 * 1000);
	call(s, "GET /paypal/v2/checkout/orders/X", "", NULL, 404);
	store_forget(&s->sandbox.store, "tokens", clock_now() + 32401 * 1000);
	call(s, "GET /paypal/v2/checkout/orders/X", "", NULL, 401);
}

static void
a_request_id_gives_the_same_order_as_it_stands_now(void **state)
{
	struct stand_in *s = *state;
	struct heard h = call(s, ORDERS, paypal_order_json(s, "p1"), "o1", 201), again;
	const char *id = heard_says(s, &h, "id");

	SAYS(h, "status", "PAYER_ACTION_REQUIRED");
	SAYS(h, "links.1.rel", "payer-action");
	assert_string_equal(heard_says(s, &h, "links.1.href"), PATH(STAND_IN_URL "/paypal/checkoutnow?token=", id, ""));
	stand_in_order(s, arena_fmt(s->arena, "pay=%s", id).p);
	again = call(s, ORDERS, paypal_order_json(s, "p1"), "o1", 200);
	SAYS(again, "id", id);
	SAYS(again, "status", "APPROVED");
	again = call(s, ORDERS, paypal_order_json(s, "p2"), "o1", 422);
	SAYS(again, "details.0.issue", "DUPLICATE_REQUEST_ID");
	h = call(s, ORDERS, paypal_order_json(s, "p1"), "o2", 201);
	assert_string_not_equal(heard_says(s, &h, "id"), id);
}

static void
only_what_is_asked_for_is_told(void **state)
{
	struct stand_in *s = *state;
	const char *headers[] = { "HTTP_AUTHORIZATION", NULL, "CONTENT_TYPE", "application/json", NULL };
	struct heard h;

	stand_in_opens(s, &play_paypal, "p1");		/* has a token now */
	headers[1] = arena_fmt(s->arena, "Bearer %s", s->bearer).p;
	h = stand_in_ask(s, ORDERS, paypal_order_json(s, "p2"), headers);
	assert_int_equal(h.status, 201);
	assert_null(json_object_get(h.json, "purchase_units"));
	assert_non_null(json_object_get(h.json, "links"));
	headers[3] = "application/x-www-form-urlencoded";
	assert_int_equal(stand_in_ask(s, ORDERS, paypal_order_json(s, "p2"), headers).status, 415);
}

static void
an_order_is_captured_once_and_only_when_it_was_approved(void **state)
{
	struct stand_in *s = *state;
	const char *id = stand_in_opens(s, &play_paypal, "p1");
	struct heard h = capture(s, id, "c1", 422), again;

	SAYS(h, "name", "UNPROCESSABLE_ENTITY");
	SAYS(h, "details.0.issue", "ORDER_NOT_APPROVED");
	stand_in_order(s, arena_fmt(s->arena, "pay=%s", id).p);
	h = capture(s, id, "c1", 201);
	SAYS(h, "status", "COMPLETED");
	SAYS(h, "purchase_units.0.payments.captures.0.status", "COMPLETED");
	SAYS(h, "purchase_units.0.payments.captures.0.amount.value", "31.00");
	SAYS(h, "purchase_units.0.payments.captures.0.custom_id", "p1");
	again = capture(s, id, "c1", 200);
	SAYS(again, "purchase_units.0.payments.captures.0.id", heard_says(s, &h, "purchase_units.0.payments.captures.0.id"));
	h = capture(s, id, "c2", 422);
	SAYS(h, "details.0.issue", "ORDER_ALREADY_CAPTURED");
	assert_int_equal(json_array_size(store_all(&s->sandbox.store, "ledger")), 1);
	h = call(s, PATH("GET /paypal/v2/payments/captures/", heard_says(s, &again, "purchase_units.0.payments.captures.0.id"), ""), "", NULL, 200);
	SAYS(h, "supplementary_data.related_ids.order_id", id);
	call(s, "GET /paypal/v2/payments/captures/NOBODY", "", NULL, 404);
}

static void
a_declined_instrument_sends_the_buyer_back_and_is_not_kept(void **state)
{
	struct stand_in *s = *state;
	const char *id = stand_in_opens(s, &play_paypal, "p1");
	struct heard h;

	stand_in_order(s, arena_fmt(s->arena, "decline=%s", id).p);
	h = capture(s, id, "c1", 422);
	SAYS(h, "details.0.issue", "INSTRUMENT_DECLINED");
	SAYS(h, "links.0.rel", "redirect");
	h = call(s, PATH("GET /paypal/v2/checkout/orders/", id, ""), "", NULL, 200);
	SAYS(h, "status", "PAYER_ACTION_REQUIRED");
	stand_in_order(s, arena_fmt(s->arena, "pay=%s", id).p);
	capture(s, id, "c1", 201);
	assert_int_equal(json_array_size(store_all(&s->sandbox.store, "ledger")), 1);
}

static void
an_invoice_is_paid_once_and_an_order_ends_after_three_hours(void **state)
{
	struct stand_in *s = *state;
	const char *one = approved(s, "p1"), *two, *late = approved(s, "p3");
	struct heard h;

	capture(s, one, "c1", 201);
	h = call(s, ORDERS, paypal_order_json(s, "p1"), "another", 201);
	two = heard_says(s, &h, "id");
	stand_in_order(s, arena_fmt(s->arena, "pay=%s", two).p);
	h = capture(s, two, "c2", 422);
	SAYS(h, "details.0.issue", "DUPLICATE_INVOICE_ID");
	purse_tick(&s->sandbox, clock_now() + 3 * 3600 * INT64_C(1000) - 60000);
	call(s, PATH("GET /paypal/v2/checkout/orders/", late, ""), "", NULL, 200);
	purse_tick(&s->sandbox, clock_now() + 3 * 3600 * INT64_C(1000));
	h = call(s, PATH("GET /paypal/v2/checkout/orders/", late, ""), "", NULL, 404);
	SAYS(h, "name", "RESOURCE_NOT_FOUND");
	SAYS(h, "details.0.issue", "INVALID_RESOURCE_ID");
	capture(s, late, "c3", 404);
}

static void
priced(struct stand_in *s, const char *currency, const char *value, const char *issue, int64_t minor)
{
	struct heard h = call(s, ORDERS, arena_fmt(s->arena, "{\"intent\":\"CAPTURE\",\"purchase_units\":[{\"amount\":{\"currency_code\":\"%s\","
	    "\"value\":\"%s\"}}]}", currency, value).p, NULL, issue ? 422 : 201);
	const json_t *payment;

	if (issue) {
		SAYS(h, "details.0.issue", issue);
		return;
	}
	payment = purse_payment(&s->sandbox, json_span(h.json, "id"));
	assert_int_equal(json_number(payment, "amount"), minor);
	SAYS(h, "status", "CREATED");
	SAYS(h, "links.1.rel", "approve");
	assert_float_equal(strtod(heard_says(s, &h, "purchase_units.0.amount.value"), NULL), strtod(value, NULL), 0);
}

static void
decimals_are_those_that_paypal_takes(void **state)
{
	struct stand_in *s = *state;

	priced(s, "GBP", "31.00", NULL, 3100);
	priced(s, "GBP", "31", NULL, 3100);
	priced(s, "GBP", "31.5", NULL, 3150);
	priced(s, "GBP", "0.01", NULL, 1);
	priced(s, "GBP", "31.001", "DECIMAL_PRECISION", 0);
	priced(s, "GBP", "0.00", "CANNOT_BE_ZERO_OR_NEGATIVE", 0);
	priced(s, "JPY", "1800", NULL, 1800);
	priced(s, "JPY", "1800.00", "DECIMALS_NOT_SUPPORTED", 0);
	priced(s, "HUF", "1800", NULL, 180000);
	priced(s, "HUF", "1800.0", "DECIMALS_NOT_SUPPORTED", 0);
	priced(s, "TWD", "90", NULL, 9000);
	priced(s, "KWD", "1.500", "CURRENCY_NOT_SUPPORTED", 0);
	priced(s, "KRW", "1500", "CURRENCY_NOT_SUPPORTED", 0);
	priced(s, "INR", "15.00", "CURRENCY_NOT_SUPPORTED", 0);
	priced(s, "GBP", "99999999999", "MAX_VALUE_EXCEEDED", 0);
}

static void
what_an_order_must_not_be_is_refused(void **state)
{
	static const struct {
		const char *body, *issue, *field;
	} wrong[] = {
		{ "{\"purchase_units\":[]}", "MISSING_REQUIRED_PARAMETER", "/intent" },
		{ "{\"intent\":\"AUTHORIZE\",\"purchase_units\":[{\"amount\":{\"currency_code\":\"GBP\",\"value\":\"1.00\"}}]}",
		    "INVALID_PARAMETER_VALUE", "/intent" },
		{ "{\"intent\":\"CAPTURE\",\"purchase_units\":[{}]}", "MISSING_REQUIRED_PARAMETER", "/purchase_units[].amount" },
		{ "{\"intent\":\"CAPTURE\",\"purchase_units\":[{\"amount\":{\"currency_code\":\"GBP\",\"value\":1.5}}]}",
		    "INVALID_PARAMETER_VALUE", "/purchase_units[].amount.value" },
		{ "{\"intent\":\"CAPTURE\",\"purchase_units\":[{\"amount\":{\"currency_code\":\"GBP\",\"value\":\"1.00\"},\"colour\":1}]}",
		    "INVALID_PARAMETER_SYNTAX", "/purchase_units[].colour" },
		{ "{\"intent\":\"CAPTURE\",\"purchase_units\":[{\"amount\":{\"currency_code\":\"GBP\",\"value\":\"1.00\"}}],"
		    "\"payment_source\":{\"paypal\":{\"experience_context\":{\"return_url\":\"http://a.b\"}}}}",
		    "MISSING_REQUIRED_PARAMETER", "/payment_source.paypal.experience_context.cancel_url" },
	};
	struct stand_in *s = *state;

	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		struct heard h = call(s, ORDERS, wrong[i].body, NULL, 400);

		SAYS(h, "name", "INVALID_REQUEST");
		SAYS(h, "details.0.issue", wrong[i].issue);
		SAYS(h, "details.0.field", wrong[i].field);
	}
}

static void
items_must_make_the_amount(void **state)
{
#define ITEMS(total, amount) "{\"intent\":\"CAPTURE\",\"purchase_units\":[{\"amount\":{\"currency_code\":\"GBP\",\"value\":\"" amount "\"," \
	"\"breakdown\":{\"item_total\":{\"currency_code\":\"GBP\",\"value\":\"" total "\"}}},\"items\":[{\"name\":\"Seat\",\"quantity\":\"2\"," \
	"\"unit_amount\":{\"currency_code\":\"GBP\",\"value\":\"15.50\"}}]}]}"
	struct stand_in *s = *state;
	struct heard h;

	call(s, ORDERS, ITEMS("31.00", "31.00"), NULL, 201);
	h = call(s, ORDERS, ITEMS("30.00", "31.00"), NULL, 422);
	SAYS(h, "details.0.issue", "ITEM_TOTAL_MISMATCH");
	h = call(s, ORDERS, ITEMS("31.00", "32.00"), NULL, 422);
	SAYS(h, "details.0.issue", "AMOUNT_MISMATCH");
}

static void
a_refund_is_made_once_a_request_and_never_beyond_what_is_left(void **state)
{
	struct stand_in *s = *state;
	struct heard h = capture(s, approved(s, "p1"), "c1", 201), again;
	const char *id = heard_says(s, &h, "purchase_units.0.payments.captures.0.id");
	const char *what = PATH("POST /paypal/v2/payments/captures/", id, "/refund");
#define PART(value, code) "{\"amount\":{\"value\":\"" value "\",\"currency_code\":\"" code "\"},\"custom_id\":\"r1\"}"

	h = call(s, what, PART("10.00", "GBP"), "r1", 201);
	SAYS(h, "status", "COMPLETED");
	SAYS(h, "custom_id", "r1");
	SAYS(h, "seller_payable_breakdown.total_refunded_amount.value", "10.00");
	again = call(s, what, PART("10.00", "GBP"), "r1", 200);
	SAYS(again, "id", heard_says(s, &h, "id"));
	h = call(s, what, PART("21.01", "GBP"), "r2", 422);
	SAYS(h, "details.0.issue", "REFUND_AMOUNT_EXCEEDED");
	h = call(s, what, PART("1.00", "EUR"), "r3", 422);
	SAYS(h, "details.0.issue", "CURRENCY_MISMATCH");
	h = call(s, what, PART("1.001", "GBP"), "r4", 422);
	SAYS(h, "details.0.issue", "DECIMAL_PRECISION");
	stand_in_order(s, arena_fmt(s->arena, "dispute=%s", id).p);
	h = call(s, what, "{}", "r5", 422);
	SAYS(h, "details.0.issue", "TRANSACTION_DISPUTED");
	stand_in_order(s, arena_fmt(s->arena, "dispute_won=%s", id).p);
	h = call(s, what, "{}", "r5", 201);
	SAYS(h, "amount.value", "21.00");
	h = call(s, what, "{}", "r6", 422);
	SAYS(h, "details.0.issue", "CAPTURE_FULLY_REFUNDED");
	h = call(s, PATH("GET /paypal/v2/payments/captures/", id, ""), "", NULL, 200);
	SAYS(h, "status", "REFUNDED");
	call(s, "POST /paypal/v2/payments/captures/NOBODY/refund", "{}", "r7", 404);
	call(s, "GET /paypal/v2/payments/refunds/NOBODY", "", NULL, 404);
}

static void
a_pending_capture_cannot_be_refunded_yet(void **state)
{
	struct stand_in *s = *state;
	const char *id = stand_in_opens(s, &play_paypal, "p1");
	struct heard h;

	stand_in_order(s, arena_fmt(s->arena, "hold=%s", id).p);
	h = capture(s, id, "c1", 201);
	SAYS(h, "purchase_units.0.payments.captures.0.status", "PENDING");
	SAYS(h, "purchase_units.0.payments.captures.0.status_details.reason", "PENDING_REVIEW");
	h = call(s, PATH("POST /paypal/v2/payments/captures/", heard_says(s, &h, "purchase_units.0.payments.captures.0.id"), "/refund"), "{}",
	    "r1", 422);
	SAYS(h, "details.0.issue", "PENDING_CAPTURE");
	stand_in_order(s, arena_fmt(s->arena, "pay=%s", id).p);
	h = capture(s, id, "c1", 200);
	SAYS(h, "purchase_units.0.payments.captures.0.status", "COMPLETED");
}

static void
the_page_leads_back_with_the_order_and_the_payer(void **state)
{
	struct stand_in *s = *state;
	const char *id = stand_in_opens(s, &play_paypal, "p1"), *page = PATH("POST /paypal/checkoutnow?token=", id, "");
	struct heard h = stand_in_ask(s, PATH("GET /paypal/checkoutnow?token=", id, ""), "", NULL);

	assert_int_equal(h.status, 200);
	assert_non_null(strstr(h.text, "This page plays PayPal"));
	assert_non_null(strstr(h.text, arena_fmt(s->arena, "action=\"/paypal/checkoutnow?token=%s\"", id).p));
	h = stand_in_ask(s, page, "do=cancel", NULL);
	assert_non_null(strstr(h.head, PATH("Location: http://shop.example/no?token=", id, "\r\n")));
	h = stand_in_ask(s, page, "do=decline", NULL);
	assert_non_null(strstr(h.head, PATH("Location: http://shop.example/back?token=", id, "&PayerID=")));
	capture(s, id, "c1", 422);
	h = stand_in_ask(s, PATH("GET /paypal/checkoutnow?token=", id, ""), "", NULL);
	assert_non_null(strstr(h.text, "was declined"));
	h = stand_in_ask(s, page, "do=pay", NULL);
	assert_int_equal(h.status, 303);
	capture(s, id, "c2", 201);
	h = stand_in_ask(s, PATH("GET /paypal/checkoutnow?token=", id, ""), "", NULL);
	assert_non_null(strstr(h.text, "counts as paid"));
	assert_int_equal(stand_in_ask(s, "GET /paypal/checkoutnow?token=NOBODY", "", NULL).status, 404);
}

/* -- signatures --------------------------------------------------------------------------------------------------------------- */

static const char *
line_of(const struct lines *lines, const char *name)
{
	size_t n = strlen(name);

	for (size_t i = 0; i < lines->n; i++)
		if (strncmp(lines->list[i], name, n) == 0 && strncmp(lines->list[i] + n, ": ", 2) == 0)
			return lines->list[i] + n + 2;
	return NULL;
}

static bool
truly_signed(struct stand_in *s, const struct lines *lines, const char *body)
{
	const json_t *root = json_object_get(store_get(&s->sandbox.store, "pki", SPAN("paypal")), "root");
	struct certified_ask ask = { .root = json_string_value(root), .id = line_of(lines, "PAYPAL-TRANSMISSION-ID"),
		.time = line_of(lines, "PAYPAL-TRANSMISSION-TIME"), .webhook = PAYPAL_WEBHOOK,
		.signature = line_of(lines, "PAYPAL-TRANSMISSION-SIG"), .body = span_of(body) };
	const char *url = line_of(lines, "PAYPAL-CERT-URL");
	struct heard h;

	assert_string_equal(line_of(lines, "PAYPAL-AUTH-ALGO"), "SHA256withRSA");
	if (!ask.signature || !span_starts(span_of(url), STAND_IN_URL PAYPAL_CERTIFICATES))
		return false;
	h = stand_in_ask(s, arena_fmt(s->arena, "GET %s", url + sizeof(STAND_IN_URL) - 1).p, "", NULL);
	assert_int_equal(h.status, 200);
	ask.chain = h.text;
	return certified(s->arena, &ask);
}

static void
only_a_true_signature_is_true(void **state)
{
	static const enum flaw flaws[] = { FLAW_NONE, FLAW_STALE, FLAW_FORGED, FLAW_UNSIGNED, FLAW_ELSEWHERE };
	const char *body = "{\"id\":\"WH-1\",\"event_type\":\"PAYMENT.CAPTURE.COMPLETED\"}";
	struct stand_in *s = *state;

	assert_int_equal(crc_of(span_of(body)), 2325436976u);
	for (size_t i = 0; i < ARRAY_LEN(flaws); i++) {
		struct lines lines = { .n = 0 };

		play_paypal_sign(&s->sandbox, s->arena, "WH-1", span_of(body), flaws[i], &lines);
		assert_int_equal(truly_signed(s, &lines, body), flaws[i] == FLAW_NONE || flaws[i] == FLAW_STALE);
		if (flaws[i] == FLAW_NONE)
			assert_false(truly_signed(s, &lines, "{\"id\":\"WH-2\",\"event_type\":\"PAYMENT.CAPTURE.COMPLETED\"}"));
	}
	assert_int_equal(stand_in_ask(s, "GET " PAYPAL_CERTIFICATES "CERT-other", "", NULL).status, 404);
}

/* The verdict of the API on a message with that event. */
static const char *
verdict(struct stand_in *s, const struct lines *lines, const char *algo, const char *webhook, const char *event)
{
	struct heard h = call(s, "POST /paypal/v1/notifications/verify-webhook-signature", arena_fmt(s->arena, "{\"auth_algo\":\"%s\","
	    "\"cert_url\":\"%s\",\"transmission_id\":\"%s\",\"transmission_sig\":\"%s\",\"transmission_time\":\"%s\",\"webhook_id\":\"%s\","
	    "\"webhook_event\": %s}", algo, line_of(lines, "PAYPAL-CERT-URL"), line_of(lines, "PAYPAL-TRANSMISSION-ID"),
	    line_of(lines, "PAYPAL-TRANSMISSION-SIG"), line_of(lines, "PAYPAL-TRANSMISSION-TIME"), webhook, event).p, NULL, 200);

	return heard_says(s, &h, "verification_status");
}

static void
the_api_really_verifies_and_over_the_raw_bytes(void **state)
{
	const char *event = "{ \"id\":\"WH-1\",\"webhook_event\":{\"a\":\"}\\\"\"}, \"n\": 1.0 }";
	struct stand_in *s = *state;
	struct lines lines = { .n = 0 };

	play_paypal_sign(&s->sandbox, s->arena, "WH-1", span_of(event), FLAW_NONE, &lines);
	assert_string_equal(verdict(s, &lines, "SHA256withRSA", PAYPAL_WEBHOOK, event), "SUCCESS");
	assert_string_equal(verdict(s, &lines, "SHA1withRSA", PAYPAL_WEBHOOK, event), "FAILURE");
	assert_string_equal(verdict(s, &lines, "SHA256withRSA", "1JE4291016473214D", event), "FAILURE");
	assert_string_equal(verdict(s, &lines, "SHA256withRSA", PAYPAL_WEBHOOK, "{\"id\":\"WH-1\",\"webhook_event\":{\"a\":\"}\\\"\"},\"n\":1}"),
	    "FAILURE");
	lines.n = 0;
	play_paypal_sign(&s->sandbox, s->arena, "WH-1", span_of(event), FLAW_FORGED, &lines);
	assert_string_equal(verdict(s, &lines, "SHA256withRSA", PAYPAL_WEBHOOK, event), "FAILURE");
}

static void
the_authority_stays_over_a_restart(void **state)
{
	struct stand_in *s = *state;
	const char *id, *chain;

	stand_in_keep(s);
	id = arena_copy(s->arena, span_of(play_pki_id(s->sandbox.pki))).p;
	chain = arena_copy(s->arena, play_pki_chain(s->sandbox.pki)).p;
	stand_in_restart(s);
	assert_string_equal(play_pki_id(s->sandbox.pki), id);
	assert_string_equal(play_pki_chain(s->sandbox.pki).p, chain);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, stand_in_open, stand_in_close)
	const struct CMUnitTest tests[] = {
		TEST(a_token_is_given_for_the_secret_and_asked_for),
		TEST(a_request_id_gives_the_same_order_as_it_stands_now),
		TEST(only_what_is_asked_for_is_told),
		TEST(an_order_is_captured_once_and_only_when_it_was_approved),
		TEST(a_declined_instrument_sends_the_buyer_back_and_is_not_kept),
		TEST(an_invoice_is_paid_once_and_an_order_ends_after_three_hours),
		TEST(decimals_are_those_that_paypal_takes),
		TEST(what_an_order_must_not_be_is_refused),
		TEST(items_must_make_the_amount),
		TEST(a_refund_is_made_once_a_request_and_never_beyond_what_is_left),
		TEST(a_pending_capture_cannot_be_refunded_yet),
		TEST(the_page_leads_back_with_the_order_and_the_payer),
		TEST(only_a_true_signature_is_true),
		TEST(the_api_really_verifies_and_over_the_raw_bytes),
		TEST(the_authority_stays_over_a_restart),
	};

	log_open("test_sandbox_paypal", LOG_LEVEL_ERROR);
	crypto_start();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
