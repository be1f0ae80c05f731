/* utf8.c - see utf8.h. */
#include "base/base.h"

#include "html/utf8.h"

static bool
tail(unsigned char c)
{
	return (c & 0xc0) == 0x80;
}

size_t
utf8_printable(const unsigned char *p, size_t n)
{
	if (p[0] >= 0xc2 && p[0] <= 0xdf)		/* C2 80-9F are the control characters of Latin-1 */
		return n >= 2 && tail(p[1]) && (p[0] > 0xc2 || p[1] >= 0xa0) ? 2 : 0;
	if (p[0] >= 0xe0 && p[0] <= 0xef) {
		if (n < 3 || !tail(p[1]) || !tail(p[2]))
			return 0;
		/* no overlong forms, no surrogates */
		return (p[0] == 0xe0 && p[1] < 0xa0) || (p[0] == 0xed && p[1] > 0x9f) ? 0 : 3;
	}
	if (p[0] >= 0xf0 && p[0] <= 0xf4) {
		if (n < 4 || !tail(p[1]) || !tail(p[2]) || !tail(p[3]))
			return 0;
		return (p[0] == 0xf0 && p[1] < 0x90) || (p[0] == 0xf4 && p[1] > 0x8f) ? 0 : 4;
	}
	return 0;
}

size_t
utf8_replace(struct buf *out, const unsigned char *p, size_t n)
{
	if (p[0] == 0xc2 && n >= 2 && tail(p[1]))
		return 2;
	BUF_LIT(out, "\357\277\275");
	return 1;
}
