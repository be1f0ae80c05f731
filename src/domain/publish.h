/*
 * publish.h - opening a show's sale: its show_sales row, its prices, and one show_seats row for each seat of its hall, all in one
 * transaction. Kind SHOW alone: the show itself is written (and listed) by whoever calls, in transactions of the catalogue.
 */
#ifndef FOYER_DOMAIN_PUBLISH_H
#define FOYER_DOMAIN_PUBLISH_H

#include "db/db.h"
#include "domain/charges.h"
#include "domain/outcome.h"

#define NO_LONGER_TOLD 100	/* sort of a price type that is only kept for what was held or sold at it; above any that is told */

struct publication_price {
	int64_t section;
	struct span type, name;
	int64_t minor;			/* before what the charges add */
	int sort;			/* 0: what a seat costs until the buyer chooses another */
};

struct publication {
	int64_t show, hall, layout_version;
	bool draft;
	struct span currency;
	int64_t starts_ms, sales_from_ms, sales_until_ms, companions_open_ms;	/* companions 0: never */
	int64_t hold_seconds, extend_seconds, longest_seconds, seats_a_hold, holds_a_buyer;
	bool orphan_rule;
	bool cancels;			/* buyers may give tickets back … */
	int64_t cancel_hours, cancel_fee_minor;	/* … until so long before the start, less so much a ticket */
	const struct charge *charges;
	size_t n_charges;
	const struct publication_price *prices;		/* every section of the hall in every type */
	size_t n_prices;
};

/*
 * Publishing again is harmless: sale and prices become as told, seats stay as they are, a draft may be put on sale but what is on
 * sale stays so. A price type that is not told any more goes, unless a seat was held or sold at it. Charges other than the newest ones
 * become a new version; who holds seats keeps theirs. BROKEN: the hall has no seats, or a price with its charges is past INT32_MAX.
 */
enum outcome show_publish(struct db *, struct arena *, const struct publication *);

#endif
