/* demo_data.c - see demo_data.h. */
#include "base/base.h"

#include <dirent.h>

#include "base/files.h"
#include "db/db.h"
#include "domain/demo_data.h"
#include "domain/demo_sell.h"
#include "domain/outcome.h"

#define DAY_MS ((int64_t)86400000)
#define SOLD_AHEAD_MS (3 * DAY_MS)

STATEMENT(demo_sale, SHOW, "d", "SELECT sales_from FROM show_sales WHERE show_id = ?");

static int
is_programme(const struct dirent *e)
{
	size_t n = strlen(e->d_name);

	return e->d_name[0] != '.' && n > 10 && strcmp(e->d_name + n - 10, ".programme") == 0;
}

static int
by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static void
read_folder(struct programme *p, const char *folder)
{
	struct programme_place place = { folder, 0 };
	struct dirent **files;
	int n = scandir(folder, &files, is_programme, by_name);

	if (n <= 0)
		programme_error(p, place, "there is no file *.programme in this folder");
	for (int i = 0; i < n; i++) {
		const char *path = arena_fmt(p->arena, "%s/%s", folder, files[i]->d_name).p;
		struct span text;

		if (file_read(p->arena, path, PROGRAMME_FILE_MAX, &text))
			programme_read(p, path, text);
		else
			programme_error(p, (struct programme_place){ path, 0 }, "cannot be read");
		free(files[i]);
	}
	if (n > 0)
		free(files);
}

/* The next days' shows, and those whose file says how they sell. Before its sale begins, nothing of a show is sold. */
static bool
is_sold(struct db *db, const struct programme_start *start, int64_t now_ms)
{
	struct rows *row;
	bool open;

	if (start->show->draft || (start->show->sold.is == SOLD_USUAL && start->starts_ms > now_ms + SOLD_AHEAD_MS))
		return false;
	row = db_row(db, &demo_sale, start->id);
	open = row && row_int(row, 0) <= now_ms;
	if (row)
		rows_done(row);
	return open;
}

enum outcome
demo_data_load(struct db *db, struct arena *a, const char *folder, const struct programme_till *till, bool if_old, int64_t now_ms,
    struct demo_counts *counts, struct span *mistakes)
{
	struct programme *p = programme_new(a, true);
	enum outcome o;

	p->till = *till;
	*counts = (struct demo_counts){ 0 };
	read_folder(p, folder);
	o = programme_prepare(db, p, now_ms, &counts->programme);
	*mistakes = programme_errors(p);
	if (o != OUTCOME_OK || (if_old && counts->programme.new_shows == 0))
		return o;
	o = programme_write(db, a, p, now_ms);
	for (size_t i = 0; i < p->n_starts && o == OUTCOME_OK; i++)
		if (is_sold(db, &p->starts[i], now_ms))
			o = demo_sell(db, a, &p->starts[i], now_ms, &counts->bookings, &counts->seats);
	return o;
}
