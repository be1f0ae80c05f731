/*
 * report.h - what was sold, made of the events (outbox.h) and of nothing else: sales by show, day, section and channel, money in and out,
 * and how far holds came. It is written by the relay (relay/report.h), event by event, and can be made anew from all events there ever
 * were, while the relay goes on. report_figures.h reads it, report_check.h holds it against the books.
 *
 * An event may come twice, or again after a rebuild, and changes nothing then. That needs no list of the events that were applied: what
 * is kept are facts under their own keys (this ticket was sold, that one given back), not sums, so telling one again writes the same row.
 * A ticket is sold once and given back once. Only a refund goes to and fro; it remembers which event it stands as, and an older one does
 * not change it. Sums are made when somebody asks.
 *
 * The events of one show are applied in the order of their ids, a batch in one transaction under the show's row, which is also how a
 * rebuild and the relay keep out of each other's way.
 */
#ifndef FOYER_DOMAIN_REPORT_H
#define FOYER_DOMAIN_REPORT_H

#include "domain/deliveries.h"
#include "domain/outcome.h"

#define SINK_REPORT "report"

extern const char *const report_types[];
extern const size_t n_report_types;

/* All of one show, lowest id first; of types that it does not know nothing is kept. */
enum outcome report_apply(struct db *, struct arena *, const struct delivery *, size_t n);
/* Every show anew, each in a transaction of its own. Counts what it read. */
enum outcome report_rebuild(struct db *, int64_t *shows, int64_t *events);

#endif
