/* deliveries_archive.c - see deliveries.h: what is over and old leaves the tables that are worked on, and stays readable. */
#include "base/base.h"

#include "base/clock.h"
#include "domain/deliveries.h"

#define MOVE_MOST 500		/* events in one transaction */
#define TURN_MOST 4		/* transactions, then others may go on */
#define IDS_MAX (64 * KiB)
#define DAY_MS ((int64_t)86400000)

STATEMENT(old_shows, SCATTER, "i", "SELECT show_id FROM outbox FORCE INDEX (fresh) WHERE found = 1 AND show_id > ? "
    "GROUP BY show_id HAVING MIN(outbox_id) < ? ORDER BY show_id LIMIT ?");
STATEMENT(old_list, SHOW, "i", "SELECT o.outbox_id FROM outbox o FORCE INDEX (fresh) WHERE o.found = 1 AND o.show_id = ? AND o.outbox_id < ? "
    "AND NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.show_id = ? AND d.outbox_id = o.outbox_id AND d.state IN ('waiting', 'dead')) "
    "ORDER BY o.outbox_id LIMIT ?");
#define IDS "JSON_TABLE(?, '$[*]' COLUMNS (outbox_id BIGINT PATH '$')) AS j STRAIGHT_JOIN "
STATEMENT(archive_events, SHOW, "", "INSERT INTO outbox_archive (show_id, outbox_id, type, subject_id, at, payload) "
    "SELECT o.show_id, o.outbox_id, o.type, o.subject_id, o.at, o.payload FROM " IDS "outbox o ON o.outbox_id = j.outbox_id WHERE o.show_id = ?");
STATEMENT(archive_deliveries, SHOW, "", "INSERT INTO deliveries_archive (show_id, outbox_id, sink, state, done_at, error) "
    "SELECT d.show_id, d.outbox_id, d.sink, d.state, d.done_at, d.error FROM " IDS "deliveries d ON d.outbox_id = j.outbox_id "
    "WHERE d.show_id = ? AND d.state IN ('sent', 'dropped')");
STATEMENT(archived_deliveries_drop, SHOW, "", "DELETE d FROM " IDS "deliveries d ON d.outbox_id = j.outbox_id WHERE d.show_id = ?");
STATEMENT(archived_events_drop, SHOW, "", "DELETE o FROM " IDS "outbox o ON o.outbox_id = j.outbox_id WHERE o.show_id = ?");
STATEMENT(leases_drop, SCATTER, "", "DELETE FROM relay_leases WHERE ends_at < TIMESTAMPADD(DAY, -1, UTC_TIMESTAMP(3)) LIMIT 500");

TRANSACTION(archive_tx, "relay_archive");

struct moving {
	struct arena *arena;
	int64_t show, before;
	int64_t moved;
};

/* An operator may have taken a delivery up again meanwhile: then fewer go over than were to, and nothing is moved this time. */
static enum tx_end
archive_body(struct db *db, void *context)
{
	struct moving *m = context;
	struct rows *rows = db_select(db, &old_list, m->show, m->before, m->show, MOVE_MOST);
	struct span list;
	int64_t copied, events = 0;
	struct buf ids;

	buf_init(&ids, m->arena, IDS_MAX);
	while (rows_next(rows))
		buf_fmt(&ids, "%c%" PRId64, events++ ? ',' : '[', row_int(rows, 0));
	buf_byte(&ids, ']');
	m->moved = 0;
	if (events == 0)
		return TX_ROLLBACK;
	list = buf_view(&ids);
	db_change(db, &archive_events, list, m->show);
	copied = db_change(db, &archive_deliveries, list, m->show);
	if (db_change(db, &archived_deliveries_drop, list, m->show) != copied ||
	    db_change(db, &archived_events_drop, list, m->show) != events)
		return TX_ROLLBACK;
	m->moved = events;
	return TX_COMMIT;
}

bool
events_archive(struct db *db, struct arena *a, int64_t days)
{
	struct moving m = { .arena = a, .before = (clock_now() - days * DAY_MS) << 21, .show = -1 };
	int turns = 0;

	db_change(db, &leases_drop);
	for (;;) {
		struct rows *row = db_row(db, &old_shows, m.show, m.before, 1);

		if (!row)
			return false;
		m.show = row_int(row, 0);
		rows_done(row);
		do {
			if (turns == TURN_MOST)
				return true;
			if (tx_run(db, &archive_tx, archive_body, &m) != TX_DONE)
				return false;
			if (!m.moved)		/* what is old there must stay: a dead letter; other shows' turns are theirs */
				break;
			turns++;
			log_info("outbox.archived", "show=%" PRId64 " events=%" PRId64, m.show, m.moved);
		} while (m.moved == MOVE_MOST);
	}
}
