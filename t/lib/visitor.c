/* visitor.c - see visitor.h. */
#include "visitor.h"
#include "logs.h"

#include <strings.h>

#include <curl/curl.h>

struct visitor {
	struct stack *stack;
	CURL *curl;
	struct curl_slist *headers;
};

struct visitor *
visitor_new(struct stack *s)
{
	struct visitor *v = ARENA_NEW(s->arena, struct visitor);

	v->stack = s;
	v->curl = curl_easy_init();
	if (!v->curl)
		die("curl does not start");
	return v;
}

void
visitor_free(struct visitor *v)
{
	curl_easy_cleanup(v->curl);
	curl_slist_free_all(v->headers);
}

void
visitor_says(struct visitor *v, const char *header)
{
	v->headers = curl_slist_append(v->headers, header);
}

static size_t
collect(char *p, size_t size, size_t n, void *to)
{
	buf_bytes(to, p, size * n);
	return size * n;
}

struct page
visitor_send(struct visitor *v, const char *method, const char *path, struct span body, const char *type)
{
	struct curl_slist *headers = NULL;
	struct buf head, text;
	struct page page = { .head = SPAN_NONE, .body = SPAN_NONE, .location = SPAN_NONE, .type = SPAN_NONE };
	const char *url = strncmp(path, "http", 4) == 0 ? path :
	    arena_fmt(v->stack->arena, "http://127.0.0.1:%d%s", v->stack->port, path).p;
	long status = 0;

	buf_init(&head, v->stack->arena, 64 * KiB);
	buf_init(&text, v->stack->arena, 16 * MiB);
	for (struct curl_slist *h = v->headers; h; h = h->next)
		headers = curl_slist_append(headers, h->data);
	if (type)
		headers = curl_slist_append(headers, arena_fmt(v->stack->arena, "Content-Type: %s", type).p);
	headers = curl_slist_append(headers, "Expect:");
	curl_easy_reset(v->curl);
	curl_easy_setopt(v->curl, CURLOPT_COOKIEFILE, "");
	curl_easy_setopt(v->curl, CURLOPT_URL, url);
	curl_easy_setopt(v->curl, CURLOPT_CUSTOMREQUEST, method);
	curl_easy_setopt(v->curl, CURLOPT_HTTPHEADER, headers);
	curl_easy_setopt(v->curl, CURLOPT_HEADERFUNCTION, collect);
	curl_easy_setopt(v->curl, CURLOPT_HEADERDATA, &head);
	curl_easy_setopt(v->curl, CURLOPT_WRITEFUNCTION, collect);
	curl_easy_setopt(v->curl, CURLOPT_WRITEDATA, &text);
	curl_easy_setopt(v->curl, CURLOPT_TIMEOUT, 40L);
	curl_easy_setopt(v->curl, CURLOPT_PATH_AS_IS, 1L);
	if (strcmp(method, "HEAD") == 0)
		curl_easy_setopt(v->curl, CURLOPT_NOBODY, 1L);
	if (strcmp(method, "POST") == 0 || body.n) {
		curl_easy_setopt(v->curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)body.n);
		curl_easy_setopt(v->curl, CURLOPT_POSTFIELDS, body.p);
		curl_easy_setopt(v->curl, CURLOPT_CUSTOMREQUEST, method);
	}
	if (curl_easy_perform(v->curl) == CURLE_OK)
		curl_easy_getinfo(v->curl, CURLINFO_RESPONSE_CODE, &status);
	curl_slist_free_all(headers);
	page.status = (int)status;
	page.head = buf_view(&head);
	page.body = buf_view(&text);
	page.location = page_header(page, "Location");
	page.type = page_header(page, "Content-Type");
	logs_notice(v->stack, page.head);
	logs_notice(v->stack, page.body);
	return page;
}

struct page
visitor_get(struct visitor *v, const char *path)
{
	return visitor_send(v, "GET", path, SPAN_NONE, NULL);
}

struct page
visitor_post(struct visitor *v, const char *path, const char *form)
{
	return visitor_send(v, "POST", path, span_of(form), "application/x-www-form-urlencoded");
}

struct page
visitor_follow(struct visitor *v, struct page p)
{
	return p.location.n ? visitor_get(v, CSTR(v->stack->arena, p.location)) : p;
}

bool
page_has(struct page p, const char *text)
{
	return memmem(p.body.p, p.body.n, text, strlen(text)) != NULL;
}

struct span
page_header(struct page p, const char *name)
{
	struct span rest = p.head;
	size_t n = strlen(name);

	while (rest.n) {
		struct span line = span_cut(&rest, '\n');

		if (line.n > n && line.p[n] == ':' && strncasecmp(line.p, name, n) == 0)
			return span_trim((struct span){ line.p + n + 1, line.n - n - 1 });
	}
	return SPAN_NONE;
}

struct span
page_between(struct page p, const char *before, const char *after)
{
	const char *from = memmem(p.body.p, p.body.n, before, strlen(before));
	const char *to;

	if (!from)
		return SPAN_NONE;
	from += strlen(before);
	to = memmem(from, (size_t)(p.body.p + p.body.n - from), after, strlen(after));
	return to ? (struct span){ from, (size_t)(to - from) } : SPAN_NONE;
}

struct stack *
visitor_stack(struct visitor *v)
{
	return v->stack;
}
