/*
 * fuzz_webhook.c - what a stranger can send to a webhook. The input's first line is the provider: stripe, razorpay, paypal (which checks
 * by certificate) or paypal-api (which asks PayPal); then headers up to an empty line, then the body. Nobody can sign without the
 * secret, so the message must never be believed; then it is read as if it had been.
 */
#include "base/base.h"

#include <jansson.h>

#include "base/crypto.h"
#include "t/fuzz/authority.h"
#include "t/fuzz/fake_wire.h"
#include "t/fuzz/reports.h"

#define NOW_S INT64_C(1790000000)

struct message {
	struct psp *psp;
	struct arena *arena;
	struct fuzz_headers headers;
	struct span body;
};

static struct span
header_of(void *at, struct arena *arena, const char *name)
{
	(void)arena;
	return fuzz_header(&((struct message *)at)->headers, name);
}

static struct span
param_of(void *at, const char *name)
{
	return fuzz_header(&((struct message *)at)->headers, name);
}

static struct delivery
delivery_of(struct message *m)
{
	return (struct delivery){ .header = header_of, .at = m, .body = m->body, .now_ms = NOW_S * 1000, .fetched = SPAN_NONE };
}

/* -- PayPal: where a certificate may come from, and what it is asked ---------------------------------------------------------- */

static void
check_certificate_address(struct span url)
{
	const struct span place = SPAN(FUZZ_CERTIFICATES);

	check(span_starts(url, place.p) && url.n > place.n);
	for (size_t i = place.n; i < url.n; i++)
		check(url.p[i] != '/' && url.p[i] != '.' && url.p[i] != '%' && url.p[i] != '?' && url.p[i] != '#' && url.p[i] != '@');
	check_url(url);
}

static const struct message *asked_about;

/* The question is about our own webhook and these headers, whatever the body says; and the body is in it as it came. */
static void
check_question(const struct wire_call *call)
{
	static const char *const names[][2] = {
		{ "auth_algo", "Paypal-Auth-Algo" }, { "cert_url", "Paypal-Cert-Url" }, { "transmission_id", "Paypal-Transmission-Id" },
		{ "transmission_sig", "Paypal-Transmission-Sig" }, { "transmission_time", "Paypal-Transmission-Time" },
	};
	struct span body = asked_about->body;
	json_auto_t *root = json_loadb(call->body.p, call->body.n, 0, NULL), *own = json_loadb(body.p, body.n, 0, NULL);

	check(json_object_size(root) == ARRAY_LEN(names) + 2);
	check(strcmp(json_string_value(json_object_get(root, "webhook_id")), FUZZ_WEBHOOK_ID) == 0);
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		check(span_is(fuzz_header(&asked_about->headers, names[i][1]), json_string_value(json_object_get(root, names[i][0]))));
	check(json_is_object(own) && json_equal(json_object_get(root, "webhook_event"), own));
	check(call->body.n > body.n && memcmp(call->body.p + call->body.n - 1 - body.n, body.p, body.n) == 0);
}

static enum psp_verdict
verdict_of(struct message *m, struct delivery *d)
{
	struct psp_need need = { .url = SPAN_NONE };
	enum psp_verdict v = m->psp->kind->verify_webhook(m->psp, m->arena, d, &need);

	if (v == VERDICT_FETCH) {
		check_certificate_address(need.url);
		d->fetched = m->body;
		v = m->psp->kind->verify_webhook(m->psp, m->arena, d, &need);
		check(v == NOT_SIGNED || (v == VERDICT_FETCH && !m->body.n));
	} else if (v == VERDICT_ASK) {
		fake_wire_begin(SPAN("200\n\n{\"verification_status\":\"FAILURE\"}"));
		fake_wire.sent = check_question;
		asked_about = m;
		check(m->psp->kind->ask_verdict(m->psp, m->arena, d, &v) == PSP_OK);
	}
	return v;
}

/* -- with the secret: what is truly signed is believed -------------------------------------------------------------------------- */

static void
sign_truly(struct message *m)
{
	const struct span of_stripe[] = { SPAN("1790000000."), m->body };
	struct hex64 mac;

	if (strcmp(m->psp->kind->name, "stripe") == 0) {
		mac = hmac_sha256_hex_of(SPAN(FUZZ_STRIPE_SECRET), of_stripe, 2);
		m->headers.names[0] = SPAN("Stripe-Signature");
		m->headers.values[0] = arena_fmt(m->arena, "v0=x,t=1790000000,v1=%s", mac.text);
	} else {
		mac = hmac_sha256_hex(SPAN(FUZZ_RAZORPAY_SECRET), m->body);
		m->headers.names[0] = SPAN("X-Razorpay-Signature");
		m->headers.values[0] = arena_copy(m->arena, span_of(mac.text));
	}
	m->headers.n = m->headers.n ? m->headers.n : 1;
}

static void
check_true_message(struct message *m)
{
	struct delivery d = delivery_of(m);
	struct psp_need need;

	if (strcmp(m->psp->kind->name, "paypal") == 0)
		return;
	sign_truly(m);
	check(m->psp->kind->verify_webhook(m->psp, m->arena, &d, &need) == (m->body.n ? SIGNED : NOT_SIGNED));
}

static struct psp *
psp_of(struct arena *a, struct span word)
{
	static struct authority authority;
	bool ask = span_is(word, "paypal-api");
	struct psp *list, *psp;
	size_t n;

	if (!authority.file) {
		authority_make(&authority);
		EVP_PKEY_free(authority.key);
	}
	list = fuzz_psps(a, ask ? "api" : "certificate", authority.file, &n);
	psp = psp_named(list, n, ask ? SPAN("paypal") : word);
	return psp ? psp : &list[0];
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct span input = { (const char *)data, n }, word = span_cut(&input, '\n');
	struct message m = { .arena = fuzz_arena("fuzz_webhook") };
	enum psp_verdict verdict;
	struct psp_event e;
	struct delivery d;

	m.psp = psp_of(m.arena, word);
	fuzz_headers_read(&m.headers, &input);
	m.body = input;
	d = delivery_of(&m);
	verdict = verdict_of(&m, &d);
	check(verdict != SIGNED && verdict != SIGNED_TOO_OLD && verdict != VERDICT_NONE);
	if (m.psp->kind->verify_return)
		check(m.psp->kind->verify_return(m.psp, m.arena, param_of, &m) == NOT_SIGNED);
	if (m.psp->kind->parse_webhook(m.psp, m.arena, &d, &e))
		check_event(&e);
	check_true_message(&m);
	return 0;
}
