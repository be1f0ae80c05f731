/* cities.c - GET /: where would you like to go out? */
#include "base/base.h"

#include "domain/outcome.h"
#include "pages/answers.h"
#include "pages/app.h"
#include "pages/browse.h"
#include "pages/routes.h"
#include "pages/words.h"
#include "views/cities.h"

int
cities_get(struct request *rq, struct response *rs)
{
	struct cities_view v = { .page = top_of_none() };
	struct city *list;
	enum outcome o;
	size_t n;

	o = cities_read(rq->app->db, rq->arena, &list, &n);
	if (o != OUTCOME_OK)
		return answer(rs, o);
	v.cities = ARENA_ARRAY(rq->arena, struct cities_cities, n);
	for (v.n_cities = 0; v.n_cities < n; v.n_cities++) {
		const struct city *c = &list[v.n_cities];

		v.cities[v.n_cities] = (struct cities_cities){ .name = c->name, .path = top_of_city(rq->arena, c).city_path,
			.tonight = c->tonight, .next = { c->next_ms, c->zone }, .has_next = c->next_ms != 0 };
	}
	cities_html(&rs->body, &v);
	return 200;
}
