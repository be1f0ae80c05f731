/* hosted.h - the payment page that buyers see, of whichever provider, and what becomes of their choice. */
#ifndef FOYER_SANDBOX_HOSTED_H
#define FOYER_SANDBOX_HOSTED_H

#include "base/money.h"
#include "sandbox/provider.h"

void hosted_serve(struct sandbox *, struct visit *);	/* 404 for what is no page of any provider */
struct money hosted_money(const json_t *record, int64_t minor);	/* in the record's currency */

#endif
