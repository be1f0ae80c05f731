/*
 * test_outages.c - parts that stop, crash, hang or are told to begin anew: what readers still see, what they are told, and that all is
 * well again by itself. Before that, what operators see of it, and what every answer carries. test_nginx.sh looks at nginx alone.
 */
#include "base/base.h"

#include <setjmp.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "t/lib/buyer.h"
#include "t/lib/logs.h"
#include "t/lib/operators.h"

#define CROWD 3
#define STALE_US 3300000	/* by then a cached page is older than max-age and stale-while-revalidate together */
#define SOON 15			/* seconds in which a part that is back must be noticed */

static struct stack stack;
static struct visitor *ann, *nobody;
static int64_t show;
static int next_seat;

#define TEXT(...) (arena_fmt(stack.arena, __VA_ARGS__).p)

/* -- the scene ------------------------------------------------------------------------------------------------------------- */

static int
open_stack(void **state)
{
	(void)state;
	stack_open(&stack, "t/data/two-halls.programme", "", "");
	show = stack_number(&stack, "SELECT MIN(show_id) FROM show_sales");
	ann = visitor_new(&stack);
	nobody = visitor_new(&stack);
	return 0;
}

static int
close_stack(void **state)
{
	(void)state;
	stack_close(&stack);
	return 0;
}

static int
audited(void **state)
{
	(void)state;
	return stack_audit(&stack);
}

static void
stop(const char *part)
{
	assert_int_equal(stack_demo(&stack, TEXT("stop %s", part)), 0);
}

static void
start(const char *part)
{
	assert_int_equal(stack_demo(&stack, TEXT("start %s", part)), 0);
}

static const char *
hold_form(void)
{
	return TEXT("/shows/%" PRId64 "/hold", show);
}

/* Whose answer is ours, friendly, and says when to come back. */
static void
assert_sorry(struct page p, int status, const char *says)
{
	if (p.status != status || !page_has(p, says))
		fprintf(stderr, "%d where %d \"%s\" is wanted: " PRSPAN "\n", p.status, status, says, ARGSPAN(p.body));
	assert_int_equal(p.status, status);
	assert_true(page_has(p, says));
	assert_true(page_has(p, "<h1>"));
	assert_true(page_has(p, "request "));
	assert_false(page_has(p, "nginx"));
	assert_true(page_header(p, "Retry-After").n > 0);
	assert_non_null(memmem(p.head.p, p.head.n, "no-store", 8));
}

/* Asks until the status comes; the last answer. */
static struct page
until_post(struct visitor *v, const char *path, const char *form, int status)
{
	int64_t end = clock_steady() + SOON * 1000;
	struct page p;

	do {
		p = visitor_post(v, path, form);
		if (p.status == status)
			return p;
		usleep(100000);
	} while (clock_steady() < end);
	return p;
}

/* -- a crowd that asks all the time, and notices every answer that is not as it should be ------------------------------------------ */

struct crowd {
	pid_t pids[CROWD];
};

/* A form that is refused, which nginx must not send twice; or a look at what is never cached. */
static bool
one_asks(struct visitor *v, bool by_form)
{
	struct page p = by_form ? visitor_post(v, hold_form(), "seat=999999") : visitor_get(v, "/holds");
	int wanted = by_form ? 400 : 200;

	if (p.status != wanted)
		fprintf(stderr, "one of the crowd was answered %d\n", p.status);
	return p.status == wanted;
}

/* Some of them, `posters`, by forms. */
static struct crowd
crowd_asks(int milliseconds, int posters)
{
	struct crowd c;

	for (int i = 0; i < CROWD; i++) {
		c.pids[i] = fork();
		if (c.pids[i] == 0) {
			struct visitor *v = visitor_new(&stack);
			int64_t end = clock_steady() + milliseconds;
			bool fine = true;

			while (clock_steady() < end)
				fine &= one_asks(v, i < posters);
			_exit(fine ? 0 : 1);
		}
		assert_true(c.pids[i] > 0);
	}
	return c;
}

static bool
crowd_was_content(const struct crowd *c)
{
	bool content = true;
	int status;

	for (int i = 0; i < CROWD; i++)
		content &= waitpid(c->pids[i], &status, 0) == c->pids[i] && WIFEXITED(status) && WEXITSTATUS(status) == 0;
	return content;
}

/* -- what operators see -------------------------------------------------------------------------------------------------------------- */

static void
metrics_tell_what_was_done(void **state)
{
	static const char *const lines[] = {
		"\nfoyer_requests_total{method=\"POST\",route=\"/shows/{show}/hold\",status=\"303\"} 1\n",
		"\nfoyer_requests_total{method=\"POST\",route=\"/holds/{token}/pay\",status=\"303\"} 1\n",
		"\nfoyer_requests_total{method=\"GET\",route=\"/pay/return/{token}\",status=\"303\"} ",
		"\nfoyer_requests_total{method=\"other\",route=\"none\",status=\"404\"} ",
		"\nfoyer_request_seconds_bucket{lane=\"public\",le=\"0.001\"} ", "\nfoyer_request_seconds_bucket{lane=\"pay\",le=\"+Inf\"} ",
		"\nfoyer_request_seconds_sum{lane=\"public\"} ", "\nfoyer_request_seconds_count{lane=\"webhook\"} ",
		"\nfoyer_workers{lane=\"public\",state=\"idle\"} ", "\nfoyer_workers{lane=\"staff\",state=\"busy\"} 1\n",
		"\nfoyer_worker_restarts_total{reason=\"crash\"} 0\n", "\nfoyer_worker_restarts_total{reason=\"hung\"} 0\n",
		"\nfoyer_calls_in_flight{provider=\"stripe\"} 0\n",
		"\nfoyer_db_errors_total 0\n", "\nfoyer_db_retries_total ", "\nfoyer_holds_taken_total 1\n", "\nfoyer_holds_refused_total 1\n",
		"\nfoyer_payments_started_total 1\n", "\nfoyer_bookings_confirmed_total 1\n", "\nfoyer_webhooks_refused_total 1\n",
	};
	int64_t seat = buyer_seat(&stack, show, next_seat);
	struct page p;

	(void)state;
	buyer_buys(ann, buyer_takes(ann, show, next_seat, 2));
	next_seat += 2;
	assert_int_equal(buyer_hold(nobody, show, &seat, 1).status, 409);
	assert_int_equal(visitor_get(nobody, "/no/where").status, 404);
	assert_int_equal(visitor_post(nobody, "/webhooks/stripe", "{}").status, 400);
	p = operators_get(&stack, "/metrics");
	assert_int_equal(p.status, 200);
	assert_true(span_starts(p.type, "text/plain; version=0.0.4"));
	for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
		if (!page_has(p, lines[i]))
			fprintf(stderr, "no %s in: " PRSPAN, lines[i] + 1, ARGSPAN(p.body));
		assert_true(page_has(p, lines[i]));
	}
}

static void
operators_have_a_door_of_their_own_with_nothing_else_behind_it(void **state)
{
	(void)state;
	assert_true(page_has(operators_get(&stack, "/healthz"), "ok"));
	assert_true(page_has(operators_get(&stack, "/readyz"), "ready"));
	assert_int_equal(operators_get(&stack, "/").status, 404);
	assert_int_equal(operators_get(&stack, "/holds").status, 404);
	assert_int_equal(operators_get(&stack, "/metrics/x").status, 404);
	assert_int_equal(visitor_get(nobody, "/metrics").status, 404);
	assert_int_equal(visitor_get(nobody, "/healthz").status, 404);
	assert_int_equal(visitor_get(nobody, "/readyz").status, 404);
}

/* -- one id a request -------------------------------------------------------------------------------------------------------------- */

/* What stands behind "request " on an error page. */
static const char *
shown_id(struct page p)
{
	struct span id = page_between(p, "request ", "<");

	assert_int_equal(id.n, 32);
	return CSTR(stack.arena, id);
}

static void
an_error_page_shows_the_id_by_which_both_logs_know_the_request(void **state)
{
	const char *cached = shown_id(visitor_get(nobody, "/atlantis")), *private = shown_id(visitor_get(nobody, "/holds/x"));
	const char *refused = shown_id(visitor_post(nobody, hold_form(), "seat=x"));
	const char *by_nginx = shown_id(visitor_send(nobody, "TRACE", "/", SPAN_NONE, NULL));

	(void)state;
	sleep(2);
	assert_int_equal(logs_lines(&stack, "foyer-access.log", cached, "path=\"/atlantis\""), 1);
	assert_int_equal(logs_lines(&stack, "foyerd.log", cached, "route=\"/{city}\""), 1);
	assert_int_equal(logs_lines(&stack, "foyer-access.log", private, "path=\"/holds/(token)\""), 1);
	assert_int_equal(logs_lines(&stack, "foyerd.log", private, "route=\"/holds/{token}\""), 1);
	assert_int_equal(logs_lines(&stack, "foyerd.log", refused, "status=400"), 1);
	assert_int_equal(logs_lines(&stack, "foyer-access.log", by_nginx, "status=405"), 1);
}

static void
every_line_of_a_request_carries_an_id_that_nginx_gave(void **state)
{
	struct span rest = log_text(&stack, "foyerd.log"), access = log_text(&stack, "foyer-access.log");
	int requests = 0;

	(void)state;
	while (rest.n) {
		struct span line = span_cut(&rest, '\n');
		const char *id = memmem(line.p, line.n, " rq=", 4);

		if (memmem(line.p, line.n, " pool.", 6) || memmem(line.p, line.n, "lane=staff", 10))
			continue;
		assert_non_null(id);
		assert_non_null(memmem(access.p, access.n, TEXT("id=%.32s ", id + 4), 36));
		requests++;
	}
	assert_true(requests > 10);
}

/* -- what every answer carries ------------------------------------------------------------------------------------------------------- */

static int
header_times(struct page p, const char *name)
{
	struct span rest = p.head;
	int n = 0;

	while (rest.n) {
		struct span line = span_cut(&rest, '\n');

		n += line.n > strlen(name) && line.p[strlen(name)] == ':' && strncasecmp(line.p, name, strlen(name)) == 0;
	}
	return n;
}

static void
every_answer_has_the_security_headers_once(void **state)
{
	static const char *const names[] = { "X-Content-Type-Options", "Referrer-Policy", "Content-Security-Policy", "Permissions-Policy",
		"Cross-Origin-Opener-Policy" };
	const struct page pages[] = { visitor_get(nobody, "/"), visitor_get(nobody, TEXT("/shows/%" PRId64, show)), visitor_get(ann, "/holds"),
		visitor_get(nobody, "/atlantis"), visitor_send(nobody, "TRACE", "/", SPAN_NONE, NULL), visitor_get(nobody, "/static/400.html"),
		visitor_get(nobody, "/metrics"), visitor_post(nobody, hold_form(), "") };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(pages); i++) {
		for (size_t k = 0; k < ARRAY_LEN(names); k++)
			assert_int_equal(header_times(pages[i], names[k]), 1);
		assert_true(span_is(page_header(pages[i], "X-Content-Type-Options"), "nosniff"));
		assert_true(span_starts(page_header(pages[i], "Content-Security-Policy"), "default-src 'none'"));
		assert_true(span_is(page_header(pages[i], "Server"), "nginx"));
	}
	assert_non_null(memmem(pages[1].head.p, pages[1].head.n, "frame-ancestors 'none'", 22));
	assert_non_null(strstr(CSTR(stack.arena, pages[2].head), TEXT("form-action 'self' http://127.0.0.1:%d", stack.port + 2)));
}

static void
the_sheet_of_a_page_is_kept_for_ever_and_leaves_compressed(void **state)
{
	const char *sheet = CSTR(stack.arena, page_between(visitor_get(nobody, "/"), "rel=\"stylesheet\" href=\"", "\""));
	struct visitor *v = visitor_new(&stack);
	struct page plain = visitor_get(nobody, sheet), packed;

	(void)state;
	visitor_says(v, "Accept-Encoding: gzip");
	packed = visitor_get(v, sheet);
	assert_int_equal(plain.status, 200);
	assert_true(span_is(page_header(plain, "Cache-Control"), "public, max-age=31536000, immutable"));
	assert_true(span_is(page_header(packed, "Content-Encoding"), "gzip"));
	assert_true(packed.body.n < plain.body.n / 2);
	assert_true(span_is(page_header(visitor_get(v, "/testford"), "Content-Encoding"), "gzip"));
	assert_true(span_is(page_header(visitor_get(v, "/holds"), "Content-Encoding"), "gzip"));
	visitor_free(v);
}

static void
a_public_page_is_the_same_bytes_for_everyone_and_no_odd_parameter_splits_it(void **state)
{
	struct visitor *const all[] = { ann, nobody };
	struct page first = visitor_get(nobody, "/testford");
	int64_t before = metric_sum(&stack, "foyer_requests_total", "route=\"/{city}\""), began = clock_steady(), seconds, after;

	(void)state;
	for (int i = 0; i < 60; i++) {
		struct page p = visitor_get(all[i % 2], TEXT("/testford?utm_source=%d&x%d=y", i, i));

		assert_int_equal(p.status, 200);
		assert_true(span_eq(p.body, first.body));
		assert_int_equal(page_header(p, "Set-Cookie").n, 0);
		assert_true(span_starts(page_header(p, "Cache-Control"), "public, max-age=1"));
	}
	seconds = (clock_steady() - began) / 1000 + 1;
	after = metric_sum(&stack, "foyer_requests_total", "route=\"/{city}\"");
	assert_true(after - before <= seconds + 1);
	assert_true(span_eq(visitor_get(ann, "/testford?time=evening&genre=Drama").body,
	    visitor_get(nobody, "/testford?genre=Drama&x=1&time=evening").body));
}

/* -- the provider ------------------------------------------------------------------------------------------------------------------ */

static void
without_the_provider_nothing_is_charged_and_later_it_works(void **state)
{
	const char *hold = buyer_takes(ann, show, next_seat, 2);
	struct page p;

	(void)state;
	next_seat += 2;
	stop("psp");
	p = buyer_pay(ann, hold);
	assert_int_equal(p.status, 503);
	assert_true(page_has(p, "Nothing was charged"));
	assert_true(page_has(p, "value=\"ann@example.org\""));
	assert_true(page_header(p, "Retry-After").n > 0);
	assert_int_equal(visitor_get(ann, hold).status, 200);
	start("psp");
	p = until_post(ann, TEXT("%s/pay", hold), "email=ann%40example.org&name=Ann+Example&provider=stripe", 303);
	p = buyer_lands(ann, buyer_at_provider(ann, p, "pay"));
	assert_true(stack_until(&stack, SOON, 1, "SELECT state = 'paid' FROM payments ORDER BY payment_id DESC LIMIT 1"));
	assert_int_equal(stack_number(&stack, "SELECT COUNT(*) FROM payments WHERE state = 'paid'"), 2);
}

/* -- limits a client --------------------------------------------------------------------------------------------------------------- */

/* How many of n were turned away with the friendly page. */
static int
turned_away(const char *path, const char *form, int n)
{
	int away = 0;

	for (int i = 0; i < n; i++) {
		struct page p = visitor_post(nobody, path, form);

		if (p.status != 429)
			continue;
		assert_sorry(p, 429, "very fast");
		away++;
	}
	return away;
}

static void
who_is_too_fast_gets_a_page_that_says_when_to_come_back(void **state)
{
	int away;

	(void)state;
	setenv("FOYER_EXEMPT", "192.0.2.1", 1);
	start("nginx");
	away = turned_away(hold_form(), "seat=999999", 200);	/* 40 at once and ten a second are let in */
	assert_true(away > 0 && away <= 160);
	away = turned_away("/bookings/find", "reference=x&email=y", 25);
	assert_true(away >= 10 && away <= 20);
	assert_int_equal(visitor_get(nobody, "/testford").status, 200);		/* looking is another matter */
	unsetenv("FOYER_EXEMPT");
	start("nginx");
	assert_int_equal(turned_away(hold_form(), "seat=999999", 80), 0);
}

/* -- foyerd's workers -------------------------------------------------------------------------------------------------------------- */

static void
a_killed_worker_is_replaced_and_nobody_else_sees_it(void **state)
{
	struct crowd crowd = crowd_asks(2500, 0);	/* a form dies with its worker, for nginx must not send it again */
	int64_t lost = workers_lost(&stack);
	pid_t workers[64];
	size_t n = foyerd_workers(&stack, workers, ARRAY_LEN(workers));

	(void)state;
	assert_true(n >= 8);
	for (int i = 0; i < 3; i++) {
		usleep(500000);
		assert_int_equal(kill(workers[i], SIGKILL), 0);
	}
	assert_true(crowd_was_content(&crowd));
	assert_int_equal(workers_lost(&stack), lost + 3);
	assert_int_equal(foyerd_workers(&stack, workers, ARRAY_LEN(workers)), n);
	assert_true(logs_lines(&stack, "foyerd.log", "worker.crashed", "signal=9") >= 3);
}

static void
a_reload_under_load_loses_no_request(void **state)
{
	struct crowd crowd = crowd_asks(3000, 1);
	int64_t lost = workers_lost(&stack), renewed = metric(&stack, "foyer_worker_restarts_total{reason=\"reload\"}");
	pid_t before[64], after[64];
	size_t n = foyerd_workers(&stack, before, ARRAY_LEN(before));

	(void)state;
	for (int i = 0; i < 3; i++) {
		usleep(500000);
		kill(foyerd_master(&stack), SIGHUP);
	}
	assert_true(crowd_was_content(&crowd));
	assert_int_equal(foyerd_workers(&stack, after, ARRAY_LEN(after)), n);
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < n; k++)
			assert_int_not_equal(before[i], after[k]);
	assert_true(metric(&stack, "foyer_worker_restarts_total{reason=\"reload\"}") >= renewed + (int64_t)n);
	assert_int_equal(workers_lost(&stack), lost);
}

static void
a_reload_with_a_wrong_configuration_keeps_the_old_one(void **state)
{
	const char *conf = TEXT("%s/foyer.conf", stack.folder);
	pid_t before[64], after[64];
	size_t n = foyerd_workers(&stack, before, ARRAY_LEN(before));
	FILE *f = fopen(conf, "ae");

	(void)state;
	assert_non_null(f);
	fputs("no_such_key = 1\n", f);
	fclose(f);
	kill(foyerd_master(&stack), SIGHUP);
	sleep(1);
	assert_int_equal(foyerd_workers(&stack, after, ARRAY_LEN(after)), n);
	assert_memory_equal(before, after, n * sizeof(before[0]));
	assert_int_equal(logs_lines(&stack, "foyerd.log", "no_such_key", " config "), 1);
	assert_int_equal(visitor_get(nobody, "/holds").status, 200);
	start("foyerd");	/* ./demo writes the configuration anew */
}

/* -- a part away: what was seen of public pages stays to be seen --------------------------------------------------------------------- */

/* Fresh from foyerd: what was in the cache from before is too old by then, and holds are as the database has them on its disk. */
static void
see(const char *const *pages, size_t n, struct span *seen)
{
	usleep(STALE_US);
	for (size_t i = 0; i < n; i++)
		seen[i] = visitor_get(nobody, pages[i]).body;
}

static void
assert_still_seen(const char *const *pages, size_t n, const struct span *seen)
{
	usleep(STALE_US);
	for (size_t i = 0; i < n; i++) {
		struct page p = visitor_get(nobody, pages[i]);

		if (p.status != 200 || !span_eq(p.body, seen[i]))
			fprintf(stderr, "%s: %d, other than before\n", pages[i], p.status);
		assert_int_equal(p.status, 200);
		assert_true(span_eq(p.body, seen[i]));
	}
}

static void
without_foyerd_public_pages_stay_up_and_forms_are_told_to_come_back(void **state)
{
	const char *const pages[] = { "/", "/testford", TEXT("/shows/%" PRId64, show) };
	struct span seen[ARRAY_LEN(pages)];
	int64_t seat = buyer_seat(&stack, show, next_seat++);

	(void)state;
	see(pages, ARRAY_LEN(pages), seen);
	stop("foyerd");
	assert_still_seen(pages, ARRAY_LEN(pages), seen);
	assert_sorry(visitor_get(nobody, "/testford?q=never+seen"), 502, "back in a moment");
	assert_sorry(visitor_get(ann, "/holds"), 502, "back in a moment");
	assert_sorry(buyer_hold(nobody, show, &seat, 1), 502, "Nothing new was held or charged");
	assert_sorry(visitor_get(nobody, "/pay/return/x"), 502, "Your payment is safe");
	assert_int_equal(visitor_post(nobody, "/webhooks/stripe", "{}").status, 502);	/* so the provider sends it again */
	start("foyerd");
	assert_int_equal(until_post(nobody, hold_form(), TEXT("seat=%" PRId64, seat), 303).status, 303);
	assert_int_equal(visitor_get(ann, "/holds").status, 200);
}

static void
without_the_database_public_pages_stay_up_and_forms_are_told_to_come_back(void **state)
{
	const char *const pages[] = { "/", "/testford", TEXT("/shows/%" PRId64, show), TEXT("/shows/%" PRId64 "/seats", show), "/help/terms" };
	struct span seen[ARRAY_LEN(pages)];
	int64_t seat = buyer_seat(&stack, show, next_seat++), lost = workers_lost(&stack), errors = metric(&stack, "foyer_db_errors_total");
	const char *hold = buyer_takes(ann, show, next_seat, 2);
	struct page pay = buyer_pay(ann, hold), back;
	pid_t master = foyerd_master(&stack);

	(void)state;
	next_seat += 2;
	see(pages, ARRAY_LEN(pages), seen);
	stop("db");
	assert_still_seen(pages, ARRAY_LEN(pages), seen);
	assert_sorry(visitor_get(nobody, "/testford?q=never+seen+either"), 503, "Very busy");
	assert_sorry(visitor_get(ann, "/holds"), 503, "Very busy");
	assert_sorry(visitor_get(ann, hold), 503, "Very busy");
	assert_sorry(buyer_hold(nobody, show, &seat, 1), 503, "Nothing held or charged");
	assert_sorry(buyer_pay(ann, hold), 503, "Nothing held or charged");
	back = buyer_at_provider(ann, pay, "pay");		/* where nobody knows of our trouble */
	assert_sorry(visitor_follow(ann, back), 503, "Your payment is safe");
	assert_int_equal(visitor_post(nobody, "/webhooks/nobody", "{}").status, 404);
	assert_int_equal(operators_get(&stack, "/readyz").status, 503);
	assert_int_equal(operators_get(&stack, "/healthz").status, 200);
	start("db");
	assert_int_equal(until_post(nobody, hold_form(), TEXT("seat=%" PRId64, seat), 303).status, 303);
	assert_true(page_has(buyer_lands(ann, back), "<svg"));
	assert_int_equal(operators_get(&stack, "/readyz").status, 200);
	assert_int_equal(foyerd_master(&stack), master);
	assert_int_equal(workers_lost(&stack), lost);
	assert_true(metric(&stack, "foyer_db_errors_total") > errors);
}

/* -- and then ----------------------------------------------------------------------------------------------------------------------- */

static void
no_log_has_a_token_or_a_secret(void **state)
{
	(void)state;
	logs_never(&stack, "ann@example.org");
	assert_true(logs_remembered() > 10);
	assert_true(logs_clean(&stack));
	assert_true(logs_lines(&stack, "foyer-access.log", "path=\"/holds/(token)/pay\"", NULL) > 0);
	assert_int_equal(logs_lines(&stack, "foyerd.log", " BUG ", NULL), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_teardown(name, audited)
		T(metrics_tell_what_was_done), T(operators_have_a_door_of_their_own_with_nothing_else_behind_it),
		T(an_error_page_shows_the_id_by_which_both_logs_know_the_request), T(every_line_of_a_request_carries_an_id_that_nginx_gave),
		T(every_answer_has_the_security_headers_once), T(the_sheet_of_a_page_is_kept_for_ever_and_leaves_compressed),
		T(a_public_page_is_the_same_bytes_for_everyone_and_no_odd_parameter_splits_it),
		T(without_the_provider_nothing_is_charged_and_later_it_works), T(who_is_too_fast_gets_a_page_that_says_when_to_come_back),
		T(a_killed_worker_is_replaced_and_nobody_else_sees_it), T(a_reload_under_load_loses_no_request),
		T(a_reload_with_a_wrong_configuration_keeps_the_old_one),
		T(without_foyerd_public_pages_stay_up_and_forms_are_told_to_come_back),
		T(without_the_database_public_pages_stay_up_and_forms_are_told_to_come_back), T(no_log_has_a_token_or_a_secret),
	};

	return cmocka_run_group_tests(tests, open_stack, close_stack);
}
