/* kafka.c - see kafka.h. */
#include "kafka.h"

#include <setjmp.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define MOCK "t/kafka/mock"
#define CONSUMER "t/kafka/consumer"
#define OUTPUT_MAX (16 * MiB)

static void
read_line(struct kafka_mock *m, char *line, int size)
{
	assert_non_null(fgets(line, size, m->out));
	line[strcspn(line, "\n")] = '\0';
}

bool
kafka_mock_open(struct kafka_mock *m)
{
	int in[2], out[2];

	if (access(MOCK, X_OK) != 0)
		return false;
	assert_int_equal(pipe(in) | pipe(out), 0);
	m->pid = fork();
	assert_true(m->pid >= 0);
	if (m->pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		dup2(in[0], STDIN_FILENO);
		dup2(out[1], STDOUT_FILENO);
		close(in[1]);
		close(out[0]);
		execl(MOCK, MOCK, (char *)NULL);
		_exit(127);
	}
	close(in[0]);
	close(out[1]);
	m->in = fdopen(in[1], "w");
	m->out = fdopen(out[0], "r");
	assert_true(m->in && m->out);
	read_line(m, m->brokers, sizeof(m->brokers));
	return true;
}

void
kafka_mock_close(struct kafka_mock *m)
{
	fclose(m->in);
	fclose(m->out);
	kill(m->pid, SIGKILL);
	waitpid(m->pid, NULL, 0);
}

void
kafka_mock_does(struct kafka_mock *m, const char *fmt, ...)
{
	char line[400], answer[20];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	fprintf(m->in, "%s\n", line);
	fflush(m->in);
	read_line(m, answer, sizeof(answer));
	if (strcmp(answer, "ok") != 0)
		fail_msg("the mock cluster does not do \"%s\"", line);
}

struct span
kafka_mock_read(struct kafka_mock *m, struct arena *a, const char *words)
{
	FILE *p = popen(arena_fmt(a, CONSUMER " %s %s", m->brokers, words).p, "r");
	struct buf b;
	char bytes[4096];
	size_t n;

	assert_non_null(p);
	buf_init(&b, a, OUTPUT_MAX);
	while ((n = fread(bytes, 1, sizeof(bytes), p)) > 0)
		buf_bytes(&b, bytes, n);
	assert_int_equal(pclose(p), 0);
	assert_false(b.failed);
	return buf_view(&b);
}
