/* razorpay_payments.c - Razorpay's calls about the payments made on its links, and about refunds. */
#include "base/base.h"

#include "sandbox/razorpay.h"

#define KEY_LEAST 10

static json_t *
payment_of(struct sandbox *sb, const json_t *record)
{
	return purse_payment(sb, json_span(record, "payment"));
}

static json_t *
charge_or_complaint(struct call *c)
{
	json_t *charge = purse_charge(c->sb, c->id);

	return charge && provider_of(charge) == &play_razorpay ? charge : play_razorpay_no_such_id(c);
}

json_t *
play_razorpay_payment_read(struct call *c)
{
	json_t *charge = play_razorpay_query(c, "") ? charge_or_complaint(c) : NULL;

	return charge ? play_razorpay_payment(payment_of(c->sb, charge), charge) : NULL;
}

json_t *
play_razorpay_payment_list(struct call *c)
{
	json_t *all, *charge;
	struct razorpay_page page;
	const char *id;

	if (!play_razorpay_page(c, "", &page))
		return NULL;
	all = json_array();
	json_object_foreach(store_all(&c->sb->store, "charges"), id, charge)
		if (provider_of(charge) == &play_razorpay && play_razorpay_within(&page, json_number(charge, "created")))
			json_array_insert_new(all, 0, play_razorpay_payment(payment_of(c->sb, charge), charge));
	return play_razorpay_collection(play_razorpay_cut(all, &page));
}

/* -- refunds ------------------------------------------------------------------------------------------------------------------ */

static bool
key_fits(struct span key)
{
	for (size_t i = 0; i < key.n; i++)
		if (!((key.p[i] >= 'a' && key.p[i] <= 'z') || (key.p[i] >= 'A' && key.p[i] <= 'Z') || (key.p[i] >= '0' && key.p[i] <= '9') ||
		    key.p[i] == '-' || key.p[i] == '_'))
			return false;
	return key.n >= KEY_LEAST;
}

static bool
check_refund(struct call *c, const json_t *charge, int64_t amount)
{
	if (!key_fits(c->v->key))
		return complain(&c->why, 400, "idempotency_key_invalid", SPAN_NONE, "X-Refund-Idempotency must have at least 10 characters of "
		    "A-Z, a-z, 0-9, - and _; the stand-in insists on one.") != NULL;
	if (!json_says(charge, "state", "paid"))
		return complain(&c->why, 400, "payment_not_captured", SPAN_NONE, "The payment status should be captured for action to be taken")
		    != NULL;
	if (json_yes(charge, "disputed"))
		return complain(&c->why, 400, "payment_disputed", SPAN_NONE, "The payment is under dispute and cannot be refunded") != NULL;
	if (!purse_refundable(charge))
		return complain(&c->why, 400, "payment_fully_refunded", SPAN_NONE, "The payment has been fully refunded already") != NULL;
	if (amount > purse_refundable(charge))
		return complain(&c->why, 400, "refund_amount_too_high", SPAN("amount"), "The total refund amount is greater than the refund payment "
		    "amount") != NULL;
	return play_razorpay_amount(c, amount, json_span(charge, "currency"));
}

static json_t *
answer(struct call *c, const json_t *refund)
{
	return play_razorpay_refund(payment_of(c->sb, refund), refund);
}

json_t *
play_razorpay_refund_create(struct call *c)
{
	static const struct shape_rule rules[] = {
		{ "amount", SHAPE_INT, 1, INT64_MAX, NULL, false },
		{ "speed", SHAPE_WORD, 0, 0, "normal optimum", false },
		{ "notes.*", SHAPE_TEXT, 0, 255, NULL, false },
		{ "receipt", SHAPE_TEXT, 0, 40, NULL, false },
	};
	json_t *charge = play_razorpay_shape(c, rules, ARRAY_LEN(rules)) ? charge_or_complaint(c) : NULL, *refund;
	int64_t amount;

	if (!charge)
		return NULL;
	amount = json_object_get(c->body, "amount") ? json_number(c->body, "amount") : purse_refundable(charge);
	if (!check_refund(c, charge, amount))
		return NULL;
	c->began = true;
	refund = purse_refund(c->sb, charge, amount, c->body, c->now_ms);
	c->made = arena_copy(c->arena, json_span(refund, "id"));
	return answer(c, refund);
}

json_t *
play_razorpay_refund_again(struct call *c, struct span id)
{
	return answer(c, purse_refund_find(c->sb, id));
}

json_t *
play_razorpay_refund_read(struct call *c)
{
	json_t *refund = purse_refund_find(c->sb, c->id);

	if (!play_razorpay_query(c, ""))
		return NULL;
	return refund && provider_of(refund) == &play_razorpay ? answer(c, refund) : play_razorpay_no_such_id(c);
}

json_t *
play_razorpay_refund_list(struct call *c)
{
	json_t *all, *refund;
	struct razorpay_page page;
	const char *id;

	if (!play_razorpay_page(c, "", &page) || (c->id.n && !charge_or_complaint(c)))
		return NULL;
	all = json_array();
	json_object_foreach(store_all(&c->sb->store, "refunds"), id, refund)
		if (provider_of(refund) == &play_razorpay && (!c->id.n || span_eq(json_span(refund, "charge"), c->id)) &&
		    play_razorpay_within(&page, json_number(refund, "at")))
			json_array_insert_new(all, 0, answer(c, refund));
	return play_razorpay_collection(play_razorpay_cut(all, &page));
}
