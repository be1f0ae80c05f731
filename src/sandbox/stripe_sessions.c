/* stripe_sessions.c - Stripe's calls about checkout sessions: checking what is asked. What happens to a session is in purse.c. */
#include "base/base.h"

#include "base/money.h"
#include "sandbox/stripe.h"

#define SHORTEST_SECONDS (30 * 60)
#define LONGEST_SECONDS (24 * 3600)

#define LOCALES "auto bg cs da de el en en-GB es es-419 et fi fil fr fr-CA hi-IN hr hu id it ja ko lt lv ms mt nb nl pl pt pt-BR " \
	"ro ru sk sl sv th tr vi zh zh-HK zh-TW"

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
	{ "line_items[#][price_data][unit_amount]", PARAM_INT, 0, STRIPE_MOST_AMOUNT, NULL },
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
	STRIPE_EXPAND_RULE,
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

bool
play_stripe_missing(struct call *c, const char *param)
{
	complain(&c->why, 400, "parameter_missing", arena_copy(c->arena, span_of(param)), "Missing required param: %s.", param);
	return false;
}

bool
play_stripe_wrong(struct call *c, const char *code, const char *param, const char *message)
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
		return play_stripe_missing(c, arena_fmt(c->arena, PRSPAN "[price_data]", ARGSPAN(at)).p);
	for (size_t k = 0; k < ARRAY_LEN(wanted); k++)
		if (!json_object_get(price, wanted[k]))
			return play_stripe_missing(c, arena_fmt(c->arena, PRSPAN "[price_data][%s]", ARGSPAN(at), wanted[k]).p);
	if (!json_object_get(json_object_get(price, "product_data"), "name"))
		return play_stripe_missing(c, arena_fmt(c->arena, PRSPAN "[price_data][product_data][name]", ARGSPAN(at)).p);
	if (!json_object_get(line, "quantity"))
		return play_stripe_missing(c, arena_fmt(c->arena, PRSPAN "[quantity]", ARGSPAN(at)).p);
	if (!span_eq(json_span(price, "currency"), currency))
		return play_stripe_wrong(c, NULL, "line_items", "All line items must have the same currency.");
	return true;
}

bool
play_stripe_check_amount(struct call *c, int64_t amount, struct span currency, const char *param)
{
	if (amount > STRIPE_MOST_AMOUNT)
		return play_stripe_wrong(c, "amount_too_large", param, "The amount must be no more than 99999999.");
	if (amount && amount < least_amount(currency))
		return play_stripe_wrong(c, "amount_too_small", param, "The amount is below the minimum of its currency.");
	if (money_digits(play_stripe_code(c->arena, currency).p) == 3 && amount % 10)
		return play_stripe_wrong(c, "parameter_invalid_integer", param, "Amounts of three-decimal currencies must be divisible by 10.");
	return true;
}

static bool
check_amounts(struct call *c, const json_t *lines, int64_t *total)
{
	const json_t *line;
	struct span currency = json_span(json_object_get(json_array_get(lines, 0), "price_data"), "currency");
	size_t i;

	*total = 0;
	json_array_foreach(lines, i, line) {
		if (!check_line(c, line, i, currency))
			return false;
		*total += json_number(json_object_get(line, "price_data"), "unit_amount") * json_number(line, "quantity");
	}
	return play_stripe_check_amount(c, *total, currency, "line_items");
}

static bool
check_end(struct call *c, const json_t *asked)
{
	int64_t now = c->now_ms / 1000, end = json_number(asked, "expires_at");

	if (!json_object_get(asked, "expires_at"))
		return true;
	if (end < now + SHORTEST_SECONDS)
		return play_stripe_wrong(c, NULL, "expires_at", "The `expires_at` timestamp must be at least 30 minutes from Checkout Session creation.");
	if (end > now + LONGEST_SECONDS)
		return play_stripe_wrong(c, NULL, "expires_at", "The `expires_at` timestamp must be less than 24 hours from Checkout Session creation.");
	return true;
}

static bool
check_create(struct call *c, const json_t *asked, int64_t *total)
{
	const json_t *lines = json_object_get(asked, "line_items");

	if (!json_object_get(asked, "mode"))
		return play_stripe_missing(c, "mode");
	if (!json_says(asked, "mode", "payment"))
		return play_stripe_wrong(c, NULL, "mode", "The stand-in plays mode=payment only.");
	if (!json_array_size(lines))
		return play_stripe_missing(c, "line_items");
	if (!json_object_get(asked, "success_url"))
		return play_stripe_missing(c, "success_url");
	if (json_object_size(json_object_get(asked, "metadata")) > STRIPE_MOST_METADATA ||
	    json_object_size(json_object_get(json_object_get(asked, "payment_intent_data"), "metadata")) > STRIPE_MOST_METADATA)
		return play_stripe_wrong(c, NULL, "metadata", "You can have up to 50 metadata keys.");
	return check_end(c, asked) && check_amounts(c, lines, total);
}

/* The session as an answer, with what the call wanted to see in full. */
static json_t *
session_answer(struct call *c, const json_t *payment, const json_t *tree)
{
	const json_t *charge = purse_charge_of(c->sb, payment);
	json_t *session = play_stripe_session(c->sb, payment, charge), *what;
	size_t i;

	json_array_foreach(json_object_get(tree, "expand"), i, what) {
		if (strcmp(json_string_value(what), "line_items") == 0)
			json_object_set_new(session, "line_items", play_stripe_lines(payment));
		else if (charge)
			json_object_set_new(session, "payment_intent", play_stripe_intent(payment, charge));
	}
	return session;
}

static json_t *
session_open(struct call *c, const json_t *asked, int64_t total)
{
	struct provider_id id = play_stripe.new_id(ID_PAYMENT);
	const json_t *price = json_object_get(json_array_get(json_object_get(asked, "line_items"), 0), "price_data");
	int64_t end = json_object_get(asked, "expires_at") ? json_number(asked, "expires_at") * 1000 : c->now_ms + LONGEST_SECONDS * 1000;
	struct purse_ask ask = { .provider = &play_stripe, .id = span_of(id.text), .reference = json_span(asked, "client_reference_id"),
		.title = json_span(json_object_get(price, "product_data"), "name"), .email = json_span(asked, "customer_email"),
		.currency = play_stripe_code(c->arena, json_span(price, "currency")), .amount = total, .ends = end, .asked = asked };

	return purse_open(c->sb, &ask, c->now_ms);
}

json_t *
play_stripe_session_create(struct call *c)
{
	json_auto_t *asked = params_tree(&c->params, create_rules, ARRAY_LEN(create_rules), &c->why);
	json_t *payment, *answer;
	int64_t total;
	struct order o;

	if (!asked || !check_create(c, asked, &total))
		return NULL;
	c->began = true;
	payment = session_open(c, asked, total);
	answer = session_answer(c, payment, asked);
	if (orders_take(&c->sb->orders, c->v->scope, ORDER_CREATE, "paid", &o))
		purse_choose(c->sb, payment, ACT_PAY, c->now_ms);
	return answer;
}

static json_t *
session_or_complaint(struct call *c)
{
	json_t *payment = purse_payment(c->sb, c->id);

	if (payment && provider_of(payment) == &play_stripe && !json_yes(payment, "token"))
		return payment;
	return complain(&c->why, 404, "resource_missing", SPAN("session"), "No such checkout.session: " PRSPAN, ARGSPAN(c->id));
}

static const struct param_rule expand_rules[] = { STRIPE_EXPAND_RULE };

json_t *
play_stripe_session_read(struct call *c)
{
	json_auto_t *tree = params_tree(&c->params, expand_rules, ARRAY_LEN(expand_rules), &c->why);
	json_t *payment = tree ? session_or_complaint(c) : NULL;

	return payment ? session_answer(c, payment, tree) : NULL;
}

json_t *
play_stripe_session_expire(struct call *c)
{
	json_auto_t *tree = params_tree(&c->params, expand_rules, ARRAY_LEN(expand_rules), &c->why);
	json_t *payment = tree ? session_or_complaint(c) : NULL;

	if (!payment)
		return NULL;
	c->began = true;
	if (!purse_close(c->sb, payment, "expired"))
		return complain(&c->why, 400, NULL, SPAN_NONE, "Only Checkout Sessions with a status in [\"open\"] can be expired. This Checkout "
		    "Session has a status of `%s`.", purse_is(payment, "expired") ? "expired" : "complete");
	return session_answer(c, payment, tree);
}

static json_t *
listed(struct sandbox *sb, json_t *payment, const json_t *tree)
{
	struct span intent = json_span(tree, "payment_intent"), status = json_span(tree, "status");
	json_t *session;

	if (provider_of(payment) != &play_stripe || json_yes(payment, "token") ||
	    !play_stripe_created_within(json_number(payment, "created") / 1000, tree))
		return NULL;
	session = play_stripe_session(sb, payment, purse_charge_of(sb, payment));
	if ((!intent.n || span_eq(json_span(session, "payment_intent"), intent)) &&
	    (!status.n || span_eq(json_span(session, "status"), status)))
		return session;
	json_decref(session);
	return NULL;
}

json_t *
play_stripe_session_list(struct call *c)
{
	static const struct param_rule rules[] = {
		{ "payment_intent", PARAM_TEXT, 0, 0, NULL },
		{ "status", PARAM_WORD, 0, 0, "complete expired open" },
		STRIPE_CREATED_RULES,
		STRIPE_PAGE_RULES,
	};
	json_auto_t *tree = params_tree(&c->params, rules, ARRAY_LEN(rules), &c->why);

	return tree ? play_stripe_page(c, "payments", "/v1/checkout/sessions", tree, listed) : NULL;
}
