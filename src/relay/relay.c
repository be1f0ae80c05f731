/* relay.c - see relay.h. What the database must hold for this to be right is in domain/deliveries.c. */
#include "base/base.h"

#include "base/backoff.h"
#include "base/clock.h"
#include "base/fault.h"
#include "base/program.h"
#include "relay/relay.h"

#define BATCHES_MOST 20			/* of one unit, before the next one's turn */
#define PAUSE_MOST_MS ((int64_t)3600000)	/* before a message is tried again */
#define DOWN_MOST_MS 60000		/* before a sink is, or the message at which it was found down */

bool
relay_start(struct relay *r, sink_start *const *list, size_t n, struct arena *kept, const struct settings *s)
{
	r->n = 0;
	for (size_t i = 0; i < n && r->n < SINKS_MOST; i++) {
		struct sink *sink = &r->sinks[r->n];
		int wanted;

		*sink = (struct sink){ .name = NULL };
		wanted = list[i](sink, kept, s, r->db);
		if (wanted < 0)
			return false;
		r->n += wanted > 0;
	}
	if (!r->n)
		log_error("relay.start", "error=\"the settings name no sink\"");
	return r->n > 0;
}

/* Longer each time, up to `most`. */
static int64_t
pause_of(const struct sink *s, int64_t tries, int64_t most)
{
	int doublings = 0;

	while (doublings < 16 && s->pause_ms << (doublings + 1) <= most)
		doublings++;
	return backoff_ms(s->pause_ms, tries, doublings);
}

/* Notes what a sink has answered. False: it is down. */
static bool
note(struct relay *r, struct sink *s, struct sink_health *h, const struct delivery *list, size_t n, const struct sink_report *report)
{
	size_t taken = report->answer == SINK_TAKEN || report->taken > n ? n : report->taken;
	const struct delivery *d = taken < n ? &list[taken] : NULL;

	if (report->answer != SINK_TAKEN && !d)
		BUG("sink=%s answers %d about an event that it was not given", s->name, (int)report->answer);
	deliveries_sent(r->db, r->arena, s->name, list, taken);
	if (d && report->answer == SINK_DOWN) {
		/* It may be this message's own doing, however the sink calls it: the next try is another one's. */
		delivery_later(r->db, s->name, d, report->why, pause_of(s, d->tries, DOWN_MOST_MS));
		sink_fell(r->db, s->name, h, report->why, pause_of(s, h->tries, DOWN_MOST_MS));
		return false;
	}
	if (h->down)
		sink_rose(r->db, s->name);
	*h = (struct sink_health){ .down = false };
	if (d && report->answer == SINK_NEEDLESS)
		delivery_needless(r->db, s->name, d, report->why);
	else if (d && report->answer == SINK_REFUSED)
		delivery_refused(r->db, s->name, d, report->why, s->refusals, pause_of(s, d->tries, PAUSE_MOST_MS));
	else if (d)
		delivery_later(r->db, s->name, d, report->why, pause_of(s, d->tries, PAUSE_MOST_MS));
	return true;
}

enum turn {
	TURN_DONE,			/* nothing of this show is left that could go now */
	TURN_MORE,
	TURN_REST,			/* the sink wants to leave this show alone for a moment */
	TURN_DOWN,			/* the sink is */
};

/* One batch of a unit, whose lease is ours. */
static enum turn
deliver_some(struct relay *r, struct sink *s, struct sink_health *h, int64_t show, int64_t *until_ms)
{
	struct sink_report report;
	struct delivery *list;
	size_t n;

	arena_reset(r->arena);
	n = deliveries_due(r->db, r->arena, s->name, show, s->order == SINK_BY_SUBJECT, s->most, &list, until_ms);
	if (n == 0 || db_failed(r->db))
		return TURN_DONE;
	FAULT_DB(r->db, "relay.listed");
	report = s->deliver(s, r->arena, list, n);
	r->tried = true;
	FAULT_DB(r->db, "relay.delivered");
	if (!note(r, s, h, list, n, &report))
		return TURN_DOWN;
	FAULT_DB(r->db, "relay.noted");
	return TURN_MORE;
}

/* Whether it does; *again_ms then is no later than the end of that. */
static bool
rests(const struct sink *s, int64_t show, int64_t *again_ms)
{
	int64_t ms = s->rest_ms ? s->rest_ms(s, show) : 0;

	if (ms > 0 && ms < *again_ms)
		*again_ms = ms;
	return ms > 0;
}

static enum turn
deliver_unit(struct relay *r, struct sink *s, struct sink_health *h, int64_t show, int64_t *again_ms)
{
	enum turn turn = TURN_MORE;
	int64_t until_ms = 0;

	if (rests(s, show, again_ms))
		return TURN_REST;
	for (int i = 0; i < BATCHES_MOST && turn == TURN_MORE && !program_stopping; i++) {
		if (i > 0 && rests(s, show, again_ms)) {
			turn = TURN_REST;
			break;
		}
		if (!lease_take(r->db, s->name, show, r->holder))
			return TURN_DONE;
		FAULT_DB(r->db, "relay.leased");
		turn = deliver_some(r, s, h, show, &until_ms);
		if (db_failed(r->db))
			turn = TURN_DONE;
	}
	if (db_failed(r->db))
		db_clear(r->db);	/* what was not noted is delivered again; the lease need not last until then */
	lease_end(r->db, s->name, show, r->holder, until_ms);
	FAULT_DB(r->db, "relay.ended");
	return turn;
}

/* A sink that is down is tried only where there is something to try it with. */
static void
deliver_all(struct relay *r, struct sink *s, int64_t *again_ms)
{
	int64_t shows[DELIVERY_SHOWS];
	size_t n = deliveries_shows(r->db, s->name, -1, shows);
	struct sink_health h;

	if (n == 0 || !sink_open(r->db, s->name, &h))
		return;
	r->tried = false;
	while (n > 0) {
		int64_t last = shows[n - 1];

		for (size_t i = 0; i < n && !program_stopping && !db_failed(r->db); i++) {
			enum turn turn = deliver_unit(r, s, &h, shows[i], again_ms);

			if (turn == TURN_DOWN)
				return;
			if (turn == TURN_MORE)
				*again_ms = 0;
		}
		n = n == DELIVERY_SHOWS && !program_stopping ? deliveries_shows(r->db, s->name, last, shows) : 0;
	}
	if (h.down && !r->tried)
		sink_untried(r->db, s->name);
}

static void
begin(struct relay *r)
{
	arena_reset(r->arena);
	db_arena(r->db, r->arena);
	db_clear(r->db);
}

int64_t
relay_find(struct relay *r)
{
	struct sink_wants own[SINKS_MOST], *all;
	int64_t found = 0;
	bool more;

	for (size_t i = 0; i < r->n; i++)
		own[i] = (struct sink_wants){ r->sinks[i].name, r->sinks[i].types, r->sinks[i].n_types };
	do {
		size_t n;

		begin(r);
		if (!r->said_ms || clock_steady() - r->said_ms >= WANTS_SAY_MS) {
			wants_say(r->db, r->arena, own, r->n);
			r->said_ms = db_failed(r->db) ? 0 : clock_steady();
		}
		n = wants_all(r->db, r->arena, own, r->n, &all);
		if (db_failed(r->db))		/* and so nothing is found for some only */
			return found;
		found += events_find(r->db, r->arena, all, n, &more);
	} while (more && !program_stopping);
	return found;
}

bool
relay_deliver(struct relay *r, size_t sink, int64_t *again_ms)
{
	begin(r);
	if (r->sinks[sink].tend) {
		r->sinks[sink].tend(&r->sinks[sink], r->arena);
		begin(r);
	}
	*again_ms = RELAY_IDLE;
	deliver_all(r, &r->sinks[sink], again_ms);
	return db_failed(r->db) == DB_FINE;
}

void
relay_archive(struct relay *r, int64_t days, bool *more)
{
	begin(r);
	*more = events_archive(r->db, r->arena, days);
}
