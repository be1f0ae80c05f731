/* operators.c - see operators.h. */
#include "operators.h"

#include <dirent.h>

#include "base/files.h"

struct page
operators_get(struct stack *s, const char *path)
{
	struct visitor *v = visitor_new(s);
	struct page p = visitor_get(v, arena_fmt(s->arena, "http://127.0.0.1:%d%s", s->port + 1, path).p);

	visitor_free(v);
	return p;
}

int64_t
metric_sum(struct stack *s, const char *name, const char *label)
{
	struct page p = operators_get(s, "/metrics");
	struct span rest = p.body;
	int64_t sum = 0, n;

	while (rest.n) {
		struct span line = span_cut(&rest, '\n'), labels = span_cut(&line, ' ');

		if (span_starts(labels, name) && memmem(labels.p, labels.n, label, strlen(label)) && span_int(line, 0, INT64_MAX, &n))
			sum += n;
	}
	return sum;
}

int64_t
metric(struct stack *s, const char *name)
{
	return metric_sum(s, name, "");
}

int64_t
workers_lost(struct stack *s)
{
	return metric(s, "foyer_worker_restarts_total{reason=\"crash\"}") + metric(s, "foyer_worker_restarts_total{reason=\"hung\"}");
}

pid_t
foyerd_master(struct stack *s)
{
	struct span text;
	int64_t pid = 0;

	if (file_read(s->arena, arena_fmt(s->arena, "%s/run/foyerd.pid", s->folder).p, KiB, &text))
		span_int(span_cut(&text, ' '), 1, INT32_MAX, &pid);
	return (pid_t)pid;
}

/* "pid (name) state parent …": the name may have blanks of its own, so from the last bracket on. */
static pid_t
parent_of(struct stack *s, const char *pid)
{
	struct span text;
	const char *end;
	int64_t parent = 0;

	if (!file_read(s->arena, arena_fmt(s->arena, "/proc/%s/stat", pid).p, 4 * KiB, &text) || !(end = strrchr(text.p, ')')))
		return 0;
	text = span_of(end + 1);
	span_cut(&text, ' ');
	span_cut(&text, ' ');
	span_int(span_cut(&text, ' '), 1, INT32_MAX, &parent);
	return (pid_t)parent;
}

size_t
foyerd_workers(struct stack *s, pid_t *list, size_t max)
{
	pid_t master = foyerd_master(s);
	DIR *dir = opendir("/proc");
	struct dirent *e;
	size_t n = 0;
	int64_t pid;

	while (dir && n < max && (e = readdir(dir)))
		if (span_int(span_of(e->d_name), 1, INT32_MAX, &pid) && parent_of(s, e->d_name) == master)
			list[n++] = (pid_t)pid;
	if (dir)
		closedir(dir);
	return n;
}
