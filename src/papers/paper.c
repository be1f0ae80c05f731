/*
 * paper.c - see paper.h. The document is handed over as a file in memory that is complete before the program starts, so there is only
 * one pipe to look after: nobody can wait for somebody who waits for them, and a program that dies early makes no SIGPIPE.
 */
#include "base/base.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "papers/paper.h"

#define MOST_MS 10000

extern char **environ;

const char *
paper_program(const struct settings *s)
{
	return s->paper_program[0] ? s->paper_program : FOYER_BINDIR "/foyer-paper";
}

/* A file descriptor that reads the text from its beginning, or -1. */
static int
text_file(struct span text)
{
	int fd = memfd_create("document", MFD_CLOEXEC);

	if (fd < 0)
		return -1;
	for (size_t done = 0; done < text.n;) {
		ssize_t n = pwrite(fd, text.p + done, text.n - done, (off_t)done);

		if (n <= 0) {
			close(fd);
			return -1;
		}
		done += (size_t)n;
	}
	return fd;
}

/*
 * Only its three descriptors, so that no socket of ours outlives us in it; and signals as a new program expects them, whatever a
 * worker blocks or ignores. 0 or an errno.
 */
static int
start(const char *program, int in, int out, pid_t *child)
{
	char *argv[] = { (char *)program, NULL };
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attr;
	sigset_t none, all;
	int error;

	sigemptyset(&none);
	sigfillset(&all);
	posix_spawnattr_init(&attr);
	posix_spawnattr_setsigmask(&attr, &none);
	posix_spawnattr_setsigdefault(&attr, &all);
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_adddup2(&files, in, STDIN_FILENO);
	posix_spawn_file_actions_adddup2(&files, out, STDOUT_FILENO);
	posix_spawn_file_actions_addclosefrom_np(&files, STDERR_FILENO + 1);
	error = posix_spawn(child, program, &files, &attr, argv, environ);
	posix_spawn_file_actions_destroy(&files);
	posix_spawnattr_destroy(&attr);
	return error;
}

/* Reads to the end. NULL, or why not. */
static const char *
read_all(int fd, int64_t until, struct buf *b)
{
	char piece[16384];

	for (;;) {
		struct pollfd polled = { .fd = fd, .events = POLLIN };
		int64_t left = until - clock_steady();
		ssize_t n;

		if (left <= 0)
			return "it takes too long";
		if (poll(&polled, 1, (int)left) <= 0)
			continue;
		n = read(fd, piece, sizeof(piece));
		if (n == 0)
			return NULL;
		if (n < 0 && errno != EINTR)
			return strerror(errno);
		if (n > 0)
			buf_bytes(b, piece, (size_t)n);
		if (b->failed)
			return "it makes too much";
	}
}

/* Waits until it has ended, killed if need be: at once where kill is set, else when its time is over. Its status as of waitpid(). */
static int
reap(pid_t child, bool at_once, int64_t until)
{
	int status = -1;

	while (!at_once && waitpid(child, &status, WNOHANG) == 0) {
		at_once = clock_steady() >= until;
		usleep(500);
	}
	if (!at_once)
		return status;
	kill(child, SIGKILL);
	while (waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	return status;
}

/* The program's own reason, if it gave one, stands in the log as a line of its own. */
static const char *
fault(const char *why, int status, struct span pdf)
{
	if (why)
		return why;
	if (!WIFEXITED(status))
		return "it was killed";
	if (WEXITSTATUS(status) != 0)
		return "it refused";
	return span_starts(pdf, "%PDF-") ? NULL : "that is no PDF";
}

static bool
failed(const char *program, const char *why)
{
	log_error("paper.failed", "program=%s error=\"%s\"", program, why);
	return false;
}

bool
paper_print(struct arena *a, const char *program, struct span json, size_t most, struct span *pdf)
{
	int64_t began = clock_steady();
	int in = text_file(json), out[2], error, status;
	const char *why;
	struct buf b;
	pid_t child;

	if (in < 0)
		return failed(program, strerror(errno));
	if (pipe2(out, O_CLOEXEC) != 0) {
		close(in);
		return failed(program, strerror(errno));
	}
	error = start(program, in, out[1], &child);
	close(in);
	close(out[1]);
	if (error) {
		close(out[0]);
		return failed(program, strerror(error));
	}
	buf_init(&b, a, most);
	why = read_all(out[0], began + MOST_MS, &b);
	close(out[0]);
	status = reap(child, why, began + MOST_MS);
	*pdf = buf_view(&b);
	if ((why = fault(why, status, *pdf)))
		return failed(program, why);
	log_info("paper", "bytes=%zu ms=%" PRId64, pdf->n, clock_steady() - began);
	return true;
}
