/*
 * message.h - a mail as it goes over the wire (RFC 5322, 2045, 2047): plain text in UTF-8, quoted-printable, lines ended by CRLF. The
 * same bytes for the same event, whenever they are made, so that a second one is known as such.
 */
#ifndef FOYER_RELAY_MESSAGE_H
#define FOYER_RELAY_MESSAGE_H

#define MESSAGE_MAX (256 * KiB)

struct message {
	struct span house;		/* name beside the sender's address */
	struct span from, to;
	struct span reply_to;		/* left out where it is no address */
	struct span text;		/* UTF-8: "Subject: …", an empty line, and the body */
	struct span id;			/* letters, digits, . - and one @ */
	int64_t at_ms;
};

/* False where `from` or `to` is no address that mail can go to, or the text has no subject: nothing may be sent then. */
bool message_print(struct buf *, const struct message *);

#endif
