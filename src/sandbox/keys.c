/* keys.c - see keys.h. */
#include "base/base.h"

#include "base/crypto.h"
#include "sandbox/keys.h"

#define KEY_CHARS 255
#define DAY_MS (24 * 3600 * 1000)

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
		if (v->hung && span_eq(v->key, c->v->key))
			return true;
	return false;
}

static void
replay(struct call *c, const json_t *record)
{
	json_t *body = json_loads(json_string_value(json_object_get(record, "body")), 0, NULL);

	visit_add_header(c->v, "Idempotent-Replayed", SPAN("true"));
	visit_add_header(c->v, "Original-Request", json_span(record, "request"));
	visit_answer_json(c->v, (int)json_number(record, "status"), body);
	json_decref(body);
}

enum key_verdict
key_look(struct call *c, struct complaint *why)
{
	struct span key = c->v->key;
	json_t *record;

	store_forget_keys(&c->sb->store, c->now_ms - DAY_MS);
	if (key.n > KEY_CHARS || !span_utf8(key)) {
		complain(why, 400, NULL, SPAN_NONE, "Idempotency-Key must be at most %d characters.", KEY_CHARS);
		return KEY_REFUSED;
	}
	record = store_get(&c->sb->store, "keys", key);
	if (record && span_is(json_span(record, "hash"), call_hash(c).text)) {
		replay(c, record);
		return KEY_REPLAY;
	}
	if (record) {
		complain(why, 400, NULL, SPAN_NONE, "Keys for idempotent requests can only be used with the same parameters they were first "
		    "used with. Try using a key other than '" PRSPAN "' if you meant to execute a different request.", ARGSPAN(key));
		why->type = "idempotency_error";
		return KEY_REFUSED;
	}
	if (in_use(c)) {
		complain(why, 409, "idempotency_key_in_use", SPAN_NONE, "There is currently another in-progress request using this Idempotent "
		    "Key (that probably means you submitted twice, and the other request is still going through): " PRSPAN
		    ". Please try again later.", ARGSPAN(key));
		return KEY_REFUSED;
	}
	return KEY_NEW;
}

void
key_keep(struct call *c)
{
	struct visit *v = c->v;
	json_t *record = json_pack("{s:s, s:i, s:s%, s:s%, s:I}", "hash", call_hash(c).text, "status", v->status,
	    "body", v->out.p, v->out.n, "request", v->id.p, v->id.n, "at", (json_int_t)c->now_ms);

	store_put(&c->sb->store, "keys", CSTR(c->arena, v->key), record);
}
