/*
 * report_check.h - holds the report against the books, fact by fact, in one consistent snapshot: every ticket sold and given back, every
 * payment that brought money, every refund that was done, every hold. What is right fact by fact is right in every sum.
 *
 * The relay is always a little behind. So a show that has events on their way to the report is left out, and counted; told again a moment
 * later there are none, or the relay is not at work.
 */
#ifndef FOYER_DOMAIN_REPORT_CHECK_H
#define FOYER_DOMAIN_REPORT_CHECK_H

#include "domain/outcome.h"

#define REPORT_CHECK_LINES 50	/* of one kind, at most */

struct report_check {
	int64_t differences;		/* lines "NAME show=… …" in out */
	int64_t facts;			/* that were compared */
	int64_t late;			/* shows left out */
};
enum outcome report_check(struct db *, struct arena *, struct buf *out, struct report_check *);

#endif
