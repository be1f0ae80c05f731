/*
 * fastcgi.c - see fastcgi.h. One connection a request: nginx' keep-alive would pin this worker to one connection. libfcgi's own
 * printf and signal handling are left alone; it gets finished bytes only.
 */
#include "base/base.h"

#include <errno.h>
#include <fcgiapp.h>

#include "http/fastcgi.h"
#include "http/internal.h"

#define LENGTH_MAX ((int64_t)1 << 40)

struct fastcgi {
	FCGX_Request fcgx;
};

struct fastcgi *
fastcgi_new(void)
{
	struct fastcgi *f = calloc(1, sizeof(*f));

	if (!f || FCGX_Init() != 0 || FCGX_InitRequest(&f->fcgx, 0, FCGI_FAIL_ACCEPT_ON_INTR) != 0)
		die("libfcgi does not start");
	return f;
}

bool
fastcgi_accept(struct fastcgi *f, int listener)
{
	int end;

	f->fcgx.listen_sock = listener;
	end = FCGX_Accept_r(&f->fcgx);
	if (end < 0 && end != -EAGAIN && end != -EINTR)
		log_warn("fastcgi.accept", "error=%d", -end);
	return end >= 0;
}

static struct span
header(struct request *rq, const char *cgi_name)
{
	struct fastcgi *f = rq->transport;

	return span_of(FCGX_GetParam(cgi_name, f->fcgx.envp));
}

/* Nothing beyond the limit is kept, whatever length was told. */
static enum body_end
read_body(struct request *rq, size_t limit, struct span *body)
{
	struct fastcgi *f = rq->transport;
	struct span told = header(rq, "CONTENT_LENGTH");
	int64_t length = 0;
	char *p;
	int n;

	if (told.n && !span_int(told, 0, LENGTH_MAX, &length))
		return BODY_CUT;
	if (length > (int64_t)limit)
		return BODY_TOO_LONG;
	p = arena_alloc(rq->arena, (size_t)length + 1);
	n = FCGX_GetStr(p, (int)length, f->fcgx.in);
	if (n != length)
		return BODY_CUT;
	*body = (struct span){ p, (size_t)n };
	return BODY_WHOLE;
}

void
fastcgi_request(struct fastcgi *f, struct request *rq)
{
	rq->transport = f;
	rq->header = header;
	rq->read_body = read_body;
}

void
fastcgi_send(struct fastcgi *f, const struct response *rs, int status)
{
	struct buf head;

	buf_init(&head, rs->rq->arena, RESPONSE_HEADERS_MAX + KiB);
	response_head(rs, status, &head);
	FCGX_PutStr(head.p, (int)head.n, f->fcgx.out);
	if (!rs->rq->head)
		FCGX_PutStr(rs->body.buf.p, (int)rs->body.buf.n, f->fcgx.out);
}

void
fastcgi_finish(struct fastcgi *f)
{
	FCGX_Finish_r(&f->fcgx);
}

void
fastcgi_put(struct fastcgi *f, struct span bytes)
{
	FCGX_PutStr(bytes.p, (int)bytes.n, f->fcgx.out);
}

void
fastcgi_free(struct fastcgi *f)
{
	FCGX_Free(&f->fcgx, 1);
	free(f);
}
