/*
 * test_matrix.c - every provider, each step of a payment, what may go wrong at the provider, and where our own process may die, in
 * combination: any two of them meet in one purchase. Whoever was buying tries again, as people do. Afterwards the audit must find
 * nothing, and the provider's own books and ours must agree to the last minor unit. FOYER_MATRIX=all runs every combination
 * (make faults); FOYER_MATRIX_ONLY=N one case, FOYER_MATRIX_ONLY=N-M these.
 */
#include "base/base.h"

#include <setjmp.h>
#include <unistd.h>

#include <cmocka.h>
#include <jansson.h>

#include "domain/bookings.h"
#include "t/lib/buyer.h"
#include "t/lib/pairs.h"

#define TRIES 14
#define ROUNDS 100		/* a call that hangs is under way at the provider until it ends: longer than that */

enum { PROVIDER, STEP, TROUBLE, DEATH, DIMENSIONS };

static const char *const providers[] = { "stripe", "razorpay", "paypal" };

/* The call that the trouble is about; and what the buyer does so that it is made. */
static const char *const steps[] = { "create", "read", "capture", "expire", "refund" };

/* What the stand-in is told; %s is the step's call. */
static const char *const troubles[] = {
	"", "fail=%s:500:2", "fail=%s:429:2", "hang=%s:5", "lose=%s", "slow=%s:300ms", "mislead=%s:500", "webhook=twice:9", "webhook=never:9",
	"webhook=reorder", "webhook=forge:9&webhook=late:300ms:9", "webhook=tamper:9", "charge=decline", "charge=later:400ms", "lie=wrong_amount",
};

/* Where the process that comes by is killed, or the answer is lost. */
static const char *const deaths[] = {
	"", "start.stored kill", "start.opened kill", "start.kept kill", "webhook.signed kill", "settle.commit_lost lose", "settle.written kill",
	"claim.committed kill", "capture.answered kill", "refund.answered kill",
};

static struct stack stack;
static char order_file[160], done_file[176];
static int next_seat, nth_show;
static size_t agreed;		/* so many payments of the provider's books were compared with ours by earlier cases */
static bool reached[ARRAY_LEN(deaths)];

#define CASES_A_STACK 200		/* then with new books: the stand-in writes its own with every change, longer each time */
#define TEXT(...) arena_fmt(stack.arena, __VA_ARGS__).p

static int64_t
show(void)
{
	return stack_number(&stack, "SELECT show_id FROM show_sales WHERE hold_seconds > 60 ORDER BY show_id LIMIT 1 OFFSET %d", nth_show);
}

/* -- a buyer who does not give up -------------------------------------------------------------------------------------------- */

static struct page
insists(struct visitor *v, const char *path, const char *form, int status, int or_else)
{
	struct page p = { 0 };

	for (int i = 0; i < TRIES; i++) {
		p = visitor_post(v, path, form);
		if (p.status == status || p.status == or_else)
			break;
		usleep(100000);
	}
	return p;
}

static const char *
holds(struct visitor *v)
{
	struct page p = { 0 };

	for (int i = 0; i < TRIES && p.status != 303; i++)
		p = insists(v, TEXT("/shows/%" PRId64 "/hold", show()), TEXT("seat=%" PRId64, buyer_seat(&stack, show(), next_seat++)), 303, 409);
	assert_int_equal(p.status, 303);
	return CSTR(stack.arena, p.location);
}

/* At the provider's page; a lost answer is looked for on our own page, as somebody does who presses "back". */
static void
pays_there(struct visitor *v, struct page pay)
{
	struct page p = { 0 };

	if (!span_starts(pay.location, "http://127.0.0.1:"))
		return;			/* it never got that far, or is settled by now */
	for (int i = 0; i < TRIES && !p.location.n; i++) {
		p = visitor_post(v, CSTR(stack.arena, pay.location), "do=pay");
		if (!p.location.n)
			usleep(100000);
	}
	for (int i = 0; i < 3 && p.location.n; i++)
		p = visitor_follow(v, p);
}

static void
reaps(void)
{
	stack_all_due(&stack);
	stack_reap(&stack);
}

static void
cancels(void)
{
	const char *reference = CSTR(stack.arena, span_trim(span_of(stack_text(&stack, "SELECT CONCAT(show_id, ' ', ref) FROM bookings "
	    "WHERE state = 'confirmed' ORDER BY booking_id DESC LIMIT 1"))));
	struct span rest = span_of(reference), first = span_cut(&rest, ' ');
	int64_t at_show, ref;

	if (span_int(first, 1, INT64_MAX, &at_show) && span_int(rest, 0, INT64_MAX, &ref))
		for (int i = 0; i < 3 && stack_ctl(&stack, TEXT("cancel %s --keep 1.00", reference_print(at_show, ref).text)) != 0; i++)
			usleep(100000);
}

/* -- the books ----------------------------------------------------------------------------------------------------------------- */

/* The provider's books; new. They grow with each case and are read often, so what it takes to read them is given back. */
static json_t *
ledger(void)
{
	struct arena *whole = stack.arena;
	struct page p;
	json_t *books;

	stack.arena = arena_new(256 * MiB);
	p = stack_ask_provider(&stack, "/control/ledger");
	books = json_loadb(p.body.p, p.body.n, 0, NULL);
	arena_free(stack.arena);
	stack.arena = whole;
	assert_true(json_is_array(json_object_get(books, "payments")));
	return books;
}

/* Their line for a payment against ours: what differs, or NULL. */
static const char *
compare(const json_t *theirs)
{
	const char *reference = json_string_value(json_object_get(theirs, "reference"));
	int64_t captured = json_integer_value(json_object_get(theirs, "captured_minor"));
	int64_t refunded = json_integer_value(json_object_get(theirs, "refunded_minor"));
	struct span rest = span_of(reference ? reference : ""), first = span_cut(&rest, '-');
	int64_t at_show, payment, our_captured, our_refunded;

	assert_true(span_int(first, 1, INT64_MAX, &at_show) && span_int(rest, 1, INT64_MAX, &payment));
	our_captured = stack_number(&stack, "SELECT COALESCE(captured_minor, 0) FROM payments WHERE show_id = %" PRId64 " AND payment_id = %"
	    PRId64, at_show, payment);
	our_refunded = stack_number(&stack, "SELECT COALESCE(SUM(amount_minor), 0) FROM refunds WHERE state = 'done' AND show_id = %" PRId64
	    " AND payment_id = %" PRId64, at_show, payment);
	return captured == our_captured && refunded == our_refunded ? NULL : TEXT("%s: the provider took %" PRId64 " and gave back %" PRId64
	    ", we know of %" PRId64 " and %" PRId64, reference, captured, refunded, our_captured, our_refunded);
}

static size_t
payments_there(void)
{
	json_auto_t *books = ledger();

	return json_array_size(json_object_get(books, "payments"));
}

/* What the books differ in, or NULL. Payments before `from` are not compared. */
static const char *
difference(size_t from)
{
	json_auto_t *books = ledger();
	const json_t *one;
	int64_t with_money = 0, ours;
	const char *differs = NULL;
	size_t i;

	json_array_foreach(json_object_get(books, "payments"), i, one)
		if (json_integer_value(json_object_get(one, "captured_minor"))) {
			with_money++;
			if (!differs && i >= from)
				differs = compare(one);
		}
	ours = stack_number(&stack, "SELECT COUNT(*) FROM payments WHERE captured_minor IS NOT NULL");
	if (!differs && with_money != ours)
		differs = TEXT("the provider took money of %" PRId64 " payments, we know of %" PRId64, with_money, ours);
	return differs;
}

/* -- a case ------------------------------------------------------------------------------------------------------------------ */

static void
order(const char *death)
{
	FILE *f;

	unlink(done_file);
	unlink(order_file);
	if (!*death)
		return;
	f = fopen(order_file, "we");
	assert_non_null(f);
	fprintf(f, "%s\n", death);
	fclose(f);
}

static void
buys(const struct pairs_case *c)
{
	const char *provider = providers[c->at[PROVIDER]], *step = steps[c->at[STEP]];
	struct visitor *v = visitor_new(&stack);
	struct page pay;

	pay = insists(v, TEXT("%s/pay", holds(v)), TEXT("email=ann%%40example.org&name=Ann&provider=%s", provider), 303, 303);
	if (strcmp(step, "expire") != 0)
		pays_there(v, pay);
	if (strcmp(step, "refund") == 0) {
		reaps();
		cancels();
		reaps();
	}
	visitor_free(v);
}

/* A charge that is under review may yet succeed, also of a payment that has ended here. */
static bool
under_review(void)
{
	json_auto_t *books = ledger();
	const json_t *one;
	size_t i;

	json_array_foreach(json_object_get(books, "payments"), i, one)
		if (strcmp(json_string_value(json_object_get(one, "state")), "pending") == 0)
			return true;
	return false;
}

/* Nothing is under way any more, here or there, nor between: whoever was to take a message may have died of it. */
static bool
at_rest(void)
{
	return !under_review() && !difference(agreed) &&
	    stack_number(&stack, "SELECT (SELECT COUNT(*) FROM payments WHERE state IN ('created', 'open', 'capturing')) + "
	    "(SELECT COUNT(*) FROM refunds WHERE state = 'pending') + (SELECT COUNT(*) FROM holds WHERE state = 'active')") == 0;
}

static void
comes_to_rest(void)
{
	const char *differs;

	stack_control(&stack, "clear=all&retry=now");
	stack_later(&stack, 4000);
	for (int i = 0; i < ROUNDS; i++) {
		reaps();
		if (i >= 1 && at_rest())
			return;
		stack_control(&stack, "retry=now");
		if (i < 4)
			stack_later(&stack, 100);	/* a claim of somebody who died goes stale */
		usleep(100000);
	}
	differs = difference(0);
	fail_msg("never at rest: %s; %s", differs ? differs : "the books agree", stack_text(&stack, "SELECT p.payment_id, p.provider, p.state, "
	    "r.state, r.why FROM payments p LEFT JOIN refunds r ON r.payment_id = p.payment_id "
	    "WHERE p.state IN ('created', 'open', 'capturing') OR r.state = 'pending'"));
}

static void
run_case(size_t number, const struct pairs_case *c)
{
	print_message("# %zu: %s, %s, \"%s\", \"%s\"\n", number, providers[c->at[PROVIDER]], steps[c->at[STEP]], troubles[c->at[TROUBLE]],
	    deaths[c->at[DEATH]]);
	if (troubles[c->at[TROUBLE]][0]) {
		struct buf b;

		buf_init(&b, stack.arena, 400);
		for (const char *t = troubles[c->at[TROUBLE]]; *t; t++)
			if (t[0] == '%' && t[1] == 's') {
				buf_text(&b, steps[c->at[STEP]]);
				t++;
			} else {
				buf_byte(&b, *t);
			}
		stack_control(&stack, b.p);
	}
	order(deaths[c->at[DEATH]]);
	buys(c);
	comes_to_rest();
	reached[c->at[DEATH]] |= access(done_file, F_OK) == 0;
	order("");
	if (stack_audit(&stack) != 0)
		fail_msg("the audit finds something");
	agreed = payments_there();
	if (next_seat > 180) {		/* the hall is nearly sold out: on with the next show */
		next_seat = 0;
		nth_show++;
	}
}

static int
open_stack(void **state)
{
	(void)state;
	snprintf(order_file, sizeof(order_file), "/tmp/foyer-matrix-%d", (int)getpid());
	snprintf(done_file, sizeof(done_file), "%s.done", order_file);
	setenv("FOYER_FAULTS", order_file, 1);
	stack_open(&stack, "t/data/storm.programme", "psp_timeout_ms = 1000\n", "");
	next_seat = nth_show = 0;
	agreed = 0;
	return 0;
}

static int
close_stack(void **state)
{
	(void)state;
	stack_close(&stack);
	order("");
	return 0;
}

/* "7" or "7-90" */
static void
read_range(const char *text, int64_t n, int64_t *first, int64_t *last)
{
	struct span rest = span_of(text), one = span_cut(&rest, '-');

	*first = 0;
	*last = n - 1;
	if (text && (!span_int(one, 0, n - 1, first) || !span_int(rest.n ? rest : one, *first, n - 1, last)))
		fail_msg("there are no cases %s", text);
}

static void
whatever_goes_wrong_wherever_the_books_agree(void **state)
{
	static const size_t sizes[] = { ARRAY_LEN(providers), ARRAY_LEN(steps), ARRAY_LEN(troubles), ARRAY_LEN(deaths) };
	const char *which = getenv("FOYER_MATRIX"), *only = getenv("FOYER_MATRIX_ONLY");
	struct arena *a = arena_new(16 * MiB);
	struct pairs_case *list;
	size_t n = (which && strcmp(which, "all") == 0 ? pairs_all : pairs_make)(a, sizes, DIMENSIONS, &list);
	int64_t first, last;

	read_range(only, (int64_t)n, &first, &last);
	for (int64_t i = first; i <= last; i++) {
		if (i > first && (i - first) % CASES_A_STACK == 0) {
			assert_null(difference(0));
			close_stack(state);
			open_stack(state);
		}
		run_case((size_t)i, &list[i]);
	}
	print_message("# %" PRId64 " of %zu cases\n", last - first + 1, n);
	assert_null(difference(0));
	for (size_t i = 1; !only && i < ARRAY_LEN(deaths); i++)
		if (!reached[i])
			fail_msg("nobody died at %s", deaths[i]);
	arena_free(a);
}

/* The comparison is only worth something if it sees a penny. */
static void
a_penny_that_is_missing_is_found(void **state)
{
	(void)state;
	if (getenv("FOYER_MATRIX_ONLY"))
		skip();
	assert_null(difference(0));
	stack_sql(&stack, "UPDATE payments SET captured_minor = captured_minor - 1 WHERE captured_minor IS NOT NULL "
	    "ORDER BY payment_id DESC LIMIT 1");
	assert_non_null(difference(0));
	stack_sql(&stack, "UPDATE payments SET captured_minor = captured_minor + 1 WHERE captured_minor IS NOT NULL "
	    "ORDER BY payment_id DESC LIMIT 1");
	assert_null(difference(0));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whatever_goes_wrong_wherever_the_books_agree),
		cmocka_unit_test(a_penny_that_is_missing_is_found),
	};

	return cmocka_run_group_tests(tests, open_stack, close_stack);
}
