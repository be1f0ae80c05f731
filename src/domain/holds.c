/*
 * holds.c - taking seats. First everything that can be said without a lock (advice.c); then one transaction that decides on
 * locked rows only. It must never write before the last seat was found free.
 */
#include "base/base.h"

#include "base/crypto.h"
#include "base/fault.h"
#include "domain/advice.h"
#include "domain/best.h"
#include "domain/holds.h"
#include "domain/locks.h"
#include "domain/outbox.h"

#define OWN_MAX 4		/* active holds of one buyer that we look at; holds_a_buyer is less */
#define JITTER_MAX_MS 60000
#define LEAST_AGAIN_MS 1000	/* with less left, seats of an ended hold are not taken again but wait for everybody */

/*
 * Also those whose promised end has passed while their seats are still kept. Where a show has a few holds only, the optimizer would
 * read them all by PRIMARY, and wait for every other buyer's.
 */
STATEMENT(own_holds, SHOW, "idddii", "SELECT hold_id, expires_at, seats_until, longest_until, extensions, "
    "expires_at <= UTC_TIMESTAMP(3) FROM holds FORCE INDEX (by_buyer) "
    "WHERE show_id = ? AND buyer_id = ? AND state = 'active' AND seats_until > UTC_TIMESTAMP(3) "
    "ORDER BY expires_at <= UTC_TIMESTAMP(3), hold_id DESC LIMIT 4 FOR UPDATE");
STATEMENT(hold_known, SHOW, "i", "SELECT hold_id FROM holds WHERE show_id = ? AND hold_id = ? AND buyer_id = ?");
STATEMENT(seats_hold, SHOW, "", "UPDATE show_seats FORCE INDEX (PRIMARY) SET status = 'held', hold_id = ?, expires_at = ?, "
    "booking_id = NULL, version = version + 1 WHERE show_id = ? AND seat_id IN " IN_8);
STATEMENT(hold_insert, SHOW, "", "INSERT INTO holds (show_id, hold_id, buyer_id, state, seat_count, extensions, created_at, expires_at, "
    "seats_until, longest_until) VALUES (?, ?, ?, 'active', ?, ?, UTC_TIMESTAMP(3), ?, ?, ?)");
/* A seat that the buyer already held keeps the price type it had there. */
STATEMENT(hold_seats_insert, SHOW, "", "INSERT INTO hold_seats (show_id, hold_id, seat_id, price_type, price_minor, fee_minor, charges) "
    "SELECT s.show_id, ?, s.seat_id, p.price_type, p.minor, p.extra_minor, p.charges FROM show_seats s "
    "LEFT JOIN hold_seats o ON o.show_id = ? AND o.hold_id IN (?, ?) AND o.seat_id = s.seat_id "
    "JOIN show_prices p ON p.show_id = ? AND p.section_id = s.section_id "
    "AND ((o.price_type IS NULL AND p.sort = 0) OR p.price_type = o.price_type) "
    "WHERE s.show_id = ? AND s.seat_id IN " IN_8);
/* Changed seats are still those that somebody is to be written to about. */
STATEMENT(hold_address_keep, SHOW, "", "UPDATE holds n JOIN holds o ON o.show_id = ? AND o.hold_id = ? "
    "SET n.email = o.email, n.addresses = o.addresses WHERE n.show_id = ? AND n.hold_id = ? AND o.addresses > n.addresses");
STATEMENT(buyer_show_note, DIRECTORY, "", "INSERT INTO buyer_shows (buyer_id, show_id, at) VALUES (?, ?, UTC_TIMESTAMP(3)) "
    "ON DUPLICATE KEY UPDATE at = UTC_TIMESTAMP(3)");

TRANSACTION(hold_tx, "hold");

struct own_hold {
	struct hold_row row;
	struct seat_set seats;
	bool replaced;
};

struct take {
	const struct hold_ask *ask;
	struct arena *arena;
	struct hold_result *result;
	enum outcome outcome;
	int64_t id;			/* of the new hold: made once, so that a run after a lost COMMIT finds it */
	int runs;
	struct best_plan *best;		/* the seats are chosen from the locked section; NULL: ask->seats */

	struct sale sale;
	struct own_hold own[OWN_MAX];
	size_t n_own;
	/* Holds of theirs that have ended: their seats are theirs to take again, as if free, but not beyond the absolute end. */
	int64_t over[OWN_MAX];
	size_t n_over;
	int64_t longest_ms;		/* the earliest such end */
	struct seat_set seats;
	struct seat_row rows[LOCK_MAX_SEATS];
	size_t n_rows;
};

static bool
set_has(const struct seat_set *s, int64_t id)
{
	for (size_t i = 0; i < s->n; i++)
		if (s->ids[i] == id)
			return true;
	return false;
}

static bool
set_same(const struct seat_set *a, const struct seat_set *b)
{
	for (size_t i = 0; i < a->n; i++)
		if (!set_has(b, a->ids[i]))
			return false;
	return a->n == b->n;
}

static bool
set_overlaps(const struct seat_set *a, const struct seat_set *b)
{
	for (size_t i = 0; i < a->n; i++)
		if (set_has(b, a->ids[i]))
			return true;
	return false;
}

static enum tx_end
end_with(struct take *t, enum outcome o)
{
	t->outcome = o;
	return o == OUTCOME_OK ? TX_COMMIT : TX_ROLLBACK;
}

static void
read_own(struct db *db, struct take *t)
{
	struct rows *rows = db_select(db, &own_holds, t->ask->show, t->ask->buyer);

	t->n_own = t->n_over = 0;
	t->longest_ms = INT64_MAX;
	while (t->n_own + t->n_over < OWN_MAX && rows_next(rows)) {
		if (row_int(rows, 5)) {
			if (row_int(rows, 3) > t->sale.now_ms + LEAST_AGAIN_MS) {
				t->over[t->n_over++] = row_int(rows, 0);
				t->longest_ms = row_int(rows, 3) < t->longest_ms ? row_int(rows, 3) : t->longest_ms;
			}
			continue;
		}
		t->own[t->n_own++] = (struct own_hold){ .row = { .id = row_int(rows, 0), .buyer = t->ask->buyer, .state = SPAN("active"),
			.reason = SPAN_NONE, .expires_ms = row_int(rows, 1), .until_ms = row_int(rows, 2),
			.longest_ms = row_int(rows, 3), .extensions = (int)row_int(rows, 4) } };
	}
	rows_done(rows);
	for (size_t i = 0; i < t->n_own; i++)
		t->own[i].seats.n = hold_seat_ids(db, t->ask->show, t->own[i].row.id, t->own[i].seats.ids);
}

/* Adds the newest own hold's seats to the wanted ones; false if that is more than one hold may have. */
static bool
join_newest(struct take *t)
{
	const struct seat_set *old = &t->own[0].seats;

	for (size_t i = 0; i < old->n; i++) {
		if (set_has(&t->seats, old->ids[i]))
			continue;
		if (t->seats.n == HOLD_MAX_SEATS)
			return false;
		t->seats.ids[t->seats.n++] = old->ids[i];
	}
	return true;
}

/* Which own holds give way, and whether the limits allow the new one. OUTCOME_OK with result->hold set: nothing to do. */
static enum outcome
fit_in(struct take *t)
{
	size_t staying = 0;
	bool found = false;

	t->seats = t->ask->seats;
	if (t->ask->add && t->n_own && !join_newest(t)) {
		t->result->buyer_hold = t->own[0].row.id;
		t->result->limit = t->sale.seats_a_hold;
		return OUTCOME_LIMIT;
	}
	for (size_t i = 0; i < t->n_own; i++) {
		struct own_hold *o = &t->own[i];

		if (!t->best && set_same(&o->seats, &t->seats)) {
			t->result->hold = o->row.id;
			return OUTCOME_OK;
		}
		o->replaced = o->row.id == t->ask->replaces || (!t->best && set_overlaps(&o->seats, &t->seats));
		found |= o->row.id == t->ask->replaces;
		staying += !o->replaced;
	}
	if (t->ask->replaces && !found)
		return OUTCOME_EXPIRED;
	if (t->seats.n > (size_t)t->sale.seats_a_hold) {
		t->result->limit = t->sale.seats_a_hold;
		return OUTCOME_LIMIT;
	}
	if (staying >= (size_t)t->sale.holds_a_buyer) {
		t->result->buyer_hold = t->own[0].row.id;
		t->result->limit = t->sale.holds_a_buyer;
		return OUTCOME_LIMIT;
	}
	return OUTCOME_OK;
}

static bool
hold_capturing(struct db *db, struct take *t, int64_t hold)
{
	struct payment_row *payments;
	size_t n = lock_payments(db, t->arena, t->ask->show, hold, &payments);

	for (size_t i = 0; i < n; i++)
		if (span_is(payments[i].state, "capturing"))
			return true;
	return false;
}

static bool
capturing(struct db *db, struct take *t)
{
	for (size_t i = 0; i < t->n_own; i++)
		if (t->own[i].replaced && hold_capturing(db, t, t->own[i].row.id))
			return true;
	for (size_t i = 0; i < t->n_over; i++)
		if (hold_capturing(db, t, t->over[i]))
			return true;
	return false;
}

static bool
own_over(const struct take *t, int64_t hold)
{
	for (size_t i = 0; i < t->n_over; i++)
		if (t->over[i] == hold)
			return true;
	return false;
}

static bool
own_replaced(const struct take *t, int64_t hold)
{
	for (size_t i = 0; i < t->n_own; i++)
		if (t->own[i].replaced && t->own[i].row.id == hold)
			return true;
	return false;
}

/* Locks wanted and given-up seats in one read and decides: OK, TAKEN (all lost ones named) or NOT_FOUND. */
static enum outcome
lock_and_decide(struct db *db, struct take *t)
{
	int64_t ids[LOCK_MAX_SEATS];
	size_t n = 0, found = 0;

	for (size_t i = 0; i < t->seats.n; i++)
		ids[n++] = t->seats.ids[i];
	for (size_t i = 0; i < t->n_own; i++)
		for (size_t j = 0; t->own[i].replaced && j < t->own[i].seats.n && n < LOCK_MAX_SEATS; j++)
			ids[n++] = t->own[i].seats.ids[j];
	t->n_rows = lock_seats(db, t->ask->show, ids, n, t->rows);
	t->result->lost.n = 0;
	for (size_t i = 0; i < t->n_rows; i++) {
		const struct seat_row *r = &t->rows[i];

		if (!set_has(&t->seats, r->id))
			continue;
		found++;
		if (!r->free && !(r->held && (own_replaced(t, r->hold) || own_over(t, r->hold))))
			t->result->lost.ids[t->result->lost.n++] = r->id;
	}
	if (found != t->seats.n)
		return OUTCOME_NOT_FOUND;
	return t->result->lost.n ? OUTCOME_TAKEN : OUTCOME_OK;
}

/* Seats come free a little after the promised end, so that a whole hall's holds do not end in one instant. */
static int64_t
jitter(const struct sale *s)
{
	int64_t most = s->hold_ms / 10 < JITTER_MAX_MS ? s->hold_ms / 10 : JITTER_MAX_MS;

	return random_below((uint32_t)most + 1);
}

/* Everything is decided: lets go of what is replaced, takes the seats, writes hold and events. */
static void
write_hold(struct db *db, struct take *t)
{
	int64_t show = t->ask->show, replaced[OWN_MAX] = { 0 };
	int64_t until, longest = t->sale.now_ms + t->sale.longest_ms, expires = INT64_MAX;
	struct seat_row wanted[LOCK_MAX_SEATS];
	size_t n_replaced = 0, n_wanted = 0;
	int extensions = 0;

	for (size_t i = 0; i < t->n_rows; i++)
		if (set_has(&t->seats, t->rows[i].id))
			wanted[n_wanted++] = t->rows[i];
	for (size_t i = 0; i < t->n_own; i++) {
		struct own_hold *o = &t->own[i];

		if (!o->replaced)
			continue;
		replaced[n_replaced++] = o->row.id;
		/* the clock does not restart: the new hold ends when the old one would have, of two the earlier */
		expires = o->row.expires_ms < expires ? o->row.expires_ms : expires;
		longest = o->row.longest_ms < longest ? o->row.longest_ms : longest;
		extensions = o->row.extensions > extensions ? o->row.extensions : extensions;
		seats_let_go(db, t->arena, show, o->row.id, t->rows, t->n_rows, "replaced");
		hold_end(db, t->arena, show, &o->row, "released", "replaced");
	}
	if (!n_replaced) {
		longest = t->longest_ms < longest ? t->longest_ms : longest;
		expires = t->sale.now_ms + t->sale.hold_ms < longest ? t->sale.now_ms + t->sale.hold_ms : longest;
	}
	until = expires + jitter(&t->sale);
	seats_tell_expired(db, t->arena, show, replaced, n_replaced, wanted, n_wanted);
	if (db_change(db, &seats_hold, t->id, at_ms(until), show, AT_8(t->seats.ids, t->seats.n)) != (int64_t)t->seats.n &&
	    !db_failed(db))
		db_refuse(db, "show=%" PRId64 " other than %zu locked seats changed", show, t->seats.n);
	FAULT_DB(db, "hold.seats_taken");
	db_change(db, &hold_insert, show, t->id, t->ask->buyer, t->seats.n, extensions, at_ms(expires), at_ms(until), at_ms(longest));
	for (size_t i = 0; i < n_replaced; i++)
		db_change(db, &hold_address_keep, show, replaced[i], show, t->id);
	if (db_change(db, &hold_seats_insert, t->id, show, replaced[0], replaced[1], show, show,
	    AT_8(t->seats.ids, t->seats.n)) != (int64_t)t->seats.n && !db_failed(db))
		db_refuse(db, "show=%" PRId64 " has no price for a seat", show);
	outbox_add(db, show, "SEAT_HELD", t->id, seats_json(t->arena, (struct seats_told){ .key = "hold", .id = t->id,
	    .ids = t->seats.ids, .n = t->seats.n, .rows = t->rows, .n_rows = t->n_rows, .up = SEATS_CHANGED }));
	t->result->hold = t->id;
}

static enum outcome
closed(struct take *t)
{
	t->result->sales_from_ms = t->sale.from_ms;
	t->result->sales_until_ms = t->sale.until_ms;
	t->result->sales_state = !span_is(t->sale.state, "on_sale") ? t->sale.state : t->sale.early ? SPAN("early") : SPAN("late");
	return OUTCOME_CLOSED;
}

/* A COMMIT whose answer was lost had won. Asked under the buyer's lock: before it, that COMMIT may still be under way. */
static bool
won_before(struct db *db, struct take *t)
{
	struct rows *known = db_row(db, &hold_known, t->ask->show, t->id, t->ask->buyer);

	if (!known)
		return false;
	rows_done(known);
	t->result->hold = t->id;
	return true;
}

static enum tx_end
take_body(struct db *db, void *context)
{
	struct take *t = context;
	enum outcome o;

	if (!lock_show(db, t->ask->show, &t->sale))
		return end_with(t, OUTCOME_NOT_FOUND);
	lock_buyer(db, t->ask->show, t->ask->buyer);
	if (t->runs++ && won_before(db, t))
		return end_with(t, OUTCOME_OK);
	if (!t->sale.open)
		return end_with(t, closed(t));
	read_own(db, t);
	t->result->hold = 0;
	o = fit_in(t);
	if (o != OUTCOME_OK || t->result->hold)
		return end_with(t, o);
	if (capturing(db, t))
		return end_with(t, OUTCOME_CAPTURING);
	if (t->best && !best_from_locked(db, t->arena, t->ask->show, t->best, &t->seats))
		return end_with(t, OUTCOME_NO_ROOM);
	o = lock_and_decide(db, t);
	if (o != OUTCOME_OK)
		return end_with(t, o);
	write_hold(db, t);
	return end_with(t, OUTCOME_OK);
}

static enum outcome
take(struct db *db, struct take *t)
{
	enum tx_result r = TX_DUPLICATE;

	/* TX_DUPLICATE: somebody else's hold has this id, drawn by another worker in the same instant */
	for (int try = 0; try < 2 && r == TX_DUPLICATE; try++) {
		t->id = id_new();
		r = tx_run(db, &hold_tx, take_body, t);
	}
	if (r != TX_DONE)
		return outcome_of_tx(r);
	if (t->outcome != OUTCOME_OK)
		return t->outcome;
	log_info("hold.taken", "show=%" PRId64 " hold=%" PRId64 " seats=%zu", t->ask->show, t->result->hold, t->seats.n);
	db_change(db, &buyer_show_note, t->ask->buyer, t->ask->show);	/* a directory: rebuilt if this is lost */
	db_clear(db);
	return OUTCOME_OK;
}

enum outcome
hold_take(struct db *db, struct arena *a, const struct hold_ask *ask, struct hold_result *result)
{
	struct take t = { .ask = ask, .arena = a, .result = result };
	enum outcome o;

	memset(result, 0, sizeof(*result));
	result->sales_state = SPAN_NONE;
	o = advice_on_hold(db, a, ask, result);
	return o == OUTCOME_OK ? take(db, &t) : o;
}

enum outcome
hold_take_best_locked(struct db *db, struct arena *a, const struct hold_ask *ask, struct best_plan *plan, struct hold_result *result)
{
	struct take t = { .ask = ask, .arena = a, .result = result, .best = plan };

	return take(db, &t);
}
