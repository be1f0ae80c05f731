/*
 * stripe_intents.c - Stripe's payment intents: paying by a token (a payment method) that the merchant brings along, without a page.
 * Tokens that are known: pm_card_visa, pm_card_mastercard, pm_card_amex; pm_card_declined, pm_card_chargeDeclined (402);
 * pm_card_authenticationRequired (requires_action, for good); pm_card_pending (processing; ends as `late` says).
 */
#include "base/base.h"

#include "sandbox/stripe.h"

static const struct {
	const char *token;
	enum act act;
} tokens[] = {
	{ "pm_card_visa", ACT_PAY }, { "pm_card_mastercard", ACT_PAY }, { "pm_card_amex", ACT_PAY },
	{ "pm_card_declined", ACT_DECLINE }, { "pm_card_chargeDeclined", ACT_DECLINE }, { "pm_card_visa_chargeDeclined", ACT_DECLINE },
	{ "pm_card_authenticationRequired", ACT_ACTION }, { "pm_card_pending", ACT_LATER },
};

static const struct param_rule create_rules[] = {
	{ "amount", PARAM_INT, 1, STRIPE_MOST_AMOUNT, NULL },
	{ "currency", PARAM_CURRENCY, 0, 0, NULL },
	{ "payment_method", PARAM_TEXT, 0, 255, NULL },
	{ "payment_method_types[#]", PARAM_WORD, 0, 0, "card" },
	{ "automatic_payment_methods[enabled]", PARAM_BOOL, 0, 0, NULL },
	{ "automatic_payment_methods[allow_redirects]", PARAM_WORD, 0, 0, "always never" },
	{ "confirm", PARAM_BOOL, 0, 0, NULL },
	{ "capture_method", PARAM_WORD, 0, 0, "automatic automatic_async" },
	{ "description", PARAM_TEXT, 0, 1000, NULL },
	{ "receipt_email", PARAM_EMAIL, 0, 0, NULL },
	{ "return_url", PARAM_URL, 0, 0, NULL },
	{ "statement_descriptor_suffix", PARAM_TEXT, 0, 22, NULL },
	{ "metadata[*]", PARAM_TEXT, 0, 500, NULL },
	STRIPE_EXPAND_RULE,
};

static json_t *
answer(struct call *c, const json_t *payment)
{
	return play_stripe_intent(payment, purse_charge_of(c->sb, payment));
}

json_t *
play_stripe_by_intent(struct sandbox *sb, struct span id)
{
	struct provider_id intent = provider_id_beside("pi_", id);
	json_t *payment = purse_payment(sb, id), *charge;

	if (payment)
		return json_yes(payment, "token") ? payment : NULL;
	charge = purse_charge(sb, span_starts(id, "ch_") ? span_of(intent.text) : id);
	return charge && provider_of(charge) == &play_stripe ? purse_payment(sb, json_span(charge, "payment")) : NULL;
}

static bool
known_token(struct call *c, struct span token)
{
	for (size_t i = 0; token.n && i < ARRAY_LEN(tokens); i++)
		if (span_is(token, tokens[i].token))
			return true;
	return !token.n || complain(&c->why, 400, "resource_missing", SPAN("payment_method"), "No such PaymentMethod: '" PRSPAN "'",
	    ARGSPAN(token)) != NULL;
}

static void
give_token(json_t *payment, struct span token)
{
	if (!token.n)
		return;
	json_put_span(payment, "means", token);
	json_object_del(payment, "declined");
	json_object_del(payment, "action");
}

/* The try, with the token it has. */
static json_t *
confirm(struct call *c, json_t *payment)
{
	struct span means = json_span(payment, "means");
	enum act act = ACT_PAY;

	c->made = arena_copy(c->arena, json_span(payment, "id"));
	if (!means.n || json_yes(payment, "declined"))
		return complain(&c->why, 400, "payment_intent_unexpected_state", SPAN_NONE, "You cannot confirm this PaymentIntent because it's "
		    "missing a payment method.");
	for (size_t i = 0; i < ARRAY_LEN(tokens); i++)
		if (span_is(means, tokens[i].token))
			act = tokens[i].act;
	if (!purse_choose(c->sb, payment, act, c->now_ms))
		return complain(&c->why, 400, "payment_intent_unexpected_state", SPAN_NONE, "You cannot confirm this PaymentIntent because it has "
		    "already succeeded, is processing or was canceled.");
	if (!json_yes(payment, "declined"))
		return answer(c, payment);
	complain(&c->why, 402, "card_declined", SPAN_NONE, "Your card was declined.");
	c->why.type = "card_error";
	return NULL;
}

json_t *
play_stripe_intent_create(struct call *c)
{
	json_auto_t *asked = params_tree(&c->params, create_rules, ARRAY_LEN(create_rules), &c->why);
	struct provider_id id = play_stripe.new_id(ID_CHARGE);
	struct purse_ask ask = { .provider = &play_stripe, .id = span_of(id.text), .token = true, .asked = asked };
	json_t *payment;

	if (!asked || (!json_object_get(asked, "amount") && !play_stripe_missing(c, "amount")) ||
	    (!json_object_get(asked, "currency") && !play_stripe_missing(c, "currency")))
		return NULL;
	ask.amount = json_number(asked, "amount");
	if (!play_stripe_check_amount(c, ask.amount, json_span(asked, "currency"), "amount"))
		return NULL;
	if (!known_token(c, json_span(asked, "payment_method")))
		return NULL;
	c->began = true;
	ask.reference = arena_copy(c->arena, c->v->scope.reference);
	ask.title = json_span(asked, "description");
	ask.email = json_span(asked, "receipt_email");
	ask.currency = play_stripe_code(c->arena, json_span(asked, "currency"));
	payment = purse_open(c->sb, &ask, c->now_ms);
	give_token(payment, json_span(asked, "payment_method"));
	return json_yes(asked, "confirm") ? confirm(c, payment) : answer(c, payment);
}

static json_t *
intent_or_complaint(struct call *c)
{
	json_t *payment = play_stripe_by_intent(c->sb, c->id);

	return payment ? payment :
	    complain(&c->why, 404, "resource_missing", SPAN("intent"), "No such payment_intent: '" PRSPAN "'", ARGSPAN(c->id));
}

json_t *
play_stripe_intent_read(struct call *c)
{
	static const struct param_rule rules[] = { STRIPE_EXPAND_RULE };
	json_auto_t *tree = params_tree(&c->params, rules, ARRAY_LEN(rules), &c->why);
	json_t *payment = tree ? intent_or_complaint(c) : NULL;

	return payment ? answer(c, payment) : NULL;
}

json_t *
play_stripe_intent_confirm(struct call *c)
{
	static const struct param_rule rules[] = {
		{ "payment_method", PARAM_TEXT, 0, 255, NULL },
		{ "return_url", PARAM_URL, 0, 0, NULL },
		STRIPE_EXPAND_RULE,
	};
	json_auto_t *asked = params_tree(&c->params, rules, ARRAY_LEN(rules), &c->why);
	json_t *payment = asked ? intent_or_complaint(c) : NULL;

	if (!payment)
		return NULL;
	if (!json_yes(payment, "token"))
		return complain(&c->why, 400, "payment_intent_unexpected_state", SPAN_NONE, "This PaymentIntent belongs to a Checkout Session.");
	if (!known_token(c, json_span(asked, "payment_method")))
		return NULL;
	c->began = true;
	give_token(payment, json_span(asked, "payment_method"));
	return confirm(c, payment);
}

json_t *
play_stripe_intent_cancel(struct call *c)
{
	static const struct param_rule rules[] = {
		{ "cancellation_reason", PARAM_WORD, 0, 0, "duplicate fraudulent requested_by_customer abandoned" },
		STRIPE_EXPAND_RULE,
	};
	json_auto_t *asked = params_tree(&c->params, rules, ARRAY_LEN(rules), &c->why);
	json_t *payment = asked ? intent_or_complaint(c) : NULL;

	if (!payment)
		return NULL;
	c->began = true;
	if (!json_yes(payment, "token") || !purse_close(c->sb, payment, "cancelled"))
		return complain(&c->why, 400, "payment_intent_unexpected_state", SPAN_NONE, "You cannot cancel this PaymentIntent because it has a "
		    "status that does not allow it.");
	return answer(c, payment);
}
