/* test_pairs.c - the cases that t/lib/pairs.h makes leave no pair out, and are far fewer than all combinations. */
#include "base/base.h"

#include <setjmp.h>

#include <cmocka.h>

#include "t/lib/pairs.h"

static bool
meets(const struct pairs_case *list, size_t n, size_t d, size_t v, size_t e, size_t w)
{
	for (size_t i = 0; i < n; i++)
		if (list[i].at[d] == v && list[i].at[e] == w)
			return true;
	return false;
}

static void
any_two_values_meet(void **state)
{
	static const size_t sizes[] = { 3, 14, 5, 9 };
	struct arena *a = arena_new(16 * MiB);
	struct pairs_case *list;
	size_t n = pairs_make(a, sizes, ARRAY_LEN(sizes), &list);

	(void)state;
	for (size_t d = 0; d < ARRAY_LEN(sizes); d++)
		for (size_t e = d + 1; e < ARRAY_LEN(sizes); e++)
			for (size_t v = 0; v < sizes[d]; v++)
				for (size_t w = 0; w < sizes[e]; w++)
					assert_true(meets(list, n, d, v, e, w));
	assert_in_range(n, 14 * 9, 14 * 9 + 40);
	arena_free(a);
}

static void
all_combinations_are_all(void **state)
{
	static const size_t sizes[] = { 3, 2, 4 };
	struct arena *a = arena_new(MiB);
	struct pairs_case *list;
	size_t n = pairs_all(a, sizes, ARRAY_LEN(sizes), &list);

	(void)state;
	assert_int_equal(n, 24);
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < i; k++)
			assert_memory_not_equal(list[i].at, list[k].at, sizeof(sizes));
	arena_free(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_two_values_meet),
		cmocka_unit_test(all_combinations_are_all),
	};

	return cmocka_run_group_tests_name("pairs", tests, NULL, NULL);
}
