/* hosted.c - see hosted.h. */
#include "base/base.h"

#include "base/clock.h"
#include "sandbox/hosted.h"
#include "sandbox/params.h"
#include "sandbox/sessions.h"
#include "views/sandbox_done.h"
#include "views/sandbox_pay.h"

#define PAGE_PATH "/c/pay/"
#define PAGE_MAX (1 * MiB)
#define SHOP "Foyer"
#define PROVIDER "Stripe"

static struct money
money_in(const json_t *object, const char *key)
{
	struct span currency = json_span(object, "currency");
	char code[3] = { 0 };

	for (size_t i = 0; i < 3 && i < currency.n; i++)
		code[i] = (char)(currency.p[i] - 'a' + 'A');
	return money_of(json_number(object, key), (struct span){ code, 3 });
}

static void
answer_page(struct visit *v, int status, const struct html *page)
{
	v->status = status;
	visit_add_header(v, "Content-Type", SPAN("text/html; charset=utf-8"));
	visit_add_header(v, "Cache-Control", SPAN("no-store"));
	visit_add_header(v, "Content-Security-Policy", SPAN("default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; "
	    "frame-ancestors 'none'"));
	visit_add_header(v, "Referrer-Policy", SPAN("no-referrer"));
	buf_span(&v->out, buf_view(&page->buf));
	if (page->buf.failed)
		v->out.failed = true;
}

/* success_url with the one placeholder it may have. */
static struct span
success_url(struct visit *v, const json_t *session)
{
	static const char placeholder[] = "{CHECKOUT_SESSION_ID}";
	struct span rest = json_span(session, "success_url");
	struct buf b;
	const char *at;

	buf_init(&b, v->arena, 64 * KiB);
	while ((at = memmem(rest.p, rest.n, placeholder, sizeof(placeholder) - 1))) {
		size_t before = (size_t)(at - rest.p);

		buf_bytes(&b, rest.p, before);
		buf_span(&b, json_span(session, "id"));
		rest.p += before + sizeof(placeholder) - 1;
		rest.n -= before + sizeof(placeholder) - 1;
	}
	buf_span(&b, rest);
	return buf_view(&b);
}

static void
show_open(struct sandbox *sb, struct visit *v, const json_t *record)
{
	const json_t *session = json_object_get(record, "session"), *data = json_object_get(json_object_get(record, "lines"), "data");
	struct sandbox_pay_view view = {
		.provider = SPAN(PROVIDER), .shop = SPAN(SHOP), .total = money_in(session, "amount_total"),
		.email = json_span(session, "customer_email"), .can_pay_later = true,
		.expires = { json_number(session, "expires_at") * 1000, NULL }, .declined = span_is(v->query, "declined=1"),
	};
	struct html page;
	json_t *line;
	size_t i;

	view.action = arena_fmt(v->arena, PRSPAN PAGE_PATH PRSPAN, ARGSPAN(sandbox_prefix(sb->options)), ARGSPAN(json_span(session, "id")));
	view.lines = ARENA_ARRAY(v->arena, struct sandbox_pay_lines, json_array_size(data));
	json_array_foreach(data, i, line) {
		struct span what = json_span(line, "description");
		int64_t quantity = json_number(line, "quantity");

		if (quantity > 1)
			what = arena_fmt(v->arena, "%" PRId64 " × " PRSPAN, quantity, ARGSPAN(what));
		view.lines[view.n_lines++] = (struct sandbox_pay_lines){ what, money_in(line, "amount_total") };
	}
	html_init(&page, v->arena, PAGE_MAX);
	sandbox_pay_html(&page, &view);
	answer_page(v, 200, &page);
}

/* A session that cannot be paid any more, or (record NULL) never could. */
static void
show_over(struct visit *v, const json_t *record)
{
	const json_t *session = json_object_get(record, "session");
	bool complete = span_is(json_span(session, "status"), "complete");
	struct sandbox_done_view view = {
		.provider = SPAN(PROVIDER), .shop = SPAN(SHOP), .back_url = complete ? success_url(v, session) : json_span(session, "cancel_url"),
		.paid = complete && !span_is(json_span(session, "payment_status"), "unpaid"),
		.later = complete && span_is(json_span(session, "payment_status"), "unpaid"),
		.expired = !complete, .total = record ? money_in(session, "amount_total") : money_of(0, SPAN("GBP")),
	};
	struct html page;

	html_init(&page, v->arena, PAGE_MAX);
	sandbox_done_html(&page, &view);
	answer_page(v, record ? 200 : 404, &page);
}

static void
back_to_page(struct sandbox *sb, struct visit *v, const json_t *session, const char *query)
{
	visit_redirect(v, arena_fmt(v->arena, "%s" PAGE_PATH PRSPAN "%s", sb->options->public_url, ARGSPAN(json_span(session, "id")), query));
}

static void
choose(struct sandbox *sb, struct visit *v, json_t *record, struct span choice)
{
	const json_t *session = json_object_get(record, "session");
	static const struct {
		const char *word;
		enum session_act act;
	} acts[] = { { "pay", ACT_PAY }, { "decline", ACT_DECLINE }, { "later", ACT_LATER }, { "later_fail", ACT_LATER_FAIL } };
	bool complete;

	if (span_is(choice, "cancel") && session_is_open(record) && json_span(session, "cancel_url").n) {
		visit_redirect(v, json_span(session, "cancel_url"));
		return;
	}
	for (size_t i = 0; i < ARRAY_LEN(acts); i++)
		if (span_is(choice, acts[i].word))
			session_act(sb, record, acts[i].act, clock_now());
	complete = span_is(json_span(session, "status"), "complete");	/* by this press, or an earlier one */
	if (complete)
		visit_redirect(v, success_url(v, session));
	else
		back_to_page(sb, v, session, span_is(choice, "decline") ? "?declined=1" : "");
}

void
hosted_serve(struct sandbox *sb, struct visit *v)
{
	size_t head = sizeof(PAGE_PATH) - 1;
	struct complaint why = { .arena = v->arena };
	struct params form;
	json_t *record = NULL;

	if (span_starts(v->path, PAGE_PATH))
		record = session_find(sb, (struct span){ v->path.p + head, v->path.n - head });
	if (record && v->method == VISIT_POST && params_read(v->arena, v->body, &form, &why))
		choose(sb, v, record, params_value(&form, "do"));
	else if (record && session_is_open(record))
		show_open(sb, v, record);
	else
		show_over(v, record);
	log_info("page", "method=%s status=%d", v->method == VISIT_POST ? "POST" : "GET", v->status);
}
