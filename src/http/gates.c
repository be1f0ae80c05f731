/* gates.c - what keeps other sites out: the cross-site rule for unsafe methods, and the policy that browsers hold pages to. */
#include "base/base.h"

#include "http/internal.h"

/* "https://a.example:8443/b?c" -> "https://a.example:8443"; empty if it has no such beginning. */
static struct span
origin_of(struct span url)
{
	size_t slashes = 0, n = 0;

	if (!span_starts(url, "https://") && !span_starts(url, "http://"))
		return SPAN_NONE;
	for (; n < url.n; n++) {
		slashes += url.p[n] == '/';
		if (slashes == 3 || url.p[n] == '?' || url.p[n] == '#')
			break;
	}
	return (struct span){ url.p, n };
}

/*
 * A program that shows a bearer token and no cookie carries nothing that another site's page could borrow. The first header that
 * is there decides; a browser old enough to send none of them still has SameSite cookies to protect it.
 */
bool
same_site(struct request *rq, const char *base_url)
{
	struct span fetch = rq->header(rq, "HTTP_SEC_FETCH_SITE"), origin = rq->header(rq, "HTTP_ORIGIN");
	struct span referer = rq->header(rq, "HTTP_REFERER");

	if (span_starts(rq->header(rq, "HTTP_AUTHORIZATION"), "Bearer ") && !rq->header(rq, "HTTP_COOKIE").n)
		return true;
	if (fetch.n)
		return span_is(fetch, "same-origin") || span_is(fetch, "none");
	if (origin.n)
		return span_is(origin, base_url);
	if (referer.n)
		return span_is(origin_of(referer), base_url);
	return true;
}

struct span
content_policy(struct arena *a, struct span form_origins)
{
	struct buf b;

	buf_init(&b, a, 2 * KiB);
	buf_text(&b, "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; worker-src 'self'; "
	    "frame-ancestors 'none'; base-uri 'none'; form-action 'self'");
	if (form_origins.n)
		buf_fmt(&b, " " PRSPAN, ARGSPAN(form_origins));
	return buf_view(&b);
}
