/* control.c - see control.h. */
#include "base/base.h"

#include "base/clock.h"
#include "sandbox/api.h"
#include "sandbox/control.h"
#include "sandbox/events.h"
#include "sandbox/objects.h"
#include "sandbox/refunds.h"
#include "sandbox/sessions.h"
#include "sandbox/webhooks.h"

typedef const char *act_run(struct sandbox *, struct span value);	/* NULL: done, else what was wrong */

static const char *
act_on_session(struct sandbox *sb, struct span id, enum session_act act)
{
	json_t *record = session_find(sb, id);

	if (!record)
		return "no such session";
	return session_act(sb, record, act, clock_now()) ? NULL : "the session is not open";
}

static const char *
act_pay(struct sandbox *sb, struct span id)
{
	return act_on_session(sb, id, ACT_PAY);
}

static const char *
act_decline(struct sandbox *sb, struct span id)
{
	return act_on_session(sb, id, ACT_DECLINE);
}

static const char *
act_later(struct sandbox *sb, struct span id)
{
	return act_on_session(sb, id, ACT_LATER);
}

static const char *
act_later_fail(struct sandbox *sb, struct span id)
{
	return act_on_session(sb, id, ACT_LATER_FAIL);
}

static const char *
act_expire(struct sandbox *sb, struct span id)
{
	json_t *record = session_find(sb, id);

	if (!record)
		return "no such session";
	return session_expire(sb, record) ? NULL : "the session is not open";
}

static const char *
end_refunds(struct sandbox *sb, struct span which, const char *status)
{
	json_t *record;
	const char *id;

	if (!span_is(which, "all")) {
		record = refund_find(sb, which);
		return record && refund_move(sb, record, status) ? NULL : "no such refund, or it has ended so";
	}
	json_object_foreach(store_all(&sb->store, "refunds"), id, record)
		if (span_is(json_span(json_object_get(record, "refund"), "status"), "pending"))
			refund_move(sb, record, status);
	return NULL;
}

static const char *
act_refund_done(struct sandbox *sb, struct span which)
{
	return end_refunds(sb, which, "succeeded");
}

static const char *
act_refund_fail(struct sandbox *sb, struct span which)
{
	return end_refunds(sb, which, "failed");
}

static const char *
act_dispute(struct sandbox *sb, struct span id)
{
	json_t *intent = intent_find(sb, id), *dispute;

	if (!intent || !span_is(json_span(intent, "status"), "succeeded"))
		return "no such charge";
	json_object_set_new(intent, "disputed", json_true());
	dispute = object_dispute(intent, clock_now() / 1000);
	event_tell(sb, "charge.dispute.created", dispute);
	json_decref(dispute);
	return NULL;
}

static const char *
act_event(struct sandbox *sb, struct span value)
{
	struct span type = span_cut(&value, ':');
	json_t *session = json_object_get(session_find(sb, value), "session"), *intent = intent_find(sb, value);
	json_t *object = session ? json_incref(session) : intent ? object_intent(intent) :
	    json_incref(json_object_get(refund_find(sb, value), "refund"));
	struct span name;

	if (!object)
		return "no such object";
	name = json_span(object, "object");
	log_info("event.ordered", "about=" PRSPAN, ARGSPAN(name));
	event_tell(sb, CSTR(sb->visit->arena, type), object);
	json_decref(object);
	return NULL;
}

static const char *
act_forge(struct sandbox *sb, struct span id)
{
	json_t *record = session_find(sb, id), *object;

	if (!record)
		return "no such session";
	object = json_deep_copy(json_object_get(record, "session"));
	json_object_set_new(object, "status", json_string("complete"));
	json_object_set_new(object, "payment_status", json_string("paid"));
	json_object_set_new(object, "payment_intent", json_string(provider_id_new("pi_3", 23).text));
	webhooks_forge(sb->webhooks, event_new("checkout.session.completed", object, SPAN_NONE, SPAN_NONE));
	json_decref(object);
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

static const struct {
	const char *name;
	act_run *run;
} acts[] = {
	{ "pay", act_pay }, { "decline", act_decline }, { "later", act_later }, { "later_fail", act_later_fail }, { "expire", act_expire },
	{ "refund_done", act_refund_done }, { "refund_fail", act_refund_fail }, { "dispute", act_dispute }, { "event", act_event },
	{ "forge", act_forge }, { "retry", act_retry },
};

static const char *
obey(struct sandbox *sb, const struct param *p)
{
	for (size_t i = 0; i < ARRAY_LEN(acts); i++)
		if (span_is(p->name, acts[i].name))
			return acts[i].run(sb, p->value);
	return orders_give(&sb->orders, p->name, p->value);
}

static void
take_orders(struct sandbox *sb, struct visit *v)
{
	struct complaint why = { .arena = v->arena };
	const char *wrong = NULL;
	struct params form;
	json_t *answer;
	size_t i = 0;

	if (!params_read(v->arena, v->body, &form, &why))
		wrong = why.message.p;
	for (; !wrong && i < form.n; i++) {
		wrong = obey(sb, &form.list[i]);
		log_info("control", "order=" PRSPAN "=" PRSPAN "%s%s", ARGSPAN(form.list[i].name), ARGSPAN(form.list[i].value),
		    wrong ? " wrong=" : "", wrong ? wrong : "");
	}
	answer = wrong ? json_pack("{s:s, s:I}", "wrong", wrong, "order", (json_int_t)i) : json_pack("{s:I}", "taken", (json_int_t)i);
	visit_answer_json(v, wrong ? 400 : 200, answer);
	json_decref(answer);
}

/* The objects, or with member NULL the records themselves, of a collection. */
static json_t *
all_of(struct sandbox *sb, const char *collection, const char *member)
{
	json_t *list = json_array(), *record;
	const char *id;

	json_object_foreach(store_all(&sb->store, collection), id, record)
		json_array_append(list, member ? json_object_get(record, member) : record);
	return list;
}

static void
show_state(struct sandbox *sb, struct visit *v)
{
	json_int_t waiting = 0;
	json_t *state;

	for (const struct visit *w = sb->door.waiting; w; w = w->next)
		waiting++;
	state = json_pack("{s:o, s:o, s:o, s:o, s:O, s:O, s:I}", "sessions", all_of(sb, "sessions", "session"),
	    "intents", all_of(sb, "intents", NULL), "refunds", all_of(sb, "refunds", "refund"), "events", all_of(sb, "events", NULL),
	    "forged", sb->forged, "requests", sb->requests, "waiting", waiting);
	visit_answer_json(v, 200, state);
	json_decref(state);
}

void
control_serve(struct sandbox *sb, struct visit *v)
{
	if (!api_allowed(sb, v))
		return;
	if (span_is(v->path, "/control") && v->method == VISIT_POST)
		take_orders(sb, v);
	else if (span_is(v->path, "/control/state") && v->method == VISIT_GET)
		show_state(sb, v);
	else
		api_unknown_path(v);
}
