/* pool_site.c - see pool_site.h. */
#include "base/base.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "base/crypto.h"
#include "base/files.h"
#include "http/metrics.h"
#include "t/lib/pool_site.h"

/* -- the site's pages ------------------------------------------------------------------------------------------------------- */

static struct call_cap cap;

void
rest(int64_t ms)
{
	nanosleep(&(struct timespec){ ms / 1000, ms % 1000 * 1000000L }, NULL);
}

static int
who(struct request *rq, struct response *rs)
{
	(void)rq;
	metric_add(METRIC_HOLDS_TAKEN, 1);
	buf_fmt(&rs->body.buf, "%d", (int)getpid());
	return 200;
}

static int
slow(struct request *rq, struct response *rs)
{
	rest(400);
	return who(rq, rs);
}

static int
stuck(struct request *rq, struct response *rs)
{
	rest(60000);
	return who(rq, rs);
}

static int
crash(struct request *rq, struct response *rs)
{
	(void)rq, (void)rs;
	raise(SIGKILL);
	return 0;
}

static int
call(struct request *rq, struct response *rs)
{
	if (!gate_enter(&cap)) {
		buf_text(&rs->body.buf, "full");
		return 200;
	}
	if (query_value(rq, "die").n)
		raise(SIGKILL);
	rest(400);
	gate_leave(&cap, true, 0);
	buf_text(&rs->body.buf, "in");
	return 200;
}

static int
length(struct request *rq, struct response *rs)
{
	buf_fmt(&rs->body.buf, "%zu", rq->body.n);
	return 200;
}

static int
metrics(struct request *rq, struct response *rs)
{
	(void)rq;
	metrics_print(&rs->body.buf);
	return 200;
}

static const struct route table[] = {
#define R(METHOD, pattern, run, gates, limit) { METHOD_##METHOD, pattern, run, gates, limit, LANE_PUBLIC, pattern },
	R(GET, "/who", who, PRIVATE, 0)
	R(GET, "/slow", slow, PRIVATE, 0)
	R(GET, "/stuck", stuck, PRIVATE, 0)
	R(GET, "/crash", crash, PRIVATE, 0)
	R(GET, "/call", call, PRIVATE, 0)
	R(POST, "/length", length, MACHINE, 100 * KiB)
	R(GET, "/metrics", metrics, MACHINE, 0)
#undef R
};

/* -- running it --------------------------------------------------------------------------------------------------------------- */

static const struct router *
worker_start(void *context)
{
	static struct router router = { .routes = table, .n = ARRAY_LEN(table), .base_url = "http://localhost" };
	const struct site *s = context;

	call_cap_init(&cap, 0, "pay", 2);
	return access(s->broken, F_OK) == 0 ? NULL : &router;
}

void
site_launch(struct site *s)
{
	s->master = fork();
	if (s->master == 0) {
		int fd = open(s->log, O_WRONLY | O_CREAT | O_APPEND, 0600);

		prctl(PR_SET_PDEATHSIG, SIGTERM);	/* a test that is stopped leaves no master behind */
		dup2(fd, STDERR_FILENO);
		log_open("pool", LOG_LEVEL_DEBUG);
		exit(pool_run(&s->plan));
	}
}

void
site_ask(struct site *s, const char *uri, struct fastcgi_answer *answer)
{
	fastcgi_answer(fastcgi_ask(s->sock, "GET", uri, SPAN_NONE), answer);
}

pid_t
site_who(struct site *s)
{
	struct fastcgi_answer answer;
	int64_t pid = 0;

	site_ask(s, "/who", &answer);
	if (answer.status == 200)
		span_int(span_of(answer.body), 1, INT32_MAX, &pid);
	return (pid_t)pid;
}

bool
site_log_says(struct site *s, const char *words)
{
	struct span text;
	bool said;

	said = file_read(s->arena, s->log, 4 * MiB, &text) && strstr(text.p, words);
	arena_reset(s->arena);
	return said;
}

int64_t
site_metric(struct site *s, const char *line)
{
	struct fastcgi_answer answer;
	const char *at;
	int64_t n = -1;

	site_ask(s, "/metrics", &answer);
	at = strstr(answer.body, arena_fmt(s->arena, "\n%s ", line).p);
	if (at)
		span_int((struct span){ at + strlen(line) + 2, strcspn(at + strlen(line) + 2, "\n") }, 0, INT64_MAX, &n);
	arena_reset(s->arena);
	return n;
}

int
site_open(void **state)
{
	struct site *s = calloc(1, sizeof(*s));

	crypto_start();
	s->arena = arena_new(16 * MiB);
	snprintf(s->dir, sizeof(s->dir), "/tmp/foyer-pool-XXXXXX");
	assert_non_null(mkdtemp(s->dir));
	snprintf(s->sock, sizeof(s->sock), "%s/public0.sock", s->dir);
	snprintf(s->log, sizeof(s->log), "%s/log", s->dir);
	snprintf(s->broken, sizeof(s->broken), "%s/broken", s->dir);
	s->plan = (struct pool_plan){ .run_dir = s->dir, .workers = { 2 }, .routes = table, .n_routes = ARRAY_LEN(table),
		.requests_per_worker = 1000000, .grace_seconds = 10, .hang_seconds = 100, .worker_start = worker_start, .context = s };
	*state = s;
	return 0;
}

void
site_start(struct site *s)
{
	site_launch(s);
	wait_until(site_who(s) > 0);
}

int
site_end(struct site *s)
{
	int status = -1;

	waitpid(s->master, &status, 0);
	s->master = 0;
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

int
site_close(void **state)
{
	static const char *const names[] = { "public0.sock", "public1.sock", "public2.sock", "public3.sock", "log", "broken" };
	struct site *s = *state;
	char path[128];

	if (s->master > 0) {
		kill(s->master, SIGKILL);
		site_end(s);
	}
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		snprintf(path, sizeof(path), "%s/%s", s->dir, names[i]);
		unlink(path);
	}
	rmdir(s->dir);
	arena_free(s->arena);
	free(s);
	return 0;
}
