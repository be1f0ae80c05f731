/*
 * http_visit.h - a request as the web server would hand it over, without a web server: filled in by hand, routed, and looked at.
 */
#ifndef FOYER_T_HTTP_VISIT_H
#define FOYER_T_HTTP_VISIT_H

#include "base/base.h"

#include <setjmp.h>

#include <cmocka.h>

#include "http/internal.h"

struct variable {
	const char *name, *value;
};

struct visit {
	struct arena *arena, *site;	/* of this request, of all */
	struct router router;
	struct variable variables[12];	/* what the web server says */
	size_t n;
	struct span body;
	enum body_end body_end;
	enum lane lane;
	struct request rq;		/* what came of it; lives until the next begin */
	struct response rs;
};

struct visit *visit_new(const struct route *, size_t n);	/* of a site with these routes at https://foyer.example:8443 */
void visit_free(struct visit *);
void visit_begin(struct visit *, const char *method, const char *uri);
void visit_with(struct visit *, const char *cgi_name, const char *value);
int visit_go(struct visit *);					/* the status */
int visit_get(struct visit *, const char *uri);
int visit_post(struct visit *, const char *uri, const char *form);

#define assert_body(v, text) assert_string_equal((v)->rs.body.buf.p, text)
#define assert_page_says(v, words) assert_non_null(strstr((v)->rs.body.buf.p, words))
#define assert_header(v, line) assert_non_null(strstr((v)->rs.headers.p, line "\r\n"))
#define assert_no_header(v, name) assert_null(strstr((v)->rs.headers.p, name ":"))

#endif
