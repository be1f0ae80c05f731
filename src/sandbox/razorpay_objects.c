/* razorpay_objects.c - the shapes of Razorpay's objects, as its documentation has them. */
#include "base/base.h"

#include "sandbox/razorpay.h"

static json_int_t
seconds(const json_t *record, const char *key)
{
	return json_number(record, key) / 1000;
}

/* Notes as its PHP writes them: an empty map is an empty list. */
static json_t *
notes_of(const json_t *payment, const json_t *asked)
{
	const json_t *notes = json_object_get(asked, "notes");

	return json_object_size(notes) && !json_yes(payment, "hushed") ? json_deep_copy(notes) : json_array();
}

static const char *
link_status(const json_t *payment)
{
	struct span closed = json_span(payment, "closed");

	if (purse_is(payment, "paid"))
		return "paid";
	if (purse_is(payment, "expired") || span_is(closed, "expired"))
		return "expired";
	return purse_is(payment, "cancelled") || closed.n ? "cancelled" : "created";
}

static void
put_payments(json_t *link, const json_t *payment, const json_t *charge)
{
	if (!purse_is(payment, "paid") || !charge)
		return;
	json_object_set_new(link, "payments", json_made(json_pack("[{s:O, s:s, s:I, s:s, s:O, s:O}]", "amount",
	    json_object_get(charge, "amount"), "status", "captured", "created_at", seconds(charge, "created"), "method", "card",
	    "payment_id", json_object_get(charge, "id"), "plink_id", json_object_get(payment, "id"))));
}

json_t *
play_razorpay_link(struct sandbox *sb, const json_t *payment, const json_t *charge)
{
	static const char *const copied[] = { "description", "customer", "callback_url", "callback_method" };
	const json_t *asked = json_object_get(payment, "asked");
	struct span id = json_span(payment, "id"), shown = json_span(payment, "shown_reference");
	const char *status = link_status(payment);
	bool paid = strcmp(status, "paid") == 0;
	json_t *link = json_made(json_pack("{s:b, s:O, s:I, s:s, s:s, s:I, s:I, s:O, s:{}, s:s, s:I, s:I, s:i, s:s%, s:o, s:{s:b, s:b},"
	    " s:n, s:s, s:b, s:[], s:s, s:s, s:I, s:b, s:s, s:b}",
	    "accept_partial", 0, "amount", json_object_get(payment, "amount"), "amount_paid", paid ? json_number(payment, "amount") : 0,
	    "callback_method", "", "callback_url", "", "cancelled_at", strcmp(status, "cancelled") == 0 ? seconds(payment, "created") : 0,
	    "created_at", seconds(payment, "created"), "currency", json_object_get(payment, "currency"), "customer", "description", "",
	    "expire_by", (json_int_t)json_number(asked, "expire_by"),
	    "expired_at", strcmp(status, "expired") == 0 ? seconds(payment, "ends") : 0,
	    "first_min_partial_amount", 0, "id", id.p, id.n, "notes", notes_of(payment, asked), "notify", "email", 0, "sms", 0, "payments",
	    "reference_id", "", "reminder_enable", 0, "reminders", "short_url", "", "status", status,
	    "updated_at", seconds(charge ? charge : payment, charge ? "at" : "created"), "upi_link", 0, "user_id", "", "whatsapp_link", 0));

	for (size_t i = 0; i < ARRAY_LEN(copied); i++)
		json_put_copy(link, copied[i], json_object_get(asked, copied[i]));
	json_put_copy(link, "reference_id", json_object_get(asked, "reference_id"));
	if (shown.n)
		json_put_span(link, "reference_id", shown);
	json_object_set_new(link, "short_url", json_sprintf("%s%s", sb->options->public_url, provider_id_beside(RAZORPAY_PAGE, id).text));
	if (charge)		/* the order is made when the page is first tried */
		json_put_text(link, "order_id", provider_id_beside("order_", id).text);
	put_payments(link, payment, charge);
	return link;
}

static const char *
payment_status(const json_t *charge)
{
	if (json_says(charge, "state", "failed"))
		return "failed";
	if (json_says(charge, "state", "pending"))
		return "created";
	return json_number(charge, "refunded") == json_number(charge, "amount") ? "refunded" : "captured";
}

static void
put_failure(json_t *object)
{
	json_put_text(object, "error_code", "BAD_REQUEST_ERROR");
	json_put_text(object, "error_description", "Your payment was declined by the bank.");
	json_put_text(object, "error_source", "bank");
	json_put_text(object, "error_step", "payment_authorization");
	json_put_text(object, "error_reason", "payment_failed");
}

json_t *
play_razorpay_payment(const json_t *payment, const json_t *charge)
{
	const json_t *asked = json_object_get(payment, "asked"), *customer = json_object_get(asked, "customer");
	const char *status = payment_status(charge);
	int64_t back = json_number(charge, "refunded"), amount = json_number(charge, "amount");
	json_t *object = json_made(json_pack("{s:O, s:s, s:I, s:O, s:s, s:s, s:n, s:b, s:s, s:I, s:n, s:b, s:n, s:n, s:n, s:n, s:n, s:n, s:n,"
	    " s:o, s:n, s:n, s:n, s:n, s:n, s:n, s:n, s:{}, s:I}",
	    "id", json_object_get(charge, "id"), "entity", "payment", "amount", (json_int_t)amount,
	    "currency", json_object_get(charge, "currency"), "status", status,
	    "order_id", provider_id_beside("order_", json_span(payment, "id")).text, "invoice_id", "international", 0, "method", "card",
	    "amount_refunded", (json_int_t)back, "refund_status", "captured", strcmp(status, "captured") == 0 || strcmp(status, "refunded") == 0,
	    "description", "card_id", "bank", "wallet", "vpa", "email", "contact", "notes", notes_of(payment, asked), "fee", "tax",
	    "error_code", "error_description", "error_source", "error_step", "error_reason", "acquirer_data",
	    "created_at", seconds(charge, "created")));

	json_put_copy(object, "description", json_object_get(asked, "description"));
	json_put_copy(object, "email", json_object_get(customer, "email"));
	json_put_copy(object, "contact", json_object_get(customer, "contact"));
	if (back)
		json_put_text(object, "refund_status", back == amount ? "full" : "partial");
	if (strcmp(status, "failed") == 0)
		put_failure(object);
	return object;
}

json_t *
play_razorpay_order(const json_t *payment, const json_t *charge)
{
	const json_t *asked = json_object_get(payment, "asked");
	bool paid = json_says(charge, "state", "paid");
	json_int_t amount = json_number(payment, "amount");

	return json_made(json_pack("{s:s, s:s, s:I, s:I, s:I, s:O, s:n, s:n, s:s, s:i, s:o, s:I}",
	    "id", provider_id_beside("order_", json_span(payment, "id")).text, "entity", "order", "amount", amount,
	    "amount_paid", paid ? amount : 0, "amount_due", paid ? 0 : amount, "currency", json_object_get(payment, "currency"), "receipt",
	    "offer_id", "status", paid ? "paid" : "attempted", "attempts", 1, "notes", notes_of(payment, asked),
	    "created_at", seconds(payment, "created")));
}

json_t *
play_razorpay_refund(const json_t *payment, const json_t *refund)
{
	const json_t *asked = json_object_get(refund, "asked"), *speed = json_object_get(asked, "speed");
	const char *status = json_says(refund, "state", "done") ? "processed" : json_says(refund, "state", "pending") ? "pending" : "failed";
	json_t *object = json_made(json_pack("{s:O, s:s, s:O, s:O, s:O, s:o, s:n, s:{s:n}, s:I, s:n, s:s, s:s, s:s}",
	    "id", json_object_get(refund, "id"), "entity", "refund", "amount", json_object_get(refund, "amount"),
	    "currency", json_object_get(refund, "currency"), "payment_id", json_object_get(refund, "charge"),
	    "notes", notes_of(payment, asked), "receipt", "acquirer_data", "arn", "created_at", seconds(refund, "at"), "batch_id",
	    "status", status, "speed_processed", "normal", "speed_requested", "normal"));

	if (!json_yes(payment, "hushed"))
		json_put_copy(object, "receipt", json_object_get(asked, "receipt"));
	json_put_copy(object, "speed_requested", speed);
	return object;
}

json_t *
play_razorpay_dispute(const json_t *dispute)
{
	const char *status = json_says(dispute, "state", "open") ? "open" : json_says(dispute, "state", "won") ? "won" : "lost";

	return json_made(json_pack("{s:O, s:s, s:O, s:O, s:O, s:O, s:s, s:I, s:s, s:s, s:I}", "id", json_object_get(dispute, "id"),
	    "entity", "dispute", "payment_id", json_object_get(dispute, "charge"), "amount", json_object_get(dispute, "amount"),
	    "currency", json_object_get(dispute, "currency"), "amount_deducted", json_object_get(dispute, "amount"),
	    "reason_code", "chargeback", "respond_by", seconds(dispute, "at") + 7 * 86400, "status", status, "phase", "chargeback",
	    "created_at", seconds(dispute, "at")));
}

json_t *
play_razorpay_collection(json_t *items)
{
	return json_made(json_pack("{s:s, s:I, s:o}", "entity", "collection", "count", (json_int_t)json_array_size(items), "items", items));
}
