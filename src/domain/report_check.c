/* report_check.c - see report_check.h. Each check is a statement whose rows are what differs; its name is the statement's. */
#include "base/base.h"

#include "domain/report_check.h"

/* A row and its event are written a moment apart, each with the time of its own statement. */
#define APART "120"
#define SOME " LIMIT 50"	/* REPORT_CHECK_LINES */
#define SETTLED(show) "NOT EXISTS (SELECT 1 FROM deliveries d FORCE INDEX (by_state) WHERE d.sink = 'report' AND d.state = 'waiting' AND d.show_id = " \
	show ") AND NOT EXISTS (SELECT 1 FROM outbox o FORCE INDEX (fresh) WHERE o.found = 0 AND o.show_id = " show ") "
#define APART_FROM(a, b) "ABS(TIMESTAMPDIFF(SECOND, " a ", " b ")) > " APART

STATEMENT(report_late, SCATTER, "i", "SELECT COUNT(*) FROM (SELECT DISTINCT show_id FROM deliveries FORCE INDEX (by_state) "
    "WHERE sink = 'report' AND state = 'waiting' UNION SELECT DISTINCT show_id FROM outbox FORCE INDEX (fresh) WHERE found = 0) l");
STATEMENT(report_facts, SCATTER, "i", "SELECT (SELECT COUNT(*) FROM report_tickets) + (SELECT COUNT(*) FROM report_payments) + "
    "(SELECT COUNT(*) FROM report_refunds) + (SELECT COUNT(*) FROM report_holds)");

#define TICKETS "booking_seats s JOIN bookings b ON b.show_id = s.show_id AND b.booking_id = s.booking_id AND b.confirmed_at IS NOT NULL "
STATEMENT(ticket_not_as_sold, SCATTER, "iii", "SELECT s.show_id, s.booking_id, s.seat_id FROM " TICKETS
    "JOIN show_seats h ON h.show_id = s.show_id AND h.seat_id = s.seat_id "
    "LEFT JOIN report_tickets t ON t.show_id = s.show_id AND t.booking_id = s.booking_id AND t.seat_id = s.seat_id "
    "WHERE (t.seat_id IS NULL OR t.minor <> s.price_minor + s.fee_minor OR t.currency <> b.currency OR t.section_id <> h.section_id "
    "OR " APART_FROM("t.sold_at", "b.confirmed_at") " OR (t.returned_at IS NOT NULL) <> (s.state = 'cancelled') "
    "OR " APART_FROM("t.returned_at", "s.cancelled_at") ") AND " SETTLED("s.show_id") SOME);
STATEMENT(ticket_never_sold, SCATTER, "iii", "SELECT t.show_id, t.booking_id, t.seat_id FROM report_tickets t WHERE NOT EXISTS (SELECT 1 FROM "
    TICKETS "WHERE s.show_id = t.show_id AND s.booking_id = t.booking_id AND s.seat_id = t.seat_id) AND " SETTLED("t.show_id") SOME);
STATEMENT(payment_not_as_taken, SCATTER, "iii", "SELECT p.show_id, p.payment_id, p.captured_minor FROM payments p "
    "LEFT JOIN report_payments t ON t.show_id = p.show_id AND t.payment_id = p.payment_id WHERE p.captured_minor > 0 "
    "AND (t.payment_id IS NULL OR t.minor <> p.captured_minor OR t.currency <> p.currency "
    "OR " APART_FROM("t.paid_at", "COALESCE(p.captured_at, p.settled_at)") ") AND " SETTLED("p.show_id") SOME);
STATEMENT(payment_never_taken, SCATTER, "iii", "SELECT t.show_id, t.payment_id, t.minor FROM report_payments t "
    "LEFT JOIN payments p ON p.show_id = t.show_id AND p.payment_id = t.payment_id AND p.captured_minor > 0 "
    "WHERE p.payment_id IS NULL AND " SETTLED("t.show_id") SOME);
STATEMENT(refund_not_as_given, SCATTER, "iii", "SELECT r.show_id, r.refund_id, r.amount_minor FROM refunds r "
    "LEFT JOIN report_refunds t ON t.show_id = r.show_id AND t.refund_id = r.refund_id WHERE r.state = 'done' "
    "AND (t.refund_id IS NULL OR NOT t.done OR t.minor <> r.amount_minor OR t.currency <> r.currency OR t.payment_id <> r.payment_id "
    "OR " APART_FROM("t.done_at", "r.done_at") ") AND " SETTLED("r.show_id") SOME);
STATEMENT(refund_never_given, SCATTER, "iii", "SELECT t.show_id, t.refund_id, t.minor FROM report_refunds t "
    "LEFT JOIN refunds r ON r.show_id = t.show_id AND r.refund_id = t.refund_id AND r.state = 'done' "
    "WHERE t.done AND r.refund_id IS NULL AND " SETTLED("t.show_id") SOME);
STATEMENT(hold_not_as_it_went, SCATTER, "iii", "SELECT h.show_id, h.hold_id, COALESCE(b.booking_id, 0) FROM holds h "
    "LEFT JOIN bookings b ON b.show_id = h.show_id AND b.hold_id = h.hold_id "
    "LEFT JOIN report_holds t ON t.show_id = h.show_id AND t.hold_id = h.hold_id WHERE (t.hold_id IS NULL OR t.held_day IS NULL "
    "OR (t.pay_day IS NULL) <> (b.booking_id IS NULL) OR (t.sold_day IS NULL) <> (b.confirmed_at IS NULL)) AND " SETTLED("h.show_id") SOME);
STATEMENT(hold_never_taken, SCATTER, "iii", "SELECT t.show_id, t.hold_id, 0 FROM report_holds t "
    "LEFT JOIN holds h ON h.show_id = t.show_id AND h.hold_id = t.hold_id WHERE h.hold_id IS NULL AND " SETTLED("t.show_id") SOME);

static const struct {
	const struct statement *statement;
	const char *second, *third;
} checks[] = {
	{ &ticket_not_as_sold, "booking", "seat" }, { &ticket_never_sold, "booking", "seat" },
	{ &payment_not_as_taken, "payment", "minor" }, { &payment_never_taken, "payment", "minor" },
	{ &refund_not_as_given, "refund", "minor" }, { &refund_never_given, "refund", "minor" },
	{ &hold_not_as_it_went, "hold", "booking" }, { &hold_never_taken, "hold", "booking" },
};

static int64_t
number(struct db *db, const struct statement *st)
{
	struct rows *row = db_row(db, st);
	int64_t n = row ? row_int(row, 0) : 0;

	if (row)
		rows_done(row);
	return n;
}

enum outcome
report_check(struct db *db, struct arena *a, struct buf *out, struct report_check *c)
{
	enum outcome end;

	(void)a;
	*c = (struct report_check){ 0 };
	if (!db_snapshot_begin(db))
		return OUTCOME_DOWN;
	c->late = number(db, &report_late);
	c->facts = number(db, &report_facts);
	for (size_t i = 0; i < ARRAY_LEN(checks); i++) {
		struct rows *rows = db_select(db, checks[i].statement);
		int64_t n = 0;

		for (; rows_next(rows); n++)
			buf_fmt(out, "%s show=%" PRId64 " %s=%" PRId64 " %s=%" PRId64 "\n", checks[i].statement->name, row_int(rows, 0), checks[i].second,
			    row_int(rows, 1), checks[i].third, row_int(rows, 2));
		if (n == REPORT_CHECK_LINES)
			buf_fmt(out, "%s: there may be more\n", checks[i].statement->name);
		c->differences += n;
	}
	end = outcome_of_reads(db);
	db_snapshot_end(db);
	return end;
}
