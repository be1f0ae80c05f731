/* objects.c - the shapes of the provider's objects. No rule of what may happen to them stands here. */
#include "base/base.h"

#include "sandbox/objects.h"
#include "sandbox/store.h"

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

static json_t *
packed(json_t *made)
{
	if (!made)
		die("out of memory, or a wrong shape, while making a JSON object");
	return made;
}

json_t *
object_session(void)
{
	return packed(json_loads(blank_session, 0, NULL));
}

json_t *
object_customer_details(struct span email)
{
	return packed(json_pack("{s:n, s:n, s:s%, s:n, s:n, s:n, s:s, s:[]}", "address", "business_name", "email", email.p, email.n,
	    "individual_name", "name", "phone", "tax_exempt", "none", "tax_ids"));
}

json_t *
object_line(const json_t *asked, int64_t now_s)
{
	const json_t *price = json_object_get(asked, "price_data");
	struct span name = json_span(json_object_get(price, "product_data"), "name"), currency = json_span(price, "currency");
	int64_t unit = json_number(price, "unit_amount"), quantity = json_number(asked, "quantity"), total = unit * quantity;
	json_t *object;

	object = json_pack("{s:s, s:s, s:I, s:n, s:s%, s:s, s:b, s:n, s:{}, s:n, s:s, s:n, s:s, s:n, s:s, s:I, s:o}",
	    "id", provider_id_new("price_1", 23).text, "object", "price", "created", (json_int_t)now_s, "custom_unit_amount",
	    "currency", currency.p, currency.n, "billing_scheme", "per_unit", "active", 0, "lookup_key", "metadata", "nickname",
	    "product", provider_id_new("prod_", 14).text, "recurring", "tax_behavior", "unspecified", "tiers_mode",
	    "type", "one_time", "unit_amount", (json_int_t)unit, "unit_amount_decimal", json_sprintf("%" PRId64, unit));
	json_object_set_new(packed(object), "livemode", json_false());
	return packed(json_pack("{s:s, s:s, s:i, s:I, s:i, s:I, s:s%, s:s%, s:o, s:I}", "id", provider_id_new("li_1", 23).text,
	    "object", "item", "amount_discount", 0, "amount_subtotal", (json_int_t)total, "amount_tax", 0,
	    "amount_total", (json_int_t)total, "currency", currency.p, currency.n, "description", name.p, name.n, "price", object,
	    "quantity", (json_int_t)quantity));
}

static json_t *
declined_error(void)
{
	return json_pack("{s:s, s:s, s:s, s:s}", "type", "card_error", "code", "card_declined", "decline_code", "generic_decline",
	    "message", "Your card was declined.");
}

json_t *
object_intent(const json_t *intent)
{
	json_int_t amount = json_number(intent, "amount");
	struct span status = json_span(intent, "status"), currency = json_span(intent, "currency");
	bool paid = span_is(status, "succeeded"), failed = span_is(status, "requires_payment_method");
	json_t *charge = json_object_get(intent, "charge");

	return packed(json_pack("{s:O, s:s, s:I, s:i, s:I, s:n, s:n, s:n, s:n, s:s, s:s, s:s, s:O, s:s%, s:n, s:n, s:o?, s:O?, s:b, s:O,"
	    " s:n, s:n, s:n, s:{}, s:[s], s:n, s:n, s:n, s:s%, s:n, s:n}",
	    "id", json_object_get(intent, "id"), "object", "payment_intent", "amount", amount, "amount_capturable", 0,
	    "amount_received", paid ? amount : (json_int_t)0, "application", "application_fee_amount", "automatic_payment_methods",
	    "canceled_at", "capture_method", "automatic_async", "confirmation_method", "automatic",
	    "client_secret", "pi_test_secret_withheld", "created", json_object_get(intent, "created"),
	    "currency", currency.p, currency.n, "customer", "description",
	    "last_payment_error", failed ? declined_error() : NULL, "latest_charge", json_is_string(charge) ? charge : NULL,
	    "livemode", 0, "metadata", json_object_get(intent, "metadata"), "next_action", "on_behalf_of", "payment_method",
	    "payment_method_options", "payment_method_types", "card", "receipt_email", "setup_future_usage", "shipping",
	    "status", status.p, status.n, "transfer_data", "transfer_group"));
}

json_t *
object_refund(const json_t *intent, int64_t amount, int64_t now_s)
{
	return packed(json_pack("{s:s, s:s, s:I, s:s, s:O, s:I, s:O, s:n, s:n, s:{s:{s:s}, s:s}, s:{}, s:O, s:n, s:n, s:n, s:n, s:s, s:n}",
	    "id", provider_id_new("re_3", 23).text, "object", "refund", "amount", (json_int_t)amount,
	    "balance_transaction", provider_id_new("txn_3", 23).text, "charge", json_object_get(intent, "charge"),
	    "created", (json_int_t)now_s, "currency", json_object_get(intent, "currency"), "customer", "customer_account",
	    "destination_details", "card", "type", "refund", "type", "card", "metadata",
	    "payment_intent", json_object_get(intent, "id"), "payment_method", "reason", "receipt_number", "source_transfer_reversal",
	    "status", "succeeded", "transfer_reversal"));
}

json_t *
object_dispute(const json_t *intent, int64_t now_s)
{
	return packed(json_pack("{s:s, s:s, s:O, s:[], s:O, s:I, s:O, s:{}, s:{}, s:b, s:b, s:{}, s:O, s:s, s:s}",
	    "id", provider_id_new("du_1", 23).text, "object", "dispute", "amount", json_object_get(intent, "amount"),
	    "balance_transactions", "charge", json_object_get(intent, "charge"), "created", (json_int_t)now_s,
	    "currency", json_object_get(intent, "currency"), "evidence", "evidence_details", "is_charge_refundable", 0,
	    "livemode", 0, "metadata", "payment_intent", json_object_get(intent, "id"), "reason", "fraudulent",
	    "status", "needs_response"));
}

json_t *
object_list(json_t *data, const char *url, bool more)
{
	return packed(json_pack("{s:s, s:o, s:b, s:s}", "object", "list", "data", data, "has_more", more, "url", url));
}
