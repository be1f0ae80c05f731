/*
 * test_sandbox_misbehaves.c - every way in which the stand-in's calls can be told to misbehave, for each provider and for one payment
 * alone, and what the events tell when they are told to lie. How webhooks misbehave on their way is in t/web/test_sandbox_hooks.c.
 */
#include "base/base.h"

#include <setjmp.h>

#include <cmocka.h>

#include "t/lib/stand_in.h"

#include "base/clock.h"
#include "base/crypto.h"
#include "sandbox/events.h"

static const char *const lists[PROVIDERS] = { "GET /v1/checkout/sessions", "GET /razorpay/v1/payment_links",
	"GET /paypal/v2/payments/refunds/NOBODY" };
static const int well[PROVIDERS] = { 200, 200, 404 };

static struct heard
call(struct stand_in *s, const char *what, const char *body, const char *key, int status)
{
	struct heard h = stand_in_call(s, what, body, key);

	if (h.status != status)
		fail_msg("%s %s: %d %s", what, body, h.status, h.text);
	return h;
}

static void
a_refusal_at_the_edge_says_when_to_come_again(void **state)
{
	struct stand_in *s = *state;

	for (size_t i = 0; i < PROVIDERS; i++) {
		static const int statuses[] = { 429, 503, 500, 409 };

		for (size_t k = 0; k < ARRAY_LEN(statuses); k++) {
			struct heard h;

			stand_in_order(s, arena_fmt(s->arena, "%s.fail=any:%d", all_providers[i]->name, statuses[k]).p);
			h = call(s, lists[(i + 1) % PROVIDERS], "", NULL, well[(i + 1) % PROVIDERS]);	/* another is not meant */
			h = call(s, lists[i], "", NULL, statuses[k]);
			assert_int_equal(strstr(h.head, "Retry-After: 2\r\n") != NULL, statuses[k] == 429 || statuses[k] == 503);
			assert_non_null(h.json);
			call(s, lists[i], "", NULL, well[i]);
		}
	}
}

static const char *
create_of(struct stand_in *s, const struct provider *p, const char *reference, const char **body)
{
	*body = p == &play_stripe ? stripe_session_form(s, reference) : p == &play_razorpay ? razorpay_link_json(s, reference) :
	    paypal_order_json(s, reference);
	return p == &play_stripe ? "POST /v1/checkout/sessions" : p == &play_razorpay ? "POST /razorpay/v1/payment_links" :
	    "POST /paypal/v2/checkout/orders";
}

static void
an_order_for_one_reference_leaves_the_others_alone(void **state)
{
	struct stand_in *s = *state;

	for (size_t i = 0; i < PROVIDERS; i++) {
		const char *mine, *other, *what = create_of(s, all_providers[i], "mine", &mine);
		struct heard h;

		create_of(s, all_providers[i], "other", &other);
		stand_in_order(s, "at=mine&fail=create:500");
		h = stand_in_call(s, what, other, "other-key-1");
		assert_true(h.status == 200 || h.status == 201);
		call(s, what, mine, "my-key-00001", 500);
		h = stand_in_call(s, what, mine, "my-key-00001");		/* nothing was kept */
		assert_true(h.status == 200 || h.status == 201);
		/* and later on its id stands for it */
		stand_in_order(s, arena_fmt(s->arena, "at=%s&fail=read:503", heard_says(s, &h, "id")).p);
		what = i == 0 ? "GET /v1/checkout/sessions/" : i == 1 ? "GET /razorpay/v1/payment_links/" : "GET /paypal/v2/checkout/orders/";
		call(s, arena_fmt(s->arena, "%s%s", what, stand_in_opens(s, all_providers[i], "third")).p, "", NULL, 200);
		call(s, arena_fmt(s->arena, "%s%s", what, heard_says(s, &h, "id")).p, "", NULL, 503);
	}
}

static void
at_is_for_the_orders_behind_it_in_the_same_form(void **state)
{
	struct stand_in *s = *state;
	const struct orders *os = &s->sandbox.orders;

	stand_in_order(s, "lose=refund&at=12-1&fail=create:500&webhook=twice&at=all&late=2");
	stand_in_order(s, "slow=any:1");
	assert_int_equal(os->n, 5);
	assert_string_equal(os->list[0].at, "");
	assert_string_equal(os->list[1].at, "12-1");
	assert_string_equal(os->list[2].at, "12-1");
	assert_string_equal(os->list[3].at, "");
	assert_string_equal(os->list[4].at, "");
}

static void
a_lost_answer_was_worked_all_the_same(void **state)
{
	struct stand_in *s = *state;

	for (size_t i = 0; i < PROVIDERS; i++) {
		const char *body, *what = create_of(s, all_providers[i], "p1", &body);
		size_t before = json_object_size(store_all(&s->sandbox.store, "payments"));

		stand_in_order(s, "lose=create");
		call(s, what, body, "my-key-00001", 0);
		assert_int_equal(json_object_size(store_all(&s->sandbox.store, "payments")), before + 1);
		/* asked again: the same one, by key or, at Razorpay, by the reference */
		call(s, what, body, "my-key-00001", all_providers[i] == &play_razorpay ? 400 : 200);
		assert_int_equal(json_object_size(store_all(&s->sandbox.store, "payments")), before + 1);
	}
}

static void
a_misleading_answer_was_worked_all_the_same(void **state)
{
	struct stand_in *s = *state;

	for (size_t i = 0; i < PROVIDERS; i++) {
		const char *body, *what = create_of(s, all_providers[i], "p1", &body);
		size_t before = json_object_size(store_all(&s->sandbox.store, "payments"));
		struct heard h;

		stand_in_order(s, "mislead=create:500");
		h = call(s, what, body, "my-key-00001", 500);
		assert_non_null(json_object_get(h.json, i == 2 ? "name" : "error"));
		assert_int_equal(json_object_size(store_all(&s->sandbox.store, "payments")), before + 1);
	}
}

static void
what_breaks_at_work_is_kept_by_stripe_alone(void **state)
{
	struct stand_in *s = *state;

	for (size_t i = 0; i < PROVIDERS; i++) {
		const char *body, *what = create_of(s, all_providers[i], "p1", &body);
		struct heard h;

		stand_in_order(s, "break=create");
		call(s, what, body, "my-key-00001", 500);
		h = stand_in_call(s, what, body, "my-key-00001");
		assert_int_equal(h.status, all_providers[i] == &play_stripe ? 500 : all_providers[i] == &play_razorpay ? 200 : 201);
	}
}

static void
a_call_that_hangs_keeps_its_key_and_does_nothing(void **state)
{
	struct stand_in *s = *state;

	for (size_t i = 0; i < PROVIDERS; i++) {
		const char *body, *what = create_of(s, all_providers[i], "p1", &body);
		size_t before = json_object_size(store_all(&s->sandbox.store, "payments"));
		int64_t now = clock_now();
		struct heard h;

		stand_in_order(s, "hang=create:3");
		h = call(s, what, body, "my-key-00001", 0);
		assert_true(h.due >= now + 3000 && h.due < now + 60000);
		assert_int_equal(json_object_size(store_all(&s->sandbox.store, "payments")), before);
		s->sandbox.door.waiting = h.visit;
		if (all_providers[i] != &play_razorpay)		/* whose links have no key */
			call(s, what, body, "my-key-00001", 409);
		s->sandbox.door.waiting = NULL;
		h = stand_in_call(s, what, body, "my-key-00001");
		assert_true(h.status == 200 || h.status == 201);
	}
}

static void
a_slow_answer_is_due_later(void **state)
{
	struct stand_in *s = *state;
	int64_t now = clock_now();
	struct heard h;

	stand_in_order(s, "slow=list:8");
	h = call(s, lists[1], "", NULL, 200);
	assert_true(h.due >= now + 8000 && h.due < now + 60000);
	h = call(s, lists[1], "", NULL, 200);
	assert_int_equal(h.due, 0);
}

static void
the_page_misbehaves_only_when_it_is_named(void **state)
{
	struct stand_in *s = *state;
	const char *id = stand_in_opens(s, &play_stripe, "p1"), *get = arena_fmt(s->arena, "GET /c/pay/%s", id).p;
	struct heard h;

	stand_in_order(s, "fail=any:500");
	assert_int_equal(stand_in_ask(s, get, "", NULL).status, 200);
	stand_in_order(s, "clear=all");
	stand_in_order(s, "fail=page:503&hang=page:5&lose=page");
	assert_int_equal(stand_in_ask(s, get, "", NULL).status, 0);		/* hang */
	h = stand_in_ask(s, get, "", NULL);
	assert_int_equal(h.status, 503);
	assert_non_null(strstr(h.text, "does not work just now"));
	assert_int_equal(stand_in_ask(s, get, "", NULL).status, 0);		/* lost */
	assert_int_equal(stand_in_ask(s, get, "", NULL).status, 200);
}

static void
paypals_other_calls_can_fail_too(void **state)
{
	struct stand_in *s = *state;
	const char *id = stand_in_opens(s, &play_paypal, "p1");

	stand_in_order(s, "fail=token:500&fail=certificate:503&fail=verify:500&fail=capture:429&fail=refund_read:500");
	assert_int_equal(stand_in_ask(s, "POST /paypal/v1/oauth2/token", "", NULL).status, 500);
	assert_int_equal(stand_in_ask(s, "GET /paypal/v1/notifications/certs/CERT-1", "", NULL).status, 503);
	call(s, "POST /paypal/v1/notifications/verify-webhook-signature", "{}", NULL, 500);
	call(s, arena_fmt(s->arena, "POST /paypal/v2/checkout/orders/%s/capture", id).p, "{}", "c1", 429);
	call(s, "GET /paypal/v2/payments/refunds/X", "", NULL, 500);
	assert_int_equal(s->sandbox.orders.n, 0);
}

static void
paid_by_the_time_it_is_created(void **state)
{
	struct stand_in *s = *state;

	for (size_t i = 0; i < PROVIDERS; i++) {
		const json_t *payment;

		stand_in_order(s, "create=paid");
		payment = purse_payment(&s->sandbox, span_of(stand_in_opens(s, all_providers[i], "p1")));
		assert_true(purse_is(payment, all_providers[i]->asks_capture ? "approved" : "paid"));
	}
}

static void
a_lie_is_read_and_told(void **state)
{
	struct stand_in *s = *state;
	struct heard h;

	for (size_t i = 0; i < PROVIDERS; i++) {
		const char *id = stand_in_opens(s, all_providers[i], "p1");

		stand_in_order(s, arena_fmt(s->arena, "lie=unknown_reference&pay=%s", id).p);
		if (i == 0) {
			h = call(s, arena_fmt(s->arena, "GET /v1/checkout/sessions/%s", id).p, "", NULL, 200);
			assert_string_equal(heard_says(s, &h, "client_reference_id"), "somebody_elses");
		} else if (i == 1) {
			h = call(s, arena_fmt(s->arena, "GET /razorpay/v1/payment_links/%s", id).p, "", NULL, 200);
			assert_string_equal(heard_says(s, &h, "reference_id"), "somebody_elses");
		} else {
			h = call(s, arena_fmt(s->arena, "POST /paypal/v2/checkout/orders/%s/capture", id).p, "{}", "c1", 201);
			assert_string_equal(heard_says(s, &h, "purchase_units.0.payments.captures.0.custom_id"), "somebody_elses");
		}
	}
}

static void
any_event_can_be_told_of_what_there_is(void **state)
{
	static const char *const told[][2] = { { "customer.created", "p-stripe" }, { "payment.dispute.under_review", "p-razorpay" },
		{ "CUSTOMER.DISPUTE.UPDATED", "p-paypal" } };
	struct stand_in *s = *state;
	struct heard h;

	for (size_t i = 0; i < PROVIDERS; i++) {
		const char *id = stand_in_opens(s, all_providers[i], told[i][1]);
		json_t *dispute, *payment = purse_payment(&s->sandbox, span_of(id));

		stand_in_order(s, arena_fmt(s->arena, "pay=%s", id).p);
		if (i == 2)
			purse_capture(&s->sandbox, payment, clock_now());
		dispute = purse_dispute(&s->sandbox, purse_charge_of(&s->sandbox, payment), clock_now());
		h = stand_in_call(s, "POST /control", arena_fmt(s->arena, "event=%s:%s", told[i][0], id).p, NULL);
		assert_int_equal(h.status, i ? 400 : 200);		/* a payment is no dispute */
		stand_in_order(s, arena_fmt(s->arena, "event=%s:%s", told[i][0], json_string_value(json_object_get(dispute, "id"))).p);
		assert_non_null(strstr(stand_in_told(s), told[i][0]));
	}
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, stand_in_open, stand_in_close)
	const struct CMUnitTest tests[] = {
		TEST(a_refusal_at_the_edge_says_when_to_come_again),
		TEST(an_order_for_one_reference_leaves_the_others_alone),
		TEST(at_is_for_the_orders_behind_it_in_the_same_form),
		TEST(a_lost_answer_was_worked_all_the_same),
		TEST(a_misleading_answer_was_worked_all_the_same),
		TEST(what_breaks_at_work_is_kept_by_stripe_alone),
		TEST(a_call_that_hangs_keeps_its_key_and_does_nothing),
		TEST(a_slow_answer_is_due_later),
		TEST(the_page_misbehaves_only_when_it_is_named),
		TEST(paypals_other_calls_can_fail_too),
		TEST(paid_by_the_time_it_is_created),
		TEST(a_lie_is_read_and_told),
		TEST(any_event_can_be_told_of_what_there_is),
	};

	log_open("test_sandbox_misbehaves", LOG_LEVEL_ERROR);
	crypto_start();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
