/*
 * control.h - how tests direct the stand-in. Needs the secret key. POST /control takes a form of any number of orders (orders.h)
 * and of these acts, done in their order; the first that is not understood is answered 400, with those before it done:
 *
 *   pay=cs_…  decline=cs_…  later=cs_…  later_fail=cs_…  expire=cs_…     as if the buyer, or time, had done it
 *   refund_done=re_…|all  refund_fail=re_…|all     ends refunds that are pending (fail: also those that had succeeded)
 *   dispute=pi_…|ch_…       the buyer disputes the charge: charge.dispute.created; refunds of it are refused from now on
 *   event=TYPE:ID           one more event of any type, about the session, payment intent or refund ID as it is now
 *   forge=cs_…              checkout.session.completed, paid, of that session, signed with another secret; sent once
 *   retry=now               every webhook that waits for its next attempt is sent now
 *
 * GET /control/state: { sessions, intents, refunds: the objects; events: [ { event, tries: [ { at, status, trick } ] } ];
 * forged: [ { at, status, event } ]; requests: [ { at, call, id, key, status, replayed, hung, lost } ]; waiting: answers not yet sent }
 */
#ifndef FOYER_SANDBOX_CONTROL_H
#define FOYER_SANDBOX_CONTROL_H

#include "sandbox/sandbox.h"

void control_serve(struct sandbox *, struct visit *);

#endif
