/*
 * buyer_news.h - what became lately of a buyer's seats that are neither held nor bought now: from the books as they stand, for the
 * buyer's own page. What they did themselves is no news to them.
 */
#ifndef FOYER_DOMAIN_BUYER_NEWS_H
#define FOYER_DOMAIN_BUYER_NEWS_H

#include "domain/holds.h"
#include "domain/payments.h"

struct buyer_news {
	enum { NEWS_ENDED,		/* time ran out, and no payment was tried */
		NEWS_FAILED,		/* time ran out, and no payment went through */
		NEWS_LATE,		/* money came that no tickets could be made of, and goes back */
		NEWS_BACK,		/* it has gone back */
	} is;
	struct hold hold;
	struct payment payment;		/* LATE, BACK */
};

/* Newest first within each show, shows as in buyer_holds(). Ends are news for a day, money for a month. */
enum outcome buyer_news(struct db *, struct arena *, int64_t buyer, struct buyer_news **list, size_t *n);

#endif
