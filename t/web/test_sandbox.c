/*
 * test_sandbox.c - the stand-in provider as callers, buyers and merchants meet it: through a real nginx with the site's own
 * sandbox.conf, and with this test as the merchant that takes the webhooks. Skipped without nginx. FOYER_SANDBOX names the program
 * (./foyer-sandbox), srcdir the source.
 */
#include "base/base.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>
#include <jansson.h>

#include "base/clock.h"
#include "base/crypto.h"
#include "base/files.h"

#define KEY "sk_test_of_this_test"
#define SECRET "whsec_of_this_test"

struct scene {
	struct arena *arena;
	char dir[64];
	const char *url, *webhook;
	int merchant;			/* where webhooks arrive */
	pid_t nginx, sandbox;
};

struct reply {
	long status;			/* 0: no answer */
	struct buf head, body;
};

/* -- the scene ------------------------------------------------------------------------------------------------------------- */

static int
listener(uint16_t *port)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t n = sizeof(at);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0 && bind(fd, (struct sockaddr *)&at, n) == 0 && listen(fd, 16) == 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &n), 0);
	*port = ntohs(at.sin_port);
	return fd;
}

static void
write_file(const char *path, struct span text)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_int_equal(fwrite(text.p, 1, text.n, f), text.n);
	assert_int_equal(fclose(f), 0);
}

/* The site's sandbox.conf with its names filled in, inside a server of this test's own. */
static void
write_nginx_conf(struct scene *s, uint16_t port)
{
	const char *source = getenv("srcdir") ? getenv("srcdir") : ".";
	char here[4096];
	struct span text;
	struct buf b;

	assert_non_null(realpath(source, here));
	assert_true(file_read(s->arena, arena_fmt(s->arena, "%s/nginx/sandbox.conf.in", here).p, 64 * KiB, &text));
	buf_init(&b, s->arena, 64 * KiB);
	buf_fmt(&b, "daemon off;\npid %s/nginx.pid;\nerror_log %s/error.log;\nevents { }\nhttp {\naccess_log off;\n", s->dir, s->dir);
	buf_fmt(&b, "client_body_temp_path %s/b;\nproxy_temp_path %s/p;\nfastcgi_temp_path %s/f;\nuwsgi_temp_path %s/u;\n"
	    "scgi_temp_path %s/s;\n", s->dir, s->dir, s->dir, s->dir, s->dir);
	while (text.n) {
		struct span plain = span_cut(&text, '@'), name = span_cut(&text, '@');

		buf_span(&b, plain);
		if (span_is(name, "SANDBOX_PORT"))
			buf_int(&b, port);
		else if (span_is(name, "CONF_DIR") || span_is(name, "STATIC_ROOT"))
			buf_fmt(&b, "%s%s", here, span_is(name, "CONF_DIR") ? "/nginx" : "");
		else if (name.n)
			buf_text(&b, s->dir);
	}
	buf_text(&b, "}\n");
	write_file(arena_fmt(s->arena, "%s/nginx.conf", s->dir).p, buf_view(&b));
}

static void
start_sandbox(struct scene *s)
{
	const char *program = getenv("FOYER_SANDBOX") ? getenv("FOYER_SANDBOX") : "./foyer-sandbox";
	struct span socket_path = arena_fmt(s->arena, "%s/sandbox.sock", s->dir), state = arena_fmt(s->arena, "%s/state.json", s->dir);

	unlink(socket_path.p);
	s->sandbox = fork();
	if (!s->sandbox) {
		assert_non_null(freopen(arena_fmt(s->arena, "%s/sandbox.log", s->dir).p, "a", stderr));
		execl(program, program, "--socket", socket_path.p, "--state", state.p, "--secret-key", KEY, "--webhook-secret", SECRET,
		    "--webhook-url", s->webhook, "--public-url", s->url, (char *)NULL);
		_exit(127);
	}
	for (int i = 0; i < 200 && access(socket_path.p, F_OK) != 0; i++)
		usleep(20000);
}

static void
stop(pid_t pid)
{
	int status;

	kill(pid, SIGTERM);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static int
open_scene(void **state)
{
	struct arena *a = arena_new(64 * MiB);
	struct scene *s = ARENA_NEW(a, struct scene);
	uint16_t port, hook;

	s->arena = a;
	*state = s;
	if (system("nginx -v >/dev/null 2>&1") != 0)
		return 0;
	snprintf(s->dir, sizeof(s->dir), "/tmp/foyer-sandbox.XXXXXX");
	assert_non_null(mkdtemp(s->dir));
	chmod(s->dir, 0755);
	close(listener(&port));
	s->merchant = listener(&hook);
	s->url = arena_fmt(a, "http://127.0.0.1:%u", port).p;
	s->webhook = arena_fmt(a, "http://127.0.0.1:%u/webhooks/stripe", hook).p;
	write_nginx_conf(s, port);
	start_sandbox(s);
	s->nginx = fork();
	if (!s->nginx) {
		execlp("nginx", "nginx", "-p", s->dir, "-e", arena_fmt(a, "%s/error.log", s->dir).p, "-c",
		    arena_fmt(a, "%s/nginx.conf", s->dir).p, (char *)NULL);
		_exit(127);
	}
	for (int i = 0; i < 200 && access(arena_fmt(a, "%s/nginx.pid", s->dir).p, F_OK) != 0; i++)
		usleep(20000);
	return 0;
}

static int
close_scene(void **state)
{
	struct scene *s = *state;

	if (s->nginx) {
		stop(s->sandbox);
		stop(s->nginx);
		close(s->merchant);
		assert_int_equal(system(arena_fmt(s->arena, "rm -rf %s", s->dir).p), 0);
	}
	arena_free(s->arena);
	return 0;
}

static struct scene *
scene_of(void **state)
{
	struct scene *s = *state;

	if (!s->nginx)
		skip();
	return s;
}

/* -- calling ---------------------------------------------------------------------------------------------------------------- */

static size_t
keep(char *p, size_t size, size_t n, void *to)
{
	buf_bytes(to, p, size * n);
	return size * n;
}

/* body NULL: GET. key NULL: no idempotency key. */
static struct reply
call(struct scene *s, const char *path, const char *body, const char *key)
{
	struct reply r = { 0 };
	struct curl_slist *headers = curl_slist_append(NULL, "Authorization: Bearer " KEY);
	CURL *c = curl_easy_init();

	buf_init(&r.head, s->arena, 64 * KiB);
	buf_init(&r.body, s->arena, 4 * MiB);
	if (key)
		headers = curl_slist_append(headers, arena_fmt(s->arena, "Idempotency-Key: %s", key).p);
	curl_easy_setopt(c, CURLOPT_URL, arena_fmt(s->arena, "%s%s", s->url, path).p);
	curl_easy_setopt(c, CURLOPT_PROXY, "");
	curl_easy_setopt(c, CURLOPT_HTTPHEADER, headers);
	curl_easy_setopt(c, CURLOPT_TIMEOUT_MS, 20000L);
	curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, keep);
	curl_easy_setopt(c, CURLOPT_WRITEDATA, &r.body);
	curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, keep);
	curl_easy_setopt(c, CURLOPT_HEADERDATA, &r.head);
	if (body)
		curl_easy_setopt(c, CURLOPT_POSTFIELDS, body);
	if (curl_easy_perform(c) == CURLE_OK)
		curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &r.status);
	curl_slist_free_all(headers);
	curl_easy_cleanup(c);
	return r;
}

/* A text member of a JSON answer, copied. */
static const char *
said(struct scene *s, const struct reply *r, const char *member)
{
	json_t *json = json_loadb(r->body.p, r->body.n, 0, NULL);
	const char *text = json_string_value(json_object_get(json, member));
	struct span copy = arena_copy(s->arena, span_of(text));

	json_decref(json);
	return copy.p;
}

static void
order(struct scene *s, const char *what)
{
	struct reply r = call(s, "/control", what, NULL);

	if (r.status != 200)
		fail_msg("%s: %ld %s", what, r.status, r.body.p);
}

static const char *
create_body(struct scene *s)
{
	return arena_fmt(s->arena, "mode=payment&client_reference_id=p1&success_url=http://shop.example/back?s={CHECKOUT_SESSION_ID}"
	    "&cancel_url=http://shop.example/no&expires_at=%" PRId64 "&line_items[0][quantity]=2&line_items[0][price_data][currency]=gbp"
	    "&line_items[0][price_data][unit_amount]=1550&line_items[0][price_data][product_data][name]=C7&metadata[ref]=p1",
	    clock_now() / 1000 + 1900).p;
}

static const char *
new_session(struct scene *s)
{
	struct reply r = call(s, "/v1/checkout/sessions", create_body(s), NULL);

	assert_int_equal(r.status, 200);
	return said(s, &r, "id");
}

static const char *
path_of(struct scene *s, const char *before, const char *id)
{
	return arena_fmt(s->arena, "%s%s", before, id).p;
}

/* -- the merchant ----------------------------------------------------------------------------------------------------------- */

static const char *
request_read(struct scene *s, int fd, struct buf *b)
{
	char piece[4096];
	ssize_t n;

	buf_init(b, s->arena, MiB);
	while ((n = read(fd, piece, sizeof(piece))) > 0) {
		const char *length, *end;
		int64_t bytes = 0;

		buf_bytes(b, piece, (size_t)n);
		end = strstr(b->p, "\r\n\r\n");
		length = strcasestr(b->p, "\r\nContent-Length: ");
		for (length = length ? length + 18 : ""; *length >= '0' && *length <= '9'; length++)
			bytes = bytes * 10 + *length - '0';
		if (end && b->n >= (size_t)(end + 4 - b->p) + (size_t)bytes)
			return end + 4;
	}
	return NULL;
}

/* By our own arithmetic: neither the stand-in's signer nor the shop's verifier. */
static bool
truly_signed(struct scene *s, const char *head, const char *body)
{
	const char *at = strstr(head, "Stripe-Signature: t="), *v1 = at ? strstr(at, ",v1=") : NULL;
	struct span t = at ? (struct span){ at + 20, (size_t)(v1 - at - 20) } : SPAN_NONE;
	struct span message = arena_fmt(s->arena, PRSPAN ".%s", ARGSPAN(t), body);

	return v1 && strncmp(v1 + 4, hmac_sha256_hex(SPAN(SECRET), message).text, 64) == 0;
}

struct hook {
	bool truly;
	const char *type, *id;
};

/* Takes the next webhook within ms and answers it; type NULL if none came. */
static struct hook
take_hook(struct scene *s, int ms, const char *answer)
{
	struct pollfd wait = { .fd = s->merchant, .events = POLLIN };
	struct hook h = { 0 };
	struct buf b;
	const char *body;
	json_t *event;
	int fd;

	if (poll(&wait, 1, ms) != 1)
		return h;
	fd = accept(s->merchant, NULL, NULL);
	body = request_read(s, fd, &b);
	assert_non_null(body);
	h.truly = truly_signed(s, b.p, body);
	event = json_loads(body, 0, NULL);
	h.type = arena_copy(s->arena, span_of(json_string_value(json_object_get(event, "type")))).p;
	h.id = arena_copy(s->arena, span_of(json_string_value(json_object_get(event, "id")))).p;
	json_decref(event);
	assert_true(write(fd, answer, strlen(answer)) > 0);
	close(fd);
	return h;
}

#define TAKEN "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
#define BUSY "HTTP/1.1 503 Busy\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"

static struct hook
hook_of_type(struct scene *s, const char *type, const char *answer)
{
	struct hook h;

	do
		h = take_hook(s, 5000, answer);
	while (h.type && strcmp(h.type, type) != 0);
	assert_non_null(h.type);
	return h;
}

/* -- tests ------------------------------------------------------------------------------------------------------------------ */

static void
the_key_opens_and_its_answers_repeat(void **state)
{
	struct scene *s = scene_of(state);
	const char *body = create_body(s);
	struct reply first = call(s, "/v1/checkout/sessions", body, "k1"), again = call(s, "/v1/checkout/sessions", body, "k1");
	struct reply other = call(s, "/v1/checkout/sessions", arena_fmt(s->arena, "%s&locale=en", body).p, "k1");

	assert_int_equal(first.status, 200);
	assert_non_null(strstr(first.head.p, "Request-Id: req_"));
	assert_null(strstr(first.head.p, "Idempotent-Replayed"));
	assert_int_equal(again.status, 200);
	assert_non_null(strstr(again.head.p, "Idempotent-Replayed: true"));
	assert_string_equal(said(s, &first, "id"), said(s, &again, "id"));
	assert_int_equal(other.status, 400);
	assert_non_null(strstr(other.body.p, "idempotency_error"));
}

static void
paying_sends_the_buyer_back_and_tells_the_merchant(void **state)
{
	struct scene *s = scene_of(state);
	const char *id = new_session(s), *page = path_of(s, "/c/pay/", id);
	struct reply r = call(s, page, NULL, NULL);

	assert_int_equal(r.status, 200);
	assert_non_null(strstr(r.body.p, "Test payment, no money moves"));
	r = call(s, page, "do=decline", NULL);
	assert_int_equal(r.status, 303);
	assert_non_null(strstr(r.head.p, "?declined=1"));
	assert_true(hook_of_type(s, "payment_intent.payment_failed", TAKEN).truly);
	r = call(s, page, "do=cancel", NULL);
	assert_non_null(strstr(r.head.p, "Location: http://shop.example/no\r\n"));
	r = call(s, page, "do=pay", NULL);
	assert_int_equal(r.status, 303);
	assert_non_null(strstr(r.head.p, arena_fmt(s->arena, "Location: http://shop.example/back?s=%s\r\n", id).p));
	assert_true(hook_of_type(s, "checkout.session.completed", TAKEN).truly);
	r = call(s, path_of(s, "/v1/checkout/sessions/", id), NULL, NULL);
	assert_string_equal(said(s, &r, "payment_status"), "paid");
}

static void
a_webhook_comes_again_until_it_is_taken(void **state)
{
	struct scene *s = scene_of(state);
	const char *id = new_session(s);
	struct hook first, again;

	order(s, arena_fmt(s->arena, "expire=%s", id).p);
	first = hook_of_type(s, "checkout.session.expired", BUSY);
	again = hook_of_type(s, "checkout.session.expired", TAKEN);
	assert_string_equal(first.id, again.id);
	assert_true(first.truly && again.truly);
	assert_null(take_hook(s, 2500, TAKEN).type);
}

static void
a_forged_webhook_is_followed_by_the_true_one(void **state)
{
	struct scene *s = scene_of(state);
	const char *id = new_session(s);

	order(s, arena_fmt(s->arena, "webhook=forge&expire=%s", id).p);
	assert_false(hook_of_type(s, "checkout.session.expired", BUSY).truly);
	assert_true(hook_of_type(s, "checkout.session.expired", TAKEN).truly);
}

/* A child makes one call; its exit status says what came of it. */
static pid_t
call_aside(struct scene *s, const char *path, const char *body, const char *key, long wanted)
{
	pid_t pid = fork();

	if (!pid)
		_exit(call(s, path, body, key).status == wanted ? 0 : 1);
	return pid;
}

static bool
aside_ended_well(pid_t pid)
{
	int status;

	return waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static void
a_hung_call_holds_up_nobody_and_keeps_its_key(void **state)
{
	struct scene *s = scene_of(state);
	const char *body = create_body(s);
	int64_t begun = clock_steady();
	pid_t hung;

	order(s, "hang=create:3");
	hung = call_aside(s, "/v1/checkout/sessions", body, "h1", 0);
	usleep(300000);
	assert_int_equal(call(s, "/v1/checkout/sessions", body, "h1").status, 409);
	assert_int_equal(call(s, "/v1/checkout/sessions", body, "h2").status, 200);
	assert_true(clock_steady() - begun < 2500);
	assert_true(aside_ended_well(hung));
	assert_int_equal(call(s, "/v1/checkout/sessions", body, "h1").status, 200);
}

static void
a_lost_answer_was_worked_all_the_same(void **state)
{
	struct scene *s = scene_of(state);
	const char *id = new_session(s), *body;
	struct reply r;

	order(s, arena_fmt(s->arena, "pay=%s&lose=refund", id).p);
	r = call(s, path_of(s, "/v1/checkout/sessions/", id), NULL, NULL);
	body = arena_fmt(s->arena, "payment_intent=%s", said(s, &r, "payment_intent")).p;
	assert_int_equal(call(s, "/v1/refunds", body, "r1").status, 0);
	r = call(s, "/v1/refunds", body, "r1");
	assert_int_equal(r.status, 200);
	assert_non_null(strstr(r.head.p, "Idempotent-Replayed: true"));
}

static void
a_failure_at_the_edge_is_not_kept_and_one_at_work_is(void **state)
{
	struct scene *s = scene_of(state);
	const char *body = create_body(s);

	order(s, "fail=create:503&break=create");
	assert_int_equal(call(s, "/v1/checkout/sessions", body, "f1").status, 503);
	assert_int_equal(call(s, "/v1/checkout/sessions", body, "f1").status, 500);
	assert_int_equal(call(s, "/v1/checkout/sessions", body, "f1").status, 500);
	assert_int_equal(call(s, "/v1/checkout/sessions", body, "f1:1").status, 200);
}

static void
a_webhook_may_come_before_the_answer(void **state)
{
	struct scene *s = scene_of(state);
	const char *id = new_session(s);
	pid_t buyer;
	int status;

	order(s, "webhook=before_answer");
	buyer = call_aside(s, path_of(s, "/c/pay/", id), "do=pay", NULL, 303);
	usleep(500000);
	assert_int_equal(waitpid(buyer, &status, WNOHANG), 0);	/* waits for the merchant */
	hook_of_type(s, "checkout.session.completed", TAKEN);
	assert_true(aside_ended_well(buyer));
}

static void
a_restart_forgets_nothing(void **state)
{
	struct scene *s = scene_of(state);
	const char *body = create_body(s), *id = new_session(s);
	struct reply r, before = call(s, "/v1/checkout/sessions", body, "again");

	order(s, arena_fmt(s->arena, "webhook=off&expire=%s", id).p);
	stop(s->sandbox);
	start_sandbox(s);
	r = call(s, path_of(s, "/v1/checkout/sessions/", id), NULL, NULL);
	assert_string_equal(said(s, &r, "status"), "expired");
	r = call(s, "/v1/checkout/sessions", body, "again");
	assert_string_equal(said(s, &r, "id"), said(s, &before, "id"));
	assert_true(hook_of_type(s, "checkout.session.expired", TAKEN).truly);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_scene, close_scene)
	const struct CMUnitTest tests[] = {
		TEST(the_key_opens_and_its_answers_repeat),
		TEST(paying_sends_the_buyer_back_and_tells_the_merchant),
		TEST(a_webhook_comes_again_until_it_is_taken),
		TEST(a_forged_webhook_is_followed_by_the_true_one),
		TEST(a_hung_call_holds_up_nobody_and_keeps_its_key),
		TEST(a_lost_answer_was_worked_all_the_same),
		TEST(a_failure_at_the_edge_is_not_kept_and_one_at_work_is),
		TEST(a_webhook_may_come_before_the_answer),
		TEST(a_restart_forgets_nothing),
	};

	log_open("test_sandbox", LOG_LEVEL_ERROR);
	signal(SIGPIPE, SIG_IGN);
	crypto_start();
	curl_global_init(CURL_GLOBAL_DEFAULT);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
