/* paypal_refunds.c - PayPal's calls about captures and refunds. */
#include "base/base.h"

#include "sandbox/paypal.h"

#define REFUNDS_MOST 10

static json_t *
payment_of(struct sandbox *sb, const json_t *record)
{
	return purse_payment(sb, json_span(record, "payment"));
}

static json_t *
capture_or_complaint(struct call *c)
{
	json_t *charge = purse_charge(c->sb, c->id);

	return charge && provider_of(charge) == &play_paypal ? charge : play_paypal_no_such_id(c);
}

json_t *
play_paypal_capture_read(struct call *c)
{
	json_t *charge = capture_or_complaint(c);

	return charge ? play_paypal_capture(c->sb, payment_of(c->sb, charge), charge, true) : NULL;
}

static json_t *
answer(struct call *c, const json_t *refund, bool full)
{
	const struct about about = { payment_of(c->sb, refund), purse_charge(c->sb, json_span(refund, "charge")), refund, NULL };

	return play_paypal_refund(c->sb, &about, full);
}

static int
refunds_of(struct sandbox *sb, const json_t *charge)
{
	json_t *refund;
	const char *id;
	int n = 0;

	json_object_foreach(store_all(&sb->store, "refunds"), id, refund)
		n += span_eq(json_span(refund, "charge"), json_span(charge, "id")) && !json_says(refund, "state", "failed");
	return n;
}

static bool
check_refund(struct call *c, const json_t *charge, int64_t *amount)
{
	const json_t *asked = json_object_get(c->body, "amount");

	if (json_says(charge, "state", "pending"))
		return play_paypal_issue(c, "PENDING_CAPTURE", NULL, "Cannot initiate a refund as the capture is pending.") != NULL;
	if (!json_says(charge, "state", "paid"))
		return play_paypal_issue(c, "REFUND_NOT_ALLOWED", NULL, "Full refund refused - partial refund has already been done on this "
		    "payment, or it was never completed.") != NULL;
	if (json_yes(charge, "disputed"))
		return play_paypal_issue(c, "TRANSACTION_DISPUTED", NULL, "The transaction is disputed and cannot be refunded.") != NULL;
	if (!purse_refundable(charge))
		return play_paypal_issue(c, "CAPTURE_FULLY_REFUNDED", NULL, "The capture has already been fully refunded.") != NULL;
	if (refunds_of(c->sb, charge) >= REFUNDS_MOST)
		return play_paypal_issue(c, "MAX_NUMBER_OF_REFUNDS_EXCEEDED", NULL, "You have reached the number of refunds allowed.") != NULL;
	*amount = purse_refundable(charge);
	if (!asked)
		return true;
	if (!span_eq(json_span(asked, "currency_code"), json_span(charge, "currency")))
		return play_paypal_issue(c, "CURRENCY_MISMATCH", "/amount/currency_code", "The currency must be that of the capture.") != NULL;
	if (!play_paypal_amount_read(c, asked, amount))
		return false;
	if (*amount > purse_refundable(charge))
		return play_paypal_issue(c, "REFUND_AMOUNT_EXCEEDED", "/amount/value", "The refund amount must be less than or equal to the capture "
		    "amount that has not yet been refunded.") != NULL;
	return true;
}

json_t *
play_paypal_refund_create(struct call *c)
{
	static const struct shape_rule rules[] = {
		{ "amount.currency_code", SHAPE_TEXT, 3, 3, NULL, true },
		{ "amount.value", SHAPE_DECIMAL, 1, 32, NULL, true },
		{ "custom_id", SHAPE_TEXT, 1, 127, NULL, false },
		{ "invoice_id", SHAPE_TEXT, 1, 127, NULL, false },
		{ "note_to_payer", SHAPE_TEXT, 1, 255, NULL, false },
	};
	json_t *charge = play_paypal_shape(c, rules, ARRAY_LEN(rules)) ? capture_or_complaint(c) : NULL, *refund;
	int64_t amount;

	if (!charge || !check_refund(c, charge, &amount))
		return NULL;
	c->began = true;
	c->status = 201;
	refund = purse_refund(c->sb, charge, amount, c->body, c->now_ms);
	c->made = arena_copy(c->arena, json_span(refund, "id"));
	return answer(c, refund, play_paypal_wants_all(c));
}

json_t *
play_paypal_refund_again(struct call *c, struct span id)
{
	return answer(c, purse_refund_find(c->sb, id), play_paypal_wants_all(c));
}

json_t *
play_paypal_refund_read(struct call *c)
{
	json_t *refund = purse_refund_find(c->sb, c->id);

	return refund && provider_of(refund) == &play_paypal ? answer(c, refund, true) : play_paypal_no_such_id(c);
}
