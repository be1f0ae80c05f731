/*
 * purse.h - payments, the charges that were tried for them, refunds and disputes: the same for every provider. Each move is told
 * (events.h), and money that moves is written into the ledger (ledger.h) in the same step. Knows no wire format and no HTTP.
 *
 *   payments  id → { provider, id, token: no page, reference: ours, title, email, currency, amount, created, ends (0: never), state,
 *             closed, plan, declined, action, charge: id of the newest, due, paid_late, live, shown_reference, hushed, asked }
 *   charges   id → { provider, id, payment, currency, amount, created, at, state: failed | pending | paid, refunded, refunding, disputed }
 *   refunds   id → { provider, id, charge, payment, currency, amount, at, state: pending | done | failed, due, ends_well, asked }
 *   disputes  id → { provider, id, charge, payment, currency, amount, at, state: open | won | lost }
 *
 * Amounts are minor units, currencies in capitals, times ms. `asked` is what the call that made it said, for who writes it on the
 * wire again. `due` is when a pending one ends by itself; without it, it waits to be told.
 *
 *   payment: open → paid | pending | expired | cancelled; of a provider that asks for the capture: open → approved → paid | pending |
 *   open again when declined | expired | cancelled; pending → paid | failed. `closed` says that a payment which ended as expired or
 *   cancelled still has a pending try.
 */
#ifndef FOYER_SANDBOX_PURSE_H
#define FOYER_SANDBOX_PURSE_H

#include "sandbox/provider.h"

enum act {
	ACT_PAY, ACT_DECLINE, ACT_LATER, ACT_LATER_FAIL,
	ACT_HOLD,		/* pending until it is told how it ends */
	ACT_ACTION,		/* the bank wants the buyer to do something first */
};

struct purse_ask {
	const struct provider *provider;
	struct span id, reference, title, email, currency;
	int64_t amount, ends;
	bool token;
	const json_t *asked;
};

json_t *purse_open(struct sandbox *, const struct purse_ask *, int64_t now_ms);
/* By the payment's own id; NULL if it is unknown. */
json_t *purse_payment(struct sandbox *, struct span id);
/* By any id that belongs to it, or by our reference (the newest). */
json_t *purse_find(struct sandbox *, struct span any);
json_t *purse_charge(struct sandbox *, struct span id);
json_t *purse_charge_of(struct sandbox *, const json_t *payment);	/* the newest; NULL: none was tried */
bool purse_is(const json_t *payment, const char *state);

/* What the buyer does on the page, or with a token. False, and nothing happens: it cannot be paid (any more). */
bool purse_choose(struct sandbox *, json_t *payment, enum act, int64_t now_ms);
bool purse_capture(struct sandbox *, json_t *payment, int64_t now_ms);	/* takes what was approved; false: it is not */
/* "expired" or "cancelled". False: it is over, or money is under way to a provider that does not let go of it. */
bool purse_close(struct sandbox *, json_t *payment, const char *how);
bool purse_end(struct sandbox *, json_t *payment, bool paid, int64_t now_ms);	/* of a pending one; false: it is not */
/* Whatever time alone brings: ends of payments, of pending tries, of refunds. */
void purse_tick(struct sandbox *, int64_t now_ms);

/* -- purse_refunds.c */
int64_t purse_refundable(const json_t *charge);		/* what has not been given back, nor is about to be */
/* amount <= refundable, > 0; the record. asked may be NULL. */
json_t *purse_refund(struct sandbox *, json_t *charge, int64_t amount, const json_t *asked, int64_t now_ms);
json_t *purse_refund_find(struct sandbox *, struct span id);
/* False: it has ended so already, or has failed. What had been given back can still fail. */
bool purse_refund_end(struct sandbox *, json_t *refund, bool done, int64_t now_ms);
void purse_refunds_tick(struct sandbox *, int64_t now_ms);
json_t *purse_dispute(struct sandbox *, json_t *charge, int64_t now_ms);	/* NULL: nothing of it is left, or it is disputed */
bool purse_dispute_end(struct sandbox *, json_t *dispute, bool won, int64_t now_ms);	/* false: it has ended */

#endif
