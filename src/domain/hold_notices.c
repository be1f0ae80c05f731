/* hold_notices.c - see hold_notices.h. The hold's row is what all of this is decided under; who has no address is warned all the same. */
#include "base/base.h"

#include "base/fault.h"
#include "domain/hold_notices.h"
#include "domain/holds.h"
#include "domain/locks.h"
#include "domain/outbox.h"

#define SECONDS(n) SECONDS_(n)
#define SECONDS_(n) #n
#define END_IS_NEAR "expires_at <= TIMESTAMPADD(SECOND, " SECONDS(WARN_SECONDS) ", UTC_TIMESTAMP(3)) " \
	"AND expires_at > TIMESTAMPADD(SECOND, " SECONDS(WARN_LEAST_SECONDS) ", UTC_TIMESTAMP(3))"

STATEMENT(address_lock, SHOW, "ti", "SELECT email, addresses FROM holds WHERE show_id = ? AND hold_id = ? FOR UPDATE");
STATEMENT(address_store, SHOW, "", "UPDATE holds SET email = ?, addresses = addresses + 1 WHERE show_id = ? AND hold_id = ?");
STATEMENT(address_find, SHOW, "tit", "SELECT h.email, h.addresses, COALESCE(b.email, '') FROM holds h "
    "LEFT JOIN bookings b ON b.show_id = ? AND b.hold_id = h.hold_id WHERE h.show_id = ? AND h.hold_id = ?");
STATEMENT(address_newest, SHOW, "i", "SELECT COALESCE(MAX(outbox_id), 0) FROM outbox WHERE show_id = ? AND subject_id = ? "
    "AND type = 'HOLD_ADDRESS_GIVEN'");
STATEMENT(followed, SHOW, "i", "SELECT hold_id FROM holds WHERE show_id = ? AND buyer_id = ? AND hold_id > ? "
    "AND (state = 'confirmed' OR (state = 'active' AND expires_at > UTC_TIMESTAMP(3))) ORDER BY hold_id DESC LIMIT 1");
/* What cannot be told now must not stand on the list: it is short. */
STATEMENT(warn_list, SCATTER, "ii", "SELECT h.show_id, h.hold_id FROM holds h WHERE h.state = 'active' AND h." END_IS_NEAR
    " AND (h.warned_for IS NULL OR h.warned_for <> h.expires_at) "
    "AND NOT EXISTS (SELECT 1 FROM payments p WHERE p.show_id = h.show_id AND p.hold_id = h.hold_id AND p.state = 'capturing') "
    "ORDER BY h.expires_at LIMIT ?");
STATEMENT(warn_lock, SHOW, "idi", "SELECT seat_count, expires_at, state = 'active' AND " END_IS_NEAR " AND (warned_for IS NULL OR "
    "warned_for <> expires_at) FROM holds WHERE show_id = ? AND hold_id = ? FOR UPDATE");
STATEMENT(warn_note, SHOW, "", "UPDATE holds SET warned_for = expires_at WHERE show_id = ? AND hold_id = ?");
STATEMENT(address_old, SCATTER, "ii", "SELECT show_id, hold_id FROM holds FORCE INDEX (forget) "
    "WHERE forget_at <= UTC_TIMESTAMP(3) - INTERVAL 7 DAY ORDER BY forget_at LIMIT ?");
STATEMENT(address_forget, SHOW, "", "UPDATE holds SET email = '' WHERE show_id = ? AND hold_id = ? AND state IN ('released', 'expired')");

TRANSACTION(address_tx, "address");
TRANSACTION(warn_tx, "warn");

struct notice {
	struct arena *arena;
	int64_t show, hold, buyer;
	struct span email;
	enum outcome outcome;
};

static enum tx_end
end_with(struct notice *n, enum outcome o)
{
	n->outcome = o;
	return o == OUTCOME_OK ? TX_COMMIT : TX_ROLLBACK;
}

static enum outcome
run(struct db *db, const struct transaction *tx, enum tx_end (*body)(struct db *, void *), struct notice *n)
{
	enum tx_result r = tx_run(db, tx, body, n);

	return r == TX_DONE ? n->outcome : outcome_of_tx(r);
}

/* -- an address --------------------------------------------------------------------------------------------------------------- */

static enum outcome
lock_theirs(struct db *db, struct notice *n)
{
	struct sale sale;
	struct hold_row row;

	if (!lock_show(db, n->show, &sale) || !lock_hold(db, n->show, n->hold, &row) || row.buyer != n->buyer)
		return OUTCOME_NOT_FOUND;
	if (span_is(row.state, "confirmed"))
		return OUTCOME_PAID;
	return span_is(row.state, "active") && !row.over ? OUTCOME_OK : OUTCOME_EXPIRED;
}

/* Where a COMMIT's answer was lost, the second run finds the address there. */
static enum tx_end
address_body(struct db *db, void *context)
{
	struct notice *n = context;
	enum outcome o = lock_theirs(db, n);
	struct rows *row;
	int64_t given;
	bool same;

	if (o != OUTCOME_OK)
		return end_with(n, o);
	row = db_row(db, &address_lock, n->show, n->hold);
	if (!row)
		return end_with(n, OUTCOME_NOT_FOUND);
	same = span_eq(row_text(row, 0), n->email);
	given = row_int(row, 1);
	rows_done(row);
	if (same)
		return end_with(n, OUTCOME_OK);
	if (given >= ADDRESSES_MOST)
		return end_with(n, OUTCOME_LIMIT);
	db_change(db, &address_store, n->email, n->show, n->hold);
	FAULT_DB(db, "address.stored");
	outbox_add(db, n->show, "HOLD_ADDRESS_GIVEN", n->hold, arena_fmt(n->arena, "{\"hold\":%" PRId64 "}", n->hold));
	return end_with(n, OUTCOME_OK);
}

enum outcome
hold_address_give(struct db *db, struct arena *a, int64_t show, int64_t hold, int64_t buyer, struct span email)
{
	struct notice n = { .arena = a, .show = show, .hold = hold, .buyer = buyer, .email = email };

	return run(db, &address_tx, address_body, &n);
}

enum outcome
hold_address_read(struct db *db, int64_t show, int64_t hold, struct hold_address *address)
{
	struct rows *row = db_row(db, &address_find, show, show, hold);
	struct span own, booked;
	int64_t given;

	if (!row)
		return db_failed(db) ? outcome_of_reads(db) : OUTCOME_NOT_FOUND;
	own = row_text(row, 0);
	booked = row_text(row, 2);
	given = row_int(row, 1);
	/* none, though one was given: it is forgotten */
	*address = (struct hold_address){ .email = booked.n ? booked : own, .good = own.n ? !booked.n || span_eq(own, booked) : booked.n > 0 && !given,
		.generation = (int)given, .tried = booked.n > 0 };
	rows_done(row);
	return OUTCOME_OK;
}

enum outcome
hold_of_letter(struct db *db, struct arena *a, int64_t show, int64_t hold, struct hold *h, struct hold_address *address)
{
	struct hold_address next;
	int64_t id;
	enum outcome o = hold_address_read(db, show, hold, address);

	if (o == OUTCOME_OK)
		o = hold_read(db, a, show, hold, 0, h);
	if (o != OUTCOME_OK || h->state != HOLD_RELEASED || !span_is(h->reason, "replaced") || !address->good ||
	    !hold_followed(db, show, hold, h->buyer, &id) || hold_address_read(db, show, id, &next) != OUTCOME_OK || !next.good ||
	    !span_eq(next.email, address->email))
		return o;
	*address = next;
	return hold_read(db, a, show, id, 0, h);
}

int64_t
hold_address_newest(struct db *db, int64_t show, int64_t hold)
{
	struct rows *row = db_row(db, &address_newest, show, hold);
	int64_t event;

	if (!row)
		return 0;
	event = row_int(row, 0);
	rows_done(row);
	return event;
}

bool
hold_followed(struct db *db, int64_t show, int64_t hold, int64_t buyer, int64_t *next)
{
	struct rows *row = db_row(db, &followed, show, buyer, hold);

	if (!row)
		return false;
	*next = row_int(row, 0);
	rows_done(row);
	return true;
}

/* -- the end is near ---------------------------------------------------------------------------------------------------------- */

static bool
capturing(struct db *db, struct notice *n)
{
	struct payment_row *payments;
	size_t count = lock_payments(db, n->arena, n->show, n->hold, &payments);

	for (size_t i = 0; i < count; i++)
		if (span_is(payments[i].state, "capturing"))
			return true;
	return false;
}

static bool
has_its_seats(struct db *db, struct notice *n, int64_t seat_count)
{
	struct seat_row rows[LOCK_MAX_SEATS];
	int64_t ids[HOLD_MAX_SEATS];
	size_t found = lock_seats(db, n->show, ids, hold_seat_ids(db, n->show, n->hold, ids), rows);

	for (size_t i = 0; i < found; i++)
		if (!rows[i].held || rows[i].hold != n->hold)
			return false;
	return (int64_t)found == seat_count;
}

static enum tx_end
warn_body(struct db *db, void *context)
{
	struct notice *n = context;
	struct sale sale;
	struct rows *row;
	int64_t seat_count, end_ms;
	bool due;

	if (!lock_show(db, n->show, &sale) || !(row = db_row(db, &warn_lock, n->show, n->hold)))
		return end_with(n, OUTCOME_NOT_FOUND);
	seat_count = row_int(row, 0);
	end_ms = row_int(row, 1);
	due = row_int(row, 2);
	rows_done(row);
	if (!due || capturing(db, n) || !has_its_seats(db, n, seat_count))
		return end_with(n, OUTCOME_CHANGED);
	db_change(db, &warn_note, n->show, n->hold);
	FAULT_DB(db, "warn.noted");
	outbox_add(db, n->show, "HOLD_ENDING", n->hold, arena_fmt(n->arena, "{\"hold\":%" PRId64 ",\"until\":%" PRId64 "}", n->hold, end_ms));
	return end_with(n, OUTCOME_OK);
}

static size_t
list_holds(struct db *db, struct arena *a, const struct statement *st, size_t most, struct hold_id **list)
{
	struct rows *rows = db_select_values(db, st, (struct value[]){ value_int_((int64_t)most) }, 1);
	size_t n = 0;

	*list = ARENA_ARRAY(a, struct hold_id, most);
	while (n < most && rows_next(rows))
		(*list)[n++] = (struct hold_id){ row_int(rows, 0), row_int(rows, 1) };
	rows_done(rows);
	return n;
}

enum outcome
hold_warn(struct db *db, struct arena *a, int64_t show, int64_t hold)
{
	struct notice n = { .arena = a, .show = show, .hold = hold };

	return run(db, &warn_tx, warn_body, &n);
}

size_t
holds_to_warn(struct db *db, struct arena *a, size_t most, struct hold_id **list)
{
	return list_holds(db, a, &warn_list, most, list);
}

void
hold_addresses_forget(struct db *db, struct arena *a)
{
	struct hold_id *old;
	size_t n = list_holds(db, a, &address_old, 100, &old);

	for (size_t i = 0; i < n; i++)
		db_change(db, &address_forget, old[i].show, old[i].hold);
}
