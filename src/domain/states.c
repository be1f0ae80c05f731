/* states.c - the table of moves. Whoever changes a state looks its move up here first; the audit holds the database against it. */
#include "base/base.h"

#include "domain/states.h"

const struct move moves[] = {
	{ THING_SEAT, "available", "hold", "held", BY_BUYER | BY_STAFF, "SEAT_HELD" },
	{ THING_SEAT, "held", "hold after expiry, or by its own buyer", "held", BY_BUYER | BY_STAFF, "SEAT_HELD" },
	{ THING_SEAT, "held", "release, expire, replace", "available", BY_BUYER | BY_REAPER | BY_STAFF, "SEAT_RELEASED" },
	{ THING_SEAT, "held", "settle", "confirmed", BY_PROVIDER | BY_STAFF, "SEAT_SOLD" },
	{ THING_SEAT, "available", "settle late", "confirmed", BY_PROVIDER, "SEAT_SOLD" },
	{ THING_SEAT, "confirmed", "cancel", "available", BY_STAFF | BY_BUYER, "SEAT_RELEASED" },

	{ THING_HOLD, "active", "settle", "confirmed", BY_PROVIDER | BY_STAFF, "BOOKING_CONFIRMED" },
	{ THING_HOLD, "active", "give back, replace", "released", BY_BUYER | BY_STAFF, "BOOKING_RELEASED" },
	{ THING_HOLD, "active", "time is up", "expired", BY_REAPER | BY_PROVIDER, "BOOKING_RELEASED" },

	{ THING_BOOKING, "pending", "settle", "confirmed", BY_PROVIDER | BY_STAFF, "BOOKING_CONFIRMED" },
	{ THING_BOOKING, "pending", "hold over, nothing can be paid", "failed", BY_PROVIDER | BY_REAPER | BY_BUYER, "BOOKING_FAILED" },
	{ THING_BOOKING, "confirmed", "cancel its last tickets", "cancelled", BY_STAFF | BY_BUYER, "BOOKING_CANCELLED" },

	{ THING_PAYMENT, "created", "session made", "open", BY_BUYER | BY_REAPER, "PAYMENT_OPEN" },
	{ THING_PAYMENT, "created", "refused by the provider", "failed", BY_BUYER | BY_REAPER, "PAYMENT_FAILED" },
	{ THING_PAYMENT, "created", "never to be opened", "closed", BY_REAPER | BY_BUYER, "PAYMENT_CLOSED" },
	{ THING_PAYMENT, "created", "paid before we knew its session", "paid", BY_PROVIDER, "PAYMENT_PAID" },
	{ THING_PAYMENT, "created", "paid, no tickets", "refund_due", BY_PROVIDER, "PAYMENT_REFUND_DUE" },
	{ THING_PAYMENT, "open", "claim", "capturing", BY_BUYER | BY_PROVIDER | BY_REAPER, "PAYMENT_CAPTURING" },
	{ THING_PAYMENT, "open", "settle", "paid", BY_PROVIDER, "PAYMENT_PAID" },
	{ THING_PAYMENT, "open", "settle, no tickets", "refund_due", BY_PROVIDER, "PAYMENT_REFUND_DUE" },
	{ THING_PAYMENT, "open", "refused for good", "failed", BY_PROVIDER, "PAYMENT_FAILED" },
	{ THING_PAYMENT, "open", "session over", "closed", BY_PROVIDER | BY_REAPER | BY_BUYER, "PAYMENT_CLOSED" },
	{ THING_PAYMENT, "capturing", "settle", "paid", BY_PROVIDER, "PAYMENT_PAID" },
	{ THING_PAYMENT, "capturing", "settle, no tickets", "refund_due", BY_PROVIDER, "PAYMENT_REFUND_DUE" },
	{ THING_PAYMENT, "capturing", "refused, or its seats are gone", "failed", BY_PROVIDER | BY_BUYER | BY_REAPER, "PAYMENT_FAILED" },
	/* A provider that took money after it had said it never would: the money goes back, whatever it said before. */
	{ THING_PAYMENT, "failed", "paid after all", "refund_due", BY_PROVIDER, "PAYMENT_REFUND_DUE" },
	{ THING_PAYMENT, "closed", "paid after all", "refund_due", BY_PROVIDER, "PAYMENT_REFUND_DUE" },
	{ THING_PAYMENT, "paid", "cancel its last tickets", "refund_due", BY_STAFF | BY_BUYER, "PAYMENT_REFUND_DUE" },
	{ THING_PAYMENT, "refund_due", "refund done", "refunded", BY_PROVIDER | BY_REAPER, "PAYMENT_REFUNDED" },

	{ THING_REFUND, "pending", "provider says done", "done", BY_PROVIDER | BY_REAPER, "REFUND_DONE" },
	{ THING_REFUND, "pending", "provider says no, try anew", "failed", BY_PROVIDER | BY_REAPER, "REFUND_FAILED" },
	{ THING_REFUND, "pending", "no attempt left", "human", BY_REAPER | BY_PROVIDER, "REFUND_HUMAN" },
	{ THING_REFUND, "done", "the bank sent it back", "human", BY_PROVIDER, "REFUND_HUMAN" },
	{ THING_REFUND, "human", "given another way, or to be asked for anew, by the next row", "failed", BY_STAFF, "REFUND_FAILED" },
};
const size_t n_moves = ARRAY_LEN(moves);

const struct move *
move_find(enum thing thing, struct span from, const char *to)
{
	static const char *const things[] = { "seat", "hold", "booking", "payment", "refund" };

	for (size_t i = 0; i < n_moves; i++)
		if (moves[i].thing == thing && span_is(from, moves[i].from) && strcmp(moves[i].to, to) == 0)
			return &moves[i];
	log_warn("move.refused", "thing=%s from=" PRSPAN " to=%s", things[thing], ARGSPAN(from), to);
	return NULL;
}
