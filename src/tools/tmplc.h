/*
 * tmplc.h - what the parts of the template compiler share. It runs at build time only, reads files of our own tree and
 * stops at the first mistake; memory is given back by the end of the process.
 */
#ifndef FOYER_TOOLS_TMPLC_H
#define FOYER_TOOLS_TMPLC_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Where a piece of a template stands. */
struct place {
	const char *file;
	int line;
};

/* ---- tmpl_util.c ---- */

struct text {			/* a growing, NUL-terminated string */
	char *p;
	size_t n, cap;
};

void *keep(size_t n);					/* zeroed; never given back */
char *keep_copy(const char *p, size_t n);
char *keep_fmt(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void text_bytes(struct text *, const char *p, size_t n);
void text_fmt(struct text *, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void text_vfmt(struct text *, const char *fmt, va_list);
_Noreturn void fail(struct place, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
bool is_blank(char);
bool is_name(char first, char c);			/* may c follow in a name whose first letter is `first` (0: c is it) */

/* ---- tmpl_fields.c: what a view declares ---- */

enum type_kind { KIND_TEXT, KIND_WORD, KIND_INT, KIND_MONEY, KIND_TIME, KIND_URL, KIND_PATH, KIND_BOOL, KIND_HTML, KIND_LIST, KIND_GROUP };

struct type {
	const char *name;		/* as in a view block */
	enum type_kind kind;
	const char *c_type;		/* in the generated struct */
	const char *html, *plain;	/* what prints it; NULL: it cannot be printed */
};

struct field {
	const char *name;
	const struct type *type;
	struct field *inner, *next;	/* the fields of a list or group; the next one beside it */
	const char *c_struct;		/* lists and groups: the tag of their struct */
	bool shape;			/* its fields are those of a partial, and so is its struct */
	struct place at;
};

/* How a name that a template sees is spelled in C. */
struct binding {
	const struct field *seen;	/* what the template may do with it */
	const struct field *real;	/* what the view declared: differs inside a partial */
	const char *base;		/* "v->", "e1->", "v->hold." */
	struct binding *next;
};

struct scope {
	struct binding *names;
	const struct scope *outer;
};

/* A cursor over the source of a view or fields block. */
struct reader {
	const char *p, *end;
	struct place at;
};

struct field *fields_parse(struct reader *, const char *c_prefix);	/* up to {{/ */
const struct field *fields_find(const struct field *, const char *name);
void fields_check_same(const struct field *, const struct field *other, struct place at, const char *file);
void scope_add(struct scope *, const struct field *seen, const struct field *real, const char *base);
struct binding scope_find(const struct scope *, const char *path, struct place);	/* fails if unknown */
/* The names of a partial, each bound to the name of its includer (in `group`, unless that is NULL). */
struct scope scope_for_partial(const struct scope *, const struct field *wanted, const char *partial, const char *group,
    struct place);

/* ---- tmpl_parse.c: from source to a tree ---- */

enum node_kind { NODE_TEXT, NODE_VALUE, NODE_EACH, NODE_IF, NODE_ONE, NODE_PARTIAL, NODE_ASSET };

struct node {
	enum node_kind kind;
	struct place at;
	const char *name;		/* the path of a value or block, of a partial its name, of an asset its file */
	const char *group;		/* partial: the group it takes its names from, or NULL */
	const char *text;		/* literal text */
	size_t n;
	bool starts_line;		/* literal text: it begins at the left margin */
	struct node *body, *other;	/* between the opening tag and {{else}}, and from there to the end */
	struct place else_at, end_at;
	struct node *next;
};

struct source {
	const char *file, *name, *c_name;	/* "templates/hold-over.html", "hold-over", "hold_over" */
	const char *c_struct;			/* "hold_over_view", of a partial "head_fields" */
	bool partial, plain;			/* plain: text/plain, nothing is escaped */
	bool mail;				/* it stands in a folder of that name: read far from our site */
	struct field *fields;
	struct node *body;
	struct place end_at;
	struct source *next;			/* every file read, for the dependencies */
};

struct source *source_read(const char *file, bool partial, struct place from);
struct source *source_partial(const char *name, struct place);	/* in the folder of that place; read once */
/* The letter's other half, NAME.html beside NAME.txt, with the same view; NULL for what is no letter. */
struct source *source_twin(const struct source *);
const struct source *source_first(void);

/* ---- tmpl_html.c: which part of HTML we are in, tmpl_place.c: what may stand there ---- */

enum html_at {
	AT_TEXT, AT_TAG_OPEN, AT_TAG_NAME, AT_END_NAME, AT_END_GAP, AT_GAP, AT_GLUED, AT_ATTR_NAME, AT_EQUALS,
	AT_QUOTED, AT_UNQUOTED, AT_BANG, AT_COMMENT, AT_DECLARATION, AT_RAW, AT_RAW_END, AT_SELF_CLOSE
};

/* What the part of an address that stands already says about where it points. */
enum url_at { URL_NONE, URL_START, URL_PREFIX, URL_FIXED, URL_WHOLE, URL_UNSURE, URL_LIST };

struct html_state {
	enum html_at at;
	enum url_at url;
	char quote;
	bool refresh, open_text;	/* meta: has http-equiv; has a variable of free text in content */
	int pre;			/* open <pre> */
	bool mail;			/* <style> may stand here, and addresses are whole */
	size_t matched;			/* of "</title", or of the end of a comment */
	char tag[32], attr[32], prefix[96];
};

/* Where a value is about to be printed. */
enum html_place { PLACE_TEXT, PLACE_RAW_TEXT, PLACE_ATTR, PLACE_URL_WHOLE, PLACE_URL_PART, PLACE_REFRESH };

/* Walks one piece of literal text, appends to out what is worth printing of it. */
void html_literal(struct html_state *, const struct node *, struct text *out);
void html_settle(struct html_state *, struct place);		/* the name of a tag or attribute ends here */

enum html_place html_value(struct html_state *, const struct type *, const char *name, struct place);
void html_asset_here(struct html_state *, struct place);
void html_branch(struct html_state *, struct place);		/* a block begins or ends here */
/* Two ways meet; fails if they end in different states. A loop's two ways are to go on and to go round again. */
void html_join(struct html_state *, const struct html_state *other, struct place, bool loop, const char *what);
void html_end(const struct html_state *, struct place);		/* the page ends here */

/* ---- tmpl_emit.c: C out ---- */

struct emitter {
	struct text code, literal;
	struct place literal_at;
	int depth;			/* of indentation */
	bool plain;
};

void emit_literal(struct emitter *, struct place, const char *p, size_t n);
void emit_line(struct emitter *, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void emit_at(struct emitter *, struct place);			/* #line */
void emit_flush(struct emitter *);
/* twin may be NULL */
void emit_header(struct text *, const struct source *, const struct source *twin);
void emit_unit_head(struct text *, const struct source *);
void emit_function(struct text *, const struct source *, const struct emitter *);

/* ---- tmpl_walk.c: checks the tree and writes the function's body ---- */

void walk_source(struct emitter *, const struct source *);

#endif
