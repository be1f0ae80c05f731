/*
 * event_schema.h - an event as it goes out, held against its schema in static/events/. Of JSON Schema it knows what those files use, and
 * finds fault with any other word in them; a member that the schema does not name is a fault too, though a reader is to bear it.
 */
#ifndef FOYER_T_EVENT_SCHEMA_H
#define FOYER_T_EVENT_SCHEMA_H

#include "base/base.h"

/* "static/events/seat-held.v1.json", in the source. */
const char *event_schema_file(struct arena *, const char *type, int version);
/* A row of the outbox as the relay sends it (relay/event_text.h). */
struct span event_as_sent(struct arena *, int64_t show, int64_t event, struct span type, int64_t subject, struct span payload);
/* What is wrong with the text; empty: nothing. */
struct span event_schema_fault(struct arena *, const char *file, struct span text);

#endif
