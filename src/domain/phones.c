/* phones.c - see phones.h. */
#include "base/base.h"

#include "domain/phones.h"

#define DIGITS_MIN 8		/* the shortest numbers that can be texted, with the country's code */
#define DIGITS_MAX 15		/* E.164 */

STATEMENT(phone_store, SHOW, "", "INSERT INTO buyer_phones (show_id, buyer_id, phone, created_at) VALUES (?, ?, ?, UTC_TIMESTAMP(3)) "
    "ON DUPLICATE KEY UPDATE phone = ?");
STATEMENT(phone_drop, SHOW, "", "DELETE FROM buyer_phones WHERE show_id = ? AND buyer_id = ?");
STATEMENT(phone_find, SHOW, "t", "SELECT phone FROM buyer_phones WHERE show_id = ? AND buyer_id = ?");

/* The country's code is told by "+" or "00"; without it nobody knows where a number is. */
static bool
international(struct span *s)
{
	size_t skip = span_starts(*s, "+") ? 1 : span_starts(*s, "00") ? 2 : 0;

	*s = (struct span){ s->p + skip, s->n - skip };
	return skip > 0;
}

bool
phone_normal(struct arena *a, struct span typed, struct span *phone)
{
	struct span s = span_trim(typed);
	struct buf b;

	buf_init(&b, a, PHONE_TYPED_MAX + 1);
	if (s.n > PHONE_TYPED_MAX || !international(&s))
		return false;
	buf_byte(&b, '+');
	while (s.n) {
		size_t n = 1;

		if (span_starts(s, "(0)"))	/* what is dialled at home only */
			n = 3;
		else if (s.p[0] >= '0' && s.p[0] <= '9')
			buf_byte(&b, s.p[0]);
		else if (!strchr(" -./()", s.p[0]) || !s.p[0])
			return false;
		s = (struct span){ s.p + n, s.n - n };
	}
	*phone = buf_view(&b);
	return phone->n > DIGITS_MIN && phone->n <= DIGITS_MAX + 1 && phone->p[1] != '0';
}

bool
phone_of_countries(const char *countries, struct span phone)
{
	struct span rest = span_of(countries);

	while (rest.n) {
		struct span code = span_cut(&rest, ' ');

		if (code.n && phone.n > code.n && memcmp(phone.p, code.p, code.n) == 0)
			return true;
	}
	return !*countries;
}

enum outcome
phone_keep(struct db *db, int64_t show, int64_t buyer, struct span phone)
{
	if (phone.n)
		db_change(db, &phone_store, show, buyer, phone, phone);
	else
		db_change(db, &phone_drop, show, buyer);
	return outcome_of_reads(db);
}

enum outcome
phone_read(struct db *db, int64_t show, int64_t buyer, struct span *phone)
{
	struct rows *row = db_row(db, &phone_find, show, buyer);

	*phone = row ? row_text(row, 0) : SPAN_NONE;
	return outcome_of_reads(db);
}
