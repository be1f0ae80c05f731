/* hook_message.c - see hook_message.h. */
#include "base/base.h"

#include "base/clock.h"
#include "domain/outbox.h"
#include "relay/hook_message.h"

#define BODY_MAX (256 * KiB)
#define DIGITS_SAFE 15

/* -- secrets --------------------------------------------------------------------------------------------------------------------- */

struct key
hook_key(const struct key *token_key)
{
	return key_for(token_key, "webhook secrets");
}

struct hook_secret
hook_secret_new(void)
{
	struct hook_secret s;

	random_bytes(s.bytes, sizeof(s.bytes));
	return s;
}

struct span
hook_secret_text(struct arena *a, const struct hook_secret *s)
{
	struct buf b;

	buf_init(&b, a, 128);
	buf_text(&b, HOOK_SECRET_PREFIX);
	base64_print(&b, s->bytes, sizeof(s->bytes));
	return buf_view(&b);
}

static struct span
bytes_of(const struct hook_secret *s)
{
	return (struct span){ (const char *)s->bytes, sizeof(s->bytes) };
}

struct span
hook_secret_sealed(struct arena *a, const struct key *k, const struct hook_secret *s)
{
	struct buf b;

	buf_init(&b, a, 256);
	seal_print(&b, k, bytes_of(s));
	return buf_view(&b);
}

/* -- bodies ---------------------------------------------------------------------------------------------------------------------- */

static char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

struct span
hook_type_print(struct arena *a, struct span type)
{
	bool dotted = false;
	struct buf b;

	buf_init(&b, a, 64);
	for (size_t i = 0; i < type.n; i++) {
		bool dot = type.p[i] == '_' && !dotted;

		dotted |= dot;
		buf_byte(&b, dot ? '.' : lower(type.p[i]));
	}
	return buf_view(&b);
}

struct span
hook_type_read(struct arena *a, struct span text)
{
	const char *const *list;
	size_t n = hook_types(&list);

	for (size_t i = 0; i < n; i++)
		if (span_eq(hook_type_print(a, span_of(list[i])), text))
			return span_of(list[i]);
	return SPAN_NONE;
}

static bool
digit(char c)
{
	return c >= '0' && c <= '9';
}

/* One value or mark of the JSON at p, which is well-formed: its length. */
static size_t
token_length(struct span rest)
{
	size_t n = 1;

	if (rest.p[0] == '"') {
		while (n < rest.n && rest.p[n] != '"')
			n += rest.p[n] == '\\' && n + 1 < rest.n ? 2 : 1;
		return n < rest.n ? n + 1 : rest.n;
	}
	if (digit(rest.p[0]))
		while (n < rest.n && digit(rest.p[n]))
			n++;
	return n;
}

/* What stands between the braces of an object, long numbers as strings. */
static void
print_members(struct buf *b, struct span object)
{
	struct span rest = span_trim(object);

	if (rest.n < 2)
		return;
	rest = span_trim((struct span){ rest.p + 1, rest.n - 2 });
	if (rest.n)
		buf_byte(b, ',');
	while (rest.n) {
		size_t n = token_length(rest);
		bool quote = digit(rest.p[0]) && n > DIGITS_SAFE;

		buf_text(b, quote ? "\"" : "");
		buf_bytes(b, rest.p, n);
		buf_text(b, quote ? "\"" : "");
		rest = (struct span){ rest.p + n, rest.n - n };
	}
}

static void
print_time(struct buf *b, int64_t ms)
{
	struct civil c = moment_civil((struct moment){ .ms = ms });

	buf_fmt(b, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", c.year, c.month, c.day, c.hour, c.minute, c.second, (int)(ms % 1000));
}

static void
print_head(struct buf *b, struct span type, int64_t at_ms)
{
	buf_fmt(b, "{\"type\":\"" PRSPAN "\",\"timestamp\":\"", ARGSPAN(type));
	print_time(b, at_ms);
	buf_text(b, "\",\"data\":{");
}

static const char *
subject_of(struct span type)
{
	for (size_t i = 0; i < n_event_types; i++)
		if (span_is(type, event_types[i].type))
			return event_types[i].subject;
	return "subject";
}

struct hook_message
hook_message_of(struct arena *a, const struct delivery *d)
{
	struct hook_message m = { .id = arena_fmt(a, "%" PRId64 "-%" PRId64, d->show, d->event) };
	struct buf b;

	buf_init(&b, a, BODY_MAX);
	print_head(&b, hook_type_print(a, d->type), d->at_ms);
	buf_fmt(&b, "\"show\":%" PRId64 ",\"%s\":\"%" PRId64 "\"", d->show, subject_of(d->type), d->subject);
	print_members(&b, d->payload);
	buf_text(&b, "}}");
	m.body = buf_view(&b);
	return m;
}

struct hook_message
hook_ping(struct arena *a, const struct hook_endpoint *e, int64_t now_ms)
{
	struct hook_message m = { .id = arena_fmt(a, "ping-%" PRId64, id_new()) };
	struct buf b;

	buf_init(&b, a, KiB);
	print_head(&b, SPAN("ping"), now_ms);
	buf_fmt(&b, "\"endpoint\":%" PRId64 "}}", e->id);
	m.body = buf_view(&b);
	return m;
}

/* -- attempts -------------------------------------------------------------------------------------------------------------------- */

struct span
hook_signature(struct arena *a, const struct hook_message *m, int64_t at_s, const struct span *keys, size_t n)
{
	const struct span parts[] = { m->id, arena_fmt(a, ".%" PRId64 ".", at_s), m->body };
	unsigned char mac[32];
	struct buf b;

	buf_init(&b, a, 256);
	for (size_t i = 0; i < n; i++) {
		hmac_sha256_of(keys[i], parts, ARRAY_LEN(parts), mac);
		buf_text(&b, i ? " v1," : "v1,");
		base64_print(&b, mac, sizeof(mac));
	}
	return buf_view(&b);
}

bool
hook_headers(struct arena *a, const struct key *k, const struct hook_endpoint *e, const struct hook_message *m, int64_t now_ms,
    struct span headers[HOOK_HEADERS])
{
	struct hook_secret secrets[2];
	struct span keys[2] = { bytes_of(&secrets[0]), bytes_of(&secrets[1]) };
	size_t n = e->before.n ? 2 : 1;
	struct span signature;

	if (!seal_read(k, e->secret, secrets[0].bytes, HOOK_SECRET_BYTES) ||
	    (e->before.n && !seal_read(k, e->before, secrets[1].bytes, HOOK_SECRET_BYTES)))
		return false;
	headers[0] = SPAN("Content-Type: application/json");
	headers[1] = arena_fmt(a, "webhook-id: " PRSPAN, ARGSPAN(m->id));
	headers[2] = arena_fmt(a, "webhook-timestamp: %" PRId64, now_ms / 1000);
	signature = hook_signature(a, m, now_ms / 1000, keys, n);
	headers[3] = arena_fmt(a, "webhook-signature: " PRSPAN, ARGSPAN(signature));
	return true;
}
