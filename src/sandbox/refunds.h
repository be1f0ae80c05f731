/* refunds.h - giving money back: pending → succeeded | failed, and succeeded → failed, which does happen. Knows no HTTP. */
#ifndef FOYER_SANDBOX_REFUNDS_H
#define FOYER_SANDBOX_REFUNDS_H

#include "sandbox/sandbox.h"

/* What of a payment has not been given back. */
int64_t refundable(const json_t *intent);
/* Refunds amount (<= refundable) of a charged intent; the record. metadata and reason may be NULL. */
json_t *refund_open(struct sandbox *, json_t *intent, int64_t amount, json_t *metadata, json_t *reason, int64_t now_ms);
json_t *refund_find(struct sandbox *, struct span id);
/* status: "succeeded" or "failed". False: it has that status already, or has failed. */
bool refund_move(struct sandbox *, json_t *record, const char *status);
void refunds_tick(struct sandbox *, int64_t now_ms);

#endif
