/* foyerctl_show.c - what an operator does to a show that is on sale. */
#include "base/base.h"

#include "base/wake.h"
#include "domain/show_move.h"
#include "programs/foyerctl.h"

static int
not_moved(enum outcome o, const struct show_move *m)
{
	if (o == OUTCOME_NOT_FOUND)
		fputs("foyerctl: there is no such show, or it was never published\n", stderr);
	else if (o == OUTCOME_CLOSED || o == OUTCOME_CHANGED)
		fprintf(stderr, "foyerctl: the show cannot be moved: %s\n", m->no);
	else
		fprintf(stderr, "foyerctl: moving ended as %s; the log above says why. The same again finishes it.\n", outcome_name(o));
	return o == OUTCOME_NOT_FOUND || o == OUTCOME_CLOSED || o == OUTCOME_CHANGED ? NO : IMPOSSIBLE;
}

int
ctl_show(struct call *c)
{
	struct show_move m;
	struct buf b;
	int64_t show;
	enum outcome o;

	if (c->n_args != 4 || strcmp(c->args[0], "move") != 0 || !span_int(span_of(c->args[1]), 1, INT32_MAX, &show))
		return ctl_usage("show takes move, the number of a show, a day and an hour, like 2026-12-01 19:30");
	o = show_move(c->db, c->arena, show, arena_fmt(c->arena, "%s %s", c->args[2], c->args[3]), &m);
	if (o != OUTCOME_OK)
		return not_moved(o, &m);
	wake_all(wake_new(c->arena, c->settings->run_dir, "relay"));
	buf_init(&b, c->arena, KiB);
	buf_fmt(&b, "show %" PRId64 ": from ", show);
	stamp_print(&b, m.from);
	buf_text(&b, " to ");
	stamp_print(&b, m.to);
	buf_fmt(&b, ", and %zu buyers are being told\n", m.told);
	return ctl_print(&b);
}
