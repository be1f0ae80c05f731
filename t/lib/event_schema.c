/* event_schema.c - see event_schema.h. */
#include "event_schema.h"

#include <ctype.h>
#include <regex.h>

#include <jansson.h>

#include "relay/event_text.h"

#define TIME "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]+)?Z$"

struct look {
	struct arena *arena;
	const char *where;
	struct span fault;
};

const char *
event_schema_file(struct arena *a, const char *type, int version)
{
	const char *top = getenv("srcdir");
	char name[80];
	size_t n = 0;

	for (; type[n] && n < sizeof(name) - 1; n++)
		name[n] = type[n] == '_' ? '-' : (char)tolower((unsigned char)type[n]);
	name[n] = '\0';
	return arena_fmt(a, "%s/static/events/%s.v%d.json", top && *top ? top : ".", name, version).p;
}

struct span
event_as_sent(struct arena *a, int64_t show, int64_t event, struct span type, int64_t subject, struct span payload)
{
	struct delivery d = { .show = show, .event = event, .type = type, .subject = subject, .at_ms = 1795615200123, .payload = payload };

	return event_text(a, &d);
}

static bool
fault(struct look *l, const char *what)
{
	l->fault = arena_fmt(l->arena, "%s: %s", l->where, what);
	return false;
}

static bool
is_type(const json_t *v, const char *type)
{
	return strcmp(type, "object") == 0 ? json_is_object(v) : strcmp(type, "array") == 0 ? json_is_array(v) :
	    strcmp(type, "string") == 0 ? json_is_string(v) : strcmp(type, "integer") == 0 && json_is_integer(v);
}

static bool
matches(const json_t *v, const char *pattern)
{
	regex_t r;
	bool good;

	if (!json_is_string(v) || regcomp(&r, pattern, REG_EXTENDED | REG_NOSUB) != 0)
		return false;
	good = regexec(&r, json_string_value(v), 0, NULL, 0) == 0;
	regfree(&r);
	return good;
}

static bool fits(struct look *, const char *where, const json_t *v, json_t *schema);

static bool
has_all(const json_t *v, const json_t *required)
{
	size_t i;
	json_t *name;

	json_array_foreach(required, i, name)
		if (!json_object_get(v, json_string_value(name)))
			return false;
	return true;
}

static bool
members_fit(struct look *l, json_t *v, const json_t *properties)
{
	const char *name;
	json_t *member;

	json_object_foreach(v, name, member) {
		json_t *schema = json_object_get(properties, name);

		if (!schema)
			return fault(l, arena_fmt(l->arena, "the schema does not name \"%s\"", name).p);
		if (!fits(l, name, member, schema))
			return false;
	}
	return true;
}

static bool
one_fits(const json_t *v, const json_t *choices)
{
	size_t i, n = 0;
	json_t *choice;

	json_array_foreach(choices, i, choice)
		n += has_all(v, json_object_get(choice, "required"));
	return n == 1;
}

static bool
items_fit(struct look *l, const json_t *v, json_t *schema)
{
	size_t i;
	json_t *item;

	json_array_foreach(v, i, item)
		if (!fits(l, l->where, item, schema))
			return false;
	return true;
}

static bool
word_fits(struct look *l, json_t *v, const char *word, json_t *rule)
{
	static const char *const words[] = { "$schema", "title", "description" };

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (strcmp(words[i], word) == 0)
			return true;
	if (strcmp(word, "type") == 0)
		return is_type(v, json_string_value(rule)) || fault(l, "of another type");
	if (strcmp(word, "const") == 0)
		return json_equal(v, rule) || fault(l, "another value");
	if (strcmp(word, "pattern") == 0)
		return matches(v, json_string_value(rule)) || fault(l, "of another shape");
	if (strcmp(word, "format") == 0)
		return (strcmp(json_string_value(rule), "date-time") == 0 && matches(v, TIME)) || fault(l, "no time");
	if (strcmp(word, "minimum") == 0)
		return json_integer_value(v) >= json_integer_value(rule) || fault(l, "too small");
	if (strcmp(word, "minItems") == 0)
		return (json_int_t)json_array_size(v) >= json_integer_value(rule) || fault(l, "too few");
	if (strcmp(word, "items") == 0)
		return items_fit(l, v, rule);
	if (strcmp(word, "required") == 0)
		return has_all(v, rule) || fault(l, "a member is missing");
	if (strcmp(word, "oneOf") == 0)
		return one_fits(v, rule) || fault(l, "none or several of oneOf fit");
	if (strcmp(word, "properties") == 0)
		return members_fit(l, v, rule);
	return fault(l, arena_fmt(l->arena, "the schema has a word that this test does not know: %s", word).p);
}

static bool
fits(struct look *l, const char *where, const json_t *v, json_t *schema)
{
	const char *word;
	json_t *rule;

	json_object_foreach(schema, word, rule) {
		l->where = where;
		if (!word_fits(l, (json_t *)(uintptr_t)v, word, rule))
			return false;
	}
	return true;
}

struct span
event_schema_fault(struct arena *a, const char *file, struct span text)
{
	struct look l = { .arena = a, .fault = SPAN_NONE, .where = "" };
	json_t *schema = json_load_file(file, JSON_REJECT_DUPLICATES, NULL), *v = json_loadb(text.p, text.n, JSON_REJECT_DUPLICATES, NULL);

	if (!schema)
		l.fault = arena_fmt(a, "there is no schema %s", file);
	else if (!v)
		l.fault = SPAN("it is not JSON");
	else
		fits(&l, "the event", v, schema);
	json_decref(schema);
	json_decref(v);
	return l.fault;
}
