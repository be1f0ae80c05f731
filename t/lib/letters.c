/* letters.c - see letters.h. */
#include "letters.h"

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
			if (s.n > 1 && (s.p[1] == ' ' || s.p[1] == '\t'))
				continue;
		}
		buf_byte(&b, s.p[0]);
	}
	return buf_view(&b);
}

/* Encoded words; the blank between two of them is nothing. */
static struct span
words(struct arena *a, struct span s)
{
	static const char begin[] = "=?UTF-8?Q?";
	struct buf b;
	char c;

	buf_init(&b, a, MiB);
	while (s.n) {
		if (!span_starts(s, begin)) {
			buf_byte(&b, s.p[0]);
			s = after(s, 1);
			continue;
		}
		for (s = after(s, sizeof(begin) - 1); s.n && !span_starts(s, "?="); s = after(s, escaped(s, &c) ? 3 : 1))
			buf_byte(&b, escaped(s, &c) ? c : s.p[0] == '_' ? ' ' : s.p[0]);
		s = after(s, 2);
		if (s.n && s.p[0] == ' ' && span_starts(after(s, 1), begin))
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

struct span
letter_body(struct arena *a, struct span message)
{
	const char *end = memmem(message.p, message.n, "\r\n\r\n", 4);
	struct span s = end ? after(message, (size_t)(end - message.p) + 4) : SPAN_NONE;
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
