/*
 * holdreach.c - where a buyer wants to be told that their hold is about to end: by this browser (static/push.js), or by a text.
 * What is told goes by buyer and show, so only the browser that took the hold can ask for it: one that it was brought to would be told of
 * the buyer's other seats there as well.
 */
#include "base/base.h"

#include "domain/phones.h"
#include "domain/push_browsers.h"
#include "pages/answers.h"
#include "pages/app.h"
#include "pages/hold.h"
#include "pages/holdpath.h"
#include "pages/routes.h"

static int
own_of_path(struct request *rq, struct response *rs, struct hold *h)
{
	int status = hold_of_path(rq, rs, h);

	return status ? status : hold_own(rq, h) ? 0 : 404;
}

/* For scripts: 204 where it is done. */
int
hold_push_post(struct request *rq, struct response *rs)
{
	struct push_address address = { .endpoint = form_value(rq, "endpoint"), .point = form_value(rq, "p256dh"), .auth = form_value(rq, "auth") };
	bool forget = form_has(rq, "forget");
	const struct settings *s = rq->app->settings;
	struct hold h;
	int status = rq->app->push_public.n ? own_of_path(rq, rs, &h) : 404;
	enum outcome o;

	if (status)
		return status;
	if (h.state != HOLD_ACTIVE || h.over)
		return 410;
	if (!push_endpoint_good(address.endpoint, s->push_services, s->outside_allow) || !push_keys_good(&address))
		return bad(rs, 422, message(M_PUSH_UNKNOWN));
	o = forget ? push_forget(rq->app->db, h.show, h.buyer, address.endpoint) : push_keep(rq->app->db, h.show, h.buyer, &address);
	if (o == OUTCOME_LIMIT)
		return bad(rs, 409, message(M_PUSH_LIMIT));
	return o == OUTCOME_OK ? 204 : answer(rs, o);
}

bool
mobile_asked(struct request *rq, const struct hold *h)
{
	return *rq->app->settings->sms_url && hold_own(rq, h);
}

bool
mobile_read(struct request *rq, const struct hold *h, struct hold_says *says, struct span *phone)
{
	const struct settings *s = rq->app->settings;

	*phone = SPAN_NONE;
	says->mobile = span_trim(form_value(rq, "mobile"));
	says->mobile_wrong = mobile_asked(rq, h) && says->mobile.n && !phone_normal(rq->arena, says->mobile, phone);
	says->mobile_abroad = !says->mobile_wrong && phone->n && !phone_of_countries(s->sms_countries, *phone);
	says->mobile_wrong |= says->mobile_abroad;
	return !says->mobile_wrong;
}

/* The whole form of the checkout comes along: what was typed into it stays. */
int
hold_text_post(struct request *rq, struct response *rs)
{
	struct hold_says says = { .typed = true, .email = span_trim(form_value(rq, "email")), .name = span_trim(form_value(rq, "name")),
		.way = form_value(rq, "provider") };
	struct span phone;
	struct hold h;
	int status = *rq->app->settings->sms_url ? own_of_path(rq, rs, &h) : 404;
	enum outcome o;

	if (status)
		return status;
	if (h.state != HOLD_ACTIVE || h.over)
		return hold_again(rq, rs, &h, "");
	if (mobile_read(rq, &h, &says, &phone) && !phone.n)
		says.mobile_wrong = true;
	if (says.mobile_wrong)
		return hold_page(rq, rs, &h, &says, 422);
	o = phone_keep(rq->app->db, h.show, h.buyer, phone);
	if (o != OUTCOME_OK)
		return answer(rs, o);
	says.texted = true;
	says.mobile = phone;
	return hold_page(rq, rs, &h, &says, 200);
}
