/*
 * reference.c - the nine characters that a booking is called by on the telephone. No look-alikes (0 O 1 I L). With weights 1 to 9 the
 * sum is 0 modulo 31, a prime above them all, so one wrong character and any two exchanged ones are always noticed (as in ISBN-10).
 */
#include "base/base.h"

#include "base/money.h"
#include "domain/bookings.h"

#define BASE 31
#define CHARS 9

static const char letters[BASE + 1] = "23456789ABCDEFGHJKMNPQRSTUVWXYZ";

static int
value_of(char c)
{
	const char *at;

	if (c >= 'a' && c <= 'z')
		c = (char)(c - 'a' + 'A');
	at = c ? strchr(letters, c) : NULL;
	return at ? (int)(at - letters) : -1;
}

static void
spread(int64_t v, int digits[4])
{
	for (int i = 3; i >= 0; i--, v /= BASE)
		digits[i] = (int)(v % BASE);
}

static int
weighted(const int *digits, int n)
{
	int sum = 0;

	for (int i = 0; i < n; i++)
		sum += (i + 1) * digits[i];
	return sum % BASE;
}

/* The ninth digit d with (sum of eight + 9 d) = 0 modulo 31; 7 is 9's inverse there. */
static int
check_digit(const int *digits)
{
	return (BASE - weighted(digits, CHARS - 1)) * 7 % BASE;
}

struct reference
reference_print(int64_t show, int64_t ref)
{
	struct reference r = { "" };
	int digits[CHARS];

	if (show < 0 || show >= REFERENCE_RANGE || ref < 0 || ref >= REFERENCE_RANGE) {
		BUG("no reference for show=%" PRId64 " ref=%" PRId64, show, ref);
		return r;
	}
	spread(show, digits);
	spread(ref, digits + 4);
	digits[CHARS - 1] = check_digit(digits);
	for (int i = 0; i < CHARS; i++)
		r.text[i] = letters[digits[i]];
	return r;
}

struct span
reference_groups(struct arena *a, struct span reference)
{
	struct buf b;

	buf_init(&b, a, 64);
	for (size_t i = 0; i < reference.n; i++) {
		if (i && i % 3 == 0)
			buf_byte(&b, ' ');
		buf_byte(&b, reference.p[i]);
	}
	return buf_view(&b);
}

bool
reference_read(struct span text, int64_t *show, int64_t *ref)
{
	int digits[CHARS], n = 0;

	for (size_t i = 0; i < text.n; i++) {
		int v = value_of(text.p[i]);

		if (text.p[i] == ' ' || text.p[i] == '-')
			continue;
		if (v < 0 || n == CHARS)
			return false;
		digits[n++] = v;
	}
	if (n != CHARS || weighted(digits, CHARS) != 0)
		return false;
	*show = *ref = 0;
	for (int i = 0; i < 4; i++) {
		*show = *show * BASE + digits[i];
		*ref = *ref * BASE + digits[i + 4];
	}
	return true;
}
