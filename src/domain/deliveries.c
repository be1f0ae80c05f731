/* deliveries.c - see deliveries.h. No transactions: each change is one statement that does nothing where it comes second. */
#include "base/base.h"

#include "domain/deliveries.h"

#define FIND_BATCH 2000

/* READ COMMITTED: reading the outbox locks nothing, so nobody who sells waits for this. */
STATEMENT(deliveries_new, SCATTER, "", "INSERT INTO deliveries (show_id, outbox_id, sink, due_at) "
    "SELECT o.show_id, o.outbox_id, ? AS sink, UTC_TIMESTAMP(3) FROM outbox o FORCE INDEX (by_type) "
    "LEFT JOIN deliveries d ON d.show_id = o.show_id AND d.outbox_id = o.outbox_id AND d.sink = ? "
    "WHERE o.type = ? AND o.at >= TIMESTAMPADD(SECOND, ?, UTC_TIMESTAMP(3)) AND d.outbox_id IS NULL ORDER BY o.at LIMIT ?");
STATEMENT(deliveries_list, SCATTER, "iitidt", "SELECT d.show_id, d.outbox_id, o.type, o.subject_id, o.at, o.payload FROM deliveries d "
    "JOIN outbox o ON o.show_id = d.show_id AND o.outbox_id = d.outbox_id "
    "WHERE d.sink = ? AND d.state = 'waiting' AND d.due_at <= UTC_TIMESTAMP(3) ORDER BY d.due_at LIMIT ?");
STATEMENT(delivery_take, SHOW, "", "UPDATE deliveries SET due_at = TIMESTAMPADD(SECOND, LEAST(3600, 15 * POW(2, LEAST(tries, 8))), "
    "UTC_TIMESTAMP(3)), tries = tries + 1 WHERE show_id = ? AND outbox_id = ? AND sink = ? AND state = 'waiting' "
    "AND due_at <= UTC_TIMESTAMP(3)");
STATEMENT(delivery_end, SHOW, "", "UPDATE deliveries SET state = ?, error = ?, done_at = UTC_TIMESTAMP(3) "
    "WHERE show_id = ? AND outbox_id = ? AND sink = ? AND state = 'waiting' AND tries >= ?");
STATEMENT(delivery_note, SHOW, "", "UPDATE deliveries SET error = ? WHERE show_id = ? AND outbox_id = ? AND sink = ? AND state = 'waiting'");

int64_t
deliveries_find(struct db *db, const char *sink, const char *const *types, size_t n, int64_t seconds)
{
	int64_t found = 0, some;

	for (size_t i = 0; i < n; i++)
		do {
			some = db_change(db, &deliveries_new, sink, sink, types[i], -seconds, FIND_BATCH);
			found += some;
		} while (some == FIND_BATCH);
	return found;
}

size_t
deliveries_due(struct db *db, struct arena *a, const char *sink, size_t most, struct delivery **list)
{
	struct rows *rows = db_select(db, &deliveries_list, sink, most);
	size_t n = 0;

	*list = ARENA_ARRAY(a, struct delivery, rows_count(rows));
	while (rows_next(rows))
		(*list)[n++] = (struct delivery){ .show = row_int(rows, 0), .event = row_int(rows, 1), .type = row_text(rows, 2),
			.subject = row_int(rows, 3), .at_ms = row_int(rows, 4),
			.payload = row_text(rows, 5) };
	return n;
}

bool
delivery_claim(struct db *db, const char *sink, const struct delivery *d)
{
	return db_change(db, &delivery_take, d->show, d->event, sink) == 1;
}

void
delivery_sent(struct db *db, const char *sink, const struct delivery *d)
{
	db_change(db, &delivery_end, "sent", "", d->show, d->event, sink, 0);
	log_info("delivery.sent", "sink=%s show=%" PRId64 " event=%" PRId64 " type=" PRSPAN, sink, d->show, d->event, ARGSPAN(d->type));
}

void
delivery_failed(struct db *db, const char *sink, const struct delivery *d, struct span why, bool for_good)
{
	bool ended = db_change(db, &delivery_end, "given_up", why, d->show, d->event, sink, for_good ? 0 : DELIVERY_TRIES) == 1;

	if (!ended)
		db_change(db, &delivery_note, why, d->show, d->event, sink);
	log_line(ended ? LOG_LEVEL_ERROR : LOG_LEVEL_WARN, ended ? "delivery.given_up" : "delivery.failed",
	    "sink=%s show=%" PRId64 " event=%" PRId64 " type=" PRSPAN " why=\"" PRSPAN "\"", sink, d->show, d->event, ARGSPAN(d->type),
	    ARGSPAN(why));
}
