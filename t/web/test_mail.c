/* test_mail.c - what a buyer gets by mail, read as a mail program reads it, and whose links lead where they should. */
#include "base/base.h"

#include <setjmp.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "t/lib/buyer.h"
#include "t/lib/letters.h"
#include "t/lib/logs.h"

#include "base/files.h"

#define HINDI "अँधेरे की रोशनी"

static struct stack stack;
static int next_seat;

static int64_t
show(void)
{
	return stack_number(&stack, "SELECT MIN(show_id) FROM show_sales");
}

static const char *
buyer_holds(struct visitor *v)
{
	return buyer_takes(v, show(), next_seat++, 1);
}

static const char *
path_of(int64_t event)
{
	return arena_fmt(stack.arena, "%s/mail/%" PRId64 "-%" PRId64 ".eml", stack.folder,
	    stack_number(&stack, "SELECT show_id FROM outbox WHERE outbox_id = %" PRId64, event), event).p;
}

static int64_t
newest(const char *type)
{
	return stack_number(&stack, "SELECT MAX(outbox_id) FROM outbox WHERE type = '%s'", type);
}

static bool
comes_to(const char *state, int64_t event)
{
	return stack_until(&stack, 10, 1, arena_fmt(stack.arena, "SELECT COUNT(*) FROM deliveries WHERE sink = 'mail' AND state = '%s' AND outbox_id = %"
	    PRId64, state, event).p);
}

/* The mail of the newest event of this type, as soon as it is there. */
static struct span
mail(const char *type)
{
	int64_t event = newest(type);
	struct span text = SPAN_NONE;

	assert_true(event > 0);
	assert_true(comes_to("sent", event));
	assert_true(file_read(stack.arena, path_of(event), MiB, &text));
	return text;
}

static bool
has(struct span text, const char *words)
{
	return memmem(text.p, text.n, words, strlen(words)) != NULL;
}

/* The path of the first link in a body that begins so, without the site's address. */
static const char *
link_in(struct span body, const char *path)
{
	const char *whole = arena_fmt(stack.arena, "http://127.0.0.1:%d%s", stack.port, path).p, *at = strstr(CSTR(stack.arena, body), whole);
	struct span rest;

	assert_non_null(at);
	rest = span_of(at + strlen(whole) - strlen(path));
	return CSTR(stack.arena, span_cut(&rest, '\n'));
}

static void
assert_leads_to(const char *path, const char *words)
{
	struct visitor *other = visitor_new(&stack);
	struct page p = buyer_lands(other, visitor_get(other, path));

	assert_int_equal(p.status, 200);
	assert_true(page_has(p, words));
	visitor_free(other);
}

static void
a_purchase_sends_the_tickets(void **state)
{
	struct visitor *v = visitor_new(&stack);
	struct page p = buyer_buys(v, buyer_holds(v));
	struct span letter = mail("BOOKING_CONFIRMED"), body = letter_body(stack.arena, letter);
	const char *reference = buyer_reference(&stack, p);

	(void)state;
	assert_true(span_is(letter_header(stack.arena, letter, "To"), "ann@example.org"));
	assert_true(span_is(letter_header(stack.arena, letter, "From"), "Foyer <tickets@foyer.example>"));
	assert_true(span_starts(letter_header(stack.arena, letter, "Subject"), "Your ticket: The Storm, "));
	assert_true(has(body, "3 Test Street, Stormford"));
	assert_true(has(body, "The Gale, Screen 1"));
	assert_true(has(body, "Row A, seat "));
	assert_true(has(body, "\nTickets before fees and taxes: £10.00\nBooking fee: £1.00\nPaid: £11.00\nContains VAT 20 %: £1.83\n"));
	assert_true(has(body, "In the name of Ann Example"));
	assert_true(has(body, arena_fmt(stack.arena, "%.3s %.3s %.3s", reference, reference + 3, reference + 6).p));
	assert_leads_to(link_in(body, "/bookings/"), "<svg");
	visitor_free(v);
}

static struct span
part(struct span letter, const char *type, size_t nth)
{
	struct span found = letter_part(stack.arena, letter, type, nth);

	assert_true(found.n > 0);
	return letter_content(stack.arena, found);
}

static void
tickets_come_with_their_codes_a_pdf_and_their_date(void **state)
{
	struct visitor *v = visitor_new(&stack);
	struct span letter, html, shown;

	(void)state;
	buyer_buys(v, buyer_takes(v, show(), next_seat, 2));
	next_seat += 2;
	letter = mail("BOOKING_CONFIRMED");
	assert_true(span_starts(letter_header(stack.arena, letter, "Content-Type"), "multipart/mixed;"));
	html = part(letter, "text/html", 0);
	assert_true(has(html, "<title>Your tickets: The Storm, "));
	assert_true(has(html, "The Gale, Screen 1<br>"));
	for (size_t i = 0; i < 2; i++) {
		assert_true(span_starts(part(letter, "image/png", i), "\x89PNG\r\n"));
		shown = letter_header(stack.arena, letter_part(stack.arena, letter, "image/png", i), "Content-Id");
		assert_true(has(html, arena_fmt(stack.arena, "src=\"cid:%.*s\"", (int)shown.n - 2, shown.p + 1).p));
	}
	assert_int_equal(letter_part(stack.arena, letter, "image/png", 2).n, 0);
	assert_true(span_starts(part(letter, "application/pdf", 0), "%PDF-"));
	assert_true(span_starts(part(letter, "text/calendar", 0), "BEGIN:VCALENDAR\r\n"));
	assert_true(has(letter_body(stack.arena, letter), "are in this mail as a PDF"));
	assert_true(span_is(letter_header(stack.arena, letter, "Auto-Submitted"), "auto-generated"));
	assert_true(span_is(letter_header(stack.arena, letter, "Reply-To"), "help@foyer.example"));
	visitor_free(v);
}

static void
relay_with(const char *lines)
{
	FILE *f = fopen(arena_fmt(stack.arena, "%s/extra.conf", stack.folder).p, "we");

	assert_non_null(f);
	fputs(lines, f);
	fclose(f);
	stack_demo(&stack, "stop relay");
	assert_int_equal(stack_demo(&stack, "start relay"), 0);
}

static void
a_pdf_that_cannot_be_made_keeps_no_letter_back(void **state)
{
	struct visitor *v = visitor_new(&stack);
	struct span letter;

	(void)state;
	relay_with("paper_program = /nowhere/foyer-paper\n");
	buyer_buys(v, buyer_holds(v));
	letter = mail("BOOKING_CONFIRMED");
	assert_int_equal(letter_part(stack.arena, letter, "application/pdf", 0).n, 0);
	assert_true(span_starts(part(letter, "image/png", 0), "\x89PNG\r\n"));
	assert_false(has(letter_body(stack.arena, letter), "PDF"));
	assert_int_equal(logs_lines(&stack, "relay.log", "paper.failed", "program=/nowhere/foyer-paper"), 1);
	relay_with("");
	visitor_free(v);
}

static void
settings_that_would_tell_a_password_to_the_street_are_refused_at_start(void **state)
{
	static const char *const wrong[] = { "mail_tls = maybe\n", "mail_user = foyer\nmail_password = guess-me-if-you-can\n",
		"mail_url = http://127.0.0.1/\n", "mail_ca_file = /nowhere.pem\n" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		FILE *f = fopen(arena_fmt(stack.arena, "%s/extra.conf", stack.folder).p, "we");

		assert_non_null(f);
		fputs(wrong[i], f);
		fclose(f);
		stack_demo(&stack, "stop relay");
		assert_int_not_equal(stack_demo(&stack, "start relay"), 0);
		assert_int_equal(logs_lines(&stack, "relay.log", "mail.start", "error="), i + 1);
	}
	logs_never(&stack, "guess-me-if-you-can");
	relay_with("");
}

static void
tickets_given_back_are_told_of_once_with_their_money(void **state)
{
	struct visitor *v = visitor_new(&stack);
	const char *reference, *first = arena_fmt(stack.arena, "A%d", next_seat + 1).p, *second = arena_fmt(stack.arena, "A%d", next_seat + 2).p;
	struct span letter;
	int64_t event;

	(void)state;
	reference = buyer_reference(&stack, buyer_buys(v, buyer_takes(v, show(), next_seat, 2)));
	next_seat += 2;
	assert_int_equal(stack_ctl(&stack, arena_fmt(stack.arena, "cancel %s --seats %s --keep 3.50", reference, second).p), 0);
	letter = mail("BOOKING_REDUCED");
	assert_true(span_starts(letter_header(stack.arena, letter, "Subject"), "Ticket cancelled: The Storm, "));
	assert_true(has(letter_body(stack.arena, letter), arena_fmt(stack.arena, "Your ticket (%s) is cancelled: its code opens no door any more.\n"
	    "Your ticket for %s stands, and its code too.\n\nOf the £11.00 that it cost, £7.50 goes back", second, first).p));
	assert_true(has(part(letter, "text/html", 0), "<strong>£7.50</strong> goes back"));
	assert_leads_to(link_in(letter_body(stack.arena, letter), "/bookings/"), "<svg");
	assert_int_equal(stack_ctl(&stack, arena_fmt(stack.arena, "cancel %s", reference).p), 0);
	letter = mail("BOOKING_CANCELLED");
	assert_true(has(letter_body(stack.arena, letter), arena_fmt(stack.arena, "Your ticket (%s) is cancelled", first).p));
	assert_true(has(letter_body(stack.arena, letter), "All that it cost, £11.00, goes back"));
	assert_false(has(letter_body(stack.arena, letter), "stands"));
	event = newest("PAYMENT_REFUND_DUE");
	assert_true(comes_to("dropped", event));
	assert_int_not_equal(access(path_of(event), F_OK), 0);
	visitor_free(v);
}

static void
a_show_that_the_house_cancels_is_told_of_as_such(void **state)
{
	struct visitor *v = visitor_new(&stack);
	const char *reference = buyer_reference(&stack, buyer_buys(v, buyer_takes(v, show(), next_seat, 2)));
	struct span letter;

	(void)state;
	next_seat += 2;
	mail("BOOKING_CONFIRMED");
	stack_demo(&stack, "stop relay");
	assert_int_equal(stack_ctl(&stack, arena_fmt(stack.arena, "cancel %s --keep 22.00", reference).p), 0);
	stack_sql(&stack, "UPDATE show_sales SET state = 'cancelled' WHERE show_id = %" PRId64, show());
	assert_int_equal(stack_demo(&stack, "start relay"), 0);
	letter = mail("BOOKING_CANCELLED");
	assert_true(has(letter_body(stack.arena, letter), "The house had to cancel this show, and with it your tickets ("));
	assert_true(has(letter_body(stack.arena, letter), "No money goes back for them."));
	assert_true(has(part(letter, "text/html", 0), "<h1>This show is cancelled</h1>"));
	stack_sql(&stack, "UPDATE show_sales SET state = 'on_sale' WHERE show_id = %" PRId64, show());
	visitor_free(v);
}

static void
finding_tickets_sends_the_link_and_nothing_for_a_wrong_address(void **state)
{
	struct visitor *v = visitor_new(&stack), *w = visitor_new(&stack);
	const char *reference = buyer_reference(&stack, buyer_buys(v, buyer_holds(v)));
	struct span letter;
	int64_t before;

	(void)state;
	assert_int_equal(visitor_post(w, "/bookings/find", arena_fmt(stack.arena, "reference=%s&email=ann%%40example.org", reference).p).status, 200);
	letter = mail("BOOKING_LINK");
	assert_true(span_is(letter_header(stack.arena, letter, "To"), "ann@example.org"));
	assert_leads_to(link_in(letter_body(stack.arena, letter), "/bookings/"), "<svg");
	before = newest("BOOKING_LINK");
	assert_int_equal(visitor_post(w, "/bookings/find", arena_fmt(stack.arena, "reference=%s&email=bob%%40example.org", reference).p).status, 200);
	assert_int_equal(newest("BOOKING_LINK"), before);
	visitor_free(v);
	visitor_free(w);
}

static void
money_that_goes_back_is_told_of_twice(void **state)
{
	struct visitor *v = visitor_new(&stack), *w = visitor_new(&stack);
	int seat = next_seat;
	const char *gone = arena_fmt(stack.arena, "and your seat (A%d) was not free any more", seat + 1).p;
	struct page pay = buyer_pay(v, buyer_holds(v));
	struct span letter, body;

	(void)state;
	stack_later(&stack, 4000);
	buyer_takes(w, show(), seat, 1);
	buyer_lands(v, buyer_at_provider(v, pay, "pay"));
	letter = mail("PAYMENT_REFUND_DUE");
	body = letter_body(stack.arena, letter);
	assert_true(span_starts(letter_header(stack.arena, letter, "Subject"), "You get £11.00 back: The Storm, "));
	assert_true(has(body, "arrived after your time ended, "));
	assert_true(has(body, gone));
	assert_leads_to(link_in(body, "/pay/return/"), "£11.00");
	stack_reap(&stack);
	stack_reap(&stack);
	letter = mail("REFUND_DONE");
	assert_true(span_starts(letter_header(stack.arena, letter, "Subject"), "£11.00 sent back: The Storm, "));
	assert_leads_to(link_in(letter_body(stack.arena, letter), "/pay/return/"), "Your money is back");
	visitor_free(v);
	visitor_free(w);
}

static void
a_title_in_another_script_is_the_subject(void **state)
{
	struct visitor *v = visitor_new(&stack);

	(void)state;
	stack_sql(&stack, "UPDATE events SET title = '" HINDI "'");
	buyer_buys(v, buyer_holds(v));
	assert_true(span_starts(letter_header(stack.arena, mail("BOOKING_CONFIRMED"), "Subject"), "Your ticket: " HINDI ", "));
	stack_sql(&stack, "UPDATE events SET title = 'The Storm'");
	visitor_free(v);
}

static int
lines_of(struct span head)
{
	int n = 0;

	for (; head.n; n++)
		span_cut(&head, '\n');
	return n;
}

static void
no_title_name_or_venue_adds_a_header(void **state)
{
	struct visitor *v = visitor_new(&stack);
	struct span letter;
	int usual = lines_of(letter_head(stack.arena, mail("BOOKING_CONFIRMED")));

	(void)state;
	stack_demo(&stack, "stop relay");
	buyer_buys(v, buyer_holds(v));
	stack_sql(&stack, "UPDATE events SET title = CONCAT('Evil', CHAR(13, 10), 'Bcc: all@example.org', CHAR(13, 10, 13, 10), 'Win!')");
	stack_sql(&stack, "UPDATE bookings SET name = CONCAT('Evil', CHAR(13, 10, 13, 10), '.', CHAR(13, 10), 'MAIL FROM:<x@example.org>')");
	stack_sql(&stack, "UPDATE venues SET name = CONCAT('Evil', CHAR(10), 'Subject: other')");
	assert_int_equal(stack_demo(&stack, "start relay"), 0);
	letter = mail("BOOKING_CONFIRMED");
	assert_int_equal(lines_of(letter_head(stack.arena, letter)), usual);
	assert_int_equal(letter_header(stack.arena, letter, "Bcc").n, 0);
	assert_true(span_starts(letter_header(stack.arena, letter, "Subject"), "Your ticket: Evil"));
	assert_true(has(letter_body(stack.arena, letter), "In the name of Evil"));
	assert_false(has(letter_body(stack.arena, letter), "\nMAIL FROM"));
	stack_sql(&stack, "UPDATE events SET title = 'The Storm'");
	stack_sql(&stack, "UPDATE venues SET name = 'The Gale'");
	visitor_free(v);
}

/* A dead letter stands in the list until somebody decides; with the address put right it goes out. */
static void
assert_operator_puts_right(int64_t event)
{
	const char *name = arena_fmt(stack.arena, "%" PRId64 "-%" PRId64, show(), event).p, *words;

	assert_int_equal(stack_ctl_says(&stack, "outbox", &words), 1);
	assert_non_null(strstr(words, arena_fmt(stack.arena, "%s\tmail\tBOOKING_CONFIRMED\tdead\t8\t8\tnever\tno address", name).p));
	assert_int_equal(stack_ctl(&stack, arena_fmt(stack.arena, "outbox drop %s mail", name).p), 2);
	assert_int_equal(stack_ctl(&stack, arena_fmt(stack.arena, "outbox drop %s mail 'told by telephone'", name).p), 0);
	assert_true(comes_to("dropped", event));
	assert_int_equal(stack_ctl(&stack, "outbox"), 0);
	stack_sql(&stack, "UPDATE bookings SET email = 'ann@example.org'");
	assert_int_equal(stack_ctl(&stack, arena_fmt(stack.arena, "outbox retry %s mail", name).p), 0);
	assert_true(comes_to("sent", event));
	assert_int_equal(access(path_of(event), F_OK), 0);
	assert_int_equal(stack_ctl(&stack, arena_fmt(stack.arena, "outbox retry %s mail", name).p), 1);
}

static void
an_address_that_is_none_gets_nothing(void **state)
{
	struct visitor *v = visitor_new(&stack);
	int64_t event;

	(void)state;
	stack_demo(&stack, "stop relay");
	buyer_buys(v, buyer_holds(v));
	event = newest("BOOKING_CONFIRMED");
	stack_sql(&stack, "UPDATE bookings SET email = CONCAT('ann@example.org', CHAR(13, 10), 'Bcc: all@example.org') "
	    "ORDER BY booking_id DESC LIMIT 1");
	assert_int_equal(stack_demo(&stack, "start relay"), 0);
	for (int refusals = 1; refusals <= 8; refusals++) {
		assert_true(stack_until(&stack, 10, refusals, arena_fmt(stack.arena, "SELECT refusals FROM deliveries "
		    "WHERE sink = 'mail' AND outbox_id = %" PRId64,
		    event).p));
		stack_sql(&stack, "UPDATE deliveries SET due_at = UTC_TIMESTAMP(3) WHERE state = 'waiting'");
	}
	assert_true(comes_to("dead", event));
	assert_int_not_equal(access(path_of(event), F_OK), 0);
	assert_operator_puts_right(event);
	visitor_free(v);
}

static void
what_cannot_be_sent_now_is_sent_later(void **state)
{
	struct visitor *v = visitor_new(&stack);
	const char *folder = arena_fmt(stack.arena, "%s/mail", stack.folder).p, *away = arena_fmt(stack.arena, "%s/gone", stack.folder).p;
	const char *words;
	int64_t event;

	(void)state;
	assert_int_equal(rename(folder, away), 0);
	buyer_buys(v, buyer_holds(v));
	event = newest("BOOKING_CONFIRMED");
	assert_true(stack_until(&stack, 10, 1, "SELECT COUNT(*) FROM relay_sinks WHERE sink = 'mail' AND down_since IS NOT NULL"));
	assert_int_equal(stack_ctl_says(&stack, "outbox", &words), 0);
	assert_non_null(strstr(words, "\tdown for "));
	assert_int_equal(rename(away, folder), 0);
	stack_sql(&stack, "UPDATE deliveries SET due_at = UTC_TIMESTAMP(3) WHERE state = 'waiting'");
	stack_sql(&stack, "UPDATE relay_sinks SET due_at = UTC_TIMESTAMP(3)");
	mail("BOOKING_CONFIRMED");
	/* that the sink was down never counts against the message */
	assert_int_equal(stack_number(&stack, "SELECT refusals FROM deliveries WHERE sink = 'mail' AND outbox_id = %" PRId64, event), 0);
	visitor_free(v);
}

static void
tickets_that_were_cancelled_before_are_not_sent(void **state)
{
	struct visitor *v = visitor_new(&stack);
	int64_t event;

	(void)state;
	stack_demo(&stack, "stop relay");
	buyer_buys(v, buyer_holds(v));
	event = newest("BOOKING_CONFIRMED");
	stack_sql(&stack, "UPDATE bookings SET state = 'cancelled' ORDER BY booking_id DESC LIMIT 1");
	assert_int_equal(stack_demo(&stack, "start relay"), 0);
	assert_true(comes_to("dropped", event));
	stack_sql(&stack, "UPDATE bookings SET state = 'confirmed' WHERE state = 'cancelled'");
	visitor_free(v);
}

/* As when the database is taken down for an hour: the relay stays, and goes on. */
static void
the_relay_outlives_its_connection(void **state)
{
	struct visitor *v = visitor_new(&stack);
	struct span ids = span_of(stack_text(&stack, "SELECT id FROM information_schema.processlist WHERE user <> 'root'"));

	(void)state;
	while (ids.n) {
		struct span id = span_cut(&ids, '\n');

		stack_sql(&stack, "KILL " PRSPAN, ARGSPAN(id));
	}
	buyer_buys(v, buyer_holds(v));
	mail("BOOKING_CONFIRMED");
	visitor_free(v);
}

static pid_t
another_relay(void)
{
	const char *build = getenv("FOYER_BUILD");
	const char *program = arena_fmt(stack.arena, "%s/foyer-relay", build && *build ? build : "build").p;
	const char *config = arena_fmt(stack.arena, "%s/foyer.conf", stack.folder).p;
	const char *log = arena_fmt(stack.arena, "%s/log/relay.log", stack.folder).p;
	pid_t pid = fork();

	if (pid == 0) {
		if (!freopen(log, "a", stderr) || execl(program, program, "-c", config, (char *)NULL) < 0)
			_exit(127);
	}
	assert_true(pid > 0);
	return pid;
}

static void
two_relays_send_each_letter_once_and_end_when_they_are_told(void **state)
{
	pid_t second = another_relay();
	int status = -1;

	(void)state;
	for (int i = 0; i < 4; i++) {
		struct visitor *v = visitor_new(&stack);

		buyer_buys(v, buyer_holds(v));
		mail("BOOKING_CONFIRMED");
		visitor_free(v);
	}
	kill(second, SIGTERM);
	assert_int_equal(waitpid(second, &status, 0), second);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	assert_int_equal(stack_demo(&stack, "stop relay"), 0);
	assert_int_equal(stack_demo(&stack, "start relay"), 0);
}

static void
each_event_was_sent_once_and_no_log_names_anybody(void **state)
{
	(void)state;
	assert_int_equal(stack_number(&stack, "SELECT COUNT(*) FROM deliveries WHERE sink = 'mail' AND state = 'waiting'"), 0);
	assert_int_equal(stack_number(&stack, "SELECT COUNT(*) FROM outbox o LEFT JOIN deliveries d ON d.show_id = o.show_id AND "
	    "d.outbox_id = o.outbox_id AND d.sink = 'mail' WHERE o.type IN ('BOOKING_CONFIRMED', 'BOOKING_LINK', 'BOOKING_CANCELLED', "
	    "'BOOKING_REDUCED', 'PAYMENT_REFUND_DUE', 'REFUND_DONE') "
	    "AND d.state IS NULL"), 0);
	assert_int_equal(logs_lines(&stack, "relay.log", "delivery.sent", "sink=mail"),
	    stack_number(&stack, "SELECT COUNT(*) FROM deliveries WHERE sink = 'mail' AND state = 'sent'"));
	logs_never(&stack, "ann@example.org");
	logs_never(&stack, "Ann Example");
	assert_true(logs_clean(&stack));
}

static int
open_stack(void **state)
{
	(void)state;
	stack_open(&stack, "t/data/storm.programme", "", "");
	return 0;
}

static int
close_stack(void **state)
{
	(void)state;
	stack_close(&stack);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_purchase_sends_the_tickets),
		cmocka_unit_test(tickets_come_with_their_codes_a_pdf_and_their_date),
		cmocka_unit_test(a_pdf_that_cannot_be_made_keeps_no_letter_back),
		cmocka_unit_test(settings_that_would_tell_a_password_to_the_street_are_refused_at_start),
		cmocka_unit_test(tickets_given_back_are_told_of_once_with_their_money),
		cmocka_unit_test(a_show_that_the_house_cancels_is_told_of_as_such),
		cmocka_unit_test(finding_tickets_sends_the_link_and_nothing_for_a_wrong_address),
		cmocka_unit_test(money_that_goes_back_is_told_of_twice),
		cmocka_unit_test(a_title_in_another_script_is_the_subject),
		cmocka_unit_test(no_title_name_or_venue_adds_a_header),
		cmocka_unit_test(an_address_that_is_none_gets_nothing),
		cmocka_unit_test(what_cannot_be_sent_now_is_sent_later),
		cmocka_unit_test(tickets_that_were_cancelled_before_are_not_sent),
		cmocka_unit_test(the_relay_outlives_its_connection),
		cmocka_unit_test(two_relays_send_each_letter_once_and_end_when_they_are_told),
		cmocka_unit_test(each_event_was_sent_once_and_no_log_names_anybody),
	};

	return cmocka_run_group_tests(tests, open_stack, close_stack);
}
