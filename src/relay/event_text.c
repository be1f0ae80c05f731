/* event_text.c - see event_text.h. */
#include "base/base.h"

#include "base/clock.h"
#include "domain/outbox.h"
#include "relay/event_text.h"

struct span
event_id(struct arena *a, const struct delivery *d)
{
	return arena_fmt(a, "%" PRId64 "-%" PRId64, d->show, d->event);
}

/* "2026-11-25 14:00:00.123" is "2026-11-25T14:00:00.123Z" to the world. */
static void
time_print(struct buf *b, struct arena *a, int64_t ms)
{
	struct span day, time;
	struct buf text;

	buf_init(&text, a, 64);
	sql_time_print(&text, ms);
	time = buf_view(&text);
	day = span_cut(&time, ' ');
	buf_fmt(b, PRSPAN "T" PRSPAN "Z", ARGSPAN(day), ARGSPAN(time));
}

struct span
event_text(struct arena *a, const struct delivery *d)
{
	const struct event_type *type = event_type_of(d->type);
	struct buf b;

	if (!type) {
		BUG("event " PRSPAN " has no type in the table", ARGSPAN(d->type));
		return SPAN_NONE;
	}
	buf_init(&b, a, EVENT_TEXT_MAX);
	buf_fmt(&b, "{\"id\":\"" PRSPAN "\",\"type\":\"%s\",\"version\":%d,\"show\":%" PRId64 ",\"subject\":%" PRId64
	    ",\"subject_kind\":\"%s\",\"at\":\"", ARGSPAN(event_id(a, d)), type->type, EVENT_VERSION, d->show, d->subject, type->subject);
	time_print(&b, a, d->at_ms);
	buf_text(&b, "\",\"data\":");
	buf_span(&b, d->payload);
	buf_byte(&b, '}');
	return buf_view(&b);
}
