/*
 * audit_holds.c - no seat is lost: held seats belong to a hold that is active and ends, an active hold has all of its seats until its
 * end, and what hangs on a hold ends with it.
 */
#include "base/base.h"

#include "domain/audit_checks.h"

STATEMENT(seat_of_no_hold, SCATTER, "iii", "SELECT s.show_id, s.seat_id, s.hold_id FROM show_seats s "
    "LEFT JOIN hold_seats h ON h.show_id = s.show_id AND h.hold_id = s.hold_id AND h.seat_id = s.seat_id "
    "WHERE s.status = 'held' AND h.seat_id IS NULL" SOME);
STATEMENT(seat_of_ended_hold, SCATTER, "iiit", "SELECT s.show_id, s.seat_id, s.hold_id, h.state FROM show_seats s "
    "LEFT JOIN holds h ON h.show_id = s.show_id AND h.hold_id = s.hold_id "
    "WHERE s.status = 'held' AND (h.state IS NULL OR h.state <> 'active')" SOME);
STATEMENT(seat_end, SCATTER, "iii", "SELECT s.show_id, s.seat_id, s.hold_id FROM show_seats s "
    "JOIN holds h ON h.show_id = s.show_id AND h.hold_id = s.hold_id "
    "WHERE s.status = 'held' AND h.state = 'active' AND s.expires_at <> h.seats_until" SOME);
/* Until the promised end. After it they may go to the same buyer again, and a little later, at seats_until, to anybody. */
STATEMENT(hold_lost_seat, SCATTER, "iiit", "SELECT h.show_id, h.hold_id, t.seat_id, s.status FROM holds h "
    "JOIN hold_seats t ON t.show_id = h.show_id AND t.hold_id = h.hold_id "
    "LEFT JOIN show_seats s ON s.show_id = t.show_id AND s.seat_id = t.seat_id WHERE h.state = 'active' "
    "AND h.expires_at > UTC_TIMESTAMP(3) AND (s.status IS NULL OR s.status <> 'held' OR s.hold_id <> h.hold_id)" SOME);
STATEMENT(hold_seat_count, SCATTER, "iiii", "SELECT h.show_id, h.hold_id, h.seat_count, COUNT(t.seat_id) FROM holds h "
    "LEFT JOIN hold_seats t ON t.show_id = h.show_id AND t.hold_id = h.hold_id "
    "GROUP BY h.show_id, h.hold_id, h.seat_count HAVING h.seat_count <> COUNT(t.seat_id)" SOME);
/* The absolute end, a payer's two minutes of grace, and the minute of jitter; or three minutes from when its money was being taken. */
STATEMENT(hold_too_long, SCATTER, "ii", "SELECT h.show_id, h.hold_id FROM holds h WHERE h.state = 'active' "
    "AND h.seats_until > TIMESTAMPADD(SECOND, 180, h.longest_until) AND NOT EXISTS (SELECT 1 FROM payments p "
    "WHERE p.show_id = h.show_id AND p.hold_id = h.hold_id AND TIMESTAMPADD(SECOND, 181, p.claimed_at) >= h.seats_until)" SOME);
STATEMENT(hold_against_booking, SCATTER, "iiitt", "SELECT h.show_id, h.hold_id, b.booking_id, h.state, b.state FROM holds h "
    "LEFT JOIN bookings b ON b.show_id = h.show_id AND b.hold_id = h.hold_id WHERE (h.state = 'active' AND b.state <> 'pending') "
    "OR (h.state = 'confirmed' AND (b.state IS NULL OR b.state NOT IN ('confirmed', 'cancelled')))" SOME);
STATEMENT(booking_of_no_hold, SCATTER, "iii", "SELECT b.show_id, b.booking_id, b.hold_id FROM bookings b "
    "LEFT JOIN holds h ON h.show_id = b.show_id AND h.hold_id = b.hold_id WHERE h.hold_id IS NULL" SOME);
/* Whatever ends a hold or the last of its payments fails the booking in the same transaction; the clock alone needs the reaper. */
STATEMENT(booking_stuck, SCATTER, "iiit", "SELECT b.show_id, b.booking_id, h.hold_id, h.state FROM bookings b "
    "JOIN holds h ON h.show_id = b.show_id AND h.hold_id = b.hold_id "
    "WHERE b.state = 'pending' AND (h.state <> 'active' OR h.seats_until <= " FLIGHT_AGO ") "
    "AND NOT EXISTS (SELECT 1 FROM payments p WHERE p.show_id = h.show_id AND p.hold_id = h.hold_id "
    "AND p.state IN ('created', 'open', 'capturing'))" SOME);
/* Its seats are free by the clock all the same; but nobody sweeps. */
STATEMENT(hold_not_ended, SCATTER, "ii", "SELECT show_id, hold_id FROM holds WHERE state = 'active' "
    "AND seats_until <= " FLIGHT_AGO SOME);

static const struct audit_check checks[] = {
	VIOLATION(seat_of_no_hold, "show seat hold"),
	VIOLATION(seat_of_ended_hold, "show seat hold hold_is"),
	VIOLATION(seat_end, "show seat hold"),
	VIOLATION(hold_lost_seat, "show hold seat seat_is"),
	VIOLATION(hold_seat_count, "show hold count seats"),
	VIOLATION(hold_too_long, "show hold"),
	VIOLATION(hold_against_booking, "show hold booking hold_is booking_is"),
	VIOLATION(booking_of_no_hold, "show booking hold"),
	VIOLATION(booking_stuck, "show booking hold hold_is"),
	WARNING(hold_not_ended, "show hold"),
};
const struct audit_part audit_holds = { checks, ARRAY_LEN(checks) };
