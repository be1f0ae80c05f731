/* served.c - see served.h. */
#include "served.h"

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

void *
served_shared(size_t n)
{
	void *p = mmap(NULL, n, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	assert_true(p != MAP_FAILED);
	return p;
}

static size_t
length_of(const char *head, size_t most)
{
	const char *at = strcasestr(head, "\r\ncontent-length: ");
	struct span rest;
	int64_t n = 0;

	if (at) {
		rest = span_of(at + 18);
		span_int(span_cut(&rest, '\r'), 0, (int64_t)most, &n);
	}
	return (size_t)n;
}

bool
served_read(int fd, char *to, size_t room, char **body, size_t *n)
{
	size_t have = 0;

	for (;;) {
		ssize_t got = read(fd, to + have, room - 1 - have);

		if (got <= 0)
			return false;
		have += (size_t)got;
		to[have] = '\0';
		*body = strstr(to, "\r\n\r\n");
		if (!*body)
			continue;
		*body += 4;
		*n = length_of(to, room);
		if (have >= (size_t)(*body - to) + *n)
			return true;
	}
}

static int
listen_at(int *port)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK), .sin_port = htons((uint16_t)*port) };
	socklen_t size = sizeof(at);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;

	assert_true(fd >= 0);
	assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)), 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof(at)), 0);
	assert_int_equal(listen(fd, 64), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &size), 0);
	*port = ntohs(at.sin_port);
	return fd;
}

pid_t
served_begin(int *port, void (*answer)(int fd, void *context), void *context)
{
	int listener = listen_at(port), fd;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		signal(SIGPIPE, SIG_IGN);
		while ((fd = accept(listener, NULL, NULL)) >= 0) {
			answer(fd, context);
			close(fd);
		}
		_exit(0);
	}
	close(listener);
	return pid;
}

void
served_end(pid_t *pid)
{
	if (*pid) {
		kill(*pid, SIGKILL);
		waitpid(*pid, NULL, 0);
	}
	*pid = 0;
}
