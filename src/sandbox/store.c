/* store.c - see store.h. */
#include "base/base.h"

#include <errno.h>
#include <unistd.h>

#include "base/crypto.h"
#include "sandbox/store.h"

static const char *const collections[] = { "sessions", "intents", "refunds", "events", "keys" };

void
store_open(struct store *s, const char *file)
{
	json_error_t error;

	*s = (struct store){ .file = file };
	if (file && access(file, F_OK) == 0) {
		s->root = json_load_file(file, JSON_REJECT_DUPLICATES, &error);
		if (!json_is_object(s->root))
			die("state file %s, line %d: %s", file, error.line, error.text);
	} else {
		s->root = json_object();
	}
	for (size_t i = 0; i < ARRAY_LEN(collections); i++)
		if (!json_is_object(json_object_get(s->root, collections[i])))
			json_object_set_new(s->root, collections[i], json_object());
}

void
store_close(struct store *s)
{
	store_save(s);
	json_decref(s->root);
	s->root = NULL;
}

void
store_save(struct store *s)
{
	char fresh[4096];

	if (!s->changed || !s->file)
		return;
	if (snprintf(fresh, sizeof(fresh), "%s.new", s->file) >= (int)sizeof(fresh))
		die("the state file's name is too long");
	if (json_dump_file(s->root, fresh, JSON_COMPACT) < 0 || rename(fresh, s->file) < 0)
		die("cannot write the state file %s: %s", s->file, strerror(errno));
	s->changed = false;
}

json_t *
store_all(struct store *s, const char *collection)
{
	return json_object_get(s->root, collection);
}

json_t *
store_get(struct store *s, const char *collection, struct span id)
{
	return json_object_getn(store_all(s, collection), id.p, id.n);
}

void
store_put(struct store *s, const char *collection, const char *id, json_t *record)
{
	json_object_set_new(store_all(s, collection), id, record);
	s->changed = true;
}

void
store_forget_keys(struct store *s, int64_t before_ms)
{
	json_t *keys = store_all(s, "keys"), *record;
	const char *key;
	void *next;

	json_object_foreach_safe(keys, next, key, record) {
		if (json_number(record, "at") < before_ms) {
			json_object_del(keys, key);
			s->changed = true;
		}
	}
}

struct provider_id
provider_id_new(const char *prefix, size_t chars)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
	struct provider_id id;
	size_t n = strlen(prefix);

	memcpy(id.text, prefix, n + 1);
	while (chars-- && n + 1 < sizeof(id.text))
		id.text[n++] = letters[random_below(sizeof(letters) - 1)];
	id.text[n] = 0;
	return id;
}

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

void
json_put_span(json_t *object, const char *key, struct span s)
{
	json_object_set_new(object, key, s.n ? json_stringn(s.p, s.n) : json_null());
}
