/* events.h - what the merchant is told: an event for each change, kept with every attempt to deliver it. */
#ifndef FOYER_SANDBOX_EVENTS_H
#define FOYER_SANDBOX_EVENTS_H

#include "sandbox/provider.h"

/* Records all events that the provider tells of this happening and has them sent, with whatever trick is ordered. */
void event_tell(struct sandbox *, enum happening, const struct about *);
/* One event of any type. NULL: it cannot be told of these records; else its record. */
json_t *event_tell_type(struct sandbox *, const char *type, const struct about *);
/* "It was paid", though it was not: signed with another secret, sent once, not recorded. */
void event_forge(struct sandbox *, const json_t *payment);

void event_tried(struct sandbox *, json_t *record, long status, const char *trick);	/* an attempt ended; 0: no answer */
bool event_wanted(const json_t *record);	/* still to be delivered */

#endif
