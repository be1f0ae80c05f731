/*
 * foyerctl_report.c - what was sold, for people (a table) and for programs (JSON); the report made anew, and held against the books.
 * Amounts of two currencies are never added: a line is of one.
 */
#include "base/base.h"

#include "base/clock.h"
#include "base/money.h"
#include "domain/json_text.h"
#include "domain/report.h"
#include "domain/report_check.h"
#include "domain/report_figures.h"
#include "programs/foyerctl.h"

#define COLUMNS_MOST 12
#define LABEL_MOST 60
#define OUT_MAX (64 * MiB)

struct wanted {
	struct report_ask ask;
	bool funnel, json;
};

static const char *const by_names[] = { "show", "day", "section", "channel" };

static int
failed(enum outcome o)
{
	fprintf(stderr, "foyerctl: it ended as %s; the log above says why\n", outcome_name(o));
	return IMPOSSIBLE;
}

/* -- a table ------------------------------------------------------------------------------------------------------------------ */

struct table {
	struct arena *arena;
	size_t columns, n;		/* n: cells, row by row, the heading first */
	struct span *cells;
	bool left[COLUMNS_MOST];	/* words; numbers stand at the right */
};

static void
cell(struct table *t, struct span s)
{
	t->cells[t->n++] = arena_copy(t->arena, s);
}

static void
cell_int(struct table *t, int64_t n)
{
	cell(t, arena_fmt(t->arena, "%" PRId64, n));
}

static void
cell_money(struct table *t, int64_t minor, const char *currency)
{
	struct money m = { .minor = minor };
	struct buf b;

	memcpy(m.code, currency, sizeof(m.code));
	buf_init(&b, t->arena, 100);
	money_print(&b, m);
	cell(t, buf_view(&b));
}

static struct table
table_new(struct arena *a, size_t lines, const char *heads)
{
	struct table t = { .arena = a };
	struct span rest = span_of(heads);

	t.cells = ARENA_ARRAY(a, struct span, (lines + 1) * COLUMNS_MOST);
	while (rest.n) {
		struct span head = span_cut(&rest, ',');

		t.left[t.columns++] = span_starts(head, "<");
		cell(&t, span_starts(head, "<") ? (struct span){ head.p + 1, head.n - 1 } : head);
	}
	return t;
}

static void
pad(struct buf *b, size_t n)
{
	while (n--)
		buf_byte(b, ' ');
}

static int
table_print(const struct table *t)
{
	size_t widest[COLUMNS_MOST] = { 0 };
	struct buf b;

	for (size_t i = 0; i < t->n; i++)
		if (span_chars(t->cells[i]) > widest[i % t->columns])
			widest[i % t->columns] = span_chars(t->cells[i]);
	buf_init(&b, t->arena, OUT_MAX);
	for (size_t i = 0; i < t->n; i++) {
		size_t column = i % t->columns, gap = widest[column] - span_chars(t->cells[i]);
		bool last = column + 1 == t->columns;

		if (!t->left[column])
			pad(&b, gap);
		buf_span(&b, t->cells[i]);
		if (t->left[column] && !last)
			pad(&b, gap);
		buf_text(&b, last ? "\n" : "  ");
	}
	return ctl_print(&b);
}

static bool
has_label(enum report_by by)
{
	return by == REPORT_BY_SHOW || by == REPORT_BY_SECTION;
}

/* At most LABEL_MOST letters of it. */
static void
cell_label(struct table *t, struct span label)
{
	size_t n = label.n;

	while (span_chars((struct span){ label.p, n }) > LABEL_MOST)
		n = span_upto(label, n - 1).n;
	cell(t, n < label.n ? arena_fmt(t->arena, PRSPAN "…", (int)n, label.p) : label);
}

static void
cells_key(struct table *t, enum report_by by, struct span key, struct span label)
{
	cell(t, key);
	if (has_label(by))
		cell_label(t, label);
}

/* "37.5 %" */
static void
cell_share(struct table *t, int64_t part, int64_t whole)
{
	int64_t mille = whole ? (part * 1000 + whole / 2) / whole : 0;

	cell(t, whole ? arena_fmt(t->arena, "%" PRId64 ".%" PRId64 " %%", mille / 10, mille % 10) : SPAN("-"));
}

static int
print_lines(struct call *c, const struct wanted *w, const struct report_line *list, size_t n)
{
	static const char *const heads[] = {
		"show,<what,seats,sold,returned,full now,sales,given back,taken,refunded", "<day,sold,returned,sales,given back,taken,refunded",
		"section,<where,sold,returned,sales,given back", "<channel,sold,returned,sales,given back,taken,refunded" };
	struct table t = table_new(c->arena, n, heads[w->ask.by]);

	for (size_t i = 0; i < n; i++) {
		const struct report_line *l = &list[i];

		cells_key(&t, w->ask.by, l->key, l->label);
		if (w->ask.by == REPORT_BY_SHOW)
			cell_int(&t, l->seats);
		cell_int(&t, l->sold);
		cell_int(&t, l->returned);
		if (w->ask.by == REPORT_BY_SHOW)
			cell_share(&t, l->live, l->seats);
		cell_money(&t, l->sales, l->currency);
		cell_money(&t, l->back, l->currency);
		if (w->ask.by == REPORT_BY_SECTION)
			continue;
		cell_money(&t, l->taken, l->currency);
		cell_money(&t, l->refunded, l->currency);
	}
	return table_print(&t);
}

static int
print_steps(struct call *c, const struct wanted *w, const struct report_steps *list, size_t n)
{
	struct table t = table_new(c->arena, n, w->ask.by == REPORT_BY_SHOW ? "show,<what,viewed,held,went to pay,confirmed,confirmed of held" :
	    "<day,viewed,held,went to pay,confirmed,confirmed of held");

	for (size_t i = 0; i < n; i++) {
		cells_key(&t, w->ask.by, list[i].key, list[i].label);
		cell_int(&t, list[i].viewed);
		cell_int(&t, list[i].held);
		cell_int(&t, list[i].paying);
		cell_int(&t, list[i].sold);
		cell_share(&t, list[i].sold, list[i].held);
	}
	return table_print(&t);
}

/* -- JSON: amounts in minor units ------------------------------------------------------------------------------------------------ */

static void
json_key(struct buf *b, enum report_by by, struct span key, struct span label, bool first)
{
	buf_fmt(b, "%s\n{\"%s\":", first ? "[" : ",", by_names[by]);
	if (has_label(by))
		buf_span(b, key);
	else
		json_text(b, key);
	if (has_label(by)) {
		buf_text(b, ",\"what\":");
		json_text(b, label);
	}
}

static int
json_end(struct buf *b, size_t n)
{
	buf_text(b, n ? "\n]\n" : "[]\n");
	return ctl_print(b);
}

static int
json_lines(struct call *c, const struct wanted *w, const struct report_line *list, size_t n)
{
	struct buf b;

	buf_init(&b, c->arena, OUT_MAX);
	for (size_t i = 0; i < n; i++) {
		const struct report_line *l = &list[i];

		json_key(&b, w->ask.by, l->key, l->label, i == 0);
		buf_fmt(&b, ",\"currency\":\"%s\",\"sold\":%" PRId64 ",\"returned\":%" PRId64 ",\"sales\":%" PRId64 ",\"given_back\":%" PRId64, l->currency,
		    l->sold, l->returned, l->sales, l->back);
		if (w->ask.by != REPORT_BY_SECTION)
			buf_fmt(&b, ",\"taken\":%" PRId64 ",\"refunded\":%" PRId64, l->taken, l->refunded);
		if (w->ask.by == REPORT_BY_SHOW)
			buf_fmt(&b, ",\"seats\":%" PRId64 ",\"live\":%" PRId64, l->seats, l->live);
		buf_byte(&b, '}');
	}
	return json_end(&b, n);
}

static int
json_steps(struct call *c, const struct wanted *w, const struct report_steps *list, size_t n)
{
	struct buf b;

	buf_init(&b, c->arena, OUT_MAX);
	for (size_t i = 0; i < n; i++) {
		json_key(&b, w->ask.by, list[i].key, list[i].label, i == 0);
		buf_fmt(&b, ",\"viewed\":%" PRId64 ",\"held\":%" PRId64 ",\"paying\":%" PRId64 ",\"confirmed\":%" PRId64 "}", list[i].viewed, list[i].held,
		    list[i].paying, list[i].sold);
	}
	return json_end(&b, n);
}

/* -- the command ------------------------------------------------------------------------------------------------------------------- */

static bool
read_by(const char *text, enum report_by *by)
{
	for (size_t i = 0; i < ARRAY_LEN(by_names); i++)
		if (strcmp(text, by_names[i]) == 0) {
			*by = (enum report_by)i;
			return true;
		}
	return false;
}

static bool
read_option(const char *name, const char *value, struct wanted *w)
{
	struct civil day;

	if (strcmp(name, "--show") == 0)
		return span_int(span_of(value), 1, INT32_MAX, &w->ask.show);
	if (strcmp(name, "--by") == 0)
		return read_by(value, &w->ask.by);
	if (strcmp(name, "--from") != 0 && strcmp(name, "--to") != 0)
		return false;
	*(name[2] == 'f' ? &w->ask.from : &w->ask.to) = span_of(value);
	return date_parse(span_of(value), &day);
}

static bool
read_wishes(struct call *c, struct wanted *w)
{
	for (int i = 0; i < c->n_args; i++) {
		if (strcmp(c->args[i], "--funnel") == 0)
			w->funnel = true;
		else if (strcmp(c->args[i], "--json") == 0)
			w->json = true;
		else if (i + 1 == c->n_args || !read_option(c->args[i], c->args[i + 1], w))
			return false;
		else
			i++;
	}
	return !w->funnel || w->ask.by == REPORT_BY_SHOW || w->ask.by == REPORT_BY_DAY;
}

static int
figures(struct call *c, const struct wanted *w)
{
	struct report_line *lines;
	struct report_steps *steps;
	size_t n;
	enum outcome o = w->funnel ? report_funnel(c->db, c->arena, &w->ask, &steps, &n) : report_read(c->db, c->arena, &w->ask, &lines, &n);

	if (o != OUTCOME_OK)
		return failed(o);
	if (w->funnel)
		return w->json ? json_steps(c, w, steps, n) : print_steps(c, w, steps, n);
	return w->json ? json_lines(c, w, lines, n) : print_lines(c, w, lines, n);
}

int
ctl_report_anew(struct call *c)
{
	int64_t shows, events;
	enum outcome o = report_rebuild(c->db, &shows, &events);

	db_arena(c->db, c->arena);
	if (o != OUTCOME_OK)
		return failed(o);
	printf("report: %" PRId64 " shows anew, from %" PRId64 " events\n", shows, events);
	return DONE;
}

static int
check(struct call *c)
{
	struct report_check found;
	struct buf out;
	enum outcome o;

	buf_init(&out, c->arena, MiB);
	o = report_check(c->db, c->arena, &out, &found);
	if (o != OUTCOME_OK)
		return failed(o);
	if (ctl_print(&out) != DONE)
		return IMPOSSIBLE;
	printf("report: %" PRId64 " facts, %" PRId64 " differences from the books", found.facts, found.differences);
	if (found.late)
		printf("; %" PRId64 " shows have events on their way to it and were left out", found.late);
	puts("");
	return found.differences ? NO : DONE;
}

int
ctl_report(struct call *c)
{
	struct wanted w = { .ask = { .by = REPORT_BY_SHOW } };

	if (c->n_args == 1 && strcmp(c->args[0], "rebuild") == 0)
		return ctl_report_anew(c);
	if (c->n_args == 1 && strcmp(c->args[0], "check") == 0)
		return check(c);
	if (!read_wishes(c, &w))
		return ctl_usage("report takes --show N, --from DAY, --to DAY, --by show|day|section|channel, --funnel (by show or day) and --json, or "
		    "rebuild, or check");
	return figures(c, &w);
}
