/* control.c - see control.h. */
#include "base/base.h"

#include "base/clock.h"
#include "sandbox/control.h"
#include "sandbox/events.h"
#include "sandbox/ledger.h"
#include "sandbox/purse.h"
#include "sandbox/webhooks.h"

typedef const char *act_run(struct sandbox *, struct span value);	/* NULL: done, else what was wrong */

#define NO_PAYMENT "no such payment"

/* What a buyer, or a bank that was waited for, decides. */
static const char *
decide(struct sandbox *sb, struct span id, enum act act)
{
	json_t *payment = purse_find(sb, id);

	if (!payment)
		return NO_PAYMENT;
	if (act == ACT_PAY || act == ACT_DECLINE)
		if (purse_end(sb, payment, act == ACT_PAY, clock_now()))
			return NULL;
	return purse_choose(sb, payment, act, clock_now()) ? NULL : "the payment is not open";
}

static const char *
act_pay(struct sandbox *sb, struct span id)
{
	return decide(sb, id, ACT_PAY);
}

static const char *
act_decline(struct sandbox *sb, struct span id)
{
	return decide(sb, id, ACT_DECLINE);
}

static const char *
act_later(struct sandbox *sb, struct span id)
{
	return decide(sb, id, ACT_LATER);
}

static const char *
act_later_fail(struct sandbox *sb, struct span id)
{
	return decide(sb, id, ACT_LATER_FAIL);
}

static const char *
act_hold(struct sandbox *sb, struct span id)
{
	return decide(sb, id, ACT_HOLD);
}

static const char *
act_expire(struct sandbox *sb, struct span id)
{
	json_t *payment = purse_find(sb, id);

	if (!payment)
		return NO_PAYMENT;
	return purse_close(sb, payment, "expired") ? NULL : "the payment is not open";
}

static const char *
end_refunds(struct sandbox *sb, struct span which, bool done)
{
	json_t *refund = purse_refund_find(sb, which), *payment = purse_find(sb, which);
	bool all = span_is(which, "all");
	const char *id;
	int ended = 0;

	if (refund)
		return purse_refund_end(sb, refund, done, clock_now()) ? NULL : "that refund has ended so";
	json_object_foreach(store_all(&sb->store, "refunds"), id, refund) {
		bool meant = all || (payment && span_eq(json_span(refund, "payment"), json_span(payment, "id")));

		if (meant && json_says(refund, "state", "pending"))
			ended += purse_refund_end(sb, refund, done, clock_now());
	}
	return all || ended ? NULL : "no such refund is pending";
}

static const char *
act_refund_done(struct sandbox *sb, struct span which)
{
	return end_refunds(sb, which, true);
}

static const char *
act_refund_fail(struct sandbox *sb, struct span which)
{
	return end_refunds(sb, which, false);
}

static const char *
act_dispute(struct sandbox *sb, struct span id)
{
	json_t *payment = purse_find(sb, id), *charge = payment ? purse_charge_of(sb, payment) : NULL;

	return charge && purse_dispute(sb, charge, clock_now()) ? NULL : "no such charge";
}

static const char *
end_dispute(struct sandbox *sb, struct span which, bool won)
{
	json_t *payment = purse_find(sb, which), *dispute, *newest = NULL;
	const char *id;

	json_object_foreach(store_all(&sb->store, "disputes"), id, dispute)
		if (payment && span_eq(json_span(dispute, "payment"), json_span(payment, "id")))
			newest = dispute;
	return newest && purse_dispute_end(sb, newest, won, clock_now()) ? NULL : "no such dispute is open";
}

static const char *
act_dispute_won(struct sandbox *sb, struct span id)
{
	return end_dispute(sb, id, true);
}

static const char *
act_dispute_lost(struct sandbox *sb, struct span id)
{
	return end_dispute(sb, id, false);
}

static const char *
act_event(struct sandbox *sb, struct span value)
{
	struct span type = span_cut(&value, ':');
	json_t *payment = purse_find(sb, value), *charge = purse_charge(sb, value);
	json_t *refund = purse_refund_find(sb, value), *dispute = store_get(&sb->store, "disputes", value);

	if (!payment)
		return NO_PAYMENT;
	if (!charge)
		charge = purse_charge(sb, json_span(refund ? refund : dispute ? dispute : payment, "charge"));
	return event_tell_type(sb, CSTR(sb->visit->arena, type), &(struct about){ payment, charge, refund, dispute }) ? NULL :
	    "that cannot be told of it";
}

static const char *
act_forge(struct sandbox *sb, struct span id)
{
	json_t *payment = purse_find(sb, id);

	if (!payment)
		return NO_PAYMENT;
	event_forge(sb, payment);
	return NULL;
}

static const char *
act_retry(struct sandbox *sb, struct span value)
{
	if (!span_is(value, "now"))
		return "only now";
	webhooks_hurry(sb->webhooks);
	return NULL;
}

static const char *
act_forget(struct sandbox *sb, struct span value)
{
	if (!span_is(value, "tokens"))
		return "only tokens";
	store_forget(&sb->store, "tokens", INT64_MAX);
	return NULL;
}

static const struct {
	const char *name;
	act_run *run;
} acts[] = {
	{ "pay", act_pay }, { "decline", act_decline }, { "later", act_later }, { "later_fail", act_later_fail }, { "hold", act_hold },
	{ "expire", act_expire }, { "refund_done", act_refund_done }, { "refund_fail", act_refund_fail }, { "dispute", act_dispute },
	{ "dispute_won", act_dispute_won }, { "dispute_lost", act_dispute_lost }, { "event", act_event }, { "forge", act_forge },
	{ "retry", act_retry }, { "forget", act_forget },
};

const char *
control_obey(struct sandbox *sb, struct span at, struct span name, struct span value)
{
	const char *wrong = NULL;
	size_t i = 0;

	while (i < ARRAY_LEN(acts) && !span_is(name, acts[i].name))
		i++;
	wrong = i < ARRAY_LEN(acts) ? acts[i].run(sb, value) : orders_give(&sb->orders, at, name, value);
	log_info("control", "order=" PRSPAN "=" PRSPAN "%s" PRSPAN "%s%s", ARGSPAN(name), ARGSPAN(value), at.n ? " at=" : "", ARGSPAN(at),
	    wrong ? " wrong=" : "", wrong ? wrong : "");
	return wrong;
}

static void
take_orders(struct sandbox *sb, struct visit *v)
{
	struct complaint why = { .arena = v->arena };
	const char *wrong = NULL;
	struct params form;
	struct span at = SPAN_NONE;
	json_t *answer;
	size_t i = 0;

	if (!params_read(v->arena, v->body, &form, &why))
		wrong = why.message.p;
	for (; !wrong && i < form.n; i++) {
		struct span name = form.list[i].name, value = form.list[i].value;

		if (span_is(name, "at"))
			at = span_is(value, "all") ? SPAN_NONE : value;
		else
			wrong = control_obey(sb, at, name, value);
	}
	answer = wrong ? json_pack("{s:s, s:I}", "wrong", wrong, "order", (json_int_t)i) : json_pack("{s:I}", "taken", (json_int_t)i);
	visit_answer_json(v, wrong ? 400 : 200, answer);
	json_decref(answer);
}

static json_t *
all_of(struct sandbox *sb, const char *collection)
{
	json_t *list = json_array(), *record;
	const char *id;

	json_object_foreach(store_all(&sb->store, collection), id, record)
		json_array_append(list, record);
	return list;
}

static json_t *
all_orders(const struct orders *os)
{
	json_t *list = json_array();

	for (size_t i = 0; i < os->n; i++)
		json_array_append_new(list, json_pack("{s:s, s:s, s:I, s:I}", "order", os->list[i].text, "at", os->list[i].at,
		    "left", (json_int_t)os->list[i].left, "serial", (json_int_t)os->list[i].serial));
	return list;
}

static void
show_state(struct sandbox *sb, struct visit *v)
{
	json_int_t waiting = 0;
	json_t *state;

	for (const struct visit *w = sb->door.waiting; w; w = w->next)
		waiting++;
	state = json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:O, s:O, s:I}", "payments", all_of(sb, "payments"),
	    "charges", all_of(sb, "charges"), "refunds", all_of(sb, "refunds"), "disputes", all_of(sb, "disputes"),
	    "orders", all_orders(&sb->orders), "events", all_of(sb, "events"), "forged", sb->forged, "requests", sb->requests,
	    "waiting", waiting);
	visit_answer_json(v, 200, state);
	json_decref(state);
}

static void
show_ledger(struct sandbox *sb, struct visit *v)
{
	json_t *ledger = ledger_json(sb);

	visit_answer_json(v, 200, ledger);
	json_decref(ledger);
}

void
control_serve(struct sandbox *sb, struct visit *v)
{
	if (!calls_allowed(sb, v, &play_stripe))
		return;
	if (span_is(v->path, "/control") && v->method == VISIT_POST)
		take_orders(sb, v);
	else if (span_is(v->path, "/control/state") && v->method == VISIT_GET)
		show_state(sb, v);
	else if (span_is(v->path, "/control/ledger") && v->method == VISIT_GET)
		show_ledger(sb, v);
	else
		calls_unknown_path(sb, v, &play_stripe);
}
