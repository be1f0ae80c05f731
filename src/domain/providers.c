/* providers.c - see providers.h. */
#include "base/base.h"

#include "domain/providers.h"

#define LIST_BACK_DAYS 1	/* where a list was never read */

STATEMENT(provider_off_list, GLOBAL, "t", "SELECT provider FROM providers WHERE NOT offered");
STATEMENT(provider_set, GLOBAL, "", "INSERT INTO providers (provider, offered, changed_at) VALUES (?, ?, UTC_TIMESTAMP(3)) "
    "ON DUPLICATE KEY UPDATE offered = ?, changed_at = UTC_TIMESTAMP(3)");
STATEMENT(file_read_row, DIRECTORY, "t", "SELECT body FROM provider_files WHERE url = ? AND good_until > UTC_TIMESTAMP(3)");
STATEMENT(file_keep_row, DIRECTORY, "", "INSERT INTO provider_files (url, body, good_until) "
    "VALUES (?, ?, TIMESTAMPADD(MICROSECOND, ?, UTC_TIMESTAMP(3))) "
    "ON DUPLICATE KEY UPDATE body = ?, good_until = TIMESTAMPADD(MICROSECOND, ?, UTC_TIMESTAMP(3))");
STATEMENT(list_note, DIRECTORY, "", "INSERT INTO provider_lists (provider, listed_until, due_at) "
    "VALUES (?, TIMESTAMPADD(DAY, ?, UTC_TIMESTAMP(3)), UTC_TIMESTAMP(3)) ON DUPLICATE KEY UPDATE provider = provider");
STATEMENT(list_take, DIRECTORY, "", "UPDATE provider_lists SET due_at = TIMESTAMPADD(MICROSECOND, ?, UTC_TIMESTAMP(3)) "
    "WHERE provider = ? AND due_at <= UTC_TIMESTAMP(3)");
STATEMENT(list_since, DIRECTORY, "d", "SELECT listed_until FROM provider_lists WHERE provider = ?");
STATEMENT(list_done, DIRECTORY, "", "UPDATE provider_lists SET listed_until = ? WHERE provider = ? AND listed_until < ?");

size_t
providers_off(struct db *db, struct arena *a, struct span **names)
{
	struct rows *rows = db_select(db, &provider_off_list);
	size_t n = 0;

	*names = ARENA_ARRAY(a, struct span, rows_count(rows));
	while (rows_next(rows))
		(*names)[n++] = row_text(rows, 0);
	return n;
}

bool
provider_offered(struct db *db, struct arena *a, struct span provider)
{
	struct span *off;
	size_t n = providers_off(db, a, &off);

	for (size_t i = 0; i < n; i++)
		if (span_eq(off[i], provider))
			return false;
	return true;
}

enum outcome
provider_switch(struct db *db, struct span provider, bool offered)
{
	db_change(db, &provider_set, provider, offered, offered);
	return outcome_of_reads(db);
}

bool
provider_file(struct db *db, struct span url, struct span *body)
{
	struct rows *row = db_row(db, &file_read_row, url);

	if (!row)
		return false;
	*body = row_text(row, 0);
	rows_done(row);
	return body->n > 0;
}

void
provider_file_keep(struct db *db, struct span url, struct span body, int64_t good_ms)
{
	db_change(db, &file_keep_row, url, body, good_ms * 1000, body, good_ms * 1000);
	db_clear(db);			/* fetched again if this is lost */
}

bool
provider_list_due(struct db *db, struct span provider, int64_t every_ms, int64_t *since_ms)
{
	struct rows *row;

	db_change(db, &list_note, provider, -LIST_BACK_DAYS);
	if (db_change(db, &list_take, every_ms * 1000, provider) != 1 || !(row = db_row(db, &list_since, provider)))
		return false;
	*since_ms = row_int(row, 0);
	rows_done(row);
	return true;
}

void
provider_list_done(struct db *db, struct span provider, int64_t until_ms)
{
	db_change(db, &list_done, at_ms(until_ms), provider, at_ms(until_ms));
}
