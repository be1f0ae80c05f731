/* report.c - see report.h. */
#include "base/base.h"

#include "base/clock.h"
#include "base/fault.h"
#include "domain/report.h"
#include "relay/access_log.h"
#include "relay/report.h"

#define EVENTS_MOST 200
#define READS_MOST 16		/* of the log, before events have their turn again */

struct report {
	struct db *db;
	struct log_place log;		/* its path "": none */
	int64_t log_ms;			/* steady time of the next look at it */
};

static struct sink_report
report_deliver(struct sink *s, struct arena *a, const struct delivery *list, size_t n)
{
	struct report *r = s->own;
	enum outcome o;

	db_arena(r->db, a);
	o = report_apply(r->db, a, list, n);
	if (o != OUTCOME_OK)
		return (struct sink_report){ .answer = SINK_LATER, .why = arena_fmt(a, "the report could not be written: %s", outcome_name(o)) };
	FAULT_DB(r->db, "report.applied");
	return (struct sink_report){ .answer = SINK_TAKEN };
}

static void
report_tend(struct sink *s, struct arena *a)
{
	struct report *r = s->own;

	if (!*r->log.path || clock_steady() < r->log_ms)
		return;
	for (int i = 0; i < READS_MOST; i++) {
		arena_reset(a);
		db_arena(r->db, a);
		if (!access_log_read(r->db, a, &r->log)) {
			r->log_ms = clock_steady() + REPORT_LOG_MS;
			return;
		}
	}
}

int
report_start(struct sink *s, struct arena *a, const struct settings *settings, struct db *db)
{
	struct report *r;

	if (!settings->report)
		return 0;
	r = ARENA_NEW(a, struct report);
	*r = (struct report){ .db = db, .log = { access_log_host(a, "/etc/machine-id"), settings->report_log } };
	*s = (struct sink){ .name = SINK_REPORT, .types = report_types, .n_types = n_report_types, .most = EVENTS_MOST, .order = SINK_BY_SHOW,
		.refusals = 1, .pause_ms = 1000, .deliver = report_deliver, .tend = report_tend, .own = r };
	return 1;
}
