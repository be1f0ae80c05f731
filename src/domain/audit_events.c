/*
 * audit_events.c - no change of state without its event, no event without its change. Asked without regard to order: the events that
 * tell of a thing must be those of one way through the table of moves that ends where the thing is now; and for each seat of each hold
 * what was told adds up to what is.
 *
 * A seat comes back in one of two ways: a held one is told as SEAT_RELEASED with "hold", a sold one with "booking" in its place.
 */
#include "base/base.h"

#include "domain/audit_checks.h"
#include "domain/outbox.h"
#include "domain/states.h"

#define TOLD_MAX 12		/* events of one thing; no way through the table is as long */

/* One row for each pair of a state and the events told: how many things are so, and some of them as show/id. */
#define HISTORY(table, id, types) "SELECT t.state, t.told, COUNT(*), SUBSTRING_INDEX(GROUP_CONCAT(CONCAT(t.show_id, '/', t.id) " \
	"SEPARATOR ' '), ' ', 20) FROM (SELECT x.show_id, x." id " AS id, x.state, COALESCE(LEFT(GROUP_CONCAT(o.type ORDER BY o.type " \
	"SEPARATOR ' '), 300), '') AS told FROM " table " x LEFT JOIN " EVENTS " ON o.show_id = x.show_id AND o.subject_id = x." id \
	" AND " types " GROUP BY x.show_id, x." id ", x.state) t GROUP BY t.state, t.told"

STATEMENT(booking_history, SCATTER, "ttit", HISTORY("bookings", "booking_id", "o.type LIKE 'BOOKING%' AND o.type NOT IN ('BOOKING_LINK', 'BOOKING_REDUCED')"));
STATEMENT(payment_history, SCATTER, "ttit", HISTORY("payments", "payment_id", "o.type LIKE 'PAYMENT%'"));
STATEMENT(refund_history, SCATTER, "ttit", HISTORY("refunds", "refund_id", "o.type LIKE 'REFUND%'"));
/* Its confirmation is told as the booking's, and one that ended may still be paid late. */
STATEMENT(hold_history, SCATTER, "iiti", "SELECT h.show_id, h.hold_id, h.state, COUNT(o.outbox_id) FROM holds h "
    "LEFT JOIN " EVENTS " ON o.show_id = h.show_id AND o.subject_id = h.hold_id AND o.type = 'BOOKING_RELEASED' "
    "GROUP BY h.show_id, h.hold_id, h.state HAVING COUNT(o.outbox_id) <> (h.state IN ('released', 'expired'))" SOME);

#define SEATS_TOLD "FROM " EVENTS " JOIN JSON_TABLE(IF(JSON_VALID(o.payload), o.payload, '{}'), '$.seats[*]' " \
	"COLUMNS (seat INT PATH '$')) j WHERE o.type "
STATEMENT(seat_history, SCATTER, "iiii", "SELECT show_id, hold, seat, SUM(n) FROM ("
    "SELECT o.show_id, o.subject_id AS hold, j.seat, IF(o.type = 'SEAT_HELD', 1, -1) AS n " SEATS_TOLD "IN ('SEAT_HELD', 'SEAT_SOLD') "
    "OR (o.type = 'SEAT_RELEASED' AND o.payload LIKE '{\"hold\"%') "
    "UNION ALL SELECT show_id, hold_id, seat_id, -1 FROM show_seats WHERE status = 'held') t "
    "GROUP BY show_id, hold, seat HAVING SUM(n) <> 0" SOME);
STATEMENT(ticket_history, SCATTER, "iiii", "SELECT show_id, booking, seat, SUM(n) FROM ("
    "SELECT o.show_id, CAST(JSON_VALUE(IF(JSON_VALID(o.payload), o.payload, '{}'), '$.booking') AS SIGNED) AS booking, j.seat, "
    "IF(o.type = 'SEAT_SOLD', 1, -1) AS n " SEATS_TOLD "= 'SEAT_SOLD' OR (o.type = 'SEAT_RELEASED' AND o.payload LIKE '{\"booking\"%') "
    "UNION ALL SELECT show_id, booking_id, seat_id, -1 FROM show_seats WHERE status = 'confirmed') t "
    "GROUP BY show_id, booking, seat HAVING SUM(n) <> 0" SOME);

/* Whoever is warned is so in the transaction that notes it, and of one end once. */
STATEMENT(hold_warned, SCATTER, "iii", "SELECT h.show_id, h.hold_id, COUNT(o.outbox_id) FROM holds h "
    "LEFT JOIN " EVENTS " ON o.show_id = h.show_id AND o.subject_id = h.hold_id AND o.type = 'HOLD_ENDING' "
    "GROUP BY h.show_id, h.hold_id, h.warned_for HAVING (COUNT(o.outbox_id) > 0) <> (h.warned_for IS NOT NULL)" SOME);
STATEMENT(hold_warned_twice, SCATTER, "iii", "SELECT o.show_id, o.subject_id, COUNT(*) FROM " EVENTS " WHERE o.type = 'HOLD_ENDING' "
    "GROUP BY o.show_id, o.subject_id, o.payload HAVING COUNT(*) > 1" SOME);
/*
 * Each address that was given makes one letter; one that was typed with Pay, and corrected there, none. A hold that took another's place
 * has its address and count, and letters of its own only since.
 */
STATEMENT(hold_address, SCATTER, "iiii", "SELECT h.show_id, h.hold_id, h.addresses, COUNT(o.outbox_id) FROM holds h "
    "LEFT JOIN " EVENTS " ON o.show_id = h.show_id AND o.subject_id = h.hold_id AND o.type = 'HOLD_ADDRESS_GIVEN' "
    "GROUP BY h.show_id, h.hold_id, h.buyer_id, h.addresses, h.email HAVING (h.email <> '' AND h.addresses = 0 "
    "AND NOT EXISTS (SELECT 1 FROM bookings b WHERE b.show_id = h.show_id AND b.hold_id = h.hold_id)) "
    "OR COUNT(o.outbox_id) > h.addresses OR (COUNT(o.outbox_id) < h.addresses AND NOT EXISTS (SELECT 1 FROM holds r "
    "WHERE r.show_id = h.show_id AND r.buyer_id = h.buyer_id AND r.hold_id < h.hold_id AND r.reason = 'replaced' AND r.addresses > 0))" SOME);

/* A show that was moved: in both of its rows, and everybody who had bought before is told, by one event each time. */
STATEMENT(show_half_moved, SCATTER, "itt",
    "SELECT a.show_id, CAST(a.starts_at AS CHAR), CAST(w.starts_at AS CHAR) FROM show_sales a JOIN shows w ON w.show_id = a.show_id "
    "WHERE a.starts_at <> w.starts_at AND a.starts_at > UTC_TIMESTAMP(3) AND a.state IN ('on_sale', 'paused')" SOME);
STATEMENT(move_events, SCATTER, "iii", "SELECT b.show_id, b.booking_id, COUNT(o.outbox_id) FROM bookings b "
    "LEFT JOIN " EVENTS " ON o.show_id = b.show_id AND o.subject_id = b.booking_id AND o.type = 'SHOW_MOVED' "
    "GROUP BY b.show_id, b.booking_id, b.told_start HAVING (COUNT(o.outbox_id) > 0) <> (b.told_start IS NOT NULL)" SOME);
STATEMENT(move_not_told, SCATTER, "ii", "SELECT b.show_id, b.booking_id FROM show_sales a JOIN bookings b ON b.show_id = a.show_id "
    "WHERE a.moved_at <= " FLIGHT_AGO " AND a.state IN ('on_sale', 'paused') AND a.starts_at > UTC_TIMESTAMP(3) AND b.state = 'confirmed' "
    "AND b.confirmed_at < a.moved_at AND (b.told_start IS NULL OR b.told_start <> a.starts_at)" SOME);

STATEMENT(event_without_row, SCATTER, "iiti", "SELECT o.show_id, o.outbox_id, o.type, o.subject_id FROM " EVENTS " WHERE "
    "(o.type LIKE 'PAYMENT%' AND NOT EXISTS (SELECT 1 FROM payments x WHERE x.show_id = o.show_id AND x.payment_id = o.subject_id)) OR "
    "(o.type LIKE 'REFUND%' AND NOT EXISTS (SELECT 1 FROM refunds x WHERE x.show_id = o.show_id AND x.refund_id = o.subject_id)) OR "
    "((o.type LIKE 'SEAT%' OR o.type LIKE 'HOLD%' OR o.type = 'BOOKING_RELEASED') AND "
    "NOT EXISTS (SELECT 1 FROM holds x WHERE x.show_id = o.show_id AND x.hold_id = o.subject_id)) OR "
    "((o.type LIKE 'BOOKING%' OR o.type = 'SHOW_MOVED') AND o.type <> 'BOOKING_RELEASED' AND "
    "NOT EXISTS (SELECT 1 FROM bookings x WHERE x.show_id = o.show_id AND x.booking_id = o.subject_id))" SOME);
STATEMENT(event_unreadable, SCATTER, "iit", "SELECT show_id, outbox_id, type FROM " EVENTS " WHERE JSON_VALID(payload) = 0" SOME);
STATEMENT(event_of_no_type, SCATTER, "tiii", "SELECT type, COUNT(*), MIN(show_id), MIN(outbox_id) FROM " EVENTS " GROUP BY type");

struct told {
	struct span types[TOLD_MAX];
	bool used[TOLD_MAX];
	size_t n;
};

/* The place of an event that is not used up yet; told->n if there is none. */
static size_t
unused(const struct told *t, const char *type)
{
	size_t i = 0;

	while (i < t->n && (t->used[i] || !span_is(t->types[i], type)))
		i++;
	return i;
}

/* Whether some way through the table leads on from `at` to `state` and uses up every event that is left. */
static bool
way(enum thing thing, struct told *t, const char *at, struct span state, size_t left)
{
	if (left == 0 && span_is(state, at))
		return true;
	for (size_t i = 0; left && i < n_moves; i++) {
		size_t k = moves[i].thing == thing && strcmp(moves[i].from, at) == 0 ? unused(t, moves[i].outbox) : t->n;
		bool found;

		if (k == t->n)
			continue;
		t->used[k] = true;
		found = way(thing, t, moves[i].to, state, left - 1);
		t->used[k] = false;
		if (found)
			return true;
	}
	return false;
}

static bool
explained(enum thing thing, const char *first, const char *first_event, struct span state, struct span told)
{
	struct told t = { 0 };
	size_t k;

	while (told.n && t.n < TOLD_MAX)
		t.types[t.n++] = span_cut(&told, ' ');
	k = unused(&t, first_event);
	if (told.n || k == t.n)
		return false;
	t.used[k] = true;
	return way(thing, &t, first, state, t.n - 1);
}

static void
histories(struct audit *a, const struct audit_check *c, enum thing thing, const char *first, const char *first_event)
{
	struct rows *rows = db_select(a->db, c->statement);

	while (rows_next(rows)) {
		struct span state = row_text(rows, 0), told = row_text(rows, 1), ids;

		if (explained(thing, first, first_event, state, told))
			continue;
		for (ids = row_text(rows, 3); ids.n;) {
			struct span id = span_cut(&ids, ' '), show = span_cut(&id, '/');

			audit_found(a, c, " show=" PRSPAN " " PRSPAN "=" PRSPAN " is=" PRSPAN " told=\"" PRSPAN "\" such=%" PRId64,
			    ARGSPAN(show), ARGSPAN(span_of(c->columns)), ARGSPAN(id), ARGSPAN(state), ARGSPAN(told), row_int(rows, 2));
		}
	}
}

static void
run_booking_history(struct audit *a, const struct audit_check *c)
{
	histories(a, c, THING_BOOKING, "pending", "BOOKING_PENDING");
}

static void
run_payment_history(struct audit *a, const struct audit_check *c)
{
	histories(a, c, THING_PAYMENT, "created", "PAYMENT_CREATED");
}

static void
run_refund_history(struct audit *a, const struct audit_check *c)
{
	histories(a, c, THING_REFUND, "pending", "REFUND_PENDING");
}

static void
run_event_of_no_type(struct audit *a, const struct audit_check *c)
{
	struct rows *rows = db_select(a->db, c->statement);

	while (rows_next(rows)) {
		struct span type = row_text(rows, 0);
		size_t i = 0;

		while (i < n_event_types && !span_is(type, event_types[i].type))
			i++;
		if (i == n_event_types)
			audit_found(a, c, " show=%" PRId64 " event=%" PRId64 " type=" PRSPAN " such=%" PRId64, row_int(rows, 2),
			    row_int(rows, 3), ARGSPAN(type), row_int(rows, 1));
	}
}

static const struct audit_check checks[] = {
	JUDGED(booking_history, "booking", run_booking_history),
	JUDGED(payment_history, "payment", run_payment_history),
	JUDGED(refund_history, "refund", run_refund_history),
	VIOLATION(hold_history, "show hold hold_is released"),
	VIOLATION(seat_history, "show hold seat told_too_often"),
	VIOLATION(ticket_history, "show booking seat told_too_often"),
	VIOLATION(hold_warned, "show hold warnings"),
	VIOLATION(hold_warned_twice, "show hold warnings"),
	VIOLATION(hold_address, "show hold addresses letters"),
	WARNING(show_half_moved, "show starts listed"),
	VIOLATION(move_events, "show booking events"),
	VIOLATION(move_not_told, "show booking"),
	VIOLATION(event_without_row, "show event type subject"),
	VIOLATION(event_unreadable, "show event type"),
	JUDGED(event_of_no_type, "", run_event_of_no_type),
};
const struct audit_part audit_events = { checks, ARRAY_LEN(checks) };
