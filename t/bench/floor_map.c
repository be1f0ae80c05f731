/*
 * floor_map.c - the floor of a freshly rendered seat map: the SELECTs that foyerd needs for it, then as many bytes of nothing.
 *
 *	floor_map STEM WORKERS DB_SOCKET DB_NAME SHOW BYTES
 */
#include "base/base.h"

#include "domain/catalog.h"
#include "domain/publish.h"
#include "domain/seats.h"
#include "t/lib/floor_pool.h"
#include "t/lib/floor_sql.h"

struct map_floor {
	const char *socket, *database;
	int64_t show;
	struct span page;
};

/* In the order in which show_get() asks. */
static struct floor_statement selects[] = {
	{ .name = "show_find", .values = "i" },
	{ .name = "show_sale", .values = "ii" },
	{ .name = "plan_sections", .values = "iii" },
	{ .name = "section_prices", .values = "iii" },
	{ .name = "plan_hall", .values = "i" },
	{ .name = "status_hall", .values = "i" },
};

/* The linker takes a file of a library, with its statements, only where a function of it is named. */
static void *const linked[] __attribute__((used)) = { seatmap_read, show_read };

static void
start(void *context)
{
	struct map_floor *m = context;
	struct floor_sql *sql = floor_sql_open(m->socket, m->database);

	for (size_t i = 0; i < ARRAY_LEN(selects); i++) {
		floor_sql_prepare(sql, &selects[i]);
		for (size_t v = 0; v < selects[i].n_values; v++)
			floor_int(&selects[i], v, m->show);
	}
	floor_int(&selects[2], 1, 0);	/* all sections */
	floor_int(&selects[2], 2, 0);
	floor_int(&selects[3], 2, NO_LONGER_TOLD);
}

static void
answer(FCGX_Request *request, void *context)
{
	struct map_floor *m = context;

	for (size_t i = 0; i < ARRAY_LEN(selects); i++)
		if (floor_run(&selects[i]) == 0)
			die("%s finds nothing", selects[i].name);
	FCGX_PutStr(m->page.p, (int)m->page.n, request->out);
}

int
main(int argc, char **argv)
{
	struct map_floor m;
	struct floor_pool pool = { .start = start, .answer = answer, .context = &m };
	struct arena *a = arena_new(64 * MiB);
	struct buf page;
	int64_t workers, bytes;

	if (argc != 7 || !span_int(span_of(argv[2]), 1, 64, &workers) || !span_int(span_of(argv[5]), 1, INT32_MAX, &m.show) ||
	    !span_int(span_of(argv[6]), 1, INT64_C(16777216), &bytes)) {
		fputs("usage: floor_map STEM WORKERS DB_SOCKET DB_NAME SHOW BYTES\n", stderr);
		return 2;
	}
	pool.stem = argv[1];
	pool.workers = (int)workers;
	m.socket = argv[3];
	m.database = argv[4];
	buf_init(&page, a, 32 * MiB);
	buf_fmt(&page, "Status: 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: %" PRId64 "\r\n\r\n", bytes);
	for (int64_t i = 0; i < bytes; i++)
		buf_byte(&page, 'x');
	m.page = buf_view(&page);
	floor_pool_run(&pool);
}
