/* sms_text.c - see sms_text.h. The alphabet is that of 3GPP TS 23.038, 6.2.1. */
#include "base/base.h"

#include "relay/sms_text.h"

#define TEXT_MAX (4 * KiB)
#define TITLE_LEAST 12		/* letters */
#define DOTS "..."

static const char alphabet[] = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà";
static const char escaped[] = "^{}\\[~]|€";		/* each takes two places */

static const struct {
	const char *print, *typed;
} signs[] = {
	{ "‘", "'" }, { "’", "'" }, { "“", "\"" }, { "”", "\"" }, { "–", "-" }, { "—", "-" }, { "…", "..." }, { "·", "-" },
	{ "\u00a0", " " }, { "\u2009", " " }, { "\u202f", " " },
};

/* Bytes of the character that s begins with. */
static size_t
character(struct span s)
{
	size_t n = 1;

	while (n < s.n && n < 4 && ((unsigned char)s.p[n] & 0xc0) == 0x80)
		n++;
	return n;
}

static struct span
behind(struct span s, size_t n)
{
	return (struct span){ s.p + n, s.n - n };
}

static bool
among(const char *letters, struct span one)
{
	struct span rest = span_of(letters);

	while (rest.n) {
		size_t n = character(rest);

		if (span_eq((struct span){ rest.p, n }, one))
			return true;
		rest = behind(rest, n);
	}
	return false;
}

struct span
sms_plain(struct arena *a, struct span s)
{
	struct buf b;

	buf_init(&b, a, TEXT_MAX);
	s = span_trim(s);
	while (s.n) {
		size_t n = character(s), i = 0;

		while (i < ARRAY_LEN(signs) && !span_starts(s, signs[i].print))
			i++;
		if (i < ARRAY_LEN(signs))
			buf_text(&b, signs[i].typed);
		else if (*s.p == '\n' || *s.p == '\r')
			buf_byte(&b, ' ');
		else
			buf_bytes(&b, s.p, n);
		s = behind(s, n);
	}
	return buf_view(&b);
}

size_t
sms_septets(struct span s)
{
	size_t sum = 0;

	while (s.n) {
		size_t n = character(s);

		if (among(alphabet, (struct span){ s.p, n }))
			sum++;
		else if (among(escaped, (struct span){ s.p, n }))
			sum += 2;
		else
			return 0;
		s = behind(s, n);
	}
	return sum;
}

struct span
sms_shorter(struct arena *a, struct span title, size_t septets)
{
	size_t chars = span_chars(title), over = septets > SMS_SEPTETS ? septets - SMS_SEPTETS : 0;
	size_t keep = chars > over + strlen(DOTS) + TITLE_LEAST ? chars - over - strlen(DOTS) : TITLE_LEAST;
	struct span rest = title;

	if (!over || keep + strlen(DOTS) >= chars)
		return title;
	for (; keep > 0; keep--)
		rest = behind(rest, character(rest));
	return arena_fmt(a, PRSPAN DOTS, (int)(title.n - rest.n), title.p);
}
