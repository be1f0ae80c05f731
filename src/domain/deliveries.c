/* deliveries.c - see deliveries.h: finding events, and taking a show's to a sink. One transaction only, that of finding. */
#include "base/base.h"

#include "domain/deliveries.h"

#define FIND_MOST 500		/* events of one show in one transaction */
#define FIND_TURNS 20		/* transactions, of which each leaves its rows in the arena */
#define TYPES_MAX 2000
#define IDS_MAX (256 * KiB)

STATEMENT(fresh_shows, SCATTER, "i", "SELECT show_id FROM outbox FORCE INDEX (fresh) WHERE found = 0 AND show_id > ? "
    "GROUP BY show_id ORDER BY show_id LIMIT ?");
/* READ COMMITTED: reading the outbox locks nothing, so nobody who sells waits for this, nor is waited for. */
STATEMENT(fresh_list, SHOW, "it", "SELECT outbox_id, type FROM outbox FORCE INDEX (fresh) WHERE found = 0 AND show_id = ? "
    "ORDER BY outbox_id LIMIT ?");
STATEMENT(deliveries_add, SHOW, "", "INSERT INTO deliveries (show_id, outbox_id, sink, due_at) "
    "SELECT ?, j.outbox_id, j.sink, UTC_TIMESTAMP(3) FROM JSON_TABLE(?, '$[*]' COLUMNS (outbox_id BIGINT PATH '$[0]', "
    "sink VARCHAR(12) PATH '$[1]')) AS j ON DUPLICATE KEY UPDATE deliveries.tries = deliveries.tries");
#define IDS "JSON_TABLE(?, '$[*]' COLUMNS (outbox_id BIGINT PATH '$')) AS j STRAIGHT_JOIN "
STATEMENT(fresh_done, SHOW, "", "UPDATE " IDS "outbox o ON o.outbox_id = j.outbox_id SET o.found = TRUE WHERE o.show_id = ?");

STATEMENT(waiting_shows, SCATTER, "i", "SELECT show_id FROM deliveries FORCE INDEX (by_state) WHERE sink = ? AND state = 'waiting' "
    "AND show_id > ? GROUP BY show_id ORDER BY show_id LIMIT ?");
/* In this order: who holds it is decided first, and the end by that. */
STATEMENT(lease_try, SHOW, "", "INSERT INTO relay_leases (show_id, sink, holder, ends_at) "
    "VALUES (?, ?, ?, TIMESTAMPADD(SECOND, ?, UTC_TIMESTAMP(3))) ON DUPLICATE KEY UPDATE "
    "holder = IF(ends_at <= UTC_TIMESTAMP(3), ?, holder), ends_at = IF(holder = ?, TIMESTAMPADD(SECOND, ?, UTC_TIMESTAMP(3)), ends_at)");
STATEMENT(lease_read, SHOW, "i", "SELECT holder FROM relay_leases WHERE show_id = ? AND sink = ? AND ends_at > UTC_TIMESTAMP(3)");
STATEMENT(lease_drop, SHOW, "", "UPDATE relay_leases SET holder = 0, ends_at = COALESCE(?, UTC_TIMESTAMP(3)) "
    "WHERE show_id = ? AND sink = ? AND holder = ?");

#define DUE "SELECT d.outbox_id, o.type, o.subject_id, o.at, o.payload, d.tries, d.refusals, d.due_at, d.due_at <= UTC_TIMESTAMP(3) " \
	"FROM deliveries d FORCE INDEX (by_state) JOIN outbox o ON o.outbox_id = d.outbox_id " \
	"WHERE d.sink = ? AND d.state = 'waiting' AND d.show_id = ? AND o.show_id = ? "
#define FIRST "ORDER BY d.outbox_id LIMIT ?"
STATEMENT(due_of_show, SHOW, "itidtiidi", DUE FIRST);
STATEMENT(due_by_subject, SHOW, "itidtiidi", DUE "AND d.due_at <= UTC_TIMESTAMP(3) AND NOT EXISTS (SELECT 1 FROM outbox p "
    "JOIN deliveries e ON e.outbox_id = p.outbox_id WHERE p.show_id = ? AND p.subject_id = o.subject_id AND p.outbox_id < o.outbox_id "
    "AND e.show_id = ? AND e.sink = ? AND e.state = 'waiting' AND e.due_at > UTC_TIMESTAMP(3)) " FIRST);

STATEMENT(deliveries_end, SHOW, "", "UPDATE " IDS "deliveries d ON d.outbox_id = j.outbox_id "
    "SET d.state = 'sent', d.error = '', d.done_at = UTC_TIMESTAMP(3) WHERE d.show_id = ? AND d.sink = ? AND d.state = 'waiting'");
STATEMENT(delivery_end, SHOW, "", "UPDATE deliveries SET state = ?, error = ?, done_at = UTC_TIMESTAMP(3), tries = tries + 1, "
    "refusals = refusals + ? WHERE show_id = ? AND outbox_id = ? AND sink = ? AND state = 'waiting'");
STATEMENT(delivery_wait, SHOW, "", "UPDATE deliveries SET error = ?, due_at = TIMESTAMPADD(MICROSECOND, ?, UTC_TIMESTAMP(3)), "
    "tries = tries + 1, refusals = refusals + ? WHERE show_id = ? AND outbox_id = ? AND sink = ? AND state = 'waiting'");

STATEMENT(sink_add, GLOBAL, "", "INSERT INTO relay_sinks (sink, due_at) VALUES (?, UTC_TIMESTAMP(3)) ON DUPLICATE KEY UPDATE tries = tries");
STATEMENT(wants_say_it, GLOBAL, "", "INSERT INTO relay_sinks (sink, due_at, types, wanted_at) VALUES (?, UTC_TIMESTAMP(3), ?, UTC_TIMESTAMP(3)) "
    "ON DUPLICATE KEY UPDATE types = ?, wanted_at = UTC_TIMESTAMP(3)");
STATEMENT(wants_list, GLOBAL, "tt", "SELECT sink, types FROM relay_sinks WHERE types <> '' "
    "AND wanted_at > TIMESTAMPADD(MINUTE, -10, UTC_TIMESTAMP(3)) ORDER BY sink");
STATEMENT(sink_row, GLOBAL, "ii", "SELECT down_since IS NOT NULL, tries FROM relay_sinks WHERE sink = ?");
STATEMENT(sink_try, GLOBAL, "", "UPDATE relay_sinks SET due_at = TIMESTAMPADD(SECOND, ?, UTC_TIMESTAMP(3)) "
    "WHERE sink = ? AND down_since IS NOT NULL AND due_at <= UTC_TIMESTAMP(3)");
/* Several relays may meet the same fall: it counts as one try. */
STATEMENT(sink_down, GLOBAL, "", "UPDATE relay_sinks SET down_since = COALESCE(down_since, UTC_TIMESTAMP(3)), tries = tries + 1, error = ?, "
    "due_at = TIMESTAMPADD(MICROSECOND, ?, UTC_TIMESTAMP(3)) WHERE sink = ? AND tries = ?");
STATEMENT(sink_due, GLOBAL, "", "UPDATE relay_sinks SET due_at = UTC_TIMESTAMP(3) WHERE sink = ? AND down_since IS NOT NULL");
STATEMENT(sink_up, GLOBAL, "", "UPDATE relay_sinks SET down_since = NULL, tries = 0, error = '' WHERE sink = ?");

TRANSACTION(find_tx, "relay_find");

/* -- finding --------------------------------------------------------------------------------------------------------------- */

struct finding {
	struct arena *arena;
	const struct sink_wants *wants;
	size_t n_wants;
	int64_t show, sum;
	size_t found;
	int turns;
};

static bool
wanted(const struct sink_wants *w, struct span type)
{
	for (size_t i = 0; i < w->n_types; i++)
		if (span_is(type, w->types[i]))
			return true;
	return false;
}

/* "SEAT_HELD SEAT_SOLD" added to a list that has room for them, but what stands there. */
static void
add_types(struct arena *a, struct sink_wants *w, struct span types)
{
	const char **list = ARENA_ARRAY(a, const char *, w->n_types + types.n / 2 + 1);

	for (size_t i = 0; i < w->n_types; i++)
		list[i] = w->types[i];
	w->types = list;
	while (types.n) {
		struct span type = span_cut(&types, ' ');

		if (type.n && !wanted(w, type))
			list[w->n_types++] = CSTR(a, type);
	}
}

size_t
wants_all(struct db *db, struct arena *a, const struct sink_wants *own, size_t n, struct sink_wants **list)
{
	struct rows *rows = db_select(db, &wants_list);
	size_t all = n;

	*list = ARENA_ARRAY(a, struct sink_wants, n + rows_count(rows));
	for (size_t i = 0; i < n; i++)
		(*list)[i] = own[i];
	while (rows_next(rows)) {
		struct span sink = row_text(rows, 0);
		size_t i = 0;

		while (i < n && !span_is(sink, own[i].sink))
			i++;
		if (i == n) {
			i = all++;
			(*list)[i] = (struct sink_wants){ .sink = CSTR(a, sink) };
		}
		add_types(a, &(*list)[i], row_text(rows, 1));
	}
	return all;
}

void
wants_say(struct db *db, struct arena *a, const struct sink_wants *own, size_t n)
{
	struct sink_wants *all;

	wants_all(db, a, own, n, &all);
	for (size_t i = 0; i < n && db_failed(db) == DB_FINE; i++) {
		struct buf types;

		buf_init(&types, a, TYPES_MAX);
		for (size_t k = 0; k < all[i].n_types; k++)
			buf_fmt(&types, "%s%s", k ? " " : "", all[i].types[k]);
		db_change(db, &wants_say_it, own[i].sink, buf_view(&types), buf_view(&types));
	}
}

/*
 * One read, so what it sees is of one moment, and of that the lowest ids: no event is found before one that it depends on. A twin who
 * finds the same at the same time waits here, and then adds nothing.
 */
static enum tx_end
find_body(struct db *db, void *context)
{
	struct finding *f = context;
	struct rows *rows = db_select(db, &fresh_list, f->show, FIND_MOST);
	struct buf ids, pairs;
	size_t n_pairs = 0;

	buf_init(&ids, f->arena, IDS_MAX);
	buf_init(&pairs, f->arena, IDS_MAX);
	f->found = 0;
	while (rows_next(rows)) {
		int64_t id = row_int(rows, 0);
		struct span type = row_text(rows, 1);

		buf_fmt(&ids, "%c%" PRId64, f->found++ ? ',' : '[', id);
		for (size_t i = 0; i < f->n_wants; i++)
			if (wanted(&f->wants[i], type))
				buf_fmt(&pairs, "%c[%" PRId64 ",\"%s\"]", n_pairs++ ? ',' : '[', id, f->wants[i].sink);
	}
	if (f->found == 0)
		return TX_ROLLBACK;
	buf_byte(&ids, ']');
	buf_byte(&pairs, ']');
	if (n_pairs)
		db_change(db, &deliveries_add, f->show, buf_view(&pairs));
	db_change(db, &fresh_done, buf_view(&ids), f->show);
	return ids.failed || pairs.failed ? TX_ROLLBACK : TX_COMMIT;
}

/* False: its transactions are used up. */
static bool
find_in_show(struct finding *f, struct db *db)
{
	do {
		if (f->turns++ == FIND_TURNS)
			return false;
		if (tx_run(db, &find_tx, find_body, f) != TX_DONE)
			return true;
		f->sum += (int64_t)f->found;
	} while (f->found == FIND_MOST);
	return true;
}

static size_t
read_shows(struct rows *rows, int64_t shows[DELIVERY_SHOWS])
{
	size_t n = 0;

	while (rows_next(rows) && n < DELIVERY_SHOWS)
		shows[n++] = row_int(rows, 0);
	rows_done(rows);
	return n;
}

int64_t
events_find(struct db *db, struct arena *a, const struct sink_wants *wants, size_t n, bool *more)
{
	struct finding f = { .arena = a, .wants = wants, .n_wants = n };
	int64_t shows[DELIVERY_SHOWS], after = -1;
	size_t n_shows;

	*more = false;
	do {
		n_shows = read_shows(db_select(db, &fresh_shows, after, DELIVERY_SHOWS), shows);
		for (size_t i = 0; i < n_shows && !*more && db_failed(db) == DB_FINE; i++) {
			f.show = after = shows[i];
			*more = !find_in_show(&f, db);
		}
	} while (n_shows == DELIVERY_SHOWS && !*more && db_failed(db) == DB_FINE);
	return f.sum;
}

/* -- units ------------------------------------------------------------------------------------------------------------------ */

size_t
deliveries_shows(struct db *db, const char *sink, int64_t after, int64_t shows[DELIVERY_SHOWS])
{
	return read_shows(db_select(db, &waiting_shows, sink, after, DELIVERY_SHOWS), shows);
}

bool
lease_take(struct db *db, const char *sink, int64_t show, int64_t holder)
{
	struct rows *row;
	bool ours;

	db_change(db, &lease_try, show, sink, holder, LEASE_SECONDS, holder, holder, LEASE_SECONDS);
	row = db_row(db, &lease_read, show, sink);
	ours = row && row_int(row, 0) == holder;
	if (row)
		rows_done(row);
	return ours;
}

void
lease_end(struct db *db, const char *sink, int64_t show, int64_t holder, int64_t until_ms)
{
	db_change(db, &lease_drop, until_ms ? at_ms(until_ms) : NO_VALUE, show, sink, holder);
}

size_t
deliveries_due(struct db *db, struct arena *a, const char *sink, int64_t show, bool by_subject, size_t most, struct delivery **list,
    int64_t *until_ms)
{
	struct rows *rows = by_subject ? db_select(db, &due_by_subject, sink, show, show, show, show, sink, most) :
	    db_select(db, &due_of_show, sink, show, show, most);
	size_t n = 0;

	*until_ms = 0;
	*list = ARENA_ARRAY(a, struct delivery, rows_count(rows));
	while (rows_next(rows)) {
		if (!row_int(rows, 8)) {
			if (n == 0)
				*until_ms = row_int(rows, 7);
			break;
		}
		(*list)[n++] = (struct delivery){ .show = show, .event = row_int(rows, 0), .type = row_text(rows, 1),
			.subject = row_int(rows, 2), .at_ms = row_int(rows, 3), .payload = row_text(rows, 4),
			.tries = row_int(rows, 5), .refusals = row_int(rows, 6) };
	}
	rows_done(rows);
	return n;
}

/* -- what came of it -------------------------------------------------------------------------------------------------------- */

void
deliveries_sent(struct db *db, struct arena *a, const char *sink, const struct delivery *list, size_t n)
{
	struct buf ids;

	if (n == 0)
		return;
	buf_init(&ids, a, IDS_MAX);
	for (size_t i = 0; i < n; i++)
		buf_fmt(&ids, "%c%" PRId64, i ? ',' : '[', list[i].event);
	buf_byte(&ids, ']');
	db_change(db, &deliveries_end, buf_view(&ids), list->show, sink);
	log_info("delivery.sent", "sink=%s show=%" PRId64 " event=%" PRId64 " type=" PRSPAN " n=%zu", sink, list->show, list->event,
	    ARGSPAN(list->type), n);
}

static void
log_end(enum log_level level, const char *what, const char *sink, const struct delivery *d, struct span why)
{
	log_line(level, what, "sink=%s show=%" PRId64 " event=%" PRId64 " type=" PRSPAN " tries=%" PRId64 " why=\"" PRSPAN "\"", sink, d->show,
	    d->event, ARGSPAN(d->type), d->tries + 1, ARGSPAN(why));
}

void
delivery_needless(struct db *db, const char *sink, const struct delivery *d, struct span why)
{
	db_change(db, &delivery_end, "dropped", why, 0, d->show, d->event, sink);
	log_end(LOG_LEVEL_WARN, "delivery.needless", sink, d, why);
}

void
delivery_refused(struct db *db, const char *sink, const struct delivery *d, struct span why, int most, int64_t pause_ms)
{
	bool dead = d->refusals + 1 >= most;

	if (dead)
		db_change(db, &delivery_end, "dead", why, 1, d->show, d->event, sink);
	else
		db_change(db, &delivery_wait, why, pause_ms * 1000, 1, d->show, d->event, sink);
	log_end(dead ? LOG_LEVEL_ERROR : LOG_LEVEL_WARN, dead ? "delivery.dead" : "delivery.refused", sink, d, why);
}

void
delivery_later(struct db *db, const char *sink, const struct delivery *d, struct span why, int64_t pause_ms)
{
	db_change(db, &delivery_wait, why, pause_ms * 1000, 0, d->show, d->event, sink);
	log_end(LOG_LEVEL_WARN, "delivery.later", sink, d, why);
}

/* -- sinks ------------------------------------------------------------------------------------------------------------------- */

bool
sink_open(struct db *db, const char *sink, struct sink_health *h)
{
	struct rows *row = db_row(db, &sink_row, sink);

	if (!row) {
		db_change(db, &sink_add, sink);		/* the first time ever */
		*h = (struct sink_health){ .down = false };
		return db_failed(db) == DB_FINE;
	}
	*h = (struct sink_health){ row_int(row, 0), row_int(row, 1) };
	rows_done(row);
	return !h->down || db_change(db, &sink_try, LEASE_SECONDS, sink) == 1;
}

void
sink_untried(struct db *db, const char *sink)
{
	db_change(db, &sink_due, sink);
}

void
sink_fell(struct db *db, const char *sink, const struct sink_health *h, struct span why, int64_t pause_ms)
{
	db_change(db, &sink_down, why, pause_ms * 1000, sink, h->tries);
	log_line(h->down ? LOG_LEVEL_WARN : LOG_LEVEL_ERROR, "sink.down", "sink=%s tries=%" PRId64 " why=\"" PRSPAN "\"", sink, h->tries + 1,
	    ARGSPAN(why));
}

void
sink_rose(struct db *db, const char *sink)
{
	db_change(db, &sink_up, sink);
	log_info("sink.up", "sink=%s", sink);
}
