/* visitor.h - a browser without a screen: cookies of its own, follows nothing by itself. By libcurl. */
#ifndef FOYER_T_VISITOR_H
#define FOYER_T_VISITOR_H

#include "stack.h"

struct visitor;

struct page {
	int status;		/* 0: no answer */
	struct span head;	/* all header lines */
	struct span body;
	struct span location;	/* empty if none */
	struct span type;
};

struct visitor *visitor_new(struct stack *);
struct stack *visitor_stack(struct visitor *);
void visitor_free(struct visitor *);
void visitor_says(struct visitor *, const char *header);	/* one more header on each request, "Origin: http://…" */
/* path: from the site's root, or a whole address. */
struct page visitor_get(struct visitor *, const char *path);
struct page visitor_post(struct visitor *, const char *path, const char *form);
struct page visitor_send(struct visitor *, const char *method, const char *path, struct span body, const char *type);
struct page visitor_follow(struct visitor *, struct page);	/* GET of its location; the page itself if it has none */

bool page_has(struct page, const char *text);
struct span page_header(struct page, const char *name);		/* without the line's end; empty if absent */
/* What stands between the first `before` and the next `after`; empty if either is missing. */
struct span page_between(struct page, const char *before, const char *after);

#endif
