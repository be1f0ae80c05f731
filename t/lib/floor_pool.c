/* floor_pool.c - see floor_pool.h. */
#include "t/lib/floor_pool.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#define SOCKETS 4
#define BACKLOG 4096

static int
listener(const char *stem, int i)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if ((size_t)snprintf(at.sun_path, sizeof(at.sun_path), "%s%d.sock", stem, i) >= sizeof(at.sun_path))
		die("the name %s is too long for a socket", stem);
	unlink(at.sun_path);
	if (fd < 0 || bind(fd, (struct sockaddr *)&at, sizeof(at)) != 0 || listen(fd, BACKLOG) != 0)
		die("%s cannot be listened on", at.sun_path);
	return fd;
}

static _Noreturn void
work(const struct floor_pool *pool, const int fds[SOCKETS])
{
	FCGX_Request request;
	struct pollfd polled[SOCKETS];
	unsigned turn = 0;

	if (pool->start)
		pool->start(pool->context);
	if (FCGX_Init() != 0 || FCGX_InitRequest(&request, 0, 0) != 0)
		die("libfcgi does not start");
	for (int i = 0; i < SOCKETS; i++)
		polled[i] = (struct pollfd){ .fd = fds[i], .events = POLLIN };
	for (;;) {
		if (poll(polled, SOCKETS, -1) <= 0)
			continue;
		turn++;
		for (unsigned i = 0; i < SOCKETS; i++) {
			unsigned at = (i + turn) % SOCKETS;

			if (!polled[at].revents)
				continue;
			request.listen_sock = polled[at].fd;
			if (FCGX_Accept_r(&request) < 0)
				continue;	/* another worker was quicker */
			pool->answer(&request, pool->context);
			FCGX_Finish_r(&request);
			break;
		}
	}
}

_Noreturn void
floor_pool_run(const struct floor_pool *pool)
{
	int fds[SOCKETS];

	signal(SIGPIPE, SIG_IGN);
	for (int i = 0; i < SOCKETS; i++)
		fds[i] = listener(pool->stem, i);
	for (int i = 0; i < pool->workers; i++) {
		pid_t pid = fork();

		if (pid < 0)
			die("fork");
		if (pid == 0) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);	/* libfcgi has a handler for SIGTERM */
			work(pool, fds);
		}
	}
	wait(NULL);
	die("%s: a worker has ended", pool->stem);	/* and the others with us */
}
