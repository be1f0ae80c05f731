/* mail.h - the sink that writes to buyers: an event becomes a letter (letters.h), a message (message.h), and leaves (post.h). */
#ifndef FOYER_RELAY_MAIL_H
#define FOYER_RELAY_MAIL_H

#include "base/crypto.h"
#include "base/settings.h"
#include "db/db.h"
#include "domain/deliveries.h"

struct mail {
	const struct settings *settings;
	struct db *db;
	struct arena *arena;		/* of one batch */
	struct key token_key;		/* of the links */
};

/* False, with the reason logged: the settings name no way out, or no sender. */
bool mail_start(struct mail *, const struct settings *, struct db *, struct arena *);
void mail_find(struct mail *, int64_t seconds);		/* as deliveries_find */
size_t mail_due(struct mail *, size_t most, struct delivery **list);
/* Whatever comes of it is noted. False: the way out is shut for now, so the next one need not be tried at once. */
bool mail_deliver(struct mail *, const struct delivery *);

#endif
