/* scenarios.c - see scenarios.h. */
#include "t/faults/scenarios.h"

#include <setjmp.h>
#include <unistd.h>

#include <cmocka.h>

#include "t/lib/buyer.h"
#include "t/lib/letters.h"
#include "t/lib/partner.h"
#include "t/lib/told.h"

#include "base/files.h"
#include "domain/bookings.h"

#define TRIES 12

struct stack stack;
char scenario_done[176];
static struct partner partner;
static int next_seat, nth_show;

static int64_t
show(void)
{
	return stack_number(&stack, "SELECT show_id FROM show_sales WHERE hold_seconds > 60 ORDER BY show_id LIMIT 1 OFFSET %d", nth_show);
}

static void
pause_a_little(void)
{
	usleep(150000);
}

/* POST until it is answered with one of the two statuses: a buyer who sees an error presses again. */
static struct page
insists(struct visitor *v, const char *path, const char *form, int status, int or_else)
{
	struct page p = { 0 };

	for (int i = 0; i < TRIES; i++) {
		p = visitor_post(v, path, form);
		if (p.status == status || p.status == or_else)
			return p;
		pause_a_little();
	}
	fprintf(stderr, "%s: %d instead of %d\n", path, p.status, status);
	return p;
}

static struct page
looks(struct visitor *v, const char *path, int status)
{
	struct page p = { 0 };

	for (int i = 0; i < TRIES; i++) {
		p = visitor_get(v, path);
		if (p.status == status)
			break;
		pause_a_little();
	}
	return p;
}

/*
 * A first-time buyer whose very first answer is lost has no cookie yet, so the seats that they hold look taken to them; they choose
 * others, and those come back by themselves.
 */
static const char *
holds(struct visitor *v, int n)
{
	struct page p = { 0 };

	for (int tries = 0; tries < 2; tries++) {
		char form[256] = "";
		size_t at = 0;

		for (int i = 0; i < n; i++)
			at += (size_t)snprintf(form + at, sizeof(form) - at, "%sseat=%" PRId64, i ? "&" : "",
			    buyer_seat(&stack, show(), next_seat++));
		p = insists(v, arena_fmt(stack.arena, "/shows/%" PRId64 "/hold", show()).p, form, 303, 409);
		if (p.status == 303)
			break;
	}
	assert_int_equal(p.status, 303);
	return CSTR(stack.arena, p.location);
}

#define AT(hold, act) arena_fmt(stack.arena, "%s/" act, (hold)).p

static const char *way = "stripe";	/* to pay */

static struct page
pays(struct visitor *v, const char *hold)
{
	return insists(v, AT(hold, "pay"), arena_fmt(stack.arena, "email=ann%%40example.org&name=Ann&provider=%s", way).p, 303, 303);
}

static void
reaps(void)
{
	for (int i = 0; i < 3; i++) {
		stack_all_due(&stack);
		stack_sql(&stack, "UPDATE provider_lists SET due_at = UTC_TIMESTAMP(3)");
		stack_reap(&stack);
	}
}

/* -- scenarios: each reaches its points at least once ------------------------------------------------------------------------ */

static void
changing_a_hold(void)
{
	struct visitor *v = visitor_new(&stack);
	const char *hold = holds(v, 2);
	int64_t seat = buyer_seat(&stack, show(), next_seat - 1);

	insists(v, AT(hold, "address"), "email=ann%40example.org", 303, 303);
	insists(v, AT(hold, "extend"), "", 303, 200);
	insists(v, AT(hold, "prices"), arena_fmt(stack.arena, "type=%" PRId64 ":0", seat).p, 303, 200);
	insists(v, AT(hold, "remove"), arena_fmt(stack.arena, "seat=%" PRId64, seat).p, 303, 200);
	insists(v, AT(hold, "release"), "", 303, 410);
	visitor_free(v);
}

static void
buying(void)
{
	struct visitor *v = visitor_new(&stack);
	const char *hold = holds(v, 1);
	int64_t id = stack_number(&stack, "SELECT MAX(hold_id) FROM holds");
	struct page back = visitor_post(v, CSTR(stack.arena, pays(v, hold).location), "do=pay");

	/* where we capture, it takes the buyer's return, or the reaper */
	for (int i = 0; strcmp(way, "paypal") == 0 && i < TRIES && stack_number(&stack, "SELECT COUNT(*) FROM bookings "
	    "WHERE state = 'confirmed' AND hold_id = %" PRId64, id) == 0; i++) {
		stack_all_due(&stack);
		stack_sql(&stack, "UPDATE payments SET claimed_at = claimed_at - INTERVAL 61 SECOND");
		if (i % 2)
			reaps();
		else
			visitor_get(v, CSTR(stack.arena, back.location));
	}
	assert_true(stack_until(&stack, 20, 1, arena_fmt(stack.arena, "SELECT COUNT(*) FROM bookings WHERE state = 'confirmed' AND hold_id = %"
	    PRId64, id).p));
	visitor_free(v);
}

static void
buying_without_webhooks(void)
{
	struct visitor *v = visitor_new(&stack);
	const char *hold;
	struct page back;
	int64_t id;

	stack_control(&stack, "webhook=off");
	hold = holds(v, 1);
	id = stack_number(&stack, "SELECT MAX(hold_id) FROM holds");
	back = visitor_post(v, CSTR(stack.arena, pays(v, hold).location), "do=pay");
	for (int i = 0; i < TRIES && stack_number(&stack, "SELECT COUNT(*) FROM bookings WHERE state = 'confirmed' AND hold_id = %" PRId64,
	    id) == 0; i++) {
		stack_all_due(&stack);
		looks(v, CSTR(stack.arena, back.location), 303);
	}
	assert_int_equal(stack_number(&stack, "SELECT COUNT(*) FROM bookings WHERE state = 'confirmed' AND hold_id = %" PRId64, id), 1);
	stack_control(&stack, "webhook=on");
	visitor_free(v);
}

static void
being_warned(void)
{
	struct visitor *v = visitor_new(&stack);

	holds(v, 1);
	stack_sql(&stack, "UPDATE holds SET expires_at = TIMESTAMPADD(SECOND, 100, UTC_TIMESTAMP(3)) WHERE hold_id = %" PRId64,
	    stack_number(&stack, "SELECT hold_id FROM (SELECT MAX(hold_id) AS hold_id FROM holds) t"));
	reaps();
	visitor_free(v);
}

static void
running_out(void)
{
	struct visitor *v = visitor_new(&stack);

	stack_control(&stack, "webhook=off");	/* else the provider's own word may come first */
	pays(v, holds(v, 1));
	holds(v, 1);
	stack_later(&stack, 4000);
	reaps();
	stack_control(&stack, "webhook=on");
	assert_int_equal(stack_number(&stack, "SELECT COUNT(*) FROM holds WHERE state = 'active'"), 0);
	visitor_free(v);
}

static void
giving_back(void)
{
	struct visitor *a = visitor_new(&stack), *b = visitor_new(&stack);
	const char *hold = holds(a, 1);
	struct page pay = pays(a, hold);
	int64_t payment = newest_payment(&stack), seat = buyer_seat(&stack, show(), next_seat - 1);

	stack_later(&stack, 4000);
	insists(b, arena_fmt(stack.arena, "/shows/%" PRId64 "/hold", show()).p, arena_fmt(stack.arena, "seat=%" PRId64, seat).p, 303, 303);
	visitor_post(a, CSTR(stack.arena, pay.location), "do=pay");
	assert_true(stack_until(&stack, 20, 1, arena_fmt(stack.arena,
	    "SELECT state IN ('refund_due', 'refunded') FROM payments WHERE payment_id = %" PRId64, payment).p));
	reaps();
	reaps();
	assert_int_equal(stack_number(&stack, "SELECT state = 'refunded' FROM payments WHERE payment_id = %" PRId64, payment), 1);
	visitor_free(a);
	visitor_free(b);
}

static void
an_event_of_no_interest(void)
{
	struct visitor *v = visitor_new(&stack);
	int64_t before = stack_number(&stack, "SELECT COUNT(*) FROM psp_events");

	pays(v, holds(v, 1));
	stack_control(&stack, arena_fmt(stack.arena, "event=customer.created:%s", newest_session(&stack)).p);
	for (int i = 0; i < 100 && stack_number(&stack, "SELECT COUNT(*) FROM psp_events") == before; i++)
		usleep(100000);
	assert_true(stack_number(&stack, "SELECT COUNT(*) FROM psp_events") > before);
	visitor_free(v);
}

static void
finding_tickets(void)
{
	struct visitor *v = visitor_new(&stack);
	struct page p = buyer_buys(v, holds(v, 1));

	insists(v, "/bookings/find", arena_fmt(stack.arena, "reference=%s&email=ann%%40example.org", buyer_reference(&stack, p)).p, 200, 303);
	visitor_free(v);
}

/* A programme with a show that is new each time. */
static void
loading(void)
{
	static int day;
	int done = 1;

	assert_int_equal(system(arena_fmt(stack.arena, "sed 's/today+1/today+%d/' %s/t/data/ten.programme >%s/new.programme",
	    ++day, stack_top(), stack.folder).p), 0);
	for (int i = 0; i < TRIES && done != 0; i++)
		done = stack_ctl(&stack, arena_fmt(stack.arena, "load %s/new.programme", stack.folder).p);
	assert_int_equal(done, 0);
}

static void
buying_by_paypal(void)
{
	way = "paypal";
	buying();
	way = "stripe";
}

static void
buying_by_razorpay(void)
{
	way = "razorpay";
	buying();
	way = "stripe";
}

static void
running_out_by_razorpay(void)
{
	way = "razorpay";
	running_out();
	way = "stripe";
}

/* foyerctl again and again, until it says yes, or that there is nothing more to do. */
static void
operator_insists(const char *words)
{
	int end = -1;

	for (int i = 0; i < TRIES && end != 0 && end != 1; i++)
		end = stack_ctl(&stack, words);
	if (end != 0 && end != 1)
		fail_msg("foyerctl %s ends with %d", words, end);
}

static const char *
newest_reference(void)
{
	struct reference r = reference_print(
	    stack_number(&stack, "SELECT show_id FROM bookings WHERE state = 'confirmed' ORDER BY booking_id DESC LIMIT 1"),
	    stack_number(&stack, "SELECT ref FROM bookings WHERE state = 'confirmed' ORDER BY booking_id DESC LIMIT 1"));

	return arena_fmt(stack.arena, "%s", r.text).p;
}

static void
cancelling(void)
{
	buying();
	operator_insists(arena_fmt(stack.arena, "cancel %s --keep 1.00", newest_reference()).p);
	reaps();
}

/* A day on, and a minute, for there is a show in that hall each day. */
static void
moving(void)
{
	const char *to = stack_text(&stack, "SELECT DATE_FORMAT(starts_local + INTERVAL 1 DAY + INTERVAL 1 MINUTE, '%%Y-%%m-%%d %%H:%%i') FROM shows "
	    "WHERE show_id = %" PRId64, show());
	struct span text = span_of(to), when = span_cut(&text, '\n');

	buying();
	operator_insists(arena_fmt(stack.arena, "show move %" PRId64 " " PRSPAN, show(), ARGSPAN(when)).p);
	reaps();
	assert_int_equal(stack_number(&stack, "SELECT COUNT(*) FROM bookings b JOIN show_sales s ON s.show_id = b.show_id AND s.moved_at IS NOT "
	    "NULL WHERE b.state = 'confirmed' AND b.confirmed_at < s.moved_at AND (b.told_start IS NULL OR b.told_start <> s.starts_at)"), 0);
}

static void
cancelling_by_paypal(void)
{
	way = "paypal";
	cancelling();
	way = "stripe";
}

static void
cancelling_by_razorpay(void)
{
	way = "razorpay";
	cancelling();
	way = "stripe";
}

static void
goodwill(void)
{
	buying();
	operator_insists(arena_fmt(stack.arena, "refund %s 1.50", newest_reference()).p);
	reaps();
}

static void
a_refund_by_hand(void)
{
	const char *refund;

	stack_control(&stack, "refund=fail:9");
	cancelling();
	for (int i = 0; i < 3 && stack_number(&stack, "SELECT COUNT(*) FROM refunds WHERE state = 'human'") == 0; i++)
		reaps();
	stack_control(&stack, "clear=all");
	refund = stack_text(&stack, "SELECT CONCAT(show_id, '-', refund_id) FROM refunds WHERE state = 'human'");
	operator_insists(arena_fmt(stack.arena, "refund done " PRSPAN " 'by bank'", ARGSPAN(span_trim(span_of(refund)))).p);
	assert_int_equal(stack_number(&stack, "SELECT COUNT(*) FROM refunds WHERE state = 'human'"), 0);
}

static const char *
newest_capture(void)
{
	return CSTR(stack.arena, span_trim(span_of(stack_text(&stack, "SELECT capture FROM payments WHERE state = 'paid' "
	    "ORDER BY payment_id DESC LIMIT 1"))));
}

static void
refunded_at_the_provider(void)
{
	int64_t before = stack_number(&stack, "SELECT COUNT(*) FROM refunds WHERE origin = 'provider'");

	buying();
	stack_at_provider(&stack, "/v1/refunds", arena_fmt(stack.arena, "payment_intent=%s&amount=100", newest_capture()).p);
	assert_true(stack_until(&stack, 20, before + 1, "SELECT COUNT(*) FROM refunds WHERE origin = 'provider'"));
}

static void
disputed(void)
{
	int64_t before = stack_number(&stack, "SELECT COUNT(*) FROM disputes");

	buying();
	stack_control(&stack, arena_fmt(stack.arena, "dispute=%s", newest_capture()).p);
	assert_true(stack_until(&stack, 20, before + 1, "SELECT COUNT(*) FROM disputes"));
}

static void
a_stranger_in_the_providers_list(void)
{
	struct page p;
	int64_t before = stack_number(&stack, "SELECT COUNT(*) FROM attention WHERE kind = 'unknown'");

	stack_control(&stack, "webhook=off");
	p = stack_at_provider(&stack, "/v1/checkout/sessions", "mode=payment&success_url=https%3A%2F%2Fshop.example%2F"
	    "&line_items[0][quantity]=1&line_items[0][price_data][currency]=gbp&line_items[0][price_data][unit_amount]=700"
	    "&line_items[0][price_data][product_data][name]=Mug");
	stack_control(&stack, arena_fmt(stack.arena, "pay=" PRSPAN, ARGSPAN(page_between(p, "\"id\": \"", "\""))).p);
	reaps();
	stack_control(&stack, "webhook=on");
	assert_int_equal(stack_number(&stack, "SELECT COUNT(*) FROM attention WHERE kind = 'unknown'"), before + 1);
}

#define RELAY_LEFT "SELECT (SELECT COUNT(*) FROM outbox WHERE NOT found) + (SELECT COUNT(*) FROM deliveries WHERE state = 'waiting')"

#define HOOKS_LEFT "SELECT (SELECT COUNT(*) FROM outbox WHERE NOT found) + (SELECT COUNT(*) FROM deliveries WHERE state = 'waiting') + " \
	"(SELECT COUNT(*) FROM hook_deliveries WHERE state = 'waiting')"

/* foyer-relay is begun anew where it has died, as a service manager does. */
static void
relay_until(const char *nothing_is_left)
{
	for (int i = 0; i < 200 && (access(scenario_done, F_OK) != 0 || stack_number(&stack, "%s", nothing_is_left) > 0); i++) {
		stack_sql(&stack, "UPDATE relay_sinks SET due_at = UTC_TIMESTAMP(3)");
		stack_sql(&stack, "UPDATE deliveries SET due_at = UTC_TIMESTAMP(3) WHERE state = 'waiting'");
		stack_demo(&stack, "start relay");
		usleep(100000);
	}
	assert_int_equal(stack_number(&stack, "%s", nothing_is_left), 0);
}

static void
relaying(void)
{
	buying();
	relay_until(RELAY_LEFT);
	assert_int_equal(stack_number(&stack, "SELECT COUNT(*) FROM outbox o WHERE o.type = 'BOOKING_CONFIRMED' AND NOT EXISTS (SELECT 1 "
	    "FROM deliveries d WHERE d.show_id = o.show_id AND d.outbox_id = o.outbox_id AND d.sink = 'mail' AND d.state = 'sent')"), 0);
}

/* Whoever asked by push and by text is told of the end. */
static void
telling(void)
{
	struct visitor *v = visitor_new(&stack);

	told_wanted(v, holds(v, 1));
	stack_later(&stack, 500);
	reaps();
	relay_until(RELAY_LEFT);
	told_assert(&stack);
	visitor_free(v);
}

/* Each letter is a file of its event's name, however often it was sent; and a second one would have been known by its Message-ID. */
static void
mailing(void)
{
	struct span names, name, text, id;

	buying();
	relay_until(RELAY_LEFT);
	names = span_of(stack_text(&stack, "SELECT CONCAT(o.show_id, '-', o.outbox_id) FROM outbox o WHERE o.type = 'BOOKING_CONFIRMED'"));
	assert_true(names.n > 0);
	while (names.n) {
		name = span_cut(&names, '\n');
		assert_true(file_read(stack.arena, arena_fmt(stack.arena, "%s/mail/" PRSPAN ".eml", stack.folder, ARGSPAN(name)).p, MiB * 2, &text));
		id = letter_header(stack.arena, text, "Message-Id");
		assert_true(span_is(id, arena_fmt(stack.arena, "<" PRSPAN "@127.0.0.1>", ARGSPAN(name)).p));
	}
}

/* What is delivered becomes a year old. */
static void
archiving(void)
{
	int64_t year = ((int64_t)365 * 86400000) << 21;

	buying();
	stack_demo(&stack, "start relay");
	assert_true(stack_until(&stack, 20, 0, "SELECT (SELECT COUNT(*) FROM outbox WHERE NOT found) + (SELECT COUNT(*) FROM deliveries "
	    "WHERE state = 'waiting')"));
	stack_demo(&stack, "stop relay");
	stack_sql(&stack, "UPDATE deliveries SET outbox_id = outbox_id - %" PRId64, year);
	stack_sql(&stack, "UPDATE outbox SET outbox_id = outbox_id - %" PRId64, year);
	relay_until("SELECT COUNT(*) FROM outbox WHERE found");
}

static void
making_the_report_anew(void)
{
	buying();
	operator_insists("report rebuild");
}

/* A hall is looked at, and the log of it read. */
static void
looking(void)
{
	int64_t before = stack_number(&stack, "SELECT COALESCE(SUM(views), 0) FROM report_views");
	struct visitor *v = visitor_new(&stack);

	assert_int_equal(looks(v, arena_fmt(stack.arena, "/shows/%" PRId64, show()).p, 200).status, 200);
	visitor_free(v);
	relay_until(arena_fmt(stack.arena, "SELECT SUM(views) <= %" PRId64 " OR SUM(views) IS NULL FROM report_views", before).p);
}

/* A partner hears of it, once or, where the answer or its note was lost, again by the same id. */
static void
hooking(void)
{
	if (stack_number(&stack, "SELECT COUNT(*) FROM hook_endpoints") == 0)
		operator_insists(arena_fmt(stack.arena, "hooks add http://127.0.0.1:%d/in", partner.port).p);
	partner_forget(&partner);
	buying();
	for (int i = 0; i < 200 && (access(scenario_done, F_OK) != 0 || stack_number(&stack, HOOKS_LEFT) > 0); i++) {
		stack_sql(&stack, "UPDATE hook_deliveries SET due_at = UTC_TIMESTAMP(3) WHERE state = 'waiting'");
		stack_demo(&stack, "start relay");
		usleep(100000);
	}
	assert_int_equal(stack_number(&stack, HOOKS_LEFT), 0);
	assert_int_equal(stack_number(&stack, "SELECT COUNT(*) FROM hook_deliveries WHERE state <> 'sent'"), 0);
	assert_true(partner.script->n > 0);
}

/* The first row whose prefix the name has. */
static const struct {
	const char *prefix;
	void (*scenario)(void);
} reach[] = {
	{ "hold.", buying }, { "extend.", changing_a_hold }, { "reprice.", changing_a_hold }, { "remove.", changing_a_hold },
	{ "release.", changing_a_hold }, { "expire.", running_out }, { "pay_end.", running_out }, { "close.", running_out },
	{ "stripe.close.", running_out }, { "refund.", giving_back }, { "stripe.refund.", giving_back }, { "event.", an_event_of_no_interest },
	{ "warn.", being_warned }, { "address.", changing_a_hold }, { "move", moving },
	{ "claim.", buying_by_paypal }, { "capture.", buying_by_paypal }, { "paypal.refund.", cancelling_by_paypal }, { "paypal.", buying_by_paypal },
	{ "razorpay.close.", running_out_by_razorpay }, { "razorpay.refund.", cancelling_by_razorpay }, { "razorpay.", buying_by_razorpay },
	{ "cancel.", cancelling }, { "refund_give.", goodwill }, { "refund_hand.", a_refund_by_hand }, { "refund_seen.", refunded_at_the_provider },
	{ "dispute.", disputed }, { "stranger.", a_stranger_in_the_providers_list },
	{ "mail.", mailing }, { "push.", telling }, { "sms.", telling }, { "relay_archive.", archiving }, { "relay", relaying },
	{ "hooks.", hooking }, { "kafka.", relaying }, { "activity.", relaying }, { "report_rebuild.", making_the_report_anew }, { "report_views.", looking },
	{ "report.", relaying },
	{ "booking_link.", finding_tickets }, { "load.", loading }, { "publish.", loading }, { "ask.", buying_without_webhooks },
	{ "", buying },
};


void
scenario_run(const char *point)
{
	size_t i = 0;

	while (strncmp(point, reach[i].prefix, strlen(reach[i].prefix)) != 0)
		i++;
	reach[i].scenario();
	stack_later(&stack, 4000);
	reaps();
	if (next_seat > 180) {		/* the hall is nearly sold out: on with the next show */
		next_seat = 0;
		nth_show++;
	}
}

void
scenarios_open(const char *settings)
{
	char lines[4000];

	partner_open(&partner);
	snprintf(lines, sizeof(lines), "%s%shooks = yes\n", settings, told_open(partner.port));
	stack_open(&stack, "t/data/storm.programme", lines, "");
}

void
scenarios_close(void)
{
	told_close();
	stack_close(&stack);
	partner_close(&partner);
}
