/*
 * foyer-relay.c - a daemon that takes the outbox to its sinks. Any number of them may be at work, on one machine up to WAKE_PLACES.
 * Whatever happens to one message, one sink or the database, it goes on; nothing waits for it, and what it did not deliver waits in the
 * database. It is woken by whoever commits an event, and looks by itself once a second.
 *
 *	foyer-relay -c FILE		until SIGTERM
 *	foyer-relay -c FILE --once	delivers what is due now
 *
 * One process finds events, and has a child for each sink, so that a sink that hangs holds up no other. A child ends when its parent
 * does; it keeps the parent's place until then, so nobody else can be taken for it.
 */
#include "base/base.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/program.h"
#include "base/wake.h"
#include "db/place.h"
#include "relay/activity.h"
#include "relay/hooks.h"
#include "relay/kafka.h"
#include "relay/live.h"
#include "relay/mail.h"
#include "relay/push.h"
#include "relay/relay.h"
#include "relay/report.h"
#include "relay/sms.h"

#define BATCH_ARENA (64 * MiB)
#define LOOK_MS 1000
#define ARCHIVE_EVERY_MS ((int64_t)3600 * 1000)
#define AGAIN_MS 1000		/* after a child has died */

static sink_start *const relay_sinks[] = { activity_start, hooks_start, kafka_start, live_start, mail_start, push_start, report_start,
	sms_start };

struct child {
	pid_t pid;		/* 0: to be started at start_ms */
	int wake;		/* the parent's end of its pipe */
	int64_t start_ms;
};

struct house {
	struct program program;
	struct relay relay;
	int heard;		/* see wake_listen() */
	struct child children[SINKS_MOST];
};

static bool
relay_ready(struct house *h)
{
	h->relay.db = db_of_settings(h->program.arena, &h->program.settings);
	h->relay.arena = arena_new(BATCH_ARENA);
	return relay_start(&h->relay, relay_sinks, ARRAY_LEN(relay_sinks), h->program.arena, &h->program.settings);
}

/* -- a child ----------------------------------------------------------------------------------------------------------------- */

/* Until it is woken, for so long at most. False: the parent is gone. A sink that has work of its own does it meanwhile. */
static bool
wait_for_parent(struct sink *s, int fd, int64_t ms)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	char bytes[64];
	ssize_t n = 1;

	if (s->work)
		s->work(s, fd, ms);
	if (poll(&p, 1, s->work ? 0 : (int)ms) > 0)
		n = read(fd, bytes, sizeof(bytes));
	return n != 0;
}

static int
deliver_until_told(struct house *h, size_t sink, int wake)
{
	struct sink *s = &h->relay.sinks[sink];
	int64_t again_ms;

	do
		relay_deliver(&h->relay, sink, &again_ms);
	while (wait_for_parent(s, wake, again_ms) && !program_stopping);
	program_stopping = 1;		/* nothing more is begun, and what is under way has its own end */
	while (s->work && s->work(s, -1, LOOK_MS))
		;
	return EXIT_SUCCESS;
}

static void
child_start(struct house *h, size_t sink)
{
	struct child *c = &h->children[sink];
	int ends[2];

	if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0)
		die("no pipe: %s", strerror(errno));
	c->wake = ends[1];
	c->pid = fork();
	if (c->pid < 0)
		die("no process: %s", strerror(errno));
	if (c->pid > 0) {
		close(ends[0]);
		return;
	}
	close(h->heard);
	for (size_t i = 0; i < h->relay.n; i++)
		if (h->children[i].wake >= 0)
			close(h->children[i].wake);
	if (!relay_ready(h))		/* a connection of its own */
		_exit(EXIT_FAILURE);
	_exit(deliver_until_told(h, sink, ends[0]));
}

/* -- the parent --------------------------------------------------------------------------------------------------------------- */

static void
children_tend(struct house *h)
{
	int64_t now = clock_steady();
	int status;

	for (size_t i = 0; i < h->relay.n; i++) {
		struct child *c = &h->children[i];

		if (c->pid && waitpid(c->pid, &status, WNOHANG) == c->pid) {
			log_error("relay.died", "sink=%s status=%d", h->relay.sinks[i].name, status);
			close(c->wake);
			*c = (struct child){ .wake = -1, .start_ms = now + AGAIN_MS };
		}
		if (!c->pid && now >= c->start_ms)
			child_start(h, i);
	}
}

static void
children_wake(const struct house *h)
{
	for (size_t i = 0; i < h->relay.n; i++)
		if (h->children[i].wake >= 0)
			(void)!write(h->children[i].wake, "", 1);	/* a full pipe wakes as well */
}

static void
children_end(struct house *h)
{
	for (size_t i = 0; i < h->relay.n; i++)
		if (h->children[i].pid)
			kill(h->children[i].pid, SIGTERM);
	for (size_t i = 0; i < h->relay.n; i++)
		if (h->children[i].pid)
			waitpid(h->children[i].pid, NULL, 0);
}

static void
find_until_told(struct house *h)
{
	int64_t archive_ms = 0;
	bool more = false;

	for (size_t i = 0; i < h->relay.n; i++)
		h->children[i] = (struct child){ .wake = -1 };
	while (!program_stopping) {
		children_tend(h);
		if (relay_find(&h->relay) > 0)
			children_wake(h);
		if (more || clock_steady() >= archive_ms) {
			relay_archive(&h->relay, h->program.settings.outbox_days, &more);
			archive_ms = clock_steady() + ARCHIVE_EVERY_MS;
		}
		wake_wait(h->heard, LOOK_MS);
	}
	children_end(h);
}

static int
deliver_once(struct house *h)
{
	int64_t again_ms;
	bool good = true;

	relay_find(&h->relay);
	for (size_t i = 0; i < h->relay.n; i++) {
		struct sink *s = &h->relay.sinks[i];

		do {
			good &= relay_deliver(&h->relay, i, &again_ms);
			if (again_ms < RELAY_IDLE)
				usleep((useconds_t)again_ms * 1000);
		} while (again_ms < RELAY_IDLE && !program_stopping);
		while (s->work && s->work(s, -1, LOOK_MS))
			;
	}
	return good ? EXIT_SUCCESS : EXIT_FAILURE;
}

int
main(int argc, char **argv)
{
	struct house h = { .heard = -1 };
	int status = EXIT_SUCCESS, place;

	program_start(&h.program, "foyer-relay", argc, argv);
	if (!relay_ready(&h))
		return EXIT_FAILURE;
	place = wake_listen(h.program.arena, h.program.settings.run_dir, "relay", &h.heard, &h.relay.holder);
	if (place < 0) {
		log_error("relay.start", "error=\"%d relays are at work already\"", WAKE_PLACES);
		return EXIT_FAILURE;
	}
	log_info("relay.start", "pid=%d place=%d", (int)getpid(), place);
	if (h.program.once)
		status = deliver_once(&h);
	else
		find_until_told(&h);
	log_info("relay.stop", "status=%d", status);
	db_free(h.relay.db);
	arena_free(h.relay.arena);
	return status;
}
