/*
 * request.c - what a client sent, decoded and checked once, at the edge: past this file no value has broken UTF-8 or a NUL, and
 * no list of fields is longer than FIELDS_MAX.
 */
#include "base/base.h"

#include <strings.h>

#include "base/crypto.h"
#include "http/internal.h"

#define ID_MAX ((int64_t)1 << 53)	/* what JSON and scripts can carry exactly */
#define REQUEST_ID_MAX 64

static int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

struct span
percent_decoded(struct arena *a, struct span in, bool plus)
{
	char *out;
	size_t n = 0;

	if (!memchr(in.p, '%', in.n) && !(plus && memchr(in.p, '+', in.n)))
		return in;
	out = arena_alloc(a, in.n + 1);
	for (size_t i = 0; i < in.n; i++) {
		char c = in.p[i];

		if (c == '%' && i + 2 < in.n && hex_digit(in.p[i + 1]) >= 0 && hex_digit(in.p[i + 2]) >= 0) {
			c = (char)(hex_digit(in.p[i + 1]) * 16 + hex_digit(in.p[i + 2]));
			i += 2;
		} else if (c == '+' && plus) {
			c = ' ';
		}
		out[n++] = c;
	}
	return (struct span){ out, n };
}

static int
refuse(struct request *rq, struct span why)
{
	rq->why = why;
	return 400;
}

static size_t
pieces(struct span raw)
{
	size_t n = 1;

	for (size_t i = 0; i < raw.n; i++)
		n += raw.p[i] == '&';
	return n;
}

/* "a=1&b=2" as application/x-www-form-urlencoded has it (WHATWG URL, 5.1). A broken name cannot be told, so `broken` tells where. */
static int
read_fields(struct request *rq, struct span raw, struct fields *fields, enum message broken)
{
	if (pieces(raw) > FIELDS_MAX)
		return refuse(rq, message_about(rq->arena, M_TOO_MANY_FIELDS, arena_fmt(rq->arena, "%d", FIELDS_MAX)));
	fields->list = ARENA_ARRAY(rq->arena, struct field, pieces(raw));
	fields->n = 0;
	while (raw.n) {
		struct span value = span_cut(&raw, '&'), name = span_cut(&value, '=');
		struct field f = { percent_decoded(rq->arena, name, true), percent_decoded(rq->arena, value, true) };

		if (!f.name.n && !f.value.n)
			continue;
		if (!span_utf8(f.name))
			return refuse(rq, message(broken));
		if (!span_utf8(f.value))
			return refuse(rq, message_about(rq->arena, M_FIELD_BROKEN, f.name));
		fields->list[fields->n++] = f;
	}
	return 0;
}

/* nginx's id, or one of our own where nothing usable came: it goes into logs and onto error pages. */
static struct span
request_id(struct request *rq)
{
	struct span id = rq->header(rq, "REQUEST_ID");
	unsigned char fresh[16];
	struct buf b;

	if (id.n && id.n <= REQUEST_ID_MAX && strspn(CSTR(rq->arena, id), "0123456789abcdefghijklmnopqrstuvwxyz") == id.n)
		return id;
	random_bytes(fresh, sizeof(fresh));
	buf_init(&b, rq->arena, 2 * sizeof(fresh));
	for (size_t i = 0; i < sizeof(fresh); i++)
		buf_fmt(&b, "%02x", fresh[i]);
	return buf_view(&b);
}

static enum method
method_of(struct span name, bool *head)
{
	*head = span_is(name, "HEAD");
	if (*head || span_is(name, "GET"))
		return METHOD_GET;
	return span_is(name, "POST") ? METHOD_POST : METHOD_OTHER;
}

int
request_read_line(struct request *rq)
{
	struct span query = rq->header(rq, "REQUEST_URI"), path = span_cut(&query, '?');

	rq->id = request_id(rq);
	log_request(rq->id);
	rq->method = method_of(rq->header(rq, "REQUEST_METHOD"), &rq->head);
	rq->path = percent_decoded(rq->arena, path, false);
	if (!rq->path.n || rq->path.p[0] != '/' || !span_utf8(rq->path)) {
		rq->path = SPAN("/");
		return refuse(rq, message(M_ADDRESS_BROKEN));
	}
	return read_fields(rq, query, &rq->query, M_ADDRESS_BROKEN);
}

int
request_read_form(struct request *rq)
{
	struct span type = rq->header(rq, "CONTENT_TYPE"), kind = span_trim(span_cut(&type, ';'));

	if (!rq->body.n)
		return 0;
	if (kind.n != 33 || strncasecmp(kind.p, "application/x-www-form-urlencoded", 33) != 0) {
		rq->why = message(M_FORM_KIND);
		return 415;
	}
	return read_fields(rq, rq->body, &rq->form, M_FORM_BROKEN);
}

/* -- what handlers read ---------------------------------------------------------------------------------------------------- */

static const struct field *
find(const struct fields *fields, const char *name)
{
	for (size_t i = 0; i < fields->n; i++)
		if (span_is(fields->list[i].name, name))
			return &fields->list[i];
	return NULL;
}

struct span
field_value(const struct fields *fields, const char *name)
{
	const struct field *f = find(fields, name);

	return f ? f->value : SPAN_NONE;
}

struct span
path_value(struct request *rq, const char *name)
{
	return field_value(&rq->in_path, name);
}

struct span
query_value(struct request *rq, const char *name)
{
	return field_value(&rq->query, name);
}

struct span
form_value(struct request *rq, const char *name)
{
	return field_value(&rq->form, name);
}

bool
form_has(struct request *rq, const char *name)
{
	return find(&rq->form, name) != NULL;
}

static bool
wrong(struct request *rq, enum message m, const char *name)
{
	rq->why = message_about(rq->arena, m, span_of(name));
	return false;
}

static bool
read_int(struct request *rq, const struct fields *fields, const char *name, int64_t min, int64_t max, int64_t *out)
{
	const struct field *f = find(fields, name);

	if (!f || !f->value.n)
		return wrong(rq, M_FIELD_MISSING, name);
	return span_int(f->value, min, max, out) || wrong(rq, M_FIELD_NO_NUMBER, name);
}

bool
path_id(struct request *rq, const char *name, int64_t *id)
{
	return read_int(rq, &rq->in_path, name, 1, ID_MAX, id);
}

bool
query_int(struct request *rq, const char *name, int64_t min, int64_t max, int64_t *out)
{
	return read_int(rq, &rq->query, name, min, max, out);
}

bool
form_int(struct request *rq, const char *name, int64_t min, int64_t max, int64_t *out)
{
	return read_int(rq, &rq->form, name, min, max, out);
}

/* C0, DEL, C1 (two bytes in UTF-8): none is ever typed into a line. */
static bool
has_control(struct span s)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (c < 0x20 || c == 0x7f || (c == 0xc2 && i + 1 < s.n && (unsigned char)s.p[i + 1] < 0xa0))
			return true;
	}
	return false;
}

bool
form_line(struct request *rq, const char *name, size_t min, size_t max, struct span *out)
{
	struct span line = span_trim(form_value(rq, name));
	size_t chars = span_chars(line);

	if (chars < min)
		return wrong(rq, M_FIELD_MISSING, name);
	if (chars > max)
		return wrong(rq, M_FIELD_TOO_LONG, name);
	if (has_control(line))
		return wrong(rq, M_FIELD_CONTROL, name);
	*out = line;
	return true;
}

bool
form_ids(struct request *rq, const char *name, size_t max, int64_t *ids, size_t *n)
{
	*n = 0;
	for (size_t i = 0; i < rq->form.n; i++) {
		if (!span_is(rq->form.list[i].name, name))
			continue;
		if (*n == max)
			return wrong(rq, M_FIELD_TOO_OFTEN, name);
		if (!span_int(rq->form.list[i].value, 1, ID_MAX, &ids[*n]))
			return wrong(rq, M_FIELD_NO_NUMBER, name);
		(*n)++;
	}
	return true;
}

struct span
cookie_value(struct request *rq, const char *name)
{
	struct span rest = rq->header(rq, "HTTP_COOKIE");

	if (rq->route && rq->route->gates & CACHED) {
		BUG("route=\"%s\" is CACHED and reads a cookie", rq->route->pattern);
		return SPAN_NONE;
	}
	while (rest.n) {
		struct span value = span_cut(&rest, ';'), key = span_trim(span_cut(&value, '='));

		if (span_is(key, name))
			return span_trim(value);
	}
	return SPAN_NONE;
}
