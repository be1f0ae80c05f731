/* books.h - what was captured, and what became of it: by day, provider and currency, for whoever compares it with a bank statement. */
#ifndef FOYER_DOMAIN_BOOKS_H
#define FOYER_DOMAIN_BOOKS_H

#include "base/money.h"
#include "domain/outcome.h"

struct book_line {
	struct span day;		/* "2026-11-21", UTC, of the capture */
	struct span provider;
	char currency[4];
	int64_t payments;
	int64_t captured;		/* minor units, as all that follow */
	int64_t tickets;		/* live ones, all charges in */
	int64_t kept;			/* fees for cancelling; below 0: given beyond tickets */
	int64_t refunded;		/* done, also at the provider */
	int64_t refund_open;		/* asked for or about to be, or waiting for a human */
	int64_t disputed;		/* open or lost disputes: part of the sums before */
};

/* Since so many days ago, oldest first. captured = tickets + kept + refunded + refund_open, else there is a mistake. For operators. */
enum outcome books_read(struct db *, struct arena *, int64_t days, struct book_line **list, size_t *n);

#endif
