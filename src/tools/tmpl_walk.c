/* tmpl_walk.c - walks a template's tree with the names it can see, checks every use, and makes the lines of its function. */
#include "tmplc.h"

#define MAX_PARTIALS 16		/* one within another */

struct walk {
	struct emitter *e;
	struct html_state html;
	bool plain;
	int loops, partials;
};

static void walk_nodes(struct walk *, const struct node *, const struct scope *);

static const char *
expression(const struct binding *b)
{
	return keep_fmt("%s%s", b->base, b->real->name);
}

static const char *
length_of(const struct binding *b)
{
	return keep_fmt("%sn_%s", b->base, b->real->name);
}

static void
walk_literal(struct walk *w, const struct node *n)
{
	struct text out = { NULL, 0, 0 };

	if (w->plain) {
		emit_literal(w->e, n->at, n->text, n->n);
		return;
	}
	html_literal(&w->html, n, &out);
	if (out.n)
		emit_literal(w->e, n->at, out.p, out.n);
}

static void
walk_value(struct walk *w, const struct node *n, const struct scope *scope)
{
	struct binding b = scope_find(scope, n->name, n->at);
	const struct type *type = b.seen->type;
	const char *print = w->plain ? type->plain : type->html;

	if (!print)
		fail(n->at, "\"%s\" is a %s, which cannot be printed%s", n->name, type->name,
		    type->kind == KIND_LIST ? ": use {{#each}}" : type->kind == KIND_BOOL ? ": use {{#if}}" : "");
	if (!w->plain && html_value(&w->html, type, n->name, n->at) == PLACE_URL_PART && type->kind != KIND_INT)
		print = "html_percent";
	emit_at(w->e, n->at);
	emit_line(w->e, "%s(out, %s);", print, expression(&b));
}

static void
walk_asset(struct walk *w, const struct node *n)
{
	if (w->plain)
		fail(n->at, "a text has no assets");
	html_asset_here(&w->html, n->at);
	emit_at(w->e, n->at);
	emit_line(w->e, "html_asset(out, \"%s\");", n->name);
}

static const char *
condition(const struct node *n, const struct binding *b)
{
	switch (b->seen->type->kind) {
	case KIND_BOOL:
		return expression(b);
	case KIND_INT:
		return keep_fmt("%s != 0", expression(b));
	case KIND_TEXT:
	case KIND_WORD:
	case KIND_URL:
	case KIND_PATH:
		return keep_fmt("%s.n > 0", expression(b));
	case KIND_HTML:
		return keep_fmt("%s.s.n > 0", expression(b));
	case KIND_LIST:
		return keep_fmt("%s > 0", length_of(b));
	default:
		fail(n->at, "\"%s\" is a %s: {{#if}} takes a bool, an int, a text or a list", n->name, b->seen->type->name);
	}
}

/* One side of a block, begun in the state `from`; leaves its end state in w->html. */
static void
walk_side(struct walk *w, const struct node *side, const struct scope *scope, const struct html_state *from, struct place end)
{
	w->html = *from;
	w->e->depth++;
	walk_nodes(w, side, scope);
	emit_flush(w->e);
	w->e->depth--;
	if (!w->plain)
		html_branch(&w->html, end);
}

static void
join(struct walk *w, const struct html_state *other, const struct node *n, bool loop, const char *what)
{
	if (!w->plain)
		html_join(&w->html, other, n->end_at, loop, keep_fmt("{{#%s %s}} of line %d", what, n->name, n->at.line));
}

static void
walk_choice(struct walk *w, const struct node *n, const struct scope *scope)
{
	struct binding b = scope_find(scope, n->name, n->at);
	const char *test = n->kind == NODE_IF ? condition(n, &b) : keep_fmt("%s == 1", expression(&b));
	struct html_state from, then;

	if (n->kind == NODE_ONE && b.seen->type->kind != KIND_INT)
		fail(n->at, "\"%s\" is a %s: {{#one}} takes an int", n->name, b.seen->type->name);
	if (!w->plain)
		html_branch(&w->html, n->at);
	from = w->html;
	emit_at(w->e, n->at);
	emit_line(w->e, n->body ? "if (%s) {" : "if (!(%s)) {", test);
	if (n->body)
		walk_side(w, n->body, scope, &from, n->else_at);
	then = w->html;
	if (n->body && n->other)
		emit_line(w->e, "} else {");
	w->html = from;
	if (n->other)
		walk_side(w, n->other, scope, &from, n->end_at);
	emit_line(w->e, "}");
	join(w, &then, n, false, n->kind == NODE_IF ? "if" : "one");
}

/* The item's names join the names around; none may hide another. */
static struct scope
item_scope(const struct scope *outer, const struct binding *list, const char *item, struct place at)
{
	struct scope inner = { NULL, outer };

	for (const struct field *f = list->seen->inner; f; f = f->next) {
		for (const struct scope *s = outer; s; s = s->outer)
			for (const struct binding *b = s->names; b; b = b->next)
				if (!strcmp(b->seen->name, f->name))
					fail(at, "\"%s\" of %s would hide \"%s\" of line %d: rename one", f->name, list->seen->name, f->name,
					    b->seen->at.line);
		scope_add(&inner, f, fields_find(list->real->inner, f->name), keep_fmt("%s->", item));
	}
	return inner;
}

static void
walk_loop(struct walk *w, const struct node *n, const struct scope *scope, const struct binding *b)
{
	const char *item = keep_fmt("e%d", ++w->loops), *i = keep_fmt("i%d", w->loops);
	struct scope inner = item_scope(scope, b, item, n->at);
	struct html_state from = w->html;
	size_t begin;

	/* The second time round, what stands before the body is its own end. */
	if (from.at == AT_GAP)
		from.at = AT_GLUED;
	emit_at(w->e, n->at);
	emit_line(w->e, "for (size_t %s = 0; %s < %s; %s++) {", i, i, length_of(b), i);
	begin = w->e->code.n;
	emit_line(w->e, "\tconst struct %s *%s = &%s[%s];", b->real->c_struct, item, expression(b), i);
	walk_side(w, n->body, &inner, &from, n->else_at);
	if (!strstr(w->e->code.p + begin, keep_fmt("%s->", item)))
		emit_line(w->e, "\t(void)%s;", item);
	emit_line(w->e, "}");
	join(w, &from, n, true, "each");
	w->loops--;
}

static void
walk_each(struct walk *w, const struct node *n, const struct scope *scope)
{
	struct binding b = scope_find(scope, n->name, n->at);
	struct html_state from, looped;

	if (b.seen->type->kind != KIND_LIST)
		fail(n->at, "\"%s\" is a %s: {{#each}} takes a list", n->name, b.seen->type->name);
	if (!w->plain)
		html_branch(&w->html, n->at);
	from = w->html;
	walk_loop(w, n, scope, &b);
	looped = w->html;
	w->html = from;
	if (n->other) {
		emit_at(w->e, n->else_at);
		emit_line(w->e, "if (%s == 0) {", length_of(&b));
		walk_side(w, n->other, scope, &from, n->end_at);
		emit_line(w->e, "}");
	}
	join(w, &looped, n, false, "each");
}

static void
walk_partial(struct walk *w, const struct node *n, const struct scope *scope)
{
	const struct source *s = source_partial(n->name, n->at);
	struct scope inner = scope_for_partial(scope, s->fields, n->name, n->group, n->at);

	if (++w->partials > MAX_PARTIALS)
		fail(n->at, "partial \"%s\" includes itself", n->name);
	walk_nodes(w, s->body, &inner);
	w->partials--;
}

static void
walk_nodes(struct walk *w, const struct node *n, const struct scope *scope)
{
	for (; n; n = n->next) {
		switch (n->kind) {
		case NODE_TEXT:
			walk_literal(w, n);
			break;
		case NODE_VALUE:
			walk_value(w, n, scope);
			break;
		case NODE_ASSET:
			walk_asset(w, n);
			break;
		case NODE_IF:
		case NODE_ONE:
			walk_choice(w, n, scope);
			break;
		case NODE_EACH:
			walk_each(w, n, scope);
			break;
		case NODE_PARTIAL:
			walk_partial(w, n, scope);
			break;
		}
	}
}

void
walk_source(struct emitter *e, const struct source *s)
{
	struct walk w = { .e = e, .plain = s->plain, .html = { .mail = s->mail } };
	struct scope top = { NULL, NULL };

	for (const struct field *f = s->fields; f; f = f->next)
		scope_add(&top, f, f, "v->");
	e->depth = 1;
	e->plain = s->plain;
	walk_nodes(&w, s->body, &top);
	emit_flush(e);
	if (!s->plain)
		html_end(&w.html, s->end_at);
}
