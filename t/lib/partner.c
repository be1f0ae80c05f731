/* partner.c - see partner.h. One connection at a time, and one request on each. */
#include "partner.h"
#include "served.h"

#include <setjmp.h>
#include <strings.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#define REQUEST_MAX (64 * 1024)

static void
header_keep(const char *request, const char *name, char *to, size_t size)
{
	const char *at = strcasestr(request, name), *end;

	*to = '\0';
	if (!at)
		return;
	at += strlen(name);
	at += strspn(at, " ");
	end = strstr(at, "\r\n");
	if (end)
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
serve(int fd, void *script)
{
	static char request[REQUEST_MAX];
	struct partner_script *s = script;
	struct partner_request *rq = &s->log[s->n];
	char *body;
	size_t n;

	s->connections++;
	if (!served_read(fd, request, sizeof(request), &body, &n) || s->n >= PARTNER_LOG_MAX)
		return;
	header_keep(request, "\r\nwebhook-id:", rq->id, sizeof(rq->id));
	header_keep(request, "\r\nwebhook-timestamp:", rq->timestamp, sizeof(rq->timestamp));
	header_keep(request, "\r\nwebhook-signature:", rq->signature, sizeof(rq->signature));
	snprintf(rq->body, sizeof(rq->body), "%s", body);
	rq->status = 0;
	__atomic_fetch_add(&s->n, 1, __ATOMIC_SEQ_CST);
	answer(s, fd, rq);
}

void
partner_again(struct partner *p)
{
	p->server = served_begin(&p->port, serve, p->script);
}

void
partner_open(struct partner *p)
{
	*p = (struct partner){ .script = served_shared(sizeof(struct partner_script)) };
	p->script->status = 204;
	partner_again(p);
}

void
partner_stop(struct partner *p)
{
	served_end(&p->server);
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
