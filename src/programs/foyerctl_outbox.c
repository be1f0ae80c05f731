/* foyerctl_outbox.c - what an operator sees of events on their way out, and decides: again now, or never. */
#include "base/base.h"

#include "base/clock.h"
#include "base/wake.h"
#include "domain/deliveries.h"
#include "programs/foyerctl.h"

#define TROUBLES_MOST 500
#define WORDS_MOST 200

static int
failed(void)
{
	fputs("foyerctl: the database could not be read; the log above says why\n", stderr);
	return IMPOSSIBLE;
}

static void
print_sink(struct buf *b, const struct sink_sums *s, int64_t now)
{
	buf_fmt(b, PRSPAN "\t%" PRId64 "\t%" PRId64 "\t%" PRId64, ARGSPAN(s->sink), s->waiting, s->dead,
	    s->oldest_ms ? (now - s->oldest_ms) / 1000 : 0);
	if (s->down_since_ms)
		buf_fmt(b, "\tdown for %" PRId64 " s: " PRSPAN, (now - s->down_since_ms) / 1000, ARGSPAN(s->error));
	else
		buf_text(b, "\twell");
	buf_byte(b, '\n');
}

static void
print_trouble(struct buf *b, const struct sink_sums *s, const struct trouble *t, int64_t now)
{
	int64_t wait = t->due_ms > now ? (t->due_ms - now) / 1000 : 0;

	buf_fmt(b, "%" PRId64 "-%" PRId64 "\t" PRSPAN "\t" PRSPAN "\t" PRSPAN "\t%" PRId64 "\t%" PRId64 "\t", t->show, t->event,
	    ARGSPAN(s->sink), ARGSPAN(t->type), ARGSPAN(t->state), t->tries, t->refusals);
	if (span_is(t->state, "waiting"))
		buf_fmt(b, "%" PRId64 " s", wait);
	else
		buf_text(b, "never");
	buf_fmt(b, "\t" PRSPAN "\n", ARGSPAN(t->error));
}

static int
show(struct call *c)
{
	struct sink_sums *sinks;
	struct trouble *list;
	int64_t unfound, now = clock_now(), dead = 0;
	size_t n, n_troubles;
	struct buf b;

	if (!sinks_read(c->db, c->arena, &sinks, &n, &unfound))
		return failed();
	buf_init(&b, c->arena, 4 * MiB);
	buf_text(&b, "sink\twaiting\tdead\toldest, s\tstate\n");
	for (size_t i = 0; i < n; i++) {
		print_sink(&b, &sinks[i], now);
		dead += sinks[i].dead;
	}
	buf_text(&b, "\nevent\tsink\ttype\tstate\ttries\trefusals\tagain in\twhy\n");
	for (size_t i = 0; i < n; i++) {
		if (!troubles_read(c->db, c->arena, CSTR(c->arena, sinks[i].sink), TROUBLES_MOST, &list, &n_troubles))
			return failed();
		for (size_t k = 0; k < n_troubles; k++)
			print_trouble(&b, &sinks[i], &list[k], now);
	}
	buf_fmt(&b, "\n%" PRId64 " events that no relay has come to yet, %" PRId64 " dead letters\n", unfound, dead);
	return ctl_print(&b) != DONE ? IMPOSSIBLE : dead ? NO : DONE;
}

/* "12-345": two numbers. */
static bool
read_event(const char *text, int64_t *show_id, int64_t *event)
{
	struct span rest = span_of(text), first = span_cut(&rest, '-');

	return span_int(first, 0, INT64_MAX, show_id) && span_int(rest, 1, INT64_MAX, event);
}

static int
ended(struct call *c, int64_t n, const char *what)
{
	if (db_failed(c->db) != DB_FINE)
		return failed();
	wake_all(wake_new(c->arena, c->settings->run_dir, "relay"));
	printf("%" PRId64 " %s\n", n, what);
	return n ? DONE : NO;
}

static int
retry(struct call *c)
{
	const char *sink = c->args[2];
	int64_t show_id, event, done = 0;
	struct trouble *list;
	size_t n;

	if (strcmp(c->args[1], "all") != 0) {
		if (!read_event(c->args[1], &show_id, &event))
			return ctl_usage("outbox retry takes an event, as the list shows it, or all, and a sink");
		done = delivery_retry(c->db, sink, show_id, event);
		return ended(c, done, "will be tried again now");
	}
	do {		/* the list ends: whatever is in it once is no trouble any more */
		if (!troubles_read(c->db, c->arena, sink, TROUBLES_MOST, &list, &n))
			return failed();
		for (size_t i = 0; i < n; i++)
			done += delivery_retry(c->db, sink, list[i].show, list[i].event);
	} while (n && db_failed(c->db) == DB_FINE);
	return ended(c, done, "will be tried again now");
}

static int
drop(struct call *c)
{
	struct span reason = span_trim(span_of(c->args[3]));
	int64_t show_id, event;

	if (!reason.n || reason.n > WORDS_MOST || !read_event(c->args[1], &show_id, &event))
		return ctl_usage("outbox drop takes an event, as the list shows it, a sink, and words that say why");
	return ended(c, delivery_drop(c->db, c->args[2], show_id, event, reason), "will never be tried again");
}

int
ctl_outbox(struct call *c)
{
	if (c->n_args == 0)
		return show(c);
	if (c->n_args == 3 && strcmp(c->args[0], "retry") == 0)
		return retry(c);
	if (c->n_args == 4 && strcmp(c->args[0], "drop") == 0)
		return drop(c);
	return ctl_usage("outbox takes nothing, retry EVENT|all SINK, or drop EVENT SINK WORDS");
}
