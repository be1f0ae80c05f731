/* operators.c - for those who run the site and their machines; nginx does not show these to the public. */
#include "base/base.h"

#include "domain/health.h"
#include "http/metrics.h"
#include "pages/app.h"
#include "pages/routes.h"

#define METRICS_TYPE SPAN("text/plain; version=0.0.4; charset=utf-8")

/* This process answers; says nothing about the database, so that a lost one does not restart healthy workers. */
int
healthz_get(struct request *rq, struct response *rs)
{
	(void)rq;
	rs->type = SPAN("text/plain; charset=utf-8");
	buf_text(&rs->body.buf, "ok\n");
	return 200;
}

/* Requests that need the database would be answered now. */
int
readyz_get(struct request *rq, struct response *rs)
{
	if (!database_ready(rq->app->db))
		return 503;
	rs->type = SPAN("text/plain; charset=utf-8");
	buf_text(&rs->body.buf, "ready\n");
	return 200;
}

int
metrics_get(struct request *rq, struct response *rs)
{
	(void)rq;
	rs->type = METRICS_TYPE;
	metrics_print(&rs->body.buf);
	return 200;
}
