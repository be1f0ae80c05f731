/* payments.c - see payments.h. A payment is stored, with the exact request that will be sent, before anybody is asked for money. */
#include "base/base.h"

#include "base/backoff.h"
#include "base/crypto.h"
#include "base/fault.h"
#include "domain/bookings.h"
#include "domain/locks.h"
#include "domain/money_moves.h"
#include "domain/outbox.h"

#define GRACE_MS 120000		/* a payer may overrun the absolute end by so much */
#define QUIET_MS 60000		/* longer than anybody is still busy opening a payment: then the reaper asks */
#define ASK_MS 15000		/* and again after so long, twice so long, … */
#define ASK_DOUBLINGS 7
#define LATE_SECONDS 900	/* after its end a payment that may yet be paid is asked for whenever its age has doubled, */
#define LATEST_SECONDS 259200	/* for three days: banks that take their time are done by then */

STATEMENT(hold_total, SHOW, "i", "SELECT CAST(SUM(price_minor + fee_minor) AS SIGNED) FROM hold_seats WHERE show_id = ? AND hold_id = ?");
STATEMENT(hold_keep, SHOW, "", "UPDATE holds SET expires_at = ?, seats_until = ? WHERE show_id = ? AND hold_id = ?");
STATEMENT(seats_keep, SHOW, "", "UPDATE show_seats FORCE INDEX (PRIMARY) SET expires_at = ?, version = version + 1 "
    "WHERE show_id = ? AND hold_id = ? AND seat_id IN " IN_8);
STATEMENT(booking_insert, SHOW, "", "INSERT INTO bookings (show_id, booking_id, hold_id, buyer_id, ref, state, email, name, total_minor, "
    "currency, created_at) VALUES (?, ?, ?, ?, ?, 'pending', ?, ?, ?, ?, UTC_TIMESTAMP(3))");
STATEMENT(booking_update, SHOW, "", "UPDATE bookings SET email = ?, name = ?, total_minor = ? "
    "WHERE show_id = ? AND booking_id = ? AND state = 'pending'");
/* Links in letters were good at the first address; it is kept, so that they are not where the tickets are another's. */
STATEMENT(first_address_keep, SHOW, "", "UPDATE holds h JOIN bookings b ON b.show_id = ? AND b.hold_id = h.hold_id SET h.email = b.email "
    "WHERE h.show_id = ? AND h.hold_id = ? AND h.email = '' AND HEX(b.email) <> HEX(?)");
STATEMENT(booking_seats_drop, SHOW, "", "DELETE FROM booking_seats WHERE show_id = ? AND booking_id = ? AND state = 'pending'");
STATEMENT(booking_seats_fill, SHOW, "", "INSERT INTO booking_seats (show_id, booking_id, seat_id, state, price_type, price_minor, "
    "fee_minor, charges, serial) SELECT show_id, ?, seat_id, 'pending', price_type, price_minor, fee_minor, charges, ? + seat_id "
    "FROM hold_seats WHERE show_id = ? AND hold_id = ?");
STATEMENT(payment_insert, SHOW, "", "INSERT INTO payments (show_id, payment_id, hold_id, booking_id, provider, state, amount_minor, "
    "currency, live, by_token, pays_late, idem_key, body, created_at, ask_at) VALUES (?, ?, ?, ?, ?, 'created', ?, ?, ?, ?, ?, ?, ?, UTC_TIMESTAMP(3), "
    "TIMESTAMPADD(MICROSECOND, ?, UTC_TIMESTAMP(3)))");
STATEMENT(payment_url, SHOW, "", "UPDATE payments SET session = ?, url = ? WHERE show_id = ? AND payment_id = ?");
STATEMENT(session_note, DIRECTORY, "", "INSERT INTO payment_sessions (provider, session, show_id, payment_id) VALUES (?, ?, ?, ?) "
    "ON DUPLICATE KEY UPDATE payment_id = payment_id");
STATEMENT(session_find, DIRECTORY, "ii", "SELECT show_id, payment_id FROM payment_sessions WHERE provider = ? AND session = ?");
STATEMENT(payment_plain, SHOW, "iittitittttttddditit", "SELECT p.hold_id, p.booking_id, p.provider, p.state, p.amount_minor, p.currency, "
    "p.live, p.idem_key, p.body, p.session, p.url, p.capture, p.reason, p.created_at, p.asked_at, UTC_TIMESTAMP(3), "
    "p.pending_at IS NOT NULL, b.state, b.generation, b.email FROM payments p "
    "JOIN bookings b ON b.show_id = ? AND b.booking_id = p.booking_id WHERE p.show_id = ? AND p.payment_id = ?");
STATEMENT(payment_telling, SHOW, "i", "SELECT payment_id FROM payments WHERE show_id = ? AND hold_id = ? "
    "ORDER BY state = 'paid' DESC, reason = 'given_back' DESC, state IN ('paid', 'refund_due', 'refunded') DESC, payment_id DESC LIMIT 1");
STATEMENT(payment_asked, SHOW, "", "UPDATE payments SET asked_at = UTC_TIMESTAMP(3) WHERE show_id = ? AND payment_id = ? "
    "AND (asked_at IS NULL OR asked_at <= TIMESTAMPADD(MICROSECOND, ?, UTC_TIMESTAMP(3)))");
STATEMENT(unfinished, SHOW, "ii", "SELECT show_id, payment_id FROM payments WHERE show_id = ? AND hold_id = ? "
    "AND state IN ('created', 'open', 'capturing') ORDER BY payment_id");
STATEMENT(to_ask, SCATTER, "iiiii", "SELECT show_id, payment_id, asks, state IN ('failed', 'closed'), "
    "TIMESTAMPDIFF(SECOND, created_at, UTC_TIMESTAMP(3)) FROM payments FORCE INDEX (to_ask) "
    "WHERE state IN ('created', 'open', 'capturing', 'failed', 'closed') AND ask_at <= UTC_TIMESTAMP(3) ORDER BY ask_at LIMIT ?");
STATEMENT(ask_take, SHOW, "", "UPDATE payments SET asked_at = UTC_TIMESTAMP(3), asks = asks + 1, "
    "ask_at = TIMESTAMPADD(MICROSECOND, ?, UTC_TIMESTAMP(3)) WHERE show_id = ? AND payment_id = ? AND ask_at <= UTC_TIMESTAMP(3)");
STATEMENT(ask_last, SHOW, "", "UPDATE payments SET asked_at = UTC_TIMESTAMP(3), ask_at = NULL "
    "WHERE show_id = ? AND payment_id = ? AND ask_at <= UTC_TIMESTAMP(3)");
STATEMENT(ask_hurry, SHOW, "", "UPDATE payments SET ask_at = UTC_TIMESTAMP(3), asks = 0 WHERE show_id = ? AND payment_id = ? "
    "AND state IN ('created', 'open', 'capturing')");

TRANSACTION(pay_tx, "pay");
TRANSACTION(pay_open_tx, "pay_open");
TRANSACTION(pay_end_tx, "pay_end");

struct begin {
	const struct payment_begin *ask;
	struct arena *arena;
	int64_t ref, serial;		/* new at each try by the caller, the same within one transaction's runs */
	int64_t *payment;
	enum outcome outcome;
	struct sale sale;
	struct hold_row hold;
};

static enum tx_end
begin_ends(struct begin *b, enum outcome o, bool write)
{
	b->outcome = o;
	return write ? TX_COMMIT : TX_ROLLBACK;
}

/* Whether another payment of this hold stands in the way: OK with *payment set if it is the very one to go on with. */
static enum outcome
others(struct db *db, struct begin *b)
{
	const struct payment_begin *ask = b->ask;
	struct payment_row *list;
	size_t n = lock_payments(db, b->arena, ask->show, ask->hold, &list);

	for (size_t i = 0; i < n; i++) {
		if (span_is(list[i].state, "capturing"))
			return OUTCOME_CAPTURING;
		if (!span_is(list[i].state, "created") && !span_is(list[i].state, "open"))
			continue;
		*b->payment = list[i].id;
		return span_eq(list[i].provider, ask->provider) && list[i].amount == ask->amount.minor &&
		    list[i].by_token == ask->by_token ? OUTCOME_OK : OUTCOME_CLOSED;
	}
	return OUTCOME_OK;
}

/* The payer gets at least one extension's time from now, within the absolute end and its grace. False: a seat is not ours. */
static bool
keep_seats(struct db *db, struct begin *b)
{
	int64_t ids[HOLD_MAX_SEATS], grace = b->sale.extend_ms < GRACE_MS ? b->sale.extend_ms : GRACE_MS;
	int64_t wish = b->sale.now_ms + b->sale.extend_ms, last = b->hold.longest_ms + grace;
	int64_t expires = b->hold.expires_ms, until = b->hold.until_ms;
	struct seat_row rows[LOCK_MAX_SEATS];
	size_t n = hold_seat_ids(db, b->ask->show, b->ask->hold, ids);

	if (lock_seats(db, b->ask->show, ids, n, rows) != n || n == 0)
		return false;
	for (size_t i = 0; i < n; i++)
		if (!rows[i].held || rows[i].hold != b->ask->hold)
			return false;
	wish = wish < last ? wish : last;
	expires = expires > wish ? expires : wish;
	until = until > expires ? until : expires;
	db_change(db, &seats_keep, at_ms(until), b->ask->show, b->ask->hold, AT_8(ids, n));
	db_change(db, &hold_keep, at_ms(expires), at_ms(until), b->ask->show, b->ask->hold);
	outbox_add(db, b->ask->show, "SEAT_KEPT", b->ask->hold, seats_json(b->arena, (struct seats_told){ .key = "hold", .id = b->ask->hold,
	    .ids = ids, .n = n, .rows = rows, .n_rows = n, .up = SEATS_CHANGED }));
	return true;
}

static void
write_typed(struct db *db, const struct payment_begin *ask, int64_t booking)
{
	db_change(db, &first_address_keep, ask->show, ask->show, ask->hold, ask->email);
	db_change(db, &booking_update, ask->email, ask->name, ask->amount.minor, ask->show, booking);
}

/* The hold's booking, made or brought up to date; 0 if it is not pending any more. */
static int64_t
write_booking(struct db *db, struct begin *b)
{
	const struct payment_begin *ask = b->ask;
	struct booking_row row;
	int64_t id = ask->booking;

	if (lock_booking(db, ask->show, ask->hold, &row)) {
		if (!span_is(row.state, "pending"))
			return 0;
		id = row.id;
		write_typed(db, ask, id);
		db_change(db, &booking_seats_drop, ask->show, id);
	} else {
		db_change(db, &booking_insert, ask->show, id, ask->hold, ask->buyer, b->ref, ask->email, ask->name, ask->amount.minor,
		    ask->amount.code);
		outbox_add(db, ask->show, "BOOKING_PENDING", id, arena_fmt(b->arena, "{\"hold\":%" PRId64 ",\"total\":%" PRId64
		    ",\"currency\":\"%s\"}", ask->hold, ask->amount.minor, ask->amount.code));
	}
	db_change(db, &booking_seats_fill, id, b->serial, ask->show, ask->hold);
	return id;
}

/* The same payment goes on; a corrected e-mail or name is kept all the same. */
static enum outcome
typed_again(struct db *db, struct begin *b)
{
	struct booking_row row;

	if (lock_booking(db, b->ask->show, b->ask->hold, &row) && span_is(row.state, "pending"))
		write_typed(db, b->ask, row.id);
	return OUTCOME_OK;
}

static enum tx_end
begin_body(struct db *db, void *context)
{
	struct begin *b = context;
	const struct payment_begin *ask = b->ask;
	struct rows *total;
	enum outcome o;
	int64_t booking;

	*b->payment = 0;
	if (!lock_show(db, ask->show, &b->sale))
		return begin_ends(b, OUTCOME_NOT_FOUND, false);
	lock_buyer(db, ask->show, ask->buyer);
	if (!lock_hold(db, ask->show, ask->hold, &b->hold) || b->hold.buyer != ask->buyer)
		return begin_ends(b, OUTCOME_NOT_FOUND, false);
	if (span_is(b->hold.state, "confirmed"))
		return begin_ends(b, OUTCOME_PAID, false);
	if (!span_is(b->hold.state, "active") || b->hold.over ||
	    (!span_is(b->sale.state, "on_sale") && !span_is(b->sale.state, "paused")))
		return begin_ends(b, OUTCOME_EXPIRED, false);
	o = others(db, b);
	if (o == OUTCOME_OK && *b->payment)
		return begin_ends(b, typed_again(db, b), true);
	if (o != OUTCOME_OK)
		return begin_ends(b, o, false);
	if (!keep_seats(db, b))
		return begin_ends(b, OUTCOME_EXPIRED, false);
	total = db_row(db, &hold_total, ask->show, ask->hold);
	if (!total || row_int(total, 0) != ask->amount.minor)
		return begin_ends(b, OUTCOME_CHANGED, false);
	rows_done(total);
	FAULT_DB(db, "pay.seats_kept");
	booking = write_booking(db, b);
	if (!booking)
		return begin_ends(b, OUTCOME_PAID, false);
	db_change(db, &payment_insert, ask->show, ask->payment, ask->hold, booking, ask->provider, ask->amount.minor, ask->amount.code,
	    ask->live, ask->by_token, ask->pays_late, ask->key, ask->body, (int64_t)QUIET_MS * 1000);
	outbox_add(db, ask->show, "PAYMENT_CREATED", ask->payment, arena_fmt(b->arena, "{\"hold\":%" PRId64 ",\"amount\":%" PRId64
	    ",\"currency\":\"%s\",\"provider\":\"" PRSPAN "\"}", ask->hold, ask->amount.minor, ask->amount.code, ARGSPAN(ask->provider)));
	*b->payment = ask->payment;
	return begin_ends(b, OUTCOME_OK, true);
}

enum outcome
payment_begin(struct db *db, struct arena *a, const struct payment_begin *ask, int64_t *payment)
{
	struct begin b = { .ask = ask, .arena = a, .payment = payment };
	enum tx_result r = TX_DUPLICATE;

	/* TX_DUPLICATE: another booking of this show drew the same four letters */
	for (int try = 0; try < 5 && r == TX_DUPLICATE; try++) {
		b.ref = random_below(REFERENCE_RANGE);
		b.serial = (int64_t)random_below(1u << 30) << 9;
		r = tx_run(db, &pay_tx, begin_body, &b);
	}
	return r == TX_DONE ? b.outcome : outcome_of_tx(r);
}

struct moving {
	struct arena *arena;
	int64_t show, payment;
	struct span session, url, reason;
	const char *to;
	enum outcome outcome;
	struct payment_full p;
};

static enum tx_end
opened_body(struct db *db, void *context)
{
	struct moving *m = context;

	if (!lock_payment(db, m->show, m->payment, &m->p)) {
		m->outcome = OUTCOME_NOT_FOUND;
		return TX_ROLLBACK;
	}
	m->outcome = OUTCOME_OK;
	if (span_is(m->p.state, "open") && span_eq(m->p.session, m->session))
		return TX_ROLLBACK;
	if (!span_is(m->p.state, "created")) {
		m->outcome = OUTCOME_CHANGED;
		return TX_ROLLBACK;
	}
	db_change(db, &payment_url, m->session, m->url, m->show, m->payment);
	payment_move(db, m->arena, m->show, &m->p, "open", "");
	return TX_COMMIT;
}

enum outcome
payment_opened(struct db *db, struct arena *a, int64_t show, int64_t payment, struct span session, struct span url)
{
	struct moving m = { .arena = a, .show = show, .payment = payment, .session = session, .url = url };
	enum tx_result r = tx_run(db, &pay_open_tx, opened_body, &m);

	if (r != TX_DONE)
		return outcome_of_tx(r);
	if (m.outcome == OUTCOME_OK)
		payment_note(db, m.p.provider, session, show, payment);
	return m.outcome;
}

static enum tx_end
ended_body(struct db *db, void *context)
{
	struct moving *m = context;
	struct hold_row hold;
	struct sale sale;

	m->outcome = OUTCOME_NOT_FOUND;
	if (!lock_by_payment(db, m->arena, m->show, m->payment, &sale, &hold, &m->p))
		return TX_ROLLBACK;
	m->outcome = OUTCOME_OK;
	if (span_is(m->p.state, m->to))
		return TX_ROLLBACK;
	if (!payment_move(db, m->arena, m->show, &m->p, m->to, CSTR(m->arena, m->reason))) {
		m->outcome = OUTCOME_CHANGED;
		return TX_ROLLBACK;
	}
	if (!span_is(hold.state, "active"))
		booking_fail_if_over(db, m->arena, m->show, m->p.hold, "unpaid");
	return TX_COMMIT;
}

enum outcome
payment_ended(struct db *db, struct arena *a, int64_t show, int64_t payment, enum payment_state ended, struct span reason)
{
	struct moving m = { .arena = a, .show = show, .payment = payment, .reason = reason,
		.to = ended == PAYMENT_FAILED ? "failed" : "closed" };
	enum tx_result r = tx_run(db, &pay_end_tx, ended_body, &m);

	return r == TX_DONE ? m.outcome : outcome_of_tx(r);
}

static int
place_of(struct span word, const char *const *words, int n)
{
	for (int i = 0; i < n; i++)
		if (span_is(word, words[i]))
			return i;
	BUG("state \"" PRSPAN "\"", ARGSPAN(word));
	return 0;
}

enum outcome
payment_read(struct db *db, struct arena *a, int64_t show, int64_t payment, struct payment *p)
{
	static const char *const states[] = { "created", "open", "capturing", "paid", "failed", "closed", "refund_due", "refunded" };
	static const char *const bookings[] = { "pending", "confirmed", "failed", "cancelled" };
	struct rows *r = db_row(db, &payment_plain, show, show, payment);

	(void)a;
	if (!r)
		return db_failed(db) ? outcome_of_reads(db) : OUTCOME_NOT_FOUND;
	*p = (struct payment){ .show = show, .id = payment, .hold = row_int(r, 0), .booking = row_int(r, 1), .provider = row_text(r, 2),
		.state = (enum payment_state)place_of(row_text(r, 3), states, 8), .amount = money_of(row_int(r, 4), row_text(r, 5)),
		.live = row_int(r, 6), .key = row_text(r, 7), .body = row_text(r, 8), .session = row_text(r, 9), .url = row_text(r, 10),
		.capture = row_text(r, 11), .reason = row_text(r, 12), .created_ms = row_int(r, 13), .asked_ms = row_int(r, 14),
		.now_ms = row_int(r, 15), .pending = row_int(r, 16), .booking_generation = (int)row_int(r, 18), .email = row_text(r, 19) };
	p->booking_state = place_of(row_text(r, 17), bookings, 4);
	rows_done(r);
	return outcome_of_reads(db);
}

enum outcome
payment_of_hold(struct db *db, struct arena *a, int64_t show, int64_t hold, struct payment *p)
{
	struct rows *row = db_row(db, &payment_telling, show, hold);
	int64_t id;

	if (!row)
		return db_failed(db) ? outcome_of_reads(db) : OUTCOME_NOT_FOUND;
	id = row_int(row, 0);
	rows_done(row);
	return payment_read(db, a, show, id, p);
}

bool
payment_ask_now(struct db *db, int64_t show, int64_t payment, int64_t every_ms)
{
	return db_change(db, &payment_asked, show, payment, -every_ms * 1000) == 1;
}

static size_t
list_payments(struct arena *a, struct rows *rows, struct payment_id **list)
{
	size_t n = 0;

	*list = ARENA_ARRAY(a, struct payment_id, rows_count(rows));
	while (rows_next(rows))
		(*list)[n++] = (struct payment_id){ row_int(rows, 0), row_int(rows, 1) };
	return n;
}

size_t
payments_unfinished(struct db *db, struct arena *a, int64_t show, int64_t hold, struct payment_id **list)
{
	return list_payments(a, db_select(db, &unfinished, show, hold), list);
}

/* Due again later, or never; false: somebody else took it. */
static bool
take_to_ask(struct db *db, const struct payment_id *id, int64_t asks, bool ended, int64_t age_s)
{
	int64_t wait_ms = ended ? (age_s > LATE_SECONDS ? age_s : LATE_SECONDS) * 1000 : backoff_ms(ASK_MS, asks, ASK_DOUBLINGS);

	if (ended && age_s >= LATEST_SECONDS)
		return db_change(db, &ask_last, id->show, id->payment) == 1;
	return db_change(db, &ask_take, wait_ms * 1000, id->show, id->payment) == 1;
}

size_t
payments_to_ask(struct db *db, struct arena *a, size_t most, struct payment_id **list)
{
	struct rows *rows = db_select(db, &to_ask, most);
	size_t n = 0;

	*list = ARENA_ARRAY(a, struct payment_id, rows_count(rows));
	while (rows_next(rows)) {
		struct payment_id id = { row_int(rows, 0), row_int(rows, 1) };

		if (take_to_ask(db, &id, row_int(rows, 2), row_int(rows, 3), row_int(rows, 4)))
			(*list)[n++] = id;
	}
	return n;
}

void
payment_hurry(struct db *db, int64_t show, int64_t payment)
{
	db_change(db, &ask_hurry, show, payment);
}

void
payment_note(struct db *db, struct span provider, struct span id, int64_t show, int64_t payment)
{
	db_change(db, &session_note, provider, id, show, payment);
	db_clear(db);		/* a directory: our reference in most events finds the payment too */
}

bool
payment_by_session(struct db *db, struct span provider, struct span session, struct payment_id *out)
{
	struct rows *row = db_row(db, &session_find, provider, session);

	if (!row)
		return false;
	*out = (struct payment_id){ row_int(row, 0), row_int(row, 1) };
	rows_done(row);
	return true;
}

struct span
payment_reference(struct arena *a, int64_t show, int64_t payment)
{
	return arena_fmt(a, "%" PRId64 "-%" PRId64, show, payment);
}

bool
payment_reference_read(struct span text, struct payment_id *out)
{
	struct span show = span_cut(&text, '-');

	return span_int(show, 1, REFERENCE_RANGE, &out->show) && span_int(text, 1, INT64_MAX, &out->payment);
}
