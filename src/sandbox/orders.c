/* orders.c - see orders.h. */
#include "base/base.h"

#include "sandbox/orders.h"
#include "sandbox/provider.h"

enum number_kind { NUMBER_NONE, NUMBER_TIME, NUMBER_STATUS };

static const struct grammar {
	const char *name;
	enum order_kind kind;
	enum number_kind number;
	const char *const *whats;		/* NULL: a time stands there */
} grammar[] = {
#define WHATS(...) (const char *const[]){ __VA_ARGS__, NULL }
#define ANY_CALL WHATS("create", "read", "list", "expire", "cancel", "capture", "refund", "refund_read", "refund_list", "events", \
	"event_read", "token", "verify", "certificate", "page", "any")
	{ "hang", ORDER_HANG, NUMBER_TIME, ANY_CALL },
	{ "slow", ORDER_SLOW, NUMBER_TIME, ANY_CALL },
	{ "fail", ORDER_FAIL, NUMBER_STATUS, ANY_CALL },
	{ "break", ORDER_BREAK, NUMBER_NONE, ANY_CALL },
	{ "mislead", ORDER_MISLEAD, NUMBER_STATUS, ANY_CALL },
	{ "lose", ORDER_LOSE, NUMBER_NONE, ANY_CALL },
	{ "charge", ORDER_CHARGE, NUMBER_NONE, WHATS("decline", "pending") },
	{ "charge", ORDER_CHARGE, NUMBER_TIME, WHATS("later", "later_fail") },
	{ "lie", ORDER_LIE, NUMBER_NONE, WHATS("wrong_amount", "wrong_currency", "live", "unknown_reference") },
	{ "create", ORDER_CREATE, NUMBER_NONE, WHATS("paid") },
	{ "late", ORDER_LATE_END, NUMBER_NONE, WHATS("succeed", "fail") },
	{ "late", ORDER_LATE, NUMBER_TIME, NULL },
	{ "refund", ORDER_REFUND, NUMBER_NONE, WHATS("pending", "fail") },
	{ "refund", ORDER_REFUND, NUMBER_TIME, WHATS("later", "fail_later") },
	{ "webhook", ORDER_WEBHOOK, NUMBER_NONE, WHATS("twice", "never", "forge", "tamper", "stale", "unsigned", "elsewhere",
	    "wrong_amount", "wrong_currency", "unknown_reference") },
	{ "webhook", ORDER_WEBHOOK, NUMBER_TIME, WHATS("late") },
	{ "webhook", ORDER_FIRST, NUMBER_NONE, WHATS("before_answer") },
	{ "webhook", ORDER_OFF, NUMBER_NONE, WHATS("off") },
	{ "webhook", ORDER_REORDER, NUMBER_NONE, WHATS("reorder") },
	{ "webhook", ORDER_DELAY, NUMBER_TIME, WHATS("delay") },
};

static bool
stays(enum order_kind kind)
{
	return kind >= ORDER_LATE;
}

static bool
about_webhooks(enum order_kind kind)
{
	return kind == ORDER_WEBHOOK || kind == ORDER_FIRST || kind == ORDER_OFF || kind == ORDER_REORDER || kind == ORDER_DELAY;
}

void
orders_clear(struct orders *os)
{
	os->n = 0;
}

static void
forget(struct orders *os, size_t i)
{
	memmove(&os->list[i], &os->list[i + 1], (--os->n - i) * sizeof(os->list[0]));
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

static const char *
what_of(const struct grammar *g, struct span word)
{
	for (const char *const *what = g->whats; what && *what; what++)
		if (span_is(word, *what))
			return *what;
	return g->whats ? NULL : "";
}

static const struct grammar *
grammar_of(struct span name, struct span word, const char **what)
{
	for (size_t i = 0; i < ARRAY_LEN(grammar); i++)
		if (span_is(name, grammar[i].name) && (*what = what_of(&grammar[i], word)))
			return &grammar[i];
	return NULL;
}

/* The number and the count behind the word; NULL when they are well. */
static const char *
numbers_read(const struct grammar *g, struct span rest, struct order *o)
{
	struct span number;

	if (g->number != NUMBER_NONE) {
		number = span_cut(&rest, ':');
		if (g->number == NUMBER_TIME && !time_read(number, &o->number))
			return "a time is missing";
		if (g->number == NUMBER_STATUS && !span_int(number, 400, 599, &o->number))
			return "a status is missing";
	}
	o->left = stays(o->kind) ? 0 : 1;
	if (rest.n && (stays(o->kind) || !span_int(rest, 1, 1000000, &o->left)))
		return "the count is no number";
	return NULL;
}

static bool
same_scope(const struct order *a, const struct order *b)
{
	return a->provider == b->provider && strcmp(a->at, b->at) == 0;
}

static const char *
clear(struct orders *os, struct span which)
{
	int64_t serial;

	if (span_is(which, "all")) {
		orders_clear(os);
		return NULL;
	}
	if (!span_int(which, 1, INT64_MAX, &serial))
		return "clear what?";
	for (size_t i = 0; i < os->n; i++) {
		if (os->list[i].serial == serial) {
			forget(os, i);
			break;
		}
	}
	return NULL;		/* one that was used up meanwhile is cleared too */
}

static const char *
webhooks_on(struct orders *os, const struct order *scope)
{
	for (size_t i = 0; i < os->n;) {
		if (about_webhooks(os->list[i].kind) && same_scope(&os->list[i], scope))
			forget(os, i);
		else
			i++;
	}
	return NULL;
}

/* "razorpay.fail" → "fail", and o->provider. False: there is no such provider. */
static bool
provider_read(struct span *name, struct order *o)
{
	struct span rest = *name, first = span_cut(&rest, '.');
	const struct provider *p = provider_named(first);

	if (!memchr(name->p, '.', name->n))
		return true;
	if (!p)
		return false;
	o->provider = p->name;
	*name = rest;
	return true;
}

const char *
orders_give(struct orders *os, struct span at, struct span name, struct span value)
{
	struct span rest = value, word = span_cut(&rest, ':'), given = name;
	struct order o = { .what = NULL };
	const struct grammar *g;
	const char *wrong;

	if (at.n >= sizeof(o.at) || name.n + value.n + 2 > sizeof(o.text))
		return "too long";
	if (span_is(name, "clear"))
		return clear(os, value);
	if (!provider_read(&name, &o))
		return "no such provider";
	memcpy(o.at, at.p, at.n);
	if (span_is(name, "webhook") && span_is(value, "on"))
		return webhooks_on(os, &o);
	g = grammar_of(name, word, &o.what);
	if (!g)
		return "no such order";
	o.kind = g->kind;
	if (strcmp(o.what, "cancel") == 0)
		o.what = "expire";
	wrong = numbers_read(g, g->whats ? rest : value, &o);
	if (wrong)
		return wrong;
	for (size_t i = os->n; stays(o.kind) && i > 0; i--)
		if (os->list[i - 1].kind == o.kind && same_scope(&os->list[i - 1], &o))
			forget(os, i - 1);
	if (os->n == ORDERS_MAX)
		return "too many orders";
	o.serial = ++os->serial;
	snprintf(o.text, sizeof(o.text), PRSPAN "=" PRSPAN, ARGSPAN(given), ARGSPAN(value));
	os->list[os->n++] = o;
	return NULL;
}

static bool
concerns(const struct order *o, struct scope about)
{
	if (o->provider && (!about.provider || strcmp(o->provider, about.provider) != 0))
		return false;
	return !o->at[0] || span_is(about.reference, o->at) || span_is(about.id, o->at);
}

/* "any" is any call, so the page, which is none, must be named. */
static bool
what_fits(const struct order *o, const char *what)
{
	return !what || strcmp(o->what, what) == 0 || (strcmp(o->what, "any") == 0 && strcmp(what, "page") != 0);
}

bool
orders_take(struct orders *os, struct scope about, enum order_kind kind, const char *what, struct order *out)
{
	for (size_t i = 0; i < os->n; i++) {
		struct order *o = &os->list[i];

		if (o->kind != kind || !concerns(o, about) || !what_fits(o, what))
			continue;
		*out = *o;
		if (--o->left == 0)
			forget(os, i);
		return true;
	}
	return false;
}

const struct order *
orders_setting(const struct orders *os, struct scope about, enum order_kind kind)
{
	for (size_t i = os->n; i > 0; i--)
		if (os->list[i - 1].kind == kind && concerns(&os->list[i - 1], about))
			return &os->list[i - 1];
	return NULL;
}
