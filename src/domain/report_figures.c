/* report_figures.c - see report_figures.h. */
#include "base/base.h"

#include "base/money.h"
#include "db/db.h"
#include "domain/report_figures.h"

#define DAYS_BEGIN "1000-01-01"
#define DAYS_END "9999-12-31"

#define ASKED(day) "(? = 0 OR show_id = ?) AND " day " BETWEEN ? AND ? "
/* The four kinds of facts under one key; NULL: it has no part of them. */
#define FIGURES(sold_key, returned_key, paid, refunds) "SELECT CAST(k AS CHAR) AS k, currency, CAST(SUM(sold) AS SIGNED), " \
	"CAST(SUM(returned) AS SIGNED), CAST(SUM(sales) AS SIGNED), CAST(SUM(back) AS SIGNED), CAST(SUM(taken) AS SIGNED), " \
	"CAST(SUM(refunded) AS SIGNED) FROM (" \
	"SELECT " sold_key " AS k, currency, 1 AS sold, 0 AS returned, minor AS sales, 0 AS back, 0 AS taken, 0 AS refunded " \
	"FROM report_tickets WHERE " ASKED("sold_day") \
	"UNION ALL SELECT " returned_key ", currency, 0, 1, 0, minor, 0, 0 FROM report_tickets WHERE " ASKED("returned_day") \
	"UNION ALL SELECT " paid ", currency, 0, 0, 0, 0, minor, 0 FROM report_payments WHERE " ASKED("paid_day") \
	"UNION ALL SELECT " refunds ", currency, 0, 0, 0, 0, 0, minor FROM report_refunds r WHERE done AND " ASKED("done_day") \
	") f WHERE k IS NOT NULL GROUP BY k, currency ORDER BY LENGTH(k), k, currency"
#define CHANNEL_OF_REFUND "(SELECT p.channel FROM report_payments p WHERE p.show_id = r.show_id AND p.payment_id = r.payment_id)"
STATEMENT(report_by_show, SCATTER, "ttiiiiii", FIGURES("show_id", "show_id", "show_id", "show_id"));
STATEMENT(report_by_day, SCATTER, "ttiiiiii", FIGURES("sold_day", "returned_day", "paid_day", "done_day"));
STATEMENT(report_by_section, SCATTER, "ttiiiiii", FIGURES("section_id", "section_id", "NULL", "NULL"));
STATEMENT(report_by_channel, SCATTER, "ttiiiiii", FIGURES("channel", "channel", "channel", CHANNEL_OF_REFUND));

#define STEPS(view_key, held_key, pay_key, sold_key) "SELECT CAST(k AS CHAR) AS k, CAST(SUM(viewed) AS SIGNED), CAST(SUM(held) AS SIGNED), " \
	"CAST(SUM(paying) AS SIGNED), CAST(SUM(sold) AS SIGNED) FROM (" \
	"SELECT " view_key " AS k, views AS viewed, 0 AS held, 0 AS paying, 0 AS sold FROM report_views WHERE " ASKED("local_date") \
	"UNION ALL SELECT " held_key ", 0, 1, 0, 0 FROM report_holds WHERE " ASKED("held_day") \
	"UNION ALL SELECT " pay_key ", 0, 0, 1, 0 FROM report_holds WHERE " ASKED("pay_day") \
	"UNION ALL SELECT " sold_key ", 0, 0, 0, 1 FROM report_holds WHERE " ASKED("sold_day") ") f GROUP BY k ORDER BY LENGTH(k), k"
STATEMENT(report_steps_by_show, SCATTER, "tiiii", STEPS("show_id", "show_id", "show_id", "show_id"));
STATEMENT(report_steps_by_day, SCATTER, "tiiii", STEPS("local_date", "held_day", "pay_day", "sold_day"));

STATEMENT(report_show_words, GLOBAL, "t", "SELECT CONCAT(DATE_FORMAT(w.starts_local, '%Y-%m-%d %H:%i'), ' ', e.title) FROM shows w "
    "JOIN events e ON e.event_id = w.event_id WHERE w.show_id = ?");
STATEMENT(report_section_words, GLOBAL, "t", "SELECT CONCAT(v.name, ', ', h.name, ', ', s.name) FROM sections s "
    "JOIN halls h ON h.hall_id = s.hall_id JOIN venues v ON v.venue_id = h.venue_id WHERE s.section_id = ?");
STATEMENT(report_house, SHOW, "ii", "SELECT s.capacity, t.n FROM report_shows s JOIN (SELECT COUNT(*) AS n FROM report_tickets WHERE show_id = ? "
    "AND returned_at IS NULL) t WHERE s.show_id = ?");

static struct span
label_of(struct db *db, enum report_by by, struct span key)
{
	const struct statement *st = by == REPORT_BY_SHOW ? &report_show_words : &report_section_words;
	struct rows *row;
	struct span words = SPAN_NONE;

	if (by != REPORT_BY_SHOW && by != REPORT_BY_SECTION)
		return SPAN_NONE;
	if (!(row = db_row(db, st, key)))
		return SPAN_NONE;
	words = row_text(row, 0);
	rows_done(row);
	return words;
}

static void
house_of(struct db *db, struct report_line *l)
{
	struct rows *row = db_row(db, &report_house, l->key, l->key);

	if (!row)
		return;
	l->seats = row_int(row, 0);
	l->live = row_int(row, 1);
	rows_done(row);
}

#define RANGE(ask) (ask)->show, (ask)->show, (ask)->from.n ? (ask)->from : SPAN(DAYS_BEGIN), (ask)->to.n ? (ask)->to : SPAN(DAYS_END)

enum outcome
report_read(struct db *db, struct arena *a, const struct report_ask *ask, struct report_line **list, size_t *n)
{
	static const struct statement *const by[] = { &report_by_show, &report_by_day, &report_by_section, &report_by_channel };
	struct rows *rows = db_select(db, by[ask->by], RANGE(ask), RANGE(ask), RANGE(ask), RANGE(ask));

	*list = ARENA_ARRAY(a, struct report_line, rows_count(rows));
	for (*n = 0; rows_next(rows); (*n)++) {
		struct report_line *l = &(*list)[*n];
		struct money m = money_of(0, row_text(rows, 1));

		*l = (struct report_line){ .key = row_text(rows, 0), .sold = row_int(rows, 2), .returned = row_int(rows, 3),
			.sales = row_int(rows, 4), .back = row_int(rows, 5), .taken = row_int(rows, 6), .refunded = row_int(rows, 7) };
		memcpy(l->currency, m.code, sizeof(l->currency));
	}
	for (size_t i = 0; i < *n; i++) {
		(*list)[i].label = label_of(db, ask->by, (*list)[i].key);
		if (ask->by == REPORT_BY_SHOW)
			house_of(db, &(*list)[i]);
	}
	return outcome_of_reads(db);
}

enum outcome
report_funnel(struct db *db, struct arena *a, const struct report_ask *ask, struct report_steps **list, size_t *n)
{
	const struct statement *st = ask->by == REPORT_BY_SHOW ? &report_steps_by_show : &report_steps_by_day;
	struct rows *rows = db_select(db, st, RANGE(ask), RANGE(ask), RANGE(ask), RANGE(ask));

	*list = ARENA_ARRAY(a, struct report_steps, rows_count(rows));
	for (*n = 0; rows_next(rows); (*n)++)
		(*list)[*n] = (struct report_steps){ .key = row_text(rows, 0), .viewed = row_int(rows, 1), .held = row_int(rows, 2),
			.paying = row_int(rows, 3), .sold = row_int(rows, 4) };
	for (size_t i = 0; i < *n; i++)
		(*list)[i].label = label_of(db, ask->by, (*list)[i].key);
	return outcome_of_reads(db);
}
