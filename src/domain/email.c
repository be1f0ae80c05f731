/* email.c - see email.h. Whether an address exists is known only by writing to it. */
#include "base/base.h"

#include "domain/email.h"

#define LOCAL_MAX 64		/* RFC 5321, 4.5.3.1.1 */

/* Blanks and what separates addresses in a header; letters beyond ASCII are allowed (RFC 6531). */
static bool
fits_anywhere(unsigned char c)
{
	return c > ' ' && c != 0x7f && !strchr("()<>[]:;,\\\"", c);
}

static bool
is_letter_or_digit(unsigned char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c >= 0x80;
}

/* "example.org": names of letters, digits and inner hyphens, at least two of them, with dots between. */
static bool
is_domain(struct span s)
{
	size_t names = 0;

	while (s.n) {
		struct span rest = s, name = span_cut(&rest, '.');
		bool dot = name.n < s.n;

		if (!name.n || name.n > 63 || name.p[0] == '-' || name.p[name.n - 1] == '-' || (dot && !rest.n))
			return false;
		for (size_t i = 0; i < name.n; i++)
			if (!is_letter_or_digit((unsigned char)name.p[i]) && name.p[i] != '-')
				return false;
		names++;
		s = rest;
	}
	return names >= 2;
}

bool
email_plausible(struct span s)
{
	struct span domain = s, local;

	if (!s.n || s.n > EMAIL_MAX || !span_utf8(s))
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (!fits_anywhere((unsigned char)s.p[i]))
			return false;
	local = span_cut(&domain, '@');
	return local.n > 0 && local.n <= LOCAL_MAX && local.p[0] != '.' && local.p[local.n - 1] != '.' && is_domain(domain);
}

struct span
email_hint(struct arena *a, struct span s)
{
	struct span domain = s, local = span_cut(&domain, '@');
	size_t first = 0;

	/* the whole of the first character, also where it is no ASCII */
	while (first < local.n && (first == 0 || ((unsigned char)local.p[first] & 0xc0) == 0x80))
		first++;
	return domain.n ? arena_fmt(a, "%.*s…@" PRSPAN, (int)first, local.p, ARGSPAN(domain)) : SPAN_NONE;
}
