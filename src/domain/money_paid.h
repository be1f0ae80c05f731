/* money_paid.h - what was paid for a booking, and what of it went back or is on its way. Reads only. */
#ifndef FOYER_DOMAIN_MONEY_PAID_H
#define FOYER_DOMAIN_MONEY_PAID_H

#include "domain/refunds.h"

struct money_paid {
	int64_t payment;
	struct span provider;
	struct money amount;		/* as the provider says it took */
	int64_t at_ms;
	struct refund *refunds;		/* oldest first, attempts that failed among them */
	size_t n;
};

/* The payments of a hold that took money, oldest first: mostly one, but a second card may have paid too, and got it back. */
enum outcome money_paid_read(struct db *, struct arena *, int64_t show, int64_t hold, struct money_paid **list, size_t *n);

#endif
