/*
 * audit_tickets.c - nobody shares a seat: live tickets, confirmed seats and confirmed bookings are the same thing seen from three
 * sides, a booking has tickets for exactly what its hold held, and nobody is charged other than the show's charges say.
 */
#include "base/base.h"

#include "domain/audit_checks.h"

/* Does not lean on the UNIQUE key that makes it impossible: the key itself may have been lost. */
STATEMENT(ticket_twice, SCATTER, "iii", "SELECT show_id, seat_id, COUNT(*) FROM booking_seats WHERE state = 'live' "
    "GROUP BY show_id, seat_id HAVING COUNT(*) > 1" SOME);
STATEMENT(ticket_without_seat, SCATTER, "iiit", "SELECT t.show_id, t.booking_id, t.seat_id, s.status FROM booking_seats t "
    "LEFT JOIN show_seats s ON s.show_id = t.show_id AND s.seat_id = t.seat_id "
    "WHERE t.state = 'live' AND (s.status IS NULL OR s.status <> 'confirmed' OR s.booking_id <> t.booking_id)" SOME);
STATEMENT(seat_without_ticket, SCATTER, "iiit", "SELECT s.show_id, s.seat_id, s.booking_id, t.state FROM show_seats s "
    "LEFT JOIN booking_seats t ON t.show_id = s.show_id AND t.booking_id = s.booking_id AND t.seat_id = s.seat_id "
    "WHERE s.status = 'confirmed' AND (t.state IS NULL OR t.state <> 'live')" SOME);
STATEMENT(ticket_state, SCATTER, "iiitt", "SELECT t.show_id, t.booking_id, t.seat_id, t.state, b.state FROM booking_seats t "
    "LEFT JOIN bookings b ON b.show_id = t.show_id AND b.booking_id = t.booking_id WHERE b.state IS NULL OR (t.state <> "
    "CASE b.state WHEN 'pending' THEN 'pending' WHEN 'confirmed' THEN 'live' ELSE 'cancelled' END "
    "AND NOT (b.state = 'confirmed' AND t.state = 'cancelled' AND t.cancelled_at IS NOT NULL))" SOME);
STATEMENT(ticket_not_held, SCATTER, "iiii", "SELECT t.show_id, t.booking_id, t.seat_id, b.hold_id FROM booking_seats t "
    "JOIN bookings b ON b.show_id = t.show_id AND b.booking_id = t.booking_id "
    "LEFT JOIN hold_seats h ON h.show_id = b.show_id AND h.hold_id = b.hold_id AND h.seat_id = t.seat_id "
    "WHERE t.state = 'live' AND h.seat_id IS NULL" SOME);
STATEMENT(tickets_missing, SCATTER, "iiii", "SELECT b.show_id, b.booking_id, COUNT(t.seat_id), h.seat_count FROM bookings b "
    "JOIN holds h ON h.show_id = b.show_id AND h.hold_id = b.hold_id "
    "LEFT JOIN booking_seats t ON t.show_id = b.show_id AND t.booking_id = b.booking_id WHERE b.state IN ('confirmed', 'cancelled') "
    "GROUP BY b.show_id, b.booking_id, h.seat_count HAVING COUNT(t.seat_id) <> h.seat_count" SOME);
STATEMENT(booking_total, SCATTER, "iiii", "SELECT b.show_id, b.booking_id, b.total_minor, SUM(t.price_minor + t.fee_minor) "
    "FROM bookings b LEFT JOIN booking_seats t ON t.show_id = b.show_id AND t.booking_id = b.booking_id "
    "GROUP BY b.show_id, b.booking_id, b.total_minor HAVING b.total_minor <> COALESCE(SUM(t.price_minor + t.fee_minor), -1)" SOME);
/* A seat of the plan that cannot be sold, as long as it matters. */
STATEMENT(seat_missing, SCATTER, "ii", "SELECT a.show_id, p.seat_id FROM show_sales a JOIN shows w ON w.show_id = a.show_id "
    "JOIN seats p ON p.hall_id = w.hall_id AND p.layout_version = w.layout_version "
    "LEFT JOIN show_seats s ON s.show_id = a.show_id AND s.seat_id = p.seat_id "
    "WHERE a.starts_at > UTC_TIMESTAMP(3) AND (s.seat_id IS NULL OR s.section_id <> p.section_id)" SOME);

/*
 * The rules of charges.h once more, in SQL and over all rows: what the version that a row names adds to its price, against what the row
 * says is added. one: some row that is so.
 */
#define CHARGED_WRONG(one, price, extra, table) "SELECT f.show_id, f.one, f.charges, f.price, f.extra FROM (" \
	"SELECT t.show_id, t.one, t.charges, t.price, t.extra, COUNT(c.sort) AS told, COALESCE(SUM(CASE WHEN c.kind = 'fee' AND NOT c.included " \
	"THEN c.flat_minor + (2 * t.price * c.millionths + 1000000) DIV 2000000 END), 0) AS fees FROM (" \
	"SELECT show_id, MIN(" one ") AS one, charges, " price " AS price, " extra " AS extra FROM " table \
	" GROUP BY show_id, charges, " price ", " extra ") t LEFT JOIN show_charges c ON c.show_id = t.show_id AND c.version = t.charges " \
	"GROUP BY t.show_id, t.one, t.charges, t.price, t.extra) f LEFT JOIN show_charges x ON x.show_id = f.show_id " \
	"AND x.version = f.charges AND x.kind = 'tax' AND NOT x.included " \
	"GROUP BY f.show_id, f.one, f.charges, f.price, f.extra, f.told, f.fees HAVING (f.charges > 0 AND f.told = 0) OR f.extra <> f.fees + " \
	"COALESCE(SUM(x.flat_minor + (2 * (f.price + f.fees) * x.millionths + 1000000) DIV 2000000), 0)" SOME
STATEMENT(ticket_charged, SCATTER, "iiiii", CHARGED_WRONG("booking_id", "price_minor", "fee_minor", "booking_seats"));
STATEMENT(seat_charged, SCATTER, "iiiii", CHARGED_WRONG("hold_id", "price_minor", "fee_minor", "hold_seats"));
STATEMENT(price_charged, SCATTER, "iiiii", CHARGED_WRONG("section_id", "minor", "extra_minor", "show_prices"));

static const struct audit_check checks[] = {
	VIOLATION(ticket_twice, "show seat tickets"),
	VIOLATION(ticket_without_seat, "show booking seat seat_is"),
	VIOLATION(seat_without_ticket, "show seat booking ticket_is"),
	VIOLATION(ticket_state, "show booking seat ticket_is booking_is"),
	VIOLATION(ticket_not_held, "show booking seat hold"),
	VIOLATION(tickets_missing, "show booking tickets seats"),
	VIOLATION(booking_total, "show booking total tickets"),
	VIOLATION(seat_missing, "show seat"),
	VIOLATION(ticket_charged, "show booking charges price added"),
	VIOLATION(seat_charged, "show hold charges price added"),
	VIOLATION(price_charged, "show section charges price added"),
};
const struct audit_part audit_tickets = { checks, ARRAY_LEN(checks) };
