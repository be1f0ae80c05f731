/* psp.c - which providers the settings switch on. A new one is a file of its own and a row here. */
#include "base/base.h"

#include "base/breaker.h"
#include "base/clock.h"
#include "base/settings.h"
#include "psp/paypal.h"
#include "psp/psp.h"
#include "psp/razorpay.h"
#include "psp/stripe.h"

static bool (*const makers[])(struct arena *, const struct settings *, struct psp *) = {
	stripe_make,
	razorpay_make,
	paypal_make,
};

/* Only what is configured: an origin that is never needed is a way out that nobody watches. */
struct span
psp_form_origins(struct arena *a, const struct settings *set)
{
	const struct {
		struct span key;
		const char *origins;
	} all[] = {
		{ set->stripe_secret_key.hidden, set->stripe_checkout_origin },
		{ set->razorpay_key_secret.hidden, set->razorpay_checkout_origin },
		{ set->paypal_client_secret.hidden, set->paypal_checkout_origin },
	};
	struct buf b;

	buf_init(&b, a, 2 * KiB);
	for (size_t i = 0; i < ARRAY_LEN(all); i++)
		if (all[i].key.n)
			buf_fmt(&b, "%s%s", b.n ? " " : "", all[i].origins);
	return buf_view(&b);
}

size_t
psp_all(struct arena *a, const struct settings *set, struct psp **list)
{
	size_t n = 0;

	*list = ARENA_ARRAY(a, struct psp, ARRAY_LEN(makers));
	for (size_t i = 0; i < ARRAY_LEN(makers); i++)
		if (makers[i](a, set, *list + n))
			n++;
	return n;
}

static bool
enter_alone(void *at)
{
	return breaker_lets(at, clock_steady());
}

static void
leave_alone(void *at, bool answered, int64_t wait_ms)
{
	breaker_told(at, answered, wait_ms, clock_steady());
}

void
psp_guard_alone(struct psp *list, size_t n)
{
	static struct breaker calls[ARRAY_LEN(makers)], fetches[ARRAY_LEN(makers)];

	for (size_t i = 0; i < n; i++) {
		list[i].gate = (struct psp_gate){ enter_alone, leave_alone, &calls[i] };
		list[i].fetch_gate = (struct psp_gate){ enter_alone, leave_alone, &fetches[i] };
	}
}

struct psp *
psp_named(struct psp *list, size_t n, struct span name)
{
	for (size_t i = 0; i < n; i++)
		if (span_is(name, list[i].kind->name))
			return &list[i];
	return NULL;
}

void
payment_report_clear(struct payment_report *r)
{
	*r = (struct payment_report){ .amount = { .minor = -1 }, .session = SPAN_NONE, .reference = SPAN_NONE, .capture = SPAN_NONE,
		.url = SPAN_NONE, .why = SPAN_NONE };
}

void
refund_report_clear(struct refund_report *r)
{
	*r = (struct refund_report){ .id = SPAN_NONE, .reference = SPAN_NONE, .why = SPAN_NONE, .amount = { .minor = -1 } };
}

void
psp_event_clear(struct psp_event *e)
{
	*e = (struct psp_event){ .id = SPAN_NONE, .type = SPAN_NONE };
	payment_report_clear(&e->payment);
	refund_report_clear(&e->refund);
}
