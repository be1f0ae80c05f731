/* response.c - what handlers say besides the page itself: headers, redirects, and the head that goes out before the body. */
#include "base/base.h"

#include "http/internal.h"

void
response_init(struct response *rs, struct request *rq)
{
	*rs = (struct response){ .rq = rq, .type = SPAN_NONE, .why = SPAN_NONE };
	buf_init(&rs->headers, rq->arena, RESPONSE_HEADERS_MAX);
	html_init(&rs->body, rq->arena, RESPONSE_MAX);
}

static bool
has_control(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] < 0x20 || s.p[i] == 0x7f)
			return true;
	return false;
}

void
response_header(struct response *rs, const char *name, struct span value)
{
	const struct route *route = rs->rq->route;

	if (has_control(value)) {
		BUG("header=%s has a control byte", name);
		return;
	}
	if (route && route->gates & CACHED && strcmp(name, "Set-Cookie") == 0) {
		BUG("route=\"%s\" is CACHED and sets a cookie", route->pattern);
		return;
	}
	buf_text(&rs->headers, name);
	BUF_LIT(&rs->headers, ": ");
	buf_span(&rs->headers, value);
	BUF_LIT(&rs->headers, "\r\n");
}

/* Visible ASCII, none of it with a meaning of its own in headers or HTML. */
static bool
fit_for_location(struct span url)
{
	for (size_t i = 0; i < url.n; i++)
		if (url.p[i] <= ' ' || url.p[i] >= 0x7f || strchr("\"<>\\^`{|}", url.p[i]))
			return false;
	return true;
}

static int
go(struct response *rs, struct span where)
{
	if (!fit_for_location(where)) {
		BUG("a redirect to something that is no address");
		return 500;
	}
	response_header(rs, "Location", where);
	return 303;
}

int
redirect(struct response *rs, const char *fmt, ...)
{
	char text[2048];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (n < 1 || (size_t)n >= sizeof(text) || text[0] != '/' || text[1] == '/') {	/* "//host" would leave the site */
		BUG("a redirect that is no path of ours");
		return 500;
	}
	return go(rs, (struct span){ text, (size_t)n });
}

int
redirect_away(struct response *rs, struct span url)
{
	if (!span_starts(url, "https://") && !span_starts(url, "http://")) {
		BUG("a redirect to a provider's page without http");
		return 500;
	}
	return go(rs, url);
}

int
bad(struct response *rs, int status, struct span why)
{
	rs->why = why;
	return status;
}

const char *
status_words(int status)
{
	static const struct {
		int status;
		const char *words;
	} known[] = {
		{ 200, "OK" }, { 201, "Created" }, { 202, "Accepted" }, { 204, "No Content" }, { 302, "Found" }, { 303, "See Other" },
		{ 304, "Not Modified" }, { 400, "Bad Request" }, { 401, "Unauthorized" }, { 403, "Forbidden" }, { 404, "Not Found" },
		{ 405, "Method Not Allowed" }, { 409, "Conflict" }, { 410, "Gone" }, { 413, "Content Too Large" },
		{ 415, "Unsupported Media Type" }, { 422, "Unprocessable Content" }, { 429, "Too Many Requests" },
		{ 500, "Internal Server Error" }, { 502, "Bad Gateway" }, { 503, "Service Unavailable" }, { 504, "Gateway Timeout" },
	};

	for (size_t i = 0; i < ARRAY_LEN(known); i++)
		if (known[i].status == status)
			return known[i].words;
	return "Other";
}

void
response_head(const struct response *rs, int status, struct buf *out)
{
	buf_fmt(out, "Status: %d %s\r\n", status, status_words(status));
	buf_span(out, buf_view(&rs->headers));
	if (rs->body.buf.n) {
		BUF_LIT(out, "Content-Type: ");
		buf_span(out, rs->type);
		BUF_LIT(out, "\r\n");
	}
	if (status != 204 && status != 304)
		buf_fmt(out, "Content-Length: %zu\r\n", rs->body.buf.n);
	BUF_LIT(out, "\r\n");
}
