/* test_breaker.c - who does not answer is left in peace for a while, then tried by one at a time; and no two wait in step. */
#include "base/base.h"

#include <setjmp.h>

#include <cmocka.h>

#include "base/backoff.h"
#include "base/breaker.h"
#include "base/crypto.h"

static void
silent(struct breaker *b, int times, int64_t now)
{
	for (int i = 0; i < times; i++)
		breaker_told(b, false, 0, now);
}

static void
a_few_failures_in_a_row_shut_it(void **state)
{
	struct breaker b = { 0 };

	(void)state;
	silent(&b, BREAKER_FAILURES - 1, 1000);
	assert_true(breaker_lets(&b, 1000));
	breaker_told(&b, true, 0, 1000);
	silent(&b, BREAKER_FAILURES - 1, 1000);		/* an answer in between counts */
	assert_true(breaker_lets(&b, 1000));
	silent(&b, 1, 1000);
	assert_false(breaker_lets(&b, 1000));
	assert_false(breaker_lets(&b, 1000 + BREAKER_PAUSE_MS * 3 / 4 - 1));
}

static void
after_the_pause_one_may_try_and_its_answer_opens_it_for_all(void **state)
{
	struct breaker b = { 0 };
	int64_t later = 1000 + BREAKER_PAUSE_MS * 2;

	(void)state;
	silent(&b, BREAKER_FAILURES, 1000);
	assert_true(breaker_lets(&b, later));
	assert_false(breaker_lets(&b, later));
	breaker_told(&b, true, 0, later);
	assert_true(breaker_lets(&b, later));
	assert_true(breaker_lets(&b, later));
}

static void
a_try_that_fails_shuts_it_again(void **state)
{
	struct breaker b = { 0 };
	int64_t later = 1000 + BREAKER_PAUSE_MS * 2;

	(void)state;
	silent(&b, BREAKER_FAILURES, 1000);
	assert_true(breaker_lets(&b, later));
	silent(&b, 1, later);
	assert_false(breaker_lets(&b, later + BREAKER_PAUSE_MS * 3 / 4 - 1));
	assert_true(breaker_lets(&b, later + BREAKER_PAUSE_MS * 2));
}

static void
a_try_that_never_ends_gives_way_to_another(void **state)
{
	struct breaker b = { 0 };
	int64_t later = 1000 + BREAKER_PAUSE_MS * 2;

	(void)state;
	silent(&b, BREAKER_FAILURES, 1000);
	assert_true(breaker_lets(&b, later));		/* and is killed */
	assert_true(breaker_lets(&b, later + BREAKER_PAUSE_MS * 2));
}

static void
whoever_asks_to_be_left_alone_is_for_so_long_and_not_for_ever(void **state)
{
	struct breaker b = { 0 };

	(void)state;
	breaker_told(&b, true, 7000, 1000);
	assert_false(breaker_lets(&b, 7999));
	assert_true(breaker_lets(&b, 8000));
	breaker_told(&b, true, 0, 8000);
	breaker_told(&b, false, INT64_C(86400000), 8000);
	assert_false(breaker_lets(&b, 8000 + BREAKER_WAIT_MOST_MS - 1));
	assert_true(breaker_lets(&b, 8000 + BREAKER_WAIT_MOST_MS));
}

static void
waits_double_up_to_an_end_and_differ(void **state)
{
	int64_t first = backoff_ms(1000, 3, 5);
	bool differs = false;

	(void)state;
	for (int i = 0; i < 1000; i++) {
		assert_in_range(backoff_ms(1000, 0, 5), 750, 1250);
		assert_in_range(backoff_ms(1000, 3, 5), 6000, 10000);
		assert_in_range(backoff_ms(1000, 99, 5), 24000, 40000);
		assert_in_range(backoff_ms(1000, -1, 5), 750, 1250);
		differs |= backoff_ms(1000, 3, 5) != first;
	}
	assert_true(differs);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_few_failures_in_a_row_shut_it),
		cmocka_unit_test(after_the_pause_one_may_try_and_its_answer_opens_it_for_all),
		cmocka_unit_test(a_try_that_fails_shuts_it_again),
		cmocka_unit_test(a_try_that_never_ends_gives_way_to_another),
		cmocka_unit_test(whoever_asks_to_be_left_alone_is_for_so_long_and_not_for_ever),
		cmocka_unit_test(waits_double_up_to_an_end_and_differ),
	};

	crypto_start();
	return cmocka_run_group_tests_name("breaker", tests, NULL, NULL);
}
