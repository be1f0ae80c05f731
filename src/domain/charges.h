/*
 * charges.h - fees and taxes of a show: what they add to a ticket's price, and what of them a buyer is told.
 *
 * A show's charges are a list. Each list that was ever told is kept as a version and never changed: publishing other charges writes
 * the next one. A price is told with a version (show_prices.charges), and a hold copies that number with the price it freezes. So what
 * was charged for a seat follows from its price and its version alone, and nothing else is written while seats are sold.
 *
 * The rules. All amounts are whole minor units, and every part is rounded half up by itself.
 * - A fee is of the ticket's price. A tax is of the price with the fees that were added to it. That is the charge's base.
 * - A charge is added to its base, a flat amount or base × rate, unless it is included.
 * - An included share is in its base already. Of all the included shares r1 … rn of one base, part i is base × ri / (1 + r1 + … + rn):
 *   what would have been added to the amount that is left without them. VAT of 20 % in £12.00 is £2.00.
 * - An included flat amount is only told, and never more of it than there is to contain it.
 * So a seat costs its price and the parts that are added, to the last minor unit; and the lines of an order, being sums over its seats,
 * come to what was paid.
 */
#ifndef FOYER_DOMAIN_CHARGES_H
#define FOYER_DOMAIN_CHARGES_H

#include "domain/outcome.h"

#define CHARGES_MAX 8
#define CHARGE_NAME_MAX 60		/* characters */
#define CHARGE_WHOLE 1000000		/* a rate of 100 %, in millionths; the largest there is */

enum charge_kind { CHARGE_FEE, CHARGE_TAX };

struct charge {
	enum charge_kind kind;
	struct span name;
	int64_t flat;			/* minor units, or 0 and … */
	int64_t millionths;		/* … a rate */
	bool included;
};

/*
 * What these charges add to a price from 0 to INT32_MAX, which may come to more than INT32_MAX; parts[i], unless parts is NULL, becomes
 * what list[i] is of it, added or included. Charges or a price out of their bounds are a BUG and count as nothing.
 */
int64_t charges_apply(const struct charge *list, size_t n, int64_t price, int64_t parts[CHARGES_MAX]);
bool charges_same(const struct charge *a, size_t n_a, const struct charge *b, size_t n_b);
/* Per cent, as short as it goes: "20", "2.5", "0.0001". */
struct span charge_rate(struct arena *, int64_t millionths);

/* -- what an order is told (charge_lines.c) ------------------------------------------------------------------------------------- */

struct charge_line {
	enum charge_kind kind;
	struct span name;
	struct span rate;		/* "20": per cent; empty: a flat amount a seat */
	bool included;
	int64_t minor;			/* over all seats */
};

struct charge_lines {
	int64_t tickets;		/* the prices alone; with every line that is not included it is the total */
	struct charge_line *list;	/* as the show has them: fees and taxes as they were published */
	size_t n;
};

/* Of the seats that are in a hold now; of all seats that were bought, cancelled ones too. No such hold or booking: nothing, OK. */
enum outcome hold_charges(struct db *, struct arena *, int64_t show, int64_t hold, struct charge_lines *);
enum outcome booking_charges(struct db *, struct arena *, int64_t show, int64_t booking, struct charge_lines *);

#endif
