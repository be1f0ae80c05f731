/*
 * mail.h - the sink that writes to buyers: an event becomes a letter (letters.h), a message (message.h), and leaves (post.h).
 *
 * How often. An event's letter leaves at least once. SMTP knows no "did you get this?", so of a send whose answer was lost (a kill, a
 * power cut, a line that breaks between the last dot and the server's 250) nobody can tell. Nothing is noted before it is sent: that
 * would turn this window into a lost ticket. It is sent again instead, under the same Message-ID, <SHOW-EVENT@host of base_url>, and
 * with the event's own date; and as long as what it tells of has not changed, with the same bytes: boundaries, dates and PDF are made
 * of the event and the booking, of no clock and no lot. So a second one is known as such, by mail programs that look, and
 * by people. In all other cases, several relays, restarts, sinks that were down, dead letters that are tried again, it leaves once.
 * In mail_folder, where the file is named after the event, there is never more than one.
 */
#ifndef FOYER_RELAY_MAIL_H
#define FOYER_RELAY_MAIL_H

#include "base/crypto.h"
#include "relay/post.h"

struct mail {
	const struct settings *settings;
	struct db *db;
	struct arena *arena;		/* of the letter at hand */
	struct post_server server;
	struct key token_key;		/* of the links */
	struct signing_key ticket_key;	/* of the codes */
};

sink_start mail_start;

#endif
