/* reports.c - see reports.h. */
#include "base/base.h"

#include "base/settings.h"
#include "t/fuzz/fuzz.h"
#include "t/fuzz/reports.h"

#define LONGEST_WORD 255
#define LONGEST_URL 2000

static bool
is_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.' || c == ':' || c == '-';
}

void
check_word(struct span s)
{
	check(s.p && s.n <= LONGEST_WORD && s.p[s.n] == 0);
	for (size_t i = 0; i < s.n; i++)
		check(is_word(s.p[i]));
}

void
check_url(struct span s)
{
	check(s.p && s.n <= LONGEST_URL && s.p[s.n] == 0);
	check(!s.n || span_starts(s, "https://") || span_starts(s, "http://"));
	for (size_t i = 0; i < s.n; i++)
		check(s.p[i] > ' ' && s.p[i] < 0x7f && !strchr("\"<>\\^`{|}", s.p[i]));
}

/* Unreadable is -1 of no currency, which equals nothing of ours. */
void
check_money(struct money m)
{
	check(m.code[3] == 0);
	check(m.minor == -1 ? !m.code[0] : m.minor >= 0 && money_known(span_of(m.code)));
}

void
check_payment(const struct payment_report *r)
{
	check(r->fact >= FACT_UNKNOWN && r->fact <= FACT_CLOSED);
	check_money(r->amount);
	check_word(r->session);
	check_word(r->reference);
	check_word(r->capture);
	check_word(r->why);
	check_url(r->url);
}

void
check_refund(const struct refund_report *r)
{
	check(r->fact >= REFUND_UNKNOWN && r->fact <= REFUND_FAILED);
	check_money(r->amount);
	check_word(r->id);
	check_word(r->reference);
	check_word(r->why);
}

void
check_event(const struct psp_event *e)
{
	check(e->kind >= EVENT_OTHER && e->kind <= EVENT_DISPUTE);
	check(e->dispute >= DISPUTE_OPEN && e->dispute <= DISPUTE_LOST);
	check_word(e->id);
	check_word(e->type);
	check(e->id.n && e->type.n);
	check_payment(&e->payment);
	check_refund(&e->refund);
	check(e->kind == EVENT_REFUND || e->refund.fact == REFUND_UNKNOWN);
}

struct psp *
fuzz_psps(struct arena *a, const char *webhook_check, const char *roots, size_t *n)
{
	const struct settings settings = {
		.stripe_base_url = FUZZ_BASE,
		.stripe_secret_key = { SPAN("sk_test_1") },
		.stripe_webhook_secrets = { SPAN("whsec_one," FUZZ_STRIPE_SECRET) },
		.stripe_version = "2026-10-28.endive",
		.razorpay_base_url = FUZZ_BASE,
		.razorpay_key_id = "rzp_test_1",
		.razorpay_key_secret = { SPAN("key-secret") },
		.razorpay_webhook_secrets = { SPAN("razorpay-secret-one," FUZZ_RAZORPAY_SECRET) },
		.paypal_base_url = FUZZ_BASE,
		.paypal_client_id = "client-1",
		.paypal_client_secret = { SPAN("client-secret") },
		.paypal_webhook_id = FUZZ_WEBHOOK_ID,
		.paypal_webhook_check = webhook_check,
		.paypal_certificates = FUZZ_CERTIFICATES,
		.paypal_roots = roots,
		.house_name = "The Regal",
		.webhook_age_seconds = 300,
		.psp_timeout_ms = 1000,
	};
	struct psp *list;

	*n = psp_all(a, &settings, &list);
	check(*n == 3);
	return list;
}
