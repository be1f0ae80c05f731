/*
 * buf.h - a growing byte buffer, born with its maximum. Its error is sticky: once an addition does not fit, `failed` is
 * set, all later additions do nothing, and the caller checks once at the end. Memory comes from the arena and goes with it.
 */
#ifndef FOYER_BASE_BUF_H
#define FOYER_BASE_BUF_H

struct buf {
	char *p;		/* never NULL; always NUL-terminated at n */
	size_t n, cap, max;
	bool failed;
	struct arena *arena;
};

void buf_init(struct buf *, struct arena *, size_t max);
void buf_clear(struct buf *);				/* empties and forgets the failure; keeps memory */
void buf_cut(struct buf *, size_t n);			/* shortens to n bytes */
void buf_bytes(struct buf *, const void *, size_t n);
void buf_span(struct buf *, struct span);
void buf_text(struct buf *, const char *);
void buf_byte(struct buf *, char);
void buf_int(struct buf *, int64_t);
void buf_fmt(struct buf *, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
struct span buf_view(const struct buf *);		/* good until the next addition */
#define BUF_LIT(b, literal) buf_bytes((b), "" literal, sizeof(literal) - 1)

#endif
