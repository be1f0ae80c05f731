/* refunds.c - see refunds.h. */
#include "base/base.h"

#include "sandbox/events.h"
#include "sandbox/objects.h"
#include "sandbox/refunds.h"
#include "sandbox/sessions.h"

int64_t
refundable(const json_t *intent)
{
	if (!span_is(json_span(intent, "status"), "succeeded"))
		return 0;
	return json_number(intent, "amount") - json_number(intent, "refunded");
}

/* How this one goes, as ordered; the status to begin with. */
static const char *
course_of(struct sandbox *sb, json_t *record, int64_t now_ms)
{
	struct order o;

	if (!orders_take(&sb->orders, ORDER_REFUND, NULL, &o))
		return "succeeded";
	if (strcmp(o.what, "pending") == 0)
		return "pending";
	if (strcmp(o.what, "fail") == 0)
		return "failed";
	json_object_set_new(record, "due", json_integer(now_ms + o.number));
	json_object_set_new(record, "next", json_string(strcmp(o.what, "later") == 0 ? "succeeded" : "failed"));
	return strcmp(o.what, "later") == 0 ? "pending" : "succeeded";
}

static void
set_failed(json_t *refund, json_t *intent)
{
	json_object_set_new(refund, "status", json_string("failed"));
	json_object_set_new(refund, "failure_reason", json_string("expired_or_canceled_card"));
	json_object_set_new(refund, "failure_balance_transaction", json_string(provider_id_new("txn_3", 23).text));
	json_object_set_new(intent, "refunded", json_integer(json_number(intent, "refunded") - json_number(refund, "amount")));
}

json_t *
refund_open(struct sandbox *sb, json_t *intent, int64_t amount, json_t *metadata, json_t *reason, int64_t now_ms)
{
	json_t *refund = object_refund(intent, amount, now_ms / 1000), *record = json_pack("{s:o}", "refund", refund);
	const char *status = course_of(sb, record, now_ms);

	if (metadata)
		json_object_set_new(refund, "metadata", json_deep_copy(metadata));
	if (reason)
		json_object_set(refund, "reason", reason);
	json_object_set_new(intent, "refunded", json_integer(json_number(intent, "refunded") + amount));
	json_object_set_new(refund, "status", json_string(status));
	store_put(&sb->store, "refunds", json_string_value(json_object_get(refund, "id")), record);
	if (strcmp(status, "failed") == 0)
		set_failed(refund, intent);
	event_tell(sb, "refund.created", refund);
	if (strcmp(status, "failed") == 0)
		event_tell(sb, "refund.failed", refund);
	return record;
}

json_t *
refund_find(struct sandbox *sb, struct span id)
{
	return store_get(&sb->store, "refunds", id);
}

bool
refund_move(struct sandbox *sb, json_t *record, const char *status)
{
	json_t *refund = json_object_get(record, "refund");
	struct span now = json_span(refund, "status");

	if (span_is(now, status) || span_is(now, "failed"))
		return false;
	json_object_del(record, "due");
	sb->store.changed = true;
	if (strcmp(status, "failed") == 0)
		set_failed(refund, intent_find(sb, json_span(refund, "payment_intent")));
	else
		json_object_set_new(refund, "status", json_string(status));
	event_tell(sb, "refund.updated", refund);
	if (strcmp(status, "failed") == 0)
		event_tell(sb, "refund.failed", refund);
	return true;
}

void
refunds_tick(struct sandbox *sb, int64_t now_ms)
{
	json_t *record;
	const char *id;

	json_object_foreach(store_all(&sb->store, "refunds"), id, record)
		if (json_object_get(record, "due") && json_number(record, "due") <= now_ms)
			refund_move(sb, record, span_is(json_span(record, "next"), "failed") ? "failed" : "succeeded");
}
