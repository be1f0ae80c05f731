/* store.c - see store.h. */
#include "base/base.h"

#include <errno.h>
#include <unistd.h>

#include "sandbox/store.h"

static const char *const collections[] = { "payments", "charges", "refunds", "disputes", "events", "keys", "tokens", "pki" };

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
	if (!json_is_array(json_object_get(s->root, "ledger")))
		json_object_set_new(s->root, "ledger", json_array());
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
	json_object_set_new(store_all(s, collection), id, json_made(record));
	s->changed = true;
}

void
store_forget(struct store *s, const char *collection, int64_t now_ms)
{
	json_t *all = store_all(s, collection), *record;
	const char *id;
	void *next;

	json_object_foreach_safe(all, next, id, record) {
		if (json_number(record, "until") <= now_ms) {
			json_object_del(all, id);
			s->changed = true;
		}
	}
}
