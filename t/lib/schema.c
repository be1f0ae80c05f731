/* schema.c - see schema.h. */
#include "schema.h"

#include <glib.h>

#include "t/lib/facts.h"
#include "sandbox/members.h"

struct looking {
	struct schema *schema;
	bool loud;
};

bool
schema_open(struct schema *s, struct arena *a, const char *file, bool whole)
{
	*s = (struct schema){ a, facts_read(a, file), whole };
	return s->root != NULL;
}

void
schema_close(struct schema *s)
{
	json_decref(s->root);
}

static bool fits(struct looking *, const json_t *value, const json_t *rule, const char *at);

static bool
misfit(struct looking *l, const char *at, const char *why)
{
	if (l->loud)
		fprintf(stderr, "%s: %s\n", at, why);
	return false;
}

static const json_t *
named(struct schema *s, struct span name)
{
	return json_object_getn(json_object_get(json_object_get(s->root, "components"), "schemas"), name.p, name.n);
}

/* "#/components/schemas/NAME" */
static const json_t *
resolved(struct looking *l, const json_t *rule)
{
	struct span ref = json_span(rule, "$ref"), last = ref;

	while (memchr(ref.p, '/', ref.n)) {
		span_cut(&ref, '/');
		last = ref;
	}
	return last.n ? named(l->schema, last) : rule;
}

/* The rule of a member, here or in any part that this is made of. */
static const json_t *
member_rule(struct looking *l, const json_t *rule, const char *key, bool *some)
{
	const json_t *found = json_object_get(json_object_get(rule, "properties"), key), *part;
	size_t i;

	*some |= json_object_get(rule, "properties") != NULL;
	json_array_foreach(json_object_get(rule, "allOf"), i, part)
		if (!found)
			found = member_rule(l, resolved(l, part), key, some);
	return found;
}

static bool
open_to_more(struct looking *l, const json_t *rule)
{
	const json_t *more = json_object_get(rule, "additionalProperties"), *part;
	size_t i;

	if (json_is_true(more) || json_is_object(more) || json_object_get(rule, "x-expandable"))
		return true;		/* of what was expanded only the id is described */
	json_array_foreach(json_object_get(rule, "allOf"), i, part)
		if (open_to_more(l, resolved(l, part)))
			return true;
	return false;
}

static bool
members_fit(struct looking *l, const json_t *value, const json_t *rule, const char *at)
{
	const json_t *more = json_object_get(rule, "additionalProperties"), *of;
	struct arena *a = l->schema->arena;
	json_t *member;
	const char *key;

	json_object_foreach((json_t *)value, key, member) {
		bool some = false;

		of = member_rule(l, rule, key, &some);
		if (!of && json_is_object(more))
			of = more;
		if (!of && ((some && l->schema->whole && !open_to_more(l, rule)) || json_is_false(more)))
			return misfit(l, at, arena_fmt(a, "%s is not known", key).p);
		if (of && !fits(l, member, of, arena_fmt(a, "%s.%s", at, key).p))
			return false;
	}
	return true;
}

static bool
required_fit(struct looking *l, const json_t *value, const json_t *rule, const char *at)
{
	const json_t *name, *part;
	size_t i;

	json_array_foreach(json_object_get(rule, "required"), i, name)
		if (!json_object_get(value, json_string_value(name)))
			return misfit(l, at, arena_fmt(l->schema->arena, "%s is missing", json_string_value(name)).p);
	json_array_foreach(json_object_get(rule, "allOf"), i, part)
		if (!required_fit(l, value, resolved(l, part), at))
			return false;
	return true;
}

static bool
type_fits(const json_t *value, struct span type)
{
	return !type.n || (span_is(type, "string") && json_is_string(value)) || (span_is(type, "integer") && json_is_integer(value)) ||
	    (span_is(type, "number") && json_is_number(value)) || (span_is(type, "boolean") && json_is_boolean(value)) ||
	    (span_is(type, "object") && json_is_object(value)) || (span_is(type, "array") && json_is_array(value));
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
text_fits(const json_t *value, const json_t *rule)
{
	const json_t *most = json_object_get(rule, "maxLength"), *pattern = json_object_get(rule, "pattern");
	int64_t chars = (int64_t)span_chars(span_of(json_string_value(value)));

	if (chars < json_number(rule, "minLength") || (most && chars > json_integer_value(most)))
		return false;
	return !pattern || g_regex_match_simple(json_string_value(pattern), json_string_value(value), 0, 0);
}

static bool
list_fits(struct looking *l, const json_t *value, const json_t *rule, const char *at)
{
	const json_t *items = json_object_get(rule, "items"), *most = json_object_get(rule, "maxItems");
	int64_t n = (int64_t)json_array_size(value);
	json_t *one;
	size_t i;

	if (n < json_number(rule, "minItems") || (most && n > json_integer_value(most)))
		return misfit(l, at, "too many or too few");
	json_array_foreach(value, i, one)
		if (items && !fits(l, one, items, arena_fmt(l->schema->arena, "%s[%zu]", at, i).p))
			return false;
	return true;
}

/* One of several kinds, without a word about those that it is not. */
static bool
any_fits(struct looking *l, const json_t *value, const json_t *kinds, const char *at)
{
	struct looking quietly = { l->schema, false };
	json_t *kind;
	size_t i;

	json_array_foreach(kinds, i, kind)
		if (fits(&quietly, value, kind, at))
			return true;
	return misfit(l, at, "none of its kinds");
}

static bool
fits(struct looking *l, const json_t *value, const json_t *given, const char *at)
{
	const json_t *rule = resolved(l, given), *any = json_object_get(rule, "anyOf"), *part;
	size_t i;

	if (any)
		return any_fits(l, value, any, at);
	if (json_is_null(value))
		return json_yes(rule, "nullable") || !json_object_size(rule) || misfit(l, at, "is null");
	if (!type_fits(value, json_span(rule, "type")))
		return misfit(l, at, "wrong type");
	if (!word_fits(value, json_object_get(rule, "enum")) || !word_fits(value, json_object_get(rule, "x-known-values")))
		return misfit(l, at, "not one of its words");
	if (json_is_string(value) && !text_fits(value, rule))
		return misfit(l, at, "too long, too short, or of another form");
	if (json_is_array(value))
		return list_fits(l, value, rule, at);
	if (json_is_object(value))
		return required_fit(l, value, rule, at) && members_fit(l, value, rule, at);
	json_array_foreach(json_object_get(rule, "allOf"), i, part)
		if (!fits(l, value, part, at))
			return false;
	return true;
}

bool
schema_fits(struct schema *s, const json_t *value, const char *name, bool loud)
{
	struct looking l = { s, loud };
	const json_t *rule = named(s, span_of(name));

	return rule ? fits(&l, value, rule, name) : misfit(&l, name, "there is no such schema");
}

static const json_t *
call_of(struct schema *s, const char *method, const char *path)
{
	return json_object_get(json_object_get(json_object_get(s->root, "paths"), path), method);
}

static const json_t *
content_of(const json_t *of)
{
	const json_t *content = json_object_get(of, "content"), *json = json_object_get(content, "application/json");

	return json_object_get(json ? json : json_object_get(content, "application/x-www-form-urlencoded"), "schema");
}

bool
schema_answer_fits(struct schema *s, const char *method, const char *path, int status, const json_t *value, bool loud)
{
	struct looking l = { s, loud };
	const json_t *all = json_object_get(call_of(s, method, path), "responses");
	const json_t *of = json_object_get(all, arena_fmt(s->arena, "%d", status).p), *rule;

	rule = content_of(of ? of : json_object_get(all, "default"));
	if (!rule)
		return misfit(&l, path, "its answer is not described");
	return fits(&l, value, rule, arena_fmt(s->arena, "%s %s %d", method, path, status).p);
}

bool
schema_body_fits(struct schema *s, const char *method, const char *path, const json_t *value, bool loud)
{
	struct looking l = { s, loud };
	const json_t *rule = content_of(json_object_get(call_of(s, method, path), "requestBody"));

	return rule ? fits(&l, value, rule, path) : misfit(&l, path, "its body is not described");
}
