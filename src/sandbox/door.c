/* door.c - see door.h. One libfcgi handle for each request, so that any number can wait. */
#include "base/base.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "http/fastcgi.h"
#include "sandbox/door.h"
#include "sandbox/members.h"

#define VISIT_MEMORY (16 * MiB)
#define OUT_MAX (8 * MiB)

void
door_open(struct door *d, const char *path)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };

	*d = (struct door){ .sock = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0) };
	if (strlen(path) >= sizeof(at.sun_path))
		die("socket name too long: %s", path);
	memcpy(at.sun_path, path, strlen(path) + 1);
	unlink(path);
	if (d->sock < 0 || bind(d->sock, (struct sockaddr *)&at, sizeof(at)) < 0 || chmod(path, 0666) < 0 || listen(d->sock, 1024) < 0)
		die("cannot listen at %s: %s", path, strerror(errno));
}

static void
visit_free(struct visit *v)
{
	fastcgi_free(v->wire.transport);
	arena_free(v->arena);
}

void
door_close(struct door *d)
{
	while (d->waiting) {
		struct visit *v = d->waiting;

		d->waiting = v->next;
		visit_free(v);
	}
	close(d->sock);
}

struct span
visit_header(struct visit *v, const char *cgi_name)
{
	return v->wire.header(&v->wire, cgi_name);
}

static void
visit_read(struct visit *v)
{
	struct span method = visit_header(v, "REQUEST_METHOD");
	enum body_end end;

	v->path = visit_header(v, "DOCUMENT_URI");		/* without the query, unlike REQUEST_URI */
	v->query = visit_header(v, "QUERY_STRING");
	v->method = span_is(method, "GET") || span_is(method, "HEAD") ? VISIT_GET : span_is(method, "POST") ? VISIT_POST : VISIT_OTHER;
	v->key = SPAN_NONE;
	v->id = arena_copy(v->arena, span_of(provider_id_new("req_", 14).text));
	v->body = SPAN_NONE;
	end = v->wire.read_body(&v->wire, VISIT_BODY_MAX, &v->body);
	v->too_large = end == BODY_TOO_LONG;
	v->cut = end == BODY_CUT;
}

struct visit *
door_next(struct door *d)
{
	struct pollfd listener = { .fd = d->sock, .events = POLLIN };
	struct fastcgi *f;
	struct arena *a;
	struct visit *v;

	if (poll(&listener, 1, 0) < 1)
		return NULL;
	f = fastcgi_new();
	if (!fastcgi_accept(f, d->sock)) {
		fastcgi_free(f);
		return NULL;
	}
	a = arena_new(VISIT_MEMORY);
	v = ARENA_NEW(a, struct visit);
	v->arena = v->wire.arena = a;
	fastcgi_request(f, &v->wire);
	buf_init(&v->headers, a, 16 * KiB);
	buf_init(&v->out, a, OUT_MAX);
	visit_read(v);
	return v;
}

void
door_wait(struct door *d, struct visit *v)
{
	struct visit **at = &d->waiting;

	while (*at)
		at = &(*at)->next;
	*at = v;
	v->next = NULL;
}

static void
visit_send(struct visit *v)
{
	struct fastcgi *f = v->wire.transport;
	struct buf status;

	if (!v->drop) {
		buf_init(&status, v->arena, 256);
		buf_fmt(&status, "Status: %d\r\n", v->out.failed ? 500 : v->status);
		if (v->type)
			buf_fmt(&status, "Content-Type: %s\r\n", v->type);
		BUF_LIT(&status, "Cache-Control: no-store\r\n");
		fastcgi_put(f, buf_view(&status));
		fastcgi_put(f, buf_view(&v->headers));
		fastcgi_put(f, SPAN("\r\n"));
		if (!v->out.failed)
			fastcgi_put(f, buf_view(&v->out));
		fastcgi_finish(f);
	}
	visit_free(v);
}

int64_t
door_flush(struct door *d, int64_t now_ms, int64_t most)
{
	for (struct visit **at = &d->waiting; *at;) {
		struct visit *v = *at;

		if (v->waits_for || v->due > now_ms) {
			if (!v->waits_for && v->due - now_ms < most)
				most = v->due - now_ms;
			at = &v->next;
			continue;
		}
		*at = v->next;
		visit_send(v);
	}
	return most;
}

void
visit_add_header(struct visit *v, const char *name, struct span value)
{
	for (size_t i = 0; i < value.n; i++)
		if ((unsigned char)value.p[i] < 0x20)
			return;		/* somebody's text must not begin a line of its own */
	buf_fmt(&v->headers, "%s: " PRSPAN "\r\n", name, ARGSPAN(value));
}

static void
answer(struct visit *v, int status, const char *type, struct span body)
{
	v->status = status;
	v->type = type;
	buf_clear(&v->out);
	buf_span(&v->out, body);
}

void
visit_answer_json(struct visit *v, int status, const json_t *body)
{
	char *text = json_dumps(body, JSON_INDENT(2));

	if (!text)
		die("an answer that is no JSON");
	answer(v, status, "application/json", span_of(text));
	free(text);
}

void
visit_answer_text(struct visit *v, int status, struct span text)
{
	answer(v, status, "text/plain", text);
}

void
visit_answer_page(struct visit *v, int status, struct span html)
{
	answer(v, status, "text/html; charset=utf-8", html);
	visit_add_header(v, "Content-Security-Policy", SPAN("default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; "
	    "frame-ancestors 'none'"));
	visit_add_header(v, "Referrer-Policy", SPAN("same-origin"));
}

void
visit_redirect(struct visit *v, struct span url)
{
	answer(v, 303, NULL, SPAN_NONE);
	visit_add_header(v, "Location", url);
}
