/* books.c - see books.h. One read over all shows, in one statement so that it is of one moment. */
#include "base/base.h"

#include "domain/books.h"

STATEMENT(books_days, SCATTER, "tttiiiiiii", "SELECT DATE_FORMAT(p.captured_at, '%Y-%m-%d') AS day, p.provider, p.currency, COUNT(*), "
    "CAST(SUM(p.captured_minor) AS SIGNED), CAST(SUM(COALESCE(t.minor, 0)) AS SIGNED), CAST(SUM(p.kept_minor) AS SIGNED), "
    "CAST(SUM(COALESCE(r.done, 0)) AS SIGNED), CAST(SUM(COALESCE(r.waiting, 0)) AS SIGNED), CAST(SUM(COALESCE(d.minor, 0)) AS SIGNED) "
    "FROM payments p LEFT JOIN (SELECT show_id, booking_id, SUM(price_minor + fee_minor) AS minor FROM booking_seats WHERE state = 'live' "
    "GROUP BY show_id, booking_id) t ON p.state = 'paid' AND t.show_id = p.show_id AND t.booking_id = p.booking_id "
    "LEFT JOIN (SELECT show_id, payment_id, SUM(IF(state = 'done', amount_minor, 0)) AS done, SUM(IF(state = 'done', 0, amount_minor)) "
    "AS waiting FROM refunds WHERE state IN ('done', 'pending', 'human') GROUP BY show_id, payment_id) r ON r.show_id = p.show_id "
    "AND r.payment_id = p.payment_id LEFT JOIN (SELECT show_id, payment_id, SUM(amount_minor) AS minor FROM disputes "
    "WHERE state IN ('open', 'lost') GROUP BY show_id, payment_id) d ON d.show_id = p.show_id AND d.payment_id = p.payment_id "
    "WHERE p.captured_at >= TIMESTAMPADD(DAY, ?, UTC_DATE()) GROUP BY day, p.provider, p.currency ORDER BY day, p.provider, p.currency");

enum outcome
books_read(struct db *db, struct arena *a, int64_t days, struct book_line **list, size_t *n)
{
	struct rows *rows = db_select(db, &books_days, -days);

	*n = 0;
	*list = ARENA_ARRAY(a, struct book_line, rows_count(rows));
	while (rows_next(rows)) {
		struct book_line *l = &(*list)[(*n)++];
		struct money m = money_of(0, row_text(rows, 2));

		*l = (struct book_line){ .day = row_text(rows, 0), .provider = row_text(rows, 1), .payments = row_int(rows, 3),
			.captured = row_int(rows, 4), .tickets = row_int(rows, 5), .kept = row_int(rows, 6), .refunded = row_int(rows, 7),
			.refund_open = row_int(rows, 8), .disputed = row_int(rows, 9) };
		memcpy(l->currency, m.code, sizeof(l->currency));
	}
	return outcome_of_reads(db);
}
