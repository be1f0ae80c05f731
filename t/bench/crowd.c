/*
 * crowd.c - many buyers in one process: asks for each line of a file once, over many connections.
 *
 *	crowd steady PORT CONNECTIONS FILE	kept connections, a new request on each answer
 *	crowd burst PORT CONNECTIONS FILE	all connections are opened first, then everybody asks once, at the same moment
 *
 * FILE: lines "PATH BODY" to post, or "PATH" to get. Prints one line: requests=… seconds=… rate=… bytes=… p50_ms=… p99_ms=… none=… and a word "303=…" a status
 * that was answered. none: requests without a whole answer. It waits for a minute at the most.
 */
#include "base/base.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/files.h"

#define WAIT_US INT64_C(60000000)
#define HEAD_MAX 4096
#define CHUNKED INT64_MAX	/* nginx's own error pages */
#define LAST_CHUNK "0\r\n\r\n"

struct ask {
	struct span path, body;
};

struct client {
	int fd;
	int64_t since_us;
	size_t have;		/* bytes of the head, while it is read */
	int64_t left;		/* bytes of the body still to come; -1: the head is not whole yet; CHUNKED: until the last chunk */
	int status;
	char tail[5];		/* of a chunked answer: what came last */
	char head[HEAD_MAX];
};

struct crowd {
	struct ask *asks;
	size_t n, next, answered, none;
	int port, epoll;
	bool burst;
	struct client *clients;
	size_t n_clients;
	int64_t *took_us, bytes;
	int statuses[600];
};

static int64_t
now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static void
join(struct crowd *c, struct client *client)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons((uint16_t)c->port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct epoll_event event = { .events = EPOLLIN, .data.ptr = client };
	int on = 1;

	client->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (client->fd < 0 || connect(client->fd, (struct sockaddr *)&at, sizeof(at)) != 0)
		die("port %d: %s", c->port, strerror(errno));
	setsockopt(client->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	fcntl(client->fd, F_SETFL, O_NONBLOCK);
	if (epoll_ctl(c->epoll, EPOLL_CTL_ADD, client->fd, &event) != 0)
		die("epoll: %s", strerror(errno));
}

static void
leave(struct client *client)
{
	close(client->fd);
	client->fd = -1;
}

/* Sends what the next line asks for; the connection ends where there is none. A request fits into the socket, so it is never sent by halves. */
static void
ask_next(struct crowd *c, struct client *client)
{
	char text[1024];
	const struct ask *a;
	int n;				/* lines are ours and short: all of it fits */

	if (c->next == c->n) {
		leave(client);
		return;
	}
	a = &c->asks[c->next++];
	n = snprintf(text, sizeof(text), "%s " PRSPAN " HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: %s\r\n",
	    a->body.n ? "POST" : "GET", ARGSPAN(a->path), c->burst ? "close" : "keep-alive");
	if (a->body.n)
		n += snprintf(text + n, sizeof(text) - (size_t)n, "Content-Type: application/x-www-form-urlencoded\r\n"
		    "Content-Length: %zu\r\n\r\n" PRSPAN, a->body.n, ARGSPAN(a->body));
	else
		n += snprintf(text + n, sizeof(text) - (size_t)n, "\r\n");
	client->have = 0;
	client->left = -1;
	client->since_us = now_us();
	if (n >= (int)sizeof(text) || send(client->fd, text, (size_t)n, MSG_NOSIGNAL) != n) {
		c->none++;
		leave(client);
	}
}

static void
chunked_part(struct client *client, const char *p, size_t n)
{
	char last[2 * sizeof(client->tail)];
	size_t size = sizeof(client->tail), some = n < size ? n : size;

	memcpy(last, client->tail, size);
	memcpy(last + size, p + n - some, some);
	memcpy(client->tail, last + some, size);
	if (memcmp(client->tail, LAST_CHUNK, size) == 0)
		client->left = 0;
}

/* Reads status and length once the head is whole; false if this is no answer we understand. */
static bool
read_head(struct client *client)
{
	struct span head = { client->head, client->have }, line;
	const char *end = memmem(head.p, head.n, "\r\n\r\n", 4);
	int64_t status, length = -1;
	size_t n;

	if (!end)
		return client->have < HEAD_MAX;
	if (head.n < 12 || !span_int((struct span){ head.p + 9, 3 }, 100, 599, &status))
		return false;
	for (struct span rest = { head.p, (size_t)(end - head.p) }; rest.n; ) {
		line = span_cut(&rest, '\n');
		if (line.n > 15 && strncasecmp(line.p, "Content-Length:", 15) == 0 &&
		    !span_int(span_trim((struct span){ line.p + 15, line.n - 15 }), 0, INT64_C(1) << 40, &length))
			return false;
	}
	client->status = (int)status;
	n = client->have - (size_t)(end + 4 - head.p);
	client->left = length < 0 ? CHUNKED : length - (int64_t)n;
	if (length < 0)
		chunked_part(client, end + 4, n);
	return true;
}

static void
answered(struct crowd *c, struct client *client)
{
	c->statuses[client->status]++;
	c->took_us[c->answered++] = now_us() - client->since_us;
	if (c->burst)
		leave(client);
	else
		ask_next(c, client);
}

static void
read_some(struct crowd *c, struct client *client)
{
	static char bytes[256 * 1024];
	bool good = true;
	ssize_t n;

	if (client->left < 0)
		n = recv(client->fd, client->head + client->have, HEAD_MAX - client->have, 0);
	else
		n = recv(client->fd, bytes, sizeof(bytes), 0);
	if (n < 0 && errno == EAGAIN)
		return;
	if (n > 0) {
		c->bytes += n;
		if (client->left < 0) {
			client->have += (size_t)n;
			good = read_head(client);
		} else if (client->left == CHUNKED)
			chunked_part(client, bytes, (size_t)n);
		else
			client->left -= n;
	}
	if (n <= 0 || !good) {
		c->none++;
		leave(client);
	} else if (client->left == 0)
		answered(c, client);
}

static int
by_time(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

static void
tell(struct crowd *c, int64_t us)
{
	qsort(c->took_us, c->answered, sizeof(*c->took_us), by_time);
	printf("requests=%zu seconds=%.4f rate=%.1f bytes=%" PRId64 " p50_ms=%.2f p99_ms=%.2f none=%zu", c->n, (double)us / 1e6,
	    (double)c->answered * 1e6 / (double)us, c->bytes,
	    c->answered ? (double)c->took_us[c->answered / 2] / 1e3 : 0.0,
	    c->answered ? (double)c->took_us[c->answered * 99 / 100] / 1e3 : 0.0, c->n - c->answered);
	for (int i = 0; i < 600; i++)
		if (c->statuses[i])
			printf(" %d=%d", i, c->statuses[i]);
	printf("\n");
}

static void
run(struct crowd *c)
{
	static struct epoll_event events[512];
	int64_t from, now;

	for (size_t i = 0; i < c->n_clients; i++)
		join(c, &c->clients[i]);
	from = now = now_us();
	for (size_t i = 0; i < c->n_clients; i++)
		ask_next(c, &c->clients[i]);
	while (c->answered + c->none < c->next && now - from < WAIT_US) {
		int n = epoll_wait(c->epoll, events, ARRAY_LEN(events), 1000);

		for (int i = 0; i < n; i++)
			read_some(c, events[i].data.ptr);
		now = now_us();
	}
	tell(c, now - from);
}

static void
read_asks(struct crowd *c, struct arena *a, const char *path)
{
	struct span text, rest;

	if (!file_read(a, path, 64 * MiB, &text))
		die("%s cannot be read", path);
	for (rest = text; rest.n; c->n++)
		span_cut(&rest, '\n');
	c->asks = ARENA_ARRAY(a, struct ask, c->n);
	rest = text;
	for (size_t i = 0; i < c->n; i++) {
		struct span line = span_cut(&rest, '\n');

		c->asks[i].path = span_cut(&line, ' ');
		c->asks[i].body = line;
	}
	c->took_us = ARENA_ARRAY(a, int64_t, c->n);
}

int
main(int argc, char **argv)
{
	struct crowd c = { .epoll = epoll_create1(EPOLL_CLOEXEC) };
	struct arena *a = arena_new(512 * MiB);
	int64_t port, clients;

	if (argc != 5 || !span_int(span_of(argv[2]), 1, 65535, &port) || !span_int(span_of(argv[3]), 1, 20000, &clients) ||
	    (strcmp(argv[1], "burst") != 0 && strcmp(argv[1], "steady") != 0)) {
		fputs("usage: crowd steady|burst PORT CONNECTIONS FILE\n", stderr);
		return 2;
	}
	c.port = (int)port;
	c.burst = strcmp(argv[1], "burst") == 0;
	read_asks(&c, a, argv[4]);
	c.n_clients = (size_t)clients < c.n ? (size_t)clients : c.n;
	c.clients = ARENA_ARRAY(a, struct client, c.n_clients);
	run(&c);
	return 0;
}
