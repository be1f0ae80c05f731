/* deliveries_desk.c - see deliveries.h: what an operator sees and decides of deliveries. */
#include "base/base.h"

#include "domain/deliveries.h"

STATEMENT(sinks_all, GLOBAL, "tdtd", "SELECT sink, down_since, error, due_at FROM relay_sinks ORDER BY sink");
STATEMENT(state_count, SCATTER, "i", "SELECT COUNT(*) FROM deliveries FORCE INDEX (by_state) WHERE sink = ? AND state = ?");
STATEMENT(waiting_oldest, SCATTER, "d", "SELECT MIN(o.at) FROM deliveries d FORCE INDEX (by_state) JOIN outbox o ON o.show_id = d.show_id "
    "AND o.outbox_id = d.outbox_id WHERE d.sink = ? AND d.state = 'waiting'");
STATEMENT(fresh_count, SCATTER, "i", "SELECT COUNT(*) FROM outbox FORCE INDEX (fresh) WHERE found = 0");
STATEMENT(trouble_list, SCATTER, "iitttiid", "SELECT d.show_id, d.outbox_id, o.type, d.state, d.error, d.tries, d.refusals, d.due_at "
    "FROM deliveries d FORCE INDEX (by_state) JOIN outbox o ON o.show_id = d.show_id AND o.outbox_id = d.outbox_id "
    "WHERE d.sink = ? AND d.state = ? AND (d.tries > 0 OR d.state = 'dead') ORDER BY d.show_id, d.outbox_id LIMIT ?");
STATEMENT(delivery_again, SHOW, "", "UPDATE deliveries SET state = 'waiting', tries = 0, refusals = 0, done_at = NULL, error = '', "
    "due_at = UTC_TIMESTAMP(3) WHERE show_id = ? AND outbox_id = ? AND sink = ? AND state <> 'sent'");
STATEMENT(delivery_never, SHOW, "", "UPDATE deliveries SET state = 'dropped', error = ?, done_at = UTC_TIMESTAMP(3) "
    "WHERE show_id = ? AND outbox_id = ? AND sink = ? AND state IN ('waiting', 'dead')");
/* A unit that nobody need look at before some time is looked at now. */
STATEMENT(lease_open, SHOW, "", "UPDATE relay_leases SET ends_at = UTC_TIMESTAMP(3) WHERE show_id = ? AND sink = ? AND holder = 0");

static int64_t
number(struct rows *row)
{
	int64_t n = row ? row_int(row, 0) : 0;

	if (row)
		rows_done(row);
	return n;
}

bool
sinks_read(struct db *db, struct arena *a, struct sink_sums **list, size_t *n, int64_t *unfound)
{
	struct rows *rows = db_select(db, &sinks_all);

	*n = 0;
	*list = ARENA_ARRAY(a, struct sink_sums, rows_count(rows));
	while (rows_next(rows))
		(*list)[(*n)++] = (struct sink_sums){ .sink = row_text(rows, 0), .down_since_ms = row_int(rows, 1),
			.error = row_text(rows, 2), .due_ms = row_int(rows, 3) };
	for (size_t i = 0; i < *n; i++) {
		struct sink_sums *s = &(*list)[i];

		s->waiting = number(db_row(db, &state_count, s->sink, "waiting"));
		s->dead = number(db_row(db, &state_count, s->sink, "dead"));
		s->oldest_ms = number(db_row(db, &waiting_oldest, s->sink));
	}
	*unfound = number(db_row(db, &fresh_count));
	return db_failed(db) == DB_FINE;
}

bool
troubles_read(struct db *db, struct arena *a, const char *sink, size_t most, struct trouble **list, size_t *n)
{
	static const char *const states[] = { "dead", "waiting" };

	*n = 0;
	*list = ARENA_ARRAY(a, struct trouble, 2 * most);
	for (size_t i = 0; i < ARRAY_LEN(states); i++) {
		struct rows *rows = db_select(db, &trouble_list, sink, states[i], most);

		while (rows_next(rows))
			(*list)[(*n)++] = (struct trouble){ .show = row_int(rows, 0), .event = row_int(rows, 1), .type = row_text(rows, 2),
				.state = row_text(rows, 3), .error = row_text(rows, 4), .tries = row_int(rows, 5),
				.refusals = row_int(rows, 6), .due_ms = row_int(rows, 7) };
	}
	return db_failed(db) == DB_FINE;
}

bool
delivery_retry(struct db *db, const char *sink, int64_t show, int64_t event)
{
	bool again = db_change(db, &delivery_again, show, event, sink) == 1;

	db_change(db, &lease_open, show, sink);
	return again && db_failed(db) == DB_FINE;
}

bool
delivery_drop(struct db *db, const char *sink, int64_t show, int64_t event, struct span reason)
{
	bool dropped = db_change(db, &delivery_never, reason, show, event, sink) == 1;

	db_change(db, &lease_open, show, sink);
	return dropped && db_failed(db) == DB_FINE;
}
