/*
 * access_log.h - counts in nginx's access log (format "foyer", nginx/foyer.conf.in) how often halls were looked at. Most of those views
 * never reach foyerd, for nginx answers them from its cache.
 *
 * A view is a line of GET /shows/{show} that was answered with 200, and whose agent does not call itself a robot. What plans ask by
 * themselves (/shows/{show}/seats), HEAD and everything else is none. The log is followed over its rotation, by renaming (FILE.1) or by
 * cutting; how far it was read is kept with the counts (domain/report_views.h), for each machine. Only whole lines are read; what a machine
 * that went down left of its last one is passed over, once the file is FILE.1 and there is a new one.
 */
#ifndef FOYER_RELAY_ACCESS_LOG_H
#define FOYER_RELAY_ACCESS_LOG_H

#include "domain/report_views.h"

/* One line, without its end; false: it is no view. */
bool access_log_view(struct span line, int64_t *show, int64_t *at_ms);
/* Counts some of what is new in the file. True: there is more. What fails is logged, and tried again by the next call. */
bool access_log_read(struct db *, struct arena *, const struct log_place *);
/* This machine's identity: what id_file holds, /etc/machine-id, or else the name it has. */
const char *access_log_host(struct arena *, const char *id_file);

#endif
