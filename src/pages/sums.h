/* sums.h - what an order comes to, line by line, as the checkout and the tickets print it (templates/_charges.html). */
#ifndef FOYER_PAGES_SUMS_H
#define FOYER_PAGES_SUMS_H

#include "base/money.h"
#include "domain/charges.h"
#include "views/booking.h"	/* struct charges_fields */

struct charges_fields sums_of(struct arena *, const struct charge_lines *, struct money total);

#endif
