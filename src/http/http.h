/*
 * http.h - a request, a response, and the table of routes. A handler parses its input to typed values, calls the domain, fills a
 * view, and returns an HTTP status; everything else (404, 405, HEAD, limits, cross-site rule, caching headers, error pages,
 * metrics, logging) happens around it in router.c and worker.c.
 */
#ifndef FOYER_HTTP_HTTP_H
#define FOYER_HTTP_HTTP_H

#include "html/html.h"
#include "http/messages.h"

struct app;			/* what handlers need beyond HTTP: pages/app.h knows its inside, this layer does not */

enum method { METHOD_GET, METHOD_POST, METHOD_OTHER };
enum lane { LANE_PUBLIC, LANE_PAY, LANE_WEBHOOK, LANE_STAFF, LANES };

/* Limits of what is read and written, in one place; routes.def has the limit of each body. */
#define FIELDS_MAX 100			/* of a query or a form */
#define RESPONSE_MAX (4 * MiB)
#define RESPONSE_HEADERS_MAX (16 * KiB)

struct field {
	struct span name, value;	/* decoded, valid UTF-8, without NUL */
};

struct fields {
	struct field *list;
	size_t n;
};

enum body_end {
	BODY_WHOLE,
	BODY_TOO_LONG,			/* more than the limit; not read to its end */
	BODY_CUT,			/* the other side went away, or sent less than it said */
};

struct request {
	struct app *app;
	struct arena *arena;
	enum method method;
	bool head;			/* HEAD: as GET, the body is left off */
	struct span path;		/* decoded, valid UTF-8, without NUL */
	struct fields in_path, query, form;
	struct span body;		/* raw bytes as received */
	struct span id;			/* nginx's request id */
	const struct route *route;	/* NULL until found */
	struct span why;		/* set by the readers below: which value was wrong, and how; for the error page */
	struct span (*header)(struct request *, const char *cgi_name);	/* "HTTP_COOKIE"; empty if absent */
	enum body_end (*read_body)(struct request *, size_t limit, struct span *body);
	void *transport;
};

struct response {
	struct request *rq;
	struct span type;		/* "text/html; charset=utf-8" unless set */
	struct buf headers;		/* lines without status, each with CRLF */
	struct html body;		/* views print here; other types write to body.buf */
	int64_t retry_after;		/* seconds; 0: none, but 429 and 503 always get one */
	/* what the error page says; each may be empty: then the status's own words stand */
	struct span why;
};

typedef int handler(struct request *, struct response *);	/* the HTTP status; 0 is a BUG and becomes a 500 */

enum route_gate {
	CACHED = 1,			/* the same bytes for everyone: public, max-age=1; such a handler must not read the cookie */
	PRIVATE = 2,			/* private, no-store */
	SAME_SITE = 4,			/* the cross-site rule for unsafe methods (design.md 6) */
	WITH_FORM = 8,			/* body is application/x-www-form-urlencoded and is parsed into rq->form */
	MACHINE = 16,			/* errors are text/plain, for operators and webhooks */
};

struct route {
	enum method method;
	const char *pattern;		/* "/shows/{show}/hold"; {name} matches one non-empty part without '/'; "{token}.ics" works too */
	handler *run;
	unsigned gates;
	size_t body_limit;		/* bytes; 0: no body wanted */
	enum lane lane;
	const char *name;		/* for metrics: the pattern */
};

/* -- reading a request: each says false (or gives the empty span) where the value is missing or wrong; false sets rq->why ---- */

struct span path_value(struct request *, const char *name);
struct span query_value(struct request *, const char *name);	/* the first; empty if absent */
struct span form_value(struct request *, const char *name);
bool form_has(struct request *, const char *name);
bool path_id(struct request *, const char *name, int64_t *id);	/* 1 … 2^53 */
bool query_int(struct request *, const char *name, int64_t min, int64_t max, int64_t *out);
bool form_int(struct request *, const char *name, int64_t min, int64_t max, int64_t *out);
/* One line as a person types it: blanks off both ends, min to max characters, no control character. */
bool form_line(struct request *, const char *name, size_t min, size_t max, struct span *out);
/* All values of a repeated field as ids; false if one is no id, or there are more than max. Twice the same is kept twice. */
bool form_ids(struct request *, const char *name, size_t max, int64_t *ids, size_t *n);
struct span cookie_value(struct request *, const char *name);	/* raw; empty if absent; on a CACHED route a BUG, and empty */

/* -- writing a response --------------------------------------------------------------------------------------------------- */

void response_init(struct response *, struct request *);
/* A header line; a value with a control byte is a BUG and is left out. So is Set-Cookie on a CACHED route. */
void response_header(struct response *, const char *name, struct span value);
/* 303 to a path of ours (begins with one '/'), or to a provider's absolute URL. Return their result from the handler. */
int redirect(struct response *, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
int redirect_away(struct response *, struct span url);
/* For `return bad(rs, 400, message(M_…))`: what was wrong, in words of the messages table. */
int bad(struct response *, int status, struct span why);

/* -- the router (router.c) ------------------------------------------------------------------------------------------------ */

struct router {
	const struct route *routes;
	size_t n;
	const char *base_url;		/* for the cross-site rule: scheme, host and port */
	struct span content_policy;	/* of every HTML page: content_policy() */
	struct app *app;
	/*
	 * Around each handler, both may be NULL. `before` gives the request's arena to whoever needs it. `after` may change the
	 * status (503 where the database was lost): what the handler wrote is then dropped for the error page.
	 */
	void (*before)(struct request *);
	int (*after)(struct request *, int status);
};

/* The Content-Security-Policy, with the origins that a form may lead on to (the providers' payment pages), blanks between. */
struct span content_policy(struct arena *, struct span form_origins);

/*
 * Reads the request line, finds the route, applies its gates, runs it, renders the error page where the handler left an error
 * status without a body, and completes the headers. A handler's own body stays with any status but 500.
 */
int route_request(const struct router *, enum lane, struct request *, struct response *);

/*
 * Says what is wrong with the table, or NULL: a bad pattern, the same row twice, an unsafe method that is open to other sites and
 * no MACHINE route, CACHED with PRIVATE or with POST. Called at start, so that no handler can be added without its gates.
 */
const char *router_fault(const struct router *, const struct route **row);

#endif
