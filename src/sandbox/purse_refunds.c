/* purse_refunds.c - money that goes back: refunds pending → done | failed, and done → failed, which does happen; and disputes. */
#include "base/base.h"

#include "sandbox/events.h"
#include "sandbox/ledger.h"
#include "sandbox/purse.h"

int64_t
purse_refundable(const json_t *charge)
{
	if (!json_says(charge, "state", "paid"))
		return 0;
	return json_number(charge, "amount") - json_number(charge, "refunded") - json_number(charge, "refunding");
}

static void
add_to(json_t *charge, const char *key, int64_t amount)
{
	json_put_number(charge, key, json_number(charge, key) + amount);
}

static void
tell(struct sandbox *sb, enum happening h, const json_t *charge, const json_t *refund, const json_t *dispute)
{
	sb->store.changed = true;
	event_tell(sb, h, &(struct about){ purse_payment(sb, json_span(charge, "payment")), charge, refund, dispute });
}

/* How this one goes, as ordered; the state to begin with. */
static const char *
course_of(struct sandbox *sb, const json_t *charge, json_t *refund, int64_t now_ms)
{
	struct order o;

	if (!orders_take(&sb->orders, scope_of(purse_payment(sb, json_span(charge, "payment"))), ORDER_REFUND, NULL, &o))
		return "done";
	if (strcmp(o.what, "pending") == 0)
		return "pending";
	if (strcmp(o.what, "fail") == 0)
		return "failed";
	json_put_number(refund, "due", now_ms + o.number);
	json_put_yes(refund, "ends_well", strcmp(o.what, "later") == 0);
	return strcmp(o.what, "later") == 0 ? "pending" : "done";
}

json_t *
purse_refund(struct sandbox *sb, json_t *charge, int64_t amount, const json_t *asked, int64_t now_ms)
{
	const struct provider *p = provider_of(charge);
	struct provider_id id = p->new_id(ID_REFUND);
	json_t *refund = json_made(json_pack("{s:s, s:s, s:O, s:O, s:O, s:I, s:I}", "provider", p->name, "id", id.text,
	    "charge", json_object_get(charge, "id"), "payment", json_object_get(charge, "payment"),
	    "currency", json_object_get(charge, "currency"), "amount", (json_int_t)amount, "at", (json_int_t)now_ms));
	const char *state = course_of(sb, charge, refund, now_ms);

	json_put_text(refund, "state", state);
	json_put_copy(refund, "asked", asked);
	store_put(&sb->store, "refunds", id.text, refund);
	if (strcmp(state, "pending") == 0)
		add_to(charge, "refunding", amount);
	if (strcmp(state, "done") == 0) {
		add_to(charge, "refunded", amount);
		ledger_add(sb, LEDGER_REFUNDED, charge, span_of(id.text), amount, now_ms);
	}
	tell(sb, HAPPENED_REFUND_MADE, charge, refund, NULL);
	return refund;
}

json_t *
purse_refund_find(struct sandbox *sb, struct span id)
{
	return store_get(&sb->store, "refunds", id);
}

bool
purse_refund_end(struct sandbox *sb, json_t *refund, bool done, int64_t now_ms)
{
	json_t *charge = purse_charge(sb, json_span(refund, "charge"));
	bool was_done = json_says(refund, "state", "done");
	int64_t amount = json_number(refund, "amount");

	if (json_says(refund, "state", "failed") || (was_done && done))
		return false;
	json_object_del(refund, "due");
	json_put_text(refund, "state", done ? "done" : "failed");
	add_to(charge, was_done ? "refunded" : "refunding", -amount);
	if (done) {
		add_to(charge, "refunded", amount);
		ledger_add(sb, LEDGER_REFUNDED, charge, json_span(refund, "id"), amount, now_ms);
	} else if (was_done) {
		ledger_add(sb, LEDGER_RETURNED, charge, json_span(refund, "id"), amount, now_ms);
	}
	tell(sb, done ? HAPPENED_REFUND_DONE : HAPPENED_REFUND_FAILED, charge, refund, NULL);
	return true;
}

void
purse_refunds_tick(struct sandbox *sb, int64_t now_ms)
{
	json_t *refund;
	const char *id;

	json_object_foreach(store_all(&sb->store, "refunds"), id, refund)
		if (json_object_get(refund, "due") && json_number(refund, "due") <= now_ms)
			purse_refund_end(sb, refund, json_yes(refund, "ends_well"), now_ms);
}

json_t *
purse_dispute(struct sandbox *sb, json_t *charge, int64_t now_ms)
{
	const struct provider *p = provider_of(charge);
	struct provider_id id = p->new_id(ID_DISPUTE);
	int64_t amount = purse_refundable(charge);
	json_t *dispute;

	if (amount <= 0 || json_yes(charge, "disputed"))
		return NULL;
	dispute = json_pack("{s:s, s:s, s:O, s:O, s:O, s:I, s:I, s:s}", "provider", p->name, "id", id.text,
	    "charge", json_object_get(charge, "id"), "payment", json_object_get(charge, "payment"),
	    "currency", json_object_get(charge, "currency"), "amount", (json_int_t)amount, "at", (json_int_t)now_ms, "state", "open");
	store_put(&sb->store, "disputes", id.text, dispute);
	json_put_yes(charge, "disputed", true);
	ledger_add(sb, LEDGER_DISPUTED, charge, span_of(id.text), amount, now_ms);
	tell(sb, HAPPENED_DISPUTE, charge, NULL, dispute);
	return dispute;
}

bool
purse_dispute_end(struct sandbox *sb, json_t *dispute, bool won, int64_t now_ms)
{
	json_t *charge = purse_charge(sb, json_span(dispute, "charge"));

	if (!json_says(dispute, "state", "open"))
		return false;
	json_put_text(dispute, "state", won ? "won" : "lost");
	if (won) {
		json_put_yes(charge, "disputed", false);
		ledger_add(sb, LEDGER_REINSTATED, charge, json_span(dispute, "id"), json_number(dispute, "amount"), now_ms);
	}
	tell(sb, won ? HAPPENED_DISPUTE_WON : HAPPENED_DISPUTE_LOST, charge, NULL, dispute);
	return true;
}
