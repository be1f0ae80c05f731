/* params.c - from form text to a flat list of names and values. What a call of Stripe's knows of them: stripe_params.c. */
#include "base/base.h"

#include "sandbox/params.h"

static int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static struct span
form_decode(struct arena *a, struct span s)
{
	char *out = arena_alloc(a, s.n + 1);
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '%' && i + 2 < s.n && hex_digit(s.p[i + 1]) >= 0 && hex_digit(s.p[i + 2]) >= 0) {
			out[n++] = (char)(hex_digit(s.p[i + 1]) << 4 | hex_digit(s.p[i + 2]));
			i += 2;
		} else {
			out[n++] = s.p[i] == '+' ? ' ' : s.p[i];
		}
	}
	return (struct span){ out, n };
}

/* "a[0][b]" into its parts; none if it is not written so. */
static size_t
name_parts(struct span name, struct span part[PARAM_DEPTH])
{
	size_t n = 0, head = 0;

	while (head < name.n && name.p[head] != '[' && name.p[head] != ']')
		head++;
	if (!head)
		return 0;
	part[n++] = (struct span){ name.p, head };
	for (size_t at = head; at < name.n;) {
		size_t end = ++at;

		while (end < name.n && name.p[end] != '[' && name.p[end] != ']')
			end++;
		if (name.p[at - 1] != '[' || end == name.n || name.p[end] != ']' || n == PARAM_DEPTH)
			return 0;
		part[n++] = (struct span){ name.p + at, end - at };
		at = end + 1;
	}
	return n;
}

bool
params_read(struct arena *a, struct span text, struct params *ps, struct complaint *c)
{
	size_t most = 1;

	for (size_t i = 0; i < text.n; i++)
		most += text.p[i] == '&';
	*ps = (struct params){ NULL, 0 };
	if (most > PARAMS_MAX)
		return complain(c, 400, NULL, SPAN_NONE, "Too many parameters.") != NULL;
	ps->list = ARENA_ARRAY(a, struct param, most);
	while (text.n) {
		struct span value = span_cut(&text, '&'), name;
		struct param *p = &ps->list[ps->n];

		if (!value.n)
			continue;
		name = span_cut(&value, '=');
		p->name = form_decode(a, name);
		p->value = form_decode(a, value);
		if (!span_utf8(p->name) || !span_utf8(p->value))
			return complain(c, 400, NULL, SPAN_NONE, "Invalid UTF-8 or null byte in request parameters.") != NULL;
		p->parts = name_parts(p->name, p->part);
		ps->n++;
	}
	return true;
}

struct span
params_value(const struct params *ps, const char *name)
{
	for (size_t i = ps->n; i > 0; i--)
		if (span_is(ps->list[i - 1].name, name))
			return ps->list[i - 1].value;
	return SPAN_NONE;
}
