/* outbox.c - the table of event types, and the one statement that writes an event. */
#include "base/base.h"

#include "base/crypto.h"
#include "db/db.h"
#include "domain/outbox.h"

#define SEATS "seats"
#define BOOKINGS "bookings"
#define PAYMENTS "payments"
#define REFUNDS PAYMENTS
#define NOTICES "notices"

const struct event_type event_types[] = {
	{ "SEAT_HELD", SEATS, "hold", "seats become held", "hold, seats, versions", "live, report, activity, kafka" },
	{ "SEAT_KEPT", SEATS, "hold", "held seats stay held for longer", "hold, seats, versions", "live, kafka" },
	{ "SEAT_RELEASED", SEATS, "hold", "held (or sold) seats become available", "hold (or booking), seats, versions, reason", "live, activity, kafka" },
	{ "SEAT_SOLD", SEATS, "hold", "seats become confirmed", "booking, seats, versions", "live, kafka" },
	{ "BOOKING_PENDING", BOOKINGS, "booking", "first Pay of a hold", "hold, total", "report, activity, kafka" },
	{ "BOOKING_CONFIRMED", BOOKINGS, "booking", "settled", "hold, total, channel, tickets", "mail, sms, push, report, activity, kafka, hooks" },
	{ "BOOKING_FAILED", BOOKINGS, "booking", "its hold is over and no payment can come", "hold, reason", "mail, kafka, hooks" },
	{ "BOOKING_RELEASED", BOOKINGS, "hold", "a hold ends unpaid: expired, buyer, replaced, staff", "hold, reason", "mail, kafka" },
	{ "BOOKING_CANCELLED", BOOKINGS, "booking", "tickets given back", "hold, seats, back", "mail, report, activity, kafka, hooks" },
	{ "BOOKING_REDUCED", BOOKINGS, "booking", "some of its tickets given back", "hold, seats, back", "mail, report, activity, kafka, hooks" },
	{ "BOOKING_LINK", NOTICES, "booking", "reference and e-mail were proved", "booking", "mail, kafka" },
	{ "HOLD_ADDRESS_GIVEN", NOTICES, "hold", "an address to write to about a hold is given, or another one", "hold", "mail, kafka" },
	{ "HOLD_ENDING", NOTICES, "hold", "two minutes of a hold are left", "hold, until", "mail, sms, push, kafka" },
	{ "SHOW_MOVED", NOTICES, "booking", "its show begins at another time", "from, to", "mail, kafka, hooks" },
	{ "PAYMENT_CREATED", PAYMENTS, "payment", "stored, the provider not asked yet", "hold, amount, provider", "kafka, hooks" },
	{ "PAYMENT_OPEN", PAYMENTS, "payment", "the buyer can pay", "hold, amount, provider, captured, channel", "kafka, hooks" },
	{ "PAYMENT_CAPTURING", PAYMENTS, "payment", "claimed for capture by us", "hold, amount, provider, captured, channel", "kafka, hooks" },
	{ "PAYMENT_PAID", PAYMENTS, "payment", "captured, and its booking confirmed", "hold, amount, provider, captured, channel", "report, kafka, hooks" },
	{ "PAYMENT_FAILED", PAYMENTS, "payment", "refused for good", "hold, amount, provider, captured, channel", "activity, kafka, hooks" },
	{ "PAYMENT_CLOSED", PAYMENTS, "payment", "can no longer be paid", "hold, amount, provider, captured, channel", "kafka, hooks" },
	{ "PAYMENT_REFUND_DUE", PAYMENTS, "payment", "captured without tickets", "hold, amount, provider, captured, channel", "mail, report, kafka, hooks" },
	{ "PAYMENT_REFUNDED", PAYMENTS, "payment", "the provider gave it back", "hold, amount, provider, captured, channel", "kafka, hooks" },
	{ "REFUND_PENDING", REFUNDS, "refund", "an attempt is stored", "payment, amount, reason", "kafka, hooks" },
	{ "REFUND_DONE", REFUNDS, "refund", "the provider says done", "payment, amount, reason", "mail, report, activity, kafka, hooks" },
	{ "REFUND_FAILED", REFUNDS, "refund", "the provider refused this attempt", "payment, amount, reason", "report, kafka, hooks" },
	{ "REFUND_HUMAN", REFUNDS, "refund", "no attempt is left, somebody must look", "payment, amount, reason", "mail, report, kafka, hooks" },
};
const size_t n_event_types = ARRAY_LEN(event_types);

const struct event_type *
event_type_of(struct span type)
{
	for (size_t i = 0; i < n_event_types; i++)
		if (span_is(type, event_types[i].type))
			return &event_types[i];
	return NULL;
}

/*
 * The id is the database's time, as id_new() puts a process's: ms in the upper bits, below them microseconds and chance. A transaction
 * that waits for another's row writes its events after that one's commit, so of two events about one row the later has the higher id,
 * whichever machines they come from.
 */
#define MICROSECONDS "TIMESTAMPDIFF(MICROSECOND, '1970-01-01', UTC_TIMESTAMP(6))"
#define CHANCE 2097		/* of 2^21 / 1000 */
STATEMENT(outbox_insert, SHOW, "", "INSERT INTO outbox (show_id, outbox_id, type, subject_id, at, payload) "
    "VALUES (?, " MICROSECONDS " DIV 1000 * 2097152 + " MICROSECONDS " % 1000 * 2097 + ?, ?, ?, UTC_TIMESTAMP(3), ?)");

void
outbox_add(struct db *db, int64_t show, const char *type, int64_t subject, struct span json)
{
	for (size_t i = 0; i < n_event_types; i++)
		if (strcmp(event_types[i].type, type) == 0) {
			db_change(db, &outbox_insert, show, random_below(CHANCE), type, subject, json);
			db_tells(db);
			return;
		}
	die("event type %s is not in the table", type);	/* the transaction goes with the connection */
}
