/*
 * outbox.h - events, written in the transaction of the change that they tell of. One table of types, here and in the code.
 *
 * Ids grow: of two events about one hold, booking, payment or seat the later one has the higher id, as long as the database's clock is
 * not put back. What becomes of events at each sink of the relay stands in deliveries (deliveries.h). An event may come to a consumer
 * twice, with the same id; seats come with versions, which grow with every change of the seat: what is lower than the one known is old.
 * All of the consumers below are sinks of the relay; mail takes all its types but REFUND_HUMAN. The topic is Kafka's, by
 * the setting kafka_topic_…; notices are what a buyer is told without a change of a booking or payment. What each payload has is in
 * static/events/, a JSON Schema a type and version. channel: how it was bought; tickets: [seat, section, price with all charges] of each;
 * captured: what the provider took, 0 until it has. The report is made of these and nothing else.
 *
 *   type               topic     key (subject)  when                                          payload              consumers
 *   SEAT_HELD          seats     hold           seats become held                             hold, seats, versions  live, report, activity, kafka
 *   SEAT_KEPT          seats     hold           held seats stay held for longer               hold, seats, versions  live, kafka
 *   SEAT_RELEASED      seats     hold           held (or sold) seats become available         hold (or booking), seats, versions, reason  live, activity, kafka
 *   SEAT_SOLD          seats     hold           seats become confirmed                        booking, seats, versions  live, kafka
 *   BOOKING_PENDING    bookings  booking        first Pay of a hold                           hold, total          report, activity, kafka
 *   BOOKING_CONFIRMED  bookings  booking        settled                             hold, total, channel, tickets  mail, sms, push, report, activity,
 *                                                                                                                  kafka, hooks
 *   BOOKING_FAILED     bookings  booking        its hold is over and no payment can come      hold, reason         mail, kafka, hooks
 *   BOOKING_RELEASED   bookings  hold           a hold ends unpaid: expired, buyer, replaced, staff   hold, reason mail, kafka
 *   BOOKING_CANCELLED  bookings  booking        tickets given back                            hold, seats, back    mail, report, activity, kafka, hooks
 *   BOOKING_REDUCED    bookings  booking        some of its tickets given back                hold, seats, back    mail, report, activity, kafka, hooks
 *   BOOKING_LINK       notices   booking        reference and e-mail were proved              booking              mail, kafka
 *   HOLD_ADDRESS_GIVEN notices   hold           an address to write to about a hold is given, or another one   hold mail, kafka
 *   HOLD_ENDING        notices   hold           two minutes of a hold are left                hold, until (ms since 1970)  mail, sms, push, kafka
 *   SHOW_MOVED         notices   booking        its show begins at another time               from, to (ms since 1970)  mail, kafka, hooks
 *   PAYMENT_CREATED, _OPEN, _CAPTURING, _PAID, _FAILED, _CLOSED, _REFUND_DUE, _REFUNDED
 *                      payments  payment        the payment enters that state                 hold, amount, provider, captured, channel  kafka, hooks
 *                                               (REFUND_DUE also mail; it and PAID also report; FAILED also activity)
 *   REFUND_PENDING, REFUND_DONE, REFUND_FAILED, REFUND_HUMAN
 *                      payments  refund         the attempt enters that state                 payment, amount, reason  kafka, hooks
 *                                               (all but PENDING also report; DONE and HUMAN also mail; DONE also activity)
 */
#ifndef FOYER_DOMAIN_OUTBOX_H
#define FOYER_DOMAIN_OUTBOX_H

#include "db/db.h"

#define EVENT_VERSION 1		/* of every type's payload: when one changes so that a reader would misread it, it gets a column in the table */
#define CHANNEL_WEB "web"		/* the only one so far */

struct event_type {
	const char *type, *topic, *subject, *when, *payload, *consumers;
};
extern const struct event_type event_types[];
extern const size_t n_event_types;
const struct event_type *event_type_of(struct span type);	/* NULL: not in the table */

/* Adds one event to the open transaction. json: an object. A type that is not in the table ends the process, and with it the transaction. */
void outbox_add(struct db *, int64_t show, const char *type, int64_t subject, struct span json);

#endif
