/*
 * test_pool.c - a real master with real workers, asked over its sockets as nginx would: what happens to requests when workers
 * crash, hang, are replaced or told to go.
 */
#include "base/base.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>

#include "t/lib/pool_site.h"

/* -- crashes ------------------------------------------------------------------------------------------------------------------ */

static void
a_crashed_worker_is_replaced_and_its_counters_stay(void **state)
{
	struct site *s = *state;
	struct fastcgi_answer answer;
	int64_t counted;

	site_start(s);
	for (int i = 0; i < 20; i++)
		assert_true(site_who(s) > 0);
	counted = site_metric(s, "foyer_holds_taken_total");
	assert_true(counted >= 20);
	site_ask(s, "/crash", &answer);
	assert_int_equal(answer.status, 0);
	site_ask(s, "/crash", &answer);
	wait_until(site_metric(s, "foyer_worker_restarts_total{reason=\"crash\"}") == 2);
	wait_until(site_metric(s, "foyer_workers{lane=\"public\",state=\"idle\"}") == 1);	/* the other one is telling */
	assert_int_equal(site_metric(s, "foyer_holds_taken_total"), counted);
	assert_int_equal(site_metric(s, "foyer_requests_total{method=\"GET\",route=\"/who\",status=\"200\"}"), counted);
	assert_true(site_who(s) > 0);
}

static void
who_keeps_crashing_must_wait_longer_each_time(void **state)
{
	struct site *s = *state;
	struct fastcgi_answer answer;

	s->plan.workers[LANE_PUBLIC] = 1;
	site_start(s);
	for (int i = 0; i < 4; i++)
		site_ask(s, "/crash", &answer);
	assert_true(site_log_says(s, "again_ms=100\n"));
	assert_true(site_log_says(s, "again_ms=200\n"));
	assert_true(site_log_says(s, "again_ms=400\n"));
	wait_until(site_log_says(s, "again_ms=800\n"));
	assert_true(site_who(s) > 0);
}

static void
a_worker_that_hangs_is_killed_and_replaced(void **state)
{
	struct site *s = *state;
	struct fastcgi_answer answer;

	s->plan.workers[LANE_PUBLIC] = 1;
	s->plan.hang_seconds = 1;
	site_start(s);
	site_ask(s, "/stuck", &answer);
	assert_int_equal(answer.status, 0);
	assert_true(site_log_says(s, "worker.hung"));
	assert_true(site_who(s) > 0);
	assert_int_equal(site_metric(s, "foyer_worker_restarts_total{reason=\"hung\"}"), 1);
}

static void
what_is_no_request_harms_nobody(void **state)
{
	static const char noise[48] = "GET / HTTP/1.0\r\n\r\n\1\2\3\4\5\6\1\1\0\1\0\0\0\0";
	struct site *s = *state;
	struct fastcgi_answer answer;
	char *big = calloc(1, 10 * MiB);
	pid_t first;
	int fd;

	s->plan.workers[LANE_PUBLIC] = 1;
	site_start(s);
	first = site_who(s);
	for (size_t n = 0; n <= sizeof(noise); n += 8) {
		fd = fastcgi_connect(s->sock);
		assert_true(fd >= 0);
		assert_int_equal(send(fd, noise, n, 0), n);
		close(fd);
	}
	close(fastcgi_ask(s->sock, "GET", "/who", SPAN_NONE));
	fastcgi_answer(fastcgi_ask(s->sock, "POST", "/length", (struct span){ big, 10 * MiB }), &answer);
	assert_int_equal(answer.status, 413);
	fastcgi_answer(fastcgi_ask(s->sock, "POST", "/length", (struct span){ big, 100 * KiB }), &answer);
	assert_string_equal(answer.body, "102400");
	fastcgi_answer(fastcgi_ask(s->sock, "HEAD", "/who", SPAN_NONE), &answer);
	assert_int_equal(answer.status, 200);
	assert_string_equal(answer.body, "");
	assert_int_equal(site_who(s), first);
	free(big);
}

/* -- reload ------------------------------------------------------------------------------------------------------------------- */

/* Asks without a pause until told to stop; the exit code is the number of requests that were not answered. */
static pid_t
start_asking(struct site *s)
{
	pid_t pid = fork();
	int lost = 0;

	if (pid)
		return pid;
	while (access(s->broken, F_OK) != 0)
		lost += site_who(s) == 0;
	_exit(lost > 100 ? 100 : lost);
}

static void
stop_asking(struct site *s, const pid_t *visitors, size_t n)
{
	int status;

	close(open(s->broken, O_WRONLY | O_CREAT, 0600));
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(waitpid(visitors[i], &status, 0), visitors[i]);
		assert_true(WIFEXITED(status));
		assert_int_equal(WEXITSTATUS(status), 0);
	}
	unlink(s->broken);
}

static void
a_reload_replaces_every_worker_and_loses_no_request(void **state)
{
	struct site *s = *state;
	pid_t visitors[4];

	site_start(s);
	for (size_t i = 0; i < ARRAY_LEN(visitors); i++)
		visitors[i] = start_asking(s);
	for (int i = 1; i <= 5; i++) {
		kill(s->master, SIGHUP);
		wait_until(site_metric(s, "foyer_worker_restarts_total{reason=\"reload\"}") == 2 * i);
	}
	stop_asking(s, visitors, ARRAY_LEN(visitors));
	assert_int_equal(site_metric(s, "foyer_worker_restarts_total{reason=\"crash\"}"), 0);
}

static void
a_request_that_has_begun_is_finished_by_its_old_worker(void **state)
{
	struct site *s = *state;
	struct fastcgi_answer answer;
	pid_t first;
	int fd;

	s->plan.workers[LANE_PUBLIC] = 1;
	site_start(s);
	first = site_who(s);
	fd = fastcgi_ask(s->sock, "GET", "/slow", SPAN_NONE);
	rest(100);
	kill(s->master, SIGHUP);
	wait_until(site_who(s) != first);
	fastcgi_answer(fd, &answer);
	assert_int_equal(answer.status, 200);
	assert_true(span_is(arena_fmt(s->arena, "%d", (int)first), answer.body));
}

static void
old_workers_stay_where_new_ones_cannot_start(void **state)
{
	struct site *s = *state;
	pid_t first;

	s->plan.workers[LANE_PUBLIC] = 1;
	site_start(s);
	first = site_who(s);
	close(open(s->broken, O_WRONLY | O_CREAT, 0600));
	kill(s->master, SIGHUP);
	wait_until(site_log_says(s, "the old one stays"));
	assert_int_equal(site_who(s), first);
	unlink(s->broken);
	kill(s->master, SIGHUP);
	wait_until(site_who(s) != first);
}

static bool
bad_configuration(void *context)
{
	(void)context;
	return false;
}

static void
a_bad_configuration_replaces_nobody(void **state)
{
	struct site *s = *state;
	pid_t first;

	s->plan.workers[LANE_PUBLIC] = 1;
	s->plan.reload = bad_configuration;
	site_start(s);
	first = site_who(s);
	kill(s->master, SIGHUP);
	wait_until(site_log_says(s, "pool.reload"));
	rest(200);
	assert_int_equal(site_who(s), first);
	assert_int_equal(site_metric(s, "foyer_worker_restarts_total{reason=\"reload\"}"), 0);
}

static void
a_worker_leaves_after_its_share_of_requests_and_none_is_lost(void **state)
{
	struct site *s = *state;

	s->plan.requests_per_worker = 10;
	site_start(s);
	for (int i = 0; i < 200; i++)
		assert_true(site_who(s) > 0);
	assert_true(site_metric(s, "foyer_worker_restarts_total{reason=\"limit\"}") >= 19);
	assert_int_equal(site_metric(s, "foyer_worker_restarts_total{reason=\"crash\"}"), 0);
}

/* -- the end ------------------------------------------------------------------------------------------------------------------ */

static void
told_to_end_it_answers_what_has_come_and_takes_nothing_new(void **state)
{
	struct site *s = *state;
	struct fastcgi_answer answer;
	int waiting[12];

	s->plan.workers[LANE_PUBLIC] = 1;
	site_start(s);
	waiting[0] = fastcgi_ask(s->sock, "GET", "/slow", SPAN_NONE);
	rest(100);
	for (size_t i = 1; i < ARRAY_LEN(waiting); i++)
		waiting[i] = fastcgi_ask(s->sock, "GET", "/who", SPAN_NONE);
	kill(s->master, SIGTERM);
	wait_until(access(s->sock, F_OK) != 0);
	assert_int_equal(fastcgi_connect(s->sock), -1);
	for (size_t i = 0; i < ARRAY_LEN(waiting); i++) {
		fastcgi_answer(waiting[i], &answer);
		assert_int_equal(answer.status, 200);
	}
	assert_int_equal(site_end(s), 0);
}

static void
who_does_not_end_in_time_is_killed(void **state)
{
	struct site *s = *state;
	struct fastcgi_answer answer;
	int fd;

	s->plan.grace_seconds = 1;
	site_start(s);
	fd = fastcgi_ask(s->sock, "GET", "/stuck", SPAN_NONE);
	rest(100);
	kill(s->master, SIGTERM);
	assert_int_equal(site_end(s), 0);
	fastcgi_answer(fd, &answer);
	assert_int_equal(answer.status, 0);
	assert_true(site_log_says(s, "worker.late"));
}

static void
workers_do_not_outlive_their_master(void **state)
{
	struct site *s = *state;

	site_start(s);
	kill(s->master, SIGKILL);
	site_end(s);
	wait_until(fastcgi_connect(s->sock) == -1);	/* the last listener is closed */
}

/* -- sockets ------------------------------------------------------------------------------------------------------------------ */

static void
a_second_pool_is_refused_and_a_dead_ones_sockets_are_taken(void **state)
{
	struct site *s = *state, second = *s;

	site_start(s);
	second = *s;
	site_launch(&second);
	assert_int_equal(site_end(&second), 1);
	assert_true(site_log_says(s, "Address already in use"));
	assert_true(site_who(s) > 0);
	kill(s->master, SIGKILL);
	site_end(s);
	wait_until(fastcgi_connect(s->sock) == -1);
	site_start(s);
}

static void
anybody_who_may_enter_the_folder_may_connect(void **state)
{
	struct site *s = *state;
	struct stat st;

	site_start(s);
	assert_int_equal(stat(s->sock, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0777);
}

/* As systemd does: the listening socket is number 3, and stays when we go. */
static void
sockets_handed_over_are_served_and_left_alone(void **state)
{
	struct site *s = *state;
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int listener = socket(AF_UNIX, SOCK_STREAM, 0), fd;
	struct fastcgi_answer answer;

	snprintf(at.sun_path, sizeof(at.sun_path), "%s", s->sock);
	assert_int_equal(bind(listener, (struct sockaddr *)&at, sizeof(at)), 0);
	assert_int_equal(listen(listener, 16), 0);
	for (int round = 0; round < 2; round++) {
		s->master = fork();
		if (s->master == 0) {
			char pid[16];

			dup2(open(s->log, O_WRONLY | O_CREAT | O_APPEND, 0600), STDERR_FILENO);
			if (listener != 3)
				dup2(listener, 3);
			snprintf(pid, sizeof(pid), "%d", (int)getpid());
			setenv("LISTEN_PID", pid, 1);
			setenv("LISTEN_FDS", "1", 1);
			exit(pool_run(&s->plan));
		}
		wait_until(site_who(s) > 0);
		kill(s->master, SIGTERM);
		assert_int_equal(site_end(s), 0);
	}
	assert_int_equal(access(s->sock, F_OK), 0);
	fd = fastcgi_ask(s->sock, "GET", "/who", SPAN_NONE);	/* while nobody serves */
	assert_true(fd >= 0);
	close(fd);
	close(listener);
	site_start(s);		/* now that it is nobody's, the next one opens it itself */
	site_ask(s, "/who", &answer);
	assert_int_equal(answer.status, 200);
}

/* -- the gate ----------------------------------------------------------------------------------------------------------------- */

static int
let_in(struct site *s, int n)
{
	struct fastcgi_answer answer;
	int fd[8], in = 0;

	for (int i = 0; i < n; i++)
		fd[i] = fastcgi_ask(s->sock, "GET", "/call", SPAN_NONE);
	for (int i = 0; i < n; i++) {
		fastcgi_answer(fd[i], &answer);
		assert_int_equal(answer.status, 200);
		in += strcmp(answer.body, "in") == 0;
	}
	return in;
}

static void
the_gate_lets_its_number_in_over_all_workers(void **state)
{
	struct site *s = *state;
	struct fastcgi_answer answer;
	int first;

	s->plan.workers[LANE_PUBLIC] = 6;
	site_start(s);
	wait_until(site_metric(s, "foyer_workers{lane=\"public\",state=\"idle\"}") == 5);
	first = fastcgi_ask(s->sock, "GET", "/call", SPAN_NONE);
	rest(100);
	assert_int_equal(let_in(s, 1), 1);
	fastcgi_answer(first, &answer);
	assert_true(let_in(s, 6) <= 2);
	assert_int_equal(site_metric(s, "foyer_calls_in_flight{provider=\"pay\"}"), 0);
}

static void
a_worker_killed_inside_the_gate_gives_its_place_back(void **state)
{
	struct site *s = *state;
	struct fastcgi_answer answer;

	site_start(s);
	for (int i = 0; i < 3; i++) {
		site_ask(s, "/call?die=1", &answer);
		wait_until(site_metric(s, "foyer_worker_restarts_total{reason=\"crash\"}") == i + 1);
	}
	assert_int_equal(site_metric(s, "foyer_calls_in_flight{provider=\"pay\"}"), 0);
	assert_int_equal(let_in(s, 1), 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, site_open, site_close)
		TEST(a_crashed_worker_is_replaced_and_its_counters_stay),
		TEST(who_keeps_crashing_must_wait_longer_each_time),
		TEST(a_worker_that_hangs_is_killed_and_replaced),
		TEST(what_is_no_request_harms_nobody),
		TEST(a_reload_replaces_every_worker_and_loses_no_request),
		TEST(a_request_that_has_begun_is_finished_by_its_old_worker),
		TEST(old_workers_stay_where_new_ones_cannot_start),
		TEST(a_bad_configuration_replaces_nobody),
		TEST(a_worker_leaves_after_its_share_of_requests_and_none_is_lost),
		TEST(told_to_end_it_answers_what_has_come_and_takes_nothing_new),
		TEST(who_does_not_end_in_time_is_killed),
		TEST(workers_do_not_outlive_their_master),
		TEST(a_second_pool_is_refused_and_a_dead_ones_sockets_are_taken),
		TEST(anybody_who_may_enter_the_folder_may_connect),
		TEST(sockets_handed_over_are_served_and_left_alone),
		TEST(the_gate_lets_its_number_in_over_all_workers),
		TEST(a_worker_killed_inside_the_gate_gives_its_place_back),
	};

	return cmocka_run_group_tests_name("pool", tests, NULL, NULL);
}
