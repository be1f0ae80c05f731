/* hooks.c - see hooks.h: who is told, and of what. */
#include "base/base.h"

#include "domain/hooks.h"
#include "domain/outbox.h"

#define TYPES_MOST 64

STATEMENT(hook_list, GLOBAL, "itttittd", "SELECT endpoint_id, url, types, secret, is_on, why, "
    "IF(before_until > UTC_TIMESTAMP(3), secret_before, ''), created_at FROM hook_endpoints ORDER BY endpoint_id LIMIT ?");
STATEMENT(hook_add, GLOBAL, "", "INSERT INTO hook_endpoints (url, types, secret, created_at) VALUES (?, ?, ?, UTC_TIMESTAMP(3))");
STATEMENT(hook_added, GLOBAL, "i", "SELECT endpoint_id FROM hook_endpoints WHERE secret = ?");
STATEMENT(hook_find, GLOBAL, "i", "SELECT is_on FROM hook_endpoints WHERE endpoint_id = ?");
STATEMENT(hook_switch, GLOBAL, "", "UPDATE hook_endpoints SET is_on = ?, why = ? WHERE endpoint_id = ?");
/* In this order: what is the secret now will be the one before. */
STATEMENT(hook_rotate, GLOBAL, "", "UPDATE hook_endpoints SET secret_before = secret, "
    "before_until = TIMESTAMPADD(HOUR, ?, UTC_TIMESTAMP(3)), secret = ? WHERE endpoint_id = ?");
STATEMENT(hook_remove, GLOBAL, "", "DELETE FROM hook_endpoints WHERE endpoint_id = ?");
STATEMENT(hook_forget, SCATTER, "", "DELETE FROM hook_deliveries WHERE endpoint_id = ? LIMIT 1000");

size_t
hook_types(const char *const **list)
{
	static const char *types[TYPES_MOST];
	static size_t n;

	if (n == 0)
		for (size_t i = 0; i < n_event_types && n < TYPES_MOST; i++) {
			struct span rest = span_of(event_types[i].consumers);

			while (rest.n)
				if (span_is(span_trim(span_cut(&rest, ',')), "hooks"))
					types[n++] = event_types[i].type;
		}
	*list = types;
	return n;
}

bool
hook_wants(const struct hook_endpoint *e, struct span type)
{
	struct span rest = e->types;

	if (!rest.n)
		return true;
	while (rest.n)
		if (span_eq(span_cut(&rest, ' '), type))
			return true;
	return false;
}

bool
hook_endpoints(struct db *db, struct arena *a, struct hook_endpoint **list, size_t *n)
{
	struct rows *rows = db_select(db, &hook_list, HOOK_ENDPOINTS_MOST);

	*list = ARENA_ARRAY(a, struct hook_endpoint, rows_count(rows) + 1);
	for (*n = 0; rows_next(rows); (*n)++)
		(*list)[*n] = (struct hook_endpoint){ .id = row_int(rows, 0), .url = row_text(rows, 1), .types = row_text(rows, 2),
			.secret = row_text(rows, 3), .on = row_int(rows, 4), .why = row_text(rows, 5), .before = row_text(rows, 6),
			.created_ms = row_int(rows, 7) };
	return db_failed(db) == DB_FINE;
}

int64_t
hook_endpoint_add(struct db *db, struct span url, struct span types, struct span sealed)
{
	struct rows *row;
	int64_t id = 0;

	db_change(db, &hook_add, url, types, sealed);
	row = db_row(db, &hook_added, sealed);
	if (row) {
		id = row_int(row, 0);
		rows_done(row);
	}
	return id;
}

static bool
is_there(struct db *db, int64_t id)
{
	struct rows *row = db_row(db, &hook_find, id);

	if (row)
		rows_done(row);
	return row != NULL;
}

bool
hook_endpoint_switch(struct db *db, int64_t id, bool on, struct span why)
{
	if (!is_there(db, id))
		return false;
	db_change(db, &hook_switch, on, why, id);
	return db_failed(db) == DB_FINE;
}

bool
hook_endpoint_rotate(struct db *db, int64_t id, struct span sealed, int64_t hours)
{
	return db_change(db, &hook_rotate, hours, sealed, id) == 1;
}

bool
hook_endpoint_remove(struct db *db, int64_t id)
{
	bool was = db_change(db, &hook_remove, id) == 1;

	while (was && db_change(db, &hook_forget, id) > 0)
		;
	return was && db_failed(db) == DB_FINE;
}
