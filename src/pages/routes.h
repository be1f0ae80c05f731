/* routes.h - the table of http/routes.def, and the prototypes of its handlers. */
#ifndef FOYER_PAGES_ROUTES_H
#define FOYER_PAGES_ROUTES_H

#include "http/http.h"

extern const struct route routes[];
extern const size_t n_routes;

/* Every handler there is: int seatmap_get(struct request *, struct response *). */
#define R(METHOD, pattern, run, gates, limit, LANE) int run(struct request *, struct response *);
#include "http/routes.def"
#undef R

#endif
