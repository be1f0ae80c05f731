/* sessions.c - see sessions.h. */
#include "base/base.h"

#include "sandbox/events.h"
#include "sandbox/objects.h"
#include "sandbox/sessions.h"

#define DAY_SECONDS 86400

static void
copy_member(json_t *to, const json_t *from, const char *key)
{
	json_t *value = json_object_get(from, key);

	if (value)
		json_object_set_new(to, key, json_deep_copy(value));
}

/* The line items' list; adds up the total. */
static json_t *
lines_of(const json_t *asked, struct span id, int64_t now_s, int64_t *total)
{
	json_t *data = json_array(), *line;
	char url[160];
	size_t i;

	*total = 0;
	json_array_foreach(json_object_get(asked, "line_items"), i, line) {
		json_array_append_new(data, object_line(line, now_s));
		*total += json_number(json_array_get(data, i), "amount_total");
	}
	snprintf(url, sizeof(url), "/v1/checkout/sessions/" PRSPAN "/line_items", ARGSPAN(id));
	return object_list(data, url, false);
}

json_t *
session_open(struct sandbox *sb, const json_t *asked, int64_t now_ms)
{
	static const char *const copied[] = { "cancel_url", "client_reference_id", "customer_email", "expires_at", "locale", "metadata",
	    "mode", "submit_type", "success_url" };
	struct provider_id id = provider_id_new("cs_test_a1", 56);
	json_t *session = object_session(), *line, *lines, *record;
	int64_t total, now_s = now_ms / 1000;
	struct span email = json_span(asked, "customer_email");

	lines = lines_of(asked, span_of(id.text), now_s, &total);
	line = json_array_get(json_object_get(lines, "data"), 0);
	json_object_set_new(session, "id", json_string(id.text));
	json_object_set_new(session, "url", json_sprintf("%s/c/pay/%s", sb->options->public_url, id.text));
	json_object_set_new(session, "created", json_integer(now_s));
	json_object_set_new(session, "expires_at", json_integer(now_s + DAY_SECONDS));
	json_object_set_new(session, "amount_subtotal", json_integer(total));
	json_object_set_new(session, "amount_total", json_integer(total));
	json_object_set(session, "currency", json_object_get(line, "currency"));
	if (email.n)
		json_object_set_new(session, "customer_details", object_customer_details(email));
	for (size_t i = 0; i < ARRAY_LEN(copied); i++)
		copy_member(session, asked, copied[i]);
	record = json_pack("{s:o, s:o, s:{}}", "session", session, "lines", lines, "intent_metadata");
	copy_member(json_object_get(record, "intent_metadata"), json_object_get(asked, "payment_intent_data"), "metadata");
	store_put(&sb->store, "sessions", id.text, record);
	return record;
}

json_t *
session_find(struct sandbox *sb, struct span id)
{
	return store_get(&sb->store, "sessions", id);
}

bool
session_is_open(const json_t *record)
{
	return span_is(json_span(json_object_get(record, "session"), "status"), "open");
}

/* The session's payment intent, made when the buyer first tries to pay. */
static json_t *
intent_of(struct sandbox *sb, json_t *record, int64_t now_ms)
{
	json_t *session = json_object_get(record, "session"), *intent, *metadata;
	struct span known = json_span(session, "payment_intent");
	struct provider_id id;

	if (known.n)
		return store_get(&sb->store, "intents", known);
	id = provider_id_new("pi_3", 23);
	metadata = json_object_get(json_object_get(record, "intent_metadata"), "metadata");
	intent = json_pack("{s:s, s:I, s:O, s:O, s:s, s:n, s:o, s:O, s:i, s:b}", "id", id.text, "created", (json_int_t)(now_ms / 1000),
	    "amount", json_object_get(session, "amount_total"), "currency", json_object_get(session, "currency"),
	    "status", "requires_payment_method", "charge", "metadata", metadata ? json_deep_copy(metadata) : json_object(),
	    "session", json_object_get(session, "id"), "refunded", 0, "disputed", 0);
	store_put(&sb->store, "intents", id.text, intent);
	json_object_set_new(session, "payment_intent", json_string(id.text));
	return intent;
}

static void
tell_intent(struct sandbox *sb, const char *type, const json_t *intent)
{
	json_t *object = object_intent(intent);

	event_tell(sb, type, object);
	json_decref(object);
}

/* The money arrives. */
static void
intent_succeed(struct sandbox *sb, json_t *record, int64_t now_ms)
{
	json_t *intent = intent_of(sb, record, now_ms);

	json_object_set_new(intent, "charge", json_string(provider_id_new("ch_3", 23).text));
	json_object_set_new(intent, "status", json_string("succeeded"));
	json_object_set_new(json_object_get(record, "session"), "payment_status", json_string("paid"));
	sb->store.changed = true;
	tell_intent(sb, "payment_intent.succeeded", intent);
}

/* A session that is not what the merchant asked for: then reading it and every event about it say so. */
static void
lie(struct sandbox *sb, json_t *session)
{
	struct order o;

	if (!orders_take(&sb->orders, ORDER_LIE, NULL, &o))
		return;
	if (strcmp(o.what, "wrong_amount") == 0)
		json_object_set_new(session, "amount_total", json_integer(json_number(session, "amount_total") - 1));
	else if (strcmp(o.what, "wrong_currency") == 0)
		json_object_set_new(session, "currency", json_string(span_is(json_span(session, "currency"), "usd") ? "eur" : "usd"));
	else if (strcmp(o.what, "live") == 0)
		json_object_set_new(session, "livemode", json_true());
	else
		json_object_set_new(session, "client_reference_id", json_string("somebody_elses"));
	log_info("session.lie", "what=%s", o.what);
}

static void
complete(struct sandbox *sb, json_t *record, enum session_act act, int64_t now_ms)
{
	json_t *session = json_object_get(record, "session");
	bool fails = act == ACT_LATER_FAIL || sb->orders.late_fails;

	lie(sb, session);
	json_object_set_new(session, "status", json_string("complete"));
	json_object_set_new(session, "url", json_null());
	if (!json_number(session, "amount_total")) {
		json_object_set_new(session, "payment_status", json_string("no_payment_required"));
	} else if (act == ACT_PAY) {
		intent_succeed(sb, record, now_ms);
	} else {
		json_object_set_new(intent_of(sb, record, now_ms), "status", json_string("processing"));
		json_object_set_new(record, "due", json_integer(now_ms + sb->orders.late));
		json_object_set_new(record, "late", json_string(fails ? "failed" : "succeeded"));
	}
	sb->store.changed = true;
	event_tell(sb, "checkout.session.completed", session);
}

bool
session_act(struct sandbox *sb, json_t *record, enum session_act act, int64_t now_ms)
{
	if (!session_is_open(record))
		return false;
	if (act == ACT_DECLINE)
		tell_intent(sb, "payment_intent.payment_failed", intent_of(sb, record, now_ms));
	else
		complete(sb, record, act, now_ms);
	return true;
}

bool
session_expire(struct sandbox *sb, json_t *record)
{
	json_t *session = json_object_get(record, "session");

	if (!session_is_open(record))
		return false;
	json_object_set_new(session, "status", json_string("expired"));
	json_object_set_new(session, "url", json_null());
	sb->store.changed = true;
	event_tell(sb, "checkout.session.expired", session);
	return true;
}

static void
late_end(struct sandbox *sb, json_t *record, int64_t now_ms)
{
	json_t *session = json_object_get(record, "session"), *intent = intent_of(sb, record, now_ms);
	bool paid = span_is(json_span(record, "late"), "succeeded");

	json_object_del(record, "due");
	sb->store.changed = true;
	if (paid) {
		intent_succeed(sb, record, now_ms);
	} else {
		json_object_set_new(intent, "status", json_string("requires_payment_method"));
		tell_intent(sb, "payment_intent.payment_failed", intent);
	}
	event_tell(sb, paid ? "checkout.session.async_payment_succeeded" : "checkout.session.async_payment_failed", session);
}

void
sessions_tick(struct sandbox *sb, int64_t now_ms)
{
	json_t *record;
	const char *id;

	json_object_foreach(store_all(&sb->store, "sessions"), id, record) {
		if (session_is_open(record) && json_number(json_object_get(record, "session"), "expires_at") * 1000 <= now_ms)
			session_expire(sb, record);
		else if (json_object_get(record, "due") && json_number(record, "due") <= now_ms)
			late_end(sb, record, now_ms);
	}
}

json_t *
intent_find(struct sandbox *sb, struct span id)
{
	json_t *intent = store_get(&sb->store, "intents", id);
	const char *key;

	if (intent || !span_starts(id, "ch_"))
		return intent;
	json_object_foreach(store_all(&sb->store, "intents"), key, intent)
		if (span_eq(json_span(intent, "charge"), id))
			return intent;
	return NULL;
}
