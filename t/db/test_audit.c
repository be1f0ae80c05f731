/*
 * test_audit.c - for each check of the audit, what it is against is planted in an evening that was clean, and must be named.
 * Plants are SQL on the names that evening() sets: @show, @a1 … @b5, and the holds, bookings, payments and refunds of five people.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "t/lib/box_office.h"

#include "base/crypto.h"
#include "domain/audit_checks.h"
#include "domain/holds.h"
#include "domain/payments.h"
#include "domain/refunds.h"
#include "domain/settle.h"

#define ALLOWED 300		/* seconds in flight */

struct plant {
	const char *check, *sql;
	const char *ids;	/* an SQL expression: how the line must go on after the check's name */
};

#define EVENT(type, subject, payload) "INSERT INTO outbox (show_id, outbox_id, type, subject_id, at, payload) " \
	"VALUES (@show, 1, '" type "', " subject ", UTC_TIMESTAMP(3), " payload ")"
#define NO_EVENT(type, subject) "DELETE FROM outbox WHERE show_id = @show AND type = '" type "' AND subject_id = " subject
#define SHOW_AND(name, value) "CONCAT('show=', @show, ' " name "=', " value ")"
#define SHOW_AND_TWO(name, value, other, value2) "CONCAT('show=', @show, ' " name "=', " value ", ' " other "=', " value2 ")"

static const struct plant plants[] = {
	/* tickets */
	{ "ticket_twice", "ALTER TABLE booking_seats DROP INDEX one_live;\n"
	    "INSERT INTO booking_seats (show_id, booking_id, seat_id, state, price_type, price_minor, fee_minor, serial) "
	    "VALUES (@show, @open_booking, @a1, 'live', 'adult', 0, 0, 1)", SHOW_AND_TWO("seat", "@a1", "tickets", "2") },
	{ "ticket_without_seat", "UPDATE show_seats SET status = 'available', booking_id = NULL WHERE show_id = @show AND seat_id = @a1",
	    SHOW_AND_TWO("booking", "@sold_booking", "seat", "@a1") },
	{ "ticket_without_seat", "UPDATE show_seats SET booking_id = @open_booking WHERE show_id = @show AND seat_id = @a1",
	    SHOW_AND_TWO("booking", "@sold_booking", "seat", "@a1") },
	{ "seat_without_ticket", "DELETE FROM booking_seats WHERE show_id = @show AND booking_id = @sold_booking AND seat_id = @a2",
	    SHOW_AND_TWO("seat", "@a2", "booking", "@sold_booking") },
	{ "seat_without_ticket", "UPDATE show_seats SET status = 'confirmed', hold_id = NULL, expires_at = NULL, booking_id = 99 "
	    "WHERE show_id = @show AND seat_id = @a3", SHOW_AND_TWO("seat", "@a3", "booking", "99") },
	{ "ticket_state", "UPDATE booking_seats SET state = 'pending' WHERE show_id = @show AND booking_id = @sold_booking AND seat_id = @a1",
	    SHOW_AND_TWO("booking", "@sold_booking", "seat", "@a1") },
	{ "ticket_state", "UPDATE bookings SET state = 'cancelled' WHERE show_id = @show AND booking_id = @sold_booking",
	    SHOW_AND_TWO("booking", "@sold_booking", "seat", "@a1") },
	{ "ticket_not_held", "DELETE FROM hold_seats WHERE show_id = @show AND hold_id = @sold_hold AND seat_id = @a2",
	    SHOW_AND_TWO("booking", "@sold_booking", "seat", "@a2") },
	{ "tickets_missing", "DELETE FROM booking_seats WHERE show_id = @show AND booking_id = @sold_booking AND seat_id = @a2",
	    SHOW_AND_TWO("booking", "@sold_booking", "tickets", "1") },
	{ "booking_total", "UPDATE bookings SET total_minor = 1 WHERE show_id = @show AND booking_id = @open_booking",
	    SHOW_AND_TWO("booking", "@open_booking", "total", "1") },
	{ "seat_missing", "DELETE FROM show_seats WHERE show_id = @other_show AND seat_id = @other_seat",
	    "CONCAT('show=', @other_show, ' seat=', @other_seat)" },

	{ "ticket_charged", "UPDATE booking_seats SET fee_minor = 99 WHERE show_id = @show AND booking_id = @sold_booking AND seat_id = @a1",
	    SHOW_AND_TWO("booking", "@sold_booking", "charges", "'1 price=1500 added=99'") },
	{ "ticket_charged", "UPDATE booking_seats SET charges = 2 WHERE show_id = @show AND booking_id = @sold_booking",
	    SHOW_AND_TWO("booking", "@sold_booking", "charges", "'2 price=1500 added=100'") },
	{ "ticket_charged", "UPDATE booking_seats SET charges = 2, fee_minor = 0, price_minor = 1600 WHERE show_id = @show AND booking_id = "
	    "@sold_booking", SHOW_AND_TWO("booking", "@sold_booking", "charges", "'2 price=1600 added=0'") },
	{ "seat_charged", "UPDATE hold_seats SET price_minor = 1400, fee_minor = 200 WHERE show_id = @show AND hold_id = @kept_hold",
	    SHOW_AND_TWO("hold", "@kept_hold", "charges", "'1 price=1400 added=200'") },
	{ "price_charged", "UPDATE show_prices SET extra_minor = 101 WHERE show_id = @other_show AND price_type = 'child'",
	    "CONCAT('show=', @other_show, ' section=', @other_seat DIV 10000 * 10, ' charges=1 price=900 added=101')" },

	/* holds */
	{ "seat_of_no_hold", "UPDATE show_seats SET hold_id = 99 WHERE show_id = @show AND seat_id = @a3",
	    SHOW_AND_TWO("seat", "@a3", "hold", "99") },
	{ "seat_of_no_hold", "DELETE FROM hold_seats WHERE show_id = @show AND hold_id = @kept_hold AND seat_id = @a4",
	    SHOW_AND_TWO("seat", "@a4", "hold", "@kept_hold") },
	{ "seat_of_ended_hold", "UPDATE holds SET state = 'released' WHERE show_id = @show AND hold_id = @kept_hold",
	    SHOW_AND_TWO("seat", "@a3", "hold", "@kept_hold") },
	{ "seat_of_ended_hold", "UPDATE holds SET state = 'confirmed' WHERE show_id = @show AND hold_id = @kept_hold",
	    SHOW_AND_TWO("seat", "@a3", "hold", "@kept_hold") },
	{ "seat_end", "UPDATE show_seats SET expires_at = TIMESTAMPADD(DAY, 1, expires_at) WHERE show_id = @show AND seat_id = @a4",
	    SHOW_AND_TWO("seat", "@a4", "hold", "@kept_hold") },
	{ "hold_lost_seat", "UPDATE show_seats SET status = 'available', hold_id = NULL, expires_at = NULL "
	    "WHERE show_id = @show AND seat_id = @a4", SHOW_AND_TWO("hold", "@kept_hold", "seat", "@a4") },
	{ "hold_lost_seat", "UPDATE show_seats SET hold_id = @open_hold WHERE show_id = @show AND seat_id = @a4",
	    SHOW_AND_TWO("hold", "@kept_hold", "seat", "@a4") },
	{ "hold_seat_count", "UPDATE holds SET seat_count = 3 WHERE show_id = @show AND hold_id = @kept_hold",
	    SHOW_AND_TWO("hold", "@kept_hold", "count", "3") },
	{ "hold_too_long", "UPDATE holds SET seats_until = TIMESTAMPADD(HOUR, 2, longest_until) WHERE show_id = @show AND hold_id = @kept_hold",
	    SHOW_AND("hold", "@kept_hold") },
	{ "hold_against_booking", "UPDATE holds SET state = 'active' WHERE show_id = @show AND hold_id = @sold_hold",
	    SHOW_AND_TWO("hold", "@sold_hold", "booking", "@sold_booking") },
	{ "hold_against_booking", "UPDATE holds SET state = 'confirmed' WHERE show_id = @show AND hold_id = @open_hold",
	    SHOW_AND_TWO("hold", "@open_hold", "booking", "@open_booking") },
	{ "hold_against_booking", "UPDATE holds SET state = 'confirmed' WHERE show_id = @show AND hold_id = @kept_hold",
	    SHOW_AND_TWO("hold", "@kept_hold", "booking", "'none'") },
	{ "booking_of_no_hold", "DELETE FROM holds WHERE show_id = @show AND hold_id = @sold_hold",
	    SHOW_AND_TWO("booking", "@sold_booking", "hold", "@sold_hold") },
	{ "booking_stuck", "UPDATE payments SET state = 'closed' WHERE show_id = @show AND payment_id = @open_payment;\n"
	    "UPDATE holds SET state = 'expired' WHERE show_id = @show AND hold_id = @open_hold",
	    SHOW_AND_TWO("booking", "@open_booking", "hold", "@open_hold") },
	{ "booking_stuck", "UPDATE payments SET state = 'closed' WHERE show_id = @show AND payment_id = @open_payment;\n"
	    "UPDATE holds SET expires_at = TIMESTAMPADD(SECOND, -301, UTC_TIMESTAMP(3)), seats_until = expires_at "
	    "WHERE show_id = @show AND hold_id = @open_hold", SHOW_AND_TWO("booking", "@open_booking", "hold", "@open_hold") },
	{ "hold_not_ended", "UPDATE holds SET expires_at = TIMESTAMPADD(SECOND, -301, UTC_TIMESTAMP(3)), seats_until = expires_at "
	    "WHERE show_id = @show AND hold_id = @kept_hold;\nUPDATE show_seats s JOIN holds h ON h.show_id = s.show_id "
	    "AND h.hold_id = s.hold_id SET s.expires_at = h.seats_until WHERE s.show_id = @show", SHOW_AND("hold", "@kept_hold") },

	/* money */
	{ "payment_of_nothing", "UPDATE payments SET booking_id = @sold_booking WHERE show_id = @show AND payment_id = @open_payment",
	    SHOW_AND_TWO("payment", "@open_payment", "hold", "@open_hold") },
	{ "payment_of_nothing", "DELETE FROM bookings WHERE show_id = @show AND booking_id = @open_booking",
	    SHOW_AND_TWO("payment", "@open_payment", "hold", "@open_hold") },
	{ "booking_paid_once", "UPDATE payments SET state = 'open' WHERE show_id = @show AND payment_id = @sold_payment",
	    SHOW_AND_TWO("booking", "@sold_booking", "booking_is", "'confirmed paid=0'") },
	{ "booking_paid_once", "UPDATE payments SET state = 'paid' WHERE show_id = @show AND payment_id = @due_payment",
	    SHOW_AND_TWO("booking", "@due_booking", "booking_is", "'confirmed paid=2'") },
	{ "payment_without_tickets", "UPDATE booking_seats SET state = 'cancelled' WHERE show_id = @show AND booking_id = @sold_booking",
	    SHOW_AND_TWO("payment", "@sold_payment", "booking", "@sold_booking") },
	{ "payment_without_tickets", "UPDATE payments SET state = 'paid', captured_minor = amount_minor WHERE show_id = @show "
	    "AND payment_id = @open_payment", SHOW_AND_TWO("payment", "@open_payment", "booking", "@open_booking") },
	{ "payment_amount", "UPDATE payments SET captured_minor = 1 WHERE show_id = @show AND payment_id = @sold_payment",
	    SHOW_AND_TWO("payment", "@sold_payment", "amount", "3200") },
	{ "payment_amount", "UPDATE payments SET currency = 'EUR' WHERE show_id = @show AND payment_id = @sold_payment",
	    SHOW_AND_TWO("payment", "@sold_payment", "amount", "3200") },
	{ "payment_kept", "UPDATE payments SET captured_minor = 3200 WHERE show_id = @show AND payment_id = @open_payment",
	    SHOW_AND_TWO("payment", "@open_payment", "payment_is", "'open'") },
	{ "payment_kept", "UPDATE payments SET state = 'closed' WHERE show_id = @show AND payment_id = @due_payment",
	    SHOW_AND_TWO("payment", "@due_payment", "payment_is", "'closed'") },
	{ "payment_overdue", "UPDATE holds SET state = 'expired', ended_at = TIMESTAMPADD(SECOND, -301, UTC_TIMESTAMP(3)) "
	    "WHERE show_id = @show AND hold_id = @open_hold", SHOW_AND_TWO("payment", "@open_payment", "payment_is", "'open'") },
	{ "refund_missing", "DELETE FROM refunds WHERE show_id = @show AND refund_id = @due_refund", SHOW_AND("payment", "@due_payment") },
	{ "refund_missing", "UPDATE refunds SET state = 'failed' WHERE show_id = @show AND refund_id = @due_refund",
	    SHOW_AND("payment", "@due_payment") },
	{ "refunded_by_nothing", "DELETE FROM refunds WHERE show_id = @show AND refund_id = @done_refund",
	    SHOW_AND("payment", "@done_payment") },
	{ "refunded_by_nothing", "UPDATE payments SET state = 'refunded' WHERE show_id = @show AND payment_id = @due_payment",
	    SHOW_AND("payment", "@due_payment") },
	{ "payment_books", "UPDATE payments SET kept_minor = 1 WHERE show_id = @show AND payment_id = @sold_payment",
	    SHOW_AND_TWO("payment", "@sold_payment", "captured", "'3200 tickets=3200 kept=1 refunds=0'") },
	{ "payment_books", "UPDATE refunds SET payment_id = @sold_payment WHERE show_id = @show AND refund_id = @due_refund",
	    SHOW_AND_TWO("payment", "@sold_payment", "captured", "'3200 tickets=3200 kept=0 refunds=3200'") },
	{ "payment_books", "UPDATE booking_seats SET state = 'cancelled', cancelled_at = UTC_TIMESTAMP(3) WHERE show_id = @show "
	    "AND booking_id = @sold_booking AND seat_id = @a1", SHOW_AND_TWO("payment", "@sold_payment", "captured", "'3200 tickets=1600'") },
	{ "refund_missing", "UPDATE refunds SET state = 'done' WHERE show_id = @show AND refund_id = @due_refund",
	    SHOW_AND("payment", "@due_payment") },
	{ "refund_unnoticed", "UPDATE refunds SET payment_id = @open_payment WHERE show_id = @show AND refund_id = @due_refund",
	    SHOW_AND_TWO("refund", "@due_refund", "payment", "@open_payment") },
	{ "refund_too_much", "UPDATE refunds SET amount_minor = 3201 WHERE show_id = @show AND refund_id = @due_refund",
	    SHOW_AND_TWO("payment", "@due_payment", "refunds", "3201") },
	{ "refund_currency", "UPDATE refunds SET currency = 'EUR' WHERE show_id = @show AND refund_id = @due_refund",
	    SHOW_AND("refund", "@due_refund") },
	{ "refund_never_asked", "UPDATE refunds SET provider_refund = '' WHERE show_id = @show AND refund_id = @done_refund",
	    SHOW_AND("refund", "@done_refund") },
	{ "refund_stuck", "UPDATE refunds SET due_at = TIMESTAMPADD(SECOND, -301, UTC_TIMESTAMP(3)) WHERE show_id = @show "
	    "AND refund_id = @due_refund", SHOW_AND("refund", "@due_refund") },
	{ "refund_needs_human", "UPDATE refunds SET state = 'human', why = 'account closed' WHERE show_id = @show "
	    "AND refund_id = @due_refund", SHOW_AND("refund", "@due_refund") },
	{ "refund_slow", "UPDATE refunds SET created_at = TIMESTAMPADD(DAY, -2, created_at) WHERE show_id = @show "
	    "AND refund_id = @due_refund", SHOW_AND("refund", "@due_refund") },
	{ "payment_at_bank", "UPDATE payments SET pending_at = UTC_TIMESTAMP(3) WHERE show_id = @show AND payment_id = @open_payment;\n"
	    "UPDATE holds SET state = 'expired', ended_at = TIMESTAMPADD(SECOND, -301, UTC_TIMESTAMP(3)) "
	    "WHERE show_id = @show AND hold_id = @open_hold", SHOW_AND("payment", "@open_payment") },
	{ "needs_attention", "INSERT INTO attention (show_id, attention_id, kind, provider, subject, words, at) "
	    "VALUES (0, 9, 'event', 'stripe', 'evt_9', 'unknown', UTC_TIMESTAMP(3))",
	    "'show=0 attention=9 kind=event subject=evt_9 words=unknown'" },

	/* events */
	{ "booking_history", NO_EVENT("BOOKING_CONFIRMED", "@sold_booking"), SHOW_AND("booking", "@sold_booking") },
	{ "booking_history", NO_EVENT("BOOKING_PENDING", "@open_booking"), SHOW_AND("booking", "@open_booking") },
	{ "booking_history", EVENT("BOOKING_CONFIRMED", "@sold_booking", "'{}'"), SHOW_AND("booking", "@sold_booking") },
	{ "booking_history", EVENT("BOOKING_CANCELLED", "@sold_booking", "'{}'"), SHOW_AND("booking", "@sold_booking") },
	{ "booking_history", "UPDATE bookings SET state = 'failed' WHERE show_id = @show AND booking_id = @open_booking",
	    SHOW_AND("booking", "@open_booking") },
	{ "payment_history", NO_EVENT("PAYMENT_CREATED", "@open_payment"), SHOW_AND("payment", "@open_payment") },
	{ "payment_history", NO_EVENT("PAYMENT_PAID", "@sold_payment"), SHOW_AND("payment", "@sold_payment") },
	{ "payment_history", EVENT("PAYMENT_FAILED", "@sold_payment", "'{}'"), SHOW_AND("payment", "@sold_payment") },
	{ "payment_history", EVENT("PAYMENT_CREATED", "@open_payment", "'{}'"), SHOW_AND("payment", "@open_payment") },
	{ "payment_history", "UPDATE payments SET state = 'failed' WHERE show_id = @show AND payment_id = @open_payment",
	    SHOW_AND("payment", "@open_payment") },
	{ "refund_history", NO_EVENT("REFUND_PENDING", "@due_refund"), SHOW_AND("refund", "@due_refund") },
	{ "refund_history", NO_EVENT("REFUND_DONE", "@done_refund"), SHOW_AND("refund", "@done_refund") },
	{ "refund_history", EVENT("REFUND_FAILED", "@done_refund", "'{}'"), SHOW_AND("refund", "@done_refund") },
	{ "hold_history", NO_EVENT("BOOKING_RELEASED", "@ended_hold"), SHOW_AND("hold", "@ended_hold") },
	{ "hold_history", EVENT("BOOKING_RELEASED", "@ended_hold", "'{}'"), SHOW_AND("hold", "@ended_hold") },
	{ "hold_history", EVENT("BOOKING_RELEASED", "@kept_hold", "'{}'"), SHOW_AND("hold", "@kept_hold") },
	{ "hold_warned", "UPDATE holds SET warned_for = expires_at WHERE show_id = @show AND hold_id = @kept_hold",
	    SHOW_AND_TWO("hold", "@kept_hold", "warnings", "0") },
	{ "hold_warned", EVENT("HOLD_ENDING", "@kept_hold", "'{}'"), SHOW_AND_TWO("hold", "@kept_hold", "warnings", "1") },
	{ "hold_warned_twice", "UPDATE holds SET warned_for = expires_at WHERE show_id = @show AND hold_id = @kept_hold;\n"
	    "INSERT INTO outbox (show_id, outbox_id, type, subject_id, at, payload) VALUES "
	    "(@show, 1, 'HOLD_ENDING', @kept_hold, UTC_TIMESTAMP(3), '{\"until\":1}'), "
	    "(@show, 2, 'HOLD_ENDING', @kept_hold, UTC_TIMESTAMP(3), '{\"until\":1}')", SHOW_AND_TWO("hold", "@kept_hold", "warnings", "2") },
	{ "hold_address", "UPDATE holds SET email = 'a@example.org', addresses = 1 WHERE show_id = @show AND hold_id = @kept_hold",
	    SHOW_AND_TWO("hold", "@kept_hold", "addresses", "'1 letters=0'") },
	{ "hold_address", EVENT("HOLD_ADDRESS_GIVEN", "@kept_hold", "'{}'"),
	    SHOW_AND_TWO("hold", "@kept_hold", "addresses", "'0 letters=1'") },
	{ "seat_history", NO_EVENT("SEAT_HELD", "@kept_hold"), SHOW_AND_TWO("hold", "@kept_hold", "seat", "@a3") },
	{ "seat_history", NO_EVENT("SEAT_RELEASED", "@ended_hold"), SHOW_AND_TWO("hold", "@ended_hold", "seat", "@a3") },
	{ "seat_history", EVENT("SEAT_RELEASED", "@kept_hold", "CONCAT('{\"hold\":', @kept_hold, ',\"seats\":[', @a4, ']}')"),
	    SHOW_AND_TWO("hold", "@kept_hold", "seat", "@a4") },
	{ "seat_history", EVENT("SEAT_HELD", "@sold_hold", "CONCAT('{\"hold\":', @sold_hold, ',\"seats\":[', @a1, ']}')"),
	    SHOW_AND_TWO("hold", "@sold_hold", "seat", "@a1") },
	{ "ticket_history", NO_EVENT("SEAT_SOLD", "@sold_hold"), SHOW_AND_TWO("booking", "@sold_booking", "seat", "@a1") },
	{ "ticket_history", EVENT("SEAT_SOLD", "@open_hold", "CONCAT('{\"booking\":', @open_booking, ',\"seats\":[', @b1, ']}')"),
	    SHOW_AND_TWO("booking", "@open_booking", "seat", "@b1") },
	{ "ticket_history", EVENT("SEAT_RELEASED", "@sold_hold", "CONCAT('{\"booking\":', @sold_booking, ',\"seats\":[', @a2, ']}')"),
	    SHOW_AND_TWO("booking", "@sold_booking", "seat", "@a2") },
	{ "event_without_row", EVENT("PAYMENT_OPEN", "77", "'{}'"), SHOW_AND_TWO("event", "1", "type", "'PAYMENT_OPEN subject=77'") },
	{ "event_without_row", EVENT("REFUND_DONE", "77", "'{}'"), SHOW_AND_TWO("event", "1", "type", "'REFUND_DONE subject=77'") },
	{ "event_without_row", EVENT("SEAT_HELD", "77", "'{}'"), SHOW_AND_TWO("event", "1", "type", "'SEAT_HELD subject=77'") },
	{ "show_half_moved", "UPDATE show_sales SET starts_at = starts_at + INTERVAL 1 HOUR WHERE show_id = @show", "CONCAT('show=', @show)" },
	{ "move_events", "UPDATE bookings SET told_start = UTC_TIMESTAMP(3) WHERE show_id = @show AND booking_id = @sold_booking",
	    SHOW_AND_TWO("booking", "@sold_booking", "events", "0") },
	{ "move_events", EVENT("SHOW_MOVED", "@sold_booking", "'{}'"), SHOW_AND_TWO("booking", "@sold_booking", "events", "1") },
	{ "move_not_told", "UPDATE show_sales SET moved_from = starts_at, moved_at = UTC_TIMESTAMP(3) - INTERVAL 301 SECOND "
	    "WHERE show_id = @show;\nUPDATE bookings SET confirmed_at = UTC_TIMESTAMP(3) - INTERVAL 302 SECOND WHERE show_id = @show "
	    "AND booking_id = @sold_booking", SHOW_AND("booking", "@sold_booking") },
	{ "event_without_row", EVENT("SHOW_MOVED", "77", "'{}'"), SHOW_AND_TWO("event", "1", "type", "'SHOW_MOVED subject=77'") },
	{ "event_without_row", EVENT("HOLD_ENDING", "77", "'{}'"), SHOW_AND_TWO("event", "1", "type", "'HOLD_ENDING subject=77'") },
	{ "event_without_row", EVENT("BOOKING_FAILED", "77", "'{}'"), SHOW_AND_TWO("event", "1", "type", "'BOOKING_FAILED subject=77'") },
	{ "event_unreadable", EVENT("BOOKING_LINK", "@sold_booking", "'{\"booking\":'"), SHOW_AND_TWO("event", "1", "type", "'BOOKING_LINK'") },
	{ "event_of_no_type", EVENT("SEAT_STOLEN", "@kept_hold", "'{}'"), SHOW_AND_TWO("event", "1", "type", "'SEAT_STOLEN'") },
};

/* -- an evening ------------------------------------------------------------------------------------------------------------ */

struct sale {
	int64_t hold, booking, payment;
};

static int64_t
held(struct box_office *f, int64_t buyer, int64_t first, int64_t second)
{
	struct hold_ask ask = { .show = f->show, .buyer = buyer, .seats = { { first, second }, second ? 2 : 1 } };
	struct hold_result r;

	assert_int_equal(hold_take(f->db, f->arena, &ask, &r), OUTCOME_OK);
	return r.hold;
}

static int64_t
opened(struct box_office *f, int64_t hold, int64_t buyer)
{
	struct payment_begin ask = { .show = f->show, .hold = hold, .buyer = buyer, .payment = id_new(), .booking = id_new(),
		.provider = SPAN("stripe"), .email = SPAN("ann@example.org"), .name = SPAN("Ann"), .amount = money_of(3200, SPAN("GBP")),
		.key = SPAN("key"), .body = SPAN("mode=payment") };
	int64_t payment;

	assert_int_equal(payment_begin(f->db, f->arena, &ask, &payment), OUTCOME_OK);
	assert_int_equal(payment_opened(f->db, f->arena, f->show, payment, arena_fmt(f->arena, "cs_%" PRId64, payment),
	    SPAN("https://pay.example/x")), OUTCOME_OK);
	return payment;
}

static void
paid(struct box_office *f, int64_t payment, enum settled expected)
{
	struct settle_ask ask = { .show = f->show, .payment = payment, .fact = SETTLE_PAID, .amount = money_of(3200, SPAN("GBP")),
		.session = SPAN_NONE, .capture = SPAN("pi_1"), .provider = SPAN_NONE };
	enum settled settled;

	assert_int_equal(settle(f->db, f->arena, &ask, &settled), OUTCOME_OK);
	assert_int_equal(settled, expected);
}

static struct sale
sale(struct box_office *f, int64_t buyer, int64_t first, int64_t second)
{
	struct sale s = { .hold = held(f, buyer, first, second) };

	s.payment = opened(f, s.hold, buyer);
	s.booking = box_office_number(f, "SELECT booking_id FROM payments WHERE payment_id = %" PRId64, s.payment);
	return s;
}

/* Two payments for one booking, both captured; the first, closed before, goes back. */
static struct sale
paid_twice(struct box_office *f, int64_t buyer, int64_t first, int64_t second, struct refund *refund)
{
	struct sale s = sale(f, buyer, first, second);

	assert_int_equal(payment_ended(f->db, f->arena, f->show, s.payment, PAYMENT_CLOSED, SPAN("other way")), OUTCOME_OK);
	paid(f, opened(f, s.hold, buyer), SETTLED_CONFIRMED);
	paid(f, s.payment, SETTLED_REFUND);
	assert_int_equal(refund_of_payment(f->db, f->arena, f->show, s.payment, refund), OUTCOME_OK);
	return s;
}

/*
 * Ann has bought A1 and A2 (sold), Bob gave A3 back (ended) and holds A3 and A4 (kept), Cat is paying for B1 and B2 (open), Dan paid
 * twice for A5 and B3 and waits for one refund (due), Eve did so too for B4 and B5 and has hers (done).
 */
static void
evening(struct box_office *f)
{
	int64_t ended, kept, dan = id_new(), eve = id_new();
	struct sale sold, open, due, done;
	struct refund due_refund, done_refund;

	box_office_sweep(f, f->show);
	box_office_sql(f, "DELETE FROM psp_events");
	box_office_sql(f, "DELETE FROM attention");
	box_office_sql(f, "UPDATE show_sales a JOIN shows w ON w.show_id = a.show_id SET a.starts_at = w.starts_at, a.moved_from = NULL, "
	    "a.moved_at = NULL WHERE a.show_id = %" PRId64, f->show);
	sold = sale(f, f->ann, f->seats[A1], f->seats[A2]);
	paid(f, sold.payment, SETTLED_CONFIRMED);
	ended = held(f, f->bob, f->seats[A3], 0);
	assert_int_equal(hold_release(f->db, f->arena, f->show, ended, f->bob), OUTCOME_OK);
	kept = held(f, f->bob, f->seats[A3], f->seats[A4]);
	open = sale(f, f->cat, f->seats[B1], f->seats[B2]);
	due = paid_twice(f, dan, f->seats[A5], f->seats[B3], &due_refund);
	done = paid_twice(f, eve, f->seats[B4], f->seats[B5], &done_refund);
	assert_int_equal(refund_accepted(f->db, f->arena, &done_refund, SPAN("re_1"), true), OUTCOME_OK);
	for (int i = 0; i < BOX_OFFICE_SEATS; i++)
		box_office_sql(f, "SET @%c%d = %" PRId64, i < 5 ? 'a' : 'b', i % 5 + 1, f->seats[i]);
	box_office_sql(f, "SET @show = %" PRId64 ", @ended_hold = %" PRId64 ", @kept_hold = %" PRId64, f->show, ended, kept);
	box_office_sql(f, "SET @sold_hold = %" PRId64 ", @sold_booking = %" PRId64 ", @sold_payment = %" PRId64, sold.hold, sold.booking,
	    sold.payment);
	box_office_sql(f, "SET @open_hold = %" PRId64 ", @open_booking = %" PRId64 ", @open_payment = %" PRId64, open.hold, open.booking,
	    open.payment);
	box_office_sql(f, "SET @due_booking = %" PRId64 ", @due_payment = %" PRId64 ", @due_refund = %" PRId64, due.booking, due.payment,
	    due_refund.id);
	box_office_sql(f, "SET @done_payment = %" PRId64 ", @done_refund = %" PRId64, done.payment, done_refund.id);
}

static struct audit_result
audit(struct box_office *f, struct buf *out)
{
	struct audit_result r;

	buf_init(out, f->arena, MiB);
	assert_true(audit_run(f->db, f->arena, ALLOWED, out, &r));
	return r;
}

/* -- tests ------------------------------------------------------------------------------------------------------------------- */

static void
an_ordinary_evening_is_clean(void **state)
{
	struct box_office *f = *state;
	struct audit_result r;
	struct buf out;

	evening(f);
	r = audit(f, &out);
	assert_string_equal(out.p, "");
	assert_int_equal(r.violations, 0);
	assert_int_equal(r.warnings, 0);
}

static bool
is_warning(const char *check)
{
	const struct audit_part *const parts[] = { &audit_tickets, &audit_holds, &audit_money, &audit_events };

	for (size_t i = 0; i < ARRAY_LEN(parts); i++)
		for (size_t k = 0; k < parts[i]->n; k++)
			if (strcmp(parts[i]->checks[k].statement->name, check) == 0)
				return parts[i]->checks[k].warning;
	fail_msg("there is no check %s", check);
	return false;
}

static void
try_plant(struct box_office *f, const struct plant *p)
{
	struct audit_result r;
	struct buf out;
	const char *line;
	struct span ids;

	evening(f);
	box_office_sql(f, "SET @other_show = %" PRId64 ", @other_seat = %" PRId64, f->last_show,
	    box_office_seat(f, f->last_show, 1, 2));
	ids = span_trim(span_of(box_office_text(f, "SELECT %s", p->ids)));
	line = arena_fmt(f->arena, "\n%s%s " PRSPAN, is_warning(p->check) ? "warning: " : "", p->check, ARGSPAN(ids)).p;
	box_office_sql(f, "%s", p->sql);
	r = audit(f, &out);
	if (!strstr(arena_fmt(f->arena, "\n%s", out.p).p, line))
		fail_msg("planted: %s\nnot found: %s\nbut only:\n%s", p->sql, line + 1, out.p);
	assert_true(is_warning(p->check) ? r.warnings >= 1 : r.violations >= 1);
}

static void
whatever_is_planted_is_named_with_its_ids(void **state)
{
	struct box_office *f = *state;

	box_office_show(f, (struct house){ .rows = 2 });
	for (size_t i = 0; i < ARRAY_LEN(plants); i++) {
		try_plant(f, &plants[i]);
		if (strcmp(plants[i].check, "ticket_twice") == 0) {
			box_office_sweep(f, f->show);
			box_office_sql(f, "ALTER TABLE booking_seats ADD UNIQUE KEY one_live (show_id, live_seat)");
		}
		if (strcmp(plants[i].check, "price_charged") == 0)
			box_office_sql(f, "UPDATE show_prices SET extra_minor = 100 WHERE show_id = %" PRId64, f->last_show);
		if (strcmp(plants[i].check, "seat_missing") == 0)
			box_office_sql(f, "UPDATE show_sales SET starts_at = TIMESTAMPADD(DAY, -1, UTC_TIMESTAMP(3)) WHERE show_id = %"
			    PRId64, f->last_show);
	}
	an_ordinary_evening_is_clean(state);
}

static void
no_check_is_without_a_plant(void **state)
{
	const struct audit_part *const parts[] = { &audit_tickets, &audit_holds, &audit_money, &audit_events };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(parts); i++)
		for (size_t k = 0; k < parts[i]->n; k++) {
			const char *name = parts[i]->checks[k].statement->name;
			size_t n = 0;

			for (size_t j = 0; j < ARRAY_LEN(plants); j++)
				n += strcmp(plants[j].check, name) == 0;
			if (!n)
				fail_msg("nothing is planted for %s", name);
		}
}

static void
money_may_be_in_flight_for_the_time_allowed_only(void **state)
{
	struct box_office *f = *state;
	struct audit_result r;
	struct buf out;

	evening(f);
	box_office_sql(f, "UPDATE holds SET state = 'expired', ended_at = TIMESTAMPADD(SECOND, -200, UTC_TIMESTAMP(3)) "
	    "WHERE show_id = @show AND hold_id = @open_hold;\n"
	    "UPDATE show_seats SET status = 'available', hold_id = NULL, expires_at = NULL WHERE show_id = @show AND hold_id = @open_hold;\n"
	    EVENT("BOOKING_RELEASED", "@open_hold", "'{}'") ";\n"
	    "INSERT INTO outbox (show_id, outbox_id, type, subject_id, at, payload) VALUES (@show, 2, 'SEAT_RELEASED', @open_hold, UTC_TIMESTAMP(3), "
	    "CONCAT('{\"hold\":', @open_hold, ',\"seats\":[', @b1, ',', @b2, ']}'))");
	r = audit(f, &out);
	assert_string_equal(out.p, "");
	assert_int_equal(r.violations, 0);
	assert_true(audit_run(f->db, f->arena, 100, &out, &r));
	assert_int_equal(r.violations, 1);
	assert_non_null(strstr(out.p, "payment_overdue show="));
}

/* Shows stay on sale for longer than their first events stay in the outbox. */
static void
events_in_the_archive_are_events(void **state)
{
	struct box_office *f = *state;
	struct audit_result r;
	struct buf out;

	evening(f);
	box_office_sql(f, "INSERT INTO outbox_archive SELECT show_id, outbox_id, type, subject_id, at, payload FROM outbox WHERE type LIKE '%%ED';\n"
	    "DELETE FROM outbox WHERE type LIKE '%%ED'");
	assert_in_range(box_office_number(f, "SELECT COUNT(*) FROM outbox_archive"), 5, 100);
	assert_in_range(box_office_number(f, "SELECT COUNT(*) FROM outbox"), 5, 100);
	r = audit(f, &out);
	assert_string_equal(out.p, "");
	assert_int_equal(r.violations, 0);
	box_office_sql(f, "DELETE FROM outbox_archive WHERE type = 'BOOKING_CONFIRMED'");
	r = audit(f, &out);
	assert_int_not_equal(r.violations, 0);
}

static void
an_audit_without_a_database_says_so(void **state)
{
	struct box_office *f = *state;
	struct db_place nowhere = { .socket = "/nonexistent/socket", .user = "root", .password = "", .name = "none" };
	struct db *db = db_new(&nowhere);
	struct audit_result r;
	struct buf out;

	buf_init(&out, f->arena, MiB);
	db_arena(db, f->arena);
	assert_false(audit_run(db, f->arena, ALLOWED, &out, &r));
	db_free(db);
}

/* What commits while the audit reads is not half seen. */
static void
everything_is_read_of_one_moment(void **state)
{
	struct box_office *f = *state;
	struct db *rival = box_office_rival(f);

	evening(f);
	assert_true(db_snapshot_begin(f->db));
	assert_int_equal(box_office_number(f, "SELECT COUNT(*) FROM holds WHERE show_id = %" PRId64, f->show), 6);
	assert_true(db_script(rival, SPAN("DELETE FROM holds;\n"), "rival"));
	assert_int_equal(box_office_number(f, "SELECT COUNT(*) FROM holds WHERE show_id = %" PRId64, f->show), 6);
	db_snapshot_end(f->db);
	assert_int_equal(box_office_number(f, "SELECT COUNT(*) FROM holds WHERE show_id = %" PRId64, f->show), 0);
	db_free(rival);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_ordinary_evening_is_clean),
		cmocka_unit_test(no_check_is_without_a_plant),
		cmocka_unit_test(whatever_is_planted_is_named_with_its_ids),
		cmocka_unit_test(money_may_be_in_flight_for_the_time_allowed_only),
		cmocka_unit_test(events_in_the_archive_are_events),
		cmocka_unit_test(an_audit_without_a_database_says_so),
		cmocka_unit_test(everything_is_read_of_one_moment),
	};

	return cmocka_run_group_tests(tests, box_office_open, box_office_close);
}
