/*
 * fuzz.h - what the fuzz targets share. A target drives the code with its input and says with check() what must hold whatever the
 * input is. What the code itself calls a BUG, and die(), end the process too: no input may lead there.
 */
#ifndef FOYER_T_FUZZ_H
#define FOYER_T_FUZZ_H

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

#define check(good) ((good) ? (void)0 : fuzz_broken(__FILE__, __LINE__, #good))
_Noreturn void fuzz_broken(const char *file, int line, const char *what);

/* The only arena of a target, emptied. At the first call the parts of the program are started, under this name. */
struct arena *fuzz_arena(const char *target);

/* While true a BUG is what the target wants to provoke. */
extern bool fuzz_bug_meant;

/* "Name: value" lines up to an empty one, which is taken too; the rest is left in *input. Values end at a NUL, as libfcgi's do. */
#define FUZZ_HEADERS 16
struct fuzz_headers {
	struct span names[FUZZ_HEADERS], values[FUZZ_HEADERS];
	size_t n;
};
void fuzz_headers_read(struct fuzz_headers *, struct span *input);
struct span fuzz_header(const struct fuzz_headers *, const char *name);	/* in any case; empty if absent */

#endif
