/* test_session.c - the buyer's cookie: it comes back as the same buyer, and nobody can make one. */
#include "base/base.h"

#include <setjmp.h>

#include <cmocka.h>

#include "pages/app.h"
#include "pages/session.h"

#define ANN 4611686018427387904

struct visit {
	struct settings settings;
	struct app app;
	struct arena *arena;
	struct request rq;
	struct response rs;
	struct span cookie;		/* what the browser sends */
};

static struct span
header(struct request *rq, const char *name)
{
	struct visit *v = rq->transport;

	return strcmp(name, "HTTP_COOKIE") == 0 ? v->cookie : SPAN_NONE;
}

static int
site_over(void **state, const char *base_url)
{
	static struct visit v;

	v = (struct visit){ .settings = { .base_url = base_url }, .arena = arena_new(256 * KiB), .cookie = SPAN_NONE };
	v.app.settings = &v.settings;
	memset(&v.app.token_key, 7, sizeof(v.app.token_key));
	v.rq = (struct request){ .app = &v.app, .arena = v.arena, .header = header, .transport = &v };
	response_init(&v.rs, &v.rq);
	*state = &v;
	return 0;
}

static int
site_over_http(void **state)
{
	return site_over(state, "http://127.0.0.1:8080");
}

static int
site_over_https(void **state)
{
	return site_over(state, "https://tickets.example.org");
}

static int
leave(void **state)
{
	struct visit *v = *state;

	arena_free(v->arena);
	return 0;
}

/* "foyer=abc" of the Set-Cookie line that the answer has. */
static struct span
cookie_set(struct visit *v)
{
	struct span line = buf_view(&v->rs.headers);

	assert_true(span_starts(line, "Set-Cookie: "));
	span_cut(&line, ' ');
	return span_cut(&line, ';');
}

static void
a_buyer_is_known_again_by_the_cookie(void **state)
{
	struct visit *v = *state;

	assert_int_equal(session_buyer(&v->rq), 0);
	session_keep(&v->rs, ANN);
	v->cookie = arena_fmt(v->arena, "other=1; " PRSPAN "; more=2", ARGSPAN(cookie_set(v)));
	assert_int_equal(session_buyer(&v->rq), ANN);
}

static void
over_http_the_cookie_is_plain(void **state)
{
	struct visit *v = *state;

	session_keep(&v->rs, ANN);
	assert_true(span_starts(cookie_set(v), "foyer="));
	assert_non_null(strstr(v->rs.headers.p, "; Path=/; "));
	assert_non_null(strstr(v->rs.headers.p, "; HttpOnly"));
	assert_non_null(strstr(v->rs.headers.p, "; SameSite=Lax"));
	assert_null(strstr(v->rs.headers.p, "Secure"));
	assert_null(strstr(v->rs.headers.p, "Domain"));
}

static void
over_https_it_is_secure_and_of_this_host_only(void **state)
{
	struct visit *v = *state;

	session_keep(&v->rs, ANN);
	assert_true(span_starts(cookie_set(v), "__Host-foyer="));
	assert_non_null(strstr(v->rs.headers.p, "; Path=/; "));
	assert_non_null(strstr(v->rs.headers.p, "; Secure\r\n"));
	/* one that was set over http is somebody else's */
	v->cookie = arena_fmt(v->arena, PRSPAN, ARGSPAN(cookie_set(v)));
	v->cookie.p += strlen("__Host-");
	v->cookie.n -= strlen("__Host-");
	assert_int_equal(session_buyer(&v->rq), 0);
}

static void
a_hold_that_was_brought_along_is_known_by_a_cookie_of_its_own(void **state)
{
	struct visit *v = *state;
	struct token link = { .kind = TOKEN_LINK, .show = 12, .id = ANN, .generation = 2 }, hold = { .kind = TOKEN_HOLD, .show = 12, .id = ANN };
	struct token t;

	assert_false(session_brought(&v->rq, &t));
	session_bring(&v->rs, span_of(token_print(&v->app.token_key, link).text));
	assert_true(span_starts(cookie_set(v), "__Host-foyer-hold="));
	assert_non_null(strstr(v->rs.headers.p, "; HttpOnly; SameSite=Lax; Secure\r\n"));
	v->cookie = cookie_set(v);
	assert_true(session_brought(&v->rq, &t));
	assert_true(t.show == 12 && t.id == ANN && t.generation == 2);
	assert_int_equal(session_buyer(&v->rq), 0);
	/* the address of a hold's page is no way in */
	v->cookie = arena_fmt(v->arena, "__Host-foyer-hold=%s", token_print(&v->app.token_key, hold).text);
	assert_false(session_brought(&v->rq, &t));
}

static void
a_cookie_that_is_not_ours_is_nobody(void **state)
{
	struct visit *v = *state;
	struct key other = { { 0 } };
	struct token ann = { .kind = TOKEN_BUYER, .id = ANN }, hold = { .kind = TOKEN_HOLD, .id = ANN, .show = 1 };
	const char *const made[] = { "", "x", "0", token_print(&other, ann).text, token_print(&v->app.token_key, hold).text };

	for (size_t i = 0; i < ARRAY_LEN(made); i++) {
		v->cookie = arena_fmt(v->arena, "foyer=%s", made[i]);
		assert_int_equal(session_buyer(&v->rq), 0);
	}
	for (size_t i = 0; i < TOKEN_CHARS; i++) {
		struct token_text t = token_print(&v->app.token_key, ann);

		t.text[i] = t.text[i] == 'A' ? 'B' : 'A';
		v->cookie = arena_fmt(v->arena, "foyer=%s", t.text);
		assert_int_equal(session_buyer(&v->rq), 0);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_buyer_is_known_again_by_the_cookie, site_over_http, leave),
		cmocka_unit_test_setup_teardown(over_http_the_cookie_is_plain, site_over_http, leave),
		cmocka_unit_test_setup_teardown(over_https_it_is_secure_and_of_this_host_only, site_over_https, leave),
		cmocka_unit_test_setup_teardown(a_hold_that_was_brought_along_is_known_by_a_cookie_of_its_own, site_over_https, leave),
		cmocka_unit_test_setup_teardown(a_cookie_that_is_not_ours_is_nobody, site_over_http, leave),
	};

	crypto_start();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
