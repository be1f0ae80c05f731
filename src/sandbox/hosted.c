/* hosted.c - see hosted.h. */
#include "base/base.h"

#include "base/clock.h"
#include "sandbox/hosted.h"
#include "sandbox/purse.h"
#include "views/sandbox_done.h"
#include "views/sandbox_pay.h"

#define PAGE_MAX (1 * MiB)
#define SHOP "Foyer"

static const struct {
	const char *word;
	enum act act;
} choices[] = { { "pay", ACT_PAY }, { "decline", ACT_DECLINE }, { "later", ACT_LATER }, { "later_fail", ACT_LATER_FAIL } };

struct money
hosted_money(const json_t *record, int64_t minor)
{
	return money_of(minor, json_span(record, "currency"));
}

/* What is being paid for: the lines that Stripe was told, or the title that the others have. */
static void
fill_lines(struct visit *v, struct sandbox_pay_view *view, const json_t *payment)
{
	const json_t *items = json_object_get(json_object_get(payment, "asked"), "line_items");
	struct span title = json_span(payment, "title");
	json_t *item;
	size_t i;

	view->lines = ARENA_ARRAY(v->arena, struct sandbox_pay_lines, json_array_size(items) + 1);
	json_array_foreach(items, i, item) {
		const json_t *price = json_object_get(item, "price_data");
		struct span what = json_span(json_object_get(price, "product_data"), "name");
		int64_t quantity = json_number(item, "quantity");

		if (quantity > 1)
			what = arena_fmt(v->arena, "%" PRId64 " × " PRSPAN, quantity, ARGSPAN(what));
		view->lines[view->n_lines++] = (struct sandbox_pay_lines){ what,
			hosted_money(payment, json_number(price, "unit_amount") * quantity) };
	}
	if (!view->n_lines && title.n)
		view->lines[view->n_lines++] = (struct sandbox_pay_lines){ title, view->total };
}

static void
show_open(struct sandbox *sb, struct visit *v, const json_t *payment)
{
	const struct provider *p = provider_of(payment);
	struct sandbox_pay_view view = {
		.provider = span_of(p->title), .shop = SPAN(SHOP), .total = hosted_money(payment, json_number(payment, "amount")),
		.email = json_span(payment, "email"), .can_pay_later = true, .has_end = json_number(payment, "ends") > 0,
		.expires = { json_number(payment, "ends"), NULL }, .declined = json_yes(payment, "declined"),
		.can_cancel = p->cancel_url(v->arena, payment).n > 0, .approves = p->asks_capture,
	};
	struct html page;

	view.action = arena_fmt(v->arena, PRSPAN PRSPAN, ARGSPAN(sandbox_prefix(sb->options)), ARGSPAN(p->page_path(v->arena, payment)));
	fill_lines(v, &view, payment);
	html_init(&page, v->arena, PAGE_MAX);
	sandbox_pay_html(&page, &view);
	visit_answer_page(v, 200, buf_view(&page.buf));
}

/* One that cannot be paid any more, or (NULL) never could. */
static void
show_over(struct sandbox *sb, struct visit *v, const json_t *payment)
{
	bool paid = payment && purse_is(payment, "paid");
	bool later = payment && (purse_is(payment, "pending") || purse_is(payment, "approved"));
	const struct provider *p = payment ? provider_of(payment) : &play_stripe;
	struct sandbox_done_view view = {
		.provider = span_of(p->title), .shop = SPAN(SHOP), .paid = paid, .later = later, .expired = !paid && !later,
		.total = payment ? hosted_money(payment, json_number(payment, "amount")) : money_of(0, SPAN("GBP")),
	};
	struct html page;

	if (payment)
		view.back_url = paid || later ? p->back_url(sb, v->arena, payment) : p->cancel_url(v->arena, payment);
	html_init(&page, v->arena, PAGE_MAX);
	sandbox_done_html(&page, &view);
	visit_answer_page(v, payment ? 200 : 404, buf_view(&page.buf));
}

static void
show_failure(struct visit *v, const json_t *payment, int status)
{
	struct sandbox_done_view view = { .provider = span_of(provider_of(payment)->title), .shop = SPAN(SHOP), .broken = true,
		.back_url = SPAN_NONE, .total = hosted_money(payment, json_number(payment, "amount")) };
	struct html page;

	html_init(&page, v->arena, PAGE_MAX);
	sandbox_done_html(&page, &view);
	visit_answer_page(v, status, buf_view(&page.buf));
}

/* Where the buyer goes after a press: back to the shop, or to this page again, which says how it stands. */
static void
lead_on(struct sandbox *sb, struct visit *v, const json_t *payment)
{
	const struct provider *p = provider_of(payment);
	bool settled = purse_is(payment, "paid") || purse_is(payment, "pending") || purse_is(payment, "approved") || purse_is(payment, "failed");
	struct span back = settled ? p->back_url(sb, v->arena, payment) : SPAN_NONE;

	if (!back.n)
		back = arena_fmt(v->arena, "%s" PRSPAN, sb->options->public_url, ARGSPAN(p->page_path(v->arena, payment)));
	visit_redirect(v, back);
}

static void
choose(struct sandbox *sb, struct visit *v, json_t *payment, struct span choice)
{
	const struct provider *p = provider_of(payment);
	struct span cancel = p->cancel_url(v->arena, payment);

	if (span_is(choice, "cancel") && purse_is(payment, "open") && cancel.n) {
		visit_redirect(v, cancel);
		return;
	}
	for (size_t i = 0; i < ARRAY_LEN(choices); i++)
		if (span_is(choice, choices[i].word))
			purse_choose(sb, payment, choices[i].act, clock_now());
	lead_on(sb, v, payment);
}

static json_t *
payment_of(struct sandbox *sb, struct visit *v)
{
	for (size_t i = 0; i < PROVIDERS; i++) {
		struct span id = all_providers[i]->page_payment(v->arena, v);
		json_t *payment = id.n ? purse_payment(sb, id) : NULL;

		if (payment && provider_of(payment) == all_providers[i] && !json_yes(payment, "token"))
			return payment;
	}
	return NULL;
}

static void
answer(struct sandbox *sb, struct visit *v, json_t *payment)
{
	struct complaint why = { .arena = v->arena };
	struct params form;

	if (payment && v->method == VISIT_POST && params_read(v->arena, v->body, &form, &why))
		choose(sb, v, payment, params_value(&form, "do"));
	else if (payment && purse_is(payment, "open"))
		show_open(sb, v, payment);
	else
		show_over(sb, v, payment);
}

void
hosted_serve(struct sandbox *sb, struct visit *v)
{
	json_t *payment = payment_of(sb, v);
	int64_t now = clock_now();
	int status;

	if (payment) {
		v->scope = scope_of(payment);
		if (calls_kept_from(sb, v, v->scope, "page", &status)) {
			if (status)
				show_failure(v, payment, status);
			return;
		}
	}
	answer(sb, v, payment);
	if (payment)
		calls_spoil_answer(sb, v, v->scope, "page", now);
	log_info("page", "method=%s status=%d", v->method == VISIT_POST ? "POST" : "GET", v->status);
}
