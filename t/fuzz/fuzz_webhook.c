/*
 * fuzz_webhook.c - what a stranger can send to a webhook. The input's first line is the signature header, the rest is the body.
 * The header must never be believed (nobody can sign without the secret); the body is parsed as if it had been.
 */
#include "base/base.h"

#include "base/crypto.h"
#include "base/settings.h"
#include "psp/psp.h"

#define NOW_S INT64_C(1790000000)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static struct psp *
provider(void)
{
	static const struct settings settings = {
		.stripe_base_url = "https://127.0.0.1:1",
		.stripe_secret_key = { { "sk_test_1", 9 } },
		.stripe_webhook_secrets = { { "whsec_one,whsec_two", 19 } },
		.stripe_version = "2026-10-28.endive",
		.webhook_age_seconds = 300,
		.psp_timeout_ms = 1000,
	};
	static struct arena *forever;
	static struct psp *list;

	if (!forever) {
		crypto_start();
		forever = arena_new(MiB);
		if (psp_all(forever, &settings, &list) != 1)
			abort();
	}
	return list;
}

/* Every text that comes out is one that a log, a URL and the database may have. */
static void
check(struct span s, size_t most)
{
	if (!s.p || s.n > most || s.p[s.n] != 0)
		abort();
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] <= ' ' || s.p[i] > '~')
			abort();
}

static void
check_event(const struct psp_event *e)
{
	const struct span words[] = { e->id, e->type, e->payment.session, e->payment.reference, e->payment.capture, e->refund.id,
		e->refund.reference, e->refund.why };

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		check(words[i], 255);
	check(e->payment.url, 2000);
	if (!e->id.n || !e->type.n || e->payment.amount.minor < -1 || e->refund.amount.minor < -1)
		abort();
	if (e->payment.amount.code[0] && !money_known(span_of(e->payment.amount.code)))
		abort();
}

static struct span
header_of(void *at, struct arena *arena, const char *name)
{
	(void)arena;
	(void)name;
	return *(struct span *)at;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static struct arena *a;
	struct span body = { n ? (const char *)data : "", n }, header, parts[2] = { SPAN("1790000000."), SPAN_NONE };
	struct psp *psp = provider();
	struct delivery d = { .header = header_of, .now_ms = NOW_S * 1000, .fetched = SPAN_NONE };
	struct psp_need need;
	struct psp_event e;
	struct hex64 mac;

	if (!a)
		a = arena_new(16 * MiB);
	arena_reset(a);
	header = span_cut(&body, '\n');
	d.body = body;
	d.at = &header;
	if (psp->kind->verify_webhook(psp, a, &d, &need) != NOT_SIGNED)
		abort();
	parts[1] = body;
	mac = hmac_sha256_hex_of(SPAN("whsec_two"), parts, 2);
	header = arena_fmt(a, "t=1790000000,v1=%s," PRSPAN, mac.text, (int)(header.n < 512 ? header.n : 512), header.p);
	psp->kind->verify_webhook(psp, a, &d, &need);
	if (psp->kind->parse_webhook(psp, a, &d, &e))
		check_event(&e);
	return 0;
}
