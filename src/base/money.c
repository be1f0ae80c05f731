/* money.c - currencies and how their amounts are written. */
#include "base/base.h"

#include "base/money.h"

/* ISO 4217 minor units; the sign stands before the amount, the code with a space where no sign is common. */
static const struct currency {
	char code[4];
	int digits;
	const char *sign;
} currencies[] = {
	{ "AUD", 2, "A$" }, { "BHD", 3, NULL }, { "BRL", 2, "R$" }, { "CAD", 2, "CA$" }, { "CHF", 2, NULL }, { "CLP", 0, NULL },
	{ "CZK", 2, NULL }, { "DKK", 2, NULL }, { "EUR", 2, "€" }, { "GBP", 2, "£" }, { "HKD", 2, "HK$" }, { "HUF", 2, NULL },
	{ "INR", 2, "₹" }, { "JPY", 0, "¥" }, { "KRW", 0, "₩" }, { "KWD", 3, NULL }, { "MXN", 2, "MX$" }, { "MYR", 2, NULL },
	{ "NOK", 2, NULL }, { "NZD", 2, "NZ$" }, { "OMR", 3, NULL }, { "PLN", 2, NULL }, { "SEK", 2, NULL }, { "SGD", 2, "S$" },
	{ "THB", 2, NULL }, { "TWD", 2, "NT$" }, { "USD", 2, "$" }, { "VND", 0, NULL }, { "ZAR", 2, NULL },
};

static const struct currency *
currency_find(struct span code)
{
	if (code.n != 3)
		return NULL;
	for (size_t i = 0; i < ARRAY_LEN(currencies); i++)
		if (memcmp(code.p, currencies[i].code, 3) == 0)
			return &currencies[i];
	return NULL;
}

bool
money_known(struct span code)
{
	return currency_find(code) != NULL;
}

struct money
money_of(int64_t minor, struct span code)
{
	struct money m = { .minor = minor };

	if (!currency_find(code))
		BUG("currency \"" PRSPAN "\"", ARGSPAN(code));
	memcpy(m.code, code.p, code.n < 3 ? code.n : 3);
	return m;
}

int
money_digits(const char *code)
{
	const struct currency *c = currency_find(span_of(code));

	return c ? c->digits : 2;
}

int64_t
money_scale(int digits)
{
	int64_t v = 1;

	while (digits-- > 0)
		v *= 10;
	return v;
}

bool
money_read(struct span text, const char *code, int64_t *minor)
{
	struct span rest = text, whole = span_cut(&rest, '.');
	int digits = money_digits(code);
	int64_t part = 0;

	if (!span_int(whole, 0, INT64_C(1000000000000), minor) || rest.n > (size_t)digits || (!rest.n && whole.n < text.n))
		return false;
	for (int i = 0; i < digits; i++) {
		int c = (size_t)i < rest.n ? rest.p[i] : '0';

		if (c < '0' || c > '9')
			return false;
		*minor = *minor * 10;
		part = part * 10 + (c - '0');
	}
	*minor += part;
	return true;
}

static void
thousands(struct buf *b, int64_t v)
{
	if (v >= 1000) {
		thousands(b, v / 1000);
		buf_fmt(b, ",%03d", (int)(v % 1000));
	} else
		buf_int(b, v);
}

void
money_print(struct buf *b, struct money m)
{
	const struct currency *c = currency_find(span_of(m.code));
	int digits = c ? c->digits : 2;
	int64_t unit = money_scale(digits);
	int64_t v = m.minor < 0 ? -m.minor : m.minor;

	if (m.minor < 0)
		buf_text(b, "−");
	if (c && c->sign)
		buf_text(b, c->sign);
	else {
		buf_text(b, m.code);
		buf_text(b, " ");
	}
	thousands(b, v / unit);
	if (digits) {
		buf_byte(b, '.');
		for (int64_t part = v % unit, at = unit / 10; at; at /= 10)	/* without printf: a seat map prints one a seat */
			buf_byte(b, (char)('0' + part / at % 10));
	}
}
