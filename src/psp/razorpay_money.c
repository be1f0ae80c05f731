/*
 * razorpay_money.c - amounts as Razorpay writes them: an integer of the currency's smallest unit, by ISO 4217 ("Supported
 * currencies"). Of three decimals the last must be 0; an amount in rupees is at least one rupee, of a refund too.
 */
#include "base/base.h"

#include "psp/razorpay.h"

#define MOST INT64_C(1000000000000)
#define LEAST_LINK 100			/* in the smallest unit, whatever the currency */
#define LEAST_RUPEES 100

/* Everything else has two decimals. */
static const struct exponent {
	char code[4];
	int digits;
} exponents[] = {
	{ "BIF", 0 }, { "CLP", 0 }, { "DJF", 0 }, { "GNF", 0 }, { "ISK", 0 }, { "JPY", 0 }, { "KMF", 0 }, { "KRW", 0 }, { "PYG", 0 },
	{ "RWF", 0 }, { "UGX", 0 }, { "VND", 0 }, { "VUV", 0 }, { "XAF", 0 }, { "XOF", 0 }, { "XPF", 0 },
	{ "BHD", 3 }, { "IQD", 3 }, { "JOD", 3 }, { "KWD", 3 }, { "OMR", 3 }, { "TND", 3 },
};

static int
digits_of(const char *code)
{
	for (size_t i = 0; i < ARRAY_LEN(exponents); i++)
		if (strcmp(exponents[i].code, code) == 0)
			return exponents[i].digits;
	return 2;
}

/*
 * A currency that we and Razorpay count alike, so that nothing has to be converted; any other would be sold at a wrong price.
 */
static bool
counted_alike(const char *code)
{
	return money_known(span_of(code)) && money_digits(code) == digits_of(code);
}

bool
razorpay_amount_out(struct money m, int64_t *wire)
{
	if (m.minor < 0 || m.minor > MOST || !counted_alike(m.code))
		return false;
	if ((digits_of(m.code) == 3 && m.minor % 10 != 0) || (strcmp(m.code, "INR") == 0 && m.minor < LEAST_RUPEES))
		return false;
	*wire = m.minor;
	return true;
}

bool
razorpay_amount_in(int64_t wire, struct span code, struct money *out)
{
	struct money m = { .minor = wire };

	if (code.n != 3 || wire < 0 || wire > MOST)
		return false;
	memcpy(m.code, code.p, 3);
	if (!counted_alike(m.code))
		return false;
	*out = m;
	return true;
}

bool
razorpay_check_amount(struct psp *psp, struct money m)
{
	int64_t wire;

	(void)psp;
	return razorpay_amount_out(m, &wire) && wire >= LEAST_LINK;
}
