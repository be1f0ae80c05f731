/* events.c - see events.h. */
#include "base/base.h"

#include "base/clock.h"
#include "sandbox/events.h"
#include "sandbox/webhooks.h"

json_t *
event_new(const char *type, const json_t *object, struct span cause_id, struct span cause_key)
{
	json_t *event = json_pack("{s:s, s:s, s:s, s:I, s:{s:o}, s:b, s:i, s:{s:n, s:n}, s:s}", "id", provider_id_new("evt_1", 23).text,
	    "object", "event", "api_version", SANDBOX_API_VERSION, "created", (json_int_t)(clock_now() / 1000),
	    "data", "object", json_deep_copy(object), "livemode", json_is_true(json_object_get(object, "livemode")),
	    "pending_webhooks", 1, "request", "id", "idempotency_key", "type", type);

	if (!event)
		die("out of memory while making an event");
	json_put_span(json_object_get(event, "request"), "id", cause_id);
	json_put_span(json_object_get(event, "request"), "idempotency_key", cause_key);
	return event;
}

void
event_tell(struct sandbox *sb, const char *type, const json_t *object)
{
	const struct visit *v = sb->visit;
	bool by_api = v && span_starts(v->path, "/v1/");
	json_t *event = event_new(type, object, by_api ? v->id : SPAN_NONE, by_api ? v->key : SPAN_NONE);
	const char *id = json_string_value(json_object_get(event, "id"));
	json_t *record = json_pack("{s:o, s:[]}", "event", event, "tries");

	store_put(&sb->store, "events", id, record);
	log_info("event.made", "event=%s type=%s", id, type);
	if (sb->webhooks)
		webhooks_add(sb->webhooks, record);
}

void
event_tried(struct sandbox *sb, json_t *record, long status, const char *trick)
{
	json_t *event = json_object_get(record, "event");

	json_array_append_new(json_object_get(record, "tries"), json_pack("{s:I, s:i, s:s}", "at", (json_int_t)clock_now(),
	    "status", (int)status, "trick", trick));
	if (status >= 200 && status < 300)
		json_object_set_new(event, "pending_webhooks", json_integer(0));
	sb->store.changed = true;
}

bool
event_wanted(const json_t *record)
{
	return json_number(json_object_get(record, "event"), "pending_webhooks") > 0;
}
