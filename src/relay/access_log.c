/*
 * access_log.c - see access_log.h. What visitors write (path, agent) stands in the log as nginx wrote it: between quotation marks, and
 * one of their own would be \x22. So a line is taken from its beginning, value by value, and no visitor can make up another value.
 */
#include "base/base.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/files.h"
#include "relay/access_log.h"

#define READ_MOST (1 * MiB)		/* at once; much longer than a line */
#define QUARTER_MS 900000		/* all zones differ by whole quarters of an hour, so within one no day ends */
#define SHOW_MOST 923520
#define HOST_MOST 64			/* letters */

/* The value of name=value or name="value" at the beginning of the rest. */
static bool
value_cut(struct span *rest, const char *name, struct span *value)
{
	size_t n = strlen(name);

	if (!span_starts(*rest, name) || rest->n <= n || rest->p[n] != '=')
		return false;
	*rest = (struct span){ rest->p + n + 1, rest->n - n - 1 };
	if (!rest->n)
		return false;
	if (rest->p[0] != '"') {
		*value = span_cut(rest, ' ');
		return true;
	}
	*rest = (struct span){ rest->p + 1, rest->n - 1 };
	if (!memchr(rest->p, '"', rest->n))
		return false;
	*value = span_cut(rest, '"');
	if (rest->n && rest->p[0] == ' ')
		*rest = (struct span){ rest->p + 1, rest->n - 1 };
	return true;
}

/* "2026-11-21T19:30:00+05:30" */
static bool
time_of(struct span s, int64_t *ms)
{
	int64_t part[8];
	static const struct { size_t at, n; } places[] = { { 0, 4 }, { 5, 2 }, { 8, 2 }, { 11, 2 }, { 14, 2 }, { 17, 2 }, { 20, 2 }, { 23, 2 } };
	struct civil c;

	if (s.n != 25 || s.p[10] != 'T' || (s.p[19] != '+' && s.p[19] != '-') || !date_parse((struct span){ s.p, 10 }, &c))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(places); i++)
		if (!span_int((struct span){ s.p + places[i].at, places[i].n }, 0, 9999, &part[i]))
			return false;
	c.hour = (int)part[3];
	c.minute = (int)part[4];
	c.second = (int)part[5];
	if (c.hour > 23 || c.minute > 59 || c.second > 60 || part[6] > 15 || part[7] > 59)
		return false;
	*ms = civil_ms(c, NULL) - (s.p[19] == '-' ? -1 : 1) * (part[6] * 60 + part[7]) * 60000;
	return true;
}

static bool
is_robot(struct span agent)
{
	static const char *const names[] = { "bot", "crawl", "spider" };

	for (size_t at = 0; at < agent.n; at++)
		for (size_t i = 0; i < ARRAY_LEN(names); i++)
			if (agent.n - at >= strlen(names[i]) && strncasecmp(agent.p + at, names[i], strlen(names[i])) == 0)
				return true;
	return false;
}

static bool
show_of(struct span path, int64_t *show)
{
	static const char before[] = "/shows/";
	size_t n = sizeof(before) - 1;

	return span_starts(path, before) && path.n > n && path.p[n] != '0' &&
	    span_int((struct span){ path.p + n, path.n - n }, 1, SHOW_MOST, show);
}

bool
access_log_view(struct span line, int64_t *show, int64_t *at_ms)
{
	static const char *const names[] = { "time", "id", "client", "method", "path", "status", "bytes", "seconds", "cache", "to", "upstream",
		"upstream_seconds", "agent" };
	enum { TIME, METHOD = 3, PATH, STATUS, AGENT = 12 };
	struct span values[ARRAY_LEN(names)];

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (!value_cut(&line, names[i], &values[i]))
			return false;
	return span_is(values[METHOD], "GET") && span_is(values[STATUS], "200") && show_of(values[PATH], show) && !is_robot(values[AGENT]) &&
	    time_of(values[TIME], at_ms);
}

/* -- the file ----------------------------------------------------------------------------------------------------------------- */

static int
open_at(const char *path, struct stat *st)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);

	if (fd >= 0 && fstat(fd, st) == 0)
		return fd;
	if (fd >= 0)
		close(fd);
	return -1;
}

/* The file to read on in, and from where. Where it was renamed meanwhile, its rest comes first: `over` if there is a new one. -1: none. */
static int
open_next(struct arena *a, const char *path, const struct log_mark *from, struct log_mark *at, bool *over)
{
	struct stat st, old;
	int fd = open_at(path, &st), before;

	*at = *from;
	*over = false;
	if (fd >= 0 && (int64_t)st.st_ino == from->inode) {
		if (st.st_size < from->read_to)
			at->read_to = 0;	/* cut */
		return fd;
	}
	before = from->inode ? open_at(arena_fmt(a, "%s.1", path).p, &old) : -1;
	if (before >= 0 && (int64_t)old.st_ino == from->inode && old.st_size > from->read_to) {
		*over = fd >= 0;
		if (fd >= 0)
			close(fd);
		return before;
	}
	if (before >= 0)
		close(before);
	if (fd >= 0)
		*at = (struct log_mark){ (int64_t)st.st_ino, 0 };
	return fd;
}

struct counting {
	struct view_count *list;
	size_t n;
};

static void
count_line(struct counting *c, struct span line)
{
	int64_t show, at_ms;

	if (!access_log_view(line, &show, &at_ms))
		return;
	at_ms -= at_ms % QUARTER_MS;
	for (size_t i = c->n; i > 0; i--)
		if (c->list[i - 1].show == show && c->list[i - 1].at_ms == at_ms) {
			c->list[i - 1].n++;
			return;
		}
	c->list[c->n++] = (struct view_count){ show, at_ms, 1 };
}

/* Returns how many bytes were whole lines; a line that fills everything is no line of ours, and is passed over. */
static size_t
count_lines(struct arena *a, struct span text, struct counting *c)
{
	size_t whole = 0, lines = 0;

	for (size_t i = 0; i < text.n; i++)
		if (text.p[i] == '\n') {
			whole = i + 1;
			lines++;
		}
	*c = (struct counting){ .list = ARENA_ARRAY(a, struct view_count, lines) };
	if (!lines)
		return text.n == READ_MOST ? text.n : 0;
	text.n = whole;
	while (text.n)
		count_line(c, span_cut(&text, '\n'));
	return whole;
}

const char *
access_log_host(struct arena *a, const char *id_file)
{
	char name[HOST_MOST + 1] = "";
	struct span id;

	if (file_read(a, id_file, KiB, &id) && (id = span_trim(id)).n && id.n <= HOST_MOST)
		return CSTR(a, id);
	if (gethostname(name, sizeof(name) - 1) != 0)
		log_warn("access_log.host", "error=\"%s\"", strerror(errno));
	return CSTR(a, arena_copy(a, span_of(name)));
}

bool
access_log_read(struct db *db, struct arena *a, const struct log_place *log)
{
	char *bytes = arena_alloc(a, READ_MOST);
	struct log_mark from, to;
	struct counting c;
	size_t whole;
	ssize_t n;
	bool over;
	int fd;

	if (views_mark(db, log, &from) != OUTCOME_OK)
		return false;
	fd = open_next(a, log->path, &from, &to, &over);
	if (fd < 0) {
		log_debug("access_log.none", "path=%s error=\"%s\"", log->path, strerror(errno));
		return false;
	}
	n = pread(fd, bytes, READ_MOST, to.read_to);
	close(fd);
	if (n < 0)
		return false;
	whole = count_lines(a, (struct span){ bytes, (size_t)n }, &c);
	to.read_to += (int64_t)(whole || !over ? whole : (size_t)n);
	if (to.inode == from.inode && to.read_to == from.read_to)
		return false;
	return views_add(db, log, &from, &to, c.list, c.n) == OUTCOME_OK;
}
