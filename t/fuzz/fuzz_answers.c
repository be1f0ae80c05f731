/*
 * fuzz_answers.c - what a provider (or whoever answers in its name) can say to our calls. The input's first line is provider, call and,
 * if wanted, a session's id and the word "token"; the rest is the script of answers (fake_wire.h). PSP_OK only with what psp.h
 * promises; nothing said twice that may have happened; and what we send is whole whatever was read before.
 */
#include "base/base.h"

#include "psp/fields.h"
#include "t/fuzz/fake_wire.h"
#include "t/fuzz/reports.h"

struct asked {
	struct psp *psp;
	const struct psp_kind *kind;
	struct arena *arena;
	struct span session;
	struct refund_ask refund;
};

#define KEY SPAN("12-34-key-0001")
#define REFERENCE SPAN("12-34")
#define REFUND_REFERENCE SPAN("12-77")

static enum psp_result
open_it(struct asked *q)
{
	struct checkout c;
	enum psp_result r = q->kind->create_checkout(q->psp, q->arena, SPAN("{}"), KEY, &c);

	check_word(c.session);
	check_url(c.url);
	check(r != PSP_OK || (c.session.n && c.url.n));
	return r;
}

static enum psp_result
find_it(struct asked *q)
{
	struct checkout c;
	enum psp_result r = q->kind->find_checkout(q->psp, q->arena, REFERENCE, &c);

	check_word(c.session);
	check_url(c.url);
	check(r != PSP_OK || (c.session.n && c.url.n));
	return r;
}

static enum psp_result
close_it(struct asked *q)
{
	enum psp_result r = q->kind->close_checkout(q->psp, q->arena, q->session);

	check(r != PSP_OK || fake_wire.status / 100 == 2);
	return r;
}

static enum psp_result
status_of(struct asked *q)
{
	struct payment_report p;
	enum psp_result r;

	payment_report_clear(&p);
	r = q->kind->fetch_status(q->psp, q->arena, q->session, &p);
	check_payment(&p);
	check(r != PSP_OK || p.session.n);
	return r;
}

static enum psp_result
capture_it(struct asked *q)
{
	struct payment_report p;
	enum psp_result r;

	payment_report_clear(&p);
	r = q->kind->capture(q->psp, q->arena, q->session, KEY, &p);
	check_payment(&p);
	check(r != PSP_OK || (p.session.n && (p.fact == FACT_PAID || p.fact == FACT_PENDING || p.fact == FACT_FAILED)));
	return r;
}

static enum psp_result
charge_it(struct asked *q)
{
	struct checkout c;
	enum psp_result r = q->kind->charge(q->psp, q->arena, SPAN("amount=1"), KEY, &c);

	check_word(c.session);
	check(!c.url.n && (r != PSP_OK || c.session.n));
	return r;
}

static enum psp_result
refund_by(struct asked *q, enum psp_result (*call)(struct psp *, struct arena *, const struct refund_ask *, struct refund_report *))
{
	struct refund_report f;
	enum psp_result r;

	refund_report_clear(&f);
	r = call(q->psp, q->arena, &q->refund, &f);
	check_refund(&f);
	check(r != PSP_OK || f.id.n);
	check(r != PSP_OK || call != q->kind->find_refund || span_eq(f.reference, q->refund.reference));
	return r;
}

static enum psp_result refund_it(struct asked *q) { return refund_by(q, q->kind->refund); }
static enum psp_result read_refund(struct asked *q) { return refund_by(q, q->kind->fetch_refund); }
static enum psp_result find_refund(struct asked *q) { return refund_by(q, q->kind->find_refund); }

/* All pages, as the caller reads them; a provider that never ends is the caller's to leave. */
static enum psp_result
list_them(struct asked *q)
{
	struct payment_report *list;
	struct span cursor = SPAN_NONE;
	enum psp_result r;
	size_t n;

	for (int page = 0; page < 8; page++) {
		r = q->kind->list_payments(q->psp, q->arena, INT64_C(1790000000000), &cursor, &list, &n);
		check_word(cursor);
		check(r == PSP_OK || !n);
		for (size_t i = 0; i < n; i++)
			check_payment(&list[i]);
		if (r != PSP_OK || !cursor.n)
			break;
	}
	return r;
}

static struct span
header_of(void *at, struct arena *arena, const char *name)
{
	static const struct fuzz_headers genuine = { .n = 5,
		.names = { SPAN("Paypal-Transmission-Id"), SPAN("Paypal-Transmission-Time"), SPAN("Paypal-Cert-Url"),
			SPAN("Paypal-Auth-Algo"), SPAN("Paypal-Transmission-Sig") },
		.values = { SPAN("69cd13f0-d67a"), SPAN("2026-09-21T13:33:15Z"), SPAN(FUZZ_CERTIFICATES "CERT-1"), SPAN("SHA256withRSA"),
			SPAN("AbCd") },
	};

	(void)at;
	(void)arena;
	return fuzz_header(&genuine, name);
}

static enum psp_result
ask_verdict(struct asked *q)
{
	const struct delivery d = { .header = header_of, .body = SPAN("{\"id\":\"WH-1\"}"), .fetched = SPAN_NONE };
	enum psp_verdict v = SIGNED;
	enum psp_result r = q->kind->ask_verdict(q->psp, q->arena, &d, &v);

	check(v == SIGNED || v == NOT_SIGNED);
	check(v != SIGNED || (r == PSP_OK && fake_wire.status / 100 == 2));
	return r;
}

#define KIND(field) offsetof(struct psp_kind, field)
static const struct call {
	const char *word;
	size_t field;			/* of the kind: NULL there, and the provider has no such call */
	enum psp_result (*run)(struct asked *);
	bool moves_money;		/* or leads to a page where it is */
} calls[] = {
	{ "status", KIND(fetch_status), status_of, false },
	{ "open", KIND(create_checkout), open_it, true },
	{ "find", KIND(find_checkout), find_it, false },
	{ "close", KIND(close_checkout), close_it, true },
	{ "capture", KIND(capture), capture_it, true },
	{ "charge", KIND(charge), charge_it, true },
	{ "refund", KIND(refund), refund_it, true },
	{ "read-refund", KIND(fetch_refund), read_refund, false },
	{ "find-refund", KIND(find_refund), find_refund, false },
	{ "list", KIND(list_payments), list_them, false },
	{ "ask", KIND(ask_verdict), ask_verdict, false },
};

/* What may have happened there is never called undone, and what only reads is never unsure. */
static void
check_result(const struct call *call, enum psp_result r)
{
	check(r >= PSP_OK && r <= PSP_BUSY);
	check(call->moves_money || r != PSP_UNSURE);
	if (!call->moves_money || !fake_wire.changed)
		return;
	check(fake_wire.result != PSP_UNSURE || r == PSP_UNSURE);
	check(fake_wire.result != PSP_OK || fake_wire.status / 100 != 2 || r == PSP_OK || r == PSP_UNSURE || r == PSP_CONFLICT);
}

static void
run(const struct call *call, struct arena *a, struct psp *psp, struct span session)
{
	struct asked q = { .psp = psp, .kind = psp->kind, .arena = a, .session = session };
	const void *there;

	memcpy(&there, (const char *)psp->kind + call->field, sizeof(there));
	if (!there)
		return;
	q.refund = (struct refund_ask){ .session = session, .capture = SPAN("pi_1"), .reference = REFUND_REFERENCE,
		.refund = SPAN("re_1"), .body = SPAN("{}"), .key = KEY, .amount = { 1550, "GBP" } };
	check_result(call, call->run(&q));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct span input = { (const char *)data, n }, line = span_cut(&input, '\n');
	struct span name = span_cut(&line, ' '), word = span_cut(&line, ' '), session = span_cut(&line, ' ');
	struct arena *a = fuzz_arena("fuzz_answers");
	const struct call *call = &calls[0];
	struct psp *list, *psp;
	size_t count;

	list = fuzz_psps(a, "api", "", &count);
	psp = psp_named(list, count, name);
	for (size_t i = 0; i < ARRAY_LEN(calls); i++)
		if (span_is(word, calls[i].word))
			call = &calls[i];
	fake_wire_begin(input);
	fake_wire.token_in_script = span_is(line, "token");
	run(call, a, psp ? psp : &list[0], field_word_good(session) ? session : SPAN("cs_1"));
	return 0;
}
