/*
 * arena.c - blocks in a list; the first one stays, so that a steady request allocates nothing. Where the address sanitizer is built in
 * it is told what has been handed out, with a gap behind each piece, so that it sees a step too far as it does on the heap.
 */
#include "base/base.h"

#ifndef __has_feature
#define __has_feature(name) 0
#endif
#if defined(__SANITIZE_ADDRESS__) || __has_feature(address_sanitizer)
#include <sanitizer/asan_interface.h>
#define GAP 16
#define FORBID(p, n) ASAN_POISON_MEMORY_REGION((p), (n))
#define ALLOW(p, n) ASAN_UNPOISON_MEMORY_REGION((p), (n))
#else
#define GAP 0
#define FORBID(p, n) ((void)(p), (void)(n))
#define ALLOW(p, n) ((void)(p), (void)(n))
#endif

#define FIRST_BLOCK (256 * KiB)

struct block {
	struct block *next;
	size_t used, size;
	_Alignas(max_align_t) char data[];
};

struct arena {
	struct block *first, *last;
	size_t given, max;
};

static struct block *
block_new(size_t size)
{
	struct block *b = malloc(sizeof(*b) + size);

	if (!b)
		die("out of memory: a block of %zu bytes", size);
	b->next = NULL;
	b->used = 0;
	b->size = size;
	FORBID(b->data, size);
	return b;
}

struct arena *
arena_new(size_t max)
{
	struct arena *a = malloc(sizeof(*a));

	if (!a)
		die("out of memory: an arena");
	a->first = a->last = block_new(max < FIRST_BLOCK ? max : FIRST_BLOCK);
	a->given = 0;
	a->max = max;
	return a;
}

static void
blocks_free(struct block *b)
{
	while (b) {
		struct block *next = b->next;

		ALLOW(b->data, b->size);
		free(b);
		b = next;
	}
}

void
arena_reset(struct arena *a)
{
	blocks_free(a->first->next);
	a->first->next = NULL;
	a->first->used = 0;
	FORBID(a->first->data, a->first->size);
	a->last = a->first;
	a->given = 0;
}

void
arena_free(struct arena *a)
{
	if (!a)
		return;
	blocks_free(a->first);
	free(a);
}

void *
arena_alloc(struct arena *a, size_t n)
{
	size_t align = _Alignof(max_align_t), room;
	void *p;

	if (n > a->max - a->given)
		die("an arena of %zu bytes is full", a->max);
	room = (n + align - 1) & ~(align - 1);
	a->given = a->given + room > a->max ? a->max : a->given + room;
	room += GAP;
	if (room > a->last->size - a->last->used) {
		struct block *b = block_new(room > FIRST_BLOCK ? room : FIRST_BLOCK);

		a->last->next = b;
		a->last = b;
	}
	p = a->last->data + a->last->used;
	a->last->used += room;
	ALLOW(p, n);
	return memset(p, 0, n);
}

void *
arena_alloc_array(struct arena *a, size_t n, size_t size)
{
	size_t bytes;

	if (__builtin_mul_overflow(n, size, &bytes))
		die("an array of %zu by %zu bytes", n, size);
	return arena_alloc(a, bytes ? bytes : 1);
}

struct span
arena_copy(struct arena *a, struct span s)
{
	char *p = arena_alloc(a, s.n + 1);

	memcpy(p, s.p, s.n);
	return (struct span){ p, s.n };
}

struct span
arena_fmt(struct arena *a, const char *fmt, ...)
{
	va_list ap, again;
	char *p;
	int n;

	va_start(ap, fmt);
	va_copy(again, ap);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n < 0)
		die("format \"%s\"", fmt);
	p = arena_alloc(a, (size_t)n + 1);
	vsnprintf(p, (size_t)n + 1, fmt, again);
	va_end(again);
	return (struct span){ p, (size_t)n };
}
