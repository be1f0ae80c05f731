/*
 * outbox.h - events, written in the transaction of the change that they tell of. One table of types, here and in the code.
 *
 * Ids grow: of two events about one hold, booking, payment or seat the later one has the higher id, as long as the database's clock is
 * not put back. What becomes of events at each sink of the relay stands in deliveries (deliveries.h). An event may come to a consumer
 * twice, with the same id; seats come with versions, which grow with every change of the seat: what is lower than the one known is old.
 * Of the consumers below, live, mail, report and activity are there so far; mail takes all its types but BOOKING_CANCELLED and
 * REFUND_HUMAN. channel: how it was bought; tickets: [seat, section, price with all charges] of each; captured: what the provider took,
 * 0 until it has. The report is made of these and nothing else.
 *
 *   type               topic           key (subject)  when                                          payload              consumers
 *   SEAT_HELD          foyer.seats     hold           seats become held                             hold, seats, versions  live, report, activity, kafka
 *   SEAT_KEPT          foyer.seats     hold           held seats stay held for longer               hold, seats, versions  live, kafka
 *   SEAT_RELEASED      foyer.seats     hold           held (or sold) seats become available  hold (or booking), seats, versions, reason  live, activity, kafka
 *   SEAT_SOLD          foyer.seats     hold           seats become confirmed                        booking, seats, versions  live, kafka
 *   BOOKING_PENDING    foyer.bookings  booking        first Pay of a hold                           hold, total          report, activity, kafka
 *   BOOKING_CONFIRMED  foyer.bookings  booking        settled                               hold, total, channel, tickets  mail, report, activity, kafka, hooks
 *   BOOKING_FAILED     foyer.bookings  booking        its hold is over and no payment can come      hold, reason         kafka, hooks
 *   BOOKING_RELEASED   foyer.bookings  hold           a hold ends unpaid: expired, buyer, replaced, staff   hold, reason kafka
 *   BOOKING_CANCELLED  foyer.bookings  booking        tickets given back                            hold, seats          mail, report, activity, kafka, hooks
 *   BOOKING_REDUCED    foyer.bookings  booking        some of its tickets given back                hold, seats          report, activity, kafka, hooks
 *   BOOKING_LINK       foyer.bookings  booking        reference and e-mail were proved              booking              mail
 *   PAYMENT_CREATED, _OPEN, _CAPTURING, _PAID, _FAILED, _CLOSED, _REFUND_DUE, _REFUNDED
 *                      foyer.payments  payment        the payment enters that state                 hold, amount, provider, captured, channel  kafka, hooks
 *                                                     (REFUND_DUE also mail; it and PAID also report; FAILED also activity)
 *   REFUND_PENDING, REFUND_DONE, REFUND_FAILED, REFUND_HUMAN
 *                      foyer.refunds   refund         the attempt enters that state                 payment, amount, reason  kafka, hooks
 *                                                     (all but PENDING also report; DONE and HUMAN also mail; DONE also activity)
 */
#ifndef FOYER_DOMAIN_OUTBOX_H
#define FOYER_DOMAIN_OUTBOX_H

#include "db/db.h"

#define CHANNEL_WEB "web"		/* the only one so far */

struct event_type {
	const char *type, *topic, *subject, *when, *payload, *consumers;
};
extern const struct event_type event_types[];
extern const size_t n_event_types;

/* Adds one event to the open transaction. json: an object. A type that is not in the table ends the process, and with it the transaction. */
void outbox_add(struct db *, int64_t show, const char *type, int64_t subject, struct span json);

#endif
