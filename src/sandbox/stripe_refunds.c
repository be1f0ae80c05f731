/* stripe_refunds.c - Stripe's calls about refunds. */
#include "base/base.h"

#include "sandbox/stripe.h"

static const struct param_rule refund_rules[] = {
	{ "payment_intent", PARAM_TEXT, 0, 0, NULL },
	{ "charge", PARAM_TEXT, 0, 0, NULL },
	{ "amount", PARAM_INT, 1, 99999999, NULL },
	{ "reason", PARAM_WORD, 0, 0, "duplicate fraudulent requested_by_customer" },
	{ "metadata[*]", PARAM_TEXT, 0, 500, NULL },
};

/* The charge that a refund is asked of, if it can be refunded at all. */
static json_t *
refunded_charge(struct call *c, const json_t *asked)
{
	struct span by_intent = json_span(asked, "payment_intent"), by_charge = json_span(asked, "charge");
	struct span given = by_intent.n ? by_intent : by_charge;
	json_t *payment, *charge;

	if (!given.n)
		return complain(&c->why, 400, "parameter_missing", SPAN_NONE, "One of the following params should be provided for this request: "
		    "payment_intent or charge.");
	if (by_intent.n && by_charge.n)
		return complain(&c->why, 400, NULL, SPAN_NONE, "You may only specify one of these parameters: charge, payment_intent.");
	payment = play_stripe_by_intent(c->sb, given);
	if (!payment)
		return complain(&c->why, 404, "resource_missing", by_intent.n ? SPAN("payment_intent") : SPAN("charge"), "No such %s: '" PRSPAN "'",
		    by_intent.n ? "payment_intent" : "charge", ARGSPAN(given));
	c->began = true;
	charge = purse_charge_of(c->sb, payment);
	if (!json_says(charge, "state", "paid"))
		return complain(&c->why, 400, "payment_intent_unexpected_state", SPAN_NONE, "This PaymentIntent (" PRSPAN
		    ") does not have a successful charge to refund.", ARGSPAN(given));
	if (json_yes(charge, "disputed"))
		return complain(&c->why, 400, "charge_disputed", SPAN_NONE, "Charge " PRSPAN " has been charged back; cannot issue a refund.",
		    ARGSPAN(given));
	if (!purse_refundable(charge))
		return complain(&c->why, 400, "charge_already_refunded", SPAN_NONE, "Charge " PRSPAN " has already been refunded.", ARGSPAN(given));
	return charge;
}

static json_t *
answer(struct sandbox *sb, const json_t *refund)
{
	return play_stripe_refund(purse_payment(sb, json_span(refund, "payment")), refund);
}

json_t *
play_stripe_refund_create(struct call *c)
{
	json_auto_t *asked = params_tree(&c->params, refund_rules, ARRAY_LEN(refund_rules), &c->why);
	json_t *charge = asked ? refunded_charge(c, asked) : NULL;
	int64_t amount;

	if (!charge)
		return NULL;
	amount = json_object_get(asked, "amount") ? json_number(asked, "amount") : purse_refundable(charge);
	if (amount > purse_refundable(charge))
		return complain(&c->why, 400, NULL, SPAN("amount"), "Refund amount (%" PRId64 ") is greater than unrefunded amount on charge (%"
		    PRId64 ").", amount, purse_refundable(charge));
	return answer(c->sb, purse_refund(c->sb, charge, amount, asked, c->now_ms));
}

json_t *
play_stripe_refund_read(struct call *c)
{
	json_auto_t *tree = params_tree(&c->params, NULL, 0, &c->why);
	json_t *refund = purse_refund_find(c->sb, c->id);

	if (!tree)
		return NULL;
	if (!refund || provider_of(refund) != &play_stripe)
		return complain(&c->why, 404, "resource_missing", SPAN("refund"), "No such refund: '" PRSPAN "'", ARGSPAN(c->id));
	return answer(c->sb, refund);
}

static json_t *
listed(struct sandbox *sb, json_t *refund, const json_t *tree)
{
	struct span intent = json_span(tree, "payment_intent"), charge = json_span(tree, "charge");
	json_t *object;

	if (provider_of(refund) != &play_stripe)
		return NULL;
	object = answer(sb, refund);
	if ((!intent.n || span_eq(json_span(object, "payment_intent"), intent)) &&
	    (!charge.n || span_eq(json_span(object, "charge"), charge)))
		return object;
	json_decref(object);
	return NULL;
}

json_t *
play_stripe_refund_list(struct call *c)
{
	static const struct param_rule rules[] = {
		{ "payment_intent", PARAM_TEXT, 0, 0, NULL },
		{ "charge", PARAM_TEXT, 0, 0, NULL },
		STRIPE_PAGE_RULES,
	};
	json_auto_t *tree = params_tree(&c->params, rules, ARRAY_LEN(rules), &c->why);

	return tree ? play_stripe_page(c, "refunds", "/v1/refunds", tree, listed) : NULL;
}
