/*
 * razorpay_bodies.c - the JSON that Razorpay is sent, byte for byte. Only documented fields: an unknown one is refused.
 * Nothing is left to a default of the account: no partial payments, and Razorpay writes to nobody.
 */
#include "base/base.h"

#include "base/clock.h"
#include "psp/razorpay.h"

/*
 * Razorpay lets a link live from 15 minutes to 6 months after it is made. A quarter of an hour more than the shortest, so
 * that the same body is still good when it is sent again after an answer that never came.
 */
#define SHORTEST_MS (30 * 60 * 1000)
#define LONGEST_MS (INT64_C(180) * 24 * 60 * 60 * 1000)
#define LONGEST_DESCRIPTION 2048	/* characters */

/* Each writer returns 0, or -1 for text that is not UTF-8; a body with any -1 in it is none. */
static int
put_text(json_t *to, const char *key, struct span text)
{
	return json_object_set_new(to, key, json_stringn(text.p, text.n));
}

static int
put_int(json_t *to, const char *key, int64_t value)
{
	return json_object_set_new(to, key, json_integer(value));
}

static int
put_false(json_t *to, const char *key)
{
	return json_object_set_new(to, key, json_false());
}

static json_t *
one_note(const char *mark, struct span value)
{
	json_t *notes = json_object();

	put_text(notes, mark, value);	/* our reference: always UTF-8 */
	return notes;
}

/* Members stand in the order they were put in. */
static struct span
bytes_of(struct arena *a, const json_t *json)
{
	size_t n = json_dumpb(json, NULL, 0, JSON_COMPACT);
	char *text = arena_alloc(a, n + 1);

	json_dumpb(json, text, n, JSON_COMPACT);
	return (struct span){ text, n };
}

static struct span
first_chars(struct span s, size_t most)
{
	size_t chars = 0;

	for (size_t i = 0; i < s.n; i++)
		if (((unsigned char)s.p[i] & 0xc0) != 0x80 && chars++ == most)
			return (struct span){ s.p, i };
	return s;
}

/* "Salt & Harvest: Row C, seat 7, adult; 2 × Row C, seat 8, child" */
static struct span
description(struct arena *a, const struct checkout_ask *ask)
{
	struct buf b;

	buf_init(&b, a, 4 * LONGEST_DESCRIPTION + KiB);
	buf_span(&b, ask->title);
	for (size_t i = 0; i < ask->n_lines; i++) {
		buf_text(&b, i ? "; " : b.n ? ": " : "");
		if (ask->lines[i].quantity != 1)
			buf_fmt(&b, "%" PRId64 " × ", ask->lines[i].quantity);
		buf_span(&b, ask->lines[i].name);
	}
	if (!b.n)
		buf_span(&b, ask->reference);
	/* what does not fit is left out: it is only for reading */
	return first_chars(buf_view(&b), LONGEST_DESCRIPTION);
}

static int
put_customer(json_t *to, const struct checkout_ask *ask)
{
	json_t *customer = json_object();
	int bad = 0;

	if (ask->name.n)
		bad |= put_text(customer, "name", ask->name);
	if (ask->email.n)
		bad |= put_text(customer, "email", ask->email);
	return bad | json_object_set_new(to, "customer", customer);
}

static json_t *
nobody_told(void)
{
	json_t *notify = json_object();

	put_false(notify, "sms");
	put_false(notify, "email");
	return notify;
}

struct span
razorpay_checkout_body(struct psp *psp, struct arena *a, const struct checkout_ask *ask)
{
	json_auto_t *link = json_object();
	int64_t wire;
	int bad = 0;

	(void)psp;
	if (ask->amount.minor <= 0 || !razorpay_amount_out(ask->amount, &wire)) {
		BUG("payment " PRSPAN " cannot be asked of Razorpay", ARGSPAN(ask->reference));
		return SPAN_NONE;
	}
	bad |= put_int(link, "amount", wire);
	bad |= put_text(link, "currency", span_of(ask->amount.code));
	bad |= put_false(link, "accept_partial");
	bad |= put_text(link, "reference_id", ask->reference);
	bad |= put_text(link, "description", description(a, ask));
	bad |= put_customer(link, ask);
	bad |= json_object_set_new(link, "notify", nobody_told());
	bad |= put_false(link, "reminder_enable");
	bad |= json_object_set_new(link, "notes", one_note(RAZORPAY_PAYMENT_MARK, ask->reference));
	bad |= put_text(link, "callback_url", ask->success_url);
	bad |= put_text(link, "callback_method", SPAN("get"));
	bad |= put_int(link, "expire_by", clock_within(ask->ends_ms, SHORTEST_MS, LONGEST_MS) / 1000);
	if (bad) {
		BUG("payment " PRSPAN " has text that is not UTF-8", ARGSPAN(ask->reference));
		return SPAN_NONE;
	}
	return bytes_of(a, link);
}

struct span
razorpay_refund_body(struct psp *psp, struct arena *a, const struct refund_ask *ask)
{
	json_auto_t *refund = json_object();
	int64_t wire;
	int bad = 0;

	(void)psp;
	if (ask->amount.minor <= 0 || !razorpay_amount_out(ask->amount, &wire))
		return SPAN_NONE;
	bad |= put_int(refund, "amount", wire);
	bad |= put_text(refund, "receipt", ask->reference);
	bad |= json_object_set_new(refund, "notes", one_note(RAZORPAY_REFUND_MARK, ask->reference));
	return bad ? SPAN_NONE : bytes_of(a, refund);
}
