/* purse.c - the life of a payment: see purse.h. */
#include "base/base.h"

#include "sandbox/events.h"
#include "sandbox/ledger.h"
#include "sandbox/purse.h"

#define LATE_MS 5000

json_t *
purse_open(struct sandbox *sb, const struct purse_ask *ask, int64_t now_ms)
{
	json_t *payment = json_made(json_pack("{s:s, s:s%, s:b, s:I, s:I, s:I, s:s, s:n, s:O?}", "provider", ask->provider->name,
	    "id", ask->id.p, ask->id.n, "token", ask->token, "amount", (json_int_t)ask->amount, "created", (json_int_t)now_ms,
	    "ends", (json_int_t)ask->ends, "state", "open", "charge", "asked", ask->asked));

	json_put_span(payment, "reference", ask->reference);
	json_put_span(payment, "title", ask->title);
	json_put_span(payment, "email", ask->email);
	json_put_span(payment, "currency", ask->currency);
	store_put(&sb->store, "payments", json_string_value(json_object_get(payment, "id")), payment);
	event_tell(sb, HAPPENED_OPENED, &(struct about){ .payment = payment });
	return payment;
}

json_t *
purse_payment(struct sandbox *sb, struct span id)
{
	return store_get(&sb->store, "payments", id);
}

json_t *
purse_charge(struct sandbox *sb, struct span id)
{
	return store_get(&sb->store, "charges", id);
}

json_t *
purse_charge_of(struct sandbox *sb, const json_t *payment)
{
	return purse_charge(sb, json_span(payment, "charge"));
}

json_t *
purse_find(struct sandbox *sb, struct span any)
{
	static const char *const others[] = { "charges", "refunds", "disputes" };
	json_t *payment = purse_payment(sb, any), *record, *found = NULL;
	const char *id;

	if (payment || !any.n)
		return payment;
	for (size_t i = 0; i < ARRAY_LEN(others); i++)
		if ((record = store_get(&sb->store, others[i], any)))
			return purse_payment(sb, json_span(record, "payment"));
	json_object_foreach(store_all(&sb->store, "payments"), id, payment)
		if (span_eq(json_span(payment, "reference"), any))
			found = payment;
	return found;
}

bool
purse_is(const json_t *payment, const char *state)
{
	return json_says(payment, "state", state);
}

static void
set_state(struct sandbox *sb, json_t *record, const char *state)
{
	json_put_text(record, "state", state);
	sb->store.changed = true;
}

static void
tell(struct sandbox *sb, enum happening h, const json_t *payment)
{
	event_tell(sb, h, &(struct about){ .payment = payment, .charge = purse_charge_of(sb, payment) });
}

/* The charge of this try. */
static json_t *
charge_new(struct sandbox *sb, json_t *payment, int64_t now_ms)
{
	const struct provider *p = provider_of(payment);
	json_t *charge = p->one_charge ? purse_charge_of(sb, payment) : NULL;
	struct provider_id id;

	if (!charge) {
		id = p->new_id(ID_CHARGE);
		if (json_yes(payment, "token"))
			snprintf(id.text, sizeof(id.text), "%s", json_string_value(json_object_get(payment, "id")));
		charge = json_pack("{s:s, s:s, s:O, s:I, s:i, s:i, s:b}", "provider", p->name, "id", id.text, "payment",
		    json_object_get(payment, "id"), "created", (json_int_t)now_ms, "refunded", 0, "refunding", 0, "disputed", 0);
		store_put(&sb->store, "charges", id.text, charge);
		json_put_text(payment, "charge", id.text);
	}
	json_put_number(charge, "at", now_ms);
	json_put_copy(charge, "currency", json_object_get(payment, "currency"));
	json_put_copy(charge, "amount", json_object_get(payment, "amount"));
	return charge;
}

/* A payment that is not what the merchant asked for: then the charge, reading it and every event about it say so. */
static void
lie(struct sandbox *sb, json_t *payment)
{
	struct order o;

	if (!orders_take(&sb->orders, scope_of(payment), ORDER_LIE, NULL, &o))
		return;
	if (strcmp(o.what, "wrong_amount") == 0)
		json_put_number(payment, "amount", json_number(payment, "amount") - 1);
	else if (strcmp(o.what, "wrong_currency") == 0)
		json_put_text(payment, "currency", json_says(payment, "currency", "USD") ? "EUR" : "USD");
	else if (strcmp(o.what, "live") == 0)
		json_put_yes(payment, "live", true);
	else
		json_put_text(payment, "shown_reference", "somebody_elses");
	log_info("payment.lie", "what=%s", o.what);
}

/* The money arrives. */
static void
take(struct sandbox *sb, json_t *payment, int64_t now_ms)
{
	json_t *charge = purse_charge_of(sb, payment);

	json_object_del(payment, "due");
	json_object_del(payment, "closed");
	set_state(sb, payment, "paid");
	if (!charge)
		return;
	set_state(sb, charge, "paid");
	json_put_number(charge, "at", now_ms);
	ledger_add(sb, LEDGER_CAPTURED, charge, SPAN_NONE, json_number(charge, "amount"), now_ms);
}

static void
refuse(struct sandbox *sb, json_t *payment, enum act act, int64_t now_ms)
{
	if (!provider_of(payment)->asks_capture)
		set_state(sb, charge_new(sb, payment, now_ms), "failed");
	json_put_yes(payment, "declined", act == ACT_DECLINE);
	json_put_yes(payment, "action", act == ACT_ACTION);
	set_state(sb, payment, "open");
	tell(sb, act == ACT_ACTION ? HAPPENED_ACTION : HAPPENED_DECLINED, payment);
}

static void
wait_for_it(struct sandbox *sb, json_t *payment, enum act act, int64_t wait, int64_t now_ms)
{
	set_state(sb, purse_charge_of(sb, payment), "pending");
	set_state(sb, payment, "pending");
	json_put_yes(payment, "paid_late", act == ACT_LATER);
	if (act != ACT_HOLD)
		json_put_number(payment, "due", now_ms + wait);
	tell(sb, HAPPENED_PENDING, payment);
}

/* What becomes of a try: as the buyer chose, unless it was ordered otherwise. */
static enum act
act_now(struct sandbox *sb, const json_t *payment, enum act chosen, int64_t *wait)
{
	struct scope about = scope_of(payment);
	const struct order *late = orders_setting(&sb->orders, about, ORDER_LATE), *end = orders_setting(&sb->orders, about, ORDER_LATE_END);
	struct order o;

	*wait = late ? late->number : LATE_MS;
	if (orders_take(&sb->orders, about, ORDER_CHARGE, NULL, &o)) {
		if (strcmp(o.what, "decline") == 0)
			return ACT_DECLINE;
		if (strcmp(o.what, "pending") == 0)
			return ACT_HOLD;
		*wait = o.number;
		return strcmp(o.what, "later") == 0 ? ACT_LATER : ACT_LATER_FAIL;
	}
	return chosen == ACT_LATER && end && strcmp(end->what, "fail") == 0 ? ACT_LATER_FAIL : chosen;
}

static void
settle(struct sandbox *sb, json_t *payment, enum act chosen, int64_t now_ms)
{
	int64_t wait;
	enum act act = act_now(sb, payment, chosen, &wait);

	if (act == ACT_DECLINE || act == ACT_ACTION) {
		refuse(sb, payment, act, now_ms);
		return;
	}
	json_object_del(payment, "declined");
	json_object_del(payment, "action");
	lie(sb, payment);
	if (json_number(payment, "amount"))
		charge_new(sb, payment, now_ms);
	else
		act = ACT_PAY;		/* nothing to wait for */
	if (act == ACT_PAY) {
		take(sb, payment, now_ms);
		tell(sb, HAPPENED_PAID, payment);
	} else {
		wait_for_it(sb, payment, act, wait, now_ms);
	}
}

bool
purse_choose(struct sandbox *sb, json_t *payment, enum act act, int64_t now_ms)
{
	bool asks = provider_of(payment)->asks_capture;

	if (!purse_is(payment, "open") && !(asks && purse_is(payment, "approved")))
		return false;
	if (!asks) {
		settle(sb, payment, act, now_ms);
		return true;
	}
	json_put_number(payment, "plan", act);
	json_object_del(payment, "declined");
	if (!purse_is(payment, "approved")) {
		set_state(sb, payment, "approved");
		tell(sb, HAPPENED_APPROVED, payment);
	}
	sb->store.changed = true;
	return true;
}

bool
purse_capture(struct sandbox *sb, json_t *payment, int64_t now_ms)
{
	if (!purse_is(payment, "approved"))
		return false;
	settle(sb, payment, (enum act)json_number(payment, "plan"), now_ms);
	return true;
}

bool
purse_close(struct sandbox *sb, json_t *payment, const char *how)
{
	if (purse_is(payment, "open") || purse_is(payment, "approved"))
		set_state(sb, payment, how);
	else if (purse_is(payment, "pending") && provider_of(payment)->pays_when_closed && !json_span(payment, "closed").n)
		json_put_text(payment, "closed", how);
	else
		return false;
	sb->store.changed = true;
	tell(sb, strcmp(how, "expired") == 0 ? HAPPENED_EXPIRED : HAPPENED_CANCELLED, payment);
	return true;
}

bool
purse_end(struct sandbox *sb, json_t *payment, bool paid, int64_t now_ms)
{
	const struct provider *p = provider_of(payment);
	struct span closed = json_span(payment, "closed");

	if (!purse_is(payment, "pending"))
		return false;
	json_object_del(payment, "due");
	if (paid) {
		take(sb, payment, now_ms);
	} else {
		set_state(sb, purse_charge_of(sb, payment), "failed");
		if (closed.n)
			set_state(sb, payment, span_is(closed, "expired") ? "expired" : "cancelled");
		else
			set_state(sb, payment, p->tries_again || json_yes(payment, "token") ? "open" : "failed");
		json_object_del(payment, "closed");
		json_put_yes(payment, "declined", true);
	}
	tell(sb, paid ? HAPPENED_LATE_PAID : HAPPENED_LATE_FAILED, payment);
	return true;
}

void
purse_tick(struct sandbox *sb, int64_t now_ms)
{
	json_t *payment;
	const char *id;

	json_object_foreach(store_all(&sb->store, "payments"), id, payment) {
		if (json_number(payment, "ends") && json_number(payment, "ends") <= now_ms)
			purse_close(sb, payment, "expired");
		if (json_object_get(payment, "due") && json_number(payment, "due") <= now_ms)
			purse_end(sb, payment, json_yes(payment, "paid_late"), now_ms);
	}
	purse_refunds_tick(sb, now_ms);
}
