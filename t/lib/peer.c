/* peer.c - see peer.h. */
#include "base/base.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "t/lib/peer.h"

#include <arpa/inet.h>
#include <signal.h>
#include <strings.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* -- the server ------------------------------------------------------------------------------------------------------------ */

/* Bytes of the whole request, once its head is there; else 0. */
static size_t
request_bytes(const char *request)
{
	const char *end = strstr(request, "\r\n\r\n"), *length = strcasestr(request, "\r\nContent-Length: ");
	size_t body = 0;

	if (!end)
		return 0;
	for (length = length ? length + 18 : ""; *length >= '0' && *length <= '9'; length++)
		body = body * 10 + (size_t)(*length - '0');
	return (size_t)(end + 4 - request) + body;
}

static void
request_take(int fd, struct peer_script *s)
{
	size_t n = 0, whole = 0;
	ssize_t got;

	while (n < sizeof(s->request) - 1 && (!whole || n < whole)) {
		got = read(fd, s->request + n, sizeof(s->request) - 1 - n);
		if (got <= 0)
			break;
		n += (size_t)got;
		s->request[n] = 0;
		whole = request_bytes(s->request);
	}
	s->requests++;
}

static void
answer_send(int fd, struct peer_script *s)
{
	const char *reply = s->replies[s->next];
	size_t n = strlen(reply);

	if (s->next + 1 < (int)ARRAY_LEN(s->replies) && s->replies[s->next + 1][0])
		s->next++;
	if (s->how == HANG)
		usleep(2 * PEER_TIMEOUT_MS * 1000);
	if (s->how == ANSWER || s->how == FLOOD)
		(void)!write(fd, reply, n);
	if (s->how == HALF)
		(void)!write(fd, reply, n - 3);
	for (int i = 0; s->how == FLOOD && i < 3000; i++)
		(void)!write(fd, reply, KiB);
}

static _Noreturn void
serve(int listener, struct peer_script *s)
{
	signal(SIGPIPE, SIG_IGN);
	for (;;) {
		int fd = accept(listener, NULL, NULL);

		if (fd < 0)
			_exit(1);
		request_take(fd, s);
		answer_send(fd, s);
		close(fd);
	}
}

/* -- the test's side ---------------------------------------------------------------------------------------------------------- */

static bool
gate_enter(void *of)
{
	struct peer *w = of;

	w->gate_now += w->gate_open;
	w->gate_entered += w->gate_open;
	return w->gate_open;
}

static void
gate_leave(void *of, bool answered, int64_t wait_ms)
{
	struct peer *w = of;

	w->gate_now--;
	w->gate_answered = answered;
	w->gate_wait_ms = wait_ms;
}

void
peer_gate(struct peer *w, struct psp *psp)
{
	psp->gate = psp->fetch_gate = (struct psp_gate){ gate_enter, gate_leave, w };
}

void
peer_open(struct peer *w)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	socklen_t n = sizeof(at);

	*w = (struct peer){ .arena = arena_new(64 * MiB), .gate_open = 1 };
	w->script = mmap(NULL, sizeof(*w->script), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	assert_true(w->script != MAP_FAILED && bind(listener, (struct sockaddr *)&at, n) == 0 && listen(listener, 8) == 0);
	assert_int_equal(getsockname(listener, (struct sockaddr *)&at, &n), 0);
	w->url = arena_fmt(w->arena, "http://127.0.0.1:%d", ntohs(at.sin_port));
	w->server = fork();
	if (w->server == 0)
		serve(listener, w->script);
	close(listener);
}

void
peer_close(struct peer *w)
{
	assert_int_equal(w->gate_now, 0);
	kill(w->server, SIGKILL);
	waitpid(w->server, NULL, 0);
	munmap(w->script, sizeof(*w->script));
	arena_free(w->arena);
}

void
peer_reply(struct peer *w, int i, int status, const char *more, const char *body)
{
	if (i == 0) {
		memset(w->script, 0, sizeof(*w->script));
		w->gate_entered = 0;
	}
	snprintf(w->script->replies[i], sizeof(w->script->replies[i]),
	    "HTTP/1.1 %d X\r\nRequest-Id: req_1\r\nConnection: close\r\nContent-Length: %zu\r\n%s\r\n%s", status, strlen(body), more, body);
}

void
peer_assert_sent(struct peer *w, const char *piece)
{
	if (!strstr(w->script->request, piece))
		fail_msg("\"%s\" was not sent: %s", piece, w->script->request);
}

void
peer_assert_sent_all(struct peer *w, const char *line, const char *headers, const char *body)
{
	const char *host = CSTR(w->arena, w->url) + strlen("http://");

	assert_string_equal(w->script->request, arena_fmt(w->arena, "%s HTTP/1.1\r\nHost: %s\r\nUser-Agent: foyer\r\nAccept: */*\r\n%s\r\n%s",
	    line, host, headers, body).p);
}

static struct span
header_of(void *at, struct arena *a, const char *name)
{
	(void)a;
	for (const char *const *h = at; *h; h += 2)
		if (strcasecmp(h[0], name) == 0)
			return span_of(h[1]);
	return SPAN_NONE;
}

struct delivery
peer_delivery(const char *const *headers, struct span body, int64_t now_ms)
{
	return (struct delivery){ .header = header_of, .at = (void *)(uintptr_t)headers, .body = body, .now_ms = now_ms,
		.fetched = SPAN_NONE };
}
