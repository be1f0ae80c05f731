/*
 * event_text.h - an event as those outside of the house read it, one JSON object:
 *
 *	{"id":"12-345","type":"SEAT_HELD","version":1,"show":12,"subject":77,"subject_kind":"hold","at":"2026-11-25T14:00:00.123Z","data":{…}}
 *
 *   id		the same whenever the same event comes again, and no other event's
 *   version	of what "data" has, for this type; static/events/ has a JSON Schema for each, such as seat-held.v1.json
 *   subject	which hold, booking, payment or refund it tells of (domain/outbox.h); ids have up to 63 bits
 *   at		when, by the database's clock
 */
#ifndef FOYER_RELAY_EVENT_TEXT_H
#define FOYER_RELAY_EVENT_TEXT_H

#include "domain/deliveries.h"

#define EVENT_TEXT_MAX (64 * KiB)

struct span event_id(struct arena *, const struct delivery *);
/* Nothing of a type that is not in the table: that is a BUG, and the text is empty. */
struct span event_text(struct arena *, const struct delivery *);

#endif
