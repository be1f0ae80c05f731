/*
 * pool.c - see pool.h. Signal handlers set flags; the one loop in pool_run() acts. A "post" is a worker's place in the plan; it has
 * a present holder and, during a reload, a successor. Children are kept by the slot of shared memory they own.
 */
#include "base/base.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "http/pool.h"
#include "http/sockets.h"
#include "http/worker.h"

#define GENERATIONS 3		/* slots a post: holder, successor, and one still leaving */
#define FIRST_WAIT_MS 100
#define LONGEST_WAIT_MS 5000
#define STEADY_MS 10000		/* a worker that lived so long starts the back-off anew */
#define LOOK_ROUND_MS 5000
#define NOBODY ((size_t)-1)

struct child {
	pid_t pid;		/* 0: the slot is free */
	size_t post;
	int64_t started, kill_at;	/* kill_at 0: not asked to leave */
	bool hung;
};

struct post {
	enum lane lane;
	size_t holder, successor;	/* slots, or NOBODY */
	int64_t not_before, wait;	/* ms */
	bool wants_successor;
};

struct pool {
	const struct pool_plan *plan;
	struct sockets sockets;
	struct shared *shared;
	struct post *posts;
	struct child *children;
	size_t n_posts;
	int lifeline[2], ready[2];
	sigset_t blocked, open;
	bool ending;
};

static volatile sig_atomic_t got_end, got_reload;

static void
on_signal(int signal)
{
	if (signal == SIGHUP)
		got_reload = 1;
	else if (signal != SIGCHLD)	/* that one only ends the sleep */
		got_end = 1;
}

static void
catch_signals(struct pool *p)
{
	static const int caught[] = { SIGTERM, SIGINT, SIGHUP, SIGCHLD };
	struct sigaction act = { .sa_handler = on_signal };

	got_end = got_reload = 0;
	sigemptyset(&act.sa_mask);
	sigemptyset(&p->blocked);
	for (size_t i = 0; i < ARRAY_LEN(caught); i++)
		sigaddset(&p->blocked, caught[i]);
	sigprocmask(SIG_BLOCK, &p->blocked, &p->open);
	for (size_t i = 0; i < ARRAY_LEN(caught); i++) {
		sigaction(caught[i], &act, NULL);
		sigdelset(&p->open, caught[i]);
	}
	signal(SIGPIPE, SIG_IGN);
}

/* -- in the child ---------------------------------------------------------------------------------------------------------- */

/* Ctrl-C in a terminal reaches everybody, and the master decides; SIGTERM stays blocked until worker_run(). */
static void
become_worker(struct pool *p, enum lane lane)
{
	sigset_t mask = p->open;

	signal(SIGINT, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	signal(SIGCHLD, SIG_DFL);
	sigaddset(&mask, SIGTERM);
	sigprocmask(SIG_SETMASK, &mask, NULL);
	close(p->lifeline[1]);
	close(p->ready[0]);
	sockets_close_others(&p->sockets, lane);
}

/* Workers that began together should not all leave together. */
static int64_t
share_of_requests(const struct pool_plan *plan, size_t post)
{
	int64_t most = plan->requests_per_worker;

	return most - most / 4 * (int64_t)(post % 8) / 8;
}

static _Noreturn void
run_child(struct pool *p, size_t post, size_t slot)
{
	enum lane lane = p->posts[post].lane;
	struct worker w = { .lane = lane, .listeners = p->sockets.fd[lane], .n_listeners = p->sockets.n[lane],
		.lifeline = p->lifeline[0], .ready = p->ready[1], .shared = p->shared, .slot = shared_slot(p->shared, slot),
		.most_requests = share_of_requests(p->plan, post) };

	become_worker(p, lane);
	metrics_attach(p->shared, w.slot, p->plan->routes);
	w.router = p->plan->worker_start(p->plan->context);
	exit(w.router ? worker_run(&w) : EXIT_FAILURE);
}

/* -- in the master --------------------------------------------------------------------------------------------------------- */

static size_t
free_slot(const struct pool *p)
{
	for (size_t i = 0; i < p->shared->n_slots; i++)
		if (!p->children[i].pid)
			return i;
	return NOBODY;
}

/* The slot of the new worker of that post, or NOBODY: try again later. */
static size_t
start_worker(struct pool *p, size_t post)
{
	size_t slot = free_slot(p);
	pid_t pid;

	if (slot == NOBODY)
		return NOBODY;
	slot_take(shared_slot(p->shared, slot), p->posts[post].lane);
	pid = fork();
	if (pid == 0)
		run_child(p, post, slot);
	if (pid < 0) {
		log_error("pool.fork", "error=\"%s\"", strerror(errno));
		slot_clear(shared_slot(p->shared, slot));
		p->posts[post].not_before = clock_steady() + LONGEST_WAIT_MS;
		return NOBODY;
	}
	p->children[slot] = (struct child){ .pid = pid, .post = post, .started = clock_steady() };
	log_debug("worker.started", "worker=%d lane=%s", (int)pid, lane_name(p->posts[post].lane));
	return slot;
}

static void
start_what_is_due(struct pool *p, int64_t now)
{
	for (size_t i = 0; i < p->n_posts; i++) {
		struct post *post = &p->posts[i];

		if (post->holder == NOBODY && post->successor == NOBODY && now >= post->not_before)
			post->holder = start_worker(p, i);
		if (post->wants_successor && post->successor == NOBODY && now >= post->not_before) {
			post->successor = start_worker(p, i);
			post->wants_successor = post->successor == NOBODY;
		}
	}
}

static void
ask_to_leave(struct pool *p, size_t slot, int64_t now)
{
	struct child *c = &p->children[slot];

	if (!c->pid || c->kill_at)
		return;
	c->kill_at = now + p->plan->grace_seconds * 1000;
	kill(c->pid, SIGTERM);
}

/* Successors that can take requests take their posts over. */
static void
hand_over(struct pool *p, int64_t now)
{
	for (size_t i = 0; i < p->n_posts; i++) {
		struct post *post = &p->posts[i];

		if (post->successor == NOBODY || shared_slot(p->shared, post->successor)->state == SLOT_STARTING)
			continue;
		if (post->holder != NOBODY) {
			ask_to_leave(p, post->holder, now);
			p->shared->restarts[RESTART_RELOAD]++;
		}
		post->holder = post->successor;
		post->successor = NOBODY;
	}
}

static void
note_end(struct pool *p, const struct child *c, int status, int64_t now)
{
	struct post *post = &p->posts[c->post];

	if (WIFEXITED(status) && WEXITSTATUS(status) == 0) {
		p->shared->restarts[RESTART_LIMIT]++;
		post->wait = FIRST_WAIT_MS;
		return;
	}
	p->shared->restarts[c->hung ? RESTART_HUNG : RESTART_CRASH]++;
	if (now - c->started > STEADY_MS)
		post->wait = FIRST_WAIT_MS;
	post->not_before = now + post->wait;
	log_error("worker.crashed", "worker=%d lane=%s signal=%d code=%d again_ms=%" PRId64, (int)c->pid, lane_name(post->lane),
	    WIFSIGNALED(status) ? WTERMSIG(status) : 0, WIFEXITED(status) ? WEXITSTATUS(status) : 0, post->wait);
	post->wait = post->wait * 2 > LONGEST_WAIT_MS ? LONGEST_WAIT_MS : post->wait * 2;
}

static void
bury(struct pool *p, size_t slot, int status, int64_t now)
{
	struct child c = p->children[slot];
	struct post *post = &p->posts[c.post];

	p->children[slot] = (struct child){ .pid = 0 };
	slot_clear(shared_slot(p->shared, slot));
	if (p->ending)
		return;
	if (post->successor == slot) {
		log_error("pool.reload", "worker=%d lane=%s what=\"a new worker did not start, the old one stays\"", (int)c.pid,
		    lane_name(post->lane));
		post->successor = NOBODY;
	} else if (post->holder == slot) {
		post->holder = NOBODY;
		note_end(p, &c, status, now);
	} else if (!WIFEXITED(status) || WEXITSTATUS(status)) {
		log_warn("worker.killed", "worker=%d lane=%s what=\"while leaving\"", (int)c.pid, lane_name(post->lane));
	}
}

static void
reap(struct pool *p, int64_t now)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		for (size_t i = 0; i < p->shared->n_slots; i++)
			if (p->children[i].pid == pid)
				bury(p, i, status, now);
}

static void
kill_the_late(struct pool *p, int64_t now)
{
	int64_t hang = p->plan->hang_seconds * 1000;

	for (size_t i = 0; i < p->shared->n_slots; i++) {
		struct child *c = &p->children[i];
		int64_t since = shared_slot(p->shared, i)->busy_since;

		if (!c->pid)
			continue;
		if (c->kill_at && now >= c->kill_at) {
			log_warn("worker.late", "worker=%d what=\"still busy after the grace period, killed\"", (int)c->pid);
			kill(c->pid, SIGKILL);
			c->kill_at = INT64_MAX;
		} else if (!c->hung && since && now - since > hang) {
			log_error("worker.hung", "worker=%d lane=%s", (int)c->pid, lane_name(p->posts[c->post].lane));
			c->hung = true;
			kill(c->pid, SIGKILL);
		}
	}
}

static int
until_next(const struct pool *p, int64_t now)
{
	int64_t round = p->plan->hang_seconds * 1000 / 4;
	int64_t next = now + (round < LOOK_ROUND_MS ? round : LOOK_ROUND_MS);

	for (size_t i = 0; i < p->n_posts && !p->ending; i++) {
		const struct post *post = &p->posts[i];

		if ((post->wants_successor || post->holder == NOBODY) && post->not_before < next)
			next = post->not_before;
	}
	for (size_t i = 0; i < p->shared->n_slots; i++)
		if (p->children[i].pid && p->children[i].kill_at && p->children[i].kill_at < next)
			next = p->children[i].kill_at;
	return next > now ? (int)(next - now) : FIRST_WAIT_MS;	/* already due and not done: no slot was free */
}

static void
sleep_a_while(struct pool *p)
{
	int ms = until_next(p, clock_steady());
	struct timespec most = { ms / 1000, ms % 1000 * 1000000L };
	struct pollfd ready = { .fd = p->ready[0], .events = POLLIN };
	char news[64];

	if (ppoll(&ready, 1, &most, &p->open) > 0)
		while (read(p->ready[0], news, sizeof(news)) > 0)
			;
}

static void
begin_end(struct pool *p, int64_t now)
{
	log_info("pool.ends", "waiting_s=%" PRId64, p->plan->grace_seconds);
	p->ending = true;
	p->shared->draining = p->sockets.ours;	/* systemd keeps its own, and what waits there, for our successor */
	sockets_unlink(&p->sockets);
	for (size_t i = 0; i < p->shared->n_slots; i++)
		ask_to_leave(p, i, now);
}

static void
begin_reload(struct pool *p)
{
	got_reload = 0;
	log_info("pool.reload", "workers=%zu", p->n_posts);
	if (p->plan->reload && !p->plan->reload(p->plan->context))
		return;
	for (size_t i = 0; i < p->n_posts; i++)
		p->posts[i].wants_successor = true;
}

static bool
anybody_left(const struct pool *p)
{
	for (size_t i = 0; i < p->shared->n_slots; i++)
		if (p->children[i].pid)
			return true;
	return false;
}

/* One turn of the loop; false when all is over. */
static bool
supervise(struct pool *p)
{
	int64_t now = clock_steady();

	reap(p, now);
	if (got_end && !p->ending)
		begin_end(p, now);
	kill_the_late(p, now);
	if (p->ending)
		return anybody_left(p);
	hand_over(p, now);
	if (got_reload)
		begin_reload(p);
	start_what_is_due(p, now);
	return true;
}

static void
lay_out(struct pool *p, const struct pool_plan *plan)
{
	size_t at = 0;

	p->plan = plan;
	for (enum lane lane = 0; lane < LANES; lane++)
		p->n_posts += (size_t)plan->workers[lane];
	p->posts = calloc(p->n_posts, sizeof(*p->posts));
	p->children = calloc(p->n_posts * GENERATIONS, sizeof(*p->children));
	if (!p->posts || !p->children)
		die("out of memory: %zu workers", p->n_posts);
	for (enum lane lane = 0; lane < LANES; lane++)
		for (int i = 0; i < plan->workers[lane]; i++)
			p->posts[at++] = (struct post){ .lane = lane, .holder = NOBODY, .successor = NOBODY, .wait = FIRST_WAIT_MS };
	p->shared = shared_new(p->n_posts * GENERATIONS, plan->n_routes);
}

int
pool_run(const struct pool_plan *plan)
{
	struct pool p = { .ending = false };

	lay_out(&p, plan);
	if (!sockets_open(&p.sockets, plan->run_dir, plan->workers))
		return EXIT_FAILURE;
	if (pipe2(p.lifeline, O_CLOEXEC) != 0 || pipe2(p.ready, O_CLOEXEC | O_NONBLOCK) != 0)
		die("pipe: %s", strerror(errno));
	catch_signals(&p);
	log_info("pool.starts", "workers=%zu run_dir=%s", p.n_posts, plan->run_dir);
	while (supervise(&p))
		sleep_a_while(&p);
	log_info("pool.ended", "workers=%zu", p.n_posts);
	free(p.posts);
	free(p.children);
	return EXIT_SUCCESS;
}
