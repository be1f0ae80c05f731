/* span.h - a view of bytes that somebody else owns. Never NULL-terminated by contract; arena copies happen to be. */
#ifndef FOYER_BASE_SPAN_H
#define FOYER_BASE_SPAN_H

struct span {
	const char *p;	/* never NULL */
	size_t n;	/* bytes */
};

#define SPAN(literal) ((struct span){ "" literal, sizeof(literal) - 1 })
#define SPAN_NONE ((struct span){ "", 0 })
#define PRSPAN "%.*s"
#define ARGSPAN(s) (int)(s).n, (s).p	/* for PRSPAN */

struct span span_of(const char *text);		/* NULL gives the empty span */
bool span_eq(struct span a, struct span b);
bool span_is(struct span s, const char *text);
bool span_starts(struct span s, const char *prefix);
bool span_among(struct span s, const char *words);	/* one of the words, which stand with a blank between them */
struct span span_trim(struct span s);		/* ASCII blanks off both ends */
/* Cuts s at the first `by`: returns what stands before it and moves s behind it; without one, all of s and s is left empty. */
struct span span_cut(struct span *s, char by);
/* Decimal, all of s, within [min, max]; false leaves *out alone. */
bool span_int(struct span s, int64_t min, int64_t max, int64_t *out);
bool span_utf8(struct span s);			/* well-formed, and no NUL */
struct span span_upto(struct span s, size_t most);	/* its first bytes, at most so many, of whole UTF-8 letters */
size_t span_chars(struct span s);		/* code points of a well-formed span */

#endif
