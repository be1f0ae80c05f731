/* errors.c - the one face of each error: a page for people, a line for machines. Never an empty one. */
#include "base/base.h"

#include "http/internal.h"
#include "views/error.h"

/* The template has words for these; anything else gets a heading and a sentence from the messages. */
static void
choose_words(struct error_view *v, int status)
{
	switch (status) {
	case 400: case 415:
		v->unclear = true;
		break;
	case 401: case 403:
		v->not_you = true;
		break;
	case 404:
		v->not_found = true;
		break;
	case 405:
		v->wrong_way = true;
		break;
	case 409:
		v->moved_on = true;
		break;
	case 410:
		v->heading = message(M_GONE_HEADING);
		v->message = message(M_GONE);
		break;
	case 413: case 414:
		v->too_big = true;
		break;
	case 422:
		v->not_right = true;
		break;
	case 429:
		v->too_often = true;
		break;
	case 503:
		v->busy = true;
		break;
	default:
		v->heading = message(M_BROKEN_HEADING);
		v->message = message(M_BROKEN);
	}
}

static void
error_line(struct response *rs, int status, struct span why)
{
	struct buf *b = &rs->body.buf;

	buf_fmt(b, "%d %s", status, status_words(status));
	if (why.n)
		buf_fmt(b, ": " PRSPAN, ARGSPAN(why));
	buf_fmt(b, "\nrequest " PRSPAN "\n", ARGSPAN(rs->rq->id));
	rs->type = SPAN("text/plain; charset=utf-8");
}

void
error_page(struct response *rs, int status)
{
	struct request *rq = rs->rq;
	/* Which part of an address made it lead nowhere is of no help to who followed it. */
	struct span why = rs->why.n ? rs->why : status < 500 && status != 404 ? rq->why : SPAN_NONE;
	struct error_view v = { .status = status, .request_id = rq->id };

	buf_clear(&rs->body.buf);
	rs->type = SPAN_NONE;
	if (rq->route && rq->route->gates & MACHINE) {
		error_line(rs, status, why);
		return;
	}
	choose_words(&v, status);
	if (why.n)
		v.message = why;
	/* Only what was a plain look can be looked at again by itself. */
	v.retry = status == 503 && rq->method == METHOD_GET ? rs->retry_after : 0;
	error_html(&rs->body, &v);
}
