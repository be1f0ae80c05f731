/*
 * test_sandbox_ledger.c - the stand-in's own books: every movement of money stands in them, once, whatever became of the answer and
 * over a restart; and sums agree with what happened.
 */
#include "base/base.h"

#include <setjmp.h>

#include <cmocka.h>

#include "t/lib/stand_in.h"

#include "base/clock.h"
#include "base/crypto.h"

#define LEDGER "GET /control/ledger"

static struct heard
books(struct stand_in *s)
{
	struct heard h = stand_in_call(s, LEDGER, "", NULL);

	assert_int_equal(h.status, 200);
	return h;
}

/* The entry of that payment. */
static const json_t *
entry(const struct heard *h, const char *reference)
{
	const json_t *one;
	size_t i;

	json_array_foreach(json_object_get(h->json, "payments"), i, one)
		if (json_says(one, "reference", reference))
			return one;
	fail_msg("%s is not in the books", reference);
	return NULL;
}

static void
entry_is(struct stand_in *s, const char *reference, const char *state, int64_t captured, int64_t refunded)
{
	struct heard h = books(s);
	const json_t *one = entry(&h, reference);

	if (!json_says(one, "state", state) || json_number(one, "captured_minor") != captured || json_number(one, "refunded_minor") != refunded)
		fail_msg("%s: %s", reference, json_dumps(one, 0));
}

static void
total_is(struct stand_in *s, const char *provider, const char *currency, int64_t captured, int64_t refunded, int64_t net)
{
	struct heard h = books(s);
	const json_t *one;
	size_t i;

	json_array_foreach(json_object_get(h.json, "totals"), i, one) {
		if (!json_says(one, "provider", provider) || !json_says(one, "currency", currency))
			continue;
		if (json_number(one, "captured") != captured || json_number(one, "refunded") != refunded || json_number(one, "net") != net)
			fail_msg("%s", json_dumps(one, 0));
		return;
	}
	fail_msg("no sum of %s in %s", provider, currency);
}

static const char *
member(struct stand_in *s, const char *what, const char *path)
{
	struct heard h = stand_in_call(s, what, "", NULL);

	return heard_says(s, &h, path);
}

/* The charge of a payment, as its provider's own API names it. */
static const char *
charge_of(struct stand_in *s, const struct provider *p, const char *id)
{
	if (p == &play_stripe)
		return member(s, arena_fmt(s->arena, "GET /v1/checkout/sessions/%s", id).p, "payment_intent");
	if (p == &play_razorpay)
		return member(s, arena_fmt(s->arena, "GET /razorpay/v1/payment_links/%s", id).p, "payments.0.payment_id");
	return member(s, arena_fmt(s->arena, "GET /paypal/v2/checkout/orders/%s", id).p, "purchase_units.0.payments.captures.0.id");
}

static struct heard
refund(struct stand_in *s, const struct provider *p, const char *charge, const char *key)
{
	if (p == &play_stripe)
		return stand_in_call(s, "POST /v1/refunds", arena_fmt(s->arena, "payment_intent=%s&amount=1000", charge).p, key);
	if (p == &play_razorpay)
		return stand_in_call(s, arena_fmt(s->arena, "POST /razorpay/v1/payments/%s/refund", charge).p, "{\"amount\":1000}", key);
	return stand_in_call(s, arena_fmt(s->arena, "POST /paypal/v2/payments/captures/%s/refund", charge).p,
	    "{\"amount\":{\"value\":\"10.00\",\"currency_code\":\"GBP\"}}", key);
}

/* Pressed on the buyer's page, and taken by us where that is our business. */
static void
pay(struct stand_in *s, const struct provider *p, const char *id, const char *key)
{
	stand_in_order(s, arena_fmt(s->arena, "pay=%s", id).p);
	if (p == &play_paypal)
		stand_in_call(s, arena_fmt(s->arena, "POST /paypal/v2/checkout/orders/%s/capture", id).p, "{}", key);
}

static void
what_was_asked_for_and_what_was_paid_stand_in_the_books(void **state)
{
	struct stand_in *s = *state;

	for (size_t i = 0; i < PROVIDERS; i++) {
		const struct provider *p = all_providers[i];
		const char *reference = arena_fmt(s->arena, "%s-1", p->name).p, *id = stand_in_opens(s, p, reference);

		entry_is(s, reference, "open", 0, 0);
		pay(s, p, id, "c1");
		entry_is(s, reference, "paid", 3100, 0);
		refund(s, p, charge_of(s, p, id), "refund-000001");
		entry_is(s, reference, "paid", 3100, 1000);
		total_is(s, p->name, "GBP", 3100, 1000, 2100);
	}
	assert_int_equal(stand_in_ask(s, LEDGER, "", NULL).status, 401);
}

static void
an_answer_that_was_lost_changes_nothing_in_the_books(void **state)
{
	struct stand_in *s = *state;

	for (size_t i = 0; i < PROVIDERS; i++) {
		const struct provider *p = all_providers[i];
		const char *reference = arena_fmt(s->arena, "%s-1", p->name).p, *id = stand_in_opens(s, p, reference);
		struct heard h;

		if (p == &play_paypal) {
			stand_in_order(s, arena_fmt(s->arena, "at=%s&lose=capture", reference).p);
			stand_in_order(s, arena_fmt(s->arena, "pay=%s", id).p);
			h = stand_in_call(s, arena_fmt(s->arena, "POST /paypal/v2/checkout/orders/%s/capture", id).p, "{}", "c1");
			assert_int_equal(h.status, 0);
			h = stand_in_call(s, arena_fmt(s->arena, "POST /paypal/v2/checkout/orders/%s/capture", id).p, "{}", "c1");
			assert_int_equal(h.status, 200);
		} else {
			const char *page = p == &play_stripe ? arena_fmt(s->arena, "POST /c/pay/%s", id).p :
			    arena_fmt(s->arena, "POST /razorpay/i/%s", id + 6).p;

			stand_in_order(s, arena_fmt(s->arena, "at=%s&lose=page", reference).p);
			assert_int_equal(stand_in_ask(s, page, "do=pay", NULL).status, 0);
			assert_int_equal(stand_in_ask(s, page, "do=pay", NULL).status, 303);
		}
		entry_is(s, reference, "paid", 3100, 0);
		stand_in_order(s, arena_fmt(s->arena, "at=%s&lose=refund&mislead=refund:500", reference).p);
		assert_int_equal(refund(s, p, charge_of(s, p, id), "refund-000001").status, 0);
		h = refund(s, p, charge_of(s, p, id), "refund-000001");
		assert_int_equal(h.status, 200);
		entry_is(s, reference, "paid", 3100, 1000);
		stand_in_order(s, arena_fmt(s->arena, "at=%s&mislead=refund:500", reference).p);
		assert_int_equal(refund(s, p, charge_of(s, p, id), "refund-000002").status, 500);
		entry_is(s, reference, "paid", 3100, 2000);
		total_is(s, p->name, "GBP", 3100, 2000, 1100);
	}
}

static void
a_try_that_was_refused_moves_nothing(void **state)
{
	struct stand_in *s = *state;

	for (size_t i = 0; i < PROVIDERS; i++) {
		const struct provider *p = all_providers[i];
		const char *reference = arena_fmt(s->arena, "%s-1", p->name).p, *id = stand_in_opens(s, p, reference);

		stand_in_order(s, arena_fmt(s->arena, "at=%s&charge=decline", reference).p);
		pay(s, p, id, "c1");
		entry_is(s, reference, "open", 0, 0);
		stand_in_order(s, arena_fmt(s->arena, "at=%s&fail=any:500:9", reference).p);
		refund(s, p, "nobody", "refund-000001");
		entry_is(s, reference, "open", 0, 0);
		stand_in_order(s, "clear=all");
		stand_in_order(s, arena_fmt(s->arena, "hold=%s", id).p);
		if (p == &play_paypal)
			stand_in_call(s, arena_fmt(s->arena, "POST /paypal/v2/checkout/orders/%s/capture", id).p, "{}", "c2");
		entry_is(s, reference, "pending", 0, 0);
		stand_in_order(s, arena_fmt(s->arena, "pay=%s", id).p);
		entry_is(s, reference, "paid", 3100, 0);
	}
}

static void
refunds_count_when_they_are_done_and_no_longer_when_they_failed(void **state)
{
	struct stand_in *s = *state;

	for (size_t i = 0; i < PROVIDERS; i++) {
		const struct provider *p = all_providers[i];
		const char *reference = arena_fmt(s->arena, "%s-1", p->name).p, *id = stand_in_opens(s, p, reference), *made;
		struct heard h;

		pay(s, p, id, "c1");
		stand_in_order(s, "refund=pending");
		h = refund(s, p, charge_of(s, p, id), "refund-000001");
		made = heard_says(s, &h, "id");
		entry_is(s, reference, "paid", 3100, 0);
		stand_in_order(s, arena_fmt(s->arena, "refund_done=%s", made).p);
		entry_is(s, reference, "paid", 3100, 1000);
		stand_in_order(s, arena_fmt(s->arena, "refund_fail=%s", made).p);
		entry_is(s, reference, "paid", 3100, 0);
		total_is(s, p->name, "GBP", 3100, 0, 3100);
	}
}

static void
a_dispute_is_taken_off_until_it_is_won(void **state)
{
	struct stand_in *s = *state;
	const char *id = stand_in_opens(s, &play_paypal, "p1");

	pay(s, &play_paypal, id, "c1");
	stand_in_order(s, "dispute=p1");
	total_is(s, "paypal", "GBP", 3100, 0, 0);
	stand_in_order(s, "dispute_won=p1");
	total_is(s, "paypal", "GBP", 3100, 0, 3100);
	stand_in_order(s, "dispute=p1&dispute_lost=p1");
	total_is(s, "paypal", "GBP", 3100, 0, 0);
}

static void
a_restart_forgets_no_movement_and_no_key(void **state)
{
	struct stand_in *s = *state;
	const char *ids[PROVIDERS];

	stand_in_keep(s);
	for (size_t i = 0; i < PROVIDERS; i++) {
		ids[i] = stand_in_opens(s, all_providers[i], arena_fmt(s->arena, "%s-1", all_providers[i]->name).p);
		pay(s, all_providers[i], ids[i], "c1");
		stand_in_order(s, "lose=refund");
		assert_int_equal(refund(s, all_providers[i], charge_of(s, all_providers[i], ids[i]), "refund-000001").status, 0);
	}
	stand_in_restart(s);
	for (size_t i = 0; i < PROVIDERS; i++) {
		assert_int_equal(refund(s, all_providers[i], charge_of(s, all_providers[i], ids[i]), "refund-000001").status, 200);
		entry_is(s, arena_fmt(s->arena, "%s-1", all_providers[i]->name).p, "paid", 3100, 1000);
		total_is(s, all_providers[i]->name, "GBP", 3100, 1000, 2100);
	}
}

static void
a_movement_says_what_it_is_of(void **state)
{
	struct stand_in *s = *state;
	int64_t begun = clock_now();
	struct heard h;

	pay(s, &play_razorpay, stand_in_opens(s, &play_razorpay, "p1"), NULL);
	h = books(s);
	assert_string_equal(heard_says(s, &h, "movements.0.kind"), "captured");
	assert_string_equal(heard_says(s, &h, "movements.0.provider"), "razorpay");
	assert_string_equal(heard_says(s, &h, "movements.0.reference"), "p1");
	assert_string_equal(heard_says(s, &h, "movements.0.currency"), "GBP");
	assert_string_equal(heard_says(s, &h, "movements.0.amount"), "3100");
	assert_true(span_starts(span_of(heard_says(s, &h, "movements.0.payment")), "plink_"));
	assert_true(span_starts(span_of(heard_says(s, &h, "movements.0.charge")), "pay_"));
	assert_true(json_number(json_array_get(json_object_get(h.json, "movements"), 0), "at") >= begun);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, stand_in_open, stand_in_close)
	const struct CMUnitTest tests[] = {
		TEST(what_was_asked_for_and_what_was_paid_stand_in_the_books),
		TEST(an_answer_that_was_lost_changes_nothing_in_the_books),
		TEST(a_try_that_was_refused_moves_nothing),
		TEST(refunds_count_when_they_are_done_and_no_longer_when_they_failed),
		TEST(a_dispute_is_taken_off_until_it_is_won),
		TEST(a_restart_forgets_no_movement_and_no_key),
		TEST(a_movement_says_what_it_is_of),
	};

	log_open("test_sandbox_ledger", LOG_LEVEL_ERROR);
	crypto_start();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
