/*
 * paypal_money.c - amounts as PayPal writes them: a decimal text, in the currencies that it supports ("Currency codes"). Made from
 * integers and read into integers; no floating-point number is ever between.
 */
#include "base/base.h"

#include "psp/paypal.h"

#define MOST_MINOR INT64_C(100000000000)
#define MAX_VALUE 32

/* Decimals on the wire; HUF, JPY and TWD take none, whatever ISO 4217 says. What is not here cannot be taken. */
static const struct supported {
	char code[4];
	int digits;
} supported[] = {
	{ "AUD", 2 }, { "BRL", 2 }, { "CAD", 2 }, { "CHF", 2 }, { "CNY", 2 }, { "CZK", 2 }, { "DKK", 2 }, { "EUR", 2 }, { "GBP", 2 },
	{ "HKD", 2 }, { "HUF", 0 }, { "ILS", 2 }, { "JPY", 0 }, { "MXN", 2 }, { "MYR", 2 }, { "NOK", 2 }, { "NZD", 2 }, { "PHP", 2 },
	{ "PLN", 2 }, { "SEK", 2 }, { "SGD", 2 }, { "THB", 2 }, { "TWD", 0 }, { "USD", 2 },
};

/* Whether PayPal can take it, and with how many decimals it is written. */
static bool
can_take(struct money m, int *digits)
{
	if (!money_known(span_of(m.code)) || m.minor < 0 || m.minor > MOST_MINOR)
		return false;
	for (size_t i = 0; i < ARRAY_LEN(supported); i++) {
		if (strcmp(supported[i].code, m.code) != 0)
			continue;
		*digits = supported[i].digits;
		return *digits == money_digits(m.code) || (*digits == 0 && m.minor % money_scale(money_digits(m.code)) == 0);
	}
	return false;
}

bool
paypal_amount_out(struct arena *a, struct money m, struct span *value)
{
	int64_t unit = money_scale(money_digits(m.code));
	int digits;

	if (!can_take(m, &digits))
		return false;
	*value = arena_fmt(a, "%" PRId64, m.minor / unit);
	if (digits)
		*value = arena_fmt(a, PRSPAN ".%0*" PRId64, ARGSPAN(*value), digits, m.minor % unit);
	return true;
}

/* All of the text as so many minor units; digits beyond our smallest unit must be zeros. */
static bool
decimal_read(struct span text, int digits, int64_t *minor)
{
	struct span part = text, whole = span_cut(&part, '.');
	int64_t v = 0;

	if (whole.n + part.n == 0 || (whole.n < text.n && !part.n))
		return false;
	for (size_t i = 0; i < whole.n + (size_t)digits; i++) {
		char c = i < whole.n ? whole.p[i] : i - whole.n < part.n ? part.p[i - whole.n] : '0';

		if (c < '0' || c > '9' || __builtin_mul_overflow(v, 10, &v) || __builtin_add_overflow(v, c - '0', &v))
			return false;
	}
	for (size_t i = (size_t)digits; i < part.n; i++)
		if (part.p[i] != '0')
			return false;
	*minor = v;
	return v <= MOST_MINOR;
}

bool
paypal_amount_in(struct span value, struct span code, struct money *out)
{
	struct money m = { 0 };

	if (value.n > MAX_VALUE || !money_known(code))
		return false;
	memcpy(m.code, code.p, 3);
	if (!decimal_read(value, money_digits(m.code), &m.minor))
		return false;
	*out = m;
	return true;
}

/* PayPal's least amount is the smallest unit. */
bool
paypal_check_amount(struct psp *psp, struct money m)
{
	int digits;

	(void)psp;
	return m.minor > 0 && can_take(m, &digits);
}
