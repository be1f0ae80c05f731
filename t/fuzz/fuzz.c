/* fuzz.c - see fuzz.h. */
#include "base/base.h"

#include <strings.h>

#include "base/crypto.h"
#include "t/fuzz/fuzz.h"

#define ARENA_MOST (64 * MiB)

bool fuzz_bug_meant;

/* To standard output: libFuzzer takes away the other, where the program's own log goes. */
_Noreturn void
fuzz_broken(const char *file, int line, const char *what)
{
	printf("%s:%d: does not hold: %s\n", file, line, what);
	fflush(stdout);
	abort();
}

/* Every call of log_bug leads here (Makefile.am: --wrap). */
__attribute__((format(printf, 3, 4))) void __wrap_log_bug(const char *file, int line, const char *fmt, ...);

void
__wrap_log_bug(const char *file, int line, const char *fmt, ...)
{
	char text[1024];
	va_list ap;

	if (fuzz_bug_meant)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	fuzz_broken(file, line, text);
}

struct arena *
fuzz_arena(const char *target)
{
	static struct arena *arena;

	if (arena)
		arena_reset(arena);
	else {
		crypto_start();
		log_open(target, LOG_LEVEL_ERROR);
		arena = arena_new(ARENA_MOST);
	}
	return arena;
}

void
fuzz_headers_read(struct fuzz_headers *h, struct span *input)
{
	h->n = 0;
	while (input->n) {
		struct span value = span_cut(input, '\n'), name;

		if (!value.n)
			return;
		name = span_cut(&value, ':');
		value = span_trim(value);
		if (h->n == FUZZ_HEADERS)
			continue;
		h->names[h->n] = name;
		h->values[h->n++] = span_cut(&value, 0);
	}
}

struct span
fuzz_header(const struct fuzz_headers *h, const char *name)
{
	for (size_t i = 0; i < h->n; i++)
		if (h->names[i].n == strlen(name) && strncasecmp(h->names[i].p, name, h->names[i].n) == 0)
			return h->values[i];
	return SPAN_NONE;
}
