/*
 * test_sandbox_schema.c - the stand-in's calls, objects and events against each provider's published schema: every member that must
 * be there is, none has a name, a type or a word that the schema does not know. The schemas are read in place (t/lib/schema.h);
 * without them the tests are skipped.
 */
#include "base/base.h"

#include <setjmp.h>

#include <cmocka.h>

#include "t/lib/schema.h"
#include "t/lib/stand_in.h"

#include "base/clock.h"
#include "base/crypto.h"
#include "sandbox/paypal.h"
#include "sandbox/razorpay.h"
#include "sandbox/stripe.h"

static struct schema stripe, razorpay, paypal;
static struct stand_in *s;

static int
open_schemas(void **state)
{
	stand_in_open(state);
	s = *state;
	/* Razorpay's was written by hand from its documentation and has only what is of use */
	schema_open(&stripe, s->arena, "stripe-subset.json", true);
	schema_open(&razorpay, s->arena, "razorpay-subset.json", false);
	schema_open(&paypal, s->arena, "paypal-subset.json", true);
	return 0;
}

static int
close_schemas(void **state)
{
	schema_close(&stripe);
	schema_close(&razorpay);
	schema_close(&paypal);
	return stand_in_close(state);
}

#define AT_HAND(schema) do { if (!(schema)->root) skip(); } while (0)

/* The call as the stand-in takes it, its answer held against the schema; what must be the status. */
static struct heard
call(struct schema *schema, const char *method, const char *path, const char *id, const char *query, const char *body, const char *key,
    int status)
{
	struct span rest = span_of(path), before = span_cut(&rest, '{');
	const char *prefix = schema == &razorpay ? "/razorpay" : schema == &paypal ? "/paypal" : "", *after;
	bool post = strcmp(method, "post") == 0;
	struct heard h;

	span_cut(&rest, '}');
	after = arena_copy(s->arena, rest).p;
	h = stand_in_call(s, arena_fmt(s->arena, "%s %s" PRSPAN "%s%s%s", post ? "POST" : "GET", prefix, ARGSPAN(before), id, after, query).p,
	    body, key);
	if (h.status != status)
		fail_msg("%s %s: %d %s", method, path, h.status, h.text);
	assert_true(schema_answer_fits(schema, method, path, status, h.json, true));
	return h;
}

/* A body that we send ourselves must be right too, or nothing is shown by its being taken. */
static void
body_is_right(struct schema *schema, const char *path, const char *body)
{
	json_t *json = json_loads(body, 0, NULL);

	assert_non_null(json);
	assert_true(schema_body_fits(schema, "post", path, json, true));
	json_decref(json);
}

static void
order(const char *form)
{
	stand_in_order(s, form);
}

/* All events so far. */
static void
events_fit(struct schema *schema, const struct provider *p, const char *name, int wanted)
{
	json_t *record;
	const char *id;
	int n = 0;

	json_object_foreach(store_all(&s->sandbox.store, "events"), id, record) {
		if (provider_of(record) != p)
			continue;
		assert_true(schema_fits(schema, json_object_get(record, "event"), name, true));
		n++;
	}
	assert_int_equal(n, wanted);
}

/* -- Stripe ------------------------------------------------------------------------------------------------------------------- */

static void
stripes_sessions_are_as_published_in_every_state(void **state)
{
	const char *const path = "/v1/checkout/sessions", *const one = "/v1/checkout/sessions/{session}";
	const char *id, *other;
	struct heard h;

	(void)state;
	AT_HAND(&stripe);
	h = call(&stripe, "post", path, "", "", stripe_session_form(s, "p1"), "k1", 200);
	id = heard_says(s, &h, "id");
	call(&stripe, "get", one, id, "", "", NULL, 200);
	order(arena_fmt(s->arena, "pay=%s", id).p);
	call(&stripe, "get", one, id, "", "", NULL, 200);
	other = stand_in_opens(s, &play_stripe, "p2");
	order(arena_fmt(s->arena, "later=%s", other).p);
	call(&stripe, "get", one, other, "?expand[]=payment_intent&expand[]=line_items", "", NULL, 200);
	order(arena_fmt(s->arena, "decline=%s", other).p);
	call(&stripe, "get", one, other, "", "", NULL, 200);
	id = stand_in_opens(s, &play_stripe, "p3");
	call(&stripe, "post", "/v1/checkout/sessions/{session}/expire", id, "", "", NULL, 200);
	call(&stripe, "post", "/v1/checkout/sessions/{session}/expire", id, "", "", NULL, 400);
	h = call(&stripe, "get", path, "", "?limit=2&created[gte]=1", "", NULL, 200);
	assert_int_equal(json_array_size(json_object_get(h.json, "data")), 2);
	events_fit(&stripe, &play_stripe, "event", 6);
}

static void
stripes_refunds_are_as_published_in_every_state(void **state)
{
	const char *body, *id = stand_in_opens(s, &play_stripe, "p1");
	struct heard h;

	(void)state;
	AT_HAND(&stripe);
	order(arena_fmt(s->arena, "pay=%s&refund=pending", id).p);
	h = stand_in_call(s, arena_fmt(s->arena, "GET /v1/checkout/sessions/%s", id).p, "", NULL);
	body = arena_fmt(s->arena, "payment_intent=%s&amount=100&metadata[r]=1", heard_says(s, &h, "payment_intent")).p;
	h = call(&stripe, "post", "/v1/refunds", "", "", body, "r1", 200);
	assert_string_equal(heard_says(s, &h, "status"), "pending");
	order("refund_done=all");
	call(&stripe, "get", "/v1/refunds/{refund}", heard_says(s, &h, "id"), "", "", NULL, 200);
	order(arena_fmt(s->arena, "refund_fail=%s", heard_says(s, &h, "id")).p);
	h = call(&stripe, "get", "/v1/refunds/{refund}", heard_says(s, &h, "id"), "", "", NULL, 200);
	assert_string_equal(heard_says(s, &h, "status"), "failed");
	call(&stripe, "get", "/v1/refunds", "", "", "", NULL, 200);
	h = call(&stripe, "get", "/v1/events", "", "?type=refund.failed", "", NULL, 200);
	assert_int_equal(json_array_size(json_object_get(h.json, "data")), 1);
	call(&stripe, "get", "/v1/events/{id}", heard_says(s, &h, "data.0.id"), "", "", NULL, 200);
	call(&stripe, "get", "/v1/refunds/{refund}", "re_nobody", "", "", NULL, 404);
	order("fail=any:429");
	call(&stripe, "get", "/v1/refunds", "", "", "", NULL, 429);
}

/* -- Razorpay ----------------------------------------------------------------------------------------------------------------- */

static void
razorpays_links_are_as_documented_in_every_state(void **state)
{
	const char *const path = "/v1/payment_links", *const one = "/v1/payment_links/{id}";
	const char *id, *pay;
	struct heard h;

	(void)state;
	AT_HAND(&razorpay);
	body_is_right(&razorpay, path, razorpay_link_json(s, "p1"));
	h = call(&razorpay, "post", path, "", "", razorpay_link_json(s, "p1"), NULL, 200);
	id = heard_says(s, &h, "id");
	call(&razorpay, "post", path, "", "", razorpay_link_json(s, "p1"), NULL, 400);
	call(&razorpay, "get", one, id, "", "", NULL, 200);
	order(arena_fmt(s->arena, "decline=%s", id).p);
	call(&razorpay, "get", one, id, "", "", NULL, 200);
	order(arena_fmt(s->arena, "pay=%s", id).p);
	h = call(&razorpay, "get", one, id, "", "", NULL, 200);
	pay = heard_says(s, &h, "payments.0.payment_id");
	call(&razorpay, "get", "/v1/payments/{id}", pay, "", "", NULL, 200);
	call(&razorpay, "get", "/v1/payments/{id}", "pay_nobody", "", "", NULL, 400);
	call(&razorpay, "post", "/v1/payment_links/{id}/cancel", stand_in_opens(s, &play_razorpay, "p2"), "", "", NULL, 200);
	call(&razorpay, "post", "/v1/payment_links/{id}/cancel", id, "", "", NULL, 400);
	order(arena_fmt(s->arena, "expire=%s", stand_in_opens(s, &play_razorpay, "p3")).p);
	h = call(&razorpay, "get", path, "", "", "", NULL, 200);
	assert_int_equal(json_array_size(json_object_get(h.json, "payment_links")), 3);
	events_fit(&razorpay, &play_razorpay, "event", 7);
}

static void
razorpays_refunds_are_as_documented_in_every_state(void **state)
{
	const char *pay, *refund, *id = stand_in_opens(s, &play_razorpay, "p1");
	const char *body = "{\"amount\":100,\"speed\":\"normal\",\"notes\":{\"r\":\"1\"},\"receipt\":\"1\"}";
	struct heard h;

	(void)state;
	AT_HAND(&razorpay);
	order(arena_fmt(s->arena, "pay=%s&refund=pending", id).p);
	h = stand_in_call(s, arena_fmt(s->arena, "GET /razorpay/v1/payment_links/%s", id).p, "", NULL);
	pay = heard_says(s, &h, "payments.0.payment_id");
	body_is_right(&razorpay, "/v1/payments/{id}/refund", body);
	h = call(&razorpay, "post", "/v1/payments/{id}/refund", pay, "", body, "refund-0001", 200);
	refund = heard_says(s, &h, "id");
	assert_string_equal(heard_says(s, &h, "status"), "pending");
	order("refund_done=all");
	call(&razorpay, "get", "/v1/refunds/{id}", refund, "", "", NULL, 200);
	order(arena_fmt(s->arena, "refund_fail=%s", refund).p);
	h = call(&razorpay, "get", "/v1/refunds/{id}", refund, "", "", NULL, 200);
	assert_string_equal(heard_says(s, &h, "status"), "failed");
	call(&razorpay, "post", "/v1/payments/{id}/refund", pay, "", "{}", "refund-0002", 200);
	h = call(&razorpay, "get", "/v1/payments/{id}", pay, "", "", NULL, 200);
	assert_string_equal(heard_says(s, &h, "status"), "refunded");
	call(&razorpay, "get", "/v1/payments/{id}/refunds", pay, "", "", NULL, 200);
	call(&razorpay, "post", "/v1/payments/{id}/refund", pay, "", "{}", "refund-0003", 400);
	order("razorpay.fail=any:500&razorpay.fail=any:502");
	call(&razorpay, "get", "/v1/payments/{id}/refunds", pay, "", "", NULL, 500);
	call(&razorpay, "get", "/v1/payments/{id}/refunds", pay, "", "", NULL, 502);
}

/* -- PayPal ------------------------------------------------------------------------------------------------------------------- */

static void
paypals_orders_are_as_published_in_every_state(void **state)
{
	const char *const path = "/v2/checkout/orders", *const one = "/v2/checkout/orders/{id}", *const take = "/v2/checkout/orders/{id}/capture";
	const char *id, *other;
	struct heard h;

	(void)state;
	AT_HAND(&paypal);
	body_is_right(&paypal, path, paypal_order_json(s, "p1"));
	h = call(&paypal, "post", path, "", "", paypal_order_json(s, "p1"), "o1", 201);
	id = heard_says(s, &h, "id");
	call(&paypal, "post", path, "", "", paypal_order_json(s, "p1"), "o1", 200);
	call(&paypal, "post", take, id, "", "{}", "c0", 422);
	order(arena_fmt(s->arena, "pay=%s", id).p);
	h = call(&paypal, "get", one, id, "", "", NULL, 200);
	assert_string_equal(heard_says(s, &h, "status"), "APPROVED");
	call(&paypal, "post", take, id, "", "{}", "c1", 201);
	call(&paypal, "post", take, id, "", "{}", "c1", 200);
	call(&paypal, "post", take, id, "", "{}", "c2", 422);
	h = call(&paypal, "get", one, id, "", "", NULL, 200);
	call(&paypal, "get", "/v2/payments/captures/{capture_id}", heard_says(s, &h, "purchase_units.0.payments.captures.0.id"), "", "", NULL, 200);
	other = stand_in_opens(s, &play_paypal, "p2");
	order(arena_fmt(s->arena, "later=%s", other).p);
	h = call(&paypal, "post", take, other, "", "", "c3", 201);
	assert_string_equal(heard_says(s, &h, "purchase_units.0.payments.captures.0.status"), "PENDING");
	order(arena_fmt(s->arena, "decline=%s", other).p);
	call(&paypal, "get", one, other, "", "", NULL, 200);
	order(arena_fmt(s->arena, "expire=%s", stand_in_opens(s, &play_paypal, "p3")).p);
	call(&paypal, "get", one, "5O190127TN364715T", "", "", NULL, 404);
	events_fit(&paypal, &play_paypal, "n.event", 5);
}

static void
paypals_refunds_are_as_published_in_every_state(void **state)
{
	const char *const path = "/v2/payments/captures/{capture_id}/refund";
	const char *body = "{\"amount\":{\"value\":\"1.00\",\"currency_code\":\"GBP\"},\"custom_id\":\"r-1\",\"note_to_payer\":\"sorry\"}";
	const char *capture, *refund, *id = stand_in_opens(s, &play_paypal, "p1");
	struct heard h;

	(void)state;
	AT_HAND(&paypal);
	order(arena_fmt(s->arena, "pay=%s&refund=pending", id).p);
	h = stand_in_call(s, arena_fmt(s->arena, "POST /paypal/v2/checkout/orders/%s/capture", id).p, "{}", "c1");
	capture = heard_says(s, &h, "purchase_units.0.payments.captures.0.id");
	body_is_right(&paypal, path, body);
	h = call(&paypal, "post", path, capture, "", body, "r1", 201);
	refund = heard_says(s, &h, "id");
	assert_string_equal(heard_says(s, &h, "status"), "PENDING");
	order("refund_done=all");
	call(&paypal, "get", "/v2/payments/refunds/{refund_id}", refund, "", "", NULL, 200);
	h = call(&paypal, "get", "/v2/checkout/orders/{id}", id, "", "", NULL, 200);
	assert_string_equal(heard_says(s, &h, "purchase_units.0.payments.refunds.0.custom_id"), "r-1");
	assert_string_equal(heard_says(s, &h, "purchase_units.0.payments.captures.0.status"), "PARTIALLY_REFUNDED");
	order(arena_fmt(s->arena, "refund_fail=%s", refund).p);
	h = call(&paypal, "get", "/v2/payments/refunds/{refund_id}", refund, "", "", NULL, 200);
	assert_string_equal(heard_says(s, &h, "status"), "FAILED");
	call(&paypal, "post", path, capture, "", "{}", "r2", 201);
	call(&paypal, "post", path, capture, "", "{}", "r3", 422);
	order("paypal.fail=any:500&paypal.fail=any:429");
	call(&paypal, "get", "/v2/payments/refunds/{refund_id}", refund, "", "", NULL, 500);
	call(&paypal, "get", "/v2/payments/refunds/{refund_id}", refund, "", "", NULL, 429);
}

static void
paypals_tokens_and_verdicts_are_as_published(void **state)
{
	struct heard h;

	(void)state;
	AT_HAND(&paypal);
	stand_in_opens(s, &play_paypal, "p1");		/* has asked for a token */
	assert_non_null(s->bearer);
	h = call(&paypal, "post", "/v1/notifications/verify-webhook-signature", "", "", "{\"auth_algo\":\"SHA256withRSA\",\"cert_url\":"
	    "\"https://a.b\",\"transmission_id\":\"a\",\"transmission_sig\":\"a\",\"transmission_time\":\"a\",\"webhook_id\":\"a\","
	    "\"webhook_event\":{}}", NULL, 200);
	assert_string_equal(heard_says(s, &h, "verification_status"), "FAILURE");
}

/* -- the test's own eyes: what is wrong must be seen --------------------------------------------------------------------------- */

static void
seen(struct schema *schema, const char *name, json_t *object, const char *key, json_t *wrong)
{
	json_t *copy = json_deep_copy(object);

	if (wrong)
		json_object_set_new(copy, key, wrong);
	else
		json_object_del(copy, key);
	if (schema_fits(schema, copy, name, false))
		fail_msg("%s: %s is wrong, and was not seen", name, key);
	json_decref(copy);
}

static void
a_member_missing_unknown_or_of_another_type_is_seen(void **state)
{
	json_t *payment, *refund, *link, *order_object;

	(void)state;
	AT_HAND(&stripe);
	payment = purse_payment(&s->sandbox, span_of(stand_in_opens(s, &play_stripe, "p1")));
	purse_choose(&s->sandbox, payment, ACT_PAY, clock_now());
	refund = play_stripe_refund(payment, purse_refund(&s->sandbox, purse_charge_of(&s->sandbox, payment), 100, NULL, clock_now()));
	assert_true(schema_fits(&stripe, refund, "refund", true));
	seen(&stripe, "refund", refund, "colour", json_string("red"));
	seen(&stripe, "refund", refund, "amount", json_string("100"));
	seen(&stripe, "refund", refund, "amount", NULL);
	json_decref(refund);
	payment = purse_payment(&s->sandbox, span_of(stand_in_opens(s, &play_razorpay, "p2")));
	link = play_razorpay_link(&s->sandbox, payment, NULL);
	seen(&razorpay, "payment_link", link, "id", json_string("link_1"));
	seen(&razorpay, "payment_link", link, "status", json_string("done"));
	seen(&razorpay, "payment_link", link, "amount_paid", NULL);
	json_decref(link);
	payment = purse_payment(&s->sandbox, span_of(stand_in_opens(s, &play_paypal, "p3")));
	order_object = play_paypal_order(&s->sandbox, payment, true);
	assert_true(schema_fits(&paypal, order_object, "o.order", true));
	seen(&paypal, "o.order", order_object, "status", json_string("DONE"));
	seen(&paypal, "o.order", order_object, "purchase_units", json_array());
	seen(&paypal, "o.order", order_object, "create_time", json_string("yesterday"));
	seen(&paypal, "o.order", order_object, "colour", json_string("red"));
	json_decref(order_object);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_schemas, close_schemas)
	const struct CMUnitTest tests[] = {
		TEST(stripes_sessions_are_as_published_in_every_state),
		TEST(stripes_refunds_are_as_published_in_every_state),
		TEST(razorpays_links_are_as_documented_in_every_state),
		TEST(razorpays_refunds_are_as_documented_in_every_state),
		TEST(paypals_orders_are_as_published_in_every_state),
		TEST(paypals_refunds_are_as_published_in_every_state),
		TEST(paypals_tokens_and_verdicts_are_as_published),
		TEST(a_member_missing_unknown_or_of_another_type_is_seen),
	};

	log_open("test_sandbox_schema", LOG_LEVEL_ERROR);
	crypto_start();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
