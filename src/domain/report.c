/* report.c - see report.h. A batch of events goes over in a few statements, as JSON tables that keep each event's payload as it is. */
#include "base/base.h"

#include "base/clock.h"
#include "base/fault.h"
#include "domain/report.h"

#define JSON_MAX (16 * MiB)
#define EVENTS_MOST 500		/* of a page of a rebuild */
#define SHOWS_MOST 64
#define REBUILD_ARENA (256 * MiB)

const char *const report_types[] = { "SEAT_HELD", "BOOKING_PENDING", "BOOKING_CONFIRMED", "BOOKING_CANCELLED", "BOOKING_REDUCED",
	"PAYMENT_PAID", "PAYMENT_REFUND_DUE", "REFUND_DONE", "REFUND_FAILED", "REFUND_HUMAN" };
const size_t n_report_types = ARRAY_LEN(report_types);
#define TYPES "('SEAT_HELD', 'BOOKING_PENDING', 'BOOKING_CONFIRMED', 'BOOKING_CANCELLED', 'BOOKING_REDUCED', 'PAYMENT_PAID', " \
	"'PAYMENT_REFUND_DUE', 'REFUND_DONE', 'REFUND_FAILED', 'REFUND_HUMAN')"

/* {"e":event,"s":subject,"day":"2026-11-21","at":"…","p":{…}} */
#define TABLE(columns) "FROM JSON_TABLE(?, '$[*]' COLUMNS (event BIGINT PATH '$.e', subject BIGINT PATH '$.s', day DATE PATH '$.day', " \
	"at DATETIME(3) PATH '$.at', type VARCHAR(24) PATH '$.type', hold BIGINT PATH '$.p.hold', currency CHAR(3) PATH '$.p.currency', " \
	"channel VARCHAR(12) PATH '$.p.channel', " columns ")) AS j "

STATEMENT(report_zone, GLOBAL, "t", "SELECT zone FROM shows WHERE show_id = ?");
STATEMENT(report_show_ids, GLOBAL, "i", "SELECT show_id FROM shows WHERE show_id > ? ORDER BY show_id LIMIT ?");
STATEMENT(report_show_lock, SHOW, "", "INSERT INTO report_shows (show_id, capacity) SELECT ?, n FROM (SELECT COUNT(*) AS n FROM show_seats "
    "WHERE show_id = ?) t ON DUPLICATE KEY UPDATE capacity = n");
STATEMENT(report_hold_add, SHOW, "", "INSERT INTO report_holds (show_id, hold_id, held_day, pay_day, sold_day) SELECT ?, j.hold, j.held, j.pay, "
    "j.sold " TABLE("held DATE PATH '$.SEAT_HELD', pay DATE PATH '$.BOOKING_PENDING', sold DATE PATH '$.BOOKING_CONFIRMED'")
    "WHERE j.hold IS NOT NULL ON DUPLICATE KEY UPDATE held_day = LEAST(COALESCE(held_day, j.held), COALESCE(j.held, held_day)), "
    "pay_day = LEAST(COALESCE(pay_day, j.pay), COALESCE(j.pay, pay_day)), "
    "sold_day = LEAST(COALESCE(sold_day, j.sold), COALESCE(j.sold, sold_day))");
STATEMENT(report_ticket_add, SHOW, "", "INSERT INTO report_tickets (show_id, booking_id, seat_id, section_id, channel, minor, currency, sold_at, "
    "sold_day) SELECT ?, j.subject, j.seat, j.section, j.channel, j.minor, j.currency, j.at, j.day "
    TABLE("NESTED PATH '$.p.tickets[*]' COLUMNS (seat INT PATH '$[0]', section INT PATH '$[1]', minor BIGINT PATH '$[2]')")
    "WHERE j.seat IS NOT NULL ON DUPLICATE KEY UPDATE minor = j.minor, sold_at = j.at, sold_day = j.day");
STATEMENT(report_ticket_return, SHOW, "", "UPDATE report_tickets t JOIN (SELECT subject, seat, at, day "
    TABLE("NESTED PATH '$.p.seats[*]' COLUMNS (seat INT PATH '$')") ") b ON t.booking_id = b.subject AND t.seat_id = b.seat "
    "SET t.returned_at = b.at, t.returned_day = b.day WHERE t.show_id = ?");
STATEMENT(report_payment_add, SHOW, "", "INSERT INTO report_payments (show_id, payment_id, channel, minor, currency, paid_at, paid_day) "
    "SELECT ?, j.subject, j.channel, j.captured, j.currency, j.at, j.day " TABLE("captured BIGINT PATH '$.p.captured'")
    "WHERE j.captured > 0 ON DUPLICATE KEY UPDATE minor = j.captured, paid_day = LEAST(paid_day, j.day), paid_at = LEAST(paid_at, j.at)");
/* In this order: each is decided by the event it stood as before. */
STATEMENT(report_refund_add, SHOW, "", "INSERT INTO report_refunds (show_id, refund_id, payment_id, minor, currency, done, done_at, done_day, "
    "told) SELECT ?, j.subject, j.payment, j.amount, j.currency, j.type = 'REFUND_DONE', j.at, j.day, j.event "
    TABLE("payment BIGINT PATH '$.p.payment', amount BIGINT PATH '$.p.amount'") "WHERE j.amount IS NOT NULL "
    "ON DUPLICATE KEY UPDATE done = IF(j.event >= told, j.type = 'REFUND_DONE', done), done_at = IF(j.event >= told, j.at, done_at), "
    "done_day = IF(j.event >= told, j.day, done_day), told = GREATEST(told, j.event)");

#define PAGE(table) "SELECT outbox_id, type, subject_id, at, payload FROM " table " WHERE show_id = ? AND outbox_id > ? AND type IN " TYPES
/* One statement, so that an event on its way to the archive is met in one of the two. */
STATEMENT(report_events, SHOW, "itidt", PAGE("outbox") " UNION ALL " PAGE("outbox_archive") " ORDER BY outbox_id LIMIT ?");
STATEMENT(report_holds_drop, SHOW, "", "DELETE FROM report_holds WHERE show_id = ?");
STATEMENT(report_tickets_drop, SHOW, "", "DELETE FROM report_tickets WHERE show_id = ?");
STATEMENT(report_payments_drop, SHOW, "", "DELETE FROM report_payments WHERE show_id = ?");
STATEMENT(report_refunds_drop, SHOW, "", "DELETE FROM report_refunds WHERE show_id = ?");
STATEMENT(report_show_drop, SHOW, "", "DELETE FROM report_shows WHERE show_id = ?");

TRANSACTION(report_apply_tx, "report");
TRANSACTION(report_rebuild_tx, "report_rebuild");

struct applying {
	struct arena *arena;
	int64_t show;
	const struct zone *zone;
	const struct delivery *list;
	size_t n;
};

/* The events of these types, as a JSON table; false: there are none. */
static bool
table_of(const struct applying *w, const char *types, struct span *json)
{
	struct buf b;
	size_t n = 0;

	buf_init(&b, w->arena, JSON_MAX);
	for (size_t i = 0; i < w->n; i++) {
		const struct delivery *d = &w->list[i];
		struct civil c = moment_civil((struct moment){ d->at_ms, w->zone });

		if (!span_among(d->type, types))
			continue;
		buf_fmt(&b, "%c{\"e\":%" PRId64 ",\"s\":%" PRId64 ",\"type\":\"" PRSPAN "\",\"" PRSPAN "\":\"%04d-%02d-%02d\",\"day\":\"%04d-%02d-%02d\","
		    "\"at\":\"", n++ ? ',' : '[', d->event, d->subject, ARGSPAN(d->type), ARGSPAN(d->type), c.year, c.month, c.day, c.year, c.month,
		    c.day);
		sql_time_print(&b, d->at_ms);
		buf_fmt(&b, "\",\"p\":" PRSPAN "}", ARGSPAN(d->payload));
	}
	buf_byte(&b, ']');
	*json = buf_view(&b);
	return n > 0;
}

/* What is sold before what comes back: of one booking it is always in this order. */
static void
apply(struct db *db, const struct applying *w)
{
	struct span json;

	if (table_of(w, "SEAT_HELD BOOKING_PENDING BOOKING_CONFIRMED", &json))
		db_change(db, &report_hold_add, w->show, json);
	if (table_of(w, "BOOKING_CONFIRMED", &json))
		db_change(db, &report_ticket_add, w->show, json);
	FAULT_DB(db, "report.half");
	if (table_of(w, "BOOKING_CANCELLED BOOKING_REDUCED", &json))
		db_change(db, &report_ticket_return, json, w->show);
	if (table_of(w, "PAYMENT_PAID PAYMENT_REFUND_DUE", &json))
		db_change(db, &report_payment_add, w->show, json);
	if (table_of(w, "REFUND_DONE REFUND_FAILED REFUND_HUMAN", &json))
		db_change(db, &report_refund_add, w->show, json);
}

static const struct zone *
zone_of(struct db *db, int64_t show)
{
	struct rows *row = db_row(db, &report_zone, show);
	const struct zone *zone = row ? zone_named(row_text(row, 0)) : NULL;

	if (row)
		rows_done(row);
	return zone;
}

static enum tx_end
apply_body(struct db *db, void *context)
{
	const struct applying *w = context;

	db_change(db, &report_show_lock, w->show, w->show);
	apply(db, w);
	return TX_COMMIT;
}

enum outcome
report_apply(struct db *db, struct arena *a, const struct delivery *list, size_t n)
{
	struct applying w = { .arena = a, .show = list->show, .zone = zone_of(db, list->show), .list = list, .n = n };
	enum tx_result r;

	if (db_failed(db))
		return outcome_of_reads(db);
	r = tx_run(db, &report_apply_tx, apply_body, &w);
	return r == TX_DONE ? OUTCOME_OK : outcome_of_tx(r);
}

/* -- anew -------------------------------------------------------------------------------------------------------------------- */

struct rebuilding {
	struct applying w;
	int64_t events;
};

static size_t
page_read(struct db *db, struct rebuilding *r, int64_t after)
{
	struct rows *rows = db_select(db, &report_events, r->w.show, after, r->w.show, after, EVENTS_MOST);
	struct delivery *list = ARENA_ARRAY(r->w.arena, struct delivery, rows_count(rows));
	size_t n = 0;

	while (rows_next(rows))
		list[n++] = (struct delivery){ .show = r->w.show, .event = row_int(rows, 0), .type = row_text(rows, 1),
			.subject = row_int(rows, 2), .at_ms = row_int(rows, 3), .payload = row_text(rows, 4) };
	r->w.list = list;
	r->w.n = n;
	return n;
}

static enum tx_end
rebuild_body(struct db *db, void *context)
{
	static const struct statement *const drops[] = { &report_holds_drop, &report_tickets_drop, &report_payments_drop, &report_refunds_drop };
	struct rebuilding *r = context;
	int64_t after = 0;

	r->events = 0;
	db_change(db, &report_show_lock, r->w.show, r->w.show);
	for (size_t i = 0; i < ARRAY_LEN(drops); i++)
		db_change(db, drops[i], r->w.show);
	FAULT_DB(db, "report_rebuild.empty");
	do {
		arena_reset(r->w.arena);
		db_arena(db, r->w.arena);
		if (page_read(db, r, after) == 0)
			break;
		apply(db, &r->w);
		after = r->w.list[r->w.n - 1].event;
		r->events += (int64_t)r->w.n;
	} while (r->w.n == EVENTS_MOST);
	if (r->events == 0)
		db_change(db, &report_show_drop, r->w.show);
	return TX_COMMIT;
}

static size_t
shows_after(struct db *db, int64_t after, int64_t shows[SHOWS_MOST])
{
	struct rows *rows = db_select(db, &report_show_ids, after, SHOWS_MOST);
	size_t n = 0;

	while (rows_next(rows) && n < SHOWS_MOST)
		shows[n++] = row_int(rows, 0);
	rows_done(rows);
	return n;
}

enum outcome
report_rebuild(struct db *db, int64_t *shows, int64_t *events)
{
	struct rebuilding r = { .w = { .arena = arena_new(REBUILD_ARENA) } };
	int64_t list[SHOWS_MOST], after = 0;
	enum tx_result end = TX_DONE;
	size_t n;

	*shows = *events = 0;
	do {
		db_arena(db, r.w.arena);
		n = shows_after(db, after, list);
		for (size_t i = 0; i < n && end == TX_DONE; i++) {
			r.w.show = after = list[i];
			r.w.zone = zone_of(db, r.w.show);
			end = tx_run(db, &report_rebuild_tx, rebuild_body, &r);
			*events += r.events;
			*shows += r.events > 0;
		}
	} while (n == SHOWS_MOST && end == TX_DONE);
	arena_free(r.w.arena);
	return end == TX_DONE ? outcome_of_reads(db) : outcome_of_tx(end);
}
