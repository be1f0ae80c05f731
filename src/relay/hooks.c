/* hooks.c - see hooks.h. */
#include "base/base.h"

#include "base/backoff.h"
#include "base/clock.h"
#include "base/fault.h"
#include "base/program.h"
#include "relay/hooks.h"
#include "relay/outside.h"

#define EVENTS_MOST 64
#define SENDINGS_MOST (HOOK_ENDPOINTS_MOST * HOOK_AT_ONCE)	/* so nobody ever waits for another's */
#define SENDING_ARENA (2 * MiB)
#define LOOK_ARENA (16 * MiB)
#define LOOK_MS 1000
#define TIDY_EVERY_MS ((int64_t)3600000)
#define GONE 410

/* One attempt under way. */
struct sending {
	bool busy;
	struct hook_delivery delivery;
	struct arena *arena;		/* made when first needed, like curl, and kept */
	CURL *curl;
	struct curl_slist *headers;
	struct outside_call call;
};

struct hooks {
	const struct settings *settings;
	struct db *db;
	struct arena *arena;		/* of one look */
	struct key key;
	CURLM *multi;			/* made when first needed: never before a fork */
	int64_t look_at, tidy_at;	/* steady time */
	size_t busy;
	struct sending sendings[SENDINGS_MOST];
};

/* -- events come in --------------------------------------------------------------------------------------------------------------- */

static struct sink_report
hooks_deliver(struct sink *s, struct arena *a, const struct delivery *list, size_t n)
{
	struct hooks *h = s->own;
	struct hook_endpoint *endpoints;
	size_t n_endpoints, made;

	db_arena(h->db, a);
	if (!hook_endpoints(h->db, a, &endpoints, &n_endpoints) || !hooks_fan_out(h->db, a, endpoints, n_endpoints, list, n, &made))
		return (struct sink_report){ .answer = SINK_LATER, .why = SPAN("what endpoints are to get could not be stored") };
	FAULT_DB(h->db, "hooks.fanned");
	if (made)
		h->look_at = 0;
	return (struct sink_report){ .answer = SINK_TAKEN };
}

/* -- attempts ---------------------------------------------------------------------------------------------------------------------- */

static void
try_again(struct hooks *h, const struct hook_delivery *d, int64_t status, struct span why, int64_t wait_ms)
{
	int64_t pause_ms = backoff_ms(HOOK_PAUSE_MS, d->attempts - 1, HOOK_DOUBLINGS);

	hook_failed(h->db, d, status, why, wait_ms > pause_ms ? wait_ms : pause_ms);
}

static void
note(struct hooks *h, const struct sending *s, CURLcode rc)
{
	const struct hook_delivery *d = &s->delivery;
	struct span why;
	long status = outside_status(&s->call, rc, s->arena, &why);

	if (status >= 200 && status <= 299) {
		hook_sent(h->db, d, status);
		return;
	}
	if (status)
		why = arena_fmt(s->arena, "status %ld", status);
	if (status == GONE) {
		hook_dead(h->db, d, status, why);
		hook_endpoint_switch(h->db, d->endpoint, false, SPAN("it answered 410, gone"));
	} else {
		try_again(h, d, status, why, status ? outside_wait_ms(&s->call) : 0);
	}
}

static void
sending_end(struct hooks *h, struct sending *s)
{
	curl_slist_free_all(s->headers);
	s->headers = NULL;
	s->busy = false;
	h->busy--;
}

/* Everything that the attempt needs, in its own arena. False with *why. */
static bool
sending_prepare(struct hooks *h, struct sending *s, const struct hook_endpoint *e, const struct delivery *event, struct span *why)
{
	struct hook_message m = hook_message_of(s->arena, event);
	struct span headers[HOOK_HEADERS];
	struct outside_letter letter = { .url = CSTR(s->arena, e->url), .headers = headers, .n_headers = HOOK_HEADERS, .body = m.body };

	if (!hook_headers(s->arena, &h->key, e, &m, clock_now(), headers)) {
		*why = SPAN("its secret was sealed by another token_key; rotate it");
		return false;
	}
	if (!outside_prepare(&s->call, s->curl, s->arena, h->settings->outside_allow, letter.url, why))
		return false;
	*why = SPAN("the call could not be made ready");
	return outside_post_set(s->curl, s->arena, &letter, &s->headers) && curl_easy_setopt(s->curl, CURLOPT_PRIVATE, s) == CURLE_OK &&
	    curl_multi_add_handle(h->multi, s->curl) == CURLM_OK;
}

static struct sending *
sending_free(struct hooks *h)
{
	struct sending *s = h->sendings;

	while (s->busy)
		s++;		/* there is one: nobody has more than HOOK_AT_ONCE */
	if (!s->arena)
		s->arena = arena_new(SENDING_ARENA);
	if (!s->curl && !(s->curl = curl_easy_init()))
		die("libcurl does not start");
	arena_reset(s->arena);
	return s;
}

/* A connection that was lost is no reason to leave what is claimed until its claim ends. */
static bool
event_of(struct hooks *h, const struct hook_delivery *d, struct delivery *event)
{
	bool found = hook_event(h->db, d, event);

	if (!db_failed(h->db))
		return found;
	db_clear(h->db);
	return hook_event(h->db, d, event);
}

static void
sending_start(struct hooks *h, const struct hook_endpoint *e, const struct hook_delivery *d)
{
	struct sending *s = sending_free(h);
	struct delivery event;
	struct span why = SPAN_NONE;

	s->busy = true;
	s->delivery = *d;
	h->busy++;
	if (!event_of(h, d, &event)) {
		if (!db_failed(h->db))
			hook_dead(h->db, d, 0, SPAN("the event is gone"));
		sending_end(h, s);
	} else if (!sending_prepare(h, s, e, &event, &why)) {
		try_again(h, d, 0, why, 0);
		sending_end(h, s);
	}
}

static size_t
under_way(const struct hooks *h, int64_t endpoint)
{
	size_t n = 0;

	for (size_t i = 0; i < SENDINGS_MOST; i++)
		n += h->sendings[i].busy && h->sendings[i].delivery.endpoint == endpoint;
	return n;
}

/* Claims what is due wherever there is room, and begins to send it. */
static void
look(struct hooks *h)
{
	struct hook_endpoint *endpoints;
	struct hook_delivery list[HOOK_AT_ONCE];
	size_t n;

	h->look_at = clock_steady() + LOOK_MS;
	if (!hook_endpoints(h->db, h->arena, &endpoints, &n))
		return;
	for (size_t i = 0; i < n && !db_failed(h->db); i++) {
		size_t room = HOOK_AT_ONCE - under_way(h, endpoints[i].id), claimed = 0;

		if (endpoints[i].on && room)
			claimed = hooks_claim(h->db, endpoints[i].id, room, list);
		if (claimed)
			FAULT_DB(h->db, "hooks.claimed");
		for (size_t k = 0; k < claimed; k++)
			sending_start(h, &endpoints[i], &list[k]);
	}
}

/* Only after a look: what waited while no relay ran is tried before it is judged. */
static void
tidy(struct hooks *h)
{
	bool more;

	if (clock_steady() < h->tidy_at || db_failed(h->db))
		return;
	more = hooks_tidy(h->db, h->settings->outbox_days);
	if (!more && !db_failed(h->db))
		h->tidy_at = clock_steady() + TIDY_EVERY_MS;
}

static void
take_answers(struct hooks *h)
{
	CURLMsg *m;
	int left;

	while ((m = curl_multi_info_read(h->multi, &left))) {
		CURLcode rc = m->data.result;
		CURL *curl = m->easy_handle;
		struct sending *s;

		curl_easy_getinfo(curl, CURLINFO_PRIVATE, (char **)&s);
		FAULT_DB(h->db, "hooks.answered");
		note(h, s, rc);
		if (db_failed(h->db)) {		/* once more, for else the endpoint hears of it twice */
			db_clear(h->db);
			note(h, s, rc);
			db_clear(h->db);
		}
		FAULT_DB(h->db, "hooks.noted");
		curl_multi_remove_handle(h->multi, curl);
		sending_end(h, s);
		h->look_at = 0;		/* there is room */
	}
}

/* True: there is news at `wake`. */
static bool
wait(struct hooks *h, int wake, int64_t ms)
{
	struct curl_waitfd fd = { .fd = wake, .events = CURL_WAIT_POLLIN };
	int64_t until_look = h->look_at - clock_steady();

	ms = until_look < ms ? until_look : ms;
	curl_multi_poll(h->multi, &fd, wake >= 0, ms > 0 ? (int)ms : 0, NULL);
	return fd.revents != 0;
}

static void
begin(struct hooks *h)
{
	arena_reset(h->arena);
	db_arena(h->db, h->arena);
	db_clear(h->db);
	if (!h->multi && !(h->multi = curl_multi_init()))
		die("libcurl does not start");
}

static bool
hooks_work(struct sink *sink, int wake, int64_t ms)
{
	struct hooks *h = sink->own;
	int64_t until = clock_steady() + ms;
	bool news = false;
	int running;

	if (wake < 0)
		h->look_at = 0;
	do {
		begin(h);
		if (!program_stopping && clock_steady() >= h->look_at) {
			look(h);
			tidy(h);
		}
		curl_multi_perform(h->multi, &running);
		take_answers(h);
		if (!h->busy && (program_stopping || (wake < 0 && h->look_at)))
			break;
		news = wait(h, wake, until - clock_steady());
	} while (!news && clock_steady() < until);
	return h->busy > 0;
}

int
hooks_start(struct sink *s, struct arena *a, const struct settings *settings, struct db *db)
{
	struct hooks *h;
	struct key token_key;

	if (!settings->hooks)
		return 0;
	if (!key_from_text(settings->token_key.hidden, &token_key)) {
		log_error("hooks.start", "error=\"token_key is no key\"");
		return -1;
	}
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != 0)
		die("libcurl does not start");
	h = ARENA_NEW(a, struct hooks);
	h->settings = settings;
	h->db = db;
	h->arena = arena_new(LOOK_ARENA);
	h->key = hook_key(&token_key);
	*s = (struct sink){ .name = "hooks", .most = EVENTS_MOST, .order = SINK_BY_SHOW, .refusals = 1, .pause_ms = 1000,
		.deliver = hooks_deliver, .work = hooks_work, .own = h };
	s->n_types = hook_types(&s->types);
	return 1;
}
