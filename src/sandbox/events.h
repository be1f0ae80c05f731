/* events.h - what the merchant is told: an event for each change, kept with every attempt to deliver it. */
#ifndef FOYER_SANDBOX_EVENTS_H
#define FOYER_SANDBOX_EVENTS_H

#include "sandbox/sandbox.h"

/* A full event object about `object` as it is now (copied). cause_id empty: no API call caused it. New reference. */
json_t *event_new(const char *type, const json_t *object, struct span cause_id, struct span cause_key);
/* Records the event and has it sent. The cause is the API call being answered, if one is. */
void event_tell(struct sandbox *, const char *type, const json_t *object);
void event_tried(struct sandbox *, json_t *record, long status, const char *trick);	/* an attempt ended; 0: no answer */
bool event_wanted(const json_t *record);	/* still to be delivered */

#endif
