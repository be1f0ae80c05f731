/*
 * test_documents.c - tickets and receipts as foyer-paper gets them: what each says for a booking, that money adds up, that times are
 * the venue's, and that what is not live is not printed.
 */
#include "base/base.h"

#include <setjmp.h>

#include <cmocka.h>
#include <jansson.h>

#include "domain/tickets.h"
#include "papers/documents.h"
#include "papers/words.h"

#define NOV_3 INT64_C(1793714602000)	/* 2026-11-03 14:03:22 UTC */
#define HOUR INT64_C(3600000)

struct bureau {
	struct arena *arena;
	struct settings settings;
	struct signing_key key;
	struct show show;
	struct ticket tickets[3];
	struct booking booking;
	struct refund refunds[4];
	struct money_paid paid[2];
	struct paper_line lines[3];
	struct receipt_paper receipt;
	json_t *json;		/* the newest document */
};

static struct money
pounds(int64_t pence)
{
	return money_of(pence, SPAN("GBP"));
}

static void
fill_show(struct show *s)
{
	*s = (struct show){ .id = 17, .starts = { NOV_3 + 432 * HOUR, zone_named(SPAN("Europe/London")) }, .city_name = SPAN("London"),
		.venue_name = SPAN("The Lumière"), .hall_name = SPAN("Screen 1"), .address = SPAN("14 Wick Street"),
		.access_note = SPAN("A lift goes to every screen."), .venue_phone = SPAN("+44 20 7946 0101") };
	s->event.title = SPAN("The \"Lamplighter’s\" \\ Arithmetic");
}

static struct ticket
ticket(int64_t seat, const char *number, enum seat_kind kind)
{
	return (struct ticket){ .seat = seat, .serial = 4000 + seat, .row = SPAN("C"), .number = span_of(number), .section_name = SPAN("Stalls"),
		.price_name = SPAN("Adult"), .kind = kind, .price = pounds(1650), .fee = pounds(100), .live = true };
}

/* Ann has three tickets for £49.50, fees of £3.00 in. */
static int
open_bureau(void **state)
{
	struct bureau *f = calloc(1, sizeof(*f));
	struct key seed;

	crypto_start();
	log_open("test", LOG_LEVEL_ERROR);
	f->arena = arena_new(8 * MiB);
	assert_true(key_from_text(SPAN("the seed of the key that signs tickets"), &seed));
	signing_key_make(&f->key, &seed);
	f->settings = (struct settings){ .house_name = "Foyer", .seller_name = "", .seller_address = "", .seller_tax_id = "",
		.ticket_key_id = 3 };
	fill_show(&f->show);
	f->tickets[0] = ticket(7, "7", SEAT_STANDARD);
	f->tickets[1] = ticket(8, "8", SEAT_WHEELCHAIR);
	f->tickets[2] = ticket(9, "9", SEAT_RESTRICTED);
	f->booking = (struct booking){ .show = 17, .id = 5, .state = BOOKING_IS_CONFIRMED, .reference = SPAN("K7M2QX9TD"), .name = SPAN("Ann"),
		.email = SPAN("ann@example.org"), .total = pounds(4950), .confirmed_ms = NOV_3, .tickets = f->tickets, .n = 3 };
	f->paid[0] = (struct money_paid){ .payment = 1, .provider = SPAN("stripe"), .amount = pounds(4950), .at_ms = NOV_3 };
	f->lines[0] = (struct paper_line){ .name = SPAN("Booking fee"), .amount = pounds(300) };
	f->receipt = (struct receipt_paper){ .settings = &f->settings, .booking = &f->booking, .show = &f->show, .lines = f->lines,
		.n_lines = 1, .paid = f->paid, .n_paid = 1 };
	*state = f;
	return 0;
}

static int
close_bureau(void **state)
{
	struct bureau *f = *state;

	json_decref(f->json);
	arena_free(f->arena);
	free(f);
	return 0;
}

/* -- looking into a document -------------------------------------------------------------------------------------------------------- */

static void
read_document(struct bureau *f, struct span document)
{
	json_error_t error;

	json_decref(f->json);
	f->json = json_loadb(document.p, document.n, JSON_REJECT_DUPLICATES, &error);
	if (!f->json)
		fail_msg("line %d column %d: %s: " PRSPAN, error.line, error.column, error.text, ARGSPAN(document));
}

static void
compose_tickets(struct bureau *f)
{
	read_document(f, tickets_document(f->arena, &(struct tickets_paper){ .settings = &f->settings, .key = &f->key, .booking = &f->booking,
	    .show = &f->show }));
}

static void
compose_receipt(struct bureau *f)
{
	read_document(f, receipt_document(f->arena, &f->receipt));
}

/* "tickets.1.price"; numbers are places in lists. NULL: there is no such thing. */
static json_t *
at(struct bureau *f, const char *path)
{
	struct span rest = span_of(path);
	json_t *v = f->json;

	while (v && rest.n) {
		struct span part = span_cut(&rest, '.');
		int64_t i;

		v = span_int(part, 0, 1000, &i) ? json_array_get(v, (size_t)i) : json_object_get(v, CSTR(f->arena, part));
	}
	return v;
}

static void
assert_text(struct bureau *f, const char *path, const char *text)
{
	const char *is = json_string_value(at(f, path));

	if (!is || strcmp(is, text) != 0)
		fail_msg("%s is \"%s\", not \"%s\"", path, is ? is : "(nothing)", text);
}

static void
assert_size(struct bureau *f, const char *path, size_t n)
{
	assert_non_null(at(f, path));
	assert_int_equal(json_array_size(at(f, path)), n);
}

/* -- tickets -------------------------------------------------------------------------------------------------------------------------- */

static void
a_ticket_says_what_for_where_and_who(void **state)
{
	struct bureau *f = *state;

	compose_tickets(f);
	assert_text(f, "paper", "tickets");
	assert_text(f, "made", "2026-11-03T14:03:22Z");
	assert_text(f, "title", "Tickets K7M 2QX 9TD");
	assert_text(f, "house", "Foyer");
	assert_text(f, "event", "The \"Lamplighter’s\" \\ Arithmetic");
	assert_text(f, "about.0", "Sat 21 Nov 2026, 14:03 (London time)");
	assert_text(f, "about.1", "The Lumière · Screen 1");
	assert_text(f, "about.2", "14 Wick Street");
	assert_text(f, "notes", "This ticket lets one person in, once. Getting in: A lift goes to every screen. "
	    "Access needs or questions? Call +44 20 7946 0101.");
	assert_size(f, "tickets", 3);
	assert_text(f, "tickets.1.count", "Ticket 2 of 3");
	assert_text(f, "tickets.1.place.0.label", "Row");
	assert_text(f, "tickets.1.place.0.value", "C");
	assert_text(f, "tickets.1.place.1.value", "8");
	assert_text(f, "tickets.1.place.2.value", "Stalls");
	assert_text(f, "tickets.1.price", "£16.50 · Adult");
	assert_text(f, "tickets.0.kind", "");
	assert_text(f, "tickets.1.kind", "Wheelchair place");
	assert_text(f, "tickets.2.kind", "Restricted view");
	assert_text(f, "tickets.1.under.0", "K7M 2QX 9TD");
	assert_text(f, "tickets.1.under.1", "Ann");
	assert_text(f, "tickets.1.under.2", "Ticket 4008");
}

static void
its_code_is_the_one_that_a_door_believes(void **state)
{
	struct bureau *f = *state;
	struct ticket_code code;

	compose_tickets(f);
	assert_true(ticket_read(f->key.public, span_of(json_string_value(at(f, "tickets.2.code"))), &code));
	assert_int_equal(code.key_id, 3);
	assert_int_equal(code.show, 17);
	assert_int_equal(code.seat, 9);
	assert_int_equal(code.serial, 4009);
}

static void
what_is_cancelled_is_not_printed(void **state)
{
	struct bureau *f = *state;
	struct span document;

	f->tickets[0].live = false;
	compose_tickets(f);
	assert_size(f, "tickets", 2);
	assert_text(f, "tickets.0.count", "Ticket 1 of 2");
	assert_text(f, "tickets.0.place.1.value", "8");
	f->tickets[1].live = f->tickets[2].live = false;
	document = tickets_document(f->arena, &(struct tickets_paper){ .settings = &f->settings, .key = &f->key, .booking = &f->booking,
	    .show = &f->show });
	assert_int_equal(document.n, 0);
}

static void
times_are_the_venues_whatever_the_machine_thinks(void **state)
{
	struct bureau *f = *state;

	f->show.starts.zone = zone_named(SPAN("Asia/Kolkata"));
	f->show.city_name = SPAN("Mumbai");
	compose_tickets(f);
	assert_text(f, "about.0", "Sat 21 Nov 2026, 19:33 (Mumbai time)");
	assert_text(f, "made", "2026-11-03T14:03:22Z");
	compose_receipt(f);
	assert_text(f, "facts.1.value", "Tue 3 Nov 2026, 19:33 (Mumbai time)");
	assert_text(f, "notes.0", "All times are Mumbai time (Asia/Kolkata).");
}

/* -- receipts -------------------------------------------------------------------------------------------------------------------------- */

static void
a_receipt_names_seller_buyer_seats_and_sums(void **state)
{
	struct bureau *f = *state;

	f->settings.seller_name = "Lumière Ltd";
	f->settings.seller_address = "14 Wick Street | London E8 9QX";
	f->settings.seller_tax_id = "GB 123 4567 89";
	compose_receipt(f);
	assert_text(f, "paper", "receipt");
	assert_text(f, "heading", "Receipt");
	assert_text(f, "title", "Receipt K7M 2QX 9TD");
	assert_size(f, "seller", 4);
	assert_text(f, "seller.0", "Lumière Ltd");
	assert_text(f, "seller.1", "14 Wick Street");
	assert_text(f, "seller.2", "London E8 9QX");
	assert_text(f, "seller.3", "Tax number GB 123 4567 89");
	assert_text(f, "facts.0.value", "K7M 2QX 9TD");
	assert_text(f, "facts.1.value", "Tue 3 Nov 2026, 14:03 (London time)");
	assert_text(f, "facts.2.value", "Ann");
	assert_text(f, "facts.3.value", "ann@example.org");
	assert_size(f, "seats", 3);
	assert_text(f, "seats.1.name", "Row C, seat 8");
	assert_text(f, "seats.1.note", "Stalls · Adult · Wheelchair place");
	assert_text(f, "seats.1.amount", "£15.50");
	assert_text(f, "seats.1.mark", "");
	assert_text(f, "total.amount", "£49.50");
	assert_text(f, "money.0.name", "Paid by card, through Stripe");
	assert_text(f, "money.0.note", "Tue 3 Nov 2026, 14:03");
	assert_text(f, "money.0.amount", "£49.50");
	assert_text(f, "remains.name", "");
}

static void
without_a_seller_the_house_sells(void **state)
{
	struct bureau *f = *state;

	f->booking.name = SPAN_NONE;
	compose_receipt(f);
	assert_size(f, "seller", 1);
	assert_text(f, "seller.0", "Foyer");
	assert_size(f, "facts", 3);
}

static void
fees_and_taxes_stand_by_name_added_or_only_told(void **state)
{
	struct charge_line charges[] = { { CHARGE_FEE, SPAN("Booking fee"), SPAN_NONE, false, 300 }, { CHARGE_TAX, SPAN("VAT"), SPAN("20"), true, 825 } };
	struct bureau *f = *state;
	struct paper_line *own;

	f->lines[1] = (struct paper_line){ .name = SPAN("VAT 20 %"), .amount = pounds(825), .included = true };
	f->receipt.n_lines = 2;
	compose_receipt(f);
	assert_size(f, "lines", 2);
	assert_text(f, "lines.0.name", "Booking fee");
	assert_text(f, "lines.0.amount", "£3.00");
	assert_true(json_is_false(at(f, "lines.0.included")));
	assert_text(f, "lines.1.name", "of which VAT 20 %");
	assert_text(f, "lines.1.amount", "£8.25");
	assert_true(json_is_true(at(f, "lines.1.included")));
	/* as the domain tells them */
	assert_int_equal(paper_lines(f->arena, &f->booking, &(struct charge_lines){ .list = charges, .n = 2 }, &own), 2);
	assert_true(span_is(own[0].name, "Booking fee") && span_is(own[1].name, "VAT 20 %"));
	assert_int_equal(own[0].amount.minor, 300);
	assert_true(!own[0].included && own[1].included);
}

static void
refunds_are_told_as_they_stand_and_what_remains_is_the_difference(void **state)
{
	struct bureau *f = *state;

	f->tickets[0].live = f->tickets[2].live = false;
	f->tickets[0].cancelled_ms = NOV_3 + HOUR;
	f->refunds[0] = (struct refund){ .amount = pounds(1650), .state = REFUND_ROW_FAILED, .created_ms = NOV_3 + HOUR };
	f->refunds[1] = (struct refund){ .amount = pounds(1650), .state = REFUND_ROW_DONE, .created_ms = NOV_3 + 2 * HOUR,
		.done_ms = NOV_3 + 26 * HOUR };
	f->refunds[2] = (struct refund){ .amount = pounds(1000), .state = REFUND_ROW_PENDING, .created_ms = NOV_3 + 3 * HOUR };
	f->refunds[3] = (struct refund){ .amount = pounds(500), .state = REFUND_ROW_HUMAN, .created_ms = NOV_3 + 4 * HOUR };
	f->paid[0].refunds = f->refunds;
	f->paid[0].n = 4;
	compose_receipt(f);
	assert_text(f, "seats.0.mark", "Cancelled on Tue 3 Nov 2026, 15:03");
	assert_text(f, "seats.1.mark", "");
	assert_text(f, "seats.2.mark", "Cancelled");
	assert_size(f, "money", 4);
	assert_text(f, "money.1.amount", "−£16.50");
	assert_text(f, "money.1.note", "Asked for on Tue 3 Nov 2026, 16:03; it went back on Wed 4 Nov 2026, 16:03.");
	assert_text(f, "money.2.amount", "−£10.00");
	assert_text(f, "money.2.note", "Asked for on Tue 3 Nov 2026, 17:03; it is on its way, usually 5–10 days.");
	assert_non_null(strstr(json_string_value(at(f, "money.3.note")), "by hand"));
	assert_text(f, "remains.name", "Paid after refunds");
	assert_text(f, "remains.amount", "£18.00");
	assert_text(f, "total.amount", "£49.50");
	assert_text(f, "made", "2026-11-04T16:03:22Z");
}

static void
a_second_payment_and_its_refund_stand_beside_the_first(void **state)
{
	struct bureau *f = *state;

	f->refunds[0] = (struct refund){ .amount = pounds(4950), .state = REFUND_ROW_DONE, .created_ms = NOV_3, .done_ms = NOV_3 + HOUR };
	f->paid[1] = (struct money_paid){ .provider = SPAN("paypal"), .amount = pounds(4950), .at_ms = NOV_3, .refunds = f->refunds, .n = 1 };
	f->receipt.n_paid = 2;
	compose_receipt(f);
	assert_size(f, "money", 3);
	assert_text(f, "money.1.name", "Paid with PayPal");
	assert_text(f, "money.2.amount", "−£49.50");
	assert_text(f, "remains.amount", "£49.50");
	f->paid[1].provider = SPAN("cash");
	compose_receipt(f);
	assert_text(f, "money.1.name", "Paid by cash");
}

static void
every_word_has_as_many_gaps_as_values_and_is_well_formed(void **state)
{
	struct bureau *f = *state;

	for (enum paper_word w = 0; w < PAPER_WORDS; w++) {
		assert_true(paper_word(w).n > 0);
		assert_true(span_utf8(paper_word(w)));
		assert_null(strstr(paper_words(f->arena, w, SPAN("x"), SPAN("y")).p, "{}"));
	}
	assert_true(span_is(paper_words(f->arena, W_TICKET_COUNT, SPAN("{}"), SPAN("2")), "Ticket {} of 2"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, open_bureau, close_bureau)
		T(a_ticket_says_what_for_where_and_who), T(its_code_is_the_one_that_a_door_believes), T(what_is_cancelled_is_not_printed),
		T(times_are_the_venues_whatever_the_machine_thinks), T(a_receipt_names_seller_buyer_seats_and_sums),
		T(without_a_seller_the_house_sells), T(fees_and_taxes_stand_by_name_added_or_only_told),
		T(refunds_are_told_as_they_stand_and_what_remains_is_the_difference), T(a_second_payment_and_its_refund_stand_beside_the_first),
		T(every_word_has_as_many_gaps_as_values_and_is_well_formed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
