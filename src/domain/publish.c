/* publish.c - see publish.h. Rows of a whole hall go over in one statement, as a JSON table: both servers take that alike. */
#include "base/base.h"

#include "db/db.h"
#include "domain/json_text.h"
#include "domain/outcome.h"
#include "domain/publish.h"

TRANSACTION(publish_tx, "publish");

STATEMENT(publish_plan, GLOBAL, "ii", "SELECT seat_id, section_id FROM seats WHERE hall_id = ? AND layout_version = ? ORDER BY seat_id");
STATEMENT(publish_sale_add, SHOW, "", "INSERT INTO show_sales (show_id, state, currency, starts_at, sales_from, sales_until) "
    "VALUES (?, ?, ?, ?, ?, ?) ON DUPLICATE KEY UPDATE show_id = show_id");
STATEMENT(publish_sale, SHOW, "", "UPDATE show_sales SET state = IF(state = 'draft', ?, state), sales_from = ?, "
    "sales_until = ?, companions_open_at = ?, hold_seconds = ?, extend_seconds = ?, longest_seconds = ?, seats_a_hold = ?, "
    "holds_a_buyer = ?, orphan_rule = ?, cancel_hours = ?, cancel_fee_minor = ? WHERE show_id = ?");
STATEMENT(charges_newest, SHOW, "ittiii", "SELECT c.version, c.kind, c.name, c.flat_minor, c.millionths, c.included FROM show_charges c "
    "JOIN (SELECT MAX(m.version) AS version FROM show_charges m WHERE m.show_id = ?) newest ON newest.version = c.version "
    "WHERE c.show_id = ? ORDER BY c.sort");
STATEMENT(charge_add, SHOW, "", "INSERT INTO show_charges (show_id, version, sort, kind, name, flat_minor, millionths, included) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
STATEMENT(publish_prices_mark, SHOW, "", "UPDATE show_prices SET sort = ? WHERE show_id = ?");
STATEMENT(publish_prices, SHOW, "", "INSERT INTO show_prices (show_id, section_id, price_type, name, minor, extra_minor, "
    "charges, sort) SELECT * FROM (SELECT ? AS show_id, j.section_id, j.price_type, j.name, j.minor, j.extra_minor, ? AS charges, j.sort "
    "FROM JSON_TABLE(?, '$[*]' COLUMNS (section_id INT PATH '$[0]', price_type VARCHAR(20) PATH '$[1]', name VARCHAR(60) PATH '$[2]', "
    "minor INT PATH '$[3]', extra_minor INT PATH '$[4]', sort INT PATH '$[5]')) AS j) AS told ON DUPLICATE KEY UPDATE name = told.name, "
    "minor = told.minor, extra_minor = told.extra_minor, charges = told.charges, sort = told.sort");
STATEMENT(publish_prices_drop, SHOW, "", "DELETE FROM show_prices WHERE show_id = ? AND sort = ? AND price_type NOT IN "
    "(SELECT h.price_type FROM hold_seats h WHERE h.show_id = ?)");
STATEMENT(publish_seats_count, SHOW, "i", "SELECT COUNT(*) FROM show_seats WHERE show_id = ?");
STATEMENT(publish_seats, SHOW, "", "INSERT INTO show_seats (show_id, seat_id, section_id) SELECT ?, j.seat_id, j.section_id "
    "FROM JSON_TABLE(?, '$[*]' COLUMNS (seat_id INT PATH '$[0]', section_id INT PATH '$[1]')) AS j ORDER BY j.seat_id");

struct publishing {
	const struct publication *p;
	struct span seats, prices;	/* as JSON */
	int64_t n_seats;
};

/* False: a price with what is added to it has no room. */
static bool
prices_json(struct arena *a, const struct publication *p, struct span *json)
{
	struct buf b;

	buf_init(&b, a, MiB);
	for (size_t i = 0; i < p->n_prices; i++) {
		const struct publication_price *price = &p->prices[i];
		int64_t extra = charges_apply(p->charges, p->n_charges, price->minor, NULL);

		if (price->minor + extra > INT32_MAX)
			return false;
		buf_fmt(&b, "%c[%" PRId64 ",\"" PRSPAN "\",", i ? ',' : '[', price->section, ARGSPAN(price->type));
		json_text(&b, price->name);
		buf_fmt(&b, ",%" PRId64 ",%" PRId64 ",%d]", price->minor, extra, price->sort);
	}
	buf_text(&b, p->n_prices ? "]" : "[]");
	*json = buf_view(&b);
	return true;
}

static struct span
seats_of_hall(struct db *db, struct arena *a, const struct publication *p, int64_t *n)
{
	struct rows *rows = db_select(db, &publish_plan, p->hall, p->layout_version);
	struct buf b;

	buf_init(&b, a, MiB);
	for (*n = 0; rows_next(rows); ++*n)
		buf_fmt(&b, "%c[%" PRId64 ",%" PRId64 "]", *n ? ',' : '[', row_int(rows, 0), row_int(rows, 1));
	buf_byte(&b, ']');
	return buf_view(&b);
}

/* The version that these charges have: the newest, if that is what they are, else the next. Under the lock of the sale's row. */
static int64_t
charges_version(struct db *db, const struct publication *p)
{
	static const char *const kinds[] = { [CHARGE_FEE] = "fee", [CHARGE_TAX] = "tax" };
	struct charge newest[CHARGES_MAX];
	struct rows *rows;
	int64_t version = 0;
	size_t n = 0;

	if (!p->n_charges)
		return 0;
	rows = db_select(db, &charges_newest, p->show, p->show);
	while (n < CHARGES_MAX && rows_next(rows)) {
		version = row_int(rows, 0);
		newest[n++] = (struct charge){ .kind = span_is(row_text(rows, 1), "tax") ? CHARGE_TAX : CHARGE_FEE,
			.name = row_text(rows, 2), .flat = row_int(rows, 3), .millionths = row_int(rows, 4), .included = row_int(rows, 5) };
	}
	rows_done(rows);
	if (charges_same(newest, n, p->charges, p->n_charges))
		return version;
	version++;
	for (size_t i = 0; i < p->n_charges; i++) {
		const struct charge *c = &p->charges[i];

		db_change(db, &charge_add, p->show, version, i, kinds[c->kind], c->name, c->flat, c->millionths, c->included);
	}
	return version;
}

static enum tx_end
publish_body(struct db *db, void *context)
{
	const struct publishing *w = context;
	const struct publication *p = w->p;
	const char *state = p->draft ? "draft" : "on_sale";
	struct rows *count;

	db_change(db, &publish_sale_add, p->show, state, p->currency, at_ms(p->starts_ms), at_ms(p->sales_from_ms),
	    at_ms(p->sales_until_ms));
	db_change(db, &publish_sale, state, at_ms(p->sales_from_ms), at_ms(p->sales_until_ms),
	    p->companions_open_ms ? at_ms(p->companions_open_ms) : NO_VALUE, p->hold_seconds, p->extend_seconds, p->longest_seconds,
	    p->seats_a_hold, p->holds_a_buyer, p->orphan_rule, p->cancels ? value_int_(p->cancel_hours) : NO_VALUE, p->cancel_fee_minor,
	    p->show);
	db_change(db, &publish_prices_mark, NO_LONGER_TOLD, p->show);
	db_change(db, &publish_prices, p->show, charges_version(db, p), w->prices);
	db_change(db, &publish_prices_drop, p->show, NO_LONGER_TOLD, p->show);
	count = db_row(db, &publish_seats_count, p->show);
	if (count && row_int(count, 0) == 0 && db_change(db, &publish_seats, p->show, w->seats) != w->n_seats && !db_failed(db)) {
		BUG("show %" PRId64 " did not get its %" PRId64 " seats", p->show, w->n_seats);
		return TX_ROLLBACK;
	}
	return TX_COMMIT;
}

enum outcome
show_publish(struct db *db, struct arena *a, const struct publication *p)
{
	struct publishing w = { .p = p };
	enum tx_result r;

	if (!prices_json(a, p, &w.prices)) {
		BUG("show %" PRId64 " has a price that cannot be written", p->show);
		return OUTCOME_BROKEN;
	}
	w.seats = seats_of_hall(db, a, p, &w.n_seats);
	if (db_failed(db))
		return outcome_of_reads(db);
	if (!w.n_seats) {
		BUG("show %" PRId64 " is to be published in hall %" PRId64 ", which has no seats", p->show, p->hall);
		return OUTCOME_BROKEN;
	}
	r = tx_run(db, &publish_tx, publish_body, &w);
	if (r != TX_DONE)
		return outcome_of_tx(r);
	return OUTCOME_OK;
}
