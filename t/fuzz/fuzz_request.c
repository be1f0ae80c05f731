/*
 * fuzz_request.c - what a stranger can ask. The input's first line is the address, the second the Cookie header, the rest a form.
 * Whatever it is, handlers see only whole text and few fields, and the answer is a whole one.
 */
#include "base/base.h"

#include "base/crypto.h"
#include "http/internal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

struct input {
	struct span uri, cookie, form;
	const char *method;
};

static void
check(bool good)
{
	if (!good)
		abort();
}

static void
check_fields(const struct fields *fields)
{
	check(fields->n <= FIELDS_MAX);
	for (size_t i = 0; i < fields->n; i++)
		check(span_utf8(fields->list[i].name) && span_utf8(fields->list[i].value));
}

static int
look(struct request *rq, struct response *rs)
{
	struct span line;
	int64_t ids[8], id;
	size_t n;

	check(span_utf8(rq->path) && rq->path.p[0] == '/');
	check_fields(&rq->in_path);
	check_fields(&rq->query);
	check_fields(&rq->form);
	check(!form_ids(rq, "seat", ARRAY_LEN(ids), ids, &n) || n <= ARRAY_LEN(ids));
	check(!path_id(rq, "show", &id) || id > 0);
	if (form_line(rq, "name", 1, 20, &line))
		check(span_chars(line) <= 20 && !memchr(line.p, '\n', line.n));
	if (cookie_value(rq, "b").n)
		response_header(rs, "X-Cookie", cookie_value(rq, "b"));
	return rq->method == METHOD_GET ? redirect(rs, "/%.*s", ARGSPAN(query_value(rq, "to"))) : 422;
}

static const struct route table[] = {
	{ METHOD_GET, "/{page}", look, PRIVATE, 0, LANE_PUBLIC, "" },
	{ METHOD_GET, "/shows/{show}.pdf", look, PRIVATE, 0, LANE_PUBLIC, "" },
	{ METHOD_POST, "/shows/{show}/hold", look, PRIVATE | SAME_SITE | WITH_FORM, 16 * KiB, LANE_PUBLIC, "" },
};

/* libfcgi's parameters are C strings: they end at a NUL. */
static struct span
header(struct request *rq, const char *name)
{
	const struct input *in = rq->transport;

	if (strcmp(name, "REQUEST_METHOD") == 0)
		return span_of(in->method);
	if (strcmp(name, "REQUEST_URI") == 0)
		return span_of(CSTR(rq->arena, in->uri));
	if (strcmp(name, "HTTP_COOKIE") == 0)
		return span_of(CSTR(rq->arena, in->cookie));
	return strcmp(name, "CONTENT_TYPE") == 0 ? SPAN("application/x-www-form-urlencoded") : SPAN_NONE;
}

static enum body_end
read_body(struct request *rq, size_t limit, struct span *body)
{
	*body = ((const struct input *)rq->transport)->form;
	return body->n > limit ? BODY_TOO_LONG : BODY_WHOLE;
}

static void
visit(struct arena *arena, const struct input *in)
{
	struct router router = { .routes = table, .n = ARRAY_LEN(table), .base_url = "https://foyer.example" };
	struct request rq = { .arena = arena, .header = header, .read_body = read_body, .transport = (void *)(uintptr_t)in };
	struct response rs;
	struct span headers;
	int status;

	response_init(&rs, &rq);
	status = route_request(&router, LANE_PUBLIC, &rq, &rs);
	check(status == 303 || (status >= 400 && status <= 500));
	check(status == 303 || (rs.body.buf.n > 0 && !rs.body.buf.failed));
	for (headers = buf_view(&rs.headers); headers.n;) {
		struct span line = span_cut(&headers, '\n');

		check(line.n > 3 && line.p[line.n - 1] == '\r' && memchr(line.p, ':', line.n) && !memchr(line.p, '\r', line.n - 1));
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static struct arena *arena;
	struct input in = { .form = { (const char *)data, n } };

	if (!arena) {
		crypto_start();
		log_open("fuzz_request", LOG_LEVEL_ERROR);
		arena = arena_new(64 * MiB);
	}
	in.uri = span_cut(&in.form, '\n');
	in.cookie = span_cut(&in.form, '\n');
	in.method = "GET";
	visit(arena, &in);
	in.method = "POST";
	visit(arena, &in);
	arena_reset(arena);
	return 0;
}
