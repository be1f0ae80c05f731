/*
 * report_figures.h - the sums of the report (report.h), as an operator asks for them. Each line is of one currency: amounts of two are
 * never added. Days are those of the venue. A ticket counts on the day it was sold, and once more, as returned, on the day it came back;
 * money on the day it came or went.
 */
#ifndef FOYER_DOMAIN_REPORT_FIGURES_H
#define FOYER_DOMAIN_REPORT_FIGURES_H

#include "domain/outcome.h"

enum report_by { REPORT_BY_SHOW, REPORT_BY_DAY, REPORT_BY_SECTION, REPORT_BY_CHANNEL };

struct report_ask {
	enum report_by by;
	int64_t show;			/* 0: all */
	struct span from, to;		/* days "2026-11-21", both in; empty: no end */
};

struct report_line {
	struct span key;		/* number of a show or section, a day, a channel */
	struct span label;		/* of a show or section: words for it; else empty */
	char currency[4];
	int64_t sold, returned;		/* tickets */
	int64_t sales, back;		/* their prices with all charges */
	int64_t taken, refunded;	/* money that came and went, for tickets or not; 0 by section, which it has not */
	int64_t seats, live;		/* of a show: its seats, and tickets that are good now, whatever days were asked for; else 0 */
};
enum outcome report_read(struct db *, struct arena *, const struct report_ask *, struct report_line **, size_t *n);

struct report_steps {
	struct span key, label;		/* of a show or day */
	int64_t viewed, held, paying, sold;	/* halls looked at; holds, those of them whose buyer went to pay, and that became tickets */
};
/* by: show or day. Each step counts on its own day. */
enum outcome report_funnel(struct db *, struct arena *, const struct report_ask *, struct report_steps **, size_t *n);

#endif
