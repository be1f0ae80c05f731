/* tmpl_util.c - memory, strings and the one way to fail of the template compiler. */
#include "tmplc.h"

/* Everything handed out hangs on this list, so that a leak checker finds nothing lost. */
static struct kept {
	struct kept *next;
	_Alignas(max_align_t) char data[];
} *all_kept;

void *
keep(size_t n)
{
	struct kept *k = calloc(1, sizeof(*k) + n);

	if (!k) {
		fputs("tmplc: out of memory\n", stderr);
		exit(1);
	}
	k->next = all_kept;
	all_kept = k;
	return k->data;
}

char *
keep_copy(const char *p, size_t n)
{
	char *s = keep(n + 1);

	memcpy(s, p, n);
	return s;
}

char *
keep_fmt(const char *fmt, ...)
{
	struct text t = { NULL, 0, 0 };
	va_list ap;

	va_start(ap, fmt);
	text_vfmt(&t, fmt, ap);
	va_end(ap);
	return t.p;
}

void
text_bytes(struct text *t, const char *p, size_t n)
{
	if (t->n + n + 1 > t->cap) {
		size_t cap = (t->n + n + 1) * 2;
		char *q = keep(cap);

		if (t->n)
			memcpy(q, t->p, t->n);
		t->p = q;
		t->cap = cap;
	}
	memcpy(t->p + t->n, p, n);
	t->n += n;
	t->p[t->n] = 0;
}

void
text_vfmt(struct text *t, const char *fmt, va_list ap)
{
	char line[4096];
	int n = vsnprintf(line, sizeof(line), fmt, ap);

	if (n < 0 || (size_t)n >= sizeof(line)) {
		fputs("tmplc: a line of C is too long\n", stderr);
		exit(1);
	}
	text_bytes(t, line, (size_t)n);
}

void
text_fmt(struct text *t, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	text_vfmt(t, fmt, ap);
	va_end(ap);
}

void
fail(struct place at, const char *fmt, ...)
{
	va_list ap;

	fprintf(stderr, "%s:%d: ", at.file, at.line);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	exit(1);
}

bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

bool
is_name(char first, char c)
{
	if (c >= 'a' && c <= 'z')
		return true;
	return first != 0 && ((c >= '0' && c <= '9') || c == '_');
}
