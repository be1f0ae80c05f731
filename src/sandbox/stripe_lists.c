/* stripe_lists.c - Stripe's calls about events, and how its lists are cut into pages. */
#include "base/base.h"

#include "sandbox/events.h"
#include "sandbox/stripe.h"

#define PAGE 10

static json_t *
event_object(json_t *record)
{
	json_t *event = json_copy(json_object_get(record, "event"));

	json_put_number(event, "pending_webhooks", event_wanted(record) ? 1 : 0);
	return event;
}

json_t *
play_stripe_event_read(struct call *c)
{
	json_auto_t *tree = params_tree(&c->params, NULL, 0, &c->why);
	json_t *record = store_get(&c->sb->store, "events", c->id);

	if (!tree)
		return NULL;
	if (!record || provider_of(record) != &play_stripe)
		return complain(&c->why, 404, "resource_missing", SPAN("id"), "No such event: '" PRSPAN "'", ARGSPAN(c->id));
	return event_object(record);
}

bool
play_stripe_created_within(int64_t created, const json_t *tree)
{
	const json_t *limits = json_object_get(tree, "created");
	const json_t *gt = json_object_get(limits, "gt"), *gte = json_object_get(limits, "gte");
	const json_t *lt = json_object_get(limits, "lt"), *lte = json_object_get(limits, "lte");

	if (json_is_integer(limits))
		return created == json_integer_value(limits);
	return (!gt || created > json_integer_value(gt)) && (!gte || created >= json_integer_value(gte)) &&
	    (!lt || created < json_integer_value(lt)) && (!lte || created <= json_integer_value(lte));
}

static json_t *
listed(struct sandbox *sb, json_t *record, const json_t *tree)
{
	const json_t *done = json_object_get(tree, "delivery_success");
	struct span type = json_span(tree, "type");

	(void)sb;
	if (provider_of(record) != &play_stripe || (done && json_is_true(done) == event_wanted(record)))
		return NULL;
	if ((type.n && !span_eq(json_span(record, "type"), type)) || !play_stripe_created_within(json_number(record, "at") / 1000, tree))
		return NULL;
	return event_object(record);
}

json_t *
play_stripe_event_list(struct call *c)
{
	static const struct param_rule rules[] = {
		{ "type", PARAM_TEXT, 0, 0, NULL },
		{ "delivery_success", PARAM_BOOL, 0, 0, NULL },
		STRIPE_CREATED_RULES,
		STRIPE_PAGE_RULES,
	};
	json_auto_t *tree = params_tree(&c->params, rules, ARRAY_LEN(rules), &c->why);

	return tree ? play_stripe_page(c, "events", "/v1/events", tree, listed) : NULL;
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
play_stripe_page(struct call *c, const char *collection, const char *url, const json_t *tree,
    json_t *(*object)(struct sandbox *, json_t *record, const json_t *tree))
{
	json_auto_t *all = json_array();
	struct span after = json_span(tree, "starting_after"), before = json_span(tree, "ending_before");
	size_t limit = json_object_get(tree, "limit") ? (size_t)json_number(tree, "limit") : PAGE, from = 0, to;
	json_t *record, *page, *made;
	const char *id;

	json_object_foreach(store_all(&c->sb->store, collection), id, record)
		if ((made = object(c->sb, record, tree)))
			json_array_insert_new(all, 0, made);
	to = json_array_size(all);
	if (after.n)
		from = cursor_at(all, after) + 1;
	if (before.n) {
		to = cursor_at(all, before);
		from = to > limit && to != SIZE_MAX ? to - limit : 0;
	}
	if ((after.n && !from) || to == SIZE_MAX)
		return complain(&c->why, 400, "resource_missing", after.n ? SPAN("starting_after") : SPAN("ending_before"), "No such object: '"
		    PRSPAN "'", ARGSPAN(after.n ? after : before));
	page = json_array();
	for (size_t i = from; i < to && i < from + limit; i++)
		json_array_append(page, json_array_get(all, i));
	return play_stripe_list(page, url, before.n ? from > 0 : from + limit < to);
}
