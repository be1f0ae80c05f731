/*
 * floor_answer.c - the floor of everything that is posted: reads the body and answers with a file's bytes, head and all.
 *
 *	floor_answer STEM WORKERS FILE		FILE begins with "Status: …"
 */
#include "base/base.h"

#include "base/files.h"
#include "t/lib/floor_pool.h"

static void
answer(FCGX_Request *request, void *context)
{
	const struct span *bytes = context;
	char body[4096];

	while (FCGX_GetStr(body, sizeof(body), request->in) == (int)sizeof(body))
		;
	FCGX_PutStr(bytes->p, (int)bytes->n, request->out);
}

int
main(int argc, char **argv)
{
	struct span bytes;
	struct floor_pool pool = { .answer = answer, .context = &bytes };
	int64_t workers;

	if (argc != 4 || !span_int(span_of(argv[2]), 1, 64, &workers)) {
		fputs("usage: floor_answer STEM WORKERS FILE\n", stderr);
		return 2;
	}
	if (!file_read(arena_new(16 * MiB), argv[3], 8 * MiB, &bytes))
		die("%s cannot be read", argv[3]);
	pool.stem = argv[1];
	pool.workers = (int)workers;
	floor_pool_run(&pool);
}
