/* keys.c - see keys.h. */
#include "base/base.h"

#include "base/crypto.h"
#include "sandbox/keys.h"

#define KEY_CHARS 255
#define KEPT_MS (24 * 3600 * INT64_C(1000))

static const char *
name_of(struct call *c)
{
	return arena_fmt(c->arena, "%s/" PRSPAN, c->provider->name, ARGSPAN(c->v->key)).p;
}

/* Another call, or other parameters, under one key is a mistake of the caller. */
static struct hex64
call_hash(struct call *c)
{
	return sha256_hex(arena_fmt(c->arena, PRSPAN "\n" PRSPAN, ARGSPAN(c->v->path), ARGSPAN(c->v->body)));
}

static bool
in_use(const struct call *c)
{
	for (const struct visit *v = c->sb->door.waiting; v; v = v->next)
		if (v->hung && span_eq(v->key, c->v->key) && v->scope.provider == c->provider->name)
			return true;
	return false;
}

enum key_verdict
key_look(struct call *c, const json_t **kept)
{
	store_forget(&c->sb->store, "keys", c->now_ms);
	if (c->v->key.n > KEY_CHARS || !span_utf8(c->v->key)) {
		complain(&c->why, 400, NULL, SPAN_NONE, "An idempotency key must be at most %d characters.", KEY_CHARS);
		return KEY_USED;
	}
	*kept = store_get(&c->sb->store, "keys", span_of(name_of(c)));
	if (*kept && json_says(*kept, "hash", call_hash(c).text))
		return KEY_REPLAY;
	if (*kept) {
		c->provider->key_refused(c, false);
		return KEY_USED;
	}
	if (in_use(c)) {
		c->provider->key_refused(c, true);
		return KEY_RUNNING;
	}
	return KEY_NEW;
}

void
key_keep(struct call *c)
{
	struct visit *v = c->v;
	json_t *record = json_pack("{s:s, s:i, s:s%, s:s%, s:s%, s:I, s:I}", "hash", call_hash(c).text, "status", v->status,
	    "body", v->out.p, v->out.n, "made", c->made.p, c->made.n, "request", v->id.p, v->id.n, "at", (json_int_t)c->now_ms,
	    "until", (json_int_t)(c->now_ms + KEPT_MS));

	store_put(&c->sb->store, "keys", name_of(c), record);
}
