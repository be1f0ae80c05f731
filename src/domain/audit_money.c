/*
 * audit_money.c - no money is kept without tickets: a captured payment is paid, with tickets, or goes back by a refund that was really
 * asked for; what is between two answers of a provider may be so for the seconds allowed.
 */
#include "base/base.h"

#include "domain/audit_checks.h"

STATEMENT(payment_of_nothing, SCATTER, "iiii", "SELECT p.show_id, p.payment_id, p.hold_id, p.booking_id FROM payments p "
    "LEFT JOIN bookings b ON b.show_id = p.show_id AND b.booking_id = p.booking_id WHERE b.hold_id IS NULL OR b.hold_id <> p.hold_id" SOME);
STATEMENT(booking_paid_once, SCATTER, "iiti", "SELECT b.show_id, b.booking_id, b.state, COUNT(p.payment_id) FROM bookings b "
    "LEFT JOIN payments p ON p.show_id = b.show_id AND p.hold_id = b.hold_id AND p.booking_id = b.booking_id AND p.state = 'paid' "
    "GROUP BY b.show_id, b.booking_id, b.state HAVING COUNT(p.payment_id) > (b.state IN ('confirmed', 'cancelled')) "
    "OR COUNT(p.payment_id) < (b.state = 'confirmed')" SOME);
STATEMENT(payment_without_tickets, SCATTER, "iiit", "SELECT p.show_id, p.payment_id, p.booking_id, b.state FROM payments p "
    "LEFT JOIN bookings b ON b.show_id = p.show_id AND b.booking_id = p.booking_id WHERE p.state = 'paid' "
    "AND (b.state IS NULL OR b.state NOT IN ('confirmed', 'cancelled') OR (b.state = 'confirmed' AND NOT EXISTS (SELECT 1 FROM "
    "booking_seats t WHERE t.show_id = p.show_id AND t.booking_id = p.booking_id AND t.state = 'live')))" SOME);
/*
 * Every captured payment, to the last minor unit: what is live of its tickets, what the house keeps by its own terms, and what went or
 * goes back, make up what was taken.
 */
STATEMENT(payment_books, SCATTER, "iiiiii", "SELECT p.show_id, p.payment_id, p.captured_minor, COALESCE(t.minor, 0), p.kept_minor, "
    "COALESCE(r.minor, 0) FROM payments p LEFT JOIN (SELECT show_id, booking_id, SUM(price_minor + fee_minor) AS minor FROM booking_seats "
    "WHERE state = 'live' GROUP BY show_id, booking_id) t ON p.state = 'paid' AND t.show_id = p.show_id AND t.booking_id = p.booking_id "
    "LEFT JOIN (SELECT show_id, payment_id, SUM(amount_minor) AS minor FROM refunds WHERE state IN ('pending', 'human', 'done') "
    "GROUP BY show_id, payment_id) r ON r.show_id = p.show_id AND r.payment_id = p.payment_id WHERE p.captured_minor IS NOT NULL "
    "AND p.captured_minor <> COALESCE(t.minor, 0) + p.kept_minor + COALESCE(r.minor, 0)" SOME);
STATEMENT(payment_amount, SCATTER, "iiiii", "SELECT p.show_id, p.payment_id, p.amount_minor, p.captured_minor, b.total_minor FROM payments p "
    "JOIN bookings b ON b.show_id = p.show_id AND b.booking_id = p.booking_id WHERE p.state = 'paid' AND (p.captured_minor IS NULL "
    "OR p.captured_minor <> p.amount_minor OR b.total_minor <> p.amount_minor OR b.currency <> p.currency)" SOME);
STATEMENT(payment_kept, SCATTER, "iiti", "SELECT show_id, payment_id, state, captured_minor FROM payments "
    "WHERE (captured_minor IS NOT NULL) <> (state IN ('paid', 'refund_due', 'refunded'))" SOME);
STATEMENT(payment_overdue, SCATTER, "iiti", "SELECT p.show_id, p.payment_id, p.state, p.hold_id FROM payments p "
    "JOIN holds h ON h.show_id = p.show_id AND h.hold_id = p.hold_id WHERE p.state IN ('created', 'open', 'capturing') "
    "AND p.pending_at IS NULL AND COALESCE(h.ended_at, h.seats_until) <= " FLIGHT_AGO SOME);

/* In the transaction that makes a refund due or lets an attempt fail, there is the next attempt, or a human is called. */
STATEMENT(refund_missing, SCATTER, "ii", "SELECT p.show_id, p.payment_id FROM payments p WHERE p.state = 'refund_due' "
    "AND NOT EXISTS (SELECT 1 FROM refunds r WHERE r.show_id = p.show_id AND r.payment_id = p.payment_id "
    "AND r.state IN ('pending', 'human'))" SOME);
/* A refund that a bank sent back later was done once, as its event tells. */
STATEMENT(refunded_by_nothing, SCATTER, "ii", "SELECT p.show_id, p.payment_id FROM payments p WHERE p.state = 'refunded' "
    "AND NOT EXISTS (SELECT 1 FROM refunds r WHERE r.show_id = p.show_id AND r.payment_id = p.payment_id AND (r.state = 'done' "
    "OR EXISTS (SELECT 1 FROM outbox o WHERE o.show_id = r.show_id AND o.subject_id = r.refund_id AND o.type = 'REFUND_DONE') "
    "OR EXISTS (SELECT 1 FROM outbox_archive o WHERE o.show_id = r.show_id AND o.subject_id = r.refund_id AND o.type = 'REFUND_DONE')))" SOME);
STATEMENT(refund_unnoticed, SCATTER, "iiit", "SELECT r.show_id, r.refund_id, r.payment_id, p.state FROM refunds r "
    "LEFT JOIN payments p ON p.show_id = r.show_id AND p.payment_id = r.payment_id "
    "WHERE p.state IS NULL OR p.state NOT IN ('paid', 'refund_due', 'refunded')" SOME);
STATEMENT(refund_too_much, SCATTER, "iiii", "SELECT p.show_id, p.payment_id, SUM(r.amount_minor), p.captured_minor FROM refunds r "
    "JOIN payments p ON p.show_id = r.show_id AND p.payment_id = r.payment_id WHERE r.state IN ('pending', 'human', 'done') "
    "GROUP BY p.show_id, p.payment_id, p.captured_minor HAVING SUM(r.amount_minor) > COALESCE(p.captured_minor, 0)" SOME);
/* Where the provider took another currency than ours, that one goes back, and a human was told. */
STATEMENT(refund_currency, SCATTER, "iii", "SELECT r.show_id, r.refund_id, r.payment_id FROM refunds r "
    "JOIN payments p ON p.show_id = r.show_id AND p.payment_id = r.payment_id WHERE r.currency <> p.currency AND NOT EXISTS "
    "(SELECT 1 FROM attention a WHERE a.show_id = r.show_id AND a.payment_id = r.payment_id)" SOME);
/* Done is what the provider says, and then it has a number for it. */
STATEMENT(refund_never_asked, SCATTER, "iii", "SELECT show_id, refund_id, payment_id FROM refunds "
    "WHERE state = 'done' AND provider_refund = ''" SOME);
STATEMENT(refund_stuck, SCATTER, "iiii", "SELECT show_id, refund_id, payment_id, tries FROM refunds "
    "WHERE state = 'pending' AND due_at <= " FLIGHT_AGO SOME);

STATEMENT(refund_needs_human, SCATTER, "iiit", "SELECT show_id, refund_id, payment_id, why FROM refunds WHERE state = 'human'" SOME);
STATEMENT(refund_slow, SCATTER, "iiii", "SELECT show_id, refund_id, payment_id, tries FROM refunds "
    "WHERE state = 'pending' AND created_at <= TIMESTAMPADD(DAY, -1, UTC_TIMESTAMP(3))" SOME);
STATEMENT(payment_at_bank, SCATTER, "iit", "SELECT p.show_id, p.payment_id, p.state FROM payments p "
    "JOIN holds h ON h.show_id = p.show_id AND h.hold_id = p.hold_id WHERE p.state IN ('created', 'open', 'capturing') "
    "AND p.pending_at IS NOT NULL AND COALESCE(h.ended_at, h.seats_until) <= " FLIGHT_AGO SOME);
STATEMENT(needs_attention, SCATTER, "iittt", "SELECT show_id, attention_id, kind, subject, words FROM attention WHERE done_at IS NULL" SOME);

static const struct audit_check checks[] = {
	VIOLATION(payment_of_nothing, "show payment hold booking"),
	VIOLATION(booking_paid_once, "show booking booking_is paid"),
	VIOLATION(payment_without_tickets, "show payment booking booking_is"),
	VIOLATION(payment_books, "show payment captured tickets kept refunds"),
	VIOLATION(payment_amount, "show payment amount captured total"),
	VIOLATION(payment_kept, "show payment payment_is captured"),
	VIOLATION(payment_overdue, "show payment payment_is hold"),
	VIOLATION(refund_missing, "show payment"),
	VIOLATION(refunded_by_nothing, "show payment"),
	VIOLATION(refund_unnoticed, "show refund payment payment_is"),
	VIOLATION(refund_too_much, "show payment refunds captured"),
	VIOLATION(refund_currency, "show refund payment"),
	VIOLATION(refund_never_asked, "show refund payment"),
	VIOLATION(refund_stuck, "show refund payment tries"),
	WARNING(refund_needs_human, "show refund payment why"),
	WARNING(refund_slow, "show refund payment tries"),
	WARNING(payment_at_bank, "show payment payment_is"),
	WARNING(needs_attention, "show attention kind subject words"),
};
const struct audit_part audit_money = { checks, ARRAY_LEN(checks) };
