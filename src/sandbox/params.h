/*
 * params.h - form-encoded parameters, read into a flat list; and Stripe's way of nesting them, "line_items[0][price_data][currency]=gbp",
 * which is held against a table of what a call knows and made into a tree of typed values.
 */
#ifndef FOYER_SANDBOX_PARAMS_H
#define FOYER_SANDBOX_PARAMS_H

#include <jansson.h>

#include "sandbox/complaint.h"

#define PARAM_DEPTH 8
#define PARAMS_MAX 2000

struct param {
	struct span name, value;		/* decoded; the name as written: "a[0][b]" */
	struct span part[PARAM_DEPTH];		/* "a", "0", "b" */
	size_t parts;				/* 0: the brackets do not match, or nest too deep */
};

struct params {
	struct param *list;
	size_t n;
};

enum param_kind { PARAM_TEXT, PARAM_INT, PARAM_BOOL, PARAM_WORD, PARAM_URL, PARAM_EMAIL, PARAM_CURRENCY };

/* One row for each parameter a call knows. In a path "#" stands for an array's index and "*" for any key of a map. */
struct param_rule {
	const char *path;
	enum param_kind kind;
	int64_t min, max;			/* an INT's value, a TEXT's or URL's characters (max 0: 5000) */
	const char *words;			/* for WORD: those allowed, blanks between */
};

/* False with a complaint: too many, or not UTF-8. Later values of one name win when the tree is made. */
bool params_read(struct arena *, struct span text, struct params *, struct complaint *);
struct span params_value(const struct params *, const char *name);	/* the last of that name; empty if absent */
/* stripe_params.c. A new object; NULL with a complaint: an unknown parameter, a wrong value, an array with a hole. */
json_t *params_tree(const struct params *, const struct param_rule *, size_t n, struct complaint *);

#endif
