/* fastcgi_client.c - see fastcgi_client.h. FastCGI 1.0, the part of it that nginx uses. */
#include "base/base.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "t/lib/fastcgi_client.h"

enum { BEGIN_REQUEST = 1, END_REQUEST = 3, PARAMS = 4, STDIN = 5, STDOUT = 6 };

#define RECORD_MAX 32768

int
fastcgi_connect(const char *path)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	snprintf(at.sun_path, sizeof(at.sun_path), "%s", path);
	if (fd >= 0 && connect(fd, (struct sockaddr *)&at, sizeof(at)) == 0)
		return fd;
	if (fd >= 0)
		close(fd);
	return -1;
}

/* A failed write shows itself as a missing answer. */
static bool
record(int fd, int type, const void *p, size_t n)
{
	unsigned char head[8] = { 1, (unsigned char)type, 0, 1, (unsigned char)(n >> 8), (unsigned char)n, 0, 0 };

	return send(fd, head, sizeof(head), MSG_NOSIGNAL) == sizeof(head) && send(fd, p, n, MSG_NOSIGNAL) == (ssize_t)n;
}

static void
param(struct buf *b, const char *name, const char *value)
{
	size_t n = strlen(value);

	buf_byte(b, (char)strlen(name));
	for (int shift = 24; shift >= 0; shift -= 8)	/* the long form is right for any length */
		buf_byte(b, (char)((n >> shift) | (shift == 24 ? 0x80 : 0)));
	buf_text(b, name);
	buf_text(b, value);
}

int
fastcgi_ask(const char *socket_path, const char *method, const char *uri, struct span body)
{
	static const unsigned char begin[8] = { 0, 1 };		/* responder, one request a connection */
	struct arena *a = arena_new(64 * KiB);
	struct buf params;
	bool good;
	int fd = fastcgi_connect(socket_path);

	if (fd < 0) {
		arena_free(a);
		return -1;
	}
	buf_init(&params, a, RECORD_MAX);
	param(&params, "REQUEST_METHOD", method);
	param(&params, "REQUEST_URI", uri);
	param(&params, "REQUEST_ID", "00000000000000000000000000c11e47");
	param(&params, "CONTENT_TYPE", "application/x-www-form-urlencoded");
	param(&params, "CONTENT_LENGTH", arena_fmt(a, "%zu", body.n).p);
	good = record(fd, BEGIN_REQUEST, begin, sizeof(begin)) && record(fd, PARAMS, params.p, params.n) && record(fd, PARAMS, "", 0);
	for (size_t at = 0; good && at < body.n; at += RECORD_MAX)
		good = record(fd, STDIN, body.p + at, body.n - at < RECORD_MAX ? body.n - at : RECORD_MAX);
	if (good)
		record(fd, STDIN, "", 0);
	arena_free(a);
	return fd;
}

static bool
read_whole(int fd, void *p, size_t n)
{
	size_t have = 0;
	ssize_t got;

	while (have < n && (got = read(fd, (char *)p + have, n - have)) > 0)
		have += (size_t)got;
	return have == n;
}

static void
split(struct fastcgi_answer *answer, struct span out)
{
	const char *gap = memmem(out.p, out.n, "\r\n\r\n", 4);
	size_t head = gap ? (size_t)(gap - out.p) + 2 : out.n, body = gap ? out.n - head - 2 : 0;
	int64_t status;

	snprintf(answer->head, sizeof(answer->head), "%.*s", (int)head, out.p);
	if (body)
		snprintf(answer->body, sizeof(answer->body), "%.*s", (int)body, gap + 4);
	if (out.n > 11 && span_starts(out, "Status: ") && span_int((struct span){ out.p + 8, 3 }, 100, 599, &status))
		answer->status = (int)status;
}

void
fastcgi_answer(int fd, struct fastcgi_answer *answer)
{
	struct arena *a = arena_new(8 * MiB);
	unsigned char head[8];
	char data[65536 + 256];
	struct buf out;

	memset(answer, 0, sizeof(*answer));
	buf_init(&out, a, 2 * MiB);
	while (fd >= 0 && read_whole(fd, head, sizeof(head))) {
		size_t n = (size_t)(head[4] << 8 | head[5]);

		if (!read_whole(fd, data, n + head[6]))
			break;
		if (head[1] == STDOUT)
			buf_bytes(&out, data, n);
		if (head[1] == END_REQUEST) {
			split(answer, buf_view(&out));
			break;
		}
	}
	if (fd >= 0)
		close(fd);
	arena_free(a);
}
