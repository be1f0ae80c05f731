/*
 * stripe_forms.c - the form-encoded bodies that are sent to Stripe. Only documented parameters: an unknown one is refused.
 * payment_method_types and ui_mode are left out, because their values differ between API versions.
 */
#include "base/base.h"

#include "base/clock.h"
#include "psp/stripe.h"
#include "psp/wire.h"

/*
 * Stripe lets a session live from 30 minutes to 24 hours after it is made. A quarter of an hour more than the shortest, so that the
 * same body is still good when it is sent again after an answer that never came.
 */
#define SHORTEST_MS (45 * 60 * 1000)
#define LONGEST_MS ((24 * 60 - 1) * 60 * 1000)

static void
form_name(struct buf *b, const char *name)
{
	if (b->n)
		BUF_LIT(b, "&");
	buf_text(b, name);
	BUF_LIT(b, "=");
}

static void
form_text(struct buf *b, const char *name, struct span value)
{
	form_name(b, name);
	wire_escape(b, value);
}

static void
form_int(struct buf *b, const char *name, int64_t value)
{
	form_name(b, name);
	buf_int(b, value);
}

static struct span
lower_code(struct arena *a, struct money m)
{
	char code[4] = { 0 };

	for (int i = 0; i < 3; i++)
		code[i] = (char)(m.code[i] >= 'A' && m.code[i] <= 'Z' ? m.code[i] - 'A' + 'a' : m.code[i]);
	return arena_copy(a, span_of(code));
}

static void
form_line(struct buf *b, size_t i, const struct checkout_ask *ask, const struct checkout_line *line, int64_t wire)
{
	char name[80];

#define LINE_NAME(rest) (snprintf(name, sizeof(name), "line_items[%zu]" rest, i), name)
	form_int(b, LINE_NAME("[quantity]"), line->quantity);
	form_text(b, LINE_NAME("[price_data][currency]"), lower_code(b->arena, ask->amount));
	form_int(b, LINE_NAME("[price_data][unit_amount]"), wire);
	form_text(b, LINE_NAME("[price_data][product_data][name]"), line->name);
	if (ask->title.n)
		form_text(b, LINE_NAME("[price_data][product_data][description]"), ask->title);
#undef LINE_NAME
}

static bool
line_wire(const struct checkout_ask *ask, const struct checkout_line *line, int64_t *wire)
{
	struct money one = ask->amount;

	one.minor = line->minor;
	return stripe_amount_out(one, wire);
}

static bool
lines_make_the_amount(const struct checkout_ask *ask)
{
	int64_t sum = 0, part, wire;

	if (ask->n_lines > STRIPE_MAX_LINES)
		return false;
	for (size_t i = 0; i < ask->n_lines; i++) {
		const struct checkout_line *line = &ask->lines[i];

		if (!line->name.n || line->quantity <= 0 || !line_wire(ask, line, &wire) ||
		    __builtin_mul_overflow(line->minor, line->quantity, &part) || __builtin_add_overflow(sum, part, &sum))
			return false;
	}
	return sum == ask->amount.minor;
}

/* The lines as asked for, if Stripe can show them and would take just the amount for them; else one line that does. */
static bool
form_lines(struct buf *b, const struct checkout_ask *ask)
{
	const struct checkout_line whole = { ask->title.n ? ask->title : ask->reference, ask->amount.minor, 1 };
	const struct checkout_line *lines = ask->lines;
	size_t n = ask->n_lines;
	int64_t wire;

	if (!lines_make_the_amount(ask)) {
		log_warn("stripe.lines", "payment=" PRSPAN " lines=%zu one_line=1", ARGSPAN(ask->reference), n);
		lines = &whole;
		n = 1;
	}
	for (size_t i = 0; i < n; i++) {
		if (!line_wire(ask, &lines[i], &wire))
			return false;
		form_line(b, i, ask, &lines[i], wire);
	}
	return true;
}

struct span
stripe_checkout_body(struct psp *psp, struct arena *a, const struct checkout_ask *ask)
{
	bool fit;
	struct buf b;

	(void)psp;
	buf_init(&b, a, STRIPE_MAX_BODY);
	form_text(&b, "mode", SPAN("payment"));
	form_text(&b, "client_reference_id", ask->reference);
	form_text(&b, "success_url", ask->success_url);
	form_text(&b, "cancel_url", ask->cancel_url);
	form_int(&b, "expires_at", clock_within(ask->ends_ms, SHORTEST_MS, LONGEST_MS) / 1000);
	if (ask->email.n)
		form_text(&b, "customer_email", ask->email);
	fit = form_lines(&b, ask);
	form_text(&b, "metadata[" STRIPE_PAYMENT_MARK "]", ask->reference);
	if (ask->title.n)
		form_text(&b, "payment_intent_data[description]", ask->title);
	form_text(&b, "payment_intent_data[metadata][" STRIPE_PAYMENT_MARK "]", ask->reference);
	if (!fit || b.failed) {
		BUG("payment " PRSPAN " cannot be asked of Stripe", ARGSPAN(ask->reference));
		return SPAN_NONE;
	}
	return buf_view(&b);
}

/* Without a page nobody could be sent on to their bank, so ways to pay that need it are not to be taken. */
struct span
stripe_charge_body(struct psp *psp, struct arena *a, const struct checkout_ask *ask, struct span token)
{
	int64_t wire;
	struct buf b;

	(void)psp;
	if (!token.n || !stripe_amount_out(ask->amount, &wire))
		return SPAN_NONE;
	buf_init(&b, a, STRIPE_MAX_BODY);
	form_int(&b, "amount", wire);
	form_text(&b, "currency", lower_code(a, ask->amount));
	form_text(&b, "payment_method", token);
	form_text(&b, "automatic_payment_methods[enabled]", SPAN("true"));
	form_text(&b, "automatic_payment_methods[allow_redirects]", SPAN("never"));
	if (ask->title.n)
		form_text(&b, "description", ask->title);
	if (ask->email.n)
		form_text(&b, "receipt_email", ask->email);
	form_text(&b, "metadata[" STRIPE_PAYMENT_MARK "]", ask->reference);
	return b.failed ? SPAN_NONE : buf_view(&b);
}

const char *
stripe_refund_of(struct span capture)
{
	return span_starts(capture, "ch_") || span_starts(capture, "py_") ? "charge" : "payment_intent";
}

struct span
stripe_refund_body(struct psp *psp, struct arena *a, const struct refund_ask *ask)
{
	int64_t wire;
	struct buf b;

	(void)psp;
	if (ask->amount.minor <= 0 || !stripe_amount_out(ask->amount, &wire))
		return SPAN_NONE;
	buf_init(&b, a, STRIPE_MAX_BODY);
	form_text(&b, stripe_refund_of(ask->capture), ask->capture);
	form_int(&b, "amount", wire);
	form_text(&b, "reason", SPAN("requested_by_customer"));
	form_text(&b, "metadata[" STRIPE_REFUND_MARK "]", ask->reference);
	return b.failed ? SPAN_NONE : buf_view(&b);
}
