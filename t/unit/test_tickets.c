/* test_tickets.c - the text of a QR code: a door believes exactly what we signed, and nothing else. */
#include "base/base.h"

#include <setjmp.h>

#include <cmocka.h>

#include "domain/tickets.h"

struct press {
	struct arena *arena;
	struct signing_key key, other;
};

static int
open_press(void **state)
{
	struct press *f = calloc(1, sizeof(*f));
	struct key seed;

	crypto_start();
	f->arena = arena_new(MiB);
	assert_true(key_from_text(SPAN("the seed of the key that signs tickets"), &seed));
	signing_key_make(&f->key, &seed);
	assert_true(key_from_text(SPAN("the seed of some other house's own key"), &seed));
	signing_key_make(&f->other, &seed);
	*state = f;
	return 0;
}

static int
close_press(void **state)
{
	struct press *f = *state;

	arena_free(f->arena);
	free(f);
	return 0;
}

static const struct ticket_code sample = { .key_id = 1, .show = 4711, .seat = 98765, .serial = 0x1a2b3c4d5e };

static void
a_ticket_says_what_was_signed(void **state)
{
	struct press *f = *state;
	struct span text = ticket_print(f->arena, &f->key, &sample);
	struct ticket_code read;

	assert_true(span_starts(text, "F1.1.4711.98765.1a2b3c4d5e."));
	assert_true(ticket_read(f->key.public, text, &read));
	assert_int_equal(read.key_id, 1);
	assert_int_equal(read.show, 4711);
	assert_int_equal(read.seat, 98765);
	assert_int_equal(read.serial, 0x1a2b3c4d5e);
}

static void
the_largest_ticket_fits(void **state)
{
	struct press *f = *state;
	struct ticket_code t = { .key_id = 99, .show = 923520, .seat = 999999999, .serial = 0xffffffffff };
	struct span text = ticket_print(f->arena, &f->key, &t);
	struct ticket_code read;

	assert_in_range(text.n, 100, TICKET_TEXT_MAX);
	assert_true(ticket_read(f->key.public, text, &read));
	assert_int_equal(read.serial, t.serial);
}

static void
no_byte_can_be_changed(void **state)
{
	struct press *f = *state;
	struct span text = ticket_print(f->arena, &f->key, &sample);
	struct ticket_code read;

	for (size_t i = 0; i < text.n; i++) {
		struct span copy = arena_copy(f->arena, text);

		((char *)copy.p)[i] ^= 1;
		assert_false(ticket_read(f->key.public, copy, &read));
	}
}

static void
another_keys_ticket_is_none(void **state)
{
	struct press *f = *state;
	struct ticket_code read;

	assert_false(ticket_read(f->other.public, ticket_print(f->arena, &f->key, &sample), &read));
}

static void
what_is_cut_or_longer_is_none(void **state)
{
	struct press *f = *state;
	struct span text = ticket_print(f->arena, &f->key, &sample);
	struct ticket_code read;

	for (size_t n = 0; n < text.n; n++)
		assert_false(ticket_read(f->key.public, (struct span){ text.p, n }, &read));
	assert_false(ticket_read(f->key.public, arena_fmt(f->arena, PRSPAN "A", ARGSPAN(text)), &read));
}

static void
something_else_that_we_signed_is_none(void **state)
{
	static const char *const texts[] = { "F2.1.4711.98765.1a", "F1.1.4711.98765", "F1.1.4711.98765.1A", "F1.1.0.98765.1a", "hello",
		"F1.1.4711.98765.1a2b3c4d5e6f", "F1.1.-4.98765.1a" };
	struct press *f = *state;

	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		unsigned char signature[SIGNATURE_BYTES];
		struct ticket_code read;
		struct buf b;

		sign(&f->key, span_of(texts[i]), signature);
		buf_init(&b, f->arena, 200);
		buf_fmt(&b, "%s.", texts[i]);
		base64url_print(&b, signature, sizeof(signature));
		assert_false(ticket_read(f->key.public, buf_view(&b), &read));
	}
}

static void
serials_have_forty_bits_and_differ(void **state)
{
	int64_t a = ticket_serial_new(), b = ticket_serial_new();

	(void)state;
	assert_in_range(a, 0, 0xffffffffff);
	assert_int_not_equal(a, b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_ticket_says_what_was_signed),
		cmocka_unit_test(the_largest_ticket_fits),
		cmocka_unit_test(no_byte_can_be_changed),
		cmocka_unit_test(another_keys_ticket_is_none),
		cmocka_unit_test(what_is_cut_or_longer_is_none),
		cmocka_unit_test(something_else_that_we_signed_is_none),
		cmocka_unit_test(serials_have_forty_bits_and_differ),
	};

	return cmocka_run_group_tests(tests, open_press, close_press);
}
