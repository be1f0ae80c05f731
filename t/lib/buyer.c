/* buyer.c - see buyer.h. */
#include "buyer.h"

#include <setjmp.h>
#include <cmocka.h>

int64_t
buyer_seat(struct stack *s, int64_t show, int nth)
{
	return stack_number(s, "SELECT seat_id FROM show_seats WHERE show_id = %" PRId64 " ORDER BY seat_id LIMIT 1 OFFSET %d", show, nth);
}

struct page
buyer_hold(struct visitor *v, int64_t show, const int64_t *seats, int n)
{
	char form[512] = "", path[64];
	size_t at = 0;

	for (int i = 0; i < n; i++)
		at += (size_t)snprintf(form + at, sizeof(form) - at, "%sseat=%" PRId64, i ? "&" : "", seats[i]);
	snprintf(path, sizeof(path), "/shows/%" PRId64 "/hold", show);
	return visitor_post(v, path, form);
}

const char *
buyer_takes(struct visitor *v, int64_t show, int first, int n)
{
	struct stack *s = visitor_stack(v);
	int64_t seats[8];
	struct page p;

	for (int i = 0; i < n; i++)
		seats[i] = buyer_seat(s, show, first + i);
	p = buyer_hold(v, show, seats, n);
	if (p.status != 303)
		fprintf(stderr, "hold: %d " PRSPAN "\n", p.status, ARGSPAN(p.body));
	assert_int_equal(p.status, 303);
	assert_true(span_starts(p.location, "/holds/"));
	return CSTR(s->arena, p.location);
}

struct page
buyer_pay_by(struct visitor *v, const char *hold, const char *provider)
{
	struct arena *a = visitor_stack(v)->arena;

	return visitor_post(v, arena_fmt(a, "%s/pay", hold).p, arena_fmt(a, "email=ann%%40example.org&name=Ann+Example&provider=%s", provider).p);
}

struct page
buyer_pay(struct visitor *v, const char *hold)
{
	return buyer_pay_by(v, hold, "stripe");
}

struct page
buyer_at_provider(struct visitor *v, struct page paid, const char *button)
{
	struct stack *s = visitor_stack(v);

	if (paid.status != 303)
		fprintf(stderr, "pay: %d " PRSPAN "\n", paid.status, ARGSPAN(paid.body));
	assert_int_equal(paid.status, 303);
	assert_true(span_starts(paid.location, "http://127.0.0.1:"));
	return visitor_post(v, CSTR(s->arena, paid.location), arena_fmt(s->arena, "do=%s", button).p);
}

struct page
buyer_lands(struct visitor *v, struct page p)
{
	for (int i = 0; i < 5 && p.location.n; i++)
		p = visitor_follow(v, p);
	return p;
}

struct page
buyer_buys(struct visitor *v, const char *hold)
{
	struct page p = buyer_lands(v, buyer_at_provider(v, buyer_pay(v, hold), "pay"));

	for (int i = 0; i < 20 && !page_has(p, "You’re going to") && !page_has(p, "You're going to"); i++) {
		struct span back = page_between(p, "/pay/return/", "\"");

		if (!back.n)
			break;
		p = buyer_lands(v, visitor_get(v, arena_fmt(visitor_stack(v)->arena, "/pay/return/" PRSPAN, ARGSPAN(back)).p));
	}
	if (p.status != 200)
		fprintf(stderr, "tickets: %d " PRSPAN "\n", p.status, ARGSPAN(p.body));
	assert_int_equal(p.status, 200);
	return p;
}

int64_t
newest_payment(struct stack *s)
{
	return stack_number(s, "SELECT payment_id FROM payments ORDER BY payment_id DESC LIMIT 1");
}

const char *
newest_session(struct stack *s)
{
	struct span text = span_of(stack_text(s, "SELECT session FROM payments ORDER BY payment_id DESC LIMIT 1"));

	return CSTR(s->arena, span_cut(&text, '\n'));
}

const char *
buyer_reference(struct stack *s, struct page p)
{
	struct span shown = page_between(p, "Reference <b>", "</b>");
	char *letters = arena_alloc(s->arena, 10);
	size_t n = 0;

	for (size_t i = 0; i < shown.n && n < 9; i++)
		if ((shown.p[i] >= 'A' && shown.p[i] <= 'Z') || (shown.p[i] >= '2' && shown.p[i] <= '9'))
			letters[n++] = shown.p[i];
	assert_int_equal(n, 9);
	return letters;
}
