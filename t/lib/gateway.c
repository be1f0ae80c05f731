/* gateway.c - see gateway.h. One connection at a time, and one request on each. */
#include "gateway.h"
#include "served.h"

#include <curl/curl.h>
#include <openssl/evp.h>
#include <setjmp.h>
#include <strings.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/crypto.h"

/* -- the server ------------------------------------------------------------------------------------------------------------------ */

static void
serve(int fd, void *script)
{
	static char bytes[sizeof(((struct gateway_request *)NULL)->head) + sizeof(((struct gateway_request *)NULL)->body)];
	struct gateway_script *s = script;
	struct gateway_request *rq = &s->log[s->n];
	char text[1000], *body;
	size_t n;
	int length = 0;

	if (s->n >= GATEWAY_LOG_MAX || !served_read(fd, bytes, sizeof(bytes), &body, &n) || (size_t)(body - bytes) >= sizeof(rq->head) ||
	    n >= sizeof(rq->body))
		return;
	memset(rq, 0, sizeof(*rq));
	memcpy(rq->head, bytes, (size_t)(body - bytes));
	memcpy(rq->body, body, n);
	rq->n = n;
	__atomic_fetch_add(&s->n, 1, __ATOMIC_SEQ_CST);
	sleep((unsigned)s->seconds);
	if (s->status)
		length = snprintf(text, sizeof(text), "HTTP/1.1 %d X\r\nConnection: close\r\nContent-Length: %zu\r\n%s\r\n%s", s->status,
		    strlen(s->says), s->more, s->says);
	(void)!write(fd, text, (size_t)length);
}

void
gateway_again(struct gateway *g)
{
	g->server = served_begin(&g->port, serve, g->script);
}

void
gateway_open(struct gateway *g)
{
	*g = (struct gateway){ .script = served_shared(sizeof(struct gateway_script)) };
	g->script->status = 201;
	gateway_again(g);
}

void
gateway_stop(struct gateway *g)
{
	served_end(&g->server);
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
