/* test_reach.c - where buyers can be reached: numbers as people type them, endpoints as anybody can claim them, and what fits into a text. */
#include "base/base.h"

#include <setjmp.h>

#include <cmocka.h>

#include "base/crypto.h"
#include "domain/phones.h"
#include "domain/push_browsers.h"
#include "domain/reach_sent.h"
#include "relay/sms.h"
#include "relay/sms_text.h"

#define HOUSES "fcm.googleapis.com *.push.services.mozilla.com updates.push.services.mozilla.com *.push.apple.com *.notify.windows.com"
/* Names that no list should have: what they mean is looked at all the same. */
#define SERVICES HOUSES " push.foyer.co.uk *.local *.localhost localhost 127.0.0.1 *.internal *.lan *.co.uk"

static struct arena *arena;

/* -- numbers ------------------------------------------------------------------------------------------------------------------- */

static void
numbers_are_brought_into_one_form(void **state)
{
	static const char *const cases[][2] = {
		{ "+447700900123", "+447700900123" }, { " +44 7700 900 123 ", "+447700900123" }, { "0044 7700-900.123", "+447700900123" },
		{ "+44 (0)7700 900123", "+447700900123" }, { "+1 (212) 555-0123", "+12125550123" }, { "+91/98765/43210", "+919876543210" },
		{ "+12345678", "+12345678" }, { "+123456789012345", "+123456789012345" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct span phone = SPAN_NONE;

		if (!phone_normal(arena, span_of(cases[i][0]), &phone) || !span_is(phone, cases[i][1]))
			fail_msg("%s became " PRSPAN, cases[i][0], ARGSPAN(phone));
	}
}

static void
what_is_no_number_of_a_country_is_refused(void **state)
{
	static const char *const bad[] = { "", "+", "00", "07700 900123", "7700900123", "+1234567", "+1234567890123456", "+44 7700 9OO123", "+44+7700900123",
		"+4477００900123", "+44 7700 900123 x5", "+0447700900123", "+44 7700\n900123", "tel:+447700900123", "+44 7700 900123,+447700900124",
		"+4 4 7 7 0 0 9 0 0 1 2 3                                " "                    -" };
	struct span phone;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		if (phone_normal(arena, span_of(bad[i]), &phone))
			fail_msg("\"%s\" was taken", bad[i]);
	assert_false(phone_normal(arena, (struct span){ "+4477009\0" "00123", 14 }, &phone));
}

static void
numbers_are_held_against_the_countries_that_are_texted_to(void **state)
{
	(void)state;
	assert_true(phone_of_countries("", SPAN("+998901234567")));
	assert_true(phone_of_countries("+44 +91 +81", SPAN("+447700900123")));
	assert_true(phone_of_countries("+44 +91 +81", SPAN("+819012345678")));
	assert_false(phone_of_countries("+44 +91 +81", SPAN("+998901234567")));
	assert_false(phone_of_countries("+44 +91 +81", SPAN("+4")));
}

static void
a_place_is_the_same_however_it_is_written_and_says_nothing_of_it(void **state)
{
	static const char *const same[] = { "Ann@Example.org", "ann+one@example.org", "ann+two+three@example.org" };
	static const char *const others[] = { "anne@example.org", "ann@example.com", "ann", "+ann@example.org", "+447700900123", "+447700900124" };
	struct key key = { { 1 } }, other = { { 2 } };
	struct hex64 ann = reach_place(&key, SPAN("ann@example.org")), place;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(same); i++) {
		place = reach_place(&key, span_of(same[i]));
		if (strcmp(place.text, ann.text) != 0)
			fail_msg("%s is another place", same[i]);
	}
	for (size_t i = 0; i < ARRAY_LEN(others); i++) {
		place = reach_place(&key, span_of(others[i]));
		if (strcmp(place.text, ann.text) == 0)
			fail_msg("%s is the same place", others[i]);
	}
	assert_string_not_equal(reach_place(&key, SPAN("+447700900123")).text, reach_place(&key, SPAN("+447700900124")).text);
	assert_string_not_equal(reach_place(&other, SPAN("ann@example.org")).text, ann.text);
}

/* -- endpoints ------------------------------------------------------------------------------------------------------------------- */

static void
endpoints_of_push_services_are_taken(void **state)
{
	static const char *const good[] = { "https://fcm.googleapis.com/fcm/send/dpH5lCsTSSM:APA91bHqjZxM0VImWWqDRN7U0a3A",
		"https://updates.push.services.mozilla.com/wpush/v2/gAAAAABe", "https://web.push.apple.com/QGBl-AsB",
		"https://wns2-par02p.notify.windows.com/w/?token=BQYAAA%2bc",
		"https://push.foyer.co.uk:8443/x", "https://push.foyer.co.uk:443/x" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(good); i++)
		if (!push_endpoint_good(span_of(good[i]), SERVICES, ""))
			fail_msg("%s was refused", good[i]);
}

static void
endpoints_that_can_be_none_are_refused(void **state)
{
	static const char *const bad[] = { "", "https://", "http://push.foyer.co.uk/x", "ftp://push.foyer.co.uk/x", "https://localhost/x", "https://push/x",
		"https://127.0.0.1/x", "https://127.1/x", "https://2130706433/x", "https://0x7f000001/x", "https://0x7f.0.0.0x1/x", "https://0177.0.0.1/x",
		"https://[::1]/x", "https://[::ffff:127.0.0.1]/x", "https://169.254.169.254/latest", "https://10.0.0.1/x", "https://push.local/x",
		"https://db.internal/x", "https://router.lan/x", "https://x.localhost/x", "https://push.foyer.co.uk./x", "https://push..co.uk/x",
		"https://-push.co.uk/x", "https://push.foyer.co.uk:22/x", "https://push.foyer.co.uk:0/x", "https://push.foyer.co.uk:99999/x",
		"https://push.foyer.co.uk:/x", "https://push.foyer.co.uk:80a/x", "https://u:p@push.foyer.co.uk/x", "https://push.foyer.co.uk#@127.0.0.1/x",
		"https://push.foyer.co.uk\\@127.0.0.1/x", "https://push.foyer.co.uk/x y", "https://push.foyer.co.uk/x\r\nA: b", "https://püsh.co.uk/x",
		"HTTPS://push.foyer.co.uk/x", "//push.foyer.co.uk/x", "https://push.foyer.co.uk?x", "https://db.INTERNAL/x" };
	char longest[PUSH_ENDPOINT_MAX + 2] = "https://push.foyer.co.uk/";

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		if (push_endpoint_good(span_of(bad[i]), SERVICES, ""))
			fail_msg("%s was taken", bad[i]);
	memset(longest + strlen(longest), 'a', sizeof(longest) - 1 - strlen(longest));
	assert_false(push_endpoint_good((struct span){ longest, PUSH_ENDPOINT_MAX + 1 }, SERVICES, ""));
	assert_true(push_endpoint_good((struct span){ longest, PUSH_ENDPOINT_MAX }, SERVICES, ""));
}

static void
hosts_that_are_no_push_services_are_refused(void **state)
{
	static const char *const good[] = { "https://fcm.googleapis.com/x", "https://FCM.googleapis.com/x", "https://web.push.apple.com/x",
		"https://a.b.push.apple.com/x", "https://updates.push.services.mozilla.com:443/x" };
	static const char *const bad[] = { "https://slow1.attacker.example.com/x", "https://push.apple.com/x", "https://evilpush.apple.com/x",
		"https://x.fcm.googleapis.com/x", "https://googleapis.com/x", "https://fcm.googleapis.com.evil.net/x" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(good); i++)
		if (!push_endpoint_good(span_of(good[i]), HOUSES, ""))
			fail_msg("%s was refused", good[i]);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		if (push_endpoint_good(span_of(bad[i]), HOUSES, ""))
			fail_msg("%s was taken", bad[i]);
}

static void
places_of_the_list_are_taken_and_no_others(void **state)
{
	(void)state;
	assert_true(push_endpoint_good(SPAN("http://127.0.0.1:9000/x"), SERVICES, "push.inside:80 127.0.0.1:9000"));
	assert_false(push_endpoint_good(SPAN("http://127.0.0.1:9001/x"), SERVICES, "push.inside:80 127.0.0.1:9000"));
	assert_false(push_endpoint_good(SPAN("http://127.0.0.1/x"), SERVICES, "push.inside:80 127.0.0.1:9000"));
	assert_false(push_endpoint_good(SPAN("http://x@127.0.0.1:9000/x"), SERVICES, "push.inside:80 127.0.0.1:9000"));
}

static void
keys_must_be_a_point_and_a_secret_of_their_lengths(void **state)
{
	static const char point[] = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4";
	static const char auth[] = "BTBZMqHH6r4Tts7J_aSIgg";
	static const char *const bad[][2] = { { "", auth }, { point, "" }, { auth, auth }, { point, point }, { point, "BTBZMqHH6r4Tts7J_aSIg" },
		{ "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw0", auth }, { "!", auth } };

	(void)state;
	assert_true(push_keys_good(&(struct push_address){ .point = span_of(point), .auth = span_of(auth) }));
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_false(push_keys_good(&(struct push_address){ .point = span_of(bad[i][0]), .auth = span_of(bad[i][1]) }));
}

/* -- texts ----------------------------------------------------------------------------------------------------------------------- */

static void
a_text_is_counted_as_the_network_does(void **state)
{
	(void)state;
	assert_int_equal(sms_septets(SPAN("Foyer: £11.00, è @ Ω")), 20);
	assert_int_equal(sms_septets(SPAN("€[]")), 6);
	assert_int_equal(sms_septets(SPAN("अँधेरे")), 0);
	assert_int_equal(sms_septets(SPAN("’")), 0);
	assert_int_equal(sms_septets(SPAN("\xc2")), 0);
}

static void
signs_of_print_become_those_of_a_typewriter(void **state)
{
	(void)state;
	assert_true(span_is(sms_plain(arena, SPAN(" The Lamp’s “End” – now… A · B\n")), "The Lamp's \"End\" - now... A - B"));
	assert_true(span_is(sms_plain(arena, SPAN("a\nb\u00a0c")), "a b c"));
}

static void
a_long_title_is_cut_where_a_letter_ends(void **state)
{
	(void)state;
	assert_true(span_is(sms_shorter(arena, SPAN("A Very Long Title Indeed"), 160), "A Very Long Title Indeed"));
	assert_true(span_is(sms_shorter(arena, SPAN("A Very Long Title Indeed"), 165), "A Very Long Titl..."));
	assert_true(span_is(sms_shorter(arena, SPAN("A Very Long Title Indeed"), 400), "A Very Long ..."));
	assert_true(span_is(sms_shorter(arena, SPAN("éééééééééééééééééé"), 400), "éééééééééééé..."));
	assert_true(span_is(sms_shorter(arena, SPAN("Short"), 400), "Short"));
	assert_true(span_is(sms_shorter(arena, SPAN("अँधेरे की रोशनी"), 0), "अँधेरे की रोशनी"));
}

static void
an_answer_is_told_from_others_by_whose_no_it_is(void **state)
{
	static const struct {
		long status;
		const char *body;
		enum sink_answer answer;
	} cases[] = {
		{ 201, "{\"sid\":\"SM1\"}", SINK_TAKEN }, { 200, "", SINK_TAKEN }, { 400, "{\"code\": 21211, \"status\": 400}", SINK_REFUSED },
		{ 400, "{\"code\":21614}", SINK_REFUSED }, { 400, "", SINK_REFUSED }, { 400, "{\"code\":21610}", SINK_NEEDLESS },
		{ 400, "{\"code\":21606}", SINK_DOWN }, { 401, "{\"code\":20003}", SINK_DOWN }, { 403, "", SINK_DOWN }, { 404, "{\"code\":20404}", SINK_DOWN },
		{ 429, "{\"code\":20429}", SINK_DOWN }, { 500, "", SINK_DOWN }, { 503, "{\"code\":21211}", SINK_DOWN }, { 302, "", SINK_DOWN },
		{ 400, "{\"code\"", SINK_REFUSED }, { 400, "{\"code\": 99999999999999999999}", SINK_REFUSED }, { 400, "\"code\":", SINK_REFUSED },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct span why = SPAN_NONE;

		if (sms_answer(arena, cases[i].status, span_of(cases[i].body), &why) != cases[i].answer)
			fail_msg("%ld %s: " PRSPAN, cases[i].status, cases[i].body, ARGSPAN(why));
		assert_true(cases[i].answer == SINK_TAKEN || (why.n > 0 && why.n <= 200));
	}
}

static int
open_arena(void **state)
{
	(void)state;
	crypto_start();
	arena = arena_new(16 * MiB);
	return 0;
}

static int
close_arena(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_are_brought_into_one_form),
		cmocka_unit_test(what_is_no_number_of_a_country_is_refused),
		cmocka_unit_test(numbers_are_held_against_the_countries_that_are_texted_to),
		cmocka_unit_test(a_place_is_the_same_however_it_is_written_and_says_nothing_of_it),
		cmocka_unit_test(endpoints_of_push_services_are_taken),
		cmocka_unit_test(endpoints_that_can_be_none_are_refused),
		cmocka_unit_test(hosts_that_are_no_push_services_are_refused),
		cmocka_unit_test(places_of_the_list_are_taken_and_no_others),
		cmocka_unit_test(keys_must_be_a_point_and_a_secret_of_their_lengths),
		cmocka_unit_test(a_text_is_counted_as_the_network_does),
		cmocka_unit_test(signs_of_print_become_those_of_a_typewriter),
		cmocka_unit_test(a_long_title_is_cut_where_a_letter_ends),
		cmocka_unit_test(an_answer_is_told_from_others_by_whose_no_it_is),
	};

	return cmocka_run_group_tests(tests, open_arena, close_arena);
}
