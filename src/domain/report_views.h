/*
 * report_views.h - how often halls were looked at. The counts and how far their log was read are written together, so that no line counts
 * twice and none is lost, whoever dies and however many read the same log.
 */
#ifndef FOYER_DOMAIN_REPORT_VIEWS_H
#define FOYER_DOMAIN_REPORT_VIEWS_H

#include "domain/outcome.h"

struct log_place {
	const char *host, *path;	/* host: the machine's identity; machines have files of the same name */
};
struct log_mark {
	int64_t inode;			/* of the file that was read last; 0: none yet */
	int64_t read_to;		/* bytes of it */
};
enum outcome views_mark(struct db *, const struct log_place *, struct log_mark *);

struct view_count {
	int64_t show, at_ms, n;		/* at_ms: any moment of the day on which they looked, within a quarter of an hour */
};
/* CHANGED: another reader was quicker, and nothing was added. */
enum outcome views_add(struct db *, const struct log_place *, const struct log_mark *from, const struct log_mark *to, const struct view_count *,
    size_t n);

#endif
