/* shape.c - see shape.h. */
#include "base/base.h"

#include "base/money.h"
#include "sandbox/members.h"
#include "sandbox/shape.h"

#define TEXT_CHARS 2048

struct checking {
	struct arena *arena;
	const struct shape_rule *rules;
	size_t n;
	struct span at;			/* of the first fault */
};

static enum shape_fault
fault(struct checking *k, enum shape_fault f, struct span path)
{
	k->at = path;
	return f;
}

static const struct shape_rule *
rule_at(const struct checking *k, struct span path)
{
	for (size_t i = 0; i < k->n; i++)
		if (span_is(path, k->rules[i].path))
			return &k->rules[i];
	return NULL;
}

/* Some rule's path goes on behind this one: ".name" of an object, "[]" of a list. */
static bool
leads_on(const struct checking *k, struct span path, const char *how)
{
	size_t n = strlen(how);

	for (size_t i = 0; i < k->n; i++)
		if (span_starts(span_of(k->rules[i].path), path.p) && strncmp(k->rules[i].path + path.n, how, n) == 0)
			return true;
	return false;
}

/* Digits, at most one point with digits behind it. */
static bool
is_decimal(struct span s)
{
	struct span rest = s, whole = span_cut(&rest, '.');
	bool point = memchr(s.p, '.', s.n) != NULL;

	for (size_t i = 0; i < s.n; i++)
		if ((s.p[i] < '0' || s.p[i] > '9') && s.p[i] != '.')
			return false;
	return whole.n && (!point || (rest.n && !memchr(rest.p, '.', rest.n)));
}

static bool
text_fits(struct span s, const struct shape_rule *r)
{
	size_t chars = span_chars(s);

	if (chars < (size_t)(r->min > 0 ? r->min : 0) || chars > (size_t)(r->max ? r->max : TEXT_CHARS))
		return false;
	switch (r->kind) {
	case SHAPE_WORD: return span_among(s, r->words);
	case SHAPE_URL: return (span_starts(s, "http://") || span_starts(s, "https://")) && !memchr(s.p, ' ', s.n);
	case SHAPE_CURRENCY: return money_known(s);
	case SHAPE_DECIMAL: return is_decimal(s);
	default: return true;
	}
}

static bool
value_fits(const json_t *value, const struct shape_rule *r)
{
	if (r->kind == SHAPE_INT)
		return json_is_integer(value) && json_integer_value(value) >= r->min && json_integer_value(value) <= r->max;
	if (r->kind == SHAPE_BOOL)
		return json_is_boolean(value);
	if (r->kind == SHAPE_OBJECT)
		return json_is_object(value);
	if (r->kind == SHAPE_LIST)
		return json_is_array(value) && (int64_t)json_array_size(value) >= r->min && (int64_t)json_array_size(value) <= r->max;
	return json_is_string(value) && text_fits((struct span){ json_string_value(value), json_string_length(value) }, r);
}

static enum shape_fault check(struct checking *, const json_t *value, struct span path);

/* A rule that names a member of this object and no deeper one. */
static const char *
member_of(const char *rule, struct span path)
{
	const char *name = rule + path.n + (path.n ? 1 : 0);

	if (!span_starts(span_of(rule), path.p) || (path.n && rule[path.n] != '.') || !*name || strpbrk(name, ".[*"))
		return NULL;
	return name;
}

static enum shape_fault
check_members(struct checking *k, const json_t *object, struct span path)
{
	json_t *member;
	const char *key, *name;
	enum shape_fault f;

	for (size_t i = 0; i < k->n; i++)
		if (k->rules[i].needed && (name = member_of(k->rules[i].path, path)) && !json_object_get(object, name))
			return fault(k, SHAPE_MISSING, span_of(k->rules[i].path));
	json_object_foreach((json_t *)object, key, member) {
		struct span at = arena_fmt(k->arena, "%s%s%s", path.p, path.n ? "." : "", key);

		f = check(k, member, at);
		if (f == SHAPE_UNKNOWN && span_eq(k->at, at)) {
			const struct shape_rule *any = rule_at(k, arena_fmt(k->arena, "%s%s*", path.p, path.n ? "." : ""));

			f = !any ? f : value_fits(member, any) ? SHAPE_GOOD : SHAPE_WRONG;
			k->at = f == SHAPE_GOOD ? SPAN_NONE : at;
		}
		if (f != SHAPE_GOOD)
			return f;
	}
	return SHAPE_GOOD;
}

static enum shape_fault
check(struct checking *k, const json_t *value, struct span path)
{
	const struct shape_rule *r = rule_at(k, path);
	bool object = !path.n || leads_on(k, path, "."), list = path.n && leads_on(k, path, "[]");
	json_t *one;
	enum shape_fault f;
	size_t i;

	if (!r && !object && !list)
		return fault(k, SHAPE_UNKNOWN, path);
	if ((r && !value_fits(value, r)) || (object && !json_is_object(value)) || (list && !json_is_array(value)))
		return fault(k, SHAPE_WRONG, path);
	if (object)
		return check_members(k, value, path);
	json_array_foreach(value, i, one)
		if (list && (f = check(k, one, arena_fmt(k->arena, "%s[]", path.p))) != SHAPE_GOOD)
			return f;
	return SHAPE_GOOD;
}

enum shape_fault
shape_check(struct arena *a, const json_t *body, const struct shape_rule *rules, size_t n, struct span *at)
{
	struct checking k = { a, rules, n, SPAN_NONE };
	enum shape_fault f = check(&k, body, SPAN_NONE);

	*at = k.at;
	return f;
}
