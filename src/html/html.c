/*
 * html.c - see html.h. Texts are copied in runs: a seat map prints a thousand short values, nearly all of them without one
 * byte to escape.
 */
#include "base/base.h"

#include "html/html.h"
#include "html/shapes.h"
#include "html/utf8.h"

/* What a byte of text needs: nothing, an entity, to be dropped, or to be looked at with those behind it. */
enum care { PLAIN, ENTITY, DROP, MULTI };

static const unsigned char care_of[256] = {
	[0 ... 8] = DROP, [11 ... 31] = DROP, [127] = DROP, [128 ... 255] = MULTI,
	['&'] = ENTITY, ['<'] = ENTITY, ['>'] = ENTITY, ['"'] = ENTITY, ['\''] = ENTITY,
};

static const struct asset *assets;
static size_t n_assets;

void
html_init(struct html *out, struct arena *a, size_t max)
{
	buf_init(&out->buf, a, max);
}

static void
entity(struct html *out, char c)
{
	switch (c) {
	case '&':
		html_literal(out, "&amp;");
		break;
	case '<':
		html_literal(out, "&lt;");
		break;
	case '>':
		html_literal(out, "&gt;");
		break;
	case '"':
		html_literal(out, "&quot;");
		break;
	default:
		html_literal(out, "&#39;");
	}
}

/* The length of the run of bytes that print as they are. */
static size_t
plain_run(const unsigned char *p, size_t n)
{
	size_t i = 0;

	while (i < n) {
		size_t len = 1;

		if (care_of[p[i]] == MULTI)
			len = utf8_printable(p + i, n - i);
		else if (care_of[p[i]] != PLAIN)
			len = 0;
		if (len == 0)
			break;
		i += len;
	}
	return i;
}

void
html_text(struct html *out, struct span s)
{
	const unsigned char *p = (const unsigned char *)s.p, *end = p + s.n;

	while (p < end) {
		size_t run = plain_run(p, (size_t)(end - p));

		if (run)
			buf_bytes(&out->buf, p, run);
		p += run;
		if (p == end)
			return;
		if (care_of[*p] == ENTITY)
			entity(out, (char)*p++);
		else if (care_of[*p] == DROP)
			p++;
		else
			p += utf8_replace(&out->buf, p, (size_t)(end - p));
	}
}

void
html_int(struct html *out, int64_t v)
{
	buf_int(&out->buf, v);
}

/* What base printed from `from` on is not expected to need escapes; should it once, it gets them. */
static void
escape_from(struct html *out, size_t from)
{
	struct span s = { out->buf.p + from, out->buf.n - from };

	if (plain_run((const unsigned char *)s.p, s.n) == s.n)
		return;
	s = arena_copy(out->buf.arena, s);
	buf_cut(&out->buf, from);
	html_text(out, s);
}

void
html_money(struct html *out, struct money m)
{
	size_t from = out->buf.n;

	money_print(&out->buf, m);
	escape_from(out, from);
}

void
html_day(struct html *out, struct moment m)
{
	size_t from = out->buf.n;

	day_print(&out->buf, m);
	escape_from(out, from);
}

void
html_clock(struct html *out, struct moment m)
{
	size_t from = out->buf.n;

	clock_print(&out->buf, m);
	escape_from(out, from);
}

void
html_stamp(struct html *out, struct moment m)
{
	size_t from = out->buf.n;

	stamp_print(&out->buf, m);
	escape_from(out, from);
}

void
html_isotime(struct html *out, struct moment m)
{
	size_t from = out->buf.n;

	isotime_print(&out->buf, m);
	escape_from(out, from);
}

void
html_word(struct html *out, struct span s)
{
	if (shape_word(s))
		buf_span(&out->buf, s);
	else
		BUG("no word to print: %zu bytes", s.n);
}

void
html_token(struct html *out, struct span s)
{
	if (shape_token(s))
		buf_span(&out->buf, s);
	else
		BUG("no token to print: %zu bytes", s.n);
}

void
html_url(struct html *out, struct span s)
{
	if (shape_url(s))
		html_text(out, s);
	else
		BUG("no address to print: %zu bytes", s.n);
}

void
html_path(struct html *out, struct span s)
{
	if (shape_path(s))
		html_text(out, s);
	else
		BUG("no path to print: %zu bytes", s.n);
}

static bool
unreserved(unsigned char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || (c && strchr("-._~@", c));
}

void
html_percent(struct html *out, struct span s)
{
	static const char hex[] = "0123456789ABCDEF";

	for (size_t i = 0; i < s.n; ) {
		size_t from = i;

		while (i < s.n && unreserved((unsigned char)s.p[i]))
			i++;
		if (i > from)
			buf_bytes(&out->buf, s.p + from, i - from);
		if (i < s.n) {
			unsigned char c = (unsigned char)s.p[i++];
			char coded[3] = { '%', hex[c >> 4], hex[c & 15] };

			buf_bytes(&out->buf, coded, sizeof(coded));
		}
	}
}

void
html_safe_raw(struct html *out, struct html_safe safe)
{
	buf_span(&out->buf, safe.s);
}

void
html_assets_set(const struct asset *table, size_t n)
{
	assets = table;
	n_assets = n;
}

struct span
asset_path(struct arena *a, struct span name)
{
	for (size_t i = 0; i < n_assets; i++)
		if (span_is(name, assets[i].name))
			return span_of(assets[i].path);
	return n_assets ? SPAN_NONE : arena_fmt(a, "/static/" PRSPAN, ARGSPAN(name));
}

void
html_asset(struct html *out, const char *name)
{
	for (size_t i = 0; i < n_assets; i++) {
		if (!strcmp(assets[i].name, name)) {
			html_text(out, span_of(assets[i].path));
			return;
		}
	}
	if (n_assets)
		BUG("no asset %s", name);
	html_literal(out, "/static/");
	html_text(out, span_of(name));
}
