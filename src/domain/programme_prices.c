/* programme_prices.c - the lines below a price table: its types, its tiers, and the fees and taxes on them. */
#include "base/base.h"

#include "domain/programme_line.h"

#define FEE_NAME "Booking fee"	/* of a fee that is given none; sql/006 calls the fees of before so too */
#define RATE_DIGITS 4		/* after the point: millionths have no more */

void
prices_types(struct line *l, struct programme_prices *p)
{
	do {
		struct span type = line_slug(l, "a price type", 20);

		for (size_t i = 0; i < p->n_types; i++)
			if (span_eq(p->types[i], type))
				line_error(l, "price type " PRSPAN " stands here twice", ARGSPAN(type));
		if (p->n_types == PROGRAMME_TYPES)
			line_error(l, "a table has at most %d price types", PROGRAMME_TYPES);
		else
			p->types[p->n_types++] = type;
	} while (line_more(l));
}

void
prices_tier(struct line *l, struct programme_prices *p)
{
	int64_t tier = line_number(l, "the tier", 1, 4);

	if (!l->bad && (!p->currency.n || !p->n_types))
		line_error(l, "currency and types must stand above the tiers");
	if (!l->bad && p->tier_at[tier].line)
		line_error(l, "tier %" PRId64 " stands here twice", tier);
	if (l->bad)
		return;
	p->tier_at[tier] = l->at;
	for (size_t i = 0; i < p->n_types && !l->bad; i++)
		p->minor[tier][i] = line_money(l, p->currency);
}

/* One bare word, or several in quotes. A fee may do without. */
static struct span
charge_name(struct line *l, enum charge_kind kind)
{
	struct span word = line_peek(l);

	if (span_starts(word, "\""))
		return line_text(l, "the name", 1, CHARGE_NAME_MAX);
	if (line_at_clock(l) && kind == CHARGE_FEE)
		return SPAN(FEE_NAME);
	if (line_at_clock(l))
		line_error(l, "a tax has a name: tax VAT 20 %% included");
	word = line_word(l, "the name");
	if (span_chars(word) > CHARGE_NAME_MAX)
		line_error(l, "the name has %zu characters; 1 to %d are allowed", span_chars(word), CHARGE_NAME_MAX);
	return word;
}

/* "20", "2.5", "0.0625": per cent, as millionths. */
static bool
rate_read(struct span word, int64_t *millionths)
{
	struct span part = word, head = span_cut(&part, '.');
	int64_t whole, rest = 0;

	if (!span_int(head, 0, 100, &whole) || head.p[0] == '-' || head.n + 1 == word.n || part.n > RATE_DIGITS)
		return false;
	if (part.n && (part.p[0] == '-' || !span_int(part, 0, 9999, &rest)))
		return false;
	for (size_t i = part.n; i < RATE_DIGITS; i++)
		rest *= 10;
	*millionths = whole * (CHARGE_WHOLE / 100) + rest;
	return *millionths > 0 && *millionths <= CHARGE_WHOLE;
}

/* "1.50", or a rate: "20 %" and "20%". */
static void
charge_amount(struct line *l, struct span currency, struct charge *c)
{
	struct span word = line_word(l, "an amount or a rate");
	bool glued = word.n > 1 && word.p[word.n - 1] == '%';

	if (l->bad)
		return;
	if (glued || line_skip(l, "%")) {
		word.n -= glued;
		if (!rate_read(word, &c->millionths))
			line_error(l, "a rate is written 20 %% or 2.5 %%, more than 0 and at most 100, with at most %d decimals, not \"" PRSPAN " %%\"",
			    RATE_DIGITS, ARGSPAN(word));
	} else if (!currency.n)
		line_error(l, "the currency must stand above the fees and taxes");
	else if (money_known(currency) && !programme_money(l->programme, l->at, word, currency, &c->flat))
		l->bad = true;
	else if (money_known(currency) && !c->flat)
		line_error(l, "a fee or tax of nothing need not stand here");
}

void
prices_charge(struct line *l, struct programme_prices *p, enum charge_kind kind)
{
	struct charge c = { .kind = kind, .name = charge_name(l, kind) };

	charge_amount(l, p->currency, &c);
	c.included = line_skip(l, "included");
	for (size_t i = 0; i < p->n_charges && !l->bad; i++)
		if (span_eq(p->charges[i].name, c.name))
			line_error(l, "there is a fee or tax \"" PRSPAN "\" already", ARGSPAN(c.name));
	if (p->n_charges == CHARGES_MAX)
		line_error(l, "a table has at most %d fees and taxes", CHARGES_MAX);
	if (l->bad)
		return;
	if (c.flat || c.millionths)
		p->charges[p->n_charges++] = c;
}

int64_t
programme_price(const struct programme_prices *p, int64_t tier, size_t type)
{
	return p->minor[tier][type] + charges_apply(p->charges, p->n_charges, p->minor[tier][type], NULL);
}
