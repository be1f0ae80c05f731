/* api_sessions.c - the calls about checkout sessions: checking what is asked. What happens to a session is in sessions.c. */
#include "base/base.h"

#include "base/money.h"
#include "sandbox/api.h"
#include "sandbox/objects.h"
#include "sandbox/sessions.h"

#define SHORTEST_SECONDS (30 * 60)
#define LONGEST_SECONDS (24 * 3600)
#define MOST_AMOUNT 99999999
#define MOST_METADATA 50

#define LOCALES "auto bg cs da de el en en-GB es es-419 et fi fil fr fr-CA hi-IN hr hu id it ja ko lt lv ms mt nb nl pl pt pt-BR " \
	"ro ru sk sl sv th tr vi zh zh-HK zh-TW"
#define EXPAND_RULE { "expand[#]", PARAM_WORD, 0, 0, "line_items payment_intent" }

/* What the stand-in knows of the call. The real one knows more; what we do not send is refused here, so that it shows. */
static const struct param_rule create_rules[] = {
	{ "mode", PARAM_WORD, 0, 0, "payment setup subscription" },
	{ "client_reference_id", PARAM_TEXT, 0, 200, NULL },
	{ "success_url", PARAM_URL, 0, 0, NULL },
	{ "cancel_url", PARAM_URL, 0, 0, NULL },
	{ "customer_email", PARAM_EMAIL, 0, 0, NULL },
	{ "expires_at", PARAM_INT, 0, INT64_MAX, NULL },
	{ "locale", PARAM_WORD, 0, 0, LOCALES },
	{ "submit_type", PARAM_WORD, 0, 0, "auto book donate pay subscribe" },
	{ "ui_mode", PARAM_WORD, 0, 0, "hosted_page" },
	{ "line_items[#][quantity]", PARAM_INT, 1, 999999, NULL },
	{ "line_items[#][price_data][currency]", PARAM_CURRENCY, 0, 0, NULL },
	{ "line_items[#][price_data][unit_amount]", PARAM_INT, 0, MOST_AMOUNT, NULL },
	{ "line_items[#][price_data][tax_behavior]", PARAM_WORD, 0, 0, "exclusive inclusive unspecified" },
	{ "line_items[#][price_data][product_data][name]", PARAM_TEXT, 0, 0, NULL },
	{ "line_items[#][price_data][product_data][description]", PARAM_TEXT, 0, 40000, NULL },
	{ "line_items[#][price_data][product_data][images][#]", PARAM_URL, 0, 0, NULL },
	{ "line_items[#][price_data][product_data][metadata][*]", PARAM_TEXT, 0, 500, NULL },
	{ "metadata[*]", PARAM_TEXT, 0, 500, NULL },
	{ "payment_intent_data[description]", PARAM_TEXT, 0, 1000, NULL },
	{ "payment_intent_data[receipt_email]", PARAM_EMAIL, 0, 0, NULL },
	{ "payment_intent_data[statement_descriptor]", PARAM_TEXT, 0, 22, NULL },
	{ "payment_intent_data[statement_descriptor_suffix]", PARAM_TEXT, 0, 22, NULL },
	{ "payment_intent_data[metadata][*]", PARAM_TEXT, 0, 500, NULL },
	EXPAND_RULE,
};

/* The least that a session may cost, by the settlement currency's table; minor units. */
static int64_t
least_amount(struct span currency)
{
	static const struct {
		const char *code;
		int64_t least;
	} table[] = {
		{ "gbp", 30 }, { "jpy", 50 }, { "hkd", 400 }, { "mxn", 1000 }, { "sek", 300 }, { "nok", 300 }, { "dkk", 250 },
		{ "pln", 200 }, { "ron", 200 }, { "aed", 200 }, { "myr", 200 }, { "czk", 1500 }, { "huf", 17500 }, { "thb", 1000 },
	};

	for (size_t i = 0; i < ARRAY_LEN(table); i++)
		if (span_is(currency, table[i].code))
			return table[i].least;
	return 50;
}

static bool
missing(struct call *c, const char *param)
{
	complain(&c->why, 400, "parameter_missing", arena_copy(c->arena, span_of(param)), "Missing required param: %s.", param);
	return false;
}

static bool
wrong(struct call *c, const char *code, const char *param, const char *message)
{
	complain(&c->why, 400, code, span_of(param), "%s", message);
	return false;
}

static bool
check_line(struct call *c, const json_t *line, size_t i, struct span currency)
{
	const json_t *price = json_object_get(line, "price_data");
	static const char *const wanted[] = { "currency", "unit_amount", "product_data" };
	struct span at = arena_fmt(c->arena, "line_items[%zu]", i);

	if (!price)
		return missing(c, arena_fmt(c->arena, PRSPAN "[price_data]", ARGSPAN(at)).p);
	for (size_t k = 0; k < ARRAY_LEN(wanted); k++)
		if (!json_object_get(price, wanted[k]))
			return missing(c, arena_fmt(c->arena, PRSPAN "[price_data][%s]", ARGSPAN(at), wanted[k]).p);
	if (!json_object_get(json_object_get(price, "product_data"), "name"))
		return missing(c, arena_fmt(c->arena, PRSPAN "[price_data][product_data][name]", ARGSPAN(at)).p);
	if (!json_object_get(line, "quantity"))
		return missing(c, arena_fmt(c->arena, PRSPAN "[quantity]", ARGSPAN(at)).p);
	if (!span_eq(json_span(price, "currency"), currency))
		return wrong(c, NULL, "line_items", "All line items must have the same currency.");
	return true;
}

static bool
check_amounts(struct call *c, const json_t *lines)
{
	const json_t *line;
	struct span currency = json_span(json_object_get(json_array_get(lines, 0), "price_data"), "currency");
	char code[4] = { 0 };
	int64_t total = 0;
	size_t i;

	json_array_foreach(lines, i, line) {
		if (!check_line(c, line, i, currency))
			return false;
		total += json_number(json_object_get(line, "price_data"), "unit_amount") * json_number(line, "quantity");
	}
	for (i = 0; i < 3; i++)
		code[i] = (char)(currency.p[i] - 'a' + 'A');
	if (total > MOST_AMOUNT)
		return wrong(c, "amount_too_large", "line_items", "The Checkout Session's total amount must be no more than 99999999.");
	if (total && total < least_amount(currency))
		return wrong(c, "amount_too_small", "line_items", "The Checkout Session's total amount due is below the minimum of its currency.");
	if (money_digits(code) == 3 && total % 10)
		return wrong(c, "parameter_invalid_integer", "line_items", "Amounts of three-decimal currencies must be divisible by 10.");
	return true;
}

static bool
check_end(struct call *c, const json_t *asked)
{
	int64_t now = c->now_ms / 1000, end = json_number(asked, "expires_at");

	if (!json_object_get(asked, "expires_at"))
		return true;
	if (end < now + SHORTEST_SECONDS)
		return wrong(c, NULL, "expires_at", "The `expires_at` timestamp must be at least 30 minutes from Checkout Session creation.");
	if (end > now + LONGEST_SECONDS)
		return wrong(c, NULL, "expires_at", "The `expires_at` timestamp must be less than 24 hours from Checkout Session creation.");
	return true;
}

static bool
check_create(struct call *c, const json_t *asked)
{
	const json_t *lines = json_object_get(asked, "line_items");

	if (!json_object_get(asked, "mode"))
		return missing(c, "mode");
	if (!span_is(json_span(asked, "mode"), "payment"))
		return wrong(c, NULL, "mode", "The stand-in plays mode=payment only.");
	if (!json_array_size(lines))
		return missing(c, "line_items");
	if (!json_object_get(asked, "success_url"))
		return missing(c, "success_url");
	if (json_object_size(json_object_get(asked, "metadata")) > MOST_METADATA ||
	    json_object_size(json_object_get(json_object_get(asked, "payment_intent_data"), "metadata")) > MOST_METADATA)
		return wrong(c, NULL, "metadata", "You can have up to 50 metadata keys.");
	return check_end(c, asked) && check_amounts(c, lines);
}

/* The session as an answer, with what the call wanted to see in full. */
static json_t *
session_answer(struct call *c, const json_t *record, const json_t *tree)
{
	json_t *session = json_copy(json_object_get(record, "session")), *what, *intent;
	size_t i;

	json_array_foreach(json_object_get(tree, "expand"), i, what) {
		if (strcmp(json_string_value(what), "line_items") == 0) {
			json_object_set(session, "line_items", json_object_get(record, "lines"));
			continue;
		}
		intent = store_get(&c->sb->store, "intents", json_span(session, "payment_intent"));
		if (intent)
			json_object_set_new(session, "payment_intent", object_intent(intent));
	}
	return session;
}

json_t *
api_session_create(struct call *c)
{
	json_auto_t *asked = params_tree(&c->params, create_rules, ARRAY_LEN(create_rules), &c->why);
	json_t *record, *answer;
	struct order o;

	if (!asked || !check_create(c, asked))
		return NULL;
	c->began = true;
	record = session_open(c->sb, asked, c->now_ms);
	answer = session_answer(c, record, asked);
	if (orders_take(&c->sb->orders, ORDER_CREATE, "paid", &o))
		session_act(c->sb, record, ACT_PAY, c->now_ms);
	return answer;
}

static json_t *
record_or_complaint(struct call *c)
{
	json_t *record = session_find(c->sb, c->id);

	if (!record)
		complain(&c->why, 404, "resource_missing", SPAN("session"), "No such checkout.session: " PRSPAN, ARGSPAN(c->id));
	return record;
}

static const struct param_rule expand_rules[] = { EXPAND_RULE };

json_t *
api_session_read(struct call *c)
{
	json_auto_t *tree = params_tree(&c->params, expand_rules, ARRAY_LEN(expand_rules), &c->why);
	json_t *record = tree ? record_or_complaint(c) : NULL;

	return record ? session_answer(c, record, tree) : NULL;
}

json_t *
api_session_expire(struct call *c)
{
	json_auto_t *tree = params_tree(&c->params, expand_rules, ARRAY_LEN(expand_rules), &c->why);
	json_t *record = tree ? record_or_complaint(c) : NULL;
	struct span status;

	if (!record)
		return NULL;
	c->began = true;
	status = json_span(json_object_get(record, "session"), "status");
	if (!session_is_open(record))
		return complain(&c->why, 400, NULL, SPAN_NONE, "Only Checkout Sessions with a status in [\"open\"] can be expired. This Checkout "
		    "Session has a status of `" PRSPAN "`.", ARGSPAN(status));
	session_expire(c->sb, record);
	return session_answer(c, record, tree);
}

static bool
session_wanted(const json_t *record, const json_t *tree)
{
	const json_t *session = json_object_get(record, "session");
	struct span intent = json_span(tree, "payment_intent"), status = json_span(tree, "status");

	return (!intent.n || span_eq(json_span(session, "payment_intent"), intent)) &&
	    (!status.n || span_eq(json_span(session, "status"), status));
}

json_t *
api_session_list(struct call *c)
{
	static const struct param_rule rules[] = {
		{ "payment_intent", PARAM_TEXT, 0, 0, NULL },
		{ "status", PARAM_WORD, 0, 0, "complete expired open" },
		API_PAGE_RULES,
	};
	json_auto_t *tree = params_tree(&c->params, rules, ARRAY_LEN(rules), &c->why);

	return tree ? api_page(c, "sessions", "session", "/v1/checkout/sessions", tree, session_wanted) : NULL;
}
