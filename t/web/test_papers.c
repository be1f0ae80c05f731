/*
 * test_papers.c - tickets and receipt as PDF, of seats that were really bought: what is told on them, who gets them, and what becomes
 * of them when tickets are cancelled and money goes back.
 */
#include "base/base.h"

#include <setjmp.h>

#include <cmocka.h>

#include "base/crypto.h"
#include "base/files.h"
#include "domain/tickets.h"
#include "t/lib/buyer.h"
#include "t/lib/logs.h"
#include "t/lib/operators.h"
#include "t/lib/sheets.h"

static struct stack stack;
static struct sheets sheets;
static struct visitor *ann, *nobody;
static int next_seat;

#define TEXT(...) (arena_fmt(stack.arena, __VA_ARGS__).p)

static int
open_stack(void **state)
{
	struct arena *a = arena_new(64 * MiB);

	(void)state;
	sheets_open(&sheets, a);
	stack_open(&stack, "t/data/storm.programme", "seller_name = Gale Pictures Ltd\nseller_address = 3 Test Street | Stormford\n"
	    "seller_tax_id = GB 123 4567 89\n", "");
	ann = visitor_new(&stack);
	nobody = visitor_new(&stack);
	logs_never(&stack, "Ann Example");
	logs_never(&stack, "ann@example.org");
	return 0;
}

static int
close_stack(void **state)
{
	bool clean = logs_clean(&stack);

	(void)state;
	visitor_free(ann);
	visitor_free(nobody);
	sheets_close(&sheets);
	stack_close(&stack);
	arena_free(sheets.arena);
	return clean ? 0 : 1;
}

static int64_t
show(void)
{
	return stack_number(&stack, "SELECT MIN(show_id) FROM show_sales");
}

struct purchase {
	const char *path;	/* "/bookings/…" */
	const char *reference;
	int64_t booking;
};

static struct purchase
buy(int seats)
{
	const char *hold = buyer_takes(ann, show(), next_seat, seats);
	struct purchase p = { .reference = buyer_reference(&stack, buyer_buys(ann, hold)) };

	next_seat += seats;
	p.path = CSTR(stack.arena, visitor_get(ann, hold).location);
	assert_true(span_starts(span_of(p.path), "/bookings/"));
	p.booking = stack_number(&stack, "SELECT booking_id FROM bookings ORDER BY booking_id DESC LIMIT 1");
	return p;
}

/* Gets it as somebody who has nothing but the address, and keeps it to be looked at. */
static struct page
get_pdf(const char *path)
{
	struct page p = visitor_get(nobody, path);

	if (p.status != 200)
		fprintf(stderr, "%s: %d " PRSPAN "\n", path, p.status, ARGSPAN(page_between(p, "<h1>", "</main>")));
	assert_int_equal(p.status, 200);
	assert_true(span_is(p.type, "application/pdf"));
	assert_true(span_starts(p.body, "%PDF-"));
	sheets_put(&sheets, "paper.pdf", p.body);
	return p;
}

static void
assert_says(const char *const *texts, size_t n, bool wanted)
{
	const char *words = sheets_words(&sheets);

	for (size_t i = 0; i < n; i++)
		if ((strstr(words, texts[i]) != NULL) != wanted)
			fail_msg("\"%s\" %s in: %s", texts[i], wanted ? "is not" : "is", words);
}
#define LIST(...) (const char *const[]){ __VA_ARGS__ }, ARRAY_LEN(((const char *const[]){ __VA_ARGS__ }))
#define SAYS(...) assert_says(LIST(__VA_ARGS__), true)
#define SAYS_NOT(...) assert_says(LIST(__VA_ARGS__), false)

static const char *
groups(const char *reference)
{
	return TEXT("%.3s %.3s %.3s", reference, reference + 3, reference + 6);
}

/* The codes of the printed tickets are those of the booking's live seats, signed by this house. */
static void
assert_codes_open_the_door(struct purchase p, int tickets)
{
	struct span rest = span_of(sheets_codes(&sheets, 150)), text;
	struct signing_key key;
	struct key seed;
	int n = 0;

	assert_true(file_read(stack.arena, TEXT("%s/secrets/ticket_key", stack.folder), 4096, &text));
	assert_true(key_from_text(span_trim(text), &seed));
	signing_key_make(&key, &seed);
	for (; rest.n; n++) {
		struct ticket_code code;

		assert_true(ticket_read(key.public, span_cut(&rest, '\n'), &code));
		assert_int_equal(code.show, show());
		assert_int_equal(stack_number(&stack, "SELECT serial FROM booking_seats WHERE show_id = %" PRId64 " AND booking_id = %" PRId64
		    " AND seat_id = %" PRId64 " AND state = 'live'", show(), p.booking, code.seat), code.serial);
	}
	assert_int_equal(n, tickets);
}

static void
tickets_are_one_pdf_with_all_seats_and_their_codes(void **state)
{
	struct purchase b = buy(4);
	struct page p = get_pdf(TEXT("%s.pdf", b.path));

	(void)state;
	assert_true(span_is(page_header(p, "Cache-Control"), "private, no-store"));
	assert_true(span_is(page_header(p, "Content-Disposition"), TEXT("inline; filename=\"tickets-%s.pdf\"", b.reference)));
	assert_int_equal(page_header(p, "Set-Cookie").n, 0);
	assert_int_equal(sheets_pages(&sheets), 2);
	SAYS("The Storm", "(Stormford time)", "The Gale · Screen 1", "3 Test Street, Stormford", "£11.00 · Adult", "All", "Ann Example",
	    groups(b.reference), "Ticket 1 of 4", "Ticket 4 of 4");
	assert_codes_open_the_door(b, 4);
}

static void
a_receipt_tells_what_was_paid(void **state)
{
	struct purchase b = buy(2);
	struct page p = get_pdf(TEXT("%s/receipt.pdf", b.path));

	(void)state;
	assert_true(span_is(page_header(p, "Cache-Control"), "private, no-store"));
	assert_true(span_is(page_header(p, "Content-Disposition"), TEXT("inline; filename=\"receipt-%s.pdf\"", b.reference)));
	SAYS("Receipt", groups(b.reference), "Gale Pictures Ltd", "3 Test Street", "Tax number GB 123 4567 89", "Ann Example",
	    "ann@example.org", "The Storm", "Row A, seat 5", "£10.00", "Booking fee", "£2.00", "Total", "£22.00", "Paid by card, through Stripe",
	    "All times are Stormford time (Europe/London).");
	SAYS_NOT("Cancelled", "Refund");
}

static void
both_are_offered_beside_the_tickets(void **state)
{
	struct purchase b = buy(1);
	struct page p = visitor_get(nobody, b.path);

	(void)state;
	assert_true(page_has(p, TEXT("href=\"%s.pdf\"", b.path)));
	assert_true(page_has(p, TEXT("href=\"%s.ics\"", b.path)));
	assert_true(page_has(p, TEXT("href=\"%s/receipt.pdf\"", b.path)));
}

static void
head_tells_the_same_without_the_file(void **state)
{
	struct purchase b = buy(1);
	const char *const paths[] = { TEXT("%s.pdf", b.path), TEXT("%s/receipt.pdf", b.path) };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
		struct page get = get_pdf(paths[i]), head = visitor_send(nobody, "HEAD", paths[i], SPAN_NONE, NULL);

		assert_int_equal(head.status, 200);
		assert_int_equal(head.body.n, 0);
		assert_true(span_is(head.type, "application/pdf"));
		assert_true(span_eq(page_header(head, "Content-Length"), page_header(get, "Content-Length")));
		assert_true(span_eq(page_header(head, "Content-Disposition"), page_header(get, "Content-Disposition")));
		assert_int_equal(visitor_post(nobody, paths[i], "a=b").status, 405);
	}
}

static void
without_the_address_there_is_nothing(void **state)
{
	struct purchase b = buy(1);
	char *forged = (char *)CSTR(stack.arena, span_of(b.path));

	(void)state;
	forged[strlen(forged) - 1] = forged[strlen(forged) - 1] == 'A' ? 'B' : 'A';
	assert_int_equal(visitor_get(ann, TEXT("%s.pdf", forged)).status, 404);
	assert_int_equal(visitor_get(ann, TEXT("%s/receipt.pdf", forged)).status, 404);
	assert_int_equal(visitor_get(ann, TEXT("/bookings/%s.pdf", b.reference)).status, 404);
	assert_int_equal(visitor_get(ann, "/bookings/find.pdf").status, 404);
	assert_int_equal(visitor_get(ann, TEXT("%s/receipt.pdf", buyer_takes(ann, show(), 190, 1))).status, 404);
	/* a new generation of the address ends the old one */
	stack_sql(&stack, "UPDATE bookings SET generation = generation + 1 WHERE booking_id = %" PRId64, b.booking);
	assert_int_equal(visitor_get(ann, TEXT("%s.pdf", b.path)).status, 404);
	assert_int_equal(visitor_get(ann, TEXT("%s/receipt.pdf", b.path)).status, 404);
}

static void
the_same_booking_is_the_same_file(void **state)
{
	struct purchase b = buy(2);

	(void)state;
	assert_true(span_eq(get_pdf(TEXT("%s.pdf", b.path)).body, get_pdf(TEXT("%s.pdf", b.path)).body));
	assert_true(span_eq(get_pdf(TEXT("%s/receipt.pdf", b.path)).body, get_pdf(TEXT("%s/receipt.pdf", b.path)).body));
}

/* As a refund leaves it: this is about what is told of it, not about how it comes about. */
static void
cancel(struct purchase b, const char *which, int64_t minor)
{
	stack_sql(&stack, "UPDATE show_seats s JOIN booking_seats b ON b.show_id = s.show_id AND b.seat_id = s.seat_id SET s.status = 'available', "
	    "s.booking_id = NULL WHERE b.booking_id = %" PRId64 " AND b.state = 'live' AND %s", b.booking, which);
	stack_sql(&stack, "UPDATE booking_seats b SET state = 'cancelled', cancelled_at = UTC_TIMESTAMP(3) WHERE b.booking_id = %" PRId64
	    " AND %s", b.booking, which);
	stack_sql(&stack, "INSERT INTO refunds (show_id, refund_id, payment_id, state, amount_minor, currency, reason, idem_key, due_at, "
	    "created_at, done_at) SELECT show_id, payment_id + %" PRId64 ", payment_id, 'done', %" PRId64 ", 'GBP', 'cancelled', CONCAT('k', %"
	    PRId64 "), UTC_TIMESTAMP(3), UTC_TIMESTAMP(3), UTC_TIMESTAMP(3) FROM payments WHERE booking_id = %" PRId64, minor, minor, minor,
	    b.booking);
}

static void
a_cancelled_ticket_is_not_printed_but_stands_on_the_receipt(void **state)
{
	struct purchase b = buy(3);

	(void)state;
	cancel(b, TEXT("b.seat_id = %" PRId64, stack_number(&stack, "SELECT MIN(seat_id) FROM booking_seats WHERE booking_id = %" PRId64,
	    b.booking)), 1100);
	get_pdf(TEXT("%s.pdf", b.path));
	SAYS("Ticket 1 of 2", "Ticket 2 of 2");
	SAYS_NOT("of 3");
	assert_codes_open_the_door(b, 2);
	get_pdf(TEXT("%s/receipt.pdf", b.path));
	SAYS("£33.00", "Cancelled on", "Refund to where you paid from", "−£11.00", "it went back on", "Paid after refunds", "£22.00");
}

static void
a_booking_that_is_all_cancelled_has_a_receipt_and_no_tickets(void **state)
{
	struct purchase b = buy(2);
	struct page p;

	(void)state;
	cancel(b, "1 = 1", 2200);
	stack_sql(&stack, "UPDATE bookings SET state = 'cancelled' WHERE booking_id = %" PRId64, b.booking);
	stack_sql(&stack, "UPDATE payments SET state = 'refunded' WHERE booking_id = %" PRId64, b.booking);
	p = visitor_get(nobody, TEXT("%s.pdf", b.path));
	assert_int_equal(p.status, 410);
	assert_true(span_starts(p.type, "text/html"));
	assert_true(page_has(p, "nothing to print"));
	get_pdf(TEXT("%s/receipt.pdf", b.path));
	SAYS("Cancelled on", "−£22.00", "Paid after refunds", "£0.00");
	p = visitor_get(nobody, b.path);
	assert_false(page_has(p, TEXT("href=\"%s.pdf\"", b.path)));
	assert_true(page_has(p, TEXT("href=\"%s/receipt.pdf\"", b.path)));
}

static void
the_printer_is_told_of_in_metrics_and_log(void **state)
{
	struct purchase b = buy(1);

	(void)state;
	get_pdf(TEXT("%s.pdf", b.path));
	assert_true(page_has(operators_get(&stack, "/metrics"), "foyer_calls_in_flight{provider=\"foyer-paper\"} 0\n"));
	assert_true(metric_sum(&stack, "foyer_requests_total", "/bookings/{token}.pdf") > 0);
	assert_int_equal(workers_lost(&stack), 0);
	assert_true(logs_lines(&stack, "foyerd.log", "] paper rq=", " bytes=") > 0);
}

/* The last one: foyerd is started anew with a printer that is not there. */
static void
a_printer_that_is_not_there_costs_nobody_their_tickets(void **state)
{
	struct purchase b = buy(1);
	FILE *f = fopen(TEXT("%s/extra.conf", stack.folder), "ae");
	struct page p = { .status = 0 };

	(void)state;
	assert_non_null(f);
	fputs("paper_program = /nowhere/foyer-paper\n", f);
	fclose(f);
	assert_int_equal(stack_demo(&stack, "start foyerd"), 0);
	assert_true(page_has(visitor_get(nobody, b.path), "<svg"));
	p = visitor_get(nobody, TEXT("%s.pdf", b.path));
	assert_int_equal(p.status, 500);
	assert_true(page_has(p, "Your tickets are good"));
	/* after some of these it is left alone for a while */
	for (int i = 0; i < 10 && p.status == 500; i++)
		p = visitor_get(nobody, TEXT("%s/receipt.pdf", b.path));
	assert_int_equal(p.status, 503);
	assert_true(page_header(p, "Retry-After").n > 0);
	assert_true(page_has(visitor_get(nobody, b.path), "<svg"));
	assert_int_equal(workers_lost(&stack), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tickets_are_one_pdf_with_all_seats_and_their_codes), cmocka_unit_test(a_receipt_tells_what_was_paid),
		cmocka_unit_test(both_are_offered_beside_the_tickets), cmocka_unit_test(head_tells_the_same_without_the_file),
		cmocka_unit_test(without_the_address_there_is_nothing), cmocka_unit_test(the_same_booking_is_the_same_file),
		cmocka_unit_test(a_cancelled_ticket_is_not_printed_but_stands_on_the_receipt),
		cmocka_unit_test(a_booking_that_is_all_cancelled_has_a_receipt_and_no_tickets),
		cmocka_unit_test(the_printer_is_told_of_in_metrics_and_log),
		cmocka_unit_test(a_printer_that_is_not_there_costs_nobody_their_tickets),
	};

	sheets_need();
	return cmocka_run_group_tests(tests, open_stack, close_stack);
}
