/* api_refunds.c - the calls about refunds and events, and how lists are cut into pages. */
#include "base/base.h"

#include "sandbox/api.h"
#include "sandbox/objects.h"
#include "sandbox/refunds.h"
#include "sandbox/sessions.h"

#define PAGE 10

static const struct param_rule refund_rules[] = {
	{ "payment_intent", PARAM_TEXT, 0, 0, NULL },
	{ "charge", PARAM_TEXT, 0, 0, NULL },
	{ "amount", PARAM_INT, 1, 99999999, NULL },
	{ "reason", PARAM_WORD, 0, 0, "duplicate fraudulent requested_by_customer" },
	{ "metadata[*]", PARAM_TEXT, 0, 500, NULL },
};

/* The payment that a refund is asked of, if it can be refunded at all. */
static json_t *
refunded_intent(struct call *c, const json_t *asked)
{
	struct span by_intent = json_span(asked, "payment_intent"), by_charge = json_span(asked, "charge");
	json_t *intent;

	if (!by_intent.n && !by_charge.n)
		return complain(&c->why, 400, "parameter_missing", SPAN_NONE, "One of the following params should be provided for this request: "
		    "payment_intent or charge.");
	if (by_intent.n && by_charge.n)
		return complain(&c->why, 400, NULL, SPAN_NONE, "You may only specify one of these parameters: charge, payment_intent.");
	intent = intent_find(c->sb, by_intent.n ? by_intent : by_charge);
	if (!intent)
		return complain(&c->why, 404, "resource_missing", by_intent.n ? SPAN("payment_intent") : SPAN("charge"), "No such %s: '" PRSPAN "'",
		    by_intent.n ? "payment_intent" : "charge", ARGSPAN(by_intent.n ? by_intent : by_charge));
	c->began = true;
	if (!span_is(json_span(intent, "status"), "succeeded"))
		return complain(&c->why, 400, "payment_intent_unexpected_state", SPAN_NONE, "This PaymentIntent (" PRSPAN
		    ") does not have a successful charge to refund.", ARGSPAN(json_span(intent, "id")));
	if (json_is_true(json_object_get(intent, "disputed")))
		return complain(&c->why, 400, "charge_disputed", SPAN_NONE, "Charge " PRSPAN " has been charged back; cannot issue a refund.",
		    ARGSPAN(json_span(intent, "charge")));
	if (!refundable(intent))
		return complain(&c->why, 400, "charge_already_refunded", SPAN_NONE, "Charge " PRSPAN " has already been refunded.",
		    ARGSPAN(json_span(intent, "charge")));
	return intent;
}

json_t *
api_refund_create(struct call *c)
{
	json_auto_t *asked = params_tree(&c->params, refund_rules, ARRAY_LEN(refund_rules), &c->why);
	json_t *intent = asked ? refunded_intent(c, asked) : NULL;
	int64_t amount;
	json_t *record;

	if (!intent)
		return NULL;
	amount = json_object_get(asked, "amount") ? json_number(asked, "amount") : refundable(intent);
	if (amount > refundable(intent))
		return complain(&c->why, 400, NULL, SPAN("amount"), "Refund amount (%" PRId64 ") is greater than unrefunded amount on charge (%"
		    PRId64 ").", amount, refundable(intent));
	record = refund_open(c->sb, intent, amount, json_object_get(asked, "metadata"), json_object_get(asked, "reason"), c->now_ms);
	return json_copy(json_object_get(record, "refund"));
}

json_t *
api_refund_read(struct call *c)
{
	json_auto_t *tree = params_tree(&c->params, NULL, 0, &c->why);
	json_t *record = refund_find(c->sb, c->id);

	if (!tree)
		return NULL;
	if (!record)
		return complain(&c->why, 404, "resource_missing", SPAN("refund"), "No such refund: '" PRSPAN "'", ARGSPAN(c->id));
	return json_copy(json_object_get(record, "refund"));
}

static bool
refund_wanted(const json_t *record, const json_t *tree)
{
	const json_t *refund = json_object_get(record, "refund");
	struct span intent = json_span(tree, "payment_intent"), charge = json_span(tree, "charge");

	return (!intent.n || span_eq(json_span(refund, "payment_intent"), intent)) &&
	    (!charge.n || span_eq(json_span(refund, "charge"), charge));
}

json_t *
api_refund_list(struct call *c)
{
	static const struct param_rule rules[] = {
		{ "payment_intent", PARAM_TEXT, 0, 0, NULL },
		{ "charge", PARAM_TEXT, 0, 0, NULL },
		API_PAGE_RULES,
	};
	json_auto_t *tree = params_tree(&c->params, rules, ARRAY_LEN(rules), &c->why);

	return tree ? api_page(c, "refunds", "refund", "/v1/refunds", tree, refund_wanted) : NULL;
}

json_t *
api_event_read(struct call *c)
{
	json_auto_t *tree = params_tree(&c->params, NULL, 0, &c->why);
	json_t *record = store_get(&c->sb->store, "events", c->id);

	if (!tree)
		return NULL;
	if (!record)
		return complain(&c->why, 404, "resource_missing", SPAN("id"), "No such event: '" PRSPAN "'", ARGSPAN(c->id));
	return json_copy(json_object_get(record, "event"));
}

static bool
created_within(int64_t created, const json_t *limits)
{
	const json_t *gt = json_object_get(limits, "gt"), *gte = json_object_get(limits, "gte");
	const json_t *lt = json_object_get(limits, "lt"), *lte = json_object_get(limits, "lte");

	if (json_is_integer(limits))
		return created == json_integer_value(limits);
	return (!gt || created > json_integer_value(gt)) && (!gte || created >= json_integer_value(gte)) &&
	    (!lt || created < json_integer_value(lt)) && (!lte || created <= json_integer_value(lte));
}

static bool
event_listed(const json_t *record, const json_t *tree)
{
	const json_t *event = json_object_get(record, "event"), *done = json_object_get(tree, "delivery_success");
	struct span type = json_span(tree, "type");

	if (done && json_is_true(done) != (json_number(event, "pending_webhooks") == 0))
		return false;
	return (!type.n || span_eq(json_span(event, "type"), type)) &&
	    created_within(json_number(event, "created"), json_object_get(tree, "created"));
}

json_t *
api_event_list(struct call *c)
{
	static const struct param_rule rules[] = {
		{ "type", PARAM_TEXT, 0, 0, NULL },
		{ "delivery_success", PARAM_BOOL, 0, 0, NULL },
		{ "created", PARAM_INT, 0, INT64_MAX, NULL },
		{ "created[gt]", PARAM_INT, 0, INT64_MAX, NULL },
		{ "created[gte]", PARAM_INT, 0, INT64_MAX, NULL },
		{ "created[lt]", PARAM_INT, 0, INT64_MAX, NULL },
		{ "created[lte]", PARAM_INT, 0, INT64_MAX, NULL },
		API_PAGE_RULES,
	};
	json_auto_t *tree = params_tree(&c->params, rules, ARRAY_LEN(rules), &c->why);

	return tree ? api_page(c, "events", "event", "/v1/events", tree, event_listed) : NULL;
}

/* Where in the array (newest first) the cursor's object stands; SIZE_MAX if nowhere. */
static size_t
cursor_at(const json_t *all, struct span id)
{
	json_t *object;
	size_t i;

	json_array_foreach(all, i, object)
		if (span_eq(json_span(object, "id"), id))
			return i;
	return SIZE_MAX;
}

json_t *
api_page(struct call *c, const char *collection, const char *member, const char *url, const json_t *tree,
    bool (*wanted)(const json_t *record, const json_t *tree))
{
	json_auto_t *all = json_array();
	struct span after = json_span(tree, "starting_after"), before = json_span(tree, "ending_before");
	size_t limit = json_object_get(tree, "limit") ? (size_t)json_number(tree, "limit") : PAGE, from = 0, to;
	json_t *record, *page = json_array();
	const char *id;

	json_object_foreach(store_all(&c->sb->store, collection), id, record)
		if (!wanted || wanted(record, tree))
			json_array_insert(all, 0, json_object_get(record, member));
	to = json_array_size(all);
	if (after.n)
		from = cursor_at(all, after) + 1;
	if (before.n) {
		to = cursor_at(all, before);
		from = to > limit && to != SIZE_MAX ? to - limit : 0;
	}
	if ((after.n && !from) || to == SIZE_MAX) {
		json_decref(page);
		return complain(&c->why, 400, "resource_missing", after.n ? SPAN("starting_after") : SPAN("ending_before"), "No such object: '"
		    PRSPAN "'", ARGSPAN(after.n ? after : before));
	}
	for (size_t i = from; i < to && i < from + limit; i++)
		json_array_append(page, json_array_get(all, i));
	return object_list(page, url, before.n ? from > 0 : from + limit < to);
}
