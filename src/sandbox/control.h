/*
 * control.h - how tests direct the stand-in. Needs Stripe's secret key. POST /control takes a form of any number of orders (orders.h)
 * and of these acts, done in their order; the first that is not understood is answered 400, with those before it done. ID is any id
 * that belongs to a payment of any provider, or our reference:
 *
 *   pay=ID  decline=ID  later=ID  later_fail=ID  hold=ID     as if the buyer had chosen it; hold: pending until pay or decline names it
 *           (pay and decline also end a payment that is pending)
 *   expire=ID               as if its time had passed
 *   refund_done=ID|all  refund_fail=ID|all     ends refunds that are pending (fail, of one refund: also when it had succeeded)
 *   dispute=ID              the buyer disputes the charge: refunds of it are refused from now on
 *   dispute_won=ID  dispute_lost=ID            the newest dispute of it ends
 *   event=TYPE:ID           one more event of any type, about what ID names as it is now
 *   forge=ID                "it was paid", signed with another secret; sent once
 *   retry=now               every webhook that waits for its next attempt is sent now
 *   forget=tokens           PayPal's access tokens are good no more
 *   at=REFERENCE            the orders after it are for that payment only (orders.h)
 *
 * GET /control/state: { payments, charges, refunds, disputes: the records (purse.h); orders: [ { order, at, left, serial } ];
 * events: the records (store.h); forged: [ { at, status, event } ];
 * requests: [ { at, provider, call, reference, id, key, status, replayed, hung, lost } ]; waiting: answers not yet sent }
 * GET /control/ledger: ledger.h
 */
#ifndef FOYER_SANDBOX_CONTROL_H
#define FOYER_SANDBOX_CONTROL_H

#include "sandbox/sandbox.h"

void control_serve(struct sandbox *, struct visit *);
/* One act or order. NULL: done, else what was wrong. at: for an order, the payment it is limited to; empty: any. */
const char *control_obey(struct sandbox *, struct span at, struct span name, struct span value);

#endif
