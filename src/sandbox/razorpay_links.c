/* razorpay_links.c - Razorpay's calls about payment links. The reference guards against making one twice; there is no other key. */
#include "base/base.h"

#include "sandbox/razorpay.h"

#define SHORTEST_SECONDS (15 * 60)
#define LONGEST_SECONDS (184 * 86400)

static const struct shape_rule create_rules[] = {
	{ "amount", SHAPE_INT, 1, INT64_MAX, NULL, true },
	{ "currency", SHAPE_CURRENCY, 3, 3, NULL, false },
	{ "upi_link", SHAPE_BOOL, 0, 0, NULL, false },
	{ "accept_partial", SHAPE_BOOL, 0, 0, NULL, false },
	{ "description", SHAPE_TEXT, 0, 2048, NULL, false },
	{ "reference_id", SHAPE_TEXT, 0, 40, NULL, false },
	{ "customer.name", SHAPE_TEXT, 0, 0, NULL, false },
	{ "customer.email", SHAPE_TEXT, 0, 0, NULL, false },
	{ "customer.contact", SHAPE_TEXT, 0, 0, NULL, false },
	{ "expire_by", SHAPE_INT, 0, INT64_MAX / 1000, NULL, false },
	{ "notify.sms", SHAPE_BOOL, 0, 0, NULL, false },
	{ "notify.email", SHAPE_BOOL, 0, 0, NULL, false },
	{ "notify.whatsapp", SHAPE_BOOL, 0, 0, NULL, false },
	{ "notes.*", SHAPE_TEXT, 0, 255, NULL, false },
	{ "callback_url", SHAPE_URL, 0, 0, NULL, false },
	{ "callback_method", SHAPE_WORD, 0, 0, "get", false },
	{ "reminder_enable", SHAPE_BOOL, 0, 0, NULL, false },
	{ "options", SHAPE_OBJECT, 0, 0, NULL, false },
};

static json_t *
answer(struct sandbox *sb, const json_t *payment)
{
	return play_razorpay_link(sb, payment, purse_charge_of(sb, payment));
}

/* The link of that reference, of any state: one reference is good for one link. */
static json_t *
link_by_reference(struct sandbox *sb, struct span reference)
{
	json_t *payment;
	const char *id;

	json_object_foreach(store_all(&sb->store, "payments"), id, payment)
		if (provider_of(payment) == &play_razorpay && reference.n && span_eq(json_span(payment, "reference"), reference))
			return payment;
	return NULL;
}

static bool
check_create(struct call *c, struct span currency)
{
	int64_t now = c->now_ms / 1000, end = json_number(c->body, "expire_by");
	struct span reference = json_span(c->body, "reference_id");

	if (!play_razorpay_amount(c, json_number(c->body, "amount"), currency))
		return false;
	if (json_yes(c->body, "accept_partial"))
		return complain(&c->why, 400, NULL, SPAN("accept_partial"), "The stand-in plays whole payments only.") != NULL;
	if (end && end < now + SHORTEST_SECONDS)
		return complain(&c->why, 400, NULL, SPAN("expire_by"), "expire_by should be at least 15 minutes after current time") != NULL;
	if (end > now + LONGEST_SECONDS)
		return complain(&c->why, 400, NULL, SPAN("expire_by"), "expire_by should be at most 6 months after current time") != NULL;
	if (json_object_size(json_object_get(c->body, "notes")) > RAZORPAY_MOST_NOTES)
		return complain(&c->why, 400, NULL, SPAN("notes"), "Number of fields in notes should be less than or equal to 15") != NULL;
	if (!json_object_get(c->body, "callback_method") != !json_object_get(c->body, "callback_url"))
		return complain(&c->why, 400, NULL, SPAN("callback_method"), "callback_url and callback_method go together.") != NULL;
	if (link_by_reference(c->sb, reference))
		return complain(&c->why, 400, NULL, SPAN("reference_id"), "payment link with given reference_id: (" PRSPAN ") already attempted.",
		    ARGSPAN(reference)) != NULL;
	return true;
}

json_t *
play_razorpay_link_create(struct call *c)
{
	const json_t *customer = json_object_get(c->body, "customer");
	struct provider_id id = play_razorpay.new_id(ID_PAYMENT);
	struct purse_ask ask = { .provider = &play_razorpay, .id = span_of(id.text), .asked = c->body };
	json_t *payment, *made;
	struct order o;

	if (!play_razorpay_shape(c, create_rules, ARRAY_LEN(create_rules)))
		return NULL;
	ask.currency = json_span(c->body, "currency");
	if (!ask.currency.n)
		ask.currency = SPAN("INR");
	if (!check_create(c, ask.currency))
		return NULL;
	ask.reference = json_span(c->body, "reference_id");
	ask.title = json_span(c->body, "description");
	ask.email = json_span(customer, "email");
	ask.amount = json_number(c->body, "amount");
	ask.ends = json_number(c->body, "expire_by") * 1000;
	payment = purse_open(c->sb, &ask, c->now_ms);
	made = answer(c->sb, payment);
	if (orders_take(&c->sb->orders, c->v->scope, ORDER_CREATE, "paid", &o))
		purse_choose(c->sb, payment, ACT_PAY, c->now_ms);
	return made;
}

static json_t *
link_or_complaint(struct call *c)
{
	json_t *payment = purse_payment(c->sb, c->id);

	return payment && provider_of(payment) == &play_razorpay ? payment : play_razorpay_no_such_id(c);
}

json_t *
play_razorpay_link_read(struct call *c)
{
	json_t *payment = play_razorpay_query(c, "") ? link_or_complaint(c) : NULL;

	return payment ? answer(c->sb, payment) : NULL;
}

json_t *
play_razorpay_link_cancel(struct call *c)
{
	json_t *payment = play_razorpay_shape(c, NULL, 0) ? link_or_complaint(c) : NULL, *link;

	if (!payment)
		return NULL;
	if (purse_close(c->sb, payment, "cancelled"))
		return answer(c->sb, payment);
	link = answer(c->sb, payment);
	complain(&c->why, 400, NULL, SPAN_NONE, "Payment Link cannot be cancelled as it is in " PRSPAN " state.",
	    ARGSPAN(json_span(link, "status")));
	json_decref(link);
	return NULL;
}

json_t *
play_razorpay_link_list(struct call *c)
{
	struct span reference = params_value(&c->params, "reference_id"), charge = params_value(&c->params, "payment_id");
	struct razorpay_page page;
	json_t *all, *payment;
	const char *id;

	if (!play_razorpay_page(c, "reference_id payment_id", &page))
		return NULL;
	all = json_array();
	json_object_foreach(store_all(&c->sb->store, "payments"), id, payment) {
		if (provider_of(payment) != &play_razorpay || (reference.n && !span_eq(json_span(payment, "reference"), reference)) ||
		    (charge.n && !span_eq(json_span(payment, "charge"), charge)) ||
		    !play_razorpay_within(&page, json_number(payment, "created")))
			continue;
		json_array_insert_new(all, 0, answer(c->sb, payment));
	}
	return json_pack("{s:o}", "payment_links", play_razorpay_cut(all, &page));
}
