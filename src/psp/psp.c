/* psp.c - which providers the settings switch on. A new one is a file of its own and a row here. */
#include "base/base.h"

#include "base/settings.h"
#include "psp/psp.h"
#include "psp/stripe.h"

static bool (*const makers[])(struct arena *, const struct settings *, struct psp *) = {
	stripe_make,
};

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

struct psp *
psp_named(struct psp *list, size_t n, struct span name)
{
	for (size_t i = 0; i < n; i++)
		if (span_is(name, list[i].kind->name))
			return &list[i];
	return NULL;
}
