/* orders.c - see orders.h. */
#include "base/base.h"

#include "sandbox/orders.h"


enum number_kind { NUMBER_NONE, NUMBER_TIME, NUMBER_STATUS };

static const struct grammar {
	const char *name;
	enum order_kind kind;
	enum number_kind number;
	const char *const *whats;
} grammar[] = {
#define WHATS(...) (const char *const[]){ __VA_ARGS__, NULL }
#define ANY_CALL WHATS("create", "read", "list", "expire", "refund", "refund_read", "refund_list", "events", "event_read", "any")
	{ "hang", ORDER_HANG, NUMBER_TIME, ANY_CALL },
	{ "slow", ORDER_SLOW, NUMBER_TIME, ANY_CALL },
	{ "fail", ORDER_FAIL, NUMBER_STATUS, ANY_CALL },
	{ "break", ORDER_BREAK, NUMBER_NONE, ANY_CALL },
	{ "lose", ORDER_LOSE, NUMBER_NONE, ANY_CALL },
	{ "lie", ORDER_LIE, NUMBER_NONE, WHATS("wrong_amount", "wrong_currency", "live", "unknown_reference") },
	{ "create", ORDER_CREATE, NUMBER_NONE, WHATS("paid") },
	{ "refund", ORDER_REFUND, NUMBER_NONE, WHATS("pending", "fail") },
	{ "refund", ORDER_REFUND, NUMBER_TIME, WHATS("later", "fail_later") },
	{ "webhook", ORDER_WEBHOOK, NUMBER_NONE, WHATS("twice", "forge", "stale", "unsigned", "wrong_amount", "wrong_currency",
	    "unknown_reference") },
	{ "webhook", ORDER_FIRST, NUMBER_NONE, WHATS("before_answer") },
};

void
orders_clear(struct orders *os)
{
	*os = (struct orders){ .late = 5000 };
}

static bool
time_read(struct span s, int64_t *ms)
{
	if (s.n > 2 && s.p[s.n - 2] == 'm' && s.p[s.n - 1] == 's')
		return span_int((struct span){ s.p, s.n - 2 }, 0, 3600000, ms);
	if (!span_int(s, 0, 3600, ms))
		return false;
	*ms *= 1000;
	return true;
}

/* Settings that stay until changed. False: it is none of these. */
static bool
setting_give(struct orders *os, struct span name, struct span value)
{
	struct span rest = value, head = span_cut(&rest, ':');

	if (span_is(name, "late") && (span_is(value, "succeed") || span_is(value, "fail"))) {
		os->late_fails = span_is(value, "fail");
		return true;
	}
	if (span_is(name, "late"))
		return time_read(value, &os->late);
	if (!span_is(name, "webhook"))
		return false;
	if (span_is(value, "off"))
		return os->webhooks_off = true;
	if (span_is(value, "reorder"))
		return os->reorder = true;
	if (span_is(head, "delay"))
		return time_read(rest, &os->webhook_delay);
	if (!span_is(value, "on"))
		return false;
	os->webhooks_off = os->reorder = false;
	os->webhook_delay = 0;
	for (size_t i = 0; i < os->n;) {
		if (os->list[i].kind == ORDER_WEBHOOK || os->list[i].kind == ORDER_FIRST)
			memmove(&os->list[i], &os->list[i + 1], (--os->n - i) * sizeof(os->list[0]));
		else
			i++;
	}
	return true;
}

static const char *
what_of(const struct grammar *g, struct span word)
{
	for (const char *const *what = g->whats; *what; what++)
		if (span_is(word, *what))
			return *what;
	return NULL;
}

static const struct grammar *
grammar_of(struct span name, struct span word, const char **what)
{
	for (size_t i = 0; i < ARRAY_LEN(grammar); i++)
		if (span_is(name, grammar[i].name) && (*what = what_of(&grammar[i], word)))
			return &grammar[i];
	return NULL;
}

const char *
orders_give(struct orders *os, struct span name, struct span value)
{
	struct span rest = value, word = span_cut(&rest, ':'), number;
	struct order o = { .left = 1 };
	const struct grammar *g;

	if (span_is(name, "clear")) {
		orders_clear(os);
		return NULL;
	}
	if (setting_give(os, name, value))
		return NULL;
	g = grammar_of(name, word, &o.what);
	if (!g)
		return "no such order";
	o.kind = g->kind;
	if (g->number != NUMBER_NONE) {
		number = span_cut(&rest, ':');
		if (g->number == NUMBER_TIME ? !time_read(number, &o.number) : !span_int(number, 400, 599, &o.number))
			return g->number == NUMBER_TIME ? "a time is missing" : "a status is missing";
	}
	if (rest.n && !span_int(rest, 1, 1000000, &o.left))
		return "the count is no number";
	if (os->n == ORDERS_MAX)
		return "too many orders";
	os->list[os->n++] = o;
	return NULL;
}

bool
orders_take(struct orders *os, enum order_kind kind, const char *what, struct order *out)
{
	for (size_t i = 0; i < os->n; i++) {
		struct order *o = &os->list[i];

		if (o->kind != kind || (what && strcmp(o->what, what) != 0 && strcmp(o->what, "any") != 0))
			continue;
		*out = *o;
		if (--o->left == 0)
			memmove(o, o + 1, (--os->n - i) * sizeof(*o));
		return true;
	}
	return false;
}
