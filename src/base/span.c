/* span.c - views of bytes: comparing, cutting, reading numbers. */
#include "base/base.h"

struct span
span_of(const char *text)
{
	return text ? (struct span){ text, strlen(text) } : SPAN_NONE;
}

bool
span_eq(struct span a, struct span b)
{
	return a.n == b.n && memcmp(a.p, b.p, a.n) == 0;
}

bool
span_is(struct span s, const char *text)
{
	return span_eq(s, span_of(text));
}

bool
span_starts(struct span s, const char *prefix)
{
	size_t n = strlen(prefix);

	return s.n >= n && memcmp(s.p, prefix, n) == 0;
}

bool
span_among(struct span s, const char *words)
{
	struct span rest = span_of(words);

	while (rest.n)
		if (span_eq(span_cut(&rest, ' '), s))
			return true;
	return false;
}

struct span
span_upto(struct span s, size_t most)
{
	if (s.n <= most)
		return s;
	while (most && ((unsigned char)s.p[most] & 0xc0) == 0x80)
		most--;
	return (struct span){ s.p, most };
}

static bool
blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

struct span
span_trim(struct span s)
{
	while (s.n && blank(s.p[0])) {
		s.p++;
		s.n--;
	}
	while (s.n && blank(s.p[s.n - 1]))
		s.n--;
	return s;
}

struct span
span_cut(struct span *s, char by)
{
	const char *at = memchr(s->p, by, s->n);
	struct span head = *s;

	if (!at) {
		*s = (struct span){ s->p + s->n, 0 };
		return head;
	}
	head.n = (size_t)(at - s->p);
	s->p = at + 1;
	s->n -= head.n + 1;
	return head;
}

bool
span_int(struct span s, int64_t min, int64_t max, int64_t *out)
{
	bool minus = s.n && s.p[0] == '-';
	int64_t v = 0;

	if (s.n == (size_t)minus)
		return false;
	for (size_t i = minus; i < s.n; i++) {
		int digit = s.p[i] - '0';

		if (digit < 0 || digit > 9 || __builtin_mul_overflow(v, 10, &v) ||
		    __builtin_sub_overflow(v, digit, &v))	/* counted downwards: INT64_MIN has no positive twin */
			return false;
	}
	if (!minus && __builtin_sub_overflow(0, v, &v))
		return false;
	if (v < min || v > max)
		return false;
	*out = v;
	return true;
}

/* Length of the well-formed UTF-8 sequence at p (RFC 3629: no overlong forms, no surrogates), 0 if there is none. */
static size_t
utf8_sequence(const unsigned char *p, size_t left)
{
	if (p[0] < 0x80)
		return p[0] != 0;
	if (left >= 2 && p[0] >= 0xc2 && p[0] <= 0xdf)
		return (p[1] & 0xc0) == 0x80 ? 2 : 0;
	if (left >= 3 && (p[0] & 0xf0) == 0xe0) {
		if ((p[1] & 0xc0) != 0x80 || (p[2] & 0xc0) != 0x80)
			return 0;
		if ((p[0] == 0xe0 && p[1] < 0xa0) || (p[0] == 0xed && p[1] > 0x9f))
			return 0;
		return 3;
	}
	if (left >= 4 && p[0] >= 0xf0 && p[0] <= 0xf4) {
		if ((p[1] & 0xc0) != 0x80 || (p[2] & 0xc0) != 0x80 || (p[3] & 0xc0) != 0x80)
			return 0;
		if ((p[0] == 0xf0 && p[1] < 0x90) || (p[0] == 0xf4 && p[1] > 0x8f))
			return 0;
		return 4;
	}
	return 0;
}

bool
span_utf8(struct span s)
{
	for (size_t i = 0; i < s.n;) {
		size_t n = utf8_sequence((const unsigned char *)s.p + i, s.n - i);

		if (!n)
			return false;
		i += n;
	}
	return true;
}

size_t
span_chars(struct span s)
{
	size_t chars = 0;

	for (size_t i = 0; i < s.n; i++)
		chars += ((unsigned char)s.p[i] & 0xc0) != 0x80;
	return chars;
}
