/* buf.c - the growing buffer. Growth doubles inside the arena; the old piece is given back with the arena. */
#include "base/base.h"

#define FIRST_SIZE 512

void
buf_init(struct buf *b, struct arena *a, size_t max)
{
	b->cap = max < FIRST_SIZE ? max : FIRST_SIZE;
	b->p = arena_alloc(a, b->cap + 1);
	b->n = 0;
	b->max = max;
	b->failed = false;
	b->arena = a;
}

void
buf_clear(struct buf *b)
{
	b->n = 0;
	b->p[0] = 0;
	b->failed = false;
}

void
buf_cut(struct buf *b, size_t n)
{
	if (n < b->n) {
		b->n = n;
		b->p[n] = 0;
	}
}

/* Makes room for n more bytes; false (and failed) when that would pass the maximum. */
static bool
room(struct buf *b, size_t n)
{
	size_t cap = b->cap;
	char *p;

	if (b->failed || n > b->max - b->n) {
		b->failed = true;
		return false;
	}
	if (n <= cap - b->n)
		return true;
	while (cap < b->n + n)
		cap = cap > b->max / 2 ? b->max : cap * 2;
	p = arena_alloc(b->arena, cap + 1);
	memcpy(p, b->p, b->n);
	b->p = p;
	b->cap = cap;
	return true;
}

void
buf_bytes(struct buf *b, const void *p, size_t n)
{
	if (!n || !room(b, n))		/* a span that nobody set may point nowhere */
		return;
	memcpy(b->p + b->n, p, n);
	b->n += n;
	b->p[b->n] = 0;
}

void
buf_span(struct buf *b, struct span s)
{
	buf_bytes(b, s.p, s.n);
}

void
buf_text(struct buf *b, const char *s)
{
	buf_bytes(b, s, strlen(s));
}

void
buf_byte(struct buf *b, char c)
{
	buf_bytes(b, &c, 1);
}

void
buf_int(struct buf *b, int64_t v)
{
	char digits[24];
	char *p = digits + sizeof(digits);
	uint64_t u = v < 0 ? -(uint64_t)v : (uint64_t)v;

	do
		*--p = (char)('0' + u % 10);
	while (u /= 10);
	if (v < 0)
		*--p = '-';
	buf_bytes(b, p, (size_t)(digits + sizeof(digits) - p));
}

/* Tried in the room there is; done again only where that was too little. */
void
buf_fmt(struct buf *b, const char *fmt, ...)
{
	size_t left = b->cap - b->n;
	va_list ap, again;
	int n;

	if (b->failed)
		return;
	va_start(ap, fmt);
	va_copy(again, ap);
	n = vsnprintf(b->p + b->n, left + 1, fmt, ap);
	va_end(ap);
	if (n < 0 || !room(b, (size_t)n)) {
		b->failed = true;
		b->p[b->n] = 0;
	} else {
		if ((size_t)n > left)
			vsnprintf(b->p + b->n, (size_t)n + 1, fmt, again);
		b->n += (size_t)n;
	}
	va_end(again);
}

struct span
buf_view(const struct buf *b)
{
	return (struct span){ b->p, b->n };
}
