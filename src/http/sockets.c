/* sockets.c - see sockets.h. All listeners are non-blocking, because several workers poll each. */
#include "base/base.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "http/shared.h"
#include "http/sockets.h"

#define BACKLOG 4096		/* net.core.somaxconn caps it: a burst needs several sockets */
#define SYSTEMD_FIRST_FD 3	/* sd_listen_fds(3) */
#define SYSTEMD_MOST 64

/* One backlog cannot hold a burst of buyers; the other lanes never see one. */
static const size_t wanted[LANES] = { [LANE_PUBLIC] = SOCKETS_A_LANE, [LANE_PAY] = 1, [LANE_WEBHOOK] = 1, [LANE_STAFF] = 1 };

static bool
complain(const char *path, const char *what)
{
	log_error("socket", "path=%s what=\"%s\" error=\"%s\"", path, what, strerror(errno));
	return false;
}

static bool
prepare(int fd)
{
	int flags = fcntl(fd, F_GETFL);

	return flags >= 0 && fcntl(fd, F_SETFL, flags | O_NONBLOCK) == 0 && fcntl(fd, F_SETFD, FD_CLOEXEC) == 0;
}

/* A file left behind by a pool that was killed goes; one that still answers stays, and we do not start. */
static bool
remove_stale(const struct sockaddr_un *at)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	bool served = fd >= 0 && (connect(fd, (const struct sockaddr *)at, sizeof(*at)) == 0 || errno == EAGAIN);

	if (fd >= 0)
		close(fd);
	if (served) {
		errno = EADDRINUSE;
		return false;
	}
	return unlink(at->sun_path) == 0 || errno == ENOENT;
}

static bool
open_one(struct sockets *s, enum lane lane, const char *path)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	mode_t mask;
	int fd, bound;

	if (strlen(path) >= sizeof(at.sun_path)) {
		errno = ENAMETOOLONG;
		return complain(path, "bind");
	}
	memcpy(at.sun_path, path, strlen(path) + 1);
	if (!remove_stale(&at))
		return complain(path, "remove");
	fd = socket(AF_UNIX, SOCK_STREAM, 0);
	if (fd < 0 || !prepare(fd))
		return complain(path, "socket");
	mask = umask(0);
	bound = bind(fd, (const struct sockaddr *)&at, sizeof(at));
	umask(mask);
	if (bound != 0 || listen(fd, BACKLOG) != 0)
		return complain(path, "listen");
	memcpy(s->path[lane][s->n[lane]], path, strlen(path) + 1);
	s->fd[lane][s->n[lane]++] = fd;
	return true;
}

static bool
open_ours(struct sockets *s, const char *run_dir, const int workers[LANES])
{
	char path[4096];

	s->ours = true;
	for (enum lane lane = 0; lane < LANES; lane++) {
		for (size_t i = 0; workers[lane] && i < wanted[lane]; i++) {
			if (wanted[lane] > 1)
				snprintf(path, sizeof(path), "%s/%s%zu.sock", run_dir, lane_name(lane), i);
			else
				snprintf(path, sizeof(path), "%s/%s.sock", run_dir, lane_name(lane));
			if (!open_one(s, lane, path))
				return false;
		}
	}
	return true;
}

static bool
adopt(struct sockets *s, int fd)
{
	struct sockaddr_un at = { 0 };
	socklen_t n = sizeof(at) - 1;
	const char *name;

	if (getsockname(fd, (struct sockaddr *)&at, &n) != 0 || at.sun_family != AF_UNIX || !prepare(fd))
		return complain("LISTEN_FDS", "not a unix socket");
	name = strrchr(at.sun_path, '/');
	for (enum lane lane = 0; name && lane < LANES; lane++) {
		if (!span_starts(span_of(name + 1), lane_name(lane)))
			continue;
		if (s->n[lane] == SOCKETS_A_LANE)
			break;
		s->fd[lane][s->n[lane]++] = fd;
		return true;
	}
	errno = EINVAL;
	return complain(at.sun_path, "no lane has a socket of this name to spare");
}

static bool
adopt_all(struct sockets *s, int64_t n, const int workers[LANES])
{
	for (int64_t i = 0; i < n; i++)
		if (!adopt(s, SYSTEMD_FIRST_FD + (int)i))
			return false;
	for (enum lane lane = 0; lane < LANES; lane++) {
		if (workers[lane] && !s->n[lane]) {
			errno = ENOENT;
			return complain(lane_name(lane), "systemd handed over no socket for this lane");
		}
	}
	return true;
}

bool
sockets_open(struct sockets *s, const char *run_dir, const int workers[LANES])
{
	int64_t pid = 0, n = 0;

	*s = (struct sockets){ .ours = false };
	if (span_int(span_of(getenv("LISTEN_PID")), 1, INT32_MAX, &pid) && pid == getpid() &&
	    span_int(span_of(getenv("LISTEN_FDS")), 1, SYSTEMD_MOST, &n))
		return adopt_all(s, n, workers);
	return open_ours(s, run_dir, workers);
}

void
sockets_close_others(struct sockets *s, enum lane keep)
{
	for (enum lane lane = 0; lane < LANES; lane++)
		for (size_t i = 0; lane != keep && i < s->n[lane]; i++)
			close(s->fd[lane][i]);
}

void
sockets_unlink(const struct sockets *s)
{
	for (enum lane lane = 0; s->ours && lane < LANES; lane++)
		for (size_t i = 0; i < s->n[lane]; i++)
			unlink(s->path[lane][i]);
}
