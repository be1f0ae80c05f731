/*
 * fuzz_request.c - what a stranger can ask: addresses, queries, cookies and forms. The input's first line is the address, the second
 * the Cookie header, the rest a form. Whatever it is, handlers see only whole text and few fields, what they see is what was sent, and
 * the answer is a whole one.
 */
#include "base/base.h"

#include "http/internal.h"
#include "t/fuzz/fuzz.h"

#define ID_MAX ((int64_t)1 << 53)

struct input {
	struct span uri, cookie, form;
	const char *method;
};

static void
check_fields(const struct fields *fields)
{
	check(fields->n <= FIELDS_MAX);
	for (size_t i = 0; i < fields->n; i++)
		check(span_utf8(fields->list[i].name) && span_utf8(fields->list[i].value));
}

/* Every byte as %XX: what any encoder may send. */
static void
put_encoded(struct buf *b, struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		buf_fmt(b, "%%%02X", (unsigned char)s.p[i]);
}

/* The same fields written anew are read as the same fields. */
static void
check_read_again(const struct request *rq)
{
	struct request again = *rq;
	struct buf b;

	buf_init(&b, rq->arena, MiB);
	for (size_t i = 0; i < rq->form.n; i++) {
		buf_text(&b, i ? "&" : "");
		put_encoded(&b, rq->form.list[i].name);
		buf_byte(&b, '=');
		put_encoded(&b, rq->form.list[i].value);
	}
	again.body = buf_view(&b);
	again.form.n = 0;
	check(!b.failed && request_read_form(&again) == 0 && again.form.n == rq->form.n);
	for (size_t i = 0; i < rq->form.n; i++)
		check(span_eq(again.form.list[i].name, rq->form.list[i].name) && span_eq(again.form.list[i].value, rq->form.list[i].value));
}

static void
check_numbers(struct request *rq)
{
	int64_t ids[8], v;
	size_t n;

	if (form_ids(rq, "seat", ARRAY_LEN(ids), ids, &n))
		for (size_t i = 0; i < n; i++)
			check(ids[i] >= 1 && ids[i] <= ID_MAX);
	check(n <= ARRAY_LEN(ids));
	check(!path_id(rq, "show", &v) || (v >= 1 && v <= ID_MAX));
	check(!query_int(rq, "x", -5, 5, &v) || (v >= -5 && v <= 5));
	check(!form_int(rq, "f", 0, 9, &v) || (v >= 0 && v <= 9));
}

/* A cookie's value is raw; what a header cannot have is left out of the answer, and is a mistake of whoever put it there. */
static void
echo_cookie(struct request *rq, struct response *rs)
{
	struct span value = cookie_value(rq, "b");

	check(!memchr(value.p, ';', value.n));
	fuzz_bug_meant = true;
	response_header(rs, "X-Cookie", value);
	fuzz_bug_meant = false;
}

/* Likewise an address to go to, of which a handler would have made sure. */
static int
go_where_asked(struct request *rq, struct response *rs)
{
	int status;

	fuzz_bug_meant = true;
	status = redirect(rs, "/%.*s", ARGSPAN(query_value(rq, "to")));
	fuzz_bug_meant = false;
	return status;
}

static int
look(struct request *rq, struct response *rs)
{
	struct span line;

	check(span_utf8(rq->path) && rq->path.p[0] == '/');
	check_fields(&rq->in_path);
	check_fields(&rq->query);
	check_fields(&rq->form);
	for (size_t i = 0; i < rq->in_path.n; i++)
		check(rq->in_path.list[i].value.n && !memchr(rq->in_path.list[i].value.p, '/', rq->in_path.list[i].value.n));
	check_read_again(rq);
	check_numbers(rq);
	if (form_line(rq, "name", 1, 20, &line))
		check(span_chars(line) >= 1 && span_chars(line) <= 20 && !memchr(line.p, '\n', line.n));
	echo_cookie(rq, rs);
	return rq->method == METHOD_GET ? go_where_asked(rq, rs) : 422;
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
	struct arena *arena = fuzz_arena("fuzz_request");
	struct input in = { .form = { (const char *)data, n } };

	in.uri = span_cut(&in.form, '\n');
	in.cookie = span_cut(&in.form, '\n');
	in.method = "GET";
	visit(arena, &in);
	in.method = "POST";
	visit(arena, &in);
	return 0;
}
