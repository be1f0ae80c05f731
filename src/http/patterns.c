/* patterns.c - "/bookings/{token}.pdf": what a route's path looks like, and which of two that match is meant. */
#include "base/base.h"

#include "http/internal.h"

/* One part without '/': "shows", "{token}", "{token}.pdf". A capture is at least one byte long. */
static bool
part_match(struct span pattern, struct span part, struct fields *in_path)
{
	const char *open = memchr(pattern.p, '{', pattern.n), *close;
	size_t before, after;

	if (!open)
		return span_eq(pattern, part);
	close = memchr(open, '}', (size_t)(pattern.p + pattern.n - open));
	before = (size_t)(open - pattern.p);
	after = (size_t)(pattern.p + pattern.n - close - 1);
	if (part.n <= before + after || memcmp(part.p, pattern.p, before) != 0 ||
	    memcmp(part.p + part.n - after, close + 1, after) != 0)
		return false;
	in_path->list[in_path->n++] = (struct field){
		{ open + 1, (size_t)(close - open - 1) }, { part.p + before, part.n - before - after } };
	return true;
}

bool
pattern_match(const char *pattern, struct span path, struct fields *in_path)
{
	struct span p = span_of(pattern);

	in_path->n = 0;
	while (p.n && path.n) {		/* both begin with '/' here, or are cut behind one */
		struct span want, have;
		bool more;

		span_cut(&p, '/');
		span_cut(&path, '/');
		want = (struct span){ p.p, strcspn(p.p, "/") };
		have = (struct span){ path.p, 0 };
		while (have.n < path.n && path.p[have.n] != '/')
			have.n++;
		p.p += want.n;
		p.n -= want.n;
		path.p += have.n;
		path.n -= have.n;
		more = p.n || path.n;
		if (!part_match(want, have, in_path) || (more && !(p.n && path.n)))
			return false;
	}
	return !p.n && !path.n;
}

size_t
pattern_literals(const char *pattern)
{
	size_t n = 0;
	bool inside = false;

	for (; *pattern; pattern++) {
		inside |= *pattern == '{';
		n += !inside;
		inside &= *pattern != '}';
	}
	return n;
}

/* "/" and parts, each with at most one {name}, which is closed and not empty. */
bool
pattern_sound(const char *pattern)
{
	size_t captures = 0;

	if (pattern[0] != '/')
		return false;
	for (const char *p = pattern; *p; p++) {
		size_t part = strcspn(p + 1, "/"), before = strcspn(p + 1, "{"), name;

		if (*p != '/')
			continue;
		if (part == 0 && p != pattern)
			return false;		/* "//", or a slash at the end */
		if (before >= part) {
			if (memchr(p + 1, '}', part))
				return false;
			continue;
		}
		name = strspn(p + 2 + before, "abcdefghijklmnopqrstuvwxyz_");
		captures++;
		if (name == 0 || p[2 + before + name] != '}' || memchr(p + 2 + before, '{', part - before - 1))
			return false;
	}
	return captures <= PATTERN_PARTS;
}
