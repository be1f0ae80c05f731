/* bookingpath.c - see bookingpath.h. */
#include "base/base.h"

#include "pages/answers.h"
#include "pages/app.h"
#include "pages/bookingpath.h"
#include "pages/words.h"

int
booking_of_path(struct request *rq, struct response *rs, struct booking *b, struct show *show)
{
	struct token t;
	enum outcome o;

	if (!token_read(&rq->app->token_key, TOKEN_BOOKING, path_value(rq, "token"), &t))
		return 404;
	o = booking_read(rq->app->db, rq->arena, t.show, t.id, b);
	if (o == OUTCOME_OK)
		o = show_read(rq->app->db, rq->arena, t.show, show);
	if (o != OUTCOME_OK)
		return answer(rs, o);
	if (t.generation != b->generation || (b->state != BOOKING_IS_CONFIRMED && b->state != BOOKING_IS_CANCELLED))
		return 404;
	return 0;
}

struct span
booking_link(struct request *rq, const struct booking *b)
{
	return link_token(rq, TOKEN_BOOKING, b->show, b->id, b->generation);
}
