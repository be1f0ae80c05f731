/* pay.c - POST /holds/{token}/pay: checks what was typed, and sends the buyer to the provider's own page. Nothing is charged here. */
#include "base/base.h"

#include "domain/email.h"
#include "domain/phones.h"
#include "http/metrics.h"
#include "pages/answers.h"
#include "pages/app.h"
#include "pages/hold.h"
#include "pages/holdpath.h"
#include "pages/routes.h"
#include "pages/words.h"

/* Without a choice the only way there is; a name that is not offered stays wrong. */
static bool
read_way(struct request *rq, const struct hold *h, struct span *way)
{
	struct flow flow = flow_of(rq);
	struct span *names;
	size_t n = pay_ways(&flow, h->total, &names);

	*way = form_value(rq, "provider");
	if (!way->n && n == 1)
		*way = names[0];
	for (size_t i = 0; i < n; i++)
		if (span_eq(*way, names[i]))
			return true;
	return false;
}

/* True if all of it can be used. What was typed is kept as it was, right or wrong. */
static bool
read_typed(struct request *rq, const struct hold *h, struct hold_says *says, struct span *phone)
{
	struct span line;

	says->typed = true;
	says->email = span_trim(form_value(rq, "email"));
	says->name = span_trim(form_value(rq, "name"));
	says->email_wrong = !form_line(rq, "email", 1, EMAIL_MAX, &line) || !email_plausible(line);
	says->name_wrong = !form_line(rq, "name", 1, NAME_MAX_CHARS, &line);
	says->way_wrong = !read_way(rq, h, &says->way);
	return mobile_read(rq, h, says, phone) && !says->email_wrong && !says->name_wrong && !says->way_wrong;
}

static struct span
return_url(struct request *rq, int64_t show, int64_t payment)
{
	struct span token = link_token(rq, TOKEN_PAYMENT, show, payment, 0);

	return arena_fmt(rq->arena, "%s/pay/return/" PRSPAN, rq->app->settings->base_url, ARGSPAN(token));
}

/* One line a seat for the provider's page: "Stalls C7, adult". */
static struct pay_line *
pay_lines(struct arena *a, const struct hold *h)
{
	struct pay_line *lines = ARENA_ARRAY(a, struct pay_line, h->n);

	for (size_t i = 0; i < h->n; i++) {
		const struct hold_seat *s = &h->seats[i];
		struct buf b;

		buf_init(&b, a, SEAT_NAMES_MAX);
		seat_names_add(&b, s->row, s->number);
		lines[i] = (struct pay_line){ arena_fmt(a, PRSPAN " " PRSPAN ", " PRSPAN, ARGSPAN(s->section_name), ARGSPAN(buf_view(&b)),
		    ARGSPAN(s->price_name)), s->price_minor + s->fee_minor, 1 };
	}
	return lines;
}

static enum pay_end
start(struct request *rq, const struct hold *h, const struct show *show, const struct hold_says *says, struct pay_answer *out)
{
	struct flow flow = flow_of(rq);
	struct pay_ask ask = { .show = h->show, .hold = h->id, .buyer = h->buyer, .payment = id_new(), .booking = id_new(),
		.provider = says->way, .email = says->email, .name = says->name, .title = show->event.title, .amount = h->total,
		.lines = pay_lines(rq->arena, h), .n_lines = h->n, .ends_ms = h->longest_ms, .token = SPAN_NONE };

	/* Both ways back lead to the page that asks the provider: what a browser brings back proves nothing. */
	ask.success_url = ask.cancel_url = return_url(rq, h->show, ask.payment);
	return start_payment(&flow, &ask, out);
}

/* Why there is no page to pay on; nothing was charged in any of these cases. */
static int
not_started(struct request *rq, struct response *rs, const struct hold *h, enum outcome o)
{
	switch (o) {
	case OUTCOME_EXPIRED: case OUTCOME_PAID: case OUTCOME_CHANGED: case OUTCOME_CLOSED: case OUTCOME_CAPTURING:
		return hold_again(rq, rs, h, "");
	default:
		return answer(rs, o);
	}
}

int
hold_pay_post(struct request *rq, struct response *rs)
{
	struct hold_says says = { .typed = true };
	struct pay_answer out;
	struct show show;
	struct span phone;
	struct hold h;
	int status = hold_of_path(rq, rs, &h);
	enum outcome o;

	if (status)
		return status;
	if (h.state != HOLD_ACTIVE || h.over)
		return hold_again(rq, rs, &h, "");
	if (!read_typed(rq, &h, &says, &phone))
		return hold_page(rq, rs, &h, &says, 422);
	if (mobile_asked(rq, &h) && (o = phone_keep(rq->app->db, h.show, h.buyer, phone)) != OUTCOME_OK)
		return answer(rs, o);
	o = show_read(rq->app->db, rq->arena, h.show, &show);
	if (o != OUTCOME_OK)
		return answer(rs, o);
	switch (start(rq, &h, &show, &says, &out)) {
	case PAY_GO:
		metric_add(METRIC_PAYMENTS_STARTED, 1);
		return redirect_away(rs, out.url);
	case PAY_SETTLED:
		return redirect(rs, "/pay/return/" PRSPAN, ARGSPAN(link_token(rq, TOKEN_PAYMENT, h.show, out.payment, 0)));
	case PAY_NO:
		return not_started(rq, rs, &h, out.outcome);
	case PAY_BUSY:
		metric_add(METRIC_PAYMENTS_BUSY, 1);
		break;
	case PAY_REFUSED: case PAY_LATER: case PAY_DECLINED:
		break;
	}
	says.way_down = true;
	return hold_page(rq, rs, &h, &says, 503);
}
