/* webhooks.c - see webhooks.h. */
#include "base/base.h"

#include <curl/curl.h>

#include "base/clock.h"
#include "sandbox/events.h"
#include "sandbox/webhooks.h"

#define AT_ONCE 4
#define ATTEMPT_MS 10000
#define LONGEST_PAUSE_MS 30000
#define GIVE_UP_MS (3600 * 1000)
#define GATHER_MS 1000		/* webhook=reorder */

struct delivery {
	struct arena *arena;		/* holds the delivery itself */
	struct delivery *next;
	const struct provider *provider;
	struct scope scope;		/* whom it is about, for orders */
	const char *id;			/* the event's */
	json_t *event;			/* what is sent */
	json_t *record;			/* where attempts are noted; NULL: forged from nothing */
	const char *trick;		/* "" for none */
	int64_t due, begun;
	int attempts;
	/* while an attempt runs */
	CURL *easy;
	struct curl_slist *headers;
	struct arena *texts;
	struct visit *waiting;		/* answered only after the first attempt */
};

struct webhooks {
	struct sandbox *sb;
	CURLM *multi;
	struct delivery *list;
	int running;
};

/* One of those that are being gathered to be sent together, when their order is to be turned round. */
static bool
gathered(const struct delivery *d, int64_t now_ms)
{
	return d && !d->attempts && !d->easy && d->due > now_ms;
}

static bool
ordered(const struct delivery *d, const struct orders *os, enum order_kind kind)
{
	return orders_setting(os, d->scope, kind) != NULL;
}

static struct delivery *
delivery_new(const char *id, struct scope scope, json_t *event, json_t *record, const char *trick)
{
	struct arena *a = arena_new(4 * KiB);
	struct delivery *d = ARENA_NEW(a, struct delivery);

	d->arena = a;
	d->provider = provider_named(span_of(scope.provider));
	d->scope = (struct scope){ scope.provider, arena_copy(a, scope.reference), arena_copy(a, scope.id) };
	d->id = arena_copy(a, span_of(id)).p;
	d->event = json_incref(event);
	d->record = json_incref(record);
	d->trick = trick;
	d->begun = clock_now();
	return d;
}

/* Takes its place behind the others; or, when the order is to be turned round, before those that are being gathered. */
static struct delivery *
delivery_add(struct webhooks *w, struct delivery *d)
{
	const struct order *delay = orders_setting(&w->sb->orders, d->scope, ORDER_DELAY);
	struct delivery **at = &w->list;

	d->due = d->begun + (delay ? delay->number : 0);
	if (ordered(d, &w->sb->orders, ORDER_REORDER))
		d->due = gathered(*at, d->begun) ? (*at)->due : d->begun + GATHER_MS;
	else
		while (*at)
			at = &(*at)->next;
	d->next = *at;
	*at = d;
	return d;
}

static void
delivery_free(struct delivery *d)
{
	json_decref(d->event);
	json_decref(d->record);
	arena_free(d->arena);
}

static struct scope
scope_of_event(const json_t *record)
{
	return (struct scope){ provider_of(record)->name, json_span(record, "reference"), json_span(record, "payment") };
}

struct webhooks *
webhooks_new(struct sandbox *sb)
{
	struct webhooks *w = calloc(1, sizeof(*w));
	json_t *record;
	const char *id;

	if (!w || curl_global_init(CURL_GLOBAL_DEFAULT) != 0 || !(w->multi = curl_multi_init()))
		die("libcurl does not start");
	w->sb = sb;
	json_object_foreach(store_all(&sb->store, "events"), id, record)
		if (event_wanted(record) && json_number(record, "at") > clock_now() - GIVE_UP_MS)
			delivery_add(w, delivery_new(id, scope_of_event(record), json_object_get(record, "event"), record, ""));
	return w;
}

static void
attempt_end(struct webhooks *w, struct delivery *d)
{
	curl_multi_remove_handle(w->multi, d->easy);
	curl_easy_cleanup(d->easy);
	curl_slist_free_all(d->headers);
	arena_free(d->texts);
	d->easy = NULL;
	d->headers = NULL;
	d->texts = NULL;
	w->running--;
}

void
webhooks_free(struct webhooks *w)
{
	while (w->list) {
		struct delivery *d = w->list;

		w->list = d->next;
		if (d->easy)
			attempt_end(w, d);
		delivery_free(d);
	}
	curl_multi_cleanup(w->multi);
	curl_global_cleanup();
	free(w);
}

void
webhooks_add(struct webhooks *w, const char *id, json_t *record, json_t *sent, const struct order *trick, bool first)
{
	struct sandbox *sb = w->sb;
	struct scope scope = scope_of_event(record);
	struct delivery *d;

	if (strcmp(trick->what, "never") == 0) {
		json_put_yes(record, "never", true);
		return;
	}
	d = delivery_add(w, delivery_new(id, scope, sent, record, trick->what));
	if (strcmp(trick->what, "late") == 0)
		d->due = d->begun + trick->number;
	if (strcmp(trick->what, "twice") == 0)
		delivery_add(w, delivery_new(id, scope, sent, record, trick->what));
	if (first) {
		d->waiting = sb->visit;
		d->due = 0;
		sb->visit->waits_for++;
	}
}

void
webhooks_forge(struct webhooks *w, const char *id, struct scope scope, json_t *event)
{
	delivery_add(w, delivery_new(id, scope, event, NULL, "forge"))->due = 0;
}

void
webhooks_hurry(struct webhooks *w)
{
	for (struct delivery *d = w->list; d; d = d->next)
		d->due = 0;
}

/* Nobody reads what the merchant answers. */
static size_t
ignore(char *p, size_t size, size_t n, void *unused)
{
	(void)p;
	(void)unused;
	return size * n;
}

static enum flaw
flaw_of(const char *trick)
{
	static const struct {
		const char *trick;
		enum flaw flaw;
	} flaws[] = { { "forge", FLAW_FORGED }, { "stale", FLAW_STALE }, { "unsigned", FLAW_UNSIGNED }, { "elsewhere", FLAW_ELSEWHERE } };

	for (size_t i = 0; i < ARRAY_LEN(flaws); i++)
		if (strcmp(trick, flaws[i].trick) == 0)
			return flaws[i].flaw;
	return FLAW_NONE;
}

/* The trick of this attempt: a spoiled signature or body is for the first only, so that the true event still arrives. */
static const char *
trick_now(const struct delivery *d)
{
	bool spoils = flaw_of(d->trick) != FLAW_NONE || strcmp(d->trick, "tamper") == 0;

	return spoils && d->attempts ? "" : d->trick;
}

/* Another digit in the first amount there is, or else in the last number. */
static struct span
tampered(struct arena *a, struct span body)
{
	char *copy = (char *)arena_copy(a, body).p, *at = strstr(copy, "amount"), *digit = NULL;

	for (char *p = at ? at : copy; *p; p++) {
		if (*p < '0' || *p > '9')
			continue;
		digit = p;
		if (at)
			break;
	}
	if (digit)
		*digit = *digit == '9' ? '1' : (char)(*digit + 1);
	return (struct span){ copy, body.n };
}

/* The body's text and the headers, signature included. */
static struct span
attempt_write(struct webhooks *w, struct delivery *d)
{
	const struct provider *p = d->provider;
	char *text = json_dumps(d->event, p->indented ? JSON_INDENT(2) : JSON_COMPACT);
	const char *trick = trick_now(d);
	struct lines lines = { .n = 0 };
	struct span body;

	d->texts = arena_new(MiB);
	body = arena_copy(d->texts, span_of(text));
	free(text);
	p->sign(w->sb, d->texts, d->id, body, flaw_of(trick), &lines);
	d->headers = curl_slist_append(NULL, "Content-Type: application/json; charset=utf-8");
	d->headers = curl_slist_append(d->headers, "Cache-Control: no-cache");
	d->headers = curl_slist_append(d->headers, "Expect:");
	for (size_t i = 0; i < lines.n; i++)
		d->headers = curl_slist_append(d->headers, lines.list[i]);
	return strcmp(trick, "tamper") == 0 ? tampered(d->texts, body) : body;
}

static void
attempt_begin(struct webhooks *w, struct delivery *d)
{
	struct span body = attempt_write(w, d);

	d->easy = curl_easy_init();
	if (!d->easy || !d->headers)
		die("out of memory: a webhook");
	curl_easy_setopt(d->easy, CURLOPT_URL, arena_fmt(d->texts, "%s/%s", w->sb->options->webhook_url, d->provider->name).p);
	curl_easy_setopt(d->easy, CURLOPT_POSTFIELDS, body.p);
	curl_easy_setopt(d->easy, CURLOPT_POSTFIELDSIZE, (long)body.n);
	curl_easy_setopt(d->easy, CURLOPT_HTTPHEADER, d->headers);
	curl_easy_setopt(d->easy, CURLOPT_USERAGENT, d->provider->user_agent);
	curl_easy_setopt(d->easy, CURLOPT_TIMEOUT_MS, (long)ATTEMPT_MS);
	curl_easy_setopt(d->easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(d->easy, CURLOPT_PROXY, "");		/* whatever the environment says */
	curl_easy_setopt(d->easy, CURLOPT_WRITEFUNCTION, ignore);
	curl_easy_setopt(d->easy, CURLOPT_PRIVATE, d);
	curl_multi_add_handle(w->multi, d->easy);
	w->running++;
}

static void
delivery_remove(struct webhooks *w, struct delivery *d)
{
	struct delivery **at = &w->list;

	while (*at != d)
		at = &(*at)->next;
	*at = d->next;
	delivery_free(d);
}

static void
note(struct webhooks *w, struct delivery *d, long status)
{
	const char *trick = trick_now(d);

	log_info("webhook.tried", "provider=%s event=%s type=" PRSPAN " status=%ld attempt=%d%s%s", d->provider->name, d->id,
	    ARGSPAN(json_span(d->record, "type")), status, d->attempts + 1, *trick ? " trick=" : "", trick);
	if (d->record)
		event_tried(w->sb, d->record, status, trick);
	else
		json_array_append_new(w->sb->forged, json_pack("{s:I, s:i, s:O}", "at", (json_int_t)clock_now(), "status", (int)status,
		    "event", d->event));
	if (d->waiting)
		d->waiting->waits_for--;
	d->waiting = NULL;
}

static void
attempt_done(struct webhooks *w, struct delivery *d, CURLcode code)
{
	int64_t now = clock_now(), pause = 1000;
	long status = 0;

	if (code == CURLE_OK)
		curl_easy_getinfo(d->easy, CURLINFO_RESPONSE_CODE, &status);
	note(w, d, status);
	attempt_end(w, d);
	if ((status >= 200 && status < 300) || !d->record || now - d->begun > GIVE_UP_MS) {
		delivery_remove(w, d);
		return;
	}
	for (int i = 0; i < d->attempts && pause < LONGEST_PAUSE_MS; i++)
		pause *= 2;
	d->attempts++;
	d->due = now + (pause < LONGEST_PAUSE_MS ? pause : LONGEST_PAUSE_MS);
}

int64_t
webhooks_run(struct webhooks *w, int64_t now_ms, int64_t most)
{
	const struct orders *os = &w->sb->orders;
	int left, running;
	CURLMsg *message;

	for (struct delivery *d = w->list; d; d = d->next) {
		if (d->easy || ordered(d, os, ORDER_OFF))
			continue;
		if (d->due <= now_ms && w->running < (ordered(d, os, ORDER_REORDER) ? 1 : AT_ONCE))
			attempt_begin(w, d);
		else if (d->due > now_ms && d->due - now_ms < most)
			most = d->due - now_ms;
	}
	curl_multi_perform(w->multi, &running);
	while ((message = curl_multi_info_read(w->multi, &left))) {
		struct delivery *d;
		CURLcode code = message->data.result;

		if (message->msg != CURLMSG_DONE)
			continue;
		curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &d);
		attempt_done(w, d, code);
		most = 0;		/* there is room for another now */
	}
	return most;
}

void
webhooks_wait(struct webhooks *w, const int *socks, size_t n, int64_t ms)
{
	struct curl_waitfd fds[4] = { 0 };

	for (size_t i = 0; i < n && i < ARRAY_LEN(fds); i++)
		fds[i] = (struct curl_waitfd){ .fd = socks[i], .events = CURL_WAIT_POLLIN };
	curl_multi_poll(w->multi, fds, (unsigned)n, (int)ms, NULL);
}
