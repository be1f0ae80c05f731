/* admin.c - see admin.h. */
#include "base/base.h"

#include "sandbox/admin.h"
#include "sandbox/control.h"
#include "sandbox/events.h"
#include "sandbox/hosted.h"
#include "sandbox/ledger.h"
#include "sandbox/purse.h"
#include "views/sandbox_admin.h"

#define PATH "/admin"
#define PAGE_MAX (4 * MiB)
#define PAYMENTS_SHOWN 100
#define EVENTS_SHOWN 30

/* -- what the page shows ------------------------------------------------------------------------------------------------------ */

/* Some refund or dispute of it is in that state. */
static bool
has_one(struct sandbox *sb, const json_t *payment, const char *collection, const char *state)
{
	json_t *record;
	const char *id;

	json_object_foreach(store_all(&sb->store, collection), id, record)
		if (span_eq(json_span(record, "payment"), json_span(payment, "id")) && json_says(record, "state", state))
			return true;
	return false;
}

static struct sandbox_admin_payments
payment_row(struct sandbox *sb, struct arena *a, const json_t *payment)
{
	const struct provider *p = provider_of(payment);
	const json_t *charge = purse_charge_of(sb, payment);
	bool open = purse_is(payment, "open"), pending = purse_is(payment, "pending"), approved = purse_is(payment, "approved");
	static const char *const plans[] = { [ACT_PAY] = "pay", [ACT_DECLINE] = "decline", [ACT_LATER] = "later",
	    [ACT_LATER_FAIL] = "later_fail", [ACT_HOLD] = "hold", [ACT_ACTION] = "" };
	int64_t back = json_number(charge, "refunded");

	return (struct sandbox_admin_payments){
		.payment_id = json_span(payment, "id"), .played = span_of(p->title), .reference = json_span(payment, "reference"),
		.title = json_span(payment, "title"), .made = { json_number(payment, "created"), NULL }, .state = json_span(payment, "state"),
		.amount = hosted_money(payment, json_number(payment, "amount")), .has_refunded = back > 0,
		.refunded = hosted_money(payment, back), .declined = json_yes(payment, "declined"), .disputed = json_yes(charge, "disputed"),
		.page = open && !json_yes(payment, "token") ? arena_fmt(a, PRSPAN PRSPAN, ARGSPAN(sandbox_prefix(sb->options)),
		    ARGSPAN(p->page_path(a, payment))) : SPAN_NONE,
		.can_choose = open || approved, .can_end = pending, .can_expire = open || approved,
		.planned = span_of(approved ? plans[json_number(payment, "plan")] : ""),
		.can_end_refund = has_one(sb, payment, "refunds", "pending"), .can_end_dispute = has_one(sb, payment, "disputes", "open"),
		.can_dispute = purse_refundable(charge) > 0 && !json_yes(charge, "disputed"),
	};
}

static void
fill_payments(struct sandbox *sb, struct arena *a, struct sandbox_admin_view *view)
{
	json_t *all = store_all(&sb->store, "payments"), *payment;
	size_t n = json_object_size(all), i = 0, skip = n > PAYMENTS_SHOWN ? n - PAYMENTS_SHOWN : 0;
	const char *id;

	view->payments = ARENA_ARRAY(a, struct sandbox_admin_payments, n - skip + 1);
	view->n_payments = n - skip;
	view->unshown = (int64_t)skip;
	json_object_foreach(all, id, payment) {
		if (i >= skip)
			view->payments[n - 1 - i] = payment_row(sb, a, payment);
		i++;
	}
}

static void
fill_orders(struct sandbox *sb, struct arena *a, struct sandbox_admin_view *view)
{
	const struct orders *os = &sb->orders;

	view->orders = ARENA_ARRAY(a, struct sandbox_admin_orders, os->n + 1);
	for (size_t i = 0; i < os->n; i++)
		view->orders[view->n_orders++] = (struct sandbox_admin_orders){ .order = span_of(os->list[i].text), .at = span_of(os->list[i].at),
			.left = os->list[i].left, .serial = os->list[i].serial };
}

static void
fill_sums(struct sandbox *sb, struct arena *a, struct sandbox_admin_view *view)
{
	json_t *totals = ledger_totals(sb), *sum;
	size_t i;

	view->sums = ARENA_ARRAY(a, struct sandbox_admin_sums, json_array_size(totals) + 1);
	json_array_foreach(totals, i, sum)
		view->sums[view->n_sums++] = (struct sandbox_admin_sums){ .sum_played = span_of(provider_of(sum)->title),
			.captured = hosted_money(sum, json_number(sum, "captured")), .gone_back = hosted_money(sum, json_number(sum, "refunded")),
			.taken_back = hosted_money(sum, json_number(sum, "disputed")), .net = hosted_money(sum, json_number(sum, "net")) };
	json_decref(totals);
}

static void
fill_events(struct sandbox *sb, struct arena *a, struct sandbox_admin_view *view)
{
	json_t *all = store_all(&sb->store, "events"), *record, *last;
	size_t n = json_object_size(all), i = 0, skip = n > EVENTS_SHOWN ? n - EVENTS_SHOWN : 0, tries;
	const char *id;

	view->events = ARENA_ARRAY(a, struct sandbox_admin_events, n - skip + 1);
	view->n_events = n - skip;
	json_object_foreach(all, id, record) {
		if (i++ < skip)
			continue;
		tries = json_array_size(json_object_get(record, "tries"));
		last = json_array_get(json_object_get(record, "tries"), tries - 1);
		view->events[n - i] = (struct sandbox_admin_events){ .told_by = span_of(provider_of(record)->title),
			.type = json_span(record, "type"), .about = json_span(record, "reference"), .told = { json_number(record, "at"), NULL },
			.tries = (int64_t)tries, .status = json_number(last, "status"), .answered = json_number(last, "status") != 0,
			.trick = json_span(last, "trick"), .untried = !tries, .dropped = json_yes(record, "never"), .waits = event_wanted(record) };
	}
}

static void
show(struct sandbox *sb, struct visit *v, int status, struct span wrong)
{
	struct sandbox_admin_view view = { .action = arena_fmt(v->arena, PRSPAN PATH, ARGSPAN(sandbox_prefix(sb->options))), .wrong = wrong,
		.address = span_of(sb->options->public_url), .strange = status == 403 };
	struct html page;

	fill_payments(sb, v->arena, &view);
	fill_orders(sb, v->arena, &view);
	fill_sums(sb, v->arena, &view);
	fill_events(sb, v->arena, &view);
	html_init(&page, v->arena, PAGE_MAX);
	sandbox_admin_html(&page, &view);
	visit_answer_page(v, status, buf_view(&page.buf));
}

/* -- what it takes ------------------------------------------------------------------------------------------------------------ */

/* Scheme, host and port: all before the first '/' behind them. */
static struct span
origin_of(struct span url)
{
	size_t slashes = 0, n = 0;

	for (; n < url.n; n++) {
		slashes += url.p[n] == '/';
		if (slashes == 3)
			break;
	}
	return (struct span){ url.p, n };
}

/* A form of this very page: what the browser says of where it comes from must be there, and be us. */
static bool
from_here(struct sandbox *sb, struct visit *v)
{
	struct span ours = origin_of(span_of(sb->options->public_url)), origin = visit_header(v, "HTTP_ORIGIN");
	struct span referer = visit_header(v, "HTTP_REFERER"), fetch = visit_header(v, "HTTP_SEC_FETCH_SITE");

	if (origin.n)
		return span_eq(origin, ours);
	if (referer.n)
		return span_eq(origin_of(referer), ours);
	return span_is(fetch, "same-origin");
}

static const char *
give_order(struct sandbox *sb, struct visit *v, const struct params *form)
{
	struct span value = params_value(form, "order"), name = span_cut(&value, '='), provider = params_value(form, "provider");
	struct span times = params_value(form, "times"), at = params_value(form, "at");

	if (provider.n)
		name = arena_fmt(v->arena, PRSPAN "." PRSPAN, ARGSPAN(provider), ARGSPAN(name));
	if (times.n)
		value = arena_fmt(v->arena, PRSPAN ":" PRSPAN, ARGSPAN(value), ARGSPAN(times));
	return control_obey(sb, span_trim(at), name, value);
}

static const char *
obey(struct sandbox *sb, struct visit *v, const struct params *form)
{
	struct span clear = params_value(form, "clear"), payment = params_value(form, "payment");

	if (clear.n)
		return control_obey(sb, SPAN_NONE, SPAN("clear"), clear);
	if (payment.n)
		return control_obey(sb, SPAN_NONE, params_value(form, "do"), payment);
	return give_order(sb, v, form);
}

static void
take(struct sandbox *sb, struct visit *v)
{
	struct complaint why = { .arena = v->arena };
	struct params form;
	const char *wrong;

	if (!from_here(sb, v)) {
		show(sb, v, 403, SPAN_NONE);
		return;
	}
	wrong = params_read(v->arena, v->body, &form, &why) ? obey(sb, v, &form) : why.message.p;
	if (wrong)
		show(sb, v, 400, span_of(wrong));
	else
		visit_redirect(v, arena_fmt(v->arena, "%s" PATH, sb->options->public_url));
}

void
admin_serve(struct sandbox *sb, struct visit *v)
{
	if (v->method == VISIT_POST && span_is(v->path, PATH))
		take(sb, v);
	else if (v->method == VISIT_GET && (span_is(v->path, PATH) || span_is(v->path, "/")))
		show(sb, v, 200, SPAN_NONE);
	else
		visit_answer_text(v, 404, SPAN("404\n"));
	log_info("admin", "method=%s status=%d", v->method == VISIT_POST ? "POST" : "GET", v->status);
}
