/*
 * test_sandbox_schema.c - the stand-in's objects against the provider's published schema: every member that must be there is,
 * none has a name or type that the schema does not know. The schema is read in place (FOYER_FACTS, or ../shared/facts beside the
 * source); without it the tests are skipped.
 */
#include "base/base.h"

#include <setjmp.h>

#include <cmocka.h>

#include "base/crypto.h"
#include "base/files.h"
#include "sandbox/events.h"
#include "sandbox/objects.h"
#include "sandbox/refunds.h"
#include "sandbox/sessions.h"

#define NOW INT64_C(1790000000000)

struct published {
	struct arena *arena;
	json_t *root;			/* NULL: not at hand */
	struct sandbox_options options;
	struct sandbox sandbox;
};

static struct span
schema_text(struct arena *a)
{
	const char *folder = getenv("FOYER_FACTS"), *source = getenv("srcdir");
	struct span text, path = folder ? arena_fmt(a, "%s/stripe-subset.json", folder) :
	    arena_fmt(a, "%s/../shared/facts/stripe-subset.json", source ? source : ".");

	return file_read(a, path.p, 2 * MiB, &text) ? text : SPAN_NONE;
}

static int
open_schema(void **state)
{
	struct arena *a = arena_new(16 * MiB);
	struct published *p = ARENA_NEW(a, struct published);
	struct span text = schema_text(a);

	p->arena = a;
	p->root = text.n ? json_loadb(text.p, text.n, 0, NULL) : NULL;
	p->options.public_url = "http://127.0.0.1:8081";
	p->sandbox.options = &p->options;
	orders_clear(&p->sandbox.orders);
	store_open(&p->sandbox.store, NULL);
	*state = p;
	return 0;
}

static int
close_schema(void **state)
{
	struct published *p = *state;

	json_decref(p->root);
	store_close(&p->sandbox.store);
	arena_free(p->arena);
	return 0;
}

static bool fits(struct arena *, const json_t *value, const json_t *schema, const char *at, bool loud);

static bool
misfit(bool loud, const char *at, const char *why)
{
	if (loud)
		print_error("%s: %s\n", at, why);
	return false;
}

static bool
type_fits(const json_t *value, struct span type)
{
	return !type.n || (span_is(type, "string") && json_is_string(value)) || (span_is(type, "integer") && json_is_integer(value)) ||
	    (span_is(type, "number") && json_is_number(value)) || (span_is(type, "boolean") && json_is_boolean(value)) ||
	    (span_is(type, "object") && json_is_object(value)) || (span_is(type, "array") && json_is_array(value));
}

static bool
members_fit(struct arena *a, const json_t *value, const json_t *schema, const char *at, bool loud)
{
	const json_t *known = json_object_get(schema, "properties"), *more = json_object_get(schema, "additionalProperties");
	json_t *member, *name;
	const char *key;
	size_t i;

	json_array_foreach(json_object_get(schema, "required"), i, name)
		if (!json_object_get(value, json_string_value(name)))
			return misfit(loud, at, arena_fmt(a, "%s is missing", json_string_value(name)).p);
	json_object_foreach((json_t *)value, key, member) {
		const json_t *rule = known ? json_object_get(known, key) : NULL;

		if (known && !rule && !more)
			return misfit(loud, at, arena_fmt(a, "%s is not known", key).p);
		if (!rule && json_is_object(more))
			rule = more;
		if (rule && !fits(a, member, rule, arena_fmt(a, "%s.%s", at, key).p, loud))
			return false;
	}
	return true;
}

static bool
word_fits(const json_t *value, const json_t *words)
{
	json_t *word;
	size_t i;

	json_array_foreach(words, i, word)
		if (json_equal(word, value))
			return true;
	return !words || !json_is_string(value);
}

static bool
fits(struct arena *a, const json_t *value, const json_t *schema, const char *at, bool loud)
{
	const json_t *any = json_object_get(schema, "anyOf"), *items = json_object_get(schema, "items");
	json_t *one;
	size_t i;

	json_array_foreach(any, i, one)
		if (fits(a, value, one, at, false))
			return true;
	if (any)
		return misfit(loud, at, "none of its kinds");
	if (json_is_null(value))
		return json_is_true(json_object_get(schema, "nullable")) || misfit(loud, at, "is null");
	if (!type_fits(value, json_span(schema, "type")))
		return misfit(loud, at, "wrong type");
	if (!word_fits(value, json_object_get(schema, "enum")) || !word_fits(value, json_object_get(schema, "x-known-values")))
		return misfit(loud, at, "not one of its words");
	json_array_foreach(value, i, one)
		if (items && !fits(a, one, items, at, loud))
			return false;
	return !json_is_object(value) || members_fit(a, value, schema, at, loud);
}

static void
assert_fits(struct published *p, const json_t *value, const char *name)
{
	const json_t *schema = json_object_get(json_object_get(json_object_get(p->root, "components"), "schemas"), name);

	assert_non_null(schema);
	assert_true(fits(p->arena, value, schema, name, true));
}

/* A session paid for, as a call asks for it. */
static json_t *
open_session(struct published *p)
{
	json_t *asked = json_pack("{s:s, s:s, s:s, s:s, s:s, s:I, s:[{s:i, s:{s:s, s:i, s:{s:s}}}], s:{s:s}}", "mode", "payment",
	    "success_url", "http://shop.example/", "cancel_url", "http://shop.example/no", "client_reference_id", "p1", "customer_email",
	    "a@b.example", "expires_at", (json_int_t)(NOW / 1000 + 1800), "line_items", "quantity", 2, "price_data", "currency", "gbp",
	    "unit_amount", 1550, "product_data", "name", "C7", "metadata", "ref", "p1");
	json_t *record = session_open(&p->sandbox, asked, NOW);

	json_decref(asked);
	return record;
}

static struct published *
at_hand(void **state)
{
	struct published *p = *state;

	if (!p->root)
		skip();
	return p;
}

static void
sessions_are_as_published_in_every_state(void **state)
{
	struct published *p = at_hand(state);
	json_t *one = open_session(p), *two = open_session(p), *three = open_session(p);

	assert_fits(p, json_object_get(one, "session"), "checkout.session");
	session_act(&p->sandbox, one, ACT_PAY, NOW);
	assert_fits(p, json_object_get(one, "session"), "checkout.session");
	session_act(&p->sandbox, two, ACT_LATER, NOW);
	assert_fits(p, json_object_get(two, "session"), "checkout.session");
	session_expire(&p->sandbox, three);
	assert_fits(p, json_object_get(three, "session"), "checkout.session");
}

static void
refunds_are_as_published_in_every_state(void **state)
{
	struct published *p = at_hand(state);
	json_t *record = open_session(p), *intent, *refund;

	session_act(&p->sandbox, record, ACT_PAY, NOW);
	intent = intent_find(&p->sandbox, json_span(json_object_get(record, "session"), "payment_intent"));
	refund = refund_open(&p->sandbox, intent, 100, NULL, NULL, NOW);
	assert_fits(p, json_object_get(refund, "refund"), "refund");
	refund_move(&p->sandbox, refund, "failed");
	assert_fits(p, json_object_get(refund, "refund"), "refund");
}

static void
events_and_lists_are_as_published(void **state)
{
	struct published *p = at_hand(state);
	json_t *record = open_session(p), *list, *told;
	const char *id;

	session_act(&p->sandbox, record, ACT_PAY, NOW);
	json_object_foreach(store_all(&p->sandbox.store, "events"), id, told)
		assert_fits(p, json_object_get(told, "event"), "event");
	list = object_list(json_array(), "/v1/refunds", false);
	assert_fits(p, list, "list");
	json_decref(list);
}

/* The test's own eyes: what is wrong must be seen. */
static void
a_member_missing_unknown_or_of_another_type_is_seen(void **state)
{
	struct published *p = at_hand(state);
	const json_t *schema = json_object_get(json_object_get(json_object_get(p->root, "components"), "schemas"), "refund");
	json_t *record = open_session(p), *refund;

	session_act(&p->sandbox, record, ACT_PAY, NOW);
	refund = object_refund(intent_find(&p->sandbox, json_span(json_object_get(record, "session"), "payment_intent")), 100, NOW / 1000);
	assert_true(fits(p->arena, refund, schema, "refund", true));
	json_object_set_new(refund, "colour", json_string("red"));
	assert_false(fits(p->arena, refund, schema, "refund", false));
	json_object_del(refund, "colour");
	json_object_set_new(refund, "amount", json_string("100"));
	assert_false(fits(p->arena, refund, schema, "refund", false));
	json_object_del(refund, "amount");
	assert_false(fits(p->arena, refund, schema, "refund", false));
	json_decref(refund);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_schema, close_schema)
	const struct CMUnitTest tests[] = {
		TEST(sessions_are_as_published_in_every_state),
		TEST(refunds_are_as_published_in_every_state),
		TEST(events_and_lists_are_as_published),
		TEST(a_member_missing_unknown_or_of_another_type_is_seen),
	};

	log_open("test_sandbox_schema", LOG_LEVEL_ERROR);
	crypto_start();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
