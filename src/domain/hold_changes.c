/*
 * hold_changes.c - what happens to a hold after it was taken: extended, given back, made smaller, priced otherwise, expired.
 * Every change queues on the buyer's row first and looks at the hold again under its lock.
 */
#include "base/base.h"

#include "base/fault.h"
#include "domain/holds.h"
#include "domain/locks.h"
#include "domain/outbox.h"

STATEMENT(hold_buyer_plain, SHOW, "i", "SELECT buyer_id FROM holds WHERE show_id = ? AND hold_id = ?");
STATEMENT(hold_lengthen, SHOW, "", "UPDATE holds SET expires_at = ?, seats_until = ?, extensions = extensions + 1 "
    "WHERE show_id = ? AND hold_id = ?");
STATEMENT(seats_lengthen, SHOW, "", "UPDATE show_seats FORCE INDEX (PRIMARY) SET expires_at = ?, version = version + 1 "
    "WHERE show_id = ? AND hold_id = ? AND seat_id IN " IN_8);
STATEMENT(hold_seat_drop, SHOW, "", "DELETE FROM hold_seats WHERE show_id = ? AND hold_id = ? AND seat_id = ?");
STATEMENT(hold_shrink, SHOW, "", "UPDATE holds SET seat_count = seat_count - 1 WHERE show_id = ? AND hold_id = ?");
STATEMENT(price_find, SHOW, "iii", "SELECT minor, extra_minor, charges FROM show_prices WHERE show_id = ? AND section_id = ? AND price_type = ?");
/* A seat that has this type already keeps the price it was held at. */
STATEMENT(seat_reprice, SHOW, "", "UPDATE hold_seats SET price_type = ?, price_minor = ?, fee_minor = ?, charges = ? "
    "WHERE show_id = ? AND hold_id = ? AND seat_id = ? AND price_type <> ?");

TRANSACTION(extend_tx, "extend");
TRANSACTION(release_tx, "release");
TRANSACTION(remove_seat_tx, "remove");
TRANSACTION(reprice_tx, "reprice");
TRANSACTION(expire_tx, "expire");

struct change {
	struct arena *arena;
	int64_t show, hold, buyer;	/* buyer 0: do not ask whose it is */
	int64_t seat;
	const int64_t *seats;
	const struct span *types;
	size_t n;
	bool now_closed;
	enum outcome outcome;
	int runs;			/* above 1: an earlier COMMIT may have been carried out though its answer was lost */
	int extensions;			/* before the first run */

	struct sale sale;
	struct hold_row row;
	struct payment_row *payments;
	size_t n_payments;
	struct seat_row rows[LOCK_MAX_SEATS];
	size_t n_rows;
	int64_t ids[HOLD_MAX_SEATS];
	size_t n_ids;
};

static enum tx_end
end_with(struct change *c, enum outcome o)
{
	c->outcome = o;
	return o == OUTCOME_OK ? TX_COMMIT : TX_ROLLBACK;
}

static bool
payment_is(const struct change *c, const char *state)
{
	for (size_t i = 0; i < c->n_payments; i++)
		if (span_is(c->payments[i].state, state))
			return true;
	return false;
}

/* Locks show, buyer, hold and its payments, in that order. OK: the hold is active and theirs; over or not is the caller's matter. */
static enum outcome
lock_to_hold(struct db *db, struct change *c)
{
	struct rows *plain = db_row(db, &hold_buyer_plain, c->show, c->hold);
	int64_t buyer;

	if (!plain)
		return OUTCOME_NOT_FOUND;
	buyer = row_int(plain, 0);
	rows_done(plain);
	if (c->buyer && c->buyer != buyer)
		return OUTCOME_NOT_FOUND;
	if (!lock_show(db, c->show, &c->sale))
		return OUTCOME_NOT_FOUND;
	lock_buyer(db, c->show, buyer);
	if (!lock_hold(db, c->show, c->hold, &c->row))
		return OUTCOME_NOT_FOUND;
	if (span_is(c->row.state, "confirmed"))
		return OUTCOME_PAID;
	if (!span_is(c->row.state, "active"))
		return OUTCOME_EXPIRED;
	c->n_payments = lock_payments(db, c->arena, c->show, c->hold, &c->payments);
	return OUTCOME_OK;
}

static void
lock_its_seats(struct db *db, struct change *c)
{
	c->n_ids = hold_seat_ids(db, c->show, c->hold, c->ids);
	c->n_rows = lock_seats(db, c->show, c->ids, c->n_ids, c->rows);
}

static enum outcome
run(struct db *db, const struct transaction *tx, enum tx_end (*body)(struct db *, void *), struct change *c)
{
	enum tx_result r = tx_run(db, tx, body, c);

	return r == TX_DONE ? c->outcome : outcome_of_tx(r);
}

static enum tx_end
extend_body(struct db *db, void *context)
{
	struct change *c = context;
	enum outcome o = lock_to_hold(db, c);
	int64_t expires, until;

	if (o != OUTCOME_OK)
		return end_with(c, o);
	if (c->runs++ == 0)
		c->extensions = c->row.extensions;
	else if (c->row.extensions > c->extensions)
		return end_with(c, OUTCOME_OK);
	if (c->row.over)
		return end_with(c, OUTCOME_EXPIRED);
	expires = c->row.expires_ms + c->sale.extend_ms;
	expires = expires < c->row.longest_ms ? expires : c->row.longest_ms;
	if (c->row.extensions >= EXTENSIONS_MAX || expires <= c->row.expires_ms)
		return end_with(c, OUTCOME_LIMIT);
	until = c->row.until_ms > expires ? c->row.until_ms : expires + (c->row.until_ms - c->row.expires_ms);
	lock_its_seats(db, c);
	if (db_change(db, &seats_lengthen, at_ms(until), c->show, c->hold, AT_8(c->ids, c->n_ids)) != (int64_t)c->n_ids)
		return end_with(c, OUTCOME_EXPIRED);
	db_change(db, &hold_lengthen, at_ms(expires), at_ms(until), c->show, c->hold);
	outbox_add(db, c->show, "SEAT_KEPT", c->hold, seats_json(c->arena, (struct seats_told){ .key = "hold", .id = c->hold,
	    .ids = c->ids, .n = c->n_ids, .rows = c->rows, .n_rows = c->n_rows, .up = SEATS_CHANGED }));
	return end_with(c, OUTCOME_OK);
}

enum outcome
hold_extend(struct db *db, struct arena *a, int64_t show, int64_t hold, int64_t buyer)
{
	struct change c = { .arena = a, .show = show, .hold = hold, .buyer = buyer };

	return run(db, &extend_tx, extend_body, &c);
}

static enum tx_end
release_body(struct db *db, void *context)
{
	struct change *c = context;
	enum outcome o = lock_to_hold(db, c);

	if (o != OUTCOME_OK)
		return end_with(c, c->runs++ && o == OUTCOME_EXPIRED ? OUTCOME_OK : o);
	c->runs++;
	if (payment_is(c, "capturing"))
		return end_with(c, OUTCOME_CAPTURING);
	lock_its_seats(db, c);
	seats_let_go(db, c->arena, c->show, c->hold, c->rows, c->n_rows, "buyer");
	FAULT_DB(db, "release.seats_free");
	hold_end(db, c->arena, c->show, &c->row, "released", "buyer");
	return end_with(c, OUTCOME_OK);
}

enum outcome
hold_release(struct db *db, struct arena *a, int64_t show, int64_t hold, int64_t buyer)
{
	struct change c = { .arena = a, .show = show, .hold = hold, .buyer = buyer };
	enum outcome o = run(db, &release_tx, release_body, &c);

	if (o == OUTCOME_OK)
		log_info("hold.released", "show=%" PRId64 " hold=%" PRId64, show, hold);
	return o;
}

/* While a payment page is open for the whole, nothing may change what it pays for: CAPTURING, and the caller closes it first. */
static enum tx_end
remove_body(struct db *db, void *context)
{
	struct change *c = context;
	enum outcome o = lock_to_hold(db, c);
	bool again = c->runs++ > 0, found = false;

	if (o != OUTCOME_OK)
		return end_with(c, again && o == OUTCOME_EXPIRED ? OUTCOME_OK : o);
	if (c->row.over)
		return end_with(c, OUTCOME_EXPIRED);
	if (c->n_payments && (payment_is(c, "created") || payment_is(c, "open") || payment_is(c, "capturing")))
		return end_with(c, OUTCOME_CAPTURING);
	lock_its_seats(db, c);
	for (size_t i = 0; i < c->n_rows; i++)
		if (c->rows[i].id == c->seat) {
			found = true;
			c->rows[0] = c->rows[i];
		}
	if (!found)
		return end_with(c, again ? OUTCOME_OK : OUTCOME_NOT_FOUND);
	seats_let_go(db, c->arena, c->show, c->hold, c->rows, 1, "buyer");
	if (c->n_ids == 1) {
		hold_end(db, c->arena, c->show, &c->row, "released", "buyer");
		return end_with(c, OUTCOME_OK);
	}
	db_change(db, &hold_seat_drop, c->show, c->hold, c->seat);
	db_change(db, &hold_shrink, c->show, c->hold);
	return end_with(c, OUTCOME_OK);
}

enum outcome
hold_remove(struct db *db, struct arena *a, int64_t show, int64_t hold, int64_t buyer, int64_t seat)
{
	struct change c = { .arena = a, .show = show, .hold = hold, .buyer = buyer, .seat = seat };

	return run(db, &remove_seat_tx, remove_body, &c);
}

static int64_t
section_of(const struct change *c, int64_t seat)
{
	for (size_t i = 0; i < c->n_rows; i++)
		if (c->rows[i].id == seat)
			return c->rows[i].section;
	return 0;
}

static enum tx_end
reprice_body(struct db *db, void *context)
{
	struct change *c = context;
	enum outcome o = lock_to_hold(db, c);

	if (o != OUTCOME_OK)
		return end_with(c, o);
	if (c->row.over)
		return end_with(c, OUTCOME_EXPIRED);
	if (payment_is(c, "created") || payment_is(c, "open") || payment_is(c, "capturing"))
		return end_with(c, OUTCOME_CAPTURING);
	lock_its_seats(db, c);
	for (size_t i = 0; i < c->n; i++) {
		struct rows *price = db_row(db, &price_find, c->show, section_of(c, c->seats[i]), c->types[i]);
		int64_t minor, extra, charges;

		if (!price)
			return end_with(c, OUTCOME_NOT_FOUND);
		minor = row_int(price, 0);
		extra = row_int(price, 1);
		charges = row_int(price, 2);
		rows_done(price);
		db_change(db, &seat_reprice, c->types[i], minor, extra, charges, c->show, c->hold, c->seats[i], c->types[i]);
	}
	return end_with(c, OUTCOME_OK);
}

enum outcome
hold_price(struct db *db, struct arena *a, int64_t show, int64_t hold, int64_t buyer, const int64_t *seats,
    const struct span *types, size_t n)
{
	struct change c = { .arena = a, .show = show, .hold = hold, .buyer = buyer, .seats = seats, .types = types, .n = n };

	return run(db, &reprice_tx, reprice_body, &c);
}

static enum tx_end
expire_body(struct db *db, void *context)
{
	struct change *c = context;
	enum outcome o = lock_to_hold(db, c);

	if (o != OUTCOME_OK)
		return end_with(c, o == OUTCOME_EXPIRED ? OUTCOME_CHANGED : o);
	/* paid this very moment, or extended: not ours to end */
	if (!c->row.over || (!c->row.seats_over && !c->now_closed) || payment_is(c, "capturing"))
		return end_with(c, OUTCOME_CHANGED);
	if (c->now_closed && (payment_is(c, "created") || payment_is(c, "open")))
		return end_with(c, OUTCOME_CHANGED);
	lock_its_seats(db, c);
	seats_let_go(db, c->arena, c->show, c->hold, c->rows, c->n_rows, "expired");
	FAULT_DB(db, "expire.seats_free");
	hold_end(db, c->arena, c->show, &c->row, "expired", "expired");
	return end_with(c, OUTCOME_OK);
}

enum outcome
hold_expire(struct db *db, struct arena *a, int64_t show, int64_t hold, bool now_closed)
{
	struct change c = { .arena = a, .show = show, .hold = hold, .now_closed = now_closed };
	enum outcome o = run(db, &expire_tx, expire_body, &c);

	if (o == OUTCOME_OK)
		log_info("hold.expired", "show=%" PRId64 " hold=%" PRId64, show, hold);
	return o;
}
