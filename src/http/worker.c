/*
 * worker.c - see worker.h. SIGTERM stays blocked while a request is served; only ppoll lets it in. A busy worker's ppoll always
 * finds a connection and then delivers no signal, so a pending one is also looked for.
 */
#include "base/base.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include "base/clock.h"
#include "http/fastcgi.h"
#include "http/sockets.h"
#include "http/worker.h"

#define ARENA_MAX (32 * MiB)

static volatile sig_atomic_t told_to_go;

static void
on_term(int signal)
{
	(void)signal;
	told_to_go = 1;
}

static bool
must_go(void)
{
	sigset_t pending;

	if (!told_to_go && sigpending(&pending) == 0 && sigismember(&pending, SIGTERM) == 1)
		told_to_go = 1;
	return told_to_go;
}

static int64_t
now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static void
tell(struct worker *w, const struct request *rq, const struct response *rs, int status, int64_t us)
{
	static const char *const methods[] = { "GET", "POST", "other" };

	metrics_answer(rq->route, status, w->lane, us);
	log_info("request", "method=%s route=\"%s\" status=%d ms=%.1f bytes=%zu lane=%s", rq->head ? "HEAD" : methods[rq->method],
	    rq->route ? rq->route->pattern : "-", status, (double)us / 1000, rs->body.buf.n, lane_name(w->lane));
}

/* What a worker keeps between requests. */
struct loop {
	struct worker *w;
	struct fastcgi *fastcgi;
	struct arena *arena;
	int64_t served;
	sigset_t asleep;		/* the signal mask while waiting: SIGTERM may come in */
};

static void
serve(struct loop *l, int64_t since_us)
{
	struct request rq = { .arena = l->arena };
	struct response rs;
	int status;

	fastcgi_request(l->fastcgi, &rq);
	response_init(&rs, &rq);
	status = route_request(l->w->router, l->w->lane, &rq, &rs);
	fastcgi_send(l->fastcgi, &rs, status);
	fastcgi_finish(l->fastcgi);
	tell(l->w, &rq, &rs, status, now_us() - since_us);
	log_request(SPAN_NONE);
	arena_reset(l->arena);
	l->served++;
}

/* True when a request was served. The time counts from before the accept: that already reads what nginx sends. */
static bool
take_one(struct loop *l, int listener)
{
	struct slot *slot = l->w->slot;
	int64_t since = now_us();
	bool taken;

	slot->busy_since = clock_steady();
	taken = fastcgi_accept(l->fastcgi, listener);
	if (taken) {
		slot->state = SLOT_BUSY;
		serve(l, since);
		slot->state = SLOT_IDLE;
	}
	slot->busy_since = 0;
	return taken;
}

/* Waits for a connection; the listeners take turns in being asked first. False when there is a reason to go. */
static bool
wait_and_take(struct loop *l)
{
	static const struct timespec no_time = { 0, 0 };
	const struct worker *w = l->w;
	struct pollfd polled[SOCKETS_A_LANE + 1];
	bool last = must_go();
	int n;

	if (last && !w->shared->draining)
		return false;
	for (size_t i = 0; i < w->n_listeners; i++)
		polled[i] = (struct pollfd){ .fd = w->listeners[i], .events = POLLIN };
	polled[w->n_listeners] = (struct pollfd){ .fd = w->lifeline, .events = POLLIN };
	n = ppoll(polled, w->n_listeners + 1, last ? &no_time : NULL, &l->asleep);
	if (n < 0 && errno != EINTR)
		die("ppoll: %s", strerror(errno));
	if (n <= 0)
		return !last;
	if (polled[w->n_listeners].revents)
		return false;
	for (size_t i = 0; i < w->n_listeners; i++) {
		size_t at = (i + (size_t)l->served) % w->n_listeners;

		if (polled[at].revents && take_one(l, w->listeners[at]))
			break;
	}
	return true;
}

int
worker_run(struct worker *w)
{
	struct sigaction term = { .sa_handler = on_term };
	struct loop l = { .w = w, .fastcgi = fastcgi_new(), .arena = arena_new(ARENA_MAX) };

	sigemptyset(&term.sa_mask);
	sigaction(SIGTERM, &term, NULL);
	sigprocmask(SIG_SETMASK, NULL, &l.asleep);
	sigdelset(&l.asleep, SIGTERM);
	w->slot->state = SLOT_IDLE;
	if (write(w->ready, "r", 1) != 1)
		return EXIT_FAILURE;	/* no master to tell */
	while (l.served < w->most_requests && wait_and_take(&l))
		;
	fastcgi_free(l.fastcgi);
	arena_free(l.arena);
	return EXIT_SUCCESS;
}
