/* test_reference.c - the nine characters of a booking: they come back, in any writing, and a slip is noticed. */
#include "base/base.h"

#include <setjmp.h>

#include <cmocka.h>

#include "base/money.h"
#include "domain/bookings.h"

static void
what_was_printed_reads_back(void **state)
{
	static const int64_t numbers[] = { 0, 1, 30, 31, 4711, 29790, 29791, 500000, REFERENCE_RANGE - 1 };
	int64_t show, ref;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(numbers); i++)
		for (size_t k = 0; k < ARRAY_LEN(numbers); k++) {
			struct reference r = reference_print(numbers[i], numbers[k]);

			assert_int_equal(strlen(r.text), 9);
			assert_true(reference_read(span_of(r.text), &show, &ref));
			assert_int_equal(show, numbers[i]);
			assert_int_equal(ref, numbers[k]);
		}
}

static void
people_may_write_it_small_and_in_groups(void **state)
{
	struct reference r = reference_print(4711, 98765);
	char small[16];
	int64_t show = 0, ref = 0;

	(void)state;
	snprintf(small, sizeof(small), " %.3s-%.3s %.3s ", r.text, r.text + 3, r.text + 6);
	for (char *p = small; *p; p++)
		if (*p >= 'A' && *p <= 'Z')
			*p = (char)(*p - 'A' + 'a');
	assert_true(reference_read(span_of(small), &show, &ref));
	assert_int_equal(show, 4711);
	assert_int_equal(ref, 98765);
}

static void
every_single_slip_is_noticed(void **state)
{
	static const char all[] = "23456789ABCDEFGHJKMNPQRSTUVWXYZ";
	struct reference right = reference_print(123456, 654321);
	int64_t show, ref;

	(void)state;
	for (int i = 0; i < 9; i++)
		for (const char *c = all; *c; c++) {
			struct reference wrong = right;

			wrong.text[i] = *c;
			assert_int_equal(reference_read(span_of(wrong.text), &show, &ref), *c == right.text[i]);
		}
}

static void
two_exchanged_characters_are_noticed(void **state)
{
	struct reference right = reference_print(271828, 314159);
	int64_t show, ref;

	(void)state;
	for (int i = 0; i < 9; i++)
		for (int k = i + 1; k < 9; k++) {
			struct reference wrong = right;

			wrong.text[i] = right.text[k];
			wrong.text[k] = right.text[i];
			assert_int_equal(reference_read(span_of(wrong.text), &show, &ref), right.text[i] == right.text[k]);
		}
}

static void
what_is_no_reference_is_refused(void **state)
{
	static const char *const wrong[] = { "", " ", "---------", "ABCDEFGH", "ABCDEFGHJK", "OOOOOOOOO", "111111111", "AB\xc3\xa9" "CDEF",
		"ABCDEFGHI", "%00", "' OR 1=1 --" };
	int64_t show = 7, ref = 7;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++)
		assert_false(reference_read(span_of(wrong[i]), &show, &ref));
	assert_false(reference_read((struct span){ "2222\0" "2222", 9 }, &show, &ref));
	assert_int_equal(show, 7);
	assert_int_equal(ref, 7);
}

static void
numbers_beyond_the_range_have_none(void **state)
{
	(void)state;
	assert_string_equal(reference_print(REFERENCE_RANGE, 1).text, "");
	assert_string_equal(reference_print(1, -1).text, "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_printed_reads_back),
		cmocka_unit_test(people_may_write_it_small_and_in_groups),
		cmocka_unit_test(every_single_slip_is_noticed),
		cmocka_unit_test(two_exchanged_characters_are_noticed),
		cmocka_unit_test(what_is_no_reference_is_refused),
		cmocka_unit_test(numbers_beyond_the_range_have_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
