/* paypal_objects.c - the shapes of PayPal's objects. */
#include "base/base.h"

#include "base/clock.h"
#include "sandbox/paypal.h"

static void
put_time(json_t *object, const char *key, int64_t ms)
{
	struct civil t = moment_civil((struct moment){ ms, NULL });

	json_object_set_new(object, key, json_sprintf("%04d-%02d-%02dT%02d:%02d:%02dZ", t.year, t.month, t.day, t.hour, t.minute, t.second));
}

json_t *
play_paypal_link(struct sandbox *sb, const char *path, struct span id, const char *after, const char *rel, const char *method)
{
	return json_made(json_pack("{s:o, s:s, s:s}", "href", json_sprintf("%s" PAYPAL_PREFIX "%s" PRSPAN "%s", sb->options->public_url, path,
	    ARGSPAN(id), after), "rel", rel, "method", method));
}

json_t *
play_paypal_approve_link(struct sandbox *sb, const json_t *payment, const char *rel)
{
	return play_paypal_link(sb, "/checkoutnow?token=", json_span(payment, "id"), "", rel, "GET");
}

static const json_t *
unit_of(const json_t *payment)
{
	return json_array_get(json_object_get(json_object_get(payment, "asked"), "purchase_units"), 0);
}

struct span
play_paypal_reference(const json_t *unit)
{
	struct span custom = json_span(unit, "custom_id");

	return custom.n ? custom : json_span(unit, "reference_id");
}

/* The merchant's own names on a capture, unless they are to be kept from the reader. */
static void
put_names(json_t *object, const json_t *payment)
{
	struct span shown = json_span(payment, "shown_reference");

	if (!json_yes(payment, "hushed")) {
		json_put_copy(object, "custom_id", json_object_get(unit_of(payment), "custom_id"));
		json_put_copy(object, "invoice_id", json_object_get(unit_of(payment), "invoice_id"));
	}
	if (shown.n)
		json_put_span(object, "custom_id", shown);
}

static const char *
capture_status(const json_t *charge)
{
	if (json_says(charge, "state", "failed"))
		return "DECLINED";
	if (json_says(charge, "state", "pending"))
		return "PENDING";
	if (!json_number(charge, "refunded"))
		return "COMPLETED";
	return json_number(charge, "refunded") == json_number(charge, "amount") ? "REFUNDED" : "PARTIALLY_REFUNDED";
}

static json_t *
receivable(struct span currency, int64_t amount)
{
	return json_made(json_pack("{s:o, s:o, s:o}", "gross_amount", play_paypal_money(currency, amount),
	    "paypal_fee", play_paypal_money(currency, 0), "net_amount", play_paypal_money(currency, amount)));
}

json_t *
play_paypal_capture(struct sandbox *sb, const json_t *payment, const json_t *charge, bool alone)
{
	struct span id = json_span(charge, "id"), currency = json_span(charge, "currency"), order = json_span(payment, "id");
	int64_t amount = json_number(charge, "amount");
	json_t *capture = json_made(json_pack("{s:s%, s:s, s:o, s:b, s:{s:s, s:[s]}, s:o, s:[o, o, o]}", "id", id.p, id.n,
	    "status", capture_status(charge), "amount", play_paypal_money(currency, amount), "final_capture", 1,
	    "seller_protection", "status", "ELIGIBLE", "dispute_categories", "UNAUTHORIZED_TRANSACTION",
	    "seller_receivable_breakdown", receivable(currency, amount),
	    "links", play_paypal_link(sb, "/v2/payments/captures/", id, "", "self", "GET"),
	    play_paypal_link(sb, "/v2/payments/captures/", id, "/refund", "refund", "POST"),
	    play_paypal_link(sb, "/v2/checkout/orders/", order, "", "up", "GET")));

	if (json_says(charge, "state", "pending"))
		json_object_set_new(capture, "status_details", json_pack("{s:s}", "reason", "PENDING_REVIEW"));
	put_names(capture, payment);
	put_time(capture, "create_time", json_number(charge, "created"));
	put_time(capture, "update_time", json_number(charge, "at"));
	if (alone)
		json_object_set_new(capture, "supplementary_data", json_made(json_pack("{s:{s:s%}}", "related_ids", "order_id",
		    order.p, order.n)));
	return capture;
}

static const char *
order_status(const json_t *payment)
{
	const json_t *asked = json_object_get(payment, "asked");

	if (purse_is(payment, "approved"))
		return "APPROVED";
	if (purse_is(payment, "paid") || purse_is(payment, "pending") || purse_is(payment, "failed"))
		return "COMPLETED";
	if (!purse_is(payment, "open"))
		return "VOIDED";
	return json_object_get(asked, "payment_source") ? "PAYER_ACTION_REQUIRED" : "CREATED";
}

/* Made of the order's id; letters that look like digits are none of it. */
struct provider_id
play_paypal_payer(const json_t *payment)
{
	static const char from[] = "IO01", to[] = "JP23";
	struct provider_id id;
	const char *at;

	snprintf(id.text, sizeof(id.text), "%.13s", json_string_value(json_object_get(payment, "id")));
	for (char *p = id.text; *p; p++)
		if ((at = strchr(from, *p)))
			*p = to[at - from];
	return id;
}

static void
put_payer(json_t *order, const json_t *payment)
{
	struct span email = json_span(payment, "email");
	json_t *payer = json_made(json_pack("{s:{s:s, s:s}, s:s}", "name", "given_name", "Test", "surname", "Buyer",
	    "payer_id", play_paypal_payer(payment).text));

	if (email.n)
		json_put_span(payer, "email_address", email);
	json_object_set_new(order, "payer", payer);
}

/* All captures of the order, and what was given back of them. */
static json_t *
payments_of(struct sandbox *sb, const struct about *about)
{
	json_t *captures = json_array(), *refunds = json_array(), *refund, *payments;
	const char *id;

	json_array_append_new(captures, play_paypal_capture(sb, about->payment, about->charge, false));
	json_object_foreach(store_all(&sb->store, "refunds"), id, refund)
		if (span_eq(json_span(refund, "charge"), json_span(about->charge, "id")))
			json_array_append_new(refunds, play_paypal_refund(sb, &(struct about){ about->payment, about->charge, refund, NULL }, true));
	payments = json_made(json_pack("{s:o}", "captures", captures));
	if (json_array_size(refunds))
		json_object_set(payments, "refunds", refunds);
	json_decref(refunds);
	return payments;
}

static json_t *
unit_object(struct sandbox *sb, const struct about *about)
{
	const json_t *asked = unit_of(about->payment);
	json_t *unit = json_made(json_pack("{s:s, s:o, s:{s:s}}", "reference_id", "default", "amount",
	    play_paypal_money(json_span(about->payment, "currency"), json_number(about->payment, "amount")), "payee", "merchant_id",
	    "TESTMERCHANT2"));

	json_put_copy(unit, "reference_id", json_object_get(asked, "reference_id"));
	json_put_copy(unit, "description", json_object_get(asked, "description"));
	json_put_copy(unit, "soft_descriptor", json_object_get(asked, "soft_descriptor"));
	json_put_copy(unit, "items", json_object_get(asked, "items"));
	put_names(unit, about->payment);
	if (json_yes(about->payment, "hushed"))
		json_put_text(unit, "reference_id", "default");
	if (about->charge)
		json_object_set_new(unit, "payments", payments_of(sb, about));
	return unit;
}

static json_t *
order_brief(struct sandbox *sb, const json_t *payment)
{
	struct span id = json_span(payment, "id");
	const char *status = order_status(payment);
	bool source = json_object_get(json_object_get(payment, "asked"), "payment_source") != NULL;
	json_t *order = json_made(json_pack("{s:s%, s:s, s:[o]}", "id", id.p, id.n, "status", status, "links",
	    play_paypal_link(sb, "/v2/checkout/orders/", id, "", "self", "GET")));

	if (purse_is(payment, "open"))
		json_array_append_new(json_object_get(order, "links"), play_paypal_approve_link(sb, payment, source ? "payer-action" : "approve"));
	if (purse_is(payment, "approved"))
		json_array_append_new(json_object_get(order, "links"), play_paypal_link(sb, "/v2/checkout/orders/", id, "/capture", "capture",
		    "POST"));
	if (source)
		json_object_set_new(order, "payment_source", json_made(json_pack("{s:{}}", "paypal")));
	return order;
}

json_t *
play_paypal_order_of(struct sandbox *sb, const struct about *about)
{
	json_t *order = order_brief(sb, about->payment);

	json_put_text(order, "intent", "CAPTURE");
	json_object_set_new(order, "purchase_units", json_made(json_pack("[o]", unit_object(sb, about))));
	if (!purse_is(about->payment, "open"))
		put_payer(order, about->payment);
	put_time(order, "create_time", json_number(about->payment, "created"));
	put_time(order, "update_time", json_number(about->charge ? about->charge : about->payment, about->charge ? "at" : "created"));
	return order;
}

json_t *
play_paypal_order(struct sandbox *sb, const json_t *payment, bool full)
{
	const struct about about = { .payment = payment, .charge = purse_charge_of(sb, payment) };

	return full ? play_paypal_order_of(sb, &about) : order_brief(sb, payment);
}

json_t *
play_paypal_refund(struct sandbox *sb, const struct about *about, bool full)
{
	const json_t *r = about->refund, *asked = json_object_get(r, "asked");
	const char *status = json_says(r, "state", "done") ? "COMPLETED" : json_says(r, "state", "pending") ? "PENDING" : "FAILED";
	struct span id = json_span(r, "id"), currency = json_span(r, "currency"), capture = json_span(r, "charge");
	int64_t amount = json_number(r, "amount");
	json_t *refund = json_made(json_pack("{s:s%, s:s, s:[o, o]}", "id", id.p, id.n, "status", status, "links",
	    play_paypal_link(sb, "/v2/payments/refunds/", id, "", "self", "GET"),
	    play_paypal_link(sb, "/v2/payments/captures/", capture, "", "up", "GET"))), *breakdown;

	if (!full)
		return refund;
	json_object_set_new(refund, "amount", play_paypal_money(currency, amount));
	if (json_says(r, "state", "pending"))
		json_object_set_new(refund, "status_details", json_pack("{s:s}", "reason", "ECHECK"));
	if (!json_yes(about->payment, "hushed")) {
		json_put_copy(refund, "custom_id", json_object_get(asked, "custom_id"));
		json_put_copy(refund, "invoice_id", json_object_get(asked, "invoice_id"));
	}
	json_put_copy(refund, "note_to_payer", json_object_get(asked, "note_to_payer"));
	breakdown = receivable(currency, amount);
	json_object_set_new(breakdown, "total_refunded_amount", play_paypal_money(currency, json_number(about->charge, "refunded")));
	json_object_set_new(refund, "seller_payable_breakdown", breakdown);
	put_time(refund, "create_time", json_number(r, "at"));
	put_time(refund, "update_time", json_number(r, "at"));
	return refund;
}

json_t *
play_paypal_dispute(const json_t *payment, const json_t *dispute)
{
	bool open = json_says(dispute, "state", "open");
	json_t *transaction = json_made(json_pack("{s:O}", "seller_transaction_id", json_object_get(dispute, "charge")));
	json_t *object = json_made(json_pack("{s:O, s:s, s:s, s:o, s:s, s:[o]}", "dispute_id", json_object_get(dispute, "id"),
	    "reason", "UNAUTHORISED", "status", open ? "WAITING_FOR_SELLER_RESPONSE" : "RESOLVED", "dispute_amount",
	    play_paypal_money(json_span(dispute, "currency"), json_number(dispute, "amount")), "dispute_life_cycle_stage", "CHARGEBACK",
	    "disputed_transactions", transaction));

	json_put_copy(transaction, "custom", json_object_get(unit_of(payment), "custom_id"));
	json_put_copy(transaction, "invoice_number", json_object_get(unit_of(payment), "invoice_id"));
	if (!open)
		json_object_set_new(object, "dispute_outcome", json_pack("{s:s}", "outcome_code",
		    json_says(dispute, "state", "won") ? "RESOLVED_SELLER_FAVOUR" : "RESOLVED_BUYER_FAVOUR"));
	put_time(object, "create_time", json_number(dispute, "at"));
	put_time(object, "update_time", json_number(dispute, "at"));
	return object;
}
