/*
 * driver.c - runs a fuzz target over files and folders of files where libFuzzer is not at hand: every input as it is, and then
 * shortened and with single bytes changed. The same run each time. Arguments: [-n changes an input] path...
 */
#include "base/base.h"

#include <dirent.h>
#include <sys/stat.h>

#include "base/files.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static size_t changes = 2000, inputs;
static uint64_t chance = 88172645463325252u;

/* xorshift64: the point is to be the same everywhere. */
static size_t
below(size_t n)
{
	chance ^= chance << 13;
	chance ^= chance >> 7;
	chance ^= chance << 17;
	return (size_t)(chance % n);
}

/* In memory of just that size, so that a read beyond it is seen. */
static void
one(const char *p, size_t n)
{
	uint8_t *copy = malloc(n ? n : 1);

	if (!copy)
		die("out of memory");
	memcpy(copy, p, n);
	LLVMFuzzerTestOneInput(copy, n);
	free(copy);
	inputs++;
}

static void
one_and_its_neighbours(struct span s)
{
	char *p = malloc(s.n + 1);

	if (!p)
		die("out of memory");
	one(s.p, s.n);
	for (size_t i = 0; s.n && i < changes; i++) {
		memcpy(p, s.p, s.n);
		for (size_t k = 0; k <= i % 4; k++)
			p[below(s.n)] = (char)(k % 2 ? p[below(s.n)] : (int)below(256));
		one(p, i % 3 ? s.n : below(s.n + 1));
	}
	free(p);
}

static void
path_run(const char *path)
{
	struct arena *a = arena_new(16 * MiB);
	struct dirent *entry;
	struct span text;
	struct stat st;
	DIR *dir;

	if (stat(path, &st) != 0)
		die("%s cannot be read", path);
	if (!S_ISDIR(st.st_mode)) {
		if (!file_read(a, path, MiB, &text))
			die("%s cannot be read", path);
		one_and_its_neighbours(text);
	} else if ((dir = opendir(path))) {
		while ((entry = readdir(dir)))
			if (entry->d_name[0] != '.')
				path_run(arena_fmt(a, "%s/%s", path, entry->d_name).p);
		closedir(dir);
	}
	arena_free(a);
}

int
main(int argc, char **argv)
{
	int64_t n;
	int i = 1;

	if (argc > 2 && strcmp(argv[1], "-n") == 0 && span_int(span_of(argv[2]), 0, 1000000000, &n)) {
		changes = (size_t)n;
		i = 3;
	}
	for (; i < argc; i++)
		path_run(argv[i]);
	printf("%zu inputs\n", inputs);
	return inputs ? EXIT_SUCCESS : EXIT_FAILURE;
}
