/* activity.c - see activity.h. Seats that come back with a cancelled booking, or by a changed choice, are told of by another event. */
#include "base/base.h"

#include "base/clock.h"
#include "domain/activity.h"
#include "relay/activity.h"

#define EVENTS_MOST 100

static bool
tells_nothing_new(const struct delivery *d)
{
	static const char *const others[] = { "\"reason\":\"cancelled\"", "\"reason\":\"replaced\"" };
	size_t i = 0;

	while (i < ARRAY_LEN(others) && !memmem(d->payload.p, d->payload.n, others[i], strlen(others[i])))
		i++;
	return (i < ARRAY_LEN(others) && span_is(d->type, "SEAT_RELEASED")) || clock_now() - d->at_ms > ACTIVITY_WORTH_MS;
}

static struct sink_report
activity_deliver(struct sink *s, struct arena *a, const struct delivery *list, size_t n)
{
	struct delivery *news = ARENA_ARRAY(a, struct delivery, n);
	struct db *db = s->own;
	size_t n_news = 0;
	enum outcome o = OUTCOME_OK;

	db_arena(db, a);
	for (size_t i = 0; i < n; i++)
		if (!tells_nothing_new(&list[i]))
			news[n_news++] = list[i];
	if (n_news)
		o = activity_add(db, news, n_news);
	if (o != OUTCOME_OK)
		return (struct sink_report){ .answer = SINK_LATER, .why = arena_fmt(a, "it could not be written: %s", outcome_name(o)) };
	return (struct sink_report){ .answer = SINK_TAKEN };
}

int
activity_start(struct sink *s, struct arena *a, const struct settings *settings, struct db *db)
{
	(void)a;
	if (!settings->activity_page)
		return 0;
	*s = (struct sink){ .name = "activity", .types = activity_types, .n_types = n_activity_types, .most = EVENTS_MOST, .order = SINK_BY_SHOW,
		.refusals = 1, .pause_ms = 1000, .deliver = activity_deliver, .own = db };
	return 1;
}
