/* test_wake.c - whoever listens is woken, whoever calls waits for nothing, and a place keeps its number over the deaths of its holders. */
#include "base/base.h"

#include <setjmp.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/crypto.h"
#include "base/wake.h"

static struct arena *arena;
static char folder[64];

/* Listens in a process of its own until it is killed; its place and number come by the pipe. */
static pid_t
listener(int *place, int64_t *holder)
{
	int ends[2], fd;
	pid_t pid;

	assert_int_equal(pipe(ends), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		*place = wake_listen(arena, folder, "test", &fd, holder);
		if (write(ends[1], place, sizeof(*place)) > 0 && write(ends[1], holder, sizeof(*holder)) > 0)
			pause();
		_exit(0);
	}
	assert_int_equal(read(ends[0], place, sizeof(*place)), sizeof(*place));
	assert_int_equal(read(ends[0], holder, sizeof(*holder)), sizeof(*holder));
	close(ends[0]);
	close(ends[1]);
	return pid;
}

static void
end(pid_t pid)
{
	kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
}

static void
nobody_who_listens_is_nothing_to_whoever_calls(void **state)
{
	struct wake *w = wake_new(arena, folder, "test");

	(void)state;
	wake_all(w);
	wake_all(w);
}

static void
every_place_is_taken_once_and_keeps_its_number(void **state)
{
	pid_t pids[WAKE_PLACES], more;
	int64_t holders[WAKE_PLACES], holder;
	int place;

	(void)state;
	for (int i = 0; i < WAKE_PLACES; i++) {
		pids[i] = listener(&place, &holders[i]);
		assert_int_equal(place, i);
		assert_true(holders[i] > 0);
		for (int k = 0; k < i; k++)
			assert_true(holders[k] != holders[i]);
	}
	more = listener(&place, &holder);
	assert_int_equal(place, -1);
	end(more);
	end(pids[1]);
	pids[1] = listener(&place, &holder);
	assert_int_equal(place, 1);
	assert_true(holder == holders[1]);
	for (int i = 0; i < WAKE_PLACES; i++)
		end(pids[i]);
}

/* The longest wait is much longer than the test may take. */
static void
a_call_ends_the_wait_also_one_that_came_before_it(void **state)
{
	struct wake *w = wake_new(arena, folder, "test");
	int64_t holder;
	int fd;

	(void)state;
	assert_int_equal(wake_listen(arena, folder, "test", &fd, &holder), 0);
	wake_all(w);
	wake_wait(fd, 1000000);
	for (int i = 0; i < 5000; i++)
		wake_all(w);		/* more than fit: the rest is lost, and nobody waits */
	wake_wait(fd, 1000000);
	wake_wait(fd, 0);		/* all of that was heard at once */
	if (fork() == 0) {
		usleep(50000);
		wake_all(w);
		_exit(0);
	}
	wake_wait(fd, 1000000);
	wait(NULL);
	close(fd);
}

static int
open_all(void **state)
{
	(void)state;
	arena = arena_new(MiB);
	snprintf(folder, sizeof(folder), "/tmp/foyer-test-wake-XXXXXX");
	return mkdtemp(folder) == NULL;
}

static int
close_all(void **state)
{
	(void)state;
	for (int i = 0; i < WAKE_PLACES; i++) {
		unlink(arena_fmt(arena, "%s/test%d.sock", folder, i).p);
		unlink(arena_fmt(arena, "%s/test%d.lock", folder, i).p);
	}
	arena_free(arena);
	return rmdir(folder);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nobody_who_listens_is_nothing_to_whoever_calls),
		cmocka_unit_test(every_place_is_taken_once_and_keeps_its_number),
		cmocka_unit_test(a_call_ends_the_wait_also_one_that_came_before_it),
	};

	crypto_start();
	return cmocka_run_group_tests(tests, open_all, close_all);
}
