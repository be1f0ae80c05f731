/*
 * message.h - a mail as it goes over the wire, composed by GMime: a head in ASCII (RFC 5322, 2047), lines ended by CRLF, and in it what
 * there is of
 *
 *	multipart/mixed
 *		multipart/related
 *			multipart/alternative		text, HTML: quoted-printable
 *			what the HTML shows (cid:…)	base64
 *		what is attached			base64
 *
 * The same bytes for the same message, whenever they are made, so that a second one is known as such.
 */
#ifndef FOYER_RELAY_MESSAGE_H
#define FOYER_RELAY_MESSAGE_H

#define MESSAGE_MAX (2 * MiB)

struct message_part {
	struct span type;		/* "image/png", "text/calendar; charset=utf-8" */
	struct span name;		/* of the file: ASCII without quotes */
	struct span id;			/* of what the HTML shows, as its cid: says it; else empty */
	struct span bytes;
};

struct message {
	struct span house;		/* name beside the sender's address */
	struct span from, to;
	struct span reply_to;		/* left out where it is no address */
	struct span text;		/* UTF-8: "Subject: …", an empty line, and the body */
	struct span html;		/* empty: there is only text */
	const struct message_part *shown, *attached;
	size_t n_shown, n_attached;
	struct span id;			/* letters, digits, . - and one @ */
	int64_t at_ms;
};

/* False where `from` or `to` is no address that mail can go to, the text has no subject, or there is no room: nothing may be sent then. */
bool message_print(struct buf *, const struct message *);

#endif
