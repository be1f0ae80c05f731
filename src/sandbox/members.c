/* members.c - see members.h. */
#include "base/base.h"

#include "base/crypto.h"
#include "sandbox/members.h"

struct span
json_span(const json_t *object, const char *key)
{
	const json_t *value = json_object_get(object, key);

	return json_is_string(value) ? (struct span){ json_string_value(value), json_string_length(value) } : SPAN_NONE;
}

int64_t
json_number(const json_t *object, const char *key)
{
	return json_integer_value(json_object_get(object, key));
}

bool
json_yes(const json_t *object, const char *key)
{
	return json_is_true(json_object_get(object, key));
}

bool
json_says(const json_t *object, const char *key, const char *text)
{
	return span_is(json_span(object, key), text);
}

void
json_put_span(json_t *object, const char *key, struct span s)
{
	json_object_set_new(object, key, s.n ? json_stringn(s.p, s.n) : json_null());
}

void
json_put_text(json_t *object, const char *key, const char *text)
{
	json_object_set_new(object, key, json_string(text));
}

void
json_put_number(json_t *object, const char *key, int64_t n)
{
	json_object_set_new(object, key, json_integer(n));
}

void
json_put_yes(json_t *object, const char *key, bool yes)
{
	json_object_set_new(object, key, json_boolean(yes));
}

void
json_put_copy(json_t *object, const char *key, const json_t *value)
{
	if (value)
		json_object_set_new(object, key, json_deep_copy(value));
}

json_t *
json_made(json_t *made)
{
	if (!made)
		die("out of memory, or a wrong shape, while making a JSON object");
	return made;
}

static struct provider_id
id_of(const char *prefix, size_t chars, const char *letters, size_t n_letters)
{
	struct provider_id id;
	size_t n = strlen(prefix);

	memcpy(id.text, prefix, n + 1);
	while (chars-- && n + 1 < sizeof(id.text))
		id.text[n++] = letters[random_below((uint32_t)n_letters)];
	id.text[n] = 0;
	return id;
}

struct provider_id
provider_id_new(const char *prefix, size_t chars)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

	return id_of(prefix, chars, letters, sizeof(letters) - 1);
}

struct provider_id
provider_id_capitals(const char *prefix, size_t chars)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

	return id_of(prefix, chars, letters, sizeof(letters) - 1);
}

struct provider_id
provider_id_uuid(void)
{
	static const char digits[] = "0123456789abcdef";
	struct provider_id id = id_of("", 36, digits, sizeof(digits) - 1);

	id.text[8] = id.text[13] = id.text[18] = id.text[23] = '-';
	id.text[14] = '4';
	return id;
}

struct provider_id
provider_id_beside(const char *prefix, struct span id)
{
	struct provider_id other;
	struct span tail = id;

	if (memchr(id.p, '_', id.n))
		span_cut(&tail, '_');
	snprintf(other.text, sizeof(other.text), "%s" PRSPAN, prefix, ARGSPAN(tail));
	return other;
}
