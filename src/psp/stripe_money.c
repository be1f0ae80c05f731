/*
 * stripe_money.c - amounts as Stripe writes them: an integer of the smallest unit, with exceptions that are not ISO 4217's
 * ("Supported currencies": zero-decimal, three-decimal and special cases), and least amounts below which a charge is refused.
 */
#include "base/base.h"

#include "psp/stripe.h"

#define MOST_WIRE INT64_C(99999999)	/* eight digits */
#define MOST_READ INT64_C(1000000000000)

/* Everything else has two decimals and any last digit. step 0: not offered. */
static const struct exponent {
	char code[4];
	int digits, step;
} exponents[] = {
	{ "BIF", 0, 1 }, { "CLP", 0, 1 }, { "DJF", 0, 1 }, { "GNF", 0, 1 }, { "JPY", 0, 1 }, { "KMF", 0, 1 }, { "KRW", 0, 1 },
	{ "MGA", 0, 1 }, { "PYG", 0, 1 }, { "RWF", 0, 1 }, { "VND", 0, 1 }, { "VUV", 0, 1 }, { "XAF", 0, 1 }, { "XOF", 0, 1 },
	{ "XPF", 0, 1 }, { "BHD", 3, 10 }, { "JOD", 3, 10 }, { "KWD", 3, 10 }, { "OMR", 3, 10 }, { "TND", 3, 10 },
	{ "ISK", 2, 100 },
	{ "UGX", 0, 0 },	/* documented both with and without decimals: a hundredfold mistake is not worth it */
};

/* In our minor units. Stripe's rule is about the settlement currency; these are the documented charges at par. */
static const struct least {
	char code[4];
	int64_t minor;
} leasts[] = {
	{ "USD", 50 }, { "EUR", 50 }, { "CHF", 50 }, { "CAD", 50 }, { "AUD", 50 }, { "NZD", 50 }, { "SGD", 50 }, { "INR", 50 },
	{ "BRL", 50 }, { "GBP", 30 }, { "JPY", 50 }, { "HKD", 400 }, { "MXN", 1000 }, { "SEK", 300 }, { "NOK", 300 },
	{ "DKK", 250 }, { "PLN", 200 }, { "MYR", 200 }, { "CZK", 1500 }, { "HUF", 17500 }, { "THB", 1000 },
};

static struct exponent
exponent_of(const char *code)
{
	for (size_t i = 0; i < ARRAY_LEN(exponents); i++)
		if (strcmp(exponents[i].code, code) == 0)
			return exponents[i];
	return (struct exponent){ .digits = 2, .step = 1 };
}

/* v moved from one number of decimals to another; false if that would lose a digit. */
static bool
rescale(int64_t v, int from, int to, int64_t *out)
{
	int64_t by = money_scale(from > to ? from - to : to - from);

	if (from > to && v % by != 0)
		return false;
	*out = from > to ? v / by : v * by;
	return true;
}

bool
stripe_amount_out(struct money m, int64_t *wire)
{
	struct exponent e = exponent_of(m.code);

	if (!money_known(span_of(m.code)) || m.minor < 0 || m.minor > MOST_WIRE || e.step == 0 ||
	    !rescale(m.minor, money_digits(m.code), e.digits, wire))
		return false;
	return *wire <= MOST_WIRE && *wire % e.step == 0;
}

bool
stripe_amount_in(int64_t wire, struct span code, struct money *out)
{
	struct money m = { 0 };

	if (code.n != 3 || wire < 0 || wire > MOST_READ)
		return false;
	for (int i = 0; i < 3; i++)
		m.code[i] = (char)(code.p[i] >= 'a' && code.p[i] <= 'z' ? code.p[i] - 'a' + 'A' : code.p[i]);
	if (!money_known(span_of(m.code)) || !rescale(wire, exponent_of(m.code).digits, money_digits(m.code), &m.minor))
		return false;
	*out = m;
	return true;
}

bool
stripe_check_amount(struct psp *psp, struct money m)
{
	int64_t wire;

	(void)psp;
	if (m.minor <= 0 || !stripe_amount_out(m, &wire))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(leasts); i++)
		if (strcmp(leasts[i].code, m.code) == 0)
			return m.minor >= leasts[i].minor;
	return true;
}
