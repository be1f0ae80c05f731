/* test_money.c - amounts as people write and read them, to the last minor unit. */
#include "base/base.h"

#include <setjmp.h>

#include <cmocka.h>

#include "base/money.h"

static void
what_is_printed_has_the_decimals_of_its_currency(void **state)
{
	static const struct {
		int64_t minor;
		const char *code, *text;
	} cases[] = {
		{ 1550, "GBP", "£15.50" }, { 125000, "INR", "₹1,250.00" }, { 1800, "JPY", "¥1,800" }, { 1500, "KWD", "KWD 1.500" },
		{ 24000, "KRW", "₩24,000" }, { -5, "GBP", "−£0.05" }, { 0, "KWD", "KWD 0.000" },
	};
	struct arena *a = arena_new(MiB);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct buf b;

		buf_init(&b, a, 100);
		money_print(&b, money_of(cases[i].minor, span_of(cases[i].code)));
		assert_string_equal(b.p, cases[i].text);
	}
	arena_free(a);
}

static void
what_is_typed_is_read_or_refused(void **state)
{
	static const struct {
		const char *text, *code;
		int64_t minor;			/* -1: refused */
	} cases[] = {
		{ "15.50", "GBP", 1550 }, { "15", "GBP", 1500 }, { "15.5", "GBP", 1550 }, { "0.05", "GBP", 5 }, { "1800", "JPY", 1800 },
		{ "1.500", "KWD", 1500 }, { "1.5", "KWD", 1500 }, { "0", "KRW", 0 },
		{ "15.505", "GBP", -1 }, { "1800.0", "JPY", -1 }, { "15.", "GBP", -1 }, { ".5", "GBP", -1 }, { "", "GBP", -1 },
		{ "-1", "GBP", -1 }, { "1e3", "GBP", -1 }, { "1,000", "GBP", -1 }, { "1.-5", "GBP", -1 }, { "99999999999999", "GBP", -1 },
		{ "£5", "GBP", -1 }, { " 5", "GBP", -1 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		int64_t minor = 77;
		bool good = money_read(span_of(cases[i].text), cases[i].code, &minor);

		if (good != (cases[i].minor >= 0) || (good && minor != cases[i].minor))
			fail_msg("\"%s\" %s is %d %" PRId64, cases[i].text, cases[i].code, good, minor);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_printed_has_the_decimals_of_its_currency),
		cmocka_unit_test(what_is_typed_is_read_or_refused),
	};

	return cmocka_run_group_tests_name("money", tests, NULL, NULL);
}
