/* wake.c - see wake.h. */
#include "base/base.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/crypto.h"
#include "base/wake.h"

struct wake {
	int fd;			/* -1: not opened yet, which each process does for itself after its fork */
	struct sockaddr_un places[WAKE_PLACES];
};

static struct sockaddr_un
place(const char *run_dir, const char *name, int i)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int n = snprintf(at.sun_path, sizeof(at.sun_path), "%s/%s%d.sock", run_dir, name, i);

	if (n < 0 || (size_t)n >= sizeof(at.sun_path))
		die("%s is too long for the path of a socket", run_dir);
	return at;
}

struct wake *
wake_new(struct arena *a, const char *run_dir, const char *name)
{
	struct wake *w = ARENA_NEW(a, struct wake);

	w->fd = -1;
	for (int i = 0; i < WAKE_PLACES; i++)
		w->places[i] = place(run_dir, name, i);
	return w;
}

void
wake_all(void *wake)
{
	struct wake *w = wake;

	if (w->fd < 0)
		w->fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	for (int i = 0; w->fd >= 0 && i < WAKE_PLACES; i++)
		(void)!sendto(w->fd, "", 0, MSG_NOSIGNAL, (const struct sockaddr *)&w->places[i], sizeof(w->places[i]));
}

/* The number in a place's lock file, which whoever had the place before has left there. */
static int64_t
holder_of(int lock)
{
	char text[32];
	ssize_t n = pread(lock, text, sizeof(text), 0);
	int64_t holder;

	if (n > 0 && span_int(span_trim((struct span){ text, (size_t)n }), 1, INT64_MAX, &holder))
		return holder;
	holder = id_by_chance();
	n = snprintf(text, sizeof(text), "%" PRId64 "\n", holder);
	if (ftruncate(lock, 0) != 0 || pwrite(lock, text, (size_t)n, 0) != n)
		die("a lock file cannot be written");
	return holder;
}

static int
listen_at(struct sockaddr_un at)
{
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	unlink(at.sun_path);		/* of one who had this place before */
	if (fd < 0 || bind(fd, (const struct sockaddr *)&at, sizeof(at)) != 0)
		die("%s cannot be listened at", at.sun_path);
	return fd;
}

int
wake_listen(struct arena *a, const char *run_dir, const char *name, int *fd, int64_t *holder)
{
	for (int i = 0; i < WAKE_PLACES; i++) {
		const char *path = arena_fmt(a, "%s/%s%d.lock", run_dir, name, i).p;
		int lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

		if (lock < 0)
			die("%s cannot be opened", path);
		if (flock(lock, LOCK_EX | LOCK_NB) != 0) {
			close(lock);
			continue;
		}
		*holder = holder_of(lock);
		*fd = listen_at(place(run_dir, name, i));
		return i;		/* the lock stays open */
	}
	return -1;
}

void
wake_wait(int fd, int ms)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	char byte;

	poll(&p, 1, ms);
	while (recv(fd, &byte, sizeof(byte), MSG_DONTWAIT) >= 0)
		;
}
