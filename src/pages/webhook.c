/* webhook.c - POST /webhooks/{provider}: hands the raw bytes to the flow. 2xx only once the event is stored with its effect. */
#include "base/base.h"

#include "http/metrics.h"
#include "pages/answers.h"
#include "pages/routes.h"

static int
refused(struct response *rs, enum message why)
{
	metric_add(METRIC_WEBHOOKS_REFUSED, 1);
	return bad(rs, 400, message(why));
}

/* "Stripe-Signature" as the web server hands it over: HTTP_STRIPE_SIGNATURE. */
static struct span
header_named(void *at, struct arena *a, const char *name)
{
	struct request *rq = at;
	struct buf b;

	buf_init(&b, a, 100);
	buf_text(&b, "HTTP_");
	for (; *name; name++)
		buf_byte(&b, *name == '-' ? '_' : *name >= 'a' && *name <= 'z' ? (char)(*name - 'a' + 'A') : *name);
	return b.failed ? SPAN_NONE : rq->header(rq, CSTR(a, buf_view(&b)));
}

int
webhook_post(struct request *rq, struct response *rs)
{
	struct flow flow = flow_of(rq);
	const struct message_in in = { header_named, rq, rq->body };

	switch (take_webhook(&flow, path_value(rq, "provider"), &in)) {
	case WEBHOOK_TAKEN:
		metric_add(METRIC_WEBHOOKS_TAKEN, 1);
		rs->type = SPAN("text/plain; charset=utf-8");
		BUF_LIT(&rs->body.buf, "ok\n");
		return 200;
	case WEBHOOK_NO_PROVIDER:
		return 404;
	case WEBHOOK_NOT_SIGNED:
		return refused(rs, M_WEBHOOK_NOT_SIGNED);
	case WEBHOOK_UNREADABLE:
		return refused(rs, M_WEBHOOK_UNREADABLE);
	case WEBHOOK_LATER:
		return 503;
	}
	BUG("no answer for a webhook");
	return 503;
}
