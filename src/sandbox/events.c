/* events.c - see events.h. */
#include "base/base.h"

#include "base/clock.h"
#include "sandbox/events.h"
#include "sandbox/webhooks.h"

/* Tricks are played on what decides something. */
static bool
decides(enum happening h)
{
	return h != HAPPENED_OPENED && h != HAPPENED_DECLINED && h != HAPPENED_ACTION && h < HAPPENED_DISPUTE;
}

/* What an event would tell had the payment been another: then it is told so, and signed truly. */
struct twist {
	json_t *payment, *charge, *refund;
	struct about about;
};

static bool
twists(const char *trick)
{
	return strcmp(trick, "wrong_amount") == 0 || strcmp(trick, "wrong_currency") == 0 || strcmp(trick, "unknown_reference") == 0;
}

static void
twist_money(json_t *record, const char *trick)
{
	if (!record)
		return;
	if (strcmp(trick, "wrong_amount") == 0)
		json_put_number(record, "amount", json_number(record, "amount") - 1);
	if (strcmp(trick, "wrong_currency") == 0)
		json_put_text(record, "currency", json_says(record, "currency", "USD") ? "EUR" : "USD");
}

static void
twist_make(struct twist *t, const struct about *about, const char *trick)
{
	*t = (struct twist){ json_deep_copy(about->payment), json_deep_copy(about->charge), json_deep_copy(about->refund), *about };
	twist_money(t->payment, trick);
	twist_money(t->charge, trick);
	twist_money(t->refund, trick);
	if (strcmp(trick, "unknown_reference") == 0) {
		json_put_text(t->payment, "shown_reference", "nobody_knows_this");
		json_put_yes(t->payment, "hushed", true);		/* nor do notes or metadata tell */
		json_put_text(t->payment, "id", provider_of(t->payment)->new_id(ID_PAYMENT).text);
		if (t->charge)
			json_put_text(t->charge, "id", provider_of(t->payment)->new_id(ID_CHARGE).text);
		if (t->refund) {
			json_put_text(t->refund, "id", provider_of(t->payment)->new_id(ID_REFUND).text);
			json_put_copy(t->refund, "charge", json_object_get(t->charge, "id"));
		}
	}
	t->about.payment = t->payment;
	t->about.charge = t->charge;
	t->about.refund = t->refund;
}

static void
twist_free(struct twist *t)
{
	json_decref(t->payment);
	json_decref(t->charge);
	json_decref(t->refund);
}

static json_t *
record_new(struct sandbox *sb, const char *type, const char *id, json_t *event, const struct about *about)
{
	json_t *record = json_pack("{s:s, s:O, s:O, s:s, s:I, s:o, s:[], s:b}", "provider", provider_of(about->payment)->name,
	    "payment", json_object_get(about->payment, "id"), "reference", json_object_get(about->payment, "reference"), "type", type,
	    "at", (json_int_t)clock_now(), "event", event, "tries", "done", 0);

	store_put(&sb->store, "events", id, record);
	log_info("event.made", "event=%s type=%s", id, type);
	return record;
}

/* Makes, records and posts one event. */
static json_t *
tell_one(struct sandbox *sb, const char *type, const struct about *about, const struct order *trick, bool first)
{
	const struct provider *p = provider_of(about->payment);
	struct provider_id id = p->new_id(ID_EVENT);
	json_t *event = p->event(sb, type, id.text, about), *record, *sent;
	struct twist t;

	if (!event)
		return NULL;
	record = record_new(sb, type, id.text, event, about);
	sent = json_incref(event);
	if (twists(trick->what)) {
		json_decref(sent);
		twist_make(&t, about, trick->what);
		sent = p->event(sb, type, id.text, &t.about);
		twist_free(&t);
	}
	if (sb->webhooks)
		webhooks_add(sb->webhooks, id.text, record, sent, trick, first);
	json_decref(sent);
	return record;
}

void
event_tell(struct sandbox *sb, enum happening h, const struct about *about)
{
	const struct provider *p = provider_of(about->payment);
	const char *types[TYPES_MAX];
	size_t n = p->types(h, about, types);
	struct order trick = { .what = "" }, first;
	struct scope scope = scope_of(about->payment);
	bool at_once = false;

	if (n && decides(h)) {
		orders_take(&sb->orders, scope, ORDER_WEBHOOK, NULL, &trick);
		at_once = sb->visit && !orders_setting(&sb->orders, scope, ORDER_OFF) &&
		    orders_take(&sb->orders, scope, ORDER_FIRST, NULL, &first);
	}
	for (size_t i = 0; i < n; i++)
		tell_one(sb, types[i], about, &trick, at_once);
}

json_t *
event_tell_type(struct sandbox *sb, const char *type, const struct about *about)
{
	return tell_one(sb, type, about, &(struct order){ .what = "" }, false);
}

void
event_forge(struct sandbox *sb, const json_t *payment)
{
	const struct provider *p = provider_of(payment);
	struct provider_id id = p->new_id(ID_EVENT);
	json_t *paid = json_deep_copy(payment);
	json_int_t now = clock_now();
	json_t *charge = json_made(json_pack("{s:s, s:s, s:O, s:O, s:O, s:I, s:I, s:s}", "provider", p->name,
	    "id", p->new_id(ID_CHARGE).text, "payment", json_object_get(payment, "id"), "currency", json_object_get(payment, "currency"),
	    "amount", json_object_get(payment, "amount"), "created", now, "at", now, "state", "paid"));
	const struct about about = { .payment = paid, .charge = charge };
	const char *types[TYPES_MAX];
	size_t n = p->types(HAPPENED_PAID, &about, types);
	json_t *event;

	json_put_text(paid, "state", "paid");
	json_put_copy(paid, "charge", json_object_get(charge, "id"));
	event = n ? p->event(sb, types[n - 1], id.text, &about) : NULL;		/* the last one says it of the payment itself */
	if (event && sb->webhooks)
		webhooks_forge(sb->webhooks, id.text, scope_of(payment), event);
	json_decref(event);
	json_decref(paid);
	json_decref(charge);
}

void
event_tried(struct sandbox *sb, json_t *record, long status, const char *trick)
{
	json_array_append_new(json_object_get(record, "tries"), json_made(json_pack("{s:I, s:i, s:s}", "at", (json_int_t)clock_now(),
	    "status", (int)status, "trick", trick)));
	if (status >= 200 && status < 300)
		json_put_yes(record, "done", true);
	sb->store.changed = true;
}

bool
event_wanted(const json_t *record)
{
	return !json_yes(record, "done") && !json_yes(record, "never");
}
