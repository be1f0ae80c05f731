/* letters.c - see letters.h. */
#include "letters.h"

#include <glib.h>
#include <strings.h>

static int
hex_value(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static struct span
after(struct span s, size_t n)
{
	return n < s.n ? (struct span){ s.p + n, s.n - n } : SPAN_NONE;
}

/* "=C3=A9" in both encodings; false if there is none here. */
static bool
escaped(struct span s, char *c)
{
	if (s.n < 3 || s.p[0] != '=' || hex_value(s.p[1]) < 0 || hex_value(s.p[2]) < 0)
		return false;
	*c = (char)(hex_value(s.p[1]) << 4 | hex_value(s.p[2]));
	return true;
}

struct span
letter_head(struct arena *a, struct span message)
{
	const char *end = memmem(message.p, message.n, "\r\n\r\n", 4);
	struct span s = { message.p, end ? (size_t)(end - message.p) + 2 : 0 };
	struct buf b;

	buf_init(&b, a, MiB);
	for (; s.n; s = after(s, 1)) {
		if (span_starts(s, "\r\n")) {
			s = after(s, 1);
			if (s.n > 1 && (s.p[1] == ' ' || s.p[1] == '\t')) {
				s = after(s, 1);
				buf_byte(&b, ' ');
				continue;
			}
		}
		buf_byte(&b, s.p[0]);
	}
	return buf_view(&b);
}

/* What stands in an encoded word of either kind, up to its "?=". */
static struct span
word_print(struct buf *b, struct span s, char kind)
{
	const char *end = memmem(s.p, s.n, "?=", 2);
	struct span in = { s.p, end ? (size_t)(end - s.p) : s.n };
	char c;

	s = after(s, in.n + 2);
	if (kind == 'B') {
		size_t n;
		guchar *bytes = g_base64_decode(CSTR(b->arena, in), &n);

		buf_bytes(b, (const char *)bytes, n);
		g_free(bytes);
		return s;
	}
	for (; in.n; in = after(in, escaped(in, &c) ? 3 : 1))
		buf_byte(b, escaped(in, &c) ? c : in.p[0] == '_' ? ' ' : in.p[0]);
	return s;
}

/* Where an encoded word begins: its kind, else 0. */
static char
word_begins(struct span s)
{
	static const char begin[] = "=?utf-8?";
	size_t n = sizeof(begin) - 1;

	if (s.n < n + 2 || strncasecmp(s.p, begin, n) != 0 || s.p[n + 1] != '?')
		return 0;
	return g_ascii_toupper(s.p[n]);
}

/* Encoded words; the blank between two of them is nothing. */
static struct span
words(struct arena *a, struct span s)
{
	struct buf b;

	buf_init(&b, a, MiB);
	while (s.n) {
		char kind = word_begins(s);

		if (!kind) {
			buf_byte(&b, s.p[0]);
			s = after(s, 1);
			continue;
		}
		s = word_print(&b, after(s, strlen("=?utf-8?Q?")), kind);
		if (s.n && s.p[0] == ' ' && word_begins(after(s, 1)))
			s = after(s, 1);
	}
	return buf_view(&b);
}

struct span
letter_header(struct arena *a, struct span message, const char *name)
{
	struct span head = letter_head(a, message), found = SPAN_NONE;
	size_t n = strlen(name);

	while (head.n) {
		struct span line = span_cut(&head, '\n');

		if (line.n <= n || line.p[n] != ':' || strncasecmp(line.p, name, n) != 0)
			continue;
		if (found.n)
			return SPAN("twice");
		found = words(a, span_trim(after(line, n + 1)));
	}
	return found;
}

static struct span
behind_head(struct span part)
{
	const char *end = memmem(part.p, part.n, "\r\n\r\n", 4);

	return end ? after(part, (size_t)(end - part.p) + 4) : SPAN_NONE;
}

static struct span
unquoted(struct arena *a, struct span s)
{
	struct buf b;
	char c;

	buf_init(&b, a, MiB);
	while (s.n) {
		if (span_starts(s, "=\r\n")) {
			s = after(s, 3);
		} else if (escaped(s, &c)) {
			buf_byte(&b, c);
			s = after(s, 3);
		} else {
			if (!span_starts(s, "\r\n"))
				buf_byte(&b, s.p[0]);
			s = after(s, 1);
		}
	}
	return buf_view(&b);
}

struct span
letter_content(struct arena *a, struct span part)
{
	struct span encoding = letter_header(a, part, "Content-Transfer-Encoding"), body = behind_head(part), bytes;
	guchar *decoded;
	size_t n;

	if (!span_is(encoding, "base64"))
		return unquoted(a, body);
	decoded = g_base64_decode(CSTR(a, body), &n);
	bytes = arena_copy(a, (struct span){ (const char *)decoded, n });
	g_free(decoded);
	return bytes;
}

/* The next part between boundaries, which begins behind the first; *rest begins at the boundary behind it. */
static struct span
part_cut(struct span *rest, struct span boundary)
{
	const char *begin = memmem(rest->p, rest->n, boundary.p, boundary.n), *end;
	struct span s = begin ? after(*rest, (size_t)(begin - rest->p) + boundary.n) : SPAN_NONE;

	if (!span_starts(s, "\r\n"))
		return *rest = SPAN_NONE;
	s = after(s, 2);
	end = memmem(s.p, s.n, boundary.p, boundary.n);
	*rest = end ? after(s, (size_t)(end - s.p)) : SPAN_NONE;
	return (struct span){ s.p, end ? (size_t)(end - s.p) - 2 : s.n };
}

static struct span
part_of(struct arena *a, struct span part, const char *type, size_t *nth)
{
	struct span is = letter_header(a, part, "Content-Type"), rest = behind_head(part), found = SPAN_NONE, boundary;
	const char *at = memmem(is.p, is.n, "boundary=\"", 10);

	if (!span_starts(is, "multipart/"))
		return span_starts(is, type) && (*nth)-- == 0 ? part : SPAN_NONE;
	if (!at)
		return SPAN_NONE;
	boundary = after(is, (size_t)(at - is.p) + 10);
	boundary = span_cut(&boundary, '"');
	boundary = arena_fmt(a, "--" PRSPAN, ARGSPAN(boundary));
	while (rest.n && !found.n) {
		struct span one = part_cut(&rest, boundary);

		if (one.n)
			found = part_of(a, one, type, nth);
	}
	return found;
}

struct span
letter_part(struct arena *a, struct span message, const char *type, size_t nth)
{
	return part_of(a, message, type, &nth);
}

struct span
letter_body(struct arena *a, struct span message)
{
	return letter_content(a, letter_part(a, message, "text/plain", 0));
}
