/* live.c - see live.h. */
#include "base/base.h"

#include <curl/curl.h>

#include "base/clock.h"
#include "domain/live_seats.h"
#include "domain/outcome.h"
#include "relay/live.h"

#define CHANNELS 1024			/* shows whose count is kept; of two at one place the older one begins anew */
#define EVENTS_MOST 64
#define MESSAGE_MAX (64 * KiB)
#define CONNECT_TIMEOUT_MS 1000L
#define TIMEOUT_MS 3000L

struct channel {
	int64_t show;
	int64_t number;			/* of the last message, told or left out */
	int64_t told_at;		/* steady time; 0: never */
};

struct live {
	struct db *db;
	const char *socket;
	CURL *curl;			/* kept, and with it the connection */
	struct curl_slist *headers;
	struct channel channels[CHANNELS];
};

static const char *const live_types[] = { "SEAT_HELD", "SEAT_KEPT", "SEAT_RELEASED", "SEAT_SOLD" };

static struct channel *
channel_of(struct live *l, int64_t show)
{
	struct channel *c = &l->channels[show % CHANNELS];

	if (c->show != show)
		*c = (struct channel){ .show = show, .number = clock_now() };
	return c;
}

/* The first message after a pause waits for nothing. */
static int64_t
live_rest_ms(const struct sink *s, int64_t show)
{
	const struct channel *c = channel_of(s->own, show);

	return c->told_at ? c->told_at + 1000 / LIVE_A_SECOND - clock_steady() : 0;
}

static struct span
payloads_of(struct arena *a, const struct delivery *list, size_t n)
{
	struct buf b;

	buf_init(&b, a, MiB);
	for (size_t i = 0; i < n; i++) {
		buf_byte(&b, i ? ',' : '[');
		buf_span(&b, list[i].payload);
	}
	buf_byte(&b, ']');
	return buf_view(&b);
}

static struct span
message_of(struct arena *a, const struct channel *c, const struct live_seats *seats)
{
	struct buf b;

	buf_init(&b, a, MESSAGE_MAX);
	buf_fmt(&b, "{\"show\":%" PRId64 ",\"n\":%" PRId64 ",\"at\":%" PRId64 ",", c->show, c->number, seats->at_ms);
	live_seats_print(&b, seats);
	buf_byte(&b, '}');
	return buf_view(&b);
}

static size_t
ignore(char *bytes, size_t size, size_t n, void *context)
{
	(void)bytes;
	(void)context;
	return size * n;
}

/* An answer's status, or 0 with *why: nobody is there. */
static long
post(struct live *l, struct arena *a, int64_t show, struct span message, struct span *why)
{
	CURL *h = l->curl;
	long status = 0;
	unsigned bad = 0;
	CURLcode rc;

	curl_easy_reset(h);
	bad |= curl_easy_setopt(h, CURLOPT_URL, arena_fmt(a, "http://live/shows/%" PRId64, show).p);
	bad |= curl_easy_setopt(h, CURLOPT_UNIX_SOCKET_PATH, l->socket);
	bad |= curl_easy_setopt(h, CURLOPT_PROXY, "");
	bad |= curl_easy_setopt(h, CURLOPT_NOSIGNAL, 1L);
	bad |= curl_easy_setopt(h, CURLOPT_CONNECTTIMEOUT_MS, CONNECT_TIMEOUT_MS);
	bad |= curl_easy_setopt(h, CURLOPT_TIMEOUT_MS, TIMEOUT_MS);
	bad |= curl_easy_setopt(h, CURLOPT_HTTPHEADER, l->headers);
	bad |= curl_easy_setopt(h, CURLOPT_POSTFIELDS, message.p);
	bad |= curl_easy_setopt(h, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)message.n);
	bad |= curl_easy_setopt(h, CURLOPT_WRITEFUNCTION, ignore);
	rc = bad ? CURLE_BAD_FUNCTION_ARGUMENT : curl_easy_perform(h);
	if (rc != CURLE_OK) {
		*why = arena_fmt(a, "nginx: %s", curl_easy_strerror(rc));
		return 0;
	}
	curl_easy_getinfo(h, CURLINFO_RESPONSE_CODE, &status);
	*why = arena_fmt(a, "nginx: status %ld", status);
	return status;
}

/* Whether the newest of them is still worth telling. */
static bool
worth_telling(const struct delivery *list, size_t n, const struct live_seats *seats)
{
	int64_t newest = 0;

	for (size_t i = 0; i < n; i++)
		newest = list[i].at_ms > newest ? list[i].at_ms : newest;
	return seats->at_ms - newest <= LIVE_WORTH_MS;
}

static struct sink_report
live_deliver(struct sink *s, struct arena *a, const struct delivery *list, size_t n)
{
	struct live *l = s->own;
	struct channel *c = channel_of(l, list[0].show);
	struct live_seats seats;
	struct span why = SPAN_NONE;
	long status;

	db_arena(l->db, a);
	if (live_seats_named(l->db, a, c->show, payloads_of(a, list, n), &seats) != OUTCOME_OK)
		return (struct sink_report){ .answer = SINK_LATER, .why = SPAN("the seats could not be read") };
	if (!seats.n)
		return (struct sink_report){ .answer = SINK_TAKEN };
	c->number++;
	if (!worth_telling(list, n, &seats))
		return (struct sink_report){ .answer = SINK_TAKEN };
	if (seats.n > LIVE_SEATS_MAX) {
		seats.n = 0;
		c->number++;
	}
	c->told_at = clock_steady();
	status = post(l, a, c->show, message_of(a, c, &seats), &why);
	if (status < 200 || status > 299)
		return (struct sink_report){ .answer = SINK_DOWN, .why = why };
	return (struct sink_report){ .answer = SINK_TAKEN };
}

int
live_start(struct sink *s, struct arena *a, const struct settings *settings, struct db *db)
{
	struct live *l;

	if (!*settings->live_socket)
		return 0;
	l = ARENA_ARRAY(a, struct live, 1);
	memset(l, 0, sizeof(*l));
	l->db = db;
	l->socket = settings->live_socket;
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != 0 || !(l->curl = curl_easy_init()) ||
	    !(l->headers = curl_slist_append(NULL, "Content-Type: application/json")) ||
	    !curl_slist_append(l->headers, "Expect:"))
		die("libcurl does not start");
	*s = (struct sink){ .name = "live", .types = live_types, .n_types = ARRAY_LEN(live_types), .most = EVENTS_MOST,
		.order = SINK_BY_SHOW, .refusals = 1, .pause_ms = 250, .rest_ms = live_rest_ms, .deliver = live_deliver, .own = l };
	return 1;
}
