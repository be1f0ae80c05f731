/* report_views.c - see report_views.h. */
#include "base/base.h"

#include "base/clock.h"
#include "base/fault.h"
#include "domain/report_views.h"

STATEMENT(views_log, GLOBAL, "ii", "SELECT inode, read_to FROM report_logs WHERE host = ? AND path = ?");
STATEMENT(views_log_lock, GLOBAL, "ii", "SELECT inode, read_to FROM report_logs WHERE host = ? AND path = ? FOR UPDATE");
STATEMENT(views_log_new, GLOBAL, "", "INSERT INTO report_logs (host, path, inode, read_to) VALUES (?, ?, 0, 0) "
    "ON DUPLICATE KEY UPDATE inode = inode");
STATEMENT(views_log_set, GLOBAL, "", "UPDATE report_logs SET inode = ?, read_to = ? WHERE host = ? AND path = ?");
STATEMENT(views_zone, GLOBAL, "t", "SELECT zone FROM shows WHERE show_id = ?");
STATEMENT(views_count, GLOBAL, "", "INSERT INTO report_views (local_date, show_id, views) VALUES (?, ?, ?) ON DUPLICATE KEY UPDATE views = views + ?");

TRANSACTION(views_tx, "report_views");

struct adding {
	const struct log_place *log;
	const struct log_mark *from, *to;
	const struct view_count *list;
	size_t n;
	enum outcome outcome;
};

static void
mark_read(struct rows *row, struct log_mark *m)
{
	*m = (struct log_mark){ 0 };
	if (!row)
		return;
	*m = (struct log_mark){ row_int(row, 0), row_int(row, 1) };
	rows_done(row);
}

enum outcome
views_mark(struct db *db, const struct log_place *log, struct log_mark *m)
{
	mark_read(db_row(db, &views_log, log->host, log->path), m);
	return outcome_of_reads(db);
}

/* A show that the catalogue does not know was none, whatever the log says. */
static void
count(struct db *db, const struct view_count *v)
{
	struct rows *row = db_row(db, &views_zone, v->show);
	struct civil c;
	char day[16];

	if (!row)
		return;
	c = moment_civil((struct moment){ v->at_ms, zone_named(row_text(row, 0)) });
	rows_done(row);
	snprintf(day, sizeof(day), "%04d-%02d-%02d", c.year, c.month, c.day);
	db_change(db, &views_count, day, v->show, v->n, v->n);
}

static enum tx_end
add_body(struct db *db, void *context)
{
	struct adding *w = context;
	struct log_mark now;

	w->outcome = OUTCOME_OK;
	db_change(db, &views_log_new, w->log->host, w->log->path);
	mark_read(db_row(db, &views_log_lock, w->log->host, w->log->path), &now);
	if (now.inode == w->to->inode && now.read_to == w->to->read_to)
		return TX_ROLLBACK;		/* a COMMIT whose answer was lost */
	if (now.inode != w->from->inode || now.read_to != w->from->read_to) {
		w->outcome = OUTCOME_CHANGED;
		return TX_ROLLBACK;
	}
	for (size_t i = 0; i < w->n; i++)
		count(db, &w->list[i]);
	FAULT_DB(db, "report_views.added");
	db_change(db, &views_log_set, w->to->inode, w->to->read_to, w->log->host, w->log->path);
	return TX_COMMIT;
}

enum outcome
views_add(struct db *db, const struct log_place *log, const struct log_mark *from, const struct log_mark *to, const struct view_count *list,
    size_t n)
{
	struct adding w = { .log = log, .from = from, .to = to, .list = list, .n = n };
	enum tx_result r = tx_run(db, &views_tx, add_body, &w);

	return r == TX_DONE ? w.outcome : outcome_of_tx(r);
}
