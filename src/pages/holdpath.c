/* holdpath.c - see holdpath.h. */
#include "base/base.h"

#include "domain/bookings.h"
#include "pages/answers.h"
#include "pages/app.h"
#include "pages/holdpath.h"
#include "pages/session.h"
#include "pages/words.h"

int
hold_of_path(struct request *rq, struct response *rs, struct hold *h)
{
	int64_t buyer = session_buyer(rq);
	struct token t;
	enum outcome o;

	if (!buyer || !token_read(&rq->app->token_key, TOKEN_HOLD, path_value(rq, "token"), &t))
		return 404;
	o = hold_read(rq->app->db, rq->arena, t.show, t.id, buyer, h);
	if (o != OUTCOME_OK)
		return answer(rs, o);
	return t.generation == h->generation ? 0 : 404;
}

struct span
hold_path(struct request *rq, const struct hold *h)
{
	struct span token = link_token(rq, TOKEN_HOLD, h->show, h->id, h->generation);

	return arena_fmt(rq->arena, "/holds/" PRSPAN, ARGSPAN(token));
}

int
hold_again(struct request *rq, struct response *rs, const struct hold *h, const char *query)
{
	struct span path = hold_path(rq, h);

	return redirect(rs, PRSPAN "%s", ARGSPAN(path), query);
}

int
booking_of_hold_go(struct request *rq, struct response *rs, int64_t show, int64_t hold, const char *query)
{
	struct booking b;
	enum outcome o = booking_of_hold(rq->app->db, rq->arena, show, hold, &b);
	struct span token;

	if (o != OUTCOME_OK)
		return answer(rs, o);
	token = link_token(rq, TOKEN_BOOKING, show, b.id, b.generation);
	return redirect(rs, "/bookings/" PRSPAN "%s", ARGSPAN(token), query);
}
