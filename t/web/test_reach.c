/*
 * test_reach.c - how buyers ask to be told by push and by text, and are: the whole way from the checkout to the services' doors, which the
 * test plays. First without settings, where nothing of it may be seen.
 */
#include "base/base.h"

#include <setjmp.h>
#include <unistd.h>

#include <cmocka.h>

#include "t/lib/buyer.h"
#include "t/lib/gateway.h"
#include "t/lib/letters.h"
#include "t/lib/logs.h"

#include "base/crypto.h"
#include "base/files.h"

#define NUMBER "+447700900123"
#define TYPED "mobile=%2B44+7700+900123"

static struct stack stack;
static struct gateway service, texts;
static struct gateway_browser browser;
static const char *public_key;
static int next_seat;

static int64_t
show(void)
{
	return stack_number(&stack, "SELECT MIN(show_id) FROM show_sales WHERE hold_seconds > 60");
}

static const char *
takes(struct visitor *v)
{
	return buyer_takes(v, show(), next_seat++, 1);
}

static const char *
at(const char *hold, const char *act)
{
	return arena_fmt(stack.arena, "%s/%s", hold, act).p;
}

static const char *
subscription(const char *endpoint, const char *more)
{
	return arena_fmt(stack.arena, "endpoint=%s&p256dh=%s&auth=%s%s", endpoint, browser.point_text, browser.auth_text, more).p;
}

static const char *
endpoint(const char *name)
{
	return arena_fmt(stack.arena, "http%%3A%%2F%%2F127.0.0.1%%3A%d%%2Fpush%%2F%s", service.port, name).p;
}

static int64_t
rows(const char *table)
{
	return stack_number(&stack, "SELECT COUNT(*) FROM %s", table);
}

/* -- not configured -------------------------------------------------------------------------------------------------------------- */

static void
without_settings_no_page_shows_or_takes_any_of_it(void **state)
{
	static const char *const signs[] = { "push.js", "data-push", "data-w=\"push", "name=\"mobile\"", "/text\"", "Mobile" };
	struct visitor *v = visitor_new(&stack);
	const char *hold = takes(v);
	struct page p = visitor_get(v, hold);

	(void)state;
	assert_int_equal(p.status, 200);
	for (size_t i = 0; i < ARRAY_LEN(signs); i++)
		if (page_has(p, signs[i]))
			fail_msg("the checkout has %s", signs[i]);
	assert_int_equal(visitor_post(v, at(hold, "push"), subscription(endpoint("a"), "")).status, 404);
	assert_int_equal(visitor_post(v, at(hold, "text"), TYPED).status, 404);
	assert_int_equal(visitor_post(v, at(hold, "pay"), "email=ann%40example.org&name=Ann+Example&provider=stripe&" TYPED).status, 303);
	assert_int_equal(rows("push_browsers") + rows("buyer_phones"), 0);
	assert_int_equal(stack_number(&stack, "SELECT COUNT(*) FROM deliveries WHERE sink IN ('push', 'sms')"), 0);
	visitor_free(v);
}

/* From here on it is. */
static void
a_key_of_foyerctl_turns_push_on(void **state)
{
	const char *text, *end;
	struct page p;
	struct visitor *v = visitor_new(&stack);
	FILE *f = fopen(arena_fmt(stack.arena, "%s/extra.conf", stack.folder).p, "we");

	(void)state;
	assert_int_equal(stack_ctl_says(&stack, "push-key", &text), 0);
	end = strchr(text, '\n');
	assert_true(span_starts(span_of(text), "push_key = ") && end);
	public_key = CSTR(stack.arena, span_trim(span_of(strstr(end, ": ") + 2)));
	logs_never(&stack, arena_fmt(stack.arena, "%.*s", (int)(end - text) - 11, text + 11).p);
	fprintf(f, "%.*s\npush_contact = mailto:it@foyer.example\noutside_allow = 127.0.0.1:%d\nsms_url = http://127.0.0.1:%d\nsms_user = AC0123\n"
	    "sms_password = sesame-of-the-test\nsms_from = Foyer\n"
	    "sms_countries = +44 +91\n", (int)(end - text), text, service.port, texts.port);
	fclose(f);
	assert_int_equal(stack_demo(&stack, "start foyerd"), 0);
	assert_int_equal(stack_demo(&stack, "start relay"), 0);
	p = visitor_get(v, takes(v));
	assert_true(page_has(p, arena_fmt(stack.arena, "data-push=\"%s\"", public_key).p));
	assert_true(page_has(p, "<input id=\"mobile\" name=\"mobile\" type=\"tel\""));
	assert_non_null(strstr(CSTR(stack.arena, page_header(p, "Content-Security-Policy")), "worker-src 'self';"));
	visitor_free(v);
}

static void
the_worker_has_one_address_for_ever(void **state)
{
	struct visitor *v = visitor_new(&stack);
	struct page p = visitor_get(v, "/push-worker.js");

	(void)state;
	assert_int_equal(p.status, 200);
	assert_true(span_starts(p.type, "application/javascript"));
	assert_null(memmem(p.head.p, p.head.n, "immutable", 9));
	assert_true(page_has(p, "showNotification"));
	visitor_free(v);
}

/* -- asking to be told ------------------------------------------------------------------------------------------------------------- */

static void
a_browser_is_kept_for_its_own_hold_only(void **state)
{
	struct visitor *v = visitor_new(&stack), *stranger = visitor_new(&stack), *evil = visitor_new(&stack);
	const char *hold = takes(v), *path = at(hold, "push"), *good = subscription(endpoint("a"), "");

	(void)state;
	takes(stranger);
	visitor_says(evil, "Origin: https://evil.example");
	assert_int_equal(visitor_post(stranger, path, good).status, 404);
	assert_int_equal(visitor_post(evil, path, good).status, 403);
	assert_int_equal(visitor_get(v, path).status, 405);
	assert_int_equal(rows("push_browsers"), 0);
	assert_int_equal(visitor_post(v, path, good).status, 204);
	assert_int_equal(visitor_post(v, path, good).status, 204);
	assert_int_equal(rows("push_browsers"), 1);
	assert_int_equal(visitor_post(v, path, subscription(endpoint("a"), "&forget=1")).status, 204);
	assert_int_equal(rows("push_browsers"), 0);
	visitor_free(v);
	visitor_free(stranger);
	visitor_free(evil);
}

static void
what_is_no_subscription_is_not_kept(void **state)
{
	static const char *const bad[] = { "", "https%3A%2F%2F127.0.0.1%2Fx", "https%3A%2F%2Flocalhost%2Fx", "http%3A%2F%2Ffcm.googleapis.com%2Fx",
		"https%3A%2F%2F169.254.169.254%2Flatest", "https%3A%2F%2Fdb.internal%2Fx", "https%3A%2F%2Fslow1.foyer.co.uk%2Fx" };
	struct visitor *v = visitor_new(&stack);
	const char *path = at(takes(v), "push");

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		if (visitor_post(v, path, subscription(bad[i], "")).status != 422)
			fail_msg("%s was taken", bad[i]);
	assert_int_equal(visitor_post(v, path, arena_fmt(stack.arena, "endpoint=%s&p256dh=%s&auth=x", endpoint("a"), browser.point_text).p).status, 422);
	assert_int_equal(visitor_post(v, path, arena_fmt(stack.arena, "endpoint=%s&p256dh=B%s&auth=%s", endpoint("a"), browser.point_text,
	    browser.auth_text).p).status, 422);
	assert_int_equal(visitor_post(v, path, "x=y").status, 422);
	assert_int_equal(rows("push_browsers"), 0);
	for (int i = 0; i < 3; i++)
		assert_int_equal(visitor_post(v, path, subscription(endpoint(arena_fmt(stack.arena, "%d", i).p), "")).status, 204);
	assert_int_equal(visitor_post(v, path, subscription(endpoint("3"), "")).status, 409);
	stack_sql(&stack, "DELETE FROM push_browsers");
	visitor_free(v);
}

static void
a_number_is_taken_down_without_paying_or_questioned(void **state)
{
	struct visitor *v = visitor_new(&stack), *stranger = visitor_new(&stack);
	const char *hold = takes(v);
	struct page p = visitor_post(v, at(hold, "text"), "email=half%40exa&name=Ann&provider=stripe&mobile=07700+900123");

	(void)state;
	assert_int_equal(p.status, 422);
	assert_true(page_has(p, "value=\"07700 900123\"") && page_has(p, "value=\"half@exa\"") && page_has(p, "it needs the country’s code"));
	assert_false(page_has(p, "it needs a name, an @"));
	p = visitor_post(v, at(hold, "text"), "mobile=%2B998+90+1234567");
	assert_int_equal(p.status, 422);
	assert_true(page_has(p, "value=\"+998 90 1234567\"") && page_has(p, "We cannot text to numbers of that country."));
	assert_int_equal(visitor_post(v, at(hold, "text"), "mobile=").status, 422);
	assert_int_equal(visitor_post(stranger, at(hold, "text"), TYPED).status, 404);
	assert_int_equal(rows("buyer_phones"), 0);
	p = visitor_post(v, at(hold, "text"), "email=ann%40example.org&name=Ann+Example&provider=paypal&" TYPED);
	assert_int_equal(p.status, 200);
	assert_true(page_has(p, "We will text " NUMBER " two minutes before"));
	/* the rest of the form is not lost for it */
	assert_true(page_has(p, "value=\"" NUMBER "\"") && page_has(p, "value=\"ann@example.org\"") && page_has(p, "value=\"Ann Example\""));
	assert_true(page_has(p, "value=\"paypal\" checked"));
	assert_true(page_has(visitor_get(v, hold), "value=\"" NUMBER "\""));
	p = visitor_post(v, at(hold, "pay"), "email=ann%40example.org&name=Ann+Example&provider=stripe&mobile=123");
	assert_int_equal(p.status, 422);
	assert_true(page_has(p, "it needs the country’s code"));
	p = visitor_post(v, at(hold, "pay"), "email=ann%40example.org&name=Ann+Example&provider=stripe&mobile=");
	assert_int_equal(p.status, 303);		/* and nobody wants texts any more */
	assert_int_equal(rows("buyer_phones"), 0);
	visitor_free(v);
	visitor_free(stranger);
}

/* The path of a link in a text or letter, without the site's address. */
static const char *
link_in(const char *body)
{
	const char *site = arena_fmt(stack.arena, "http://127.0.0.1:%d/", stack.port).p, *link = strstr(body, site);

	assert_non_null(link);
	return link + strlen(site) - 1;
}

/* The path of a link to it, as the letter to whoever was written to has it. */
static const char *
link_by_mail(struct visitor *v, const char *hold)
{
	struct span mail;
	int64_t event;

	assert_int_equal(visitor_post(v, at(hold, "address"), "email=ann%40example.org").status, 303);
	event = stack_number(&stack, "SELECT MAX(outbox_id) FROM outbox WHERE type = 'HOLD_ADDRESS_GIVEN'");
	assert_true(stack_until(&stack, 60, 1, arena_fmt(stack.arena, "SELECT COUNT(*) FROM deliveries WHERE sink = 'mail' AND state = 'sent' "
	    "AND outbox_id = %" PRId64, event).p));
	assert_true(file_read(stack.arena, arena_fmt(stack.arena, "%s/mail/%" PRId64 "-%" PRId64 ".eml", stack.folder, show(), event).p, MiB, &mail));
	mail = span_of(link_in(CSTR(stack.arena, letter_body(stack.arena, mail))));
	return CSTR(stack.arena, span_cut(&mail, '\n'));
}

static void
where_seats_were_brought_nobody_is_asked_or_told_of_the_buyers_number(void **state)
{
	struct visitor *v = visitor_new(&stack), *phone = visitor_new(&stack);
	const char *hold = takes(v), *path = link_by_mail(v, hold);
	struct page p;

	(void)state;
	assert_int_equal(visitor_post(v, at(hold, "text"), TYPED).status, 200);
	assert_int_equal(visitor_post(phone, path, "").status, 303);
	p = visitor_get(phone, hold);
	assert_int_equal(p.status, 200);
	assert_true(page_has(p, "Held for you until"));
	assert_false(page_has(p, "data-push") || page_has(p, "push.js") || page_has(p, "name=\"mobile\"") || page_has(p, NUMBER));
	assert_int_equal(visitor_post(phone, at(hold, "push"), subscription(endpoint("b"), "")).status, 404);
	assert_int_equal(visitor_post(phone, at(hold, "text"), "mobile=%2B44+7700+900999").status, 404);
	p = visitor_post(phone, at(hold, "pay"), "email=ann%40example.org&name=Ann+Example&provider=stripe&mobile=%2B44+7700+900999");
	assert_int_equal(p.status, 303);
	assert_int_equal(rows("push_browsers"), 0);
	assert_int_equal(stack_number(&stack, "SELECT COUNT(*) FROM buyer_phones WHERE phone = '" NUMBER "'"), 1);
	assert_int_equal(rows("buyer_phones"), 1);
	stack_sql(&stack, "DELETE FROM buyer_phones");
	visitor_free(v);
	visitor_free(phone);
}

static void
the_page_about_privacy_tells_of_both(void **state)
{
	struct visitor *v = visitor_new(&stack);
	struct page p = visitor_get(v, "/help/privacy");

	(void)state;
	assert_true(page_has(p, "Your mobile number, if you give us one"));
	assert_true(page_has(p, "It goes to the company that sends our texts"));
	assert_true(page_has(p, "the push service of whoever makes the browser"));
	assert_true(page_has(p, "We forget it after four days.") && page_has(p, "We forget this after four days too."));
	visitor_free(v);
}

static void
what_is_over_takes_no_more(void **state)
{
	struct visitor *v = visitor_new(&stack);
	const char *hold = takes(v);

	(void)state;
	stack_later(&stack, 4000);
	assert_int_equal(visitor_post(v, at(hold, "push"), subscription(endpoint("a"), "")).status, 410);
	assert_int_equal(visitor_post(v, at(hold, "text"), TYPED).status, 303);
	assert_int_equal(rows("push_browsers") + rows("buyer_phones"), 0);
	stack_reap(&stack);
	visitor_free(v);
}

/* -- being told -------------------------------------------------------------------------------------------------------------------- */

static bool
all_told(void)
{
	return stack_until(&stack, 60, 0, "SELECT (SELECT COUNT(*) FROM outbox WHERE NOT found) + (SELECT COUNT(*) FROM deliveries "
	    "WHERE state = 'waiting' AND sink IN ('push', 'sms'))");
}

static void
who_asked_is_told_of_the_end_and_of_the_tickets(void **state)
{
	struct visitor *v = visitor_new(&stack), *phone = visitor_new(&stack);
	const char *hold = takes(v), *text;

	(void)state;
	gateway_forget(&service);
	gateway_forget(&texts);
	assert_int_equal(visitor_post(v, at(hold, "push"), subscription(endpoint("a"), "")).status, 204);
	assert_int_equal(visitor_post(v, at(hold, "text"), TYPED).status, 200);
	stack_later(&stack, stack_number(&stack, "SELECT MAX(TIMESTAMPDIFF(SECOND, UTC_TIMESTAMP(), expires_at)) FROM holds "
	    "WHERE state = 'active'") - 100);
	stack_reap(&stack);
	assert_true(all_told());
	text = gateway_opened(stack.arena, &browser, gateway_newest(&service));
	assert_non_null(text);
	assert_non_null(strstr(text, arena_fmt(stack.arena, "\"path\":\"%s\"", hold).p));
	assert_non_null(strstr(gateway_field(stack.arena, gateway_newest(&texts), "Body"), "Pay before then, or it goes back on sale."));
	assert_int_equal(visitor_get(v, hold).status, 200);
	buyer_lands(v, buyer_at_provider(v, visitor_post(v, at(hold, "pay"),
	    "email=ann%40example.org&name=Ann+Example&provider=stripe&" TYPED), "pay"));
	assert_true(stack_until(&stack, 60, 2, "SELECT COUNT(*) FROM deliveries d JOIN outbox o USING (show_id, outbox_id) "
	    "WHERE o.type = 'BOOKING_CONFIRMED' AND d.sink IN ('push', 'sms') AND d.state = 'sent'"));
	text = gateway_opened(stack.arena, &browser, gateway_newest(&service));
	assert_non_null(strstr(text, "{\"title\":\"Booked: The Storm\""));
	text = gateway_field(stack.arena, gateway_newest(&texts), "Body");
	assert_true(page_has(visitor_get(phone, link_in(text)), "You’re going to"));
	assert_int_equal(service.script->n, 2);
	assert_int_equal(texts.script->n, 2);
	visitor_free(v);
	visitor_free(phone);
}

static void
nobody_else_was_told_and_no_log_names_anybody(void **state)
{
	(void)state;
	for (int i = 0; i < texts.script->n; i++)
		assert_string_equal(gateway_field(stack.arena, &texts.script->log[i], "To"), NUMBER);
	logs_never(&stack, "7700900123");
	logs_never(&stack, "900123");
	logs_never(&stack, "sesame-of-the-test");
	logs_never(&stack, browser.auth_text);
	logs_never(&stack, "/push/a");
	assert_true(logs_clean(&stack));
}

static int
open_stack(void **state)
{
	(void)state;
	stack_open(&stack, "t/data/storm.programme", "", "");
	gateway_open(&service);
	gateway_open(&texts);
	browser = gateway_browser(stack.arena);
	return 0;
}

static int
close_stack(void **state)
{
	(void)state;
	gateway_close(&service);
	gateway_close(&texts);
	stack_close(&stack);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_settings_no_page_shows_or_takes_any_of_it),
		cmocka_unit_test(a_key_of_foyerctl_turns_push_on),
		cmocka_unit_test(the_worker_has_one_address_for_ever),
		cmocka_unit_test(a_browser_is_kept_for_its_own_hold_only),
		cmocka_unit_test(what_is_no_subscription_is_not_kept),
		cmocka_unit_test(a_number_is_taken_down_without_paying_or_questioned),
		cmocka_unit_test(where_seats_were_brought_nobody_is_asked_or_told_of_the_buyers_number),
		cmocka_unit_test(the_page_about_privacy_tells_of_both),
		cmocka_unit_test(what_is_over_takes_no_more),
		cmocka_unit_test(who_asked_is_told_of_the_end_and_of_the_tickets),
		cmocka_unit_test(nobody_else_was_told_and_no_log_names_anybody),
	};

	return cmocka_run_group_tests(tests, open_stack, close_stack);
}
