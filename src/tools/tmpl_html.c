/*
 * tmpl_html.c - follows the literal text of a template through HTML, so that for every value it is known where it will
 * stand. States are those of the HTML standard's tokenizer (13.2.5), fewer: what no template of ours should say is refused.
 * It must never guess: a browser that read the text differently would be an open door.
 */
#include "tmplc.h"

struct walk {
	struct html_state *s;
	struct place at;
	struct text *out;
};

static const char *const refused_tags[] = { "style", "base", "plaintext", "xmp", "noembed", "noframes", "listing", "set", "animate" };
static const char *const url_attrs[] = {
	"href", "src", "action", "formaction", "poster", "cite", "data", "background", "manifest", "ping", "xlink:href",
};
static const char *const list_attrs[] = { "srcset", "imagesrcset" };

#define ONE_OF(list, s) one_of((list), sizeof(list) / sizeof((list)[0]), (s))

static bool
one_of(const char *const *list, size_t n, const char *s)
{
	for (size_t i = 0; i < n; i++)
		if (!strcmp(list[i], s))
			return true;
	return false;
}

static char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

static bool
is_letter(char c)
{
	return lower(c) >= 'a' && lower(c) <= 'z';
}

static void
append(char *to, size_t size, char c, struct place at)
{
	size_t n = strlen(to);

	if (n + 2 > size)
		fail(at, "a name longer than %zu bytes: \"%s…\"", size - 1, to);
	to[n] = lower(c);
	to[n + 1] = 0;
}

static void
tag_named(struct html_state *s, struct place at)
{
	if (!strcmp(s->tag, "style") && s->mail)
		return;
	if (!strcmp(s->tag, "style"))
		fail(at, "<style> is refused: styles live in static/");
	if (ONE_OF(refused_tags, s->tag))
		fail(at, "<%s> is refused", s->tag);
}

static void
attr_named(struct html_state *s, struct place at)
{
	if (!strncmp(s->attr, "on", 2))
		fail(at, "%s=… is refused: scripts live in static/", s->attr);
	if (!strcmp(s->attr, "style"))
		fail(at, "style=… is refused: styles live in static/");
	if (!strcmp(s->attr, "srcdoc"))
		fail(at, "srcdoc is refused");
	s->url = ONE_OF(url_attrs, s->attr) ? URL_START : ONE_OF(list_attrs, s->attr) ? URL_LIST : URL_NONE;
	s->prefix[0] = 0;
	if (!strcmp(s->tag, "meta") && !strcmp(s->attr, "http-equiv")) {
		if (s->open_text)
			fail(at, "with http-equiv, content cannot hold free text");
		s->refresh = true;
	}
}

static void
attr_done(struct html_state *s, enum html_at next)
{
	s->attr[0] = s->prefix[0] = 0;
	s->quote = 0;
	s->url = URL_NONE;
	s->at = next;
}

/* The > of an opening tag. */
static void
tag_done(struct html_state *s)
{
	attr_done(s, AT_TEXT);
	s->refresh = s->open_text = false;
	s->matched = 0;
	if (!strcmp(s->tag, "script") || !strcmp(s->tag, "style") || !strcmp(s->tag, "title") || !strcmp(s->tag, "textarea")) {
		s->at = AT_RAW;
		return;
	}
	s->pre += !strcmp(s->tag, "pre");
	s->tag[0] = 0;
}

static void
end_tag_done(struct html_state *s, struct place at)
{
	if (!strcmp(s->tag, "pre") && --s->pre < 0)
		fail(at, "</pre> closes nothing");
	s->tag[0] = 0;
	s->at = AT_TEXT;
}

/* Has the literal beginning of an address just fixed where it points? */
static bool
url_fixes(const struct html_state *s, struct place at)
{
	const char *p = s->prefix;
	size_t n = strlen(p);

	if (p[0] == '/')
		return n == 2 && p[1] > ' ' && !strchr("/\\&", p[1]);	/* & might spell one of the two */
	if (p[n - 1] == ':' && (!strcmp(p, "javascript:") || !strcmp(p, "data:") || !strcmp(p, "vbscript:")))
		fail(at, "an address cannot begin with %s", p);
	if (!strcmp(p, "mailto:") || (s->mail && !strcmp(p, "cid:")))
		return true;
	return n > 9 && !strncmp(p, "https://", 8) && p[n - 1] == '/' &&
	    8 + strspn(p + 8, "abcdefghijklmnopqrstuvwxyz0123456789.-:") == n - 1;
}

static void
url_step(struct html_state *s, char c, struct place at)
{
	if (s->url == URL_WHOLE) {
		if (c != '?' && c != '#' && c != '&')
			fail(at, "after an address only ? # or & can follow");
		s->url = URL_FIXED;
	}
	if (s->url == URL_START) {
		if (s->mail && strchr("/?#.", c))
			fail(at, "in a letter an address is whole: a url, https://…, mailto: or cid:");
		s->url = c == '?' || c == '#' ? URL_FIXED : URL_PREFIX;
	}
	if (s->url == URL_PREFIX && strlen(s->prefix) + 2 < sizeof(s->prefix)) {
		append(s->prefix, sizeof(s->prefix), c, at);
		if (url_fixes(s, at))
			s->url = URL_FIXED;
	}
	if (s->url == URL_FIXED)
		s->prefix[0] = 0;
}

static void
step_open(struct walk *w, char c)
{
	struct html_state *s = w->s;

	s->tag[0] = 0;
	if (is_letter(c)) {
		s->at = AT_TAG_NAME;
		append(s->tag, sizeof(s->tag), c, w->at);
	} else if (c == '/') {
		s->at = AT_END_NAME;
	} else if (c == '!') {
		s->at = AT_BANG;
		s->matched = 0;
	} else {
		fail(w->at, "< begins no tag here: write &lt;");
	}
}

/* Behind "<!". */
static void
step_bang(struct walk *w, char c)
{
	struct html_state *s = w->s;

	if (c == '-') {
		s->at = s->matched ? AT_COMMENT : AT_BANG;
		s->matched = !s->matched;
		if (s->at == AT_COMMENT)
			s->matched = 0;
	} else if (is_letter(c) && !s->matched) {
		s->at = AT_DECLARATION;
	} else {
		fail(w->at, "<! begins neither a comment nor a doctype");
	}
}

static void
step_comment(struct walk *w, char c)
{
	struct html_state *s = w->s;

	if (c == '>' && s->matched == 2)
		s->at = AT_TEXT;
	s->matched = c != '-' || s->at == AT_TEXT ? 0 : s->matched < 2 ? s->matched + 1 : 2;
}

/* What may follow the name of a tag, the name of an attribute or a value; false for anything else. */
static bool
step_gap(struct html_state *s, char c)
{
	if (is_blank(c))
		attr_done(s, AT_GAP);
	else if (c == '>')
		tag_done(s);
	else if (c == '/')
		attr_done(s, AT_SELF_CLOSE);
	else
		return false;
	return true;
}

static void
step_tag(struct walk *w, char c)
{
	struct html_state *s = w->s;

	if (is_blank(c) || c == '>' || c == '/') {
		tag_named(s, w->at);
		step_gap(s, c);
	} else if (is_letter(c) || (c >= '0' && c <= '9') || c == '-') {
		append(s->tag, sizeof(s->tag), c, w->at);
	} else {
		fail(w->at, "'%c' in the name of a tag", c);
	}
}

static void
step_between(struct walk *w, char c)
{
	struct html_state *s = w->s;

	if (step_gap(s, c))
		return;
	if (s->at == AT_GLUED)
		fail(w->at, "a blank is missing before the attribute that begins with '%c'", c);
	if (!is_letter(c))
		fail(w->at, "'%c' cannot begin an attribute", c);
	s->at = AT_ATTR_NAME;
	append(s->attr, sizeof(s->attr), c, w->at);
}

static void
step_attr(struct walk *w, char c)
{
	struct html_state *s = w->s;

	if (is_blank(c) || c == '>' || c == '/' || c == '=') {
		attr_named(s, w->at);
		if (c == '=')
			s->at = AT_EQUALS;
		else
			step_gap(s, c);
	} else if (is_letter(c) || (c >= '0' && c <= '9') || strchr("-_:.", c)) {
		append(s->attr, sizeof(s->attr), c, w->at);
	} else {
		fail(w->at, "'%c' in the name of an attribute", c);
	}
}

static void
step_value(struct walk *w, char c)
{
	struct html_state *s = w->s;

	if (s->at == AT_EQUALS) {
		if (is_blank(c) || c == '>')
			fail(w->at, "the value of %s is missing", s->attr);
		s->at = c == '"' || c == '\'' ? AT_QUOTED : AT_UNQUOTED;
		s->quote = s->at == AT_QUOTED ? c : 0;
		if (s->at == AT_QUOTED)
			return;
	}
	if (s->at == AT_QUOTED && c == s->quote)
		attr_done(s, AT_GLUED);
	else if (s->at == AT_UNQUOTED && is_blank(c))
		attr_done(s, AT_GAP);
	else if (s->at == AT_UNQUOTED && c == '>')
		tag_done(s);
	else if (s->at == AT_UNQUOTED && strchr("\"'<=`", c))
		fail(w->at, "'%c' in an unquoted value", c);
	else
		url_step(s, c, w->at);
}

/* Inside of title, textarea, script, style: nothing but their own end tag means anything. */
static void
step_raw(struct walk *w, char c)
{
	struct html_state *s = w->s;
	const char *end = keep_fmt("</%s", s->tag);

	if (s->matched && !end[s->matched] && (is_blank(c) || c == '>')) {
		s->at = is_blank(c) ? AT_END_GAP : AT_TEXT;
		s->tag[0] = 0;
		s->matched = 0;
		return;
	}
	if (lower(c) == end[s->matched] && c)
		s->matched++;
	else
		s->matched = c == '<';
	s->at = s->matched ? AT_RAW_END : AT_RAW;
	if (s->at == AT_RAW && !is_blank(c) && !strcmp(s->tag, "script"))
		fail(w->at, "a script in the page is refused: scripts live in static/");
}

static void
step_end_tag(struct walk *w, char c)
{
	struct html_state *s = w->s;

	if (c == '>')
		end_tag_done(s, w->at);
	else if (is_blank(c))
		s->at = AT_END_GAP;
	else if (s->at == AT_END_NAME && (is_letter(c) || c == '-' || (c >= '0' && c <= '9')))
		append(s->tag, sizeof(s->tag), c, w->at);
	else
		fail(w->at, "'%c' in a closing tag", c);
}

static void
step_text(struct walk *w, char c)
{
	if (c == '<')
		w->s->at = AT_TAG_OPEN;
}

static void
step_declaration(struct walk *w, char c)
{
	if (c == '>')
		w->s->at = AT_TEXT;
}

static void
step_self_close(struct walk *w, char c)
{
	if (c != '>')
		fail(w->at, "expected > behind /");
	tag_done(w->s);
}

static void (*const steps[])(struct walk *, char) = {
	[AT_TEXT] = step_text,
	[AT_TAG_OPEN] = step_open,
	[AT_TAG_NAME] = step_tag,
	[AT_END_NAME] = step_end_tag,
	[AT_END_GAP] = step_end_tag,
	[AT_GAP] = step_between,
	[AT_GLUED] = step_between,
	[AT_ATTR_NAME] = step_attr,
	[AT_EQUALS] = step_value,
	[AT_QUOTED] = step_value,
	[AT_UNQUOTED] = step_value,
	[AT_BANG] = step_bang,
	[AT_COMMENT] = step_comment,
	[AT_DECLARATION] = step_declaration,
	[AT_RAW] = step_raw,
	[AT_RAW_END] = step_raw,
	[AT_SELF_CLOSE] = step_self_close,
};

/* The run of blanks at p, of which the page needs one: a line break if there was one. Returns its length. */
static size_t
shrink_blanks(struct walk *w, const char *p, size_t n, bool margin)
{
	bool in_tag = w->s->at != AT_TEXT, line = false;
	size_t i;

	for (i = 0; i < n && is_blank(p[i]); i++) {
		line |= p[i] == '\n';
		w->at.line += p[i] == '\n';
	}
	if (!margin)
		text_bytes(w->out, line && !in_tag ? "\n" : " ", 1);
	return i;
}

/* Browsers drop a line break right behind <textarea> and <pre>: a value there that begins with one would lose it. */
static bool
break_would_be_lost(const struct html_state *s, const struct node *n)
{
	const char *tag = s->at == AT_RAW ? "<textarea" : "<pre";
	size_t len = strlen(tag), i = n->n;

	if (!n->n || n->text[n->n - 1] != '>' || (s->at == AT_RAW ? strcmp(s->tag, "textarea") : s->at != AT_TEXT || !s->pre))
		return false;
	while (i > 0 && n->text[i - 1] != '<')
		i--;
	return i > 0 && n->n - i + 1 >= len && !memcmp(n->text + i - 1, tag, len);
}

void
html_literal(struct html_state *s, const struct node *n, struct text *out)
{
	struct walk w = { s, n->at, out };

	for (size_t i = 0; i < n->n; ) {
		char c = n->text[i];
		bool in_gap = s->at == AT_GAP;

		if (is_blank(c) && ((s->at == AT_TEXT && s->pre == 0) || in_gap || s->at == AT_GLUED)) {
			i += shrink_blanks(&w, n->text + i, n->n - i, in_gap || (i == 0 && n->starts_line && s->at == AT_TEXT));
			if (s->at == AT_GLUED)
				s->at = AT_GAP;
			continue;
		}
		steps[s->at](&w, c);
		text_bytes(out, s->at == AT_GAP && is_blank(c) ? " " : &c, 1);
		w.at.line += c == '\n';
		i++;
	}
	if (break_would_be_lost(s, n))
		text_bytes(out, "\n", 1);
}

void
html_settle(struct html_state *s, struct place at)
{
	if (s->at == AT_TAG_NAME) {
		tag_named(s, at);
		s->at = AT_GLUED;
	} else if (s->at == AT_ATTR_NAME) {
		attr_named(s, at);
		attr_done(s, AT_GLUED);
	}
}
