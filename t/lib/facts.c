/* facts.c - see facts.h. */
#include "base/base.h"

#include "t/lib/facts.h"

#include "base/files.h"

json_t *
facts_read(struct arena *a, const char *file)
{
	const char *folder = getenv("FOYER_FACTS"), *source = getenv("srcdir");
	struct span text, path = folder ? arena_fmt(a, "%s/%s", folder, file) :
	    arena_fmt(a, "%s/../shared/facts/%s", source ? source : ".", file);

	return file_read(a, path.p, 4 * MiB, &text) ? json_loadb(text.p, text.n, 0, NULL) : NULL;
}

json_t *
facts_vectors(struct arena *a)
{
	return facts_read(a, "psp-vectors.json");
}
