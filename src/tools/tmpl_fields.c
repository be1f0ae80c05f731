/* tmpl_fields.c - the fields a view or partial declares, and which of them a place in the template can see. */
#include "tmplc.h"

static const struct type types[] = {
	{ "text", KIND_TEXT, "struct span", "html_text", "plain_text" },
	{ "word", KIND_WORD, "struct span", "html_word", "plain_word" },
	{ "token", KIND_WORD, "struct span", "html_token", "plain_token" },
	{ "int", KIND_INT, "int64_t", "html_int", "plain_int" },
	{ "money", KIND_MONEY, "struct money", "html_money", "plain_money" },
	{ "day", KIND_TIME, "struct moment", "html_day", "plain_day" },
	{ "clock", KIND_TIME, "struct moment", "html_clock", "plain_clock" },
	{ "stamp", KIND_TIME, "struct moment", "html_stamp", "plain_stamp" },
	{ "isotime", KIND_TIME, "struct moment", "html_isotime", "plain_isotime" },
	{ "url", KIND_URL, "struct span", "html_url", "plain_url" },
	{ "path", KIND_PATH, "struct span", "html_path", "plain_path" },
	{ "bool", KIND_BOOL, "bool", NULL, NULL },
	{ "html", KIND_HTML, "struct html_safe", "html_safe_raw", NULL },
};
static const struct type list_type = { "list", KIND_LIST, NULL, NULL, NULL };
static const struct type group_type = { "group", KIND_GROUP, NULL, NULL, NULL };

/* What the C compiler, its headers or the template language would take for something else. */
static const char *const reserved[] = {
	"asset", "auto", "bool", "break", "case", "char", "const", "continue", "default", "do", "double", "else", "enum", "errno",
	"extern", "false", "fields", "float", "for", "goto", "if", "inline", "int", "linux", "long", "register", "restrict", "return",
	"short", "signed", "sizeof", "static", "stderr", "stdin", "stdout", "struct", "switch", "true", "typedef", "union",
	"unix", "unsigned", "view", "void", "volatile", "while",
};

static void
skip_blanks(struct reader *r)
{
	for (; r->p < r->end; r->p++) {
		if (r->end - r->p > 3 && !memcmp(r->p, "{{!", 3)) {
			while (r->end - r->p > 2 && memcmp(r->p, "}}", 2))
				r->at.line += *r->p++ == '\n';
			r->p++;
		} else if (*r->p == '\n') {
			r->at.line++;
		} else if (!is_blank(*r->p)) {
			return;
		}
	}
}

static bool
take(struct reader *r, const char *what)
{
	size_t n = strlen(what);

	skip_blanks(r);
	if ((size_t)(r->end - r->p) < n || memcmp(r->p, what, n))
		return false;
	r->p += n;
	return true;
}

static const char *
take_name(struct reader *r, const char *what, bool dashes)
{
	const char *from;

	skip_blanks(r);
	from = r->p;
	while (r->p < r->end && (is_name(from == r->p ? 0 : *from, *r->p) || (dashes && r->p > from && *r->p == '-')))
		r->p++;
	if (r->p == from)
		fail(r->at, "expected %s, found \"%.*s\"", what, (int)(r->end - from > 12 ? 12 : r->end - from), from);
	return keep_copy(from, (size_t)(r->p - from));
}

static void
check_name(const struct field *all, const struct field *f)
{
	for (size_t i = 0; i < sizeof(reserved) / sizeof(reserved[0]); i++)
		if (!strcmp(f->name, reserved[i]))
			fail(f->at, "\"%s\" already means something in C or here; choose another name", f->name);
	for (; all; all = all->next) {
		if (all == f)
			continue;
		if (!strcmp(all->name, f->name))
			fail(f->at, "\"%s\" is declared twice, first at line %d", f->name, all->at.line);
		if ((all->inner && !strncmp(f->name, "n_", 2) && !strcmp(f->name + 2, all->name)) ||
		    (f->inner && !strncmp(all->name, "n_", 2) && !strcmp(all->name + 2, f->name)))
			fail(f->at, "\"%s\" and \"%s\" clash: n_… is the length of a list", f->name, all->name);
	}
}

/* `{ … }` or `{> partial}` of a list or group. */
static void
parse_inner(struct reader *r, struct field *f, const char *c_prefix)
{
	f->c_struct = keep_fmt("%s_%s", c_prefix, f->name);
	if (take(r, ">")) {
		struct source *s = source_partial(take_name(r, "the name of a partial", true), r->at);

		f->shape = true;
		f->c_struct = s->c_struct;
		f->inner = s->fields;
	} else {
		f->inner = fields_parse(r, f->c_struct);
	}
	if (!f->inner)
		fail(f->at, "\"%s\" has no fields", f->name);
	if (!take(r, "}"))
		fail(r->at, "expected } after the fields of \"%s\"", f->name);
}

static struct field *
parse_field(struct reader *r, const char *c_prefix)
{
	struct field *f = keep(sizeof(*f));

	f->name = take_name(r, "the name of a field", false);
	f->at = r->at;
	if (take(r, ":")) {
		const char *type = take_name(r, "a type", false);

		for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
			if (!strcmp(types[i].name, type))
				f->type = &types[i];
		if (!f->type)
			fail(f->at, "\"%s\" is no type: text word int money day clock stamp isotime url path token bool html", type);
		return f;
	}
	f->type = take(r, "[]") ? &list_type : &group_type;
	if (!take(r, "{"))
		fail(f->at, "write \"%s:type\", \"%s[] { … }\" or \"%s{ … }\"", f->name, f->name, f->name);
	parse_inner(r, f, c_prefix);
	return f;
}

struct field *
fields_parse(struct reader *r, const char *c_prefix)
{
	struct field *all = NULL, **last = &all;

	for (;;) {
		skip_blanks(r);
		if (r->p >= r->end || *r->p == '}' || (r->end - r->p > 2 && !memcmp(r->p, "{{/", 3)))
			return all;
		*last = parse_field(r, c_prefix);
		check_name(all, *last);
		last = &(*last)->next;
	}
}

const struct field *
fields_find(const struct field *f, const char *name)
{
	while (f && strcmp(f->name, name))
		f = f->next;
	return f;
}

/* Two views that fill one struct: the same names, types and order. */
void
fields_check_same(const struct field *f, const struct field *other, struct place at, const char *file)
{
	for (; f && other; f = f->next, other = other->next) {
		if (strcmp(f->name, other->name) || f->type != other->type || f->shape || other->shape)
			fail(other->at, "the view of a letter's twin differs: here \"%s\", in %s:%d \"%s\"", other->name, f->at.file, f->at.line, f->name);
		fields_check_same(f->inner, other->inner, other->at, file);
	}
	if (f)
		fail(at, "the view of a letter's twin differs: \"%s\" of %s:%d is missing", f->name, f->at.file, f->at.line);
	if (other)
		fail(other->at, "the view of a letter's twin differs: \"%s\" is not in %s", other->name, file);
}

void
scope_add(struct scope *s, const struct field *seen, const struct field *real, const char *base)
{
	struct binding *b = keep(sizeof(*b));

	b->seen = seen;
	b->real = real;
	b->base = base;
	b->next = s->names;
	s->names = b;
}

static const struct binding *
scope_get(const struct scope *s, const char *name)
{
	for (; s; s = s->outer)
		for (const struct binding *b = s->names; b; b = b->next)
			if (!strcmp(b->seen->name, name))
				return b;
	return NULL;
}

struct binding
scope_find(const struct scope *s, const char *path, struct place at)
{
	const char *dot = strchr(path, '.');
	char *first = keep_copy(path, dot ? (size_t)(dot - path) : strlen(path));
	const struct binding *found = scope_get(s, first);
	struct binding b;

	if (!found)
		fail(at, "\"%s\" is not declared here", first);
	for (b = *found; dot; ) {
		const char *name = dot + 1;

		if (b.seen->type->kind != KIND_GROUP)
			fail(at, "\"%s\" is a %s and has nothing inside that \"%s\" could mean", b.seen->name, b.seen->type->name, path);
		dot = strchr(name, '.');
		name = keep_copy(name, dot ? (size_t)(dot - name) : strlen(name));
		b.base = keep_fmt("%s%s.", b.base, b.real->name);
		b.real = fields_find(b.real->inner, name);
		b.seen = fields_find(b.seen->inner, name);
		if (!b.seen)
			fail(at, "there is no \"%s\" in \"%s\"", name, path);
	}
	return b;
}

/* Fails unless `given` can stand where `wanted` is declared: the same type, and lists and groups at least the same fields. */
static void
check_fits(const struct field *wanted, const struct field *given, const char *partial, struct place at)
{
	if (wanted->type != given->type)
		fail(at, "partial \"%s\" wants %s as %s (%s:%d), here it is %s (line %d)", partial, wanted->name,
		    wanted->type->name, wanted->at.file, wanted->at.line, given->type->name, given->at.line);
	for (const struct field *w = wanted->inner; w; w = w->next) {
		const struct field *g = fields_find(given->inner, w->name);

		if (!g)
			fail(at, "partial \"%s\" wants \"%s\" inside %s (%s:%d), which here has none", partial, w->name,
			    wanted->name, w->at.file, w->at.line);
		check_fits(w, g, partial, at);
	}
}

struct scope
scope_for_partial(const struct scope *s, const struct field *wanted, const char *partial, const char *group, struct place at)
{
	struct scope inner = { NULL, NULL };

	for (; wanted; wanted = wanted->next) {
		struct binding b;

		if (group) {
			b = scope_find(s, keep_fmt("%s.%s", group, wanted->name), at);
		} else {
			const struct binding *found = scope_get(s, wanted->name);

			if (!found)
				fail(at, "partial \"%s\" wants \"%s\" (%s:%d), which is not declared here", partial, wanted->name,
				    wanted->at.file, wanted->at.line);
			b = *found;
		}
		check_fits(wanted, b.seen, partial, at);
		scope_add(&inner, wanted, b.real, b.base);
	}
	return inner;
}
