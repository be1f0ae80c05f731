/*
 * tickets.c - the text of a QR code: "F1.key.show.seat.serial.signature". The signature stands over everything before it, so a door
 * needs the public key only, and a text that was written in any other way is no ticket.
 */
#include "base/base.h"

#include "domain/tickets.h"

#define HEAD "F1."
#define SIGNATURE_CHARS 86	/* 64 bytes in base64url without padding */
#define SERIAL_BITS 40

struct span
ticket_print(struct arena *a, const struct signing_key *key, const struct ticket_code *t)
{
	unsigned char signature[SIGNATURE_BYTES];
	struct buf b;

	buf_init(&b, a, TICKET_TEXT_MAX);
	buf_fmt(&b, HEAD "%d.%" PRId64 ".%" PRId64 ".%" PRIx64, t->key_id, t->show, t->seat, t->serial);
	sign(key, buf_view(&b), signature);
	buf_byte(&b, '.');
	base64url_print(&b, signature, sizeof(signature));
	if (b.failed)
		BUG("ticket of show=%" PRId64 " seat=%" PRId64 " is too long", t->show, t->seat);
	return buf_view(&b);
}

static bool
hex_read(struct span s, int64_t *out)
{
	static const char digits[] = "0123456789abcdef";
	int64_t v = 0;

	if (s.n == 0 || s.n > SERIAL_BITS / 4)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		const char *at = memchr(digits, s.p[i], 16);

		if (!at)
			return false;
		v = v << 4 | (at - digits);
	}
	*out = v;
	return true;
}

bool
ticket_read(const unsigned char public[32], struct span text, struct ticket_code *t)
{
	unsigned char signature[SIGNATURE_BYTES];
	struct span signed_part, rest;
	int64_t key_id;

	if (text.n > TICKET_TEXT_MAX || text.n < SIGNATURE_CHARS + 1 || text.p[text.n - SIGNATURE_CHARS - 1] != '.')
		return false;
	signed_part = (struct span){ text.p, text.n - SIGNATURE_CHARS - 1 };
	rest = (struct span){ text.p + signed_part.n + 1, SIGNATURE_CHARS };
	if (!base64url_read(rest, signature, sizeof(signature)) || !signature_holds(public, signed_part, signature) ||
	    !span_starts(signed_part, HEAD))
		return false;
	rest = (struct span){ signed_part.p + strlen(HEAD), signed_part.n - strlen(HEAD) };
	if (!span_int(span_cut(&rest, '.'), 0, 99, &key_id) || !span_int(span_cut(&rest, '.'), 1, INT64_MAX, &t->show) ||
	    !span_int(span_cut(&rest, '.'), 1, INT64_MAX, &t->seat) || !hex_read(rest, &t->serial))
		return false;
	t->key_id = (int)key_id;
	return true;
}

int64_t
ticket_serial_new(void)
{
	unsigned char bytes[SERIAL_BITS / 8];
	int64_t serial = 0;

	random_bytes(bytes, sizeof(bytes));
	for (size_t i = 0; i < sizeof(bytes); i++)
		serial = serial << 8 | bytes[i];
	return serial;
}
