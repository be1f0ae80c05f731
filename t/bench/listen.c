/*
 * listen.c - many open plans in one process: how long after its event each of them hears of a seat.
 *
 *	listen PORT SHOW LISTENERS
 *
 * Listens to GET /live/shows/SHOW over so many connections, from several addresses of this machine, as one is allowed 300 (nginx/live.conf).
 * Says "listening" once all of them are greeted. Then a line on its standard input ends the hearing when nothing came for a second, and
 * what is read there until its end are the events: lines "SEAT VERSION AT", AT in ms of this machine's clock. Prints one line:
 * events=… listeners=… messages=… untold=… p50_ms=… p99_ms=… max_ms=…, over each event at each listener. An event counts as heard with
 * the first message that has its seat with this version or a later one; untold counts those that were heard nowhere.
 */
#include "base/base.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define AN_ADDRESS 250
#define MESSAGES_MAX 4096
#define GREETING ": hi"
#define GREETED_SECONDS 60
#define QUIET_US INT64_C(1000000)

/* A message is the same for all, so its words are kept once: as the first who hears it has it. */
struct message {
	int64_t number;			/* "n" */
	struct span words;
};

struct listener {
	int fd;
	bool greeted;
	size_t have;
	char line[16 * 1024];		/* what has no end yet */
};

struct hall {
	struct arena *arena;
	int epoll;
	struct listener *list;
	size_t n, greeted, n_messages;
	struct message messages[MESSAGES_MAX];
	int64_t *heard_us;		/* [message][listener]: wall clock; 0: not */
	int64_t last_us;
};

static int64_t
wall_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static void
come(struct hall *h, size_t i, int port, const char *show)
{
	struct sockaddr_in from = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK + 1 + (uint32_t)(i / AN_ADDRESS)) };
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct epoll_event event = { .events = EPOLLIN, .data.u64 = i };
	struct span ask = arena_fmt(h->arena, "GET /live/shows/%s HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/event-stream\r\n\r\n", show);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || bind(fd, (struct sockaddr *)&from, sizeof(from)) != 0 || connect(fd, (struct sockaddr *)&to, sizeof(to)) != 0 ||
	    send(fd, ask.p, ask.n, MSG_NOSIGNAL) != (ssize_t)ask.n)
		die("listener %zu: %s", i, strerror(errno));
	fcntl(fd, F_SETFL, O_NONBLOCK);
	h->list[i].fd = fd;
	if (epoll_ctl(h->epoll, EPOLL_CTL_ADD, fd, &event) != 0)
		die("epoll: %s", strerror(errno));
}

static struct message *
message_of(struct hall *h, int64_t number, struct span line)
{
	struct message *m;

	for (size_t i = h->n_messages; i-- > 0; )
		if (h->messages[i].number == number)
			return &h->messages[i];
	if (h->n_messages == MESSAGES_MAX)
		die("more than %d messages", MESSAGES_MAX);
	m = &h->messages[h->n_messages++];
	*m = (struct message){ .number = number, .words = arena_copy(h->arena, line) };
	return m;
}

static void
hear_line(struct hall *h, size_t i, struct span line)
{
	const char *n = memmem(line.p, line.n, "\"n\":", 4);
	struct message *m;
	int64_t number;

	if (!h->list[i].greeted && line.n >= strlen(GREETING) && memcmp(line.p, GREETING, strlen(GREETING)) == 0) {
		h->list[i].greeted = true;
		h->greeted++;
	}
	if (!n || line.n < 5 || memcmp(line.p, "data:", 5) != 0 ||
	    !span_int((struct span){ n + 4, strspn(n + 4, "0123456789") }, 0, INT64_MAX, &number))
		return;
	h->last_us = wall_us();
	m = message_of(h, number, line);
	h->heard_us[(size_t)(m - h->messages) * h->n + i] = h->last_us;
}

static void
hear(struct hall *h, size_t i)
{
	struct listener *l = &h->list[i];
	ssize_t n = recv(l->fd, l->line + l->have, sizeof(l->line) - 1 - l->have, 0);
	struct span rest;

	if (n <= 0 && errno == EAGAIN)
		return;
	if (n <= 0 || l->have + (size_t)n == sizeof(l->line) - 1)
		die("listener %zu: %s", i, n < 0 ? strerror(errno) : n ? "a line too long" : "the stream has ended");
	rest = (struct span){ l->line, l->have + (size_t)n };
	while (memchr(rest.p, '\n', rest.n))
		hear_line(h, i, span_cut(&rest, '\n'));
	memmove(l->line, rest.p, rest.n);
	l->have = rest.n;
}

/* For so many ms at most; one turn. */
static void
listen_some(struct hall *h, int ms)
{
	static struct epoll_event events[1024];
	int n = epoll_wait(h->epoll, events, ARRAY_LEN(events), ms);

	for (int i = 0; i < n; i++)
		hear(h, (size_t)events[i].data.u64);
}

static bool
is_told(void)
{
	struct pollfd p = { .fd = STDIN_FILENO, .events = POLLIN };

	return poll(&p, 1, 0) > 0;
}

static bool
tells(struct span words, int64_t seat, int64_t version)
{
	char start[40];
	const char *at;
	struct span rest;
	int64_t have;

	snprintf(start, sizeof(start), "[%" PRId64 ",\"", seat);
	at = memmem(words.p, words.n, start, strlen(start));
	if (!at)
		return false;
	rest = (struct span){ at, words.n - (size_t)(at - words.p) };
	span_cut(&rest, ',');
	span_cut(&rest, ',');
	return span_int((struct span){ rest.p, strspn(rest.p, "0123456789") }, 0, INT64_MAX, &have) && have >= version;
}

static int
by_time(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

struct sums {
	int64_t *late_us;
	size_t n, events, untold;
};

/* Messages are in the order in which they were made. */
static void
count_event(const struct hall *h, struct sums *s, int64_t seat, int64_t version, int64_t at_ms)
{
	size_t m = 0;

	s->events++;
	while (m < h->n_messages && !tells(h->messages[m].words, seat, version))
		m++;
	if (m == h->n_messages) {
		s->untold++;
		return;
	}
	for (size_t i = 0; i < h->n; i++)
		if (h->heard_us[m * h->n + i])
			s->late_us[s->n++] = h->heard_us[m * h->n + i] - at_ms * 1000;
}

static void
tell(struct hall *h)
{
	struct sums s = { .late_us = NULL };
	long long seat, version, at;
	size_t room = 0;

	while (scanf("%lld %lld %lld", &seat, &version, &at) == 3) {
		if (s.n + h->n > room) {
			room = room ? 2 * room : 64 * h->n;
			s.late_us = realloc(s.late_us, room * sizeof(*s.late_us));
			if (!s.late_us)
				die("no memory");
		}
		count_event(h, &s, seat, version, at);
	}
	if (!s.n)
		die("of %zu events none was heard of in %zu messages", s.events, h->n_messages);
	qsort(s.late_us, s.n, sizeof(*s.late_us), by_time);
	printf("events=%zu listeners=%zu messages=%zu untold=%zu p50_ms=%.1f p99_ms=%.1f max_ms=%.1f\n", s.events, h->n, h->n_messages, s.untold,
	    (double)s.late_us[s.n / 2] / 1e3, (double)s.late_us[s.n * 99 / 100] / 1e3, (double)s.late_us[s.n - 1] / 1e3);
}

int
main(int argc, char **argv)
{
	static struct hall h;
	int64_t port, n, end;
	char line[8];

	if (argc != 4 || !span_int(span_of(argv[1]), 1, 65535, &port) || !span_int(span_of(argv[3]), 1, 20000, &n)) {
		fputs("usage: listen PORT SHOW LISTENERS\n", stderr);
		return 2;
	}
	h.arena = arena_new(512 * MiB);
	h.n = (size_t)n;
	h.epoll = epoll_create1(EPOLL_CLOEXEC);
	h.list = ARENA_ARRAY(h.arena, struct listener, h.n);
	h.heard_us = calloc(MESSAGES_MAX * h.n, sizeof(*h.heard_us));	/* of which few pages are ever touched */
	if (!h.heard_us)
		die("no memory");
	for (size_t i = 0; i < h.n; i++)
		come(&h, i, (int)port, argv[2]);
	end = wall_us() + GREETED_SECONDS * INT64_C(1000000);
	while (h.greeted < h.n && wall_us() < end)
		listen_some(&h, 100);
	if (h.greeted < h.n)
		die("%zu of %zu are greeted", h.greeted, h.n);
	puts("listening");
	fflush(stdout);
	while (!is_told())
		listen_some(&h, 50);
	if (!fgets(line, sizeof(line), stdin))
		return 0;
	do
		listen_some(&h, 50);
	while (wall_us() - h.last_us < QUIET_US);
	puts("heard");
	fflush(stdout);
	tell(&h);
	return 0;
}
