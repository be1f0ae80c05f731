/* holdask.c - POST /shows/{show}/hold: asks for seats, and gives whoever gets them the cookie that they belong to. */
#include "base/base.h"

#include "base/crypto.h"
#include "http/metrics.h"
#include "pages/answers.h"
#include "pages/app.h"
#include "pages/routes.h"
#include "pages/seatask.h"
#include "pages/session.h"
#include "pages/words.h"

int
hold_post(struct request *rq, struct response *rs)
{
	struct seat_ask ask = { .n = 0 };
	struct hold_result result;
	int64_t buyer = session_buyer(rq);
	struct span token;
	enum outcome o;
	int status;

	if (!path_id(rq, "show", &ask.show))
		return 404;
	status = seat_ask_read(rq, rs, &ask);
	if (status)
		return status;
	if (!buyer)
		buyer = id_by_chance();
	/* join: without script a big hall's sections add up in the hold itself */
	o = ask.best ? hold_best(rq->app->db, rq->arena, ask.show, buyer, ask.section, (int)ask.best, &result) :
	    seat_ask_take(rq, &ask, buyer, form_has(rq, "join"), &result);
	if (o != OUTCOME_OK)
		return seat_ask_refuse(rq, rs, &ask, o, &result);
	metric_add(METRIC_HOLDS_TAKEN, 1);
	session_keep(rs, buyer);
	token = link_token(rq, TOKEN_HOLD, ask.show, result.hold, 0);
	return redirect(rs, "/holds/" PRSPAN, ARGSPAN(token));
}
