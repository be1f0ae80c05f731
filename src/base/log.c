/* log.c - log lines are built in one buffer and written by one call, so that lines of several workers never mix. */
#include "base/base.h"

#include <unistd.h>

#include "base/clock.h"

static const char *program = "foyer";
static enum log_level most_detail = LOG_LEVEL_INFO;
static char request[64];

void
log_open(const char *name, enum log_level most)
{
	program = name;
	most_detail = most;
}

void
log_request(struct span id)
{
	size_t n = 0;

	for (size_t i = 0; i < id.n && n < sizeof(request) - 1; i++)
		if ((id.p[i] >= '0' && id.p[i] <= '9') || (id.p[i] >= 'a' && id.p[i] <= 'z'))
			request[n++] = id.p[i];
	request[n] = 0;
}

static size_t
escape(char *out, size_t size, const char *in)
{
	size_t n = 0;

	for (; *in && n + 5 < size; in++) {
		unsigned char c = (unsigned char)*in;

		if (c >= 0x20 && c != 0x7f)
			out[n++] = (char)c;
		else
			n += (size_t)snprintf(out + n, 5, "\\x%02x", c);
	}
	out[n] = 0;
	return n;
}

static void
write_line(enum log_level level, const char *event, const char *fmt, va_list ap)
{
	static const char *const names[] = { "error", "warn", "info", "debug" };
	char text[2048], safe[4096], line[4352];
	struct timespec now;
	struct civil c;
	int n;

	clock_gettime(CLOCK_REALTIME, &now);
	c = moment_civil((struct moment){ now.tv_sec * 1000, NULL });
	vsnprintf(text, sizeof(text), fmt, ap);
	escape(safe, sizeof(safe), text);
	n = snprintf(line, sizeof(line), "%04d-%02d-%02dT%02d:%02d:%02d.%03ldZ %s %s[%d] %s%s%s%s%s\n",
	    c.year, c.month, c.day, c.hour, c.minute, c.second, now.tv_nsec / 1000000, names[level], program, (int)getpid(),
	    event, request[0] ? " rq=" : "", request, safe[0] ? " " : "", safe);
	if (n > 0 && write(STDERR_FILENO, line, (size_t)n < sizeof(line) ? (size_t)n : sizeof(line) - 1) < 0)
		return;		/* nowhere left to say so */
}

void
log_line(enum log_level level, const char *event, const char *fmt, ...)
{
	va_list ap;

	if (level > most_detail)
		return;
	va_start(ap, fmt);
	write_line(level, event, fmt, ap);
	va_end(ap);
}

void
log_bug(const char *file, int line, const char *fmt, ...)
{
	char text[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	log_line(LOG_LEVEL_ERROR, "BUG", "at=%s:%d %s", file, line, text);
}

_Noreturn void
die(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	write_line(LOG_LEVEL_ERROR, "fatal", fmt, ap);
	va_end(ap);
	exit(EXIT_FAILURE);
}
