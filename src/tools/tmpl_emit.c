/* tmpl_emit.c - writes C: the view's struct, and its function from the lines the walk has made. */
#include "tmplc.h"

#define MAX_LITERAL 4000	/* C17 5.2.4.1: compilers need not take strings above 4095 */
#define LINE_WIDTH 110

static void
indent(struct text *t, int depth)
{
	for (int i = 0; i < depth; i++)
		text_bytes(t, "\t", 1);
}

void
emit_at(struct emitter *e, struct place at)
{
	emit_flush(e);
	text_fmt(&e->code, "#line %d \"%s\"\n", at.line, at.file);
}

void
emit_line(struct emitter *e, const char *fmt, ...)
{
	va_list ap;

	emit_flush(e);
	indent(&e->code, e->depth);
	va_start(ap, fmt);
	text_vfmt(&e->code, fmt, ap);
	va_end(ap);
	text_bytes(&e->code, "\n", 1);
}

void
emit_literal(struct emitter *e, struct place at, const char *p, size_t n)
{
	if (!e->literal.n)
		e->literal_at = at;
	text_bytes(&e->literal, p, n);
}

/* One byte in a C string. '?' because of trigraphs. */
static void
quote_byte(struct text *t, char c)
{
	if (c == '\n')
		text_bytes(t, "\\n", 2);
	else if (c == '"' || c == '\\' || c == '?')
		text_fmt(t, "\\%c", c);
	else if (c >= ' ' && c <= '~')
		text_bytes(t, &c, 1);
	else
		text_fmt(t, "\\%03o", (unsigned)(unsigned char)c);
}

static void
quote(struct text *t, const char *p, size_t n, int depth)
{
	size_t from = t->n + 1;

	text_bytes(t, "\"", 1);
	for (size_t i = 0; i < n; i++) {
		quote_byte(t, p[i]);
		if (i + 1 < n && (t->n - from > LINE_WIDTH || (p[i] == '\n' && t->n - from > LINE_WIDTH / 2))) {
			text_bytes(t, "\"\n", 2);
			indent(t, depth);
			text_bytes(t, "    \"", 5);
			from = t->n;
		}
	}
	text_bytes(t, "\"", 1);
}

void
emit_flush(struct emitter *e)
{
	struct text literal = e->literal;

	e->literal = (struct text){ NULL, 0, 0 };
	for (size_t i = 0; i < literal.n; i += MAX_LITERAL) {
		size_t n = literal.n - i > MAX_LITERAL ? MAX_LITERAL : literal.n - i;

		text_fmt(&e->code, "#line %d \"%s\"\n", e->literal_at.line, e->literal_at.file);
		indent(&e->code, e->depth);
		text_fmt(&e->code, "%s(out, ", e->plain ? "BUF_LIT" : "html_literal");
		quote(&e->code, literal.p + i, n, e->depth);
		text_bytes(&e->code, ");\n", 3);
	}
}

static void emit_fields(struct text *t, const struct field *f, int depth);

static void
emit_compound(struct text *t, const struct field *f, int depth)
{
	if (f->shape) {
		text_fmt(t, "struct %s ", f->c_struct);
	} else {
		text_fmt(t, "struct %s {\n", f->c_struct);
		emit_fields(t, f->inner, depth + 1);
		indent(t, depth);
		text_bytes(t, "} ", 2);
	}
	if (f->type->kind == KIND_GROUP) {
		text_fmt(t, "%s;\n", f->name);
		return;
	}
	text_fmt(t, "*%s;\n", f->name);
	indent(t, depth);
	text_fmt(t, "size_t n_%s;\n", f->name);
}

static void
emit_fields(struct text *t, const struct field *f, int depth)
{
	if (!f) {
		indent(t, depth);
		text_fmt(t, "char none;	/* the view has no fields, C wants a member */\n");
	}
	for (; f; f = f->next) {
		indent(t, depth);
		if (f->inner)
			emit_compound(t, f, depth);
		else
			text_fmt(t, "%s %s;\n", f->type->c_type, f->name);
	}
}

static const char *
upper(const char *s)
{
	char *u = keep_copy(s, strlen(s));

	for (char *p = u; *p; p++)
		if (*p >= 'a' && *p <= 'z')
			*p = (char)(*p - 32);
	return u;
}

/* The structs of partials that stand in for a group or list, each once however many views have it. */
static void
emit_shapes(struct text *t, const struct field *f)
{
	for (; f; f = f->next) {
		emit_shapes(t, f->inner);
		if (!f->shape)
			continue;
		text_fmt(t, "#ifndef VIEWS_%s\n#define VIEWS_%s\n", upper(f->c_struct), upper(f->c_struct));
		text_fmt(t, "struct %s {\n", f->c_struct);
		emit_fields(t, f->inner, 1);
		text_fmt(t, "};\n#endif\n\n");
	}
}

static const char *
signature(const struct source *s)
{
	return keep_fmt("%s_%s(struct %s *out, const struct %s *v)", s->c_name, s->plain ? "text" : "html",
	    s->plain ? "buf" : "html", s->c_struct);
}

void
emit_header(struct text *t, const struct source *s, const struct source *twin)
{
	const char *guard = keep_fmt("VIEWS_%s_%s", upper(s->c_name), s->plain ? "TEXT" : "HTML");

	text_fmt(t, "/* Made by tmplc from %s; change that file. */\n#ifndef %s\n#define %s\n\n", s->file, guard, guard);
	text_fmt(t, "#include \"html/html.h\"\n%s\n", s->plain ? "#include \"html/plain.h\"\n" : "");
	emit_shapes(t, s->fields);
	text_fmt(t, "struct %s {\n", s->c_struct);
	emit_fields(t, s->fields, 1);
	text_fmt(t, "};\n\nvoid %s;\n", signature(s));
	if (twin)
		text_fmt(t, "void %s;\n", signature(twin));
	text_fmt(t, "\n#endif\n");
}

void
emit_unit_head(struct text *t, const struct source *s)
{
	text_fmt(t, "/* Made by tmplc from %s; change that file. */\n#include \"base/base.h\"\n\n#include \"%s.h\"\n", s->file, s->name);
}

void
emit_function(struct text *t, const struct source *s, const struct emitter *e)
{
	text_fmt(t, "\nvoid\n%s\n{\n", signature(s));
	if (e->code.n)
		text_bytes(t, e->code.p, e->code.n);
	if (!e->code.n)
		text_fmt(t, "\t(void)out;\n");
	if (!e->code.n || !strstr(e->code.p, "v->"))
		text_fmt(t, "\t(void)v;\n");
	text_fmt(t, "}\n");
}
