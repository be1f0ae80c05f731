/*
 * ledger.h - the provider's books: every movement of money, in the order in which it moved, kept over a restart. It is written where
 * the money moves, so a charge whose answer was lost stands in it too.
 *
 *   { at, kind, provider, payment, reference, charge, about: the refund or dispute or null, currency, amount }
 *
 * GET /control/ledger: { totals: [ { provider, currency, captured, refunded, disputed, net } ], payments: [ { provider, id, reference,
 * charge, currency, captured_minor, refunded_minor, disputed_minor, state } ], movements: all of them }. Amounts are minor units;
 * net is what has been captured and not gone back. refunded counts what has really gone back: a refund that is pending or failed
 * does not, one that failed afterwards no longer does; disputed likewise.
 */
#ifndef FOYER_SANDBOX_LEDGER_H
#define FOYER_SANDBOX_LEDGER_H

#include "sandbox/sandbox.h"

enum ledger_kind { LEDGER_CAPTURED, LEDGER_REFUNDED, LEDGER_RETURNED, LEDGER_DISPUTED, LEDGER_REINSTATED };

void ledger_add(struct sandbox *, enum ledger_kind, const json_t *charge, struct span about, int64_t amount, int64_t now_ms);

json_t *ledger_totals(struct sandbox *);	/* new references, as above */
json_t *ledger_payments(struct sandbox *);
json_t *ledger_json(struct sandbox *);

#endif
