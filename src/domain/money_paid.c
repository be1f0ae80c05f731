/* money_paid.c - see money_paid.h. */
#include "base/base.h"

#include "db/db.h"
#include "domain/money_paid.h"
#include "domain/outcome.h"

STATEMENT(payments_taken, SHOW, "itidt", "SELECT payment_id, provider, COALESCE(captured_minor, amount_minor), "
    "COALESCE(captured_at, settled_at, created_at), currency FROM payments WHERE show_id = ? AND hold_id = ? "
    "AND state IN ('paid', 'refund_due', 'refunded') ORDER BY payment_id");

enum outcome
money_paid_read(struct db *db, struct arena *a, int64_t show, int64_t hold, struct money_paid **list, size_t *n)
{
	struct rows *rows = db_select(db, &payments_taken, show, hold);

	*list = ARENA_ARRAY(a, struct money_paid, rows_count(rows));
	for (*n = 0; rows_next(rows); (*n)++)
		(*list)[*n] = (struct money_paid){ .payment = row_int(rows, 0), .provider = row_text(rows, 1),
			.amount = money_of(row_int(rows, 2), row_text(rows, 4)), .at_ms = row_int(rows, 3) };
	for (size_t i = 0; i < *n; i++)
		(*list)[i].n = refunds_of_payment(db, a, show, (*list)[i].payment, &(*list)[i].refunds);
	return outcome_of_reads(db);
}
