/* routes.c - http/routes.def as a table; a row whose handler does not exist fails to link. */
#include "base/base.h"

#include "pages/routes.h"

const struct route routes[] = {
#define R(METHOD, pattern, run, gates, limit, LANE) { METHOD_##METHOD, pattern, run, gates, limit, LANE_##LANE, pattern },
#include "http/routes.def"
#undef R
};
const size_t n_routes = ARRAY_LEN(routes);
