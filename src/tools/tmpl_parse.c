/* tmpl_parse.c - a template's source becomes a tree. It knows the {{…}} tags and nothing of HTML. */
#include "tmplc.h"

#define MAX_SOURCE (1024 * 1024)

static struct source *all_sources, **last_source = &all_sources;

struct parser {
	struct source *src;
	const char *start, *p, *end;
	int line;
};

/* One {{…}}: sigil is # / > ! & or 0, words is what follows, cut at blanks. */
struct tag {
	struct place at;
	char sigil;
	const char *word, *arg;
	const char *from, *to;		/* in the source, braces included */
};

static const char *
file_read(const char *file, size_t *n, struct place from)
{
	FILE *f = fopen(file, "rb");
	char *p = keep(MAX_SOURCE + 1);

	if (!f)
		fail(from, "cannot open %s", file);
	*n = fread(p, 1, MAX_SOURCE, f);
	if (ferror(f) || fgetc(f) != EOF)
		fail((struct place){ file, 1 }, "cannot be read, or is larger than %d bytes", MAX_SOURCE);
	fclose(f);
	if (memchr(p, 0, *n))
		fail((struct place){ file, 1 }, "contains a zero byte");
	return p;
}

static struct place
here(const struct parser *p)
{
	return (struct place){ p->src->file, p->line };
}

static struct place
place_of(const struct parser *p, const char *at)
{
	struct place place = here(p);

	for (const char *c = p->p; c < at; c++)
		place.line += *c == '\n';
	return place;
}

static const char *
find(const char *p, const char *end, const char *what)
{
	size_t n = strlen(what);

	for (; (size_t)(end - p) >= n; p++)
		if (!memcmp(p, what, n))
			return p;
	return NULL;
}

static const char *
word_cut(const char **p, const char *end)
{
	const char *from;

	while (*p < end && is_blank(**p))
		++*p;
	from = *p;
	if (*p < end && **p == '"') {		/* a quoted word, of {{asset "…"}} */
		do
			++*p;
		while (*p < end && **p != '"');
		if (*p < end)
			++*p;
	}
	while (*p < end && !is_blank(**p))
		++*p;
	return keep_copy(from, (size_t)(*p - from));
}

/* Reads the tag that begins at `from`, which is "{{". */
static struct tag
tag_read(const struct parser *p, const char *from)
{
	struct tag t = { .at = place_of(p, from), .from = from };
	const char *c = from + 2, *close = find(c, p->end, "}}");

	if (!close)
		fail(t.at, "{{ without }}");
	if (*c == '{')
		fail(t.at, "{{{ does not exist: only a field of type html prints unescaped");
	t.to = close + 2;
	if (*c == '!')
		return t.sigil = '!', t;
	if (strchr("#/>&^=", *c) && *c)
		t.sigil = *c++;
	t.word = word_cut(&c, close);
	t.arg = word_cut(&c, close);
	if (t.sigil == '&' || t.sigil == '^' || t.sigil == '=')
		fail(t.at, "{{%c is not part of our template language", t.sigil);
	if (*word_cut(&c, close) || !*t.word)
		fail(t.at, "\"%.*s\" makes no sense: there are only names and paths", (int)(t.to - from), from);
	return t;
}

static bool
tag_is(const struct tag *t, char sigil, const char *word)
{
	return t->sigil == sigil && t->word && !strcmp(t->word, word);
}

/* A tag that prints nothing by itself; alone on its line it takes the line with it. */
static bool
tag_is_silent(const struct tag *t)
{
	return t->sigil || tag_is(t, 0, "else") || tag_is(t, 0, "view") || tag_is(t, 0, "fields");
}

/* Is there nothing but silent tags and blanks on the line of this tag? Then the line is not printed. */
static bool
line_is_silent(const struct parser *p, const char *at)
{
	while (at > p->start && at[-1] != '\n')
		at--;
	while (at < p->end && *at != '\n') {
		struct tag t;

		if (is_blank(*at)) {
			at++;
			continue;
		}
		if (p->end - at < 2 || memcmp(at, "{{", 2))
			return false;
		t = tag_read(p, at);
		if (!tag_is_silent(&t))
			return false;
		at = t.to;
	}
	return true;
}

/* Where the text before a tag ends and the text behind it begins, if the tag takes blanks or its line with it. */
static void
trim_around(const struct parser *p, const struct tag *t, const char **before, const char **behind)
{
	*before = t->from;
	*behind = t->to;
	if (!tag_is_silent(t) || !line_is_silent(p, t->from))
		return;
	while (*before > p->p && (*before)[-1] != '\n' && is_blank((*before)[-1]))
		--*before;
	while (*behind < p->end && is_blank(**behind))
		if (*(*behind)++ == '\n')
			break;
}

static struct node *
node_new(enum node_kind kind, struct place at)
{
	struct node *n = keep(sizeof(*n));

	n->kind = kind;
	n->at = at;
	return n;
}

static void
check_path(const char *path, struct place at)
{
	const char *p = path, *first = path;

	for (; *p; p++) {
		if (*p == '.' && p > first)
			first = p + 1;
		else if (!is_name(p == first ? 0 : *first, *p))
			fail(at, "\"%s\" is no name or path: no calls, no operators", path);
	}
	if (p == first)
		fail(at, "a name is missing");
}

static void
check_partial_name(const char *name, struct place at)
{
	for (const char *c = name; *c; c++)
		if (!is_name(c == name ? 0 : *name, *c) && !(c > name && *c == '-'))
			fail(at, "\"%s\" cannot be the name of a partial", name);
}

/* Moves the parser behind `to`, counting lines. */
static void
move_to(struct parser *p, const char *to)
{
	p->line = place_of(p, to).line;
	p->p = to;
}

static void
literal_add(struct parser *p, const char *to, struct node ***last)
{
	struct node *n;

	if (to <= p->p)
		return;
	n = node_new(NODE_TEXT, here(p));
	n->text = p->p;
	n->n = (size_t)(to - p->p);
	n->starts_line = p->p == p->start || p->p[-1] == '\n';
	**last = n;
	*last = &n->next;
}

static struct node *
leaf_of(const struct tag *t)
{
	struct node *n;

	if (t->sigil == '>') {
		n = node_new(NODE_PARTIAL, t->at);
		check_partial_name(t->word, t->at);
		if (*t->arg) {
			check_path(t->arg, t->at);
			n->group = t->arg;
		}
		n->name = t->word;
	} else if (tag_is(t, 0, "asset")) {
		size_t len = strlen(t->arg);

		n = node_new(NODE_ASSET, t->at);
		if (len < 3 || t->arg[0] != '"' || t->arg[len - 1] != '"' || strpbrk(keep_copy(t->arg + 1, len - 2), "\"\\{}<>& "))
			fail(t->at, "write {{asset \"file.css\"}}");
		n->name = keep_copy(t->arg + 1, len - 2);
	} else {
		n = node_new(NODE_VALUE, t->at);
		check_path(t->word, t->at);
		if (*t->arg)
			fail(t->at, "\"%s %s\" makes no sense: a value is one name or path", t->word, t->arg);
		n->name = t->word;
	}
	return n;
}

static struct node *nodes_parse(struct parser *, struct tag *stop);

static struct node *
block_parse(struct parser *p, const struct tag *t)
{
	enum node_kind kind = !strcmp(t->word, "each") ? NODE_EACH : !strcmp(t->word, "if") ? NODE_IF : NODE_ONE;
	struct node *n = node_new(kind, t->at);
	struct tag stop;

	if (kind == NODE_ONE && strcmp(t->word, "one"))
		fail(t->at, "{{#%s}} does not exist; there are #each, #if and #one", t->word);
	check_path(t->arg, t->at);
	n->name = t->arg;
	n->body = nodes_parse(p, &stop);
	n->else_at = n->end_at = stop.at;
	if (tag_is(&stop, 0, "else")) {
		n->other = nodes_parse(p, &stop);
		n->end_at = stop.at;
		if (tag_is(&stop, 0, "else"))
			fail(stop.at, "a second {{else}} in the {{#%s}} of line %d", t->word, t->at.line);
	}
	if (!stop.from)
		fail(t->at, "{{#%s %s}} is never closed", t->word, t->arg);
	if (strcmp(stop.word, t->word))
		fail(stop.at, "{{/%s}} closes the {{#%s}} of line %d", stop.word, t->word, t->at.line);
	return n;
}

/* Up to {{else}}, a closing tag or the end of the file (stop->from NULL); the stop itself is consumed. */
static struct node *
nodes_parse(struct parser *p, struct tag *stop)
{
	struct node *all = NULL, **last = &all;

	for (;;) {
		const char *open = find(p->p, p->end, "{{"), *before, *behind;
		struct tag t;

		if (!open) {
			literal_add(p, p->end, &last);
			move_to(p, p->end);
			*stop = (struct tag){ .at = here(p) };
			return all;
		}
		t = tag_read(p, open);
		trim_around(p, &t, &before, &behind);
		literal_add(p, before, &last);
		move_to(p, behind);
		if (t.sigil == '!')
			continue;
		if (t.sigil == '/' || tag_is(&t, 0, "else")) {
			if (*t.arg)
				fail(t.at, "{{%s%s}} takes no name", t.sigil ? "/" : "", t.word);
			return *stop = t, all;
		}
		if (tag_is(&t, 0, "view") || tag_is(&t, 0, "fields"))
			fail(t.at, "{{%s}} stands only once, at the top of the file", t.word);
		*last = t.sigil == '#' ? block_parse(p, &t) : leaf_of(&t);
		last = &(*last)->next;
	}
}

/* "templates/hold-over.html" -> "hold-over" */
static char *
base_name(const char *file)
{
	const char *slash = strrchr(file, '/'), *from = slash ? slash + 1 : file, *dot = strrchr(from, '.');

	return keep_copy(from, dot ? (size_t)(dot - from) : strlen(from));
}

static char *
c_name(const char *name)
{
	char *c = keep_copy(name, strlen(name));

	for (char *p = c; *p; p++)
		if (*p == '-')
			*p = '_';
	return c;
}

/* {{view NAME}} … {{/view}} or {{fields}} … {{/fields}}, before which only comments and blanks may stand. */
static void
fields_block(struct parser *p)
{
	const char *word = p->src->partial ? "fields" : "view", *body;
	struct reader r;
	struct tag t;

	for (;;) {
		while (p->p < p->end && is_blank(*p->p))
			move_to(p, p->p + 1);
		if (p->end - p->p < 2 || memcmp(p->p, "{{", 2))
			fail(here(p), "a %s begins with {{%s%s}}", p->src->partial ? "partial" : "template", word,
			    p->src->partial ? "" : " NAME");
		t = tag_read(p, p->p);
		if (t.sigil != '!')
			break;
		move_to(p, t.to);
	}
	if (!tag_is(&t, 0, word))
		fail(t.at, "a %s begins with {{%s}}", p->src->partial ? "partial" : "template", word);
	if (!p->src->partial && strcmp(c_name(t.arg), p->src->c_name))
		fail(t.at, "the view is called \"%s\", its file \"%s\"", t.arg, p->src->name);
	move_to(p, t.to);
	r = (struct reader){ p->p, p->end, here(p) };
	p->src->fields = fields_parse(&r, p->src->partial ? p->src->c_struct : p->src->c_name);
	if (r.p >= r.end)
		fail(t.at, "{{%s}} is never closed", word);
	if (*r.p == '}')
		fail(r.at, "one } too many");
	t = tag_read(p, r.p);
	if (!tag_is(&t, '/', word))
		fail(t.at, "expected {{/%s}}", word);
	for (body = t.to; body < p->end && is_blank(*body); )
		if (*body++ == '\n')
			break;
	move_to(p, body);
	p->start = p->p;
}

/* "templates/mail/link.txt" */
static bool
in_mail(const char *file)
{
	const char *slash = strrchr(file, '/');

	return slash && slash - file >= 4 && !memcmp(slash - 4, "mail", 4) && (slash - file == 4 || slash[-5] == '/');
}

struct source *
source_read(const char *file, bool partial, struct place from)
{
	struct source *s = keep(sizeof(*s));
	const char *dot = strrchr(file, '.');
	struct parser p = { .src = s, .line = 1 };
	struct tag stop;
	size_t n;

	s->file = file;
	s->partial = partial;
	s->plain = dot && !strcmp(dot, ".txt");
	s->mail = in_mail(file);
	s->name = base_name(file) + (partial ? 1 : 0);
	s->c_name = c_name(s->name);
	s->c_struct = keep_fmt(!partial ? "%s_view" : s->plain ? "%s_text_fields" : "%s_fields", s->c_name);
	*last_source = s;
	last_source = &s->next;
	p.start = p.p = file_read(file, &n, from);
	p.end = p.start + n;
	fields_block(&p);
	s->body = nodes_parse(&p, &stop);
	s->end_at = stop.at;
	if (stop.from)
		fail(stop.at, tag_is(&stop, 0, "else") ? "{{else}} outside of a block" : "{{/%s}} closes nothing", stop.word);
	return s;
}

struct source *
source_partial(const char *name, struct place at)
{
	const char *slash = strrchr(at.file, '/'), *dot = strrchr(at.file, '.');
	char *file = keep_fmt("%.*s_%s%s", slash ? (int)(slash - at.file + 1) : 0, at.file, name, dot ? dot : "");

	for (struct source *s = all_sources; s; s = s->next)
		if (!strcmp(s->file, file))
			return s;
	return source_read(file, true, at);
}

struct source *
source_twin(const struct source *s)
{
	const char *file = keep_fmt("%.*s.html", (int)(strrchr(s->file, '.') - s->file), s->file);
	struct place top = { s->file, 1 };
	struct source *twin;
	FILE *f;

	if (!s->mail)
		return NULL;
	if (!s->plain)
		fail(top, "a letter is compiled by its text, %.*s.txt", (int)(strrchr(s->file, '.') - s->file), s->file);
	f = fopen(file, "rb");
	if (!f)
		fail(top, "a letter is text and HTML, and %s is missing", file);
	fclose(f);
	twin = source_read(file, false, top);
	fields_check_same(s->fields, twin->fields, (struct place){ file, 1 }, s->file);
	return twin;
}

const struct source *
source_first(void)
{
	return all_sources;
}
