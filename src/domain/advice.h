/*
 * advice.h - what can be said about a wish for seats by plain reads, before any lock: seats visibly gone, not on sale, companion
 * seats without a wheelchair place, a single seat left over. Cheap for the many who lose; OK means only "worth trying".
 */
#ifndef FOYER_DOMAIN_ADVICE_H
#define FOYER_DOMAIN_ADVICE_H

#include "domain/holds.h"

enum outcome advice_on_hold(struct db *, struct arena *, const struct hold_ask *, struct hold_result *);

#endif
