/* mail.h - the sink that writes to buyers: an event becomes a letter (letters.h), a message (message.h), and leaves (post.h). */
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
