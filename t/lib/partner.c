/* partner.c - see partner.h. One connection at a time, and one request on each. */
#include "partner.h"

#include <arpa/inet.h>
#include <setjmp.h>
#include <signal.h>
#include <strings.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define REQUEST_MAX (64 * 1024)

static size_t
length_of(const char *request)
{
	const char *at = strcasestr(request, "\r\ncontent-length: ");
	struct span rest;
	int64_t n = 0;

	if (at) {
		rest = span_of(at + 18);
		span_int(span_cut(&rest, '\r'), 0, REQUEST_MAX, &n);
	}
	return (size_t)n;
}

/* The head and as much of a body as it says; false: the other side went away before that. */
static bool
request_read(int fd, char *to, char **body)
{
	size_t n = 0, want;

	for (;;) {
		ssize_t got = read(fd, to + n, REQUEST_MAX - 1 - n);

		if (got <= 0)
			return false;
		n += (size_t)got;
		to[n] = '\0';
		*body = strstr(to, "\r\n\r\n");
		if (!*body)
			continue;
		*body += 4;
		want = (size_t)(*body - to) + length_of(to);
		if (n >= want)
			return true;
	}
}

static void
header_keep(const char *request, const char *name, char *to, size_t size)
{
	const char *at = strcasestr(request, name), *end = at ? strstr(at, "\r\n") : NULL;

	*to = '\0';
	if (!end)
		return;
	at += strlen(name);
	while (*at == ' ')
		at++;
	snprintf(to, size, "%.*s", (int)(end - at), at);
}

static void
flood(int fd)
{
	static const char block[16 * 1024] = "HTTP/1.1 200 OK\r\n\r\n";

	while (write(fd, block, sizeof(block)) > 0)
		;
}

static void
answer(struct partner_script *s, int fd, struct partner_request *rq)
{
	char text[600];
	int n;

	if (s->how == PARTNER_HANGS)
		for (;;)
			pause();
	if (s->how == PARTNER_FLOODS)
		flood(fd);
	if (s->how != PARTNER_ANSWERS)
		return;
	usleep((useconds_t)s->answer_ms * 1000);
	rq->status = s->status;
	n = snprintf(text, sizeof(text), "HTTP/1.1 %d X\r\nConnection: close\r\nContent-Length: %d\r\n%s\r\n%s", s->status,
	    s->status == 204 ? 0 : 4, s->more, s->status == 204 ? "" : "fine");
	(void)!write(fd, text, (size_t)n);
}

static void
serve(struct partner_script *s, int listener)
{
	static char request[REQUEST_MAX];
	char *body;
	int fd;

	while ((fd = accept(listener, NULL, NULL)) >= 0) {
		struct partner_request *rq = &s->log[s->n];

		s->connections++;
		if (request_read(fd, request, &body) && s->n < PARTNER_LOG_MAX) {
			header_keep(request, "\r\nwebhook-id:", rq->id, sizeof(rq->id));
			header_keep(request, "\r\nwebhook-timestamp:", rq->timestamp, sizeof(rq->timestamp));
			header_keep(request, "\r\nwebhook-signature:", rq->signature, sizeof(rq->signature));
			snprintf(rq->body, sizeof(rq->body), "%s", body);
			rq->status = 0;
			__atomic_fetch_add(&s->n, 1, __ATOMIC_SEQ_CST);
			answer(s, fd, rq);
		}
		close(fd);
	}
	_exit(0);
}

void
partner_again(struct partner *p)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK), .sin_port = htons((uint16_t)p->port) };
	socklen_t size = sizeof(at);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;

	assert_true(fd >= 0);
	assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)), 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof(at)), 0);
	assert_int_equal(listen(fd, 64), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &size), 0);
	p->port = ntohs(at.sin_port);
	p->server = fork();
	assert_true(p->server >= 0);
	if (p->server == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		signal(SIGPIPE, SIG_IGN);
		serve(p->script, fd);
	}
	close(fd);
}

void
partner_open(struct partner *p)
{
	*p = (struct partner){ .port = 0 };
	p->script = mmap(NULL, sizeof(*p->script), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	assert_true(p->script != MAP_FAILED);
	p->script->status = 204;
	partner_again(p);
}

void
partner_stop(struct partner *p)
{
	if (p->server) {
		kill(p->server, SIGKILL);
		waitpid(p->server, NULL, 0);
	}
	p->server = 0;
}

void
partner_close(struct partner *p)
{
	partner_stop(p);
	munmap(p->script, sizeof(*p->script));
}

void
partner_forget(struct partner *p)
{
	partner_stop(p);
	memset(p->script, 0, sizeof(*p->script));
	p->script->status = 204;
	partner_again(p);
}
