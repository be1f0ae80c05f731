/*
 * audit_checks.h - what the files of the audit share. A check is a statement whose rows are what is wrong; its name is the
 * statement's. Times in its text that are "?" are bound to minus the seconds that money may be in flight. Internal to audit*.c.
 */
#ifndef FOYER_DOMAIN_AUDIT_CHECKS_H
#define FOYER_DOMAIN_AUDIT_CHECKS_H

#include "domain/audit.h"

#define SOME " LIMIT 50"	/* AUDIT_LINES */
/* Every event there ever was, as o. */
#define EVENTS "(SELECT show_id, outbox_id, type, subject_id, payload FROM outbox UNION ALL " \
	"SELECT show_id, outbox_id, type, subject_id, payload FROM outbox_archive) o"
#define FLIGHT_AGO "TIMESTAMPADD(SECOND, ?, UTC_TIMESTAMP(3))"

struct audit {
	struct db *db;
	struct arena *arena;
	struct buf *out;
	int64_t in_flight_seconds;
	struct audit_result *result;
};

struct audit_check {
	const struct statement *statement;
	const char *columns;		/* their names, with blanks between; the first is show */
	bool warning;
	/* Reads the statement's rows itself; NULL: every row is a line. */
	void (*run)(struct audit *, const struct audit_check *);
};

#define VIOLATION(st, names) { .statement = &st, .columns = names }
#define WARNING(st, names) { .statement = &st, .columns = names, .warning = true }
#define JUDGED(st, names, judge) { .statement = &st, .columns = names, .run = judge }

struct audit_part {
	const struct audit_check *checks;
	size_t n;
};
extern const struct audit_part audit_tickets, audit_holds, audit_money, audit_events;

void audit_found(struct audit *, const struct audit_check *, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

#endif
