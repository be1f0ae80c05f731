/*
 * test_tell.c - the sinks push and sms, called as the relay calls them, with the services they speak to played by the test: what is said to
 * whom, what an answer means for this message and for others, and that nobody is told of what is over.
 */
#include "t/lib/box_office.h"

#include <setjmp.h>

#include <cmocka.h>

#include "t/lib/gateway.h"

#include "base/clock.h"
#include "base/crypto.h"
#include "domain/holds.h"
#include "domain/phones.h"
#include "domain/push_browsers.h"
#include "domain/tidy.h"
#include "relay/push.h"
#include "relay/sms.h"

#define BOOKING 9001
#define TOKEN_KEY "0123456789abcdef0123456789abcdef"

static struct gateway one, other;		/* two push services, or the first one a gateway for texts */
static struct settings settings;
static struct gateway_browser browser;
static struct p256_key house_key;
static struct sink push, sms;
static int64_t hold;
static int64_t next_event = 100;

static const char *
endpoint(struct box_office *f, const struct gateway *g, const char *name)
{
	return arena_fmt(f->arena, "http://127.0.0.1:%d/push/%s", g->port, name).p;
}

static struct push_address
address(struct box_office *f, const struct gateway *g, const char *name)
{
	return (struct push_address){ span_of(endpoint(f, g, name)), span_of(browser.point_text), span_of(browser.auth_text) };
}

static void
wants_push(struct box_office *f, const struct gateway *g, const char *name)
{
	struct push_address to = address(f, g, name);

	assert_int_equal(push_keep(f->db, f->show, f->ann, &to), OUTCOME_OK);
}

static int64_t
held_by(struct box_office *f, int64_t buyer, int64_t seat)
{
	struct hold_ask ask = { .show = f->show, .buyer = buyer, .seats = { { seat }, 1 } };
	struct hold_result r;

	assert_int_equal(hold_take(f->db, f->arena, &ask, &r), OUTCOME_OK);
	return r.hold;
}

/* The hold of ann's has 100 seconds left, and she has a booking too. */
static int
near_the_end(void **state)
{
	struct box_office *f = *state;

	box_office_sweep(f, f->show);
	gateway_forget(&one);
	gateway_forget(&other);
	hold = held_by(f, f->ann, f->seats[A1]);
	box_office_later(f, f->show, 500);
	box_office_sql(f, "INSERT INTO bookings (show_id, booking_id, hold_id, buyer_id, ref, state, generation, email, name, total_minor, "
	    "currency, created_at) VALUES (%" PRId64 ", %d, 8001, %" PRId64 ", 4242, 'confirmed', 3, 'ann@example.org', 'Ann', 2600, 'GBP', "
	    "UTC_TIMESTAMP(3))", f->show, BOOKING, f->ann);
	box_office_sql(f, "INSERT INTO booking_seats (show_id, booking_id, seat_id, state, price_type, price_minor, fee_minor, serial) VALUES "
	    "(%" PRId64 ", %d, %" PRId64 ", 'live', 'adult', 1500, 100, 71), (%" PRId64 ", %d, %" PRId64 ", 'cancelled', 'child', 900, 100, 72)",
	    f->show, BOOKING, f->seats[A2], f->show, BOOKING, f->seats[B5]);
	assert_int_equal(push_start(&push, f->arena, &settings, f->db), 1);	/* anew, so that no service is at rest */
	return 0;
}

static struct delivery
event(struct box_office *f, bool confirmed)
{
	return (struct delivery){ .show = f->show, .event = ++next_event, .type = span_of(confirmed ? "BOOKING_CONFIRMED" : "HOLD_ENDING"),
		.subject = confirmed ? BOOKING : hold, .at_ms = clock_now(), .payload = SPAN("{}") };
}

static void
answers_about(struct box_office *f, struct sink *sink, const struct delivery *d, enum sink_answer answer)
{
	struct sink_report r = sink->deliver(sink, f->arena, d, 1);

	if (r.answer != answer)
		fail_msg("%d instead of %d: " PRSPAN, (int)r.answer, (int)answer, ARGSPAN(r.why));
	assert_int_equal(r.taken, answer == SINK_TAKEN);
	assert_true(answer == SINK_TAKEN || (r.why.n > 0 && r.why.n <= 200));
	assert_null(memmem(r.why.p, r.why.n, "7700", 4));
}

static void
answers(struct box_office *f, struct sink *sink, bool confirmed, enum sink_answer answer)
{
	struct delivery d = event(f, confirmed);

	answers_about(f, sink, &d, answer);
}

static int64_t
browsers(struct box_office *f)
{
	return box_office_number(f, "SELECT COUNT(*) FROM push_browsers");
}

/* -- push ------------------------------------------------------------------------------------------------------------------------ */

static void
a_browser_is_told_of_the_end_for_as_long_as_there_is_time(void **state)
{
	struct box_office *f = *state;
	const struct gateway_request *rq;
	const char *text;
	int64_t ttl;

	wants_push(f, &one, "a");
	answers(f, &push, false, SINK_TAKEN);
	rq = gateway_newest(&one);
	assert_non_null(strstr(rq->head, "POST /push/a HTTP/1.1\r\n"));
	assert_string_equal(gateway_header(f->arena, rq, "Content-Encoding"), "aes128gcm");
	assert_string_equal(gateway_header(f->arena, rq, "Urgency"), "high");
	assert_int_equal(strlen(gateway_header(f->arena, rq, "Topic")), 32);
	assert_true(span_int(span_of(gateway_header(f->arena, rq, "TTL")), 1, 100, &ttl));
	assert_true(span_starts(span_of(gateway_header(f->arena, rq, "Authorization")), "vapid t="));
	text = gateway_opened(f->arena, &browser, rq);
	assert_non_null(text);
	assert_non_null(strstr(text, "{\"title\":\"A1: yours until "));
	assert_non_null(strstr(text, "or your seat goes back on sale.\",\"path\":\"/holds/"));
	assert_non_null(strstr(text, arena_fmt(f->arena, "\"tag\":\"%s\"}", gateway_header(f->arena, rq, "Topic")).p));
}

static void
a_browser_is_told_that_it_is_paid_with_the_seats_that_are_live(void **state)
{
	struct box_office *f = *state;
	const char *text;

	wants_push(f, &one, "a");
	answers(f, &push, true, SINK_TAKEN);
	text = gateway_opened(f->arena, &browser, gateway_newest(&one));
	assert_non_null(text);
	assert_non_null(strstr(text, "{\"title\":\"Booked: "));
	assert_non_null(strstr(text, ", A2. Paid, thank you: your ticket is here.\",\"path\":\"/bookings/"));
}

static void
another_browser_cannot_open_it(void **state)
{
	struct box_office *f = *state;
	struct gateway_browser stranger = gateway_browser(f->arena);

	wants_push(f, &one, "a");
	answers(f, &push, false, SINK_TAKEN);
	assert_null(gateway_opened(f->arena, &stranger, gateway_newest(&one)));
}

static void
nobody_is_told_of_what_is_over(void **state)
{
	struct box_office *f = *state;
	struct delivery old = event(f, true);

	wants_push(f, &one, "a");
	assert_int_equal(phone_keep(f->db, f->show, f->ann, SPAN("+447700900123")), OUTCOME_OK);
	old.at_ms -= (int64_t)5 * 3600 * 1000;
	answers_about(f, &push, &old, SINK_NEEDLESS);
	answers_about(f, &sms, &old, SINK_NEEDLESS);
	box_office_sql(f, "UPDATE bookings SET state = 'cancelled'");
	answers(f, &push, true, SINK_NEEDLESS);
	answers(f, &sms, true, SINK_NEEDLESS);
	assert_int_equal(hold_extend(f->db, f->arena, f->show, hold, f->ann), OUTCOME_OK);
	answers(f, &push, false, SINK_NEEDLESS);
	answers(f, &sms, false, SINK_NEEDLESS);
	box_office_later(f, f->show, 600);
	answers(f, &push, false, SINK_NEEDLESS);
	answers(f, &sms, false, SINK_NEEDLESS);
	assert_int_equal(one.script->n, 0);
}

static void
who_did_not_ask_is_not_told(void **state)
{
	struct box_office *f = *state;
	struct push_address bobs = address(f, &one, "b");

	assert_int_equal(push_keep(f->db, f->show, f->bob, &bobs), OUTCOME_OK);
	assert_int_equal(phone_keep(f->db, f->show, f->bob, SPAN("+447700900123")), OUTCOME_OK);
	answers(f, &push, false, SINK_NEEDLESS);
	answers(f, &sms, true, SINK_NEEDLESS);
	assert_int_equal(one.script->n, 0);
}

static void
a_browser_that_is_gone_is_forgotten(void **state)
{
	static const int gone[] = { 404, 410 };
	struct box_office *f = *state;

	for (size_t i = 0; i < ARRAY_LEN(gone); i++) {
		wants_push(f, &one, "a");
		one.script->status = gone[i];
		answers(f, &push, false, SINK_TAKEN);
		assert_int_equal(browsers(f), 0);
	}
}

static void
a_service_that_is_down_is_left_alone_and_holds_up_no_other(void **state)
{
	struct box_office *f = *state;
	struct delivery d = event(f, false);

	wants_push(f, &one, "a");
	wants_push(f, &other, "b");
	one.script->status = 503;
	answers_about(f, &push, &d, SINK_LATER);
	assert_int_equal(one.script->n, 1);
	assert_int_equal(other.script->n, 1);
	answers_about(f, &push, &d, SINK_LATER);	/* at rest: not asked, and the other one was told already */
	assert_int_equal(one.script->n, 1);
	assert_int_equal(other.script->n, 1);
}

static void
of_several_browsers_only_those_not_reached_are_tried_again(void **state)
{
	struct box_office *f = *state;
	struct delivery d = event(f, false), next = event(f, false);

	wants_push(f, &one, "a");
	wants_push(f, &other, "b");
	gateway_stop(&one);
	answers_about(f, &push, &d, SINK_LATER);
	gateway_again(&one);
	assert_int_equal(push_start(&push, f->arena, &settings, f->db), 1);	/* as a relay that was begun anew */
	answers_about(f, &push, &d, SINK_TAKEN);
	assert_int_equal(one.script->n, 1);
	assert_int_equal(other.script->n, 1);
	answers_about(f, &push, &next, SINK_TAKEN);		/* and the next event is told to both */
	assert_int_equal(one.script->n, 2);
	assert_int_equal(other.script->n, 2);
}

static void
a_services_no_is_a_refusal_and_too_many_requests_is_none(void **state)
{
	static const struct {
		int status;
		enum sink_answer answer;
	} cases[] = { { 400, SINK_REFUSED }, { 401, SINK_REFUSED }, { 403, SINK_REFUSED }, { 413, SINK_REFUSED }, { 301, SINK_REFUSED },
		{ 429, SINK_LATER }, { 500, SINK_LATER }, { 0, SINK_LATER } };
	struct box_office *f = *state;

	wants_push(f, &one, "a");
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		assert_int_equal(push_start(&push, f->arena, &settings, f->db), 1);
		one.script->status = cases[i].status;
		answers(f, &push, false, cases[i].answer);
		assert_int_equal(browsers(f), 1);
	}
}

static void
a_private_address_is_not_called_whatever_was_stored(void **state)
{
	struct box_office *f = *state;
	struct settings strict = settings;
	struct sink sink;

	strict.outside_allow = "";
	assert_int_equal(push_start(&sink, f->arena, &strict, f->db), 1);
	wants_push(f, &one, "a");
	answers(f, &sink, false, SINK_LATER);
	assert_int_equal(one.script->n, 0);
}

/* Late, but with a yes: who waited for it would have made all others wait as long. */
static void
a_service_that_hangs_is_not_waited_for(void **state)
{
	struct box_office *f = *state;

	wants_push(f, &one, "a");
	one.script->seconds = 10;
	answers(f, &push, false, SINK_LATER);
}

static void
a_buyer_has_some_browsers_and_no_more(void **state)
{
	struct box_office *f = *state;
	struct push_address fourth = address(f, &one, "d");

	wants_push(f, &one, "a");
	wants_push(f, &one, "b");
	wants_push(f, &one, "c");
	assert_int_equal(push_keep(f->db, f->show, f->ann, &fourth), OUTCOME_LIMIT);
	wants_push(f, &one, "b");
	assert_int_equal(browsers(f), 3);
	assert_int_equal(push_forget(f->db, f->show, f->ann, span_of(endpoint(f, &one, "a"))), OUTCOME_OK);
	assert_int_equal(push_keep(f->db, f->show, f->ann, &fourth), OUTCOME_OK);
	assert_int_equal(push_forget(f->db, f->show, f->bob, fourth.endpoint), OUTCOME_OK);	/* somebody else's stays */
	assert_int_equal(browsers(f), 3);
}

/* -- texts ----------------------------------------------------------------------------------------------------------------------- */

static void
a_text_goes_out_in_the_gateways_form(void **state)
{
	struct box_office *f = *state;
	const struct gateway_request *rq;

	assert_int_equal(phone_keep(f->db, f->show, f->ann, SPAN("+447700900123")), OUTCOME_OK);
	answers(f, &sms, false, SINK_TAKEN);
	rq = gateway_newest(&one);
	assert_non_null(strstr(rq->head, "POST /2010-04-01/Accounts/AC0123/Messages.json HTTP/1.1\r\n"));
	assert_string_equal(gateway_header(f->arena, rq, "Authorization"), "Basic QUMwMTIzOnNlc2FtZQ==");	/* AC0123:sesame */
	assert_string_equal(gateway_header(f->arena, rq, "Content-Type"), "application/x-www-form-urlencoded");
	assert_string_equal(gateway_field(f->arena, rq, "To"), "+447700900123");
	assert_string_equal(gateway_field(f->arena, rq, "From"), "+15005550006");
	assert_string_equal(gateway_field(f->arena, rq, "MessagingServiceSid"), "");
	assert_true(span_starts(span_of(gateway_field(f->arena, rq, "Body")), "Foyer: A1 for "));
	assert_non_null(strstr(gateway_field(f->arena, rq, "Body"), " is yours until "));
}

static void
a_messaging_service_sends_by_its_own_name(void **state)
{
	struct box_office *f = *state;
	struct settings s = settings;
	struct sink sink;

	s.sms_from = "MG0123";
	assert_int_equal(sms_start(&sink, f->arena, &s, f->db), 1);
	assert_int_equal(phone_keep(f->db, f->show, f->ann, SPAN("+447700900123")), OUTCOME_OK);
	answers(f, &sink, false, SINK_TAKEN);
	assert_string_equal(gateway_field(f->arena, gateway_newest(&one), "MessagingServiceSid"), "MG0123");
	assert_string_equal(gateway_field(f->arena, gateway_newest(&one), "From"), "");
}

static void
every_text_fits_one_message_where_letters_allow_it(void **state)
{
	static const char *const titles[] = { "Ox", "The Lamplighter’s Arithmetic",
		"A Very Long Title That Nobody Would Ever Want to Say Aloud, in Three Parts and an Epilogue – Really" };
	struct box_office *f = *state;

	assert_int_equal(phone_keep(f->db, f->show, f->ann, SPAN("+447700900123")), OUTCOME_OK);
	for (size_t i = 0; i < ARRAY_LEN(titles); i++)
		for (int confirmed = 0; confirmed < 2; confirmed++) {
			const char *body;

			box_office_sql(f, "UPDATE events SET title = '%s'", titles[i]);
			box_office_sql(f, "DELETE FROM reach_sent");
			answers(f, &sms, confirmed, SINK_TAKEN);
			body = gateway_field(f->arena, gateway_newest(&one), "Body");
			if (strlen(body) > 160 || !strstr(body, confirmed ? "/bookings/" : "back on sale."))
				fail_msg("%zu: %s", strlen(body), body);
		}
	box_office_sql(f, "UPDATE events SET title = 'अँधेरे की रोशनी'");
	answers(f, &sms, true, SINK_TAKEN);
	assert_non_null(strstr(gateway_field(f->arena, gateway_newest(&one), "Body"), "booked. अँधेरे की रोशनी, "));
	box_office_sql(f, "UPDATE events SET title = 'Ox'");
}

static void
a_gateways_answer_decides_what_becomes_of_a_text(void **state)
{
	static const struct {
		int status;
		const char *says;
		enum sink_answer answer;
	} cases[] = { { 400, "{\"code\": 21211}", SINK_REFUSED }, { 400, "{\"code\": 21610}", SINK_NEEDLESS }, { 401, "{\"code\": 20003}", SINK_DOWN },
		{ 429, "", SINK_DOWN }, { 503, "", SINK_DOWN }, { 0, "", SINK_DOWN } };
	struct box_office *f = *state;

	assert_int_equal(phone_keep(f->db, f->show, f->ann, SPAN("+447700900123")), OUTCOME_OK);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		one.script->status = cases[i].status;
		snprintf(one.script->says, sizeof(one.script->says), "%s", cases[i].says);
		answers(f, &sms, false, cases[i].answer);
	}
	gateway_stop(&one);
	answers(f, &sms, false, SINK_DOWN);
	gateway_again(&one);
}

static void
a_hold_is_warned_of_once_however_often_it_is_extended(void **state)
{
	struct box_office *f = *state;
	struct delivery d = event(f, false);

	assert_int_equal(phone_keep(f->db, f->show, f->ann, SPAN("+447700900123")), OUTCOME_OK);
	for (int i = 0; i < 2; i++)
		answers_about(f, &sms, &d, SINK_TAKEN);		/* and a second try, whose answer was lost */
	assert_int_equal(hold_extend(f->db, f->arena, f->show, hold, f->ann), OUTCOME_OK);
	box_office_later(f, f->show, 300);
	assert_int_equal(phone_keep(f->db, f->show, f->ann, SPAN("+447700900124")), OUTCOME_OK);
	answers(f, &sms, false, SINK_NEEDLESS);
	assert_int_equal(one.script->n, 2);
}

/* Somebody's seats, with so little time left that they are warned, and this number. */
static struct delivery
near_the_end_with(struct box_office *f, int64_t buyer, int64_t seat, const char *phone)
{
	struct delivery d = event(f, false);

	d.subject = held_by(f, buyer, seat);
	assert_int_equal(phone_keep(f->db, f->show, buyer, span_of(phone)), OUTCOME_OK);
	box_office_sql(f, "UPDATE holds SET expires_at = UTC_TIMESTAMP(3) + INTERVAL 100 SECOND");
	return d;
}

static void
a_number_gets_some_texts_a_day_whoever_names_it_and_then_those_about_tickets_only(void **state)
{
	struct box_office *f = *state;
	const int places[] = { A3, B1, B3, A4, A5 };
	struct delivery d;

	for (int i = 0; i < SMS_NUMBER_DAY; i++) {
		d = near_the_end_with(f, 7000 + i, f->seats[places[i]], "+447700900123");
		answers_about(f, &sms, &d, SINK_TAKEN);
		assert_int_equal(phone_keep(f->db, f->show, 7000 + i, SPAN("+447700900199")), OUTCOME_OK);	/* which changes nothing */
	}
	d = near_the_end_with(f, 7100, f->seats[places[SMS_NUMBER_DAY]], "+447700900123");
	answers_about(f, &sms, &d, SINK_NEEDLESS);
	assert_int_equal(one.script->n, SMS_NUMBER_DAY);
	assert_int_equal(phone_keep(f->db, f->show, f->ann, SPAN("+447700900123")), OUTCOME_OK);
	answers(f, &sms, true, SINK_TAKEN);
	assert_int_equal(box_office_number(f, "SELECT COUNT(*) FROM reach_sent WHERE place LIKE '%%7700900123%%'"), 0);
	box_office_sql(f, "UPDATE reach_sent SET at = at - INTERVAL 25 HOUR");
	answers_about(f, &sms, &d, SINK_TAKEN);
}

static void
many_who_name_a_number_do_not_keep_its_owner_from_being_warned(void **state)
{
	struct box_office *f = *state;

	for (int i = 0; i < 20; i++)
		assert_int_equal(phone_keep(f->db, f->show, 7000 + i, SPAN("+447700900123")), OUTCOME_OK);
	assert_int_equal(phone_keep(f->db, f->show, f->ann, SPAN("+447700900123")), OUTCOME_OK);
	answers(f, &sms, false, SINK_TAKEN);
}

static void
the_house_sends_so_many_warnings_a_day_and_no_more(void **state)
{
	struct box_office *f = *state;
	struct delivery d = near_the_end_with(f, 7000, f->seats[A3], "+447700900100");
	struct settings s = settings;
	struct sink sink;

	s.sms_day_limit = 1;
	assert_int_equal(sms_start(&sink, f->arena, &s, f->db), 1);
	assert_int_equal(phone_keep(f->db, f->show, f->ann, SPAN("+447700900123")), OUTCOME_OK);
	answers(f, &sink, true, SINK_TAKEN);
	answers_about(f, &sink, &d, SINK_TAKEN);
	answers(f, &sink, false, SINK_NEEDLESS);
	answers(f, &sink, true, SINK_TAKEN);
}

static void
no_text_goes_to_a_country_that_is_not_on_the_list(void **state)
{
	struct box_office *f = *state;
	struct settings s = settings;
	struct sink sink;

	s.sms_countries = "+81 +91";
	assert_int_equal(sms_start(&sink, f->arena, &s, f->db), 1);
	assert_int_equal(phone_keep(f->db, f->show, f->ann, SPAN("+447700900123")), OUTCOME_OK);
	answers(f, &sink, false, SINK_NEEDLESS);
	answers(f, &sink, true, SINK_NEEDLESS);
	assert_int_equal(one.script->n, 0);
}

static void
numbers_are_of_one_show_and_can_be_taken_back(void **state)
{
	struct box_office *f = *state;
	struct span phone;

	assert_int_equal(phone_read(f->db, f->show, f->ann, &phone), OUTCOME_OK);
	assert_int_equal(phone.n, 0);
	assert_int_equal(phone_keep(f->db, f->show, f->ann, SPAN("+447700900123")), OUTCOME_OK);
	assert_int_equal(phone_keep(f->db, f->show, f->ann, SPAN("+447700900124")), OUTCOME_OK);
	assert_int_equal(phone_read(f->db, f->show, f->ann, &phone), OUTCOME_OK);
	assert_true(span_is(phone, "+447700900124"));
	assert_int_equal(phone_read(f->db, f->show + 1, f->ann, &phone), OUTCOME_OK);
	assert_int_equal(phone.n, 0);
	assert_int_equal(phone_keep(f->db, f->show, f->ann, SPAN_NONE), OUTCOME_OK);
	assert_int_equal(phone_read(f->db, f->show, f->ann, &phone), OUTCOME_OK);
	assert_int_equal(phone.n, 0);
}

/* -- both ------------------------------------------------------------------------------------------------------------------------ */

static void
what_is_days_old_is_forgotten(void **state)
{
	struct box_office *f = *state;

	wants_push(f, &one, "a");
	wants_push(f, &one, "b");
	assert_int_equal(phone_keep(f->db, f->show, f->ann, SPAN("+447700900123")), OUTCOME_OK);
	answers(f, &sms, false, SINK_TAKEN);
	directories_tidy(f->db);
	assert_int_equal(browsers(f), 2);
	assert_int_equal(box_office_number(f, "SELECT COUNT(*) FROM reach_sent"), 1);
	box_office_sql(f, "UPDATE push_browsers SET created_at = created_at - INTERVAL 5 DAY WHERE endpoint LIKE '%%/a';\n"
	    "UPDATE buyer_phones SET created_at = created_at - INTERVAL 5 DAY;\n"
	    "UPDATE reach_sent SET at = at - INTERVAL 5 DAY");
	directories_tidy(f->db);
	assert_int_equal(browsers(f), 1);
	assert_int_equal(box_office_number(f, "SELECT COUNT(*) FROM buyer_phones"), 0);
	assert_int_equal(box_office_number(f, "SELECT COUNT(*) FROM reach_sent"), 0);
}

static void
without_settings_there_is_no_such_sink(void **state)
{
	struct box_office *f = *state;
	struct settings none = settings;
	struct sink sink;

	none.push_key.hidden = SPAN_NONE;
	none.sms_url = "";
	assert_int_equal(push_start(&sink, f->arena, &none, f->db), 0);
	assert_int_equal(sms_start(&sink, f->arena, &none, f->db), 0);
}

static int
open_all(void **state)
{
	struct box_office *f;
	struct buf key;

	box_office_open(state);
	f = *state;
	gateway_open(&one);
	gateway_open(&other);
	browser = gateway_browser(f->arena);
	assert_true(p256_key_make(&house_key));
	buf_init(&key, f->arena, KiB);
	base64url_print(&key, house_key.private, P256_PRIVATE);
	settings = (struct settings){ .base_url = "https://tickets.foyer.example", .house_name = "Foyer", .token_key = { SPAN(TOKEN_KEY) },
		.push_key = { buf_view(&key) }, .push_contact = "mailto:it@foyer.example",
		.outside_allow = arena_fmt(f->arena, "127.0.0.1:%d 127.0.0.1:%d", one.port, other.port).p,
		.sms_url = arena_fmt(f->arena, "http://127.0.0.1:%d", one.port).p, .sms_user = "AC0123", .sms_password = { SPAN("sesame") },
		.sms_from = "+15005550006", .sms_countries = "", .sms_day_limit = 2000 };
	assert_int_equal(sms_start(&sms, f->arena, &settings, f->db), 1);
	return 0;
}

static int
close_all(void **state)
{
	gateway_close(&one);
	gateway_close(&other);
	return box_office_close(state);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup(name, near_the_end)
		T(a_browser_is_told_of_the_end_for_as_long_as_there_is_time), T(a_browser_is_told_that_it_is_paid_with_the_seats_that_are_live),
		T(another_browser_cannot_open_it), T(nobody_is_told_of_what_is_over), T(who_did_not_ask_is_not_told), T(a_browser_that_is_gone_is_forgotten),
		T(a_service_that_is_down_is_left_alone_and_holds_up_no_other), T(of_several_browsers_only_those_not_reached_are_tried_again),
		T(a_services_no_is_a_refusal_and_too_many_requests_is_none), T(a_private_address_is_not_called_whatever_was_stored),
		T(a_service_that_hangs_is_not_waited_for), T(a_buyer_has_some_browsers_and_no_more), T(a_text_goes_out_in_the_gateways_form),
		T(a_messaging_service_sends_by_its_own_name), T(every_text_fits_one_message_where_letters_allow_it),
		T(a_gateways_answer_decides_what_becomes_of_a_text), T(a_hold_is_warned_of_once_however_often_it_is_extended),
		T(a_number_gets_some_texts_a_day_whoever_names_it_and_then_those_about_tickets_only),
		T(many_who_name_a_number_do_not_keep_its_owner_from_being_warned), T(the_house_sends_so_many_warnings_a_day_and_no_more),
		T(no_text_goes_to_a_country_that_is_not_on_the_list), T(numbers_are_of_one_show_and_can_be_taken_back), T(what_is_days_old_is_forgotten),
		T(without_settings_there_is_no_such_sink),
	};

	return cmocka_run_group_tests(tests, open_all, close_all);
}
