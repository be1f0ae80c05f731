/* stripe_params.c - the list of parameters held against a call's table, and made into a tree of typed values. */
#include "base/base.h"

#include "base/money.h"
#include "sandbox/params.h"

#define ARRAY_MOST 100
#define KEY_CHARS 40

static bool
digits_only(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
	return true;
}

/* The rule's path written apart: "a[#][b]". Rules are ours and well-formed. */
static size_t
rule_parts(const char *path, struct span part[PARAM_DEPTH])
{
	struct span rest = span_of(path);
	size_t n = 0;

	while (rest.n && n < PARAM_DEPTH) {
		struct span one = span_cut(&rest, '[');

		if (one.n && one.p[one.n - 1] == ']')
			one.n--;
		part[n++] = one;
	}
	return n;
}

static bool
rule_fits(const struct param *p, const struct span *part, size_t parts)
{
	if (p->parts != parts)
		return false;
	for (size_t i = 0; i < parts; i++) {
		if (span_is(part[i], "#") ? !digits_only(p->part[i]) : span_is(part[i], "*") ? !p->part[i].n :
		    !span_eq(part[i], p->part[i]))
			return false;
	}
	return true;
}

static json_t *
text_value(const struct param *p, const struct param_rule *r, struct complaint *c)
{
	int64_t max = r->max ? r->max : 5000;

	if (span_chars(p->value) > (size_t)max)
		return complain(c, 400, NULL, p->name, "Invalid string: must be at most %" PRId64 " characters", max);
	return json_stringn(p->value.p, p->value.n);
}

static json_t *
url_value(const struct param *p, const struct param_rule *r, struct complaint *c)
{
	bool http = span_starts(p->value, "http://"), https = span_starts(p->value, "https://");

	if ((!http && !https) || p->value.n <= (http ? 7 : 8) || memchr(p->value.p, ' ', p->value.n))
		return complain(c, 400, "url_invalid", p->name, "Not a valid URL");
	return text_value(p, r, c);
}

static json_t *
email_value(const struct param *p, struct complaint *c)
{
	struct span domain = p->value, local = span_cut(&domain, '@');

	if (!local.n || !domain.n || p->value.n > 512 || !memchr(domain.p, '.', domain.n) || memchr(domain.p, '@', domain.n) ||
	    memchr(p->value.p, ' ', p->value.n))
		return complain(c, 400, "email_invalid", p->name, "Invalid email address: " PRSPAN, ARGSPAN(p->value));
	return json_stringn(p->value.p, p->value.n);
}

static json_t *
currency_value(const struct param *p, struct complaint *c)
{
	char code[3];

	for (size_t i = 0; i < 3 && i < p->value.n; i++)
		code[i] = (char)(p->value.p[i] >= 'a' && p->value.p[i] <= 'z' ? p->value.p[i] - 'a' + 'A' : '?');
	if (p->value.n != 3 || !money_known((struct span){ code, 3 }))
		return complain(c, 400, NULL, p->name, "Invalid currency: " PRSPAN ". The stand-in takes the currencies of our own table, "
		    "in lower case.", ARGSPAN(p->value));
	return json_stringn(p->value.p, 3);
}

static json_t *
int_value(const struct param *p, const struct param_rule *r, struct complaint *c)
{
	int64_t n;

	if (!span_int(p->value, INT64_MIN, INT64_MAX, &n))
		return complain(c, 400, "parameter_invalid_integer", p->name, "Invalid integer: " PRSPAN, ARGSPAN(p->value));
	if (n < r->min)
		return complain(c, 400, "parameter_invalid_integer", p->name,
		    "This value must be greater than or equal to %" PRId64 ".", r->min);
	if (n > r->max)
		return complain(c, 400, "parameter_invalid_integer", p->name,
		    "This value must be less than or equal to %" PRId64 ".", r->max);
	return json_integer(n);
}

static json_t *
value_of(const struct param *p, const struct param_rule *r, struct complaint *c)
{
	switch (r->kind) {
	case PARAM_INT:
		return int_value(p, r, c);
	case PARAM_BOOL:
		if (span_is(p->value, "true") || span_is(p->value, "false"))
			return json_boolean(span_is(p->value, "true"));
		return complain(c, 400, NULL, p->name, "Invalid boolean: " PRSPAN, ARGSPAN(p->value));
	case PARAM_WORD:
		if (span_among(p->value, r->words))
			return json_stringn(p->value.p, p->value.n);
		return complain(c, 400, NULL, p->name, "Invalid " PRSPAN ": must be one of %s", ARGSPAN(p->name), r->words);
	case PARAM_URL:
		return url_value(p, r, c);
	case PARAM_EMAIL:
		return email_value(p, c);
	case PARAM_CURRENCY:
		return currency_value(p, c);
	default:
		return text_value(p, r, c);
	}
}

/* The container under `key` of object or array `node`, made if missing; an index too high gives NULL. */
static json_t *
child_of(json_t *node, struct span key, json_t *fresh)
{
	json_t *old;
	int64_t index;

	if (json_is_object(node)) {
		old = json_object_getn(node, key.p, key.n);
		if (!old)
			json_object_setn_new(node, key.p, key.n, fresh);
		else
			json_decref(fresh);
		return old ? old : fresh;
	}
	if (!json_is_array(node)) {		/* "a=1&a[b]=2" */
		json_decref(fresh);
		return NULL;
	}
	if (!key.n)
		index = (int64_t)json_array_size(node);		/* a[]: one more */
	else if (!span_int(key, 0, ARRAY_MOST - 1, &index))
		index = ARRAY_MOST;
	if (index >= ARRAY_MOST) {
		json_decref(fresh);
		return NULL;
	}
	while (json_array_size(node) <= (size_t)index)
		json_array_append_new(node, json_null());
	old = json_array_get(node, (size_t)index);
	if (!json_is_null(old)) {
		json_decref(fresh);
		return old;
	}
	json_array_set_new(node, (size_t)index, fresh);
	return fresh;
}

static bool
tree_put(json_t *tree, const struct param *p, const struct span *rule, json_t *value)
{
	json_t *node = tree;

	for (size_t i = 0; i + 1 < p->parts; i++) {
		node = child_of(node, p->part[i], span_is(rule[i + 1], "#") ? json_array() : json_object());
		if (!node) {
			json_decref(value);
			return false;
		}
	}
	if (json_is_object(node))
		return json_object_setn_new(node, p->part[p->parts - 1].p, p->part[p->parts - 1].n, value) == 0;
	return child_of(node, p->part[p->parts - 1], value) != NULL;
}

static bool
has_hole(const json_t *node)
{
	const char *key;
	json_t *inner;
	size_t i;

	json_array_foreach(node, i, inner)
		if (json_is_null(inner) || has_hole(inner))
			return true;
	json_object_foreach((json_t *)node, key, inner)
		if (has_hole(inner))
			return true;
	return false;
}

static bool
tree_add(json_t *tree, const struct param *p, const struct param_rule *rules, size_t n, struct complaint *c)
{
	struct span part[PARAM_DEPTH];
	size_t r = 0, parts = 0;
	json_t *value;

	for (; r < n; r++) {
		parts = rule_parts(rules[r].path, part);
		if (rule_fits(p, part, parts))
			break;
	}
	if (r == n)
		return complain(c, 400, "parameter_unknown", p->name, "Received unknown parameter: " PRSPAN, ARGSPAN(p->name)) != NULL;
	if (span_is(part[parts - 1], "*")) {
		if (span_chars(p->part[parts - 1]) > KEY_CHARS)
			return complain(c, 400, NULL, p->name, "Metadata keys can be up to %d characters.", KEY_CHARS) != NULL;
		if (!p->value.n)
			return true;		/* an empty value unsets a key */
	}
	if (!p->value.n)
		return complain(c, 400, "parameter_invalid_empty", p->name, "You passed an empty string for '" PRSPAN "'. We assume empty "
		    "values are an attempt to unset a parameter; however '" PRSPAN "' cannot be unset. You should remove '" PRSPAN
		    "' from your request or supply a non-empty value.", ARGSPAN(p->name), ARGSPAN(p->name), ARGSPAN(p->name)) != NULL;
	value = value_of(p, &rules[r], c);
	if (!value)
		return false;
	if (!tree_put(tree, p, part, value))
		return complain(c, 400, NULL, p->name, "Invalid parameter: the same name stands for two things") != NULL;
	return true;
}

json_t *
params_tree(const struct params *ps, const struct param_rule *rules, size_t n, struct complaint *c)
{
	json_t *tree = json_object();

	for (size_t i = 0; i < ps->n; i++) {
		if (!tree_add(tree, &ps->list[i], rules, n, c)) {
			json_decref(tree);
			return NULL;
		}
	}
	if (has_hole(tree)) {
		json_decref(tree);
		return complain(c, 400, NULL, SPAN_NONE, "Invalid array");
	}
	return tree;
}
