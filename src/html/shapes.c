/* shapes.c - see shapes.h. An empty value has every shape: it prints as nothing. */
#include "base/base.h"

#include "html/shapes.h"

static bool
alphanumeric(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

static bool
letters_and(struct span s, const char *also)
{
	for (size_t i = 0; i < s.n; i++)
		if (!alphanumeric(s.p[i]) && (!s.p[i] || !strchr(also, s.p[i])))
			return false;
	return true;
}

static bool
address_bytes(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] <= ' ' || s.p[i] == 0x7f || s.p[i] == '\\')
			return false;
	return true;
}

bool
shape_word(struct span s)
{
	return letters_and(s, " _-");
}

bool
shape_token(struct span s)
{
	return letters_and(s, "_-");
}

bool
shape_url(struct span s)
{
	size_t scheme = span_starts(s, "https://") ? 8 : span_starts(s, "http://") ? 7 : 0;

	if (s.n == 0)
		return true;
	return scheme && s.n > scheme && s.p[scheme] != '/' && address_bytes(s);
}

bool
shape_path(struct span s)
{
	if (s.n == 0)
		return true;
	return s.p[0] == '/' && (s.n == 1 || s.p[1] != '/') && address_bytes(s);
}
