/* letters.h - what is written to whom because of an event. The words stand in templates/mail/. */
#ifndef FOYER_RELAY_LETTERS_H
#define FOYER_RELAY_LETTERS_H

#include "relay/mail.h"

struct letter {
	struct span to;
	struct span text;		/* "Subject: …", an empty line, and the body */
};

enum letter_end {
	LETTER_WRITTEN,
	LETTER_NONE,			/* there is nothing to say any more: *why */
	LETTER_LATER,			/* what it tells of cannot be read now: *why */
	LETTER_WRONG,			/* what it tells of is not there: *why */
};

extern const char *const letter_types[];	/* the events that make letters */
extern const size_t n_letter_types;

enum letter_end letter_write(struct mail *, const struct delivery *, struct letter *, struct span *why);

#endif
