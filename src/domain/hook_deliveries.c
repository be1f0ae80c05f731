/* hook_deliveries.c - see hooks.h: an event on its way to an endpoint. Each change is one statement that does nothing where it comes late. */
#include "base/base.h"

#include "base/crypto.h"
#include "domain/hooks.h"

#define DAY_MS ((int64_t)86400000)
#define PAIRS_MAX (256 * KiB)
#define TIDY_AT_ONCE 500

STATEMENT(hook_rows_add, SHOW, "", "INSERT INTO hook_deliveries (show_id, outbox_id, endpoint_id, created_at, due_at) "
    "SELECT ?, j.outbox_id, j.endpoint_id, UTC_TIMESTAMP(3), UTC_TIMESTAMP(3) FROM JSON_TABLE(?, '$[*]' COLUMNS ("
    "outbox_id BIGINT PATH '$[0]', endpoint_id INT PATH '$[1]')) AS j ON DUPLICATE KEY UPDATE hook_deliveries.claim = hook_deliveries.claim");
STATEMENT(hook_due, SCATTER, "iiii", "SELECT show_id, outbox_id, attempts, TIMESTAMPDIFF(MICROSECOND, created_at, UTC_TIMESTAMP(3)) DIV 1000 "
    "FROM hook_deliveries FORCE INDEX (by_endpoint) WHERE endpoint_id = ? AND state = 'waiting' AND due_at <= UTC_TIMESTAMP(3) "
    "ORDER BY due_at, outbox_id LIMIT ?");
STATEMENT(hook_claim, SHOW, "", "UPDATE hook_deliveries SET claim = ?, attempts = attempts + 1, "
    "due_at = TIMESTAMPADD(SECOND, ?, UTC_TIMESTAMP(3)) WHERE show_id = ? AND outbox_id = ? AND endpoint_id = ? AND state = 'waiting' "
    "AND due_at <= UTC_TIMESTAMP(3)");
#define EVENT "SELECT type, subject_id, at, payload FROM "
STATEMENT(hook_event_new, SHOW, "tidt", EVENT "outbox WHERE show_id = ? AND outbox_id = ?");
STATEMENT(hook_event_old, SHOW, "tidt", EVENT "outbox_archive WHERE show_id = ? AND outbox_id = ?");

#define ROW "WHERE show_id = ? AND outbox_id = ? AND endpoint_id = ? AND state = 'waiting'"
/* Whoever has it claimed by now: it is there. */
STATEMENT(hook_row_sent, SHOW, "", "UPDATE hook_deliveries SET state = 'sent', status = ?, error = '', done_at = UTC_TIMESTAMP(3) " ROW);
STATEMENT(hook_row_later, SHOW, "", "UPDATE hook_deliveries SET status = ?, error = ?, "
    "due_at = TIMESTAMPADD(MICROSECOND, ?, UTC_TIMESTAMP(3)) " ROW " AND claim = ?");
STATEMENT(hook_row_dead, SHOW, "", "UPDATE hook_deliveries SET state = 'dead', status = ?, error = ?, done_at = UTC_TIMESTAMP(3) " ROW
    " AND claim = ?");

/* Of an endpoint that is on, the next attempt decides: nobody may have tried for days. */
STATEMENT(hooks_too_old, SCATTER, "", "UPDATE hook_deliveries SET state = 'dead', error = 'the endpoint was off', done_at = UTC_TIMESTAMP(3) "
    "WHERE state = 'waiting' AND created_at < TIMESTAMPADD(HOUR, ?, UTC_TIMESTAMP(3)) AND due_at < TIMESTAMPADD(HOUR, -1, UTC_TIMESTAMP(3)) "
    "AND endpoint_id NOT IN (SELECT endpoint_id FROM hook_endpoints WHERE is_on) LIMIT ?");
STATEMENT(hooks_log_drop, SCATTER, "", "DELETE FROM hook_deliveries WHERE state = ? AND done_at < TIMESTAMPADD(DAY, ?, UTC_TIMESTAMP(3)) "
    "LIMIT ?");

STATEMENT(hook_lines, SCATTER, "iitiitddd", "SELECT show_id, outbox_id, state, attempts, status, error, created_at, "
    "due_at, done_at FROM hook_deliveries FORCE INDEX (by_endpoint) WHERE endpoint_id = ? AND state = ? ORDER BY due_at DESC LIMIT ?");
STATEMENT(hook_count, SCATTER, "i", "SELECT COUNT(*) FROM hook_deliveries FORCE INDEX (by_endpoint) WHERE endpoint_id = ? AND state = ?");
STATEMENT(hook_rows_again, SCATTER, "", "UPDATE hook_deliveries SET state = 'waiting', attempts = 0, claim = 0, created_at = UTC_TIMESTAMP(3), "
    "due_at = UTC_TIMESTAMP(3), done_at = NULL WHERE endpoint_id = ? AND state = 'dead' LIMIT 1000");

bool
hooks_fan_out(struct db *db, struct arena *a, const struct hook_endpoint *endpoints, size_t n, const struct delivery *events, size_t n_events,
    size_t *made)
{
	struct buf pairs;

	*made = 0;
	buf_init(&pairs, a, PAIRS_MAX);
	for (size_t i = 0; i < n_events; i++)
		for (size_t k = 0; k < n; k++)
			if (endpoints[k].on && events[i].at_ms >= endpoints[k].created_ms && hook_wants(&endpoints[k], events[i].type))
				buf_fmt(&pairs, "%c[%" PRId64 ",%" PRId64 "]", (*made)++ ? ',' : '[', events[i].event, endpoints[k].id);
	buf_byte(&pairs, ']');
	if (*made)
		db_change(db, &hook_rows_add, events->show, buf_view(&pairs));
	return !pairs.failed && db_failed(db) == DB_FINE;
}

size_t
hooks_claim(struct db *db, int64_t endpoint, size_t most, struct hook_delivery *list)
{
	struct rows *rows = db_select(db, &hook_due, endpoint, most);
	size_t n = 0;

	while (rows_next(rows) && n < most) {
		struct hook_delivery d = { .show = row_int(rows, 0), .event = row_int(rows, 1), .endpoint = endpoint,
			.attempts = row_int(rows, 2) + 1, .age_ms = row_int(rows, 3), .claim = id_by_chance() };

		if (db_change(db, &hook_claim, d.claim, HOOK_CLAIM_SECONDS, d.show, d.event, endpoint) == 1)
			list[n++] = d;
	}
	rows_done(rows);
	return n;
}

static bool
event_read(struct db *db, const struct statement *st, const struct hook_delivery *d, struct delivery *e)
{
	struct rows *row = db_row_values(db, st, (struct value[]){ value_int_(d->show), value_int_(d->event) }, 2);

	if (!row)
		return false;
	*e = (struct delivery){ .show = d->show, .event = d->event, .type = row_text(row, 0), .subject = row_int(row, 1),
		.at_ms = row_int(row, 2), .payload = row_text(row, 3) };
	rows_done(row);
	return true;
}

bool
hook_event(struct db *db, const struct hook_delivery *d, struct delivery *e)
{
	return event_read(db, &hook_event_new, d, e) || event_read(db, &hook_event_old, d, e);
}

static void
log_end(enum log_level level, const char *what, const struct hook_delivery *d, int64_t status, struct span error)
{
	log_line(level, what, "endpoint=%" PRId64 " show=%" PRId64 " event=%" PRId64 " attempts=%" PRId64 " status=%" PRId64 " why=\"" PRSPAN
	    "\"", d->endpoint, d->show, d->event, d->attempts, status, ARGSPAN(error));
}

void
hook_sent(struct db *db, const struct hook_delivery *d, int64_t status)
{
	db_change(db, &hook_row_sent, status, d->show, d->event, d->endpoint);
	log_end(LOG_LEVEL_INFO, "hook.sent", d, status, SPAN_NONE);
}

void
hook_failed(struct db *db, const struct hook_delivery *d, int64_t status, struct span error, int64_t pause_ms)
{
	if (d->age_ms + pause_ms > HOOK_DAYS * DAY_MS) {
		hook_dead(db, d, status, error);
		return;
	}
	db_change(db, &hook_row_later, status, error, pause_ms * 1000, d->show, d->event, d->endpoint, d->claim);
	log_end(LOG_LEVEL_WARN, "hook.failed", d, status, error);
}

void
hook_dead(struct db *db, const struct hook_delivery *d, int64_t status, struct span error)
{
	db_change(db, &hook_row_dead, status, error, d->show, d->event, d->endpoint, d->claim);
	log_end(LOG_LEVEL_ERROR, "hook.dead", d, status, error);
}

bool
hooks_tidy(struct db *db, int64_t days)
{
	bool more = db_change(db, &hooks_too_old, -24 * HOOK_DAYS - 1, TIDY_AT_ONCE) == TIDY_AT_ONCE;

	more |= db_change(db, &hooks_log_drop, "sent", -days, TIDY_AT_ONCE) == TIDY_AT_ONCE;
	more |= db_change(db, &hooks_log_drop, "dead", -days, TIDY_AT_ONCE) == TIDY_AT_ONCE;
	return more;
}

/* -- for an operator ------------------------------------------------------------------------------------------------------------- */

static const char *const states[] = { "waiting", "dead", "sent" };

static int
by_age(const void *a, const void *b)
{
	const struct hook_line *x = a, *y = b;

	return x->created_ms != y->created_ms ? (x->created_ms < y->created_ms) - (x->created_ms > y->created_ms) :
	    (x->event < y->event) - (x->event > y->event);
}

bool
hook_log(struct db *db, struct arena *a, int64_t endpoint, size_t most, struct hook_line **list, size_t *n)
{
	*n = 0;
	*list = ARENA_ARRAY(a, struct hook_line, most * ARRAY_LEN(states));
	for (size_t i = 0; i < ARRAY_LEN(states); i++) {
		struct rows *rows = db_select(db, &hook_lines, endpoint, states[i], most);

		while (rows_next(rows) && *n < most * ARRAY_LEN(states))
			(*list)[(*n)++] = (struct hook_line){ .show = row_int(rows, 0), .event = row_int(rows, 1), .state = row_text(rows, 2),
				.attempts = row_int(rows, 3), .status = row_int(rows, 4), .error = row_text(rows, 5),
				.created_ms = row_int(rows, 6), .due_ms = row_int(rows, 7), .done_ms = row_int(rows, 8) };
		rows_done(rows);
	}
	qsort(*list, *n, sizeof(**list), by_age);
	*n = *n < most ? *n : most;
	return db_failed(db) == DB_FINE;
}

static int64_t
count(struct db *db, int64_t endpoint, const char *state)
{
	struct rows *row = db_row(db, &hook_count, endpoint, state);
	int64_t n = row ? row_int(row, 0) : 0;

	if (row)
		rows_done(row);
	return n;
}

bool
hook_sums(struct db *db, int64_t endpoint, struct hook_sums *s)
{
	*s = (struct hook_sums){ count(db, endpoint, "waiting"), count(db, endpoint, "sent"), count(db, endpoint, "dead") };
	return db_failed(db) == DB_FINE;
}

int64_t
hooks_again(struct db *db, int64_t endpoint)
{
	int64_t all = 0, n;

	while ((n = db_change(db, &hook_rows_again, endpoint)) > 0)
		all += n;
	return all;
}
