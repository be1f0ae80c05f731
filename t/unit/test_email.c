/* test_email.c - which addresses we would write to, and how much of one is shown. */
#include "base/base.h"

#include <setjmp.h>

#include <cmocka.h>

#include "domain/email.h"

static bool
plausible(const char *text)
{
	return email_plausible(span_of(text));
}

static void
addresses_that_people_have_are_taken(void **state)
{
	static const char *const good[] = { "ana@example.org", "a@b.co", "first.last+tickets@mail.example.co.uk", "o'hara@example.org",
		"x_y-z@sub-domain.example", "ANA@EXAMPLE.ORG", "çağla@örnek.example", "用户@例子.example", "1@1.example" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(good); i++)
		if (!plausible(good[i]))
			fail_msg("%s is refused", good[i]);
}

static void
what_cannot_be_an_address_is_refused(void **state)
{
	static const char *const wrong[] = { "", "ana", "@", "ana@", "@example.org", "ana@@example.org", "a@b@example.org",
		"ana@example", "ana@.org", "ana@example.", "ana@example..org", "ana@-example.org", "ana@example-.org", ".ana@example.org",
		"ana.@example.org", "ana @example.org", "ana@exa mple.org", "ana@example.org, bob@example.org", "<ana@example.org>",
		"ana@example.org\r\nBcc: all@example.org", "ana\t@example.org", "ana@exam/ple.org", "ana@[127.0.0.1]", "\"ana\"@example.org" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++)
		if (plausible(wrong[i]))
			fail_msg("%s is taken", wrong[i]);
	assert_false(email_plausible((struct span){ "a\0b@example.org", 15 }));
	assert_false(email_plausible(SPAN("\xff@example.org")));
}

static void
an_address_ends_at_254_bytes(void **state)
{
	char text[300];

	(void)state;
	memset(text, 'a', sizeof(text));
	memcpy(text, "ana@", 4);
	for (size_t i = 60; i < sizeof(text); i += 50)
		text[i] = '.';
	assert_true(email_plausible((struct span){ text, EMAIL_MAX }));
	assert_false(email_plausible((struct span){ text, EMAIL_MAX + 1 }));
}

static void
a_hint_shows_the_first_letter_and_the_domain(void **state)
{
	struct arena *a = arena_new(64 * KiB);

	(void)state;
	assert_true(span_is(email_hint(a, SPAN("ana@example.org")), "a…@example.org"));
	assert_true(span_is(email_hint(a, SPAN("é@example.org")), "é…@example.org"));
	assert_true(span_is(email_hint(a, SPAN("çağla@example.org")), "ç…@example.org"));
	assert_int_equal(email_hint(a, SPAN("")).n, 0);
	arena_free(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses_that_people_have_are_taken),
		cmocka_unit_test(what_cannot_be_an_address_is_refused),
		cmocka_unit_test(an_address_ends_at_254_bytes),
		cmocka_unit_test(a_hint_shows_the_first_letter_and_the_domain),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
