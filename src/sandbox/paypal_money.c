/*
 * paypal_money.c - PayPal's decimal text. Only its own currencies; HUF, JPY and TWD have no decimals there, all others two, whatever
 * ISO 4217 says.
 */
#include "base/base.h"

#include "base/money.h"
#include "sandbox/paypal.h"

#define DIGITS_MOST 10

static const char supported[] = "AUD BRL CAD CNY CZK DKK EUR HKD HUF ILS JPY MYR MXN TWD NZD NOK PHP PLN GBP SGD SEK CHF THB USD";

static int
decimals_of(struct span currency)
{
	return span_is(currency, "HUF") || span_is(currency, "JPY") || span_is(currency, "TWD") ? 0 : 2;
}

static bool
is_supported(struct span currency)
{
	struct span rest = { supported, sizeof(supported) - 1 };

	while (rest.n)
		if (span_eq(span_cut(&rest, ' '), currency))
			return money_known(currency);
	return false;
}

static int64_t
unit_of(struct arena *a, struct span currency)
{
	int64_t unit = 1;

	for (int i = money_digits(CSTR(a, currency)); i > 0; i--)
		unit *= 10;
	return unit;
}

bool
play_paypal_amount_read(struct call *c, const json_t *amount, int64_t *minor)
{
	struct span currency = json_span(amount, "currency_code"), part = json_span(amount, "value"), whole = span_cut(&part, '.');
	int64_t units, unit, rest = 0;

	if (!is_supported(currency))
		return play_paypal_issue(c, "CURRENCY_NOT_SUPPORTED", "/amount/currency_code", "Currency code is not supported.") != NULL;
	if (part.n > (size_t)decimals_of(currency))
		return play_paypal_issue(c, part.n && !decimals_of(currency) ? "DECIMALS_NOT_SUPPORTED" : "DECIMAL_PRECISION", "/amount/value",
		    "If the currency supports decimals, only two decimal place precision is supported.") != NULL;
	if (whole.n > DIGITS_MOST || !span_int(whole, 0, INT64_MAX, &units))
		return play_paypal_issue(c, "MAX_VALUE_EXCEEDED", "/amount/value", "The value is too large.") != NULL;
	unit = unit_of(c->arena, currency);
	if (part.n)
		span_int(part, 0, 99, &rest);
	*minor = units * unit + (part.n == 1 ? 10 * rest : rest) * (unit / 100 ? unit / 100 : 1);
	if (*minor == 0)
		return play_paypal_issue(c, "CANNOT_BE_ZERO_OR_NEGATIVE", "/amount/value", "Must be greater than zero.") != NULL;
	return true;
}

json_t *
play_paypal_money(struct span currency, int64_t minor)
{
	char code[4] = "", value[48];
	int64_t unit = 1;

	for (size_t i = 0; i < 3 && i < currency.n; i++)
		code[i] = currency.p[i];
	for (int i = money_digits(code); i > 0; i--)
		unit *= 10;
	if (minor % unit == 0 && (unit == 1 || !decimals_of(currency)))
		snprintf(value, sizeof(value), "%" PRId64, minor / unit);
	else
		snprintf(value, sizeof(value), "%" PRId64 ".%02" PRId64, minor / unit, minor % unit);
	return json_made(json_pack("{s:s, s:s}", "currency_code", code, "value", value));
}
