/* charges.c - see charges.h, where the rules stand. Pure: no database, no clock, whole numbers only. */
#include "base/base.h"

#include "domain/charges.h"

#define PER_CENT (CHARGE_WHOLE / 100)

/*
 * amount × times / by, half up; nothing is negative. The largest amount is a price with eight fees as large as it may be, below
 * 2^31 × 9, and times at most a million, so that twice their product stays below 2^56.
 */
static int64_t
half_up(int64_t amount, int64_t times, int64_t by)
{
	return (2 * amount * times + by) / (2 * by);
}

/* The parts of all charges of one kind, which have one base. Returns what they add to it. */
static int64_t
apply_kind(const struct charge *list, size_t n, enum charge_kind kind, int64_t base, int64_t parts[CHARGES_MAX])
{
	int64_t whole = CHARGE_WHOLE, added = 0;

	for (size_t i = 0; i < n; i++)
		if (list[i].kind == kind && list[i].included)
			whole += list[i].millionths;
	for (size_t i = 0; i < n; i++) {
		const struct charge *c = &list[i];

		if (c->kind != kind)
			continue;
		if (!c->included)
			added += parts[i] = c->flat ? c->flat : half_up(base, c->millionths, CHARGE_WHOLE);
		else if (c->flat)
			parts[i] = c->flat < base ? c->flat : base;
		else
			parts[i] = half_up(base, c->millionths, whole);
	}
	return added;
}

static bool
in_bounds(const struct charge *list, size_t n, int64_t price)
{
	bool good = n <= CHARGES_MAX && price >= 0 && price <= INT32_MAX;

	for (size_t i = 0; good && i < n; i++)
		good = list[i].flat >= 0 && list[i].flat <= INT32_MAX && list[i].millionths >= 0 && list[i].millionths <= CHARGE_WHOLE;
	return good;
}

int64_t
charges_apply(const struct charge *list, size_t n, int64_t price, int64_t parts[CHARGES_MAX])
{
	int64_t own[CHARGES_MAX] = { 0 }, fees, taxes;

	if (parts)
		memset(parts, 0, CHARGES_MAX * sizeof(*parts));
	else
		parts = own;
	if (!in_bounds(list, n, price)) {
		BUG("%zu charges on %" PRId64, n, price);
		return 0;
	}
	fees = apply_kind(list, n, CHARGE_FEE, price, parts);
	taxes = apply_kind(list, n, CHARGE_TAX, price + fees, parts);
	return fees + taxes;
}

bool
charges_same(const struct charge *a, size_t n_a, const struct charge *b, size_t n_b)
{
	bool same = n_a == n_b;

	for (size_t i = 0; same && i < n_a; i++)
		same = a[i].kind == b[i].kind && span_eq(a[i].name, b[i].name) && a[i].flat == b[i].flat &&
		    a[i].millionths == b[i].millionths && a[i].included == b[i].included;
	return same;
}

struct span
charge_rate(struct arena *a, int64_t millionths)
{
	struct span text = arena_fmt(a, "%" PRId64 ".%04" PRId64, millionths / PER_CENT, millionths % PER_CENT);

	while (text.p[text.n - 1] == '0')
		text.n--;
	text.n -= text.p[text.n - 1] == '.';
	return text;
}
