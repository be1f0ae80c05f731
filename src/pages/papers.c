/*
 * papers.c - tickets and receipt as PDF. They are drawn by a program of its own (papers/paper.h), a few at a time over all workers:
 * it is the only thing that the site does which takes long without waiting for anybody.
 */
#include "base/base.h"

#include "pages/answers.h"
#include "pages/app.h"
#include "pages/bookingpath.h"
#include "pages/routes.h"
#include "papers/documents.h"
#include "papers/paper.h"

static int
print(struct request *rq, struct response *rs, struct span document, const char *name, const struct booking *b)
{
	struct app *app = rq->app;
	struct span pdf;
	bool good;

	if (!gate_enter(&app->paper_gate))
		return 503;
	good = paper_print(rq->arena, paper_program(app->settings), document, PAPER_MOST, &pdf);
	gate_leave(&app->paper_gate, good, 0);
	if (!good)
		return bad(rs, 500, message(M_PAPER_BROKEN));
	rs->type = SPAN(PAPER_TYPE);
	response_header(rs, "Content-Disposition", arena_fmt(rq->arena, "inline; filename=\"%s-" PRSPAN ".pdf\"", name,
	    ARGSPAN(b->reference)));
	buf_span(&rs->body.buf, pdf);
	return 200;
}

int
booking_tickets_get(struct request *rq, struct response *rs)
{
	struct booking b;
	struct show show;
	int status = booking_of_path(rq, rs, &b, &show);
	struct tickets_paper paper = { .settings = rq->app->settings, .key = &rq->app->ticket_key, .booking = &b, .show = &show };
	struct span document;

	if (status)
		return status;
	document = tickets_document(rq->arena, &paper);
	if (!document.n)
		return bad(rs, 410, message(M_TICKETS_GONE));
	return print(rq, rs, document, "tickets", &b);
}

int
booking_receipt_get(struct request *rq, struct response *rs)
{
	struct booking b;
	struct show show;
	struct money_paid *paid;
	struct charge_lines charges;
	struct paper_line *lines;
	struct receipt_paper paper = { .settings = rq->app->settings, .booking = &b, .show = &show };
	int status = booking_of_path(rq, rs, &b, &show);
	enum outcome o;

	if (status)
		return status;
	o = booking_charges(rq->app->db, rq->arena, b.show, b.id, &charges);
	if (o == OUTCOME_OK)
		o = money_paid_read(rq->app->db, rq->arena, b.show, b.hold, &paid, &paper.n_paid);
	if (o != OUTCOME_OK)
		return answer(rs, o);
	paper.paid = paid;
	paper.n_lines = paper_lines(rq->arena, &b, &charges, &lines);
	paper.lines = lines;
	return print(rq, rs, receipt_document(rq->arena, &paper), "receipt", &b);
}
