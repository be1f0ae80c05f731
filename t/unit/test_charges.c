/* test_charges.c - fees and taxes in whole minor units: examples worked by hand, and what holds for every price and every list. */
#include "base/base.h"

#include <setjmp.h>

#include <cmocka.h>

#include "base/money.h"
#include "domain/charges.h"

#define PER_CENT(n) ((int64_t)((n) * 10000))
#define FEE(...) { .kind = CHARGE_FEE, .name = SPAN("F"), __VA_ARGS__ }
#define TAX(...) { .kind = CHARGE_TAX, .name = SPAN("T"), __VA_ARGS__ }

struct example {
	const char *what;
	struct charge list[CHARGES_MAX];
	size_t n;
	int64_t price, added;
	int64_t parts[CHARGES_MAX];
};

static const struct example examples[] = {
	{ "nothing", { { .flat = 0 } }, 0, 1500, 0, { 0 } },
	{ "a fee", { FEE(.flat = 150) }, 1, 1500, 150, { 150 } },
	{ "a fee on a free seat", { FEE(.flat = 150) }, 1, 0, 150, { 150 } },
	{ "shares of a free seat", { FEE(.millionths = PER_CENT(10)), TAX(.millionths = PER_CENT(20)), TAX(.millionths = PER_CENT(5),
	    .included = true) }, 3, 0, 0, { 0, 0, 0 } },
	{ "half a penny goes up", { FEE(.millionths = PER_CENT(10)) }, 1, 1005, 101, { 101 } },
	{ "less than half goes down", { FEE(.millionths = PER_CENT(10)) }, 1, 1004, 100, { 100 } },
	{ "2.5 % of 10.20 is 25.5 pence", { FEE(.millionths = 25000) }, 1, 1020, 26, { 26 } },
	{ "2.5 % of 10.19 is 25.475 pence", { FEE(.millionths = 25000) }, 1, 1019, 25, { 25 } },
	{ "a tax of the price", { TAX(.millionths = PER_CENT(9)) }, 1, 1000, 90, { 90 } },
	{ "a tax of the price with the fee", { FEE(.flat = 100), TAX(.millionths = PER_CENT(10)) }, 2, 1000, 210, { 100, 110 } },
	{ "in whichever order they stand", { TAX(.millionths = PER_CENT(10)), FEE(.flat = 100) }, 2, 1000, 210, { 110, 100 } },
	{ "taxes are not of each other", { TAX(.millionths = PER_CENT(10)), TAX(.millionths = PER_CENT(10)) }, 2, 1000, 200, { 100, 100 } },
	{ "fees are not of each other", { FEE(.flat = 500), FEE(.millionths = PER_CENT(10)) }, 2, 1000, 600, { 500, 100 } },
	{ "London: £17.50 and £1.50, of which 20 %", { FEE(.flat = 150), TAX(.millionths = PER_CENT(20), .included = true) }, 2, 1750, 150,
	    { 150, 317 } },				/* 1900 / 6 = 316.67 */
	{ "an included fee is no base for more", { FEE(.flat = 100, .included = true), TAX(.millionths = PER_CENT(10)) }, 2, 1000, 100,
	    { 100, 100 } },
	{ "Mumbai: 8 %, and 18 % of both", { FEE(.millionths = PER_CENT(8)), TAX(.millionths = PER_CENT(18)) }, 2, 40000, 10976,
	    { 3200, 7776 } },
	{ "Mumbai, with parts of a paisa", { FEE(.millionths = PER_CENT(8)), TAX(.millionths = PER_CENT(18)) }, 2, 18531, 5084,
	    { 1482, 3602 } },			/* 1482.48; 20013 × 0.18 = 3602.34 */
	{ "Osaka: ¥2500 and ¥100, of which 10 %", { FEE(.flat = 100), TAX(.millionths = PER_CENT(10), .included = true) }, 2, 2500, 100,
	    { 100, 236 } },				/* 2600 / 11 = 236.36 */
	{ "Kuwait: 3.500 and 0.250", { FEE(.flat = 250) }, 1, 3500, 250, { 250 } },
	{ "dinars by a rate", { FEE(.millionths = 33300) }, 1, 3500, 117, { 117 } },		/* 116.55 */
	{ "Busan: 15000 and 1000, of which 10 %", { FEE(.flat = 1000), TAX(.millionths = PER_CENT(10), .included = true) }, 2, 15000, 1000,
	    { 1000, 1455 } },				/* 16000 / 11 = 1454.55 */
	{ "20 % in 12.00", { TAX(.millionths = PER_CENT(20), .included = true) }, 1, 1200, 0, { 200 } },
	{ "an included half goes up", { TAX(.millionths = PER_CENT(100), .included = true) }, 1, 3, 0, { 2 } },
	{ "two in one price share it", { TAX(.millionths = PER_CENT(5), .included = true), TAX(.millionths = PER_CENT(20), .included = true) },
	    2, 1250, 0, { 50, 200 } },			/* 1250 = 1000 × 1.25 */
	{ "three in one price", { TAX(.millionths = PER_CENT(10), .included = true), TAX(.millionths = PER_CENT(3), .included = true),
	    TAX(.millionths = PER_CENT(2), .included = true) }, 3, 999, 0, { 87, 26, 17 } },	/* of 1.15: 86.87 26.06 17.37 */
	{ "included and added", { TAX(.millionths = PER_CENT(20), .included = true), TAX(.millionths = PER_CENT(5)) }, 2, 1200, 60,
	    { 200, 60 } },
	{ "an included fee by a rate", { FEE(.millionths = PER_CENT(25), .included = true) }, 1, 1000, 0, { 200 } },
	{ "an included flat fee is told", { FEE(.flat = 150, .included = true) }, 1, 1500, 0, { 150 } },
	{ "but not more than there is", { FEE(.flat = 150, .included = true) }, 1, 100, 0, { 100 } },
	{ "the largest price with the largest charges", { FEE(.flat = INT32_MAX), FEE(.millionths = PER_CENT(100)), FEE(.flat = INT32_MAX),
	    FEE(.flat = INT32_MAX), FEE(.flat = INT32_MAX), FEE(.flat = INT32_MAX), FEE(.flat = INT32_MAX), TAX(.millionths = PER_CENT(100)) },
	    8, INT32_MAX, 15 * (int64_t)INT32_MAX, { INT32_MAX, INT32_MAX, INT32_MAX, INT32_MAX, INT32_MAX, INT32_MAX, INT32_MAX,
	    8 * (int64_t)INT32_MAX } },
};

static void
examples_come_out_as_worked_by_hand(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(examples); i++) {
		const struct example *e = &examples[i];
		int64_t parts[CHARGES_MAX], added = charges_apply(e->list, e->n, e->price, parts);

		if (added != e->added)
			fail_msg("%s: %" PRId64 " is added, not %" PRId64, e->what, added, e->added);
		assert_int_equal(charges_apply(e->list, e->n, e->price, NULL), e->added);
		for (size_t k = 0; k < CHARGES_MAX; k++)
			if (parts[k] != (k < e->n ? e->parts[k] : 0))
				fail_msg("%s: part %zu is %" PRId64, e->what, k, parts[k]);
	}
}

/* A number below n, the same in every run (SplitMix64). */
static int64_t
draw(uint64_t *seed, int64_t n)
{
	uint64_t z = *seed += 0x9e3779b97f4a7c15u;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return (int64_t)((z ^ z >> 31) % (uint64_t)n);
}

static size_t
draw_list(uint64_t *seed, struct charge list[CHARGES_MAX])
{
	size_t n = (size_t)draw(seed, CHARGES_MAX + 1);

	for (size_t i = 0; i < n; i++) {
		list[i] = (struct charge){ .kind = (enum charge_kind)draw(seed, 2), .name = SPAN("X"), .included = draw(seed, 2) };
		if (draw(seed, 3) == 0)
			list[i].flat = 1 + draw(seed, 5000);
		else
			list[i].millionths = 1 + draw(seed, draw(seed, 2) ? CHARGE_WHOLE : 300000);
	}
	return n;
}

/* Price and added parts are the total; an added share is its base times its rate, and so is an included one of what is left. */
static void
check_parts(const struct charge *list, size_t n, int64_t price)
{
	int64_t parts[CHARGES_MAX], added = charges_apply(list, n, price, parts), sum = 0, fees = 0, rates[2] = { CHARGE_WHOLE, CHARGE_WHOLE };

	for (size_t i = 0; i < n; i++) {
		sum += list[i].included ? 0 : parts[i];
		fees += list[i].included || list[i].kind == CHARGE_TAX ? 0 : parts[i];
		rates[list[i].kind] += list[i].included ? list[i].millionths : 0;
	}
	assert_int_equal(added, sum);
	for (size_t i = 0; i < n; i++) {
		int64_t base = list[i].kind == CHARGE_TAX ? price + fees : price, whole = list[i].included ? rates[list[i].kind] : CHARGE_WHOLE;

		assert_true(parts[i] >= 0);
		if (list[i].included)
			assert_true(parts[i] <= base);
		else if (list[i].flat)
			assert_int_equal(parts[i], list[i].flat);
		if (list[i].flat)
			continue;
		/* at most half a unit above the exact share, and less than half below */
		assert_true(2 * (parts[i] * whole - base * list[i].millionths) <= whole);
		assert_true(2 * (base * list[i].millionths - parts[i] * whole) < whole);
	}
}

static void
in_a_hundred_thousand_cases_the_parts_add_up(void **state)
{
	static const int64_t most[] = { 1, 100, 2500, 100000, INT32_MAX };
	struct charge list[CHARGES_MAX];
	uint64_t seed = 1955;

	(void)state;
	for (int i = 0; i < 100000; i++) {
		size_t n = draw_list(&seed, list);

		check_parts(list, n, draw(&seed, most[draw(&seed, ARRAY_LEN(most))] + 1));
	}
}

static void
what_is_out_of_bounds_counts_as_nothing(void **state)
{
	const struct charge minus = FEE(.flat = -1), steep = TAX(.millionths = CHARGE_WHOLE + 1), fee = FEE(.flat = 100);
	int64_t parts[CHARGES_MAX] = { 7, 7, 7, 7, 7, 7, 7, 7 };

	(void)state;
	assert_int_equal(charges_apply(&minus, 1, 1000, parts), 0);
	assert_int_equal(parts[0], 0);
	assert_int_equal(charges_apply(&steep, 1, 1000, NULL), 0);
	assert_int_equal(charges_apply(&fee, 1, -1, NULL), 0);
	assert_int_equal(charges_apply(&fee, 1, (int64_t)INT32_MAX + 1, NULL), 0);
}

static void
lists_are_the_same_only_in_everything(void **state)
{
	const struct charge a[] = { FEE(.flat = 100), TAX(.millionths = 5, .included = true) };
	struct charge b[2];

	(void)state;
	assert_true(charges_same(a, 2, a, 2));
	assert_false(charges_same(a, 2, a, 1));
	for (int what = 0; what < 5; what++) {
		memcpy(b, a, sizeof(b));
		b[1].kind = what == 0 ? CHARGE_FEE : b[1].kind;
		b[1].name = what == 1 ? SPAN("t") : b[1].name;
		b[0].flat = what == 2 ? 101 : b[0].flat;
		b[1].millionths = what == 3 ? 6 : b[1].millionths;
		b[1].included = what != 4;
		assert_false(charges_same(a, 2, b, 2));
	}
}

static void
rates_are_written_as_short_as_they_go(void **state)
{
	static const struct {
		int64_t millionths;
		const char *text;
	} cases[] = { { 200000, "20" }, { 25000, "2.5" }, { 1000000, "100" }, { 1, "0.0001" }, { 123456, "12.3456" }, { 66500, "6.65" } };
	struct arena *a = arena_new(MiB);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		assert_string_equal(CSTR(a, charge_rate(a, cases[i].millionths)), cases[i].text);
	arena_free(a);
}

static void
money_is_written_with_the_digits_of_its_currency(void **state)
{
	static const struct {
		struct money m;
		const char *text;
	} cases[] = {
		{ { 1234567, "GBP" }, "£12,345.67" }, { { 5, "GBP" }, "£0.05" }, { { 1234567, "INR" }, "₹12,345.67" },
		{ { 1234567, "JPY" }, "¥1,234,567" }, { { 900, "KRW" }, "₩900" }, { { 16000, "KRW" }, "₩16,000" }, { { 0, "JPY" }, "¥0" },
		{ { 3750, "KWD" }, "KWD 3.750" }, { { 50, "KWD" }, "KWD 0.050" }, { { 1234567890, "KWD" }, "KWD 1,234,567.890" },
		{ { -250, "KWD" }, "−KWD 0.250" },
	};
	struct arena *a = arena_new(MiB);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct buf b;

		buf_init(&b, a, 60);
		money_print(&b, cases[i].m);
		assert_string_equal(b.p, cases[i].text);
	}
	arena_free(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(examples_come_out_as_worked_by_hand),
		cmocka_unit_test(in_a_hundred_thousand_cases_the_parts_add_up),
		cmocka_unit_test(what_is_out_of_bounds_counts_as_nothing),
		cmocka_unit_test(lists_are_the_same_only_in_everything),
		cmocka_unit_test(rates_are_written_as_short_as_they_go),
		cmocka_unit_test(money_is_written_with_the_digits_of_its_currency),
	};

	return cmocka_run_group_tests_name("charges", tests, NULL, NULL);
}
