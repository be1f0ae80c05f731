/* gateway.c - see gateway.h. One connection at a time, and one request on each. */
#include "gateway.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <openssl/evp.h>
#include <setjmp.h>
#include <signal.h>
#include <strings.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/crypto.h"

/* -- the server ------------------------------------------------------------------------------------------------------------------ */

static size_t
length_of(const char *head)
{
	const char *at = strcasestr(head, "\r\ncontent-length: ");
	struct span rest;
	int64_t n = 0;

	if (at) {
		rest = span_of(at + 18);
		span_int(span_cut(&rest, '\r'), 0, 100000, &n);
	}
	return (size_t)n;
}

static bool
request_read(int fd, struct gateway_request *rq)
{
	static char bytes[sizeof(rq->head) + sizeof(rq->body)];
	size_t n = 0;

	memset(bytes, 0, sizeof(bytes));
	for (;;) {
		ssize_t got = read(fd, bytes + n, sizeof(bytes) - 1 - n);
		const char *end = got > 0 ? memmem(bytes, n + (size_t)got, "\r\n\r\n", 4) : NULL;
		size_t head = end ? (size_t)(end - bytes) + 4 : 0;

		if (got <= 0 || head >= sizeof(rq->head))
			return false;
		n += (size_t)got;
		if (!end)
			continue;
		memset(rq, 0, sizeof(*rq));
		memcpy(rq->head, bytes, head);
		rq->n = length_of(rq->head);
		if (rq->n >= sizeof(rq->body))
			return false;
		if (n < head + rq->n)
			continue;
		memcpy(rq->body, bytes + head, rq->n);
		return true;
	}
}

static void
serve(struct gateway_script *s, int listener)
{
	int fd;

	while ((fd = accept(listener, NULL, NULL)) >= 0) {
		char text[1000];
		int n = 0;

		if (s->n < GATEWAY_LOG_MAX && request_read(fd, &s->log[s->n])) {
			__atomic_fetch_add(&s->n, 1, __ATOMIC_SEQ_CST);
			sleep((unsigned)s->seconds);
			if (s->status)
				n = snprintf(text, sizeof(text), "HTTP/1.1 %d X\r\nConnection: close\r\nContent-Length: %zu\r\n%s\r\n%s", s->status,
				    strlen(s->says), s->more, s->says);
			(void)!write(fd, text, (size_t)n);
		}
		close(fd);
	}
	_exit(0);
}

void
gateway_again(struct gateway *g)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK), .sin_port = htons((uint16_t)g->port) };
	socklen_t size = sizeof(at);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;

	assert_true(fd >= 0);
	assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)), 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof(at)), 0);
	assert_int_equal(listen(fd, 64), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &size), 0);
	g->port = ntohs(at.sin_port);
	g->server = fork();
	assert_true(g->server >= 0);
	if (g->server == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		signal(SIGPIPE, SIG_IGN);
		serve(g->script, fd);
	}
	close(fd);
}

void
gateway_open(struct gateway *g)
{
	*g = (struct gateway){ .port = 0 };
	g->script = mmap(NULL, sizeof(*g->script), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	assert_true(g->script != MAP_FAILED);
	g->script->status = 201;
	gateway_again(g);
}

void
gateway_stop(struct gateway *g)
{
	if (g->server) {
		kill(g->server, SIGKILL);
		waitpid(g->server, NULL, 0);
	}
	g->server = 0;
}

void
gateway_close(struct gateway *g)
{
	gateway_stop(g);
	munmap(g->script, sizeof(*g->script));
}

void
gateway_forget(struct gateway *g)
{
	gateway_stop(g);
	memset(g->script, 0, sizeof(*g->script));
	g->script->status = 201;
	gateway_again(g);
}

/* -- what it got ----------------------------------------------------------------------------------------------------------------- */

const struct gateway_request *
gateway_newest(const struct gateway *g)
{
	int n = __atomic_load_n(&g->script->n, __ATOMIC_SEQ_CST);

	assert_in_range(n, 1, GATEWAY_LOG_MAX);
	return &g->script->log[n - 1];
}

const char *
gateway_header(struct arena *a, const struct gateway_request *rq, const char *name)
{
	const char *at = strcasestr(rq->head, arena_fmt(a, "\r\n%s: ", name).p);
	struct span rest = span_of(at ? at + strlen(name) + 4 : "");

	return CSTR(a, span_cut(&rest, '\r'));
}

const char *
gateway_field(struct arena *a, const struct gateway_request *rq, const char *name)
{
	struct span rest = { rq->body, rq->n };

	while (rest.n) {
		struct span value = span_cut(&rest, '&'), key = span_cut(&value, '=');
		char *text;
		int n;

		if (!span_is(key, name))
			continue;
		text = curl_easy_unescape(NULL, value.p, (int)value.n, &n);
		value = arena_copy(a, (struct span){ text, (size_t)n });
		curl_free(text);
		return value.p;
	}
	return "";
}

/* -- a browser ------------------------------------------------------------------------------------------------------------------- */

static const char *
base64url(struct arena *a, const void *p, size_t n)
{
	struct buf b;

	buf_init(&b, a, KiB);
	base64url_print(&b, p, n);
	return b.p;
}

struct gateway_browser
gateway_browser(struct arena *a)
{
	struct gateway_browser b;

	assert_true(p256_key_make(&b.key));
	random_bytes(b.auth, sizeof(b.auth));
	b.point_text = base64url(a, b.key.public, P256_PUBLIC);
	b.auth_text = base64url(a, b.auth, sizeof(b.auth));
	return b;
}

static struct span
bytes_of(const void *p, size_t n)
{
	return (struct span){ p, n };
}

static bool
derived(const struct gateway_browser *b, const unsigned char *sender, const unsigned char *salt, unsigned char key[16], unsigned char nonce[12])
{
	unsigned char secret[32], ikm[32], info[14 + 130];

	memcpy(info, "WebPush: info", 14);
	memcpy(info + 14, b->key.public, 65);
	memcpy(info + 79, sender, 65);
	return p256_shared(&b->key, sender, secret) &&
	    hkdf_sha256(bytes_of(b->auth, 16), bytes_of(secret, 32), bytes_of(info, sizeof(info)), ikm, 32) &&
	    hkdf_sha256(bytes_of(salt, 16), bytes_of(ikm, 32), bytes_of("Content-Encoding: aes128gcm", 28), key, 16) &&
	    hkdf_sha256(bytes_of(salt, 16), bytes_of(ikm, 32), bytes_of("Content-Encoding: nonce", 24), nonce, 12);
}

const char *
gateway_opened(struct arena *a, const struct gateway_browser *b, const struct gateway_request *rq)
{
	const unsigned char *bytes = (const unsigned char *)rq->body;
	size_t n = rq->n < 86 + 17 ? 0 : rq->n - 86 - 16;
	unsigned char key[16], nonce[12], *plain = arena_alloc(a, n + 1);
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	int got = 0, rest = 0;
	bool good = n && bytes[20] == 65 && derived(b, bytes + 21, bytes, key, nonce) &&
	    EVP_DecryptInit_ex(ctx, EVP_aes_128_gcm(), NULL, key, nonce) > 0 && EVP_DecryptUpdate(ctx, plain, &got, bytes + 86, (int)n) > 0 &&
	    EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_GCM_SET_TAG, 16, (void *)(bytes + 86 + n)) > 0 && EVP_DecryptFinal_ex(ctx, plain + got, &rest) > 0 &&
	    plain[n - 1] == 2;

	EVP_CIPHER_CTX_free(ctx);
	if (!good)
		return NULL;
	plain[n - 1] = '\0';
	return (const char *)plain;
}
