/* razorpay_lists.c - what Razorpay's lists may be asked for, and the part of one that is answered. */
#include "base/base.h"

#include "sandbox/razorpay.h"

#define PAGE 10
#define PAGE_MOST 100

bool
play_razorpay_page(struct call *c, const char *also, struct razorpay_page *p)
{
	const struct {
		const char *name;
		int64_t most, *value;
	} rules[] = { { "from", INT32_MAX, &p->from }, { "to", INT32_MAX, &p->to }, { "count", PAGE_MOST, &p->count },
	    { "skip", INT32_MAX, &p->skip } };

	*p = (struct razorpay_page){ .to = INT32_MAX, .count = PAGE };
	if (!play_razorpay_query(c, arena_fmt(c->arena, "from to count skip %s", also).p))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(rules); i++) {
		struct span given = params_value(&c->params, rules[i].name);

		if (given.n && !span_int(given, 0, rules[i].most, rules[i].value))
			return complain(&c->why, 400, NULL, span_of(rules[i].name), "The %s may not be greater than %" PRId64 ".", rules[i].name,
			    rules[i].most) != NULL;
	}
	return true;
}

bool
play_razorpay_within(const struct razorpay_page *p, int64_t ms)
{
	return ms / 1000 >= p->from && ms / 1000 <= p->to;
}

json_t *
play_razorpay_cut(json_t *all, const struct razorpay_page *p)
{
	json_t *items = json_array();

	for (int64_t i = p->skip; i < (int64_t)json_array_size(all) && i < p->skip + p->count; i++)
		json_array_append(items, json_array_get(all, (size_t)i));
	json_decref(all);
	return items;
}
