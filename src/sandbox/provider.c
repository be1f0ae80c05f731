/* provider.c - the providers that can be played. */
#include "base/base.h"

#include "sandbox/provider.h"

const struct provider *const all_providers[PROVIDERS] = { &play_stripe, &play_razorpay, &play_paypal };

const struct provider *
provider_named(struct span name)
{
	for (size_t i = 0; i < PROVIDERS; i++)
		if (span_is(name, all_providers[i]->name))
			return all_providers[i];
	return NULL;
}

const struct provider *
provider_of(const json_t *record)
{
	const struct provider *p = provider_named(json_span(record, "provider"));

	if (!p)
		die("a record without its provider");
	return p;
}

struct scope
scope_of(const json_t *payment)
{
	return (struct scope){ provider_of(payment)->name, json_span(payment, "reference"), json_span(payment, "id") };
}
