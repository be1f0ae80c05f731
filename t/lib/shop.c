/* shop.c - see shop.h. */
#include "shop.h"

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
#include "t/lib/certified.h"
#include "t/lib/stand_in.h"

#define STRIPE_SECRET "whsec_of_this_test"

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
write_nginx_conf(struct shop *s, uint16_t port)
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
start_sandbox(struct shop *s)
{
	const char *program = getenv("FOYER_SANDBOX") ? getenv("FOYER_SANDBOX") : "./foyer-sandbox";
	struct span socket_path = arena_fmt(s->arena, "%s/sandbox.sock", s->dir), state = arena_fmt(s->arena, "%s/state.json", s->dir);

	unlink(socket_path.p);
	s->sandbox = fork();
	if (!s->sandbox) {
		assert_non_null(freopen(arena_fmt(s->arena, "%s/sandbox.log", s->dir).p, "a", stderr));
		execl(program, program, "--socket", socket_path.p, "--state", state.p, "--secret-key", STRIPE_KEY,
		    "--webhook-secret", STRIPE_SECRET, "--webhook-url", s->webhooks, "--public-url", s->url,
		    "--razorpay-key-id", RAZORPAY_ID, "--razorpay-key-secret", RAZORPAY_SECRET, "--razorpay-webhook-secret", RAZORPAY_WEBHOOK,
		    "--paypal-client-id", PAYPAL_ID, "--paypal-secret", PAYPAL_SECRET, "--paypal-webhook-id", PAYPAL_WEBHOOK,
		    "--paypal-root", arena_fmt(s->arena, "%s/root.pem", s->dir).p, (char *)NULL);
		_exit(127);
	}
	for (int i = 0; i < 500 && access(socket_path.p, F_OK) != 0; i++)
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

void
shop_restart(struct shop *s)
{
	stop(s->sandbox);
	start_sandbox(s);
}

int
shop_open(void **state)
{
	struct arena *a = arena_new(64 * MiB);
	struct shop *s = ARENA_NEW(a, struct shop);
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
	s->webhooks = arena_fmt(a, "http://127.0.0.1:%u/webhooks", hook).p;
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

int
shop_close(void **state)
{
	struct shop *s = *state;

	if (s->nginx) {
		stop(s->sandbox);
		stop(s->nginx);
		close(s->merchant);
		assert_int_equal(system(arena_fmt(s->arena, "rm -rf %s", s->dir).p), 0);
	}
	arena_free(s->arena);
	return 0;
}

struct shop *
shop_of(void **state)
{
	struct shop *s = *state;

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

static struct reply
exchange(struct shop *s, const char *url, const char *body, const char *const *headers, const char *user)
{
	struct reply r = { 0 };
	struct curl_slist *list = NULL;
	CURL *c = curl_easy_init();

	buf_init(&r.head, s->arena, 64 * KiB);
	buf_init(&r.body, s->arena, 4 * MiB);
	for (; *headers; headers++)
		list = curl_slist_append(list, *headers);
	curl_easy_setopt(c, CURLOPT_URL, url);
	curl_easy_setopt(c, CURLOPT_PROXY, "");
	curl_easy_setopt(c, CURLOPT_HTTPHEADER, list);
	curl_easy_setopt(c, CURLOPT_TIMEOUT_MS, 20000L);
	curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, keep);
	curl_easy_setopt(c, CURLOPT_WRITEDATA, &r.body);
	curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, keep);
	curl_easy_setopt(c, CURLOPT_HEADERDATA, &r.head);
	if (user)
		curl_easy_setopt(c, CURLOPT_USERPWD, user);
	if (body)
		curl_easy_setopt(c, CURLOPT_POSTFIELDS, body);
	if (curl_easy_perform(c) == CURLE_OK)
		curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &r.status);
	curl_slist_free_all(list);
	curl_easy_cleanup(c);
	return r;
}

static const char *
bearer(struct shop *s)
{
	struct reply r;

	if (!s->bearer) {
		r = exchange(s, arena_fmt(s->arena, "%s/paypal/v1/oauth2/token", s->url).p, "grant_type=client_credentials",
		    (const char *[]){ NULL }, PAYPAL_ID ":" PAYPAL_SECRET);
		assert_int_equal(r.status, 200);
		s->bearer = shop_said(s, &r, "access_token");
	}
	return s->bearer;
}

struct reply
shop_call(struct shop *s, const char *path, const char *body, const char *key)
{
	bool razorpay = strncmp(path, "/razorpay/v", 11) == 0, paypal = strncmp(path, "/paypal/v", 9) == 0;
	bool form = strstr(path, "/checkoutnow") || strncmp(path, "/razorpay/i/", 12) == 0;
	const char *key_name = razorpay ? "X-Refund-Idempotency" : paypal ? "PayPal-Request-Id" : "Idempotency-Key", *headers[5];
	size_t n = 0;

	if (!razorpay)
		headers[n++] = arena_fmt(s->arena, "Authorization: Bearer %s", paypal ? bearer(s) : STRIPE_KEY).p;
	if ((razorpay || paypal) && !form)
		headers[n++] = "Content-Type: application/json";
	headers[n++] = "Prefer: return=representation";
	if (key)
		headers[n++] = arena_fmt(s->arena, "%s: %s", key_name, key).p;
	headers[n] = NULL;
	return exchange(s, arena_fmt(s->arena, "%s%s", s->url, path).p, body, headers, razorpay ? RAZORPAY_ID ":" RAZORPAY_SECRET : NULL);
}

const char *
shop_said(struct shop *s, const struct reply *r, const char *member)
{
	json_t *json = json_loadb(r->body.p, r->body.n, 0, NULL);
	const char *text = json_string_value(json_object_get(json, member));
	struct span copy = arena_copy(s->arena, span_of(text));

	json_decref(json);
	return copy.p;
}

void
shop_order(struct shop *s, const char *orders)
{
	struct reply r = shop_call(s, "/control", orders, NULL);

	if (r.status != 200)
		fail_msg("%s: %ld %s", orders, r.status, r.body.p);
}

const char *
shop_opens(struct shop *s, const char *provider, const char *reference, const char **page)
{
	bool stripe = strcmp(provider, "stripe") == 0, razorpay = strcmp(provider, "razorpay") == 0;
	struct stand_in bodies = { .arena = s->arena };
	struct reply r;
	const char *id;

	if (stripe)
		r = shop_call(s, "/v1/checkout/sessions", stripe_session_form(&bodies, reference), NULL);
	else if (razorpay)
		r = shop_call(s, "/razorpay/v1/payment_links", razorpay_link_json(&bodies, reference), NULL);
	else
		r = shop_call(s, "/paypal/v2/checkout/orders", paypal_order_json(&bodies, reference), reference);
	if (r.status != 200 && r.status != 201)
		fail_msg("%s: %ld %s", provider, r.status, r.body.p);
	id = shop_said(s, &r, "id");
	if (page)
		*page = arena_fmt(s->arena, "%s%s", stripe ? "/c/pay/" : razorpay ? "/razorpay/i/" : "/paypal/checkoutnow?token=",
		    razorpay ? id + 6 : id).p;
	return id;
}

const char *
shop_captures(struct shop *s, const char *order)
{
	struct reply r = shop_call(s, arena_fmt(s->arena, "/paypal/v2/checkout/orders/%s/capture", order).p, "{}", order);

	return r.status == 201 || r.status == 200 ? shop_said(s, &r, "status") : arena_fmt(s->arena, "%ld", r.status).p;
}

pid_t
shop_aside(struct shop *s, const char *path, const char *body, const char *key, long wanted)
{
	pid_t pid = fork();

	if (!pid)
		_exit(shop_call(s, path, body, key).status == wanted ? 0 : 1);
	return pid;
}

bool
aside_ended_well(pid_t pid)
{
	int status;

	return waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/* -- the merchant ----------------------------------------------------------------------------------------------------------- */

static const char *
request_read(struct shop *s, int fd, struct buf *b)
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

/* A header's value; NULL: it did not come. */
static const char *
header_of(struct shop *s, const char *head, const char *name)
{
	const char *at = strcasestr(head, arena_fmt(s->arena, "\r\n%s: ", name).p);

	if (!at)
		return NULL;
	at += strlen(name) + 4;
	return arena_copy(s->arena, (struct span){ at, strcspn(at, "\r") }).p;
}

static bool
stripe_signed(struct shop *s, struct hook *h)
{
	struct span rest = span_of(header_of(s, h->head, "Stripe-Signature")), t = span_cut(&rest, ',');
	int64_t at;

	if (!span_starts(t, "t=") || !span_starts(rest, "v1=") || !span_int((struct span){ t.p + 2, t.n - 2 }, 0, INT64_MAX, &at))
		return false;
	h->age = clock_now() / 1000 - at;
	return strcmp(rest.p + 3, hmac_sha256_hex(SPAN(STRIPE_SECRET), arena_fmt(s->arena, "%" PRId64 ".%s", at, h->body)).text) == 0;
}

static bool
razorpay_signed(struct shop *s, struct hook *h)
{
	const char *given = header_of(s, h->head, "X-Razorpay-Signature");

	return given && strcmp(given, hmac_sha256_hex(SPAN(RAZORPAY_WEBHOOK), span_of(h->body)).text) == 0;
}

static bool
paypal_signed(struct shop *s, struct hook *h)
{
	struct certified_ask ask = { .id = header_of(s, h->head, "PAYPAL-TRANSMISSION-ID"),
		.time = header_of(s, h->head, "PAYPAL-TRANSMISSION-TIME"), .webhook = PAYPAL_WEBHOOK,
		.signature = header_of(s, h->head, "PAYPAL-TRANSMISSION-SIG"), .body = span_of(h->body) };
	const char *url = header_of(s, h->head, "PAYPAL-CERT-URL");
	struct span root, where = arena_fmt(s->arena, "%s/paypal/v1/notifications/certs/", s->url);
	struct reply r;

	if (!ask.signature || !url || !span_starts(span_of(url), where.p))
		return false;
	r = exchange(s, url, NULL, (const char *[]){ NULL }, NULL);
	assert_int_equal(r.status, 200);
	assert_true(file_read(s->arena, arena_fmt(s->arena, "%s/root.pem", s->dir).p, 64 * KiB, &root));
	ask.chain = r.body.p;
	ask.root = root.p;
	return certified(s->arena, &ask);
}

/* What it says of itself, and by whose arithmetic its signature is to be judged. */
static void
hook_read(struct shop *s, struct hook *h)
{
	json_t *event = json_loads(h->body, 0, NULL);
	struct span path = span_of(h->head);

	assert_non_null(event);
	span_cut(&path, ' ');
	path = span_cut(&path, ' ');
	h->provider = span_is(path, "/webhooks/stripe") ? "stripe" : span_is(path, "/webhooks/razorpay") ? "razorpay" :
	    span_is(path, "/webhooks/paypal") ? "paypal" : "";
	if (*h->provider == 's') {
		h->type = json_string_value(json_object_get(event, "type"));
		h->truly = stripe_signed(s, h);
	} else if (*h->provider == 'r') {
		h->type = json_string_value(json_object_get(event, "event"));
		h->truly = razorpay_signed(s, h);
	} else {
		h->type = json_string_value(json_object_get(event, "event_type"));
		h->truly = paypal_signed(s, h);
	}
	h->type = arena_copy(s->arena, span_of(h->type)).p;
	h->id = *h->provider == 'r' ? header_of(s, h->head, "x-razorpay-event-id") :
	    arena_copy(s->arena, span_of(json_string_value(json_object_get(event, "id")))).p;
	json_decref(event);
}

struct hook
shop_hook(struct shop *s, int ms, const char *answer)
{
	struct pollfd wait = { .fd = s->merchant, .events = POLLIN };
	struct hook h = { 0 };
	struct buf b;
	int fd;

	if (poll(&wait, 1, ms) != 1)
		return h;
	fd = accept(s->merchant, NULL, NULL);
	h.body = request_read(s, fd, &b);
	assert_non_null(h.body);
	h.head = b.p;
	assert_true(write(fd, answer, strlen(answer)) > 0);
	close(fd);
	hook_read(s, &h);		/* after the answer: the certificate is fetched from who waits for it */
	return h;
}

struct hook
shop_hook_of(struct shop *s, const char *type, const char *answer)
{
	struct hook h;

	do
		h = shop_hook(s, 5000, answer);
	while (h.type && strcmp(h.type, type) != 0);
	if (!h.type)
		fail_msg("%s did not come", type);
	return h;
}
