/* audit.c - see audit.h. Runs every check of the parts and writes down what they find. What is checked stands in audit_*.c. */
#include "base/base.h"

#include "base/clock.h"
#include "domain/audit_checks.h"

static const struct audit_part *const parts[] = { &audit_tickets, &audit_holds, &audit_money, &audit_events };

void
audit_found(struct audit *a, const struct audit_check *c, const char *fmt, ...)
{
	va_list ap;
	char line[600];

	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	buf_fmt(a->out, "%s%s%s\n", c->warning ? "warning: " : "", c->statement->name, line);
	*(c->warning ? &a->result->warnings : &a->result->violations) += 1;
}

static struct rows *
ask(struct audit *a, const struct statement *st)
{
	struct value seconds[4];
	size_t n = 0;

	for (const char *p = st->sql; *p && n < ARRAY_LEN(seconds); p++)
		if (*p == '?')
			seconds[n++] = value_int_(-a->in_flight_seconds);
	return db_select_values(a->db, st, seconds, n);
}

/* " show=1 seat=2 why=\"…\"", a name a column. */
static struct span
row_words(struct audit *a, const struct audit_check *c, struct rows *row)
{
	struct span names = span_of(c->columns);
	struct buf b;

	buf_init(&b, a->arena, KiB);
	for (size_t i = 0; c->statement->columns[i]; i++) {
		struct span name = span_cut(&names, ' ');

		buf_fmt(&b, " " PRSPAN "=", ARGSPAN(name));
		if (row_null(row, i))
			buf_text(&b, "none");
		else if (c->statement->columns[i] == 'i')
			buf_int(&b, row_int(row, i));
		else if (memchr(row_text(row, i).p, ' ', row_text(row, i).n))
			buf_fmt(&b, "\"" PRSPAN "\"", ARGSPAN(row_text(row, i)));
		else
			buf_span(&b, row_text(row, i));
	}
	return buf_view(&b);
}

static void
run_check(struct audit *a, const struct audit_check *c)
{
	size_t n = 0;

	if (c->run) {
		c->run(a, c);
	} else {
		struct rows *rows = ask(a, c->statement);

		for (; rows_next(rows); n++)
			audit_found(a, c, PRSPAN, ARGSPAN(row_words(a, c, rows)));
	}
	if (n == AUDIT_LINES)
		buf_fmt(a->out, "%s: there may be more\n", c->statement->name);
	a->result->checks++;
}

bool
audit_run(struct db *db, struct arena *arena, int64_t in_flight_seconds, struct buf *out, struct audit_result *result)
{
	struct audit a = { .db = db, .arena = arena, .out = out, .in_flight_seconds = in_flight_seconds, .result = result };
	int64_t began = clock_steady();
	bool good;

	*result = (struct audit_result){ 0 };
	if (!db_snapshot_begin(db))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(parts); i++)
		for (size_t k = 0; k < parts[i]->n && !db_failed(db); k++)
			run_check(&a, &parts[i]->checks[k]);
	good = !db_failed(db) && !out->failed;
	db_snapshot_end(db);
	result->ms = clock_steady() - began;
	return good;
}
