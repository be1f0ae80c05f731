/* demo_sell.h - the bookings of an invented crowd, with all rows and events that real ones leave behind. For demonstrations only. */
#ifndef FOYER_DOMAIN_DEMO_SELL_H
#define FOYER_DOMAIN_DEMO_SELL_H

#include "db/db.h"
#include "domain/outcome.h"
#include "domain/programme.h"

/* A published show in which nothing was ever bought; in any other, nothing happens. In one transaction. */
enum outcome demo_sell(struct db *, struct arena *, const struct programme_start *, int64_t now_ms, size_t *bookings, size_t *seats);

#endif
