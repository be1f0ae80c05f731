/*
 * shape.h - the body of a call in JSON, held against a table of what the call knows. A path is written "customer.email",
 * "purchase_units[].amount.value", "notes.*" for any member; whatever stands above a path in the table is an object or a list.
 * What is not in the table is refused, so that a caller's mistake shows, even where the real provider would overlook it.
 */
#ifndef FOYER_SANDBOX_SHAPE_H
#define FOYER_SANDBOX_SHAPE_H

#include <jansson.h>

enum shape_kind { SHAPE_TEXT, SHAPE_INT, SHAPE_BOOL, SHAPE_WORD, SHAPE_URL, SHAPE_CURRENCY, SHAPE_DECIMAL, SHAPE_OBJECT, SHAPE_LIST };

struct shape_rule {
	const char *path;
	enum shape_kind kind;
	int64_t min, max;		/* an INT's value, a LIST's length; characters of the others (max 0: 2048) */
	const char *words;		/* for WORD: those allowed, blanks between */
	bool needed;			/* wherever the object that it stands in is there */
};

enum shape_fault { SHAPE_GOOD, SHAPE_MISSING, SHAPE_UNKNOWN, SHAPE_WRONG };

/* at: the path of what is at fault, in the arena; "" for the whole. An OBJECT's inside is not looked at unless paths lead into it. */
enum shape_fault shape_check(struct arena *, const json_t *body, const struct shape_rule *, size_t n, struct span *at);

#endif
