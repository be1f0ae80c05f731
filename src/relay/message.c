/* message.c - see message.h. Of a value only printable ASCII gets into the head unencoded, and in a name not even all of that. */
#include "base/base.h"

#include "base/clock.h"
#include "domain/email.h"
#include "relay/message.h"

#define LINE_MAX_COLUMNS 76
#define SUBJECT "Subject: "
#define MARKS "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"	/* fine in a subject; beside an address they mean something */

static const char hex[] = "0123456789ABCDEF";

static bool
is_letter_or_digit(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/* May stand as it is: one line of letters, digits, blanks and these marks that nobody takes for an encoded word. */
static bool
is_simple(struct span s, const char *marks)
{
	for (size_t i = 0; i < s.n; i++)
		if (!is_letter_or_digit(s.p[i]) && s.p[i] != ' ' && (!s.p[i] || !strchr(marks, s.p[i])))
			return false;
	return s.n <= LINE_MAX_COLUMNS - sizeof(SUBJECT) && !memmem(s.p, s.n, "=?", 2);
}

/* Bytes of the character that s begins with: an encoded word may not end within one (RFC 2047, 5). */
static size_t
character(struct span s)
{
	size_t n = 1;

	while (n < s.n && n < 4 && ((unsigned char)s.p[n] & 0xc0) == 0x80)
		n++;
	return n;
}

static void
byte_print(struct buf *b, unsigned char c)
{
	buf_byte(b, '=');
	buf_byte(b, hex[c >> 4]);
	buf_byte(b, hex[c & 15]);
}

/* Words of "=?UTF-8?Q?…?=", each on a line of its own; column: how much of the first line is taken. */
static void
words_print(struct buf *b, size_t column, struct span s, const char *marks)
{
	static const char begin[] = "=?UTF-8?Q?", end[] = "?=";

	if (is_simple(s, marks)) {
		buf_span(b, s);
		return;
	}
	buf_text(b, begin);
	column += sizeof(begin) - 1;
	while (s.n) {
		size_t n = character(s);
		bool plain = n == 1 && is_letter_or_digit(s.p[0]), blank = s.p[0] == ' ';

		if (column + (plain || blank ? 1 : 3 * n) + sizeof(end) - 1 > LINE_MAX_COLUMNS) {
			buf_fmt(b, "%s\r\n %s", end, begin);
			column = sizeof(begin);
		}
		column += plain || blank ? 1 : 3 * n;
		for (size_t i = 0; i < n; i++)
			if (plain || blank)
				buf_byte(b, blank ? '_' : s.p[0]);
			else
				byte_print(b, (unsigned char)s.p[i]);
		s = (struct span){ s.p + n, s.n - n };
	}
	buf_text(b, end);
}

/* RFC 2045, 6.7. A dot at the beginning is encoded too, so that no SMTP client can get it wrong. */
static void
body_print(struct buf *b, struct span s)
{
	size_t column = 0;

	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		bool last = i + 1 == s.n || s.p[i + 1] == '\n';

		if (c == '\n') {
			BUF_LIT(b, "\r\n");
			column = 0;
			continue;
		}
		if (column > LINE_MAX_COLUMNS - 4) {
			BUF_LIT(b, "=\r\n");
			column = 0;
		}
		if (c < ' ' || c > '~' || c == '=' || (c == ' ' && last) || (c == '.' && column == 0)) {
			byte_print(b, (unsigned char)c);
			column += 3;
		} else {
			buf_byte(b, c);
			column++;
		}
	}
}

/* "Sat, 21 Nov 2026 19:30:00 +0000": the zone's name that HTTP wants is obsolete in mail. */
static void
date_print(struct buf *b, int64_t ms)
{
	size_t from = b->n;

	http_date_print(b, ms);
	if (b->n - from > 3)
		buf_cut(b, b->n - 3);
	BUF_LIT(b, "+0000");
}

bool
message_print(struct buf *b, const struct message *m)
{
	struct span text = m->text, subject = span_cut(&text, '\n');

	if (!email_plausible(m->from) || !email_plausible(m->to) || !span_starts(subject, SUBJECT))
		return false;
	subject = (struct span){ subject.p + strlen(SUBJECT), subject.n - strlen(SUBJECT) };
	span_cut(&text, '\n');
	BUF_LIT(b, "From: ");
	words_print(b, strlen("From: "), m->house, "");
	buf_fmt(b, "\r\n <" PRSPAN ">\r\nTo: " PRSPAN "\r\n", ARGSPAN(m->from), ARGSPAN(m->to));
	if (email_plausible(m->reply_to))
		buf_fmt(b, "Reply-To: " PRSPAN "\r\n", ARGSPAN(m->reply_to));
	BUF_LIT(b, SUBJECT);
	words_print(b, strlen(SUBJECT), subject, MARKS);
	BUF_LIT(b, "\r\nDate: ");
	date_print(b, m->at_ms);
	buf_fmt(b, "\r\nMessage-ID: <" PRSPAN ">\r\n", ARGSPAN(m->id));
	BUF_LIT(b, "Auto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n"
	    "Content-Transfer-Encoding: quoted-printable\r\n\r\n");
	body_print(b, text);
	return !b->failed;
}
