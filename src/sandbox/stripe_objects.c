/* stripe_objects.c - the shapes of Stripe's objects. No rule of what may happen to them stands here. */
#include "base/base.h"

#include "sandbox/stripe.h"

/* Written as it goes over the wire, because that is what it is compared with. */
static const char blank_session[] =
    "{\"id\":null,\"object\":\"checkout.session\",\"adaptive_pricing\":{\"enabled\":false},\"after_expiration\":null,"
    "\"allow_promotion_codes\":null,\"allowed_payment_method_types\":null,\"amount_subtotal\":0,\"amount_total\":0,"
    "\"automatic_tax\":{\"enabled\":false,\"liability\":null,\"provider\":null,\"status\":null},"
    "\"billing_address_collection\":null,\"cancel_url\":null,\"client_reference_id\":null,\"client_secret\":null,"
    "\"collected_information\":null,\"consent\":null,\"consent_collection\":null,\"created\":0,\"currency\":null,"
    "\"currency_conversion\":null,\"custom_fields\":[],\"custom_text\":{\"after_submit\":null,\"shipping_address\":null,"
    "\"submit\":null,\"terms_of_service_acceptance\":null},\"customer\":null,\"customer_account\":null,"
    "\"customer_creation\":\"if_required\",\"customer_details\":null,\"customer_email\":null,\"discounts\":[],\"expires_at\":0,"
    "\"integration_identifier\":null,\"invoice\":null,\"invoice_creation\":null,\"livemode\":false,\"locale\":null,"
    "\"managed_payments\":{\"enabled\":false},\"metadata\":{},\"mode\":\"payment\",\"origin_context\":null,"
    "\"payment_intent\":null,\"payment_link\":null,\"payment_method_collection\":\"if_required\","
    "\"payment_method_configuration_details\":null,\"payment_method_options\":{},\"payment_method_types\":[\"card\"],"
    "\"payment_status\":\"unpaid\",\"permissions\":null,\"phone_number_collection\":{\"enabled\":false},"
    "\"recovered_from\":null,\"saved_payment_method_options\":null,\"setup_intent\":null,"
    "\"shipping_address_collection\":null,\"shipping_cost\":null,\"shipping_options\":[],\"status\":\"open\","
    "\"submit_type\":null,\"subscription\":null,\"success_url\":null,"
    "\"total_details\":{\"amount_discount\":0,\"amount_shipping\":0,\"amount_tax\":0},\"ui_mode\":\"hosted_page\","
    "\"url\":null,\"wallet_options\":null}";

struct span
play_stripe_code(struct arena *a, struct span currency)
{
	char *code = (char *)arena_copy(a, currency).p;

	for (size_t i = 0; i < currency.n; i++)
		code[i] = (char)(code[i] >= 'a' && code[i] <= 'z' ? code[i] - 'a' + 'A' : code[i]);
	return (struct span){ code, currency.n };
}

json_t *
play_stripe_currency(const json_t *record)
{
	struct span code = json_span(record, "currency");
	char lower[4] = "";

	for (size_t i = 0; i < 3 && i < code.n; i++)
		lower[i] = (char)(code.p[i] - 'A' + 'a');
	return json_made(json_string(lower));
}

static json_t *
customer_details(struct span email)
{
	return json_made(json_pack("{s:n, s:n, s:s%, s:n, s:n, s:n, s:s, s:[]}", "address", "business_name", "email", email.p, email.n,
	    "individual_name", "name", "phone", "tax_exempt", "none", "tax_ids"));
}

/* One line item, as the create call asked for it. */
static json_t *
line(const json_t *asked, struct span session, size_t i, int64_t created_s)
{
	const json_t *price = json_object_get(asked, "price_data");
	struct span name = json_span(json_object_get(price, "product_data"), "name"), currency = json_span(price, "currency");
	int64_t unit = json_number(price, "unit_amount"), quantity = json_number(asked, "quantity"), total = unit * quantity;
	char tail[24];
	json_t *object;

	snprintf(tail, sizeof(tail), "_%.16s%02zu", session.n > 24 ? session.p + 10 : "", i);
	object = json_made(json_pack("{s:s, s:s, s:I, s:n, s:s%, s:s, s:b, s:n, s:{}, s:n, s:s, s:n, s:s, s:n, s:s, s:I, s:o, s:b}",
	    "id", provider_id_beside("price_1", span_of(tail)).text, "object", "price", "created", (json_int_t)created_s,
	    "custom_unit_amount", "currency", currency.p, currency.n, "billing_scheme", "per_unit", "active", 0, "lookup_key",
	    "metadata", "nickname", "product", provider_id_beside("prod_", span_of(tail)).text, "recurring",
	    "tax_behavior", "unspecified", "tiers_mode", "type", "one_time", "unit_amount", (json_int_t)unit,
	    "unit_amount_decimal", json_sprintf("%" PRId64, unit), "livemode", 0));
	return json_made(json_pack("{s:s, s:s, s:i, s:I, s:i, s:I, s:s%, s:s%, s:o, s:I}",
	    "id", provider_id_beside("li_1", span_of(tail)).text, "object", "item", "amount_discount", 0,
	    "amount_subtotal", (json_int_t)total, "amount_tax", 0, "amount_total", (json_int_t)total, "currency", currency.p, currency.n,
	    "description", name.p, name.n, "price", object, "quantity", (json_int_t)quantity));
}

json_t *
play_stripe_lines(const json_t *payment)
{
	struct span id = json_span(payment, "id");
	json_t *data = json_array(), *asked;
	char url[160];
	size_t i;

	json_array_foreach(json_object_get(json_object_get(payment, "asked"), "line_items"), i, asked)
		json_array_append_new(data, line(asked, id, i, json_number(payment, "created") / 1000));
	snprintf(url, sizeof(url), "/v1/checkout/sessions/" PRSPAN "/line_items", ARGSPAN(id));
	return play_stripe_list(data, url, false);
}

/* What the merchant wrote to it, unless that is to be kept from the reader. */
static void
put_metadata(json_t *object, const json_t *payment, const json_t *metadata)
{
	json_object_set_new(object, "metadata", json_yes(payment, "hushed") || !metadata ? json_object() : json_deep_copy(metadata));
}

static void
put_session_state(struct sandbox *sb, json_t *session, const json_t *payment)
{
	bool open = purse_is(payment, "open"), over = purse_is(payment, "expired") || purse_is(payment, "cancelled");

	json_put_text(session, "status", open ? "open" : over ? "expired" : "complete");
	json_put_text(session, "payment_status", !purse_is(payment, "paid") ? "unpaid" :
	    json_number(payment, "amount") ? "paid" : "no_payment_required");
	if (open)
		json_object_set_new(session, "url", json_sprintf("%s" STRIPE_PAGE PRSPAN, sb->options->public_url,
		    ARGSPAN(json_span(payment, "id"))));
}

json_t *
play_stripe_session(struct sandbox *sb, const json_t *payment, const json_t *charge)
{
	static const char *const copied[] = { "cancel_url", "customer_email", "locale", "mode", "submit_type", "success_url" };
	const json_t *asked = json_object_get(payment, "asked");
	struct span email = json_span(payment, "email"), shown = json_span(payment, "shown_reference");
	json_t *session = json_made(json_loads(blank_session, 0, NULL));

	for (size_t i = 0; i < ARRAY_LEN(copied); i++)
		json_put_copy(session, copied[i], json_object_get(asked, copied[i]));
	json_put_copy(session, "id", json_object_get(payment, "id"));
	json_put_number(session, "created", json_number(payment, "created") / 1000);
	json_put_number(session, "expires_at", json_number(payment, "ends") / 1000);
	json_put_number(session, "amount_subtotal", json_number(payment, "amount"));
	json_put_number(session, "amount_total", json_number(payment, "amount"));
	json_object_set_new(session, "currency", play_stripe_currency(payment));
	json_put_copy(session, "client_reference_id", json_object_get(asked, "client_reference_id"));
	if (shown.n)
		json_put_span(session, "client_reference_id", shown);
	json_put_yes(session, "livemode", json_yes(payment, "live"));
	if (email.n)
		json_object_set_new(session, "customer_details", customer_details(email));
	put_metadata(session, payment, json_object_get(asked, "metadata"));
	put_session_state(sb, session, payment);
	if (charge)
		json_put_copy(session, "payment_intent", json_object_get(charge, "id"));
	return session;
}

static json_t *
declined_error(void)
{
	return json_pack("{s:s, s:s, s:s, s:s}", "type", "card_error", "code", "card_declined", "decline_code", "generic_decline",
	    "message", "Your card was declined.");
}

static const char *
intent_status(const json_t *payment, const json_t *charge)
{
	if (json_says(charge, "state", "paid"))
		return "succeeded";
	if (json_says(charge, "state", "pending"))
		return "processing";
	if (purse_is(payment, "cancelled") || purse_is(payment, "expired"))
		return "canceled";
	if (json_yes(payment, "action"))
		return "requires_action";
	if (json_yes(payment, "token") && !json_yes(payment, "declined") && json_span(payment, "means").n)
		return "requires_confirmation";
	return "requires_payment_method";
}

/* The intent of a session's tries, or a payment that is one by itself. */
json_t *
play_stripe_intent(const json_t *payment, const json_t *charge)
{
	const json_t *asked = json_object_get(payment, "asked"), *of = json_yes(payment, "token") ? asked :
	    json_object_get(asked, "payment_intent_data");
	const char *status = intent_status(payment, charge);
	bool paid = strcmp(status, "succeeded") == 0, declined = json_yes(payment, "declined") && !paid;
	struct span id = json_span(charge ? charge : payment, "id"), means = json_span(payment, "means");
	json_int_t amount = json_number(charge && !json_says(charge, "state", "failed") ? charge : payment, "amount");
	json_t *intent = json_made(json_pack("{s:s%, s:s, s:I, s:i, s:I, s:n, s:n, s:n, s:s, s:s, s:s, s:I, s:o, s:n, s:n, s:n, s:b, s:n,"
	    " s:n, s:n, s:{}, s:[s], s:n, s:n, s:n, s:s, s:n, s:n}",
	    "id", id.p, id.n, "object", "payment_intent", "amount", amount, "amount_capturable", 0, "amount_received", paid ? amount : 0,
	    "application", "application_fee_amount", "canceled_at", "capture_method", "automatic_async",
	    "confirmation_method", "automatic", "client_secret", "pi_test_secret_withheld", "created", (json_int_t)(json_number(payment, "created") / 1000),
	    "currency", play_stripe_currency(payment), "customer", "description", "latest_charge",
	    "livemode", json_yes(payment, "live"), "next_action", "on_behalf_of", "payment_method", "payment_method_options",
	    "payment_method_types", "card", "receipt_email", "setup_future_usage", "shipping", "status", status,
	    "transfer_data", "transfer_group"));

	json_object_set_new(intent, "last_payment_error", declined ? declined_error() : json_null());
	if (paid || json_says(charge, "state", "pending"))
		json_put_text(intent, "latest_charge", provider_id_beside("ch_", id).text);
	if (means.n && !declined)
		json_put_span(intent, "payment_method", means);
	json_put_copy(intent, "automatic_payment_methods", json_object_get(asked, "automatic_payment_methods"));
	json_put_copy(intent, "description", json_object_get(of, "description"));
	json_put_copy(intent, "receipt_email", json_object_get(of, "receipt_email"));
	if (strcmp(status, "requires_action") == 0)
		json_object_set_new(intent, "next_action", json_pack("{s:s}", "type", "use_stripe_sdk"));
	put_metadata(intent, payment, json_object_get(of, "metadata"));
	return intent;
}

static const char *
refund_status(const json_t *refund)
{
	return json_says(refund, "state", "done") ? "succeeded" : json_says(refund, "state", "pending") ? "pending" : "failed";
}

json_t *
play_stripe_refund(const json_t *payment, const json_t *refund)
{
	const json_t *asked = json_object_get(refund, "asked");
	struct span id = json_span(refund, "id"), intent = json_span(refund, "charge");
	const char *status = refund_status(refund);
	json_t *object = json_made(json_pack("{s:s%, s:s, s:O, s:s, s:s, s:I, s:o, s:n, s:n, s:{s:{s:s}, s:s}, s:s%, s:n, s:n, s:n, s:n,"
	    " s:s, s:n}", "id", id.p, id.n, "object", "refund", "amount", json_object_get(refund, "amount"),
	    "balance_transaction", provider_id_beside("txn_", id).text, "charge", provider_id_beside("ch_", intent).text,
	    "created", (json_int_t)(json_number(refund, "at") / 1000), "currency", play_stripe_currency(refund), "customer",
	    "customer_account", "destination_details", "card", "type", "refund", "type", "card", "payment_intent", intent.p, intent.n,
	    "payment_method", "reason", "receipt_number", "source_transfer_reversal", "status", status, "transfer_reversal"));

	put_metadata(object, payment, json_object_get(asked, "metadata"));
	json_put_copy(object, "reason", json_object_get(asked, "reason"));
	if (strcmp(status, "failed") == 0) {
		json_put_text(object, "failure_reason", "expired_or_canceled_card");
		json_put_text(object, "failure_balance_transaction", provider_id_beside("txn_f", id).text);
	}
	return object;
}

json_t *
play_stripe_dispute(const json_t *dispute)
{
	struct span id = json_span(dispute, "id"), intent = json_span(dispute, "charge");
	const char *status = json_says(dispute, "state", "open") ? "needs_response" : json_says(dispute, "state", "won") ? "won" : "lost";

	return json_made(json_pack("{s:s%, s:s, s:O, s:[], s:s, s:I, s:o, s:{}, s:{}, s:b, s:b, s:{}, s:s%, s:s, s:s}",
	    "id", id.p, id.n, "object", "dispute", "amount", json_object_get(dispute, "amount"), "balance_transactions",
	    "charge", provider_id_beside("ch_", intent).text, "created", (json_int_t)(json_number(dispute, "at") / 1000),
	    "currency", play_stripe_currency(dispute), "evidence", "evidence_details", "is_charge_refundable", 0, "livemode", 0,
	    "metadata", "payment_intent", intent.p, intent.n, "reason", "fraudulent", "status", status));
}

json_t *
play_stripe_list(json_t *data, const char *url, bool more)
{
	return json_made(json_pack("{s:s, s:o, s:b, s:s}", "object", "list", "data", data, "has_more", more, "url", url));
}
