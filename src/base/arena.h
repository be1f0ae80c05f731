/*
 * arena.h - memory that is given back all at once: one arena a request, reset by the accept loop.
 * Out of memory, or over the arena's maximum, ends the process (the master starts another); callers never check.
 */
#ifndef FOYER_BASE_ARENA_H
#define FOYER_BASE_ARENA_H

struct arena;

struct arena *arena_new(size_t max);		/* max bytes handed out between two resets */
void arena_reset(struct arena *);		/* keeps the first block */
void arena_free(struct arena *);

void *arena_alloc(struct arena *, size_t n);	/* zeroed, aligned for any type */
#define ARENA_NEW(a, type) ((type *)arena_alloc((a), sizeof(type)))
#define ARENA_ARRAY(a, type, n) ((type *)arena_alloc_array((a), (n), sizeof(type)))
void *arena_alloc_array(struct arena *, size_t n, size_t size);	/* refuses overflow like out of memory */

struct span arena_copy(struct arena *, struct span);		/* the copy is NUL-terminated */
struct span arena_fmt(struct arena *, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
#define CSTR(a, s) (arena_copy((a), (s)).p)			/* a C string of a span */

#endif
