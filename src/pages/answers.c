/* answers.c - see answers.h. */
#include "base/base.h"

#include "pages/answers.h"
#include "pages/app.h"
#include "pages/words.h"
#include "views/error.h"

#define BUSY_SECONDS 2		/* contention is over soon, a lost database is not */
#define DOWN_SECONDS 5

int
outcome_status(enum outcome o)
{
	switch (o) {
	case OUTCOME_OK:
		return 200;
	case OUTCOME_NOT_FOUND:
		return 404;
	case OUTCOME_TAKEN: case OUTCOME_NO_ROOM: case OUTCOME_CLOSED: case OUTCOME_CAPTURING: case OUTCOME_PAID:
	case OUTCOME_CHANGED:
		return 409;
	case OUTCOME_EXPIRED:
		return 410;
	case OUTCOME_SINGLE: case OUTCOME_COMPANION:
		return 422;
	case OUTCOME_LIMIT:
		return 429;
	case OUTCOME_BUSY: case OUTCOME_DOWN:
		return 503;
	case OUTCOME_BROKEN:
		return 500;
	}
	BUG("outcome %d has no status", (int)o);
	return 500;
}

int
answer(struct response *rs, enum outcome o)
{
	if (o == OUTCOME_OK) {
		BUG("an answer without a page");
		return 500;
	}
	if (o == OUTCOME_BUSY || o == OUTCOME_DOWN)
		rs->retry_after = o == OUTCOME_BUSY ? BUSY_SECONDS : DOWN_SECONDS;
	if (o == OUTCOME_CAPTURING)
		rs->why = message(M_CAPTURING);
	return outcome_status(o);
}

int
notice_page(struct response *rs, const struct notice *n)
{
	struct error_view v = { .page = top_of_none(), .status = n->status, .request_id = rs->rq->id, .heading = n->heading,
		.message = n->message, .button = n->button, .button_path = n->button_path };

	error_html(&rs->body, &v);
	return n->status;
}

struct flow
flow_of(struct request *rq)
{
	struct app *app = rq->app;

	return (struct flow){ .db = app->db, .arena = rq->arena, .psps = app->psps, .n_psps = app->n_psps };
}
