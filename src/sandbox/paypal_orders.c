/* paypal_orders.c - PayPal's calls about orders: create, read, capture. */
#include "base/base.h"

#include "sandbox/paypal.h"

#define APPROVE_MS (3 * 3600 * INT64_C(1000))
#define UNIT "purchase_units[]"
#define CONTEXT "payment_source.paypal.experience_context"
#define OLD_CONTEXT "application_context"
#define CONTEXT_RULES(at, urls) \
	{ at ".return_url", SHAPE_URL, 0, 0, NULL, urls }, \
	{ at ".cancel_url", SHAPE_URL, 0, 0, NULL, urls }, \
	{ at ".user_action", SHAPE_WORD, 0, 0, "CONTINUE PAY_NOW", false }, \
	{ at ".shipping_preference", SHAPE_WORD, 0, 0, "GET_FROM_FILE NO_SHIPPING SET_PROVIDED_ADDRESS", false }, \
	{ at ".brand_name", SHAPE_TEXT, 1, 127, NULL, false }, \
	{ at ".locale", SHAPE_TEXT, 2, 10, NULL, false }, \
	{ at ".landing_page", SHAPE_WORD, 0, 0, "LOGIN GUEST_CHECKOUT NO_PREFERENCE", false }

static const struct shape_rule create_rules[] = {
	{ "intent", SHAPE_WORD, 0, 0, "CAPTURE", true },
	{ "purchase_units", SHAPE_LIST, 1, 1, NULL, true },
	{ UNIT ".reference_id", SHAPE_TEXT, 1, 256, NULL, false },
	{ UNIT ".custom_id", SHAPE_TEXT, 1, 127, NULL, false },
	{ UNIT ".invoice_id", SHAPE_TEXT, 1, 127, NULL, false },
	{ UNIT ".description", SHAPE_TEXT, 1, 127, NULL, false },
	{ UNIT ".soft_descriptor", SHAPE_TEXT, 1, 22, NULL, false },
	{ UNIT ".amount", SHAPE_OBJECT, 0, 0, NULL, true },
	{ UNIT ".amount.currency_code", SHAPE_TEXT, 3, 3, NULL, true },
	{ UNIT ".amount.value", SHAPE_DECIMAL, 1, 32, NULL, true },
	{ UNIT ".amount.breakdown.item_total.currency_code", SHAPE_TEXT, 3, 3, NULL, true },
	{ UNIT ".amount.breakdown.item_total.value", SHAPE_DECIMAL, 1, 32, NULL, true },
	{ UNIT ".items[].name", SHAPE_TEXT, 1, 127, NULL, true },
	{ UNIT ".items[].quantity", SHAPE_DECIMAL, 1, 10, NULL, true },
	{ UNIT ".items[].description", SHAPE_TEXT, 1, 2048, NULL, false },
	{ UNIT ".items[].sku", SHAPE_TEXT, 1, 127, NULL, false },
	{ UNIT ".items[].category", SHAPE_WORD, 0, 0, "DIGITAL_GOODS PHYSICAL_GOODS DONATION", false },
	{ UNIT ".items[].unit_amount", SHAPE_OBJECT, 0, 0, NULL, true },
	{ UNIT ".items[].unit_amount.currency_code", SHAPE_TEXT, 3, 3, NULL, true },
	{ UNIT ".items[].unit_amount.value", SHAPE_DECIMAL, 1, 32, NULL, true },
	{ "payment_source.paypal", SHAPE_OBJECT, 0, 0, NULL, true },
	{ "payment_source.paypal.email_address", SHAPE_TEXT, 3, 254, NULL, false },
	{ "payment_source.paypal.name.given_name", SHAPE_TEXT, 1, 140, NULL, false },
	{ "payment_source.paypal.name.surname", SHAPE_TEXT, 1, 140, NULL, false },
	{ CONTEXT, SHAPE_OBJECT, 0, 0, NULL, true },
	CONTEXT_RULES(CONTEXT, true),
	{ CONTEXT ".payment_method_preference", SHAPE_WORD, 0, 0, "UNRESTRICTED IMMEDIATE_PAYMENT_REQUIRED", false },
	CONTEXT_RULES(OLD_CONTEXT, false),
};

/* Items and their sum are not needed; when they are there they must be right. */
static bool
check_items(struct call *c, const json_t *unit, int64_t total)
{
	const json_t *items = json_object_get(unit, "items");
	const json_t *sum = json_object_get(json_object_get(json_object_get(unit, "amount"), "breakdown"), "item_total");
	int64_t wanted = 0, one, quantity, all = 0;
	json_t *item;
	size_t i;

	if (items && !sum)
		return play_paypal_issue(c, "ITEM_TOTAL_REQUIRED", NULL, "If item details are specified, item_total is required.") != NULL;
	if (sum && !play_paypal_amount_read(c, sum, &wanted))
		return false;
	json_array_foreach(items, i, item) {
		if (!play_paypal_amount_read(c, json_object_get(item, "unit_amount"), &one))
			return false;
		if (!span_int(json_span(item, "quantity"), 1, 999999, &quantity))
			return play_paypal_issue(c, "INVALID_PARAMETER_VALUE", "/quantity", "The value of a field is invalid.") != NULL;
		all += one * quantity;
	}
	if (items && all != wanted)
		return play_paypal_issue(c, "ITEM_TOTAL_MISMATCH", NULL, "Should equal sum of (unit_amount * quantity) across all items.") != NULL;
	if (sum && wanted != total)
		return play_paypal_issue(c, "AMOUNT_MISMATCH", NULL, "Should equal item_total.") != NULL;
	return true;
}

static json_t *
answer(struct call *c, const json_t *payment)
{
	c->made = arena_copy(c->arena, json_span(payment, "id"));
	return play_paypal_order(c->sb, payment, play_paypal_wants_all(c));
}

json_t *
play_paypal_order_create(struct call *c)
{
	const json_t *unit = json_array_get(json_object_get(c->body, "purchase_units"), 0), *amount = json_object_get(unit, "amount");
	const json_t *wallet = json_object_get(json_object_get(c->body, "payment_source"), "paypal");
	struct provider_id id = play_paypal.new_id(ID_PAYMENT);
	struct purse_ask ask = { .provider = &play_paypal, .id = span_of(id.text), .reference = play_paypal_reference(unit),
		.title = json_span(unit, "description"), .email = json_span(wallet, "email_address"),
		.currency = json_span(amount, "currency_code"), .ends = c->now_ms + APPROVE_MS, .asked = c->body };
	json_t *payment, *made;
	struct order o;

	if (!play_paypal_shape(c, create_rules, ARRAY_LEN(create_rules)) || !play_paypal_amount_read(c, amount, &ask.amount) ||
	    !check_items(c, unit, ask.amount))
		return NULL;
	c->began = true;
	c->status = 201;
	payment = purse_open(c->sb, &ask, c->now_ms);
	made = answer(c, payment);
	if (orders_take(&c->sb->orders, c->v->scope, ORDER_CREATE, "paid", &o))
		purse_choose(c->sb, payment, ACT_PAY, c->now_ms);
	return made;
}

/* One that was never approved, or not captured, within its time is not found any more. */
static json_t *
order_or_complaint(struct call *c, struct span id)
{
	json_t *payment = purse_payment(c->sb, id);

	if (!payment || provider_of(payment) != &play_paypal || purse_is(payment, "expired") || purse_is(payment, "cancelled"))
		return play_paypal_no_such_id(c);
	return payment;
}

json_t *
play_paypal_order_again(struct call *c, struct span id)
{
	json_t *payment = order_or_complaint(c, id);

	return payment ? answer(c, payment) : NULL;
}

json_t *
play_paypal_order_read(struct call *c)
{
	json_t *payment = order_or_complaint(c, c->id);

	return payment ? play_paypal_order(c->sb, payment, true) : NULL;
}

/* An invoice can be paid once: another order that carries its number and was captured stands in the way. */
static bool
invoice_is_free(struct sandbox *sb, const json_t *payment)
{
	const json_t *units = json_object_get(json_object_get(payment, "asked"), "purchase_units"), *theirs;
	struct span invoice = json_span(json_array_get(units, 0), "invoice_id");
	json_t *other;
	const char *id;

	json_object_foreach(store_all(&sb->store, "payments"), id, other) {
		theirs = json_object_get(json_object_get(other, "asked"), "purchase_units");
		if (invoice.n && other != payment && purse_is(other, "paid") &&
		    span_eq(json_span(json_array_get(theirs, 0), "invoice_id"), invoice))
			return false;
	}
	return true;
}

json_t *
play_paypal_order_capture(struct call *c)
{
	static const struct shape_rule rules[] = { { "payment_source", SHAPE_OBJECT, 0, 0, NULL, false } };
	json_t *payment = play_paypal_shape(c, rules, ARRAY_LEN(rules)) ? order_or_complaint(c, c->id) : NULL;

	if (!payment)
		return NULL;
	if (purse_is(payment, "paid") || purse_is(payment, "pending") || purse_is(payment, "failed"))
		return play_paypal_issue(c, "ORDER_ALREADY_CAPTURED", NULL, "Order already captured.If 'intent=CAPTURE' only one capture per order "
		    "is allowed.");
	if (!purse_is(payment, "approved")) {
		c->made = arena_copy(c->arena, json_span(payment, "id"));
		return play_paypal_issue(c, "ORDER_NOT_APPROVED", NULL, "Payer has not yet approved the Order for payment. Please redirect the "
		    "payer to the 'rel':'approve' url returned as part of the HATEOAS links within the Create Order call.");
	}
	if (!invoice_is_free(c->sb, payment))
		return play_paypal_issue(c, "DUPLICATE_INVOICE_ID", NULL, "Duplicate Invoice ID detected.");
	c->began = true;
	purse_capture(c->sb, payment, c->now_ms);
	if (purse_is(payment, "open")) {
		c->made = arena_copy(c->arena, json_span(payment, "id"));
		return play_paypal_issue(c, "INSTRUMENT_DECLINED", NULL, "The instrument presented was either declined by the processor or bank, "
		    "or it can't be used for this payment.");
	}
	c->status = 201;
	return answer(c, payment);
}
