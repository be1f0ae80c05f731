/* listeners.c - see listeners.h. */
#include "listeners.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"

static void
come(struct listener *l, int port, const char *request)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };

	l->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_true(l->fd >= 0);
	assert_int_equal(connect(l->fd, (struct sockaddr *)&a, sizeof(a)), 0);
	assert_int_equal(send(l->fd, request, strlen(request), MSG_NOSIGNAL), (ssize_t)strlen(request));
	fcntl(l->fd, F_SETFL, O_NONBLOCK);
}

void
listeners_come(struct listeners *s, size_t n, int port, const char *path, const char *headers)
{
	char request[1024];

	assert_in_range(n, 1, LISTENERS_MAX);
	snprintf(request, sizeof(request), "GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/event-stream\r\n%s\r\n", path, headers);
	s->n = n;
	s->list = calloc(n, sizeof(*s->list));
	assert_non_null(s->list);
	for (size_t i = 0; i < n; i++)
		come(&s->list[i], port, request);
}

static void
hear_one(struct listener *l)
{
	ssize_t n = recv(l->fd, l->heard + l->n, sizeof(l->heard) - 1 - l->n, 0);

	if (n > 0) {
		l->n += (size_t)n;
		l->heard[l->n] = 0;
	} else if (n == 0 || (errno != EAGAIN && errno != EINTR)) {
		close(l->fd);
		l->fd = -1;
	}
}

void
listeners_hear_out(struct listeners *s, int ms)
{
	struct pollfd *polled = calloc(s->n, sizeof(*polled));
	int64_t end = clock_steady() + ms, left;

	assert_non_null(polled);
	for (size_t i = 0; i < s->n; i++)
		polled[i].events = POLLIN;
	while ((left = end - clock_steady()) > 0) {
		for (size_t i = 0; i < s->n; i++)
			polled[i].fd = s->list[i].fd;
		if (poll(polled, s->n, (int)left) <= 0)
			break;
		for (size_t i = 0; i < s->n; i++)
			if (polled[i].revents)
				hear_one(&s->list[i]);
	}
	free(polled);
}

size_t
listeners_hear(struct listeners *s, const char *words, int seconds)
{
	int64_t end = clock_steady() + seconds * 1000;
	size_t have;

	do {
		listeners_hear_out(s, 50);
		have = 0;
		for (size_t i = 0; i < s->n; i++)
			have += strstr(s->list[i].heard, words) != NULL;
	} while (have < s->n && clock_steady() < end);
	return have;
}

int
listener_status(const struct listener *l)
{
	int64_t status = 0;

	if (l->n > 12 && memcmp(l->heard, "HTTP/1.", 7) == 0)
		span_int((struct span){ l->heard + 9, 3 }, 100, 599, &status);
	return (int)status;
}

size_t
listener_count(const struct listener *l, const char *words)
{
	size_t n = 0;

	for (const char *at = l->heard; (at = strstr(at, words)) != NULL; at += strlen(words))
		n++;
	return n;
}

void
listeners_leave(struct listeners *s)
{
	for (size_t i = 0; i < s->n; i++)
		if (s->list[i].fd >= 0)
			close(s->list[i].fd);
	free(s->list);
	memset(s, 0, sizeof(*s));
}
