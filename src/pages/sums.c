/* sums.c - see sums.h. */
#include "base/base.h"

#include "pages/sums.h"

static struct money
so_much(struct money total, int64_t minor)
{
	total.minor = minor;
	return total;
}

struct charges_fields
sums_of(struct arena *a, const struct charge_lines *lines, struct money total)
{
	struct charges_fields f = { .tickets_alone = so_much(total, lines->tickets), .sum = total };

	f.added = ARENA_ARRAY(a, struct charges_fields_added, lines->n);
	f.contained = ARENA_ARRAY(a, struct charges_fields_contained, lines->n);
	for (size_t i = 0; i < lines->n; i++) {
		const struct charge_line *l = &lines->list[i];
		struct money part = so_much(total, l->minor);

		if (l->included)
			f.contained[f.n_contained++] = (struct charges_fields_contained){ l->name, l->rate, part };
		else
			f.added[f.n_added++] = (struct charges_fields_added){ l->name, l->rate, part };
	}
	return f;
}
