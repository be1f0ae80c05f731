/* fields.c - see fields.h. */
#include "base/base.h"

#include "psp/fields.h"

const json_t *
field_object(const json_t *obj, const char *key)
{
	const json_t *v = json_object_get(obj, key);

	return json_is_object(v) ? v : NULL;
}

static struct span
text_of(const json_t *v)
{
	return json_is_string(v) ? (struct span){ json_string_value(v), json_string_length(v) } : SPAN_NONE;
}

bool
field_word_good(struct span s)
{
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.' ||
		    c == ':' || c == '-'))
			return false;
	}
	return s.n > 0 && s.n <= FIELD_MAX_WORD;
}

struct span
field_word(struct arena *a, const json_t *obj, const char *key)
{
	struct span s = text_of(json_object_get(obj, key));

	return field_word_good(s) ? arena_copy(a, s) : SPAN_NONE;
}

struct span
field_id(struct arena *a, const json_t *obj, const char *key)
{
	const json_t *inside = field_object(obj, key);

	return inside ? field_word(a, inside, "id") : field_word(a, obj, key);
}

struct span
field_url(struct arena *a, const json_t *obj, const char *key)
{
	struct span s = text_of(json_object_get(obj, key));

	if (s.n > FIELD_MAX_URL || !(span_starts(s, "https://") || span_starts(s, "http://")))
		return SPAN_NONE;
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] <= ' ' || s.p[i] > '~' || strchr("\"<>\\^`{|}", s.p[i]))
			return SPAN_NONE;
	return arena_copy(a, s);
}

bool
field_int(const json_t *obj, const char *key, int64_t *v)
{
	const json_t *n = json_object_get(obj, key);

	if (!json_is_integer(n))
		return false;
	*v = json_integer_value(n);
	return true;
}

bool
field_true(const json_t *obj, const char *key)
{
	return json_is_true(json_object_get(obj, key));
}
