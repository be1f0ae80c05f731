/* plain.c - see plain.h. */
#include "base/base.h"

#include "html/plain.h"
#include "html/shapes.h"
#include "html/utf8.h"

void
plain_text(struct buf *out, struct span s)
{
	const unsigned char *p = (const unsigned char *)s.p, *end = p + s.n;

	while (p < end) {
		size_t len = *p >= 0x80 ? utf8_printable(p, (size_t)(end - p)) : 1;

		if (len == 0) {
			p += utf8_replace(out, p, (size_t)(end - p));
			continue;
		}
		if (*p == '\n' || *p == '\t')
			buf_byte(out, ' ');
		else if (*p >= ' ' && *p != 0x7f)
			buf_bytes(out, p, len);
		p += len;
	}
}

void
plain_int(struct buf *out, int64_t v)
{
	buf_int(out, v);
}

void
plain_money(struct buf *out, struct money m)
{
	money_print(out, m);
}

void
plain_day(struct buf *out, struct moment m)
{
	day_print(out, m);
}

void
plain_clock(struct buf *out, struct moment m)
{
	clock_print(out, m);
}

void
plain_stamp(struct buf *out, struct moment m)
{
	stamp_print(out, m);
}

void
plain_isotime(struct buf *out, struct moment m)
{
	isotime_print(out, m);
}

static void
shaped(struct buf *out, struct span s, bool right, const char *what)
{
	if (right)
		plain_text(out, s);
	else
		BUG("no %s to print: %zu bytes", what, s.n);
}

void
plain_word(struct buf *out, struct span s)
{
	shaped(out, s, shape_word(s), "word");
}

void
plain_token(struct buf *out, struct span s)
{
	shaped(out, s, shape_token(s), "token");
}

void
plain_url(struct buf *out, struct span s)
{
	shaped(out, s, shape_url(s), "address");
}

void
plain_path(struct buf *out, struct span s)
{
	shaped(out, s, shape_path(s), "path");
}
