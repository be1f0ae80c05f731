/*
 * brief.h - what can be said in a few words about an event, to whoever asked for texts or push messages: how things stand now, not when
 * the event was. The words stand in templates/push/ and templates/sms/.
 */
#ifndef FOYER_RELAY_BRIEF_H
#define FOYER_RELAY_BRIEF_H

#include "base/crypto.h"
#include "domain/catalog.h"
#include "relay/sink.h"

#define BRIEF_CONFIRMED_SECONDS 14400	/* so long after it was paid, nobody need be told in a hurry: there is the letter */

struct briefs {
	const struct settings *settings;
	struct db *db;
	struct key token_key;
};

struct brief {
	bool confirmed;			/* BOOKING_CONFIRMED; else HOLD_ENDING */
	int64_t show, hold, buyer;
	int64_t seconds_left;		/* for which it is worth telling: until the hold's end, or BRIEF_CONFIRMED_SECONDS are over */
	int64_t until_ms;		/* of a hold */
	struct span seat_names;		/* "C7, C8" */
	int64_t seats_n;
	struct span path;		/* of ours: the hold's page, or the tickets */
	struct show at;			/* after brief_show() */
};

extern const char *const brief_types[];
extern const size_t n_brief_types;

/* False, with the reason logged: token_key is none. */
bool briefs_open(struct briefs *, const struct settings *, struct db *);
/* SINK_TAKEN: it is read. SINK_NEEDLESS: there is nothing to tell any more. SINK_LATER, SINK_REFUSED: it cannot be read; *why. */
enum sink_answer brief_read(struct briefs *, struct arena *, const struct delivery *, struct brief *, struct span *why);
enum sink_answer brief_show(struct briefs *, struct arena *, struct brief *, struct span *why);

#endif
